//! Calls of functions: `name(args)`, `space::name(args...)`.

use std::sync::Arc;

use diag::{Diagnostic, Span};

use super::{Fault, Newlines, Parsed, Parser, since};
use crate::ast::{Call, Expansion, Expr, ExprKind, Name};
use crate::lex::{Token, TokenKind};

const NO_ARGUMENTS: Fault = Fault {
    code: "syntax-call",
    summary: "A call lacks its arguments",
    detail: "The name of a function with a namespace is always followed by its arguments.",
    remedy: "Add the arguments in parentheses.",
};

const NO_NAME: Fault = Fault {
    code: "syntax-call",
    summary: "A name is expected after ::",
    detail: "Behind a namespace comes the name of a function in it.",
    remedy: "Write the whole name, as in provider::NAME::FUNCTION(...).",
};

impl Parser<'_, '_> {
    /// The call whose first name was taken; an opening parenthesis or `::` is next.
    #[inline(never)]
    pub(super) fn call(&mut self, first: Token) -> Parsed<Expr> {
        let name = self.call_name(first)?;
        if self.kind != TokenKind::OParen {
            return self.fail(&NO_ARGUMENTS, name.span);
        }
        let open = self.take();
        let newlines = self.set_newlines(Newlines::Skipped);
        let open = self.span_of(open);
        let (args, expansion) = self.arguments(&name, open)?;
        self.set_newlines(newlines);
        let parens = self.since(open);
        let span = name.span.to(parens);
        self.built(ExprKind::Call(Box::new(Call { name, args, expansion, parens })), span)
    }

    fn call_name(&mut self, first: Token) -> Parsed<Name> {
        let mut name = self.name_of(first);
        while self.take_if(TokenKind::DoubleColon).is_some() {
            let Some(part) = self.take_name() else {
                return self.fail(&NO_NAME, name.span);
            };
            let text = Arc::from(format!("{}::{}", name.text, part.text));
            name = Name { text, span: name.span.to(part.span) };
        }
        Ok(name)
    }

    /// The arguments and the closing parenthesis.
    #[inline(never)]
    fn arguments(&mut self, name: &Name, open: Span) -> Parsed<(Vec<Expr>, Expansion)> {
        let base = self.scratch.exprs.len();
        let mut expansion = Expansion::Single;
        while self.kind != TokenKind::CParen {
            let arg = self.expr()?;
            self.scratch.exprs.push(arg);
            match self.kind {
                TokenKind::CParen => {}
                TokenKind::Comma => {
                    self.take();
                }
                TokenKind::Ellipsis => {
                    self.expanded_end(name)?;
                    expansion = Expansion::Expanded;
                }
                _ => return self.no_argument_end(name, open),
            }
        }
        self.take();
        Ok((since(&mut self.scratch.exprs, base), expansion))
    }

    /// Nothing but the closing parenthesis, which is not taken, may follow the dots.
    fn expanded_end(&mut self, name: &Name) -> Parsed<()> {
        let dots = self.take();
        if self.kind == TokenKind::CParen {
            return Ok(());
        }
        let at = self.span_of(dots);
        self.no_end_of_call(name, at)
    }

    #[cold]
    #[inline(never)]
    fn no_end_of_call<T>(&mut self, name: &Name, dots: Span) -> Parsed<T> {
        self.stop(
            Diagnostic::error("syntax-call", "Only the last argument can be expanded")
                .detail("After ... nothing but the closing parenthesis may follow.")
                .remedy("Move the expanded argument to the end, or join it with what follows by concat().")
                .at(dots)
                .within(name.span.to(dots)),
        )
    }

    #[cold]
    #[inline(never)]
    fn no_argument_end<T>(&mut self, name: &Name, open: Span) -> Parsed<T> {
        let at = self.next_span();
        if self.kind == TokenKind::End {
            return self.stop(
                Diagnostic::error("syntax-unclosed", "A call is not closed")
                    .detail("The text ends before the parenthesis that closes this call.")
                    .remedy("Add it; or look for one further down that closes something else than it seems to.")
                    .at(name.span.to(open)),
            );
        }
        self.stop(
            Diagnostic::error("syntax-separator", "A separator is missing")
                .detail(format!("The argument of \"{}\" is over before this place.", name.text))
                .remedy("Put a comma between arguments, or close the call.")
                .at(at)
                .within(name.span.to(at)),
        )
    }
}
