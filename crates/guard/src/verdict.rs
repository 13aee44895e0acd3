//! What the guard found: data for the page, for the gate of an apply, and for JSON.
//!
//! Not text to print as a whole, though each sentence in it is meant for people.
//! Invariant: everything stands in the order of the subjects, then of the plan's changes; `refused` is empty exactly where
//! the plans may be applied.

use std::sync::Arc;

use addr::{DeposedKey, ResourceInstance, StackAddr};
use plan::Action;
use value::Path;

use crate::policy::PolicyFinding;

/// What the guard found in the plans of an environment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// Objects whose data the plan loses, approved by address or not.
    pub data: Vec<DataLoss>,
    /// The approvals of each stack that has something to do and needs any.
    pub needs: Vec<Need>,
    /// Limits that the plan exceeds, whether they bind or not.
    pub limits: Vec<Exceeded>,
    /// What policies found, decided or not.
    pub policies: Vec<PolicyFinding>,
    /// What widens access.
    pub widens: Vec<Widening>,
    /// Why it must not be applied. Empty: it may be.
    pub refused: Vec<Refusal>,
    /// What would refuse it in a protected environment, or without `--break-glass`.
    pub warned: Vec<Refusal>,
}

impl Verdict {
    /// Whether the plans may be applied.
    pub fn may_be_applied(&self) -> bool {
        self.refused.is_empty()
    }

    /// The data losses that nobody has approved by address.
    pub fn data_not_approved(&self) -> impl Iterator<Item = &DataLoss> {
        self.data.iter().filter(|loss| loss.approved == Approved::No)
    }
}

/// An object that bears data and that the plan destroys.
#[derive(Clone, Debug, PartialEq)]
pub struct DataLoss {
    /// The stack.
    pub stack: StackAddr,
    /// The resource instance.
    pub address: ResourceInstance,
    /// Which deposed object of it; `None` for the current one.
    pub deposed: Option<DeposedKey>,
    /// The resource type.
    pub type_name: Arc<str>,
    /// What people call the object, as `acme-prod-orders`, where its type tells where that stands and it is not sensitive.
    pub name: Option<String>,
    /// What it holds, in words: `the databases of the cluster`.
    pub holds: Arc<str>,
    /// What is to happen to it.
    pub action: Action,
    /// The paths that force the replacement; none unless it is one.
    pub why: Vec<Path>,
    /// What protects it, and what does not, in words: `deletion_protection = true`, `final snapshot on`.
    pub guards: Vec<String>,
    /// Whether an owner has approved it by address.
    pub approved: Approved,
}

impl DataLoss {
    /// The address across stacks, as `--destroy-data` takes it: `prod/database//aws_rds_cluster.main`.
    pub fn full_address(&self) -> String {
        full_address(&self.stack, &self.address)
    }
}

/// `ENV/STACK[:KEY]//ADDRESS`.
pub(crate) fn full_address(stack: &StackAddr, address: &ResourceInstance) -> String {
    addr::StackResource { stack: stack.clone(), instance: address.clone() }.to_string()
}

/// Whether something was approved by address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Approved {
    /// By nobody.
    No,
    /// By this person, as their group's file names them.
    By(Arc<str>),
}

/// The approvals that a stack needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The stack.
    pub stack: StackAddr,
    /// The groups whose signers count: any of them.
    pub groups: Vec<Arc<str>>,
    /// How many different people have to approve.
    pub of: u32,
    /// Who has, as their groups' files name them.
    pub by: Vec<Arc<str>>,
}

impl Need {
    /// How many have approved.
    pub fn have(&self) -> u32 {
        self.by.len() as u32
    }

    /// Whether no more are needed.
    pub fn is_satisfied(&self) -> bool {
        self.have() >= self.of
    }
}

/// A limit of a layer that a plan exceeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// The layer.
    pub layer: Arc<str>,
    /// Which limit.
    pub limit: Limit,
    /// What it allows.
    pub allowed: u64,
    /// What the plan does.
    pub planned: u64,
    /// The stacks of the layer that add to it.
    pub stacks: Vec<StackAddr>,
}

/// A limit of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// `max_destroy`: objects destroyed that bear no data.
    Destroy,
    /// `max_deferred`: objects that one deferred item may come to.
    Deferred,
}

impl Limit {
    /// The argument's name in the estate file.
    pub fn word(self) -> &'static str {
        match self {
            Limit::Destroy => "max_destroy",
            Limit::Deferred => "max_deferred",
        }
    }
}

/// A change that lets more be done by somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Widening {
    /// The stack.
    pub stack: StackAddr,
    /// The resource instance that grants.
    pub address: ResourceInstance,
    /// What, in words that follow `widens access: `, as `s3:PutObject on acme-logs-*`.
    pub what: String,
}

/// Why something must not be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stack it is about; `None` where it is about all.
    pub stack: Option<StackAddr>,
    /// The resource it is about, as its full address.
    pub address: Option<String>,
    /// The code of its diagnostic, as `data-refused`.
    pub code: &'static str,
    /// One sentence.
    pub text: String,
    /// What to do; `PLAN` stands for the plan's id ([`Refusal::remedy_for`]).
    pub remedy: String,
}

impl Refusal {
    /// What to do about it, with the plan's id where it stands for it; an address that says `PLAN` stays as it is.
    pub fn remedy_for(&self, plan: &str) -> String {
        self.remedy.replacen("strata approve PLAN", &format!("strata approve {plan}"), 1)
    }
}
