//! A fake provider: things with a name and a size, and a look at them.
//!
//! A thing's `id` is made by the cloud, its `size` cannot be changed, its `out` is computed from its name.

use std::collections::BTreeMap;
use std::sync::Arc;

use schema::protocol::{
    Answer, Call, CallFailure, Deferred, FailureKind, ProviderDiagnostic, ProviderSeverity,
    RawState, Reply, ReplyBody,
};
use schema::{Attr, Block, ProviderSchema, ResourceSchema};
use value::{Path, Type, Value};

/// What goes wrong with a thing, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misdeed {
    /// Making it fails, and nothing is left.
    MakesNothing,
    /// Making it fails, and it is there nevertheless.
    MakesHalf,
    /// The provider is gone while it makes it.
    ExitsWhileMaking,
    /// The call that makes it never comes to the provider.
    RefusesToMake,
    /// Its size is another one than planned.
    MakesAnother,
    /// Its size is planned to be another one than configured.
    PlansAnother,
    /// Whatever it is planned to be, the next plan says something else.
    PlansAnew,
    /// Its destruction fails.
    Stays,
    /// Reading it fails.
    CannotBeRead,
    /// The provider says that it cannot plan it yet.
    IsPutOff,
    /// The same, because of the provider's own configuration.
    IsPutOffUnconfigured,
}

/// What the provider does while its region is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Unconfigured {
    /// It plans all the same.
    #[default]
    Plans,
    /// It does not take such a configuration.
    RefusesIt,
    /// It takes it, and every plan fails.
    CannotPlan,
}

