//! How long a server that went away is waited for.
//!
//! A server that is started anew, or that another one takes over from, is back within seconds; a run need not end for
//! that.
//! Invariant: the waits grow, and their sum has a limit.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// The first wait.
const WAIT_FIRST: Duration = Duration::from_millis(50);
/// No wait is longer.
const WAIT_MAX: Duration = Duration::from_secs(1);

/// What is left of the time to wait.
pub(super) struct Patience {
    until: Instant,
    next: Duration,
    /// Nobody sends: receiving from it is waiting.
    never: (Sender<()>, Receiver<()>),
}

impl Patience {
    /// From now on.
    pub(super) fn new(time_max: Duration) -> Patience {
        Patience { until: Instant::now() + time_max, next: WAIT_FIRST, never: channel() }
    }

    /// Waits a little; tells whether there was time left to.
    pub(super) fn wait(&mut self) -> bool {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        self.never.1.recv_timeout(self.next.min(left)).ok();
        self.next = (self.next * 2).min(WAIT_MAX);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends() {
        let mut patience = Patience::new(Duration::from_millis(120));
        let waits = std::iter::from_fn(|| patience.wait().then_some(())).count();
        assert!((2..5).contains(&waits), "{waits}");
    }
}
