//! Requests to AWS that are signed with the base credentials of the environment: KMS and S3.
//!
//! Invariant: a request is signed for the host that it is sent to; no secret is in an error.

use std::time::Duration;

use host::{HttpAnswer, HttpRequest};

use crate::credentials::asking::Asking;
use crate::credentials::aws::sign::{Whole, authorization, body_digest};
use crate::credentials::aws::{Keys, basic};

/// How long a request may take.
const TIME_MAX: Duration = Duration::from_secs(30);
/// The longest answer, in bytes.
const ANSWER_BYTES_MAX: u64 = 8 << 20;

/// A request.
pub(super) struct Call<'a> {
    /// The service's signing name, and the variable's end that names another endpoint: `kms`, `s3`.
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
    let region = call.region.or_else(|| asking.variable("AWS_REGION"));
    let region = region.or_else(|| asking.variable("AWS_DEFAULT_REGION")).unwrap_or("us-east-1");
    let endpoint = endpoint(asking, call.service, region);
    let host = endpoint.split_once("://").map_or(&*endpoint, |(_, host)| host).to_owned();
    let (now, digest) = (basic(asking.now()), body_digest(call.body));
    let further = call.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    let mut headers: Vec<(String, String)> = further.collect();
    headers.push(("host".into(), host));
    headers.push(("x-amz-date".into(), now.clone()));
    headers.push(("x-amz-content-sha256".into(), digest.clone()));
    let signer = keys.signer();
    if let Some(token) = signer.session_token {
        headers.push(("x-amz-security-token".into(), token.to_owned()));
    }
    headers.sort();
    let whole = Whole {
        method: call.method,
        path: call.path,
        query: call.query,
        headers: &headers,
        body_digest: &digest,
        region,
        service: call.service,
    };
    let signed = authorization(&whole, &signer, &now);
    headers.push(("authorization".into(), signed));
    let query = if call.query.is_empty() { String::new() } else { format!("?{}", call.query) };
    let answer = asking.http().send(&HttpRequest {
        method: call.method,
        url: &format!("{endpoint}{}{query}", call.path),
        headers: &headers,
        body: call.body,
        answer_bytes_max: ANSWER_BYTES_MAX,
        time_max: TIME_MAX,
    });
    answer.map_err(|error| error.to_string())
}

/// Where a service is: as the environment says, else the region's. Without a slash at the end.
fn endpoint(asking: &Asking, service: &str, region: &str) -> String {
    let own = format!("AWS_ENDPOINT_URL_{}", service.to_ascii_uppercase());
    let named = asking.variable(&own).or_else(|| asking.variable("AWS_ENDPOINT_URL"));
    let end = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let url = named.map_or_else(|| format!("https://{service}.{region}.{end}"), str::to_owned);
    url.trim_end_matches('/').to_owned()
}

/// All but unreserved letters as `%XX`; `/` too where `slash` is not to stay.
pub(super) fn encoded(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        if plain || kept.as_bytes().contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
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
    fn what_is_encoded_and_what_an_error_says() {
        assert_eq!(encoded("a/b c+é", "/"), "a/b%20c%2B%C3%A9");
        assert_eq!(encoded("a/b", ""), "a%2Fb");
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
