//! What the decoding of several block types shares: names, escapes and reserved blocks.

use diag::{Diagnostic, Diags, Span};
use syntax::Name;

use crate::config::source::{BlockSrc, BodySrc};

/// What OpenTofu asks of a name, as a sentence.
const IDENTIFIER: &str = "A name begins with a letter or an underscore and goes on with letters, digits, underscores and dashes.";

/// Reports a label that is no identifier; `what` names it: "variable".
pub(super) fn identifier(name: &Name, what: &str, diags: &mut Diags) {
    if !addr::is_identifier(&name.text) {
        diags.push(
            Diagnostic::error(
                "invalid-name",
                format!("`{}` cannot be the name of {what}", name.text),
            )
            .detail(IDENTIFIER)
            .remedy("Choose another name.")
            .at(name.span),
        );
    }
}

/// A block that may stand only once does so again.
pub(super) fn twice(block: &BlockSrc<'_>, first: Span) -> Diagnostic {
    let kind = &block.kind.text;
    Diagnostic::error("duplicate-block", format!("A second `{kind}` block"))
        .detail(format!("Only one `{kind}` block may stand here."))
        .remedy("Put the contents of both into one block.")
        .at(block.header)
        .label(first, "the first stands here")
}

/// A block type that OpenTofu keeps for later.
pub(super) fn reserved(block: &BlockSrc<'_>, within: &str) -> Diagnostic {
    let kind = &block.kind.text;
    Diagnostic::error("reserved-block", format!("`{kind}` is reserved within `{within}`"))
        .detail(format!("OpenTofu keeps the block type `{kind}` for a later version of the language."))
        .remedy(format!("If a block of the provider's own is meant, put it inside `_ {{ ... }}` within the `{within}` block."))
        .at(block.kind.span)
}

/// Keeps the first of the blocks that may stand only once, and reports the others.
#[derive(Debug, Default)]
pub(super) struct Once(Option<Span>);

impl Once {
    /// Whether it is the first.
    pub(super) fn first(&mut self, block: &BlockSrc<'_>, diags: &mut Diags) -> bool {
        match self.0 {
            None => {
                self.0 = Some(block.header);
                true
            }
            Some(first) => {
                diags.push(twice(block, first));
                false
            }
        }
    }
}

/// Lays the contents of an escaping block `_` beside the body's own.
pub(super) fn escape<'s>(block: &BlockSrc<'s>, body: &mut BodySrc<'s>, diags: &mut Diags) {
    body.append(block.body(diags));
}
