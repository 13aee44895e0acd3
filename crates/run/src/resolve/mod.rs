//! Objects in doubt, told by a person: that one exists, under an id, or that there is none.
//!
//! An object that is said to exist is looked at as any other: by a refresh of it alone, whose reading begins with an
//! import. So its provider is configured as in every plan, and its answers are judged as always. Where the provider
//! cannot import the type, what is read is what was planned, unknowns null, under the id (ENGINE §10).
//!
//! Invariant: nothing is taken for an object but what the provider read; the journal alone takes an op out of doubt.

mod looking;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use addr::Target;
use diag::{Diagnostic, Diags};
use engine::GivenVariable;
use plan::{Mode, Options, Refresh};
use schema::ResourceSchema;
use state::journal::{Entry, InDoubt, OpRef, Outcome, RunId};
use state::{Attributes, Digest, Object, ObjectAddr, Row};
use store::{Loaded, Opening, Store};
use value::{Type, Value};

use self::looking::{Import, Looking};
use crate::lease::Held;
use crate::stack::{self, Planning, Shared, Stack};

/// An object that was looked at.
pub struct Looked {
    /// What is there, as the state keeps it.
    pub row: Row,
    /// Warnings.
    pub diags: Diags,
}

/// The state as if the op in doubt had done what it was to do; of an update or a delete, as if it had done nothing.
/// What it holds is looked at next, so its type belongs to the schemas that the stack needs.
pub fn supposing(loaded: &Loaded, doubt: &InDoubt) -> Loaded {
    let begin = &doubt.begin;
    let mut supposed = loaded.clone();
    if let Some(object) = begin.prior.as_ref().or(begin.planned.as_ref()) {
        let row = Row { provider: begin.provider.clone(), object: object.clone() };
        supposed.state.put(begin.at.clone(), row);
    }
    supposed
}

/// Looks at the object of an op in doubt, which exists under this id.
///
/// # Errors
/// Where the provider does not find it, or cannot be asked.
pub async fn look(
    stack: &Stack,
    shared: &Shared,
    loaded: &Loaded,
    doubt: &InDoubt,
    id: &str,
    variables: Vec<GivenVariable>,
) -> Result<Looked, Diags> {
    let at = &doubt.begin.at;
    let mut supposed = supposing(loaded, doubt);
    let row = under_id(stack, doubt, id).map_err(one)?;
    supposed.state.put(at.clone(), row);
    let time_s = (shared.now)();
    let options = Options {
        mode: Mode::RefreshOnly,
        refresh: Refresh::Yes,
        targets: vec![Target::Instance(at.instance.clone())],
        ..Options::default()
    };
    let world = Arc::new(stack::world(stack, shared, time_s, Arc::new(AtomicBool::new(false))));
    let looking = Looking::new(world.clone(), at.clone(), id.into());
    let planning = Planning::alone(variables, options, time_s);
    let outcome = stack::planned(stack, shared, &supposed, planning, &looking).await;
    world.close().await;
    let outcome = outcome.map_err(one)?;
    let mut diags = without_partial(outcome.diags);
    if looking.found() {
        diags = of_object(diags, at);
    }
    if diags.has_errors() {
        if looking.was_configured_unknown() {
            diags.push(unknown_configuration(at));
        }
        return Err(diags);
    }
    match (outcome.plan.prior.row(at), looking.import()) {
        (Some(row), Import::Done | Import::Unsupported) => Ok(Looked { row, diags }),
        (_, import) => Err(one(not_found(at, id, import))),
    }
}

/// Journals what came of ops in doubt.
///
/// # Errors
/// Where the store cannot be written; a journal that could not be closed is folded by the next command.
pub async fn settle(
    store: &Arc<dyn Store>,
    held: &Held,
    label: &str,
    run: RunId,
    outcomes: Vec<(OpRef, Outcome)>,
) -> Result<Loaded, Diagnostic> {
    // No plan is carried out: its digest stays that of nothing.
    let opening = Opening { run, plan: Digest::default(), lineage: None };
    let done = stack::blocking(store, held, move |store, lease| {
        let journal = store.open_journal(lease, &opening)?;
        let entries = outcomes
            .into_iter()
            .map(|(op, outcome)| Entry::Resolved { op, outcome: Box::new(outcome) });
        journal.append(entries.collect())?;
        store.close_journal(lease, journal)
    });
    done.await.map_err(|error| crate::failure::write(label, &error))
}

