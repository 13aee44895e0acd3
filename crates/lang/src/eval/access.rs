//! `value.name` and `value[key]`.
//!
//! Marks of what is looked into are on the result; of the key's marks only those of list, tuple and map keys, as in
//! OpenTofu. Invariant: what an error says of a value never shows an element of it.

use diag::{Diagnostic, Span};
use value::ops::{self, AccessError};
use value::{Kind, Number, Type, Value, convert};

use super::choice::with_article;
use super::machine::{Machine, Outcome, Worst};
use crate::expr::{ExprId, Node, Target};
use crate::suggest;

/// Most keys that an error lists.
const KEYS_SHOWN_MAX: usize = 10;

const INDEX: &str = "index-invalid";
const ATTRIBUTE: &str = "attribute-unknown";

impl Machine<'_> {
    pub(super) fn eval_attr(&mut self, source: ExprId, name: u32, id: ExprId) -> Outcome {
        let (name, span) = self.exprs.name(name);
        let value = match self.whole_of(source) {
            Some(target) => self.single_instance(&target, source, id)?,
            None => self.eval(source)?,
        };
        self.attr(&value, name, *span, id)
    }

    /// What a reference to a whole resource leads to: only its one instance has attributes.
    fn whole_of(&self, source: ExprId) -> Option<Target> {
        let Node::Ref(at) = self.exprs.node(source) else { return None };
        let target = &self.exprs.reference(*at).target;
        matches!(target, Target::Resource(_)).then(|| target.clone())
    }

    pub(super) fn eval_index(&mut self, source: ExprId, key: ExprId, id: ExprId) -> Outcome {
        let mut worst = Worst::default();
        let value = worst.see(self.eval(source));
        let at = worst.see(self.eval(key));
        worst.end()?;
        let (Some(value), Some(at)) = (value, at) else {
            panic!("BUG: an operand without outcome")
        };
        self.index(&value, &at, self.exprs.span(key), id)
    }

    /// `value.name`; `id` is the whole access.
    pub(crate) fn attr(&mut self, value: &Value, name: &str, span: Span, id: ExprId) -> Outcome {
        ops::attribute(value, name).or_else(|error| {
            let diagnostic = match error {
                AccessError::Null => Diagnostic::error("attribute-of-null", "Attribute of null")
                    .detail(format!("This value is null, so it has no attribute `{name}`.")),
                _ => no_attribute(value, name),
            };
            self.fail_at(diagnostic.at(span), id)
        })
    }

    /// `value[key]`; `id` is the whole access.
    pub(crate) fn index(&mut self, value: &Value, key: &Value, span: Span, id: ExprId) -> Outcome {
        ops::index(value, key).or_else(|error| {
            let diagnostic = no_element(value, key, &error);
            self.fail_at(diagnostic.at(span), id)
        })
    }
}

/// Why there is no such element.
fn no_element(value: &Value, key: &Value, error: &AccessError) -> Diagnostic {
    let diagnostic = Diagnostic::error(INDEX, "Invalid index");
    let shown = key.marks().is_empty() && value.marks().is_empty();
    match error {
        AccessError::Null => Diagnostic::error("index-of-null", "Index of null")
            .detail("This value is null, so it has no elements."),
        AccessError::NullKey => diagnostic.detail("Null is no key of anything."),
        AccessError::Set => Diagnostic::error(INDEX, "A set has no index")
            .detail("The elements of a set have no order and no keys.")
            .remedy("Turn the set into a list with `tolist`, or take its only element with `one`."),
        AccessError::WrongKey(message) => {
            diagnostic.detail(format!("The key does not fit: {message}."))
        }
        AccessError::Fraction
        | AccessError::Negative
        | AccessError::Empty
        | AccessError::TooLarge => {
            let number = convert::convert(key, Type::NUMBER).ok();
            let length = value.len().or_else(|| value.ty().tuple_elements().map(<[Type]>::len));
            match (number.as_ref().and_then(Value::as_number), length) {
                (Some(number), Some(length)) => out_of_range(number, length, shown),
                _ => diagnostic.detail("There is no element at the given index."),
            }
        }
        AccessError::NoElement => no_key(key, value, "map", shown),
        AccessError::NoAttribute { by_number } => {
            let mut diagnostic = no_key(key, value, "object", shown);
            if *by_number {
                diagnostic.remedy =
                    "An object is looked into by the names of its attributes, not by number."
                        .to_owned();
            }
            diagnostic
        }
        AccessError::NoParts(ty) => Diagnostic::error(INDEX, "This value has no elements").detail(
            format!("Only lists, tuples, maps and objects have; this is {}.", with_article(*ty)),
        ),
    }
}

