//! Tuples and objects; both may turn out to be a `for` expression.

use diag::{Diagnostic, Span};

use super::{Newlines, Parsed, Parser, since};
use crate::ast::{Expr, ExprKind, Name, ObjectItem, ObjectKey};
use crate::lex::{Token, TokenKind};

impl Parser<'_, '_> {
    #[inline(never)]
    pub(super) fn tuple(&mut self) -> Parsed<Expr> {
        let open = self.take();
        let newlines = self.set_newlines(Newlines::Skipped);
        if self.at_keyword("for") {
            return self.for_expr(open, newlines);
        }
        let open = self.span_of(open);
        let base = self.scratch.exprs.len();
        while self.kind != TokenKind::CBrack {
            let item = self.expr()?;
            self.scratch.exprs.push(item);
            match self.kind {
                TokenKind::CBrack => {}
                TokenKind::Comma => {
                    self.take();
                }
                _ => return self.no_separator(open, "element of this list", "a comma"),
            }
        }
        self.take();
        self.set_newlines(newlines);
        let items = since(&mut self.scratch.exprs, base);
        self.built(ExprKind::Tuple(items), self.since(open))
    }

    #[inline(never)]
    pub(super) fn object(&mut self) -> Parsed<Expr> {
        let open = self.take();
        let newlines = self.set_newlines(Newlines::Skipped);
        if self.at_keyword("for") {
            return self.for_expr(open, newlines);
        }
        self.set_newlines(Newlines::Seen);
        let open = self.span_of(open);
        let base = self.scratch.object_items.len();
        loop {
            match self.kind {
                TokenKind::Newline => {
                    self.take();
                    continue;
                }
                TokenKind::CBrace => break,
                _ => {
                    let item = self.object_item(open)?;
                    self.scratch.object_items.push(item);
                }
            }
            match self.kind {
                TokenKind::CBrace => {}
                TokenKind::Comma | TokenKind::Newline => {
                    self.take();
                }
                _ => {
                    return self.no_separator(open, "item of this object", "a comma or a new line");
                }
            }
        }
        self.take();
        self.set_newlines(newlines);
        let items = since(&mut self.scratch.object_items, base);
        self.built(ExprKind::Object(items), self.since(open))
    }

    #[inline(never)]
    fn object_item(&mut self, open: Span) -> Parsed<ObjectItem> {
        let first = self.next_token();
        let key = self.expr()?;
        if !matches!(self.kind, TokenKind::Equal | TokenKind::Colon) {
            return self.no_value(open);
        }
        self.take();
        let key = self.object_key(first, key);
        let value = self.expr()?;
        Ok(ObjectItem { key, value })
    }

    /// A bare word is the key itself, also where it reads as a keyword elsewhere.
    fn object_key(&mut self, first: Token, key: Expr) -> ObjectKey {
        match key.kind {
            ExprKind::Variable(name) => ObjectKey::Bare(name),
            ExprKind::Null | ExprKind::Bool(_) => {
                let name: Name = self.name_of(first);
                ObjectKey::Bare(name)
            }
            _ => ObjectKey::Expr(key),
        }
    }

    #[cold]
    #[inline(never)]
    fn no_value<T>(&mut self, open: Span) -> Parsed<T> {
        let at = self.next_span();
        if self.kind == TokenKind::End {
            return self.unclosed_bracket(open);
        }
        let remedy = match self.kind {
            TokenKind::Newline | TokenKind::Comma => "Write KEY = VALUE.",
            TokenKind::Ident => {
                "Write KEY = VALUE; a key with dots or spaces is written in quotes."
            }
            _ => "Write KEY = VALUE, and quotes around a key that is no identifier.",
        };
        self.stop(
            Diagnostic::error("syntax-object", "An item of an object lacks its value")
                .detail("After the key comes an equals sign, and then the value.")
                .remedy(remedy)
                .at(at)
                .within(open.to(at)),
        )
    }

    #[cold]
    #[inline(never)]
    fn no_separator<T>(&mut self, open: Span, what: &str, separator: &str) -> Parsed<T> {
        if self.kind == TokenKind::End {
            return self.unclosed_bracket(open);
        }
        let at = self.next_span();
        self.stop(
            Diagnostic::error("syntax-separator", "A separator is missing")
                .detail(format!("The {what} is over before this place."))
                .remedy(format!("Put {separator} between the two, or close the bracket."))
                .at(at)
                .within(open.to(at)),
        )
    }

    #[cold]
    #[inline(never)]
    fn unclosed_bracket<T>(&mut self, open: Span) -> Parsed<T> {
        self.stop(
            Diagnostic::error("syntax-unclosed", "A bracket is not closed")
                .detail("The text ends before the bracket that closes this one.")
                .remedy("Add it; or look for a bracket further down that closes another one than it seems to.")
                .at(open),
        )
    }
}