fn one(diagnostic: Diagnostic) -> Diags {
    let mut diags = Diags::new();
    diags.push(diagnostic);
    diags
}

/// A refresh of one object is partial by intent.
fn without_partial(diags: Diags) -> Diags {
    let mut kept = Diags::new();
    diags.into_iter().filter(|one| one.code.0 != "plan-partial").for_each(|one| kept.push(one));
    kept
}

/// Without errors of the rest of the configuration, which may speak of what the run that ended did not come to make: an
/// output that names an instance, say.
fn of_object(diags: Diags, at: &ObjectAddr) -> Diags {
    let mut kept = Diags::new();
    let address = at.to_string();
    let own = |one: &Diagnostic| one.address.as_deref().is_some_and(|of| of == address);
    diags.into_iter().filter(|one| !one.is_error() || own(one)).for_each(|one| kept.push(one));
    kept
}

/// The object as it was last known or planned, under the id: what is read where the type cannot be imported.
fn under_id(stack: &Stack, doubt: &InDoubt, id: &str) -> Result<Row, Diagnostic> {
    let begin = &doubt.begin;
    let resource = &begin.at.instance.resource;
    let schema = stack.schemas.of(&begin.provider.config.provider, resource);
    let schema = schema.ok_or_else(|| no_schema(&begin.at))?;
    let object = match begin.prior.as_ref().or(begin.planned.as_ref()) {
        Some(object) => with_id(object, schema, id).unwrap_or_else(|| (**object).clone()),
        None => empty(schema, id),
    };
    Ok(Row { provider: begin.provider.clone(), object: Arc::new(object) })
}

/// The object with its `id`, where its type has one that is a string.
fn with_id(object: &Object, schema: &ResourceSchema, id: &str) -> Option<Object> {
    let ty = schema.block.ty();
    let value = value::json::decode(object.attributes.as_json()?, ty).ok()?;
    Some(Object { attributes: encode(&value, ty, id)?, ..object.clone() })
}

fn empty(schema: &ResourceSchema, id: &str) -> Object {
    let mut object = Object::new(&b"{}"[..], schema.version);
    if let Some(attributes) = encode(&schema.block.empty(), schema.block.ty(), id) {
        object.attributes = attributes;
    }
    object
}

fn encode(value: &Value, ty: Type, id: &str) -> Option<Attributes> {
    let (_, values) = value.as_object()?;
    let mut values = values.to_vec();
    if let Some((slot, of)) = ty.attr("id")
        && of == Type::STRING
    {
        values[slot] = Value::string(id);
    }
    let text = value::json::encode(&Value::object_of(ty, values), ty).ok()?;
    Some(Attributes::json(text.into_bytes()))
}

fn no_schema(at: &ObjectAddr) -> Diagnostic {
    Diagnostic::error("resource-type-unknown", format!("{at} is of an unknown type"))
        .detail("No provider at hand has this resource type, so the object cannot be looked at.")
        .remedy("Install the provider's version that was to make it.")
        .about(at.to_string())
}

fn unknown_configuration(at: &ObjectAddr) -> Diagnostic {
    Diagnostic::error("resolve-provider-unknown", "The provider's configuration is not wholly known")
        .detail(format!("{at} is looked at through a provider that waits for something not applied yet."))
        .remedy("Apply first what the provider's configuration refers to; or delete the object where it is, then resolve with -absent.")
        .about(at.to_string())
}

fn not_found(at: &ObjectAddr, id: &str, import: Import) -> Diagnostic {
    let how = match import {
        Import::NotAsked => "It was not asked: nothing of this address could be read",
        Import::Done => "It was imported, and reading it found nothing",
        Import::Unsupported => {
            "The type cannot be imported, and reading what was planned under this id found nothing"
        }
    };
    Diagnostic::error(
        "resolve-not-found",
        format!("The provider finds no object with the id `{id}`"),
    )
    .detail(format!("{how}. {at} stays in doubt."))
    .remedy("Check the id; where there is no such object: -absent.")
    .about(at.to_string())
}
