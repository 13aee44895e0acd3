//! Root modules held against provider schemas without network and without providers.
//!
//! Where documents come from is not decided here: [`Offline`] knows. A document counts for a root module where the
//! module's constraints admit its version and no lock file has chosen another one; else nothing is checked, since another
//! version may differ.
//! Invariant: what is reported is wrong in the version that the document is of, whatever values the module gets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use addr::{Mode, ProviderAddr};
use diag::{Diagnostic, Diags};
use lang::body::{Absent, check_body};
use lang::config::{Config, ModuleDef, ProviderBlock, Resource};
use lang::suggest;
use provider::Wanted;
use provider::discovery::Locks;
use schema::version::{Constraints, Dialect, Version};
use schema::{ProviderSchema, ResourceSchema};
use state::State;

use crate::providers::{Needed, requirements};

/// Who has schema documents.
pub trait Offline {
    /// The versions of a provider that there are documents of, the one to be taken first in front. `None` is a document
    /// that counts for any version.
    fn versions(&self, provider: &ProviderAddr) -> Vec<Option<Version>>;

    /// What the document with this place in [`Offline::versions`] says.
    ///
    /// # Errors
    /// A diagnostic where the document cannot be read.
    fn read(
        &self,
        provider: &ProviderAddr,
        at: usize,
        wanted: &Wanted,
    ) -> Result<Known, Diagnostic>;
}

/// What is known of a provider.
pub struct Known {
    /// The types that were wanted, as far as the document has them.
    pub schema: ProviderSchema,
    /// The names of all that the provider has; `None` where the document holds a part of it.
    pub types: Option<Types>,
}

/// All names of a provider.
#[derive(Clone, Debug, Default)]
pub struct Types {
    /// Resource types.
    pub resources: BTreeSet<Arc<str>>,
    /// Data sources.
    pub data: BTreeSet<Arc<str>>,
}

/// Checks root modules; of each it is told whether what it leaves out of provider blocks may come from elsewhere.
pub fn check(
    configs: &[(&Config, Absent)],
    locks: &Locks,
    offline: &dyn Offline,
    diags: &mut Diags,
) {
    let mut known: BTreeMap<(ProviderAddr, usize), Known> = BTreeMap::new();
    let mut faulty = BTreeSet::new();
    for (key, wanted) in wanted(configs, locks, offline) {
        match offline.read(&key.0, key.1, &wanted) {
            Ok(read) => drop(known.insert(key, read)),
            Err(diagnostic) => {
                faulty.insert(key.0);
                once(diags, diagnostic);
            }
        }
    }
    for (config, absent) in configs {
        let chosen = chosen(config, locks, offline);
        let of = |provider: &ProviderAddr| known.get(&(provider.clone(), *chosen.get(provider)?));
        for module in &config.modules {
            let mut own = Diags::new();
            module_against(&module.def, &of, *absent, &mut own);
            own.into_vec().into_iter().for_each(|one| once(diags, one));
        }
    }
}

/// What all root modules together want of each document.
fn wanted(
    configs: &[(&Config, Absent)],
    locks: &Locks,
    offline: &dyn Offline,
) -> BTreeMap<(ProviderAddr, usize), Wanted> {
    let mut all = BTreeMap::new();
    for (config, _) in configs {
        let chosen = chosen(config, locks, offline);
        for (provider, more) in Needed::of(config, &State::default()).0 {
            if let Some(at) = chosen.get(&provider) {
                join(all.entry((provider, *at)).or_insert_with(Wanted::nothing), more);
            }
        }
    }
    all
}

fn join(all: &mut Wanted, more: Wanted) {
    if let (
        Wanted::Named { resources, data, ephemeral, functions },
        Wanted::Named { resources: r, data: d, ephemeral: e, functions: f },
    ) = (all, more)
    {
        resources.extend(r);
        data.extend(d);
        ephemeral.extend(e);
        functions.extend(f);
    }
}

/// The document that counts for each provider of a root module.
fn chosen(config: &Config, locks: &Locks, offline: &dyn Offline) -> BTreeMap<ProviderAddr, usize> {
    let counts = |(provider, constraints): (ProviderAddr, Constraints)| {
        let locked = locks.lock_of(&provider).map(|lock| &lock.version);
        let fits = |version: &Option<Version>| match version {
            None => true,
            Some(version) => {
                locked.is_none_or(|locked| locked == version)
                    && constraints.admits(version, Dialect::Provider)
            }
        };
        let at = offline.versions(&provider).iter().position(fits)?;
        Some((provider, at))
    };
    requirements(config).into_iter().filter_map(counts).collect()
}

fn module_against<'k>(
    def: &ModuleDef,
    of: &dyn Fn(&ProviderAddr) -> Option<&'k Known>,
    absent: Absent,
    diags: &mut Diags,
) {
    for resource in &def.resources {
        if let Some(known) = of(&resource.provider) {
            resource_against(resource, known, diags);
        }
    }
    for block in &def.providers {
        if let Some(known) = of(&block.provider) {
            provider_against(block, known, absent, diags);
        }
    }
}

fn resource_against(resource: &Resource, known: &Known, diags: &mut Diags) {
    let name = &resource.addr.type_name;
    let schema = &known.schema;
    let found: Option<&Arc<ResourceSchema>> = match resource.addr.mode {
        Mode::Managed => schema.resources.get(name),
        Mode::Data => schema.data.get(name),
        Mode::Ephemeral => schema.ephemeral.get(name),
    };
    match (found, &known.types) {
        (Some(schema), _) => check_body(&resource.body, &schema.block, Absent::Reported, diags),
        (None, Some(types)) => diags.extend(unknown(resource, types)),
        (None, None) => {}
    }
}

/// A provider block; of a block without anything in a called module nothing is asked: it stands for what is passed.
fn provider_against(block: &ProviderBlock, known: &Known, absent: Absent, diags: &mut Diags) {
    let absent = if block.is_empty() { Absent::Accepted } else { absent };
    check_body(&block.body, &known.schema.provider.block, absent, diags);
}

fn unknown(resource: &Resource, types: &Types) -> Diags {
    let (what, names, others) = match resource.addr.mode {
        Mode::Managed => ("resource type", &types.resources, &types.data),
        Mode::Data => ("data source", &types.data, &types.resources),
        Mode::Ephemeral => return Diags::new(),
    };
    let name = &resource.addr.type_name;
    let near = suggest::sentence(name, names.iter().map(|name| &**name));
    let remedy = match (near.is_empty(), others.contains(name)) {
        (false, _) => near,
        (true, true) => {
            "It is the other kind: a `resource` is made, a `data` source is only read.".into()
        }
        (true, false) => {
            "Correct the type, or require a version of the provider that has it.".into()
        }
    };
    let provider = resource.provider.for_display();
    let mut diags = Diags::new();
    diags.push(
        Diagnostic::error("type-unknown", format!("No {what} of this name"))
            .detail(format!("{provider} has no {what} `{name}`."))
            .remedy(remedy)
            .at(resource.type_span),
    );
    diags
}

/// Adds what was not said yet: a module may be called more than once.
fn once(diags: &mut Diags, one: Diagnostic) {
    let same = |other: &Diagnostic| {
        other.code == one.code && other.span == one.span && other.detail == one.detail
    };
    if !diags.iter().any(same) {
        diags.push(one);
    }
}
