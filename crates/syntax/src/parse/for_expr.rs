//! `[for k, v in collection : value if condition]` and its form in braces.

use diag::{Diagnostic, Span};

use super::{Newlines, Parsed, Parser};
use crate::ast::{Expr, ExprKind, For, Grouping, Name};
use crate::lex::{Token, TokenKind};

/// Which parts of a `for` expression are there.
struct Form {
    bracket: TokenKind,
    keyed: bool,
    dots: Option<Span>,
    filtered: bool,
}

impl Parser<'_, '_> {
    /// The expression from the word `for` on. Ends of lines are skipped already; `newlines` is what was so before.
    ///
    /// Its parts wait on the scratch list, so that the frame of this function stays small.
    #[inline(never)]
    pub(super) fn for_expr(&mut self, open: Token, newlines: Newlines) -> Parsed<Expr> {
        let bracket = open.kind;
        let open = self.span_of(open);
        self.take();
        let names = self.for_names(open)?;
        self.push_expr()?;
        if self.kind != TokenKind::Colon {
            return self.for_error(open, "After the collection comes a colon.");
        }
        self.take();
        self.push_expr()?;
        let keyed = self.take_if(TokenKind::FatArrow).is_some();
        if keyed {
            self.push_expr()?;
        }
        let dots = self.take_if(TokenKind::Ellipsis);
        let filtered = self.at_keyword("if");
        if filtered {
            self.take();
            self.push_expr()?;
        }
        let close =
            if bracket == TokenKind::OBrace { TokenKind::CBrace } else { TokenKind::CBrack };
        if self.kind != close {
            return self.for_error(
                open,
                "The expression is over before this place, and its bracket is not closed.",
            );
        }
        self.take();
        self.set_newlines(newlines);
        let dots = dots.map(|dots| self.span_of(dots));
        self.for_of_parts(names, Form { bracket, keyed, dots, filtered }, self.since(open))
    }

    /// One expression, put on the scratch list.
    #[inline(never)]
    fn push_expr(&mut self) -> Parsed<()> {
        let expr = self.expr()?;
        self.scratch.exprs.push(expr);
        Ok(())
    }

    /// The expression of the parts on the scratch list.
    #[inline(never)]
    fn for_of_parts(
        &mut self,
        (key_var, value_var): (Option<Name>, Name),
        form: Form,
        span: Span,
    ) -> Parsed<Expr> {
        let mut part = || self.scratch.exprs.pop().expect("BUG: a part was put there");
        let condition = form.filtered.then(&mut part);
        let value = part();
        let key = form.keyed.then(&mut part);
        let collection = part();
        let object = form.bracket == TokenKind::OBrace;
        self.for_form(object, key.as_ref(), &value, form.dots, span);
        let grouping = if form.dots.is_some() { Grouping::Grouped } else { Grouping::Unique };
        let it = For { key_var, value_var, collection, key, value, condition, grouping };
        self.built(ExprKind::For(Box::new(it)), span)
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
    #[inline(never)]
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

    #[cold]
    #[inline(never)]
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
