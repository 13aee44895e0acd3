//! How a configuration goes over one that it includes.
//!
//! Invariant: what the including file says wins; only `inputs` and `locals` of a deep merge are looked into further.

use std::collections::BTreeMap;
use std::sync::Arc;

use value::{Value, View};

use super::configuration::Configuration;
use crate::expression::Expression;

/// What becomes of an included file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strategy {
    /// It is only seen where it is exposed.
    None,
    /// Name by name.
    Shallow,
    /// Objects within inputs are merged, and lists joined.
    Deep,
}

impl Strategy {
    /// As `merge_strategy` says; shallow where it says nothing.
    pub(super) fn of(text: Option<&str>) -> Strategy {
        match text {
            Some("no_merge") => Strategy::None,
            Some("deep" | "deep_map_only") => Strategy::Deep,
            _ => Strategy::Shallow,
        }
    }
}

/// The included configuration with the including one over it.
pub(super) fn over(below: Configuration, above: Configuration, how: Strategy) -> Configuration {
    if how == Strategy::None {
        return above;
    }
    let mut inputs = below.inputs;
    for (name, input) in above.inputs {
        let merged = match inputs.remove(&name) {
            Some(known) if how == Strategy::Deep => deep_input(&known, input),
            _ => input,
        };
        inputs.insert(name, merged);
    }
    Configuration {
        locals: above.locals,
        inputs,
        given: laid(below.given, above.given),
        source: above.source.or(below.source),
        dependencies: laid(below.dependencies, above.dependencies),
        after: below.after.into_iter().chain(above.after).collect(),
        generates: laid(below.generates, above.generates),
        remote_state: above.remote_state.or(below.remote_state),
        included: above.included.into_iter().chain(below.included).collect(),
        excluded: above.excluded.or(below.excluded),
        place: above.place,
    }
}

fn laid<V>(below: BTreeMap<Arc<str>, V>, above: BTreeMap<Arc<str>, V>) -> BTreeMap<Arc<str>, V> {
    let mut all = below;
    all.extend(above);
    all
}

fn deep_input(below: &Expression, above: Expression) -> Expression {
    match (below.value(), above.value()) {
        (Some(low), Some(high)) => Expression::of(deep(low, high)),
        _ => above,
    }
}

/// Two values laid over one another: objects name by name at all depths, lists one behind the other.
pub(super) fn deep(below: &Value, above: &Value) -> Value {
    if let (Some(mut all), Some(high)) = (entries(below), entries(above)) {
        for (name, value) in high {
            let merged = all.get(&name).map_or_else(|| value.clone(), |low| deep(low, &value));
            all.insert(name, merged);
        }
        return Value::object(all);
    }
    match (sequence(below), sequence(above)) {
        (Some(low), Some(high)) => Value::tuple(low.iter().chain(high).cloned().collect()),
        _ => above.clone(),
    }
}

/// The entries of an object or a map.
pub(crate) fn entries(value: &Value) -> Option<BTreeMap<Arc<str>, Value>> {
    match value.view() {
        View::Object(object, values) => {
            Some(object.names().iter().cloned().zip(values.iter().cloned()).collect())
        }
        View::Map(entries) => Some(entries.iter().cloned().collect()),
        _ => None,
    }
}

fn sequence(value: &Value) -> Option<&[Value]> {
    match value.view() {
        View::Tuple(items) | View::List(items) => Some(items),
        _ => None,
    }
}
