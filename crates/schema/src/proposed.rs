//! What a resource's object would be if the provider added nothing: configuration where it says something, the prior
//! object where it does not and the provider may.
//!
//! The behaviour is that of OpenTofu's `plans/objchange/objchange.go`, quirks included, since providers have been
//! written against it. All values are unmarked and conform to the schema. Prior values are wholly known, or unknown
//! as a whole ([`Block::planned_unknown`]).

use value::{Type, Value, View};

use crate::block::{Attr, Block, NestedAttrs, NestedBlock, Nesting, Slot, Traits};
use crate::correlate::{Objects, partly_from_configuration, takes_after};

impl Block {
    /// The object proposed to the provider for planning. Null is given back where both are null.
    pub fn proposed_new(&self, prior: &Value, config: &Value) -> Value {
        if config.is_null() {
            return prior.clone();
        }
        if !config.is_known() {
            return if prior.is_null() { self.empty() } else { prior.clone() };
        }
        let View::Object(_, given) = config.view() else {
            panic!("BUG: the configuration of a block is no object")
        };
        let mut values = Vec::with_capacity(given.len());
        for (index, (slot, config)) in self.slots().zip(given).enumerate() {
            let prior = child(prior, index, slot.ty());
            values.push(match slot {
                Slot::Attr(attr) => attr.proposed(prior, config),
                Slot::Block(nested) => nested.proposed(&prior, config),
            });
        }
        Value::object_of(self.ty(), values)
    }

    /// What a data source (or an ephemeral resource) would say, of which nothing has been asked yet: the
    /// configuration, with what the provider may set unknown where the configuration is null.
    pub fn planned_unknown(&self, config: &Value) -> Value {
        self.proposed_new(&Value::unknown(self.ty()), config)
    }
}

impl Attr {
    fn proposed(&self, prior: Value, config: &Value) -> Value {
        if self.computed && config.is_null() {
            return if self.keeps_null(&prior) { config.clone() } else { prior };
        }
        match &self.nested {
            Some(nested) => nested.proposed(&prior, config),
            None => config.clone(),
        }
    }

    /// The prior value was written in configuration, at least in part, and now nothing is: so null is meant.
    fn keeps_null(&self, prior: &Value) -> bool {
        self.optional
            && self.nested.as_ref().is_some_and(|nested| partly_from_configuration(nested, prior))
    }
}

impl NestedAttrs {
    fn proposed(&self, prior: &Value, config: &Value) -> Value {
        if !config.is_known() || config.is_null() {
            return config.clone();
        }
        match self.nesting() {
            Nesting::Single | Nesting::Group => self.proposed_object(prior, config),
            nesting => collection(Objects::Attrs(self), nesting, prior, config),
        }
    }

    fn proposed_object(&self, prior: &Value, config: &Value) -> Value {
        let View::Object(_, given) = config.view() else { return config.clone() };
        let values = self
            .attrs()
            .iter()
            .zip(given)
            .enumerate()
            .map(|(index, (attr, config))| attr.proposed(child(prior, index, attr.ty), config))
            .collect::<Vec<Value>>();
        Value::object_of(self.object(), values)
    }
}

impl NestedBlock {
    fn proposed(&self, prior: &Value, config: &Value) -> Value {
        if !config.is_known() {
            return config.clone();
        }
        match self.nesting {
            Nesting::Single if config.is_null() => config.clone(),
            Nesting::Single | Nesting::Group => self.block.proposed_new(prior, config),
            nesting => collection(Objects::Block(&self.block), nesting, prior, config),
        }
    }
}

impl Objects<'_> {
    fn proposed(self, prior: &Value, config: &Value) -> Value {
        match self {
            Objects::Block(block) => block.proposed_new(prior, config),
            Objects::Attrs(nested) => nested.proposed_object(prior, config),
        }
    }
}

