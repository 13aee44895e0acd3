//! Evaluation held against `regorus`'s own, where all is known; and against all worlds, where it is not.

use std::collections::BTreeSet;

use policy::{Beside, Bundle, BundleFile, Decided, Input};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn bundle(text: &str) -> Bundle {
    match Bundle::read(&[BundleFile { name: "a.rego".into(), text: text.into() }]) {
        Ok(bundle) => bundle,
        Err(faults) => panic!("{text}\n{faults:?}"),
    }
}

/// What `main.deny` says of an input, by us: texts, those that are not decided with a `?`.
fn ours(text: &str, input: &Json) -> Result<BTreeSet<String>, String> {
    let found = bundle(text).judge(&Input::new(input, &Beside::default()), None);
    let told = |one: policy::Finding| match one.decided {
        Decided::Yes => one.text,
        Decided::NotYet { .. } => format!("?{}", one.text),
    };
    found.map(|found| found.into_iter().map(told).collect()).map_err(|fault| fault.to_string())
}

/// The same by `regorus`.
fn theirs(text: &str, input: &Json) -> Result<BTreeSet<String>, String> {
    let mut engine = regorus::Engine::new();
    let run = |engine: &mut regorus::Engine| -> Result<regorus::Value, Box<dyn std::error::Error>> {
        engine.add_policy("a.rego".to_owned(), text.to_owned())?;
        engine.set_input_json(&input.to_string())?;
        Ok(engine.eval_rule("data.main.deny".to_owned())?)
    };
    let value = run(&mut engine).map_err(|error| error.to_string())?;
    let json = value.to_json_str().map_err(|error| error.to_string())?;
    let Ok(Json::Array(items)) = serde_json::from_str::<Json>(&json) else {
        return Ok(BTreeSet::new());
    };
    let text = |one: &Json| match one {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    Ok(items.iter().map(text).collect())
}

const HEAD: &str = "package main\nimport rego.v1\n";

/// Bodies of rules over `input.x` and `input.y`, that give `m`.
const BODIES: &[&str] = &[
    "input.x == input.y\n m := \"same\"",
    "input.x != input.y\n m := \"other\"",
    "not input.x\n m := \"falsy or absent\"",
    "not input.x == \"a\"\n m := \"not a\"",
    "some i\n input.list[i] == input.x\n m := sprintf(\"at %d\", [i])",
    "some v in input.list\n v != input.y\n m := sprintf(\"%v\", [v])",
    "all := [v | some v in input.list; v == input.x]\n count(all) == 0\n m := \"none of the list\"",
    "all := {v | some v in input.list; v != input.x}\n m := sprintf(\"%d others\", [count(all)])",
    "input.x in input.list\n m := \"in the list\"",
    "not input.x in input.list\n m := \"not in the list\"",
    "every v in input.list { v != input.x }\n m := \"every one is another\"",
    "is_string(input.x)\n startswith(input.x, \"a\")\n m := \"begins with a\"",
    "object.get(input, \"x\", \"none\") == \"none\"\n m := \"not there\"",
    "object.get(input.deep, \"z\", false) != true\n m := \"z is not true\"",
    "v := helper(input.x)\n m := sprintf(\"helped: %v\", [v])",
    "chosen == \"default\"\n m := \"by default\"",
    "chosen != \"default\"\n m := \"by choice\"",
    "marked[\"a\"]\n m := \"a is marked\"",
    "count(marked) > 1\n m := \"more than one is marked\"",
    "by_name[k] == input.y\n m := sprintf(\"key %v\", [k])",
    "[path, value] = walk(input.deep)\n value == input.x\n m := sprintf(\"walked to %v\", [path])",
    "[a, b] := [input.x, input.y]\n a == b\n m := \"pair\"",
    "to_number(\"3\") > 2\n input.x == true\n m := \"true\"",
    "is_string(input.x)\n lower(input.x) == \"a\"\n m := \"a of any case\"",
    "{\"k\": w} = {\"k\": input.x}\n w == \"a\"\n m := \"by pattern\"",
    "input[name] == \"b\"\n m := sprintf(\"%s is b\", [name])",
];

const HELPERS: &str = r#"
helper(v) := "text" if is_string(v)
helper(v) := "flag" if is_boolean(v)
default chosen := "default"
chosen := "first" if input.x == "a"
else := "second" if input.y == "b"
marked contains v if {
	some v in ["a", "b"]
	v == input.x
}
marked contains "y" if input.y == true
by_name[k] := v if some k, v in input.deep
"#;

fn policy(body: &str) -> String {
    format!("{HEAD}{HELPERS}\ndeny contains m if {{\n {body}\n}}\n")
}

fn value() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(json!("a")),
        Just(json!("b")),
        Just(json!("A")),
        Just(json!(true)),
        Just(json!(false)),
        Just(json!(null)),
        Just(json!(3)),
    ]
}

