//! The graph of stack instances of one environment: who reads whom, and in which order they go.
//!
//! Invariant: [`StackGraph::order`] names each instance once, and each after all that it reads and after its host;
//! where that leaves a choice, the lower layer goes first, then the order of the file, then that of the keys.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use addr::StackAddr;
use diag::{Diagnostic, Diags, Span};
use value::Value;

use crate::instances::{Instances, Keys};
use crate::model::{EnvironmentIdx, Estate, Nearness, StackIdx};
use crate::order::{self, Edges};
use crate::scope::Values;
use crate::wiring::{self, Reader, Wire};

/// An instance in a [`StackGraph`], by its position in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceIdx(pub u32);

/// What tells an instance from others of its stack.
#[derive(Clone, Debug)]
pub struct Each {
    /// `each.key`, as it stands in the address.
    pub text: Arc<str>,
    /// `each.key`, a string.
    pub key: Value,
    /// `each.value`.
    pub value: Value,
}

/// A stack in one environment, and for one key where it has `for_each`.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its address.
    pub addr: StackAddr,
    /// The stack.
    pub stack: StackIdx,
    /// The environment.
    pub environment: EnvironmentIdx,
    /// What its stack's `for_each` gives it.
    pub each: Option<Each>,
    /// What it reads, in the order of inputs.
    pub wires: Vec<Wire>,
    /// The instances that go before it: those that it reads, and its host. Sorted.
    pub reads: Vec<InstanceIdx>,
    /// The instances of the environment that go after it: those that read it or stand on it. Sorted.
    pub readers: Vec<InstanceIdx>,
    /// The instance on which it stands; with its host it is gone.
    pub hosted_by: Option<InstanceIdx>,
    /// The values of its environment.
    pub(crate) values: Arc<Values>,
    /// What is wrong with inputs that it is given with others, by input, until it is known which it declares.
    pub(crate) withheld: Vec<(Arc<str>, Diagnostic)>,
}

/// The instances of an environment, in the order in which they are planned and applied.
#[derive(Clone, Debug)]
pub struct StackGraph {
    /// The environment.
    pub environment: EnvironmentIdx,
    /// Instances; each stands after all that it reads.
    pub order: Vec<Instance>,
    /// Instances of another environment that are read from this one: of stacks that exist in exactly one. Only their
    /// published outputs are read; they are never selected, and their `reads` are empty.
    pub outside: Vec<Instance>,
    by_addr: HashMap<StackAddr, InstanceIdx>,
}

impl StackGraph {
    /// The graph of an environment; `None` where it has errors, which are reported.
    pub fn new(
        estate: &Estate,
        environment: EnvironmentIdx,
        diags: &mut Diags,
    ) -> Option<StackGraph> {
        let mut own = Diags::new();
        let drafts = drafts(estate, environment, &mut own);
        let order = match own.has_errors() {
            true => None,
            // What many stacks are given makes an order only where it is declared, which is not known yet.
            false => match order::topological(&drafts, environment, Edges::All) {
                Ok(order) => Some(order),
                Err(_) => order::topological(&drafts, environment, Edges::Own)
                    .map_err(|circle| own.push(circle))
                    .ok(),
            },
        };
        push_once(diags, own);
        Some(arrange(environment, drafts, &order?))
    }

    /// The graph with the wires of those inputs alone that the root modules declare: what an estate, a layer or an
    /// environment gives to many reaches only those. `None` where such a wire is wrong, which is reported.
    pub fn declared(
        self,
        declares: &dyn Fn(&Instance, &str) -> bool,
        diags: &mut Diags,
    ) -> Option<StackGraph> {
        let mut own = Diags::new();
        let hosts: Vec<Option<StackAddr>> = self
            .order
            .iter()
            .map(|one| one.hosted_by.map(|host| self.instance(host).addr.clone()))
            .collect();
        let hosts = hosts.into_iter().chain(std::iter::repeat(None));
        let mut drafts = Vec::with_capacity(self.order.len() + self.outside.len());
        for (mut instance, host) in self.order.into_iter().chain(self.outside).zip(hosts) {
            for (input, diagnostic) in std::mem::take(&mut instance.withheld) {
                if declares(&instance, &input) {
                    own.push(diagnostic);
                }
            }
            let kept = instance.wires.clone().into_iter();
            instance.wires = kept.filter(|wire| declares(&instance, &wire.input)).collect();
            instance.readers.clear();
            let nearness = vec![Nearness::Own; instance.wires.len()];
            // The place of the host's reference is that of the stack: it is part of no circle that was not told before.
            drafts.push(Draft { instance, nearness, host: host.map(|addr| (addr, None)) });
        }
        let order = match own.has_errors() {
            true => None,
            false => order::topological(&drafts, self.environment, Edges::All)
                .map_err(|circle| own.push(circle))
                .ok(),
        };
        push_once(diags, own);
        Some(arrange(self.environment, drafts, &order?))
    }

    /// Puts an instance behind all others.
    pub(crate) fn put(&mut self, instance: Instance) {
        self.by_addr.insert(instance.addr.clone(), InstanceIdx(self.order.len() as u32));
        self.order.push(instance);
    }

    /// The instance with this address, where it is one of the environment's own.
    pub fn find(&self, addr: &StackAddr) -> Option<InstanceIdx> {
        self.by_addr.get(addr).copied()
    }

    /// The instance with this address, also where it belongs to another environment and is only read.
    pub fn find_any(&self, addr: &StackAddr) -> Option<&Instance> {
        match self.find(addr) {
            Some(index) => Some(self.instance(index)),
            None => self.outside.iter().find(|instance| instance.addr == *addr),
        }
    }

