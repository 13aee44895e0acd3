//! `provider_config`: the provider configurations of all modules in one map, and which of them a resource uses.
//!
//! A key is the provider's local name, with `.ALIAS`, and `MODULE:` in front below the root. What a module is passed leads
//! to the configuration that it comes from, which alone is told.

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::{ModulePath, ProviderAddr};
use lang::config::{Config, Module, ModuleId, ProviderBlock};
use schema::version::Constraints;

use super::super::write::Slot;
use super::expressions::members;
use crate::schemas::Schemas;

/// All provider configurations by key.
pub(super) struct Providers {
    all: BTreeMap<String, Entry>,
}

struct Entry {
    name: Arc<str>,
    provider: ProviderAddr,
    module: ModuleId,
    path: ModulePath,
    /// The constraints of the module, as text.
    versions: String,
    /// The block, by its place in the module.
    block: Option<usize>,
    /// The key of the configuration that it comes from.
    parent: Option<String>,
}

fn key(path: &ModulePath, name: &str) -> String {
    if path.is_root() { name.to_owned() } else { format!("{path}:{name}") }
}

fn local(name: &str, alias: Option<&str>) -> String {
    alias.map_or_else(|| name.to_owned(), |alias| format!("{name}.{alias}"))
}

impl Providers {
    pub(super) fn of(config: &Config) -> Providers {
        let mut providers = Providers { all: BTreeMap::new() };
        // Modules stand after those that call them, so a parent's entries are there.
        providers.module(config, config.root());
        providers
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    fn module(&mut self, config: &Config, module: &Module) {
        let wanted = requirements(module);
        self.blocks(module, &wanted);
        self.required(config, module, &wanted);
        for provider in wanted.keys() {
            let name = &provider.name;
            let parent = self.inherited(config, module, name, provider);
            self.add(module, name.to_string(), name.clone(), provider, String::new(), None, parent);
        }
        for call in &module.def.calls {
            let Some(child) = module.children.get(&call.name) else { continue };
            let child = config.module(*child);
            for passed in &call.providers {
                let name = passed.child.text();
                let Some(provider) = child.def.provider_of(&passed.child.name) else { continue };
                let parent = key(&module.path, &passed.parent.text());
                let parent = self.source(&parent, &provider);
                // What is passed goes before what the child asks for itself.
                self.all.remove(&key(&child.path, &name));
                let text: Arc<str> = name.as_str().into();
                self.add(child, name, text, &provider, String::new(), None, parent);
            }
            self.module(config, child);
        }
    }

    /// `provider` blocks.
    fn blocks(&mut self, module: &Module, wanted: &BTreeMap<ProviderAddr, Constraints>) {
        for (at, block) in module.def.providers.iter().enumerate() {
            let name = local(&block.name, block.alias.as_deref());
            let versions = text(wanted.get(&block.provider));
            self.add(module, name, block.name.clone(), &block.provider, versions, Some(at), None);
        }
    }

    /// Entries of `required_providers` without a block.
    fn required(
        &mut self,
        config: &Config,
        module: &Module,
        wanted: &BTreeMap<ProviderAddr, Constraints>,
    ) {
        for required in &module.def.required_providers {
            let (name, provider) = (&required.name, &required.provider);
            let versions = text(wanted.get(provider));
            for alias in &required.aliases {
                let own = local(name, Some(alias));
                self.add(module, own, name.clone(), provider, versions.clone(), None, None);
            }
            let parent = self.inherited(config, module, name, provider);
            self.add(module, name.to_string(), name.clone(), provider, versions, None, parent);
        }
    }

    /// Adds an entry unless there is one.
    #[expect(clippy::too_many_arguments, reason = "the members of an entry, once")]
    fn add(
        &mut self,
        module: &Module,
        local: String,
        name: Arc<str>,
        provider: &ProviderAddr,
        versions: String,
        block: Option<usize>,
        parent: Option<String>,
    ) {
        let (path, id) = (module.path.clone(), module.id);
        self.all.entry(key(&module.path, &local)).or_insert_with(|| Entry {
            name,
            provider: provider.clone(),
            module: id,
            path,
            versions,
            block,
            parent,
        });
    }

    /// The configuration that a module inherits from the one above it under this name.
    fn inherited(
        &self,
        config: &Config,
        module: &Module,
        name: &str,
        provider: &ProviderAddr,
    ) -> Option<String> {
        let (parent, _) = module.parent?;
        self.source(&key(&config.module(parent).path, name), provider)
    }

    /// Where a chain of passed configurations of a provider begins.
    fn source(&self, start: &str, provider: &ProviderAddr) -> Option<String> {
        let mut found = None;
        let mut at = Some(start.to_owned());
        while let Some(key) = at {
            let Some(entry) = self.all.get(&key).filter(|one| one.provider == *provider) else {
                break;
            };
            at = entry.parent.clone();
            found = Some(key);
        }
        found
    }

    /// The key of the configuration that a resource of this module uses.
    pub(super) fn source_of(&self, path: &ModulePath, name: &str, alias: Option<&str>) -> String {
        let own = key(path, &local(name, alias));
        match self.all.get(&own).and_then(|entry| entry.parent.clone()) {
            Some(parent) if self.all.contains_key(&parent) => parent,
            _ => own,
        }
    }

    /// `provider_config`.
    pub(super) fn write(&self, slot: Slot<'_>, config: &Config, schemas: &Schemas) {
        slot.object(|object| {
            for (key, entry) in self.all.iter().filter(|(_, entry)| entry.parent.is_none()) {
                let def = &config.module(entry.module).def;
                let block = entry.block.map(|at| &def.providers[at]);
                object.member(key).object(|object| {
                    object.member("name").text(&entry.name);
                    object.member("full_name").text(&entry.provider.to_string());
                    let alias = block.and_then(|block| block.alias.as_deref());
                    object.text_unless_empty("alias", alias.unwrap_or(""));
                    object.text_unless_empty("version_constraint", &entry.versions);
                    object.text_unless_empty("module_address", &entry.path.to_string());
                    let schema = schemas.provider(&entry.provider);
                    if let Some((block, schema)) = block.zip(schema).filter(|(one, _)| says(one)) {
                        object.member("expressions").object(|object| {
                            members(object, &def.exprs, &block.body, &schema.provider.block);
                        });
                    }
                });
            }
        });
    }
}

fn says(block: &ProviderBlock) -> bool {
    !block.body.attrs.is_empty() || !block.body.blocks.is_empty()
}

/// The providers that a module asks for itself, with all constraints on their versions.
fn requirements(module: &Module) -> BTreeMap<ProviderAddr, Constraints> {
    let mut wanted: BTreeMap<ProviderAddr, Constraints> = BTreeMap::new();
    let def = &module.def;
    let required = def.required_providers.iter().map(|one| (&one.provider, one.version.as_ref()));
    let used = def.resources.iter().map(|one| (&one.provider, None));
    let blocks = def.providers.iter().map(|one| (&one.provider, one.version.as_ref()));
    for (provider, version) in required.chain(used).chain(blocks) {
        let constraints = wanted.entry(provider.clone()).or_default();
        if let Some(version) = version {
            constraints.extend(&version.constraints);
        }
    }
    wanted
}

fn text(constraints: Option<&Constraints>) -> String {
    constraints.map_or_else(String::new, ToString::to_string)
}
