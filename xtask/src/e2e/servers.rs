//! Servers that a run starts: on loopback, in a folder of the run's own, stopped when the run ends however it ends.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to be ready.
const READY_MAX: Duration = Duration::from_secs(90);

/// A running server; dropping it stops it.
pub(crate) struct Server {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Server {
    /// Starts a program; what it prints goes to a log in `folder`.
    pub(crate) fn start(
        name: &'static str,
        mut command: Command,
        folder: &Path,
    ) -> Result<Server, String> {
        let log = folder.join(format!("{name}.log"));
        let file = File::create(&log).map_err(|e| e.to_string())?;
        let second = file.try_clone().map_err(|e| e.to_string())?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(second)
            .spawn()
            .map_err(|e| format!("{name}: {e}"))?;
        Ok(Server { name, child, log })
    }

    /// Waits until `ready` says so; fails when the server ends or takes longer than [`READY_MAX`].
    pub(crate) fn wait(mut self, ready: impl Fn() -> bool) -> Result<Server, String> {
        let begun = Instant::now();
        while !ready() {
            let ended = self.child.try_wait().ok().flatten();
            if ended.is_some() || begun.elapsed() > READY_MAX {
                let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                let last: Vec<&str> = log.lines().rev().take(15).collect();
                let last: Vec<&str> = last.into_iter().rev().collect();
                return Err(format!(
                    "{} is not ready ({ended:?}):\n{}",
                    self.name,
                    last.join("\n")
                ));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(self)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port of loopback that was free a moment ago.
pub(crate) fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|e| e.to_string())?;
    listener.local_addr().map(|addr| addr.port()).map_err(|e| e.to_string())
}

/// The answer to a request, where its status says success.
pub(crate) fn fetch(url: &str, authorization: Option<&str>) -> Option<String> {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--fail", "--insecure", "--max-time", "10", "--noproxy", "*", url]);
    if let Some(authorization) = authorization {
        curl.args(["--header", &format!("Authorization: {authorization}")]);
    }
    let out = curl.stdin(Stdio::null()).output().ok()?;
    out.status.success().then(|| String::from_utf8_lossy(&out.stdout).into_owned())
}
