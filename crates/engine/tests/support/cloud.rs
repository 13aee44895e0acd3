//! A fake provider: things with a name and a size, and a look at them.
//!
//! A thing's `id` is made by the cloud, its `size` cannot be changed, its `out` is computed from its name.

use std::collections::BTreeMap;
use std::sync::Arc;

use schema::protocol::{Call, ProviderDiagnostic, ProviderSeverity, RawState, Reply, ReplyBody};
use schema::{Attr, Block, ProviderSchema, ResourceSchema};
use value::{Path, Type, Value};

/// What exists.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cloud {
    /// Things by id.
    pub(crate) things: BTreeMap<String, Value>,
    /// What was called, in short.
    pub(crate) calls: Vec<String>,
    made: usize,
}

/// What the provider offers.
pub(crate) fn schema() -> ProviderSchema {
    let mut schema = ProviderSchema::empty();
    schema.provider = Arc::new(ResourceSchema::of(Block::of_attrs(vec![
        Attr::new("region", Type::STRING).optional(),
    ])));
    schema.resources.insert("test_thing".into(), Arc::new(ResourceSchema::of(thing())));
    schema.data.insert("test_look".into(), Arc::new(ResourceSchema::of(look())));
    schema
}

fn thing() -> Block {
    Block::of_attrs(vec![
        Attr::new("id", Type::STRING).computed(),
        Attr::new("name", Type::STRING).optional(),
        Attr::new("size", Type::NUMBER).optional(),
        Attr::new("secret", Type::STRING).optional().sensitive(),
        Attr::new("tags", Type::map(Type::STRING)).optional(),
        Attr::new("out", Type::STRING).optional().computed(),
        Attr::new("fails", Type::BOOL).optional(),
    ])
}

fn look() -> Block {
    Block::of_attrs(vec![
        Attr::new("query", Type::STRING).required(),
        Attr::new("result", Type::STRING).computed(),
    ])
}

fn with(object: &Value, name: &str, value: Value) -> Value {
    let (ty, values) = object.as_object().expect("an object");
    let at = ty.slot(name).expect("an attribute");
    let mut values = values.to_vec();
    values[at] = value;
    Value::object_of(object.ty(), values)
}

fn attr(object: &Value, name: &str) -> Value {
    object.attr(name).expect("an attribute").clone()
}

impl Cloud {
    /// The answer to a call.
    pub(crate) fn answer(&mut self, call: &Call) -> Reply {
        self.note(call);
        match call {
            Call::ValidateProvider { .. }
            | Call::ValidateResource { .. }
            | Call::ValidateData { .. } => ReplyBody::Validated.into(),
            Call::Configure { .. } => ReplyBody::Configured.into(),
            Call::UpgradeState { raw, .. } => {
                let RawState::Json(text) = raw else { panic!("no flat maps here") };
                let state = value::json::decode(text, thing().ty()).expect("a stored thing");
                ReplyBody::Upgraded { state }.into()
            }
            Call::Read { current, private, .. } => {
                let id = attr(current, "id").as_str().expect("an id").to_owned();
                let state = self.things.get(&id).cloned();
                let state = state.unwrap_or_else(|| Value::null(thing().ty()));
                ReplyBody::Read { state, private: private.clone(), identity: None, deferred: None }
                    .into()
            }
            Call::Plan { prior, proposed, config, .. } => plan(prior, proposed, config),
            Call::Apply { prior, planned, .. } => self.apply(prior, planned),
            Call::ReadData { config, .. } => {
                let query = attr(config, "query").as_str().expect("a query").to_owned();
                let state = with(config, "result", Value::string(format!("found {query}")));
                ReplyBody::DataRead { state, deferred: None }.into()
            }
            other => panic!("no answer to {other:?}"),
        }
    }

    fn note(&mut self, call: &Call) {
        let kind = call.kind().name();
        self.calls.push(kind.to_owned());
    }

    fn apply(&mut self, prior: &Value, planned: &Value) -> Reply {
        if planned.is_null() {
            let id = attr(prior, "id").as_str().expect("an id").to_owned();
            self.things.remove(&id);
            return applied(Value::null(thing().ty()));
        }
        let name = attr(planned, "name");
        let name = name.as_str().unwrap_or("nameless").to_owned();
        let mut object = planned.clone();
        if !attr(&object, "id").is_known() {
            self.made += 1;
            object = with(&object, "id", Value::string(format!("id-{}", self.made)));
        }
        if !attr(&object, "out").is_known() {
            object = with(&object, "out", Value::string(format!("out of {name}")));
        }
        let id = attr(&object, "id").as_str().expect("an id").to_owned();
        self.things.insert(id, object.clone());
        let mut reply = applied(object.clone());
        if attr(&object, "fails").as_bool() == Some(true) {
            reply.diagnostics.push(ProviderDiagnostic {
                severity: ProviderSeverity::Error,
                summary: "It fails".to_owned(),
                detail: "As it was told to.".to_owned(),
                attribute: Path::new(),
            });
        }
        reply
    }
}

fn applied(state: Value) -> Reply {
    ReplyBody::Applied { state, private: Arc::new([]), legacy_type_system: false, identity: None }
        .into()
}

fn plan(prior: &Value, proposed: &Value, config: &Value) -> Reply {
    let mut planned = proposed.clone();
    let mut requires_replace = Vec::new();
    let computes_out = attr(config, "out").is_null();
    if prior.is_null() {
        planned = with(&planned, "id", Value::unknown(Type::STRING));
        if computes_out {
            planned = with(&planned, "out", Value::unknown(Type::STRING));
        }
    } else {
        if attr(prior, "size") != attr(&planned, "size") {
            requires_replace.push(Path::new().attr("size"));
        }
        if computes_out && attr(prior, "name") != attr(&planned, "name") {
            planned = with(&planned, "out", Value::unknown(Type::STRING));
        }
    }
    ReplyBody::Planned {
        planned,
        private: Arc::new([]),
        requires_replace,
        legacy_type_system: false,
        identity: None,
        deferred: None,
    }
    .into()
}
