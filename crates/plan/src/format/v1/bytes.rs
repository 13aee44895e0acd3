//! Bytes out and in: numbers, texts, options and lists.
//!
//! Whole numbers take seven bits a byte, least first; texts and byte strings follow their length.
//! Invariant: whatever is read is bounded by what is there: a length beyond the end is an error before anything is made.

use std::fmt;
use std::sync::Arc;

/// Why bytes are no plan of this format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where, in bytes from the start.
    pub offset: usize,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.message, self.offset)
    }
}

impl std::error::Error for Unreadable {}

/// What is written.
#[derive(Debug, Default)]
pub(super) struct Out {
    pub(super) bytes: Vec<u8>,
}

impl Out {
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(super) fn flag(&mut self, flag: bool) {
        self.byte(u8::from(flag));
    }

    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.byte((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8);
    }

    pub(super) fn length(&mut self, length: usize) {
        self.number(u64::try_from(length).expect("BUG: length beyond u64"));
    }

    pub(super) fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)) as u64);
    }

    pub(super) fn blob(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.blob(text.as_bytes());
    }

    pub(super) fn show(&mut self, value: &impl fmt::Display) {
        self.text(&value.to_string());
    }

    pub(super) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Out, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    pub(super) fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Out, &T)) {
        self.length(items.len());
        items.iter().for_each(|item| write(self, item));
    }
}

/// What is read.
pub(super) struct In<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// What came of reading.
pub(super) type Read<T> = Result<T, Unreadable>;

impl<'a> In<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> In<'a> {
        In { bytes, at: 0 }
    }

    pub(super) fn fail<T>(&self, message: impl Into<String>) -> Read<T> {
        Err(Unreadable { message: message.into(), offset: self.at })
    }

    pub(super) fn is_done(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub(super) fn take(&mut self, length: usize) -> Read<&'a [u8]> {
        match self.bytes.get(self.at..).and_then(|rest| rest.get(..length)) {
            Some(taken) => {
                self.at += length;
                Ok(taken)
            }
            None => self.fail("it ends too early"),
        }
    }

    pub(super) fn byte(&mut self) -> Read<u8> {
        Ok(self.take(1)?[0])
    }

    pub(super) fn flag(&mut self) -> Read<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            other => self.fail(format!("{other} is neither yes nor no")),
        }
    }

    pub(super) fn number(&mut self) -> Read<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        self.fail("a number is too great")
    }

    /// A length of something of which each part takes at least one byte.
    pub(super) fn length(&mut self) -> Read<usize> {
        let length = self.number()?;
        match usize::try_from(length) {
            Ok(length) if length <= self.bytes.len() - self.at => Ok(length),
            _ => self.fail("a length goes beyond the end"),
        }
    }

    pub(super) fn signed(&mut self) -> Read<i64> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub(super) fn small(&mut self) -> Read<u32> {
        let number = self.number()?;
        u32::try_from(number).or_else(|_| self.fail("a number is too great"))
    }

    pub(super) fn blob(&mut self) -> Read<&'a [u8]> {
        let length = self.length()?;
        self.take(length)
    }

    pub(super) fn text(&mut self) -> Read<Arc<str>> {
        let bytes = self.blob()?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.into()),
            Err(_) => self.fail("a text is not UTF-8"),
        }
    }

    pub(super) fn parsed<T: std::str::FromStr>(&mut self, what: &str) -> Read<T> {
        let text = self.text()?;
        text.parse().or_else(|_| self.fail(format!("{text:?} is no {what}")))
    }

    pub(super) fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<Option<T>> {
        match self.flag()? {
            true => read(self).map(Some),
            false => Ok(None),
        }
    }

    pub(super) fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let length = self.length()?;
        (0..length).map(|_| read(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        for number in [0, 1, 127, 128, 300, u64::MAX - 1, u64::MAX] {
            let mut out = Out::default();
            out.number(number);
            out.signed(number as i64);
            let mut input = In::new(&out.bytes);
            assert_eq!(input.number(), Ok(number));
            assert_eq!(input.signed(), Ok(number as i64));
            assert!(input.is_done());
        }
    }

    #[test]
    fn what_is_cut_or_too_long_is_refused() {
        assert_eq!(In::new(&[5, b'a']).text().map_err(|e| e.message), Err("a length goes beyond the end".into()));
        assert_eq!(In::new(&[0x80]).number().map_err(|e| e.message), Err("it ends too early".into()));
        assert!(In::new(&[0xff; 11]).number().is_err());
        assert!(In::new(&[2]).flag().is_err());
    }
}
