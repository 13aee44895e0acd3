//! Calls of functions: `name(args)`, `space::name(args...)`.

use std::sync::Arc;

use diag::{Diagnostic, Span};

use super::{Newlines, Parsed, Parser};
use crate::ast::{Call, Expansion, Expr, ExprKind, Name};
use crate::lex::{Token, TokenKind};

impl Parser<'_, '_> {
    /// The call whose first name was taken; an opening parenthesis or `::` is next.
    pub(super) fn call(&mut self, first: Token) -> Parsed<Expr> {
        let name = self.call_name(first)?;
        if self.kind != TokenKind::OParen {
            let at = self.next_span();
            return self.stop(
                Diagnostic::error("syntax-call", "A call lacks its arguments")
                    .detail("The name of a function with a namespace is always followed by its arguments.")
                    .remedy("Add the arguments in parentheses.")
                    .at(at)
                    .within(name.span.to(at)),
            );
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
            let at = self.next_span();
            let Some(part) = self.take_name() else {
                return self.stop(
                    Diagnostic::error("syntax-call", "A name is expected after ::")
                        .detail("Behind a namespace comes the name of a function in it.")
                        .at(at)
                        .within(name.span.to(at)),
                );
            };
            let text = Arc::from(format!("{}::{}", name.text, part.text));
            name = Name { text, span: name.span.to(part.span) };
        }
        Ok(name)
    }

    /// The arguments and the closing parenthesis.
    fn arguments(&mut self, name: &Name, open: Span) -> Parsed<(Vec<Expr>, Expansion)> {
        let mut args = Vec::new();
        while self.kind != TokenKind::CParen {
            args.push(self.expr()?);
            match self.kind {
                TokenKind::CParen => {}
                TokenKind::Comma => {
                    self.take();
                }
                TokenKind::Ellipsis => {
                    self.expanded_end(name)?;
                    return Ok((args, Expansion::Expanded));
                }
                _ => return self.no_argument_end(name, open),
            }
        }
        self.take();
        Ok((args, Expansion::Single))
    }

    fn expanded_end(&mut self, name: &Name) -> Parsed<()> {
        let dots = self.take();
        if self.take_if(TokenKind::CParen).is_some() {
            return Ok(());
        }
        let at = self.span_of(dots);
        self.stop(
            Diagnostic::error("syntax-call", "Only the last argument can be expanded")
                .detail("After ... nothing but the closing parenthesis may follow.")
                .remedy("Move the expanded argument to the end, or join it with what follows by concat().")
                .at(at)
                .within(name.span.to(at)),
        )
    }

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
