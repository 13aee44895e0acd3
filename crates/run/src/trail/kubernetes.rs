//! The audit log of a Kubernetes API server: a line of JSON for each request
//! (<https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/>).
//!
//! Invariant: only requests that were let through count, and none of controllers, which do what objects say.

use std::time::Duration;

use host::HttpRequest;
use serde_json::Value as Json;

use super::names::Names;
use super::{Deed, LOG_BYTES_MAX, Told, Trails, is_of_a_provider, unreachable};

/// Verbs that change an object.
const CHANGES: [&str; 5] = ["create", "update", "patch", "delete", "deletecollection"];
/// How the cluster's own parts call themselves.
const OWN_USERS: [&str; 3] = ["system:kube-", "system:node:", "system:serviceaccount:kube-system:"];
const OWN_AGENTS: [&str; 3] = ["kube-controller-manager/", "kube-scheduler/", "kube-apiserver/"];
/// How long an address may take.
const TIME_MAX: Duration = Duration::from_secs(60);

/// Reads one log, and tells what it says of objects of which nothing is known yet.
pub(super) fn look(trails: &Trails, log: &str, names: &[Names], now_s: u64, told: &mut Told) {
    if names.iter().all(|one| one.cluster.is_none()) {
        return;
    }
    let text = match read(trails, log) {
        Ok(text) => text,
        Err(why) => {
            let remedy = "Name the file that --audit-log-path of the API server names, or an address that answers with it.";
            told.warnings.push(unreachable(&format!("The audit log {log}"), &why, remedy));
            return;
        }
    };
    let since = now_s.saturating_sub(u64::from(trails.days) * 86_400);
    let since = plan::rfc3339(i64::try_from(since).unwrap_or(i64::MAX));
    let unread = search(&text, &since, names, &mut told.deeds);
    if unread > 0 {
        let why = format!("{unread} of its lines are no records of audit.k8s.io/v1");
        told.warnings.push(unreachable(
            &format!("A part of the audit log {log}"),
            &why,
            "Have the API server write its log as JSON (--audit-log-format=json).",
        ));
    }
}

fn read(trails: &Trails, log: &str) -> Result<String, String> {
    let bytes = if log.starts_with("http://") || log.starts_with("https://") {
        let request = HttpRequest {
            method: "GET",
            url: log,
            headers: &[],
            body: &[],
            answer_bytes_max: LOG_BYTES_MAX,
            time_max: TIME_MAX,
        };
        let answer = trails.asking.http().send(&request).map_err(|error| error.to_string())?;
        if answer.status != 200 {
            return Err(format!("it answers with status {}", answer.status));
        }
        answer.body
    } else {
        let path = trails.dir.join(log);
        trails.files.read_end(&path, LOG_BYTES_MAX).map_err(|error| error.to_string())?
    };
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Looks from the end backwards; how many lines could not be read. The first may be cut.
fn search(text: &str, since: &str, names: &[Names], deeds: &mut [Option<Deed>]) -> usize {
    let mut unread = 0;
    let last = text.lines().count().saturating_sub(1);
    for (at, line) in text.lines().rev().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let Ok(record) = serde_json::from_str::<Json>(line) else {
            unread += usize::from(at != last);
            continue;
        };
        let Some(at) = time(&record) else {
            unread += 1;
            continue;
        };
        if &*at < since {
            break;
        }
        if !is_a_change(&record) {
            continue;
        }
        for (names, deed) in names.iter().zip(deeds.iter_mut()).filter(|(_, deed)| deed.is_none()) {
            if is_about(names, &record) {
                *deed = Some(told(&record, at.clone()));
            }
        }
    }
    unread
}

fn text<'j>(json: &'j Json, path: &[&str]) -> &'j str {
    path.iter().fold(json, |json, name| &json[*name]).as_str().unwrap_or_default()
}

fn time(record: &Json) -> Option<String> {
    let stamp = ["stageTimestamp", "requestReceivedTimestamp"].map(|name| text(record, &[name]));
    stamp.into_iter().find(|stamp| !stamp.is_empty()).map(str::to_owned)
}

