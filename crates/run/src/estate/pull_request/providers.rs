//! Which providers a pull request's plan may start, and what their processes see of the environment.
//!
//! Invariant: what the base's file does not name, and its lock file does not have, is not started.

use addr::ProviderAddr;
use diag::Diagnostic;

use super::base::Base;

/// Providers that start programs, read the machine's files, or ask hosts that the configuration names, while planning.
/// By the last part of the name: anybody may publish a copy under a namespace of their own.
const REACHING: &[(&str, &str)] = &[
    ("archive", "reads files of the machine"),
    ("dns", "asks name servers for names that the configuration makes"),
    ("docker", "speaks to the machine's container engine"),
    ("external", "starts programs"),
    ("helm", "fetches charts from any host, and starts programs"),
    ("http", "sends requests to any host"),
    ("kubectl", "sends requests to any host"),
    ("local", "reads files of the machine"),
    ("restapi", "sends requests to any host"),
    ("shell", "starts programs"),
    ("sops", "decrypts files with the machine's keys"),
    ("ssh", "starts programs on other hosts"),
    ("template", "reads files of the machine"),
    ("tls", "connects to any host"),
    ("vault", "reads secrets"),
];

/// Variables that say nothing that is secret.
const HARMLESS: &[&str] = &[
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "LANG",
    "LC_ALL",
    "PATH",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TMPDIR",
    "TZ",
];

/// Whether a provider's process may see a variable of the environment whatever the base says.
pub fn is_harmless_variable(name: &str) -> bool {
    HARMLESS.contains(&name)
}

impl Base {
    /// Whether a process may see a variable of the environment.
    pub fn shows_variable(&self, name: &str) -> bool {
        let named = self.allows().map(|allows| &allows.environment);
        is_harmless_variable(name)
            || named.is_some_and(|named| named.iter().any(|one| &*one.node == name))
    }

    /// What is said against starting a provider for a pull request; nothing where it may be started.
    pub fn against_provider(&self, provider: &ProviderAddr) -> Option<Diagnostic> {
        if provider.is_builtin() {
            return None;
        }
        let shown = provider.for_display();
        let named = self.allows().and_then(|allows| allows.providers.as_ref());
        let reaches = REACHING.iter().find(|(name, _)| *name == &*provider.name);
        let why = match (named, reaches) {
            (Some(named), _) if named.iter().any(|one| one.node == *provider) => return None,
            (None, None) if self.locked.contains(provider) => return None,
            (_, Some((_, what))) => format!("It {what}"),
            (Some(_), None) => "The base's `providers` does not name it".to_owned(),
            (None, None) => "No lock file of the base has it".to_owned(),
        };
        Some(
            Diagnostic::error("pull-request-provider", format!("Provider {shown} is not started for a pull request")).detail(format!("{why}, and a plan would start it with the estate's credentials ({}).", self.shown))
            .remedy(format!(
                "Take it out; or name it in `pull_requests {{ providers = [...] }}` of strata.hcl, in a change that is merged first: \"{shown}\"."
            )),
        )
    }

    /// Whether a function is refused to configurations of pull requests, and why.
    pub(super) fn against_function(&self, name: &str) -> Option<Diagnostic> {
        let why = match name {
            "nonsensitive" => "It would show what is sensitive",
            "templatestring" => "It calls functions that no look at the configuration shows",
            _ if name.starts_with("provider::") => {
                "A provider computes it, and would be started for it"
            }
            _ => return None,
        };
        if self.allows().is_some_and(|allows| allows.allows_function(name)) {
            return None;
        }
        Some(
            Diagnostic::error("pull-request-function", format!("`{name}` is not called for a pull request")).detail(format!("{why} ({}).", self.shown))
            .remedy(format!(
                "Take the call out; or name it in `pull_requests {{ functions = [...] }}` of strata.hcl, in a change that is merged first: \"{name}\"."
            )),
        )
    }
}
