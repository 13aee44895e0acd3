//! The canonical form of native text, as `tofu fmt` writes it.
//!
//! First some old spellings are rewritten ([`rewrite`]), then the space between tokens is set ([`layout`]). Nothing
//! else changes: the tokens of the result are, up to those rewrites, the tokens of the text. The rules are those of
//! `hclwrite/format` and `command/fmt`, since a repository must not flip between two formatters.
//!
//! Invariant: the result means what the text means, and formatting it again changes nothing.

mod layout;
mod lines;
mod rewrite;
mod spaces;

use std::borrow::Cow;

use diag::{Diags, FileId};

use crate::lex::{Token, TokenKind, tokens};
use crate::parse::parse_native;

/// A token with the spaces before it.
#[derive(Clone, Debug)]
struct Piece<'t> {
    kind: TokenKind,
    text: Cow<'t, str>,
    spaces: usize,
}

impl<'t> Piece<'t> {
    fn of(token: Token, text: &'t str) -> Piece<'t> {
        Piece { kind: token.kind, text: Cow::Borrowed(token.text(text)), spaces: 0 }
    }

    fn new(kind: TokenKind, text: impl Into<Cow<'t, str>>) -> Piece<'t> {
        Piece { kind, text: text.into(), spaces: 0 }
    }

    /// Whether it ends a line: a newline, or a comment that takes the end of its line along.
    fn ends_line(&self) -> bool {
        match self.kind {
            TokenKind::Newline => true,
            TokenKind::Comment => self.text.ends_with('\n'),
            _ => false,
        }
    }
}

/// The text as `tofu fmt` writes it. A text with syntax errors is returned as it is ([`parse_native`] tells them).
///
/// `tofu fmt` takes off one wrapping of `"${"${x}"}"` at a time; here the result is what it comes to when run again.
pub fn format(text: &str) -> String {
    let (mut out, mut again) = pass(text);
    while again {
        (out, again) = pass(&out);
    }
    out
}

/// One pass, and whether another one has something to do.
fn pass(text: &str) -> (String, bool) {
    let mut diags = Diags::new();
    let file = parse_native(FileId::new(0), text, &mut diags);
    if diags.has_errors() {
        return (text.to_owned(), false);
    }
    let tokens = tokens(text);
    let (mut pieces, again) = rewrite::rewritten(text, &tokens, &file.body);
    layout::lay_out(&mut pieces);
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for piece in &pieces {
        out.extend(std::iter::repeat_n(' ', piece.spaces));
        out.push_str(&piece.text);
    }
    (out, again)
}
