//! The primitives of the plan file: bytes, numbers, texts, sequences.
//!
//! Numbers are LEB128 in their shortest form, signed ones zigzag; texts and byte strings have their length in bytes before
//! them, sequences their length in things; a tag byte says which kind follows. No framing and no checksum: see `frame`.
//! Invariant: reading never panics and makes no more room than the bytes that are there suggest.

use std::fmt::{Display, Write};
use std::str::FromStr;
use std::sync::Arc;

use state::Digest;
use state::codec;
use value::Type;

use super::error::{PlanFileError, PlanFileFault, Taken};
use super::types::TypeTable;

/// Longest sequence, in things, that room is made for before its things are there.
const ROOM_MAX: usize = 1 << 16;

/// A file being written.
#[derive(Default)]
pub(super) struct Writer {
    /// What is written so far.
    pub(super) out: Vec<u8>,
    /// The types met so far.
    pub(super) types: TypeTable,
    scratch: String,
}

impl Writer {
    pub(super) fn byte(&mut self, byte: u8) {
        self.out.push(byte);
    }

    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.out.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.out.push(number as u8);
    }

    pub(super) fn signed(&mut self, number: i64) {
        self.number((number << 1 ^ number >> 63) as u64);
    }

    pub(super) fn length(&mut self, length: usize) {
        self.number(length as u64);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.out.extend_from_slice(bytes);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// The text of an address.
    pub(super) fn shown(&mut self, address: &impl Display) {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        write!(scratch, "{address}").expect("BUG: writing to a string failed");
        self.text(&scratch);
        self.scratch = scratch;
    }

    /// What has a form in the codec of crate `state`.
    pub(super) fn coded(&mut self, thing: &impl codec::Code) {
        self.bytes(&codec::encode(thing));
    }

    pub(super) fn sequence<T: Wire>(&mut self, things: &[T]) {
        self.length(things.len());
        things.iter().for_each(|thing| thing.put(self));
    }
}

/// The tables that what is read points into.
#[derive(Clone, Copy, Default)]
pub(super) struct Tables<'a> {
    /// The types, all of them.
    pub(super) types: &'a [Type],
    /// How many provider configuration instances there are.
    pub(super) providers: usize,
    /// How many changes there are.
    pub(super) changes: usize,
}

/// A part of a file being read.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    /// The offset in the file of what comes next.
    offset: usize,
    part: &'static str,
    /// What is read points into these.
    pub(super) tables: Tables<'a>,
}

impl<'a> Reader<'a> {
    /// For bytes that begin at this offset of the file.
    pub(super) fn new(bytes: &'a [u8], offset: usize, part: &'static str) -> Reader<'a> {
        Reader { rest: bytes, offset, part, tables: Tables::default() }
    }

    /// The offset of what comes next.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// A fault of what comes next.
    pub(super) fn fault(&self, fault: PlanFileFault) -> PlanFileError {
        self.fault_at(self.offset, fault)
    }

    /// A fault of what began at an offset.
    pub(super) fn fault_at(&self, offset: usize, fault: PlanFileFault) -> PlanFileError {
        PlanFileError { fault, offset, part: self.part }
    }

    /// That nothing is left.
    pub(super) fn finish(&self) -> Taken<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.fault(PlanFileFault::Trailing)) }
    }

    pub(super) fn exactly(&mut self, length: usize) -> Taken<&'a [u8]> {
        let Some((taken, rest)) = self.rest.split_at_checked(length) else {
            return Err(self.fault(PlanFileFault::Truncated));
        };
        (self.rest, self.offset) = (rest, self.offset + length);
        Ok(taken)
    }

    pub(super) fn fixed<const N: usize>(&mut self) -> Taken<[u8; N]> {
        Ok(self.exactly(N)?.try_into().expect("BUG: another number of bytes than asked for"))
    }

    pub(super) fn byte(&mut self) -> Taken<u8> {
        Ok(self.fixed::<1>()?[0])
    }

    pub(super) fn number(&mut self) -> Taken<u64> {
        let start = self.offset;
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            let too_long = (shift == 63 && part > 1) || (shift > 0 && byte == 0);
            if too_long {
                break;
            }
            number |= part << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.fault_at(start, PlanFileFault::Number))
    }

    pub(super) fn signed(&mut self) -> Taken<i64> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub(super) fn number_u32(&mut self) -> Taken<u32> {
        let start = self.offset;
        let number = self.number()?;
        u32::try_from(number).map_err(|_| self.fault_at(start, PlanFileFault::Number))
    }

    /// The length of something of which each part takes at least a byte.
    pub(super) fn length(&mut self) -> Taken<usize> {
        let start = self.offset;
        let length = self.number()?;
        match usize::try_from(length) {
            Ok(fits) if fits <= self.rest.len() => Ok(fits),
            _ => Err(self.fault_at(start, PlanFileFault::Length(length))),
        }
    }

    /// An index below a bound.
    pub(super) fn index(&mut self, bound: usize) -> Taken<usize> {
        let start = self.offset;
        let index = self.number()?;
        match usize::try_from(index) {
            Ok(fits) if fits < bound => Ok(fits),
            _ => Err(self.fault_at(start, PlanFileFault::Index(index))),
        }
    }

    pub(super) fn bytes(&mut self) -> Taken<&'a [u8]> {
        let length = self.length()?;
        self.exactly(length)
    }

    pub(super) fn text(&mut self) -> Taken<&'a str> {
        let start = self.offset;
        let bytes = self.bytes()?;
        std::str::from_utf8(bytes).map_err(|_| self.fault_at(start, PlanFileFault::Text))
    }

    pub(super) fn address<T: FromStr>(&mut self) -> Taken<T> {
        let start = self.offset;
        self.text()?.parse().map_err(|_| self.fault_at(start, PlanFileFault::Address))
    }

    pub(super) fn coded<T: codec::Code>(&mut self) -> Taken<T> {
        let start = self.offset;
        let bytes = self.bytes()?;
        codec::decode(bytes).map_err(|error| self.fault_at(start, PlanFileFault::State(error)))
    }

    /// A tag that is none of those known.
    pub(super) fn no_tag(&self, what: &'static str, tag: u8) -> PlanFileError {
        self.fault_at(self.offset - 1, PlanFileFault::Tag { what, tag })
    }

    /// A sequence, each thing read by `take`.
    pub(super) fn sequence<T>(
        &mut self,
        mut take: impl FnMut(&mut Reader<'a>) -> Taken<T>,
    ) -> Taken<Vec<T>> {
        let length = self.length()?;
        let mut things = Vec::with_capacity(length.min(ROOM_MAX));
        for _ in 0..length {
            things.push(take(self)?);
        }
        Ok(things)
    }
}

