//! The language of `format`: literal text and verbs like `%-5.2f` or `%[2]s`. What a verb makes of a value stands in
//! the group of the function.
//! Invariant: width and precision are at most `SIZE_MAX`.

/// Largest width or precision, in characters.
pub(crate) const SIZE_MAX: usize = 1_000_000;

/// A part of a format.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Literal(&'a str),
    Verb(Verb<'a>),
}

/// A verb with all that stands between `%` and its letter.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Verb<'a> {
    /// The verb as written.
    pub(crate) raw: &'a str,
    /// Where it begins in the format, in bytes.
    pub(crate) offset: usize,
    pub(crate) letter: char,
    /// The argument that it asks for by number, from 1.
    pub(crate) argument: Option<usize>,
    pub(crate) zero: bool,
    pub(crate) sharp: bool,
    pub(crate) minus: bool,
    pub(crate) plus: bool,
    pub(crate) space: bool,
    pub(crate) width: Option<usize>,
    pub(crate) precision: Option<usize>,
}

/// Cuts a format into pieces.
pub(crate) fn parse(format: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while !rest.is_empty() {
        let literal = rest.find('%').unwrap_or(rest.len());
        if literal > 0 {
            pieces.push(Piece::Literal(&rest[..literal]));
            rest = &rest[literal..];
        } else if rest.starts_with("%%") {
            pieces.push(Piece::Literal(&rest[..1]));
            rest = &rest[2..];
        } else {
            let verb = read(format, format.len() - rest.len())?;
            rest = &rest[verb.raw.len()..];
            pieces.push(Piece::Verb(verb));
        }
    }
    Ok(pieces)
}

/// Reads the verb that begins at `offset`.
fn read(format: &str, offset: usize) -> Result<Verb<'_>, String> {
    let mut cursor = Cursor { format, at: offset + 1 };
    let mut verb = Verb { offset, ..Verb::default() };
    loop {
        match cursor.peek() {
            Some(b'0') => verb.zero = true,
            Some(b'#') => verb.sharp = true,
            Some(b'-') => verb.minus = true,
            Some(b'+') => verb.plus = true,
            Some(b' ') => verb.space = true,
            _ => break,
        }
        cursor.at += 1;
    }
    if matches!(cursor.peek(), Some(b'1'..=b'9')) {
        verb.width = Some(cursor.number()?);
    }
    if cursor.peek() == Some(b'.') {
        cursor.at += 1;
        verb.precision = Some(cursor.number()?);
    }
    if cursor.peek() == Some(b'[') {
        cursor.at += 1;
        if !matches!(cursor.peek(), Some(b'1'..=b'9')) {
            return Err(cursor.unexpected());
        }
        verb.argument = Some(cursor.number()?);
        if cursor.peek() != Some(b']') {
            return Err(cursor.unexpected());
        }
        cursor.at += 1;
    }
    match cursor.peek() {
        Some(letter) if letter.is_ascii_alphabetic() => verb.letter = char::from(letter),
        _ => return Err(cursor.unexpected()),
    }
    verb.raw = &format[offset..=cursor.at];
    Ok(verb)
}

struct Cursor<'a> {
    format: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.format.as_bytes().get(self.at).copied()
    }

    /// A run of digits; zero where there is none.
    fn number(&mut self) -> Result<usize, String> {
        let mut number = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number * 10 + usize::from(digit - b'0');
            if number > SIZE_MAX {
                return Err(format!("a number in the format is larger than {SIZE_MAX}"));
            }
            self.at += 1;
        }
        Ok(number)
    }

    fn unexpected(&self) -> String {
        match self.format[self.at..].chars().next() {
            Some(c) => format!("the format has an unexpected {c:?} in a verb, at byte {}", self.at),
            None => "the format ends inside a verb".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_cut_into_pieces() {
        let pieces = parse("a%%b %-08.3[2]f!").expect("a format");
        let verb = Verb {
            raw: "%-08.3[2]f",
            offset: 5,
            letter: 'f',
            argument: Some(2),
            zero: true,
            minus: true,
            width: Some(8),
            precision: Some(3),
            ..Verb::default()
        };
        let literal = Piece::Literal;
        let expect = [literal("a"), literal("%"), literal("b "), Piece::Verb(verb), literal("!")];
        assert_eq!(pieces, expect);
        let Piece::Verb(verb) = &parse("%.s").expect("a format")[0] else { panic!("no verb") };
        assert_eq!(verb.precision, Some(0));
    }

    #[test]
    fn faults_have_a_place() {
        let check = |format: &str, expect: &str| assert_eq!(parse(format), Err(expect.to_owned()));
        check("abc%", "the format ends inside a verb");
        check("%é", "the format has an unexpected 'é' in a verb, at byte 1");
        check("%[0]s", "the format has an unexpected '0' in a verb, at byte 2");
        check("%[1s", "the format has an unexpected 's' in a verb, at byte 3");
        check("%[1]5d", "the format has an unexpected '5' in a verb, at byte 4");
        check("%1000001d", "a number in the format is larger than 1000000");
    }
}
