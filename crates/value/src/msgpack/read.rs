//! A reader of MessagePack: one item at a time.

use super::{MsgpackError, code};
use crate::Number;

/// Reads items from bytes.
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

/// An item, or the head of one that has parts.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Item<'b> {
    Nil,
    Bool(bool),
    Int(i64),
    /// Beyond what [`Item::Int`] holds.
    Uint(u64),
    Double(f64),
    /// Text or binary: OpenTofu's decoder takes either for the other.
    Bytes(&'b [u8]),
    /// So many items follow.
    Array(usize),
    /// So many pairs of items follow.
    Map(usize),
    /// An extension: its type and contents.
    Extension(u8, &'b [u8]),
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Bytes that are not read yet.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    fn take(&mut self, count: usize) -> Result<&'b [u8], Box<MsgpackError>> {
        let end = self.at.checked_add(count);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or_else(|| MsgpackError::new("the message ends too early"))?;
        self.at += count;
        Ok(taken)
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Box<MsgpackError>> {
        Ok(self.take(N)?.try_into().expect("BUG: as many bytes as were asked for"))
    }

    fn u8(&mut self) -> Result<u8, Box<MsgpackError>> {
        Ok(self.fixed::<1>()?[0])
    }

    fn u16(&mut self) -> Result<u16, Box<MsgpackError>> {
        Ok(u16::from_be_bytes(self.fixed()?))
    }

    fn u32(&mut self) -> Result<u32, Box<MsgpackError>> {
        Ok(u32::from_be_bytes(self.fixed()?))
    }

    fn bytes(&mut self, length: usize) -> Result<Item<'b>, Box<MsgpackError>> {
        self.take(length).map(Item::Bytes)
    }

    fn extension(&mut self, length: usize) -> Result<Item<'b>, Box<MsgpackError>> {
        let kind = self.u8()?;
        Ok(Item::Extension(kind, self.take(length)?))
    }

    /// The next item.
    pub(super) fn item(&mut self) -> Result<Item<'b>, Box<MsgpackError>> {
        let code = self.u8()?;
        match code {
            0x00..=0x7f => Ok(Item::Int(i64::from(code))),
            0xe0..=0xff => Ok(Item::Int(i64::from(code as i8))),
            0x80..=0x8f => Ok(Item::Map(usize::from(code & 0xf))),
            0x90..=0x9f => Ok(Item::Array(usize::from(code & 0xf))),
            0xa0..=0xbf => self.bytes(usize::from(code & 0x1f)),
            code::NIL => Ok(Item::Nil),
            code::FALSE => Ok(Item::Bool(false)),
            code::TRUE => Ok(Item::Bool(true)),
            code::FLOAT_32 => Ok(Item::Double(f64::from(f32::from_be_bytes(self.fixed()?)))),
            code::FLOAT_64 => Ok(Item::Double(f64::from_be_bytes(self.fixed()?))),
            code::UINT_8 => Ok(Item::Int(i64::from(self.u8()?))),
            code::UINT_16 => Ok(Item::Int(i64::from(self.u16()?))),
            code::UINT_32 => Ok(Item::Int(i64::from(self.u32()?))),
            code::UINT_64 => {
                let value = u64::from_be_bytes(self.fixed()?);
                Ok(i64::try_from(value).map_or(Item::Uint(value), Item::Int))
            }
            code::INT_8 => Ok(Item::Int(i64::from(i8::from_be_bytes(self.fixed()?)))),
            code::INT_16 => Ok(Item::Int(i64::from(i16::from_be_bytes(self.fixed()?)))),
            code::INT_32 => Ok(Item::Int(i64::from(i32::from_be_bytes(self.fixed()?)))),
            code::INT_64 => Ok(Item::Int(i64::from_be_bytes(self.fixed()?))),
            _ => self.sized_item(code),
        }
    }

    /// An item whose length stands after its code.
    fn sized_item(&mut self, code: u8) -> Result<Item<'b>, Box<MsgpackError>> {
        match code {
            code::STR_8 | code::BIN_8 => {
                let length = usize::from(self.u8()?);
                self.bytes(length)
            }
            code::STR_16 | code::BIN_16 => {
                let length = usize::from(self.u16()?);
                self.bytes(length)
            }
            code::STR_32 | code::BIN_32 => {
                let length = self.u32()? as usize;
                self.bytes(length)
            }
            code::ARRAY_16 => Ok(Item::Array(usize::from(self.u16()?))),
            code::ARRAY_32 => Ok(Item::Array(self.u32()? as usize)),
            code::MAP_16 => Ok(Item::Map(usize::from(self.u16()?))),
            code::MAP_32 => Ok(Item::Map(self.u32()? as usize)),
            code::FIXEXT_1 => self.extension(1),
            code::FIXEXT_2 => self.extension(2),
            code::FIXEXT_4 => self.extension(4),
            code::FIXEXT_8 => self.extension(8),
            code::FIXEXT_16 => self.extension(16),
            code::EXT_8 => {
                let length = usize::from(self.u8()?);
                self.extension(length)
            }
            code::EXT_16 => {
                let length = usize::from(self.u16()?);
                self.extension(length)
            }
            code::EXT_32 => {
                let length = self.u32()? as usize;
                self.extension(length)
            }
            _ => Err(MsgpackError::new(format!("no item of MessagePack begins with {code:#04x}"))),
        }
    }

    /// Takes this name, where it is a short one and comes next.
    pub(super) fn take_name(&mut self, expected: &str) -> bool {
        const SHORT_MAX: usize = 31;
        let length = expected.len();
        let end = self.at + 1 + length;
        let comes = length <= SHORT_MAX
            && self.bytes.get(self.at) == Some(&(code::FIXSTR | length as u8))
            && self.bytes.get(self.at + 1..end) == Some(expected.as_bytes());
        if comes {
            self.at = end;
        }
        comes
    }

    /// The next item, which must be text.
    pub(super) fn name(&mut self) -> Result<&'b str, Box<MsgpackError>> {
        match self.item()? {
            Item::Bytes(bytes) => text(bytes),
            _ => Err(MsgpackError::new("a name must be a string")),
        }
    }
}

pub(super) fn text(bytes: &[u8]) -> Result<&str, Box<MsgpackError>> {
    std::str::from_utf8(bytes).map_err(|_| MsgpackError::new("a string is not valid UTF-8"))
}

/// The number that an item stands for.
pub(super) fn number(item: Item<'_>) -> Result<Number, Box<MsgpackError>> {
    let number = match item {
        Item::Int(value) => Some(Number::int(value)),
        Item::Uint(value) => Some(Number::from_u64(value)),
        Item::Double(value) => Number::from_f64(value),
        Item::Bytes(bytes) => Number::parse(text(bytes)?),
        _ => None,
    };
    number.ok_or_else(|| MsgpackError::new("a number is required"))
}
