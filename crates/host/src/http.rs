//! Requests over HTTP, one at a time: for token services and other small interfaces, which are asked a few times in a command.
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

/// A request of any method.
pub struct HttpRequest<'a> {
    /// Such as `GET`.
    pub method: &'a str,
    /// Where to, with scheme; the path goes out as it is.
    pub url: &'a str,
    /// Headers, `content-length` left out. A `host` among them is sent in place of the URL's.
    pub headers: &'a [(String, String)],
    /// The body; none is sent where it is empty.
    pub body: &'a [u8],
    /// Longest body of the answer, in bytes.
    pub answer_bytes_max: u64,
    /// How long it may take, from looking the host up to the last byte of the answer.
    pub time_max: Duration,
}

/// What came back, whatever its status, with its headers.
pub struct HttpAnswer {
    /// Such as 200.
    pub status: u16,
    /// Names in lower case, and values that are text, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
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

    /// Sends a request of any method and waits for the whole answer. Blocks the thread.
    ///
    /// # Errors
    /// Where method, address or headers are none, the host cannot be reached or verified, or its answer is late or too long.
    pub fn send(&self, request: &HttpRequest<'_>) -> Result<HttpAnswer, HttpError> {
        let failed =
            |message: String| HttpError { url: without_query(request.url).to_owned(), message };
        let mut builder = ureq::http::Request::builder().method(request.method).uri(request.url);
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        let whole = builder.body(request.body).map_err(|e| failed(e.to_string()))?;
        let configured = self
            .agent()
            .configure_request(whole)
            .timeout_global(Some(request.time_max))
            .user_agent("")
            .accept("")
            .allow_non_standard_methods(true);
        let sent = if request.body.is_empty() {
            let (parts, _) = configured.build().into_parts();
            self.agent().run(ureq::http::Request::from_parts(parts, ()))
        } else {
            self.agent().run(configured.build())
        };
        let mut response = sent.map_err(|e| failed(e.to_string()))?;
        let text = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        let headers = response.headers().iter().filter_map(text).collect();
        let status = response.status().as_u16();
        let limited = response.body_mut().with_config().limit(request.answer_bytes_max);
        let body = limited.read_to_vec().map_err(|e| failed(e.to_string()))?;
        Ok(HttpAnswer { status, headers, body })
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

/// An address without what stands behind `?`: that may be a secret.
fn without_query(url: &str) -> &str {
    url.split('?').next().unwrap_or(url)
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
    fn any_method_with_headers_both_ways() {
        let (url, served) = once("HTTP/1.1 200 OK\r\nX-Own: 2\r\ncontent-length: 2\r\n\r\nok");
        let request = HttpRequest {
            method: "PUT",
            url: &format!("{url}a%2Fb?c"),
            headers: &[("host".to_owned(), "elsewhere:1".to_owned())],
            body: b"a=b",
            answer_bytes_max: 10,
            time_max: Duration::from_secs(5),
        };
        let answer = Http::default().send(&request).expect("an answer");
        assert_eq!((answer.status, answer.body.as_slice()), (200, b"ok".as_slice()));
        assert!(answer.headers.contains(&("x-own".to_owned(), "2".to_owned())));
        let seen = served.join().expect("served");
        assert!(seen.starts_with("PUT /a%2Fb?c HTTP/1.1\r\n"), "{seen}");
        assert!(seen.contains("host: elsewhere:1\r\n"), "{seen}");
    }

    #[test]
    fn nobody_there_is_an_error_that_names_the_place() {
        let error = post("http://127.0.0.1:1/").err().expect("nobody listens there");
        assert!(error.to_string().starts_with("cannot ask http://127.0.0.1:1/: "), "{error}");
    }
}
