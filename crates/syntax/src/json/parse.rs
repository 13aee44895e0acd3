//! JSON tokens to tree.
//!
//! After an error in a member or element the parser goes on behind the next comma or closing bracket of the same
//! depth, so that one file tells all its errors.

use diag::{Diagnostic, Diags, FileId, Span};

use super::number::is_number;
use super::scan::{JsonToken, JsonTokenKind as Kind, tokens};
use super::string::string;
use super::{JsonKind, JsonMember, JsonNode, JsonText};
use crate::ast::{NESTING_MAX, Name};

/// The outermost value of a file.
pub(super) fn file(file: FileId, text: &str, diags: &mut Diags) -> JsonNode {
    let tokens = tokens(text);
    let before = diags.error_count();
    let mut parser = JsonParser { file, text, tokens: &tokens, at: 0, depth: 0, diags };
    let root = parser.value();
    let whole = parser.diags.error_count() == before;
    if whole && parser.kind() != Kind::End {
        parser.error(
            "Something follows the value",
            "A JSON file holds one value.",
            "Remove what follows.",
        );
    }
    if whole && !matches!(root.kind, JsonKind::Object(_) | JsonKind::Array(_)) {
        diags.push(
            Diagnostic::error("json-root", "A configuration in JSON is an object")
                .detail("The outermost value is neither an object nor an array of objects.")
                .at(root.span),
        );
        return JsonNode { kind: JsonKind::Invalid, span: root.span };
    }
    root
}

struct JsonParser<'t, 'd> {
    file: FileId,
    text: &'t str,
    tokens: &'t [JsonToken],
    at: usize,
    depth: usize,
    diags: &'d mut Diags,
}

impl JsonParser<'_, '_> {
    fn kind(&self) -> Kind {
        self.tokens[self.at].kind
    }

    fn span(&self) -> Span {
        let token = self.tokens[self.at];
        Span::new(self.file, token.start, token.end)
    }

    fn token_text(&self) -> &str {
        let token = self.tokens[self.at];
        &self.text[token.start as usize..token.end as usize]
    }

    /// Steps behind the next token; never behind the end.
    fn take(&mut self) -> Span {
        let span = self.span();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        span
    }

    fn error(&mut self, summary: &str, detail: &str, remedy: &str) {
        self.error_at(self.span(), summary, detail, remedy);
    }

    fn error_at(&mut self, at: Span, summary: &str, detail: &str, remedy: &str) {
        self.diags
            .push(Diagnostic::error("json-syntax", summary).detail(detail).remedy(remedy).at(at));
    }

    fn value(&mut self) -> JsonNode {
        match self.kind() {
            Kind::OBrace | Kind::OBrack => self.nested(),
            Kind::String => {
                let span = self.span();
                let kind = self.string().map_or(JsonKind::Invalid, JsonKind::String);
                JsonNode { kind, span }
            }
            Kind::Number => self.number(),
            Kind::Word => self.word(),
            _ => {
                self.no_value();
                JsonNode { kind: JsonKind::Invalid, span: self.span() }
            }
        }
    }

    fn no_value(&mut self) {
        let (detail, remedy) = match self.kind() {
            Kind::End => ("The text ends where a value should begin.", "Add the value."),
            Kind::Invalid => {
                ("No value begins with this character.", "Write strings in double quotes.")
            }
            _ => (
                "A value is an object, an array, a string, a number, true, false or null.",
                "Add the value, or remove the comma or colon before this place.",
            ),
        };
        self.error("A value is expected here", detail, remedy);
    }

