//! The provider processes of a command, shared by everything that may share them.
//!
//! A process is shared by what has the same [`Key`] (ENGINE §6). It is started by the first call put to it, ended
//! when the last handle on it is closed, and killed when the pool is dropped. How many calls run at once is the
//! driver's to bound.
//!
//! Invariant: a process is configured at most once, by the configuration in its key.

mod handle;
mod key;
mod places;
mod slot;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use tokio::sync::OnceCell;

pub use handle::Handle;
pub use key::{Key, Launch, Purpose, Sharing};

use crate::StartError;
use crate::hash::{Digest, Freshness, Hashes};
use crate::plugin::{Identity, Limits, Reaper};
use crate::schemas::store::SchemaStore;
use crate::schemas::{Schemas, image};
use crate::wire::schema::SchemaResponse;
use slot::{Last, Slot};

/// What a pool is made with.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The folder for what outlives the command: schemas and hashes of binaries. Without it both are had anew.
    pub cache_dir: Option<PathBuf>,
    /// How long providers may take.
    pub limits: Limits,
}

/// The provider processes of a command.
#[derive(Debug)]
pub struct Pool {
    settings: Settings,
    hashes: Arc<Hashes>,
    store: SchemaStore,
    identity: OnceCell<Arc<Identity>>,
    reaper: OnceLock<Reaper>,
    slots: Mutex<Slots>,
    schemas: Mutex<HashMap<Digest, Arc<OnceCell<Arc<Schemas>>>>>,
}

impl Pool {
    /// A pool without processes.
    pub fn new(settings: Settings) -> Arc<Pool> {
        let hashes = Hashes::load(settings.cache_dir.as_ref().map(|dir| dir.join("file-hashes")));
        let store = SchemaStore::new(settings.cache_dir.as_ref().map(|dir| dir.join("schemas")));
        Arc::new(Pool {
            settings,
            hashes: Arc::new(hashes),
            store,
            identity: OnceCell::new(),
            reaper: OnceLock::new(),
            slots: Mutex::default(),
            schemas: Mutex::default(),
        })
    }

    /// The hashes of files known so far, shared with what verifies packages.
    pub fn hashes(&self) -> &Arc<Hashes> {
        &self.hashes
    }

    /// A handle on a provider. Nothing is started before its first call.
    ///
    /// Errors where the binary cannot be read.
    pub async fn open(self: &Arc<Pool>, launch: Launch) -> Result<Handle, StartError> {
        let binary = self.digest(&launch).await?;
        let slot = self.enter(Key::of(&launch, binary, None), &launch);
        Ok(Handle::new(self.clone(), launch, binary, slot))
    }

    /// The schemas of a provider: from the cache, else by starting it and asking. The process that was asked is kept
    /// for the calls to come.
    pub async fn schemas(self: &Arc<Pool>, launch: &Launch) -> Result<Arc<Schemas>, StartError> {
        let binary = self.digest(launch).await?;
        let cell = self.schema_cell(&binary);
        if let Some(schemas) = cell.get() {
            return Ok(schemas.clone());
        }
        let slot = self.slot(Key::of(launch, binary, None), launch);
        self.schemas_with(&cell, &binary, &slot).await
    }

    /// Asks every process that the calls under way end soon.
    pub async fn stop(&self) {
        self.each(|slot| async move { slot.stop().await }).await;
    }

    /// Kills every process; calls under way fail as stopped.
    pub fn kill(&self) {
        self.all().iter().for_each(|slot| slot.kill());
    }

    /// Ends every process and keeps what was learned of files.
    pub async fn close(&self) {
        self.each(|slot| async move { slot.end().await }).await;
        self.lock().clear();
        self.hashes.save();
    }

