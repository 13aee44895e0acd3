//! What a cluster's audit log says that planning and applying took: roles of Kubernetes.
//!
//! The log is that of the API server, a JSON document a line (`audit.k8s.io/v1`). Nothing here reads a file or a clock.
//!
//! Invariant: a call counts once, at the stage at which it was answered; who plans is told by who was seen while only planning.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

/// What was going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Planning only.
    Plan,
    /// Applying, with the planning again that is part of it.
    Apply,
}

/// A time in which something was going on; moments as RFC 3339 of UTC, to the millisecond and without `Z`
/// (`2026-11-24T21:58:09.123`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// What.
    pub phase: Phase,
    /// Since when.
    pub from: String,
    /// Until when.
    pub to: String,
}

/// A call that a cluster answered.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Call {
    user: String,
    verb: String,
    at: String,
    target: Target,
    was_refused: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Object { group: String, resource: String, namespace: Option<String>, name: Option<String> },
    Url(String),
}

/// What a cluster's calls need together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClusterLearned {
    /// By namespace (none: the cluster), verb set by group, resource and name.
    rules: BTreeMap<Option<String>, Rules>,
    urls: BTreeMap<String, BTreeSet<String>>,
    /// Calls that were refused.
    pub refused: BTreeSet<String>,
}

/// Verbs by group, resource and name.
type Rules = BTreeMap<(String, String, Option<String>), BTreeSet<String>>;

/// What planning and what applying took, by the lines of an audit log. Of whom `users` does not name, where it names
/// anybody, of the cluster's own accounts (`system:`), and beside all windows, calls do not count.
///
/// # Errors
/// The number of a line that is no event, from 1, and why.
pub fn cluster_learned(
    log: &str,
    windows: &[Window],
    users: &[String],
) -> Result<(ClusterLearned, ClusterLearned), (usize, String)> {
    let mut calls = Vec::new();
    for (at, line) in log.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let call = call(line).map_err(|why| (at + 1, why))?;
        calls.extend(call.filter(|call| users.is_empty() || users.contains(&call.user)));
    }
    let phase = |call: &Call| {
        let within = |window: &&Window| window.from <= call.at && call.at <= window.to;
        windows.iter().find(within).map(|window| window.phase)
    };
    let seen = |phase_of: Phase| -> BTreeSet<&str> {
        let of = calls.iter().filter(|call| phase(call) == Some(phase_of));
        of.map(|call| call.user.as_str()).collect()
    };
    let (planners, others) = (seen(Phase::Plan), seen(Phase::Apply));
    // One who plans only: another applies. Where one does both, the time alone tells.
    let plans_only = |user: &str| {
        planners.contains(user) && others.iter().any(|other| !planners.contains(other))
    };
    let (mut plan, mut apply) = (ClusterLearned::default(), ClusterLearned::default());
    for call in &calls {
        match phase(call) {
            None => {}
            Some(Phase::Apply) if !plans_only(&call.user) => apply.add(call),
            Some(_) => plan.add(call),
        }
    }
    Ok((plan, apply))
}

/// A line's call, where it is one that was answered.
fn call(line: &str) -> Result<Option<Call>, String> {
    let event: Json = serde_json::from_str(line).map_err(|error| error.to_string())?;
    if event["kind"] != "Event" {
        return Err("it is no audit event".to_owned());
    }
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let user = text(&event["user"]["username"]);
    // A watch is answered when it starts, all else when it is complete.
    let stage = if event["verb"] == "watch" { "ResponseStarted" } else { "ResponseComplete" };
    if event["stage"] != stage || user.starts_with("system:") {
        return Ok(None);
    }
    let at = text(&event["requestReceivedTimestamp"]);
    if at.len() < "2026-11-24T21:58:09.123".len() || !at.is_ascii() {
        return Err(format!("its time is `{at}`"));
    }
    let of = &event["objectRef"];
    let named = |key: &str| Some(text(&of[key])).filter(|value| !value.is_empty());
    let target = match named("resource") {
        Some(resource) => Target::Object {
            group: text(&of["apiGroup"]),
            resource: match named("subresource") {
                Some(sub) => format!("{resource}/{sub}"),
                None => resource,
            },
            // A namespace is an object of the cluster's, whatever the event says it is within.
            namespace: named("namespace").filter(|_| of["resource"] != "namespaces"),
            name: named("name"),
        },
        None => {
            Target::Url(text(&event["requestURI"]).split('?').next().unwrap_or_default().to_owned())
        }
    };
    let was_refused = event["responseStatus"]["code"] == 403;
    Ok(Some(Call {
        user,
        verb: text(&event["verb"]),
        at: at[..23].to_owned(),
        target,
        was_refused,
    }))
}

