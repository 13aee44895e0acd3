//! The objects of the state: brought to the present schema, read from their providers, and where they belong.
//!
//! Upgrading and reading need the provider and the prior object only, so both are asked for at once, before any body is
//! ready. What becomes of an object is decided elsewhere (`instance`, `removed`).
//!
//! Invariant: an object's cell is settled when what is known of it will not change any more in this plan.

use std::collections::HashMap;
use std::sync::Arc;

use addr::{Mode, ResourceInstance};
use diag::{Diagnostic, Diags};
use lang::config::{Config, ModuleId, ResIdx};
use lang::eval::{Cell, Eval};
use plan::{Change, ProviderIndex, Refresh};
use schema::ResourceSchema;
use schema::protocol::{Answer, Call, Deferral, RawState, ReplyBody};
use state::{Attributes, ObjectAddr, Row};
use value::Value;

use super::drift::Held;
use crate::cells::{InstanceId, Kind, TaskId, World};
use crate::judge;
use crate::object::{Live, marked, marked_as, unmarked};
use crate::providers::{NotConfigured, Providers};
use crate::request::{About, Request};
use crate::say::{Subject, call_failed, provider_says};

/// An object of the state by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PriorId(pub(crate) u32);

impl PriorId {
    fn at(self) -> usize {
        self.0 as usize
    }
}

/// An object of the state.
#[derive(Debug)]
pub(crate) struct Prior {
    pub(crate) at: ObjectAddr,
    /// As it is stored.
    pub(crate) row: Row,
    /// The resource block, where the configuration still has it.
    pub(crate) declared: Option<(ModuleId, ResIdx)>,
    pub(crate) provider: ProviderIndex,
    pub(crate) schema: Arc<ResourceSchema>,
    /// Settled when it is upgraded and read.
    pub(crate) cell: Cell,
    /// The work on what becomes of it, where it is not an instance of the configuration.
    pub(crate) fate: Cell,
    /// Whether it cannot be told what it is the object of before keys are known: it is kept as it is.
    pub(crate) kept: bool,
    /// Whether it was not read, because its provider's configuration is not known.
    pub(crate) unread: bool,
    /// The instance that it is the object of.
    pub(crate) instance: Option<InstanceId>,
    /// As the previous run left it, in the present schema.
    pub(crate) previous: Option<Live>,
    /// As it is; `None` when it is gone.
    pub(crate) now: Option<Live>,
    /// Whether what happened to it is held back.
    pub(crate) held: Held,
    stage: Stage,
    /// The answer to the call that was made last.
    pub(crate) reply: Option<Answer>,
    /// Whether its destruction is being planned by its provider.
    pub(crate) asked_to_destroy: bool,
    /// What becomes of it, where it is not an instance of the configuration.
    pub(crate) change: Option<Box<Change>>,
}

impl Prior {
    /// The object as the plan sees it: as it is, or as the state has it where its drift is held back.
    pub(crate) fn seen(&self) -> Option<&Live> {
        match self.held {
            Held::No | Held::Noticed => self.now.as_ref(),
            Held::Tentatively | Held::Yes => self.previous.as_ref(),
        }
    }
}

#[derive(Clone, Debug, Default)]
enum Stage {
    #[default]
    Stored,
    Upgrading,
    UpgradingIdentity(Value),
    Upgraded,
    Reading,
}

/// All managed objects of the state.
#[derive(Debug, Default)]
pub(crate) struct Priors {
    pub(crate) all: Vec<Prior>,
    current: HashMap<ResourceInstance, PriorId>,
    by_block: HashMap<(ModuleId, ResIdx), Vec<PriorId>>,
}

impl Priors {
    /// The current object of an instance.
    pub(crate) fn current(&self, address: &ResourceInstance) -> Option<PriorId> {
        self.current.get(address).copied()
    }