    /// Does something with all processes at once.
    async fn each<F>(&self, act: impl Fn(Arc<Slot>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let acting: Vec<_> = self.all().into_iter().map(|slot| tokio::spawn(act(slot))).collect();
        for one in acting {
            let _ = one.await; // a panic in it is its own report
        }
    }

    fn lock(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().expect("BUG: a holder of the pool panicked")
    }

    /// Each process once, though a configured one may stand under two keys.
    fn all(&self) -> Vec<Arc<Slot>> {
        let mut slots: Vec<Arc<Slot>> = self.lock().values().cloned().collect();
        slots.sort_by_key(|slot| Arc::as_ptr(slot).addr());
        slots.dedup_by(|a, b| Arc::ptr_eq(a, b));
        slots
    }

    /// The slot of this key, without a use of it.
    fn slot(&self, key: Key, launch: &Launch) -> Arc<Slot> {
        slot_in(&mut self.lock(), key, launch)
    }

    /// The slot of this key, with a use of it.
    fn enter(&self, key: Key, launch: &Launch) -> Arc<Slot> {
        let mut slots = self.lock();
        let slot = slot_in(&mut slots, key, launch);
        slot.enter();
        slot
    }

    /// Gives a use up; true where it was the last.
    fn leave(&self, slot: &Slot, last: Last) -> bool {
        let _slots = self.lock();
        slot.leave(last)
    }

    /// The slot of a configured process, with a use of it; the unconfigured one becomes it, if it is still free.
    fn enter_configured(&self, plain: &Key, key: Key, launch: &Launch) -> Arc<Slot> {
        let mut slots = self.lock();
        let slot = configured_in(&mut slots, plain, key, launch);
        slot.enter();
        slot
    }

    async fn digest(&self, launch: &Launch) -> Result<Digest, StartError> {
        let (hashes, path) = (self.hashes.clone(), launch.binary.clone());
        let hashed =
            tokio::task::spawn_blocking(move || hashes.of_file(&path, Freshness::Remembered)).await;
        hashed.expect("BUG: hashing panicked").map_err(|error| StartError {
            provider: launch.provider.clone(),
            message: format!("{} cannot be read: {error}", launch.binary.display()),
            last_lines: Vec::new(),
        })
    }

    fn schema_cell(&self, binary: &Digest) -> Arc<OnceCell<Arc<Schemas>>> {
        let mut known = self.schemas.lock().expect("BUG: a holder of the schemas panicked");
        known.entry(*binary).or_default().clone()
    }

    async fn schemas_with(
        &self,
        cell: &OnceCell<Arc<Schemas>>,
        binary: &Digest,
        slot: &Slot,
    ) -> Result<Arc<Schemas>, StartError> {
        let found = cell.get_or_try_init(|| async {
            if let Some(schemas) = self.store.find(binary) {
                return Ok(Arc::new(schemas));
            }
            self.ask_schemas(binary, slot).await.map(Arc::new)
        });
        found.await.cloned()
    }

    async fn ask_schemas(&self, binary: &Digest, slot: &Slot) -> Result<Schemas, StartError> {
        let plugin = slot.started(self).await?;
        let (schema, identities) = plugin.fetch_schema().await?;
        let (protocol, store, binary) = (plugin.protocol(), self.store.clone(), *binary);
        let kept = tokio::task::spawn_blocking(move || {
            let response = SchemaResponse::read(&schema)
                .map_err(|_| "its schema is no message of the protocol".to_owned())?;
            if let Some(first) = response.diagnostics.iter().find(|one| is_error(one)) {
                return Err(format!(
                    "it could not tell its schema: {}: {}",
                    first.summary, first.detail
                ));
            }
            let image = image::build(&response, identities.as_deref(), protocol)?;
            store.keep(&binary, image).map_err(|error| error.to_string())
        });
        kept.await
            .expect("BUG: reading a schema panicked")
            .map_err(|message| plugin.start_error(message))
    }

    fn reaper(&self) -> Reaper {
        self.reaper.get_or_init(Reaper::start).clone()
    }

    async fn identity(&self) -> Result<Arc<Identity>, String> {
        let made = self.identity.get_or_try_init(|| async { Identity::generate().map(Arc::new) });
        made.await.cloned()
    }
}

type Slots = HashMap<Key, Arc<Slot>>;

/// The slot there, if its process has not ended; else a new one.
fn slot_in(slots: &mut Slots, key: Key, launch: &Launch) -> Arc<Slot> {
    if let Some(slot) = slots.get(&key).filter(|slot| slot.is_usable()) {
        return slot.clone();
    }
    let slot = Arc::new(Slot::new(launch.clone()));
    slots.insert(key, slot.clone());
    slot
}

fn configured_in(slots: &mut Slots, plain: &Key, key: Key, launch: &Launch) -> Arc<Slot> {
    if let Some(slot) = slots.get(&key).filter(|slot| slot.is_usable()) {
        return slot.clone();
    }
    let slot = match slots.get(plain).filter(|slot| slot.is_usable() && slot.adopt()) {
        Some(slot) => slot.clone(),
        None => {
            let slot = Arc::new(Slot::new(launch.clone()));
            slot.adopt();
            slot
        }
    };
    slots.insert(key, slot.clone());
    slot
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.kill();
    }
}

fn is_error(diagnostic: &schema::protocol::ProviderDiagnostic) -> bool {
    diagnostic.severity == schema::protocol::ProviderSeverity::Error
}
