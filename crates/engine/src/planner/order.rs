//! The steps of a plan and what each follows.
//!
//! Values give the order of reads, creates and updates: along the static graph, from block to block. Stored dependencies
//! and the static graph together give the order of destroying; a replacement's own halves follow its order. The rules and
//! their sources are in `docs/specs/order.md`; behaviour of OpenTofu's `transform_destroy_edge` and
//! `transform_destroy_cbd`.
//!
//! Invariant: the order is canonical: it follows from changes, graph and stored dependencies alone.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use addr::{ConfigResource, Mode, ModuleInstance};
use lang::config::{Config, ModuleId, OutputIdx, ProviderConfigId, ResIdx};
use lang::graph::{Object, StaticGraph};
use plan::{Action, Change, ChangeIndex, CreateBeforeDestroy, Op, OpId, OpKind, ProviderIndex};

/// What is to be put in order.
pub(super) struct Steps<'a> {
    pub(super) config: &'a Config,
    pub(super) graph: &'a StaticGraph,
    pub(super) changes: &'a [Change],
    /// For each change what the object depends on: stored, and by the static graph.
    pub(super) dependencies: Vec<Vec<ConfigResource>>,
    /// For each change whether its object has conditions to look at though nothing changes.
    pub(super) checked: Vec<bool>,
    /// For each change whether the object that it sets aside stays for now.
    pub(super) leaves_old: Vec<bool>,
    /// The configuration of each provider.
    pub(super) providers: Vec<Option<ProviderConfigId>>,
    /// Outputs of the root module that are evaluated.
    pub(super) outputs: Vec<OutputIdx>,
    /// Whether all is destroyed, so that nothing is made.
    pub(super) all_goes: bool,
}

/// The steps in order; or, of those that cannot be put in any order, the changes.
pub(super) fn ops(steps: &Steps<'_>) -> Result<Vec<Op>, Vec<ChangeIndex>> {
    let mut draft = Draft::new(steps);
    draft.along_values();
    draft.along_destruction();
    draft.numbered()
}

/// A step that has no number yet.
type Raw = usize;

/// The steps of a change.
#[derive(Clone, Copy, Debug, Default)]
struct Halves {
    /// What makes, changes, reads or checks.
    make: Option<Raw>,
    /// What takes away.
    take: Option<Raw>,
}

struct Draft<'a> {
    steps: &'a Steps<'a>,
    kinds: Vec<OpKind>,
    after: Vec<Vec<Raw>>,
    halves: Vec<Halves>,
    configures: Vec<Option<Raw>>,
    /// Changes by resource block.
    by_resource: BTreeMap<ConfigResource, Vec<usize>>,
    joins: HashMap<Group, Raw>,
}

/// Several steps that are followed as one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Group {
    side: Side,
    resource: ConfigResource,
    /// Only those of this module instance.
    module: Option<ModuleInstance>,
    role: Role,
}

/// Which end of a dependency a group stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Role {
    /// What depends: without those that depend on nothing, such as a deposed object that has no current one beside it.
    User,
    /// What it depends on.
    Used,
}

/// Which steps of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Side {
    /// All that make or change something.
    Makers,
    /// Those that destroy, whose successors wait for them.
    TakersFirst,
    /// Those that destroy after their successors are made.
    TakersLast,
    /// All that destroy.
    Takers,
}

