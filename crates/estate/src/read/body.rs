//! Reading the body of one block: which arguments it has, and what is in them.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Spanned};
use syntax::{Attribute, Block, Expr, ExprKind, ObjectKey};

use super::not_yet;
use crate::model::Input;

/// What a kind of block may hold.
pub(super) struct Allowed {
    /// Arguments.
    pub(super) arguments: &'static [&'static str],
    /// Arguments and blocks of the design that come later, with their description.
    pub(super) later: &'static [(&'static str, &'static str)],
}

/// Reports every argument and block that is not allowed.
pub(super) fn check(block: &Block, allowed: &Allowed, diags: &mut Diags) {
    let kind = &block.kind.text;
    let later = |name: &str| allowed.later.iter().find(|(n, _)| *n == name).map(|(_, what)| *what);
    for attribute in &block.body.attributes {
        let name = &*attribute.name.text;
        if allowed.arguments.contains(&name) {
            continue;
        }
        diags.push(match later(name) {
            Some(what) => not_yet(what, attribute.name.span),
            None => {
                Diagnostic::error("estate-argument-unknown", format!("Unknown argument `{name}`"))
                    .detail(format!("A `{kind}` block has no argument of this name."))
                    .remedy(format!("It takes: {}.", allowed.arguments.join(", ")))
                    .at(attribute.name.span)
            }
        });
    }
    for inner in &block.body.blocks {
        let name = &*inner.kind.text;
        diags.push(match later(name) {
            Some(what) => not_yet(what, inner.header),
            None => Diagnostic::error("estate-block-unknown", format!("Unknown block `{name}`"))
                .detail(format!("A `{kind}` block holds no block of this kind."))
                .remedy("Take it out.")
                .at(inner.header),
        });
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

fn not_written_out(attribute: &Attribute, form: &str) -> Diagnostic {
    Diagnostic::error("estate-argument-form", format!("`{}` has another form", attribute.name.text))
        .detail(format!("It is {form}."))
        .remedy("Write it out in that form.")
        .at(attribute.expr.span)
}
