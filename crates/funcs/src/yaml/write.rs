//! Writes a value as YAML, in the layout of OpenTofu's: strings in double quotes, or as literal blocks where they have
//! several lines; lists not indented below their key; lines folded at spaces beyond column 80.
//! Invariant: the value is wholly known.

use std::fmt::Write as _;

use value::{Value, View};

/// Column beyond which a quoted string is folded at its next space.
const WIDTH: usize = 80;
/// Longest key, in bytes, that stands before its colon on one line.
const SIMPLE_KEY_MAX: usize = 128;

/// `value` as a document.
///
/// # Panics
/// When something in it is not known.
pub(crate) fn write(value: &Value) -> String {
    let mut writer = Writer { at_space: true, at_indentation: true, ..Writer::default() };
    writer.node(value, Place::Root, None);
    writer.new_line(0);
    if writer.open_ended {
        writer.indicator("...", Space::Before, After::Text);
        writer.new_line(0);
    }
    writer.out
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Item,
    Key,
    Entry,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Space {
    Before,
    None,
}

/// What an indicator leaves behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// Text; a following node needs a space.
    Text,
    /// Still the indentation of a line, on which a nested block may begin.
    Indentation,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    Quoted,
    Literal,
}

#[derive(Default)]
struct Writer {
    out: String,
    column: usize,
    /// A space or the start of a line stands before the next character.
    at_space: bool,
    /// Nothing but indentation and indicators stands on the line.
    at_indentation: bool,
    /// The document is a plain scalar, which needs `...` to end it.
    open_ended: bool,
}

