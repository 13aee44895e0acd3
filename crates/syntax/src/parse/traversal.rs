//! References alone: a name, and attributes and literal indexes behind it.

use std::sync::Arc;

use diag::Diagnostic;

use super::{Parsed, Parser};
use crate::ast::ExprKind;
use crate::lex::TokenKind;
use crate::statics::{Step, Traversal};

impl Parser<'_, '_> {
    /// The reference that takes all of the text.
    pub(super) fn traversal(&mut self) -> Parsed<Traversal> {
        let Some(root) = self.take_name() else {
            return self.no_reference("A reference begins with a name.");
        };
        let mut steps = Vec::new();
        loop {
            match self.kind {
                TokenKind::Dot => {
                    self.take();
                    match self.take_name() {
                        Some(name) => steps.push(Step::Attr(name)),
                        None => {
                            return self
                                .no_reference("After a dot comes the name of an attribute.");
                        }
                    }
                }
                TokenKind::OBrack => steps.push(self.literal_index()?),
                TokenKind::End => break,
                _ => return self.no_reference("Only attributes and indexes may follow here."),
            }
        }
        let span = self.since(root.span);
        Ok(Traversal { root, steps, span })
    }

    fn literal_index(&mut self) -> Parsed<Step> {
        self.take();
        let step = match self.kind {
            TokenKind::Number => {
                let token = self.take();
                let at = self.span_of(token);
                match self.number(token) {
                    ExprKind::Number(text) => Step::Number(text, at),
                    _ => Step::Number(Arc::from("0"), at),
                }
            }
            TokenKind::OQuote => {
                let (text, at) = self.plain_string()?;
                Step::Key(text, at)
            }
            _ => return self.no_reference("An index here is a number or a quoted string."),
        };
        if self.take_if(TokenKind::CBrack).is_none() {
            return self.no_reference("The index is not closed.");
        }
        Ok(step)
    }

    fn no_reference<T>(&mut self, detail: &str) -> Parsed<T> {
        let at = self.next_span();
        self.stop(
            Diagnostic::error("syntax-reference", "Invalid reference")
                .detail(detail)
                .remedy("Write a name with attributes and literal indexes, as in a.b[0][\"c\"].")
                .at(at),
        )
    }
}
