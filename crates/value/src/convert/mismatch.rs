//! Why one type does not convert to another, in a sentence, at the innermost place that can be named.

use std::sync::Arc;

use super::possible::possible;
use super::{ConvertError, Safety};
use crate::{Kind, ObjectType, Step, Type, Value};

/// The reason that [`possible`] said no.
pub(super) fn explain(have: Type, want: Type) -> ConvertError {
    match (have.kind(), want.kind()) {
        (Kind::Object(have), Kind::Object(want)) => explain_object(have, want),
        (Kind::Tuple(_), Kind::List(element)) if element.is_dynamic() => {
            ConvertError::new("all elements of a list must be of one type")
        }
        (Kind::Tuple(_), Kind::Set(element)) if element.is_dynamic() => {
            ConvertError::new("all elements of a set must be of one type")
        }
        (Kind::Object(_), Kind::Map(element)) if element.is_dynamic() => {
            ConvertError::new("all elements of a map must be of one type")
        }
        (Kind::Tuple(elements), Kind::List(element) | Kind::Set(element)) => {
            let first = elements.iter().position(|&have| !fits(have, element));
            first.map_or_else(
                || required(have, want),
                |at| {
                    let step = Step::Index(Value::int(at as i64));
                    explain(elements[at], element).within(step)
                },
            )
        }
        (Kind::Object(object), Kind::Map(element)) => {
            let first = object.iter().find(|&(_, have)| !fits(have, element));
            first.map_or_else(
                || required(have, want),
                |(name, have)| {
                    let step = Step::Index(Value::string_normal(name.clone()));
                    explain(have, element).within(step)
                },
            )
        }
        (Kind::Tuple(have), Kind::Tuple(want)) => explain_tuple(have, want),
        (Kind::List(from) | Kind::Set(from), Kind::List(to) | Kind::Set(to))
        | (Kind::Map(from), Kind::Map(to)) => {
            let inner = explain(from, to);
            let kind = match want.kind() {
                Kind::List(_) => "list",
                Kind::Set(_) => "set",
                _ => "map",
            };
            ConvertError {
                message: format!("the elements of this {kind} do not fit: {}", inner.message),
                ..inner
            }
        }
        _ => required(have, want),
    }
}

fn fits(have: Type, want: Type) -> bool {
    possible(have, want, Safety::Unsafe)
}

fn required(have: Type, want: Type) -> ConvertError {
    ConvertError::new(format!(
        "{} is required, and this is {}",
        with_article(&want.friendly_name_for_constraint()),
        with_article(&have.friendly_name()),
    ))
}

fn with_article(name: &str) -> String {
    match name {
        "any type" | "dynamic" => name.to_owned(),
        _ if name.starts_with(['a', 'e', 'i', 'o', 'u']) => format!("an {name}"),
        _ => format!("a {name}"),
    }
}

fn explain_object(have: &ObjectType, want: &ObjectType) -> ConvertError {
    let absent = |slot: usize, name: &Arc<str>| !want.optional()[slot] && have.slot(name).is_none();
    let missing: Vec<_> = want
        .names()
        .iter()
        .enumerate()
        .filter(|(slot, name)| absent(*slot, name))
        .map(|(_, name)| format!("\"{name}\""))
        .collect();
    match missing.as_slice() {
        [] => {}
        [one] => return ConvertError::new(format!("attribute {one} is required")),
        [most @ .., last] => {
            let most = most.join(", ");
            return ConvertError::new(format!("attributes {most} and {last} are required"));
        }
    }
    let wrong = want.iter().find_map(|(name, want)| {
        let have = have.types()[have.slot(name)?];
        (!fits(have, want)).then(|| explain(have, want).within(Step::Attr(name.clone())))
    });
    wrong.unwrap_or_else(|| ConvertError::new("the attributes do not fit"))
}

fn explain_tuple(have: &[Type], want: &[Type]) -> ConvertError {
    if have.len() != want.len() {
        return ConvertError::new(format!(
            "a tuple of {} elements is required, and this has {}",
            want.len(),
            have.len()
        ));
    }
    let wrong = have.iter().zip(want).position(|(&have, &want)| !fits(have, want));
    wrong.map_or_else(
        || ConvertError::new("the elements do not fit"),
        |at| explain(have[at], want[at]).within(Step::Index(Value::int(at as i64))),
    )
}
