//! Which resources a data source waits for: pending changes to them put its reading off until apply.
//!
//! These are what its `depends_on` names, the managed resources that it refers to directly, and what `depends_on` of
//! the modules around it names (`transform_reference`, `attachResourceDependsOnTransformer`). What is no resource
//! stands for all resources behind it.
//!
//! Invariant: a data source with conditions waits for everything behind it, as OpenTofu does.

use addr::Mode;

use super::{NodeId, Object, ResourceNo, StaticGraph, called};
use crate::config::{Config, DependsOn, ModuleId, Repeat, ResIdx};
use crate::expr::Target;
use crate::refs;

impl StaticGraph {
    /// The managed resources that a data source waits for, sorted.
    pub fn read_waits_for(
        &self,
        config: &Config,
        module: ModuleId,
        resource: ResIdx,
    ) -> Vec<ResourceNo> {
        let data = &config.module(module).def.resources[resource.index()];
        let own = self.resource_no(module, resource);
        let mut found: Vec<ResourceNo> = Vec::new();
        if data.preconditions.is_empty() && data.postconditions.is_empty() {
            self.named(config, module, &data.depends_on, &mut found);
            self.referred(config, module, resource, &mut found);
            self.around(config, module, &mut found);
        } else {
            found = self.resources_behind(self.node(Object::Resource(module, resource)));
        }
        found.retain(|number| *number != own && self.is_managed(config, *number));
        found.sort_unstable();
        found.dedup();
        found
    }

    fn is_managed(&self, config: &Config, number: ResourceNo) -> bool {
        let (module, resource) = self.resource(number);
        config.module(module).def.resources[resource.index()].addr.mode == Mode::Managed
    }

    /// What `depends_on` names.
    fn named(
        &self,
        config: &Config,
        module: ModuleId,
        list: &[DependsOn],
        found: &mut Vec<ResourceNo>,
    ) {
        for entry in list {
            let Some(node) = self.target_node(config, module, &entry.target) else { continue };
            match self.number_of(node) {
                Some(number) => found.push(number),
                None => found.extend(self.resources_behind(node)),
            }
        }
    }

    /// The managed resources to which a data source refers directly.
    fn referred(
        &self,
        config: &Config,
        module: ModuleId,
        resource: ResIdx,
        found: &mut Vec<ResourceNo>,
    ) {
        let def = &config.module(module).def;
        let data = &def.resources[resource.index()];
        let mut exprs = data.body.expressions();
        if let Repeat::Count(expr) | Repeat::ForEach(expr) = data.repeat {
            exprs.push(expr);
        }
        for expr in exprs {
            refs::visit(&def.exprs, expr, &mut |reference| {
                if let Target::Resource(index) = reference.target {
                    found.push(self.resource_no(module, index));
                }
            });
        }
    }

    /// What `depends_on` of the calls names that lead to the module, and all behind that.
    fn around(&self, config: &Config, module: ModuleId, found: &mut Vec<ResourceNo>) {
        let mut at = config.module(module).parent;
        while let Some((parent, call)) = at {
            let call = &config.module(parent).def.calls[call.index()];
            let mut named = Vec::new();
            self.named(config, parent, &call.depends_on, &mut named);
            for number in &named {
                found.extend(self.resources_behind(self.node_of(*number)));
            }
            found.extend(named);
            at = config.module(parent).parent;
        }
    }

    fn target_node(&self, config: &Config, module: ModuleId, target: &Target) -> Option<NodeId> {
        let object = match target {
            Target::Variable(index) => Object::Variable(module, *index),
            Target::Local(index) => Object::Local(module, *index),
            Target::Resource(index) => Object::Resource(module, *index),
            Target::Module(call) => Object::Close(called(config, module, *call)?),
            Target::Output(call, name) => {
                let called = called(config, module, *call)?;
                Object::Output(called, config.module(called).def.names.output(name)?)
            }
            _ => return None,
        };
        Some(self.node(object))
    }
}
