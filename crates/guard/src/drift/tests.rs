//! What drift means, type by type.

use plan::{CreateBeforeDestroy, ProviderIndex, Provisional, Reason};
use value::{Path, Type};

use super::*;

fn object(json: &str) -> Value {
    match json {
        "" => Value::null(Type::DYNAMIC),
        json => value::json::decode_implied(json.as_bytes()).expect(json),
    }
}

fn drifted(address: &str, before: &str, after: &str) -> Change {
    let (before, after) = (object(before), object(after));
    let gone = after.is_null();
    let names = before.as_object().map(|(ty, _)| ty.names().to_vec()).unwrap_or_default();
    let differ = names.into_iter().filter(|name| !gone && before.attr(name) != after.attr(name));
    let paths = differ.map(|name| Path::new().attr(name)).collect();
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
        causes: vec![if gone { Cause::Gone } else { Cause::Drift { paths } }],
    }
}

/// `data`, `widens`, `narrows`, `access` as far as they are so, and `none` where it is no drift.
#[track_caller]
fn check(address: &str, before: &str, after: &str, siblings: &[(&str, &str)], expect: &str) {
    let siblings: Vec<Sibling> = siblings
        .iter()
        .map(|(of, json)| Sibling { type_name: (*of).into(), object: object(json) })
        .collect();
    let catalogue = Catalogue::new(&[]);
    let meaning = drift_meaning(&catalogue, &drifted(address, before, after), &siblings);
    let words = match meaning {
        None => "none".to_owned(),
        Some(meaning) => {
            let mut words = Vec::new();
            words.extend(meaning.data.as_ref().map(|_| "data".to_owned()));
            words.extend(meaning.protection);
            match meaning.access {
                DriftAccess::Untouched => {}
                DriftAccess::Touched { widens, narrows } => {
                    words.push("access".into());
                    words.extend(widens.into_iter().map(|one| format!("+{one}")));
                    words.extend(narrows.into_iter().map(|one| format!("-{one}")));
                }
            }
            words.join(" | ")
        }
    };
    assert_eq!(words, expect, "{address}: {before} -> {after}");
}

const NO_RULES: &str = r#"{"id":"sg-1","ingress":[]}"#;
const OPEN: &str = r#"{"id":"sg-1","ingress":[{"protocol":"tcp","from_port":22,"to_port":22,"cidr_blocks":["0.0.0.0/0"]}]}"#;

#[test]
fn groups_show_rules_of_their_own_and_of_others() {
    let at = "aws_security_group.a";
    check(at, NO_RULES, OPEN, &[], "access | +in: tcp 22 from anywhere");
    check(at, OPEN, NO_RULES, &[], "access | -in: tcp 22 from anywhere");
    let rule = |group: &str| {
        format!(
            r#"{{"security_group_id":"{group}","ip_protocol":"tcp","from_port":22,"to_port":22,"cidr_ipv4":"0.0.0.0/0"}}"#
        )
    };
    let of = "aws_vpc_security_group_ingress_rule";
    check(at, NO_RULES, OPEN, &[(of, &rule("sg-1"))], "none");
    check(at, NO_RULES, OPEN, &[(of, &rule("sg-2"))], "access | +in: tcp 22 from anywhere");
    let tagged = r#"{"id":"sg-1","ingress":[],"tags":{"a":"b"}}"#;
    check(at, r#"{"id":"sg-1","ingress":[],"tags":{}}"#, tagged, &[], "");
}

#[test]
fn roles_show_what_is_attached_to_them() {
    let at = "aws_iam_role.a";
    let role = |arns: &str| format!(r#"{{"id":"r","name":"r","managed_policy_arns":[{arns}]}}"#);
    let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
    let attached = role(&format!("\"{arn}\""));
    let attachment = format!(r#"{{"role":"r","policy_arn":"{arn}"}}"#);
    check(at, &role(""), &attached, &[], "access | +what AdministratorAccess allows");
    let own = [("aws_iam_role_policy_attachment", attachment.as_str())];
    check(at, &role(""), &attached, &own, "none");
}

#[test]
fn what_bears_data_says_so() {
    let cluster = |protected: bool| {
        format!(
            r#"{{"id":"c","cluster_identifier":"c","deletion_protection":{protected},"engine":"aurora"}}"#
        )
    };
    let at = "aws_rds_cluster.a";
    check(at, &cluster(true), &cluster(false), &[], "data | deletion_protection = false");
    check(at, &cluster(true), "", &[], "data");
    check(
        "aws_subnet.a",
        r#"{"id":"s","tags":{"a":"b"}}"#,
        r#"{"id":"s","tags":{"a":"c"}}"#,
        &[],
        "",
    );
}

#[test]
fn what_grants_access_and_is_gone_touches_it() {
    let rule = r#"{"security_group_id":"sg-1","ip_protocol":"tcp","from_port":22,"to_port":22,"cidr_ipv4":"10.0.0.0/8"}"#;
    let at = "aws_vpc_security_group_ingress_rule.a";
    check(at, rule, "", &[], "access | -in: tcp 22 from 10.0.0.0/8");
    let binding = r#"{"kind":"ClusterRole","yaml_body_parsed":"apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\nrules: [{apiGroups: [''], resources: [pods], verbs: [get]}]\n","live_manifest_incluster":"1"}"#;
    let other = binding.replace("\"1\"", "\"2\"");
    let at = "kubectl_manifest.a";
    check(at, binding, &other, &[], "access | +what changed is not shown: may widen access");
    let manifest = |verb: &str| {
        let role = r#"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"a"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["VERB"]}]}"#;
        format!(
            r#"{{"manifest":{},"object":{}}}"#,
            role.replace("VERB", "get"),
            role.replace("VERB", verb)
        )
    };
    let at = "kubernetes_manifest.a";
    check(
        at,
        &manifest("get"),
        &manifest("delete"),
        &[],
        "access | +delete on pods* | -get on pods*",
    );
}
