//! The process that dies at each step, and the one that comes after it: time, chance and processes as a store sees them.
//!
//! Invariant: whoever held a lease before a death is dead after it, and the clock stands.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use store::{Process, World};

use crate::make::Key;

/// 2026-01-01T00:00:00Z, when every rehearsal takes place, in milliseconds.
const NOW_MS: u64 = 1_767_225_600_000;

/// A process, and those before it, which are dead.
#[derive(Debug)]
pub struct Afterlife {
    seed: u64,
    life: AtomicU32,
    drawn: AtomicU64,
}

impl Afterlife {
    /// The first life.
    pub fn new(seed: u64) -> Afterlife {
        Afterlife { seed, life: AtomicU32::new(1), drawn: AtomicU64::new(0) }
    }

    /// The process ends; from now on the next one is asked.
    pub fn die(&self) {
        self.life.fetch_add(1, Ordering::SeqCst);
    }
}

impl World for Afterlife {
    fn now_ms(&self) -> u64 {
        NOW_MS
    }

    fn monotonic_ms(&self) -> u64 {
        0
    }

    fn me(&self) -> Process {
        Process {
            host: "rehearsal".into(),
            pid: self.life.load(Ordering::SeqCst),
            started: "".into(),
        }
    }

    fn lives(&self, process: &Process) -> bool {
        process.pid == self.life.load(Ordering::SeqCst)
    }

    fn random(&self, bytes: &mut [u8]) {
        let draw = self.drawn.fetch_add(1, Ordering::SeqCst).to_string();
        let key = Key::new(self.seed, &["afterlife", &draw]);
        bytes.copy_from_slice(&key.bytes("random", bytes.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_died_does_not_live() {
        let world = Afterlife::new(0);
        let first = world.me();
        assert!(world.lives(&first));
        world.die();
        assert!(!world.lives(&first) && world.lives(&world.me()));
    }
}
