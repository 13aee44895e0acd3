//! What the audit asks of KMS and S3: with the base credentials of the environment; and what an answer says that is none.
//!
//! Invariant: no secret is in an error.

use std::time::Duration;

use host::HttpAnswer;

use crate::credentials::asking::Asking;
use crate::credentials::aws::Keys;
use crate::credentials::aws::call::{self, region_of};

pub(super) use crate::credentials::aws::call::encoded;

/// How long a request may take.
const TIME_MAX: Duration = Duration::from_secs(30);
/// The longest answer, in bytes.
const ANSWER_BYTES_MAX: u64 = 8 << 20;

/// A request.
pub(super) struct Call<'a> {
    /// The service's signing name: `kms`, `s3`.
    pub(super) service: &'static str,
    /// The region; that of the environment where it is not said.
    pub(super) region: Option<&'a str>,
    /// `GET`, ...
    pub(super) method: &'static str,
    /// The path, encoded.
    pub(super) path: &'a str,
    /// The query, sorted and encoded.
    pub(super) query: &'a str,
    /// Further headers, names in lower case.
    pub(super) headers: &'a [(&'static str, String)],
    /// The body.
    pub(super) body: &'a [u8],
}

/// Sends a request; what comes back is an answer whatever its status.
pub(super) fn send(asking: &Asking, call: &Call<'_>) -> Result<HttpAnswer, String> {
    let keys = Keys::of_environment(asking).map_err(|failure| failure.to_string())?;
    let call = call::Call {
        service: call.service,
        region: call.region.unwrap_or_else(|| region_of(asking)),
        endpoint: None,
        method: call.method,
        path: call.path,
        query: call.query,
        headers: call.headers,
        body: call.body,
        answer_bytes_max: ANSWER_BYTES_MAX,
        time_max: TIME_MAX,
    };
    call::send(asking, &keys, &call)
}

/// What an answer of another status than 2xx says: its status, and the error's code where there is one. Never its text.
pub(super) fn said(answer: &HttpAnswer) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    let xml = element(&text, "Code").map(str::to_owned);
    let json = || {
        let object: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
        object.get("__type")?.as_str().map(str::to_owned)
    };
    match xml.or_else(json) {
        Some(code) => format!("the service answered with status {}, {code}", answer.status),
        None => format!("the service answered with status {}", answer.status),
    }
}

/// The text of the first element of this name.
pub(super) fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_error_says() {
        let answer = |body: &str| HttpAnswer {
            status: 403,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        };
        let denied = said(&answer("<Error><Code>AccessDenied</Code><Message>s</Message></Error>"));
        assert_eq!(denied, "the service answered with status 403, AccessDenied");
        let denied = said(&answer("{\"__type\":\"DisabledException\"}"));
        assert_eq!(denied, "the service answered with status 403, DisabledException");
        assert_eq!(said(&answer("secret")), "the service answered with status 403");
    }
}
