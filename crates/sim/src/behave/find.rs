//! Which object of the world is meant: by its name in the private data, else by what the object says of itself.
//!
//! Invariant: where the private data name an object, no other is taken.

use std::sync::Arc;

use schema::ResourceSchema;
use schema::protocol::{ImportTarget, Private};
use serde::{Deserialize, Serialize};
use value::{Type, Value};

use super::Simulated;
use super::context::Names;
use crate::make::{Eval, made};
use crate::overlay::{Entry, Finds, Pattern};
use crate::world::Object;

/// What the provider keeps with an object.
#[derive(Serialize, Deserialize)]
struct Kept {
    rehearsed: String,
}

/// The private data of an object.
pub(super) fn private(name: &str) -> Private {
    let kept = Kept { rehearsed: name.to_owned() };
    serde_json::to_vec(&kept).expect("BUG: a text is JSON").into()
}

fn kept(private: &Private) -> Option<String> {
    serde_json::from_slice::<Kept>(private).ok().map(|kept| kept.rehearsed)
}

/// The texts at a pattern, of single values and of collections.
pub(super) fn texts(value: &Value, pattern: &Pattern) -> Vec<String> {
    let mut all = Vec::new();
    for one in crate::make::at(value, pattern) {
        match one.as_slice() {
            Some(items) => all.extend(items.iter().filter_map(plain)),
            None => all.extend(plain(one)),
        }
    }
    all
}

fn plain(value: &Value) -> Option<String> {
    if value.is_null() || !value.is_known() {
        return None;
    }
    value::convert::convert(value, Type::STRING).ok()?.as_str().map(str::to_owned)
}

type Found = (Arc<str>, Arc<Object>);

impl Simulated {
    /// The object of a state.
    pub(super) fn object(
        &self,
        type_name: &str,
        state: &Value,
        private: &Private,
    ) -> Option<Found> {
        if let Some(name) = kept(private) {
            let object = self.inner.world.object(&name)?;
            return Some((name.into(), object));
        }
        let id = state.attr("id").and_then(Value::as_str)?;
        let alike =
            |(_, object): &Found| object.value.attr("id").and_then(Value::as_str) == Some(id);
        let all: Vec<Found> =
            self.inner.world.of_type(type_name).into_iter().filter(alike).collect();
        let address = self.address_text(type_name);
        let ours = |(_, object): &&Found| object.stack == self.stack && *object.address == *address;
        all.iter().find(ours).or(all.first()).cloned()
    }

    /// The object that an import means.
    pub(super) fn imported(
        &self,
        type_name: &Arc<str>,
        schema: &ResourceSchema,
        target: &ImportTarget,
        entry: Option<&Entry>,
    ) -> Option<Found> {
        let id = [Pattern::parse("id").expect("BUG: a path")];
        let by = entry.and_then(|entry| entry.import.as_deref()).unwrap_or(&id);
        let meant = |(_, object): &Found| match target {
            ImportTarget::Id(id) => by
                .iter()
                .any(|pattern| texts(&object.value, pattern).iter().any(|text| **text == **id)),
            ImportTarget::Identity(wanted) => {
                let state = object.as_type(schema.block.ty());
                let identity = self.identity(schema, &state, entry, type_name);
                identity.is_some_and(|identity| agrees(wanted, &identity))
            }
        };
        let all: Vec<Found> =
            self.inner.world.of_type(type_name).into_iter().filter(meant).collect();
        let names = Names { resource: "", address: "", type_name };
        let (scope, _) = self.places(entry, &Value::DYNAMIC, &names);
        all.iter().find(|(_, object)| object.scope == scope).or(all.first()).cloned()
    }

    /// What a data source's configuration finds.
    pub(super) fn found(&self, finds: &Finds, config: &Value) -> Vec<Value> {
        let asked: Vec<(Vec<String>, &Pattern)> = finds
            .by
            .iter()
            .map(|(asked, of)| (texts(config, asked), of))
            .filter(|(asked, _)| !asked.is_empty())
            .collect();
        let agrees = |object: &Object| {
            asked.iter().all(|(asked, of)| {
                let have = texts(&object.value, of);
                asked.iter().all(|one| have.contains(one))
            })
        };
        let all = self.inner.world.of_type(&finds.type_name).into_iter();
        let mut found: Vec<Arc<Object>> =
            all.map(|(_, object)| object).filter(|object| agrees(object)).collect();
        found.sort_by(|a, b| {
            (&a.stack, &a.address, a.generation).cmp(&(&b.stack, &b.address, b.generation))
        });
        found.iter().map(|object| object.value.clone()).collect()
    }

    /// The identity of an object, where its type has one.
    pub(super) fn identity(
        &self,
        schema: &ResourceSchema,
        state: &Value,
        entry: Option<&Entry>,
        type_name: &Arc<str>,
    ) -> Option<Value> {
        let identity = schema.identity.as_ref()?;
        if state.is_null() {
            return None;
        }
        let address = self.address_text(type_name);
        let names = Names { resource: self.resource_name(), address: &address, type_name };
        let key = self.inner.key(&["identity"]);
        let mut values = Vec::new();
        self.see(&key, &names, 1, &[], &[], state, &mut |scene| {
            values = identity
                .attrs
                .attrs()
                .iter()
                .map(|attr| {
                    let said = entry.and_then(|entry| entry.identity.as_ref());
                    let said = said.and_then(|all| all.iter().find(|(name, _)| *name == attr.name));
                    let value = match said {
                        Some((_, said)) => made(said, attr.ty, &attr.name, scene),
                        None => of_object_or_name(&attr.name, state, scene),
                    };
                    match value {
                        Eval::Value(value) => value::convert::convert(&value, attr.ty)
                            .unwrap_or_else(|_| Value::null(attr.ty)),
                        _ => Value::null(attr.ty),
                    }
                })
                .collect();
        });
        Some(Value::object_of(identity.ty(), values))
    }
}

fn of_object_or_name(name: &Arc<str>, state: &Value, scene: &crate::make::Scene<'_>) -> Eval {
    if let Some(value) = state.attr(name).filter(|value| !value.is_null()) {
        return Eval::Value(value.clone());
    }
    match scene.names.get(name) {
        Some(template) => crate::make::text(template, name, scene, None),
        None => Eval::Absent,
    }
}

/// Whether an identity is the wanted one, as far as that says.
fn agrees(wanted: &Value, identity: &Value) -> bool {
    let (Some((ty, values)), Some(_)) = (wanted.as_object(), identity.as_object()) else {
        return false;
    };
    ty.names().iter().zip(values).all(|(name, value)| {
        value.is_null() || identity.attr(name).is_some_and(|have| have.same(value))
    })
}
