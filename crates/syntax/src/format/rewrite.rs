//! Old spellings made new: labels are quoted, `"${x}"` becomes `x`, and the type constraints of Terraform 0.11 and
//! before become those of today.

use super::Piece;
use crate::ast::{Attribute, Block, Body, Expr, ExprKind, LabelForm};
use crate::lex::{Token, TokenKind};
use crate::quoted::escaped;

/// Tokens to be replaced, by their indexes.
struct Edit<'t> {
    from: usize,
    to: usize,
    pieces: Vec<Piece<'t>>,
}

/// All tokens as pieces, rewritten where the tree has an old spelling; and whether there may be more to rewrite in
/// the result.
pub(super) fn rewritten<'t>(
    text: &'t str,
    tokens: &[Token],
    body: &Body,
) -> (Vec<Piece<'t>>, bool) {
    let mut rewriting = Rewriting { text, tokens, edits: Vec::new(), again: false };
    rewriting.body(body, Around::File);
    let Rewriting { mut edits, again, .. } = rewriting;
    edits.sort_by_key(|edit| edit.from);
    let mut pieces = Vec::with_capacity(tokens.len());
    let mut at = 0;
    for edit in edits {
        pieces.extend(tokens[at..edit.from].iter().map(|token| Piece::of(*token, text)));
        pieces.extend(edit.pieces);
        at = edit.to;
    }
    pieces.extend(tokens[at..].iter().map(|token| Piece::of(*token, text)));
    keep_last_spaces(&mut pieces, tokens, text);
    (pieces, again)
}

/// Spaces before the end of the file belong to no line, and stay.
fn keep_last_spaces(pieces: &mut [Piece<'_>], tokens: &[Token], text: &str) {
    let from = tokens.iter().rev().nth(1).map_or(0, |token| token.end as usize);
    if let Some(end) = pieces.last_mut() {
        end.spaces = text.len() - from;
    }
}

/// What a body is the body of, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    File,
    Variable,
    Other,
}

struct Rewriting<'t, 'k> {
    text: &'t str,
    tokens: &'k [Token],
    edits: Vec<Edit<'t>>,
    again: bool,
}

impl<'t> Rewriting<'t, '_> {
    fn body(&mut self, body: &Body, around: Around) {
        for attribute in &body.attributes {
            if around == Around::Variable && &*attribute.name.text == "type" {
                self.type_constraint(attribute);
            } else {
                self.wrapped(&attribute.expr);
            }
        }
        for block in &body.blocks {
            self.labels(block);
            let variable = around == Around::File && &*block.kind.text == "variable";
            self.body(&block.body, if variable { Around::Variable } else { Around::Other });
        }
    }

    fn index(&self, offset: u32) -> usize {
        self.tokens.partition_point(|token| token.start < offset)
    }

    fn range(&self, expr: &Expr) -> (usize, usize) {
        (self.index(expr.span.start), self.index(expr.span.end))
    }

    /// Labels are quoted, and no comments stand before and between them.
    fn labels(&mut self, block: &Block) {
        let Some(last) = block.labels.last() else { return };
        let mut pieces = Vec::new();
        for label in &block.labels {
            let content = match label.form {
                LabelForm::Quoted if !self.text_at(label.span).contains('\\') => {
                    let quoted = self.text_at(label.span);
                    quoted[1..quoted.len() - 1].into()
                }
                LabelForm::Quoted => std::borrow::Cow::Owned(escaped(&label.text)),
                LabelForm::Bare => self.text_at(label.span).into(),
            };
            pieces.push(Piece::new(TokenKind::OQuote, "\""));
            pieces.push(Piece::new(TokenKind::QuotedLit, content));
            pieces.push(Piece::new(TokenKind::CQuote, "\""));
        }
        let (from, to) = (self.index(block.kind.span.end), self.index(last.span.end));
        self.edits.push(Edit { from, to, pieces });
    }

    fn text_at(&self, span: diag::Span) -> &'t str {
        &self.text[span.start as usize..span.end as usize]
    }

    /// `"${x}"` becomes `x`; over several lines, `(x)`. What is wrapped twice loses one wrapping.
    fn wrapped(&mut self, expr: &Expr) {
        let ExprKind::Wrap(inner) = &expr.kind else { return };
        let (from, to) = self.range(expr);
        let [open, sequence, inside @ .., close, last] = &self.tokens[from..to] else { return };
        let form = [open.kind, sequence.kind, close.kind, last.kind];
        let quoted = [
            TokenKind::OQuote,
            TokenKind::TemplateInterp,
            TokenKind::TemplateSeqEnd,
            TokenKind::CQuote,
        ];
        if form != quoted || !unwrappable(inside) {
            return;
        }
        let mut pieces: Vec<Piece<'t>> =
            inside.iter().map(|token| Piece::of(*token, self.text)).collect();
        trim_newlines(&mut pieces);
        let several_lines = pieces.iter().any(Piece::ends_line);
        let first = pieces.first().map(|piece| piece.kind);
        let last = pieces.last().map(|piece| piece.kind);
        let in_parens = first == Some(TokenKind::OParen) && last == Some(TokenKind::CParen);
        if several_lines && !in_parens {
            pieces.insert(0, Piece::new(TokenKind::OParen, "("));
            pieces.push(Piece::new(TokenKind::CParen, ")"));
        }
        self.again |= matches!(inner.kind, ExprKind::Wrap(_));
        self.edits.push(Edit { from, to, pieces });
    }

    /// `"string"` becomes `string`, `list` becomes `list(any)`, `"list"` becomes `list(string)`.
    fn type_constraint(&mut self, attribute: &Attribute) {
        let (from, to) = self.range(&attribute.expr);
        let (word, element) = match &self.tokens[from..to] {
            [word] if word.kind == TokenKind::Ident => match word.text(self.text) {
                name @ ("list" | "map" | "set") => (name, "any"),
                _ => return,
            },
            [open, literal, _] if open.kind == TokenKind::OQuote => match literal.text(self.text) {
                "string" => ("string", ""),
                name @ ("list" | "map") => (name, "string"),
                _ => return,
            },
            _ => return,
        };
        let mut pieces = vec![Piece::new(TokenKind::Ident, word)];
        if !element.is_empty() {
            pieces.push(Piece::new(TokenKind::OParen, "("));
            pieces.push(Piece::new(TokenKind::Ident, element));
            pieces.push(Piece::new(TokenKind::CParen, ")"));
        }
        self.edits.push(Edit { from, to, pieces });
    }
}

/// Whether these tokens between `"${` and `}"` are surely one expression: outside of strings in it there are no
/// further sequences and literals.
fn unwrappable(inside: &[Token]) -> bool {
    let mut quotes = 0;
    for token in inside {
        match token.kind {
            TokenKind::OQuote => quotes += 1,
            TokenKind::CQuote => quotes -= 1,
            _ if quotes > 0 => {}
            TokenKind::TemplateInterp | TokenKind::TemplateSeqEnd | TokenKind::QuotedLit => {
                return false;
            }
            _ => {}
        }
    }
    true
}

fn trim_newlines(pieces: &mut Vec<Piece<'_>>) {
    while pieces.last().is_some_and(|piece| piece.kind == TokenKind::Newline) {
        pieces.pop();
    }
    let blank = pieces.iter().take_while(|piece| piece.kind == TokenKind::Newline).count();
    pieces.drain(..blank);
}
