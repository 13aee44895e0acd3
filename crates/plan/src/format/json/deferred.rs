//! `deferred_changes` and `provisional_changes`: members of ours, beside those of OpenTofu's document.
//!
//! Invariant: what is deferred stands here and never in `resource_changes`; what is planned from the schema alone stands
//! there, and is named here.

use super::values::{known, sensitive, unknown};
use super::write::{Object, Slot};
use crate::change::Provisional;
use crate::deferred::{Deferred, DeferredReason};
use crate::plan::Plan;

/// What is left for later, in the order of addresses and patterns.
pub(super) fn changes(slot: Slot<'_>, plan: &Plan) {
    slot.array(|array| {
        for one in &plan.deferred {
            array.element().object(|object| change(object, plan, one));
        }
    });
}

fn change(object: &mut Object<'_>, plan: &Plan, one: &Deferred) {
    object.member("address").text(&one.what.to_string());
    object.member("reason").text(match one.reason {
        DeferredReason::KeysUnknown => "keys_unknown",
        DeferredReason::ProviderConfigUnknown => "provider_config_unknown",
        DeferredReason::Provider => "provider",
        DeferredReason::Upstream => "upstream",
        DeferredReason::InDoubt => "in_doubt",
    });
    object.member("waits_for").array(|array| {
        one.waits_for.iter().for_each(|text| array.element().text(text));
    });
    if let Some(max) = one.creates_max {
        object.member("creates_max").number(max);
    }
    let kept = plan.kept_by(one);
    if !kept.is_empty() {
        object.member("kept").array(|array| {
            kept.iter().for_each(|instance| array.element().text(&instance.to_string()));
        });
    }
    if !one.configuration.is_null() {
        known(object.member("configuration"), &one.configuration);
        unknown(object.member("configuration_unknown"), &one.configuration);
        sensitive(object.member("configuration_sensitive"), &one.configuration);
    }
}

/// The addresses of changes whose planned value does not bind.
pub(super) fn provisional(object: &mut Object<'_>, plan: &Plan) {
    let mut changes =
        plan.changes.iter().filter(|change| change.provisional == Provisional::Yes).peekable();
    if changes.peek().is_none() {
        return;
    }
    object.member("provisional_changes").array(|array| {
        changes.for_each(|change| array.element().text(&change.address.to_string()));
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use value::{Marks, Type, Value};

    use super::*;
    use crate::format::json::{Head, plan as document};
    use crate::{
        Action, Base, Change, Completeness, CreateBeforeDestroy, DeferredItem, Digests, Options,
        ProviderIndex, Reason, Schemas,
    };

    fn empty() -> Plan {
        Plan {
            options: Options::default(),
            completeness: Completeness::Partial,
            base: Base { lineage: "l".into(), serial: 1, digest: state::Digest::default() },
            digests: Digests::default(),
            time_s: 0,
            variables: Vec::new(),
            providers: vec![
                "provider[\"registry.opentofu.org/hashicorp/t\"]".parse().expect("one"),
            ],
            changes: Vec::new(),
            drift: Vec::new(),
            outputs: Vec::new(),
            checks: Vec::new(),
            deferred: Vec::new(),
            ops: Vec::new(),
            prior: Arc::new(state::State::new()),
            relevant: Vec::new(),
            impure: Vec::new(),
        }
    }

    fn check(plan: &Plan, expect: &str) {
        let head = Head { version: "1.12.6", configuration: None, relevant: &[] };
        let text = document(plan, &Schemas::new(), head);
        assert!(text.contains(expect), "{text}");
    }

    #[test]
    fn what_is_left_is_told_with_its_cause_and_bound_and_is_no_change() {
        let mut plan = empty();
        let configuration = Value::object([
            ("name".into(), Value::unknown(Type::STRING)),
            ("secret".into(), Value::string("s").with_marks(Marks::SENSITIVE)),
        ]);
        plan.deferred.push(Deferred {
            what: DeferredItem::Pattern("t.a[*]".into()),
            reason: DeferredReason::KeysUnknown,
            waits_for: vec!["var.keys".into()],
            configuration,
            creates_max: Some(3),
        });
        check(
            &plan,
            r#""deferred_changes":[{"address":"t.a[*]","reason":"keys_unknown","waits_for":["var.keys"],"creates_max":3,"configuration":{"secret":"s"},"configuration_unknown":{"name":true},"configuration_sensitive":{"secret":true}}]"#,
        );
        let text = document(
            &plan,
            &Schemas::new(),
            Head { version: "1.12.6", configuration: None, relevant: &[] },
        );
        assert!(!text.contains("resource_changes"), "{text}");
        assert!(plan.has_changes());
    }

    #[test]
    fn what_does_not_bind_is_named() {
        let mut plan = empty();
        let null = Value::null(Type::DYNAMIC);
        plan.changes.push(Change {
            address: "t.a".parse().expect("an address"),
            previous_address: None,
            deposed: None,
            provider: ProviderIndex(0),
            action: Action::Create,
            reason: Reason::None,
            before: null.clone(),
            after: Value::DYNAMIC,
            configuration: null,
            replace_paths: Vec::new(),
            planned_private: Arc::new([]),
            prior_identity: None,
            planned_identity: None,
            deposes: None,
            create_before_destroy: CreateBeforeDestroy::No,
            provisional: Provisional::Yes,
            causes: Vec::new(),
        });
        check(&plan, r#""provisional_changes":["t.a"]"#);
    }
}
