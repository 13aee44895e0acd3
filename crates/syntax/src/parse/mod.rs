//! Tokens to tree.
//!
//! A recursive descent over the tokens. A function that meets an error it cannot go on from has written its
//! diagnostic and returns [`Stop`]; the item of the body around it then becomes invalid and the parser goes on with
//! the next item, so each item tells at most one such error and no error hides those of other items.
//!
//! Invariant: recursion is at most [`NESTING_MAX`] levels of the tree to be; what grows to the left (`a + b + c`,
//! `a.b.c`) is built in loops and bounded by its height.

mod access;
mod attribute;
mod block;
mod body;
mod call;
mod collection;
mod cursor;
mod directive;
mod entry;
mod escape;
mod expr;
mod for_expr;
mod lexical;
mod names;
mod places;
mod recover;
mod template;
mod term;
mod traversal;

use diag::{Diagnostic, Diags, Span};

use crate::ast::{Attribute, Block, Expr, ExprKind, Label, NESTING_MAX, ObjectItem};
use crate::lex::{Token, TokenKind};

pub use entry::{parse_expression, parse_native, parse_template, parse_traversal};
pub(crate) use entry::{parse_expression_in, parse_template_in, parse_traversal_in};
pub(crate) use places::Places;

use names::Names;

/// The parser cannot go on inside the item at hand; the diagnostic is written.
#[derive(Debug)]
struct Stop;

type Parsed<T> = Result<T, Stop>;

/// The words of a diagnostic.
struct Fault {
    code: &'static str,
    summary: &'static str,
    detail: &'static str,
    remedy: &'static str,
}

impl Fault {
    fn diagnostic(&self) -> Diagnostic {
        Diagnostic::error(self.code, self.summary).detail(self.detail).remedy(self.remedy)
    }
}

/// Whether ends of lines are tokens: they are in bodies and objects, and are not inside brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Newlines {
    Seen,
    Skipped,
}

struct Parser<'t, 'd> {
    text: &'t str,
    tokens: &'t [Token],
    places: &'d Places,
    diags: &'d mut Diags,
    names: Names<'t>,
    /// Index after the last token taken.
    taken: usize,
    /// Index of the next token that counts.
    next: usize,
    /// Its kind; of a comment that ends a line, [`TokenKind::Newline`].
    kind: TokenKind,
    newlines: Newlines,
    depth: usize,
    /// Indentation of the line on which the block at hand begins; none outside of blocks.
    block_indent: Option<u32>,
    /// Whether the end of the text was reported to come too early.
    end_reported: bool,
    scratch: Scratch,
}

/// Lists that are not complete yet, one behind the other: each becomes a vector of its exact size when it is. Half of
/// the memory of a tree would otherwise be room that vectors keep for more.
#[derive(Default)]
struct Scratch {
    exprs: Vec<Expr>,
    object_items: Vec<ObjectItem>,
    attributes: Vec<Attribute>,
    blocks: Vec<Block>,
    labels: Vec<Label>,
}

/// Takes what was put on a scratch list since it had this length.
fn since<T>(list: &mut Vec<T>, base: usize) -> Vec<T> {
    list.drain(base..).collect()
}

impl Parser<'_, '_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diags.push(diagnostic);
    }

    /// Reports and stops. At a character that no token starts with nothing is reported: [`lexical`] has done so.
    #[cold]
    fn stop<T>(&mut self, diagnostic: Diagnostic) -> Parsed<T> {
        if self.kind != TokenKind::Invalid {
            self.report(diagnostic);
        }
        Err(Stop)
    }

    /// Reports what is wrong at the next token, whose context begins at `context`, and stops.
    ///
    /// Out of line, with words that live elsewhere, since the frames of the functions that nest must stay small.
    #[cold]
    #[inline(never)]
    fn fail<T>(&mut self, fault: &Fault, context: Span) -> Parsed<T> {
        let at = self.next_span();
        self.stop(fault.diagnostic().at(at).within(context.to(at)))
    }

    /// Runs `parse` one level deeper in the tree.
    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == NESTING_MAX {
            return self.stop_too_deep(self.next_span());
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    /// The expression, if the tree is not higher than allowed with it.
    fn built(&mut self, kind: ExprKind, span: Span) -> Parsed<Expr> {
        let expr = Expr::new(kind, span);
        if expr.height() > NESTING_MAX {
            return self.stop_too_deep(span);
        }
        Ok(expr)
    }

    #[cold]
    #[inline(never)]
    fn stop_too_deep<T>(&mut self, at: Span) -> Parsed<T> {
        self.report(too_deep(at));
        Err(Stop)
    }
}

fn too_deep(at: Span) -> Diagnostic {
    Diagnostic::error("syntax-nesting", "Nested too deeply")
        .detail(format!(
            "Expressions and blocks may stand in one another {NESTING_MAX} levels deep."
        ))
        .remedy("Move a part into a local value of its own.")
        .at(at)
}
