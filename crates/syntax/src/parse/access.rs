//! Accesses: `.name`, `[key]`, the old index `.0`, and both splats.

use diag::{Diagnostic, Span};

use super::{Fault, Newlines, Parsed, Parser};
use crate::ast::{Expr, ExprKind, Splat, SplatKind};
use crate::lex::TokenKind;

const NO_NAME: Fault = Fault {
    code: "syntax-attribute-name",
    summary: "A name is expected after the dot",
    detail: "A dot takes an attribute, and what follows it is not the name of one.",
    remedy: "Write the attribute's name, or take it by [\"...\"] if it is no identifier.",
};

const SPLAT_IN_SPLAT: Fault = Fault {
    code: "syntax-splat",
    summary: "A splat inside a splat",
    detail: "Behind .* only attributes can be taken of each element.",
    remedy: "Write the splats as [*].",
};

const UNCLOSED: Fault = Fault {
    code: "syntax-index",
    summary: "An index is not closed",
    detail: "The key of the index is over before this place.",
    remedy: "Add the closing bracket.",
};

impl Parser<'_, '_> {
    /// All accesses that follow `expr`, applied to it.
    #[inline(never)]
    pub(super) fn accesses(&mut self, expr: Expr) -> Parsed<Expr> {
        let mut expr = expr;
        loop {
            expr = match self.kind {
                TokenKind::Dot => self.dot(expr)?,
                TokenKind::OBrack => self.bracket(expr)?,
                _ => return Ok(expr),
            };
        }
    }

    #[inline(never)]
    fn dot(&mut self, source: Expr) -> Parsed<Expr> {
        let dot = self.take();
        let dot = self.span_of(dot);
        match self.kind {
            TokenKind::Ident | TokenKind::Number => self.dot_name(source),
            TokenKind::Star => self.attr_splat(source, dot),
            _ => self.fail(&NO_NAME, dot),
        }
    }

    /// The name or number behind a dot.
    fn dot_name(&mut self, source: Expr) -> Parsed<Expr> {
        let token = self.take();
        let span = source.span.to(self.span_of(token));
        if token.kind == TokenKind::Ident {
            let name = self.name_of(token);
            return self.built(ExprKind::GetAttr(Box::new(source), name), span);
        }
        let at = self.span_of(token);
        let kind = match token.text(self.text).split_once('.') {
            Some((first, second)) => {
                self.two_old_indexes(at, first, second);
                ExprKind::Invalid
            }
            None => self.number(token),
        };
        let key = self.built(kind, at)?;
        self.built(ExprKind::Index(Box::new(source), Box::new(key)), span)
    }

    #[cold]
    #[inline(never)]
    fn two_old_indexes(&mut self, at: Span, first: &str, second: &str) {
        self.report(
            Diagnostic::error("syntax-index", "Two indexes behind dots")
                .detail("Two numbers behind dots read as one fraction.")
                .remedy(format!("Write [{first}][{second}], and a splat before them as [*]."))
                .at(at),
        );
    }

    /// `.*` and the names and old indexes behind it, which are taken of each element.
    fn attr_splat(&mut self, source: Expr, dot: Span) -> Parsed<Expr> {
        let star = self.take();
        let marker = dot.to(self.span_of(star));
        let mut each = Expr::new(ExprKind::SplatItem, marker);
        while self.kind == TokenKind::Dot {
            self.take();
            match self.kind {
                TokenKind::Ident | TokenKind::Number => each = self.dot_name(each)?,
                TokenKind::Star => return self.fail(&SPLAT_IN_SPLAT, marker),
                _ => return self.fail(&NO_NAME, marker),
            }
        }
        self.splat(source, each, SplatKind::Attr, marker)
    }

    #[inline(never)]
    fn bracket(&mut self, source: Expr) -> Parsed<Expr> {
        let open = self.take();
        let open = self.span_of(open);
        if self.kind == TokenKind::Star {
            return self.full_splat(source, open);
        }
        let newlines = self.set_newlines(Newlines::Skipped);
        let key = self.expr()?;
        self.close_bracket(open)?;
        self.set_newlines(newlines);
        let span = source.span.to(self.last_span());
        self.built(ExprKind::Index(Box::new(source), Box::new(key)), span)
    }

    fn close_bracket(&mut self, open: Span) -> Parsed<()> {
        if self.take_if(TokenKind::CBrack).is_some() {
            return Ok(());
        }
        self.fail(&UNCLOSED, open)
    }

    /// `[*]` and all accesses behind it, which are taken of each element.
    fn full_splat(&mut self, source: Expr, open: Span) -> Parsed<Expr> {
        self.take();
        self.close_bracket(open)?;
        let marker = self.since(open);
        let item = Expr::new(ExprKind::SplatItem, marker);
        let each = self.deeper(|parser| parser.accesses(item))?;
        self.splat(source, each, SplatKind::Full, marker)
    }

    fn splat(&mut self, source: Expr, each: Expr, kind: SplatKind, marker: Span) -> Parsed<Expr> {
        let span = source.span.to(each.span);
        self.built(ExprKind::Splat(Box::new(Splat { source, each, kind, marker })), span)
    }
}
