//! A recorder of calls to AWS: an HTTP server on loopback before the real service or an emulator.
//!
//! Providers speak to it in the clear; it signs what they ask anew with the base credentials of the environment and passes it
//! on. What each request needs is `access::derive`'s to say. With a role to act as, each request is first made as somebody
//! who may do nothing, and then as somebody who may do just what is believed to be needed: a refusal has no effect, and
//! teaches.
//!
//! Invariant: only a process that knows the recorder's own random key is served; no answer reaches a provider that a request
//! other than its own last one brought.

mod forward;
mod http1;
mod steps;
mod upstream;

use std::sync::{Arc, Mutex, PoisonError};

use access::derive::{Learned, Tables};
use diag::Diagnostic;
use host::Host;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::credentials::Recorded;
use crate::credentials::asking::Asking;
use crate::credentials::aws::Keys;
use forward::Forward;
use provider::Purpose;
use steps::Believed;

/// What is wanted of a recorder.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// The role to act as, which may do all that is recorded; the base credentials must be allowed to become it.
    pub act_as: Option<String>,
}

/// What was recorded.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// What planning needs.
    pub plan: Learned,
    /// What applying needs beside.
    pub apply: Learned,
    /// Services that no table knows, whose needs are guesses.
    pub guessed: std::collections::BTreeSet<String>,
    /// Requests of which nobody can tell what they are: service, method, path.
    pub unknown: std::collections::BTreeSet<String>,
    /// Actions that the service refused upon the resources that the table says, so that they stand upon everything.
    pub widened: std::collections::BTreeSet<String>,
    /// Requests that were refused even so.
    pub refused: std::collections::BTreeSet<String>,
}

/// A recorder that runs. Dropping it ends it.
pub struct Recorder {
    state: Arc<State>,
    recorded: Recorded,
    servers: Vec<JoinHandle<()>>,
}

/// What its connections share.
struct State {
    tables: Tables,
    forward: Forward,
    record: Mutex<Record>,
    believed: Believed,
    /// What a provider signs with.
    access_key: String,
}

impl State {
    fn record(&self, write: impl FnOnce(&mut Record)) {
        write(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Recorder {
    /// Starts it on two free ports of loopback: one for what plans, one for what applies.
    ///
    /// # Errors
    /// Where there are no base credentials, they are nobody's, or the system gives no port.
    pub async fn start(
        host: &Host,
        dir: &std::path::Path,
        wanted: Recording,
    ) -> Result<Recorder, Diagnostic> {
        let asking = Arc::new(Asking::new(host, dir));
        let told = tokio::task::spawn_blocking(move || {
            let keys = Keys::of_environment(&asking).map_err(|failure| failure.to_string())?;
            let account = keys.account(&asking).map_err(|failure| failure.to_string())?;
            let forward = Forward::new(asking, keys, account, wanted.act_as);
            forward.check().map(|()| forward)
        });
        let told: Result<Forward, String> =
            told.await.expect("BUG: asking who the base credentials are panicked");
        let forward = told.map_err(|why| {
            Diagnostic::error("derive-credentials", "The base credentials cannot be used")
                .detail(format!("A recorder signs what providers ask: {why}."))
                .remedy("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of a sandbox account, or AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN; AWS_ENDPOINT_URL for an emulator. A role to act as has to trust them.")
        })?;
        let access_key = format!("strata{:032x}", u128::from_le_bytes(host::random()));
        let state = Arc::new(State {
            tables: Tables::read(),
            forward,
            record: Mutex::default(),
            believed: Believed::default(),
            access_key: access_key.clone(),
        });
        let (plan_url, plan) = serve(&state, Purpose::Plan).await?;
        let (apply_url, apply) = serve(&state, Purpose::Apply).await?;
        let recorded = Recorded { plan_url, apply_url, access_key };
        Ok(Recorder { state, recorded, servers: vec![plan, apply] })
    }

    /// How processes are put before it.
    pub fn recorded(&self) -> Recorded {
        self.recorded.clone()
    }

    /// What was recorded so far.
    pub fn record(&self) -> Record {
        self.state.record.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The account that calls are made in.
    pub fn account(&self) -> &str {
        self.state.forward.account()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.servers.iter().for_each(JoinHandle::abort);
    }
}

async fn serve(
    state: &Arc<State>,
    purpose: Purpose,
) -> Result<(String, JoinHandle<()>), Diagnostic> {
    let failed = |error: std::io::Error| {
        Diagnostic::error("derive-port", "The recorder cannot listen")
            .detail(format!("The system gives no port of loopback: {error}."))
            .remedy("See that 127.0.0.1 is up and that this process may open sockets.")
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
    let url = format!("http://{}", listener.local_addr().map_err(failed)?);
    let state = state.clone();
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let state = state.clone();
            tokio::spawn(async move {
                let (reader, mut writer) = stream.into_split();
                let mut reader = tokio::io::BufReader::new(reader);
                // A connection that breaks is its client's to notice.
                while let Ok(Some(request)) = http1::read(&mut reader, &mut writer).await {
                    let answer = steps::answer(state.clone(), purpose, &request).await;
                    if http1::write(&mut writer, &request, &answer).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    Ok((url, server))
}
