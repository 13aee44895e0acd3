//! Google: the provider itself impersonates a service account, from the base credentials.

use diag::Diagnostic;
use provider::Purpose;

use super::Grant;
use super::changes::Changes;
use super::kind::Kind;
use super::settings::Settings;

/// Whether the settings say all that is needed.
pub(super) fn complete(settings: &Settings, purpose: Purpose) -> Result<(), Diagnostic> {
    grant(settings, purpose).map(drop)
}

/// The grant of a service account.
pub(super) fn grant(settings: &Settings, purpose: Purpose) -> Result<Grant, Diagnostic> {
    let remedy =
        "Give `plan_service_account` and `apply_service_account`, or `service_account` for both.";
    let account = settings.text(purpose, "service_account")?;
    let account = account.ok_or_else(|| settings.incomplete(purpose, "service_account", remedy))?;
    let changes = Changes::without(Kind::Google.base_variables())
        .set("GOOGLE_IMPERSONATE_SERVICE_ACCOUNT", account.clone());
    Ok(Grant { kind: Kind::Google, changes, identity: account })
}
