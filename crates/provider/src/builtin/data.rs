//! `terraform_data`: keeps a value, gives it out again, and is replaced when told.
//!
//! Behaviour of OpenTofu's `builtin/providers/tf/resource_data.go`. Invariant: after an apply `output` is `input`.

use std::sync::{Arc, LazyLock};

use schema::protocol::{Call, ImportTarget, Imported, Private, RawState, Reply, ReplyBody};
use schema::{Attr, Block, ResourceSchema};
use value::{Path, Refinement, Type, Value, View, json};

use super::{error, failed};

pub(super) const TYPE_NAME: &str = "terraform_data";

/// The slots of the object, in their order.
const ID: usize = 0;
const INPUT: usize = 1;
const OUTPUT: usize = 2;
const TRIGGERS: usize = 3;

static BLOCK: LazyLock<Arc<Block>> = LazyLock::new(|| {
    Arc::new(Block::of_attrs(vec![
        Attr::new("id", Type::STRING).computed(),
        Attr::new("input", Type::DYNAMIC).optional(),
        Attr::new("output", Type::DYNAMIC).computed(),
        Attr::new("triggers_replace", Type::DYNAMIC).optional(),
    ]))
});

pub(super) fn schema() -> ResourceSchema {
    ResourceSchema { version: 0, block: BLOCK.clone(), identity: None }
}

pub(super) fn answer(call: &Call, new_id: &dyn Fn() -> String) -> Reply {
    match call {
        Call::ValidateResource { config, .. } => validate(config),
        Call::UpgradeState { raw, .. } => match raw {
            RawState::Json(json) => match json::decode(json, BLOCK.ty()) {
                Ok(state) => ReplyBody::Upgraded { state }.into(),
                Err(error) => failed(call, format!("The stored object cannot be read: {error}.")),
            },
            RawState::Flatmap(_) => {
                failed(call, "The stored object is of a form that never was its.".to_owned())
            }
        },
        Call::Read { current, private, identity, .. } => ReplyBody::Read {
            state: current.clone(),
            private: private.clone(),
            identity: identity.clone(),
            deferred: None,
        }
        .into(),
        Call::Plan { prior, proposed, prior_private, .. } => plan(prior, proposed, prior_private),
        Call::Apply { planned, planned_private, .. } => {
            let state = apply(planned, new_id);
            let private = planned_private.clone();
            ReplyBody::Applied { state, private, legacy_type_system: false, identity: None }.into()
        }
        Call::Import { target, .. } => import(call, target),
        Call::MoveState { source_type, source_raw, source_private, .. } => {
            moved(call, source_type, source_raw, source_private)
        }
        _ => failed(call, format!("terraform_data does not answer {}.", call.kind().name())),
    }
}

fn slots(object: &Value) -> Option<&[Value]> {
    match object.view() {
        View::Object(_, values) => Some(values),
        _ => None,
    }
}

fn object(values: [Value; 4]) -> Value {
    Value::object_of(BLOCK.ty(), values.to_vec())
}

fn validate(config: &Value) -> Reply {
    let set = |slot: usize| slots(config).is_some_and(|values| !values[slot].is_null());
    let diagnostics = [(ID, "id"), (OUTPUT, "output")]
        .into_iter()
        .filter(|(slot, _)| set(*slot))
        .map(|(_, name)| error(format!("{name:?} is set by the provider"), Path::new().attr(name)))
        .collect();
    Reply { diagnostics, body: ReplyBody::Validated }
}

fn plan(prior: &Value, proposed: &Value, private: &Private) -> Reply {
    let (planned, requires_replace) = match slots(proposed) {
        None => (proposed.clone(), Vec::new()),
        Some(values) => planned(slots(prior), values),
    };
    ReplyBody::Planned {
        planned,
        private: private.clone(),
        requires_replace,
        legacy_type_system: false,
        identity: None,
        deferred: None,
    }
    .into()
}

fn planned(prior: Option<&[Value]>, proposed: &[Value]) -> (Value, Vec<Path>) {
    let (input, triggers) = (&proposed[INPUT], &proposed[TRIGGERS]);
    let unknown_input = || Value::unknown(input.ty());
    let anew = || {
        let id = Value::unknown_with(Type::STRING, Refinement::default().not_null());
        let output = if input.is_null() { input.clone() } else { unknown_input() };
        object([id, input.clone(), output, triggers.clone()])
    };
    match prior {
        None => (anew(), Vec::new()),
        Some(prior) if !prior[TRIGGERS].same(triggers) => {
            (anew(), vec![Path::new().attr("triggers_replace")])
        }
        Some(prior) => {
            let changed = !prior[INPUT].same(input);
            let output = if changed { unknown_input() } else { proposed[OUTPUT].clone() };
            (object([proposed[ID].clone(), input.clone(), output, triggers.clone()]), Vec::new())
        }
    }
}

fn apply(planned: &Value, new_id: &dyn Fn() -> String) -> Value {
    let Some(values) = slots(planned) else { return planned.clone() };
    let input = values[INPUT].clone();
    let known = |slot: usize| values[slot].is_known().then(|| values[slot].clone());
    let id = known(ID).unwrap_or_else(|| Value::string(new_id()));
    let output = known(OUTPUT).unwrap_or_else(|| input.clone());
    object([id, input, output, values[TRIGGERS].clone()])
}

fn import(call: &Call, target: &ImportTarget) -> Reply {
    let ImportTarget::Id(id) = target else {
        return failed(
            call,
            "terraform_data has no identity; it is imported by its id.".to_owned(),
        );
    };
    let nothing = Value::null(Type::DYNAMIC);
    let state = object([Value::string(id.clone()), nothing.clone(), nothing.clone(), nothing]);
    let imported =
        Imported { type_name: TYPE_NAME.into(), state, private: Arc::new([]), identity: None };
    ReplyBody::Imported { objects: vec![imported], deferred: None }.into()
}

