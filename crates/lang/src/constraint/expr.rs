//! Reading a type constraint from an expression: `list(object({ a = optional(string, "x") }))`.
//!
//! The words are not functions: nothing is evaluated but defaults, which must be constant.
//!
//! Invariant: an expression that is no type gives exactly one error at the innermost fault and reads as `any`.

use std::collections::BTreeMap;
use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use syntax::{Call, Expr, ObjectKey};
use value::convert::convert;
use value::{Type, Value};

use super::{Constraint, Defaults};
use crate::config::constant;

/// Reads a type constraint; what is faulty in it reads as `any`.
pub fn type_constraint(expr: &Expr, diags: &mut Diags) -> Constraint {
    if let Some(word) = syntax::expr_keyword(expr) {
        return keyword(&word, expr.span, diags);
    }
    match syntax::expr_call(expr) {
        Some(call) => constructor(&call, expr.span, diags),
        None => fault(
            expr.span,
            "a type is a word (`string`, `number`, `bool`, `any`) or a constructor such as `list(string)`",
            diags,
        ),
    }
}

fn keyword(word: &str, span: Span, diags: &mut Diags) -> Constraint {
    let ty = match word {
        "bool" => Type::BOOL,
        "string" => Type::STRING,
        "number" => Type::NUMBER,
        "any" => Type::DYNAMIC,
        "list" | "map" | "set" | "object" | "tuple" => {
            return fault(span, &needs(word), diags);
        }
        _ => return fault(span, &format!("`{word}` is no type"), diags),
    };
    Constraint { ty, defaults: None }
}

/// What a constructor needs between its parentheses.
fn needs(word: &str) -> String {
    match word {
        "object" => "`object` needs one argument: a map of attribute names and types".to_owned(),
        "tuple" => "`tuple` needs one argument: a list of the element types".to_owned(),
        _ => format!("`{word}` needs one argument: the element type"),
    }
}

fn constructor(call: &Call, whole: Span, diags: &mut Diags) -> Constraint {
    let word = &*call.name.text;
    match word {
        "bool" | "string" | "number" | "any" => {
            return fault(call.parens, &format!("`{word}` takes no argument"), diags);
        }
        "optional" => {
            let text = "`optional` stands only around the type of an object's attribute";
            return fault(call.name.span, text, diags);
        }
        "list" | "set" | "map" | "object" | "tuple" => {}
        _ => return fault(whole, &format!("`{word}` is no constructor of types"), diags),
    }
    let [argument] = &call.args[..] else {
        let place = match &call.args[..] {
            [_, second, ..] => second.span.to(call.args[call.args.len() - 1].span),
            _ => call.parens,
        };
        return fault(place, &needs(word), diags);
    };
    match word {
        "object" => object(argument, whole, diags),
        "tuple" => tuple(argument, whole, diags),
        _ => {
            let element = type_constraint(argument, diags);
            let ty = match word {
                "list" => Type::list(element.ty),
                "set" => Type::set(element.ty),
                _ => Type::map(element.ty),
            };
            let defaults = element.defaults.map(|it| Defaults::Elements(Box::new(it)));
            Constraint { ty, defaults }
        }
    }
}

fn tuple(argument: &Expr, whole: Span, diags: &mut Diags) -> Constraint {
    let Some(elements) = syntax::expr_list(argument) else {
        return fault_within(argument.span, whole, &needs("tuple"), diags);
    };
    let elements: Vec<Constraint> =
        elements.iter().map(|element| type_constraint(element, diags)).collect();
    let ty = Type::tuple(&elements.iter().map(|it| it.ty).collect::<Vec<_>>());
    let defaults: Vec<_> = elements.into_iter().map(|it| it.defaults).collect();
    let some = defaults.iter().any(Option::is_some);
    Constraint { ty, defaults: some.then_some(Defaults::Tuple(defaults)) }
}

