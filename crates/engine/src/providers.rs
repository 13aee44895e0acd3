//! The provider configuration instances of a plan: which there are, and configuring them.
//!
//! A configuration is evaluated where its block stands, sent with what is unknown in it, and settled when the provider
//! has taken it. One that nobody uses is never evaluated.
//!
//! Invariant: the table is made at the beginning and does not change; its order is that of the configuration, then of
//! addresses.

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::{ProviderConfig, ProviderInstance};
use diag::{Diagnostic, Diags, Span};
use lang::body::{LoweredBody, eval_body};
use lang::config::{Config, ModuleDef, ProviderConfigId};
use lang::eval::{Cell, Eval};
use plan::{ProviderIndex, Schemas};
use schema::ProviderSchema;
use schema::protocol::{self, Answer, Call, Deferral, ReplyBody};
use value::Value;

use crate::cells::{Here, Kind, View, World};
use crate::request::{About, Request};
use crate::say::{Subject, call_failed, provider_says};

/// What providers are told as the version of their caller: the constant that OpenTofu 1.12.6 sends.
pub(crate) const SENT_VERSION: &str = "1.13.0";

/// All provider configuration instances.
#[derive(Debug, Default)]
pub(crate) struct Providers {
    all: Vec<Provider>,
    addresses: Vec<ProviderInstance>,
    by_config: Vec<ProviderIndex>,
    by_addr: BTreeMap<ProviderConfig, ProviderIndex>,
    deferral: Policy,
}

/// What becomes of a configuration that is not wholly known.
#[derive(Clone, Debug, Default)]
enum Policy {
    /// It is sent with its unknowns, and the provider does what it does.
    #[default]
    Sent,
    /// The same, but nothing is read with it, and a provider that cannot take it or plan with it is not asked.
    Estate {
        /// Not asked while their configuration is unknown.
        unready: Vec<ProviderIndex>,
        /// Not asked at all.
        absent: Vec<ProviderIndex>,
    },
}

/// What a provider was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sent {
    /// All of its configuration, or nothing yet.
    #[default]
    Whole,
    /// A configuration with unknowns.
    Open,
    /// Nothing, or nothing that it would take: it is not asked to plan.
    Nothing,
}

/// A provider configuration instance.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) addr: ProviderInstance,
    pub(crate) config: Option<ProviderConfigId>,
    pub(crate) cell: Cell,
    stage: Stage,
    sent: Sent,
    pub(crate) reply: Option<Answer>,
}

#[derive(Clone, Debug, Default)]
enum Stage {
    #[default]
    Evaluating,
    Validating(Value),
    Configuring,
}

/// Where the configuration of a state's object is not to be found.
#[derive(Debug)]
pub(crate) struct NotConfigured;

