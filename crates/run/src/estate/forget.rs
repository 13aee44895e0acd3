//! Plans of forgetting: each object of a stack by its address, so that a reviewer sees what nobody looks after any more.
//!
//! A stack is forgotten where a `removed` block says so, or where its host is destroyed in the same run; never because its
//! provider cannot be reached.
//!
//! Invariant: no provider is asked; nothing is destroyed.

use std::sync::Arc;

use diag::Diagnostic;
use plan::{
    Action, Change, Completeness, CreateBeforeDestroy, Digests, Mode, Options, Plan, ProviderIndex,
    Provisional, Reason,
};
use state::Object;
use store::{Loaded, StackKey};
use value::Value;

use super::environment::{ForgottenStack, Run};
use crate::stack;

/// The stacks that `removed` blocks forget.
pub(super) fn removed(run: Run<'_>, time_s: i64) -> Result<Vec<ForgottenStack>, Diagnostic> {
    let policies = run.policies.digest_of_nobodys(&run.file.estate, run.graph.environment);
    let digests = Digests { policies, ..Digests::default() };
    let removed = run.standing.settled.removed.iter();
    removed
        .map(|address| {
            let loaded = run.store.peek(&StackKey::from(address));
            let loaded = loaded.map_err(|e| crate::failure::load(&address.to_string(), &e))?;
            let plan = Arc::new(plan(&loaded, digests.clone(), time_s));
            Ok(ForgottenStack { address: address.clone(), plan })
        })
        .collect()
}

/// The plan of forgetting everything that a state holds.
pub(super) fn plan(loaded: &Loaded, digests: Digests, time_s: i64) -> Plan {
    let mut providers = Vec::new();
    let mut changes = Vec::new();
    for (at, row) in loaded.state.rows() {
        if at.instance.resource.mode != addr::Mode::Managed {
            continue;
        }
        let known = providers.iter().position(|one| *one == row.provider);
        let provider = known.unwrap_or_else(|| {
            providers.push(row.provider.clone());
            providers.len() - 1
        });
        changes.push(Change {
            address: at.instance,
            previous_address: None,
            deposed: at.deposed,
            provider: ProviderIndex(u32::try_from(provider).expect("BUG: too many providers")),
            action: Action::Forget,
            reason: Reason::None,
            before: named(&row.object),
            after: Value::null(value::Type::DYNAMIC),
            configuration: Value::null(value::Type::DYNAMIC),
            replace_paths: Vec::new(),
            planned_private: Arc::from(&[][..]),
            prior_identity: None,
            planned_identity: None,
            deposes: None,
            create_before_destroy: CreateBeforeDestroy::No,
            provisional: Provisional::No,
            causes: Vec::new(),
        });
    }
    Plan {
        options: Options { mode: Mode::Destroy, ..Options::default() },
        completeness: Completeness::Whole,
        base: stack::base(loaded),
        digests,
        time_s,
        variables: Vec::new(),
        providers,
        changes,
        drift: Vec::new(),
        outputs: Vec::new(),
        checks: Vec::new(),
        deferred: Vec::new(),
        ops: Vec::new(),
        prior: Arc::new(loaded.state.clone()),
        relevant: Vec::new(),
        impure: Vec::new(),
    }
}

/// What an object is called by, without its schema: nothing else of it is told, since nobody says what of it is secret.
fn named(object: &Object) -> Value {
    let json = object.attributes.as_json().and_then(|text| value::json::decode_implied(text).ok());
    let id = json.as_ref().and_then(|value| value.as_object().and_then(|_| value.attr("id")));
    let id = id.filter(|id| id.as_str().is_some()).cloned();
    Value::object([(Arc::from("id"), id.unwrap_or_else(|| Value::null(value::Type::STRING)))])
}
