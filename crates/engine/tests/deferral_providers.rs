//! Providers whose configuration is not known yet, and what they put off.

mod support;

use engine::Deferral;
use plan::{Provisional, refine};
use support::cloud::{Misdeed, Unconfigured};
use support::estate::{allow, applied, check, estate, known, planned, stops};
use support::{Stack, show, without_errors};
use value::{Type, Value};

const PROVIDER: &str = r#"
    variable "region" { type = string }
    provider "test" { region = var.region }
    resource "test_thing" "a" {
      name = "a"
      size = 2
    }
    resource "test_thing" "b" { name = test_thing.a.out }
"#;

#[test]
fn a_provider_that_plans_without_its_configuration_is_asked() {
    let mut stack = estate(PROVIDER, "region", Type::STRING);
    let plan = planned(&mut stack);
    assert_eq!(plan.changes[0].provisional, Provisional::No);
    assert!(plan.deferred.is_empty());
}

#[test]
fn one_that_cannot_is_not_and_only_configuration_binds() {
    for what in [Unconfigured::RefusesIt, Unconfigured::CannotPlan] {
        let mut stack = estate(PROVIDER, "region", Type::STRING);
        stack.cloud.unconfigured = what;
        let outcome = stack.plan();
        without_errors(&outcome.diags);
        let codes: Vec<&str> = outcome.diags.iter().map(|one| one.code.0).collect();
        assert_eq!(codes, ["provider-cannot-plan-yet"]);
        let plan = outcome.plan;
        check(&plan, "test_thing.a create\ntest_thing.b create", "");
        let a = &plan.changes[0];
        assert_eq!(a.provisional, Provisional::Yes);
        assert_eq!(a.after.attr("size"), Some(&Value::int(2)));
        assert!(
            !a.after.attr("tags").expect("tags").is_known(),
            "may be a default of the provider"
        );
        // With a known region the provider plans, and that is a refinement.
        known(&mut stack, Value::string("eu"));
        let now = planned(&mut stack);
        assert_eq!(now.changes[0].provisional, Provisional::No);
        refine::refines(&plan, &now, &refine::Ended::default()).expect("a refinement");
        applied(&mut stack, now);
    }
}

#[test]
fn a_provider_that_the_estate_defers_is_not_asked() {
    let mut stack = estate(PROVIDER, "region", Type::STRING);
    stack.deferral =
        Deferral::Allowed { defer_providers: vec!["test".into()], absent_providers: Vec::new() };
    let plan = planned(&mut stack);
    assert!(plan.changes.iter().all(|change| change.provisional == Provisional::Yes));
    let asked = |call: &&String| *call == "PlanResourceChange" || *call == "ConfigureProvider";
    assert_eq!(stack.cloud.calls.iter().filter(asked).count(), 0, "{:?}", stack.cloud.calls);
    known(&mut stack, Value::string("eu"));
    let plan = planned(&mut stack);
    assert!(plan.changes.iter().all(|change| change.provisional == Provisional::No));
}

#[test]
fn what_is_there_already_is_neither_read_nor_planned_by_a_provider_that_cannot() {
    let mut stack = estate(PROVIDER, "region", Type::STRING);
    known(&mut stack, Value::string("eu"));
    let plan = planned(&mut stack);
    applied(&mut stack, plan);
    known(&mut stack, Value::unknown(Type::STRING));
    stack.cloud.unconfigured = Unconfigured::CannotPlan;
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    assert!(!stack.cloud.deeds.iter().skip(2).any(|deed| deed.starts_with("read")));
    check(
        &outcome.plan,
        "",
        "test_thing.a ProviderConfigUnknown var.region\ntest_thing.b ProviderConfigUnknown var.region",
    );
    let codes: Vec<&str> = outcome.diags.iter().map(|one| one.code.0).collect();
    assert_eq!(codes, ["objects-not-read", "provider-cannot-plan-yet"]);
}

