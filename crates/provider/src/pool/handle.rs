//! One use of a provider: a provider configuration of a stack, for its calls before and after it is configured.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use schema::FunctionSchema;
use schema::protocol::{Answer, Call, CallFailure, FailureKind, Reply};
use tokio::sync::RwLock;
use value::msgpack;

use super::Pool;
use super::key::{Key, Launch, Sharing};
use super::places::names_a_place;
use super::slot::{Last, Slot};
use crate::hash::Digest;
use crate::schemas::Schemas;
use crate::{BoxFuture, Provider, StartError};

/// A use of a provider. Before it is configured it shares the process of all that are not; when it is, that of all
/// with the same configuration.
#[derive(Debug)]
pub struct Handle {
    pool: Arc<Pool>,
    binary: Digest,
    state: Mutex<State>,
    closed: AtomicBool,
    /// Held alone while it changes processes, so that no call reaches one that is not configured.
    gate: RwLock<()>,
}

#[derive(Debug)]
struct State {
    launch: Launch,
    slot: Arc<Slot>,
    /// The call by which it was configured, to be put again where it moves to a process of its own.
    configured_by: Option<Call>,
}

impl Handle {
    pub(super) fn new(pool: Arc<Pool>, launch: Launch, binary: Digest, slot: Arc<Slot>) -> Handle {
        let state = Mutex::new(State { launch, slot, configured_by: None });
        Handle { pool, binary, state, closed: AtomicBool::new(false), gate: RwLock::new(()) }
    }

    /// The schemas of this provider.
    pub async fn schemas(&self) -> Result<Arc<Schemas>, StartError> {
        let cell = self.pool.schema_cell(&self.binary);
        self.pool.schemas_with(&cell, &self.binary, &self.slot()).await
    }

    /// Starts the process now, if it is not, and asks what it wants to be asked first, so that its first call need
    /// not wait.
    pub async fn warm(&self) -> Result<(), StartError> {
        let slot = self.slot();
        let plugin = slot.started(&self.pool).await?;
        let schemas = self.schemas().await?;
        plugin.use_schemas(schemas.clone());
        plugin.told_schema(&schemas).await.map_err(|message| plugin.start_error(message))
    }

    /// The functions of the provider as it is configured: some tell more of them then than their schema holds.
    pub async fn functions(&self) -> Result<BTreeMap<Arc<str>, Arc<FunctionSchema>>, StartError> {
        let slot = self.slot();
        let plugin = slot.started(&self.pool).await?;
        let functions = plugin.functions().await;
        functions.cloned().map_err(|message| plugin.start_error(message))
    }

    fn slot(&self) -> Arc<Slot> {
        self.lock().slot.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("BUG: a holder of the handle panicked")
    }

    async fn put(&self, call: Call) -> Answer {
        if self.closed.load(Ordering::Acquire) {
            return Err(self.refused(&call, "it was ended before"));
        }
        let schemas = self.schemas().await?;
        if let Call::Configure { .. } = &call {
            let _alone = self.gate.write().await;
            self.move_if_needed(&call);
            return self.configure(call, &schemas).await;
        }
        if self.has_to_move(&call) {
            let _alone = self.gate.write().await;
            if let Some(again) = self.move_if_needed(&call) {
                let answer = self.configure(again, &schemas).await?;
                if answer.has_errors() {
                    return Err(self.refused(&call, &self.not_configured(&answer)));
                }
            }
        }
        let slot = {
            let _settled = self.gate.read().await;
            self.slot()
        };
        let plugin = slot.started(&self.pool).await?;
        plugin.use_schemas(schemas.clone());
        plugin.call(call).await
    }

    fn refused(&self, call: &Call, message: &str) -> CallFailure {
        CallFailure {
            kind: FailureKind::Refused,
            provider: self.lock().launch.provider.clone(),
            call: call.kind().name(),
            message: message.to_owned(),
            last_lines: Vec::new(),
        }
    }

    fn not_configured(&self, answer: &Reply) -> String {
        let why = answer.diagnostics.first().map_or("", |first| first.summary.as_str());
        format!("in a process of its own it could not be configured as in the shared one: {why}")
    }

    async fn configure(&self, call: Call, schemas: &Arc<Schemas>) -> Answer {
        let config = config_digest(&call, schemas);
        let slot = {
            let mut state = self.lock();
            let plain = Key::of(&state.launch, self.binary, None);
            let key = Key::of(&state.launch, self.binary, Some(config));
            let slot = self.pool.enter_configured(&plain, key, &state.launch);
            let before = std::mem::replace(&mut state.slot, slot.clone());
            self.pool.leave(&before, Last::Stays); // for the next configuration
            state.configured_by = Some(call.clone());
            slot
        };
        let plugin = slot.started(&self.pool).await?;
        plugin.use_schemas(schemas.clone());
        slot.configure(plugin, call).await
    }

    /// Whether this call names a place relative to the stack's folder, and the process may work in another.
    fn has_to_move(&self, call: &Call) -> bool {
        let state = self.lock();
        state.launch.own_folder().is_none() && names_a_place(call, &state.launch.working_dir)
    }

    /// Changes to a process that works in the stack's folder, where the call is the first to need it, and gives the
    /// call to configure that one with.
    fn move_if_needed(&self, call: &Call) -> Option<Call> {
        if !self.has_to_move(call) {
            return None;
        }
        let mut state = self.lock();
        state.launch.sharing = Sharing::OwnFolder;
        let key = Key::of(&state.launch, self.binary, None);
        let slot = self.pool.enter(key, &state.launch);
        let before = std::mem::replace(&mut state.slot, slot);
        self.pool.leave(&before, Last::Stays);
        state.configured_by.take()
    }

    async fn leave(&self) {
        if !self.closed.swap(true, Ordering::AcqRel) {
            let slot = self.slot();
            if self.pool.leave(&slot, Last::Ends) {
                slot.end().await;
            }
        }
    }
}

impl Provider for Handle {
    fn call(&self, call: Call) -> BoxFuture<'_, Answer> {
        Box::pin(self.put(call))
    }

    /// Asks the whole process to stop, with all that share it: for when all of them stop.
    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async { self.slot().stop().await })
    }

    /// Gives the use up; the process ends with its last use.
    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.leave())
    }
}

/// The digest of what a provider is configured with.
fn config_digest(call: &Call, schemas: &Schemas) -> Digest {
    let Call::Configure { config, terraform_version, .. } = call else {
        unreachable!("BUG: {:?} configures nothing", call.kind())
    };
    let mut bytes = terraform_version.as_bytes().to_vec();
    bytes.push(0);
    msgpack::encode_into(config, schemas.provider().block.ty(), &mut bytes);
    Digest::of(&bytes)
}