impl Providers {
    /// The table: those of the configuration, and those that the state names.
    pub(crate) fn new<'s>(
        world: &mut World,
        of_state: impl Iterator<Item = &'s ProviderConfig>,
    ) -> Providers {
        let config = Arc::clone(&world.config);
        let mut table = Providers::default();
        for (position, node) in config.provider_configs.iter().enumerate() {
            let id = ProviderConfigId(u32::try_from(position).expect("BUG: too many providers"));
            let index = table.add(world, node.addr.clone(), Some(id));
            table.by_config.push(index);
        }
        let mut implied: Vec<ProviderConfig> =
            of_state.filter_map(|addr| table.implied(addr)).collect();
        implied.sort();
        implied.dedup();
        for addr in implied {
            table.add(world, addr, None);
        }
        table
    }

    /// The same, for a plan that may leave things for later.
    pub(crate) fn deferring(mut self, config: &Config, deferral: &crate::Deferral) -> Providers {
        if let crate::Deferral::Allowed { defer_providers, absent_providers } = deferral {
            let root = &config.root().def;
            let named = |one: &Provider, names: &[Arc<str>]| {
                let local = root.local_name_of(&one.addr.config.provider);
                let full = match &one.addr.config.alias {
                    Some(alias) => format!("{local}.{alias}"),
                    None => local.to_owned(),
                };
                names.iter().any(|name| **name == *local || **name == *full)
            };
            let those = |names: &[Arc<str>]| {
                let all = self.all.iter().enumerate();
                all.filter(|(_, one)| named(one, names)).map(|(at, _)| self.number(at)).collect()
            };
            let (unready, absent) = (those(defer_providers), those(absent_providers));
            self.deferral = Policy::Estate { unready, absent };
        }
        self
    }

    fn number(&self, at: usize) -> ProviderIndex {
        ProviderIndex(u32::try_from(at).expect("BUG: too many providers"))
    }

    /// Whether a provider was configured with unknowns in a plan that may leave things for later: then nothing is read
    /// with it.
    pub(crate) fn is_open(&self, index: ProviderIndex) -> bool {
        matches!(self.deferral, Policy::Estate { .. }) && self.get(index).sent != Sent::Whole
    }

    /// Whether it is not asked to plan.
    pub(crate) fn is_blind(&self, index: ProviderIndex) -> bool {
        self.get(index).sent == Sent::Nothing
    }

    /// It could not plan with what it was told.
    pub(crate) fn give_up(&mut self, index: ProviderIndex) {
        self.get_mut(index).sent = Sent::Nothing;
    }

    /// Whether answers may put something off.
    pub(crate) fn capability(&self) -> Deferral {
        match self.deferral {
            Policy::Sent => Deferral::Refused,
            Policy::Estate { .. } => Deferral::Allowed,
        }
    }

    fn add(
        &mut self,
        world: &mut World,
        addr: ProviderConfig,
        config: Option<ProviderConfigId>,
    ) -> ProviderIndex {
        let index = ProviderIndex(u32::try_from(self.all.len()).expect("BUG: too many providers"));
        let cell = world.task(Kind::Provider(index));
        self.by_addr.insert(addr.clone(), index);
        self.addresses.push(addr.clone().into());
        self.all.push(Provider {
            addr: addr.into(),
            config,
            cell,
            stage: Stage::Evaluating,
            sent: Sent::Whole,
            reply: None,
        });
        index
    }

    /// The empty configuration in the root module that a state's address without alias falls back to.
    fn implied(&self, addr: &ProviderConfig) -> Option<ProviderConfig> {
        if addr.alias.is_some() || self.of_state(addr).is_ok() {
            return None;
        }
        Some(ProviderConfig::default_of(addr::ModulePath::root(), addr.provider.clone()))
    }

    /// The instance of a configuration.
    pub(crate) fn of_config(&self, id: ProviderConfigId) -> ProviderIndex {
        self.by_config[id.index()]
    }

    /// The instance that an address of the state stands for: that very one, or the one that it inherits.
    pub(crate) fn of_state(&self, addr: &ProviderConfig) -> Result<ProviderIndex, NotConfigured> {
        let mut at = Some(addr.clone());
        while let Some(addr) = at {
            if let Some(index) = self.by_addr.get(&addr) {
                return Ok(*index);
            }
            at = addr.inherited();
        }
        Err(NotConfigured)
    }

    /// The first of a provider's: for calls that need no configuration.
    pub(crate) fn any_of(&self, provider: &addr::ProviderAddr) -> Option<ProviderIndex> {
        let found = self.all.iter().position(|one| one.addr.config.provider == *provider)?;
        u32::try_from(found).ok().map(ProviderIndex)
    }

    /// One of them.
    pub(crate) fn get(&self, index: ProviderIndex) -> &Provider {
        &self.all[index.0 as usize]
    }

    pub(crate) fn get_mut(&mut self, index: ProviderIndex) -> &mut Provider {
        &mut self.all[index.0 as usize]
    }

    /// Their addresses.
    pub(crate) fn addresses(&self) -> &[ProviderInstance] {
        &self.addresses
    }

    /// Whether it can be called: waits for its configuration.
    pub(crate) fn configured(&self, world: &World, index: ProviderIndex) -> Eval<()> {
        let cell = self.get(index).cell;
        world.want(cell);
        world.table.over(cell)
    }
}

impl Provider {
    /// As people write it.
    pub(crate) fn name(&self) -> String {
        self.addr.config.provider.to_string()
    }

    /// Its schema.
    pub(crate) fn schema<'s>(&self, schemas: &'s Schemas) -> Option<&'s Arc<ProviderSchema>> {
        schemas.provider(&self.addr.config.provider)
    }
}

/// The block of a provider's configuration.
struct Block<'c> {
    def: &'c ModuleDef,
    body: &'c LoweredBody,
    span: Span,
}

fn block_of(config: &Config, id: Option<ProviderConfigId>) -> Option<Block<'_>> {
    let node = config.provider_config(id?);
    let def = &config.module(node.module).def;
    let block = &def.providers[node.block?.index()];
    Some(Block { def, body: &block.body, span: block.span })
}

