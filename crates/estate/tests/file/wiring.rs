//! Each wrong wiring gives its code at its place, with a remedy; right wiring gives an order.

use crate::support::{check, checked, interface};
use estate::Interface;
use value::{Type, Value};

fn network() -> (&'static str, Interface) {
    (
        "network",
        interface(&[], &[("id", Value::unknown(Type::STRING)), ("zones", Value::tuple(vec![]))]),
    )
}

const NETWORK: &str = "stack \"network\" {\n  layer  = \"low\"\n  source = \"./network\"\n}\n";

fn cluster(inputs: &str) -> String {
    format!(
        "{NETWORK}stack \"cluster\" {{\n  layer  = \"high\"\n  source = \"./cluster\"\n  inputs = {{ {inputs} }}\n}}\n"
    )
}

#[test]
fn outputs_flow_as_typed_unknowns() {
    let own = ("cluster", interface(&[("net", Type::STRING), ("env", Type::STRING)], &[]));
    let checked = checked(&cluster("net = \"vpc-${stack.network.id}\""), &[network(), own]);
    assert_eq!(checked.found, [""; 0]);
    assert_eq!(checked.order, ["dev/network", "dev/cluster"]);
    let inputs = &checked.inputs["dev/cluster"].values;
    assert!(!inputs["net"].is_known());
    assert_eq!(inputs["net"].ty(), Type::STRING);
    assert_eq!(inputs["env"].as_str(), Some("dev"));
    assert!(checked.inputs["dev/network"].values.is_empty(), "env is not declared there");
}

#[test]
fn a_missing_output_is_named() {
    let own = ("cluster", interface(&[("net", Type::STRING)], &[]));
    check(
        &cluster("net = stack.network.idd"),
        &[network(), own],
        &["wiring-output-unknown @ stack.network.idd"],
    );
}

#[test]
fn wiring_points_down() {
    let text = format!(
        "{NETWORK}stack \"low\" {{\n  layer  = \"low\"\n  source = \"./low\"\n  inputs = {{ x = stack.top.y }}\n}}\n\
         stack \"top\" {{\n  layer  = \"high\"\n  source = \"./top\"\n}}\n"
    );
    check(&text, &[], &["wiring-upward @ stack.top.y"]);
}

#[test]
fn wiring_has_no_circle() {
    let text = "stack \"a\" {\n  layer  = \"low\"\n  source = \"./a\"\n  inputs = { x = stack.b.y }\n}\n\
                stack \"b\" {\n  layer  = \"low\"\n  source = \"./b\"\n  inputs = { x = stack.a.y }\n}\n";
    check(text, &[], &["wiring-circle @ stack.b.y"]);
}

#[test]
fn what_a_layer_gets_from_one_of_its_stacks_does_not_reach_that_one() {
    let text = "layer \"own\" {\n  inputs = { x = stack.a.y }\n}\n\
                stack \"a\" {\n  layer  = \"own\"\n  source = \"./a\"\n}\n\
                stack \"b\" {\n  layer  = \"own\"\n  source = \"./b\"\n}\n";
    check(text, &[], &[]);
    assert_eq!(checked(text, &[]).order, ["dev/a", "dev/b"]);
}

#[test]
fn a_value_converts_to_the_variables_type() {
    let own = || ("cluster", interface(&[("net", Type::list(Type::STRING))], &[]));
    check(
        &cluster("net = stack.network.id"),
        &[network(), own()],
        &["wiring-type @ stack.network.id"],
    );
    check(&cluster("net = \"x\""), &[network(), own()], &["input-type @ \"x\""]);
    check(&cluster("net = stack.network.zones"), &[network(), own()], &[]);
}

#[test]
fn inputs_are_declared_and_required_ones_given() {
    let own = ("cluster", interface(&[("net", Type::STRING)], &[]));
    check(
        &cluster("nett = stack.network.id"),
        &[network(), own],
        &["input-undeclared @ nett", "input-missing @ \"cluster\""],
    );
}

