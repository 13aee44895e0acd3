//! HTTP/1.1 as far as the SDKs of AWS speak it to an endpoint in the clear: requests read, answers written.
//!
//! Not for pipelining, upgrades or trailers. Invariant: what a message may be long is bounded before it is read.

use std::io;

use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _,
};

/// Longest head of a request, in bytes.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// Longest body, in bytes.
pub(super) const BODY_BYTES_MAX: u64 = 64 << 20;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Incoming {
    pub(super) method: String,
    /// As it was sent.
    pub(super) path: String,
    /// What stands behind `?`.
    pub(super) query: String,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Incoming {
    /// The first value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outgoing {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// Reads a request; `None` where the client is done. `writer` is told to go on where the client waits for that.
///
/// # Errors
/// Where the connection breaks, or what comes is no request or too long.
pub(super) async fn read(
    reader: &mut (impl AsyncBufRead + Unpin),
    writer: &mut (impl AsyncWrite + Unpin),
) -> io::Result<Option<Incoming>> {
    let Some(first) = line(reader).await? else { return Ok(None) };
    let mut words = first.split(' ');
    let (Some(method), Some(target), Some(_)) = (words.next(), words.next(), words.next()) else {
        return Err(malformed("the request line"));
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers = Vec::new();
    let mut length = first.len();
    loop {
        let text = line(reader).await?.ok_or_else(|| malformed("the headers"))?;
        if text.is_empty() {
            break;
        }
        length += text.len();
        if length > HEAD_BYTES_MAX {
            return Err(malformed("the headers, which are too long"));
        }
        let (name, value) = text.split_once(':').ok_or_else(|| malformed("a header"))?;
        headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Incoming {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: Vec::new(),
    };
    if request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    request.body = body(reader, &request).await?;
    Ok(Some(request))
}

async fn body(reader: &mut (impl AsyncBufRead + Unpin), request: &Incoming) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if request.header("transfer-encoding").is_some_and(|value| value.ends_with("chunked")) {
        loop {
            let text = line(reader).await?.ok_or_else(|| malformed("a chunk"))?;
            let size = text.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(|_| malformed("a chunk's size"))?;
            if size == 0 {
                while line(reader).await?.is_some_and(|text| !text.is_empty()) {}
                return Ok(body);
            }
            take(reader, size, &mut body).await?;
            line(reader).await?;
        }
    }
    let length = request.header("content-length").unwrap_or("0");
    let length: u64 = length.parse().map_err(|_| malformed("the length"))?;
    take(reader, length, &mut body).await?;
    Ok(body)
}

async fn take(
    reader: &mut (impl AsyncBufRead + Unpin),
    length: u64,
    body: &mut Vec<u8>,
) -> io::Result<()> {
    if body.len() as u64 + length > BODY_BYTES_MAX {
        return Err(malformed("the body, which is too long"));
    }
    let read = reader.take(length).read_to_end(body).await? as u64;
    if read == length { Ok(()) } else { Err(malformed("the body, which ends early")) }
}

/// A line without its end; `None` at the end.
async fn line(reader: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let read = reader.take(HEAD_BYTES_MAX as u64).read_until(b'\n', &mut bytes).await?;
    if read == 0 {
        return Ok(None);
    }
    if bytes.pop() != Some(b'\n') {
        return Err(malformed("a line"));
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    String::from_utf8(bytes).map(Some).map_err(|_| malformed("a line, which is no text"))
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} cannot be read"))
}

/// Headers that are of one connection only.
const OF_CONNECTION: [&str; 6] =
    ["connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"];

/// Writes an answer.
///
/// # Errors
/// Where the connection breaks.
pub(super) async fn write(
    writer: &mut (impl AsyncWrite + Unpin),
    request: &Incoming,
    answer: &Outgoing,
) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Answered\r\n", answer.status);
    let is_head = request.method == "HEAD";
    for (name, value) in &answer.headers {
        let of_connection = OF_CONNECTION.contains(&name.as_str());
        // The length that a HEAD tells is that of a body which is not there.
        if !of_connection || (is_head && name == "content-length") {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    if !is_head && answer.status != 204 && answer.status != 304 {
        head.push_str(&format!("content-length: {}\r\n", answer.body.len()));
    }
    head.push_str("\r\n");
    writer.write_all(head.as_bytes()).await?;
    if !is_head {
        writer.write_all(&answer.body).await?;
    }
    writer.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
    }

    fn parsed(text: &str) -> (io::Result<Option<Incoming>>, String) {
        let mut out = Vec::new();
        let request = ready(read(&mut text.as_bytes(), &mut out));
        (request, String::from_utf8(out).expect("text"))
    }

    #[test]
    fn requests_with_length_and_with_chunks() {
        let (request, _) =
            parsed("PUT /b/a%20c?x-id=1 HTTP/1.1\r\nX-A: 1\r\nContent-Length: 3\r\n\r\nabcrest");
        let request = request.expect("readable").expect("a request");
        assert_eq!((request.path.as_str(), request.query.as_str()), ("/b/a%20c", "x-id=1"));
        assert_eq!(
            (request.header("x-a"), request.body.as_slice()),
            (Some("1"), b"abc".as_slice())
        );
        let (request, said) = parsed(
            "POST / HTTP/1.1\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x\r\nd\r\n0\r\n\r\n",
        );
        assert_eq!(request.expect("readable").expect("a request").body, b"abcd");
        assert_eq!(said, "HTTP/1.1 100 Continue\r\n\r\n");
    }

    #[test]
    fn what_is_none_is_an_error() {
        assert!(parsed("").0.expect("the end").is_none());
        for text in [
            "GET /\r\n\r\n",
            "GET / HTTP/1.1\r\nno\r\n\r\n",
            "GET / HTTP/1.1\r\n",
            "GET / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc",
            "GET / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        ] {
            assert!(parsed(text).0.is_err(), "{text}");
        }
    }

    #[test]
    fn an_answer_to_head_has_no_body() {
        let request = |method: &str| Incoming {
            method: method.into(),
            path: "/".into(),
            query: String::new(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let headers = [("content-length", "7"), ("x-a", "1"), ("connection", "close")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let answer = Outgoing { status: 200, headers: headers.into(), body: b"ab".to_vec() };
        let written = |method: &str| {
            let mut out = Vec::new();
            ready(write(&mut out, &request(method), &answer)).expect("written");
            String::from_utf8(out).expect("text")
        };
        assert_eq!(written("HEAD"), "HTTP/1.1 200 Answered\r\ncontent-length: 7\r\nx-a: 1\r\n\r\n");
        assert_eq!(
            written("GET"),
            "HTTP/1.1 200 Answered\r\nx-a: 1\r\ncontent-length: 2\r\n\r\nab"
        );
    }
}
