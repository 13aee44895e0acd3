//! Plans of an estate that are kept under an id: what was approved, so that it can be applied later.

use std::collections::BTreeMap;
use std::sync::Arc;

use diag::Diagnostic;
use estate::StackGraph;
use plan::format::v1::{Envelope, EnvelopeKind, EnvelopeStack};
use plan::{Digest, Plan};

use super::environment::EnvironmentPlan;
use super::open::EstateFile;

/// Letters of ids: none that is mistaken for another when read aloud.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A new id, such as `p-7Q4K9Z`: six letters of 5 bits each, of these random bits.
pub fn new_plan_id(random: u128) -> String {
    let letters = (0..6).map(|at| char::from(LETTERS[(random >> (5 * at) & 31) as usize]));
    letters.fold("p-".to_owned(), |id, letter| id + &letter.to_string())
}

/// The file of an environment's plans.
pub fn encode(
    id: &str,
    created_ms: u64,
    file: &EstateFile,
    graph: &StackGraph,
    planned: &EnvironmentPlan,
) -> Vec<u8> {
    let environment = &file.estate[graph.environment].name.node;
    let estate_id = file.estate.id.as_ref().map_or_else(|| Arc::from(""), |id| id.node.clone());
    let stacks = planned.stacks.iter().map(|stack| EnvelopeStack {
        address: stack.address.to_string().into(),
        plan: Plan::clone(&stack.plan),
        configuration: stack.stack.loaded.files.clone(),
    });
    let forgotten = planned.forgotten.iter().map(|stack| EnvelopeStack {
        address: stack.address.to_string().into(),
        plan: Plan::clone(&stack.plan),
        configuration: Vec::new(),
    });
    let kind = EnvelopeKind::Estate { estate_id, environment: environment.clone() };
    let stacks = stacks.chain(forgotten).collect();
    Envelope { kind, id: id.into(), created_ms, stacks }.encode()
}

/// What a kept plan holds.
pub struct Kept {
    /// Its id.
    pub id: String,
    /// The environment.
    pub environment: Arc<str>,
    /// The digest of its file: what approvals sign.
    pub digest: Digest,
    /// Plans by stack address.
    pub plans: BTreeMap<Arc<str>, Arc<Plan>>,
}

/// Reads the file of an environment's plans.
///
/// # Errors
/// Where it is no such file, or of another estate.
pub fn decode(bytes: &[u8], file: &EstateFile) -> Result<Kept, Diagnostic> {
    let envelope = Envelope::decode(bytes).map_err(|error| {
        Diagnostic::error("plan-unreadable", "The plan cannot be read")
            .detail(format!("{error}."))
            .remedy("Plan again.")
    })?;
    let EnvelopeKind::Estate { estate_id, environment } = envelope.kind else {
        return Err(Diagnostic::error("plan-foreign", "The plan is of a plain root module")
            .detail("It was made in a folder without strata.hcl.")
            .remedy("Apply it there."));
    };
    let own = file.estate.id.as_ref().map(|id| id.node.clone());
    if own.as_ref() != Some(&estate_id) {
        return Err(Diagnostic::error("plan-foreign", "The plan is of another estate")
            .detail(format!("It names the estate with id {estate_id}."))
            .remedy("Apply it in its own estate, or plan here."));
    }
    let plans = envelope.stacks.into_iter().map(|stack| (stack.address, Arc::new(stack.plan)));
    let digest = Digest::of(bytes);
    Ok(Kept { id: envelope.id.to_string(), environment, digest, plans: plans.collect() })
}

#[cfg(test)]
mod tests {
    use super::new_plan_id;

    #[test]
    fn ids_are_short_and_differ() {
        assert_eq!(new_plan_id(0), "p-000000");
        assert_eq!(new_plan_id(u128::MAX), "p-ZZZZZZ");
        assert_ne!(new_plan_id(1), new_plan_id(32));
    }
}
