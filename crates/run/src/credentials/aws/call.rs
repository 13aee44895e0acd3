//! A signed request to a service of AWS, and where the service is.
//!
//! Where it is: as `AWS_ENDPOINT_URL_SERVICE` says, else `AWS_ENDPOINT_URL`, as the AWS SDKs have it; else the region's.
//! Not for requests that somebody else made, which are signed anew as they came (`recording`).
//! Invariant: a request is signed for the host that it is sent to; no secret is in an error.

use std::time::Duration;

use host::{HttpAnswer, HttpRequest};

use super::sign::{Whole, authorization, body_digest};
use super::{Keys, basic};
use crate::credentials::asking::Asking;

/// A request.
pub(crate) struct Call<'a> {
    /// The service's signing name, and the variable's end that names another endpoint: `kms`, `s3`.
    pub(crate) service: &'static str,
    /// The region.
    pub(crate) region: &'a str,
    /// Where the service is; `None`: as the environment says, else the region's.
    pub(crate) endpoint: Option<&'a str>,
    /// `GET`, ...
    pub(crate) method: &'static str,
    /// The path, encoded; it begins with a slash.
    pub(crate) path: &'a str,
    /// The query, sorted and encoded.
    pub(crate) query: &'a str,
    /// Further headers, names in lower case.
    pub(crate) headers: &'a [(&'static str, String)],
    /// The body.
    pub(crate) body: &'a [u8],
    /// The longest answer, in bytes.
    pub(crate) answer_bytes_max: u64,
    /// How long it may take.
    pub(crate) time_max: Duration,
}

/// Sends a request; what comes back is an answer whatever its status.
///
/// # Errors
/// Where the service is not reached, in words.
pub(crate) fn send(asking: &Asking, keys: &Keys, call: &Call<'_>) -> Result<HttpAnswer, String> {
    let endpoint = match call.endpoint.or_else(|| named_endpoint(asking, call.service)) {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("https://{}.{}.{}", call.service, call.region, domain(call.region)),
    };
    let place = endpoint.split_once("://").map_or(&*endpoint, |(_, place)| place);
    let (host, folder) = place.split_at(place.find('/').unwrap_or(place.len()));
    let (now, digest) = (basic(asking.now()), body_digest(call.body));
    let further = call.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    let mut headers: Vec<(String, String)> = further.collect();
    headers.push(("host".into(), host.to_owned()));
    headers.push(("x-amz-date".into(), now.clone()));
    headers.push(("x-amz-content-sha256".into(), digest.clone()));
    let signer = keys.signer();
    if let Some(token) = signer.session_token {
        headers.push(("x-amz-security-token".into(), token.to_owned()));
    }
    headers.sort();
    let whole = Whole {
        method: call.method,
        path: &format!("{folder}{}", call.path),
        query: call.query,
        headers: &headers,
        body_digest: &digest,
        region: call.region,
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
        answer_bytes_max: call.answer_bytes_max,
        time_max: call.time_max,
    });
    answer.map_err(|error| error.to_string())
}

/// The region of the environment; `us-east-1` where it names none.
pub(crate) fn region_of(asking: &Asking) -> &str {
    named_region(asking).unwrap_or("us-east-1")
}

/// The region that the environment names.
pub(super) fn named_region(asking: &Asking) -> Option<&str> {
    asking.variable("AWS_REGION").or_else(|| asking.variable("AWS_DEFAULT_REGION"))
}

/// The endpoint of a service that the environment names: emulators and private links.
pub(crate) fn named_endpoint<'a>(asking: &'a Asking, service: &str) -> Option<&'a str> {
    let own = service.to_ascii_uppercase().replace('-', "_");
    let own = asking.variable(&format!("AWS_ENDPOINT_URL_{own}"));
    own.or_else(|| asking.variable("AWS_ENDPOINT_URL"))
}

/// What the names of a region's services end with.
pub(super) fn domain(region: &str) -> &'static str {
    if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
}

/// All but unreserved letters, and those that are kept, as `%XX`.
pub(crate) fn encoded(text: &str, kept: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded() {
        assert_eq!(encoded("a/b c+é", "/"), "a/b%20c%2B%C3%A9");
        assert_eq!(encoded("a/b", ""), "a%2Fb");
    }
}
