//! Objects of stacks as access reads them: values that may be unknown, sensitive, or of another shape than expected.
//!
//! Invariant: nothing here fails. A sensitive value counts as not known, so that no path ever shows one.

use std::sync::Arc;

use value::{Marks, Value, View};

use crate::answer::{Source, Standing};

/// An object of a stack.
#[derive(Clone, Debug)]
pub struct Object {
    /// The environment of its stack.
    pub environment: Arc<str>,
    /// The stack instance, `ENV/STACK[:KEY]`.
    pub stack: Arc<str>,
    /// The key of the stack instance, where it has one.
    pub key: Option<Arc<str>>,
    /// The address of the resource instance in the stack.
    pub address: Arc<str>,
    /// The type of the resource.
    pub type_name: Arc<str>,
    /// The account that its stack works in, where credentials tell it.
    pub account: Option<Arc<str>>,
    /// The object.
    pub value: Value,
    /// Whether it is there already.
    pub standing: Standing,
}

impl Object {
    /// The namespace of a cluster that it is in.
    pub fn namespace(&self) -> Option<Arc<str>> {
        let of_object = || known_text(&self.value, "namespace");
        let meta = blocks(&self.value, "metadata").0;
        meta.first().and_then(|meta| known_text(meta, "namespace")).or_else(of_object)
    }

    /// Where it stands.
    pub fn source(&self) -> Arc<Source> {
        Arc::new(Source {
            stack: Arc::clone(&self.stack),
            address: Arc::clone(&self.address),
            standing: self.standing,
        })
    }
}

/// What stands in the place of a name that is not known yet.
pub(crate) const NOT_KNOWN_YET: &str = "(not known yet)";

/// What stands under a name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seen<T> {
    /// Something.
    Is(T),
    /// Nothing, or null.
    Nothing,
    /// What is not known, or not to be shown.
    Unknown,
}

impl<T> Seen<T> {
    /// What is there.
    pub(crate) fn known(self) -> Option<T> {
        match self {
            Seen::Is(it) => Some(it),
            Seen::Nothing | Seen::Unknown => None,
        }
    }
}

/// The value under a name of an object or a map.
pub(crate) fn seen<'v>(object: &'v Value, name: &str) -> Seen<&'v Value> {
    if !object.is_known() {
        return Seen::Unknown;
    }
    if object.is_null() {
        return Seen::Nothing;
    }
    match object.attr(name).or_else(|| object.entry(name)) {
        None => Seen::Nothing,
        Some(value) => seen_value(value),
    }
}

fn seen_value(value: &Value) -> Seen<&Value> {
    if !value.is_known() || value.marks().contains(Marks::SENSITIVE) {
        Seen::Unknown
    } else if value.is_null() {
        Seen::Nothing
    } else {
        Seen::Is(value)
    }
}

/// The text under a name; of a number or a bool its text. An empty one is nothing.
pub(crate) fn text(object: &Value, name: &str) -> Seen<Arc<str>> {
    match seen(object, name) {
        Seen::Is(value) => match scalar(value) {
            Some(text) if !text.is_empty() => Seen::Is(text),
            _ => Seen::Nothing,
        },
        Seen::Nothing => Seen::Nothing,
        Seen::Unknown => Seen::Unknown,
    }
}

/// The text under a name, where it is known.
pub(crate) fn known_text(object: &Value, name: &str) -> Option<Arc<str>> {
    text(object, name).known()
}

/// Texts of a list or set, and whether some of them are not known. A single text counts as a list of one.
pub(crate) fn texts(object: &Value, name: &str) -> (Vec<Arc<str>>, Whole) {
    match seen(object, name) {
        Seen::Nothing => (Vec::new(), Whole::Known),
        Seen::Unknown => (Vec::new(), Whole::InPart),
        Seen::Is(value) => {
            let Some(elements) = elements(value) else {
                return (scalar(value).into_iter().collect(), Whole::Known);
            };
            let texts: Vec<Arc<str>> = elements
                .iter()
                .filter_map(|one| seen_value(one).known().and_then(scalar))
                .collect();
            let whole = if texts.len() < elements.len() { Whole::InPart } else { Whole::Known };
            (texts, whole)
        }
    }
}

/// Whether all of something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whole {
    /// All.
    Known,
    /// Not all.
    InPart,
}

impl Whole {
    /// Both known.
    pub(crate) fn and(self, other: Whole) -> Whole {
        if self == Whole::Known { other } else { self }
    }
}

/// The blocks under a name, and whether some are not known. A single object counts as one block.
pub(crate) fn blocks<'v>(object: &'v Value, name: &str) -> (Vec<&'v Value>, Whole) {
    match seen(object, name) {
        Seen::Nothing => (Vec::new(), Whole::Known),
        Seen::Unknown => (Vec::new(), Whole::InPart),
        Seen::Is(value) => {
            let Some(elements) = elements(value) else { return (vec![value], Whole::Known) };
            let known: Vec<&Value> =
                elements.iter().filter_map(|one| seen_value(one).known()).collect();
            let whole = if known.len() < elements.len() { Whole::InPart } else { Whole::Known };
            (known, whole)
        }
    }
}

/// Names with their values: tags, labels.
pub(crate) type Pairs = Vec<(Arc<str>, Arc<str>)>;

/// The entries of a map or an object whose values are texts.
pub(crate) fn pairs(object: &Value, name: &str) -> Pairs {
    let Some(value) = seen(object, name).known() else { return Vec::new() };
    if let Some(entries) = value.as_entries() {
        let pair = |(key, one): &(Arc<str>, Value)| {
            Some((Arc::clone(key), seen_value(one).known().and_then(scalar)?))
        };
        return entries.iter().filter_map(pair).collect();
    }
    let Some((ty, slots)) = value.as_object() else { return Vec::new() };
    let pair = |(key, one): (&Arc<str>, &Value)| {
        Some((Arc::clone(key), seen_value(one).known().and_then(scalar)?))
    };
    ty.names().iter().zip(slots).filter_map(pair).collect()
}

/// The elements of a list, a set or a tuple; none of anything else.
pub(crate) fn elements(value: &Value) -> Option<&[Value]> {
    match value.view() {
        View::List(all) | View::Set(all) | View::Tuple(all) => Some(all),
        _ => None,
    }
}

/// A single value as text.
pub(crate) fn scalar(value: &Value) -> Option<Arc<str>> {
    match value.view() {
        View::String(_) => value.as_arc_str().cloned(),
        View::Bool(flag) => Some(flag.to_string().into()),
        View::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}