#[test]
fn what_was_planned_from_the_schema_is_made_as_the_provider_plans_it() {
    let mut stack = Stack::new(
        r#"
        variable "x" { type = string }
        provider "test" { region = var.x }
        resource "test_thing" "a" { name = "a" }
        output "a" { value = test_thing.a.out }
        "#,
    )
    .variable("x", Value::unknown(Type::STRING));
    allow(&mut stack);
    stack.cloud.unconfigured = Unconfigured::CannotPlan;
    let mut plan = planned(&mut stack);
    assert_eq!(plan.changes[0].provisional, Provisional::Yes);
    plan.variables[0].value = Value::string("eu");
    applied(&mut stack, plan);
    assert_eq!(stack.cloud.deeds, ["make a"]);
}

#[test]
fn what_the_provider_puts_off_is_left_with_what_follows() {
    let mut stack = Stack::new(
        r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" { name = test_thing.a.id }
        resource "test_thing" "c" { name = "c" }
        "#,
    );
    allow(&mut stack);
    stack.cloud.misdeeds.insert("a", Misdeed::IsPutOff);
    let approved = planned(&mut stack);
    assert_eq!(show::changes(&approved), "test_thing.c create");
    let deferred = show::deferred(&approved);
    assert!(deferred.starts_with("test_thing.a Provider provider["), "{deferred}");
    assert!(deferred.ends_with("test_thing.b Upstream test_thing.a"), "{deferred}");
    applied(&mut stack, approved.clone());
    stack.cloud.misdeeds.clear();
    let now = planned(&mut stack);
    assert_eq!(show::changes(&now), "test_thing.a create\ntest_thing.b create");
    let ended = engine::ended(&stack.records);
    refine::refines(&approved, &now, &ended).expect("a refinement");
}

#[test]
fn what_the_provider_puts_off_for_its_own_configuration_is_planned_from_the_schema() {
    let mut stack = estate(PROVIDER, "region", Type::STRING);
    stack.cloud.misdeeds.insert("a", Misdeed::IsPutOffUnconfigured);
    let plan = planned(&mut stack);
    assert_eq!(plan.changes[0].provisional, Provisional::Yes);
}

#[test]
fn a_provider_that_plans_a_replacement_of_something_left_stops_and_is_named() {
    let mut stack = estate(PROVIDER, "region", Type::STRING);
    known(&mut stack, Value::string("eu"));
    let plan = planned(&mut stack);
    applied(&mut stack, plan);
    stack.cloud.unconfigured = Unconfigured::CannotPlan;
    known(&mut stack, Value::unknown(Type::STRING));
    let approved = planned(&mut stack);
    assert!(show::deferred(&approved).starts_with("test_thing.a ProviderConfigUnknown var.region"));
    // Somebody made it another size meanwhile, so that the provider wants to replace it.
    stack.cloud.resize("id-1", 9);
    known(&mut stack, Value::string("eu"));
    let later = planned(&mut stack);
    let first = stops(&approved, &later).swap_remove(0);
    assert_eq!(first, "test_thing.a: Action");
}

#[test]
fn a_provider_whose_identity_is_not_there_yet_is_not_asked_though_its_configuration_is_known() {
    let mut stack = estate(PROVIDER, "region", Type::STRING);
    known(&mut stack, Value::string("eu"));
    let absent_providers = vec!["test".into()];
    stack.deferral = Deferral::Allowed { defer_providers: Vec::new(), absent_providers };
    let plan = planned(&mut stack);
    assert!(plan.changes.iter().all(|change| change.provisional == Provisional::Yes));
    let asked = |call: &&String| *call == "PlanResourceChange" || *call == "ConfigureProvider";
    assert_eq!(stack.cloud.calls.iter().filter(asked).count(), 0, "{:?}", stack.cloud.calls);
    // Under its identity the provider plans, and that is a refinement.
    stack.deferral =
        Deferral::Allowed { defer_providers: Vec::new(), absent_providers: Vec::new() };
    let now = planned(&mut stack);
    assert!(now.changes.iter().all(|change| change.provisional == Provisional::No));
    refine::refines(&plan, &now, &refine::Ended::default()).expect("a refinement");
}
