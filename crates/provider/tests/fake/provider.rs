//! A provider that misbehaves as the variable `FAKE` says: the other side of `tests/misbehaviour.rs`.
//!
//! It speaks protocol 6 without TLS, by hand, so that it can break any rule. Not a model of how to write a provider.

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use h2::server::{self, SendResponse};
use http::{HeaderMap, HeaderValue, Request, Response};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

type Done = Result<(), Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Done {
    let fake = variable("FAKE");
    let address =
        PathBuf::from(variable("FAKE_DIR")).join(format!("socket-{}", std::process::id()));
    let line = match fake.as_str() {
        "silent" => std::future::pending().await,
        "babbles" => "Hello! I am not a provider.".to_owned(),
        "dies" => {
            say_error("no luck today");
            end(3)
        }
        "old" => format!("1|4|unix|{}|grpc|", address.display()),
        "nobody" => format!("1|6|unix|{}|grpc|", address.display()),
        _ => return serve(&fake, address).await,
    };
    say(&line);
    tokio::time::sleep(Duration::from_secs(60)).await;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a program of its own, which is told by its environment what to do"
)]
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

#[expect(
    clippy::print_stdout,
    reason = "the plugin library's handshake is a line on standard output"
)]
fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "its last words are to be found by the other side")]
fn say_error(line: &str) {
    eprintln!("{line}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "it ends in the middle of whatever it does: that is its purpose"
)]
fn end(code: i32) -> ! {
    std::process::exit(code)
}

async fn serve(fake: &str, address: PathBuf) -> Done {
    let listener = UnixListener::bind(&address)?;
    say(&format!("1|6|unix|{}|grpc|", address.display()));
    let (stream, _) = listener.accept().await?;
    std::fs::remove_file(&address)?;
    connection(fake, stream).await
}

async fn connection(fake: &str, stream: UnixStream) -> Done {
    let mut connection = server::handshake(stream).await?;
    let (stopped, _) = watch::channel(false);
    while let Some(request) = connection.accept().await {
        let (request, respond) = request?;
        let (fake, stopped) = (fake.to_owned(), stopped.clone());
        tokio::spawn(async move { answer(&fake, &request, respond, stopped).await });
    }
    Ok(())
}

async fn answer<B>(
    fake: &str,
    request: &Request<B>,
    mut respond: SendResponse<Bytes>,
    stopped: watch::Sender<bool>,
) -> Done {
    let operation = request.uri().path().rsplit('/').next().unwrap_or_default();
    match operation {
        "GetProviderSchema" => message(&mut respond, &schema()),
        "ApplyResourceChange" => apply(fake, &mut respond, stopped).await,
        "GetFunctions" => message(&mut respond, &functions()),
        "CallFunction" => message(&mut respond, &wrapped(1, &wrapped(1, &[0xa2, b'o', b'k']))),
        "StopProvider" => {
            stopped.send_replace(true);
            message(&mut respond, &[])
        }
        "Shutdown" => end(0),
        "StreamStdio" | "GetResourceIdentitySchemas" => status(&mut respond, "12", ""),
        _ => message(&mut respond, &[]),
    }
}

async fn apply(
    fake: &str,
    respond: &mut SendResponse<Bytes>,
    stopped: watch::Sender<bool>,
) -> Done {
    match fake {
        "hangs" => std::future::pending().await,
        "stops" => {
            stopped.subscribe().wait_for(|stopped| *stopped).await?;
            message(respond, &wrapped(1, &wrapped(1, &[0xc0])))
        }
        "panics" => {
            say_error("panic: out of luck");
            end(2)
        }
        "garbage" => {
            let mut answer = wrapped(1, &wrapped(1, &[0xff, 0xff]));
            answer.extend(wrapped(2, b"kept"));
            message(respond, &answer)
        }
        "broken" => message(respond, &[0x0a, 0x50, 0x00]),
        "fails" => status(respond, "13", "something%20inside"),
        "unknown" => status(respond, "12", ""),
        "leaves" => {
            respond.send_reset(h2::Reason::INTERNAL_ERROR);
            Ok(())
        }
        _ => message(respond, &wrapped(1, &wrapped(1, &[0xc0]))),
    }
}

/// A schema with one resource type `fake_thing`, whose only attribute is `id`, and schemas that need not be asked for.
fn schema() -> Vec<u8> {
    let attr =
        [wrapped(1, b"id"), wrapped(2, br#""string""#), vec![0x28, 1], vec![0x30, 1]].concat();
    let entry = [wrapped(1, b"fake_thing"), wrapped(2, &wrapped(2, &wrapped(2, &attr)))].concat();
    [wrapped(2, &entry), wrapped(6, &[0x10, 1])].concat()
}

/// One function `late` from a text to a text, which the schema does not hold.
fn functions() -> Vec<u8> {
    let ty = br#""string""#;
    let param = [wrapped(1, b"x"), wrapped(2, ty)].concat();
    let function = [wrapped(1, &param), wrapped(3, &wrapped(1, ty))].concat();
    wrapped(1, &[wrapped(1, b"late"), wrapped(2, &function)].concat())
}

/// A field of bytes, at most 127 of them.
fn wrapped(field: u8, bytes: &[u8]) -> Vec<u8> {
    [&[field << 3 | 2, bytes.len() as u8], bytes].concat()
}

fn message(respond: &mut SendResponse<Bytes>, message: &[u8]) -> Done {
    let response = Response::builder().header("content-type", "application/grpc").body(())?;
    let mut body = respond.send_response(response, false)?;
    let head = [&[0][..], &(message.len() as u32).to_be_bytes()].concat();
    body.send_data(Bytes::from([&head, message].concat()), false)?;
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    body.send_trailers(trailers)?;
    Ok(())
}

fn status(respond: &mut SendResponse<Bytes>, code: &str, message: &str) -> Done {
    let response = Response::builder()
        .header("content-type", "application/grpc")
        .header("grpc-status", code)
        .header("grpc-message", message)
        .body(())?;
    respond.send_response(response, true)?;
    Ok(())
}
