//! What a change of files affects.

use std::collections::{BTreeMap, BTreeSet};

use estate::{Cause, Change, EnvironmentIdx, Module, StackIdx, affected};

use super::selection::STACKS;
use crate::support::{HEAD, estate, graph, whole};

/// A change: the file as it was, files, providers that are locked otherwise.
struct Case<'a> {
    before: Option<&'a str>,
    /// A value of the environment as it was.
    size: &'a str,
    after: &'a str,
    files: &'a [&'a str],
    relocked: &'a [&'a str],
}

impl Default for Case<'_> {
    fn default() -> Self {
        Case {
            before: Some(STACKS),
            size: "3",
            after: STACKS,
            files: &["strata.hcl"],
            relocked: &[],
        }
    }
}

/// Who is changed in `dev`, with the first cause, and who is rippled.
fn of(case: &Case<'_>) -> (BTreeMap<String, Cause>, Vec<String>) {
    let (now, graph) = (estate(case.after), graph(case.after, EnvironmentIdx(0)));
    let head = HEAD.replace("size = 3,", &format!("size = {},", case.size));
    let before = case.before.map(|text| whole(&format!("{head}{text}")));
    let folders: Vec<Vec<String>> = now
        .stacks
        .iter()
        .map(|stack| {
            let own = stack.source.node.trim_start_matches("./").to_owned();
            let shared = matches!(&*stack.name.node, "network" | "dns");
            let shared = shared.then(|| "modules/net".to_owned());
            [own].into_iter().chain(shared).collect()
        })
        .collect();
    let providers: BTreeSet<String> = ["registry.opentofu.org/hashicorp/aws".to_owned()].into();
    let none = BTreeSet::new();
    let module = |stack: StackIdx| {
        Some(Module {
            folders: &folders[stack.0 as usize],
            declares: &|name| name != "undeclared",
            mentions: if stack.0 == 0 { &|name| name == "shared.json" } else { &|_| false },
            providers: if stack.0 == 1 { &providers } else { &none },
        })
    };
    let files: Vec<String> = case.files.iter().map(|&file| file.to_owned()).collect();
    let relocked = case.relocked.iter().map(|&name| name.to_owned()).collect();
    let change =
        Change { files: &files, before: before.as_ref(), relocked: &relocked, module: &module };
    let found = affected(&now, &graph, &change);
    let name = |index: &estate::InstanceIdx| {
        graph.instance(*index).addr.to_string().trim_start_matches("dev/").to_owned()
    };
    (
        found.changed.iter().map(|(index, causes)| (name(index), causes[0].clone())).collect(),
        found.rippled.iter().map(name).collect(),
    )
}

fn check(case: &Case<'_>, changed: &[&str], rippled: &[&str]) {
    let (found, through) = of(case);
    assert_eq!(found.keys().collect::<Vec<_>>(), changed);
    assert_eq!(through, rippled);
}

