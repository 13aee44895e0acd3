//! `--affected` over an estate with the wiring of `examples/acme`, made of built-in resources: a leaf, a change below that
//! ripples, one that is cut off where outputs stay the same, and an identity that nobody above reads.

use std::process::Command;

use serde_json::Value;

use crate::support::Estate;

/// The layers, stacks and wires of acme; what a stack reads stands behind its name.
const STACKS: &[(&str, &str, &[&str])] = &[
    ("bootstrap", "bootstrap", &[]),
    ("identity", "identity", &["bootstrap"]),
    ("infrastructure", "network", &[]),
    ("infrastructure", "registry", &[]),
    ("infrastructure", "database", &["network"]),
    ("cluster", "eks", &["network"]),
    ("cluster", "cluster-base", &["eks"]),
    ("cluster-services", "logging", &["cluster-base"]),
    ("cluster-services", "policy", &["cluster-base"]),
    ("app-services", "ingress", &["cluster-base"]),
    ("apps", "shop", &["cluster-base", "registry", "database", "logging", "ingress"]),
    ("apps", "search", &["cluster-base", "registry", "logging", "ingress"]),
];

/// The estate, applied to `dev` and committed.
fn acme() -> Estate {
    let estate = Estate::of(&[("strata.hcl", &file()), (".gitignore", ".strata/\n")]);
    for (_, stack, reads) in STACKS {
        estate.write(&format!("stacks/{stack}/main.tf"), &module(reads.len()));
    }
    estate.expect(&["init"], 0);
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    git(&estate, &["init", "-q"]);
    git(&estate, &["add", "."]);
    git(&estate, &["commit", "-q", "-m", "all"]);
    estate
}

fn file() -> String {
    let mut text = String::from("estate {\n  name = \"acme\"\n}\n");
    let mut layer_before = "";
    for (layer, ..) in STACKS {
        if *layer != layer_before {
            text += &format!("layer \"{layer}\" {{}}\n");
            layer_before = layer;
        }
    }
    text += "environment \"dev\" {}\nenvironment \"prod\" {}\n";
    for (layer, stack, reads) in STACKS {
        let inputs: Vec<String> = reads
            .iter()
            .enumerate()
            .map(|(at, below)| format!("    below_{at} = stack.{below}.id\n"))
            .collect();
        text += &format!(
            "stack \"{stack}\" {{\n  layer = \"{layer}\"\n  source = \"./stacks/{stack}\"\n  inputs = {{\n{}  }}\n}}\n",
            inputs.concat()
        );
    }
    text
}

/// A root module whose output changes with `public`, and not with `private`.
fn module(wired: usize) -> String {
    let variables: Vec<String> =
        (0..wired).map(|at| format!("variable \"below_{at}\" {{ type = string }}\n")).collect();
    let below: Vec<String> = (0..wired).map(|at| format!("var.below_{at}")).collect();
    format!(
        "{}resource \"terraform_data\" \"public\" {{\n  input = join(\"-\", [{}])\n  triggers_replace = \"public 1\"\n}}\n\
         resource \"terraform_data\" \"private\" {{\n  input = \"private 1\"\n}}\n\
         output \"id\" {{\n  value = terraform_data.public.id\n}}\n",
        variables.concat(),
        below.join(", ")
    )
}

fn git(estate: &Estate, args: &[&str]) {
    let identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    let ran = Command::new("git").args(identity).args(args).current_dir(estate.path(".")).status();
    assert!(ran.expect("git runs").success(), "git {args:?}");
}

/// What `plan --affected HEAD` plans of `dev`, and what it cut off.
fn planned(estate: &Estate) -> (Vec<String>, Vec<String>) {
    let text = estate.expect(&["plan", "-env", "dev", "--affected", "HEAD", "-json"], 0);
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let of = |standing: &str| {
        let stacks = document["stacks"].as_array().expect("stacks").iter();
        let those = stacks.filter(|stack| stack["standing"] == standing);
        let mut names: Vec<String> =
            those.map(|stack| stack["address"].as_str().expect("an address").to_owned()).collect();
        names.sort();
        names
    };
    (of("planned"), of("cut_off"))
}

#[test]
fn a_leaf_that_changed_is_planned_alone() {
    let estate = acme();
    assert_eq!(planned(&estate), (vec![], vec![]), "nothing changed");
    estate.edit("stacks/shop/main.tf", "private 1", "private 2");
    assert_eq!(planned(&estate), (vec!["dev/shop".to_owned()], vec![]));
}

#[test]
fn a_change_below_ripples_as_far_as_outputs_change() {
    let estate = acme();
    estate.edit("stacks/network/main.tf", "private 1", "private 2");
    let (plans, cut) = planned(&estate);
    assert_eq!(plans, ["dev/network"], "its output stays the same");
    assert!(
        cut.contains(&"dev/database".to_owned()) && cut.contains(&"dev/shop".to_owned()),
        "{cut:?}"
    );

    estate.edit("stacks/network/main.tf", "public 1", "public 2");
    let (plans, cut) = planned(&estate);
    assert_eq!(plans, ["dev/database", "dev/eks", "dev/network"], "their own ids stay the same");
    assert!(cut.contains(&"dev/cluster-base".to_owned()), "{cut:?}");
}

#[test]
fn nobody_above_is_planned_when_the_identity_changes() {
    let estate = acme();
    estate.edit("stacks/identity/main.tf", "public 1", "public 2");
    assert_eq!(planned(&estate), (vec!["dev/identity".to_owned()], vec![]));
}

#[test]
fn an_input_of_one_stack_in_the_file_counts_for_that_stack() {
    let estate = acme();
    estate.edit("strata.hcl", "layer \"apps\" {}", "# apps\nlayer \"apps\" {}");
    assert_eq!(planned(&estate), (vec![], vec![]), "a comment changes nothing");
    estate.edit(
        "strata.hcl",
        "source = \"./stacks/registry\"\n  inputs = {\n",
        "source = \"./stacks/registry\"\n  inputs = {\n    note = \"new\"\n",
    );
    estate.edit(
        "stacks/registry/main.tf",
        "resource \"terraform_data\" \"private\"",
        "variable \"note\" {}\nresource \"terraform_data\" \"private\"",
    );
    let (plans, _) = planned(&estate);
    assert_eq!(plans, ["dev/registry"]);
}
