//! Looking at and taking tokens.

use diag::{Diags, Span};

use super::{Newlines, Parser, Places};
use crate::ast::Name;
use crate::lex::{Token, TokenKind};

impl<'t, 'd> Parser<'t, 'd> {
    pub(super) fn new(
        text: &'t str,
        tokens: &'t [Token],
        places: &'d Places,
        newlines: Newlines,
        diags: &'d mut Diags,
    ) -> Parser<'t, 'd> {
        let mut parser = Parser {
            text,
            tokens,
            places,
            diags,
            names: Default::default(),
            taken: 0,
            next: 0,
            kind: TokenKind::End,
            newlines,
            depth: 0,
            block_indent: None,
            end_reported: false,
            scratch: Default::default(),
        };
        parser.look();
        parser
    }

    /// Finds the next token that counts.
    #[inline]
    pub(super) fn look(&mut self) {
        self.next = self.taken.min(self.tokens.len() - 1);
        self.kind = self.tokens[self.next].kind;
        if matches!(self.kind, TokenKind::Comment | TokenKind::Newline) {
            self.look_further();
        }
    }

    fn look_further(&mut self) {
        loop {
            let token = self.tokens[self.next];
            match token.kind {
                TokenKind::Comment if self.newlines == Newlines::Seen && self.ends_line(token) => {
                    self.kind = TokenKind::Newline;
                    return;
                }
                TokenKind::Newline if self.newlines == Newlines::Skipped => self.next += 1,
                TokenKind::Comment => self.next += 1,
                kind => {
                    self.kind = kind;
                    return;
                }
            }
        }
    }

    /// Whether the comment takes the end of its line along.
    pub(super) fn ends_line(&self, comment: Token) -> bool {
        self.text.as_bytes()[comment.end as usize - 1] == b'\n'
    }

    /// Takes the next token; the last token, the end, can be taken again and again.
    pub(super) fn take(&mut self) -> Token {
        let token = self.tokens[self.next];
        self.taken = self.next + 1;
        self.look();
        token
    }

    /// Takes the next token if it is of this kind.
    pub(super) fn take_if(&mut self, kind: TokenKind) -> Option<Token> {
        (self.kind == kind).then(|| self.take())
    }

    pub(super) fn next_token(&self) -> Token {
        self.tokens[self.next]
    }

    pub(super) fn next_text(&self) -> &'t str {
        self.tokens[self.next].text(self.text)
    }

    /// Whether the next token is this keyword.
    pub(super) fn at_keyword(&self, word: &str) -> bool {
        self.kind == TokenKind::Ident && self.next_text() == word
    }

    pub(super) fn next_span(&self) -> Span {
        self.span_of(self.tokens[self.next])
    }

    /// The place of the token taken last; of the next one where none was.
    pub(super) fn last_span(&self) -> Span {
        self.span_of(self.tokens[self.taken.saturating_sub(1).min(self.tokens.len() - 1)])
    }

    pub(super) fn span_of(&self, token: Token) -> Span {
        self.places.span(token.start, token.end)
    }

    /// From the start of `start` to the end of the token taken last.
    pub(super) fn since(&self, start: Span) -> Span {
        start.to(self.last_span())
    }

    /// Decides whether ends of lines count from the next token on, and tells what was so before.
    pub(super) fn set_newlines(&mut self, newlines: Newlines) -> Newlines {
        let before = std::mem::replace(&mut self.newlines, newlines);
        if before != newlines {
            self.look();
        }
        before
    }

    /// The token as a name.
    pub(super) fn name_of(&mut self, token: Token) -> Name {
        Name { text: self.names.name(token.text(self.text)), span: self.span_of(token) }
    }

    /// Takes an identifier as a name.
    pub(super) fn take_name(&mut self) -> Option<Name> {
        let token = self.take_if(TokenKind::Ident)?;
        Some(self.name_of(token))
    }
}
