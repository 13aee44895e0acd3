//! What policies found in a plan, as the guard takes it: who has to approve beyond the owners, and what must not be applied.
//!
//! Not how policies are evaluated (crate `policy`): the drivers hand findings in. Invariant: a finding that is not decided yet never
//! refuses a plan that is only looked at; it refuses before a stack's calls where its policy says so.

use std::sync::Arc;

use addr::StackAddr;

/// Something that a policy found in the plan of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFinding {
    /// The policy's name in the estate file.
    pub policy: Arc<str>,
    /// The rule of its bundle, as `main.deny`.
    pub rule: Arc<str>,
    /// The stack.
    pub stack: StackAddr,
    /// The resource that it is about, as its address in the stack's plan; `None` where the finding names none.
    pub address: Option<Arc<str>>,
    /// What the policy says.
    pub text: Arc<str>,
    /// How grave it is.
    pub severity: PolicySeverity,
    /// Whether it stands already.
    pub decision: Decision,
}

/// How grave a finding is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicySeverity {
    /// It is told.
    Warn,
    /// Somebody of the group has to approve; of the stack's owners where it names none.
    Approve(Option<Arc<str>>),
    /// It must not be.
    Deny,
}

/// Whether a finding stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Whatever is not known yet, it stands.
    Decided,
    /// It depends on what is not known yet.
    NotYet {
        /// What it depends on, as addresses and attributes.
        on: Vec<Arc<str>>,
        /// What becomes of the stack by it, as long as it is not decided.
        undecided: Undecided,
    },
}

/// What becomes of a stack by a finding that is not decided yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undecided {
    /// It is told: the policy is asked again before the calls, or says that it may stay open.
    Told,
    /// It is refused: its calls are next, and the policy wants to know before.
    Refused,
}

impl PolicyFinding {
    /// Whether it stands already.
    pub fn is_decided(&self) -> bool {
        self.decision == Decision::Decided
    }

    /// The address across stacks; `None` where the finding names no resource.
    pub fn full_address(&self) -> Option<String> {
        self.address.as_ref().map(|address| format!("{}//{address}", self.stack))
    }
}
