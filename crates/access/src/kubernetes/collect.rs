//! From objects of stacks to what is known of clusters.
//!
//! A cluster is told by its environment, and by the key of its stacks where an environment has several clusters.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use value::Value;

use super::builtin;
use super::rules::{Binding, Cluster, Entry, Expression, Policy, Role, Rule, Selector, Subject};
use crate::object::{
    NOT_KNOWN_YET, Object, Pairs, Seen, Whole, blocks, elements, known_text, pairs, seen, text,
    texts,
};
use crate::picture::Note;

/// Types that are a cluster of a cloud.
const CLUSTERS: [&str; 3] =
    ["aws_eks_cluster", "azurerm_kubernetes_cluster", "google_container_cluster"];

/// Types that are read, without the `_v1` that some end with.
const READ: [&str; 9] = [
    "kubernetes_role",
    "kubernetes_cluster_role",
    "kubernetes_role_binding",
    "kubernetes_cluster_role_binding",
    "kubernetes_manifest",
    "kubectl_manifest",
    "helm_release",
    "aws_eks_access_entry",
    "aws_eks_access_policy_association",
];

/// Names of what objects of the provider and manifests call differently.
struct Names {
    rules: &'static str,
    groups: &'static str,
    names: &'static str,
    urls: &'static str,
    role: &'static str,
    subjects: &'static str,
    aggregation: &'static str,
    selectors: &'static str,
    labels: &'static str,
    expressions: &'static str,
}

const OF_PROVIDER: Names = Names {
    rules: "rule",
    groups: "api_groups",
    names: "resource_names",
    urls: "non_resource_urls",
    role: "role_ref",
    subjects: "subject",
    aggregation: "aggregation_rule",
    selectors: "cluster_role_selectors",
    labels: "match_labels",
    expressions: "match_expressions",
};

const OF_MANIFEST: Names = Names {
    rules: "rules",
    groups: "apiGroups",
    names: "resourceNames",
    urls: "nonResourceURLs",
    role: "roleRef",
    subjects: "subjects",
    aggregation: "aggregationRule",
    selectors: "clusterRoleSelectors",
    labels: "matchLabels",
    expressions: "matchExpressions",
};

/// Reads all objects; what is odd is noted.
pub(crate) fn read(objects: &[Object], notes: &mut Vec<Note>) -> Vec<Cluster> {
    let mut several: BTreeMap<&str, BTreeSet<Option<&str>>> = BTreeMap::new();
    for object in objects.iter().filter(|one| CLUSTERS.contains(&&*one.type_name)) {
        several.entry(&object.environment).or_default().insert(object.key.as_deref());
    }
    let mut found: BTreeMap<(Arc<str>, Option<Arc<str>>), Cluster> = BTreeMap::new();
    for object in objects.iter().filter(|one| !one.value.is_null()) {
        let bare = object.type_name.strip_suffix("_v1").unwrap_or(&object.type_name);
        if !READ.contains(&bare) && !CLUSTERS.contains(&bare) {
            continue;
        }
        let has_several = several.get(&*object.environment).is_some_and(|keys| keys.len() > 1);
        let key = object.key.clone().filter(|_| has_several);
        let place = (Arc::clone(&object.environment), key.clone());
        let into = found.entry(place).or_insert_with(|| Cluster {
            environment: Arc::clone(&object.environment),
            key,
            roles: builtin::roles().clone(),
            bindings: builtin::bindings().clone(),
            entries: Vec::new(),
            policies: Vec::new(),
        });
        one(object, bare, into, notes);
    }
    let mut clusters: Vec<Cluster> = found.into_values().collect();
    for cluster in &mut clusters {
        cluster.note_unknown_roles(notes);
    }
    clusters
}

