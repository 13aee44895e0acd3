//! Who judges plans by the estate's policies, as the gate asks.
//!
//! Not how (`policy`). Invariant: a policy that cannot be evaluated refuses; it is never passed over.

use std::fmt;

use addr::StackAddr;
use diag::Diagnostic;
use guard::{PolicyFinding, Refusal};
use plan::Plan;

/// When policies are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Of a plan that is looked at: what is not decided is asked again.
    OfPlan,
    /// Just before the calls of the stack.
    BeforeCalls,
}

/// What judges plans by the policies of the estate.
pub trait Judge: fmt::Debug + Send + Sync {
    /// What the policies find in the plan of a stack.
    ///
    /// # Errors
    /// Where a policy cannot be evaluated: then nobody knows what it would have said.
    fn findings(
        &self,
        address: &StackAddr,
        plan: &Plan,
        when: Asked,
    ) -> Result<Vec<PolicyFinding>, Diagnostic>;
}

/// A policy could not be evaluated.
pub(super) fn failed(address: &StackAddr, error: &Diagnostic) -> Refusal {
    Refusal {
        stack: Some(address.clone()),
        address: None,
        code: "policy-failed",
        text: format!("{}: {}", error.summary, error.detail.trim_end_matches('.')),
        remedy: match error.remedy.is_empty() {
            true => "Mend the policy: strata policy test shows the same.".to_owned(),
            false => error.remedy.clone(),
        },
    }
}