impl<'a> Draft<'a> {
    fn new(steps: &'a Steps<'a>) -> Draft<'a> {
        let mut draft = Draft {
            steps,
            kinds: Vec::new(),
            after: Vec::new(),
            halves: vec![Halves::default(); steps.changes.len()],
            configures: vec![None; steps.providers.len()],
            by_resource: BTreeMap::new(),
            joins: HashMap::new(),
        };
        for (at, change) in steps.changes.iter().enumerate() {
            let index = ChangeIndex(u32::try_from(at).expect("BUG: too many changes"));
            draft.halves[at] = draft.halves_of(at, index, change);
            draft.by_resource.entry(change.address.config()).or_default().push(at);
        }
        draft
    }

    fn add(&mut self, kind: OpKind) -> Raw {
        self.kinds.push(kind);
        self.after.push(Vec::new());
        self.kinds.len() - 1
    }

    fn halves_of(&mut self, at: usize, index: ChangeIndex, change: &Change) -> Halves {
        let mut halves = Halves::default();
        match change.action {
            Action::NoOp => {
                if self.steps.checked[at] {
                    halves.make = Some(self.add(OpKind::Check(index)));
                }
            }
            Action::Read => halves.make = Some(self.add(OpKind::Read(index))),
            Action::Create => halves.make = Some(self.add(OpKind::Change(index))),
            Action::Update => {
                let bare = |value: &value::Value| value.clone().unmark_deep().0;
                let kind = match bare(&change.before) == bare(&change.after) {
                    true => OpKind::Record(index),
                    false => OpKind::Change(index),
                };
                halves.make = Some(self.add(kind));
            }
            Action::DeleteThenCreate | Action::ForgetThenCreate => {
                let take = match change.action {
                    Action::DeleteThenCreate => OpKind::Destroy(index),
                    _ => OpKind::Forget(index),
                };
                let (take, make) = (self.add(take), self.add(OpKind::Change(index)));
                self.after[make].push(take);
                halves = Halves { make: Some(make), take: Some(take) };
            }
            Action::CreateThenDelete if self.steps.leaves_old[at] => {
                halves.make = Some(self.add(OpKind::Change(index)));
            }
            Action::CreateThenDelete => {
                let (make, take) =
                    (self.add(OpKind::Change(index)), self.add(OpKind::Destroy(index)));
                self.after[take].push(make);
                halves = Halves { make: Some(make), take: Some(take) };
            }
            Action::Delete if change.address.resource.mode == Mode::Managed => {
                halves.take = Some(self.add(OpKind::Destroy(index)));
            }
            Action::Delete | Action::Forget => halves.take = Some(self.add(OpKind::Forget(index))),
        }
        halves
    }

    /// Reads, creates and updates follow what their blocks refer to; providers are configured before they are used.
    fn along_values(&mut self) {
        let blocks = self.blocks();
        let graph = self.steps.graph;
        let mut barriers: Vec<Vec<Raw>> = vec![Vec::new(); graph.len()];
        for node in graph.order() {
            let mut waits: Vec<Raw> = graph
                .depends_on(*node)
                .flat_map(|to| barriers[to.0 as usize].iter().copied())
                .collect();
            waits.sort_unstable();
            waits.dedup();
            let barrier = match graph.object(*node) {
                Object::Resource(module, index) => {
                    let own = blocks.get(&(module, index)).map_or(&[] as &[Raw], Vec::as_slice);
                    self.all_follow(own, waits)
                }
                Object::Provider(id) => self.configure(id, waits),
                Object::Output(ModuleId::ROOT, index) => {
                    let barrier = self.joined(waits);
                    self.output(index, &barrier);
                    barrier
                }
                _ => self.joined(waits),
            };
            barriers[node.0 as usize] = barrier;
        }
        self.configure_implied();
    }

    /// The makers of each block of the configuration.
    fn blocks(&self) -> HashMap<(ModuleId, ResIdx), Vec<Raw>> {
        let mut blocks: HashMap<(ModuleId, ResIdx), Vec<Raw>> = HashMap::new();
        for (resource, changes) in &self.by_resource {
            let Some(block) = self.steps.config.find_resource(resource) else { continue };
            let makers = changes.iter().filter_map(|at| self.halves[*at].make);
            blocks.entry(block).or_default().extend(makers);
        }
        blocks
    }

    /// Lets steps follow what they wait for; what waits for them waits for all of them.
    fn all_follow(&mut self, own: &[Raw], waits: Vec<Raw>) -> Vec<Raw> {
        match own {
            [] => self.joined(waits),
            [only] => {
                self.after[*only].extend(waits);
                own.to_vec()
            }
            several => {
                let waits = self.joined(waits);
                several.iter().for_each(|one| self.after[*one].extend(&waits));
                let join = self.add(OpKind::Join);
                self.after[join].extend(several);
                vec![join]
            }
        }
    }

    /// At most one step to wait for.
    fn joined(&mut self, waits: Vec<Raw>) -> Vec<Raw> {
        if waits.len() < 2 {
            return waits;
        }
        let join = self.add(OpKind::Join);
        self.after[join] = waits;
        vec![join]
    }

    fn configure(&mut self, id: ProviderConfigId, waits: Vec<Raw>) -> Vec<Raw> {
        let found = self.steps.providers.iter().position(|config| *config == Some(id));
        let index = found.expect("BUG: a provider configuration is in no table");
        if !self.is_used(index) {
            return Vec::new();
        }
        let number = ProviderIndex(u32::try_from(index).expect("BUG: too many providers"));
        let configure = self.add(OpKind::Configure(number));
        self.after[configure].extend(waits);
        self.configures[index] = Some(configure);
        vec![configure]
    }

    /// Providers that only the state names are configured with nothing.
    fn configure_implied(&mut self) {
        for index in 0..self.steps.providers.len() {
            if self.steps.providers[index].is_none() && self.is_used(index) {
                let number = ProviderIndex(u32::try_from(index).expect("BUG: too many providers"));
                self.configures[index] = Some(self.add(OpKind::Configure(number)));
            }
        }
    }

    fn is_used(&self, index: usize) -> bool {
        self.steps.changes.iter().zip(&self.halves).any(|(change, halves)| {
            let calls = |raw: Option<Raw>| {
                raw.is_some_and(|raw| {
                    matches!(
                        self.kinds[raw],
                        OpKind::Read(_) | OpKind::Change(_) | OpKind::Destroy(_)
                    )
                })
            };
            change.provider.0 as usize == index && (calls(halves.make) || calls(halves.take))
        })
    }

    fn output(&mut self, index: OutputIdx, waits: &[Raw]) {
        if !self.steps.outputs.contains(&index) {
            return;
        }
        let name = self.steps.config.root().def.outputs[index.index()].name.clone();
        let output = self.add(OpKind::Output { module: ModuleInstance::root(), name });
        self.after[output].extend(waits);
    }

    /// What is destroyed follows what depends on it, and is followed by what it depends on.
    fn along_destruction(&mut self) {
        for (change, halves) in self.steps.changes.iter().zip(self.halves.clone()) {
            if let (Some(take), Some(configure)) =
                (halves.take, self.configures[change.provider.0 as usize])
                && matches!(self.kinds[take], OpKind::Destroy(_))
            {
                self.after[take].push(configure);
            }
        }
        if self.halves.iter().all(|halves| halves.take.is_none()) {
            return;
        }
        let mut pairs: BTreeSet<(ConfigResource, ConfigResource)> = BTreeSet::new();
        for (resource, changes) in &self.by_resource {
            for dependency in changes.iter().flat_map(|at| &self.steps.dependencies[*at]) {
                if self.by_resource.contains_key(dependency) && dependency != resource {
                    pairs.insert((resource.clone(), dependency.clone()));
                }
            }
        }
        for (resource, dependency) in pairs {
            if resource.module != dependency.module {
                self.depends(&resource, &dependency, None);
                continue;
            }
            // Instances of one module in different instances of it have nothing to do with one another.
            let modules: BTreeSet<ModuleInstance> = self.by_resource[&resource]
                .iter()
                .map(|at| self.steps.changes[*at].address.module.clone())
                .collect();
            for module in modules {
                self.depends(&resource, &dependency, Some(&module));
            }
        }
    }

    /// The edges between a block and one that it depends on.
    fn depends(
        &mut self,
        resource: &ConfigResource,
        dependency: &ConfigResource,
        module: Option<&ModuleInstance>,
    ) {
        let of = |resource: &ConfigResource, side, role| Group {
            side,
            resource: resource.clone(),
            module: module.cloned(),
            role,
        };
        let own = |side| of(resource, side, Role::User);
        let other = |side| of(dependency, side, Role::Used);
        self.follow(&other(Side::Takers), &own(Side::Takers));
        self.follow(&other(Side::Makers), &own(Side::TakersFirst));
        self.follow(&own(Side::TakersLast), &other(Side::Makers));
        self.follow(&own(Side::Makers), &other(Side::TakersFirst));
        self.follow(&other(Side::TakersLast), &own(Side::Makers));
    }

    /// Each of one group follows all of the other. Edges between steps of different providers that would close a circle
    /// are left out, unless all is destroyed.
    fn follow(&mut self, followers: &Group, first: &Group) {
        let members = self.members(followers);
        let before = self.members(first);
        if members.is_empty() || before.is_empty() {
            return;
        }
        let circles =
            members.iter().any(|one| before.iter().any(|other| self.may_circle(*one, *other)));
        if !circles {
            let join = self.join(first).expect("BUG: a group with members has a join");
            members
                .iter()
                .filter(|member| **member != join)
                .for_each(|one| self.after[*one].push(join));
            return;
        }
        for member in members {
            for one in &before {
                if member != *one && !(self.may_circle(member, *one) && self.reaches(*one, member))
                {
                    self.after[member].push(*one);
                }
            }
        }
    }

    /// Whether two steps are of different providers, one of which waits for resources.
    fn may_circle(&self, one: Raw, other: Raw) -> bool {
        let provider = |raw: Raw| {
            let change = self.kinds[raw].change()?;
            Some(self.steps.changes[change.0 as usize].provider)
        };
        let (Some(one), Some(other)) = (provider(one), provider(other)) else { return false };
        let waits = |index: ProviderIndex| {
            self.steps.providers[index.0 as usize]
                .is_some_and(|id| self.steps.graph.provider_waits(id))
        };
        !self.steps.all_goes && one != other && (waits(one) || waits(other))
    }

    /// Whether a step stands somewhere behind another.
    fn reaches(&self, from: Raw, wanted: Raw) -> bool {
        let mut seen = BTreeSet::new();
        let mut stack = vec![from];
        while let Some(raw) = stack.pop() {
            if raw == wanted {
                return true;
            }
            if seen.insert(raw) {
                stack.extend(&self.after[raw]);
            }
        }
        false
    }

    fn members(&self, group: &Group) -> Vec<Raw> {
        let changes = self.by_resource.get(&group.resource).map_or(&[] as &[usize], Vec::as_slice);
        let here = |at: &&usize| {
            group
                .module
                .as_ref()
                .is_none_or(|module| self.steps.changes[**at].address.module == *module)
        };
        let member = |at: &usize| {
            let change = &self.steps.changes[*at];
            match group.side {
                Side::Makers => self.halves[*at].make.filter(|_| change.action != Action::NoOp),
                Side::Takers => self.halves[*at].take,
                Side::TakersFirst => self.halves[*at].take.filter(|_| !takes_last(change)),
                Side::TakersLast => self.halves[*at].take.filter(|_| takes_last(change)),
            }
        };
        let depends =
            |at: &&usize| group.role == Role::Used || !self.steps.dependencies[**at].is_empty();
        changes.iter().filter(here).filter(depends).filter_map(member).collect()
    }

    /// One step that follows all of a group.
    fn join(&mut self, group: &Group) -> Option<Raw> {
        if let Some(join) = self.joins.get(group) {
            return Some(*join);
        }
        let members = self.members(group);
        let join = match members.as_slice() {
            [] => return None,
            [only] => *only,
            _ => {
                let join = self.add(OpKind::Join);
                self.after[join] = members;
                join
            }
        };
        self.joins.insert(group.clone(), join);
        Some(join)
    }

    /// The steps in an order in which each stands after what it follows, the earliest drafted first. Joins that nothing
    /// follows are left out.
    fn numbered(mut self) -> Result<Vec<Op>, Vec<ChangeIndex>> {
        let needed = self.needed();
        let count = self.kinds.len();
        let mut followers: Vec<Vec<Raw>> = vec![Vec::new(); count];
        let mut waits = vec![0_usize; count];
        for raw in (0..count).filter(|raw| needed[*raw]) {
            self.after[raw].sort_unstable();
            self.after[raw].dedup();
            waits[raw] = self.after[raw].len();
            self.after[raw].iter().for_each(|before| followers[*before].push(raw));
        }
        let mut ready: BinaryHeap<Reverse<Raw>> =
            (0..count).filter(|raw| needed[*raw] && waits[*raw] == 0).map(Reverse).collect();
        let mut numbers = vec![OpId(u32::MAX); count];
        let mut ops: Vec<Op> = Vec::new();
        while let Some(Reverse(raw)) = ready.pop() {
            let mut after: Vec<OpId> = self.after[raw].iter().map(|one| numbers[*one]).collect();
            after.sort_unstable();
            numbers[raw] = OpId(u32::try_from(ops.len()).expect("BUG: too many ops"));
            ops.push(Op { kind: self.kinds[raw].clone(), after });
            for follower in &followers[raw] {
                waits[*follower] -= 1;
                if waits[*follower] == 0 {
                    ready.push(Reverse(*follower));
                }
            }
        }
        let stuck: BTreeSet<ChangeIndex> = (0..count)
            .filter(|raw| needed[*raw] && waits[*raw] > 0)
            .filter_map(|raw| self.kinds[raw].change())
            .collect();
        if stuck.is_empty() { Ok(ops) } else { Err(stuck.into_iter().collect()) }
    }

    /// Which steps do something, or stand before one that does.
    fn needed(&self) -> Vec<bool> {
        let mut needed = vec![false; self.kinds.len()];
        let mut stack: Vec<Raw> =
            (0..self.kinds.len()).filter(|raw| self.kinds[*raw] != OpKind::Join).collect();
        while let Some(raw) = stack.pop() {
            if !std::mem::replace(&mut needed[raw], true) {
                stack.extend(&self.after[raw]);
            }
        }
        needed
    }
}

/// Whether the object is destroyed only after what takes its place, and what depended on it, is made.
fn takes_last(change: &Change) -> bool {
    match change.action {
        Action::CreateThenDelete => true,
        Action::DeleteThenCreate | Action::ForgetThenCreate => false,
        _ => change.deposed.is_some() || change.create_before_destroy == CreateBeforeDestroy::Yes,
    }
}
