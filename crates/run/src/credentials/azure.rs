//! Azure: a client of Microsoft Entra, by a federated token's file or by its secret.

use diag::Diagnostic;
use provider::Purpose;

use super::Grant;
use super::asking::Asking;
use super::changes::Changes;
use super::kind::Kind;
use super::settings::Settings;

/// Whether the settings say all that is needed.
pub(super) fn complete(settings: &Settings, purpose: Purpose) -> Result<(), Diagnostic> {
    let needed = |name: &str, remedy: &str| match settings.has(purpose, name) {
        true => Ok(()),
        false => Err(settings.incomplete(purpose, name, remedy)),
    };
    needed("tenant_id", "Give `tenant_id`.")?;
    needed("client_id", "Give `plan_client_id` and `apply_client_id`, or `client_id` for both.")?;
    match (settings.has(purpose, "oidc_token_file"), settings.has(purpose, "client_secret")) {
        (true, false) | (false, true) => Ok(()),
        (false, false) => {
            let remedy = "Give `oidc_token_file`, or `client_secret`.";
            Err(settings.incomplete(purpose, "oidc_token_file", remedy))
        }
        (true, true) => Err(Diagnostic::error("credentials-value", "Two ways to be one client")
            .detail("A federated token and a client secret were given; only one can be used.")
            .remedy("Keep one of `oidc_token_file` and `client_secret`.")
            .at(settings.header)),
    }
}

/// The grant of a client.
pub(super) fn grant(
    settings: &Settings,
    purpose: Purpose,
    asking: &Asking,
) -> Result<Grant, Diagnostic> {
    complete(settings, purpose)?;
    let text = |name: &str| settings.text(purpose, name).map(Option::unwrap_or_default);
    let client = text("client_id")?;
    let mut changes = Changes::without(Kind::Azure.base_variables())
        .set("ARM_TENANT_ID", text("tenant_id")?)
        .set("ARM_CLIENT_ID", client.clone())
        .set("ARM_USE_CLI", "false")
        .set("ARM_USE_MSI", "false");
    if settings.has(purpose, "subscription_id") {
        changes = changes.set("ARM_SUBSCRIPTION_ID", text("subscription_id")?);
    }
    let changes = if settings.has(purpose, "oidc_token_file") {
        let file = asking.path(&text("oidc_token_file")?).display().to_string();
        changes.set("ARM_USE_OIDC", "true").set("ARM_OIDC_TOKEN_FILE_PATH", file)
    } else {
        changes.set("ARM_CLIENT_SECRET", text("client_secret")?)
    };
    Ok(Grant { kind: Kind::Azure, changes, identity: client })
}
