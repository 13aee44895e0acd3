//! What is judged over all stacks together: twins, and settings for providers that nobody requires.

use diag::Diags;
use estate::{EnvironmentIdx, StackIdx};

use crate::support::{estate, graph, interface};

/// Twins in `dev`, as their summaries.
fn twins(text: &str) -> Vec<String> {
    let (estate, graph) = (estate(text), graph(text, EnvironmentIdx(0)));
    let own = interface(
        &[("x", value::Type::DYNAMIC)],
        &[("y", value::Value::unknown(value::Type::STRING))],
    );
    let mut diags = Diags::new();
    let all = &|_: &estate::Instance| Some(&own);
    let inputs: Vec<_> = graph
        .order
        .iter()
        .map(|one| estate::check(&estate, &graph, one, all, &mut diags))
        .collect();
    let mut found = Diags::new();
    estate::twins(&estate, &graph, &inputs, &mut found);
    found.iter().map(|one| one.summary.clone()).collect()
}

fn stack(name: &str, source: &str, rest: &str) -> String {
    format!("stack \"{name}\" {{\n  layer = \"low\"\n  source = \"{source}\"\n  {rest}\n}}\n")
}

#[test]
fn nothing_tells_twins_apart() {
    let check = |a: &str, b: &str, expect: &[&str]| {
        let text = format!("{}{}", stack("a", "./m", a), stack("b", "./x/../m", b));
        assert_eq!(twins(&text), expect);
    };
    let same = ["`a` and `b` are the same stack"];
    check("inputs = { x = 1 }", "inputs = { x = 1 }", &same);
    check("inputs = { x = 1 }", "inputs = { x = 2 }", &[]);
    check("inputs = { x = self.name }", "inputs = { x = self.name }", &[]);
    let aws = |region: &str| {
        format!("inputs = {{ x = 1 }}\n  provider \"aws\" {{\n    region = {region}\n  }}")
    };
    check(&aws("\"eu\""), &aws("\"eu\""), &same);
    check(&aws("\"eu\""), &aws("\"us\""), &[]);
    check(&aws("self.name"), &aws("self.name"), &[]);
    // Unknown, but wired from two places.
    let below = format!(
        "{}{}",
        stack("c", "./c", "inputs = { x = 1 }"),
        stack("d", "./d", "inputs = { x = 1 }")
    );
    let wired = |from: &str| {
        stack(&format!("w{from}"), "./w", &format!("inputs = {{ x = stack.{from}.y }}"))
    };
    assert!(twins(&format!("{below}{}{}", wired("c"), wired("d"))).is_empty());
    let keyed = stack("k", "./k", "inputs = { x = 1 }\n  for_each = toset([\"p\", \"q\"])");
    assert_eq!(twins(&keyed), ["`k:p` and `k:q` are the same stack"]);
}

#[test]
fn settings_are_of_providers_that_are_required() {
    let check = |text: &str, expect: &[&str]| {
        let estate = estate(text);
        let mut own = interface(&[], &[]);
        own.providers = ["aws".into(), "random".into()].into();
        let mut diags = Diags::new();
        estate::check_settings(&estate, &|_| Some(&own), &mut diags);
        let found: Vec<&str> = diags.iter().map(|one| one.code.0).collect();
        assert_eq!(found, expect, "{text}");
        // A stack that was not loaded might require anything.
        let mut diags = Diags::new();
        estate::check_settings(
            &estate,
            &|stack| (stack != StackIdx(0)).then_some(&own),
            &mut diags,
        );
        assert_eq!(diags.iter().count(), 0);
    };
    check(&stack("a", "./a", "provider \"aws\" {}"), &[]);
    check(&stack("a", "./a", "provider \"asw\" {}"), &["provider-unrequired"]);
    check(&stack("a", "./a", "credentials \"asw\" {}"), &["provider-unrequired"]);
    check(&stack("a", "./a", "defer = [\"kubernetes\"]"), &["provider-unrequired"]);
    let layer = "layer \"l\" {\n  provider \"asw\" {}\n}\n";
    check(layer, &[]);
    check(
        &format!("{layer}{}", stack("a", "./a", "").replace("low", "l")),
        &["provider-unrequired"],
    );
}
