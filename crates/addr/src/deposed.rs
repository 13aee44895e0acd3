//! Keys of deposed objects. They are drawn by the driver (engine floors have no randomness) and only held here.
//! Invariant: a parsed key is eight lower-case hexadecimal digits.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::error::{AddrError, Reason};

/// Which deposed object of an instance: eight hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeposedKey(Arc<str>);

impl DeposedKey {
    /// The key with these 32 bits.
    #[must_use]
    pub fn from_bits(bits: u32) -> Self {
        DeposedKey(format!("{bits:08x}").into())
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeposedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DeposedKey {
    type Err = AddrError;

    fn from_str(text: &str) -> Result<Self, AddrError> {
        let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if let Some(at) = text.bytes().position(|b| !is_digit(b)) {
            return Err(AddrError::new(at, Reason::NotADeposedKey));
        }
        if text.len() != 8 {
            return Err(AddrError::new(text.len().min(8), Reason::NotADeposedKey));
        }
        Ok(DeposedKey(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_hexadecimal_digits() {
        assert_eq!(DeposedKey::from_bits(0xabc).to_string(), "00000abc");
        assert!("00000abc".parse::<DeposedKey>().is_ok());
        assert_eq!("0000abc".parse::<DeposedKey>().expect_err("too short").offset, 7);
        assert_eq!("0000xabc".parse::<DeposedKey>().expect_err("no digit").offset, 4);
        assert_eq!("000000abc".parse::<DeposedKey>().expect_err("too long").offset, 8);
    }
}