/// What everybody who is known to a cluster may look at (`system:discovery`, `system:public-info-viewer`).
const OPEN: [&str; 6] = ["/api", "/apis", "/healthz", "/livez", "/openapi", "/version"];

/// Verbs of calls that name no object which is there.
const NAMELESS: [&str; 4] = ["create", "list", "watch", "deletecollection"];

impl ClusterLearned {
    fn add(&mut self, call: &Call) {
        let verb = call.verb.clone();
        match &call.target {
            Target::Url(url)
                if OPEN.iter().any(|open| url == open || url.starts_with(&format!("{open}/"))) => {}
            Target::Url(url) => drop(self.urls.entry(url.clone()).or_default().insert(verb)),
            Target::Object { group, resource, namespace, name } => {
                if call.was_refused {
                    self.refused.insert(format!("{verb} {resource} by {}", call.user));
                }
                let name = name.clone().filter(|_| !NAMELESS.contains(&verb.as_str()));
                let rules = self.rules.entry(namespace.clone()).or_default();
                let key = (group.clone(), resource.clone(), name);
                rules.entry(key).or_default().insert(verb);
            }
        }
    }

    /// Whether nothing was called.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.urls.is_empty()
    }

    /// Whether what it made grants rights, which a cluster asks more for: to `escalate` or `bind`, or to have them.
    pub fn grants(&self) -> bool {
        let writes = |verbs: &BTreeSet<String>| {
            ["create", "update", "patch"].iter().any(|verb| verbs.contains(*verb))
        };
        let mut all = self.rules.values().flatten();
        all.any(|((group, _, _), verbs)| group == "rbac.authorization.k8s.io" && writes(verbs))
    }

    /// The roles, as manifests: one for the cluster, and one for each namespace.
    pub fn roles(&self, name: &str) -> Vec<Json> {
        let mut roles: Vec<Json> = self
            .rules
            .iter()
            .map(|(namespace, rules)| {
                let mut rules = gathered(rules);
                if namespace.is_none() {
                    rules.extend(self.of_urls());
                }
                role(name, namespace.as_deref(), &rules)
            })
            .collect();
        if !self.urls.is_empty() && !self.rules.contains_key(&None) {
            roles.insert(0, role(name, None, &self.of_urls()));
        }
        roles
    }

    fn of_urls(&self) -> Vec<Json> {
        let rule = |(url, verbs): (&String, &BTreeSet<String>)| json!({"nonResourceURLs": [url], "verbs": verbs});
        self.urls.iter().map(rule).collect()
    }
}

fn role(name: &str, namespace: Option<&str>, rules: &[Json]) -> Json {
    let (kind, metadata) = match namespace {
        Some(namespace) => ("Role", json!({"name": name, "namespace": namespace})),
        None => ("ClusterRole", json!({"name": name})),
    };
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": metadata,
        "rules": rules,
    })
}

/// Group, names and verbs.
type OfNames<'a> = (&'a str, BTreeSet<&'a str>, &'a BTreeSet<String>);