fn input_of(x: Option<&Json>, y: &Json, list: &[Json]) -> Json {
    let mut input = json!({ "y": y, "list": list, "deep": { "p": y, "q": "a" } });
    if let Some(x) = x {
        input["x"] = x.clone();
        input["deep"]["z"] = x.clone();
    }
    input
}

#[test]
fn each_body_says_what_regorus_says() {
    let values = [json!("a"), json!("b"), json!(true), json!(false), json!(null), json!(3)];
    let list = [json!("a"), json!("b"), json!(3)];
    let mut compared = 0;
    // Its `walk` gives a list and is no relation.
    for body in BODIES.iter().filter(|body| !body.contains("walk(")) {
        let text = policy(body);
        for x in values.iter().map(Some).chain([None]) {
            for y in &values {
                let input = input_of(x, y, &list);
                assert_eq!(ours(&text, &input), theirs(&text, &input), "{body}\n{input}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, (BODIES.len() - 1) * 42);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    /// What is decided with unknowns stays so in every world; what can come of a world was told.
    #[test]
    fn what_is_decided_is_so_in_every_world(
        at in 0..BODIES.len(),
        y in value(),
        list in proptest::collection::vec(value(), 0..4),
        member in any::<bool>(),
        worlds in proptest::collection::vec(value(), 1..6),
    ) {
        let text = policy(BODIES[at]);
        let unknown = unknown_plan(&y, &list, member);
        let told = ours(&text.replace("input.", "input.output_changes.o.after.").replace("(input, ", "(input.output_changes.o.after, ").replace("input[", "input.output_changes.o.after["), &unknown).expect("evaluated");
        let sure: BTreeSet<&String> = told.iter().filter(|one| !one.starts_with('?')).collect();
        for world in &worlds {
            let mut list = list.clone();
            if member {
                list.push(world.clone());
            }
            let known = ours(&text, &input_of(Some(world), &y, &list)).expect("evaluated");
            for one in &sure {
                let is_vague = one.contains("(known after apply)");
                prop_assert!(is_vague || known.contains(*one), "{one} is sure, and not so with {world}: {known:?}\n{}", BODIES[at]);
            }
            for one in &known {
                let is_told = told.iter().any(|told| {
                    let told = told.trim_start_matches('?');
                    told == one || told.contains("(known after apply)") || told.contains("not known yet")
                });
                prop_assert!(is_told, "{one} with {world} was not told: {told:?}\n{}", BODIES[at]);
            }
        }
    }
}

/// The same input as an output of a plan, `x` unknown in it.
fn unknown_plan(y: &Json, list: &[Json], member: bool) -> Json {
    let mut after = input_of(None, y, list);
    let mut mask = json!({ "x": true, "deep": { "z": true } });
    if member {
        after["list"].as_array_mut().expect("a list").push(Json::Null);
        mask["list"] = list.iter().map(|_| json!(false)).chain([json!(true)]).collect();
    }
    json!({ "output_changes": { "o": { "after": after, "after_unknown": mask } } })
}

#[test]
fn a_rule_made_of_itself_is_told() {
    let told =
        ours("package main\nimport rego.v1\na if b\nb if a\ndeny contains 1 if a\n", &json!({}));
    assert!(told.expect_err("told").contains("is made of itself"));
}

#[test]
fn two_values_at_once_are_told() {
    let told = ours(
        "package main\nimport rego.v1\na := 1\na := 2 if true\ndeny contains 1 if a\n",
        &json!({}),
    );
    assert!(told.expect_err("told").contains("two values at once"));
}

#[test]
fn a_long_body_is_evaluated() {
    let lines = "\tinput.x == 1\n".repeat(5_000);
    let text = format!("{HEAD}deny contains \"x\" if {{\n{lines}}}\n");
    assert_eq!(ours(&text, &json!({ "x": 1 })), Ok(["x".to_owned()].into()));
}

#[test]
fn what_goes_too_deep_is_told() {
    let lines: String = (0..1_000).map(|at| format!("\tsome v{at} in [1]\n")).collect();
    let text = format!("{HEAD}deny contains \"x\" if {{\n{lines}}}\n");
    assert!(ours(&text, &json!({})).expect_err("told").contains("levels deep"));
}
