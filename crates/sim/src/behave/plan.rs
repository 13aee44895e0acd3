//! What an object would become: the configuration, what was, and what the cloud would fill in or change.
//!
//! Conforms to ENGINE §4: configured attributes are planned as configured; what only the cloud can say is unknown,
//! unless the overlay knows it already. Invariant: a plan of what was made, with the same configuration, is what was made.

use std::sync::Arc;

use schema::{Attr, Block, NestedAttrs, NestedBlock, Nesting, Slot};
use value::{Path, Type, Value, View};

use super::replace;
use crate::make::{Eval, Scene, See, made};
use crate::overlay::{Along, Choice, Entry, Made, Merged, MergedPart, Overlay, Pattern, Sdk};

/// What is planned.
pub(super) struct Planned {
    pub(super) object: Value,
    pub(super) requires_replace: Vec<Path>,
}

/// What a plan is made from.
pub(super) struct Asked<'a> {
    pub(super) block: &'a Block,
    pub(super) prior: &'a Value,
    pub(super) proposed: &'a Value,
    pub(super) config: &'a Value,
    pub(super) entry: Option<&'a Entry>,
    pub(super) overlay: Option<&'a Overlay>,
    /// The provider's configuration.
    pub(super) provider: &'a Value,
}

/// Plans a create or an update.
pub(super) fn planned(asked: &Asked<'_>, see: &See<'_>) -> Planned {
    let base = asked.block.without_write_only(asked.proposed);
    let base = known_in_turn(asked, &base, see, &Fresh::New);
    let base = merged(asked, base);
    if asked.prior.is_null() {
        return Planned { object: base, requires_replace: Vec::new() };
    }
    let mut changed = Vec::new();
    if let (View::Object(ty, now), View::Object(_, before)) = (base.view(), asked.prior.view()) {
        let differ = ty.names().iter().zip(now.iter().zip(before));
        changed = differ
            .filter(|(_, (now, before))| !now.same(before))
            .map(|(name, _)| name.clone())
            .collect();
    }
    if changed.is_empty() {
        return Planned { object: asked.prior.clone(), requires_replace: Vec::new() };
    }
    let choice = asked.entry.and_then(|entry| entry.replaces.as_ref());
    let requires_replace = choice
        .map(|choice| replace::paths(asked.block, choice, asked.prior, &base))
        .unwrap_or_default();
    let object = known_in_turn(asked, &base, see, &Fresh::Changed(&changed));
    Planned { object: merged(asked, object), requires_replace }
}

/// Most passes in which values that are known in the plan may name each other.
const PASSES_MAX: usize = 4;

/// Walks until what is known in the plan is known.
fn known_in_turn(asked: &Asked<'_>, base: &Value, see: &See<'_>, fresh: &Fresh<'_>) -> Value {
    let mut object = base.clone();
    for _ in 0..PASSES_MAX {
        let mut next = object.clone();
        see(&object, &mut |scene| {
            let mut walk = Walk {
                entry: asked.entry,
                legacy: asked.overlay.and_then(|overlay| overlay.sdk) == Some(Sdk::Legacy),
                scene,
                fresh,
                place: Vec::new(),
            };
            next = walk.block(asked.block, Some(asked.prior), asked.config, base);
        });
        if next.same(&object) {
            break;
        }
        object = next;
    }
    object
}

/// Which computed attributes get another value.
enum Fresh<'a> {
    /// Those of objects that are not there yet.
    New,
    /// Those that an update of these attributes changes.
    Changed(&'a [Arc<str>]),
}

struct Walk<'a> {
    entry: Option<&'a Entry>,
    legacy: bool,
    scene: &'a Scene<'a>,
    fresh: &'a Fresh<'a>,
    place: Vec<Arc<str>>,
}

/// Plans one object of a collection: its prior, its configuration, what is proposed.
type Each<'a, W> = dyn FnMut(&mut W, Option<&Value>, &Value, &Value) -> Value + 'a;

/// The part of a value at a slot; none where there is no value.
fn child(value: Option<&Value>, index: usize) -> Option<&Value> {
    match value?.view() {
        View::Object(_, values) => values.get(index),
        _ => None,
    }
}

