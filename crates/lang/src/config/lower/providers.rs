//! Which provider each local name of a module stands for, asked once for each name.
//!
//! Invariant: after [`ProviderNames::check`] has let a resource through, its provider is known.

use std::collections::HashMap;

use addr::ProviderAddr;
use diag::{Diagnostic, Diags};

use crate::config::declared::{RequiredProvider, ResourceDecl};

/// The providers of local names.
#[derive(Debug)]
pub(super) struct ProviderNames(HashMap<String, Option<ProviderAddr>>);

impl ProviderNames {
    /// The names that a module requires.
    pub(super) fn new(required: &[RequiredProvider]) -> ProviderNames {
        let known = required.iter().map(|it| (it.name.to_string(), Some(it.provider.clone())));
        ProviderNames(known.collect())
    }

    fn find(&mut self, local: &str) -> Option<&ProviderAddr> {
        if !self.0.contains_key(local) {
            self.0.insert(local.to_owned(), ProviderAddr::implied(local).ok());
        }
        self.0[local].as_ref()
    }

    /// The provider of a local name that was found well formed.
    pub(super) fn of(&mut self, local: &str) -> ProviderAddr {
        self.find(local).cloned().expect("BUG: the name of a provider is well formed")
    }

    /// Whether a resource's provider can be told; else it is reported.
    pub(super) fn check(&mut self, decl: &ResourceDecl<'_>, diags: &mut Diags) -> bool {
        let local = decl.provider_name();
        if self.find(local).is_some() {
            return true;
        }
        // A type that is no identifier was reported already.
        if addr::is_identifier(&decl.kind.text) {
            diags.push(
                Diagnostic::error(
                    "provider-name",
                    format!("`{local}` cannot be the name of a provider"),
                )
                .detail(format!("The type of `{}` implies a provider of that name.", decl.addr()))
                .remedy("Set `provider` in the block, or correct the type.")
                .at(decl.header),
            );
        }
        false
    }
}
