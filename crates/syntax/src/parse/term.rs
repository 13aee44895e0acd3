//! Terms: literals, names, and what stands in brackets.

use std::sync::Arc;

use diag::Diagnostic;

use super::{Fault, Newlines, Parsed, Parser};
use crate::ast::{Expr, ExprKind};
use crate::lex::{Token, TokenKind};

const UNCLOSED: Fault = Fault {
    code: "syntax-parenthesis",
    summary: "A parenthesis is not closed",
    detail: "The expression in parentheses is over before this place.",
    remedy: "Add the closing parenthesis.",
};

impl Parser<'_, '_> {
    /// A term without accesses.
    pub(super) fn term(&mut self) -> Parsed<Expr> {
        match self.kind {
            TokenKind::Ident => self.word(),
            TokenKind::OQuote | TokenKind::OHeredoc => self.template(),
            TokenKind::Number => {
                let token = self.take();
                let kind = self.number(token);
                self.built(kind, self.span_of(token))
            }
            TokenKind::OParen => self.parentheses(),
            TokenKind::OBrack => self.tuple(),
            TokenKind::OBrace => self.object(),
            _ => self.no_term(),
        }
    }

    /// A keyword, a variable, or a call.
    fn word(&mut self) -> Parsed<Expr> {
        let token = self.take();
        if matches!(self.kind, TokenKind::OParen | TokenKind::DoubleColon) {
            return self.call(token);
        }
        let kind = match token.text(self.text) {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" => ExprKind::Null,
            _ => ExprKind::Variable(self.name_of(token)),
        };
        self.built(kind, self.span_of(token))
    }

    /// The number that the token writes; reports what only looks like one.
    pub(super) fn number(&mut self, token: Token) -> ExprKind {
        let text = token.text(self.text);
        if is_number(text) {
            return ExprKind::Number(Arc::from(text));
        }
        self.no_number(token);
        ExprKind::Invalid
    }

    #[cold]
    #[inline(never)]
    fn no_number(&mut self, token: Token) {
        let (text, at) = (token.text(self.text), self.span_of(token));
        self.report(
            Diagnostic::error("syntax-number", "Invalid number")
                .detail(format!("\"{text}\" is not a number."))
                .remedy("Write digits, at most one point and at most one exponent, as in 1.5e-3; a version is a quoted string.")
                .at(at),
        );
    }

    #[inline(never)]
    fn parentheses(&mut self) -> Parsed<Expr> {
        let open = self.take();
        let open = self.span_of(open);
        let newlines = self.set_newlines(Newlines::Skipped);
        let inner = self.expr()?;
        if self.kind != TokenKind::CParen {
            return self.fail(&UNCLOSED, open);
        }
        let close = self.take();
        let span = open.to(self.span_of(close));
        self.set_newlines(newlines);
        self.built(ExprKind::Parens(Box::new(inner)), span)
    }

    #[cold]
    #[inline(never)]
    fn no_term(&mut self) -> Parsed<Expr> {
        let at = self.next_span();
        let detail = match self.kind {
            TokenKind::End => "The text ends where an expression should begin.",
            TokenKind::Newline => "The line ends where an expression should begin.",
            _ => "No expression begins with what stands here.",
        };
        self.stop(
            Diagnostic::error("syntax-expression", "An expression is expected here")
                .detail(detail)
                .at(at),
        )
    }
}

/// Digits with at most one point and exponent. The scanner has seen to it that it begins and ends in a digit.
fn is_number(text: &str) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    mantissa.bytes().filter(|byte| *byte == b'.').count() <= 1
        && exponent.bytes().all(|byte| byte.is_ascii_digit())
}
