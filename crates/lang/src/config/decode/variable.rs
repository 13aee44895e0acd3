//! `variable` blocks.

use diag::{Diagnostic, Diags, Span};
use value::Value;

use super::block::identifier;
use super::call::CALL;
use super::{not_yet, rule};
use crate::config::declared::{Role, VariableDecl};
use crate::config::source::{AttrSrc, BlockSrc, Content, ExprSrc, Need, Shape};
use crate::config::{constant, discarded};
use crate::constraint::{Constraint, type_constraint};

const VARIABLE: Shape = Shape {
    attributes: &[
        ("description", Need::Optional),
        ("default", Need::Optional),
        ("type", Need::Optional),
        ("sensitive", Need::Optional),
        ("ephemeral", Need::Optional),
        ("const", Need::Optional),
        ("deprecated", Need::Optional),
        ("nullable", Need::Optional),
    ],
    blocks: &[("validation", &[])],
};

/// Decodes `variable "NAME"`.
pub(super) fn decode<'s>(block: &BlockSrc<'s>, role: Role, diags: &mut Diags) -> VariableDecl<'s> {
    let content = block.body(diags).content(&VARIABLE, diags);
    let name = block.labels[0].clone();
    identifier(&name, "a variable", diags);
    reserved_name(&name, diags);
    if let Some(attribute) = content.attribute("ephemeral")
        && constant::flag(attribute, diags) == Some(true)
    {
        diags.push(not_yet("ephemeral variables", attribute.span));
    }
    let mut decl = VariableDecl {
        description: content.attribute("description").and_then(|it| constant::text(it, diags)),
        constraint: content.expr("type").map(|it| constraint(it, diags)),
        default: None,
        default_span: None,
        sensitive: flag(&content, "sensitive", diags),
        nullable: flag(&content, "nullable", diags),
        constant: flag(&content, "const", diags),
        deprecated: content.attribute("deprecated").and_then(|it| constant::advice(it, diags)),
        validations: Vec::new(),
        header: block.header,
        name,
    };
    if let Some(attribute) = content.attribute("default") {
        default(attribute, role, &mut decl, diags);
    }
    for nested in &content.blocks {
        let validation = rule::decode(nested, role, diags);
        rule::must_refer_to_variable(&validation, &decl.name.text, diags);
        decl.validations.push(validation);
    }
    decl
}

fn flag(content: &Content<'_>, name: &str, diags: &mut Diags) -> Option<bool> {
    content.attribute(name).and_then(|it| constant::flag(it, diags))
}

/// A variable cannot have the name of what means something else in a module call.
fn reserved_name(name: &syntax::Name, diags: &mut Diags) {
    let blocks = CALL.blocks.iter().map(|(kind, _)| *kind);
    if CALL.has_attribute(&name.text) || blocks.into_iter().any(|kind| kind == &*name.text) {
        diags.push(
            Diagnostic::error("invalid-name", format!("`{}` cannot be the name of a variable", name.text))
                .detail("In a `module` block this name means something else, so the variable could never be set.")
                .remedy("Choose another name.")
                .at(name.span),
        );
    }
}

/// Reads `type`; a JSON string holds the type in native syntax.
fn constraint(source: ExprSrc<'_>, diags: &mut Diags) -> Constraint {
    if let Some(word) = source.native_text() {
        diags.push(quoted_type(word, source.span()));
        return Constraint::any();
    }
    // `list` and `map` alone are old spellings of `list(any)` and `map(any)`.
    match source.keyword().as_deref() {
        Some("list") => {
            return Constraint { ty: value::Type::list(value::Type::DYNAMIC), defaults: None };
        }
        Some("map") => {
            return Constraint { ty: value::Type::map(value::Type::DYNAMIC), defaults: None };
        }
        _ => {}
    }
    let errors = diags.error_count();
    let constraint = type_constraint(&source.to_expr(diags), diags);
    if diags.error_count() > errors { Constraint::any() } else { constraint }
}

fn quoted_type(word: &str, span: Span) -> Diagnostic {
    let remedy = match word {
        "list" | "map" => format!("Write `{word}(string)` without quotes."),
        _ => "Take the quotes away.".to_owned(),
    };
    Diagnostic::error("quoted-type", "A type stands in quotes")
        .detail("Types are written without quotes; the quoted form is that of very old versions.")
        .remedy(remedy)
        .at(span)
}

/// Reads `default` and converts it to the type. In an override file the type may stand elsewhere: then it is
/// converted once both are there.
fn default(attribute: AttrSrc<'_>, role: Role, decl: &mut VariableDecl<'_>, diags: &mut Diags) {
    let span = attribute.expr.span();
    decl.default_span = Some(span);
    let Some(given) = constant::value(attribute.expr, diags) else {
        decl.default = Some(Value::unknown(value::Type::DYNAMIC));
        return;
    };
    if role == Role::Override && decl.constraint.is_none() {
        decl.default = Some(given);
        return;
    }
    let constraint = decl.constraint.clone().unwrap_or_else(Constraint::any);
    let converted = match constraint.apply(&given) {
        Ok(converted) => converted,
        Err(error) => {
            let detail = format!("The default does not fit the variable's type: {error}.");
            diags.push(invalid_default(detail, span));
            Value::unknown(value::Type::DYNAMIC)
        }
    };
    if let ExprSrc::Native(expr) = attribute.expr {
        discarded::report(expr, constraint.ty, diags);
    }
    if decl.nullable == Some(false) && converted.is_null() {
        let detail =
            "The variable is declared with `nullable = false`, so its default cannot be null.";
        diags.push(invalid_default(detail, span));
    }
    decl.default = Some(converted);
}

/// A default that the declaration itself does not admit.
pub(in crate::config) fn invalid_default(detail: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic::error("invalid-default", "The default of this variable is not admitted")
        .detail(detail)
        .remedy("Correct the default, or what the variable admits.")
        .at(span)
}
