//! Signature version 4 of AWS
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).
//!
//! Pure: the time is given. Not for signatures in the address, nor for bodies that are signed while they stream.

use aws_lc_rs::digest;
use aws_lc_rs::hmac;

/// What is signed, beside the time.
pub(super) struct Request<'a> {
    pub(super) host: &'a str,
    pub(super) path: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) content_type: &'a str,
    pub(super) body: &'a str,
}

/// Who signs.
pub(crate) struct Signer<'a> {
    pub(crate) access_key: &'a str,
    pub(crate) secret_key: &'a str,
    pub(crate) session_token: Option<&'a str>,
}

/// A request of any kind, in the canonical form.
pub(crate) struct Whole<'a> {
    /// `GET`, ...
    pub(crate) method: &'a str,
    /// The path, encoded as the service's signatures want it.
    pub(crate) path: &'a str,
    /// The query, sorted and encoded.
    pub(crate) query: &'a str,
    /// The headers that are signed: names in lower case, sorted.
    pub(crate) headers: &'a [(String, String)],
    /// The digest of the body in hexadecimal, or what stands for it.
    pub(crate) body_digest: &'a str,
    /// The region.
    pub(crate) region: &'a str,
    /// The service's signing name.
    pub(crate) service: &'a str,
}

/// The digest of a body.
pub(crate) fn body_digest(body: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, body).as_ref())
}

/// The header `authorization`. `amz_date` is such as `20150830T123600Z`.
pub(crate) fn authorization(request: &Whole<'_>, signer: &Signer<'_>, amz_date: &str) -> String {
    let names: Vec<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.join(";");
    let lines: String =
        request.headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
    let canonical = format!(
        "{}\n{}\n{}\n{lines}\n{names}\n{}",
        request.method, request.path, request.query, request.body_digest
    );
    let date = &amz_date[..8];
    let scope = format!("{date}/{}/{}/aws4_request", request.region, request.service);
    let canonical = body_digest(canonical.as_bytes());
    let to_sign = format!("AWS4-HMAC-SHA256\n{amz_date}\n{scope}\n{canonical}");
    let mut key = format!("AWS4{}", signer.secret_key).into_bytes();
    for part in [date, request.region, request.service, "aws4_request"] {
        key = mac(&key, part);
    }
    format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={}",
        signer.access_key,
        hex(&mac(&key, &to_sign))
    )
}

/// The headers to add to a `POST`: time, session token, authorization. `amz_date` is such as `20150830T123600Z`.
pub(super) fn headers(
    request: &Request<'_>,
    signer: &Signer<'_>,
    amz_date: &str,
) -> Vec<(&'static str, String)> {
    let mut signed = vec![
        ("content-type", request.content_type.to_owned()),
        ("host", request.host.to_owned()),
        ("x-amz-date", amz_date.to_owned()),
    ];
    signed.extend(signer.session_token.map(|token| ("x-amz-security-token", token.to_owned())));
    let owned: Vec<(String, String)> =
        signed.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let whole = Whole {
        method: "POST",
        path: request.path,
        query: "",
        headers: &owned,
        body_digest: &body_digest(request.body.as_bytes()),
        region: request.region,
        service: request.service,
    };
    let authorization = authorization(&whole, signer, amz_date);
    signed.retain(|(name, _)| *name != "host"); // the client's own
    signed.push(("authorization", authorization));
    signed
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS's own test suite of signature version 4: `post-x-www-form-urlencoded` and `post-sts-header-before`.
    #[test]
    fn the_published_examples() {
        let request = Request {
            host: "example.amazonaws.com",
            path: "/",
            region: "us-east-1",
            service: "service",
            content_type: "application/x-www-form-urlencoded",
            body: "Param1=value1",
        };
        let signer = Signer {
            access_key: "AKIDEXAMPLE",
            secret_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            session_token: None,
        };
        let headers = headers(&request, &signer, "20150830T123600Z");
        let (_, authorization) = headers.last().expect("a header");
        assert_eq!(
            authorization,
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, \
             Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
        );
    }

    #[test]
    fn a_session_token_is_signed_too() {
        let request = Request {
            host: "h",
            path: "/",
            region: "r",
            service: "sts",
            content_type: "c",
            body: "",
        };
        let signer = Signer { access_key: "a", secret_key: "s", session_token: Some("t") };
        let headers = headers(&request, &signer, "20150830T123600Z");
        let (_, authorization) = headers.last().expect("a header");
        assert!(
            authorization
                .contains("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,")
        );
        assert!(headers.contains(&("x-amz-security-token", "t".to_owned())));
    }
}
