//! Where each resource's provider configuration stands.
//!
//! A module's own block serves it; else what its caller passes by `providers`; else, for a configuration without
//! alias, that of the nearest module above it, and in the end an empty one in the root module. An empty block in a
//! called module stands for one that is passed.
//!
//! Invariant: modules are visited from the root down, so what a caller passes is settled before it is passed on.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use addr::{ProviderAddr, ProviderConfig};
use diag::{Diagnostic, Diags};

use super::loader::RootRole;
use super::module::Resource;
use super::names::ProviderIdx;
use super::provider_check;
use super::tree::{Config, Module, ModuleId, ProviderConfigId, ProviderConfigNode};

/// A configuration as one module sees it: which module, which provider, which alias.
type Key = (ModuleId, ProviderAddr, Option<Arc<str>>);

#[derive(Default)]
struct Table {
    nodes: Vec<ProviderConfigNode>,
    seen: HashMap<Key, ProviderConfigId>,
    /// Empty blocks of called modules, whose place a passed configuration takes.
    replaceable: HashSet<Key>,
    replaced: HashSet<ProviderConfigId>,
}

impl Table {
    fn add(
        &mut self,
        module: &Module,
        provider: ProviderAddr,
        alias: Option<Arc<str>>,
        block: Option<ProviderIdx>,
    ) {
        let key = (module.id, provider.clone(), alias.clone());
        if self.seen.contains_key(&key) {
            return;
        }
        let addr = ProviderConfig { module: module.path.clone(), provider, alias };
        self.seen.insert(key, ProviderConfigId::new(self.nodes.len()));
        self.nodes.push(ProviderConfigNode { addr, module: module.id, block });
    }
}

/// Finds the provider configuration of every resource, and checks how they are passed.
pub(super) fn resolve(config: &mut Config, root: RootRole, diags: &mut Diags) {
    let errors = diags.error_count();
    provider_check::check(config, diags);
    if diags.error_count() > errors {
        return;
    }
    let mut table = Table::default();
    for module in &config.modules {
        declare(module, root, &mut table);
        pass(config, module, &mut table, diags);
    }
    for module in &config.modules {
        for resource in &module.def.resources {
            table.add(config.root(), resource.provider.clone(), None, None);
        }
    }
    let resolved: Vec<Vec<Option<ProviderConfigId>>> = config
        .modules
        .iter()
        .map(|module| {
            let resources = module.def.resources.iter();
            resources.map(|it| of_resource(config, module, it, &table, diags)).collect()
        })
        .collect();
    for (module, providers) in config.modules.iter_mut().zip(resolved) {
        module.resource_providers = providers;
    }
    for ((module, provider, alias), id) in table.seen {
        config.modules[module.index()].providers.insert((provider, alias), id);
    }
    config.provider_configs = table.nodes;
    drop_unused(config, &table.replaced);
}

/// The configurations that a module has of its own.
fn declare(module: &Module, root: RootRole, table: &mut Table) {
    let def = &module.def;
    if module.parent.is_none() {
        for required in &def.required_providers {
            if def.provider_block(&required.name, None).is_none() {
                table.add(module, required.provider.clone(), None, None);
            }
            let expected = required.aliases.iter().filter(|_| root == RootRole::Checked);
            for alias in expected {
                if def.provider_block(&required.name, Some(alias)).is_none() {
                    table.add(module, required.provider.clone(), Some(alias.clone()), None);
                }
            }
        }
    }
    for (position, block) in def.providers.iter().enumerate() {
        let index = Some(ProviderIdx::new(position));
        table.add(module, block.provider.clone(), block.alias.clone(), index);
        if module.parent.is_some() && block.is_empty() {
            let key = (module.id, block.provider.clone(), block.alias.clone());
            table.replaceable.insert(key);
        }
    }
}

/// The configurations that a module is passed.
fn pass(config: &Config, module: &Module, table: &mut Table, diags: &mut Diags) {
    let Some((parent, call)) = module.parent else { return };
    let call = &config.module(parent).def.calls[call.index()];
    for passed in &call.providers {
        let Some(provider) = module.def.provider_of(&passed.child.name) else { continue };
        let source = (parent, provider.clone(), passed.parent.alias.clone());
        let Some(target) = table.seen.get(&source).copied() else {
            diags.push(nothing_to_pass(
                config.module(parent),
                &passed.parent.text(),
                passed.parent.span,
            ));
            continue;
        };
        let key = (module.id, provider, passed.child.alias.clone());
        if !table.seen.contains_key(&key) || table.replaceable.contains(&key) {
            let replaced = table.seen.insert(key, target);
            table.replaced.extend(replaced);
        }
    }
}

fn nothing_to_pass(module: &Module, text: &str, span: diag::Span) -> Diagnostic {
    Diagnostic::error(
        "provider-not-configured",
        format!("There is no provider configuration `{text}` to pass"),
    )
    .detail(format!(
        "In {} no configuration of that name is written or passed in.",
        module.display()
    ))
    .remedy("Write a `provider` block, or pass the configuration to this module too.")
    .at(span)
}

fn of_resource(
    config: &Config,
    module: &Module,
    resource: &Resource,
    table: &Table,
    diags: &mut Diags,
) -> Option<ProviderConfigId> {
    let (_, alias) = resource.provider_local();
    let alias: Option<Arc<str>> = alias.map(Arc::from);
    let mut at = Some(module);
    while let Some(module) = at {
        let key = (module.id, resource.provider.clone(), alias.clone());
        if let Some(found) = table.seen.get(&key) {
            return Some(*found);
        }
        // What has an alias is never inherited.
        at = module.parent.filter(|_| alias.is_none()).map(|(parent, _)| config.module(parent));
    }
    diags.push(not_configured(module, resource));
    None
}

fn not_configured(module: &Module, resource: &Resource) -> Diagnostic {
    let (name, alias) = resource.provider_local();
    let text = super::declared::provider_text(name, alias);
    let address = resource.addr.clone().in_module(module.path.clone());
    Diagnostic::error(
        "provider-not-configured",
        format!("There is no provider configuration `{text}`"),
    )
    .detail(format!(
        "`{address}` asks for it, and in {} it is neither written nor passed in.",
        module.display()
    ))
    .remedy(format!(
        "Write a `provider` block for `{text}`, or pass one by `providers` in the module call."
    ))
    .maybe_at(resource.provider_ref.as_ref().map(|it| it.span).or(Some(resource.span)))
    .about(address.to_string())
}

/// Leaves out the configurations that are not written and that nobody uses, and those that were replaced.
fn drop_unused(config: &mut Config, replaced: &HashSet<ProviderConfigId>) {
    let mut used = vec![false; config.provider_configs.len()];
    for module in &config.modules {
        module.resource_providers.iter().flatten().for_each(|id| used[id.index()] = true);
    }
    let mut moved = vec![None; used.len()];
    let mut kept = Vec::new();
    for (position, node) in std::mem::take(&mut config.provider_configs).into_iter().enumerate() {
        let written = node.block.is_some() && !replaced.contains(&ProviderConfigId::new(position));
        if used[position] || written {
            moved[position] = Some(ProviderConfigId::new(kept.len()));
            kept.push(node);
        }
    }
    config.provider_configs = kept;
    for module in &mut config.modules {
        let ids = module.resource_providers.iter_mut().flatten();
        ids.for_each(|id| *id = moved[id.index()].expect("BUG: a used provider was left out"));
        module.providers.retain(|_, id| {
            let kept = moved[id.index()];
            *id = kept.unwrap_or(*id);
            kept.is_some()
        });
    }
}
