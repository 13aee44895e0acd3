//! Changes of the root module's outputs.
//!
//! Behaviour of OpenTofu's `NodeApplyableOutput.setValue`. Invariant: in the order of names, one change for each output
//! that the configuration or the state has.

use std::collections::BTreeMap;
use std::sync::Arc;

use plan::{Action, OutputChange, Sensitive};
use state::{Output, State};
use value::{Type, Value};

/// An output of the configuration whose value is told.
pub(super) struct Told {
    pub(super) name: Arc<str>,
    /// With its marks.
    pub(super) value: Value,
    pub(super) sensitive: bool,
    pub(super) deprecated: Option<Arc<str>>,
}

/// The changes.
pub(super) fn changes(told: Vec<Told>, declared: &[Arc<str>], state: &State) -> Vec<OutputChange> {
    let mut changes: BTreeMap<Arc<str>, OutputChange> = BTreeMap::new();
    for one in told {
        let before = state.outputs.get(&one.name);
        changes.insert(one.name.clone(), change(one, before));
    }
    for (name, output) in &state.outputs {
        if !declared.contains(name) {
            changes.insert(name.clone(), removal(name.clone(), output));
        }
    }
    changes.into_values().collect()
}

/// The changes when everything is destroyed: every output goes.
pub(super) fn removals(state: &State) -> Vec<OutputChange> {
    state.outputs.iter().map(|(name, output)| removal(name.clone(), output)).collect()
}

fn change(told: Told, before: Option<&Output>) -> OutputChange {
    let was = before.map_or_else(|| Value::null(Type::DYNAMIC), value_of);
    let (bare, _) = told.value.clone().unmark_deep();
    let was_sensitive = before.is_some_and(|output| output.sensitive);
    let same_notice = before.map_or(&None, |output| &output.deprecated) == &told.deprecated;
    let action = if bare.is_null() && was.is_null() && same_notice {
        Action::NoOp
    } else if before.is_none() {
        Action::Create
    } else if bare.is_wholly_known()
        && bare.certainly_equals(&was)
        && told.sensitive == was_sensitive
        && same_notice
    {
        Action::NoOp
    } else {
        Action::Update
    };
    let sensitive = if told.sensitive || was_sensitive { Sensitive::Yes } else { Sensitive::No };
    OutputChange { name: told.name, action, before: was, after: told.value, sensitive }
}

fn removal(name: Arc<str>, output: &Output) -> OutputChange {
    let sensitive = if output.sensitive { Sensitive::Yes } else { Sensitive::No };
    OutputChange {
        name,
        action: Action::Delete,
        before: value_of(output),
        after: Value::null(Type::DYNAMIC),
        sensitive,
    }
}

fn value_of(output: &Output) -> Value {
    output.decode().unwrap_or_else(|_| Value::null(Type::DYNAMIC))
}

#[cfg(test)]
mod tests {
    use super::*;
    use state::Sensitivity;

    fn told(value: Value, sensitive: bool) -> Told {
        Told { name: "o".into(), value, sensitive, deprecated: None }
    }

    fn check(now: Told, before: Option<Output>, expect: Action) {
        assert_eq!(change(now, before.as_ref()).action, expect);
    }

    #[test]
    fn an_output_changes_with_its_value_or_its_sensitivity() {
        let one = || Output::new(&Value::int(1), Sensitivity::Open).expect("an output");
        check(told(Value::int(1), false), Some(one()), Action::NoOp);
        check(told(Value::int(2), false), Some(one()), Action::Update);
        check(told(Value::unknown(Type::NUMBER), false), Some(one()), Action::Update);
        check(told(Value::int(1), true), Some(one()), Action::Update);
        check(told(Value::int(1), false), None, Action::Create);
        check(told(Value::null(Type::NUMBER), false), None, Action::NoOp);
    }

    #[test]
    fn what_is_no_longer_declared_goes() {
        let mut state = State::new();
        state.outputs.insert(
            "old".into(),
            Output::new(&Value::int(1), Sensitivity::Sensitive).expect("an output"),
        );
        let changes = changes(vec![told(Value::int(1), false)], &["o".into()], &state);
        let actions: Vec<_> = changes.iter().map(|one| (&*one.name, one.action)).collect();
        assert_eq!(actions, [("o", Action::Create), ("old", Action::Delete)]);
        assert_eq!(changes[1].sensitive, Sensitive::Yes);
    }
}