impl Writer {
    /// Writes a node; `indent` is that of the block around it.
    fn node(&mut self, value: &Value, place: Place, indent: Option<usize>) {
        match value.view() {
            View::Null => self.scalar("null", Style::Plain, place, indent),
            View::Bool(true) => self.scalar("true", Style::Plain, place, indent),
            View::Bool(false) => self.scalar("false", Style::Plain, place, indent),
            View::Number(number) => self.scalar(&number.to_text(), Style::Plain, place, indent),
            View::String(text) => self.text(text, place, indent),
            View::List(elements) | View::Set(elements) | View::Tuple(elements) => {
                self.sequence(elements, place, indent);
            }
            View::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (&**key, value));
                self.mapping(entries, indent);
            }
            View::Object(object, values) => {
                let names = object.names().iter().map(|name| &**name);
                self.mapping(names.zip(values), indent);
            }
            View::Unknown(_) => panic!("BUG: an unknown value cannot be written as YAML"),
        }
    }

    fn sequence(&mut self, elements: &[Value], place: Place, indent: Option<usize>) {
        if elements.is_empty() {
            self.indicator("[", Space::Before, After::Text);
            self.indicator("]", Space::None, After::Text);
            return;
        }
        // Below a key on the same line the items are not indented.
        let flush = place == Place::Entry && !self.at_indentation;
        let inner = if flush { indent.unwrap_or(0) } else { deeper(indent) };
        for element in elements {
            self.new_line(inner);
            self.indicator("-", Space::Before, After::Indentation);
            self.node(element, Place::Item, Some(inner));
        }
    }

    fn mapping<'v>(
        &mut self,
        entries: impl ExactSizeIterator<Item = (&'v str, &'v Value)>,
        indent: Option<usize>,
    ) {
        if entries.len() == 0 {
            self.indicator("{", Space::Before, After::Text);
            self.indicator("}", Space::None, After::Text);
            return;
        }
        let inner = deeper(indent);
        for (key, value) in entries {
            self.new_line(inner);
            if key.len() <= SIMPLE_KEY_MAX && !key.contains(is_break) {
                self.text(key, Place::Key, Some(inner));
                self.indicator(":", Space::None, After::Text);
            } else {
                self.indicator("?", Space::Before, After::Indentation);
                self.text(key, Place::Entry, Some(inner));
                self.new_line(inner);
                self.indicator(":", Space::Before, After::Indentation);
            }
            self.node(value, Place::Entry, Some(inner));
        }
    }

    fn text(&mut self, text: &str, place: Place, indent: Option<usize>) {
        let is_literal = text.contains('\n') && place != Place::Key && fits_literal(text);
        let style = if is_literal { Style::Literal } else { Style::Quoted };
        self.scalar(text, style, place, indent);
    }

    fn scalar(&mut self, text: &str, style: Style, place: Place, indent: Option<usize>) {
        let inner = indent.map_or(2, |indent| indent + 2);
        match style {
            Style::Plain => {
                if !self.at_space {
                    self.put(' ');
                }
                text.chars().for_each(|c| self.put(c));
                self.at_space = false;
                self.at_indentation = false;
                self.open_ended |= place == Place::Root;
            }
            Style::Quoted => self.quoted(text, place, inner),
            Style::Literal => self.literal(text, inner),
        }
    }

    fn quoted(&mut self, text: &str, place: Place, indent: usize) {
        self.indicator("\"", Space::Before, After::Text);
        // A byte order mark at the start makes OpenTofu escape all of the text.
        let escape_all = text.starts_with('\u{feff}');
        let mut after_space = false;
        for (at, c) in text.char_indices() {
            if escape_all || !is_printable(c) || is_break(c) || c == '"' || c == '\\' {
                self.escaped(c);
                after_space = false;
            } else if c == ' ' {
                let is_inside = at > 0 && at + 1 < text.len();
                let folds = place != Place::Key && !after_space && is_inside && self.column > WIDTH;
                if folds {
                    self.new_line(indent);
                    if text[at + 1..].starts_with(' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(' ');
                }
                after_space = true;
            } else {
                self.put(c);
                after_space = false;
            }
        }
        self.indicator("\"", Space::None, After::Text);
    }

    fn escaped(&mut self, c: char) {
        self.put('\\');
        let short = match c {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '"' | '\\' => c,
            '\u{85}' => 'N',
            '\u{a0}' => '_',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            c => {
                let number = u32::from(c);
                let mut digits = String::new();
                match number {
                    ..=0xff => write!(digits, "x{number:02X}"),
                    0x100..=0xffff => write!(digits, "u{number:04X}"),
                    _ => write!(digits, "U{number:08X}"),
                }
                .expect("BUG: writing to a string cannot fail");
                digits.chars().for_each(|digit| self.put(digit));
                return;
            }
        };
        self.put(short);
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.indicator("|", Space::Before, After::Text);
        if text.starts_with(|c| c == ' ' || is_break(c)) {
            self.indicator("2", Space::None, After::Text);
        }
        let mut ends = text.chars().rev();
        let (last, before) = (ends.next().is_some_and(is_break), ends.next());
        match (last, before) {
            (false, _) => self.indicator("-", Space::None, After::Text),
            (true, None) => self.indicator("+", Space::None, After::Text),
            (true, Some(c)) if is_break(c) => self.indicator("+", Space::None, After::Text),
            (true, Some(_)) => {}
        }
        self.line_end('\n');
        let mut at_start = true;
        for c in text.chars() {
            if is_break(c) {
                self.line_end(c);
                at_start = true;
            } else {
                if at_start {
                    self.new_line(indent);
                }
                self.put(c);
                self.at_indentation = false;
                at_start = false;
            }
        }
    }

    fn line_end(&mut self, c: char) {
        self.out.push(c);
        self.column = 0;
        self.at_indentation = true;
        self.at_space = true;
    }

    fn indicator(&mut self, text: &str, space: Space, after: After) {
        if space == Space::Before && !self.at_space {
            self.put(' ');
        }
        text.chars().for_each(|c| self.put(c));
        self.at_space = false;
        self.at_indentation &= after == After::Indentation;
        self.open_ended = false;
    }

    /// Goes to column `indent`, on a new line unless the current one holds nothing but indentation up to there.
    fn new_line(&mut self, indent: usize) {
        let fits =
            self.at_indentation && (self.column < indent || self.column == indent && self.at_space);
        if !fits && !self.out.is_empty() {
            self.out.push('\n');
            self.column = 0;
        }
        while self.column < indent {
            self.put(' ');
        }
        self.at_space = true;
        self.at_indentation = true;
    }

    fn put(&mut self, c: char) {
        self.out.push(c);
        self.column += 1;
    }
}

