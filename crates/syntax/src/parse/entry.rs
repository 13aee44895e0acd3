//! The ways into the parser.

use diag::{Diagnostic, Diags, FileId};

use super::{Newlines, Parser, Places, lexical};
use crate::ast::{Expr, File};
use crate::lex::{Token, TokenKind, template_tokens, tokens};
use crate::statics::Traversal;

/// Parses a native file (`.tf`, `.tofu`, `.hcl`, `.tfvars`). All errors of the file are reported, and the tree holds
/// what could be understood: an attribute with an error is there with an invalid expression.
pub fn parse_native(file: FileId, text: &str, diags: &mut Diags) -> File {
    let places = Places::At(file, 0);
    let tokens = tokens(text);
    lexical::report(text, &tokens, &places, diags);
    let mut parser = Parser::new(text, &tokens, &places, Newlines::Seen, diags);
    File { body: parser.file_body() }
}

/// Parses one expression that takes all of `text`; `None` where it has errors.
pub fn parse_expression(file: FileId, text: &str, diags: &mut Diags) -> Option<Expr> {
    parse_expression_in(&Places::At(file, 0), text, diags)
}

/// Parses a text as a template without quotes, as in a file given to `templatefile`; `None` where it has errors.
pub fn parse_template(file: FileId, text: &str, diags: &mut Diags) -> Option<Expr> {
    parse_template_in(&Places::At(file, 0), text, diags)
}

/// Parses one reference that takes all of `text`, as in addresses; `None` where it has errors. An index is a literal
/// number or string.
pub fn parse_traversal(file: FileId, text: &str, diags: &mut Diags) -> Option<Traversal> {
    parse_traversal_in(&Places::At(file, 0), text, diags)
}

pub(crate) fn parse_expression_in(places: &Places, text: &str, diags: &mut Diags) -> Option<Expr> {
    let tokens = tokens(text);
    piece(places, text, &tokens, diags, |parser| {
        let expr = parser.expr()?;
        if parser.kind != TokenKind::End {
            let at = parser.next_span();
            parser.stop::<()>(
                Diagnostic::error("syntax-expression", "Something follows the expression")
                    .detail("The expression ends before this place, and nothing may follow it.")
                    .at(at),
            )?;
        }
        Ok(expr)
    })
}

pub(crate) fn parse_template_in(places: &Places, text: &str, diags: &mut Diags) -> Option<Expr> {
    let tokens = template_tokens(text);
    piece(places, text, &tokens, diags, |parser| parser.bare_template())
}

pub(crate) fn parse_traversal_in(
    places: &Places,
    text: &str,
    diags: &mut Diags,
) -> Option<Traversal> {
    let tokens = tokens(text);
    piece(places, text, &tokens, diags, |parser| parser.traversal())
}

fn piece<T>(
    places: &Places,
    text: &str,
    tokens: &[Token],
    diags: &mut Diags,
    parse: impl FnOnce(&mut Parser<'_, '_>) -> super::Parsed<T>,
) -> Option<T> {
    let before = diags.error_count();
    lexical::report(text, tokens, places, diags);
    let mut parser = Parser::new(text, tokens, places, Newlines::Skipped, diags);
    let parsed = parse(&mut parser).ok();
    if diags.error_count() > before { None } else { parsed }
}
