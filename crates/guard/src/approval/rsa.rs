//! Verifying RSA signatures, PKCS #1 v1.5 (RFC 8017, 8.2.2).
//!
//! Only the public half, so nothing here is secret. Invariant: the padding is compared with the one that is due, never
//! parsed.

use num_bigint::BigUint;
use sha2::{Digest as _, Sha256, Sha512};

/// The least size of a modulus, in bits: what OpenSSH's tools make is larger.
const MODULUS_BITS_MIN: u64 = 2048;
/// The largest, which bounds the work.
const MODULUS_BITS_MAX: u64 = 16_384;
/// The largest exponent, in bits.
const EXPONENT_BITS_MAX: u64 = 33;

/// The hash of what is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    /// `rsa-sha2-256`.
    Sha256,
    /// `rsa-sha2-512`.
    Sha512,
}

impl Hash {
    /// The DER of `DigestInfo` up to the digest (RFC 8017, 9.2, note 1), and the digest.
    fn info(self, message: &[u8]) -> Vec<u8> {
        let head = |last: u8, length: u8| {
            let id = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last];
            let mut info = vec![0x30, 17 + length, 0x30, 13, 0x06, 9];
            info.extend_from_slice(&id);
            info.extend_from_slice(&[0x05, 0, 0x04, length]);
            info
        };
        match self {
            Hash::Sha256 => [head(1, 32), Sha256::digest(message).to_vec()].concat(),
            Hash::Sha512 => [head(3, 64), Sha512::digest(message).to_vec()].concat(),
        }
    }
}

/// Whether a signature is of this message by the key with this modulus and exponent (both big-endian).
pub(super) fn verifies(
    modulus: &[u8],
    exponent: &[u8],
    hash: Hash,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let (n, e) = (BigUint::from_bytes_be(modulus), BigUint::from_bytes_be(exponent));
    let s = BigUint::from_bytes_be(signature);
    let sizes = (MODULUS_BITS_MIN..=MODULUS_BITS_MAX).contains(&n.bits())
        && (2..=EXPONENT_BITS_MAX).contains(&e.bits())
        && n.bit(0)
        && e.bit(0);
    if !sizes || s >= n {
        return false;
    }
    let length = usize::try_from(n.bits().div_ceil(8)).expect("BUG: a size in bytes fits");
    let info = hash.info(message);
    let mut due = vec![0xff; length];
    due[0] = 0;
    due[1] = 1;
    let at = length - info.len();
    due[at - 1] = 0;
    due[at..].copy_from_slice(&info);
    s.modpow(&e, &n) == BigUint::from_bytes_be(&due)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_bind() {
        let small = vec![0xff; 128];
        assert!(!verifies(&small, &[1, 0, 1], Hash::Sha256, b"", &[1]));
        let large = vec![0xff; 4096];
        assert!(!verifies(&large, &[1, 0, 1], Hash::Sha256, b"", &[1]));
        let fair = vec![0xff; 256];
        assert!(!verifies(&fair, &[1], Hash::Sha256, b"", &[1]), "exponent 1 signs anything");
        assert!(!verifies(&fair, &[0xff; 5], Hash::Sha256, b"", &[1]));
        assert!(!verifies(&fair, &[1, 0, 1], Hash::Sha256, b"", &fair), "not below the modulus");
    }

    #[test]
    fn the_head_is_that_of_the_standard() {
        let info = Hash::Sha256.info(b"");
        assert_eq!(info[..19], hex("3031300d060960864801650304020105000420")[..]);
        let info = Hash::Sha512.info(b"");
        assert_eq!(info[..19], hex("3051300d060960864801650304020305000440")[..]);
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len() / 2)
            .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).expect("digits"))
            .collect()
    }
}
