//! One use of a provider: a provider configuration of a stack, for its calls before and after it is configured.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use schema::protocol::{Answer, Call, CallFailure, FailureKind};
use value::msgpack;

use super::Pool;
use super::key::{Key, Launch, Sharing};
use super::places::names_a_place;
use super::slot::Slot;
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
        slot.enter();
        let state = State { launch, slot, configured_by: None };
        Handle { pool, binary, state: Mutex::new(state), closed: AtomicBool::new(false) }
    }

    /// The schemas of this provider.
    pub async fn schemas(&self) -> Result<Arc<Schemas>, StartError> {
        let cell = self.pool.schema_cell(&self.binary);
        self.pool.schemas_with(&cell, &self.binary, &self.slot()).await
    }

    /// Starts the process now, if it is not, so that its first call need not wait.
    pub async fn warm(&self) -> Result<(), StartError> {
        self.slot().started(&self.pool).await.map(drop)
    }

    fn slot(&self) -> Arc<Slot> {
        self.lock().slot.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("BUG: a holder of the handle panicked")
    }

    async fn put(&self, call: Call) -> Answer {
        if self.closed.load(Ordering::Acquire) {
            let provider = self.lock().launch.provider.clone();
            return Err(CallFailure {
                kind: FailureKind::Refused,
                provider,
                call: call.kind().name(),
                message: "it was ended before".to_owned(),
                last_lines: Vec::new(),
            });
        }
        let schemas = self.schemas().await?;
        let moved = self.move_to_own_folder(&call);
        if let Call::Configure { .. } = &call {
            return self.configure(call, &schemas).await;
        }
        if let Some(again) = moved {
            let answer = self.configure(again, &schemas).await?;
            if answer.has_errors() {
                return Ok(answer);
            }
        }
        self.put_to(&self.slot(), call, &schemas).await
    }

    async fn put_to(&self, slot: &Slot, call: Call, schemas: &Arc<Schemas>) -> Answer {
        let plugin = slot.started(&self.pool).await?;
        plugin.use_schemas(schemas.clone());
        plugin.call(call).await
    }

    async fn configure(&self, call: Call, schemas: &Arc<Schemas>) -> Answer {
        let config = config_digest(&call, schemas);
        let slot = {
            let mut state = self.lock();
            let plain = Key::of(&state.launch, self.binary, None);
            let key = Key::of(&state.launch, self.binary, Some(config));
            let slot = self.pool.configured_slot(&plain, key, &state.launch);
            slot.enter();
            let before = std::mem::replace(&mut state.slot, slot.clone());
            before.leave(); // an unconfigured process stays for the next configuration
            state.configured_by = Some(call.clone());
            slot
        };
        let plugin = slot.started(&self.pool).await?;
        plugin.use_schemas(schemas.clone());
        slot.configure(plugin, call).await
    }

    /// Where this call is the first to name a place relative to the stack's folder, changes to a process that works
    /// there, and gives the call to configure that one with.
    fn move_to_own_folder(&self, call: &Call) -> Option<Call> {
        let mut state = self.lock();
        if state.launch.sharing == Sharing::OwnFolder
            || !names_a_place(call, &state.launch.working_dir)
        {
            return None;
        }
        state.launch.sharing = Sharing::OwnFolder;
        let key = Key::of(&state.launch, self.binary, None);
        let slot = self.pool.slot(key, &state.launch);
        slot.enter();
        std::mem::replace(&mut state.slot, slot).leave();
        state.configured_by.take()
    }

    async fn leave(&self) {
        if !self.closed.swap(true, Ordering::AcqRel) {
            let slot = self.slot();
            if slot.leave() {
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
