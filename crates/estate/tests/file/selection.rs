//! Which instances a command is about.

use estate::{Dependents, EnvironmentIdx, Selection, select};

use crate::support::{estate, graph};

/// network:* <- eks:* <- app; identity; dns reads network:eu-west-1.
pub(crate) const STACKS: &str = r#"
stack "identity" {
  layer  = "low"
  source = "./identity"
}
stack "network" {
  layer    = "low"
  source   = "./network"
  for_each = env.cidrs
  inputs   = { cidr = each.value }
}
stack "eks" {
  layer    = "high"
  source   = "./eks"
  for_each = env.cidrs
  inputs   = { net = stack.network[each.key].id }
}
stack "dns" {
  layer  = "high"
  source = "./dns"
  inputs = { net = stack.network["eu-west-1"].id }
}
stack "app" {
  layer  = "top"
  source = "./app"
  inputs = { clusters = [for one in stack.eks : one.id] }
}
"#;

fn check(of: impl FnOnce(&estate::Estate) -> Selection, expect: &[&str]) {
    let (estate, graph) = (estate(STACKS), graph(STACKS, EnvironmentIdx(0)));
    let selected = select(&estate, &graph, &of(&estate));
    let addresses: Vec<String> =
        selected.iter().map(|index| graph.instance(*index).addr.to_string()).collect();
    assert_eq!(addresses, expect);
}

fn patterns(texts: &[&str]) -> Vec<addr::StackPattern> {
    texts.iter().map(|text| text.parse().expect("a pattern")).collect()
}

#[test]
fn all_where_nothing_is_asked_for() {
    let all = [
        "dev/identity",
        "dev/network:eu-west-1",
        "dev/network:us-east-1",
        "dev/eks:eu-west-1",
        "dev/eks:us-east-1",
        "dev/dns",
        "dev/app",
    ];
    check(|_| Selection::default(), &all);
}

#[test]
fn addresses_with_globs_and_layers_narrow() {
    let by = |texts: &[&str]| Selection { patterns: patterns(texts), ..Selection::default() };
    check(|_| by(&["dev/network"]), &["dev/network:eu-west-1", "dev/network:us-east-1"]);
    check(|_| by(&["dev/*:us-*"]), &["dev/network:us-east-1", "dev/eks:us-east-1"]);
    check(|_| by(&["*/app", "dev/id*"]), &["dev/identity", "dev/app"]);
    let layer = |estate: &estate::Estate| Selection {
        layers: vec![estate.layer("high").expect("a layer")],
        patterns: patterns(&["dev/*s*"]),
        ..Selection::default()
    };
    check(layer, &["dev/eks:eu-west-1", "dev/eks:us-east-1", "dev/dns"]);
}

#[test]
fn dependents_widen() {
    let with = |texts: &[&str]| Selection {
        patterns: patterns(texts),
        dependents: Dependents::Taken,
        ..Selection::default()
    };
    check(
        |_| with(&["dev/network:us-east-1"]),
        &["dev/network:us-east-1", "dev/eks:us-east-1", "dev/app"],
    );
    check(|_| with(&["dev/identity"]), &["dev/identity"]);
}

#[test]
fn up_to_ends_the_choice() {
    let up_to = |texts: &[&str], ends: &[&str]| Selection {
        patterns: patterns(texts),
        up_to: patterns(ends),
        dependents: if texts.is_empty() { Dependents::Left } else { Dependents::Taken },
        ..Selection::default()
    };
    check(|_| up_to(&[], &["dev/eks:us-east-1"]), &["dev/network:us-east-1", "dev/eks:us-east-1"]);
    check(
        |_| up_to(&["dev/network:eu-west-1"], &["dev/dns"]),
        &["dev/network:eu-west-1", "dev/dns"],
    );
}
