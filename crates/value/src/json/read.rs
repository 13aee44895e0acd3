//! A reader of JSON text: one token at a time, strict, with a limit on nesting.

use std::borrow::Cow;

use super::JsonError;
use crate::DEPTH_MAX;

/// Reads from a text that is known to be UTF-8.
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: u32,
    depth_max: u32,
}

/// What a value begins with.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    Null,
    Bool(bool),
    /// The text of a number, of JSON's grammar.
    Number(&'t str),
    String(Cow<'t, str>),
    /// `[`; the elements follow.
    Array,
    /// `{`; the members follow.
    Object,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self::with_limit(text, DEPTH_MAX)
    }

    /// A reader that accepts so many levels of nesting.
    pub(super) fn with_limit(text: &'t str, depth_max: u32) -> Self {
        Self { text, at: 0, depth: 0, depth_max }
    }

    /// Goes back into a value that was passed over; it counts as one level of nesting.
    pub(super) fn enter_at(&mut self, offset: usize) -> Result<(), Box<JsonError>> {
        self.deeper()?;
        self.at = offset;
        Ok(())
    }

    /// Leaves such a value, to go on at the offset.
    pub(super) fn resume(&mut self, offset: usize) {
        self.depth -= 1;
        self.at = offset;
    }

    /// How far it has read, in bytes.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    fn bytes(&self) -> &'t [u8] {
        self.text.as_bytes()
    }

    fn skip_space(&mut self) {
        while matches!(self.bytes().get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// The next byte that is no white space, without taking it.
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.skip_space();
        self.bytes().get(self.at).copied()
    }

    fn fail<T>(&self, message: impl Into<String>) -> Result<T, Box<JsonError>> {
        Err(JsonError::syntax(self.at, message))
    }

    /// Nothing but white space is left?
    pub(super) fn end(&mut self) -> Result<(), Box<JsonError>> {
        match self.peek() {
            None => Ok(()),
            Some(_) => self.fail("more text after the end of the value"),
        }
    }

    /// The beginning of a value. After an array or object the caller reads all of it.
    pub(super) fn token(&mut self) -> Result<Token<'t>, Box<JsonError>> {
        match self.peek() {
            Some(b'"') => self.string().map(Token::String),
            Some(b'{') => self.enter(Token::Object),
            Some(b'[') => self.enter(Token::Array),
            Some(b'-' | b'0'..=b'9') => self.number().map(Token::Number),
            Some(b't') => self.word("true", Token::Bool(true)),
            Some(b'f') => self.word("false", Token::Bool(false)),
            Some(b'n') => self.word("null", Token::Null),
            Some(_) => self.fail("a JSON value cannot begin with this character"),
            None => self.fail("the text ends where a value should stand"),
        }
    }

    fn deeper(&mut self) -> Result<(), Box<JsonError>> {
        if self.depth == self.depth_max {
            return self.fail(format!("values nest deeper than {} levels", self.depth_max));
        }
        self.depth += 1;
        Ok(())
    }

    fn enter(&mut self, token: Token<'t>) -> Result<Token<'t>, Box<JsonError>> {
        self.deeper()?;
        self.at += 1;
        Ok(token)
    }

    fn word(&mut self, word: &str, token: Token<'t>) -> Result<Token<'t>, Box<JsonError>> {
        if !self.text[self.at..].starts_with(word) {
            return self.fail("a JSON value cannot begin with this character");
        }
        self.at += word.len();
        Ok(token)
    }

    /// Goes on to the next element or member; false at the closing bracket, which is taken.
    pub(super) fn more(&mut self, close: u8, first: bool) -> Result<bool, Box<JsonError>> {
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                self.depth -= 1;
                Ok(false)
            }
            Some(b',') if !first => {
                self.at += 1;
                match self.peek() {
                    Some(byte) if byte == close => self.fail("a comma before the closing bracket"),
                    _ => Ok(true),
                }
            }
            Some(_) if first => Ok(true),
            Some(_) => self.fail("a comma or the closing bracket should stand here"),
            None => self.fail("the text ends before the closing bracket"),
        }
    }

    /// A member's name and the colon after it.
    pub(super) fn name(&mut self) -> Result<Cow<'t, str>, Box<JsonError>> {
        if self.peek() != Some(b'"') {
            return self.fail("a name in quotes should stand here");
        }
        let name = self.string()?;
        if self.peek() != Some(b':') {
            return self.fail("a colon should stand after the name");
        }
        self.at += 1;
        Ok(name)
    }

    /// Passes over one whole value and returns its text.
    pub(super) fn skip(&mut self) -> Result<&'t str, Box<JsonError>> {
        self.skip_space();
        let from = self.at;
        let mut open: Vec<u8> = Vec::new();
        let mut first = match self.token()? {
            Token::Array => Some(b']'),
            Token::Object => Some(b'}'),
            _ => return Ok(&self.text[from..self.at]),
        };
        open.extend(first);
        while let Some(&close) = open.last() {
            if !self.more(close, first.take().is_some())? {
                open.pop();
                continue;
            }
            if close == b'}' {
                self.name()?;
            }
            first = match self.token()? {
                Token::Array => Some(b']'),
                Token::Object => Some(b'}'),
                _ => None,
            };
            open.extend(first);
        }
        Ok(&self.text[from..self.at])
    }

    fn digits(&mut self) -> Result<(), Box<JsonError>> {
        let from = self.at;
        while self.bytes().get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at == from { self.fail("a digit should stand here") } else { Ok(()) }
    }

    fn number(&mut self) -> Result<&'t str, Box<JsonError>> {
        let from = self.at;
        if self.bytes()[self.at] == b'-' {
            self.at += 1;
        }
        match self.bytes().get(self.at) {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.bytes().get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.bytes().get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.bytes().get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(&self.text[from..self.at])
    }

    /// A string in quotes; borrowed from the text where nothing in it is escaped.
    fn string(&mut self) -> Result<Cow<'t, str>, Box<JsonError>> {
        self.at += 1;
        let from = self.at;
        loop {
            match self.bytes().get(self.at) {
                Some(b'"') => {
                    let text = &self.text[from..self.at];
                    self.at += 1;
                    return Ok(Cow::Borrowed(text));
                }
                Some(b'\\') => return self.escaped_string(from).map(Cow::Owned),
                Some(0..=0x1f) => return self.fail("a control character in a string"),
                Some(_) => self.at += 1,
                None => return self.fail("the text ends within a string"),
            }
        }
    }

    fn escaped_string(&mut self, from: usize) -> Result<String, Box<JsonError>> {
        let mut out = String::from(&self.text[from..self.at]);
        let mut plain_from = self.at;
        loop {
            match self.bytes().get(self.at) {
                Some(b'"') => {
                    out.push_str(&self.text[plain_from..self.at]);
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    out.push_str(&self.text[plain_from..self.at]);
                    self.at += 1;
                    out.push(self.escape()?);
                    plain_from = self.at;
                }
                Some(0..=0x1f) => return self.fail("a control character in a string"),
                Some(_) => self.at += 1,
                None => return self.fail("the text ends within a string"),
            }
        }
    }

    /// The character of an escape, the backslash already taken. Half a surrogate pair becomes the
    /// replacement character.
    fn escape(&mut self) -> Result<char, Box<JsonError>> {
        let simple = match self.bytes().get(self.at) {
            Some(&byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return self.fail("no escape sequence of JSON"),
        };
        self.at += 1;
        Ok(simple)
    }

    fn unicode_escape(&mut self) -> Result<char, Box<JsonError>> {
        let Some(high) = self.code_unit(self.at) else {
            return self.fail("four hexadecimal digits should stand here");
        };
        self.at += 5;
        if !(0xd800..0xdc00).contains(&high) {
            return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let low = match self.bytes().get(self.at) {
            Some(b'\\') => self.code_unit(self.at + 1),
            _ => None,
        };
        match low.filter(|low| (0xdc00..0xe000).contains(low)) {
            Some(low) => {
                self.at += 6;
                let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
            None => Ok(char::REPLACEMENT_CHARACTER),
        }
    }

    /// The four digits after a `u` at this place.
    fn code_unit(&self, at: usize) -> Option<u32> {
        let digits = self.bytes().get(at..at + 5)?.strip_prefix(b"u")?;
        digits.iter().try_fold(0, |sum, &digit| Some(sum * 16 + char::from(digit).to_digit(16)?))
    }
}
