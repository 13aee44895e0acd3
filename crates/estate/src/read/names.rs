//! Names of layers, environments and stacks, and blocks that stand once and so have none.
//!
//! A name is 1 to 64 of `a-z`, `0-9` and `-`, begins with a letter and does not end with a hyphen, so that it can
//! stand in addresses, role names and file names alike.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Spanned};
use syntax::Block;

/// Longest name, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// The one label of a block as a name.
pub(super) fn of_block(block: &Block, diags: &mut Diags) -> Option<Spanned<Arc<str>>> {
    let kind = &block.kind.text;
    let [label] = block.labels.as_slice() else {
        diags.push(
            Diagnostic::error("estate-labels", format!("A `{kind}` block has one label, its name"))
                .detail(format!("This one has {}.", block.labels.len()))
                .remedy(format!("Write `{kind} \"NAME\" {{`."))
                .at(block.header),
        );
        return None;
    };
    let name = Spanned { node: label.text.clone(), span: label.span };
    if is_name(&name.node) {
        return Some(name);
    }
    diags.push(
        Diagnostic::error("estate-name", format!("`{}` is no name", name.node))
            .detail("A name has 1 to 64 lower-case letters, digits and hyphens, and begins with a letter.")
            .remedy("Rename it so.")
            .at(name.span),
    );
    None
}

/// Whether a text may be the name of a block.
pub fn is_name(text: &str) -> bool {
    let inside = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    text.len() <= NAME_BYTES_MAX
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.bytes().all(inside)
}

/// The one label of a block as the name of a value: as [`of_block`], with `_` too, as in names of variables.
pub(super) fn of_value(block: &Block, diags: &mut Diags) -> Option<Spanned<Arc<str>>> {
    if let [label] = block.labels.as_slice() {
        let inside = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let good = label.text.len() <= NAME_BYTES_MAX
            && label.text.starts_with(|c: char| c.is_ascii_alphabetic())
            && label.text.bytes().all(inside);
        if good {
            return Some(Spanned { node: label.text.clone(), span: label.span });
        }
        diags.push(
            Diagnostic::error("estate-name", format!("`{}` is no name", label.text))
                .detail("The name of a value has 1 to 64 letters, digits, hyphens and underscores, and begins with a letter.")
                .remedy("Rename it so.")
                .at(label.span),
        );
        return None;
    }
    of_block(block, diags)
}

/// A name that no block of its kind has.
pub(super) fn unknown(kind: &str, name: &Spanned<Arc<str>>, known: &[&str]) -> Diagnostic {
    Diagnostic::error("estate-unknown-name", format!("No {kind} named `{}`", name.node))
        .detail(format!("The estate file has no `{kind}` block of this name."))
        .remedy(match known {
            [] => format!("Add `{kind} \"{}\" {{ ... }}`.", name.node),
            _ => format!("Name one of: {}.", known.join(", ")),
        })
        .at(name.span)
}

/// The positions of the names that a list has, in its order; names that nothing has are reported.
pub(super) fn positions(
    kind: &str,
    listed: &[Spanned<Arc<str>>],
    known: &[&str],
    diags: &mut Diags,
) -> Vec<u32> {
    let mut found = Vec::with_capacity(listed.len());
    for name in listed {
        match known.iter().position(|one| *one == &*name.node) {
            Some(at) => found.push(at as u32),
            None => diags.push(unknown(kind, name, known)),
        }
    }
    found
}

/// The block of a kind that stands once, where there is one; further ones are reported, with `why` there is one.
pub(super) fn only<'a>(blocks: &[&'a Block], why: &str, diags: &mut Diags) -> Option<&'a Block> {
    let (block, further) = blocks.split_first()?;
    for other in further {
        diags.push(
            Diagnostic::error("estate-duplicate", format!("Two `{}` blocks", block.kind.text))
                .detail(why)
                .remedy("Merge the two.")
                .at(other.header)
                .label(block.header, "the first stands here"),
        );
    }
    Some(block)
}

/// Reports names that stand twice.
pub(super) fn check_unique<'a>(
    kind: &str,
    names: impl Iterator<Item = &'a Spanned<Arc<str>>>,
    diags: &mut Diags,
) {
    let mut seen = std::collections::HashMap::new();
    for name in names {
        if let Some(first) = seen.insert(name.node.clone(), name.span) {
            diags.push(
                Diagnostic::error("estate-duplicate", format!("Two {kind}s named `{}`", name.node))
                    .detail(format!("Each {kind} has a name of its own."))
                    .remedy("Rename one of the two.")
                    .at(name.span)
                    .label(first, "the first stands here"),
            );
        }
    }
}
