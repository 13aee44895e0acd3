//! `relevant_attributes`: what of other resources contributes to what changes, so that its drift explains changes.
//!
//! From the arguments of each resource and output that changes, references are followed through locals, variables and
//! outputs of modules to resources, and into these as far as an argument is written for what is read of them. By syntax
//! alone: a branch that is not taken counts. As OpenTofu does it (`internal/lang/globalref`).
//!
//! Invariant: sorted, none twice; none of a plan that only refreshes.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use addr::{InstanceKey, ModuleInstance, Resource as ResourceAddr, ResourceInstance};
use lang::body::{BlockItem, LoweredBody};
use lang::config::{Config, Module, ModuleDef, Repeat, Resource};
use lang::expr::{ExprId, Target};
use lang::outline::{Traversal, traversals};
use schema::{Block, Nesting};
use value::{Path, Step, Value, View};

use crate::action::Action;
use crate::plan::{Mode, Plan, RelevantAttribute};
use crate::schemas::Schemas;

/// What contributes to the changes of a plan of this configuration.
pub fn relevant(plan: &Plan, config: &Config, schemas: &Schemas) -> Vec<RelevantAttribute> {
    if plan.options.mode == Mode::RefreshOnly {
        return Vec::new();
    }
    let mut search = Search {
        config,
        schemas,
        seen: HashSet::new(),
        pending: Vec::new(),
        found: BTreeMap::new(),
    };
    for change in plan.changes.iter().filter(|change| change.action != Action::NoOp) {
        search.resource(&change.address.module, &change.address.resource, &[]);
    }
    let root = ModuleInstance::root();
    for change in plan.outputs.iter().filter(|change| change.action != Action::NoOp) {
        search.output(&root, &change.name);
    }
    if plan.options.mode == Mode::Normal {
        // Outputs of modules are not kept, so that each is new in every plan.
        for module in instances(plan, config) {
            let Some(below) = search.module(&module) else { continue };
            below.def.outputs.iter().for_each(|output| search.output(&module, &output.name));
        }
    }
    while let Some(reference) = search.pending.pop() {
        search.follow(&reference);
    }
    let of =
        |(resource, path): (String, Path)| RelevantAttribute { resource: resource.into(), path };
    search.found.into_values().map(of).collect()
}

/// The instances of modules below the root: those that a change tells of, and those that no key is needed for.
fn instances(plan: &Plan, config: &Config) -> BTreeSet<ModuleInstance> {
    let mut all = BTreeSet::new();
    for change in plan.changes.iter().filter(|change| change.action != Action::Delete) {
        let mut at = Some(change.address.module.clone());
        while let Some(module) = at.filter(|module| !module.is_root()) {
            at = module.parent();
            all.insert(module);
        }
    }
    let is_single = |module: &Module| {
        let mut at = module;
        while let Some((parent, call)) = at.parent {
            let parent = config.module(parent);
            if parent.def.calls[call.index()].repeat != Repeat::One {
                return false;
            }
            at = parent;
        }
        true
    };
    let single = config.modules.iter().filter(|module| !module.path.is_root() && is_single(module));
    all.extend(single.map(|module| module.path.without_keys()));
    all
}

/// A reference where it stands.
struct Reference {
    module: ModuleInstance,
    /// The resource whose repetition `count` and `each` are of.
    container: Option<ResourceAddr>,
    traversal: Traversal,
}

struct Search<'c> {
    config: &'c Config,
    schemas: &'c Schemas,
    seen: HashSet<String>,
    pending: Vec<Reference>,
    /// By resource, then path as text.
    found: BTreeMap<(String, String), (String, Path)>,
}

