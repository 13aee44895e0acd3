//! A cloud that answers in place of the real ones: what a rehearsal puts where providers would be.
//!
//! Only the port. What such a cloud does stands in `sim`; everything else in a run, from the planner to the store, is
//! the same as with real providers.
//! Invariant: with a cloud no lock file, provider process, credential or binary is touched.

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::{ProviderAddr, ProviderInstance};
use diag::{Diagnostic, Diags};
use engine::About;
use plan::{Digest, Schemas};
use provider::discovery::Requirements;
use provider::{Provider, Wanted};
use schema::ProviderSchema;
use schema::version::Constraints;

use crate::providers::Found;

/// A cloud that answers in place of the real ones.
pub trait Cloud: Send + Sync {
    /// The schemas of the types of a provider that a stack uses, of a version that its constraints allow. A stack is
    /// named by its whole address, a root module alone by the empty text.
    ///
    /// # Errors
    /// Where there is none: the diagnostic says how to get it.
    fn schemas(
        &self,
        stack: &str,
        provider: &ProviderAddr,
        constraints: &Constraints,
        wanted: &Wanted,
    ) -> Result<ProviderSchema, Diagnostic>;

    /// Stands in a plan where the digest of provider locks stands: of schemas, overlays and seed.
    fn digest(&self) -> Digest;

    /// A provider as one call of a stack sees it, under one of its configurations. Cheap.
    fn provider(
        &self,
        stack: &str,
        provider: &ProviderInstance,
        about: &About,
    ) -> Arc<dyn Provider>;
}

/// The schemas of what is needed, from a cloud; nothing is launched.
pub(crate) fn found(
    cloud: &dyn Cloud,
    stack: &str,
    requirements: &Requirements,
    needed: impl IntoIterator<Item = (ProviderAddr, Wanted)>,
) -> Result<Found, Diags> {
    let mut diags = Diags::new();
    let mut schemas = Schemas::new();
    for (addr, wanted) in needed {
        if addr.is_builtin() {
            schemas.insert(addr, provider::builtin::schema().clone());
            continue;
        }
        let constraints = requirements.get(&addr).cloned().unwrap_or_default();
        match cloud.schemas(stack, &addr, &constraints, &wanted) {
            Ok(schema) => schemas.insert(addr, Arc::new(schema)),
            Err(diagnostic) => diags.push(diagnostic),
        }
    }
    let found = Found { schemas: Arc::new(schemas), launches: BTreeMap::new() };
    if diags.has_errors() { Err(diags) } else { Ok(found) }
}
