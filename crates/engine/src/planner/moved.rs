//! Objects that moved without being told: between `x` and `x[0]` when `count` comes or goes, of resources and of modules.
//!
//! A pure pass over the state before planning. Behaviour of OpenTofu's `refactoring.ImpliedMoveStatements`; told moves are
//! not in the language yet.
//!
//! Invariant: no object is lost: one whose place is taken stays where it is.

use std::collections::{BTreeMap, BTreeSet};

use addr::{AbsResource, InstanceKey, ModuleInstance, ModuleStep, ResourceInstance, Target};
use diag::{Diagnostic, Diags};
use lang::config::{Config, Repeat};
use plan::Options;
use state::{Instance, Resource, State};

/// What moved: from the new address to the old one.
pub(super) type Moves = BTreeMap<ResourceInstance, ResourceInstance>;

/// The state with its objects in their new places.
pub(super) fn implied(config: &Config, state: &State, diags: &mut Diags) -> (State, Moves) {
    let mut moving = Moving { state: state.clone(), moves: Moves::new(), blocked: Vec::new() };
    moving.modules(config);
    moving.resources(config);
    if !moving.blocked.is_empty() {
        let list: Vec<String> =
            moving.blocked.iter().map(|(from, to)| format!("{from} to {to}")).collect();
        diags.push(
            Diagnostic::warning("move-blocked", "Some objects could not move")
                .detail(format!(
                    "Their new places are taken: {}. They are planned to be destroyed.",
                    list.join(", ")
                ))
                .remedy(
                    "If that is wrong, move or forget one of the two with state mv or state rm.",
                ),
        );
    }
    (moving.state, moving.moves)
}

/// Refuses targets and excludes that leave out an object that moved, where it was or where it is: it would be planned by
/// half. Behaviour of OpenTofu's `prePlanVerifyTargetedMoves`.
pub(super) fn refuse_left_out(moves: &Moves, options: &Options, diags: &mut Diags) {
    let named =
        |targets: &[Target], at: &ResourceInstance| targets.iter().any(|one| one.contains(at));
    let left_out = |at: &&ResourceInstance| match options.targets.is_empty() {
        true => named(&options.excludes, at),
        false => !named(&options.targets, at),
    };
    let left_out: BTreeSet<String> = moves
        .iter()
        .flat_map(|(new, old)| [new, old])
        .filter(left_out)
        .map(|at| at.abs_resource().to_string())
        .collect();
    if left_out.is_empty() {
        return;
    }
    let list: Vec<String> = left_out.into_iter().collect();
    diags.push(
        Diagnostic::error("move-left-out", "Objects that moved are left out")
            .detail(format!(
                "Instances of {} moved to new addresses, and targets or excludes leave them out.",
                list.join(", ")
            ))
            .remedy("Plan without -target and -exclude, or take these resources in."),
    );
}

/// The key that an only or first instance has under this repetition; none where keys are chosen by name.
fn first_key(repeat: Repeat) -> Option<InstanceKey> {
    match repeat {
        Repeat::One => Some(InstanceKey::None),
        Repeat::Count(_) => Some(InstanceKey::Int(0)),
        Repeat::ForEach(_) => None,
    }
}

fn is_first(key: &InstanceKey) -> bool {
    matches!(key, InstanceKey::None | InstanceKey::Int(0))
}

struct Moving {
    state: State,
    moves: Moves,
    blocked: Vec<(String, String)>,
}

impl Moving {
    /// Module instances, from the root down.
    fn modules(&mut self, config: &Config) {
        let deepest =
            self.state.resources().map(|(at, _)| at.module.steps().len()).max().unwrap_or(0);
        for depth in 0..deepest {
            let above: BTreeSet<ModuleInstance> = self
                .state
                .resources()
                .filter(|(at, _)| at.module.steps().len() > depth)
                .map(|(at, _)| ModuleInstance::new(at.module.steps()[..=depth].to_vec()))
                .collect();
            for from in above {
                if let Some(to) = module_target(config, &from) {
                    self.move_module(&from, &to);
                }
            }
        }
    }

    fn move_module(&mut self, from: &ModuleInstance, to: &ModuleInstance) {
        let within =
            |module: &ModuleInstance, of: &ModuleInstance| module.steps().starts_with(of.steps());
        if self.state.resources().any(|(at, _)| within(&at.module, to)) {
            self.blocked.push((from.to_string(), to.to_string()));
            return;
        }
        let moving: Vec<AbsResource> = self
            .state
            .resources()
            .map(|(at, _)| at)
            .filter(|at| within(&at.module, from))
            .cloned()
            .collect();
        for old in moving {
            let resource =
                self.state.remove_resource(&old).expect("BUG: a resource that was listed");
            let mut steps: Vec<ModuleStep> = to.steps().to_vec();
            steps.extend_from_slice(&old.module.steps()[from.steps().len()..]);
            let new =
                AbsResource { module: ModuleInstance::new(steps), resource: old.resource.clone() };
            for instance in resource.instances() {
                self.note(old.instance(instance.key.clone()), new.instance(instance.key.clone()));
            }
            self.state.put_resource(new, resource);
        }
    }

    fn resources(&mut self, config: &Config) {
        let all: Vec<AbsResource> = self.state.resources().map(|(at, _)| at.clone()).collect();
        for at in all {
            let Some((module, index)) = config.find_resource(&at.config()) else { continue };
            let repeat = config.module(module).def.resources[index.index()].repeat;
            if let Some(to) = first_key(repeat) {
                self.move_first(&at, &to);
            }
        }
    }

    fn move_first(&mut self, at: &AbsResource, to: &InstanceKey) {
        let resource = self.state.resource(at).expect("BUG: a resource that was listed");
        let has = |key: &InstanceKey| resource.instances().iter().any(|one| one.key == *key);
        let from =
            resource.instances().iter().map(|one| &one.key).find(|key| is_first(key) && *key != to);
        let Some(from) = from.cloned() else { return };
        if has(to) {
            self.blocked.push((at.instance(from).to_string(), at.instance(to.clone()).to_string()));
            return;
        }
        let mut moved = Resource::empty(resource.provider.clone());
        for one in resource.instances() {
            let key = if one.key == from { to.clone() } else { one.key.clone() };
            moved.put(Instance { key, ..one.clone() });
        }
        self.state.put_resource(at.clone(), moved);
        self.note(at.instance(from), at.instance(to.clone()));
    }

    /// Keeps where an object came from, also through several moves.
    fn note(&mut self, old: ResourceInstance, new: ResourceInstance) {
        let first = self.moves.remove(&old).unwrap_or(old);
        if first != new {
            self.moves.insert(new, first);
        }
    }
}

/// Where a module instance moves, by the repetition of its call.
fn module_target(config: &Config, from: &ModuleInstance) -> Option<ModuleInstance> {
    let (last, above) = from.steps().split_last()?;
    let caller = config.find(&ModuleInstance::new(above.to_vec()).path())?;
    let call = caller.def.names.call(&last.name)?;
    let key = first_key(caller.def.calls[call.index()].repeat)?;
    if !is_first(&last.key) || last.key == key {
        return None;
    }
    let mut steps = above.to_vec();
    steps.push(ModuleStep { name: last.name.clone(), key });
    Some(ModuleInstance::new(steps))
}
