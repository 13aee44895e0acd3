//! Which prior element of a set answers to which configured one: elements of a set have no name, so it is the one
//! that can have come of that configuration with only computed values added.
//!
//! A heuristic, and OpenTofu's. Invariant: no false match where nothing in the element is computed.

use value::{Value, View};

use crate::block::{Attr, Block, NestedAttrs, Nesting, Slot, Traits};

/// What the elements of a collection are made by.
#[derive(Clone, Copy)]
pub(crate) enum Objects<'a> {
    /// Blocks.
    Block(&'a Block),
    /// Objects of an attribute.
    Attrs(&'a NestedAttrs),
}

impl Objects<'_> {
    /// What is true of anything in one element.
    pub(crate) fn deep_traits(self) -> Traits {
        match self {
            Objects::Block(block) => block.deep_traits(),
            Objects::Attrs(nested) => nested.deep_traits(),
        }
    }
}

/// Whether `prior` can have come of `config`.
pub(crate) fn takes_after(objects: Objects<'_>, prior: &Value, config: &Value) -> bool {
    if prior.same(config) {
        return true;
    }
    match objects {
        Objects::Block(block) => block_takes_after(block, prior, config),
        Objects::Attrs(nested) => object_takes_after(nested, prior, config),
    }
}

fn block_takes_after(block: &Block, prior: &Value, config: &Value) -> bool {
    let Some(pairs) = pairs(prior, config) else { return prior.is_null() };
    block.slots().zip(pairs).all(|(slot, (prior, config))| {
        prior.same(config)
            || match slot {
                Slot::Attr(attr) => attr_takes_after(attr, prior, config),
                Slot::Block(nested) => {
                    collection_takes_after(nested.nesting, prior, config, |p, c| {
                        block_takes_after(&nested.block, p, c)
                    })
                }
            }
    })
}

fn object_takes_after(nested: &NestedAttrs, prior: &Value, config: &Value) -> bool {
    let Some(pairs) = pairs(prior, config) else { return prior.is_null() };
    nested
        .attrs()
        .iter()
        .zip(pairs)
        .all(|(attr, (prior, config))| prior.same(config) || attr_takes_after(attr, prior, config))
}

/// Of values that differ.
fn attr_takes_after(attr: &Attr, prior: &Value, config: &Value) -> bool {
    match &attr.nested {
        Some(nested) => collection_takes_after(nested.nesting(), prior, config, |p, c| {
            object_takes_after(nested, p, c)
        }),
        None => attr.computed && config.is_null() && !config.ty().is_set(),
    }
}

/// Of values that differ: each prior element needs one in the configuration; what the configuration has besides is
/// not looked at.
fn collection_takes_after(
    nesting: Nesting,
    prior: &Value,
    config: &Value,
    one: impl Fn(&Value, &Value) -> bool,
) -> bool {
    if config.ty().is_set() {
        return false;
    }
    if prior.is_null() {
        return true;
    }
    match (nesting, prior.view(), config.view()) {
        (Nesting::Single | Nesting::Group, ..) => one(prior, config),
        (_, View::List(before) | View::Tuple(before), View::List(now) | View::Tuple(now)) => {
            before.len() <= now.len()
                && before
                    .iter()
                    .zip(now)
                    .all(|(prior, config)| prior.same(config) || one(prior, config))
        }
        (_, View::Map(before), View::Map(now)) => before.iter().all(|(key, prior)| {
            now.binary_search_by(|(name, _)| name.cmp(key))
                .is_ok_and(|at| prior.same(&now[at].1) || one(prior, &now[at].1))
        }),
        (_, View::Object(before, priors), View::Object(now, configs)) => {
            before.names().iter().zip(priors).all(|(key, prior)| {
                now.names()
                    .binary_search(key)
                    .is_ok_and(|at| prior.same(&configs[at]) || one(prior, &configs[at]))
            })
        }
        _ => false,
    }
}

/// The slots of two objects side by side; none where one of them is no known object.
fn pairs<'a>(
    prior: &'a Value,
    config: &'a Value,
) -> Option<impl Iterator<Item = (&'a Value, &'a Value)>> {
    match (prior.view(), config.view()) {
        (View::Object(_, prior), View::Object(_, config)) => Some(prior.iter().zip(config)),
        _ => None,
    }
}

/// Whether something that the provider may not set is set in these objects: then configuration set it.
pub(crate) fn partly_from_configuration(nested: &NestedAttrs, value: &Value) -> bool {
    let object = |value: &Value| match value.view() {
        View::Object(_, values) => nested.attrs().iter().zip(values).any(|(attr, value)| {
            let set = !value.is_null();
            set && (!attr.computed
                || attr
                    .nested
                    .as_ref()
                    .is_some_and(|nested| partly_from_configuration(nested, value)))
        }),
        _ => false,
    };
    match value.view() {
        View::List(values) | View::Set(values) | View::Tuple(values) => values.iter().any(object),
        View::Map(pairs) => pairs.iter().any(|(_, value)| object(value)),
        _ => object(value),
    }
}
