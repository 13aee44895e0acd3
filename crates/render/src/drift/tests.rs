//! The report in its forms.

use std::sync::Arc;

use plan::{Cause, CreateBeforeDestroy, ProviderIndex, Provisional, Reason};
use value::{Marks, Type, Value};

use super::*;
use crate::paint::Paint;

fn change(address: &str, before: Value, after: Value) -> Change {
    let gone = after.is_null();
    Change {
        address: address.parse().expect("an address"),
        previous_address: None,
        deposed: None,
        provider: ProviderIndex(0),
        action: if gone { Action::Delete } else { Action::Update },
        reason: Reason::None,
        before,
        after,
        configuration: Value::null(Type::DYNAMIC),
        replace_paths: Vec::new(),
        planned_private: Arc::new([]),
        prior_identity: None,
        planned_identity: None,
        deposes: None,
        create_before_destroy: CreateBeforeDestroy::No,
        provisional: Provisional::No,
        causes: vec![Cause::Gone],
    }
}

fn object(rule: &str, password: &str) -> Value {
    Value::object([
        ("rule".into(), Value::string(rule)),
        ("password".into(), Value::string(password).with_marks(Marks::SENSITIVE)),
    ])
}

fn drifted<'a>(change: &'a Change, attributes: &[&str]) -> Drifted<'a> {
    Drifted {
        stack: "prod/network".into(),
        layer: "infrastructure".into(),
        owners: vec!["platform".into()],
        change,
        attributes: attributes.iter().map(|one| (*one).to_owned()).collect(),
        data: None,
        protection: Vec::new(),
        security: DriftSecurity::Untouched,
        by: None,
        place: None,
        ended: None,
    }
}

fn with_report<T>(check: impl FnOnce(&DriftReport<'_>) -> T) -> T {
    let other = change("a_tag.x", object("1", "s"), object("2", "s"));
    let opened = change(
        "a_rule.x|y[\"`\"]".replace("|y", "").as_str(),
        object("10.0.0.0/8", "s"),
        object("0.0.0.0/0", "t"),
    );
    let lost = change("a_db.x", object("", "s"), Value::null(Type::DYNAMIC));
    let widens = DriftSecurity::Touched {
        widens: vec!["in: tcp 22 from anywhere".into()],
        narrows: Vec::new(),
    };
    let by = DriftBy { who: "eve".into(), what: "Open".into(), at: "2026-11-24T10:00:00Z".into() };
    check(&DriftReport {
        title: "acme/prod".into(),
        stacks: 7,
        failed: vec!["prod/eks".into()],
        drifted: vec![
            Drifted { ended: Some("2026-11-20".into()), ..drifted(&other, &["rule"]) },
            Drifted { security: widens, by: Some(by), ..drifted(&opened, &["password", "rule"]) },
            Drifted { data: Some("the orders".into()), ..drifted(&lost, &[]) },
        ],
        ignored: vec![DriftIgnored {
            address: "prod/shop//a_b.c".into(),
            reason: "OPS-12".into(),
            date: "2026-11-24".into(),
            until: None,
        }],
        flag: "",
    })
}

#[test]
fn people_read_the_gravest_first() {
    with_report(|report| {
        let text = drift_text(report, Paint::Plain);
        let first = text.lines().next().expect("a line");
        assert_eq!(
            first,
            "DRIFT in acme/prod: 3 objects in 1 of 7 stacks (1 lost data, 1 widens access); 1 could not be looked at"
        );
        let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part} in {text}"));
        assert!(at("a_db.x") < at("a_rule.x") && at("a_rule.x") < at("a_tag.x"));
        for part in [
            "held the orders",
            "by     eve, Open, 2026-11-24T10:00:00Z",
            "a drift block about it ran out on 2026-11-20",
            "prod/shop//a_b.c  OPS-12 (2026-11-24)",
            "revert: strata drift revert 'prod/network//a_db.x'",
        ] {
            at(part);
        }
    });
}

#[test]
fn nothing_sensitive_is_in_any_form() {
    with_report(|report| {
        let findings = format!("{:?}", drift_findings(report));
        for text in
            [drift_text(report, Paint::Plain), drift_markdown(report), drift_json(report), findings]
        {
            assert!(!text.contains("\"s\"") && !text.contains("\"t\""), "{text}");
        }
    });
}

#[test]
fn programs_read_classes_and_who() {
    with_report(|report| {
        let json: serde_json::Value = serde_json::from_str(&drift_json(report)).expect("JSON");
        let of = |at: usize, name: &str| json["drift"][at][name].clone();
        assert_eq!(of(0, "class"), "drift-data-gone");
        assert_eq!(of(1, "by")["who"], "eve");
        assert_eq!((of(1, "security"), of(2, "security")), (true.into(), false.into()));
        assert_eq!(json["ignored"][0]["reason"], "OPS-12");
        assert_eq!(drift_findings(report)[1].rule, "drift-widens-access");
    });
}

#[test]
fn without_drift_one_line_says_so() {
    let report = DriftReport { title: "acme/prod".into(), stacks: 1, ..DriftReport::default() };
    assert_eq!(drift_text(&report, Paint::Plain), "No drift in acme/prod: 1 stack looked at.\n");
}

#[test]
fn markdown_stays_within_what_a_forge_takes() {
    let big = change("a_b.c", object(&"x`|".repeat(9_000), "s"), object(&"y".repeat(9_000), "s"));
    let report = DriftReport {
        title: "acme/prod".into(),
        stacks: 1,
        drifted: (0..400).map(|_| drifted(&big, &["rule"])).collect(),
        ..DriftReport::default()
    };
    let text = drift_markdown(&report);
    assert!(text.len() < 65_000 && text.contains("more, which matter less"), "{}", text.len());
}