/// Rules with the names of one kind of object and the kinds of one group put together, where the verbs are the same.
fn gathered(rules: &Rules) -> Vec<Json> {
    let mut by_kind: BTreeMap<(&str, &str, bool, &BTreeSet<String>), BTreeSet<&str>> =
        BTreeMap::new();
    for ((group, resource, name), verbs) in rules {
        let names = by_kind.entry((group, resource, name.is_some(), verbs)).or_default();
        names.extend(name.as_deref());
    }
    let mut by_names: BTreeMap<OfNames<'_>, BTreeSet<&str>> = BTreeMap::new();
    for ((group, resource, _, verbs), names) in by_kind {
        by_names.entry((group, names, verbs)).or_default().insert(resource);
    }
    let rule = |((group, names, verbs), resources): (OfNames<'_>, BTreeSet<&str>)| {
        let mut rule = json!({"apiGroups": [group], "resources": resources, "verbs": verbs});
        if !names.is_empty() {
            rule["resourceNames"] = json!(names);
        }
        rule
    };
    by_names.into_iter().map(rule).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(user: &str, second: u32, verb: &str, path: &str, code: u16) -> String {
        let steps: Vec<&str> = path.split('/').collect();
        let of = match steps.as_slice() {
            [""] => Json::Null,
            [group, namespace, resource, name] => {
                json!({"apiGroup": group, "namespace": namespace, "resource": resource, "name": name})
            }
            other => panic!("{other:?}"),
        };
        let stage = if verb == "watch" { "ResponseStarted" } else { "ResponseComplete" };
        json!({
            "kind": "Event", "stage": stage, "verb": verb, "user": {"username": user}, "objectRef": of, "requestURI": "/metrics?x",
            "requestReceivedTimestamp": format!("2026-11-24T21:00:{second:02}.500000Z"), "responseStatus": {"code": code},
        })
        .to_string()
    }

    fn windows() -> Vec<Window> {
        let moment = |second: u32| format!("2026-11-24T21:00:{second:02}.000");
        let window = |phase, from, to| Window { phase, from: moment(from), to: moment(to) };
        vec![window(Phase::Plan, 0, 10), window(Phase::Apply, 10, 20)]
    }

    fn shown(learned: &ClusterLearned) -> Vec<String> {
        let of = |role: &Json| {
            let rules = role["rules"].as_array().expect("rules").iter().map(|rule| {
                let list = |key: &str| {
                    let all = rule[key].as_array().into_iter().flatten().filter_map(Json::as_str);
                    all.collect::<Vec<_>>().join(",")
                };
                format!(
                    "{} {}{} {}:{}",
                    list("verbs"),
                    list("resources"),
                    list("nonResourceURLs"),
                    list("apiGroups"),
                    list("resourceNames")
                )
            });
            let rules: Vec<String> = rules.collect();
            format!(
                "{} {}: {}",
                role["kind"].as_str().expect("a kind"),
                role["metadata"]["namespace"],
                rules.join("; ")
            )
        };
        learned.roles("x").iter().map(of).collect()
    }

    #[test]
    fn who_plans_and_who_applies_are_told_apart() {
        let log = [
            event("planner", 1, "get", "/shop/secrets/a", 200),
            event("planner", 2, "list", "apps/shop/deployments/", 200),
            event("system:kube-scheduler", 2, "list", "//nodes/", 200),
            event("applier", 12, "create", "/shop/secrets/b", 201),
            event("applier", 13, "patch", "/shop/secrets/b", 200),
            event("planner", 13, "get", "/shop/configmaps/c", 200),
            event("applier", 14, "delete", "//namespaces/shop", 200),
            event("applier", 15, "get", "", 200),
            event("somebody", 30, "delete", "//nodes/n", 200),
        ]
        .join("\n");
        let (plan, apply) = cluster_learned(&log, &windows(), &[]).expect("a log");
        assert_eq!(
            shown(&plan),
            ["Role \"shop\": get secrets :a; get configmaps :c; list deployments apps:",]
        );
        assert_eq!(
            shown(&apply),
            [
                "ClusterRole null: delete namespaces :shop; get /metrics :",
                "Role \"shop\": create secrets :; patch secrets :b",
            ]
        );
        assert!(!apply.grants());
    }

    #[test]
    fn one_who_does_both_is_told_by_the_time() {
        let log = [
            event("one", 1, "get", "/a/secrets/s", 200),
            event("one", 11, "update", "rbac.authorization.k8s.io/a/roles/r", 403),
        ]
        .join("\n");
        let (plan, apply) = cluster_learned(&log, &windows(), &[]).expect("a log");
        assert_eq!(shown(&plan), ["Role \"a\": get secrets :s"]);
        assert_eq!(shown(&apply), ["Role \"a\": update roles rbac.authorization.k8s.io:r"]);
        assert!(apply.grants() && apply.refused.len() == 1);
        let users = ["two".to_owned()];
        let (plan, apply) = cluster_learned(&log, &windows(), &users).expect("a log");
        assert!(plan.is_empty() && apply.is_empty(), "nobody else's calls count");
    }

    #[test]
    fn what_is_no_event_is_told_by_its_line() {
        let log = format!("{}\n\nno", event("one", 1, "get", "/a/secrets/s", 200));
        assert_eq!(cluster_learned(&log, &windows(), &[]).expect_err("malformed").0, 3);
        assert_eq!(
            cluster_learned("{}", &windows(), &[]).expect_err("malformed").1,
            "it is no audit event"
        );
    }
}
