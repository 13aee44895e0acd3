//! One allocation for each different name of a file.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

/// The names seen so far.
#[derive(Default)]
pub(super) struct Names<'t> {
    seen: HashMap<&'t str, Arc<str>, BuildHasherDefault<NameHasher>>,
}

impl<'t> Names<'t> {
    pub(super) fn name(&mut self, text: &'t str) -> Arc<str> {
        self.seen.entry(text).or_insert_with(|| Arc::from(text)).clone()
    }
}

/// A multiplicative hash. Names come from the user's own files, so nobody is there to force collisions.
#[derive(Default)]
struct NameHasher(u64);

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            let word = chunk.try_into().expect("BUG: a chunk of eight");
            self.write_u64(u64::from_le_bytes(word));
        }
        let rest = chunks.remainder();
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.write_u64(u64::from(byte));
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}
