//! Managed policies of AWS itself, as far as the catalogue `managed.toml` has them.
//!
//! Invariant: a policy that is not in the catalogue is not known, so what it may grant stays "may".

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::document::{Effect, Policy, Scope, Statement};
use crate::catalogue;

#[derive(Deserialize)]
struct Catalogue {
    policy: BTreeMap<String, Vec<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default, deserialize_with = "catalogue::texts")]
    actions: Vec<Arc<str>>,
    #[serde(default, deserialize_with = "catalogue::texts")]
    not_actions: Vec<Arc<str>>,
    #[serde(default, deserialize_with = "catalogue::texts")]
    resources: Vec<Arc<str>>,
    #[serde(default)]
    conditions: Vec<(String, String, Vec<String>)>,
}

/// The policy with this ARN, where the catalogue has it.
pub(super) fn policy(arn: &str) -> Option<Arc<Policy>> {
    if !is_of_the_cloud(arn) {
        return None;
    }
    // Roles for services stand below a path.
    catalogued().get(arn.rsplit('/').next()?).cloned()
}

/// Whether an ARN is that of a policy of the cloud's own.
pub(super) fn is_of_the_cloud(arn: &str) -> bool {
    arn.split(':').nth(4) == Some("aws")
}

fn catalogued() -> &'static BTreeMap<String, Arc<Policy>> {
    static READ: OnceLock<BTreeMap<String, Arc<Policy>>> = OnceLock::new();
    READ.get_or_init(|| {
        let read: Catalogue = catalogue::read(include_str!("managed.toml"));
        let policy = |entries: Vec<Entry>| {
            Arc::new(Policy { statements: entries.into_iter().map(statement).collect() })
        };
        read.policy.into_iter().map(|(name, entries)| (name, policy(entries))).collect()
    })
}

fn statement(entry: Entry) -> Statement {
    let resources = if entry.resources.is_empty() { vec!["*".into()] } else { entry.resources };
    Statement {
        sid: None,
        effect: Effect::Allow,
        actions: match entry.not_actions.is_empty() {
            true => Scope::Only(entry.actions),
            false => Scope::AllBut(entry.not_actions),
        },
        resources: Some(Scope::Only(resources)),
        principals: None,
        conditions: entry
            .conditions
            .into_iter()
            .map(|(operator, key, values)| super::document::Condition {
                operator: operator.into(),
                key: key.into(),
                values: values.into_iter().map(Arc::from).collect(),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_read() {
        assert!(policy("arn:aws:iam::aws:policy/AdministratorAccess").is_some());
        assert!(
            policy("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole").is_some()
        );
        assert!(policy("arn:aws:iam::aws:policy/NoSuchPolicy").is_none());
        assert!(policy("arn:aws:iam::111111111111:policy/AdministratorAccess").is_none());
    }
}
