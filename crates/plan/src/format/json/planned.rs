//! `planned_values`: the world as the plan wants it, and `prior_state`: the world as it was read.
//!
//! Both are trees of modules. Invariant: within a module resources stand in the order of their address's text, as
//! OpenTofu sorts them in planned values; in the prior state in the order of addresses.

use std::collections::BTreeMap;

use addr::{ModuleInstance, ResourceInstance};
use schema::ResourceSchema;
use state::{Object as StateObject, State, Status};
use value::{Marks, Value};

use super::change::{index, named};
use super::values::{known, members, sensitive};
use super::write::{Object, Slot};
use crate::action::{Action, Reason};
use crate::change::{Change, Sensitive};
use crate::plan::Plan;
use crate::schemas::Schemas;

/// Things of each module instance, every ancestor present.
struct Tree<T> {
    modules: BTreeMap<ModuleInstance, Branch<T>>,
}

struct Branch<T> {
    things: Vec<T>,
    /// The module instances that it calls, in the order of their text.
    children: BTreeMap<String, ModuleInstance>,
}

impl<T> Tree<T> {
    fn new(items: impl Iterator<Item = (ModuleInstance, T)>) -> Tree<T> {
        let mut tree = Tree { modules: BTreeMap::new() };
        tree.grow(&ModuleInstance::root());
        for (module, item) in items {
            tree.grow(&module);
            tree.modules.get_mut(&module).expect("BUG: it was grown").things.push(item);
        }
        tree
    }

    /// Makes a module instance part of the tree, with what it stands in.
    fn grow(&mut self, module: &ModuleInstance) {
        let mut below = module.clone();
        let mut new = self.add(&below);
        while let Some(parent) = below.parent().filter(|_| new) {
            new = self.add(&parent);
            let branch = self.modules.get_mut(&parent).expect("BUG: it was added");
            branch.children.insert(below.to_string(), below);
            below = parent;
        }
    }

    /// Whether it was not there.
    fn add(&mut self, module: &ModuleInstance) -> bool {
        if self.modules.contains_key(module) {
            return false;
        }
        let branch = Branch { things: Vec::new(), children: BTreeMap::new() };
        self.modules.insert(module.clone(), branch).is_none()
    }

    /// The members of a module: its resources and the modules that it calls.
    fn module(&self, object: &mut Object<'_>, at: &ModuleInstance, one: &dyn Fn(Slot<'_>, &T)) {
        object.text_unless_empty("address", &at.to_string());
        let branch = &self.modules[at];
        if !branch.things.is_empty() {
            object.member("resources").array(|array| {
                branch.things.iter().for_each(|item| one(array.element(), item));
            });
        }
        if !branch.children.is_empty() {
            object.member("child_modules").array(|array| {
                for child in branch.children.values() {
                    array.element().object(|object| self.module(object, child, one));
                }
            });
        }
    }
}

/// `planned_values`.
pub(super) fn planned_values(slot: Slot<'_>, plan: &Plan, schemas: &Schemas) {
    slot.object(|object| {
        if !plan.outputs.iter().all(|output| output.action == Action::Delete) {
            object.member("outputs").object(|object| planned_outputs(object, plan));
        }
        let mut current: Vec<(String, &Change)> = plan
            .changes
            .iter()
            .filter(|change| change.deposed.is_none() && change.action != Action::Delete)
            .map(|change| (change.address.to_string(), change))
            .collect();
        current.sort_by(|a, b| a.0.cmp(&b.0));
        let tree = Tree::new(
            current
                .into_iter()
                .map(|(text, change)| (change.address.module.clone(), (text, change))),
        );
        object.member("root_module").object(|object| {
            tree.module(object, &ModuleInstance::root(), &|slot, (text, change)| {
                planned_resource(slot, text, plan, change, schemas);
            });
        });
    });
}

fn planned_outputs(object: &mut Object<'_>, plan: &Plan) {
    for output in plan.outputs.iter().filter(|output| output.action != Action::Delete) {
        object.member(&output.name).object(|object| {
            object.member("sensitive").bool(output.sensitive == Sensitive::Yes);
            if output.after.is_wholly_known() {
                // Of a null that stays null the type is the one that the state has: none.
                let ty = match output.action == Action::NoOp && output.after.is_null() {
                    true => output.before.ty(),
                    false => output.after.ty(),
                };
                object.member("type").raw(&value::json::type_to_json(ty));
                known(object.member("value"), &output.after);
            }
        });
    }
}