impl<'c> Search<'c> {
    fn module(&self, at: &ModuleInstance) -> Option<&'c Module> {
        self.config.find(&at.path())
    }

    /// Takes in the references of an expression of a module.
    fn expr(
        &mut self,
        at: &ModuleInstance,
        container: Option<&ResourceAddr>,
        def: &ModuleDef,
        expr: ExprId,
    ) {
        for traversal in traversals(&def.exprs, expr) {
            let is_repetition = matches!(
                traversal.target,
                Target::CountIndex | Target::EachKey | Target::EachValue
            );
            let container = container.filter(|_| is_repetition).cloned();
            self.take(Reference { module: at.clone(), container, traversal }, def);
        }
    }

    fn take(&mut self, reference: Reference, def: &ModuleDef) {
        let Reference { module, container, traversal } = &reference;
        let key = format!(
            "{module}|{container:?}|{:?}",
            (&traversal.target, &traversal.key, &traversal.steps)
        );
        if !self.seen.insert(key) {
            return;
        }
        if let Target::Resource(at) = &traversal.target {
            let resource = def.resources[at.index()].addr.clone();
            let key = traversal.key.as_ref().map_or(InstanceKey::None, instance_key);
            let address = ResourceInstance { module: module.clone(), resource, key }.to_string();
            let path = Path::from(traversal.steps.clone());
            self.found.insert((address.clone(), format!("{path:?}")), (address, path));
        }
        self.pending.push(reference);
    }

    /// Takes in what the thing that is referred to refers to itself.
    fn follow(&mut self, reference: &Reference) {
        let Reference { module: at, container, traversal } = reference;
        let Some(module) = self.module(at) else { return };
        let def = &*module.def;
        match &traversal.target {
            Target::Variable(variable) => self.argument(at, &def.variables[variable.index()].name),
            Target::Local(local) => self.expr(at, None, def, def.locals[local.index()].expr),
            Target::Output(call, name) => {
                let child = child(at, def, call.index(), traversal.key.as_ref());
                self.output(&child, name);
            }
            Target::Module(call) => {
                let child = child(at, def, call.index(), traversal.key.as_ref());
                let Some(below) = self.module(&child) else { return };
                below.def.outputs.iter().for_each(|output| self.output(&child, &output.name));
            }
            Target::CountIndex | Target::EachKey | Target::EachValue => {
                let of = |one: &&Resource| Some(&one.addr) == container.as_ref();
                let repeat = def.resources.iter().find(of).map(|one| one.repeat);
                if let Some(expr) = repeat.and_then(Repeat::expr) {
                    self.expr(at, None, def, expr);
                }
            }
            Target::Resource(one) => {
                let address = def.resources[one.index()].addr.clone();
                self.resource(at, &address, &traversal.steps);
            }
            _ => {}
        }
    }

    /// The argument of a module's call for one of its variables.
    fn argument(&mut self, at: &ModuleInstance, variable: &Arc<str>) {
        let (Some(caller), Some(module)) = (at.parent(), self.module(at)) else { return };
        let Some((parent, call)) = module.parent else { return };
        let def = &*self.config.module(parent).def;
        if let Some(expr) = def.calls[call.index()].argument(variable) {
            self.expr(&caller, None, def, expr);
        }
    }

    fn output(&mut self, at: &ModuleInstance, name: &Arc<str>) {
        let Some(module) = self.module(at) else { return };
        let def = &*module.def;
        if let Some(output) = def.outputs.iter().find(|output| output.name == *name) {
            self.expr(at, None, def, output.expr);
        }
    }

    /// What the arguments of a resource refer to: all of them, or those that a path leads to.
    fn resource(&mut self, at: &ModuleInstance, resource: &ResourceAddr, steps: &[Step]) {
        let Some(module) = self.module(at) else { return };
        let def = &*module.def;
        let Some(one) = def.resources.iter().find(|one| one.addr == *resource) else { return };
        let Some(schema) = self.schemas.of(&one.provider, resource) else { return };
        for expr in arguments(&one.body, &schema.block, steps) {
            self.expr(at, Some(resource), def, expr);
        }
    }
}

/// The instance of a called module; without a key where it has none, or one that is not written.
fn child(at: &ModuleInstance, def: &ModuleDef, call: usize, key: Option<&Value>) -> ModuleInstance {
    let key = key.map_or(InstanceKey::None, instance_key);
    at.child(def.calls[call].name.clone(), key)
}

fn instance_key(key: &Value) -> InstanceKey {
    match key.view() {
        View::String(text) => InstanceKey::Str(text.clone()),
        _ => key
            .as_number()
            .and_then(|number| number.to_string().parse().ok())
            .map_or(InstanceKey::None, InstanceKey::Int),
    }
}

/// The expressions that a path into a body leads to. Into blocks of which there may be several no path leads.
fn arguments(body: &LoweredBody, schema: &Block, steps: &[Step]) -> Vec<ExprId> {
    let Some((first, rest)) = steps.split_first() else { return body.expressions() };
    let name: Arc<str> = match first {
        Step::Attr(name) => name.clone(),
        Step::Index(key) => match key.as_str() {
            Some(name) => name.into(),
            None => return Vec::new(),
        },
    };
    if schema.attr(&name).is_some() {
        let given = body.attrs.iter().chain(&body.members).filter(|attr| attr.name == name);
        return given.map(|attr| attr.expr).collect();
    }
    let Some(nested) = schema.block(&name) else { return Vec::new() };
    match nested.nesting {
        Nesting::Single | Nesting::Group => {
            let of_kind = body.blocks.iter().flat_map(|item| match item {
                BlockItem::Static(block) if block.kind == name => {
                    arguments(&block.body, &nested.block, rest)
                }
                BlockItem::Dynamic(block) if block.kind == name => {
                    let mut all = vec![block.for_each];
                    all.extend(arguments(&block.content, &nested.block, rest));
                    all
                }
                _ => Vec::new(),
            });
            of_kind.collect()
        }
        Nesting::List | Nesting::Set | Nesting::Map if rest.is_empty() => body.expressions(),
        Nesting::List | Nesting::Set | Nesting::Map => Vec::new(),
    }
}
