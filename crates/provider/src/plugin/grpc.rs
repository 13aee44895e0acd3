//! gRPC over one HTTP/2 connection, as much of it as the plugin protocol needs: calls of one request with one
//! response or a stream of them.
//!
//! No retries, no deadlines, no compression: the caller has the limits. Invariant: a message longer than
//! [`MESSAGE_BYTES_MAX`] is not gathered.

use bytes::{Buf, Bytes, BytesMut};
use h2::client::{self, ResponseFuture, SendRequest};
use h2::{Reason, RecvStream};
use http::{HeaderMap, Request, Response, StatusCode};
use tokio::io::{AsyncRead, AsyncWrite};

/// Greatest length of one message, in bytes. OpenTofu takes 64 MiB of schema; providers' SDKs send up to 256 MiB.
pub(super) const MESSAGE_BYTES_MAX: usize = 256 << 20;

/// Bytes that may be under way on one stream and on the connection: schemas have tens of MB.
const STREAM_WINDOW_BYTES: u32 = 16 << 20;
const CONNECTION_WINDOW_BYTES: u32 = 64 << 20;

/// Greatest length of one frame that we accept, in bytes.
const FRAME_BYTES_MAX: u32 = 1 << 20;

/// Greatest length of a response's headers, in bytes: a provider's panic comes as one.
const HEADER_BYTES_MAX: u32 = 1 << 20;

/// The head of a message: whether it is compressed, and its length.
pub(super) const HEAD_LEN: usize = 5;

/// gRPC's code for an operation that the server does not know.
const UNIMPLEMENTED: u32 = 12;

/// gRPC's code for a call that was cancelled.
const CANCELLED: u32 = 1;

/// Why a call has no response.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum GrpcError {
    /// The server does not know the operation.
    Unimplemented,
    /// The server says why it failed.
    Status {
        /// gRPC's code.
        code: u32,
        /// The server's words.
        message: String,
    },
    /// The connection failed.
    Connection(String),
}

impl GrpcError {
    pub(super) fn text(&self) -> String {
        match self {
            GrpcError::Unimplemented => "it does not know this call".to_owned(),
            GrpcError::Status { code: CANCELLED, .. } => "it was cancelled".to_owned(),
            GrpcError::Status { code, message } if message.is_empty() => {
                format!("it failed with code {code}")
            }
            GrpcError::Status { message, .. } => message.clone(),
            GrpcError::Connection(message) => format!("the connection failed: {message}"),
        }
    }
}

impl From<h2::Error> for GrpcError {
    fn from(error: h2::Error) -> GrpcError {
        match error.reason() {
            Some(Reason::CANCEL) => GrpcError::Status { code: CANCELLED, message: String::new() },
            _ => GrpcError::Connection(error.to_string()),
        }
    }
}

/// One connection; clones share it.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    send: SendRequest<Bytes>,
}

