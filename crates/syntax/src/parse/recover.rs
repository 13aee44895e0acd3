//! Going on after an error: where does the next item begin?
//!
//! Brackets alone cannot tell, since an error may be a bracket too few. So layout helps: behind the error, a line that
//! begins like an item and stands no further right than the item at hand, or a closing brace further left than it,
//! ends the item whatever is still open.

use super::{Newlines, Parser};
use crate::lex::TokenKind;

impl Parser<'_, '_> {
    /// Goes on behind the item that began at the token with index `start`, or before the brace that closes the body
    /// around it. Takes at least one token after `start`, unless such a brace is next.
    pub(super) fn skip_item(&mut self, start: usize) {
        let indent = self.column(start);
        let error = self.next.max(start);
        let (mut open, mut nested) = (0, false);
        let mut at = start;
        while self.tokens[at].kind != TokenKind::End {
            let kind = self.tokens[at].kind;
            if open == 0
                && at >= error
                && kind == TokenKind::CBrace
                && !self.own_brace(at, indent, nested)
            {
                break;
            }
            open = (open + kind.bracket()).max(0);
            nested |= open > 0;
            at += 1;
            if at <= error || !self.ends_a_line(at - 1) {
                continue;
            }
            let whole = open == 0 && kind != TokenKind::QuotedNewline;
            if (whole && !self.own_brace(at, indent, nested)) || self.item_begins(at, indent) {
                break;
            }
        }
        self.resume(at);
    }

    /// Whether the token is a brace at the start of its line that, by its layout, belongs to an item with this indent
    /// that opened brackets, and not to the block around it.
    fn own_brace(&self, at: usize, indent: u32, nested: bool) -> bool {
        nested
            && self.tokens[at].kind == TokenKind::CBrace
            && self.block_indent.is_none_or(|around| around < indent)
            && self.column(at) >= indent
            && self.column(at) == self.line_indent(at)
    }

    /// Goes on behind the body whose first token has the index `inside`, and its closing brace.
    pub(super) fn skip_body(&mut self, inside: usize) {
        let indent = self.line_indent(inside.saturating_sub(1));
        let error = self.next.max(inside);
        let mut open = 1;
        let mut at = inside;
        loop {
            let token = self.tokens[at];
            if token.kind == TokenKind::End {
                break;
            }
            open += token.kind.bracket();
            at += 1;
            if open <= 0 || (self.ends_a_line(at - 1) && at > error && self.item_begins(at, indent))
            {
                break;
            }
        }
        self.resume(at);
    }

    fn resume(&mut self, at: usize) {
        self.newlines = Newlines::Seen;
        self.taken = at;
        self.look();
    }

    fn ends_a_line(&self, at: usize) -> bool {
        let token = self.tokens[at];
        match token.kind {
            TokenKind::Newline | TokenKind::QuotedNewline => true,
            TokenKind::Comment => self.ends_line(token),
            _ => false,
        }
    }

    /// Whether an item of the same body, or the end of the body, begins at this token by its layout.
    fn item_begins(&self, at: usize, indent: u32) -> bool {
        let column = self.column(at);
        match self.tokens[at].kind {
            TokenKind::CBrace => column < indent,
            TokenKind::Ident => column <= indent && self.looks_like_item(at),
            _ => false,
        }
    }

    /// `name =`, or `type "label" {`.
    fn looks_like_item(&self, ident: usize) -> bool {
        let mut rest = self.tokens[ident + 1..].iter().map(|token| token.kind);
        let Some(mut kind) = rest.next() else { return false };
        if kind == TokenKind::Equal {
            return true;
        }
        loop {
            match kind {
                TokenKind::OBrace => return true,
                TokenKind::Ident | TokenKind::OQuote | TokenKind::QuotedLit | TokenKind::CQuote => {
                }
                _ => return false,
            }
            match rest.next() {
                Some(next) => kind = next,
                None => return false,
            }
        }
    }

    /// Bytes between the start of the line and the token.
    fn column(&self, at: usize) -> u32 {
        let start = self.tokens[at].start;
        start - self.line_start(start)
    }

    /// Spaces and tabs at the start of the token's line.
    pub(super) fn line_indent(&self, at: usize) -> u32 {
        let line = &self.text[self.line_start(self.tokens[at].start) as usize..];
        (line.len() - line.trim_start_matches([' ', '\t']).len()) as u32
    }

    fn line_start(&self, offset: u32) -> u32 {
        self.text[..offset as usize].rfind('\n').map_or(0, |at| at as u32 + 1)
    }
}