/// From `null_resource`, whose triggers become an object.
fn moved(call: &Call, source_type: &str, raw: &RawState, private: &Private) -> Reply {
    let ty = Type::object([
        (Arc::from("id"), Type::STRING),
        (Arc::from("triggers"), Type::map(Type::STRING)),
    ]);
    let RawState::Json(json) = raw else {
        return failed(call, "The stored object is of a form that cannot be moved.".to_owned());
    };
    if source_type != "null_resource" {
        let message =
            format!("A {source_type} cannot become a terraform_data; only a null_resource can.");
        return failed(call, message);
    }
    let stored = match json::decode(json, ty) {
        Ok(stored) => stored,
        Err(error) => return failed(call, format!("The stored object cannot be read: {error}.")),
    };
    let nothing = Value::null(Type::DYNAMIC);
    let (id, triggers) = match slots(&stored) {
        Some([id, triggers]) => (id.clone(), triggers),
        _ => return failed(call, "There is no stored object.".to_owned()),
    };
    let triggers = match triggers.view() {
        View::Map(entries) => Value::object(entries.iter().cloned()),
        _ => nothing.clone(),
    };
    let state = object([id, nothing.clone(), nothing, triggers]);
    ReplyBody::Moved { state, private: private.clone(), identity: None }.into()
}

#[cfg(test)]
mod tests {
    use schema::protocol::Deferral;

    use super::*;

    fn config(input: Value, triggers: Value) -> Value {
        let nothing = Value::null(Type::DYNAMIC);
        object([Value::null(Type::STRING), input, nothing, triggers])
    }

    fn nothing() -> Value {
        Value::null(Type::DYNAMIC)
    }

    /// Plans and applies; gives what is planned, what forces replacement, and the result.
    fn run(prior: &Value, config: &Value) -> (Value, Vec<Path>, Value) {
        let plan = Call::Plan {
            type_name: TYPE_NAME.into(),
            prior: prior.clone(),
            proposed: BLOCK.proposed_new(prior, config),
            config: config.clone(),
            prior_private: Arc::new([]),
            prior_identity: None,
            deferral: Deferral::Refused,
        };
        let ReplyBody::Planned { planned, requires_replace, .. } =
            answer(&plan, &|| "new".into()).body
        else {
            panic!("a plan is answered by a plan")
        };
        let state = apply(&planned, &|| "new".into());
        (planned, requires_replace, state)
    }

    #[test]
    fn a_value_is_kept_and_given_out() {
        let (planned, replace, state) =
            run(&Value::null(BLOCK.ty()), &config(Value::int(1), nothing()));
        assert!(replace.is_empty());
        assert!(!planned.attr("id").unwrap().is_known());
        assert_eq!(planned.attr("output").unwrap().ty(), Type::NUMBER);
        assert!(state.same(&object([
            Value::string("new"),
            Value::int(1),
            Value::int(1),
            nothing()
        ])));

        let (planned, _, same) = run(&state, &config(Value::int(1), nothing()));
        assert!(planned.same(&state) && same.same(&state));

        let (planned, replace, state) = run(&state, &config(Value::string("x"), nothing()));
        assert!(replace.is_empty());
        assert!(planned.attr("id").unwrap().is_known());
        assert_eq!(state.attr("output").unwrap().as_str(), Some("x"));
    }

    #[test]
    fn triggers_replace() {
        let (_, _, state) = run(&Value::null(BLOCK.ty()), &config(nothing(), Value::int(1)));
        let (planned, replace, _) = run(&state, &config(nothing(), Value::string("1")));
        assert_eq!(replace, [Path::new().attr("triggers_replace")]);
        assert!(!planned.attr("id").unwrap().is_known());
        assert!(planned.attr("output").unwrap().is_null());
    }

    #[test]
    fn what_the_provider_sets_cannot_be_configured() {
        let given = object([Value::string("a"), nothing(), Value::int(1), nothing()]);
        let reply = validate(&given);
        let places: Vec<String> =
            reply.diagnostics.iter().map(|one| one.attribute.to_string()).collect();
        assert_eq!(places, [".id", ".output"]);
    }

    #[test]
    fn null_resources_become_data() {
        let call = Call::MoveState {
            source_provider: "registry.opentofu.org/hashicorp/null".into(),
            source_type: "null_resource".into(),
            source_version: 0,
            source_raw: RawState::Json(Arc::from(&br#"{"id":"7","triggers":{"a":"b"}}"#[..])),
            source_private: Arc::new([]),
            source_identity: None,
            target_type: TYPE_NAME.into(),
        };
        let ReplyBody::Moved { state, .. } = answer(&call, &|| "new".into()).body else {
            panic!("a move")
        };
        assert_eq!(state.attr("id").unwrap().as_str(), Some("7"));
        assert_eq!(state.attr("triggers_replace").unwrap().attr("a").unwrap().as_str(), Some("b"));
    }

    #[test]
    fn stored_objects_are_read() {
        let json = br#"{"id":"a","input":{"value":"x","type":"string"},"output":{"value":"x","type":"string"},"triggers_replace":null}"#;
        let call = Call::UpgradeState {
            type_name: TYPE_NAME.into(),
            version: 0,
            raw: RawState::Json(Arc::from(&json[..])),
        };
        let reply = answer(&call, &|| "new".into());
        let ReplyBody::Upgraded { state } = reply.body else { panic!("an upgrade") };
        assert_eq!(state.attr("output").unwrap().as_str(), Some("x"));
    }
}