    /// All objects of a resource block, of whatever instances.
    pub(crate) fn of_block(&self, module: ModuleId, resource: ResIdx) -> &[PriorId] {
        self.by_block.get(&(module, resource)).map_or(&[], Vec::as_slice)
    }

    /// One of them.
    pub(crate) fn get(&self, id: PriorId) -> &Prior {
        &self.all[id.at()]
    }

    pub(crate) fn get_mut(&mut self, id: PriorId) -> &mut Prior {
        &mut self.all[id.at()]
    }

    /// Their numbers, in the order of addresses.
    pub(crate) fn ids(&self) -> impl Iterator<Item = PriorId> + use<> {
        (0..u32::try_from(self.all.len()).expect("BUG: too many objects")).map(PriorId)
    }

    /// Takes in a row of the state; data sources are no objects. An object that cannot be worked with is an error.
    pub(crate) fn add(
        &mut self,
        world: &mut World,
        providers: &Providers,
        at: ObjectAddr,
        row: Row,
        diags: &mut Diags,
    ) {
        if at.instance.resource.mode != Mode::Managed {
            return;
        }
        let declared = world.config.find_resource(&at.instance.config());
        let provider = match of_block(&world.config, providers, declared, &row) {
            Ok(provider) => provider,
            Err(NotConfigured) => return diags.push(not_configured(&at, &row)),
        };
        let addr = &providers.get(provider).addr.config.provider;
        let Some(schema) = world.schemas.of(addr, &at.instance.resource).cloned() else {
            return diags.push(no_schema(&at, &addr.to_string()));
        };
        if row.object.schema_version > schema.version {
            return diags.push(newer_version(&at, row.object.schema_version, schema.version));
        }
        let id = PriorId(u32::try_from(self.all.len()).expect("BUG: too many objects"));
        let task = |half: u32| TaskId(2 * id.0 + half);
        let cell = world.task(Kind::Task(task(0)));
        let fate = world.task(Kind::Task(task(1)));
        if at.deposed.is_none() {
            self.current.insert(at.instance.clone(), id);
        }
        if let Some(block) = declared {
            self.by_block.entry(block).or_default().push(id);
        }
        self.all.push(Prior {
            at,
            row,
            declared,
            provider,
            schema,
            cell,
            fate,
            kept: false,
            unread: false,
            instance: None,
            previous: None,
            now: None,
            held: Held::No,
            stage: Stage::Stored,
            reply: None,
            asked_to_destroy: false,
            change: None,
        });
    }

    /// Which object a task is about, and which half of its work.
    pub(crate) fn of_task(task: TaskId) -> (PriorId, Half) {
        (PriorId(task.0 / 2), if task.0.is_multiple_of(2) { Half::Reading } else { Half::Fate })
    }
}

/// The two works on an object of the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Half {
    /// To learn what it is.
    Reading,
    /// To say what becomes of it.
    Fate,
}

/// The provider configuration instance that works with an object: that of its block, else that of the state.
fn of_block(
    config: &Config,
    providers: &Providers,
    declared: Option<(ModuleId, ResIdx)>,
    row: &Row,
) -> Result<ProviderIndex, NotConfigured> {
    if let Some((module, resource)) = declared {
        let of = config.module(module).resource_providers.get(resource.index()).copied().flatten();
        if let Some(id) = of {
            return Ok(providers.of_config(id));
        }
    }
    providers.of_state(&row.provider.config)
}

fn not_configured(at: &ObjectAddr, row: &Row) -> Diagnostic {
    Diagnostic::error("provider-configuration-gone", "Provider configuration not present")
        .detail(format!(
            "{at} is in the state and needs {} to be read or destroyed, but that configuration is gone.",
            row.provider.config
        ))
        .remedy("Put the provider block back until the object is destroyed, or forget it with state rm.")
        .about(at.to_string())
}

