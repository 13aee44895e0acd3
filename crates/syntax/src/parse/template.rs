//! Templates: quoted strings, heredocs, and bare templates, first read as a flat run of pieces.
//!
//! Strip markers and the indentation of `<<-` work on the literals as the scanner cuts them (one per line), before
//! neighbours are joined; so does HCL, and the result depends on it.

use std::borrow::Cow;
use std::sync::Arc;

use diag::{Diagnostic, Span};

use super::directive::assemble;
use super::{Fault, Newlines, Parsed, Parser};
use crate::ast::{Expr, ExprKind, Name, Part};
use crate::lex::{Token, TokenKind};

/// One piece of a template.
pub(super) enum Piece<'t> {
    Literal(Cow<'t, str>, Span),
    Interp(Expr),
    If(Expr, Span),
    Else(Span),
    EndIf(Span),
    For((Option<Name>, Name), Expr, Span),
    EndFor(Span),
}

const NO_DIRECTIVE: Fault = Fault {
    code: "syntax-directive",
    summary: "Unknown template directive",
    detail: "After %{ comes if, else, endif, for or endfor.",
    remedy: "If %{ is meant as text, write %%{.",
};

impl<'t> Parser<'t, '_> {
    /// A quoted string or heredoc.
    #[inline(never)]
    pub(super) fn template(&mut self) -> Parsed<Expr> {
        let open = self.take();
        if let Some(text) = self.simple_string(open) {
            return self.built(ExprKind::Str(text), self.since(self.span_of(open)));
        }
        let opened = self.span_of(open);
        let end = match open.kind {
            TokenKind::OQuote => TokenKind::CQuote,
            _ => TokenKind::CHeredoc,
        };
        let mut pieces = self.pieces(end, opened)?;
        if open.text(self.text).starts_with("<<-") {
            dedent(&mut pieces);
        }
        self.template_of(pieces, opened.to(self.last_span()))
    }

    /// All of the text as a template.
    pub(super) fn bare_template(&mut self) -> Parsed<Expr> {
        let start = self.next_span();
        let pieces = self.pieces(TokenKind::End, start.head())?;
        self.template_of(pieces, start.to(self.last_span()))
    }

    /// The commonest strings: no escape, no sequence.
    fn simple_string(&mut self, open: Token) -> Option<Arc<str>> {
        if open.kind != TokenKind::OQuote {
            return None;
        }
        if self.kind == TokenKind::CQuote {
            self.take();
            return Some(Arc::from(""));
        }
        let literal = self.next_token();
        let closed =
            self.tokens.get(self.next + 1).map(|token| token.kind) == Some(TokenKind::CQuote);
        let text = literal.text(self.text);
        if literal.kind != TokenKind::QuotedLit || !closed || text.contains(['\\', '$', '%']) {
            return None;
        }
        self.take();
        self.take();
        Some(Arc::from(text))
    }

    #[inline(never)]
    fn template_of(&mut self, mut pieces: Vec<Piece<'t>>, span: Span) -> Parsed<Expr> {
        if let [Piece::Interp(_)] = &pieces[..]
            && let Some(Piece::Interp(inner)) = pieces.pop()
        {
            return self.built(ExprKind::Wrap(Box::new(inner)), span);
        }
        let mut parts = assemble(self, pieces, span)?;
        let kind = match &mut parts[..] {
            [] => ExprKind::Str(Arc::from("")),
            [Part::Literal(text, _)] => ExprKind::Str(text.clone()),
            _ => ExprKind::Template(parts),
        };
        self.built(kind, span)
    }

    /// The pieces up to the token that ends the template, which is taken.
    fn pieces(&mut self, end: TokenKind, open: Span) -> Parsed<Vec<Piece<'t>>> {
        let mut pieces = Vec::new();
        let mut trim_next = false;
        loop {
            let trim = std::mem::take(&mut trim_next);
            match self.kind {
                kind if kind == end => {
                    self.take();
                    return Ok(pieces);
                }
                TokenKind::QuotedLit | TokenKind::StringLit => {
                    let literal = self.take();
                    let text = self.unescaped(literal);
                    let text = if trim { trim_start(text) } else { text };
                    pieces.push(Piece::Literal(text, self.span_of(literal)));
                }
                TokenKind::TemplateInterp | TokenKind::TemplateControl => {
                    let (piece, trims) = self.sequence(&mut pieces)?;
                    trim_next = trims;
                    pieces.push(piece);
                }
                _ => return self.unclosed_template(end, open),
            }
        }
    }

    /// `${...}` or `%{...}`, and whether it trims what follows.
    #[inline(never)]
    fn sequence(&mut self, pieces: &mut [Piece<'t>]) -> Parsed<(Piece<'t>, bool)> {
        let open = self.take();
        if open.text(self.text).ends_with('~')
            && let Some(Piece::Literal(text, _)) = pieces.last_mut()
        {
            *text = trim_end(std::mem::take(text));
        }
        let newlines = self.set_newlines(Newlines::Skipped);
        let opened = self.span_of(open);
        let piece = match open.kind {
            TokenKind::TemplateInterp => Piece::Interp(self.expr()?),
            _ => self.directive(opened)?,
        };
        if self.kind != TokenKind::TemplateSeqEnd {
            return self.unclosed_sequence(opened);
        }
        let close = self.take();
        self.set_newlines(newlines);
        Ok((piece, close.text(self.text).starts_with('~')))
    }

    /// The directive from its keyword to before its closing brace.
    #[inline(never)]
    fn directive(&mut self, open: Span) -> Parsed<Piece<'t>> {
        let word = if self.kind == TokenKind::Ident { self.next_text() } else { "" };
        if !matches!(word, "if" | "else" | "endif" | "for" | "endfor") {
            return self.fail(&NO_DIRECTIVE, open);
        }
        self.take();
        Ok(match word {
            "if" => {
                let condition = self.expr()?;
                Piece::If(condition, open.to(self.next_span()))
            }
            "for" => {
                let names = self.for_names(open)?;
                let collection = self.expr()?;
                Piece::For(names, collection, open.to(self.next_span()))
            }
            "else" => Piece::Else(open.to(self.next_span())),
            "endif" => Piece::EndIf(open.to(self.next_span())),
            _ => Piece::EndFor(open.to(self.next_span())),
        })
    }

    #[cold]
    #[inline(never)]
    fn unclosed_sequence<T>(&mut self, open: Span) -> Parsed<T> {
        let at = self.next_span();
        let remedy = "Close it by a brace; if it is meant as text of another language, double its first character \
                      ($${ or %%{).";
        let diagnostic = match self.kind {
            TokenKind::End | TokenKind::OQuote | TokenKind::CQuote | TokenKind::QuotedNewline => {
                Diagnostic::error("syntax-sequence", "A template sequence is not closed")
                    .detail("The string ends before the brace that closes this sequence.")
                    .at(open)
            }
            _ => Diagnostic::error("syntax-sequence", "A template sequence goes on too long")
                .detail("The expression in this sequence is over before this place, and its brace does not follow.")
                .at(at)
                .within(open.to(at)),
        };
        self.stop(diagnostic.remedy(remedy))
    }

    #[cold]
    #[inline(never)]
    fn unclosed_template<T>(&mut self, end: TokenKind, open: Span) -> Parsed<T> {
        let at = self.next_span();
        if end == TokenKind::CHeredoc {
            return self.stop(
                Diagnostic::error("syntax-unclosed", "A heredoc is not closed")
                    .detail(
                        "The file ends before a line that holds nothing but the heredoc's marker.",
                    )
                    .remedy(
                        "Put the marker on a line of its own, with the end of the line behind it.",
                    )
                    .at(at)
                    .label(open, "the heredoc begins here"),
            );
        }
        self.stop(
            Diagnostic::error("syntax-string", "A quoted string is not closed")
                .detail("A quoted string ends on the line on which it begins.")
                .remedy("Close the quotes; for several lines write \\n in the string, or a heredoc (<<EOT).")
                .at(at)
                .within(open.to(at)),
        )
    }

    /// A quoted string in which sequences are not allowed, such as a label.
    pub(super) fn plain_string(&mut self) -> Parsed<(Arc<str>, Span)> {
        let open = self.take();
        let opened = self.span_of(open);
        let mut text = Cow::Borrowed("");
        loop {
            match self.kind {
                TokenKind::CQuote => {
                    self.take();
                    let text = match text {
                        Cow::Borrowed(text) => self.names.name(text),
                        Cow::Owned(text) => Arc::from(text),
                    };
                    return Ok((text, self.since(opened)));
                }
                TokenKind::QuotedLit => {
                    let literal = self.take();
                    text += self.unescaped(literal);
                }
                TokenKind::TemplateInterp | TokenKind::TemplateControl => {
                    return self.no_sequence_here(opened);
                }
                _ => return self.unclosed_template(TokenKind::CQuote, opened),
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn no_sequence_here<T>(&mut self, open: Span) -> Parsed<T> {
        let at = self.next_span();
        let sign = &self.next_text()[..1];
        self.stop(
            Diagnostic::error("syntax-literal", "This string must be literal")
                .detail("Template sequences are not evaluated here.")
                .remedy(format!(
                    "Write the text itself; a literal {sign}{{ is written {sign}{sign}{{."
                ))
                .at(at)
                .within(open.to(at)),
        )
    }
}

fn trim_start(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_start()),
        Cow::Owned(text) => Cow::Owned(text.trim_start().to_owned()),
    }
}

fn trim_end(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_end()),
        Cow::Owned(text) => Cow::Owned(text.trim_end().to_owned()),
    }
}

/// Takes from the start of each line the white space that all lines have, blank lines not counted. A line that begins
/// with a sequence has none.
fn dedent(pieces: &mut [Piece<'_>]) {
    let mut common = usize::MAX;
    let mut starts = Vec::new();
    let mut line_start = true;
    for (index, piece) in pieces.iter().enumerate() {
        let was_start = std::mem::replace(&mut line_start, false);
        let Piece::Literal(text, _) = piece else {
            if was_start {
                common = 0;
            }
            continue;
        };
        line_start = text.ends_with('\n');
        let blank = line_start && text.trim_start().is_empty();
        if was_start && !blank {
            common = common.min(text.chars().take_while(|c| c.is_whitespace()).count());
            starts.push(index);
        }
    }
    for index in starts {
        if let Piece::Literal(text, span) = &mut pieces[index] {
            let cut = text.chars().take(common).map(char::len_utf8).sum::<usize>();
            text.to_mut().drain(..cut);
            *span = Span::new(span.file, (span.start + cut as u32).min(span.end), span.end);
        }
    }
}
