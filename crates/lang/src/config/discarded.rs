//! Attributes that are written in an object and fall away when it is converted: most likely a slip of the pen.
//!
//! Only what is written out literally is looked at; a warning is given for each.
//!
//! Invariant: it never reports an attribute that the conversion would keep.

use diag::{Diagnostic, Diags};
use syntax::{Expr, ExprKind, ObjectKey};
use value::{Kind, Type};

use crate::suggest;

/// Warns of attributes in `expr` that the conversion to `ty` drops.
pub(super) fn report(expr: &Expr, ty: Type, diags: &mut Diags) {
    match (&expr.kind, ty.kind()) {
        (ExprKind::Parens(inner), _) => report(inner, ty, diags),
        (ExprKind::Object(items), Kind::Object(object)) => {
            for item in items {
                let Some(name) = literal_key(&item.key) else { continue };
                match ty.attr(name) {
                    Some((_, attribute)) => report(&item.value, attribute, diags),
                    None => {
                        let known = object.names().iter().map(|name| &**name);
                        diags.push(dropped(name, known, expr, item.key.span()));
                    }
                }
            }
        }
        (ExprKind::Object(items), Kind::Map(element)) => {
            items.iter().for_each(|item| report(&item.value, element, diags));
        }
        (ExprKind::Tuple(items), Kind::List(element) | Kind::Set(element)) => {
            items.iter().for_each(|item| report(item, element, diags));
        }
        (ExprKind::Tuple(items), Kind::Tuple(elements)) if items.len() == elements.len() => {
            items.iter().zip(elements).for_each(|(item, element)| report(item, *element, diags));
        }
        (ExprKind::For(it), Kind::List(element) | Kind::Set(element)) if it.key.is_none() => {
            report(&it.value, element, diags);
        }
        (ExprKind::For(it), Kind::Map(element)) if it.key.is_some() => {
            report(&it.value, element, diags);
        }
        _ => {}
    }
}

fn literal_key(key: &ObjectKey) -> Option<&str> {
    match key {
        ObjectKey::Bare(name) => Some(&name.text),
        ObjectKey::Expr(Expr { kind: ExprKind::Str(text), .. }) => Some(text),
        ObjectKey::Expr(_) => None,
    }
}

fn dropped<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str>,
    whole: &Expr,
    span: diag::Span,
) -> Diagnostic {
    Diagnostic::warning("attribute-ignored", format!("The attribute `{name}` is ignored"))
        .detail(format!(
            "The type of this object has no attribute `{name}`, so what is set here is lost."
        ))
        .remedy(match suggest::sentence(name, known) {
            near if near.is_empty() => "Take it out, or add it to the type.".to_owned(),
            near => near,
        })
        .at(span)
        .within(whole.span)
}
