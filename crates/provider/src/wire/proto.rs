//! Protocol Buffers' wire format, as far as the plugin protocol uses it.
//!
//! Not here: what any field means. Groups, which proto3 lacks, are refused.

/// The bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WireError;

pub(crate) type Wire<T> = Result<T, WireError>;

/// The content of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Content<'a> {
    /// Any number, flag or enumeration.
    Varint(u64),
    /// Text, bytes, a message, a packed list.
    Bytes(&'a [u8]),
    /// A fixed-width number; the protocol has none.
    Fixed,
}

impl<'a> Content<'a> {
    pub(crate) fn bytes(self) -> Wire<&'a [u8]> {
        match self {
            Content::Bytes(bytes) => Ok(bytes),
            _ => Err(WireError),
        }
    }

    pub(crate) fn text(self) -> Wire<&'a str> {
        std::str::from_utf8(self.bytes()?).map_err(|_| WireError)
    }

    pub(crate) fn number(self) -> Wire<u64> {
        match self {
            Content::Varint(number) => Ok(number),
            _ => Err(WireError),
        }
    }

    /// An `int64`.
    pub(crate) fn signed(self) -> Wire<i64> {
        self.number().map(u64::cast_signed)
    }

    pub(crate) fn flag(self) -> Wire<bool> {
        self.number().map(|number| number != 0)
    }

    pub(crate) fn fields(self) -> Wire<Fields<'a>> {
        self.bytes().map(Fields)
    }
}

/// The fields of a message, one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    fn varint(&mut self) -> Wire<u64> {
        let mut number = 0_u64;
        for (index, byte) in self.0.iter().take(10).enumerate() {
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.0 = &self.0[index + 1..];
                return Ok(number);
            }
        }
        Err(WireError)
    }

    fn take(&mut self, length: u64) -> Wire<&'a [u8]> {
        let length = usize::try_from(length).map_err(|_| WireError)?;
        let (taken, rest) = self.0.split_at_checked(length).ok_or(WireError)?;
        self.0 = rest;
        Ok(taken)
    }

    fn field(&mut self) -> Wire<(u32, Content<'a>)> {
        let key = self.varint()?;
        let number = u32::try_from(key >> 3).map_err(|_| WireError)?;
        let content = match key & 7 {
            0 => Content::Varint(self.varint()?),
            1 => self.take(8).map(|_| Content::Fixed)?,
            2 => {
                let length = self.varint()?;
                Content::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Content::Fixed)?,
            _ => return Err(WireError),
        };
        if number == 0 { Err(WireError) } else { Ok((number, content)) }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Wire<(u32, Content<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0 = &[]; // what follows a broken field means nothing
        }
        Some(field)
    }
}

/// An entry of a map field: its key and its value's content.
pub(crate) fn entry(content: Content<'_>) -> Wire<(&str, &[u8])> {
    let (mut key, mut value) = ("", &[][..]);
    for field in content.fields()? {
        match field? {
            (1, content) => key = content.text()?,
            (2, content) => value = content.bytes()?,
            _ => {}
        }
    }
    Ok((key, value))
}

fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn varint_len(number: usize) -> usize {
    (number.max(1).ilog2() / 7 + 1) as usize
}

/// Writes a number, unless it is 0.
pub(crate) fn put_number(out: &mut Vec<u8>, field: u32, number: u64) {
    if number != 0 {
        put_varint(out, u64::from(field << 3));
        put_varint(out, number);
    }
}

/// Writes text or bytes, unless empty.
pub(crate) fn put_bytes(out: &mut Vec<u8>, field: u32, bytes: &[u8]) {
    if !bytes.is_empty() {
        put_message(out, field, bytes);
    }
}

/// Writes a message, even where it is empty.
pub(crate) fn put_message(out: &mut Vec<u8>, field: u32, bytes: &[u8]) {
    put_varint(out, u64::from(field << 3 | 2));
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Writes a message that holds but one field of bytes, without a buffer in between.
pub(crate) fn put_wrapped(out: &mut Vec<u8>, field: u32, inner: u32, bytes: &[u8]) {
    put_varint(out, u64::from(field << 3 | 2));
    put_varint(out, (1 + varint_len(bytes.len()) + bytes.len()) as u64);
    debug_assert!(inner < 16, "BUG: the inner key takes one byte");
    put_message(out, inner, bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut out = Vec::new();
        put_number(&mut out, 1, 300);
        put_number(&mut out, 2, 0);
        put_bytes(&mut out, 20, b"text");
        put_bytes(&mut out, 4, b"");
        put_message(&mut out, 5, b"");
        put_wrapped(&mut out, 6, 1, &[7; 200]);
        let fields: Vec<_> = Fields(&out).collect::<Wire<_>>().unwrap();
        assert_eq!(fields[0], (1, Content::Varint(300)));
        assert_eq!(fields[1], (20, Content::Bytes(b"text")));
        assert_eq!(fields[2], (5, Content::Bytes(b"")));
        let inner: Vec<_> = fields[3].1.fields().unwrap().collect::<Wire<_>>().unwrap();
        assert_eq!(inner, [(1, Content::Bytes(&[7; 200][..]))]);
        assert_eq!(fields.len(), 4);
    }

    #[test]
    fn broken_bytes_are_an_error() {
        for bytes in [&[0x0a, 5, 1][..], &[0x0a], &[0x80; 12], &[0x0b], &[0x02, 0], &[0x08]] {
            assert!(Fields(bytes).any(|field| field.is_err()), "{bytes:?}");
        }
    }
}