/// What has a form in a plan file.
pub(super) trait Wire: Sized {
    /// Appends its bytes.
    fn put(&self, to: &mut Writer);

    /// Reads its bytes off the front.
    ///
    /// # Errors
    /// Where they are not what [`Wire::put`] writes.
    fn take(from: &mut Reader<'_>) -> Taken<Self>;
}

/// Words, each a tag byte.
macro_rules! wire_words {
    ($kind:ty, $what:literal { $($tag:literal => $word:path),+ $(,)? }) => {
        impl Wire for $kind {
            fn put(&self, to: &mut Writer) {
                to.byte(match self { $($word => $tag),+ });
            }
            fn take(from: &mut Reader<'_>) -> Taken<Self> {
                Ok(match from.byte()? { $($tag => $word,)+ tag => return Err(from.no_tag($what, tag)) })
            }
        }
    };
}

/// The parts of a struct, in order. All of them: one that is added breaks the build here.
macro_rules! wire_struct {
    ($kind:ident { $($part:ident),+ $(,)? }) => {
        impl Wire for $kind {
            fn put(&self, to: &mut Writer) {
                let $kind { $($part),+ } = self;
                $($part.put(to);)+
            }
            fn take(from: &mut Reader<'_>) -> Taken<Self> {
                Ok($kind { $($part: Wire::take(from)?),+ })
            }
        }
    };
}

pub(super) use {wire_struct, wire_words};

impl Wire for bool {
    fn put(&self, to: &mut Writer) {
        to.byte(u8::from(*self));
    }
    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        match from.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            tag => Err(from.no_tag("truth value", tag)),
        }
    }
}

impl Wire for u64 {
    fn put(&self, to: &mut Writer) {
        to.number(*self);
    }
    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        from.number()
    }
}

impl Wire for i64 {
    fn put(&self, to: &mut Writer) {
        to.signed(*self);
    }
    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        from.signed()
    }
}

impl Wire for Arc<str> {
    fn put(&self, to: &mut Writer) {
        to.text(self);
    }
    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        from.text().map(Arc::from)
    }
}

impl Wire for String {
    fn put(&self, to: &mut Writer) {
        to.text(self);
    }
    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        from.text().map(String::from)
    }
}

impl Wire for Arc<[u8]> {
    fn put(&self, to: &mut Writer) {
        to.bytes(self);
    }
    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        from.bytes().map(Arc::from)
    }
}

impl Wire for Digest {
    fn put(&self, to: &mut Writer) {
        to.out.extend_from_slice(&self.0);
    }
    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        from.fixed().map(Digest)
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, to: &mut Writer) {
        self.is_some().put(to);
        if let Some(thing) = self {
            thing.put(to);
        }
    }
    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        bool::take(from)?.then(|| T::take(from)).transpose()
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn put(&self, to: &mut Writer) {
        to.sequence(self);
    }
    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        from.sequence(T::take)
    }
}