#[test]
fn names_lead_to_something() {
    check(&cluster("x = stack.nowhere.id"), &[network()], &["wiring-stack-unknown @ nowhere"]);
    check(&cluster("x = stack.network"), &[network()], &["wiring-form @ stack.network"]);
    let own = ("cluster", interface(&[("x", Type::DYNAMIC)], &[]));
    check(
        &cluster("x = env.sise"),
        &[network(), own.clone()],
        &["estate-reference-unknown @ env.sise"],
    );
    check(&cluster("x = var.size"), &[network(), own], &["estate-reference-unknown @ var.size"]);
}

#[test]
fn the_file_is_checked_whole() {
    let text = "stack \"A\" {\n  layer = \"lwo\"\n  sauce = 1\n}\nstack \"b\" {\n  layer  = \"low\"\n  source = \"b\"\n}\n";
    check(
        text,
        &[],
        &[
            "estate-argument-unknown @ sauce",
            "estate-name @ \"A\"",
            "estate-unknown-name @ \"lwo\"",
            "estate-argument-missing @ stack \"A\"",
            "estate-source @ \"b\"",
        ],
    );
}

#[test]
fn a_stack_may_be_limited_to_environments() {
    let nowhere = NETWORK.replace("source", "environments = []\n  source");
    let text = NETWORK.replace("source", "environments = [\"prod\"]\n  source");
    let reader = "stack \"r\" {\n  layer  = \"high\"\n  source = \"./r\"\n  inputs = { x = stack.network.id }\n}\n";
    check(&format!("{nowhere}{reader}"), &[], &["wiring-environment @ network"]);
    let limited = reader.replace("source", "environments = [\"prod\"]\n  source");
    assert!(checked(&format!("{text}{limited}"), &[]).order.is_empty());
}

/// Stacks a and b on `low`, c on `high`, where the layer `low` gives all of its stacks what `a` publishes.
fn shared(input: &str) -> String {
    let stack = |name: &str, layer: &str| {
        format!("stack \"{name}\" {{\n  layer = \"{layer}\"\n  source = \"./{name}\"\n}}\n")
    };
    format!(
        "layer \"own\" {{\n  inputs = {{ {input} }}\n}}\n{}{}{}",
        stack("a", "own"),
        stack("b", "own"),
        stack("c", "top").replace("top", "over")
    ) + "layer \"over\" {}\n"
}

#[test]
fn what_many_are_given_reaches_those_that_declare_it() {
    let output = || interface(&[], &[("x", Value::unknown(Type::STRING))]);
    let reader = || interface(&[("x", Type::STRING)], &[]);
    // `b` does not declare it: nothing is wired, in no order and no circle.
    let text = shared("x = stack.a.x");
    let plain = checked(&text, &[("a", output()), ("b", output()), ("c", output())]);
    assert_eq!(plain.found, [""; 0]);
    let wired = checked(&text, &[("a", output()), ("b", reader()), ("c", output())]);
    assert_eq!(wired.found, [""; 0]);
    assert!(!wired.inputs["dev/b"].values["x"].is_known());
    // Upward: wrong for those alone that declare it.
    let text = shared("x = stack.c.x");
    check(&text, &[("a", output()), ("b", output()), ("c", output())], &[]);
    let all = [("a", output()), ("b", reader()), ("c", output())];
    check(&text, &all, &["wiring-upward @ stack.c.x"]);
}

#[test]
fn a_circle_through_what_many_are_given_is_one_where_it_is_declared() {
    let own =
        "stack \"d\" {\n  layer = \"own\"\n  source = \"./d\"\n  inputs = { y = stack.b.x }\n}\n";
    let text = format!("{}{own}", shared("x = stack.d.x"));
    let output = || interface(&[], &[("x", Value::unknown(Type::STRING))]);
    let d = || interface(&[("y", Type::STRING)], &[("x", Value::unknown(Type::STRING))]);
    let plain = checked(&text, &[("a", output()), ("b", output()), ("c", output()), ("d", d())]);
    assert_eq!(plain.found, [""; 0]);
    assert_eq!(plain.order, ["dev/a", "dev/b", "dev/d", "dev/c"]);
    let reader = interface(&[("x", Type::STRING)], &[("x", Value::unknown(Type::STRING))]);
    let all = [("a", output()), ("b", reader), ("c", output()), ("d", d())];
    check(&text, &all, &["wiring-circle @ stack.d.x"]);
}
