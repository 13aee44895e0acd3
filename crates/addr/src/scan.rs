//! Cuts the text of an address into steps: names after dots, keys in brackets. What the steps mean is the callers' matter.
//! It accepts what OpenTofu's parser of absolute traversals accepts on one line.
//! Invariant: each step carries the byte offset at which it begins.

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization as _;

use crate::error::{AddrError, Reason};
use crate::key::InstanceKey;

/// One step of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) offset: usize,
    pub(crate) kind: StepKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StepKind {
    Name(Arc<str>),
    Key(InstanceKey),
}

impl Step {
    pub(crate) fn name(&self) -> Option<&Arc<str>> {
        match &self.kind {
            StepKind::Name(name) => Some(name),
            StepKind::Key(_) => None,
        }
    }
}

/// Whether `text` is a name of the language: a letter or `_`, then letters, digits, `_` and `-`.
#[must_use]
pub fn is_identifier(text: &str) -> bool {
    !text.is_empty() && identifier_length(text) == text.len()
}

fn identifier_length(text: &str) -> usize {
    let mut length = 0;
    for (at, c) in text.char_indices() {
        let fits = if at == 0 {
            c == '_' || unicode_ident::is_xid_start(c)
        } else {
            c == '-' || unicode_ident::is_xid_continue(c)
        };
        if !fits {
            break;
        }
        length = at + c.len_utf8();
    }
    length
}

/// Steps that are read one after another, with the place of their end for errors.
pub(crate) struct Steps {
    steps: Vec<Step>,
    next: usize,
    end: usize,
}

impl Steps {
    /// Reads `text` whole.
    pub(crate) fn read(text: &str) -> Result<Steps, AddrError> {
        let mut scanner = Scanner { text, at: 0 };
        let steps = scanner.steps()?;
        Ok(Steps { steps, next: 0, end: text.len() })
    }

    pub(crate) fn peek(&self) -> Option<&Step> {
        self.steps.get(self.next)
    }

    /// Takes the next step if it is the name `word`.
    pub(crate) fn take_word(&mut self, word: &str) -> bool {
        let found = self.peek().and_then(Step::name).is_some_and(|name| &**name == word);
        self.next += usize::from(found);
        found
    }

    /// Takes the next step, which has to be a name.
    pub(crate) fn take_name(&mut self, otherwise: Reason) -> Result<Arc<str>, AddrError> {
        match self.peek().and_then(Step::name) {
            Some(name) => {
                let name = Arc::clone(name);
                self.next += 1;
                Ok(name)
            }
            None => Err(self.error_here(otherwise)),
        }
    }

