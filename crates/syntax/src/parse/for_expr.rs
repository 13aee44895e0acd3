//! `[for k, v in collection : value if condition]` and its form in braces.

use diag::{Diagnostic, Span};

use super::{Newlines, Parsed, Parser};
use crate::ast::{Expr, ExprKind, For, Grouping, Name};
use crate::lex::{Token, TokenKind};

impl Parser<'_, '_> {
    /// The expression from the word `for` on. Ends of lines are skipped already; `newlines` is what was so before.
    pub(super) fn for_expr(&mut self, open: Token, newlines: Newlines) -> Parsed<Expr> {
        let object = open.kind == TokenKind::OBrace;
        let close = if object { TokenKind::CBrace } else { TokenKind::CBrack };
        let open = self.span_of(open);
        self.take();
        let (key_var, value_var) = self.for_names(open)?;
        let collection = self.expr()?;
        if self.kind != TokenKind::Colon {
            return self.for_error(open, "After the collection comes a colon.");
        }
        self.take();
        let mut key = None;
        let mut value = self.expr()?;
        if self.take_if(TokenKind::FatArrow).is_some() {
            key = Some(std::mem::replace(&mut value, self.expr()?));
        }
        let dots = self.take_if(TokenKind::Ellipsis).map(|dots| self.span_of(dots));
        let condition = self.for_condition()?;
        if self.kind != close {
            return self.for_error(
                open,
                "The expression is over before this place, and its bracket is not closed.",
            );
        }
        self.take();
        self.set_newlines(newlines);
        let span = self.since(open);
        self.for_form(object, key.as_ref(), &value, dots, span);
        let grouping = if dots.is_some() { Grouping::Grouped } else { Grouping::Unique };
        let it = For { key_var, value_var, collection, key, value, condition, grouping };
        self.built(ExprKind::For(Box::new(it)), span)
    }

    fn for_condition(&mut self) -> Parsed<Option<Expr>> {
        if !self.at_keyword("if") {
            return Ok(None);
        }
        self.take();
        self.expr().map(Some)
    }

    /// `k, v in`, also of a template's directive.
    pub(super) fn for_names(&mut self, open: Span) -> Parsed<(Option<Name>, Name)> {
        let Some(mut value_var) = self.take_name() else {
            return self.for_error(open, "After \"for\" comes a name.");
        };
        let mut key_var = None;
        if self.take_if(TokenKind::Comma).is_some() {
            let Some(name) = self.take_name() else {
                return self.for_error(open, "After the comma comes the name for the value.");
            };
            key_var = Some(std::mem::replace(&mut value_var, name));
        }
        if !self.at_keyword("in") {
            return self.for_error(open, "After the names come \"in\" and the collection.");
        }
        self.take();
        Ok((key_var, value_var))
    }

    /// Tuples take no key and no grouping, objects need a key.
    fn for_form(
        &mut self,
        object: bool,
        key: Option<&Expr>,
        value: &Expr,
        dots: Option<Span>,
        whole: Span,
    ) {
        let error = |at: Span, detail: &str, remedy: &str| {
            Diagnostic::error("syntax-for", "Invalid \"for\" expression")
                .detail(detail)
                .remedy(remedy)
                .at(at)
                .within(whole)
        };
        match (object, key) {
            (false, Some(key)) => self.report(error(
                key.span,
                "In square brackets a list is made, whose elements have no keys.",
                "Remove the key and =>, or write braces to make an object.",
            )),
            (true, None) => self.report(error(
                value.span,
                "In braces an object is made, whose values need keys.",
                "Write KEY => VALUE, or square brackets to make a list.",
            )),
            _ => {}
        }
        if let (false, Some(dots)) = (object, dots) {
            self.report(error(
                dots,
                "Values are gathered by \"...\" only where they have keys.",
                "Remove \"...\", or write braces and KEY => VALUE to make an object.",
            ));
        }
    }

    fn for_error<T>(&mut self, open: Span, detail: &str) -> Parsed<T> {
        let at = self.next_span();
        self.stop(
            Diagnostic::error("syntax-for", "Invalid \"for\" expression")
                .detail(detail)
                .remedy("Write [for NAME in COLLECTION : VALUE if CONDITION], or with braces and KEY => VALUE.")
                .at(at)
                .within(open.to(at)),
        )
    }
}
