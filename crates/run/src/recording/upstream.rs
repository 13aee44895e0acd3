//! A provider's request as it is sent on: to which address, with which headers, signed by whom.
//!
//! Pure but for the time, which is given. Invariant: nothing of the provider's own signature is sent on.

use super::http1::Incoming;
use crate::credentials::aws::Keys;
use crate::credentials::aws::sign::{Whole, authorization, body_digest};

/// What a request was signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    /// The key that signed it.
    pub(super) access_key: String,
    pub(super) region: String,
    /// The service's signing name.
    pub(super) service: String,
}

/// Reads `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ...`.
pub(super) fn scope(request: &Incoming) -> Option<Scope> {
    let (_, rest) = request.header("authorization")?.split_once("Credential=")?;
    let credential = rest.split([',', ' ']).next()?;
    let mut steps = credential.split('/');
    let access_key = steps.next()?.to_owned();
    let (region, service) = (steps.nth(1)?.to_owned(), steps.next()?.to_owned());
    (steps.next() == Some("aws4_request")).then_some(Scope { access_key, region, service })
}

/// Headers that are the connection's or the old signature's.
const DROPPED: [&str; 10] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "expect",
    "host",
    "transfer-encoding",
    "x-amz-date",
    "x-amz-security-token",
    "x-forwarded-for",
];

/// The header that says what of the body is signed.
const CONTENT: &str = "x-amz-content-sha256";

/// The headers to send, the new signature among them; `None` where the body was signed while it streamed, which cannot be
/// signed anew.
pub(super) fn headers(
    request: &Incoming,
    scope: &Scope,
    host: &str,
    keys: &Keys,
    amz_date: &str,
) -> Option<Vec<(String, String)>> {
    let said = request.header(CONTENT);
    if said.is_some_and(|content| content.starts_with("STREAMING-AWS4")) {
        return None;
    }
    let unsigned = said.filter(|content| content.contains("UNSIGNED-PAYLOAD"));
    let digest = unsigned.map_or_else(|| body_digest(&request.body), str::to_owned);
    let kept = request.headers.iter().filter(|(name, _)| !DROPPED.contains(&name.as_str()));
    let mut sent: Vec<(String, String)> =
        kept.filter(|(name, _)| name != CONTENT).cloned().collect();
    sent.push(("host".into(), host.to_owned()));
    sent.push(("x-amz-date".into(), amz_date.to_owned()));
    if said.is_some() {
        sent.push((CONTENT.into(), digest.clone()));
    }
    let signer = keys.signer();
    if let Some(token) = signer.session_token {
        sent.push(("x-amz-security-token".into(), token.to_owned()));
    }
    let is_signed =
        |name: &str| name == "host" || name == "content-type" || name.starts_with("x-amz-");
    let mut signed: Vec<(String, String)> =
        sent.iter().filter(|(name, _)| is_signed(name)).cloned().collect();
    signed.sort();
    let path = canonical_path(&request.path, &scope.service);
    let whole = Whole {
        method: &request.method,
        path: &path,
        query: &canonical_query(&request.query),
        headers: &signed,
        body_digest: &digest,
        region: &scope.region,
        service: &scope.service,
    };
    sent.push(("authorization".into(), authorization(&whole, &signer, amz_date)));
    Some(sent)
}

/// The path as it is signed: S3's as it is sent, all others' encoded once more.
fn canonical_path(path: &str, service: &str) -> String {
    let path = if path.is_empty() { "/" } else { path };
    if service.starts_with("s3") {
        return path.to_owned();
    }
    encoded(path, |byte| byte == b'/')
}

/// The query as it is signed: sorted, each name with a value.
fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (recoded(name), recoded(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// A part of a query with everything encoded that has to be.
fn recoded(text: &str) -> String {
    // What is encoded already stays so: SDKs encode as signatures want it, but for `+`.
    encoded(&text.replace('+', "%20"), |byte| byte == b'%')
}

fn encoded(text: &str, also: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') || also(byte) {
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
    fn scopes() {
        let request = |authorization: &str| Incoming {
            method: "GET".into(),
            path: "/".into(),
            query: String::new(),
            headers: vec![("authorization".into(), authorization.into())],
            body: Vec::new(),
        };
        let text = "AWS4-HMAC-SHA256 Credential=k/20261124/eu-west-1/ec2/aws4_request, SignedHeaders=host, Signature=x";
        let expect =
            Scope { access_key: "k".into(), region: "eu-west-1".into(), service: "ec2".into() };
        assert_eq!(scope(&request(text)), Some(expect));
        assert_eq!(scope(&request("Bearer x")), None);
        assert_eq!(scope(&request("AWS4-HMAC-SHA256 Credential=k/1/r/s/other")), None);
    }

    #[test]
    fn canonical_forms() {
        assert_eq!(canonical_path("/clusters/arn%3Aaws", "eks"), "/clusters/arn%253Aaws");
        assert_eq!(canonical_path("/b/a%20c", "s3"), "/b/a%20c");
        assert_eq!(canonical_path("", "iam"), "/");
        assert_eq!(canonical_query("versioning"), "versioning=");
        assert_eq!(canonical_query("b=2&a=x%2Fy&a=1"), "a=1&a=x%2Fy&b=2");
        assert_eq!(canonical_query("a=b c:d"), "a=b%20c%3Ad");
    }
}