impl Walk<'_> {
    fn inside<T>(&mut self, step: &Arc<str>, walk: impl FnOnce(&mut Self) -> T) -> T {
        self.place.push(step.clone());
        let done = walk(self);
        self.place.pop();
        done
    }

    fn block(
        &mut self,
        block: &Block,
        prior: Option<&Value>,
        config: &Value,
        now: &Value,
    ) -> Value {
        let (View::Object(_, given), View::Object(_, values)) = (config.view(), now.view()) else {
            return now.clone();
        };
        let prior = prior.filter(|prior| !prior.is_null());
        let mut planned = Vec::with_capacity(values.len());
        for (index, (slot, now)) in block.slots().zip(values).enumerate() {
            let (before, config) = (child(prior, index), &given[index]);
            planned.push(self.inside(slot.name(), |walk| match slot {
                Slot::Attr(attr) => walk.attr(attr, before, config, now),
                Slot::Block(nested) => walk.nested(nested, before, config, now),
            }));
        }
        Value::object_of(block.ty(), planned)
    }

    fn attr(&mut self, attr: &Attr, prior: Option<&Value>, config: &Value, now: &Value) -> Value {
        if !config.is_null() {
            return match &attr.nested {
                Some(nested) if config.is_known() => self.objects(nested, prior, config, now),
                // The old SDK cannot say that it knows a part of a set of single values.
                None if self.legacy && singles(now.ty()) && !now.is_wholly_known() => {
                    Value::unknown(now.ty())
                }
                _ => now.clone(),
            };
        }
        if attr.write_only {
            return now.clone();
        }
        if !attr.computed {
            return match self.default() {
                Some(default) if self.legacy => self.known(default, attr.ty, now),
                _ => now.clone(),
            };
        }
        let fresh = match self.fresh {
            Fresh::New => prior.is_none(),
            Fresh::Changed(changed) => prior.is_none() || self.changes(changed),
        };
        if !fresh {
            return now.clone();
        }
        match self.known_at_plan() {
            Some(known) => self.known(known, attr.ty, &Value::unknown(attr.ty)),
            None => Value::unknown(attr.ty),
        }
    }

    fn known(&self, known: &Made, ty: Type, otherwise: &Value) -> Value {
        match made(known, ty, &crate::make::text_place(&self.place), self.scene) {
            Eval::Value(value) => value,
            Eval::Unknown => Value::unknown(ty),
            Eval::Absent => otherwise.clone(),
        }
    }

    fn objects(
        &mut self,
        nested: &NestedAttrs,
        prior: Option<&Value>,
        config: &Value,
        now: &Value,
    ) -> Value {
        if !nested.deep_traits().contains(schema::Traits::COMPUTED) && !self.legacy {
            return now.clone();
        }
        let mut each = |walk: &mut Self, before: Option<&Value>, config: &Value, now: &Value| {
            let (View::Object(_, given), View::Object(_, values)) = (config.view(), now.view())
            else {
                return now.clone();
            };
            let before = before.filter(|before| !before.is_null());
            let mut planned = Vec::with_capacity(values.len());
            for (index, (attr, now)) in nested.attrs().iter().zip(values).enumerate() {
                let (before, config) = (child(before, index), &given[index]);
                planned.push(walk.inside(&attr.name, |walk| walk.attr(attr, before, config, now)));
            }
            Value::object_of(nested.object(), planned)
        };
        self.elements(nested.nesting(), nested.object(), prior, config, now, &mut each)
    }

    fn nested(
        &mut self,
        nested: &NestedBlock,
        prior: Option<&Value>,
        config: &Value,
        now: &Value,
    ) -> Value {
        if !config.is_known() {
            return now.clone();
        }
        if let Some(block) = self.computed_block(nested, prior, config) {
            return block;
        }
        let mut each = |walk: &mut Self, before: Option<&Value>, config: &Value, now: &Value| {
            walk.block(&nested.block, before, config, now)
        };
        self.elements(nested.nesting, nested.block.ty(), prior, config, now, &mut each)
    }

    /// Blocks that the old SDK computes where none is configured: the schema does not say so, the overlay does.
    fn computed_block(
        &self,
        nested: &NestedBlock,
        prior: Option<&Value>,
        config: &Value,
    ) -> Option<Value> {
        let none = config.is_null() || config.is_empty();
        self.entry.and_then(|entry| self.there(&entry.values)).filter(|_| none && self.legacy)?;
        let fresh = match self.fresh {
            Fresh::New => prior.is_none(),
            Fresh::Changed(changed) => prior.is_none() || self.changes(changed),
        };
        match prior {
            Some(prior) if !fresh => Some(prior.clone()),
            _ => Some(Value::unknown(nested.ty())),
        }
    }

    /// The objects of a collection, each with its prior and its configuration. Those of a set answer each other only
    /// where they are equal.
    fn elements(
        &mut self,
        nesting: Nesting,
        object: Type,
        prior: Option<&Value>,
        config: &Value,
        now: &Value,
        each: &mut Each<'_, Self>,
    ) -> Value {
        if matches!(nesting, Nesting::Single | Nesting::Group) {
            return each(self, prior, config, now);
        }
        let priors = prior.and_then(Value::as_slice).unwrap_or_default();
        let numbered = |index: usize| Arc::<str>::from(index.to_string());
        match (now.view(), config.view()) {
            (View::List(items), View::List(given)) | (View::Tuple(items), View::Tuple(given)) => {
                let mut planned = Vec::with_capacity(items.len());
                for (index, (now, config)) in items.iter().zip(given).enumerate() {
                    let before = priors.get(index);
                    planned.push(
                        self.inside(&numbered(index), |walk| each(walk, before, config, now)),
                    );
                }
                if now.ty().is_tuple() {
                    Value::tuple(planned)
                } else {
                    Value::list(object, planned)
                }
            }
            (View::Set(items), View::Set(_)) => {
                let mut planned = Vec::with_capacity(items.len());
                for (index, one) in items.iter().enumerate() {
                    let kept = priors.iter().any(|before| before.same(one));
                    if kept || !one.is_known() {
                        planned.push(one.clone());
                        continue;
                    }
                    let new = self.inside(&numbered(index), |walk| each(walk, None, one, one));
                    // With its defaults it may be one that was there; not while its configuration is open.
                    let whole = one.is_wholly_known();
                    let there = priors.iter().find(|before| whole && could_become(&new, before));
                    planned.push(there.cloned().unwrap_or(new));
                }
                Value::set(object, planned)
            }
            (View::Map(items), View::Map(_)) => {
                let mut planned = Vec::with_capacity(items.len());
                for (key, one) in items {
                    let before = prior.and_then(|prior| prior.entry(key));
                    let given = config.entry(key).unwrap_or(one);
                    let value = self.inside(key, |walk| each(walk, before, given, one));
                    planned.push((key.clone(), value));
                }
                Value::map(object, planned)
            }
            _ => now.clone(),
        }
    }

    fn there<'m>(&self, all: &'m Option<Vec<(Pattern, Made)>>) -> Option<(&'m Pattern, &'m Made)> {
        let at = all.iter().flatten();
        at.map(|(pattern, made)| (pattern, made))
            .find(|(pattern, _)| pattern.along(&self.place) == Some(Along::There))
    }

    fn default(&self) -> Option<&Made> {
        self.entry.and_then(|entry| self.there(&entry.defaults)).map(|(_, made)| made)
    }

    /// What stands in the plan of a computed attribute already.
    fn known_at_plan(&self) -> Option<&Made> {
        let entry = self.entry?;
        let known = entry.known_at_plan.as_ref()?;
        if known.all
            && let Some((_, made)) = self.there(&entry.defaults)
        {
            return Some(made);
        }
        if !chosen(&known.these, &self.place) {
            return None;
        }
        self.there(&entry.defaults).or_else(|| self.there(&entry.values)).map(|(_, made)| made)
    }

    /// Whether an update of these attributes gives this one another value.
    fn changes(&self, changed: &[Arc<str>]) -> bool {
        let Some(entry) = self.entry else { return false };
        let listed = entry.changes.as_ref().is_some_and(|choice| covers(choice, &self.place));
        let stays = entry.stays.as_ref().is_some_and(|choice| chosen(&choice.these, &self.place));
        if listed {
            return !stays;
        }
        let follows = |made: &Made| names(made, &|root| changed.iter().any(|one| **one == *root));
        self.there(&entry.values).is_some_and(|(_, made)| follows(made)) && !stays
    }
}