fn files<'a>(files: &'a [&'a str]) -> Case<'a> {
    Case { files, ..Case::default() }
}

#[test]
fn files_belong_to_the_deepest_module_around_them() {
    check(&files(&["app/main.tf"]), &["app"], &[]);
    check(&files(&["eks/templates/user-data.sh"]), &["eks:eu-west-1", "eks:us-east-1"], &["app"]);
    let net = ["dns", "network:eu-west-1", "network:us-east-1"];
    check(&files(&["modules/net/main.tf"]), &net, &["eks:eu-west-1", "eks:us-east-1", "app"]);
    check(&files(&["modules/other/main.tf", "README.md", "../README.md", "../../x"]), &[], &[]);
    // Of a file outside of all modules: who names it.
    check(&files(&["shared.json"]), &["identity"], &[]);
    let (found, _) = of(&files(&["app/main.tf", "app/x.tf"]));
    assert_eq!(found["app"], Cause::File("app/main.tf".into()));
}

#[test]
fn the_estate_file_is_compared_by_what_it_gives() {
    let with = |from: &str, to: &str, changed: &[&str], rippled: &[&str]| {
        assert!(STACKS.contains(from), "{from}");
        let after = STACKS.replace(from, to);
        check(&Case { after: &after, ..Case::default() }, changed, rippled);
    };
    check(&files(&["strata.hcl"]), &[], &[]);
    with("stack \"app\" {", "# a comment\n\nstack \"app\" {", &[], &[]);
    with("cidr = each.value", "cidr = \"${each.value}\"", &[], &[]);
    with(
        "{ net = stack.network[\"eu-west-1\"].id }",
        "{ net = (stack.network[\"eu-west-1\"] . id), undeclared = 1 }",
        &[],
        &[],
    );
    with(
        "stack.network[\"eu-west-1\"].id",
        "\"x-${stack.network[\"eu-west-1\"].id}\"",
        &["dns"],
        &[],
    );
    with("stack.network[\"eu-west-1\"].id", "stack.network[env.main].id", &["dns"], &[]);
    with("stack.network[\"eu-west-1\"]", "stack.network[\"us-east-1\"]", &["dns"], &[]);
    with("./dns", "./dns2", &["dns"], &[]);
    let all = ["network:eu-west-1", "network:us-east-1"];
    with(
        "cidr = each.value",
        "cidr = upper(each.key)",
        &all,
        &["eks:eu-west-1", "eks:us-east-1", "dns", "app"],
    );
    with(
        "cidr = each.value",
        "cidr = each.key == \"eu-west-1\" ? \"10.9.0.0/16\" : each.value",
        &["network:eu-west-1"],
        &["eks:eu-west-1", "dns", "app"],
    );
    with("source = \"./app\"", "source = \"./app\"\n  defer = [\"x\"]", &["app"], &[]);
    let (found, _) =
        of(&Case { after: &STACKS.replace("cidr = each.value", "cidr = 1"), ..Case::default() });
    assert_eq!(found["network:eu-west-1"], Cause::Setting("inputs.cidr".into()));
}

#[test]
fn settings_count_for_those_that_they_reach() {
    let layer = |region: &str| {
        format!("{STACKS}layer \"more\" {{}}\n").replace(
            "source = \"./app\"",
            &format!("source = \"./app\"\n  provider \"aws\" {{\n    region = {region}\n    x {{\n      a = 1\n    }}\n  }}"),
        )
    };
    let (before, after) = (layer("\"eu\""), layer("env.main"));
    check(&Case { before: Some(&before), after: &after, ..Case::default() }, &["app"], &[]);
    check(&Case { before: Some(&before), after: &before, ..Case::default() }, &[], &[]);
    let nested = before.replace("a = 1", "a = 2");
    let (found, _) = of(&Case { before: Some(&before), after: &nested, ..Case::default() });
    assert_eq!(found["app"], Cause::Setting("provider.aws.x[0].a".into()));
}

#[test]
fn what_was_not_there_is_new_and_what_cannot_be_told_counts() {
    let without = STACKS.split("stack \"app\"").next().expect("a part").to_owned();
    let (found, _) = of(&Case { before: Some(&without), ..Case::default() });
    assert_eq!(found, [("app".to_owned(), Cause::New)].into());
    let (found, _) = of(&Case { before: None, ..Case::default() });
    assert_eq!(found.len(), 7);
    assert_eq!(found["app"], Cause::Unknown);
    // Without a change of the estate's own files nothing was compared.
    check(&Case { before: None, files: &["x"], ..Case::default() }, &[], &[]);
}

#[test]
fn a_value_of_the_environment_reaches_who_is_given_it() {
    // The same text, with another value of a name in it.
    let text = STACKS
        .replace("[for one in stack.eks : one.id]", "\"${env.size}-${stack.eks[env.main].id}\"");
    let case = Case { before: Some(&text), after: &text, ..Case::default() };
    check(&case, &[], &[]);
    check(&Case { size: "4", ..case }, &["app"], &[]);
}

#[test]
fn locks_and_secrets_reach_who_uses_them() {
    let aws = "registry.opentofu.org/hashicorp/aws";
    let case = Case { relocked: &[aws], files: &[".terraform.lock.hcl"], ..Case::default() };
    let (found, _) = of(&case);
    assert_eq!(found.keys().collect::<Vec<_>>(), ["network:eu-west-1", "network:us-east-1"]);
    assert_eq!(found["network:eu-west-1"], Cause::Provider(aws.into()));

    let text =
        format!("secret \"psk\" {{\n  sops = \"./secrets.yaml\"\n  key = \"a\"\n}}\n{STACKS}")
            .replace("clusters =", "psk = secret.psk, clusters =");
    let case =
        Case { before: Some(&text), after: &text, files: &["secrets.yaml"], ..Case::default() };
    let (found, _) = of(&case);
    assert_eq!(found, [("app".to_owned(), Cause::Secret("psk".into()))].into());
}
