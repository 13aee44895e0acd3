//! What the end-to-end runs sign with, and what a plan says has to be signed for.

use std::path::Path;
use std::process::Command;

/// Makes an SSH key without a passphrase.
pub(super) fn make_key(path: &Path, comment: &str) -> Result<(), String> {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f"])
        .arg(path)
        .status()
        .map_err(|e| format!("ssh-keygen: {e}"))?;
    if made.success() { Ok(()) } else { Err("ssh-keygen made no key".into()) }
}

/// The addresses of what bears data and would go, `ENV/STACK//ADDRESS`, by the JSON of a plan's page.
pub(super) fn losses(page: &serde_json::Value) -> Vec<String> {
    let losses = page["data_losses"].as_array().into_iter().flatten();
    losses
        .filter_map(|loss| {
            Some(format!("{}//{}", loss["stack"].as_str()?, loss["address"].as_str()?))
        })
        .collect()
}
