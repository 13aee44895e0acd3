//! Sending requests on: to the emulator that the environment names, or to AWS.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use access::derive::{Place, Service, session_policy};
use host::HttpRequest;

use super::http1::{BODY_BYTES_MAX, Incoming, Outgoing};
use super::upstream::{Scope, headers};
use crate::credentials::asking::Asking;
use crate::credentials::aws::call::named_endpoint;
use crate::credentials::aws::{Keys, basic};

/// How long a service may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(120);

/// What sends.
pub(super) struct Forward {
    asking: Arc<Asking>,
    keys: Keys,
    account: String,
    act_as: Option<String>,
    /// Sessions that may do no more than a policy says, by that policy.
    sessions: Mutex<HashMap<String, Keys>>,
}

impl Forward {
    pub(super) fn new(
        asking: Arc<Asking>,
        keys: Keys,
        account: String,
        act_as: Option<String>,
    ) -> Forward {
        Forward { asking, keys, account, act_as, sessions: Mutex::default() }
    }

    pub(super) fn account(&self) -> &str {
        &self.account
    }

    /// Whether requests are tried with less than all.
    pub(super) fn tries(&self) -> bool {
        self.act_as.is_some()
    }

    /// Sends as the base credentials. Blocks.
    pub(super) fn send(
        &self,
        request: &Incoming,
        scope: &Scope,
        service: Option<&Service>,
    ) -> Outgoing {
        self.send_as(&self.keys, request, scope, service)
    }

    /// Sends as a session of the role that may do just what a policy says. Blocks.
    ///
    /// # Errors
    /// The recorder's own answer, where there is no such session: nothing was sent.
    pub(super) fn send_under(
        &self,
        policy: &str,
        request: &Incoming,
        scope: &Scope,
        service: Option<&Service>,
    ) -> Result<Outgoing, Outgoing> {
        let keys = self.session(policy).map_err(|why| failed(502, &why))?;
        Ok(self.send_as(&keys, request, scope, service))
    }

    /// Whether the role to act as, where there is one, can be assumed with less than it may. Blocks.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.act_as.is_none() {
            return Ok(());
        }
        self.session(&session_policy(&[])).map(drop)
    }

    fn session(&self, policy: &str) -> Result<Keys, String> {
        let known = || self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = known().get(policy) {
            return Ok(keys.clone());
        }
        let role = self.act_as.as_deref().expect("BUG: a session without a role");
        let keys = self.keys.session(role, policy, &self.asking);
        let keys = keys.map_err(|failure| format!("the role {role} was not assumed: {failure}"))?;
        known().insert(policy.to_owned(), keys.clone());
        Ok(keys)
    }

    fn send_as(
        &self,
        keys: &Keys,
        request: &Incoming,
        scope: &Scope,
        service: Option<&Service>,
    ) -> Outgoing {
        let base = self.base(scope, service);
        let host = base.split_once("://").map_or(&*base, |(_, rest)| rest);
        let host = host.split('/').next().unwrap_or(host).to_owned();
        let amz_date = basic(self.asking.now());
        let Some(headers) = headers(request, scope, &host, keys, &amz_date) else {
            return failed(501, "a body that is signed while it streams cannot be recorded");
        };
        let query = if request.query.is_empty() { "" } else { "?" };
        let url = format!("{base}{}{query}{}", request.path, request.query);
        let sent = self.asking.http().send(&HttpRequest {
            method: &request.method,
            url: &url,
            headers: &headers,
            body: &request.body,
            answer_bytes_max: BODY_BYTES_MAX,
            time_max: ANSWER_MAX,
        });
        match sent {
            Ok(answer) => {
                Outgoing { status: answer.status, headers: answer.headers, body: answer.body }
            }
            Err(error) => failed(502, &error.to_string()),
        }
    }

    /// Where a service is: as the environment says, else AWS's own endpoint.
    fn base(&self, scope: &Scope, service: Option<&Service>) -> String {
        if let Some(url) = named_endpoint(&self.asking, &scope.service) {
            return url.trim_end_matches('/').to_owned();
        }
        let place = Place { account: &self.account, region: &scope.region };
        match service {
            Some(service) => format!("https://{}", service.host(&scope.region, place.domain())),
            None => format!("https://{}.{}.{}", scope.service, scope.region, place.domain()),
        }
    }
}

/// An answer of the recorder's own.
pub(super) fn failed(status: u16, why: &str) -> Outgoing {
    let body =
        serde_json::json!({ "__type": "RecorderFailure", "message": format!("recorder: {why}") });
    let header = ("content-type".to_owned(), "application/json".to_owned());
    Outgoing { status, headers: vec![header], body: body.to_string().into_bytes() }
}