/// No element at this number.
pub(super) fn out_of_range(number: &Number, length: usize, shown: bool) -> Diagnostic {
    let diagnostic = Diagnostic::error(INDEX, "Invalid index");
    if !number.is_integer() {
        return diagnostic
            .detail("An index has to be a whole number, and this one has a fraction.")
            .remedy("Division gives fractions: take `floor` of the result.");
    }
    if number.is_negative() {
        return diagnostic
            .detail("An index cannot be negative: the first element has the index 0.")
            .remedy("The last element of a list `x` is `x[length(x) - 1]`.");
    }
    let at =
        if shown { format!("index {}", number.to_text()) } else { "the given index".to_owned() };
    diagnostic.detail(match length {
        0 => format!("There is no element at {at}: there are no elements."),
        1 => format!("There is no element at {at}: there is one element, with index 0."),
        usize::MAX => format!("There is no element at {at}."),
        _ => format!("There is no element at {at}: the indexes are 0 to {}.", length - 1),
    })
}

/// No element of this key; keys are listed where they are not secret.
fn no_key(key: &Value, value: &Value, what: &str, shown: bool) -> Diagnostic {
    let diagnostic = Diagnostic::error(INDEX, "Invalid index");
    let text = convert::convert(key, Type::STRING).ok();
    let Some(key) = text.as_ref().and_then(Value::as_str).filter(|_| shown) else {
        return diagnostic.detail(format!("The given key is no key of this {what}."));
    };
    let keys = keys_of(value);
    diagnostic
        .detail(format!("\"{key}\" is no key of this {what}{}.", listed(&keys)))
        .remedy(suggest::sentence(key, keys.iter().copied()))
}

/// The keys of a map, the names of an object's attributes.
fn keys_of(value: &Value) -> Vec<&str> {
    match value.ty().object_type() {
        Some(object) => object.names().iter().map(|name| &**name).collect(),
        None => value.as_entries().unwrap_or_default().iter().map(|(key, _)| &**key).collect(),
    }
}

/// The keys there are, as the end of a sentence.
pub(super) fn listed(keys: &[&str]) -> String {
    if keys.is_empty() {
        return ", which is empty".to_owned();
    }
    let shown: Vec<String> =
        keys.iter().take(KEYS_SHOWN_MAX).map(|key| format!("\"{key}\"")).collect();
    let more = keys.len().saturating_sub(KEYS_SHOWN_MAX);
    let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!(", whose keys are {}{rest}", shown.join(", "))
}

fn no_attribute(value: &Value, name: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(ATTRIBUTE, "No such attribute");
    match value.ty().kind() {
        Kind::Object(object) => {
            let names = object.names().iter().map(|name| &**name);
            diagnostic
                .detail(format!("This object has no attribute `{name}`."))
                .remedy(suggest::sentence(name, names))
        }
        Kind::Map(_) => {
            let secret = !value.marks().is_empty();
            let keys = keys_of(value);
            let list = if secret { String::new() } else { listed(&keys) };
            diagnostic
                .detail(format!("This map has no element \"{name}\"{list}."))
                .remedy(if secret { String::new() } else { suggest::sentence(name, keys) })
        }
        Kind::List(element) if element.is_object() => diagnostic
            .detail(format!("This is a list of objects, and a list has no attribute `{name}`."))
            .remedy(format!(
                "Take one element with `[index].{name}`, or all of them with `[*].{name}`."
            )),
        Kind::Set(element) if element.is_object() => diagnostic
            .detail(format!("This is a set of objects, and a set has no attribute `{name}`."))
            .remedy(format!("Take the attribute of all elements with `[*].{name}`.")),
        _ => diagnostic.detail(format!(
            "Only objects and maps have attributes; this is {}.",
            with_article(value.ty())
        )),
    }
}
