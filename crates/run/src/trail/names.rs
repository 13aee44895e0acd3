//! By which names a trail may speak of an object.
//!
//! Invariant: an object without a name of its own is found in no trail.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use value::{Value, View};

use super::Changed;

/// Levels of a record that are looked into.
const DEPTH_MAX: usize = 8;

/// The names of an object.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// In a cloud: each of these lists of names is enough, where all of it is there.
    pub(super) cloud: Vec<Vec<String>>,
    /// The account in the cloud, where it tells.
    pub(super) account: Option<String>,
    /// The region, where it tells.
    pub(super) region: Option<String>,
    /// Whether its service has one place for all regions.
    pub(super) global: bool,
    /// In a cluster.
    pub(super) cluster: Option<InCluster>,
}

/// An object in a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InCluster {
    /// The resource, in the plural: `networkpolicies`.
    pub(super) resource: String,
    /// The namespace; none of what belongs to the whole cluster.
    pub(super) namespace: Option<String>,
    /// The name, or how it begins.
    pub(super) name: Named,
}

/// How an object in a cluster is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// So.
    Exactly(String),
    /// With this beginning.
    Beginning(String),
}

impl Named {
    pub(super) fn is(&self, name: &str) -> bool {
        match self {
            Named::Exactly(own) => own == name,
            Named::Beginning(own) => name.starts_with(own),
        }
    }
}

impl Names {
    pub(super) fn of(changed: &Changed) -> Names {
        match changed.type_name.split_once('_') {
            Some(("aws", kind)) => of_aws(kind, &changed.object),
            Some(("kubernetes" | "kubectl" | "helm", _)) => Names {
                cluster: of_cluster(&changed.type_name, &changed.object),
                ..Names::default()
            },
            _ => Names::default(),
        }
    }

    /// Whether a record that holds these texts is about the object.
    pub(super) fn are_in(&self, texts: &BTreeSet<String>) -> bool {
        self.cloud.iter().any(|all| all.iter().all(|name| texts.contains(name)))
    }
}

/// Services that write their records in one region, whatever the caller's.
const GLOBAL: [&str; 4] = ["iam_", "route53", "cloudfront_", "organizations_"];

fn of_aws(kind: &str, object: &Value) -> Names {
    let text = |name: &str| text(object, name).filter(|text| !text.is_empty());
    let mut names =
        Names { global: GLOBAL.iter().any(|of| kind.starts_with(of)), ..Names::default() };
    if let Some(arn) = text("arn").filter(|arn| arn.starts_with("arn:")) {
        let part = |at: usize| arn.split(':').nth(at).filter(|part| !part.is_empty());
        names.region = part(3).map(str::to_owned);
        names.account = part(4).map(str::to_owned);
        names.cloud.push(vec![arn.to_owned()]);
    }
    // The name that calls use, where the id is another.
    let called = ["identifier", "cluster_identifier"].into_iter().filter_map(text);
    names.cloud.extend(called.map(|name| vec![name.to_owned()]));
    if let Some(id) = text("id") {
        names.cloud.push(vec![id.to_owned()]);
        let parts: Vec<String> = id.split([':', '/', ',', '|']).map(str::to_owned).collect();
        if !id.starts_with("arn:") && parts.len() > 1 && parts.iter().all(|part| !part.is_empty()) {
            names.cloud.push(parts);
        }
    }
    for own in ["role", "user", "group"] {
        if let (Some(to), Some(policy)) = (text(own), text("policy_arn")) {
            names.cloud.push(vec![to.to_owned(), policy.to_owned()]);
        }
    }
    names
}

fn of_cluster(type_name: &str, object: &Value) -> Option<InCluster> {
    if type_name == "helm_release" {
        let name = format!("sh.helm.release.v1.{}.", text(object, "name")?);
        let namespace = text(object, "namespace").map(str::to_owned);
        return Some(InCluster {
            resource: "secrets".into(),
            namespace,
            name: Named::Beginning(name),
        });
    }
    let (kind, about) = match type_name {
        "kubectl_manifest" => (text(object, "kind")?.to_lowercase(), object),
        "kubernetes_manifest" => {
            let manifest = object.attr("manifest")?;
            (text(manifest, "kind")?.to_lowercase(), part(manifest, "metadata")?)
        }
        other => {
            let bare = other.strip_prefix("kubernetes_")?;
            let version =
                bare.rsplit_once("_v").filter(|(_, v)| v.starts_with(|c: char| c.is_ascii_digit()));
            let bare = version.map_or(bare, |(bare, _)| bare);
            let metadata = part(object, "metadata")?;
            let first = match metadata.view() {
                View::List(items) | View::Tuple(items) | View::Set(items) => items.first()?,
                _ => metadata,
            };
            (bare.replace('_', ""), first)
        }
    };
    let name = text(about, "name")?.to_owned();
    let namespace = text(about, "namespace").filter(|text| !text.is_empty()).map(str::to_owned);
    Some(InCluster { resource: plural(&kind), namespace, name: Named::Exactly(name) })
}

