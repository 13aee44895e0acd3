//! One object of S3, read whole (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>).
//!
//! The bucket is part of the path, which every region and every emulator understands.
//! Invariant: the request is signed for the host that it goes to, and nothing but it is sent.

use std::time::Duration;

use estate::S3Place;
use host::HttpRequest;

use crate::credentials::asking::Asking;
use crate::credentials::aws::sign::{Whole, authorization, body_digest};
use crate::credentials::aws::{Keys, basic};

/// Longest state that is read, in bytes.
const STATE_BYTES_MAX: u64 = 512 << 20;
/// How long reading may take.
const TIME_MAX: Duration = Duration::from_secs(120);

/// Why an object is not read.
pub(super) enum Failure {
    /// There is none.
    Missing,
    /// Something else, in words.
    Other(String),
}

/// The bytes of an object.
pub(super) fn read(place: &S3Place, asking: &Asking) -> Result<Vec<u8>, Failure> {
    let variable = |name: &str| asking.variable(name);
    let region = place.region.as_deref().or_else(|| variable("AWS_REGION"));
    let region = region.or_else(|| variable("AWS_DEFAULT_REGION")).unwrap_or("us-east-1");
    let named = place.endpoint.as_deref().or_else(|| variable("AWS_ENDPOINT_URL_S3"));
    let endpoint = named.or_else(|| variable("AWS_ENDPOINT_URL"));
    let endpoint = endpoint.map_or_else(|| amazon(region), str::to_owned);
    let endpoint = endpoint.trim_end_matches('/');
    let host = endpoint.split_once("://").map_or(endpoint, |(_, host)| host).to_owned();
    let keys =
        Keys::of_environment(asking).map_err(|failure| Failure::Other(failure.to_string()))?;
    let path = format!("/{}/{}", encoded(&place.bucket), encoded(&place.key));
    let signer = keys.signer();
    let (date, digest) = (basic(asking.now()), body_digest(b""));
    let mut headers = vec![
        ("host".to_owned(), host),
        ("x-amz-content-sha256".to_owned(), digest.clone()),
        ("x-amz-date".to_owned(), date.clone()),
    ];
    let token = signer.session_token.map(str::to_owned);
    headers.extend(token.map(|token| ("x-amz-security-token".to_owned(), token)));
    let whole = Whole {
        method: "GET",
        path: &path,
        query: "",
        headers: &headers,
        body_digest: &digest,
        region,
        service: "s3",
    };
    let signed = authorization(&whole, &signer, &date);
    headers.push(("authorization".to_owned(), signed));
    let answer = asking.http().send(&HttpRequest {
        method: "GET",
        url: &format!("{endpoint}{path}"),
        headers: &headers,
        body: b"",
        answer_bytes_max: STATE_BYTES_MAX,
        time_max: TIME_MAX,
    });
    let answer = answer.map_err(|error| Failure::Other(error.to_string()))?;
    match answer.status {
        200 => Ok(answer.body),
        404 => Err(Failure::Missing),
        status => Err(Failure::Other(format!("the service answered with status {status}"))),
    }
}

fn amazon(region: &str) -> String {
    let end = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("https://s3.{region}.{end}")
}

/// A path as S3's signatures want it: all but unreserved letters and `/` encoded, once.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_encoded_once() {
        assert_eq!(encoded("prod/a b+c/état.tfstate"), "prod/a%20b%2Bc/%C3%A9tat.tfstate");
    }
}
