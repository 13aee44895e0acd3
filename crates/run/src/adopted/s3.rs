//! One object of S3, read whole (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>).
//!
//! The bucket is part of the path, which every region and every emulator understands.
//! Invariant: the request is signed for the host that it goes to, and nothing but it is sent.

use std::time::Duration;

use estate::S3Place;

use crate::credentials::asking::Asking;
use crate::credentials::aws::Keys;
use crate::credentials::aws::call::{Call, encoded, region_of, send};

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
    let keys =
        Keys::of_environment(asking).map_err(|failure| Failure::Other(failure.to_string()))?;
    let call = Call {
        service: "s3",
        region: place.region.as_deref().unwrap_or_else(|| region_of(asking)),
        endpoint: place.endpoint.as_deref(),
        method: "GET",
        path: &format!("/{}/{}", encoded(&place.bucket, "/"), encoded(&place.key, "/")),
        query: "",
        headers: &[],
        body: b"",
        answer_bytes_max: STATE_BYTES_MAX,
        time_max: TIME_MAX,
    };
    let answer = send(asking, &keys, &call).map_err(Failure::Other)?;
    match answer.status {
        200 => Ok(answer.body),
        404 => Err(Failure::Missing),
        status => Err(Failure::Other(format!("the service answered with status {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use host::{Environment, Host};

    use super::*;

    /// Answers one request with these bytes, and gives what was sent.
    fn once(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let served = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a caller");
            let mut seen = String::new();
            let mut buffer = [0; 4096];
            while !seen.ends_with("\r\n\r\n") {
                let read = stream.read(&mut buffer).expect("bytes");
                seen.push_str(std::str::from_utf8(&buffer[..read]).expect("text"));
            }
            stream.write_all(answer.as_bytes()).expect("answered");
            seen
        });
        (url, served)
    }

    fn asked(endpoint: &str, variables: &[(&str, &str)]) -> Result<Vec<u8>, Failure> {
        let mut host = Host::real().expect("a world");
        let variables = variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
        host.environment = Environment::of(variables);
        let asking = Asking::new(&host, std::path::Path::new("/"));
        let place = S3Place {
            bucket: "b".into(),
            key: "x y/z".into(),
            region: Some("eu-west-1".into()),
            endpoint: Some(endpoint.into()),
        };
        read(&place, &asking)
    }

    const KEYS: [(&str, &str); 3] = [
        ("AWS_ACCESS_KEY_ID", "AK"),
        ("AWS_SECRET_ACCESS_KEY", "hush"),
        ("AWS_SESSION_TOKEN", "t"),
    ];

    #[test]
    fn an_object_is_asked_for_and_signed() {
        let (url, served) = once("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
        let Ok(bytes) = asked(&url, &KEYS) else { panic!("it is there") };
        assert_eq!(bytes, b"{}");
        let seen = served.join().expect("served");
        assert!(seen.starts_with("GET /b/x%20y/z HTTP/1.1\r\n"), "{seen}");
        assert!(seen.contains("authorization: AWS4-HMAC-SHA256 Credential=AK/"), "{seen}");
        assert!(seen.contains("/eu-west-1/s3/aws4_request"), "{seen}");
        assert!(
            seen.contains(
                "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token"
            )
        );
        assert!(!seen.contains("hush"));
    }

    #[test]
    fn what_is_not_there_and_who_may_not_are_told_apart() {
        let (url, _) = once("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
        assert!(matches!(asked(&url, &KEYS), Err(Failure::Missing)));
        let (url, _) = once("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
        let Err(Failure::Other(why)) = asked(&url, &KEYS) else { panic!("it is refused") };
        assert!(why.contains("403"), "{why}");
        let Err(Failure::Other(why)) = asked("http://127.0.0.1:1", &[]) else { panic!("nobody") };
        assert!(why.contains("no credentials"), "{why}");
    }

    #[test]
    fn keys_are_encoded_once() {
        assert_eq!(encoded("prod/a b+c/état.tfstate", "/"), "prod/a%20b%2Bc/%C3%A9tat.tfstate");
    }
}