fn object(argument: &Expr, whole: Span, diags: &mut Diags) -> Constraint {
    let Some(items) = syntax::expr_map(argument) else {
        return fault_within(argument.span, whole, &needs("object"), diags);
    };
    let mut types: Vec<(Arc<str>, Type, bool)> = Vec::new();
    let mut values = BTreeMap::new();
    let mut within = BTreeMap::new();
    for item in items {
        let Some(name) = attribute_name(&item.key) else {
            let text = "the keys of an object type are bare attribute names";
            fault_within(item.key.span(), whole, text, diags);
            continue;
        };
        if types.iter().any(|(known, ..)| *known == name) {
            let text = format!("the attribute `{name}` is declared twice");
            fault_within(item.key.span(), whole, &text, diags);
            continue;
        }
        let Some(attribute) = attribute(&item.value, diags) else { continue };
        types.push((name.clone(), attribute.constraint.ty, attribute.optional));
        if let Some(default) = attribute.default {
            values.insert(name.clone(), default);
        }
        if let Some(defaults) = attribute.constraint.defaults {
            within.insert(name, defaults);
        }
    }
    let some = !values.is_empty() || !within.is_empty();
    let defaults = some.then_some(Defaults::Object { values, within });
    Constraint { ty: Type::object_with_optional(types), defaults }
}

fn attribute_name(key: &ObjectKey) -> Option<Arc<str>> {
    match key {
        ObjectKey::Bare(name) => Some(name.text.clone()),
        ObjectKey::Expr(expr) => syntax::expr_keyword(expr),
    }
}

struct Attribute {
    constraint: Constraint,
    optional: bool,
    default: Option<Value>,
}

/// The type of an attribute, perhaps within `optional(...)`.
fn attribute(expr: &Expr, diags: &mut Diags) -> Option<Attribute> {
    let call = syntax::expr_call(expr).filter(|call| &*call.name.text == "optional");
    let Some(call) = call else {
        let constraint = type_constraint(expr, diags);
        return Some(Attribute { constraint, optional: false, default: None });
    };
    let (ty, default) = match &call.args[..] {
        [ty] => (ty, None),
        [ty, default] => (ty, Some(default)),
        [] => {
            let text = "`optional` needs the attribute's type as its argument";
            fault_within(call.parens, expr.span, text, diags);
            return None;
        }
        [ty, ..] => {
            let text = "`optional` takes at most the attribute's type and a default";
            fault_within(call.parens, expr.span, text, diags);
            (ty, None)
        }
    };
    let constraint = type_constraint(ty, diags);
    let default = default.and_then(|default| default_of(default, constraint.ty, diags));
    Some(Attribute { constraint, optional: true, default })
}

/// The default of an optional attribute, converted to its type.
fn default_of(expr: &Expr, ty: Type, diags: &mut Diags) -> Option<Value> {
    let value = constant::native(expr, diags)?;
    match convert(&value, ty) {
        Ok(value) => Some(value),
        Err(error) => {
            diags.push(
                Diagnostic::error(
                    "invalid-default",
                    "The default of an optional attribute has another type",
                )
                .detail(format!("The attribute is of type {}: {error}.", ty.friendly_name()))
                .remedy("Give a default that converts to the attribute's type.")
                .at(expr.span),
            );
            None
        }
    }
}

fn fault(span: Span, text: &str, diags: &mut Diags) -> Constraint {
    fault_within(span, span, text, diags)
}

fn fault_within(span: Span, whole: Span, text: &str, diags: &mut Diags) -> Constraint {
    let mut sentence = text.to_owned();
    if let Some(first) = sentence.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    diags.push(
        Diagnostic::error("invalid-type", "This is not a type constraint")
            .detail(format!("{sentence}."))
            .remedy("Write a type such as `string`, `list(string)` or `object({ name = string })`.")
            .at(span)
            .within(whole),
    );
    Constraint::any()
}
