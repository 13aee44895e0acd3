//! From the flat pieces of a template to its parts, directives nested.

use std::sync::Arc;

use diag::{Diagnostic, Span};

use super::template::Piece;
use super::{Parsed, Parser, Stop, too_deep};
use crate::ast::{Expr, ForPart, IfPart, NESTING_MAX, Name, Part};

/// A directive whose end has not come yet.
struct Open {
    what: Directive,
    span: Span,
    /// The parts of what stands around it, before it.
    around: Vec<Part>,
}

enum Directive {
    If { condition: Expr, yes: Option<Vec<Part>> },
    For { names: (Option<Name>, Name), collection: Expr },
}

impl Directive {
    fn end(&self) -> &'static str {
        match self {
            Directive::If { .. } => "endif",
            Directive::For { .. } => "endfor",
        }
    }
}

/// The parts; neighbouring literals joined, empty ones left out. `whole` is the place of the template.
#[inline(never)]
pub(super) fn assemble(
    parser: &mut Parser<'_, '_>,
    pieces: Vec<Piece<'_>>,
    whole: Span,
) -> Parsed<Vec<Part>> {
    let mut assembly = Assembly::default();
    for piece in pieces {
        if let Err(diagnostic) = assembly.piece(piece) {
            parser.report(*diagnostic);
            return Err(Stop);
        }
        if assembly.open.len() > NESTING_MAX {
            parser.report(too_deep(whole));
            return Err(Stop);
        }
    }
    assembly.literal();
    match assembly.open.pop() {
        None => Ok(assembly.parts),
        Some(open) => {
            parser.report(
                Diagnostic::error("syntax-directive", "A template directive has no end")
                    .detail(format!("The template ends before %{{ {} }}.", open.what.end()))
                    .at(open.span)
                    .within(whole),
            );
            Err(Stop)
        }
    }
}

#[derive(Default)]
struct Assembly {
    open: Vec<Open>,
    parts: Vec<Part>,
    /// The literal at hand, not yet a part.
    text: String,
    text_span: Option<Span>,
}

impl Assembly {
    fn piece(&mut self, piece: Piece<'_>) -> Result<(), Box<Diagnostic>> {
        if let Piece::Literal(text, span) = piece {
            self.text.push_str(&text);
            self.text_span = Some(self.text_span.map_or(span, |before| before.to(span)));
            return Ok(());
        }
        self.literal();
        match piece {
            Piece::Literal(..) => {}
            Piece::Interp(expr) => self.parts.push(Part::Interp(expr)),
            Piece::If(condition, span) => {
                self.begin(Directive::If { condition, yes: None }, span);
            }
            Piece::For(names, collection, span) => {
                self.begin(Directive::For { names, collection }, span);
            }
            Piece::Else(span) => self.otherwise(span)?,
            Piece::EndIf(span) => self.finish("endif", span)?,
            Piece::EndFor(span) => self.finish("endfor", span)?,
        }
        Ok(())
    }

    /// Makes the literal at hand a part.
    fn literal(&mut self) {
        if let Some(span) = self.text_span.take()
            && !self.text.is_empty()
        {
            self.parts.push(Part::Literal(Arc::from(self.text.as_str()), span));
            self.text.clear();
        }
    }

    fn begin(&mut self, what: Directive, span: Span) {
        let around = std::mem::take(&mut self.parts);
        self.open.push(Open { what, span, around });
    }

    fn otherwise(&mut self, at: Span) -> Result<(), Box<Diagnostic>> {
        match self.open.last_mut() {
            Some(Open { what: Directive::If { yes: yes @ None, .. }, .. }) => {
                *yes = Some(std::mem::take(&mut self.parts));
                Ok(())
            }
            Some(Open { what: Directive::If { .. }, span, .. }) => {
                Err(misplaced("else", "This \"if\" has an \"else\" already.", at, Some(*span)))
            }
            open => {
                let span = open.map(|open| open.span);
                Err(misplaced(
                    "else",
                    "\"else\" stands between \"if\" and \"endif\" only.",
                    at,
                    span,
                ))
            }
        }
    }

    fn finish(&mut self, word: &'static str, at: Span) -> Result<(), Box<Diagnostic>> {
        let Some(open) = self.open.pop_if(|open| open.what.end() == word) else {
            let open = self.open.last();
            let detail = match open {
                Some(open) => format!("The directive before it ends with \"{}\".", open.what.end()),
                None => "No directive is open here.".to_owned(),
            };
            return Err(misplaced(word, &detail, at, open.map(|open| open.span)));
        };
        let inside = std::mem::replace(&mut self.parts, open.around);
        let span = open.span.to(at);
        self.parts.push(match open.what {
            Directive::If { condition, yes: None } => {
                Part::If(Box::new(IfPart::new(condition, inside, Vec::new(), span)))
            }
            Directive::If { condition, yes: Some(yes) } => {
                Part::If(Box::new(IfPart::new(condition, yes, inside, span)))
            }
            Directive::For { names, collection } => {
                Part::For(Box::new(ForPart::new(names, collection, inside, span)))
            }
        });
        Ok(())
    }
}

fn misplaced(word: &str, detail: &str, at: Span, open: Option<Span>) -> Box<Diagnostic> {
    let diagnostic =
        Diagnostic::error("syntax-directive", format!("Unexpected template directive \"{word}\""))
            .detail(detail)
            .at(at);
    Box::new(match open {
        Some(open) => diagnostic.label(open, "the directive that is open here"),
        None => diagnostic,
    })
}
