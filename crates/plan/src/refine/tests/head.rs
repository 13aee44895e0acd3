//! Digests, options and inputs.

use state::Digest;
use value::{Type, Value};

use super::{check, empty, object, plan, secret, text};
use crate::{Mode, Plan, Refresh, Sensitive, Variable};

/// What stops where one of two plans of nothing has this.
#[track_caller]
fn stops(fill: impl FnOnce(&mut Plan), expect: &str) {
    check(&empty(), &plan(fill), [expect]);
}

fn with(name: &str, value: Value) -> Plan {
    let sensitive = Sensitive::No;
    let variable = Variable { name: name.into(), value, sensitive, set_by_caller: true };
    plan(|plan| plan.variables = vec![variable])
}

#[test]
fn the_same_head_refines() {
    let filled = || {
        plan(|plan| {
            plan.digests.configuration = Digest::of(b"x");
            plan.options.targets = vec!["t.a".parse().expect("a target")];
        })
    };
    check(&filled(), &filled(), []);
}

#[test]
fn another_digest_stops() {
    let (none, other) = (Digest::default(), Digest::of(b"x"));
    let line = |what: &str| format!("head: Head: {what} {none} -> {what} {other}");
    stops(|plan| plan.digests.configuration = other, &line("configuration"));
    stops(|plan| plan.digests.locks = other, &line("provider locks"));
    stops(|plan| plan.digests.policies = other, &line("policies"));
}

#[test]
fn another_option_stops() {
    let target = || vec!["t.a".parse().expect("a target")];
    stops(|plan| plan.options.mode = Mode::Destroy, "head: Head: mode Normal -> mode Destroy");
    stops(|plan| plan.options.refresh = Refresh::No, "head: Head: refresh Yes -> refresh No");
    stops(|plan| plan.options.targets = target(), "head: Head: targets  -> targets t.a");
    stops(|plan| plan.options.excludes = target(), "head: Head: excludes  -> excludes t.a");
    let replace = |plan: &mut Plan| plan.options.replace = vec![super::instance("t.a[0]")];
    stops(replace, "head: Head: replace  -> replace t.a[0]");
}

#[test]
fn one_difference_of_the_head_is_told() {
    let both = |plan: &mut Plan| {
        plan.options.mode = Mode::Destroy;
        plan.options.refresh = Refresh::No;
    };
    stops(both, "head: Head: mode Normal -> mode Destroy");
}

#[test]
fn an_input_refines_or_stops() {
    check(&with("v", Value::unknown(Type::STRING)), &with("v", text("x")), []);
    let nested = |value| with("v", object([("a", value)]));
    check(&nested(text("x")), &nested(text("y")), ["var.v.a: Input: \"x\" -> \"y\""]);
}

#[test]
fn no_input_appears_or_vanishes() {
    check(&empty(), &with("v", text("x")), ["var.v: Input: nothing -> \"x\""]);
    check(&with("v", text("x")), &empty(), ["var.v: Input: \"x\" -> nothing"]);
    let other = ["var.v: Input: \"x\" -> nothing", "var.w: Input: nothing -> \"x\""];
    check(&with("v", text("x")), &with("w", text("x")), other);
}

#[test]
fn an_input_stays_sensitive() {
    let hidden = || with("v", secret(text("x")));
    let declared = || {
        let mut plan = with("v", text("x"));
        plan.variables[0].sensitive = Sensitive::Yes;
        plan
    };
    let lost = ["var.v: Input: sensitive -> not sensitive"];
    check(&hidden(), &with("v", text("x")), lost);
    check(&declared(), &with("v", text("x")), lost);
    check(&with("v", text("x")), &hidden(), []);
    check(&hidden(), &declared(), []);
}
