//! Putting one call and judging how it ended.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use schema::FunctionSchema;
use schema::protocol::{Answer, Call, CallFailure, CallKind, FailureKind, Reply, ReplyBody};
use tokio::sync::watch;
use value::Value;

use super::grpc::{GrpcError, HEAD_LEN};
use super::{Plugin, Stopping};
use crate::schemas::Schemas;
use crate::wire::reply::{ReplyError, decode};
use crate::wire::request::encode;

/// How long after a broken connection the end of the process is awaited, to tell it as the cause.
pub(super) const EXIT_GRACE: Duration = Duration::from_secs(2);

impl Plugin {
    /// Puts a call, whatever comes of it.
    pub(super) async fn put(&self, call: Call) -> Answer {
        let kind = call.kind();
        if self.closed.load(Ordering::Acquire) {
            return Err(self.failure(kind, FailureKind::Refused, "it was ended before".to_owned()));
        }
        if let Some(exit) = self.process.exit() {
            return Err(self.failure(
                kind,
                FailureKind::Refused,
                format!("{}, before this call", exit.0),
            ));
        }
        let Some(schemas) = self.schemas.get() else {
            panic!("BUG: a call was put to provider {} before its schemas were known", self.name)
        };
        if let Some(reply) = without_asking(&call, schemas) {
            return Ok(reply);
        }
        if let Err(message) = self.told_schema(schemas).await {
            return Err(self.failure(kind, FailureKind::Transport, message));
        }
        let late = self.late_function(&call, schemas).await;
        let late = late.map_err(|message| self.failure(kind, FailureKind::Transport, message))?;
        let request = encode(&call, schemas, late, HEAD_LEN)
            .map_err(|message| self.failure(kind, FailureKind::Refused, message))?;
        let response = self.exchange(kind, request).await?;
        decode(&call, schemas, late, &response).map_err(|error| self.unreadable(kind, error))
    }

    /// Some providers answer nothing before they have told their schema; it is dropped unread.
    pub(crate) async fn told_schema(&self, schemas: &Schemas) -> Result<(), String> {
        if schemas.capabilities().schema_optional {
            return Ok(());
        }
        let told = self
            .asked
            .get_or_try_init(|| async { self.ask(self.protocol.schema_path()).await.map(drop) });
        told.await.copied()
    }

    /// The schema of a called function that the provider tells only when it is configured.
    async fn late_function(
        &self,
        call: &Call,
        schemas: &Schemas,
    ) -> Result<Option<&FunctionSchema>, String> {
        let Call::Function { name, .. } = call else { return Ok(None) };
        if schemas.function(name).map_err(|error| error.to_string())?.is_some() {
            return Ok(None);
        }
        self.functions().await.map(|functions| functions.get(name).map(AsRef::as_ref))
    }

    async fn exchange(&self, kind: CallKind, request: Vec<u8>) -> Result<Bytes, CallFailure> {
        let response = self.channel.unary(self.protocol.path(kind), request);
        tokio::pin!(response);
        let stopped = self.stopped.subscribe();
        let limit = self.limits.of(kind);
        tokio::select! {
            answer = &mut response => self.received(kind, answer).await,
            exit = self.process.ended() => Err(self.ended(kind, exit.0)),
            () = elapsed(limit) => {
                // Asked to stop it may still answer, and an answer is worth more than a doubt.
                self.ask_to_stop().await;
                match tokio::time::timeout(self.limits.stop, &mut response).await {
                    Ok(answer) => self.received(kind, answer).await,
                    Err(_) => Err(self.overdue(kind, limit)),
                }
            },
            () = killed(stopped) => {
                Err(self.failure(kind, FailureKind::Stopped, "it was killed on request".to_owned()))
            },
        }
    }

    async fn received(
        &self,
        kind: CallKind,
        answer: Result<Bytes, GrpcError>,
    ) -> Result<Bytes, CallFailure> {
        let error = match answer {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        match &error {
            GrpcError::Unimplemented => Err(self.failure(kind, FailureKind::Refused, error.text())),
            GrpcError::Status { .. } => {
                Err(self.failure(kind, FailureKind::Transport, error.text()))
            }
            GrpcError::Connection(_) => {
                match tokio::time::timeout(EXIT_GRACE, self.process.ended()).await {
                    Ok(exit) => Err(self.ended(kind, exit.0)),
                    Err(_) => Err(self.failure(kind, FailureKind::Transport, error.text())),
                }
            }
        }
    }

    fn ended(&self, kind: CallKind, exit: String) -> CallFailure {
        match *self.stopped.borrow() {
            Stopping::Not => self.failure(kind, FailureKind::Exited, exit),
            Stopping::Killed => {
                self.failure(kind, FailureKind::Stopped, "it was killed on request".to_owned())
            }
        }
    }

    fn overdue(&self, kind: CallKind, limit: Option<Duration>) -> CallFailure {
        let seconds = limit.unwrap_or_default().as_secs();
        let stop = self.limits.stop.as_secs();
        let message = format!(
            "it did not answer within {seconds} s, nor within {stop} s after it was asked to stop; its process was killed"
        );
        let failure = self.failure(kind, FailureKind::TimedOut, message);
        self.closed.store(true, Ordering::Release);
        self.process.kill();
        failure
    }

    fn unreadable(&self, kind: CallKind, error: ReplyError) -> CallFailure {
        match error {
            ReplyError::Broken => self.failure(
                kind,
                FailureKind::Transport,
                "its answer is no message of the protocol".to_owned(),
            ),
            ReplyError::Schema(message) => self.failure(kind, FailureKind::Transport, message),
            ReplyError::Undecodable(message, undecodable) => {
                let message = format!("its answer does not fit its own schema: {message}");
                self.failure(kind, FailureKind::Undecodable(undecodable), message)
            }
        }
    }

    fn failure(&self, kind: CallKind, failure: FailureKind, message: String) -> CallFailure {
        CallFailure {
            kind: failure,
            provider: self.name.clone(),
            call: kind.name(),
            message,
            last_lines: self.process.lines().last(),
        }
    }
}

async fn killed(mut stopped: watch::Receiver<Stopping>) {
    let _ = stopped.wait_for(|stopping| *stopping == Stopping::Killed).await; // its sender is the plugin itself
}

/// The end of a limit; never, where there is none.
async fn elapsed(limit: Option<Duration>) {
    match limit {
        Some(limit) => tokio::time::sleep(limit).await,
        None => std::future::pending().await,
    }
}

/// What is known without the provider: the plan of a destroy, where it does not want to be asked for one; a function
/// of something unknown.
fn without_asking(call: &Call, schemas: &Schemas) -> Option<Reply> {
    match call {
        Call::Plan { proposed, prior_private, prior_identity, .. }
            if proposed.is_null() && !schemas.capabilities().plan_destroy =>
        {
            Some(Reply::from(ReplyBody::Planned {
                planned: proposed.clone(),
                private: prior_private.clone(),
                requires_replace: Vec::new(),
                legacy_type_system: false,
                identity: prior_identity.clone(),
                deferred: None,
            }))
        }
        Call::Function { name, args } => {
            let schema = schemas.function(name).ok().flatten()?;
            let refused = args.iter().enumerate().any(|(index, arg)| {
                let param = schema.params.get(index).or(schema.variadic.as_ref());
                param.is_some_and(|param| !param.allow_unknown) && !arg.is_wholly_known()
            });
            refused
                .then(|| Reply::from(ReplyBody::FunctionResult(Ok(Value::unknown(schema.result)))))
        }
        _ => None,
    }
}
