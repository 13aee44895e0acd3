//! Attributes: `name = expression`, to the end of the line.

use diag::Diagnostic;

use super::Parser;
use crate::ast::{Attribute, Expr, ExprKind, Name};
use crate::lex::TokenKind;

impl Parser<'_, '_> {
    /// The attribute from the equals sign on, with the end of its line. `start` is the index of its first token.
    #[inline(never)]
    pub(super) fn attribute(&mut self, name: Name, start: usize) -> Attribute {
        let (attribute, whole) = self.assignment(name);
        match self.kind {
            TokenKind::Newline if whole => {
                self.take();
            }
            TokenKind::End if whole => {}
            _ => {
                if whole {
                    self.no_line_end(&attribute);
                }
                self.skip_item(start);
            }
        }
        attribute
    }

    /// The attribute from the equals sign to the end of its expression, and whether all of it was understood.
    pub(super) fn assignment(&mut self, name: Name) -> (Attribute, bool) {
        let equals = self.take();
        let (newlines, depth) = (self.newlines, self.depth);
        let (exprs, items) = (self.scratch.exprs.len(), self.scratch.object_items.len());
        match self.expr() {
            Ok(expr) => {
                let span = name.span.to(expr.span);
                (Attribute { name, expr, span }, true)
            }
            Err(_) => {
                self.set_newlines(newlines);
                self.depth = depth;
                self.scratch.exprs.truncate(exprs);
                self.scratch.object_items.truncate(items);
                let at = self.since(self.span_of(equals));
                let span = name.span.to(at);
                (Attribute { name, expr: Expr::new(ExprKind::Invalid, at), span }, false)
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn no_line_end(&mut self, attribute: &Attribute) {
        let at = self.next_span();
        let context = attribute.span.to(at);
        let diagnostic = match self.kind {
            TokenKind::Invalid => return,
            TokenKind::Comma => {
                Diagnostic::error("syntax-line", "Unexpected comma after an argument")
                    .detail("Arguments are separated by ends of lines, not by commas.")
                    .remedy("Put each argument on a line of its own, without commas.")
            }
            _ => Diagnostic::error("syntax-line", "An argument ends with its line")
                .detail("The value of the argument is over before this place, and its line is not.")
                .remedy("Begin what follows on a line of its own, or mend the value."),
        };
        self.report(diagnostic.at(at).within(context));
    }
}
