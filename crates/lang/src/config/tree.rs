//! The module tree: which call leads to which definition, and where each resource's provider configuration stands.
//!
//! It is static: instances made by `count` and `for_each` are the engine's.
//!
//! Invariant: a module's parent has a smaller [`ModuleId`], and module 0 is the root.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use addr::{ConfigResource, ModulePath, ProviderAddr, ProviderConfig};
use diag::Diags;
use value::Value;

use super::module::ModuleDef;
use super::names::{CallIdx, ProviderIdx, ResIdx};
use super::statics::{RootVariables, Statics};
use crate::expr::{ExprId, ProviderFunction};

/// A module of the tree: [`Config::modules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId(pub u32);

impl ModuleId {
    /// The root module.
    pub const ROOT: ModuleId = ModuleId(0);

    /// The position in [`Config::modules`].
    pub fn index(self) -> usize {
        self.0 as usize
    }

    pub(super) fn new(position: usize) -> ModuleId {
        ModuleId(u32::try_from(position).expect("BUG: more than 4 billion modules"))
    }
}

/// A provider configuration of the tree: [`Config::provider_configs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderConfigId(pub u32);

impl ProviderConfigId {
    /// The position in [`Config::provider_configs`].
    pub fn index(self) -> usize {
        self.0 as usize
    }

    pub(super) fn new(position: usize) -> ProviderConfigId {
        ProviderConfigId(u32::try_from(position).expect("BUG: more than 4 billion providers"))
    }
}

/// A whole configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// All modules; those nearer to the root come first.
    pub modules: Vec<Module>,
    /// All provider configurations: those written, and an empty one in the root module for each provider that has
    /// none there and is needed.
    pub provider_configs: Vec<ProviderConfigNode>,
}

/// One call path to a module definition.
#[derive(Clone, Debug)]
pub struct Module {
    /// Itself.
    pub id: ModuleId,
    /// The module that calls it, and by which call; `None` for the root.
    pub parent: Option<(ModuleId, CallIdx)>,
    /// Its path.
    pub path: ModulePath,
    /// Its folder.
    pub dir: Arc<str>,
    /// What its files declare.
    pub def: Arc<ModuleDef>,
    /// The modules that it calls, by name.
    pub children: BTreeMap<Arc<str>, ModuleId>,
    /// The module that each of its calls leads to.
    pub by_call: Vec<Option<ModuleId>>,
    /// The provider configuration of each of its resources; `None` only where an error was reported.
    pub resource_providers: Vec<Option<ProviderConfigId>>,
    /// The provider configurations that it has of its own or is passed, by provider and alias.
    pub providers: HashMap<(ProviderAddr, Option<Arc<str>>), ProviderConfigId>,
}

/// A provider configuration.
#[derive(Clone, Debug)]
pub struct ProviderConfigNode {
    /// Its address.
    pub addr: ProviderConfig,
    /// The module in which it stands.
    pub module: ModuleId,
    /// Its block; without one it is empty.
    pub block: Option<ProviderIdx>,
}

impl Config {
    /// The tree of these modules, numbered anew: each before those it calls, in the order of its calls, so that the
    /// numbers do not depend on who was read first.
    pub(super) fn of(mut modules: Vec<Module>) -> Config {
        let mut order: Vec<ModuleId> = Vec::with_capacity(modules.len());
        let mut stack = vec![ModuleId::ROOT];
        while let Some(id) = stack.pop() {
            order.push(id);
            stack.extend(modules[id.index()].by_call.iter().rev().flatten());
        }
        let mut new_ids = vec![ModuleId::ROOT; modules.len()];
        for (position, old) in order.iter().enumerate() {
            new_ids[old.index()] = ModuleId::new(position);
        }
        for module in &mut modules {
            module.id = new_ids[module.id.index()];
            module.parent = module.parent.map(|(parent, call)| (new_ids[parent.index()], call));
            let children = module.children.values_mut().chain(module.by_call.iter_mut().flatten());
            children.for_each(|child| *child = new_ids[child.index()]);
        }
        modules.sort_by_key(|module| module.id);
        Config { modules, provider_configs: Vec::new() }
    }

    /// A module.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.index()]
    }

    /// The root module.
    pub fn root(&self) -> &Module {
        &self.modules[0]
    }

    /// The module at a path.
    pub fn find(&self, path: &ModulePath) -> Option<&Module> {
        let names = path.names().iter();
        names
            .into_iter()
            .try_fold(self.root(), |module, name| Some(self.module(*module.children.get(name)?)))
    }

    /// A provider configuration.
    pub fn provider_config(&self, id: ProviderConfigId) -> &ProviderConfigNode {
        &self.provider_configs[id.index()]
    }

    /// The provider configuration that serves a provider's function in a module: the module's own or one it is passed,
    /// else an empty one, which `None` stands for.
    pub fn function_provider(
        &self,
        module: ModuleId,
        function: &ProviderFunction,
    ) -> Option<ProviderConfigId> {
        let module = self.module(module);
        let provider = module.def.provider_of(&function.provider)?;
        module.providers.get(&(provider, function.alias.clone())).copied()
    }

    /// The module and index of a resource.
    pub fn find_resource(&self, addr: &ConfigResource) -> Option<(ModuleId, ResIdx)> {
        let module = self.find(&addr.module)?;
        let (kind, name) = (&addr.resource.type_name, &addr.resource.name);
        let found = match addr.resource.mode {
            addr::Mode::Data => module.def.names.data(kind, name),
            _ => module.def.names.managed(kind, name),
        };
        Some((module.id, found?))
    }

    /// The value of an expression of the root module that must be known before anything runs, such as an argument of
    /// its `backend`: made of constants, variables, local values and pure functions. `None` comes with an error.
    pub fn evaluate_static(
        &self,
        variables: &RootVariables,
        expr: ExprId,
        diags: &mut Diags,
    ) -> Option<Value> {
        Statics::default().evaluate(&self.modules, variables, ModuleId::ROOT, expr, diags)
    }

    /// The address of a resource.
    pub fn resource_addr(&self, module: ModuleId, resource: ResIdx) -> ConfigResource {
        let module = self.module(module);
        module.def.resources[resource.index()].addr.clone().in_module(module.path.clone())
    }
}

impl Module {
    /// The module that a call leads to.
    pub fn child(&self, call: CallIdx) -> Option<ModuleId> {
        self.by_call.get(call.index()).copied().flatten()
    }

    /// As it is named in sentences.
    pub fn display(&self) -> String {
        if self.path.is_root() { "the root module".to_owned() } else { self.path.to_string() }
    }
}
