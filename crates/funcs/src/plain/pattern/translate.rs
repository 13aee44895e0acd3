//! From Go's syntax of regular expressions to the `regex` crate's. The two are cousins; they differ in which classes know
//! Unicode, in what stands literally, in what nests inside brackets, and in what is refused.
//! Invariant: no character of the input reaches the output unless both syntaxes read it alike.

use std::fmt::Write as _;

/// Largest count in a repetition.
const REPEAT_MAX: u32 = 1_000;

/// `pattern` in the other syntax.
pub(crate) fn translate(pattern: &str) -> Result<String, String> {
    let mut translator =
        Translator { rest: pattern, out: String::with_capacity(pattern.len() + 8) };
    translator.run()?;
    Ok(translator.out)
}

struct Translator<'a> {
    rest: &'a str,
    out: String,
}

impl<'a> Translator<'a> {
    fn run(&mut self) -> Result<(), String> {
        let mut repeated = false;
        while let Some(c) = self.rest.chars().next() {
            let was_repeated = std::mem::take(&mut repeated);
            match c {
                '*' | '+' | '?' => {
                    repeated = true;
                    self.copy(1);
                    self.lazy();
                }
                '{' => match self.repetition()? {
                    Some(length) => {
                        repeated = true;
                        self.copy(length);
                        self.lazy();
                    }
                    None => self.take_literal(c),
                },
                '(' => self.group()?,
                '[' => self.class()?,
                '\\' => self.escape()?,
                '.' | '^' | '$' | '|' | ')' => self.copy(1),
                c => self.take_literal(c),
            }
            if repeated && was_repeated {
                return Err("a repetition follows a repetition".to_owned());
            }
        }
        Ok(())
    }

    fn copy(&mut self, bytes: usize) {
        self.out.push_str(&self.rest[..bytes]);
        self.rest = &self.rest[bytes..];
    }

    fn lazy(&mut self) {
        if self.rest.starts_with('?') {
            self.copy(1);
        }
    }

    fn take_literal(&mut self, c: char) {
        self.rest = &self.rest[c.len_utf8()..];
        literal(&mut self.out, c);
    }

    /// The length of the repetition in braces that the rest begins with; `None` where the brace stands for itself.
    fn repetition(&self) -> Result<Option<usize>, String> {
        let Some(end) = self.rest.find('}') else {
            return Ok(None);
        };
        let (low, high) = match self.rest[1..end].split_once(',') {
            Some((low, high)) => (low, Some(high)),
            None => (&self.rest[1..end], None),
        };
        let is_count = |text: &str| {
            text.bytes().all(|b| b.is_ascii_digit()) && !(text.len() > 1 && text.starts_with('0'))
        };
        if low.is_empty() || !is_count(low) || !high.is_none_or(is_count) {
            return Ok(None);
        }
        let count = |text: &str| text.parse().ok().filter(|count| *count <= REPEAT_MAX);
        let too_many = || format!("a repetition is beyond {REPEAT_MAX}");
        let low: u32 = count(low).ok_or_else(too_many)?;
        if let Some(high) = high.filter(|high| !high.is_empty())
            && count(high).ok_or_else(too_many)? < low
        {
            return Err("a repetition ends below its start".to_owned());
        }
        Ok(Some(end + 1))
    }

    fn group(&mut self) -> Result<(), String> {
        let Some(inner) = self.rest.strip_prefix("(?") else {
            self.copy(1);
            return Ok(());
        };
        let named = inner.strip_prefix("P<").or_else(|| inner.strip_prefix('<'));
        if let Some(named) = named.filter(|named| !named.starts_with(['=', '!'])) {
            let end = named.find('>').ok_or("the name of a group is not closed")?;
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let name = &named[..end];
            if name.is_empty()
                || !name.chars().all(is_part)
                || name.starts_with(|c: char| c.is_ascii_digit())
            {
                return Err(format!("{name:?} cannot name a group"));
            }
            let length = self.rest.len() - named.len() + end + 1;
            self.copy(length);
            return Ok(());
        }
        let flags = inner.find([':', ')']).ok_or("a group is not closed")?;
        if !inner[..flags].chars().all(|c| matches!(c, 'i' | 'm' | 's' | 'U' | '-')) {
            return Err(format!("a group begins with the unknown \"(?{}\"", &inner[..=flags]));
        }
        self.copy(2 + flags + 1);
        Ok(())
    }

    fn escape(&mut self) -> Result<(), String> {
        let rest = &self.rest[1..];
        let c = rest.chars().next().ok_or("it ends with a backslash")?;
        let text = match c {
            'A' | 'z' => {
                self.copy(2);
                return Ok(());
            }
            'b' => "(?-u:\\b)",
            'B' => "(?-u:\\B)",
            'd' => "[0-9]",
            'D' => "[^0-9]",
            's' => "[\\t\\n\\f\\r ]",
            'S' => "[^\\t\\n\\f\\r ]",
            'w' => "[0-9A-Za-z_]",
            'W' => "[^0-9A-Za-z_]",
            'p' | 'P' => {
                let (class, length) = unicode_class(self.rest)?;
                self.out.push_str(&class);
                self.rest = &self.rest[length..];
                return Ok(());
            }
            'Q' => {
                let quoted = &rest[1..];
                let (quoted, after) = quoted.split_once("\\E").unwrap_or((quoted, ""));
                for c in quoted.chars() {
                    literal(&mut self.out, c);
                }
                self.rest = after;
                return Ok(());
            }
            _ => {
                let (c, length) = escaped_char(self.rest)?;
                literal(&mut self.out, c);
                self.rest = &self.rest[length..];
                return Ok(());
            }
        };
        self.out.push_str(text);
        self.rest = &rest[1..];
        Ok(())
    }

