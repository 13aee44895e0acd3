//! Secrets: variables keep their marks from the plan to the apply, and what is only written is kept nowhere.

mod support;

use engine::ApplyEnd;
use plan::format::{json, v1};
use plan::{Plan, Sensitive};
use support::{Stack, show, without_errors};
use value::{Marks, Type, Value};

const CANARY: &str = "canary-7f3a";

fn planned(stack: &mut Stack) -> Plan {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    outcome.plan
}

fn settle(stack: &mut Stack, plan: Plan) {
    let outcome = stack.apply(plan);
    without_errors(&outcome.diags);
    assert_eq!(outcome.end, ApplyEnd::Complete);
}

fn has_canary(bytes: &[u8]) -> bool {
    bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes())
}

fn variables(stack: Stack) -> Stack {
    let given = Value::tuple(vec![
        Value::string(CANARY).with_marks(Marks::SENSITIVE),
        Value::string("open"),
    ]);
    stack.variable("declared", Value::string(CANARY)).variable("given", given)
}

fn reading_variables() -> Stack {
    variables(Stack::new(
        r#"
        variable "declared" {
          type      = string
          sensitive = true
        }
        variable "defaulted" {
          default   = "d"
          sensitive = true
        }
        variable "given" { type = list(string) }
        variable "open" { default = "o" }
        resource "test_thing" "a" { name = var.given[0] }
        output "declared" {
          value     = var.declared
          sensitive = true
        }
    "#,
    ))
}

#[test]
fn variables_of_a_plan_keep_their_marks() {
    let mut stack = reading_variables();
    let plan = planned(&mut stack);
    let marked = |text: &str| Value::string(text).with_marks(Marks::SENSITIVE);
    let given = Value::list(Type::STRING, vec![marked(CANARY), Value::string("open")]);
    let told = |plan: &Plan| -> Vec<(String, Value, Sensitive)> {
        let one = |one: &plan::Variable| (one.name.to_string(), one.value.clone(), one.sensitive);
        plan.variables.iter().map(one).collect()
    };
    let expect = vec![
        ("declared".to_owned(), marked(CANARY), Sensitive::Yes),
        ("defaulted".to_owned(), marked("d"), Sensitive::Yes),
        ("given".to_owned(), given, Sensitive::No),
        ("open".to_owned(), Value::string("o"), Sensitive::No),
    ];
    assert_eq!(told(&plan), expect);
    let back = v1::decode(&v1::encode(&plan)).expect("a plan file");
    assert_eq!(told(&back), expect);
}

#[test]
fn a_document_tells_variables_as_they_are() {
    let mut stack = reading_variables();
    let plan = planned(&mut stack);
    let head = json::Head { version: "1.12.6", configuration: None, relevant: &[] };
    let text = json::plan(&plan, &stack.schemas(), head);
    let expect = format!(
        r#""variables":{{"declared":{{"value":"{CANARY}"}},"defaulted":{{"value":"d"}},"given":{{"value":["{CANARY}","open"]}},"open":{{"value":"o"}}}}"#
    );
    assert!(text.contains(&expect), "{text}");
}

#[test]
fn what_is_made_of_a_sensitive_part_of_a_variable_is_sensitive_after_the_apply() {
    let mut stack = reading_variables();
    let plan = planned(&mut stack);
    let back = v1::decode(&v1::encode(&plan)).expect("a plan file");
    settle(&mut stack, back);
    let at = state::ObjectAddr::current("test_thing.a".parse().expect("an address"));
    let object = stack.state.object(&at).expect("an object");
    let paths: Vec<String> = object.sensitive.iter().map(ToString::to_string).collect();
    assert_eq!(paths, [".name", ".secret"]);
}

#[test]
fn a_plan_with_sensitive_variables_refines_itself_and_not_one_that_shows_them() {
    let approved = planned(&mut reading_variables());
    let again = planned(&mut reading_variables());
    let ended = plan::refine::Ended::default();
    assert_eq!(plan::refine::refines(&approved, &again, &ended), Ok(()));
    let mut shown = again;
    for variable in &mut shown.variables {
        variable.value = variable.value.clone().unmark_deep().0;
        variable.sensitive = Sensitive::No;
    }
    let differences = plan::refine::refines(&approved, &shown, &ended).expect_err("marks are lost");
    assert_eq!(differences.len(), 3);
    assert!(!format!("{differences:?}").contains(CANARY), "{differences:?}");
}

#[test]
fn what_may_be_only_written_is_validated_again_before_it_is_applied() {
    let mut stack = Stack::new(
        r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" {
          name     = "b"
          password = test_thing.a.id
        }
    "#,
    );
    let plan = planned(&mut stack);
    assert!(plan.changes.iter().all(|change| change.configuration.is_wholly_known()));
    stack.cloud.calls.clear();
    settle(&mut stack, plan);
    let validated =
        stack.cloud.calls.iter().filter(|call| *call == "ValidateResourceConfig").count();
    assert_eq!(validated, 2, "{:?}", stack.cloud.calls);
}

#[test]
fn what_is_only_written_comes_to_the_provider_and_is_kept_nowhere() {
    let fixture = |password: &str| {
        format!(
            r#"
            resource "test_thing" "a" {{ name = "a" }}
            resource "test_thing" "b" {{
              name     = "b"
              size     = 1
              secret   = test_thing.a.out
              password = "{password}"
            }}
            resource "test_thing" "c" {{
              name     = "c"
              password = "${{test_thing.a.id}}-{CANARY}"
            }}
        "#
        )
    };
    let mut stack = Stack::new(&fixture(CANARY));
    let plan = planned(&mut stack);
    for change in &plan.changes {
        let written = change.configuration.attr("password").expect("an attribute");
        assert!(written.is_null(), "{written:?}");
    }
    assert!(!has_canary(&v1::encode(&plan)));
    settle(&mut stack, plan);
    assert_eq!(stack.cloud.written["b"], CANARY);
    assert!(stack.cloud.written["c"].ends_with(CANARY), "{:?}", stack.cloud.written);
    assert!(!show::state(&stack.state).contains(CANARY));
    let run = state::journal::RunId::new("r");
    let mut bytes = Vec::new();
    for entry in &stack.journal {
        state::journal::encode_body(&mut bytes, state::journal::Seq::OPEN, &run, entry);
    }
    assert!(bytes.windows(4).any(|window| window == b"id-1"), "the journal is read as it is");
    assert!(!has_canary(&bytes));
}