    /// The environment's instances of a stack, in the order of their keys.
    pub fn instances_of(&self, stack: StackIdx) -> impl Iterator<Item = InstanceIdx> {
        self.indexes().filter(move |index| self.instance(*index).stack == stack)
    }

    /// All of the environment's own instances, in order.
    pub fn indexes(&self) -> impl Iterator<Item = InstanceIdx> + use<> {
        (0..self.order.len()).map(|at| InstanceIdx(at as u32))
    }

    /// The instance with this index.
    pub fn instance(&self, index: InstanceIdx) -> &Instance {
        &self.order[index.0 as usize]
    }
}

/// Adds what was found, each thing once: the same wrong line is wrong for every key of a stack.
fn push_once(diags: &mut Diags, found: Diags) {
    let mut seen: HashSet<(&'static str, Option<Span>, String)> = HashSet::new();
    for one in found {
        if seen.insert((one.code.0, one.span, one.summary.clone())) {
            diags.push(one);
        }
    }
}

/// An instance before it has its place in the order.
pub(crate) struct Draft {
    pub(crate) instance: Instance,
    /// For each of its wires whose input it is.
    pub(crate) nearness: Vec<Nearness>,
    /// Its host, and the reference to it.
    pub(crate) host: Option<(StackAddr, Option<Span>)>,
}

/// The instances of an environment, and those of others that they read, directly or not, with their wires.
fn drafts(estate: &Estate, environment: EnvironmentIdx, diags: &mut Diags) -> Vec<Draft> {
    let mut instances = Instances::new(estate);
    let all = (0..estate.stacks.len()).map(|i| StackIdx(i as u32));
    let mut own: Vec<StackIdx> = all.filter(|s| estate.has(environment, *s)).collect();
    own.sort_by_key(|stack| (estate[*stack].layer, *stack));
    let mut wanted: Vec<(EnvironmentIdx, StackIdx)> =
        own.into_iter().map(|stack| (environment, stack)).collect();
    let mut seen: HashSet<(EnvironmentIdx, StackIdx)> = wanted.iter().copied().collect();
    let mut drafts = Vec::new();
    let mut next = 0;
    while let Some((environment, stack)) = wanted.get(next).copied() {
        next += 1;
        let first = drafts.len();
        expand(&mut instances, environment, stack, &mut drafts, diags);
        for draft in &drafts[first..] {
            let wires = draft.instance.wires.iter().map(|wire| &wire.from);
            for from in wires.chain(draft.host.iter().map(|(host, _)| host)) {
                if let Some(place) =
                    estate.environment(&from.environment).zip(estate.stack(&from.stack))
                    && seen.insert(place)
                {
                    wanted.push(place);
                }
            }
        }
    }
    drafts
}

/// The instances of a stack in an environment.
fn expand(
    instances: &mut Instances<'_>,
    environment: EnvironmentIdx,
    stack: StackIdx,
    drafts: &mut Vec<Draft>,
    diags: &mut Diags,
) {
    let Some(values) = instances.values(environment, diags) else { return };
    let each: Vec<Option<Each>> = match instances.keys(environment, stack, diags) {
        Keys::Single => vec![None],
        Keys::Each(each) => each.iter().cloned().map(Some).collect(),
        Keys::Failed => return,
    };
    let hosted_by = instances.estate[stack].hosted_by.as_ref();
    for each in each {
        let reader = Reader { environment, stack, values: &values, each: each.as_ref() };
        let found = wiring::wires(instances, reader, diags);
        let host = hosted_by.and_then(|expr| {
            Some((wiring::host(instances, reader, expr, diags)?, Some(expr.span)))
        });
        let addr = instances.address(environment, stack, each.as_ref().map(|each| &each.text));
        let instance = Instance {
            addr,
            stack,
            environment,
            each,
            wires: found.wires,
            reads: Vec::new(),
            readers: Vec::new(),
            hosted_by: None,
            values: values.clone(),
            withheld: found.withheld,
        };
        drafts.push(Draft { instance, nearness: found.nearness, host });
    }
}

/// Puts the instances in their order and connects them.
fn arrange(environment: EnvironmentIdx, drafts: Vec<Draft>, order: &[usize]) -> StackGraph {
    let mut drafts: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
    let (mut own, mut hosts) = (Vec::with_capacity(order.len()), Vec::new());
    for at in order {
        let draft = drafts[*at].take().expect("BUG: an order names an instance twice");
        own.push(draft.instance);
        hosts.push(draft.host);
    }
    let by_addr: HashMap<StackAddr, InstanceIdx> =
        own.iter().enumerate().map(|(at, i)| (i.addr.clone(), InstanceIdx(at as u32))).collect();
    let mut read_outside: BTreeMap<StackAddr, Vec<InstanceIdx>> = BTreeMap::new();
    for at in 0..own.len() {
        let reader = InstanceIdx(at as u32);
        let host = hosts[at].as_ref().and_then(|(host, _)| by_addr.get(host)).copied();
        let mut reads: Vec<InstanceIdx> = host.into_iter().collect();
        for wire in &own[at].wires {
            match by_addr.get(&wire.from) {
                Some(index) => reads.push(*index),
                None => read_outside.entry(wire.from.clone()).or_default().push(reader),
            }
        }
        reads.sort_unstable();
        reads.dedup();
        for read in &reads {
            own[read.0 as usize].readers.push(reader);
        }
        own[at].reads = reads;
        own[at].hosted_by = host;
    }
    let left = drafts.into_iter().flatten().map(|draft| draft.instance);
    let outside = left
        .filter_map(|instance| {
            let mut readers = read_outside.remove(&instance.addr)?;
            readers.dedup();
            Some(Instance { readers, ..instance })
        })
        .collect();
    StackGraph { environment, order: own, outside, by_addr }
}
