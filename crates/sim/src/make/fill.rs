//! An object's unknowns, filled: by the overlay's values and defaults, else by form.
//!
//! Values may name each other (an ARN its id), so the object is walked until nothing new is known; what goes in a
//! circle is made by form. Invariant: what was known stays as it was, and in the end nothing is unknown.

use std::sync::Arc;

use schema::{Attr, Block, NestedAttrs, Slot};
use value::{Kind, Type, Value, View};

use super::eval::{Eval, Scene, made};
use super::form;
use crate::overlay::{Along, Entry, Made, MadeAt};

/// Most walks before circles are cut.
const WALKS_MAX: usize = 6;

/// A place as text, for keys: `vpc_config.0.vpc_id`.
pub(crate) fn text_place(place: &[Arc<str>]) -> String {
    place.join(".")
}

/// Gives a function its scene, with this object.
pub(crate) type See<'a> = dyn Fn(&Value, &mut dyn FnMut(&Scene<'_>)) + 'a;

/// The object with every unknown filled. `scene` is asked for with the object as far as it is known.
pub(crate) fn filled(block: &Block, object: &Value, entry: Option<&Entry>, see: &See<'_>) -> Value {
    let mut object = object.clone();
    for walk in 0..=WALKS_MAX {
        if object.is_wholly_known() {
            break;
        }
        let mut next = object.clone();
        see(&object, &mut |scene| {
            let how = if walk == WALKS_MAX { Circles::Cut } else { Circles::Wait };
            let mut filler = Filler { entry, scene, circles: how, place: Vec::new() };
            next = filler.block(block, &object);
        });
        object = next;
    }
    object
}

/// What becomes of a value that waits for another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Circles {
    Wait,
    Cut,
}

/// Who may set the attribute that is filled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    /// The cloud alone.
    Cloud,
    /// The configuration too, which did not.
    Both,
}

struct Filler<'a> {
    entry: Option<&'a Entry>,
    scene: &'a Scene<'a>,
    circles: Circles,
    place: Vec<Arc<str>>,
}

/// What the overlay says of a place.
enum Said<'a> {
    Made(&'a Made),
    /// Of something in it, whose next steps are these.
    Below(Vec<Arc<str>>),
    Nothing,
}