fn deeper(indent: Option<usize>) -> usize {
    indent.map_or(0, |indent| indent + 2)
}

/// Whether a text with newlines can stand as a literal block.
fn fits_literal(text: &str) -> bool {
    let breaks_after_space =
        text.chars().zip(text.chars().skip(1)).any(|(a, b)| a == ' ' && is_break(b));
    !text.ends_with(' ')
        && !breaks_after_space
        && text.chars().all(|c| is_printable(c) || is_break_kept(c))
}

fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Breaks that count as printable.
fn is_break_kept(c: char) -> bool {
    matches!(c, '\n' | '\u{2028}' | '\u{2029}')
}

/// What YAML prints as it is. Characters beyond 16 bits are not among them.
fn is_printable(c: char) -> bool {
    matches!(
        c,
        '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}'
    )
}

#[cfg(test)]
mod tests {
    use value::Type;

    use super::*;

    fn check(value: Value, expect: &str) {
        assert_eq!(write(&value), expect);
    }

    fn object(entries: &[(&str, Value)]) -> Value {
        Value::object(entries.iter().map(|(name, value)| ((*name).into(), value.clone())))
    }

    #[test]
    fn scalars() {
        check(Value::TRUE, "true\n...\n");
        check(Value::null(Type::STRING), "null\n...\n");
        check(Value::int(-5), "-5\n...\n");
        check(Value::string("hello"), "\"hello\"\n");
        check(Value::string(""), "\"\"\n");
        check(Value::string("a\"b\\\t\u{1f600}\u{a0}é"), "\"a\\\"b\\\\\\t\\U0001F600\u{a0}é\"\n");
        check(Value::string("a\nb"), "|-\n  a\n  b\n");
        check(Value::string("a\nb\n"), "|\n  a\n  b\n");
        check(Value::string("a\n\n"), "|+\n  a\n\n");
        check(Value::string(" a\nb"), "|2-\n   a\n  b\n");
        check(Value::string("a \nb"), "\"a \\nb\"\n");
        check(Value::string("a\n\tb"), "\"a\\n\\tb\"\n");
    }

    #[test]
    fn blocks() {
        let one = || Value::int(1);
        check(Value::tuple(vec![one(), Value::string("x")]), "- 1\n- \"x\"\n");
        check(Value::tuple(vec![]), "[]\n");
        check(object(&[]), "{}\n");
        check(object(&[("a", one()), ("b", Value::tuple(vec![one()]))]), "\"a\": 1\n\"b\":\n- 1\n");
        let nested = Value::tuple(vec![
            Value::tuple(vec![one(), one()]),
            object(&[("a", one()), ("b", one())]),
        ]);
        check(nested, "- - 1\n  - 1\n- \"a\": 1\n  \"b\": 1\n");
        let deep = object(&[(
            "a",
            object(&[(
                "b",
                Value::tuple(vec![object(&[("c", one()), ("d", Value::string("x\ny"))])]),
            )]),
        )]);
        check(deep, "\"a\":\n  \"b\":\n  - \"c\": 1\n    \"d\": |-\n      x\n      y\n");
        check(object(&[("a", Value::tuple(vec![])), ("b", object(&[]))]), "\"a\": []\n\"b\": {}\n");
        check(object(&[("x\ny", one())]), "? |-\n  x\n  y\n: 1\n");
    }

    #[test]
    fn long_texts_are_folded() {
        let (a, b, c) = ("a".repeat(85), "b".repeat(90), "c".repeat(90));
        let text = format!("{a} {b}  {c}");
        let expect = format!("\"{a}\n  {b}\n  \\ {c}\"\n");
        let got = write(&Value::string(text.as_str()));
        assert_eq!(got, expect);
        assert_eq!(super::super::read(&got).expect(&got).as_str(), Some(&*text));
    }
}