/// Whether a planned value is another, as far as it is known.
fn could_become(planned: &Value, other: &Value) -> bool {
    if planned.is_wholly_known() {
        return planned.same(other);
    }
    match (planned.view(), other.view()) {
        (View::Unknown(_), _) => true,
        (View::Object(_, these), View::Object(_, those))
        | (View::List(these), View::List(those))
        | (View::Tuple(these), View::Tuple(those)) => {
            these.len() == those.len()
                && these.iter().zip(those).all(|(one, other)| could_become(one, other))
        }
        (View::Set(these), View::Set(those)) => {
            these.len() == those.len()
                && these.iter().all(|one| those.iter().any(|other| could_become(one, other)))
        }
        (View::Map(these), View::Map(those)) => {
            these.len() == those.len()
                && these
                    .iter()
                    .zip(those)
                    .all(|((key, one), (name, other))| key == name && could_become(one, other))
        }
        _ => false,
    }
}

/// Whether it is the type of a set of single values.
fn singles(ty: Type) -> bool {
    ty.is_set() && ty.element().is_some_and(Type::is_primitive)
}

fn chosen(patterns: &[Pattern], place: &[Arc<str>]) -> bool {
    patterns.iter().any(|pattern| matches!(pattern.along(place), Some(Along::There | Along::Above)))
}