impl Filler<'_> {
    fn inside<T>(&mut self, step: Arc<str>, walk: impl FnOnce(&mut Self) -> T) -> T {
        self.place.push(step);
        let done = walk(self);
        self.place.pop();
        done
    }

    fn block(&mut self, block: &Block, value: &Value) -> Value {
        let View::Object(_, values) = value.view() else { return value.clone() };
        if value.is_wholly_known() {
            return value.clone();
        }
        let values: Vec<Value> = block
            .slots()
            .zip(values)
            .map(|(slot, value)| {
                self.inside(slot.name().clone(), |filler| match slot {
                    Slot::Attr(attr) => filler.attr(attr, value),
                    Slot::Block(nested) if !value.is_known() => {
                        filler.made(&nested.name, nested.ty(), Who::Cloud)
                    }
                    Slot::Block(nested) => {
                        filler.each(value, nested.block.ty(), &mut |filler, one| {
                            filler.block(&nested.block, one)
                        })
                    }
                })
            })
            .collect();
        Value::object_of(block.ty(), values)
    }

    fn attr(&mut self, attr: &Attr, value: &Value) -> Value {
        if value.is_wholly_known() {
            return value.clone();
        }
        let who = if attr.optional { Who::Both } else { Who::Cloud };
        if !value.is_known() {
            return self.made(&attr.name, attr.ty, who);
        }
        match &attr.nested {
            Some(nested) => {
                self.each(value, nested.object(), &mut |filler, one| filler.attrs(nested, one))
            }
            None => self.known(&attr.name, value, who),
        }
    }

    fn attrs(&mut self, nested: &NestedAttrs, value: &Value) -> Value {
        let View::Object(_, values) = value.view() else { return value.clone() };
        let values: Vec<Value> = nested
            .attrs()
            .iter()
            .zip(values)
            .map(|(attr, value)| self.inside(attr.name.clone(), |filler| filler.attr(attr, value)))
            .collect();
        Value::object_of(nested.object(), values)
    }

    /// Every object of a value: the value itself, or its elements.
    fn each(
        &mut self,
        value: &Value,
        object: Type,
        walk: &mut dyn FnMut(&mut Self, &Value) -> Value,
    ) -> Value {
        if value.is_wholly_known() {
            return value.clone();
        }
        let mut numbered = |filler: &mut Self, items: &[Value]| -> Vec<Value> {
            let each = items.iter().enumerate();
            each.map(|(at, one)| filler.inside(at.to_string().into(), |filler| walk(filler, one)))
                .collect()
        };
        match value.view() {
            View::List(items) => Value::list(object, numbered(self, items)),
            View::Set(items) => Value::set(object, numbered(self, items)),
            View::Tuple(items) => Value::tuple(numbered(self, items)),
            View::Map(entries) => {
                let each: Vec<(Arc<str>, Value)> = entries
                    .iter()
                    .map(|(key, one)| {
                        (key.clone(), self.inside(key.clone(), |filler| walk(filler, one)))
                    })
                    .collect();
                Value::map(object, each)
            }
            View::Object(..) => walk(self, value),
            View::Unknown(_) => form::of_type("", value.ty(), &text_place(&self.place), self.scene),
            _ => value.clone(),
        }
    }

    /// A known value of no schema, with unknowns in it.
    fn known(&mut self, name: &Arc<str>, value: &Value, who: Who) -> Value {
        if !value.is_known() {
            return self.made(name, value.ty(), who);
        }
        match value.view() {
            View::Object(ty, values) => {
                let values: Vec<Value> = ty
                    .names()
                    .iter()
                    .zip(values)
                    .map(|(name, one)| {
                        self.inside(name.clone(), |filler| filler.known(name, one, who))
                    })
                    .collect();
                Value::object_of(value.ty(), values)
            }
            View::List(_) | View::Set(_) | View::Tuple(_) | View::Map(_) => {
                let element = value.ty().element().unwrap_or(Type::DYNAMIC);
                self.each(value, element, &mut |filler, one| filler.known(name, one, who))
            }
            _ => value.clone(),
        }
    }

    fn said(&self) -> Said<'_> {
        let Some(entry) = self.entry else { return Said::Nothing };
        let lists: [&Option<MadeAt>; 2] = [&entry.values, &entry.defaults];
        let mut below = Vec::new();
        for (pattern, made) in lists.into_iter().flatten().flatten() {
            match pattern.along(&self.place) {
                Some(Along::There) => return Said::Made(made),
                Some(Along::Above) => {
                    let rest = &self.place[pattern.steps().len()..];
                    if let Some(made) = descend(made, rest) {
                        return Said::Made(made);
                    }
                }
                Some(Along::Below) => below.push(match &pattern.steps()[self.place.len()] {
                    crate::overlay::PatternStep::Name(name) => name.clone(),
                    crate::overlay::PatternStep::Every => "0".into(),
                }),
                None => {}
            }
        }
        if below.is_empty() { Said::Nothing } else { Said::Below(below) }
    }

    /// Whether it is about a data source that looks for objects: what it does not find is made up.
    fn finds(&self) -> bool {
        self.entry.is_some_and(|entry| entry.finds.is_some() || entry.lists.is_some())
    }

    /// A value for an unknown at this place; unknown where it waits for another.
    fn made(&mut self, name: &Arc<str>, ty: Type, who: Who) -> Value {
        let place = text_place(&self.place);
        match self.said() {
            Said::Made(said) => match made(said, ty, &place, self.scene) {
                Eval::Value(value) => return value,
                Eval::Unknown if self.circles == Circles::Wait => return Value::unknown(ty),
                Eval::Absent if who == Who::Both || !self.finds() => return Value::null(ty),
                Eval::Unknown | Eval::Absent => {}
            },
            Said::Below(next) => return self.opened(ty, &next, who),
            Said::Nothing => {}
        }
        if who == Who::Both && matches!(ty.kind(), Kind::List(_) | Kind::Set(_)) {
            return value::convert::convert(&Value::tuple(Vec::new()), ty)
                .expect("BUG: no elements are of any type");
        }
        if ty.object_type().is_some() {
            return self.opened(ty, &[], who);
        }
        form::of_type(name, ty, &place, self.scene)
    }

    /// A value whose parts the overlay says something of.
    fn opened(&mut self, ty: Type, next: &[Arc<str>], who: Who) -> Value {
        let place = text_place(&self.place);
        match ty.kind() {
            Kind::List(element) | Kind::Set(element) => {
                let last = next.iter().filter_map(|step| step.parse::<usize>().ok()).max();
                let items: Vec<Value> = (0..=last.unwrap_or(0).min(64))
                    .map(|at| {
                        let step: Arc<str> = at.to_string().into();
                        self.inside(step.clone(), |filler| filler.made(&step, element, who))
                    })
                    .collect();
                if ty.is_list() { Value::list(element, items) } else { Value::set(element, items) }
            }
            Kind::Map(element) => {
                let entries: Vec<(Arc<str>, Value)> = next
                    .iter()
                    .map(|key| {
                        let one = self.inside(key.clone(), |filler| filler.made(key, element, who));
                        (key.clone(), one)
                    })
                    .collect();
                Value::map(element, entries)
            }
            Kind::Object(object) => {
                let values: Vec<Value> = object
                    .names()
                    .iter()
                    .zip(object.types())
                    .map(|(name, ty)| {
                        self.inside(name.clone(), |filler| filler.made(name, *ty, Who::Cloud))
                    })
                    .collect();
                Value::object_of(ty, values)
            }
            _ => form::of_type("", ty, &place, self.scene),
        }
    }
}

/// What a value that was written out says of a part of it.
fn descend<'m>(made: &'m Made, rest: &[Arc<str>]) -> Option<&'m Made> {
    rest.iter().try_fold(made, |made, step| match made {
        Made::Table(entries) => entries.iter().find(|(name, _)| name == step).map(|(_, made)| made),
        Made::List(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}
