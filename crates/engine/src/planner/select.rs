//! `-target` and `-exclude`: what a plan is about.
//!
//! Blocks are selected by the static graph; of a block that a target names directly, only the instances it covers. What
//! is destroyed is chosen the other way round, along the dependencies that the state keeps: with an object go all that
//! depend on it, and with an object stay all that it depends on.
//! Invariant: without targets and excludes everything is selected.

use std::collections::{HashMap, HashSet};

use addr::{ConfigResource, Target};
use diag::{Diagnostic, Diags};
use lang::config::Config;
use lang::graph::{Object, Selection, StaticGraph};
use plan::{Mode, Options};

use super::prior::{PriorId, Priors};
use super::{Pass, Planner};
use crate::cells::InstanceId;

/// The part of the configuration that is selected; `None` for all of it. Says that it is a part.
pub(super) fn selection(
    config: &Config,
    graph: &StaticGraph,
    options: &Options,
    diags: &mut Diags,
) -> Option<Selection> {
    let part = part(config, graph, options);
    if part.is_some() {
        diags.push(
            Diagnostic::warning(
                "plan-partial",
                "This plan covers only a part of the configuration",
            )
            .detail("Targets or excludes are given, so applying it may leave things undone.")
            .remedy("Use them for recovering from mistakes only, and plan again without."),
        );
    }
    part
}

/// The part of the configuration that targets and excludes select; `None` for all of it.
pub(crate) fn part(config: &Config, graph: &StaticGraph, options: &Options) -> Option<Selection> {
    match (options.targets.is_empty(), options.excludes.is_empty()) {
        (true, true) => None,
        (false, _) => Some(graph.target(config, &options.targets)),
        (true, false) => Some(graph.exclude(config, &options.excludes)),
    }
}

impl Planner {
    /// Whether an instance is part of the plan.
    pub(super) fn is_selected(&self, id: InstanceId) -> bool {
        if self.selection.is_none() {
            return true;
        }
        self.covers(&self.world.instances[id.at()].addr)
    }

    /// Whether an object of the state is looked at.
    pub(super) fn is_read(&self, id: PriorId) -> bool {
        self.goes(id) || self.is_selected_object(id)
    }

    /// Whether it is asked that the object goes, or it has to go with one that does.
    pub(super) fn goes(&self, id: PriorId) -> bool {
        self.input.options.mode == Mode::Destroy
            && self.going.as_ref().is_none_or(|going| going.contains(&id))
    }

    /// Whether something may become of an object of the state.
    pub(super) fn is_touched(&self, id: PriorId) -> bool {
        if self.pass == Pass::Destroy { self.goes(id) } else { self.is_selected_object(id) }
    }

    /// Whether an object of the state is part of what is planned as configured.
    fn is_selected_object(&self, id: PriorId) -> bool {
        let Some(selection) = &self.selection else { return true };
        let prior = self.priors.get(id);
        let options = &self.input.options;
        // Nothing refers to deposed objects, so only their own address counts.
        match prior.declared.filter(|_| prior.at.deposed.is_none()) {
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

    /// Whether a data source leaves the state when a part is destroyed: one that is named, or not needed by what stays.
    pub(super) fn data_goes(&self, at: &addr::ResourceInstance) -> bool {
        let options = &self.input.options;
        let named = |targets: &[Target]| targets.iter().any(|target| target.contains(at));
        let Some(going) = &self.going else { return true };
        if !options.targets.is_empty() {
            return named(&options.targets);
        }
        let block = at.config();
        let staying = self.priors.ids().filter(|id| !going.contains(id));
        let mut staying = staying.map(|id| &self.priors.get(id).row.object.dependencies);
        !named(&options.excludes) && !staying.any(|on| on.contains(&block))
    }

    fn covers(&self, address: &addr::ResourceInstance) -> bool {
        let options = &self.input.options;
        let block = address.config();
        let named = options.targets.iter().any(|target| target.reaches(&block));
        let targeted = !named || options.targets.iter().any(|target| target.contains(address));
        targeted && !options.excludes.iter().any(|target| target.contains(address))
    }
}

/// The objects that go when a part is destroyed; `None` for all.
pub(super) fn going(priors: &Priors, options: &Options) -> Option<HashSet<PriorId>> {
    let named = |targets: &[Target], id: &PriorId| {
        targets.iter().any(|target| target.contains(&priors.get(*id).at.instance))
    };
    if !options.targets.is_empty() {
        let chosen = priors.ids().filter(|id| named(&options.targets, id));
        return Some(closure(chosen, &users(priors)));
    }
    if options.excludes.is_empty() {
        return None;
    }
    let kept = priors.ids().filter(|id| named(&options.excludes, id));
    let kept = closure(kept, &used(priors));
    Some(priors.ids().filter(|id| !kept.contains(id)).collect())
}

/// For each object, those of the resources that depend on it.
fn users(priors: &Priors) -> HashMap<PriorId, Vec<PriorId>> {
    let mut users: HashMap<PriorId, Vec<PriorId>> = HashMap::new();
    for (user, used) in used(priors) {
        used.into_iter().for_each(|one| users.entry(one).or_default().push(user));
    }
    users
}

/// For each object, those of the resources that it depends on.
fn used(priors: &Priors) -> HashMap<PriorId, Vec<PriorId>> {
    let mut by_block: HashMap<ConfigResource, Vec<PriorId>> = HashMap::new();
    for id in priors.ids() {
        by_block.entry(priors.get(id).at.instance.config()).or_default().push(id);
    }
    let of = |id: PriorId| {
        let on = priors.get(id).row.object.dependencies.iter();
        on.filter_map(|block| by_block.get(block)).flatten().copied().collect()
    };
    priors.ids().map(|id| (id, of(id))).collect()
}

fn closure(
    of: impl Iterator<Item = PriorId>,
    next: &HashMap<PriorId, Vec<PriorId>>,
) -> HashSet<PriorId> {
    let mut open: Vec<PriorId> = of.collect();
    let mut all: HashSet<PriorId> = open.iter().copied().collect();
    while let Some(id) = open.pop() {
        let fresh = next.get(&id).into_iter().flatten().filter(|one| all.insert(**one));
        open.extend(fresh);
    }
    all
}