    /// A class in brackets. Each single character is written by its number, so that nothing nests by accident.
    fn class(&mut self) -> Result<(), String> {
        self.rest = &self.rest[1..];
        self.out.push('[');
        if let Some(rest) = self.rest.strip_prefix('^') {
            self.out.push('^');
            self.rest = rest;
        }
        let mut first = true;
        loop {
            if self.rest.is_empty() {
                return Err("a class is not closed by ']'".to_owned());
            }
            if !first && self.rest.starts_with(']') {
                self.copy(1);
                return Ok(());
            }
            first = false;
            if self.named_class()? || self.escaped_class()? {
                continue;
            }
            let low = self.class_char()?;
            let mut high = low;
            if self.rest.starts_with('-') && !self.rest[1..].starts_with(']') && self.rest.len() > 1
            {
                self.rest = &self.rest[1..];
                high = self.class_char()?;
            }
            if high < low {
                return Err(format!("the range from {low:?} to {high:?} is empty"));
            }
            let (low, high) = (u32::from(low), u32::from(high));
            write!(self.out, "\\x{{{low:x}}}-\\x{{{high:x}}}")
                .expect("BUG: writing to a string cannot fail");
        }
    }

    /// `[:alpha:]` inside brackets.
    fn named_class(&mut self) -> Result<bool, String> {
        const NAMES: [&str; 14] = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print",
            "punct", "space", "upper", "word", "xdigit",
        ];
        let Some(end) = self.rest.strip_prefix("[:").and_then(|inner| inner.find(":]")) else {
            return Ok(false);
        };
        let name = &self.rest[2..2 + end];
        if !NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err(format!("there is no class [:{name}:]"));
        }
        self.copy(end + 4);
        Ok(true)
    }

    /// `\d` and its kind, and `\p{…}`, inside brackets.
    fn escaped_class(&mut self) -> Result<bool, String> {
        let Some(rest) = self.rest.strip_prefix('\\') else {
            return Ok(false);
        };
        let text = match rest.chars().next() {
            Some('d') => "0-9",
            Some('D') => "[^0-9]",
            Some('s') => "\\t\\n\\f\\r\\x20",
            Some('S') => "[^\\t\\n\\f\\r\\x20]",
            Some('w') => "0-9A-Za-z_",
            Some('W') => "[^0-9A-Za-z_]",
            Some('p' | 'P') => {
                let (class, length) = unicode_class(self.rest)?;
                self.out.push_str(&class);
                self.rest = &self.rest[length..];
                return Ok(true);
            }
            _ => return Ok(false),
        };
        self.out.push_str(text);
        self.rest = &rest[1..];
        Ok(true)
    }

    fn class_char(&mut self) -> Result<char, String> {
        let (c, length) = match self.rest.chars().next() {
            None => return Err("a class is not closed by ']'".to_owned()),
            Some('\\') => escaped_char(self.rest)?,
            Some(c) => (c, c.len_utf8()),
        };
        self.rest = &self.rest[length..];
        Ok(c)
    }
}

fn literal(out: &mut String, c: char) {
    out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
}

/// The class that `\p…` or `\P…` at the front of `rest` means, and the length of its text.
fn unicode_class(rest: &str) -> Result<(String, usize), String> {
    let mut negated = rest.starts_with("\\P");
    let inner = &rest[2..];
    let (name, length) = match inner.strip_prefix('{') {
        Some(braced) => {
            let end = braced.find('}').ok_or("the name of a class is not closed by '}'")?;
            (&braced[..end], end + 2)
        }
        None => {
            let c = inner.chars().next().ok_or("it ends inside the name of a class")?;
            (&inner[..c.len_utf8()], c.len_utf8())
        }
    };
    let bare = name.strip_prefix('^').unwrap_or(name);
    negated ^= bare.len() != name.len();
    if bare.is_empty() || !bare.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(format!("there is no class of characters named {name:?}"));
    }
    let letter = if negated { 'P' } else { 'p' };
    Ok((format!("\\{letter}{{{bare}}}"), 2 + length))
}

/// The character that the escape at the front of `rest` means, and the length of its text.
fn escaped_char(rest: &str) -> Result<(char, usize), String> {
    let inner = &rest[1..];
    let c = inner.chars().next().ok_or("it ends with a backslash")?;
    let unknown = || format!("the escape \\{c} is unknown");
    let simple = match c {
        'a' => '\u{7}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        'x' => return hex_char(inner).map(|(c, length)| (c, length + 1)).ok_or_else(unknown),
        '0'..='7' => {
            let digits = inner.bytes().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
            // A single digit other than zero would refer back to a group.
            if c != '0' && digits < 2 {
                return Err("references to groups are not supported".to_owned());
            }
            let number = u32::from_str_radix(&inner[..digits], 8).map_err(|_| unknown())?;
            return Ok((char::from_u32(number).ok_or_else(unknown)?, 1 + digits));
        }
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => c,
        _ => return Err(unknown()),
    };
    Ok((simple, 2))
}

/// `x41` or `x{e9}`.
fn hex_char(inner: &str) -> Option<(char, usize)> {
    let (digits, length) = match inner.strip_prefix("x{") {
        Some(braced) => {
            let end = braced.find('}')?;
            (&braced[..end], end + 3)
        }
        None => (inner.get(1..3)?, 3),
    };
    let is_hex = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
    Some((char::from_u32(number)?, length))
}
