//! What the store holds against what the file says.

use std::collections::BTreeMap;

use addr::StackAddr;
use diag::Diags;
use estate::EnvironmentIdx;

use crate::support::{estate, graph};

const STACKS: &str = "stack \"network\" {\n  layer = \"low\"\n  source = \"./network\"\n  for_each = env.cidrs\n  inputs = { c = each.value }\n}\nstack \"db\" {\n  layer = \"low\"\n  source = \"./db\"\n}\n";

/// Settles in `dev`; a line is `ADDRESS -> ADDRESS`, `ADDRESS removed` or `ADDRESS orphan`.
fn check(blocks: &str, stored: &[&str], expect: &[&str], codes: &[&str]) {
    let text = format!("{STACKS}{blocks}");
    let (estate, graph) = (estate(&text), graph(&text, EnvironmentIdx(0)));
    let stored: Vec<StackAddr> = stored.iter().map(|a| a.parse().expect("an address")).collect();
    let mut diags = Diags::new();
    let settled = estate::settle(&estate, &graph, &stored, &mut diags);
    let mut lines: BTreeMap<String, String> = BTreeMap::new();
    lines.extend(settled.moved.iter().map(|(from, to)| (from.to_string(), format!("-> {to}"))));
    lines.extend(settled.removed.iter().map(|addr| (addr.to_string(), "removed".into())));
    lines.extend(settled.orphans.iter().map(|addr| (addr.to_string(), "orphan".into())));
    let lines: Vec<String> = lines.iter().map(|(addr, what)| format!("{addr} {what}")).collect();
    assert_eq!(lines, expect);
    let found: Vec<&str> = diags.iter().map(|one| one.code.0).collect();
    assert_eq!(found, codes);
}

fn moved(from: &str, to: &str) -> String {
    format!("moved {{\n  from = stack.{from}\n  to = stack.{to}\n}}\n")
}

#[test]
fn what_the_file_does_not_name_is_an_orphan() {
    let stored = ["dev/db", "dev/old", "dev/network:mars", "dev/network:eu-west-1", "prod/old"];
    check("", &stored, &["dev/network:mars orphan", "dev/old orphan"], &[]);
}

#[test]
fn moves_rename_with_their_keys() {
    check(&moved("data", "db"), &["dev/data"], &["dev/data -> dev/db"], &[]);
    let keyed = ["dev/net:eu-west-1", "dev/net:mars"];
    let expect = ["dev/net:eu-west-1 -> dev/network:eu-west-1", "dev/net:mars orphan"];
    check(&moved("net", "network"), &keyed, &expect, &[]);
    // A stack that got a `for_each` keeps what it had under one of its keys.
    let block = moved("network", "network[\"eu-west-1\"]");
    check(&block, &["dev/network"], &["dev/network -> dev/network:eu-west-1"], &[]);
    let chain = format!("{}{}", moved("a", "b"), moved("b", "db"));
    check(&chain, &["dev/a"], &["dev/a -> dev/db"], &[]);
}

#[test]
fn two_never_end_at_one_address() {
    check(&moved("data", "db"), &["dev/data", "dev/db"], &[], &["stack-moved-taken"]);
    let both = format!("{}{}", moved("x", "db"), moved("y", "db"));
    check(&both, &["dev/x", "dev/y"], &["dev/x -> dev/db"], &["stack-moved-taken"]);
}

#[test]
fn what_is_removed_is_forgotten() {
    let removed = |what: &str| format!("removed {{\n  from = stack.{what}\n}}\n");
    check(
        &removed("old"),
        &["dev/old", "dev/old:x"],
        &["dev/old removed", "dev/old:x removed"],
        &[],
    );
    let one = removed("old[\"x\"]");
    check(&one, &["dev/old:x", "dev/old:y"], &["dev/old:x removed", "dev/old:y orphan"], &[]);
}
