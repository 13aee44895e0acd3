//! One provider process and the calls put to it.
//!
//! Supervision is here: whatever goes wrong between a call and its answer (the process ends, hangs, breaks the
//! connection, answers what no schema allows) becomes one [`CallFailure`]. Starting is in [`start`].
//!
//! Invariant: a call that was put ends, by its answer, its limit, a stop or the end of the process.

mod call;
mod grpc;
mod handshake;
mod limits;
mod lines;
mod process;
mod reaper;
mod start;
mod stdio;
mod tls;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use schema::FunctionSchema;
use schema::protocol::{Answer, Call};
use tokio::sync::{OnceCell, watch};

pub use limits::Limits;
pub(crate) use reaper::Reaper;
pub(crate) use start::Start;
pub(crate) use tls::Identity;

use crate::schemas::Schemas;
use crate::wire::schema::functions;
use crate::wire::{Protocol, method};
use crate::{BoxFuture, Provider, StartError};
use grpc::{Channel, GrpcError, HEAD_LEN};
use process::Process;

/// A running provider.
#[derive(Debug)]
pub(crate) struct Plugin {
    name: Arc<str>,
    protocol: Protocol,
    channel: Channel,
    process: Process,
    limits: Limits,
    schemas: OnceCell<Arc<Schemas>>,
    /// Whether the provider was asked for its schema, as some want to be before all else.
    asked: OnceCell<()>,
    /// What GetFunctions tells: asked for when a function is called that the schema does not hold.
    late_functions: OnceCell<Functions>,
    stopped: watch::Sender<Stopping>,
    closed: AtomicBool,
}

/// Functions by name.
pub(crate) type Functions = BTreeMap<Arc<str>, Arc<FunctionSchema>>;

/// How far the user went in stopping this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stopping {
    Not,
    Killed,
}

impl Plugin {
    /// The protocol that was agreed on.
    pub(crate) fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// Gives the schemas that calls are written and read by. They are given once; later ones are dropped.
    pub(crate) fn use_schemas(&self, schemas: Arc<Schemas>) {
        let _ = self.schemas.set(schemas);
    }

    /// Whether calls can still be put to it.
    pub(crate) fn is_alive(&self) -> bool {
        !self.closed.load(Ordering::Acquire) && self.process.exit().is_none()
    }

    /// Asks for the schema, and gives the answer's bytes with those of the identities', where there are any.
    pub(crate) async fn fetch_schema(
        &self,
    ) -> Result<(bytes::Bytes, Option<bytes::Bytes>), StartError> {
        let schema = self
            .ask(self.protocol.schema_path())
            .await
            .map_err(|message| self.start_error(message))?;
        let _ = self.asked.set(());
        let identities = self.ask(self.protocol.identities_path()).await.ok(); // older ones know none
        Ok((schema, identities))
    }

    /// All functions of the provider as it is configured, asked for once. A provider that knows no such question has
    /// none but those of its schema.
    pub(crate) async fn functions(&self) -> Result<&Functions, String> {
        let told = self.late_functions.get_or_try_init(|| async {
            match self.ask(self.protocol.functions_path()).await {
                Ok(answer) => {
                    functions(&answer).map_err(|_| "its functions cannot be read".to_owned())
                }
                Err(_) if self.process.exit().is_none() => Ok(Functions::new()),
                Err(message) => Err(message),
            }
        });
        told.await
    }

    async fn ask(&self, path: &'static str) -> Result<bytes::Bytes, String> {
        let asked = self.channel.unary(path, vec![0; HEAD_LEN]);
        tokio::select! {
            answer = tokio::time::timeout(self.limits.schema, asked) => match answer {
                Ok(Ok(answer)) => Ok(answer),
                Ok(Err(error)) => Err(self.because(&error).await),
                Err(_) => Err(format!("it did not tell its schema within {} s", self.limits.schema.as_secs())),
            },
            exit = self.process.ended() => Err(exit.0),
        }
    }

    /// A failed connection mostly means a process that ended: give that a moment to show.
    async fn because(&self, error: &GrpcError) -> String {
        if let GrpcError::Connection(_) = error
            && let Ok(exit) = tokio::time::timeout(call::EXIT_GRACE, self.process.ended()).await
        {
            return exit.0;
        }
        error.text()
    }

    pub(crate) fn start_error(&self, message: String) -> StartError {
        StartError { provider: self.name.clone(), message, last_lines: self.process.lines().last() }
    }

    /// Kills it without asking; calls under way fail.
    pub(crate) fn kill(&self) {
        self.closed.store(true, Ordering::Release);
        self.stopped.send_replace(Stopping::Killed);
        self.process.kill();
    }

    /// Asks that the calls under way end soon.
    pub(crate) async fn ask_to_stop(&self) {
        let asked = self.channel.unary(self.protocol.stop_path(), vec![0; HEAD_LEN]);
        let _ = tokio::time::timeout(self.limits.close, asked).await; // it is a request: none is owed an answer
    }

    /// Tells the process to end, and kills it if it does not in time.
    pub(crate) async fn end(&self) {
        if self.closed.swap(true, Ordering::AcqRel) || self.process.exit().is_some() {
            return;
        }
        let told = self.channel.unary(method::SHUTDOWN_PATH, vec![0; HEAD_LEN]);
        let ended = async {
            let _ = told.await; // it may go before it answers
            self.process.ended().await
        };
        if tokio::time::timeout(self.limits.close, ended).await.is_err() {
            self.process.kill();
        }
    }
}

impl Provider for Plugin {
    fn call(&self, call: Call) -> BoxFuture<'_, Answer> {
        Box::pin(self.put(call))
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.ask_to_stop())
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.end())
    }
}