    /// Takes the next step if it is a key.
    pub(crate) fn take_key(&mut self) -> Option<InstanceKey> {
        match self.peek() {
            Some(Step { kind: StepKind::Key(key), .. }) => {
                let key = key.clone();
                self.next += 1;
                Some(key)
            }
            _ => None,
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.next == self.steps.len()
    }

    /// An error at the next step, or at the end of the text.
    pub(crate) fn error_here(&self, reason: Reason) -> AddrError {
        AddrError::new(self.peek().map_or(self.end, |step| step.offset), reason)
    }

    /// Refuses whatever is left.
    pub(crate) fn finish(&self) -> Result<(), AddrError> {
        if self.is_done() { Ok(()) } else { Err(self.error_here(Reason::Trailing)) }
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn steps(&mut self) -> Result<Vec<Step>, AddrError> {
        self.skip_blanks();
        if self.rest().is_empty() {
            return Err(self.error(Reason::Empty));
        }
        let mut steps = vec![self.name()?];
        loop {
            self.skip_blanks();
            let offset = self.at;
            match self.rest().chars().next() {
                None => return Ok(steps),
                Some('.') => {
                    self.at += 1;
                    self.skip_blanks();
                    steps.push(self.name()?);
                }
                Some('[') => {
                    self.at += 1;
                    self.skip_blanks();
                    let key = self.key()?;
                    self.skip_blanks();
                    if !self.take(']') {
                        return Err(self.error(Reason::UnclosedBracket));
                    }
                    steps.push(Step { offset, kind: StepKind::Key(key) });
                }
                Some(c) => return Err(self.error(Reason::UnexpectedCharacter(c))),
            }
        }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn error(&self, reason: Reason) -> AddrError {
        AddrError::new(self.at, reason)
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        self.at += if found { c.len_utf8() } else { 0 };
        found
    }

    fn skip_blanks(&mut self) {
        let blanks = self.rest().bytes().take_while(|b| matches!(b, b' ' | b'\t')).count();
        self.at += blanks;
    }

    fn name(&mut self) -> Result<Step, AddrError> {
        let offset = self.at;
        let length = identifier_length(self.rest());
        if length == 0 {
            let reason =
                if self.rest().starts_with('*') { Reason::Splat } else { Reason::NameExpected };
            return Err(self.error(reason));
        }
        let name = Arc::from(&self.rest()[..length]);
        self.at += length;
        Ok(Step { offset, kind: StepKind::Name(name) })
    }

    fn key(&mut self) -> Result<InstanceKey, AddrError> {
        match self.rest().chars().next() {
            Some('"') => self.string().map(InstanceKey::Str),
            Some('0'..='9') => self.number().map(InstanceKey::Int),
            Some('*') => Err(self.error(Reason::Splat)),
            _ => Err(self.error(Reason::KeyExpected)),
        }
    }

    fn number(&mut self) -> Result<i64, AddrError> {
        let start = self.at;
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
        let length = self.rest().find(|c| !is_part(c)).unwrap_or(self.rest().len());
        let text = &self.rest()[..length];
        let index = whole_number(text);
        self.at += length;
        index.ok_or(AddrError::new(start, Reason::KeyNotWhole))
    }

    fn string(&mut self) -> Result<Arc<str>, AddrError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let Some(c) = self.rest().chars().next() else {
                return Err(self.error(Reason::UnclosedString));
            };
            match c {
                '"' => {
                    self.at += 1;
                    break;
                }
                '\n' | '\r' => return Err(self.error(Reason::UnclosedString)),
                '\\' => out.push(self.escape()?),
                '$' | '%' => self.introducer(c, &mut out)?,
                _ => {
                    self.at += c.len_utf8();
                    out.push(c);
                }
            }
        }
        if out.is_ascii() {
            return Ok(out.into());
        }
        Ok(out.nfc().collect::<String>().into())
    }

    /// `$` and `%`: themselves, doubled before a brace to mean themselves, or the start of a template, which is refused.
    fn introducer(&mut self, c: char, out: &mut String) -> Result<(), AddrError> {
        let rest = &self.rest()[1..];
        if rest.starts_with('{') {
            return Err(self.error(Reason::Interpolation));
        }
        let is_doubled = rest.starts_with(c) && rest[1..].starts_with('{');
        out.push(c);
        self.at += 1;
        if is_doubled {
            out.push('{');
            self.at += 2;
        }
        Ok(())
    }

    fn escape(&mut self) -> Result<char, AddrError> {
        let rest = self.rest();
        let (c, length) = match rest.chars().nth(1) {
            Some('n') => (Some('\n'), 2),
            Some('r') => (Some('\r'), 2),
            Some('t') => (Some('\t'), 2),
            Some('"') => (Some('"'), 2),
            Some('\\') => (Some('\\'), 2),
            Some('u') => (hex_char(rest.get(2..6)), 6),
            Some('U') => (hex_char(rest.get(2..10)), 10),
            _ => (None, 0),
        };
        let c = c.ok_or_else(|| self.error(Reason::BadEscape))?;
        self.at += length;
        Ok(c)
    }
}

fn hex_char(digits: Option<&str>) -> Option<char> {
    let digits = digits.filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

/// A number literal whose value is whole: `2`, `2.0`, `2e1`.
fn whole_number(text: &str) -> Option<i64> {
    if let Ok(index) = text.parse() {
        return Some(index);
    }
    let float: f64 = text.parse().ok()?;
    // Beyond 2^53 a float no longer tells whole numbers apart.
    (float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0).then_some(float as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_error(text: &str, offset: usize, reason: Reason) {
        let got = Steps::read(text).map(|steps| steps.steps);
        assert_eq!(got, Err(AddrError::new(offset, reason)), "{text}");
    }

    #[test]
    fn faults_are_found_at_their_place() {
        check_error("", 0, Reason::Empty);
        check_error("  ", 2, Reason::Empty);
        check_error("1a", 0, Reason::NameExpected);
        check_error("a.", 2, Reason::NameExpected);
        check_error("a.0", 2, Reason::NameExpected);
        check_error("a.*", 2, Reason::Splat);
        check_error("a[*]", 2, Reason::Splat);
        check_error("a[b]", 2, Reason::KeyExpected);
        check_error("a[-1]", 2, Reason::KeyExpected);
        check_error("a[1.5]", 2, Reason::KeyNotWhole);
        check_error("a[99999999999999999999]", 2, Reason::KeyNotWhole);
        check_error("a[1", 3, Reason::UnclosedBracket);
        check_error("a[\"b", 4, Reason::UnclosedString);
        check_error("a[\"\\q\"]", 3, Reason::BadEscape);
        check_error("a[\"\\u12\"]", 3, Reason::BadEscape);
        check_error("a[\"${b}\"]", 3, Reason::Interpolation);
        check_error("a b", 2, Reason::UnexpectedCharacter('b'));
        check_error("a/b", 1, Reason::UnexpectedCharacter('/'));
    }

    #[test]
    fn names_of_the_language() {
        for good in ["a", "_a", "a-b", "a1", "été", "a--"] {
            assert!(is_identifier(good), "{good}");
        }
        for bad in ["", "1", "-a", "a b", "a.b", "a\""] {
            assert!(!is_identifier(bad), "{bad}");
        }
    }

    #[test]
    fn strings_are_brought_to_one_form() {
        let steps = Steps::read("a[\"e\u{301}\"]").expect("an address");
        assert_eq!(steps.steps[1].kind, StepKind::Key("é".into()));
    }
}
