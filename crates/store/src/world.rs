//! What a store needs to know of the world beyond its files: time, chance, and which processes live.
//!
//! Not the `host` port of the whole program: a store asks for these few things only, and tests answer them otherwise.
//! Invariant: `monotonic_ms` never runs backwards within a process.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::lease::Process;

/// Time, chance and processes.
pub trait World: Send + Sync {
    /// Milliseconds since 1970, for people to read; never compared between hosts.
    fn now_ms(&self) -> u64;

    /// Milliseconds since some moment, for measuring.
    fn monotonic_ms(&self) -> u64;

    /// This process.
    fn me(&self) -> Process;

    /// Whether a process of this host lives; a process of another host counts as living.
    fn lives(&self, process: &Process) -> bool;

    /// Fills with what nobody can guess.
    fn random(&self, bytes: &mut [u8]);
}

/// The real world.
#[derive(Debug)]
pub struct SystemWorld {
    begun: Instant,
    me: Process,
}

impl SystemWorld {
    /// The world as this process sees it.
    pub fn new() -> SystemWorld {
        let pid = std::process::id();
        let me = Process {
            host: host_name().into(),
            pid,
            started: start_of(pid).unwrap_or_default().into(),
        };
        SystemWorld { begun: Instant::now(), me }
    }
}

impl Default for SystemWorld {
    fn default() -> SystemWorld {
        SystemWorld::new()
    }
}

impl World for SystemWorld {
    #[expect(clippy::disallowed_methods, reason = "this is the clock of the port")]
    fn now_ms(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        since.as_millis() as u64
    }

    fn monotonic_ms(&self) -> u64 {
        self.begun.elapsed().as_millis() as u64
    }

    fn me(&self) -> Process {
        self.me.clone()
    }

    fn lives(&self, process: &Process) -> bool {
        process.host != self.me.host
            || match start_of(process.pid) {
                Some(started) => *started == *process.started,
                None => false,
            }
    }

    fn random(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("BUG: the system gives no random bytes");
    }
}

fn host_name() -> String {
    nix::unistd::gethostname().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// When a process of this host started: the boot it belongs to, and the clock ticks since that boot. `None` if there is
/// no such process, or if it has ended and only waits to be collected.
#[cfg(target_os = "linux")]
fn start_of(pid: u32) -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second part is the program's name in parentheses and may hold anything; parts are counted after it.
    let mut rest = stat.rsplit_once(')')?.1.split_whitespace();
    let state = rest.next()?;
    let ticks = rest.nth(18)?;
    (!matches!(state, "Z" | "X")).then(|| format!("{}:{ticks}", boot.trim()))
}

/// Without a process table to read, only whether the process is there can be told.
#[cfg(not(target_os = "linux"))]
fn start_of(pid: u32) -> Option<String> {
    let pid = nix::unistd::Pid::from_raw(i32::try_from(pid).ok()?);
    let found = nix::sys::signal::kill(pid, None);
    matches!(found, Ok(()) | Err(nix::errno::Errno::EPERM)).then(String::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_an_ended_one_does_not() {
        let world = SystemWorld::new();
        assert!(world.lives(&world.me()));
        let earlier = Process { started: "earlier boot:1".into(), ..world.me() };
        assert!(!world.lives(&earlier), "the number was given to another process since");
        let elsewhere = Process { host: "another host".into(), ..earlier };
        assert!(world.lives(&elsewhere), "nothing is known of other hosts");
        let mut child = std::process::Command::new("true").spawn().expect("a child");
        let pid = child.id();
        child.wait().expect("its end");
        assert!(!world.lives(&Process { pid, ..world.me() }));
    }
}