    fn nested(&mut self) -> JsonNode {
        if self.depth + 1 == NESTING_MAX {
            let span = self.span();
            self.diags.push(
                Diagnostic::error("json-nesting", "Nested too deeply")
                    .detail(format!("Values may stand in one another {NESTING_MAX} levels deep."))
                    .at(span),
            );
            self.skip_value();
            return JsonNode { kind: JsonKind::Invalid, span };
        }
        self.depth += 1;
        let value = match self.kind() {
            Kind::OBrace => self.object(),
            _ => self.array(),
        };
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> JsonNode {
        let open = self.take();
        let mut members = Vec::new();
        if self.kind() != Kind::CBrace {
            loop {
                match self.member() {
                    Some(member) => members.push(member),
                    None => self.skip_to_separator(),
                }
                if !self.separator(open, Kind::CBrace) {
                    break;
                }
            }
        }
        let span = self.close(open, Kind::CBrace);
        JsonNode { kind: JsonKind::Object(members), span }
    }

    fn array(&mut self) -> JsonNode {
        let open = self.take();
        let mut items = Vec::new();
        if self.kind() != Kind::CBrack {
            loop {
                let item = self.value();
                if matches!(item.kind, JsonKind::Invalid) {
                    self.skip_to_separator();
                }
                items.push(item);
                if !self.separator(open, Kind::CBrack) {
                    break;
                }
            }
        }
        let span = self.close(open, Kind::CBrack);
        JsonNode { kind: JsonKind::Array(items), span }
    }

    fn member(&mut self) -> Option<JsonMember> {
        let span = self.span();
        if self.kind() != Kind::String {
            self.error(
                "A key is expected here",
                "A member of an object begins with its key, and a key is a string.",
                "Write \"KEY\": VALUE.",
            );
            return None;
        }
        let key_text = self.string()?;
        if self.kind() != Kind::Colon {
            self.no_colon();
            return None;
        }
        self.take();
        let key = Name { text: key_text.text.clone(), span };
        let value = self.value();
        if matches!(value.kind, JsonKind::Invalid) {
            self.skip_to_separator();
        }
        Some(JsonMember { key, key_text, value })
    }

    fn no_colon(&mut self) {
        let (detail, remedy) = match self.kind() {
            Kind::Equals => {
                ("JSON puts a colon between key and value.", "Write a colon for the equals sign.")
            }
            Kind::Comma | Kind::CBrace => (
                "The key has no value.",
                "Write \"KEY\": VALUE, or square brackets if this is a list.",
            ),
            _ => ("Between key and value stands a colon.", "Add the colon."),
        };
        self.error("A colon is expected here", detail, remedy);
    }

    /// Behind a member or element: whether another one follows.
    fn separator(&mut self, open: Span, close: Kind) -> bool {
        match self.kind() {
            Kind::Comma => {
                let comma = self.take();
                if self.kind() != close {
                    return true;
                }
                self.error_at(
                    comma,
                    "A comma too many",
                    "In JSON no comma follows the last member or element.",
                    "Remove the comma.",
                );
                false
            }
            Kind::CBrace | Kind::CBrack => {
                if self.kind() != close {
                    let at = self.span();
                    self.diags.push(
                        Diagnostic::error("json-syntax", "The wrong closing bracket")
                            .detail("Objects are closed by a brace, arrays by a square bracket.")
                            .at(at)
                            .label(open, "the bracket to be closed"),
                    );
                }
                false
            }
            Kind::End => {
                self.error_at(
                    open,
                    "A bracket is not closed",
                    "The text ends before the bracket that closes this one.",
                    "Add it.",
                );
                false
            }
            _ => {
                self.error(
                    "A comma is expected here",
                    "A comma stands between one member or element and the next.",
                    "Add the comma, or close the bracket.",
                );
                self.skip_to_separator();
                self.separator_again(close)
            }
        }
    }

    /// After skipping: whether another one follows. Reports nothing more.
    fn separator_again(&mut self, close: Kind) -> bool {
        if self.kind() == Kind::Comma {
            self.take();
            return self.kind() != close;
        }
        false
    }

    fn close(&mut self, open: Span, close: Kind) -> Span {
        if self.kind() == close || matches!(self.kind(), Kind::CBrace | Kind::CBrack) {
            return open.to(self.take());
        }
        open.to(self.span())
    }

    /// Steps to the next comma or closing bracket of this depth.
    fn skip_to_separator(&mut self) {
        let mut open = 0_usize;
        loop {
            match self.kind() {
                Kind::End => return,
                Kind::Comma if open == 0 => return,
                Kind::CBrace | Kind::CBrack if open == 0 => return,
                Kind::OBrace | Kind::OBrack => open += 1,
                Kind::CBrace | Kind::CBrack => open -= 1,
                _ => {}
            }
            self.take();
        }
    }

    /// Steps behind the object or array that begins here.
    fn skip_value(&mut self) {
        self.take();
        loop {
            self.skip_to_separator();
            match self.kind() {
                Kind::Comma => {
                    self.take();
                }
                Kind::End => return,
                _ => {
                    self.take();
                    return;
                }
            }
        }
    }

    fn string(&mut self) -> Option<JsonText> {
        let start = self.tokens[self.at].start;
        let parsed = string(self.token_text(), start);
        let span = self.take();
        match parsed {
            Ok(text) => Some(text),
            Err(bad) => {
                let from = start + bad.at as u32;
                let to = (from + bad.len as u32).min(span.end);
                // A place inside a character of several bytes is told as the whole string.
                let whole = self.text.is_char_boundary(from as usize)
                    && self.text.is_char_boundary(to as usize);
                let at = if whole { Span::new(self.file, from, to) } else { span };
                self.error_at(at, "Invalid string", bad.detail, "Mend the string.");
                None
            }
        }
    }

    fn number(&mut self) -> JsonNode {
        let text = self.token_text();
        let kind = if is_number(text) { JsonKind::Number(text.into()) } else { JsonKind::Invalid };
        if matches!(kind, JsonKind::Invalid) {
            let detail = format!("\"{text}\" is not a number of JSON.");
            self.error(
                "Invalid number",
                &detail,
                "Write digits without leading zeros or plus sign, or a string.",
            );
        }
        JsonNode { kind, span: self.take() }
    }

    fn word(&mut self) -> JsonNode {
        let kind = match self.token_text() {
            "true" => JsonKind::Bool(true),
            "false" => JsonKind::Bool(false),
            "null" => JsonKind::Null,
            word => {
                let detail = format!("\"{word}\" stands without quotes and is no word of JSON.");
                let remedy = "Write true, false or null, or put it in double quotes.";
                self.error("Unknown word", &detail, remedy);
                JsonKind::Invalid
            }
        };
        JsonNode { kind, span: self.take() }
    }
}
