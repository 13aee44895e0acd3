//! The binary form of what the state crate keeps: journal entries, and the rows of stores.
//!
//! Numbers are LEB128, texts and byte strings are prefixed with their length, addresses stand as text, a tag byte says
//! which kind follows. No framing, no checksum, no seal: whoever stores the bytes adds them.
//! Invariant: decoding what was encoded gives an equal thing and uses all bytes; decoding anything else is an error,
//! never a panic, and never allocates more than the input's length suggests.

mod entries;
mod objects;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use addr::{ConfigResource, DeposedKey, ProviderInstance, ResourceInstance};

/// Why bytes are not the thing that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodecError {
    /// They end too early.
    Short,
    /// They go on behind the entry.
    Long,
    /// A number needs more than 64 bits.
    Number,
    /// A text is not UTF-8.
    Text,
    /// A tag is unknown.
    Tag(u8),
    /// An address does not parse.
    Address,
    /// A path does not parse.
    Path,
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodecError::Short => f.write_str("it ends too early"),
            CodecError::Long => f.write_str("bytes follow its end"),
            CodecError::Number => f.write_str("a number is too large"),
            CodecError::Text => f.write_str("a text is not UTF-8"),
            CodecError::Tag(tag) => write!(f, "unknown kind {tag}"),
            CodecError::Address => f.write_str("an address does not parse"),
            CodecError::Path => f.write_str("a path does not parse"),
        }
    }
}

impl std::error::Error for CodecError {}

/// What came of reading bytes.
pub type Decoded<T> = Result<T, CodecError>;

/// What has a binary form.
pub trait Code: Sized {
    /// Appends its bytes.
    fn put(&self, out: &mut Vec<u8>);

    /// Reads its bytes off the front.
    ///
    /// # Errors
    /// Where they are not what [`Code::put`] writes.
    fn take(input: &mut Input<'_>) -> Decoded<Self>;
}

/// The bytes of a thing.
pub fn encode(thing: &impl Code) -> Vec<u8> {
    let mut out = Vec::new();
    thing.put(&mut out);
    out
}

/// Reads one thing that uses all the bytes.
///
/// # Errors
/// Where they are not what [`encode`] gives.
pub fn decode<T: Code>(bytes: &[u8]) -> Decoded<T> {
    let mut input = Input { rest: bytes };
    let thing = T::take(&mut input)?;
    if input.rest.is_empty() { Ok(thing) } else { Err(CodecError::Long) }
}

/// Bytes still to be read.
pub struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    fn byte(&mut self) -> Decoded<u8> {
        let (first, rest) = self.rest.split_first().ok_or(CodecError::Short)?;
        self.rest = rest;
        Ok(*first)
    }

    fn exactly(&mut self, length: usize) -> Decoded<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(CodecError::Short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Decoded<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 {
                return Err(CodecError::Number);
            }
            number |= part << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(CodecError::Number)
    }

    /// The length of something of which each part takes at least a byte.
    fn length(&mut self) -> Decoded<usize> {
        let length = usize::try_from(self.number()?).map_err(|_| CodecError::Number)?;
        if length > self.rest.len() { Err(CodecError::Short) } else { Ok(length) }
    }

    fn bytes(&mut self) -> Decoded<&'a [u8]> {
        let length = self.length()?;
        self.exactly(length)
    }

    fn text(&mut self) -> Decoded<&'a str> {
        std::str::from_utf8(self.bytes()?).map_err(|_| CodecError::Text)
    }

    fn address<T: FromStr>(&mut self) -> Decoded<T> {
        self.text()?.parse().map_err(|_| CodecError::Address)
    }
}

fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn put_display(out: &mut Vec<u8>, address: &impl fmt::Display) {
    put_bytes(out, address.to_string().as_bytes());
}

/// A tag byte and what follows it.
macro_rules! code_words {
    ($kind:ty { $($tag:literal => $word:path),+ $(,)? }) => {
        impl Code for $kind {
            fn put(&self, out: &mut Vec<u8>) {
                out.push(match self { $($word => $tag),+ });
            }
            fn take(input: &mut Input<'_>) -> Decoded<Self> {
                Ok(match input.byte()? { $($tag => $word,)+ tag => return Err(CodecError::Tag(tag)) })
            }
        }
    };
}

/// The parts of a struct, in order.
macro_rules! code_struct {
    ($kind:ident { $($part:ident),+ $(,)? }) => {
        impl Code for $kind {
            fn put(&self, out: &mut Vec<u8>) {
                $(self.$part.put(out);)+
            }
            fn take(input: &mut Input<'_>) -> Decoded<Self> {
                Ok($kind { $($part: Code::take(input)?),+ })
            }
        }
    };
}

macro_rules! code_address {
    ($($kind:ty),+) => {$(
        impl Code for $kind {
            fn put(&self, out: &mut Vec<u8>) {
                put_display(out, self);
            }
            fn take(input: &mut Input<'_>) -> Decoded<Self> {
                input.address()
            }
        }
    )+};
}

pub(crate) use {code_struct, code_words};

code_address!(ConfigResource, DeposedKey, ProviderInstance, ResourceInstance);

impl Code for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        match input.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            tag => Err(CodecError::Tag(tag)),
        }
    }
}

impl Code for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(out, *self);
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        input.number()
    }
}

impl Code for Arc<str> {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.as_bytes());
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        input.text().map(Arc::from)
    }
}

impl Code for Arc<[u8]> {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(out, self);
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        input.bytes().map(Arc::from)
    }
}

impl<T: Code> Code for Box<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (**self).put(out);
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        T::take(input).map(Box::new)
    }
}

impl<T: Code> Code for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(thing) = self {
            thing.put(out);
        }
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        bool::take(input)?.then(|| T::take(input)).transpose()
    }
}

impl<T: Code> Code for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(out, self.len() as u64);
        self.iter().for_each(|thing| thing.put(out));
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        let length = input.length()?;
        (0..length).map(|_| T::take(input)).collect()
    }
}
