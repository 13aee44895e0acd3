//! One provider process: started in a process group of its own, watched, killed with its group when dropped.
//!
//! Not here: what is said to it. Invariant: when a [`Process`] is gone its process is dead or dying, and what it
//! printed last is still there to be told.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::watch;

use super::lines::Lines;
use super::reaper::Reaper;

/// A running provider process.
#[derive(Debug)]
pub(super) struct Process {
    group: Option<Pid>,
    exit: watch::Receiver<Option<Exit>>,
    lines: Arc<Lines>,
}

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exit(pub(super) String);

/// What a process is started with; nothing else of the world reaches it.
#[derive(Debug)]
pub(super) struct Launch<'a> {
    pub(super) binary: &'a Path,
    pub(super) working_dir: &'a Path,
    pub(super) environment: &'a [(String, String)],
    pub(super) additions: &'a [(&'a str, &'a str)],
    pub(super) reaper: &'a Reaper,
}

impl Process {
    /// Starts the process and gives its standard output, on which it will tell its address.
    pub(super) fn start(launch: &Launch<'_>) -> std::io::Result<(Process, ChildStdout)> {
        let mut command = Command::new(launch.binary);
        command
            .current_dir(launch.working_dir)
            .env_clear()
            .envs(launch.environment.iter().map(|(name, value)| (name, value)))
            .envs(launch.additions.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let mut child = command.spawn()?;
        let lines = Arc::new(Lines::default());
        let stdout = child.stdout.take().expect("BUG: the output is a pipe");
        let stderr = child.stderr.take().expect("BUG: the error output is a pipe");
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let reaper = launch.reaper.clone();
        group.iter().for_each(|group| reaper.watch(*group));
        let drained = tokio::spawn(drain(stderr, lines.clone()));
        let (ended, exit) = watch::channel(None);
        tokio::spawn(async move {
            let exit = wait(child).await;
            group.iter().for_each(|group| reaper.forget(*group));
            let _ = drained.await; // its last words first
            let _ = ended.send(Some(exit)); // nobody may be listening any more
        });
        Ok((Process { group, exit, lines }, stdout))
    }

    /// What it printed last.
    pub(super) fn lines(&self) -> &Arc<Lines> {
        &self.lines
    }

    /// How it ended, when it has.
    pub(super) async fn ended(&self) -> Exit {
        let mut exit = self.exit.clone();
        let seen = exit.wait_for(Option::is_some).await.map(|exit| exit.clone());
        match seen {
            Ok(Some(exit)) => exit,
            _ => Exit("its end was not seen".to_owned()),
        }
    }

    /// How it ended, if it has.
    pub(super) fn exit(&self) -> Option<Exit> {
        self.exit.borrow().clone()
    }

    /// Kills it and all that it started, unless it is gone already.
    pub(super) fn kill(&self) {
        if let Some(group) = self.group.filter(|_| self.exit().is_none()) {
            let _ = kill_process_group(group, Signal::KILL); // gone between the look and the kill
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn wait(mut child: Child) -> Exit {
    match child.wait().await {
        Ok(status) => Exit(describe(status)),
        Err(error) => Exit(format!("its end was not seen: {error}")),
    }
}

fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("the process ended with exit code {code}"),
        (None, Some(signal)) => format!("the process was killed by signal {signal}"),
        (None, None) => "the process ended".to_owned(),
    }
}

/// Takes all that comes until the pipe is closed.
pub(super) async fn drain(mut pipe: impl AsyncRead + Unpin, lines: Arc<Lines>) {
    let mut buffer = vec![0; 8 << 10];
    while let Ok(read @ 1..) = pipe.read(&mut buffer).await {
        lines.take(&buffer[..read]);
    }
}
