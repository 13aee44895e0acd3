//! `-target` and `-exclude`: what a plan is about.
//!
//! Blocks are selected by the static graph; of a block that a target names directly, only the instances it covers.
//! Invariant: without targets and excludes everything is selected.

use diag::{Diagnostic, Diags};
use lang::config::Config;
use lang::graph::{Object, Selection, StaticGraph};
use plan::Options;

use super::Planner;
use super::prior::PriorId;
use crate::cells::InstanceId;

/// The part of the configuration that is selected; `None` for all of it.
pub(super) fn selection(
    config: &Config,
    graph: &StaticGraph,
    options: &Options,
    diags: &mut Diags,
) -> Option<Selection> {
    if options.targets.is_empty() && options.excludes.is_empty() {
        return None;
    }
    diags.push(
        Diagnostic::warning("plan-partial", "This plan covers only a part of the configuration")
            .detail("Targets or excludes are given, so applying it may leave things undone.")
            .remedy("Use them for recovering from mistakes only, and plan again without."),
    );
    Some(match options.targets.is_empty() {
        false => graph.target(config, &options.targets),
        true => graph.exclude(config, &options.excludes),
    })
}

impl Planner {
    /// Whether an instance is part of the plan.
    pub(super) fn is_selected(&self, id: InstanceId) -> bool {
        if self.selection.is_none() {
            return true;
        }
        self.covers(&self.world.instances[id.at()].addr)
    }

    /// Whether an object of the state is part of the plan.
    pub(super) fn is_selected_object(&self, id: PriorId) -> bool {
        let Some(selection) = &self.selection else { return true };
        let prior = self.priors.get(id);
        let options = &self.input.options;
        match prior.declared {
            Some((module, resource)) => {
                let node = self.graph.node(Object::Resource(module, resource));
                selection.contains(node) && self.covers(&prior.at.instance)
            }
            None if options.targets.is_empty() => {
                !options.excludes.iter().any(|target| target.contains(&prior.at.instance))
            }
            None => options.targets.iter().any(|target| target.contains(&prior.at.instance)),
        }
    }

    fn covers(&self, address: &addr::ResourceInstance) -> bool {
        let options = &self.input.options;
        let block = address.config();
        let named = options.targets.iter().any(|target| target.reaches(&block));
        let targeted = !named || options.targets.iter().any(|target| target.contains(address));
        targeted && !options.excludes.iter().any(|target| target.contains(address))
    }
}
