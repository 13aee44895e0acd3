//! `count` and `for_each`, of which a block may have one.

use diag::{Diagnostic, Diags, Span};

use crate::config::declared::RepeatDecl;
use crate::config::source::{AttrSrc, Content};

/// Reads the arguments; `enabled` is that of the block's `lifecycle`, which stands for a third way of repeating.
pub(super) fn decode<'s>(
    content: &Content<'s>,
    enabled: Option<AttrSrc<'s>>,
    diags: &mut Diags,
) -> RepeatDecl<'s> {
    let given: Vec<AttrSrc<'s>> = ["count", "for_each"]
        .iter()
        .filter_map(|name| content.attribute(name))
        .chain(enabled)
        .collect();
    if given.len() > 1 {
        diags.push(exclusive(&given));
    }
    RepeatDecl { count: content.expr("count"), for_each: content.expr("for_each") }
}

fn exclusive(given: &[AttrSrc<'_>]) -> Diagnostic {
    let names: Vec<String> = given.iter().map(|it| format!("`{}`", it.name.text)).collect();
    let (last, before) = names.split_last().expect("BUG: two arguments exclude each other");
    let place = given.iter().map(|it| it.name.span).reduce(Span::to);
    Diagnostic::error(
        "exclusive-arguments",
        format!("{} and {last} stand in one block", before.join(", ")),
    )
    .detail("Each of them says how many instances there are, so a block can have only one.")
    .remedy("Keep one of them.")
    .maybe_at(place)
}
