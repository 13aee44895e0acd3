//! What came of a plan, as checks of its commit: one for each stack that has something to say, and one for the environment.
//!
//! Read from the page's document, as `plan -json` printed it. Invariant: a plan that would be refused has a failed check; one
//! that waits for approvals has none.

use render::{clean, fenced};
use serde_json::Value;
use vcs::{Check, CheckOutcome};

/// Stacks that have checks of their own, at most; the environment's says how many more there are.
const CHECKS_MAX: usize = 50;

/// The checks of a plan's page; `None` where the document is none.
pub(super) fn checks(environment: &str, page: &Value) -> Option<Vec<Check>> {
    let stacks = page["stacks"].as_array()?;
    let told: Vec<&Value> = stacks.iter().filter(|stack| is_told(stack)).collect();
    let mut checks: Vec<Check> =
        told.iter().take(CHECKS_MAX).map(|stack| of_stack(page, stack)).collect();
    let more = told.len().saturating_sub(CHECKS_MAX);
    checks.push(of_environment(environment, page, more)?);
    Some(checks)
}

/// The check of an environment that has no plan.
pub(super) fn without_plan(environment: &str, why: &str) -> Check {
    Check {
        name: format!("strata {environment}"),
        outcome: CheckOutcome::Failed,
        title: "There is no plan".to_owned(),
        summary: fenced(why),
    }
}

fn is_told(stack: &Value) -> bool {
    stack["has_changes"] == true
        || stack["refused"] == true
        || !matches!(stack["standing"].as_str(), Some("planned" | "cut_off"))
}

fn of_stack(page: &Value, stack: &Value) -> Check {
    let address = stack["address"].as_str().unwrap_or_default();
    let counts = counts(stack);
    let against: Vec<String> = against(page, Some(address));
    let waits = waits(stack);
    let (outcome, title) = match () {
        () if stack["refused"] == true || !against.is_empty() => {
            (CheckOutcome::Failed, format!("Refused: {counts}"))
        }
        () if !waits.is_empty() => {
            (CheckOutcome::Waits, format!("Waits for {}: {counts}", waits.join(", ")))
        }
        () => (CheckOutcome::Passed, counts),
    };
    Check {
        name: clean(&format!("strata {address}")),
        outcome,
        summary: summary(&title, &against),
        title: clean(&title),
    }
}

fn of_environment(environment: &str, page: &Value, more: usize) -> Option<Check> {
    let answer = page["answer"].as_str()?;
    let outcome = match page["apply"].as_str()? {
        "allowed" => CheckOutcome::Passed,
        "waits_for_approval" => CheckOutcome::Waits,
        _ => CheckOutcome::Failed,
    };
    let more = if more > 0 { format!(" +{more} more stacks") } else { String::new() };
    let title = format!("{answer} {}{more}", counts(&page["totals"]));
    let against = against(page, None);
    let summary = summary(&title, &against);
    Some(Check { name: format!("strata {environment}"), outcome, title: clean(&title), summary })
}

/// What stands against applying: of one stack, or of all.
fn against(page: &Value, stack: Option<&str>) -> Vec<String> {
    let about = |one: &&Value| stack.is_none_or(|stack| one["stack"] == stack);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let refusals = page["refusals"].as_array().into_iter().flatten().filter(about);
    let losses = page["data_losses"].as_array().into_iter().flatten().filter(about);
    let losses = losses.filter(|loss| loss["approved"] != true);
    losses
        .map(|loss| format!("data is destroyed: {}", text(&loss["address"])))
        .chain(refusals.map(|one| format!("{}: {}", text(&one["code"]), text(&one["text"]))))
        .collect()
}

/// Approvals that bind and are missing, in words.
fn waits(stack: &Value) -> Vec<String> {
    let needs = stack["needs"].as_array().into_iter().flatten();
    needs
        .filter(|need| need["binding"] == true)
        .filter_map(|need| {
            let missing = need["of"].as_u64()?.saturating_sub(need["have"].as_u64()?);
            let groups = need["groups"].as_array()?.iter().filter_map(Value::as_str);
            let groups: Vec<&str> = groups.collect();
            (missing > 0).then(|| format!("{missing} of {}", groups.join(" or ")))
        })
        .collect()
}

fn counts(of: &Value) -> String {
    let number = |name: &str| of[name].as_u64().unwrap_or(0);
    match (number("add"), number("change"), number("destroy")) {
        (0, 0, 0) => "no changes of objects".to_owned(),
        (add, change, destroy) => {
            format!("{add} to add, {change} to change, {destroy} to destroy")
        }
    }
}

fn summary(title: &str, against: &[String]) -> String {
    if against.is_empty() { fenced(title) } else { fenced(&against.join("\n")) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use vcs::CheckOutcome;

    use super::checks;

    fn stack(address: &str, refused: bool, have: u64) -> Value {
        json!({
            "address": address, "has_changes": true, "standing": "planned", "refused": refused,
            "add": 1, "change": 2, "destroy": 0,
            "needs": [{ "groups": ["platform"], "of": 1, "have": have, "binding": true }],
        })
    }

    fn page(stacks: Vec<Value>, apply: &str) -> Value {
        json!({
            "answer": "Destroys no data.", "apply": apply, "stacks": stacks,
            "totals": { "add": 1, "change": 2, "destroy": 0 }, "data_losses": [],
            "refusals": [{ "stack": "prod/b", "code": "limit", "text": "too ``` much" }],
        })
    }

    #[test]
    fn each_stack_has_a_check_and_the_environment_too() {
        let page = page(
            vec![stack("prod/a", false, 0), stack("prod/b", true, 1), stack("prod/c", false, 1)],
            "refused",
        );
        let told: Vec<String> = checks("prod", &page)
            .expect("a page")
            .iter()
            .map(|one| format!("{}: {:?}: {}", one.name, one.outcome, one.title))
            .collect();
        assert_eq!(
            told,
            [
                "strata prod/a: Waits: Waits for 1 of platform: 1 to add, 2 to change, 0 to destroy",
                "strata prod/b: Failed: Refused: 1 to add, 2 to change, 0 to destroy",
                "strata prod/c: Passed: 1 to add, 2 to change, 0 to destroy",
                "strata prod: Failed: Destroys no data. 1 to add, 2 to change, 0 to destroy",
            ]
        );
    }

    #[test]
    fn what_is_unchanged_has_none_and_many_are_counted() {
        let mut stacks: Vec<Value> =
            (0..60).map(|n| stack(&format!("prod/s{n}"), false, 1)).collect();
        stacks.push(json!({ "address": "prod/z", "has_changes": false, "standing": "planned", "refused": false }));
        let told = checks("prod", &page(stacks, "allowed")).expect("a page");
        assert_eq!(told.len(), 51);
        assert!(told[50].title.ends_with("+10 more stacks"), "{}", told[50].title);
        assert_eq!(told[50].outcome, CheckOutcome::Passed);
    }

    #[test]
    fn no_text_leaves_its_block() {
        let told =
            checks("prod", &page(vec![stack("prod/b", true, 1)], "refused")).expect("a page");
        assert!(told[0].summary.starts_with("````\n"), "{}", told[0].summary);
        assert_eq!(checks("prod", &json!({})), None);
    }
}
