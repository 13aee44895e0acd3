//! Chance and time of a rehearsal: both come from its seed.
//!
//! Invariant: the n-th draw of a seed is always the same, and the clock stands.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use plan::Digest;
use run::stack::Random;

/// When every rehearsal takes place: 2026-01-01T00:00:00Z, in seconds since 1970.
const EPOCH_S: i64 = 1_767_225_600;

/// The time of a rehearsal, in seconds since 1970.
pub(crate) fn now_s() -> i64 {
    EPOCH_S
}

/// The same in milliseconds.
pub(crate) fn now_ms() -> u64 {
    EPOCH_S.unsigned_abs() * 1000
}

/// Bits drawn from a seed, one draw after another. `salt` tells commands upon the same store apart: how often it was
/// rehearsed in, say.
pub(crate) fn random(seed: u64, salt: u64) -> Random {
    let drawn = AtomicU64::new(0);
    Arc::new(move || {
        let draw = drawn.fetch_add(1, Ordering::Relaxed);
        let digest = Digest::of(format!("{seed} {salt} {draw}").as_bytes());
        let (low, _) = digest.0.split_at(16);
        u128::from_le_bytes(low.try_into().expect("BUG: a digest has 32 bytes"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_drawn_from_in_the_same_order_each_time() {
        let three = |seed, salt| {
            let random = random(seed, salt);
            [random(), random(), random()]
        };
        assert_eq!(three(0, 0), three(0, 0));
        assert_ne!(three(0, 0), three(1, 0));
        assert_ne!(three(0, 0), three(0, 1));
        let [first, second, _] = three(0, 0);
        assert_ne!(first, second);
    }
}
