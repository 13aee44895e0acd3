//! What exists outside: things with a name, a size that cannot be changed, and a note that can.
//!
//! It survives every crash. Invariant: a thing's id is its name and how often a thing of that name was made, so that
//! states can be compared whatever the order of calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use schema::protocol::{
    Answer, Call, CallFailure, FailureKind, Private, RawState, Reply, ReplyBody,
};
use schema::{Attr, Block, ProviderSchema, ResourceSchema};
use value::{Path, Type, Value};

/// Everything that exists, and what was done to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Cloud {
    /// Things by id.
    pub(super) things: BTreeMap<String, Value>,
    /// Names of what was made, in order.
    pub(super) made: Vec<String>,
    /// Ids of what was destroyed, in order.
    pub(super) destroyed: Vec<String>,
}

/// What the provider of this cloud offers.
pub(super) fn schema() -> ProviderSchema {
    let mut schema = ProviderSchema::empty();
    schema.provider = Arc::new(ResourceSchema::of(Block::of_attrs(Vec::new())));
    schema.resources.insert("cloud_thing".into(), Arc::new(ResourceSchema::of(thing())));
    schema
}

fn thing() -> Block {
    Block::of_attrs(vec![
        Attr::new("id", Type::STRING).computed(),
        Attr::new("name", Type::STRING).required(),
        Attr::new("size", Type::NUMBER).optional(),
        Attr::new("note", Type::STRING).optional(),
    ])
}

fn none() -> Private {
    Arc::new([])
}

/// An attribute that is a text.
pub(super) fn text(thing: &Value, name: &str) -> String {
    let value = thing.attr(name).expect("an attribute of the schema");
    value.as_str().expect("a known text").to_owned()
}

fn with_id(thing: &Value, id: Value) -> Value {
    let (ty, values) = thing.as_object().expect("a thing");
    let mut values = values.to_vec();
    values[ty.slot("id").expect("an id")] = id;
    Value::object_of(thing.ty(), values)
}

/// The JSON of a thing, as a state keeps it.
pub(super) fn json(thing: &Value) -> String {
    value::json::encode(thing, super::cloud::thing().ty()).expect("a thing has JSON")
}

/// The answer to a call whose process is gone.
pub(super) fn failure(kind: FailureKind, call: &Call) -> Answer {
    Err(CallFailure {
        kind,
        provider: "hashicorp/cloud".into(),
        call: call.kind().name(),
        message: "it is gone".to_owned(),
        last_lines: Vec::new(),
    })
}

impl Cloud {
    /// Does what the call says, and answers it.
    pub(super) fn answer(&mut self, call: &Call) -> Answer {
        let body = match call {
            Call::ValidateProvider { .. } | Call::ValidateResource { .. } => ReplyBody::Validated,
            Call::Configure { .. } => ReplyBody::Configured,
            Call::UpgradeState { raw: RawState::Json(stored), .. } => {
                let state = value::json::decode(stored, thing().ty()).expect("a stored thing");
                ReplyBody::Upgraded { state }
            }
            Call::Read { current, private, .. } => {
                let found = self.things.get(&text(current, "id")).cloned();
                let state = found.unwrap_or_else(|| Value::null(thing().ty()));
                ReplyBody::Read { state, private: private.clone(), identity: None, deferred: None }
            }
            Call::Plan { prior, proposed, .. } => planned(prior, proposed),
            Call::Apply { prior, planned, .. } => ReplyBody::Applied {
                state: self.apply(prior, planned),
                private: none(),
                legacy_type_system: false,
                identity: None,
            },
            other => panic!("no answer to {other:?}"),
        };
        Ok(Reply::from(body))
    }

    fn apply(&mut self, prior: &Value, planned: &Value) -> Value {
        if planned.is_null() {
            let id = text(prior, "id");
            assert!(self.things.remove(&id).is_some(), "{id} is destroyed and does not exist");
            self.destroyed.push(id);
            return planned.clone();
        }
        let mut thing = planned.clone();
        if prior.is_null() {
            let name = text(planned, "name");
            self.made.push(name.clone());
            let times = self.made.iter().filter(|made| **made == name).count();
            thing = with_id(planned, Value::string(format!("{name}.{times}")));
        }
        let before = self.things.insert(text(&thing, "id"), thing.clone());
        assert_eq!(before.is_some(), !prior.is_null(), "{thing:?} is changed and does not exist");
        thing
    }
}

fn planned(prior: &Value, proposed: &Value) -> ReplyBody {
    let mut requires_replace = Vec::new();
    let planned = match prior.is_null() {
        true => with_id(proposed, Value::unknown(Type::STRING)),
        false => proposed.clone(),
    };
    if !prior.is_null() && prior.attr("size") != planned.attr("size") {
        requires_replace.push(Path::new().attr("size"));
    }
    ReplyBody::Planned {
        planned,
        private: none(),
        requires_replace,
        legacy_type_system: false,
        identity: None,
        deferred: None,
    }
}
