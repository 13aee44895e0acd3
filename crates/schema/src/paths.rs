//! Where in a value the schema says something of its attributes: sensitive paths, write-only paths; and the same
//! value with those marked or taken out.
//!
//! Each walk goes only where the schema's deep traits say that it finds something. Inside sets there are no paths
//! that lead to an element for good, so a path ends with the element as its key, as OpenTofu's do.

use value::{Marks, Path, Step, Type, Value, View};

use crate::block::{Attr, Block, NestedAttrs, Nesting, Slot, Traits};

impl Block {
    /// Where attributes of these traits stand in the value, null ones too, in the order of the schema. Paths that
    /// lie below another of them are left out.
    pub fn paths(&self, value: &Value, traits: Traits) -> Vec<Path> {
        let mut found = Vec::new();
        let mut at = Path::new();
        Walk { traits, found: &mut found, at: &mut at }.block(self, value);
        found
    }

    /// Where sensitive attributes stand in the value.
    pub fn sensitive_paths(&self, value: &Value) -> Vec<Path> {
        self.paths(value, Traits::SENSITIVE)
    }

    /// Where write-only attributes stand in the value.
    pub fn write_only_paths(&self, value: &Value) -> Vec<Path> {
        self.paths(value, Traits::WRITE_ONLY)
    }

    /// The value with its sensitive attributes marked so; marks that are there stay.
    pub fn marked_sensitive(&self, value: &Value) -> Value {
        self.mapped(value, Traits::SENSITIVE, &|value| {
            value.clone().with_marks(value.marks().union(Marks::SENSITIVE))
        })
    }

    /// The value with its write-only attributes null.
    pub fn without_write_only(&self, value: &Value) -> Value {
        self.mapped(value, Traits::WRITE_ONLY, &|value| Value::null(value.ty()))
    }

    fn mapped(&self, value: &Value, traits: Traits, change: &dyn Fn(&Value) -> Value) -> Value {
        if !self.deep_traits().contains(traits) {
            return value.clone();
        }
        map_object(self.ty(), self.slots(), value, &|slot, value| match slot {
            Slot::Attr(attr) => attr.mapped(value, traits, change),
            Slot::Block(nested) if !nested.block.deep_traits().contains(traits) => value.clone(),
            Slot::Block(nested) => {
                map_elements(nested.nesting, value, &|one| nested.block.mapped(one, traits, change))
            }
        })
    }
}

impl Attr {
    fn mapped(&self, value: &Value, traits: Traits, change: &dyn Fn(&Value) -> Value) -> Value {
        if self.traits().contains(traits) {
            return change(value);
        }
        match &self.nested {
            Some(nested) if nested.deep_traits().contains(traits) => {
                map_elements(nested.nesting(), value, &|one| nested.mapped(one, traits, change))
            }
            _ => value.clone(),
        }
    }
}

impl NestedAttrs {
    fn mapped(&self, value: &Value, traits: Traits, change: &dyn Fn(&Value) -> Value) -> Value {
        map_object(self.object(), self.attrs().iter(), value, &|attr, value| {
            attr.mapped(value, traits, change)
        })
    }
}

/// A known object with each slot changed; anything else as it is.
fn map_object<S>(
    ty: Type,
    slots: impl Iterator<Item = S>,
    value: &Value,
    change: &dyn Fn(S, &Value) -> Value,
) -> Value {
    let View::Object(_, values) = value.view() else { return value.clone() };
    let changed =
        slots.zip(values).map(|(slot, value)| change(slot, value)).collect::<Vec<Value>>();
    Value::object_of(ty, changed).with_marks(value.marks())
}

/// A known collection of objects with each changed, or the one object changed; anything else as it is.
fn map_elements(nesting: Nesting, value: &Value, change: &dyn Fn(&Value) -> Value) -> Value {
    let all = |values: &[Value]| values.iter().map(change).collect::<Vec<Value>>();
    let changed = match value.view() {
        View::Null | View::Unknown(_) => return value.clone(),
        _ if value.is_empty() => return value.clone(),
        View::List(values) => Value::list(Type::DYNAMIC, all(values)),
        View::Set(values) => Value::set(Type::DYNAMIC, all(values)),
        View::Tuple(values) => Value::tuple(all(values)),
        View::Map(pairs) => {
            Value::map(Type::DYNAMIC, pairs.iter().map(|(key, value)| (key.clone(), change(value))))
        }
        View::Object(object, values) if nesting == Nesting::Map => {
            Value::object(object.names().iter().cloned().zip(all(values)))
        }
        _ => return change(value),
    };
    changed.with_marks(value.marks())
}

struct Walk<'a> {
    traits: Traits,
    found: &'a mut Vec<Path>,
    at: &'a mut Path,
}

impl Walk<'_> {
    fn block(&mut self, block: &Block, value: &Value) {
        if !block.deep_traits().contains(self.traits) {
            return;
        }
        let View::Object(_, values) = value.view() else { return };
        for (slot, value) in block.slots().zip(values) {
            if !slot.deep_traits().contains(self.traits) {
                continue;
            }
            self.at.push(Step::Attr(slot.name().clone()));
            match slot {
                Slot::Attr(attr) => self.attr(attr, value),
                Slot::Block(nested) => {
                    self.elements(nested.nesting, value, &mut |walk, one| {
                        walk.block(&nested.block, one);
                    });
                }
            }
            self.at.pop();
        }
    }

    fn attr(&mut self, attr: &Attr, value: &Value) {
        if attr.traits().contains(self.traits) {
            self.found.push(self.at.clone());
        } else if let Some(nested) = &attr.nested {
            self.elements(nested.nesting(), value, &mut |walk, one| walk.object(nested, one));
        }
    }

    fn object(&mut self, nested: &NestedAttrs, value: &Value) {
        let View::Object(_, values) = value.view() else { return };
        for (attr, value) in nested.attrs().iter().zip(values) {
            if attr.deep_traits().contains(self.traits) {
                self.at.push(Step::Attr(attr.name.clone()));
                self.attr(attr, value);
                self.at.pop();
            }
        }
    }

    fn elements(
        &mut self,
        nesting: Nesting,
        value: &Value,
        one: &mut dyn FnMut(&mut Self, &Value),
    ) {
        let mut step = |walk: &mut Self, key: Value, value: &Value| {
            walk.at.push(Step::Index(key));
            one(walk, value);
            walk.at.pop();
        };
        match value.view() {
            View::Null | View::Unknown(_) => {}
            View::List(values) | View::Tuple(values) => {
                for (index, value) in values.iter().enumerate() {
                    step(self, Value::int(index as i64), value);
                }
            }
            View::Set(values) => values.iter().for_each(|value| step(self, value.clone(), value)),
            View::Map(pairs) => {
                pairs.iter().for_each(|(key, value)| step(self, Value::string(key.clone()), value));
            }
            View::Object(object, values) if nesting == Nesting::Map => {
                for (key, value) in object.names().iter().zip(values) {
                    step(self, Value::string(key.clone()), value);
                }
            }
            _ => one(self, value),
        }
    }
}
