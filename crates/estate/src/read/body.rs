//! Reading the body of one block: which arguments it has, and what is in them.

use std::ops::RangeInclusive;
use std::sync::Arc;

use diag::{Diagnostic, Diags, Spanned};
use syntax::{Attribute, Block, Expr, ExprKind, ObjectKey};

use crate::model::Input;

/// What a kind of block may hold.
pub(super) struct Allowed {
    /// Arguments.
    pub(super) arguments: &'static [&'static str],
    /// Kinds of blocks.
    pub(super) blocks: &'static [&'static str],
}

/// The kinds of blocks that may stand on each level: estate, layer, environment and stack.
pub(super) const SETTINGS: &[&str] = &["provider", "credentials"];

/// Reports every argument and block that is not allowed.
pub(super) fn check(block: &Block, allowed: &Allowed, diags: &mut Diags) {
    let kind = &block.kind.text;
    for attribute in &block.body.attributes {
        let name = &*attribute.name.text;
        if allowed.arguments.contains(&name) {
            continue;
        }
        diags.push(
            Diagnostic::error("estate-argument-unknown", format!("Unknown argument `{name}`"))
                .detail(format!("A `{kind}` block has no argument of this name."))
                .remedy(match allowed.arguments {
                    [] => "Take it out.".to_owned(),
                    known => format!("It takes: {}.", known.join(", ")),
                })
                .at(attribute.name.span),
        );
    }
    for inner in &block.body.blocks {
        let name = &*inner.kind.text;
        if allowed.blocks.contains(&name) {
            continue;
        }
        diags.push(
            Diagnostic::error("estate-block-unknown", format!("Unknown block `{name}`"))
                .detail(format!("A `{kind}` block holds no block of this kind."))
                .remedy(match allowed.blocks {
                    [] => "Take it out.".to_owned(),
                    known => format!("It holds: {}.", known.join(", ")),
                })
                .at(inner.header),
        );
    }
}

/// The argument with this name, or a report that it is missing.
pub(super) fn required<'a>(
    block: &'a Block,
    name: &str,
    diags: &mut Diags,
) -> Option<&'a Attribute> {
    let found = block.body.attribute(name);
    if found.is_none() {
        diags.push(
            Diagnostic::error("estate-argument-missing", format!("No `{name}`"))
                .detail(format!("A `{}` block needs this argument.", block.kind.text))
                .remedy(format!("Add `{name} = ...`."))
                .at(block.header),
        );
    }
    found
}

/// A string that is written out.
pub(super) fn text(attribute: &Attribute, diags: &mut Diags) -> Option<Spanned<Arc<str>>> {
    if let ExprKind::Str(text) = &attribute.expr.kind {
        return Some(Spanned { node: text.clone(), span: attribute.expr.span });
    }
    diags.push(not_written_out(attribute, "a string in quotes, without interpolation"));
    None
}

/// A list of strings that is written out.
pub(super) fn texts(attribute: &Attribute, diags: &mut Diags) -> Option<Vec<Spanned<Arc<str>>>> {
    let of = |expr: &Expr| match &expr.kind {
        ExprKind::Str(text) => Some(Spanned { node: text.clone(), span: expr.span }),
        _ => None,
    };
    let list = match &attribute.expr.kind {
        ExprKind::Tuple(items) => items.iter().map(of).collect::<Option<Vec<_>>>(),
        _ => None,
    };
    if list.is_none() {
        diags.push(not_written_out(attribute, "a list of strings in quotes"));
    }
    list
}

/// The items of an object that is written out; their values may be any expression.
pub(super) fn items(attribute: &Attribute, diags: &mut Diags) -> Vec<Input> {
    let ExprKind::Object(items) = &attribute.expr.without_parens().kind else {
        diags.push(not_written_out(attribute, "an object written out as `{ name = value }`"));
        return Vec::new();
    };
    let mut inputs: Vec<Input> = Vec::new();
    for item in items {
        let name = match &item.key {
            ObjectKey::Bare(name) => name.clone(),
            ObjectKey::Expr(Expr { kind: ExprKind::Str(text), span, .. }) => {
                syntax::Name { text: text.clone(), span: *span }
            }
            ObjectKey::Expr(key) => {
                diags.push(
                    Diagnostic::error("estate-key", "A computed name")
                        .detail("Names of inputs and values are written out, so that they can be checked.")
                        .remedy("Write the name itself.")
                        .at(key.span),
                );
                continue;
            }
        };
        if let Some(first) = inputs.iter().find(|i| i.name.text == name.text) {
            diags.push(
                Diagnostic::error("estate-duplicate", format!("`{}` stands twice", name.text))
                    .detail("Each name is given one value.")
                    .remedy("Take one of the two out.")
                    .at(name.span)
                    .label(first.name.span, "the first stands here"),
            );
            continue;
        }
        inputs.push(Input { name, expr: item.value.clone() });
    }
    inputs
}

/// The items of the argument `name`, none where it is not there.
pub(super) fn items_of(block: &Block, name: &str, diags: &mut Diags) -> Vec<Input> {
    block.body.attribute(name).map(|attribute| items(attribute, diags)).unwrap_or_default()
}

/// The string of the argument `name`, where it is there.
pub(super) fn text_of(block: &Block, name: &str, diags: &mut Diags) -> Option<Spanned<Arc<str>>> {
    block.body.attribute(name).and_then(|attribute| text(attribute, diags))
}

/// The list of strings of the argument `name`, where it is there.
pub(super) fn texts_of(
    block: &Block,
    name: &str,
    diags: &mut Diags,
) -> Option<Vec<Spanned<Arc<str>>>> {
    block.body.attribute(name).and_then(|attribute| texts(attribute, diags))
}

/// The truth value of the argument `name`, where it is there.
pub(super) fn switch_of(block: &Block, name: &str, diags: &mut Diags) -> Option<bool> {
    let attribute = block.body.attribute(name)?;
    if let ExprKind::Bool(value) = attribute.expr.kind {
        return Some(value);
    }
    diags.push(not_written_out(attribute, "true or false"));
    None
}

/// The whole number of the argument `name`, where it is there; reported where it lies outside of the range.
pub(super) fn number_of(
    block: &Block,
    name: &str,
    range: RangeInclusive<u64>,
    diags: &mut Diags,
) -> Option<u64> {
    let attribute = block.body.attribute(name)?;
    let number = match &attribute.expr.kind {
        ExprKind::Number(text) => text.parse().ok().filter(|number| range.contains(number)),
        _ => None,
    };
    if number.is_none() {
        let form = format!("a whole number from {} to {}", range.start(), range.end());
        diags.push(not_written_out(attribute, &form));
    }
    number
}

fn not_written_out(attribute: &Attribute, form: &str) -> Diagnostic {
    Diagnostic::error("estate-argument-form", format!("`{}` has another form", attribute.name.text))
        .detail(format!("It is {form}."))
        .remedy("Write it out in that form.")
        .at(attribute.expr.span)
}
