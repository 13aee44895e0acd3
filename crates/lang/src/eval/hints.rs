//! Values of the references at a faulty place, for the reader of a diagnostic.
//!
//! Invariant: nothing sensitive, ephemeral or unknown is shown, and of an aggregate only its kind and size.

use diag::Diagnostic;
use value::{Type, Value, View};

use super::machine::{Machine, Outcome, Stop};
use crate::expr::{ExprId, Node, Target};

/// Most references whose values a diagnostic shows.
const SHOWN_MAX: usize = 8;

impl Machine<'_> {
    /// Reports an error, with the values of the references in an expression.
    pub(crate) fn fail_at<T>(&mut self, diagnostic: Diagnostic, id: ExprId) -> Outcome<T> {
        let diagnostic = self.with_hints(diagnostic, id);
        self.diags.push(diagnostic);
        Err(Stop::Error)
    }

    /// The diagnostic with the values of the references in an expression.
    pub(crate) fn with_hints(&mut self, mut diagnostic: Diagnostic, id: ExprId) -> Diagnostic {
        if self.hinting {
            return diagnostic;
        }
        self.hinting = true;
        diagnostic.values = self.hints(id);
        self.hinting = false;
        diagnostic
    }

    fn hints(&mut self, id: ExprId) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = Vec::new();
        let mut stack = vec![id];
        while let Some(at) = stack.pop() {
            if found.len() >= SHOWN_MAX {
                break;
            }
            if let Some(text) = self.text_of(at)
                && let Some(shown) = self.shown(at)
            {
                if !found.iter().any(|(known, _)| *known == text) {
                    found.push((text, shown));
                }
                continue;
            }
            let from = stack.len();
            self.exprs.operands(at, &mut |operand| stack.push(operand));
            stack[from..].reverse();
        }
        found.sort();
        found
    }

    /// The value of a reference as a hint, where it may be shown.
    fn shown(&mut self, id: ExprId) -> Option<String> {
        // A whole resource may be large, and its keys say nothing of the fault.
        if matches!(self.target_of(id), Some(Target::Resource(_) | Target::Module(_))) {
            return None;
        }
        let value = self.glance(id)?;
        summary(&value)
    }

    fn target_of(&self, id: ExprId) -> Option<&Target> {
        match self.exprs.node(id) {
            Node::Ref(at) => Some(&self.exprs.reference(*at).target),
            _ => None,
        }
    }

    /// How a reference with its steps is written; none of what is no reference.
    pub(super) fn text_of(&self, id: ExprId) -> Option<String> {
        match self.exprs.node(id) {
            Node::Ref(at) => Some(self.exprs.reference(*at).text.to_string()),
            Node::Instance(at, key) => {
                Some(format!("{}[{}]", self.exprs.reference(*at).text, self.key_text(*key)?))
            }
            Node::Output(at) => {
                let node = self.exprs.output(*at);
                node.key.is_none().then(|| self.exprs.reference(node.reference).text.to_string())
            }
            Node::Attr(source, name) => {
                let source = self.text_of(*source)?;
                Some(format!("{source}.{}", self.exprs.name(*name).0))
            }
            Node::Index(source, key) => {
                Some(format!("{}[{}]", self.text_of(*source)?, self.key_text(*key)?))
            }
            Node::Free(at, list) => {
                let mut text = self.exprs.reference(*at).text.to_string();
                for step in self.exprs.list(*list) {
                    match self.exprs.node(*step) {
                        Node::Name(name) => {
                            text.push('.');
                            text.push_str(&self.exprs.name(*name).0);
                        }
                        _ => text.push_str(&format!("[{}]", self.key_text(*step)?)),
                    }
                }
                Some(text)
            }
            _ => None,
        }
    }

    /// A key as written, where it is a literal or a reference.
    fn key_text(&self, id: ExprId) -> Option<String> {
        match self.exprs.node(id) {
            Node::Literal(value) => summary(value),
            _ => self.text_of(id),
        }
    }
}

/// A value in a few words; none where it is secret or says nothing.
pub(crate) fn summary(value: &Value) -> Option<String> {
    let marks = value.marks();
    if marks.is_sensitive() || marks.is_ephemeral() {
        return None;
    }
    let counted = |length: usize| match length {
        0 => format!("empty {}", value.ty().friendly_name()),
        1 => format!("{} with 1 element", value.ty().friendly_name()),
        _ => format!("{} with {length} elements", value.ty().friendly_name()),
    };
    Some(match value.view() {
        View::Null => "null".to_owned(),
        View::Unknown(_) if value.ty().is_dynamic() => return None,
        View::Unknown(_) => format!("{} (known after apply)", value.ty().friendly_name()),
        View::Bool(value) => value.to_string(),
        View::Number(number) => number.to_text(),
        View::String(text) => crate::print::quoted(text),
        View::List(elements) | View::Set(elements) | View::Tuple(elements) => {
            counted(elements.len())
        }
        View::Map(entries) => counted(entries.len()),
        View::Object(object, _) => match object.names() {
            [] => "object without attributes".to_owned(),
            [only] => format!("object with the attribute \"{only}\""),
            names => format!("object with {} attributes", names.len()),
        },
    })
}

/// A type with what is said of a value whose type does not fit.
pub(crate) fn type_name(ty: Type) -> String {
    super::choice::with_article(ty)
}