fn no_schema(at: &ObjectAddr, provider: &str) -> Diagnostic {
    Diagnostic::error("resource-type-unknown", "A resource type that the provider does not have")
        .detail(format!(
            "{at} is in the state, and {provider} has no resource type {:?}.",
            at.instance.resource.type_name
        ))
        .remedy("Use a version of the provider that has it, or forget the object with state rm.")
        .about(at.to_string())
}

fn newer_version(at: &ObjectAddr, stored: u64, present: u64) -> Diagnostic {
    Diagnostic::error("state-newer-schema", "An object was stored by a newer provider")
        .detail(format!(
            "{at} was stored with version {stored} of its schema, and the provider at hand knows version {present}."
        ))
        .remedy("Use the newer version of the provider.")
        .about(at.to_string())
}

/// Goes on with reading an object; gives the next call to make.
pub(crate) fn proceed(
    priors: &mut Priors,
    providers: &Providers,
    world: &mut World,
    id: PriorId,
    refresh: Refresh,
    diags: &mut Diags,
) -> Option<Request> {
    let prior = priors.get_mut(id);
    let stage = std::mem::take(&mut prior.stage);
    let reply = prior.reply.take();
    let next = match (stage, reply) {
        (Stage::Stored, _) => {
            prior.stage = Stage::Upgrading;
            Next::Call(upgrade(prior))
        }
        (Stage::Upgrading, Some(answer)) => upgraded(prior, providers, world, answer, diags),
        (Stage::UpgradingIdentity(value), Some(answer)) => {
            identity_upgraded(prior, providers, world, value, answer, diags)
        }
        (Stage::Upgraded, _) => Next::Go,
        (Stage::Reading, Some(answer)) => read(prior, providers, world, answer, diags),
        (Stage::Upgrading | Stage::UpgradingIdentity(_) | Stage::Reading, None) => {
            panic!("BUG: an object is woken without an answer")
        }
    };
    let next =
        if matches!(next, Next::Go) { ask_read(prior, providers, world, refresh) } else { next };
    let cell = prior.cell;
    match next {
        Next::Call(call) => {
            world.table.pend(cell);
            let about = About::Instance {
                address: prior.at.instance.clone(),
                deposed: prior.at.deposed.clone(),
                op: None,
            };
            return Some(Request::Provider {
                provider: prior.provider,
                about,
                call: Box::new(call),
            });
        }
        Next::Wait(on) => world.table.wait(cell, &on),
        Next::Failed => world.table.fail(cell),
        Next::Done => world.table.done(cell),
        Next::Go => unreachable!("BUG: an upgraded object goes on to be read"),
    }
    None
}

enum Next {
    Call(Call),
    Wait(lang::eval::Blocked),
    Failed,
    Done,
    Go,
}

fn upgrade(prior: &Prior) -> Call {
    let raw = match &prior.row.object.attributes {
        Attributes::Json(text) => RawState::Json(text.clone()),
        Attributes::Flat(map) => RawState::Flatmap(
            map.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect(),
        ),
    };
    Call::UpgradeState {
        type_name: prior.at.instance.resource.type_name.clone(),
        version: prior.row.object.schema_version,
        raw,
    }
}

fn upgraded(
    prior: &mut Prior,
    providers: &Providers,
    world: &World,
    answer: Answer,
    diags: &mut Diags,
) -> Next {
    let Some(body) = heard(prior, providers, world, answer, diags) else { return Next::Failed };
    let ReplyBody::Upgraded { state } = body else { panic!("BUG: an answer to another call") };
    let value = marked(state, &prior.row.object.sensitive);
    let stored = prior.row.object.identity.clone();
    match (stored, &prior.schema.identity) {
        (Some(stored), Some(of)) if stored.schema_version != Some(of.version) => {
            prior.stage = Stage::UpgradingIdentity(value);
            Next::Call(Call::UpgradeIdentity {
                type_name: prior.at.instance.resource.type_name.clone(),
                version: stored.schema_version.unwrap_or(0),
                raw: stored.json,
            })
        }
        (Some(stored), Some(of)) => {
            let identity = value::json::decode(&stored.json, of.ty()).ok();
            settle_previous(prior, value, identity)
        }
        _ => settle_previous(prior, value, None),
    }
}

