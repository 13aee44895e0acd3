//! The local names of providers in a module, and what they imply.
//!
//! Invariant: a local name that is let through is in its normal form, so names that mean the same are equal.

use addr::ProviderAddr;
use diag::{Diagnostic, Diags, Span};

/// Whether a local name is well formed and in its normal form; else it is reported.
pub(super) fn local_name(name: &str, span: Span, diags: &mut Diags) -> bool {
    // `terraform` alone is well formed; that it is built in does not matter here.
    let fault = match ProviderAddr::implied(name) {
        Ok(provider) if *provider.name == *name => return true,
        Ok(provider) => Diagnostic::error(
            "provider-name",
            format!("The provider name `{name}` is not in its normal form"),
        )
        .detail("Names of providers are written in lower case.")
        .remedy(format!("Write `{}`.", provider.name)),
        Err(error) => {
            Diagnostic::error("provider-name", format!("`{name}` cannot be the name of a provider"))
                .detail(format!("As {error}."))
                .remedy("Use letters, digits and single dashes within the name.")
        }
    };
    diags.push(fault.at(span));
    false
}