/// What exists.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cloud {
    /// Things by id.
    pub(crate) things: BTreeMap<String, Value>,
    /// Passwords that were written, by the thing's name.
    pub(crate) written: BTreeMap<String, String>,
    /// What was called, in short.
    pub(crate) calls: Vec<String>,
    /// What was made, changed, read and destroyed, by name.
    pub(crate) deeds: Vec<String>,
    /// What goes wrong.
    pub(crate) misdeeds: BTreeMap<&'static str, Misdeed>,
    /// What it does while its region is not known.
    pub(crate) unconfigured: Unconfigured,
    /// Whether its region is not known.
    region_is_open: bool,
    /// What the SDK of old times is allowed.
    pub(crate) legacy: bool,
    made: usize,
    planned: i64,
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
        Attr::new("stamp", Type::NUMBER).optional().computed(),
        Attr::new("password", Type::STRING).optional().write_only(),
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
    pub(crate) fn answer(&mut self, call: &Call) -> Answer {
        self.note(call);
        Ok(match call {
            Call::ValidateProvider { .. }
            | Call::ValidateResource { .. }
            | Call::ValidateData { .. } => ReplyBody::Validated.into(),
            Call::Configure { config, .. } => {
                self.region_is_open = !config.is_wholly_known();
                if self.region_is_open && self.unconfigured == Unconfigured::RefusesIt {
                    return Ok(erring(ReplyBody::Configured));
                }
                ReplyBody::Configured.into()
            }
            Call::UpgradeState { raw, .. } => {
                let RawState::Json(text) = raw else { panic!("no flat maps here") };
                let state = value::json::decode(text, thing().ty()).expect("a stored thing");
                ReplyBody::Upgraded { state }.into()
            }
            Call::Read { current, private, .. } => {
                self.deed("read", current);
                if self.misdeed(current) == Some(Misdeed::CannotBeRead) {
                    return Ok(erring(ReplyBody::Read {
                        state: current.clone(),
                        private: private.clone(),
                        identity: None,
                        deferred: None,
                    }));
                }
                let id = attr(current, "id").as_str().expect("an id").to_owned();
                let state = self.things.get(&id).cloned();
                let state = state.unwrap_or_else(|| Value::null(thing().ty()));
                ReplyBody::Read { state, private: private.clone(), identity: None, deferred: None }
                    .into()
            }
            Call::Plan { prior, proposed, config, .. } => {
                if self.region_is_open && self.unconfigured == Unconfigured::CannotPlan {
                    return Ok(erring(self.plan(prior, proposed, config).body));
                }
                self.plan(prior, proposed, config)
            }
            Call::Apply { prior, planned, config, .. } => {
                self.hear_password(config);
                return self.apply(prior, planned);
            }
            Call::ReadData { config, .. } => {
                let query = attr(config, "query").as_str().expect("a query").to_owned();
                let state = with(config, "result", Value::string(format!("found {query}")));
                ReplyBody::DataRead { state, deferred: None }.into()
            }
            other => panic!("no answer to {other:?}"),
        })
    }

    /// Somebody else makes a thing another size.
    pub(crate) fn resize(&mut self, id: &str, size: i64) {
        let thing = with(&self.things[id], "size", Value::int(size));
        self.things.insert(id.to_owned(), thing);
    }

    fn hear_password(&mut self, config: &Value) {
        let text = |name: &str| config.attr(name)?.as_str().map(str::to_owned);
        if let (Some(name), Some(password)) = (text("name"), text("password")) {
            self.written.insert(name, password);
        }
    }

    fn misdeed(&self, thing: &Value) -> Option<Misdeed> {
        let name = thing.attr("name").and_then(|name| name.as_str().map(str::to_owned));
        self.misdeeds.get(name?.as_str()).copied()
    }

    fn note(&mut self, call: &Call) {
        let kind = call.kind().name();
        self.calls.push(kind.to_owned());
    }

    fn deed(&mut self, what: &str, thing: &Value) {
        let name = thing.attr("name").and_then(|name| name.as_str().map(str::to_owned));
        self.deeds.push(format!("{what} {}", name.as_deref().unwrap_or("nameless")));
    }

    fn apply(&mut self, prior: &Value, planned: &Value) -> Answer {
        match (prior.is_null(), planned.is_null()) {
            (true, _) => self.deed("make", planned),
            (_, true) => self.deed("destroy", prior),
            _ => self.deed("change", planned),
        }
        if planned.is_null() {
            if self.misdeed(prior) == Some(Misdeed::Stays) {
                return Ok(erring(applied(prior.clone(), false)));
            }
            let id = attr(prior, "id").as_str().expect("an id").to_owned();
            self.things.remove(&id);
            return Ok(applied(Value::null(thing().ty()), false).into());
        }
        let misdeed = self.misdeed(planned);
        match misdeed {
            Some(Misdeed::MakesNothing) => return Ok(erring(applied(prior.clone(), false))),
            Some(Misdeed::ExitsWhileMaking) => return Err(failure(FailureKind::Exited)),
            Some(Misdeed::RefusesToMake) => return Err(failure(FailureKind::Refused)),
            _ => {}
        }
        let mut object = self.make(planned);
        if misdeed == Some(Misdeed::MakesAnother) {
            object = with(&object, "size", Value::int(77));
        }
        Ok(match misdeed {
            Some(Misdeed::MakesHalf) => erring(applied(object, false)),
            _ => applied(object, self.legacy).into(),
        })
    }

    fn make(&mut self, planned: &Value) -> Value {
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
        object
    }

    fn plan(&mut self, prior: &Value, proposed: &Value, config: &Value) -> Reply {
        self.planned += 1;
        let mut planned = with(proposed, "password", Value::null(Type::STRING));
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
        match self.misdeed(&planned) {
            Some(Misdeed::PlansAnother) => planned = with(&planned, "size", Value::int(77)),
            Some(Misdeed::PlansAnew) => {
                planned = with(&planned, "stamp", Value::int(self.planned));
            }
            _ => {}
        }
        let deferred = match self.misdeed(&planned) {
            Some(Misdeed::IsPutOff) => Some(Deferred::AbsentPrerequisite),
            Some(Misdeed::IsPutOffUnconfigured) => Some(Deferred::ProviderConfigUnknown),
            _ => None,
        };
        ReplyBody::Planned {
            planned,
            private: Arc::new([]),
            requires_replace,
            legacy_type_system: self.legacy,
            identity: None,
            deferred,
        }
        .into()
    }
}

fn applied(state: Value, legacy: bool) -> ReplyBody {
    ReplyBody::Applied { state, private: Arc::new([]), legacy_type_system: legacy, identity: None }
}

fn erring(body: ReplyBody) -> Reply {
    let mut reply = Reply::from(body);
    reply.diagnostics.push(ProviderDiagnostic {
        severity: ProviderSeverity::Error,
        summary: "It fails".to_owned(),
        detail: "As it was told to.".to_owned(),
        attribute: Path::new(),
    });
    reply
}

fn failure(kind: FailureKind) -> CallFailure {
    CallFailure {
        kind,
        provider: "hashicorp/test".into(),
        call: "ApplyResourceChange",
        message: "it is gone".to_owned(),
        last_lines: Vec::new(),
    }
}
