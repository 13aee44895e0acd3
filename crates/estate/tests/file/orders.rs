//! Orders and choices of made-up estates: what holds whatever the wiring is.

use std::collections::BTreeSet;

use estate::{
    Change, Dependents, EnvironmentIdx, InstanceIdx, Module, Selection, StackGraph, affected,
    select,
};

use crate::support::{estate, graph};

/// Numbers from a seed, the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// An estate of up to twenty stacks on three layers, some with keys, that read stacks of the same or a lower layer which
/// were made before them; written in another order than they were made.
fn made_up(seed: u64) -> String {
    let mut numbers = Numbers(seed);
    let layers = ["low", "high", "top"];
    let mut made: Vec<(usize, bool)> = Vec::new();
    let mut blocks = Vec::new();
    for at in 0..2 + numbers.below(19) as usize {
        let (layer, keyed) = (numbers.below(3) as usize, numbers.below(3) == 0);
        let mut inputs = format!("me = \"{at}\"");
        for (other, (below, other_keyed)) in made.iter().enumerate() {
            if *below > layer || numbers.below(4) != 0 {
                continue;
            }
            let key = match (*other_keyed, keyed, numbers.below(2)) {
                (false, ..) => format!("stack.s{other}.x"),
                (true, true, 0) => format!("stack.s{other}[each.key].x"),
                (true, _, 1) => format!("stack.s{other}[\"us-east-1\"].x"),
                (true, ..) => format!("[for one in stack.s{other} : one.x]"),
            };
            inputs.push_str(&format!(", i{other} = {key}"));
        }
        let each = if keyed { "for_each = env.cidrs\n  " } else { "" };
        let layer_name = layers[layer];
        blocks.push(format!(
            "stack \"s{at}\" {{\n  layer = \"{layer_name}\"\n  source = \"./s{at}\"\n  {each}inputs = {{ {inputs} }}\n}}\n"
        ));
        made.push((layer, keyed));
    }
    for at in (1..blocks.len()).rev() {
        blocks.swap(at, numbers.below(at as u64 + 1) as usize);
    }
    blocks.concat()
}

fn reached(graph: &StackGraph, from: InstanceIdx) -> BTreeSet<InstanceIdx> {
    let mut found = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        open.extend(graph.instance(at).readers.iter().filter(|other| found.insert(**other)));
    }
    found
}

#[test]
fn each_goes_after_what_it_reads() {
    for seed in 0..300 {
        let text = made_up(seed);
        let graph = graph(&text, EnvironmentIdx(0));
        for index in graph.indexes() {
            let instance = graph.instance(index);
            assert_eq!(graph.find(&instance.addr), Some(index), "seed {seed}");
            assert!(instance.reads.iter().all(|read| *read < index), "seed {seed}\n{text}");
            let wired: BTreeSet<InstanceIdx> =
                instance.wires.iter().filter_map(|wire| graph.find(&wire.from)).collect();
            assert_eq!(wired.into_iter().collect::<Vec<_>>(), instance.reads, "seed {seed}");
            let back = |read: &InstanceIdx| graph.instance(*read).readers.contains(&index);
            assert!(
                instance.reads.iter().all(back),
                "seed {seed}: readers are the reverse of reads"
            );
        }
    }
}

#[test]
fn choices_are_closed_the_way_they_say() {
    for seed in 0..100 {
        let text = made_up(seed);
        let (estate, graph) = (estate(&text), graph(&text, EnvironmentIdx(0)));
        let at = InstanceIdx(Numbers(seed).below(graph.order.len() as u64) as u32);
        let address = graph.instance(at).addr.to_string();
        let pattern = vec![address.parse().expect("a pattern")];
        let with = Selection {
            patterns: pattern.clone(),
            dependents: Dependents::Taken,
            ..Selection::default()
        };
        assert_eq!(select(&estate, &graph, &with), reached(&graph, at), "seed {seed}");
        let up_to = Selection { up_to: pattern, ..Selection::default() };
        let below: BTreeSet<InstanceIdx> =
            graph.indexes().filter(|one| reached(&graph, *one).contains(&at)).collect();
        assert_eq!(select(&estate, &graph, &up_to), below, "seed {seed}");
    }
}

#[test]
fn nothing_is_affected_by_itself_and_one_value_by_what_it_reaches() {
    for seed in 0..100 {
        let text = made_up(seed);
        let (now, graph) = (estate(&text), graph(&text, EnvironmentIdx(0)));
        let other = estate(&text.replace("me = \"1\"", "me = \"one\""));
        let none = BTreeSet::new();
        let module = |_| {
            Some(Module {
                folders: &[],
                declares: &|_| true,
                mentions: &|_| false,
                providers: &none,
            })
        };
        let files = ["strata.hcl".to_owned()];
        let change = Change { files: &files, before: Some(&now), relocked: &none, module: &module };
        assert!(affected(&now, &graph, &change).all().is_empty(), "seed {seed}");
        let found = affected(&now, &graph, &Change { before: Some(&other), ..change });
        let own: BTreeSet<InstanceIdx> =
            graph.indexes().filter(|at| &*graph.instance(*at).addr.stack == "s1").collect();
        assert_eq!(found.changed.keys().copied().collect::<BTreeSet<_>>(), own, "seed {seed}");
        let all: BTreeSet<InstanceIdx> = own.iter().flat_map(|at| reached(&graph, *at)).collect();
        assert_eq!(found.all(), all, "seed {seed}");
    }
}
