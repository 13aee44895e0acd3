//! What is known of a cluster: roles with their rules, bindings, and which identities of a cloud are whom.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::answer::{Source, Step};
use crate::object::Pairs;

/// A rule of a role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) verbs: Vec<Arc<str>>,
    /// The core group is an empty text.
    pub(crate) groups: Vec<Arc<str>>,
    /// With their subresources, `pods/exec`.
    pub(crate) resources: Vec<Arc<str>>,
    /// Empty: any name.
    pub(crate) names: Vec<Arc<str>>,
    pub(crate) urls: Vec<Arc<str>>,
    /// Whether all of it is known.
    pub(crate) doubt: Option<Arc<str>>,
}

/// A role, of a namespace or of the cluster.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) rules: Vec<Rule>,
    pub(crate) labels: Pairs,
    /// Roles that fit one of these are part of it.
    pub(crate) aggregates: Vec<Selector>,
    /// Nowhere for what a cluster itself brings.
    pub(crate) source: Option<Arc<Source>>,
}

/// Labels that a role has to have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selector {
    pub(crate) labels: Pairs,
    pub(crate) expressions: Vec<Expression>,
}

/// What a label has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expression {
    pub(crate) key: Arc<str>,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    pub(crate) operator: Arc<str>,
    pub(crate) values: Vec<Arc<str>>,
}

impl Selector {
    /// Whether labels fit.
    pub(crate) fn fits(&self, labels: &[(Arc<str>, Arc<str>)]) -> bool {
        let value =
            |key: &str| labels.iter().find(|(name, _)| &**name == key).map(|(_, value)| value);
        self.labels.iter().all(|(key, wanted)| value(key) == Some(wanted))
            && self.expressions.iter().all(|Expression { key, operator, values }| match &**operator
            {
                "In" => value(key).is_some_and(|value| values.contains(value)),
                "NotIn" => value(key).is_none_or(|value| !values.contains(value)),
                "Exists" => value(key).is_some(),
                "DoesNotExist" => value(key).is_none(),
                _ => false,
            })
    }
}

/// Somebody whom a cluster knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A user by name.
    User(Arc<str>),
    /// A group by name.
    Group(Arc<str>),
    /// A service account, by namespace and name.
    ServiceAccount(Arc<str>, Arc<str>),
    /// An identity of a cloud that the cluster lets in.
    Cloud(Arc<str>),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::User(name) => write!(f, "user {name}"),
            Subject::Group(name) => write!(f, "group {name}"),
            Subject::ServiceAccount(namespace, name) => {
                write!(f, "service account {namespace}/{name}")
            }
            Subject::Cloud(name) => f.write_str(name),
        }
    }
}

/// A role that is given to subjects.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    pub(crate) name: Arc<str>,
    /// The namespace that it counts in; none: all of the cluster.
    pub(crate) namespace: Option<Arc<str>>,
    pub(crate) role: RoleName,
    pub(crate) subjects: Vec<Subject>,
    /// What is not known of it.
    pub(crate) doubt: Option<Arc<str>>,
    pub(crate) source: Option<Arc<Source>>,
}

/// How a role is named: by its namespace, none for a role of the cluster, and its name.
pub(crate) type RoleName = (Option<Arc<str>>, Arc<str>);

/// What an identity of a cloud is in a cluster.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) cloud: Arc<str>,
    pub(crate) groups: Vec<Arc<str>>,
    pub(crate) user: Option<Arc<str>>,
    /// What of it is not known.
    pub(crate) doubt: Option<Arc<str>>,
    pub(crate) source: Arc<Source>,
}

/// A policy of the cloud that counts in a cluster as a role does.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) cloud: Arc<str>,
    pub(crate) name: Arc<str>,
    /// Empty: all of the cluster.
    pub(crate) namespaces: Vec<Arc<str>>,
    pub(crate) source: Arc<Source>,
}

/// What is known of a cluster.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// The environment that it is in.
    pub environment: Arc<str>,
    /// What tells it from others of its environment, where there are several: the key of its stacks.
    pub key: Option<Arc<str>>,
    pub(crate) roles: BTreeMap<RoleName, Role>,
    pub(crate) bindings: Vec<Binding>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) policies: Vec<Policy>,
}

impl Cluster {
    /// Everybody that bindings, entries and policies name.
    pub fn subjects(&self) -> Vec<Subject> {
        let bound = self
            .bindings
            .iter()
            .filter(|one| one.source.is_some())
            .flat_map(|one| one.subjects.iter().cloned());
        let let_in = self.entries.iter().map(|one| Subject::Cloud(Arc::clone(&one.cloud)));
        let given = self.policies.iter().map(|one| Subject::Cloud(Arc::clone(&one.cloud)));
        let mut all: Vec<Subject> = bound.chain(let_in).chain(given).collect();
        all.sort();
        all.dedup();
        all
    }

    /// All that a subject is at once, each with the steps that make it so.
    pub(crate) fn identities(&self, who: &Subject) -> Vec<(Subject, Vec<Step>)> {
        let group = |name: &str| Subject::Group(name.into());
        let mut all = match who {
            Subject::Group(_) => vec![(who.clone(), Vec::new())],
            Subject::User(_) => vec![(who.clone(), Vec::new())],
            Subject::ServiceAccount(namespace, _) => vec![
                (who.clone(), Vec::new()),
                (group("system:serviceaccounts"), Vec::new()),
                (group(&format!("system:serviceaccounts:{namespace}")), Vec::new()),
            ],
            Subject::Cloud(arn) => {
                let mut all = Vec::new();
                for entry in self.entries.iter().filter(|one| one.cloud == *arn) {
                    let step = |what: String| vec![Step::at(what, &entry.source)];
                    for name in &entry.groups {
                        all.push((group(name), step(format!("is group {name} in the cluster"))));
                    }
                    if let Some(user) = &entry.user {
                        all.push((
                            Subject::User(Arc::clone(user)),
                            step(format!("is user {user} in the cluster")),
                        ));
                    }
                }
                all
            }
        };
        // Whoever gets in is of this group; of a cloud's identity the entry lets it in.
        let lets_in = match who {
            Subject::Cloud(arn) => self
                .entries
                .iter()
                .find(|one| one.cloud == *arn)
                .map(|one| vec![Step::at("is let in", &one.source)]),
            _ => Some(Vec::new()),
        };
        if let Some(steps) = lets_in {
            all.push((group("system:authenticated"), steps));
        }
        all
    }
}
