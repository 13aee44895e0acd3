//! What `strata.hcl` lets pull requests do, as data.
//!
//! Whose file counts is not said here: only that of the commit that a pull request is to be merged into.

use std::sync::Arc;

use addr::ProviderAddr;
use diag::{Span, Spanned};

/// `pull_requests {}`: what an untrusted plan may use beyond what is harmless.
#[derive(Clone, Debug)]
pub struct PullRequests {
    /// The providers whose processes may be started; those that the lock file has and that reach neither the machine nor
    /// other hosts where it is not said.
    pub providers: Option<Vec<Spanned<ProviderAddr>>>,
    /// Functions that are refused otherwise: `provider::NAME::FUNCTION` with `*` as the function, `nonsensitive`,
    /// `templatestring`.
    pub functions: Vec<Spanned<Arc<str>>>,
    /// Variables of the environment that provider processes see.
    pub environment: Vec<Spanned<Arc<str>>>,
    /// Secrets whose values are read for inputs and provider settings.
    pub secrets: Vec<Spanned<Arc<str>>>,
    /// The block's header.
    pub header: Span,
}

impl PullRequests {
    /// Whether a function is let through; `name` is what the configuration says, without `core::`.
    pub fn allows_function(&self, name: &str) -> bool {
        self.functions.iter().any(|one| match one.node.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => *one.node == *name,
        })
    }
}