fn is_a_change(record: &Json) -> bool {
    let (user, agent) = (text(record, &["user", "username"]), text(record, &["userAgent"]));
    let status = record["responseStatus"]["code"].as_u64().unwrap_or(500);
    CHANGES.contains(&text(record, &["verb"]))
        && status < 300
        && text(record, &["objectRef", "subresource"]) != "status"
        && !OWN_USERS.iter().any(|own| user.starts_with(own))
        && !OWN_AGENTS.iter().any(|own| agent.starts_with(own))
        && !is_of_a_provider(agent)
}

fn is_about(names: &Names, record: &Json) -> bool {
    let Some(own) = &names.cluster else { return false };
    let namespace = Some(text(record, &["objectRef", "namespace"])).filter(|text| !text.is_empty());
    // A namespace is told of itself as its own.
    let same = namespace == own.namespace.as_deref() || own.resource == "namespaces";
    same && text(record, &["objectRef", "resource"]) == own.resource
        && own.name.is(text(record, &["objectRef", "name"]))
}

fn told(record: &Json, at: String) -> Deed {
    let verb = text(record, &["verb"]);
    let what = format!("{verb} {}", text(record, &["objectRef", "resource"]));
    // Who somebody acted as did it; who they are is what counts.
    let who = text(record, &["user", "username"]);
    let who = match text(record, &["impersonatedUser", "username"]) {
        "" => who.to_owned(),
        other => format!("{who} as {other}"),
    };
    Deed { who, what, at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trail::names::{InCluster, Named};

    fn line(at: u32, user: &str, agent: &str, verb: &str, rest: &str) -> String {
        format!(
            r#"{{"kind":"Event","stageTimestamp":"2026-11-24T10:00:{at:02}.5Z","verb":"{verb}","user":{{"username":"{user}"}},"userAgent":"{agent}","objectRef":{{"resource":"configmaps","namespace":"shop","name":"a"{rest}}},"responseStatus":{{"code":200}}}}"#
        )
    }

    fn check(lines: &[String], expect: Option<(&str, &str)>, unread: usize) {
        let names = Names {
            cluster: Some(InCluster {
                resource: "configmaps".into(),
                namespace: Some("shop".into()),
                name: Named::Exactly("a".into()),
            }),
            ..Names::default()
        };
        let mut deeds = [None];
        let found = search(&lines.join("\n"), "2026-11-01T00:00:00Z", &[names], &mut deeds);
        let told = deeds[0].as_ref().map(|deed| (deed.who.as_str(), deed.what.as_str()));
        assert_eq!((told, found), (expect, unread));
    }

    #[test]
    fn the_last_change_by_somebody_counts() {
        let eve = line(1, "eve", "kubectl/1.37", "patch", "");
        let told = Some(("eve", "patch configmaps"));
        check(std::slice::from_ref(&eve), told, 0);
        check(&[line(0, "bob", "x", "update", ""), eve.clone()], told, 0);
        check(&[eve.clone(), line(2, "bob", "x", "get", "")], told, 0);
        let provider = "HashiCorp/1.0 Terraform/1.12.6";
        check(&[eve.clone(), line(2, "strata", provider, "update", "")], told, 0);
        let status = r#","subresource":"status""#;
        check(&[eve.clone(), line(2, "bob", "x", "update", status)], told, 0);
        check(
            &[eve.clone(), line(2, "system:kube-controller-manager", "x", "update", "")],
            told,
            0,
        );
        check(&[eve.replace("shop", "search")], None, 0);
        check(&[eve.replace("200", "403")], None, 0);
        check(&[eve.replace("2026-11", "2026-10")], None, 0);
    }

    #[test]
    fn what_is_no_record_is_told() {
        let eve = line(1, "eve", "k", "delete", "");
        let told = Some(("eve", "delete configmaps"));
        check(&[r#"cut":1}"#.into(), eve.clone()], told, 0);
        check(&[eve.clone(), "not a record".into()], told, 1);
        check(&[eve, "{}".into()], told, 1);
    }
}