/// Goes on with the configuration of a provider; gives the next call to make.
pub(crate) fn proceed(
    providers: &mut Providers,
    world: &mut World,
    index: ProviderIndex,
    diags: &mut Diags,
) -> Option<Request> {
    let cell = providers.get(index).cell;
    let stage = std::mem::take(&mut providers.get_mut(index).stage);
    let reply = providers.get_mut(index).reply.take();
    let call = match (stage, reply) {
        (Stage::Evaluating, _) => match evaluate(providers.get(index), world, cell, diags) {
            Eval::Value(value) => {
                let (bare, _) = value.unmark_deep();
                if !bare.is_wholly_known() {
                    providers.get_mut(index).sent = Sent::Open;
                }
                providers.get_mut(index).stage = Stage::Validating(bare.clone());
                Call::ValidateProvider { config: bare }
            }
            Eval::Blocked(on) => {
                world.table.wait(cell, &on);
                return None;
            }
            Eval::Failed => {
                world.table.fail(cell);
                return None;
            }
        },
        (Stage::Validating(config), Some(answer)) => {
            if !heard(providers.get(index), world, &answer, diags) {
                world.table.fail(cell);
                return None;
            }
            if let Policy::Estate { unready, absent } = &providers.deferral
                && (absent.contains(&index)
                    || unready.contains(&index) && !config.is_wholly_known())
            {
                providers.give_up(index);
                world.table.done(cell);
                return None;
            }
            providers.get_mut(index).stage = Stage::Configuring;
            let deferral = providers.capability();
            Call::Configure { config, terraform_version: SENT_VERSION.into(), deferral }
        }
        (Stage::Configuring, Some(answer)) => {
            if providers.is_open(index) && says_no(&answer) {
                diags.push(cannot_plan(providers.get(index), &answer));
                providers.give_up(index);
                world.table.done(cell);
            } else if heard(providers.get(index), world, &answer, diags) {
                world.table.done(cell);
            } else {
                world.table.fail(cell);
            }
            return None;
        }
        (Stage::Validating(_) | Stage::Configuring, None) => {
            panic!("BUG: a provider is woken without an answer")
        }
    };
    world.table.pend(cell);
    Some(Request::Provider { provider: index, about: About::Configuration, call: Box::new(call) })
}

/// Whether a provider that answered did not do what was asked.
pub(crate) fn says_no(answer: &Answer) -> bool {
    answer.as_ref().is_ok_and(protocol::Reply::has_errors)
}

/// A provider cannot take, or cannot plan with, a configuration that is not known yet.
pub(crate) fn cannot_plan(provider: &Provider, answer: &Answer) -> Diagnostic {
    let said: Vec<String> = match answer {
        Ok(reply) => reply.diagnostics.iter().map(|one| one.summary.clone()).collect(),
        Err(_) => Vec::new(),
    };
    Diagnostic::warning(
        "provider-cannot-plan-yet",
        "A provider cannot plan before its configuration is known",
    )
    .detail(format!(
        "{} said: {}. What it would make is planned from its schema alone: what is approved of it is its \
         configuration, and what exists already is left for later.",
        provider.addr,
        said.join("; ")
    ))
    .about(provider.addr.to_string())
}

/// Passes on what the provider says; whether it took what it was sent.
fn heard(provider: &Provider, world: &World, answer: &Answer, diags: &mut Diags) -> bool {
    let block = block_of(&world.config, provider.config);
    let (address, name) = (provider.addr.to_string(), provider.name());
    let subject = Subject {
        address: &address,
        provider: &name,
        body: block.as_ref().map(|block| block.body),
        span: block.as_ref().map(|block| block.span),
    };
    match answer {
        Ok(reply) => {
            provider_says(&reply.diagnostics, subject, diags);
            let expected = matches!(reply.body, ReplyBody::Validated | ReplyBody::Configured);
            assert!(expected, "BUG: an answer to another call");
            !reply.has_errors()
        }
        Err(failure) => {
            call_failed(failure, subject, diags);
            false
        }
    }
}

/// The value of a provider's configuration.
fn evaluate(provider: &Provider, world: &World, cell: Cell, diags: &mut Diags) -> Eval {
    let address = provider.addr.to_string();
    let Some(schema) = provider.schema(&world.schemas) else {
        diags.push(
            Diagnostic::error("provider-without-schema", "No schema of a provider is at hand")
                .detail(format!("Provider {} is not installed.", provider.name()))
                .remedy("Run init.")
                .about(address),
        );
        return Eval::Failed;
    };
    let schema = &schema.provider.block;
    let Some(block) = block_of(&world.config, provider.config) else {
        return implied(schema, provider, diags);
    };
    let module = provider.addr.config.module.without_keys();
    match world.frame_of(&module) {
        Eval::Value(Some(frame)) => {
            let view = View::new(world, frame, Here::NOWHERE, cell);
            eval_body(&block.def.exprs, block.body, schema, &view, diags)
        }
        Eval::Value(None) => {
            diags.push(
                Diagnostic::error(
                    "provider-in-repeated-module",
                    "A provider's configuration has no place",
                )
                .detail(format!("{address} stands in a module that has not exactly one instance."))
                .at(block.span)
                .about(address),
            );
            Eval::Failed
        }
        other => other.map(|_| Value::DYNAMIC),
    }
}

/// The configuration of a provider without a block: empty, if nothing is required.
fn implied(schema: &schema::Block, provider: &Provider, diags: &mut Diags) -> Eval {
    let required: Vec<&str> =
        schema.attrs().iter().filter(|attr| attr.required).map(|attr| &*attr.name).collect();
    if required.is_empty() {
        return Eval::Value(schema.empty());
    }
    diags.push(
        Diagnostic::error("provider-needs-configuration", "A provider has to be configured")
            .detail(format!("Provider {} requires {}.", provider.name(), required.join(", ")))
            .remedy("Add a provider block to the root module.")
            .about(provider.addr.to_string()),
    );
    Eval::Failed
}
