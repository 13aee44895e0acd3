//! The AWS emulator, for states in S3 and, where the provider is on the machine, for networks.

use std::path::Path;
use std::process::Command;

use super::super::servers::{Server, fetch, free_port};

/// The bucket of the states.
const BUCKET: &str = "acme-terraform-state";

/// The emulator; dropping it stops it.
pub(super) struct Cloud {
    pub(super) endpoint: String,
    pub(super) has_provider: bool,
    _server: Server,
}

impl Cloud {
    /// Starts it, with the bucket; `None` where it is not on the machine.
    pub(super) fn start(parts: &Path, folder: &Path) -> Result<Option<Cloud>, String> {
        let program = parts.join("python/ministack-1.5.33/bin/ministack");
        if !program.exists() {
            return Ok(None);
        }
        let provider = parts.join("providers/registry.opentofu.org/hashicorp/aws/5.100.0");
        let port = free_port()?;
        let mut command = Command::new(program);
        command.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string());
        command.env("MINISTACK_PORT", port.to_string()).current_dir(folder);
        let endpoint = format!("http://127.0.0.1:{port}");
        let health = format!("{endpoint}/_ministack/health");
        let server =
            Server::start("ministack", command, folder)?.wait(|| fetch(&health, None).is_some())?;
        let made = Command::new("curl")
            .args(["--silent", "--fail", "--noproxy", "*", "--request", "PUT"])
            .arg(format!("{endpoint}/{BUCKET}"))
            .status();
        if !made.is_ok_and(|status| status.success()) {
            return Err("the bucket of the states could not be made".into());
        }
        Ok(Some(Cloud { endpoint, has_provider: provider.exists(), _server: server }))
    }

    /// The bytes of a state.
    pub(super) fn state(&self, key: &str) -> Option<String> {
        fetch(&format!("{}/{BUCKET}/{key}", self.endpoint), None)
    }
}