fn planned_resource(slot: Slot<'_>, text: &str, plan: &Plan, change: &Change, schemas: &Schemas) {
    let provider = &plan.provider(change.provider).config.provider;
    let schema = schemas.of(provider, &change.address.resource);
    slot.object(|object| {
        object.member("address").text(text);
        let resource = &change.address.resource;
        named(object, resource.mode, &resource.type_name, &resource.name);
        index(object, &change.address.key);
        object.member("provider_name").text(&provider.to_string());
        object.member("schema_version").number(schema.map_or(0, |schema| schema.version));
        values(object, &change.after);
        sensitive(object.member("sensitive_values"), &as_marked(change));
        if let Some(identity) = change.planned_identity.as_ref().filter(|one| !one.is_null()) {
            known(object.member("identity"), identity);
            let version = schema.and_then(|schema| schema.identity.as_ref());
            object.member("identity_schema_version").number(version.map_or(0, |one| one.version));
        }
    });
}

/// The planned object with the marks that OpenTofu tells here: of what is planned a second time, for a replacement, and
/// of reading only those of the configuration. A tainted object is planned once.
fn as_marked(change: &Change) -> Value {
    let of_configuration = change.action == Action::Read
        || (change.action.is_replace() || change.action == Action::ForgetThenCreate)
            && change.reason != Reason::ReplaceBecauseTainted;
    if !of_configuration {
        return change.after.clone();
    }
    let (_, marks) = change.configuration.clone().unmark_deep_with_paths();
    let (bare, _) = change.after.clone().unmark_deep();
    bare.mark_with_paths(marks.iter().map(|(path, marks)| (path, *marks)))
}

/// `values`: what is known of an object's attributes; nothing of an object that is null or has none.
fn values(object: &mut Object<'_>, value: &Value) {
    if members(value).any(|(_, item)| item.is_known()) {
        object.member("values").object(|object| {
            for (name, item) in members(value).filter(|(_, item)| item.is_known()) {
                known(object.member(name), item);
            }
        });
    }
}

/// Whether results of conditions are part of a state's document.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Results {
    Told,
    Left,
}

/// A state as a document of its own: `prior_state`, without results of conditions, and what `show -json` says of a state.
pub(super) fn state(
    slot: Slot<'_>,
    state: &State,
    schemas: &Schemas,
    version: &str,
    results: Results,
) {
    slot.object(|object| {
        object.member("format_version").text("1.0");
        if state.is_empty() {
            return;
        }
        object.text_unless_empty("terraform_version", version);
        object.member("values").object(|object| {
            if !state.outputs.is_empty() {
                object.member("outputs").object(|object| state_outputs(object, state));
            }
            let tree =
                Tree::new(state.rows().map(|(at, row)| (at.instance.module.clone(), (at, row))));
            object.member("root_module").object(|object| {
                tree.module(object, &ModuleInstance::root(), &|slot, (at, row)| {
                    let provider = &row.provider.config.provider;
                    let schema = schemas.of(provider, &at.instance.resource);
                    slot.object(|object| {
                        state_resource(object, &at.instance, &row.object, schema.map(|s| &**s));
                        object.member("provider_name").text(&provider.to_string());
                        if let Some(key) = &at.deposed {
                            object.member("deposed_key").text(key.as_str());
                        }
                    });
                });
            });
        });
        if results == Results::Told && !state.checks.is_empty() {
            super::check::checks(object.member("checks"), &state.checks);
        }
    });
}

fn state_outputs(object: &mut Object<'_>, state: &State) {
    for (name, output) in &state.outputs {
        object.member(name).object(|object| {
            object.member("sensitive").bool(output.sensitive);
            object.member("value").raw(&String::from_utf8_lossy(&output.value));
            object.member("type").raw(&String::from_utf8_lossy(&output.ty));
            if let Some(text) = &output.deprecated {
                object.member("deprecated").text(text);
            }
        });
    }
}

fn state_resource(
    object: &mut Object<'_>,
    instance: &ResourceInstance,
    row: &StateObject,
    schema: Option<&ResourceSchema>,
) {
    object.member("address").text(&instance.to_string());
    let resource = &instance.resource;
    named(object, resource.mode, &resource.type_name, &resource.name);
    index(object, &instance.key);
    object.member("schema_version").number(row.schema_version);
    if let Some(value) = schema.and_then(|schema| decode(row, schema)) {
        values(object, &value);
        sensitive(object.member("sensitive_values"), &value);
    }
    if !row.dependencies.is_empty() {
        object.member("depends_on").array(|array| {
            row.dependencies.iter().for_each(|one| array.element().text(&one.to_string()));
        });
    }
    if row.status == Status::Tainted {
        object.member("tainted").bool(true);
    }
    if let Some(identity) = &row.identity {
        object.member("identity").raw(&String::from_utf8_lossy(&identity.json));
        if let Some(version) = identity.schema_version {
            object.member("identity_schema_version").number(version);
        }
    }
}

/// The object's value with its marks; `None` where its text does not follow the schema (a version behind).
fn decode(row: &StateObject, schema: &ResourceSchema) -> Option<Value> {
    let value = value::json::decode(row.attributes.as_json()?, schema.block.ty()).ok()?;
    let value = schema.block.marked_sensitive(&value);
    Some(value.mark_with_paths(row.sensitive.iter().map(|path| (path, Marks::SENSITIVE))))
}