fn plural(kind: &str) -> String {
    match kind {
        _ if kind.ends_with("policy") => format!("{}ies", &kind[..kind.len() - 1]),
        _ if kind.ends_with('s') => format!("{kind}es"),
        _ => format!("{kind}s"),
    }
}

fn part<'v>(object: &'v Value, name: &str) -> Option<&'v Value> {
    object.as_object().and_then(|_| object.attr(name)).or_else(|| object.entry(name))
}

fn text<'v>(object: &'v Value, name: &str) -> Option<&'v str> {
    part(object, name)?.as_str()
}

/// All texts of a record's part.
pub(super) fn texts(json: &Json, into: &mut BTreeSet<String>) {
    collect(json, DEPTH_MAX, into);
}

fn collect(json: &Json, depth: usize, into: &mut BTreeSet<String>) {
    match json {
        Json::String(text) => {
            into.insert(text.clone());
        }
        Json::Array(items) if depth > 0 => {
            items.iter().for_each(|one| collect(one, depth - 1, into))
        }
        Json::Object(entries) if depth > 0 => {
            entries.values().for_each(|one| collect(one, depth - 1, into));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(type_name: &str, json: &str) -> Names {
        let object = value::json::decode_implied(json.as_bytes()).expect("an object");
        Names::of(&Changed { type_name: type_name.into(), object, environment: [].into() })
    }

    fn check(type_name: &str, object: &str, record: &str, expect: bool) {
        let mut all = BTreeSet::new();
        texts(&serde_json::from_str(record).expect("JSON"), &mut all);
        assert_eq!(names(type_name, object).are_in(&all), expect, "{object} in {record}");
    }

    #[test]
    fn records_name_objects_of_a_cloud() {
        let group =
            r#"{"arn":"arn:aws:ec2:eu-west-1:1:security-group/sg-1","id":"sg-1","name":"db"}"#;
        check("aws_security_group", group, r#"{"GroupId":"sg-1"}"#, true);
        check("aws_security_group", group, r#"{"GroupId":"sg-12"}"#, false);
        check("aws_security_group", group, r#"{"GroupName":"db"}"#, false);
        let policy = r#"{"id":"shop:logs","name":"logs","role":"shop"}"#;
        check("aws_iam_role_policy", policy, r#"{"RoleName":"shop","PolicyName":"logs"}"#, true);
        check("aws_iam_role_policy", policy, r#"{"RoleName":"shop","PolicyName":"x"}"#, false);
        let attached = r#"{"id":"shop-20","role":"shop","policy_arn":"arn:p"}"#;
        let detached = r#"{"RoleName":"shop","PolicyArn":"arn:p"}"#;
        check("aws_iam_role_policy_attachment", attached, detached, true);
        let database = r#"{"id":"db-X","identifier":"orders"}"#;
        check("aws_db_instance", database, r#"{"DBInstanceIdentifier":"orders"}"#, true);
        check("aws_vpc", r#"{"tags":{}}"#, "{}", false);
        let found = names("aws_security_group", group);
        assert_eq!(found.region.as_deref(), Some("eu-west-1"));
        assert!(names("aws_iam_role", r#"{"id":"r"}"#).global);
    }

    #[test]
    fn objects_in_a_cluster_have_a_resource_and_a_name() {
        let check = |type_name: &str, json: &str, expect: Option<(&str, Option<&str>, &str)>| {
            let found = names(type_name, json).cluster;
            let told = found.as_ref().map(|one| {
                let (Named::Exactly(name) | Named::Beginning(name)) = &one.name;
                (one.resource.as_str(), one.namespace.as_deref(), name.as_str())
            });
            assert_eq!(told, expect, "{type_name}");
        };
        let metadata = r#"{"metadata":[{"name":"deny","namespace":"shop"}]}"#;
        check(
            "kubernetes_network_policy_v1",
            metadata,
            Some(("networkpolicies", Some("shop"), "deny")),
        );
        check(
            "kubernetes_cluster_role",
            r#"{"metadata":[{"name":"a"}]}"#,
            Some(("clusterroles", None, "a")),
        );
        check(
            "kubernetes_ingress_class",
            r#"{"metadata":[{"name":"a"}]}"#,
            Some(("ingressclasses", None, "a")),
        );
        let manifest = r#"{"kind":"ConfigMap","name":"a","namespace":"b"}"#;
        check("kubectl_manifest", manifest, Some(("configmaps", Some("b"), "a")));
        let release = r#"{"name":"web","namespace":"b"}"#;
        check("helm_release", release, Some(("secrets", Some("b"), "sh.helm.release.v1.web.")));
        check("kubernetes_namespace", "{}", None);
    }
}
