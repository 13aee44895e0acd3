//! Who one stack is: its credentials as the estate file gives them, ready to be had for either purpose.
//!
//! Invariant: a stack without credentials keeps its launches as they are.

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::ProviderAddr;
use diag::Diagnostic;
use provider::{Launch, Purpose};

use super::identities::{Identities, Patience, Under, Wanted};
use super::subject::Subject;

/// Who a stack is; nobody in particular for a plain root module.
#[derive(Clone, Debug, Default)]
pub struct Identity(Option<Arc<Who>>);

#[derive(Debug)]
struct Who {
    identities: Identities,
    subject: Subject,
    wanted: Wanted,
}

impl Identity {
    /// The identity of a stack instance.
    pub fn new(identities: &Identities, subject: Subject, wanted: Wanted) -> Identity {
        let identities = identities.clone();
        let who = Who { identities, subject, wanted };
        let is_somebody = !who.wanted.is_empty() || who.identities.are_recorded();
        Identity(is_somebody.then(|| Arc::new(who)))
    }

    /// Whether its providers are whoever runs the program.
    pub(crate) fn is_nobody(&self) -> bool {
        self.0.as_ref().is_none_or(|who| who.wanted.is_nobodys())
    }

    /// Puts launches under it.
    ///
    /// # Errors
    /// Where it cannot be had and will not come by itself.
    pub async fn under(
        &self,
        launches: &BTreeMap<ProviderAddr, Launch>,
        purpose: Purpose,
        patience: Patience,
    ) -> Result<Under, Diagnostic> {
        let Some(who) = &self.0 else {
            return Ok(Under { launches: launches.clone(), absent: Vec::new() });
        };
        let (subject, wanted) = (who.subject.clone(), who.wanted.clone());
        who.identities.under(subject, wanted, launches, purpose, patience).await
    }

    /// The same, where it must be there by now: what was made by this run may take a while to be known.
    ///
    /// # Errors
    /// Where it cannot be had.
    pub async fn under_now(
        &self,
        launches: &BTreeMap<ProviderAddr, Launch>,
        purpose: Purpose,
    ) -> Result<BTreeMap<ProviderAddr, Launch>, Diagnostic> {
        let under = self.under(launches, purpose, Patience::Propagation).await?;
        match under.absent.into_iter().next() {
            Some(absent) => Err(absent.diagnostic),
            None => Ok(under.launches),
        }
    }
}
