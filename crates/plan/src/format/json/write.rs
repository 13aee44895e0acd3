//! Writing JSON text, compact.
//!
//! Not a serializer: whoever writes says each member. Invariant: strings are escaped; commas and brackets are kept by
//! the types, so that what is written is JSON.

use std::fmt::Write as _;

/// A member of an object or an element of an array that is being written.
pub(super) struct Slot<'o>(&'o mut String);

impl<'o> Slot<'o> {
    /// A document.
    pub(super) fn new(out: &'o mut String) -> Slot<'o> {
        Slot(out)
    }

    /// JSON text as it is.
    pub(super) fn raw(self, text: &str) {
        self.0.push_str(text);
    }

    /// A string.
    pub(super) fn text(self, text: &str) {
        string(self.0, text);
    }

    /// A boolean.
    pub(super) fn bool(self, value: bool) {
        self.0.push_str(if value { "true" } else { "false" });
    }

    /// A whole number.
    pub(super) fn number(self, value: impl std::fmt::Display) {
        write!(self.0, "{value}").expect("BUG: writing to a string cannot fail");
    }

    /// An object.
    pub(super) fn object(self, members: impl FnOnce(&mut Object<'_>)) {
        self.0.push('{');
        members(&mut Object { out: self.0, first: true });
        self.0.push('}');
    }

    /// An array.
    pub(super) fn array(self, elements: impl FnOnce(&mut Array<'_>)) {
        self.0.push('[');
        elements(&mut Array { out: self.0, first: true });
        self.0.push(']');
    }
}

/// An object that is being written.
pub(super) struct Object<'o> {
    out: &'o mut String,
    first: bool,
}

impl Object<'_> {
    /// The next member.
    pub(super) fn member(&mut self, name: &str) -> Slot<'_> {
        if !std::mem::take(&mut self.first) {
            self.out.push(',');
        }
        string(self.out, name);
        self.out.push(':');
        Slot(self.out)
    }

    /// A member that is a string, unless it is empty.
    pub(super) fn text_unless_empty(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.member(name).text(text);
        }
    }
}

/// An array that is being written.
pub(super) struct Array<'o> {
    out: &'o mut String,
    first: bool,
}

impl Array<'_> {
    /// The next element.
    pub(super) fn element(&mut self) -> Slot<'_> {
        if !std::mem::take(&mut self.first) {
            self.out.push(',');
        }
        Slot(self.out)
    }
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (index, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[plain..index]);
        plain = index + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => write!(out, "\\u{byte:04x}").expect("BUG: writing to a string cannot fail"),
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_and_escaped() {
        let mut out = String::new();
        Slot::new(&mut out).object(|object| {
            object.member("a\"").array(|array| {
                array.element().text("x\n\u{1}é");
                array.element().bool(true);
            });
            object.text_unless_empty("none", "");
            object.member("n").number(3);
        });
        assert_eq!(out, "{\"a\\\"\":[\"x\\n\\u0001é\",true],\"n\":3}");
    }
}
