//! Requests over HTTP, one at a time: for token services, which are asked a few times in a command.
//!
//! Not for anything that streams, and not for providers, which speak HTTP/2 of their own. TLS is rustls upon
//! aws-lc-rs with the system's roots; proxies are those of the environment (`HTTPS_PROXY`, `NO_PROXY`).
//!
//! Invariant: a redirect is an answer like any other and is not followed, so what a request carries reaches the named
//! host only; nothing that was sent or received is in an error.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// How long a request may take, from looking the host up to the last byte of the answer.
pub const HTTP_TIME_MAX: Duration = Duration::from_secs(30);

/// Longest body of an answer, in bytes.
pub const HTTP_BODY_BYTES_MAX: u64 = 1 << 20;

/// A client that connects when it is first asked.
#[derive(Debug, Default)]
pub struct Http {
    agent: OnceLock<Agent>,
}

/// A `POST`.
pub struct HttpPost<'a> {
    /// Where to, with scheme.
    pub url: &'a str,
    /// Headers, `host` and `content-length` left out.
    pub headers: &'a [(&'a str, String)],
    /// The body.
    pub body: &'a str,
}

/// What came back, whatever its status.
pub struct HttpResponse {
    /// Such as 200.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpError {
    /// The address that was asked.
    pub url: String,
    /// What went wrong, without what was sent.
    pub message: String,
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot ask {}: {}", self.url, self.message)
    }
}

impl std::error::Error for HttpError {}

impl Http {
    /// Sends and waits for the whole answer. Blocks the thread for up to [`HTTP_TIME_MAX`].
    ///
    /// # Errors
    /// Where the host cannot be reached or verified, or its answer is late or longer than [`HTTP_BODY_BYTES_MAX`].
    pub fn post(&self, request: &HttpPost<'_>) -> Result<HttpResponse, HttpError> {
        let failed = |error: &ureq::Error| HttpError {
            url: request.url.to_owned(),
            message: error.to_string(),
        };
        let mut post = self.agent().post(request.url);
        for (name, value) in request.headers {
            post = post.header(*name, value);
        }
        let mut response = post.send(request.body).map_err(|e| failed(&e))?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(HTTP_BODY_BYTES_MAX).read_to_vec();
        Ok(HttpResponse { status, body: body.map_err(|e| failed(&e))? })
    }

    fn agent(&self) -> &Agent {
        self.agent.get_or_init(|| {
            let roots = rustls_native_certs::load_native_certs().certs;
            let roots = roots.iter().map(|root| Certificate::from_der(root).to_owned()).collect();
            let crypto = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
            let tls = TlsConfig::builder()
                .unversioned_rustls_crypto_provider(crypto)
                .root_certs(RootCerts::Specific(Arc::new(roots)))
                .build();
            let config = Agent::config_builder()
                .tls_config(tls)
                .timeout_global(Some(HTTP_TIME_MAX))
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .build();
            Agent::new_with_config(config)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    /// Answers one request with these bytes, and gives what was sent.
    fn once(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("its address"));
        let served = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a caller");
            let mut seen = String::new();
            let mut buffer = [0; 4096];
            while !seen.ends_with("a=b") {
                let read = stream.read(&mut buffer).expect("bytes");
                seen.push_str(std::str::from_utf8(&buffer[..read]).expect("text"));
            }
            stream.write_all(answer.as_bytes()).expect("answered");
            seen
        });
        (url, served)
    }

    fn post(url: &str) -> Result<HttpResponse, HttpError> {
        let headers = [("x-own", "1".to_owned())];
        Http::default().post(&HttpPost { url, headers: &headers, body: "a=b" })
    }

    #[test]
    fn an_answer_is_one_whatever_its_status() {
        let (url, served) = once("HTTP/1.1 403 Forbidden\r\ncontent-length: 4\r\n\r\nnope");
        let response = post(&url).expect("an answer");
        assert_eq!((response.status, response.body.as_slice()), (403, b"nope".as_slice()));
        assert!(served.join().expect("served").contains("x-own: 1"));
    }

    #[test]
    fn redirects_are_not_followed() {
        let moved =
            "HTTP/1.1 307 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
        let (url, _served) = once(moved);
        assert_eq!(post(&url).expect("an answer").status, 307);
    }

    #[test]
    fn nobody_there_is_an_error_that_names_the_place() {
        let error = post("http://127.0.0.1:1/").err().expect("nobody listens there");
        assert!(error.to_string().starts_with("cannot ask http://127.0.0.1:1/: "), "{error}");
    }
}