fn identity_upgraded(
    prior: &mut Prior,
    providers: &Providers,
    world: &World,
    value: Value,
    answer: Answer,
    diags: &mut Diags,
) -> Next {
    let Some(body) = heard(prior, providers, world, answer, diags) else { return Next::Failed };
    let ReplyBody::IdentityUpgraded { identity } = body else {
        panic!("BUG: an answer to another call")
    };
    settle_previous(prior, value, Some(identity))
}

fn settle_previous(prior: &mut Prior, value: Value, identity: Option<Value>) -> Next {
    let object = &prior.row.object;
    let live = Live { value, private: object.private.clone(), identity, status: object.status };
    prior.now = Some(live.clone());
    prior.previous = Some(live);
    prior.stage = Stage::Upgraded;
    Next::Go
}

fn ask_read(prior: &mut Prior, providers: &Providers, world: &World, refresh: Refresh) -> Next {
    if refresh == Refresh::No {
        return Next::Done;
    }
    match providers.configured(world, prior.provider) {
        Eval::Value(()) => {}
        Eval::Blocked(on) => {
            prior.stage = Stage::Upgraded;
            return Next::Wait(on);
        }
        Eval::Failed => return Next::Failed,
    }
    if providers.is_open(prior.provider) {
        prior.unread = true;
        return Next::Done;
    }
    let live = prior.previous.as_ref().expect("BUG: an upgraded object");
    prior.stage = Stage::Reading;
    Next::Call(Call::Read {
        type_name: prior.at.instance.resource.type_name.clone(),
        current: live.value.clone().unmark_deep().0,
        private: live.private.clone(),
        identity: live.identity.clone(),
        deferral: providers.capability(),
    })
}

fn read(
    prior: &mut Prior,
    providers: &Providers,
    world: &World,
    answer: Answer,
    diags: &mut Diags,
) -> Next {
    let Some(body) = heard(prior, providers, world, answer, diags) else { return Next::Failed };
    let ReplyBody::Read { state, private, identity, deferred } = body else {
        panic!("BUG: an answer to another call")
    };
    if deferred.is_some() && providers.capability() == Deferral::Allowed {
        prior.unread = true;
        return Next::Done;
    }
    if let Some((rule, breach)) = judge::shape(&prior.schema.block, &state) {
        let provider = providers.get(prior.provider).name();
        diags.push(breach.diagnostic(rule, &prior.at.to_string(), &provider));
        return Next::Failed;
    }
    let previous = prior.previous.as_ref().expect("BUG: an upgraded object");
    let state = prior.schema.block.normalized_from_legacy(&state);
    prior.now = (!state.is_null()).then(|| {
        let (_, marks) = unmarked(&previous.value);
        let value = marked_as(&state, &marks, &prior.schema);
        Live { value, private, identity, status: previous.status }
    });
    Next::Done
}

/// Passes on what the provider says; its answer, unless it failed.
fn heard(
    prior: &Prior,
    providers: &Providers,
    world: &World,
    answer: Answer,
    diags: &mut Diags,
) -> Option<ReplyBody> {
    let (address, name) = (prior.at.to_string(), providers.get(prior.provider).name());
    let block = prior
        .declared
        .map(|(module, resource)| &world.config.module(module).def.resources[resource.index()]);
    let subject = Subject {
        address: &address,
        provider: &name,
        body: block.map(|block| &block.body),
        span: block.map(|block| block.span),
    };
    match answer {
        Ok(reply) => {
            provider_says(&reply.diagnostics, subject, diags);
            (!reply.has_errors()).then_some(reply.body)
        }
        Err(failure) => {
            call_failed(&failure, subject, diags);
            None
        }
    }
}
