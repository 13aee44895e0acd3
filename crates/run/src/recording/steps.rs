//! The steps of one request: refused to strangers, looked at, tried with less than all, passed on, and recorded.
//!
//! Invariant: a request is tried again only where it was refused, so that it has its effect once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use access::derive::{Need, Place, Request, Seen, denial, session_policy, widen};
use provider::Purpose;

use super::State;
use super::forward::failed;
use super::http1::{Incoming, Outgoing};
use super::upstream::{Scope, scope};

/// How often a request is tried with more, at most.
const TRIES_MAX: usize = 8;

/// What requests were found to need, by operation and what it was believed to need.
#[derive(Default)]
pub(super) struct Believed(Mutex<HashMap<String, Vec<Need>>>);

impl Believed {
    fn of(&self, key: &str) -> Option<Vec<Need>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn put(&self, key: String, needs: Vec<Need>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, needs);
    }
}

/// Answers a request.
pub(super) async fn answer(state: Arc<State>, purpose: Purpose, request: &Incoming) -> Outgoing {
    let Some(scope) = scope(request).filter(|scope| scope.access_key == state.access_key) else {
        return failed(
            403,
            "the request is not signed with the recorder's own key: a provider block that assumes a role, or names keys or a profile, cannot be recorded",
        );
    };
    let request = request.clone();
    let passed = tokio::task::spawn_blocking(move || pass(&state, purpose, &request, &scope));
    passed.await.expect("BUG: a request's steps panicked")
}

fn pass(state: &State, purpose: Purpose, request: &Incoming, scope: &Scope) -> Outgoing {
    let service = state.tables.service(&scope.service);
    let place = Place { account: state.forward.account(), region: &scope.region };
    let looked = Request {
        service: &scope.service,
        method: &request.method,
        path: &request.path,
        query: &request.query,
        target: request.header("x-amz-target"),
        body: &request.body,
    };
    let Some(seen) = state.tables.look(&looked, &place) else {
        let what = format!("{} {} {}", scope.service, request.method, request.path);
        state.record(|record| record.unknown.extend([what]));
        return state.forward.send(request, scope, service);
    };
    let tries = state.forward.tries() && !seen.needs.is_empty();
    let (needs, answer) = if tries {
        tried(state, &seen, request, scope)
    } else {
        (seen.needs.clone(), state.forward.send(request, scope, service))
    };
    state.record(|record| {
        let learned = match purpose {
            Purpose::Plan => &mut record.plan,
            Purpose::Apply => &mut record.apply,
        };
        learned.add(&seen.operation, &needs);
        if !seen.is_known {
            record.guessed.insert(scope.service.clone());
        }
        for need in &needs {
            let is_wide = |needs: &[Need]| {
                let same = needs.iter().filter(|other| other.action == need.action);
                same.flat_map(|other| &other.resources).any(|one| one == "*")
            };
            if is_wide(&needs) && !is_wide(&seen.needs) {
                record.widened.insert(need.action.clone());
            }
        }
        if denial(answer.status, &answer.body).is_some() {
            record.refused.insert(seen.operation.clone());
        }
    });
    answer
}

/// Tries a request as nobody, then with what it is believed to need, then with what its refusals teach.
fn tried(state: &State, seen: &Seen, request: &Incoming, scope: &Scope) -> (Vec<Need>, Outgoing) {
    let service = state.tables.service(&scope.service);
    let place = Place { account: state.forward.account(), region: &scope.region };
    let send =
        |needs: &[Need]| state.forward.send_under(&session_policy(needs), request, scope, service);
    let key = session_policy(&seen.needs);
    let known = state.believed.of(&key);
    let mut needs = match known {
        Some(needs) => needs,
        None => match send(&[]) {
            Err(failure) => return (seen.needs.clone(), failure),
            Ok(answer) if denial(answer.status, &answer.body).is_some() => seen.needs.clone(),
            Ok(answer) if answer.status < 400 => {
                state.believed.put(key, Vec::new());
                return (Vec::new(), answer); // nobody is refused this
            }
            // Throttled, malformed, of something that is not there: it teaches nothing.
            Ok(answer) => return (seen.needs.clone(), answer),
        },
    };
    for _ in 0..TRIES_MAX {
        let answer = match send(&needs) {
            Ok(answer) => answer,
            Err(failure) => return (needs, failure),
        };
        let Some(denial) = denial(answer.status, &answer.body) else {
            state.believed.put(key, needs.clone());
            return (needs, answer);
        };
        if !widen(&mut needs, &denial, &place) {
            break;
        }
    }
    // Refused whatever it may: the resource's own policy, or a refusal that no permission mends.
    let answer = state.forward.send(request, scope, service);
    (seen.needs.clone(), answer)
}
