//! What everything made up comes of: a hash, never a counter, a clock or the order of calls.
//!
//! Invariant: equal keys and equal places give equal characters, on every machine and in every order.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::overlay::Letters;

/// The key of one object: seed, stack, address, which object at that address; or of something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key([u8; 32]);

impl Key {
    /// From the seed and what tells the thing from others.
    pub(crate) fn new(seed: u64, parts: &[&str]) -> Key {
        let mut hash = Sha256::new();
        hash.update(b"strata rehearsal 1\0");
        hash.update(seed.to_le_bytes());
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        Key(hash.finalize().into())
    }

    /// In hexadecimal, half of it: the name of an object in the world.
    pub(crate) fn name(&self) -> String {
        self.0[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Bytes for a place.
    pub(crate) fn bytes(&self, place: &str, many: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(many.next_multiple_of(32));
        let mut block: u64 = 0;
        while bytes.len() < many {
            let mut hash = Sha256::new();
            hash.update(self.0);
            hash.update(block.to_le_bytes());
            hash.update(place.as_bytes());
            bytes.extend_from_slice(&hash.finalize());
            block += 1;
        }
        bytes.truncate(many);
        bytes
    }

    /// A number below the limit, which is not 0.
    pub(crate) fn below(&self, place: &str, limit: u64) -> u64 {
        let bytes = self.bytes(place, 8);
        u64::from_le_bytes(bytes.try_into().expect("BUG: eight bytes")) % limit
    }

    /// Characters for a place.
    pub(crate) fn letters(&self, letters: Letters, many: usize, place: &str) -> String {
        if letters == Letters::Base64 {
            let mut text = STANDARD.encode(self.bytes(place, many));
            text.truncate(many);
            return text;
        }
        let alphabet: &[u8] = match letters {
            Letters::Hex => b"0123456789abcdef",
            Letters::Digits => b"0123456789",
            Letters::Alnum => b"abcdefghijklmnopqrstuvwxyz0123456789",
            Letters::UpperAlnum => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
            Letters::Lower | Letters::Base64 => b"abcdefghijklmnopqrstuvwxyz",
        };
        let one = |byte: u8| char::from(alphabet[usize::from(byte) % alphabet.len()]);
        let mut text: String = self.bytes(place, many).into_iter().map(one).collect();
        if letters == Letters::Digits && many > 1 && text.starts_with('0') {
            text.replace_range(..1, "7");
        }
        text
    }

    /// A random UUID (version 4) for a place.
    pub(crate) fn uuid(&self, place: &str) -> String {
        let mut bytes = self.bytes(place, 16);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    /// An instant of the virtual day, 2026-01-01, as seconds since 1970.
    pub(crate) fn instant_s(&self, place: &str) -> u64 {
        VIRTUAL_EPOCH_S + self.below(place, 86_400)
    }
}

/// 2026-01-01T00:00:00Z.
pub(crate) const VIRTUAL_EPOCH_S: u64 = 1_767_225_600;

/// An instant as RFC 3339.
pub(crate) fn rfc3339(instant_s: u64) -> String {
    let (days, second) = (instant_s / 86_400, instant_s % 86_400);
    let (year, month, day) = date(days);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

/// Year, month and day of a number of days since 1970.
fn date(mut days: u64) -> (u64, u64, u64) {
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    loop {
        let length = if leap(year) { 366 } else { 365 };
        if days < length {
            break;
        }
        days -= length;
        year += 1;
    }
    let february = if leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_up_is_the_same_every_time_and_of_the_form() {
        let key = Key::new(0, &["prod/network", "aws_vpc.main", "1"]);
        assert_eq!(key.letters(Letters::Hex, 17, "id"), key.letters(Letters::Hex, 17, "id"));
        assert_ne!(key.letters(Letters::Hex, 17, "id"), key.letters(Letters::Hex, 17, "arn"));
        assert_ne!(key, Key::new(1, &["prod/network", "aws_vpc.main", "1"]));
        assert_ne!(Key::new(0, &["ab", "c"]), Key::new(0, &["a", "bc"]));
        assert_eq!(key.letters(Letters::Digits, 12, "a").len(), 12);
        assert_eq!(&key.uuid("u")[14..15], "4");
        assert_eq!(rfc3339(VIRTUAL_EPOCH_S + 3_661), "2026-01-01T01:01:01Z");
        assert_eq!(rfc3339(951_782_400), "2000-02-29T00:00:00Z");
    }
}