/// Reads one object into its cluster.
fn one(object: &Object, bare: &str, into: &mut Cluster, notes: &mut Vec<Note>) {
    let value = &object.value;
    match bare {
        "kubernetes_role" => role(object, value, Kind::Namespaced, &OF_PROVIDER, into),
        "kubernetes_cluster_role" => role(object, value, Kind::Whole, &OF_PROVIDER, into),
        "kubernetes_role_binding" => binding(object, value, Kind::Namespaced, &OF_PROVIDER, into),
        "kubernetes_cluster_role_binding" => {
            binding(object, value, Kind::Whole, &OF_PROVIDER, into)
        }
        "kubernetes_manifest" => match seen(value, "manifest").known() {
            Some(manifest) => of_kind(object, dynamic(manifest), into),
            None => {
                notes.push(Note::not_read(&object.source(), "a manifest that is not known yet"))
            }
        },
        "kubectl_manifest" => yaml(object, into, notes),
        "helm_release" => chart(object, into, notes),
        "aws_eks_access_entry" => entry(object, into),
        "aws_eks_access_policy_association" => policy(object, into, notes),
        _ => {}
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Namespaced,
    Whole,
}

/// A state keeps a value of any type with its type beside it.
fn dynamic(value: &Value) -> &Value {
    match (value.attr("value"), value.attr("type")) {
        (Some(inner), Some(_)) if value.as_object().is_some_and(|(_, slots)| slots.len() == 2) => {
            inner
        }
        _ => value,
    }
}

/// A manifest by its kind.
fn of_kind(object: &Object, manifest: &Value, cluster: &mut Cluster) {
    match known_text(manifest, "kind").as_deref() {
        Some("Role") => role(object, manifest, Kind::Namespaced, &OF_MANIFEST, cluster),
        Some("ClusterRole") => role(object, manifest, Kind::Whole, &OF_MANIFEST, cluster),
        Some("RoleBinding") => binding(object, manifest, Kind::Namespaced, &OF_MANIFEST, cluster),
        Some("ClusterRoleBinding") => binding(object, manifest, Kind::Whole, &OF_MANIFEST, cluster),
        _ => {}
    }
}

fn yaml(object: &Object, cluster: &mut Cluster, notes: &mut Vec<Note>) {
    let decode = funcs::lookup("yamldecode").expect("BUG: the language has this function");
    let known = seen(&object.value, "yaml_body_parsed")
        .known()
        .or_else(|| seen(&object.value, "yaml_body").known());
    match known.map(|text| funcs::call(decode, std::slice::from_ref(text))) {
        Some(Ok(manifest)) => of_kind(object, &manifest, cluster),
        Some(Err(_)) => notes.push(Note::not_understood(
            &object.source(),
            "its manifest is no YAML that is understood",
        )),
        None => notes.push(Note::not_read(&object.source(), "a manifest that is not known yet")),
    }
}

/// What a chart makes, where the provider keeps its manifests: a map by kind and name.
fn chart(object: &Object, cluster: &mut Cluster, notes: &mut Vec<Note>) {
    let manifests = known_text(&object.value, "manifest");
    let decoded = manifests.and_then(|text| value::json::decode_implied(text.as_bytes()).ok());
    let Some((_, slots)) = decoded.as_ref().and_then(Value::as_object) else {
        notes.push(Note::not_read(&object.source(), "what the chart makes"));
        return;
    };
    for manifest in slots {
        of_kind(object, manifest, cluster);
    }
}

/// Namespace, name and labels.
fn metadata(value: &Value) -> (Option<Arc<str>>, Option<Arc<str>>, Pairs) {
    let (blocks, _) = blocks(value, "metadata");
    match blocks.first() {
        Some(meta) => {
            (known_text(meta, "namespace"), known_text(meta, "name"), pairs(meta, "labels"))
        }
        None => (None, None, Vec::new()),
    }
}

fn role(object: &Object, value: &Value, kind: Kind, names: &Names, cluster: &mut Cluster) {
    let (namespace, name, labels) = metadata(value);
    let namespace =
        (kind == Kind::Namespaced).then(|| namespace.unwrap_or_else(|| "default".into()));
    let name = name.unwrap_or_else(|| Arc::clone(&object.address));
    let (rules, whole) = blocks(value, names.rules);
    let mut rules: Vec<Rule> = rules.into_iter().map(|one| rule(one, names)).collect();
    if whole == Whole::InPart {
        rules.push(Rule {
            verbs: vec!["*".into()],
            groups: vec!["*".into()],
            resources: vec!["*".into()],
            doubt: Some("rules of the role are not known yet".into()),
            ..Rule::default()
        });
    }
    let mut aggregates = Vec::new();
    for aggregation in blocks(value, names.aggregation).0 {
        aggregates.extend(
            blocks(aggregation, names.selectors).0.into_iter().map(|one| selector(one, names)),
        );
    }
    let role = Role { rules, labels, aggregates, source: Some(object.source()) };
    cluster.roles.insert((namespace, name), role);
}

fn rule(value: &Value, names: &Names) -> Rule {
    let read = |name: &str| texts(value, name);
    let (verbs, a) = read("verbs");
    let (resources, b) = read("resources");
    let (only, c) = read(names.names);
    let (urls, d) = read(names.urls);
    let (groups, e) = groups(value, names.groups);
    let whole = [a, b, c, d, e].into_iter().fold(Whole::Known, Whole::and);
    let any = |all: Vec<Arc<str>>, known: Whole| {
        if known == Whole::InPart { vec!["*".into()] } else { all }
    };
    Rule {
        verbs: any(verbs, a),
        groups: any(groups, e),
        resources: any(resources, b),
        names: if c == Whole::InPart { Vec::new() } else { only },
        urls: any(urls, d),
        doubt: (whole == Whole::InPart).then(|| "a rule is not known yet".into()),
    }
}

/// The groups of a rule: the core group is an empty text, which counts.
fn groups(value: &Value, name: &str) -> (Vec<Arc<str>>, Whole) {
    let (mut all, whole) = texts(value, name);
    if let Some(elements) = seen(value, name).known().and_then(elements)
        && elements.iter().any(|one| one.as_str() == Some(""))
        && !all.iter().any(|one| one.is_empty())
    {
        all.push("".into());
    }
    if all.is_empty() && whole == Whole::Known {
        all.push("".into());
    }
    (all, whole)
}

fn selector(value: &Value, names: &Names) -> Selector {
    let expression = |one: &Value| {
        Some(Expression {
            key: known_text(one, "key")?,
            operator: known_text(one, "operator")?,
            values: texts(one, "values").0,
        })
    };
    Selector {
        labels: pairs(value, names.labels),
        expressions: blocks(value, names.expressions)
            .0
            .into_iter()
            .filter_map(expression)
            .collect(),
    }
}

fn binding(object: &Object, value: &Value, kind: Kind, names: &Names, cluster: &mut Cluster) {
    let (namespace, name, _) = metadata(value);
    let namespace =
        (kind == Kind::Namespaced).then(|| namespace.unwrap_or_else(|| "default".into()));
    let (role, known) = blocks(value, names.role);
    let mut doubt = (known == Whole::InPart).then(|| Arc::from("its role is not known yet"));
    let role = role.first().map(|one| (known_text(one, "kind"), text(one, "name")));
    let role = match role {
        Some((kind, Seen::Is(name))) => {
            let of_namespace = kind.as_deref() == Some("Role");
            (namespace.clone().filter(|_| of_namespace), name)
        }
        _ => {
            doubt = Some("its role is not known yet".into());
            (None, "cluster-admin".into())
        }
    };
    let (subjects, whole) = blocks(value, names.subjects);
    let mut all: Vec<Subject> =
        subjects.into_iter().filter_map(|one| subject(one, namespace.as_deref())).collect();
    if whole == Whole::InPart {
        doubt = Some("its subjects are not known yet".into());
        all.push(Subject::Group(NOT_KNOWN_YET.into()));
    }
    cluster.bindings.push(Binding {
        name: name.unwrap_or_else(|| Arc::clone(&object.address)),
        namespace,
        role,
        subjects: all,
        doubt,
        source: Some(object.source()),
    });
}

fn subject(value: &Value, of: Option<&str>) -> Option<Subject> {
    let name = known_text(value, "name").unwrap_or_else(|| NOT_KNOWN_YET.into());
    Some(match known_text(value, "kind").as_deref().unwrap_or("Group") {
        "User" => Subject::User(name),
        "Group" => Subject::Group(name),
        "ServiceAccount" => {
            let namespace = known_text(value, "namespace").or_else(|| of.map(Arc::from));
            Subject::ServiceAccount(namespace.unwrap_or_else(|| "default".into()), name)
        }
        _ => return None,
    })
}

fn entry(object: &Object, cluster: &mut Cluster) {
    let (groups, whole) = texts(&object.value, "kubernetes_groups");
    cluster.entries.push(Entry {
        cloud: known_text(&object.value, "principal_arn").unwrap_or_else(|| NOT_KNOWN_YET.into()),
        groups,
        user: known_text(&object.value, "user_name"),
        doubt: (whole == Whole::InPart).then(|| "the groups of the entry are not known yet".into()),
        source: object.source(),
    });
}

fn policy(object: &Object, cluster: &mut Cluster, notes: &mut Vec<Note>) {
    let arn = known_text(&object.value, "policy_arn").unwrap_or_else(|| NOT_KNOWN_YET.into());
    let name: Arc<str> = arn.rsplit('/').next().unwrap_or(&arn).into();
    if !builtin::is_access_policy(&name) && &*name != NOT_KNOWN_YET {
        let what = format!("access policy {name} of EKS is not in the catalogue");
        notes.push(Note::unknown_role(&object.source(), &what));
    }
    let mut namespaces = Vec::new();
    for scope in blocks(&object.value, "access_scope").0 {
        if known_text(scope, "type").as_deref() == Some("namespace") {
            let (known, whole) = texts(scope, "namespaces");
            namespaces.extend(known);
            namespaces.extend((whole == Whole::InPart).then(|| Arc::from(NOT_KNOWN_YET)));
        }
    }
    let cloud = known_text(&object.value, "principal_arn").unwrap_or_else(|| NOT_KNOWN_YET.into());
    cluster.policies.push(Policy { cloud, name, namespaces, source: object.source() });
}

impl Cluster {
    fn note_unknown_roles(&self, notes: &mut Vec<Note>) {
        for binding in &self.bindings {
            if let (Some(source), false) = (&binding.source, self.roles.contains_key(&binding.role))
            {
                let what = format!(
                    "role {} is neither of the estate nor one that clusters bring",
                    binding.role.1
                );
                notes.push(Note::unknown_role(source, &what));
            }
        }
    }
}