fn collection(objects: Objects<'_>, nesting: Nesting, prior: &Value, config: &Value) -> Value {
    if !objects.deep_traits().contains(Traits::COMPUTED) && config.is_wholly_known() {
        return config.clone(); // nothing in it can come of the prior value: also saves the search in sets
    }
    match nesting {
        Nesting::List => list(objects, prior, config),
        Nesting::Map => map(objects, prior, config),
        Nesting::Set => set(objects, prior, config),
        Nesting::Single | Nesting::Group => unreachable!("BUG: {nesting:?} is no collection"),
    }
}

/// Elements answer each other by index.
fn list(objects: Objects<'_>, prior: &Value, config: &Value) -> Value {
    let (given, is_tuple) = match config.view() {
        View::List(given) => (given, false),
        View::Tuple(given) => (given, true),
        _ => return config.clone(),
    };
    if given.is_empty() {
        return config.clone();
    }
    let values: Vec<Value> = given
        .iter()
        .enumerate()
        .map(|(index, config)| match element(prior, index, config.ty()) {
            Some(prior) => objects.proposed(&prior, config),
            None => config.clone(),
        })
        .collect::<Vec<Value>>();
    if is_tuple { Value::tuple(values) } else { Value::list(Type::DYNAMIC, values) }
}

/// Elements answer each other by key.
fn map(objects: Objects<'_>, prior: &Value, config: &Value) -> Value {
    let merged = |key: &str, config: &Value| match prior_at(prior, key) {
        Some(prior) => objects.proposed(prior, config),
        None => config.clone(),
    };
    match config.view() {
        View::Map(given) if !given.is_empty() => {
            let pairs = given.iter().map(|(key, config)| (key.clone(), merged(key, config)));
            Value::map(Type::DYNAMIC, pairs)
        }
        View::Object(object, given) if !given.is_empty() => Value::object(
            object
                .names()
                .iter()
                .zip(given)
                .map(|(key, config)| (key.clone(), merged(key, config))),
        ),
        _ => config.clone(),
    }
}

/// Elements answer each other where the prior one can have come of the configured one; each prior one answers once.
fn set(objects: Objects<'_>, prior: &Value, config: &Value) -> Value {
    let View::Set(given) = config.view() else { return config.clone() };
    if given.is_empty() {
        return config.clone();
    }
    let before: &[Value] = match prior.view() {
        View::Set(before) => before,
        _ => &[],
    };
    let nothing = Value::null(given[0].ty());
    let mut used = vec![false; before.len()];
    let mut values = Vec::with_capacity(given.len());
    for config in given {
        let found =
            (0..before.len()).find(|at| !used[*at] && takes_after(objects, &before[*at], config));
        let prior = found.map_or(&nothing, |at| {
            used[at] = true;
            &before[at]
        });
        values.push(objects.proposed(prior, config));
    }
    Value::set(Type::DYNAMIC, values)
}

/// The slot of an object at this place; null of a null object, unknown of an unknown one.
fn child(of: &Value, index: usize, ty: Type) -> Value {
    match of.view() {
        View::Null => Value::null(ty),
        View::Unknown(_) => Value::unknown(ty),
        View::Object(_, values) => values[index].clone(),
        _ => panic!("BUG: the prior value of a block is no object"),
    }
}

fn element(of: &Value, index: usize, ty: Type) -> Option<Value> {
    match of.view() {
        View::Unknown(_) => Some(Value::unknown(ty)),
        View::List(values) | View::Tuple(values) => values.get(index).cloned(),
        _ => None,
    }
}

fn prior_at<'a>(of: &'a Value, key: &str) -> Option<&'a Value> {
    match of.view() {
        View::Map(pairs) => {
            pairs.binary_search_by(|(name, _)| name.as_ref().cmp(key)).ok().map(|at| &pairs[at].1)
        }
        View::Object(object, values) => object
            .names()
            .binary_search_by(|name| name.as_ref().cmp(key))
            .ok()
            .map(|at| &values[at]),
        _ => None,
    }
}
