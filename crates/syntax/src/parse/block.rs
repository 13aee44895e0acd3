//! Blocks: header, and a body over several lines or with one argument on the line of the header.

use diag::{Diagnostic, Span};

use super::body::item_required;
use super::{Newlines, Parser, since, too_deep};
use crate::ast::{Block, Body, Label, LabelForm, NESTING_MAX, Name};
use crate::lex::TokenKind;

/// A header as far as it was understood.
struct Header {
    kind: Name,
    labels: Vec<Label>,
    span: Span,
}

impl Parser<'_, '_> {
    /// The block whose type was just taken, with the end of its line. `start` is the index of its first token. `None`
    /// where there is no body to be read.
    #[inline(never)]
    pub(super) fn block(&mut self, kind: Name, start: usize) -> Option<Block> {
        let span = kind.span;
        let mut header = Header { kind, labels: Vec::new(), span };
        let base = self.scratch.labels.len();
        let complete = self.labels(&mut header);
        header.labels = since(&mut self.scratch.labels, base);
        if !complete {
            self.skip_item(start);
            return None;
        }
        if self.depth == NESTING_MAX {
            self.report(too_deep(header.span));
            self.skip_item(start);
            return None;
        }
        let open = self.take();
        let open = self.span_of(open);
        self.depth += 1;
        let around = self.block_indent.replace(self.line_indent(start));
        let body = match self.kind {
            TokenKind::Newline | TokenKind::End | TokenKind::CBrace => {
                self.block_items(open, header.span)
            }
            _ => self.one_line_body(open, header.span),
        };
        self.depth -= 1;
        self.block_indent = around;
        let span = header.kind.span.to(body.end);
        self.end_of_block();
        let Header { kind, labels, span: header } = header;
        Some(Block { kind, labels, body, span, header })
    }

    /// The labels up to the opening brace, which is not taken; whether there is one. They are put on the scratch list.
    #[inline(never)]
    fn labels(&mut self, header: &mut Header) -> bool {
        loop {
            match self.kind {
                TokenKind::OBrace => return true,
                TokenKind::Ident => {
                    let token = self.take();
                    let name = self.name_of(token);
                    header.span = header.span.to(name.span);
                    self.scratch.labels.push(Label {
                        text: name.text,
                        span: name.span,
                        form: LabelForm::Bare,
                    });
                }
                TokenKind::OQuote => {
                    let Ok((text, span)) = self.plain_string() else { return false };
                    header.span = header.span.to(span);
                    self.scratch.labels.push(Label { text, span, form: LabelForm::Quoted });
                }
                kind => {
                    self.no_header(kind, header.span);
                    return false;
                }
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn no_header(&mut self, kind: TokenKind, header: Span) {
        let at = self.next_span();
        let (detail, remedy) = match kind {
            TokenKind::Invalid => return,
            TokenKind::Equal => (
                "An equals sign makes an argument, and an argument has one name only.",
                "For a block remove the equals sign; for an argument keep only its name before it.",
            ),
            TokenKind::Newline | TokenKind::End => (
                "The line ends before the body of the block begins.",
                "Put the opening brace at the end of this line.",
            ),
            _ => (
                "After the type of a block come labels, and then its body in braces.",
                "Write the block as TYPE \"LABEL\" { ... }.",
            ),
        };
        self.report(
            Diagnostic::error("syntax-block", "The head of a block is not complete")
                .detail(detail)
                .remedy(remedy)
                .at(at)
                .within(header.to(at)),
        );
    }

    /// The body of a block on one line: one argument and the closing brace.
    #[inline(never)]
    fn one_line_body(&mut self, open: Span, header: Span) -> Body {
        let inside = self.taken;
        let items = self.begin_items();
        if self.one_line_item() && !self.one_line_end(open, header) {
            self.skip_body(inside);
            let end = self.last_span();
            return self.end_items(items, open.to(end), end);
        }
        let end = match self.take_if(TokenKind::CBrace) {
            Some(brace) => self.span_of(brace),
            None => {
                self.skip_body(inside);
                self.last_span()
            }
        };
        self.end_items(items, open.to(end), end)
    }

    /// Whether an argument could be read.
    fn one_line_item(&mut self) -> bool {
        let at = self.next_span();
        let Some(name) = self.take_name() else {
            if self.kind != TokenKind::Invalid {
                self.report(item_required(at));
            }
            return false;
        };
        match self.kind {
            TokenKind::Equal => {
                let (attribute, whole) = self.assignment(name);
                self.scratch.attributes.push(attribute);
                whole
            }
            TokenKind::OQuote | TokenKind::OBrace | TokenKind::Ident => {
                let at = at.to(self.next_span());
                self.report(
                    Diagnostic::error("syntax-one-line", "No block fits into a block on one line")
                        .detail("A block on one line holds at most one argument.")
                        .remedy(format!(
                            "Put the block \"{}\" on lines of its own, or write an equals sign after \
                             the name if it is an argument.",
                            name.text
                        ))
                        .at(at),
                );
                false
            }
            _ => {
                self.report(item_required(name.span));
                false
            }
        }
    }

    /// Whether the closing brace follows; says what is wrong where not.
    fn one_line_end(&mut self, open: Span, header: Span) -> bool {
        let at = self.next_span();
        let error = |detail: &str, remedy: &str| {
            Diagnostic::error("syntax-one-line", "A block on one line is not closed")
                .detail(detail)
                .remedy(remedy)
                .at(at)
                .within(header.to(at))
        };
        let diagnostic = match self.kind {
            TokenKind::CBrace => return true,
            TokenKind::Invalid => return false,
            TokenKind::End => {
                self.end_reported = true;
                unclosed(open, header)
            }
            TokenKind::Comma => error(
                "A block on one line holds at most one argument.",
                "Put each argument on a line of its own, without commas.",
            ),
            TokenKind::Newline => error(
                "What begins on the line of the opening brace must end on that line too.",
                "Put the closing brace right after the argument, or the argument on a line of its own.",
            ),
            _ => error(
                "After the argument of a block on one line comes the closing brace.",
                "Put the closing brace here, or each argument on a line of its own.",
            ),
        };
        self.report(diagnostic);
        false
    }

    /// The end of the line after the closing brace, where there is one.
    fn end_of_block(&mut self) {
        self.set_newlines(Newlines::Seen);
        if self.tokens[self.taken - 1].kind != TokenKind::CBrace {
            return;
        }
        match self.kind {
            TokenKind::Newline => {
                self.take();
            }
            TokenKind::End => {}
            _ => {
                let brace = self.taken - 1;
                self.no_end_of_line();
                self.skip_item(brace);
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn no_end_of_line(&mut self) {
        let at = self.next_span();
        // A brace without a block around is reported as such by the body of the file.
        let stray = self.kind == TokenKind::CBrace && self.depth == 0;
        if self.kind != TokenKind::Invalid && !stray {
            self.report(
                Diagnostic::error("syntax-line", "A block ends with its line")
                    .detail("The block is closed before this place, and its line goes on.")
                    .remedy("Begin what follows on a line of its own.")
                    .at(at),
            );
        }
    }
}

#[cold]
#[inline(never)]
pub(super) fn unclosed(open: Span, header: Span) -> Diagnostic {
    Diagnostic::error("syntax-unclosed", "A block is not closed")
        .detail("The file ends before the closing brace of this block.")
        .remedy("Add the brace; or look for a brace further down that closes another block than it seems to.")
        .at(open)
        .within(header.to(open))
}