fn covers(choice: &Choice, place: &[Arc<str>]) -> bool {
    (choice.all || chosen(&choice.these, place)) && !chosen(&choice.but, place)
}

/// Whether a value names an attribute of the object for which this holds.
fn names(made: &Made, holds: &dyn Fn(&str) -> bool) -> bool {
    match made {
        Made::Text(template) => template.attrs().any(|pattern| holds(pattern.root())),
        Made::List(items) => items.iter().any(|made| names(made, holds)),
        Made::Table(entries) => entries.iter().any(|(_, made)| names(made, holds)),
        Made::Bool(_) | Made::Int(_) | Made::Float(_) => false,
    }
}

/// The object with the maps that are made of others.
fn merged(asked: &Asked<'_>, object: Value) -> Value {
    let Some(overlay) = asked.overlay else { return object };
    let mut object = object;
    for one in &overlay.merged {
        let Some(attr) = asked.block.attr(&one.into).filter(|attr| attr.computed) else { continue };
        if asked.config.attr(&one.into).is_some_and(|given| !given.is_null()) {
            continue;
        }
        let value = merge(one, attr.ty, &object, asked.provider);
        object = with(&object, &one.into, value);
    }
    object
}

fn merge(merged: &Merged, ty: Type, object: &Value, provider: &Value) -> Value {
    let element = ty.element().unwrap_or(Type::STRING);
    let mut entries: Vec<(Arc<str>, Value)> = Vec::new();
    for part in &merged.of {
        let (from, pattern) = match part {
            MergedPart::Attr(pattern) => (object, pattern),
            MergedPart::Provider(pattern) => (provider, pattern),
        };
        for value in crate::make::at(from, pattern) {
            match value.view() {
                View::Unknown(_) => return Value::unknown(ty),
                View::Map(items) => entries.extend(items.iter().cloned()),
                _ => {}
            }
        }
    }
    Value::map(element, entries)
}

/// The object with another value of an attribute.
pub(super) fn with(object: &Value, name: &str, value: Value) -> Value {
    let Some((ty, values)) = object.as_object() else { return object.clone() };
    let Some(slot) = ty.slot(name) else { return object.clone() };
    let mut values = values.to_vec();
    values[slot] = value;
    Value::object_of(object.ty(), values)
}