impl Channel {
    /// Speaks HTTP/2 over this stream. The connection is driven by a task that ends with it.
    pub(super) async fn connect<S>(stream: S) -> Result<Channel, GrpcError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (send, connection) = client::Builder::new()
            .initial_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .max_frame_size(FRAME_BYTES_MAX)
            .max_header_list_size(HEADER_BYTES_MAX)
            .initial_max_send_streams(1_000)
            .enable_push(false)
            .handshake(stream)
            .await?;
        tokio::spawn(async move {
            let _ = connection.await; // each call learns of it by its own stream
        });
        Ok(Channel { send })
    }

    /// One request, one response. `message` begins with [`HEAD_LEN`] bytes of room.
    pub(super) async fn unary(
        &self,
        path: &'static str,
        message: Vec<u8>,
    ) -> Result<Bytes, GrpcError> {
        let response = self.start(path, message).await?.await?;
        let mut stream = Messages::of(response)?;
        let first = stream.next().await?;
        match (first, stream.end().await) {
            (Some(message), Ok(())) => Ok(message),
            (None, Ok(())) => {
                Err(GrpcError::Connection("it answered without a message".to_owned()))
            }
            (_, Err(error)) => Err(error),
        }
    }

    /// One request, many responses.
    pub(super) async fn stream(
        &self,
        path: &'static str,
        message: Vec<u8>,
    ) -> Result<Messages, GrpcError> {
        Messages::of(self.start(path, message).await?.await?)
    }

    async fn start(
        &self,
        path: &'static str,
        mut message: Vec<u8>,
    ) -> Result<ResponseFuture, GrpcError> {
        let length = u32::try_from(message.len() - HEAD_LEN)
            .map_err(|_| GrpcError::Connection("the request is longer than 4 GiB".to_owned()))?;
        message[0] = 0;
        message[1..HEAD_LEN].copy_from_slice(&length.to_be_bytes());
        let request = Request::post(format!("http://localhost{path}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(())
            .expect("BUG: the request's parts are constants");
        let mut send = self.send.clone().ready().await?;
        let (response, mut body) = send.send_request(request, false)?;
        body.send_data(Bytes::from(message), true)?;
        Ok(response)
    }
}

/// The messages of one response.
#[derive(Debug)]
pub(super) struct Messages {
    body: RecvStream,
    gathered: BytesMut,
    /// Where the headers hold the status already, there is no body.
    early: Option<Result<(), GrpcError>>,
}

impl Messages {
    fn of(response: Response<RecvStream>) -> Result<Messages, GrpcError> {
        if response.status() != StatusCode::OK {
            return Err(GrpcError::Connection(format!(
                "it answered with HTTP {}",
                response.status()
            )));
        }
        let early =
            response.headers().contains_key("grpc-status").then(|| status(response.headers()));
        Ok(Messages { body: response.into_body(), gathered: BytesMut::new(), early })
    }

    /// The next message; none at the end of the stream.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, GrpcError> {
        loop {
            if let Some(message) = self.whole()? {
                return Ok(Some(message));
            }
            let Some(chunk) = self.body.data().await else {
                return match self.gathered.is_empty() {
                    true => Ok(None),
                    false => Err(GrpcError::Connection("the answer ends in the middle".to_owned())),
                };
            };
            let chunk = chunk?;
            self.body.flow_control().release_capacity(chunk.len())?;
            self.gathered.extend_from_slice(&chunk);
        }
    }

    /// The first message gathered, where it is whole.
    fn whole(&mut self) -> Result<Option<Bytes>, GrpcError> {
        let Some(head) = self.gathered.first_chunk::<HEAD_LEN>() else { return Ok(None) };
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        if head[0] != 0 {
            return Err(GrpcError::Connection(
                "the answer is compressed, which was not asked for".to_owned(),
            ));
        }
        if length > MESSAGE_BYTES_MAX {
            let max = MESSAGE_BYTES_MAX >> 20;
            return Err(GrpcError::Connection(format!(
                "the answer has {length} bytes; {max} MiB are allowed"
            )));
        }
        if self.gathered.len() < HEAD_LEN + length {
            self.gathered.reserve(HEAD_LEN + length - self.gathered.len());
            return Ok(None);
        }
        self.gathered.advance(HEAD_LEN);
        Ok(Some(self.gathered.split_to(length).freeze()))
    }

    /// How the call ended; what is left of the body is dropped.
    async fn end(mut self) -> Result<(), GrpcError> {
        if let Some(early) = self.early {
            return early;
        }
        while let Some(chunk) = self.body.data().await {
            self.body.flow_control().release_capacity(chunk?.len())?;
        }
        match self.body.trailers().await? {
            Some(trailers) => status(&trailers),
            None => Err(GrpcError::Connection("it answered without a status".to_owned())),
        }
    }
}

fn status(headers: &HeaderMap) -> Result<(), GrpcError> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    match text("grpc-status").parse() {
        Ok(0) => Ok(()),
        Ok(UNIMPLEMENTED) => Err(GrpcError::Unimplemented),
        Ok(code) => Err(GrpcError::Status { code, message: percent_decoded(text("grpc-message")) }),
        Err(_) => {
            Err(GrpcError::Connection("it answered with a status that is no number".to_owned()))
        }
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        rest = if escaped.is_some() { &after[2..] } else { after };
        bytes.push(escaped.unwrap_or(*first));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_a_status_are_decoded() {
        assert_eq!(percent_decoded("a%20b%0Ac%"), "a b\nc%");
        let mut headers = HeaderMap::new();
        headers.insert("grpc-status", "12".parse().unwrap());
        assert_eq!(status(&headers), Err(GrpcError::Unimplemented));
        headers.insert("grpc-status", "2".parse().unwrap());
        headers.insert("grpc-message", "no%20luck".parse().unwrap());
        assert_eq!(status(&headers).unwrap_err().text(), "no luck");
        headers.insert("grpc-status", "0".parse().unwrap());
        assert_eq!(status(&headers), Ok(()));
    }
}
