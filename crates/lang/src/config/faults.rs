//! The diagnostics that the decoding of any body can give: what is unexpected, missing or twice there.
//!
//! Invariant: each has a place in the file and says what to do.

use diag::{Diagnostic, Diags, Span};
use syntax::{Block, Name};

use super::source::{Content, Item, Shape};
use crate::suggest;

/// An argument that must be there is not.
pub(super) fn missing_argument(name: &str, end: Span) -> Diagnostic {
    Diagnostic::error("missing-argument", format!("The argument `{name}` is missing"))
        .detail(format!("This block must set `{name}`."))
        .remedy(format!("Add `{name} = ...` to the block."))
        .at(end)
}

/// A JSON object sets an argument twice.
pub(super) fn duplicate_argument(name: &Name, first: Span) -> Diagnostic {
    Diagnostic::error("duplicate-argument", format!("`{}` is set twice", name.text))
        .detail("An argument can be set only once in a block.")
        .remedy("Keep one of the two.")
        .at(name.span)
        .label(first, "set here first")
}

/// A block stands where only arguments may.
pub(super) fn block_not_expected(block: &Block) -> Diagnostic {
    let kind = &block.kind.text;
    Diagnostic::error("unexpected-block", format!("A block `{kind}` has no place here"))
        .detail("Only arguments may stand in this block.")
        .remedy(format!("Write `{kind} = ...` if an argument is meant, or take the block out."))
        .at(block.kind.span)
        .within(block.header)
}

/// A block has more labels than its type takes.
pub(super) fn extra_label(block: &Block, labels: &[&str]) -> Diagnostic {
    let kind = &block.kind.text;
    let takes = match labels {
        [] => "no labels".to_owned(),
        [one] => format!("one label (its {one})"),
        more => format!("{} labels ({})", more.len(), more.join(", ")),
    };
    Diagnostic::error("extra-label", format!("A `{kind}` block has a label too many"))
        .detail(format!("Blocks of this type take {takes}."))
        .remedy("Take this label out.")
        .at(block.labels[labels.len()].span)
        .within(block.header)
}

/// A block has fewer labels than its type takes.
pub(super) fn missing_label(block: &Block, label: &str) -> Diagnostic {
    let kind = &block.kind.text;
    Diagnostic::error("missing-label", format!("A `{kind}` block lacks its {label}"))
        .detail(format!("The {label} is written as a label between `{kind}` and the brace."))
        .remedy(format!("Add the {label} in quotes before the opening brace."))
        .at(block.body.span.head())
        .within(block.header)
}

/// A JSON object of blocks names none.
pub(super) fn missing_json_label(kind: &str, label: &str, span: Span) -> Diagnostic {
    Diagnostic::error("missing-label", format!("`{kind}` lacks the {label} of its blocks"))
        .detail(format!("Each key of this object is the {label} of a `{kind}` block."))
        .remedy("Put at least one key here.")
        .at(span)
}

/// Something else stands where JSON needs an object.
pub(super) fn object_required(span: Span, label: Option<&str>) -> Diagnostic {
    let detail = match label {
        Some(label) => {
            format!("The keys of the object that belongs here are each a block's {label}.")
        }
        None => "The object that belongs here holds the arguments and blocks of a body.".to_owned(),
    };
    Diagnostic::error("json-object-required", "An object is required here")
        .detail(detail)
        .remedy("Write an object, `{ ... }`, or an array of objects.")
        .at(span)
}

/// Something else stands where JSON needs blocks.
pub(super) fn blocks_required(kind: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        "json-object-required",
        format!("`{kind}` must be an object or an array of objects"),
    )
    .detail(format!("Each object is the body of one `{kind}` block."))
    .remedy("Write an object, `{ ... }`.")
    .at(span)
}

/// What a body holds beside its shape.
pub(super) fn unexpected(item: Item<'_>, shape: &Shape, content: &Content<'_>, diags: &mut Diags) {
    let name = item.name();
    let text = &*name.text;
    if matches!(item, Item::Member(_)) && text == "//" {
        return;
    }
    let unused_attributes = shape
        .attributes
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| content.attribute(name).is_none());
    let block_types = shape.blocks.iter().map(|(name, _)| *name);
    let diagnostic = match item {
        Item::Attribute(_) if shape.blocks.iter().any(|(kind, _)| *kind == text) => {
            Diagnostic::error(
                "unexpected-argument",
                format!("`{text}` is a block, not an argument"),
            )
            .detail(format!("There is no argument `{text}` here."))
            .remedy(format!("Write `{text} {{ ... }}` without an equals sign."))
        }
        Item::Attribute(_) => Diagnostic::error(
            "unexpected-argument",
            format!("No argument `{text}` is expected here"),
        )
        .detail(suggest::sentence(text, unused_attributes))
        .remedy("Take it out, or correct its name."),
        Item::Block(_) if shape.has_attribute(text) => {
            Diagnostic::error("unexpected-block", format!("`{text}` is an argument, not a block"))
                .detail(format!("There is no block type `{text}` here."))
                .remedy(format!("Write `{text} = ...` with an equals sign."))
        }
        Item::Block(_) => {
            Diagnostic::error("unexpected-block", format!("No block `{text}` is expected here"))
                .detail(suggest::sentence(text, block_types))
                .remedy("Take it out, or correct its type.")
        }
        Item::Member(_) => {
            let names = unused_attributes.chain(block_types);
            Diagnostic::error(
                "unexpected-argument",
                format!("Nothing named `{text}` is expected here"),
            )
            .detail(suggest::sentence(text, names))
            .remedy("Take it out, or correct its name.")
        }
    };
    let context = match item {
        Item::Attribute(attribute) => attribute.span,
        Item::Block(block) => block.header,
        Item::Member(member) => member.key.span.to(member.value.span),
    };
    diags.push(diagnostic.at(name.span).within(context));
}
