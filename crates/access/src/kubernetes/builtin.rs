//! Roles and bindings that every cluster brings, and access policies of EKS: the catalogue `builtin.toml`.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::rules::{Binding, Role, RoleName, Rule, Selector, Subject};
use crate::catalogue;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    role: BTreeMap<String, RoleEntry>,
    binding: Vec<BindingEntry>,
    access_policy: BTreeMap<String, Vec<RuleEntry>>,
    resource: BTreeMap<String, String>,
    cluster_wide: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleEntry {
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    aggregates: Vec<String>,
    rules: Vec<RuleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    #[serde(default, deserialize_with = "catalogue::texts")]
    groups: Vec<Arc<str>>,
    #[serde(default, deserialize_with = "catalogue::texts")]
    resources: Vec<Arc<str>>,
    #[serde(default, deserialize_with = "catalogue::texts")]
    urls: Vec<Arc<str>>,
    #[serde(deserialize_with = "catalogue::texts")]
    verbs: Vec<Arc<str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BindingEntry {
    role: String,
    groups: Vec<String>,
}

struct Read {
    roles: BTreeMap<RoleName, Role>,
    bindings: Vec<Binding>,
    access_policies: BTreeMap<String, Vec<Rule>>,
    resources: BTreeMap<String, String>,
    cluster_wide: Vec<String>,
}

fn catalogued() -> &'static Read {
    static READ: OnceLock<Read> = OnceLock::new();
    READ.get_or_init(|| {
        let all: Catalogue = catalogue::read(include_str!("builtin.toml"));
        let role = |(name, entry): (String, RoleEntry)| ((None, Arc::from(name)), role(entry));
        let access =
            |(name, rules): (String, Vec<RuleEntry>)| (name, rules.into_iter().map(rule).collect());
        Read {
            roles: all.role.into_iter().map(role).collect(),
            bindings: all.binding.into_iter().map(binding).collect(),
            access_policies: all.access_policy.into_iter().map(access).collect(),
            resources: all.resource,
            cluster_wide: all.cluster_wide,
        }
    })
}

/// The roles of the cluster that every cluster brings.
pub(super) fn roles() -> &'static BTreeMap<RoleName, Role> {
    &catalogued().roles
}

/// The bindings that every cluster brings.
pub(super) fn bindings() -> &'static Vec<Binding> {
    &catalogued().bindings
}

/// What an access policy of EKS allows; `None` where the catalogue has none of this name.
pub(super) fn access_policy(name: &str) -> Option<&'static [Rule]> {
    catalogued().access_policies.get(name).map(Vec::as_slice)
}

/// Whether an access policy of EKS is known: in the catalogue, or as a role of every cluster.
pub(super) fn is_access_policy(name: &str) -> bool {
    access_policy(name).is_some() || as_role(name).is_some()
}

/// The role of every cluster that an access policy of EKS stands for.
pub(super) fn as_role(name: &str) -> Option<&'static str> {
    match name {
        "AmazonEKSAdminPolicy" => Some("admin"),
        "AmazonEKSEditPolicy" => Some("edit"),
        "AmazonEKSViewPolicy" => Some("view"),
        _ => None,
    }
}

/// The API group of a resource that every cluster has.
pub(super) fn group_of(resource: &str) -> Option<&'static str> {
    catalogued().resources.get(resource).map(String::as_str)
}

/// Whether a resource is of the cluster as a whole, as far as that is known.
pub(super) fn is_cluster_wide(resource: &str) -> bool {
    catalogued().cluster_wide.iter().any(|one| one == resource)
}

const AGGREGATE: &str = "rbac.authorization.k8s.io/aggregate-to-";

fn role(entry: RoleEntry) -> Role {
    let label = |to: &String| (Arc::from(format!("{AGGREGATE}{to}")), Arc::from("true"));
    Role {
        rules: entry.rules.into_iter().map(rule).collect(),
        labels: entry.labels.iter().map(label).collect(),
        aggregates: entry
            .aggregates
            .iter()
            .map(|to| Selector { labels: vec![label(to)], expressions: Vec::new() })
            .collect(),
        source: None,
    }
}

fn rule(entry: RuleEntry) -> Rule {
    let RuleEntry { groups, resources, urls, verbs } = entry;
    Rule { verbs, groups, resources, urls, ..Rule::default() }
}

fn binding(entry: BindingEntry) -> Binding {
    Binding {
        name: entry.role.as_str().into(),
        namespace: None,
        role: (None, entry.role.into()),
        subjects: entry.groups.into_iter().map(|name| Subject::Group(name.into())).collect(),
        doubt: None,
        source: None,
    }
}
