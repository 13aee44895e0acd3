//! What objects of Kubernetes grant: rules of roles, bindings, and what network policies keep out.

use value::{Value, View};

use super::fact::Fact;
use super::look::{self, NOT_KNOWN, Reading, Seen};

/// Reads an object; `None` where its type grants nothing that is known here.
pub(super) fn read(type_name: &str, object: &Value, reading: &mut Reading) -> Option<()> {
    let bare = type_name.strip_suffix("_v1").unwrap_or(type_name);
    match bare {
        "kubernetes_role" | "kubernetes_cluster_role" => {
            rules(object, ["rule", "api_groups", "resource_names", "non_resource_urls"], reading);
            if !reading.blocks(object, "aggregation_rule").is_empty() {
                reading.facts.push(Fact::Plain("what roles that it aggregates allow".to_owned()));
            }
        }
        "kubernetes_role_binding" | "kubernetes_cluster_role_binding" => {
            binding(object, "role_ref", "subject", reading);
        }
        "kubernetes_network_policy" => {
            network_policy(object, reading);
        }
        "kubernetes_manifest" => manifest(object, reading),
        "kubectl_manifest" => text(object, reading),
        _ => return None,
    }
    Some(())
}

/// A manifest in YAML, as the provider shows it: without the values that it hides.
fn text(object: &Value, reading: &mut Reading) {
    let kind = reading.text(object, "kind");
    match look::seen(object, "yaml_body_parsed") {
        Seen::Value(text) => match funcs::call(yamldecode(), std::slice::from_ref(text)) {
            Ok(manifest) => of_kind(&manifest, reading),
            Err(_) => {
                reading.doubts.push(format!("a {kind} that is not understood: may widen access"))
            }
        },
        // Of another kind nothing is to be feared.
        Seen::Unknown if kind == NOT_KNOWN || is_access(&kind) => reading.unknown("yaml_body"),
        Seen::Sensitive => reading.hidden.push("yaml_body_parsed".to_owned()),
        Seen::Unknown | Seen::Nothing => {}
    }
}

fn yamldecode() -> &'static funcs::Function {
    funcs::lookup("yamldecode").expect("BUG: the language has this function")
}

fn is_access(kind: &str) -> bool {
    matches!(kind, "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" | "NetworkPolicy")
}

fn manifest(object: &Value, reading: &mut Reading) {
    match look::seen(object, "manifest") {
        Seen::Value(manifest) => of_kind(manifest, reading),
        Seen::Nothing => {}
        Seen::Unknown => reading.unknown("manifest"),
        Seen::Sensitive => reading.hidden.push("manifest".to_owned()),
    }
}

/// A manifest by its kind, under the names of Kubernetes.
fn of_kind(manifest: &Value, reading: &mut Reading) {
    let kind = reading.text(manifest, "kind");
    match kind.as_str() {
        "Role" | "ClusterRole" => {
            rules(manifest, ["rules", "apiGroups", "resourceNames", "nonResourceURLs"], reading);
        }
        "RoleBinding" | "ClusterRoleBinding" => binding(manifest, "roleRef", "subjects", reading),
        "NetworkPolicy" => network_policy(manifest, reading),
        NOT_KNOWN => reading.unknown("kind"),
        _ => {}
    }
}

/// The rules of a role, under the names of the provider or of Kubernetes itself.
fn rules(object: &Value, names: [&str; 4], reading: &mut Reading) {
    let [rules, groups, resource_names, urls] = names;
    for rule in reading.blocks(object, rules) {
        if !rule.is_known() {
            reading.unknown(rules);
            continue;
        }
        let verbs = reading.texts(rule, "verbs");
        let mut on = reading.texts(rule, urls);
        let only = reading.texts(rule, resource_names);
        for group in api_groups(rule, groups, reading) {
            for resource in reading.texts(rule, "resources") {
                let whole = match group.as_str() {
                    "" => resource,
                    "*" if resource == "*" => "*".to_owned(),
                    group => format!("{resource}.{group}"),
                };
                match &only[..] {
                    [] => on.push(whole),
                    only => on.extend(only.iter().map(|name| format!("{whole} {name}"))),
                }
            }
        }
        for on in &on {
            // A rule for a kind covers one for a name of it: the pattern ends where names would follow.
            let on = if only.is_empty() && on != "*" { format!("{on}*") } else { on.clone() };
            reading.facts.extend(verbs.iter().map(|verb| Fact::grant(verb, &on, "")));
        }
    }
}

/// The groups of a rule: the core group is an empty text, which counts.
fn api_groups(rule: &Value, name: &str, reading: &mut Reading) -> Vec<String> {
    match look::seen(rule, name) {
        Seen::Value(value) => match value.view() {
            View::List(all) | View::Set(all) | View::Tuple(all) => {
                all.iter().map(|one| look::scalar(one).unwrap_or(NOT_KNOWN.to_owned())).collect()
            }
            _ => vec![String::new()],
        },
        Seen::Nothing => vec![String::new()],
        Seen::Unknown => vec![NOT_KNOWN.to_owned()],
        Seen::Sensitive => {
            reading.hidden.push(name.to_owned());
            Vec::new()
        }
    }
}

fn binding(object: &Value, role: &str, subject: &str, reading: &mut Reading) {
    let mut what = NOT_KNOWN.to_owned();
    for role in reading.blocks(object, role) {
        let (kind, name) = (reading.text(role, "kind"), reading.text(role, "name"));
        what = format!("{kind} {name}");
    }
    let mut on = String::new();
    for meta in reading.blocks(object, "metadata") {
        let namespace = reading.text(meta, "namespace");
        if !namespace.is_empty() {
            on = format!("namespace {namespace}");
        }
    }
    for subject in reading.blocks(object, subject) {
        if !subject.is_known() {
            reading.unknown("subject");
            continue;
        }
        let names = ["kind", "namespace", "name"];
        let [kind, namespace, name] = names.map(|name| reading.text(subject, name));
        let by = match kind.as_str() {
            "ServiceAccount" => format!("service account {namespace}/{name}"),
            kind => format!("{} {name}", kind.to_lowercase()),
        };
        reading.facts.push(Fact::grant(&what, &on, &by));
    }
}

/// A network policy keeps traffic out of its pods, but for what its rules let through; rules of several add up.
fn network_policy(object: &Value, reading: &mut Reading) {
    let mut namespace = String::new();
    for meta in reading.blocks(object, "metadata") {
        namespace = reading.text(meta, "namespace");
    }
    for spec in reading.blocks(object, "spec") {
        for (name, way) in [("ingress", "in"), ("egress", "out")] {
            for rule in reading.blocks(spec, name) {
                reading.facts.push(Fact::Detail {
                    words: format!("{way}: traffic by a network policy of namespace {namespace}"),
                    detail: format!("{way} {rule:?}"),
                });
            }
        }
    }
    if !object.is_null() {
        let kept_out = format!("what a network policy of namespace {namespace} keeps out");
        reading.denials.push(Fact::Plain(kept_out));
    }
}
