//! What is known of AWS: identities with their policies, policies of resources, service control policies, resources' tags.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::document::Policy;
use super::trust::Comer;
use crate::answer::{Source, Step};
use crate::object::Pairs;

/// A kind of identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A role.
    Role,
    /// A user.
    User,
}

/// A role or a user.
#[derive(Clone, Debug)]
pub struct Principal {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: Arc<str>,
    /// Its ARN; the account is `*` where it is not known.
    pub arn: Arc<str>,
    /// The environment of the stack that makes it.
    pub environment: Arc<str>,
    /// Where it stands.
    pub source: Arc<Source>,
    /// Its tags, as far as they are known.
    pub tags: Vec<(Arc<str>, Arc<str>)>,
    pub(crate) policies: Vec<Attached>,
    pub(crate) boundary: Option<Attached>,
    /// Of a role: who may become it.
    pub(crate) trust: Option<Attached>,
    /// Whether sessions may bring tags of their own, once somebody asked.
    pub(crate) session_tags: OnceLock<bool>,
}

impl Principal {
    /// Its account; `*` where it is not known.
    pub fn account(&self) -> &str {
        self.arn.split(':').nth(4).unwrap_or("*")
    }
}

/// A policy at a place; or why it is not known.
#[derive(Clone, Debug)]
pub(crate) struct Attached {
    /// What it is called in a path.
    pub(crate) name: Arc<str>,
    pub(crate) policy: Result<Arc<Policy>, Arc<str>>,
    /// Where its text stands.
    pub(crate) source: Option<Arc<Source>>,
    /// The steps that lead to it, such as an attachment.
    pub(crate) by_way_of: Vec<Step>,
}

impl Attached {
    /// A step that stands where its text does.
    pub(crate) fn step(&self, what: impl Into<Arc<str>>) -> Step {
        Step { what: what.into(), source: self.source.clone() }
    }
}

/// The policy of a resource.
#[derive(Clone, Debug)]
pub(crate) struct ResourcePolicy {
    /// The ARN of the resource, and a pattern for what it holds, such as a bucket's objects.
    pub(crate) covers: Vec<Arc<str>>,
    /// The account that the resource is in; `*` where it is not known.
    pub(crate) account: Arc<str>,
    pub(crate) policy: Attached,
    /// Whether nobody gets in whom it does not let in: keys, and trust.
    pub(crate) required: Required,
}

/// Whether a resource's policy has to allow what an identity's policy allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Required {
    /// It adds to what identities are allowed.
    Adds,
    /// Nobody gets in whom it does not name, or hand over to the account.
    Must,
}

/// All that is known.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Identities, in the order of their ARNs.
    pub principals: Vec<Principal>,
    pub(crate) resource_policies: Vec<ResourcePolicy>,
    /// Service control policies by the account, the unit or the root that they are attached to.
    pub(crate) control: BTreeMap<Arc<str>, Vec<Attached>>,
    /// The parents of accounts and of units.
    pub(crate) parents: BTreeMap<Arc<str>, Arc<str>>,
    /// Tags of resources by ARN.
    pub(crate) tags: BTreeMap<Arc<str>, Pairs>,
    /// Who may become each role in one step, once somebody asked.
    pub(crate) direct: OnceLock<BTreeMap<Arc<str>, Vec<Comer>>>,
}

impl Account {
    /// The identity with this ARN.
    pub fn principal(&self, arn: &str) -> Option<&Principal> {
        self.principals.iter().find(|one| &*one.arn == arn)
    }

    /// The service control policies that bind an account, with where each is attached.
    pub(crate) fn control_of<'a>(&'a self, account: &'a str) -> Vec<(&'a str, &'a [Attached])> {
        let (mut found, mut at) = (Vec::new(), account);
        // Five levels of units below a root are the most that there are.
        for _ in 0..8 {
            if let Some(policies) = self.control.get(at) {
                found.push((at, policies.as_slice()));
            }
            match self.parents.get(at) {
                Some(parent) => at = parent,
                None => break,
            }
        }
        found
    }
}
