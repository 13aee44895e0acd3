//! The place of one process in the pool, before, while and after it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use schema::protocol::{Answer, Call};
use tokio::sync::OnceCell;

use super::{Launch, Pool};
use crate::plugin::{Plugin, Start};
use crate::{Provider, StartError};

/// What becomes of a process without uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    /// It is ended.
    Ends,
    /// It stays for the next.
    Stays,
}

/// A process that runs, or will when it is first needed.
#[derive(Debug)]
pub(super) struct Slot {
    launch: Launch,
    /// A process that could not be started is not started again: the same would come of it.
    plugin: OnceCell<Result<Arc<Plugin>, StartError>>,
    adopted: AtomicBool,
    configured: OnceCell<Answer>,
    users: AtomicUsize,
    ended: AtomicBool,
    killed: AtomicBool,
}

impl Slot {
    pub(super) fn new(launch: Launch) -> Slot {
        Slot {
            launch,
            plugin: OnceCell::new(),
            adopted: AtomicBool::new(false),
            configured: OnceCell::new(),
            users: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
            killed: AtomicBool::new(false),
        }
    }

    fn running(&self) -> Option<&Arc<Plugin>> {
        self.plugin.get().and_then(|started| started.as_ref().ok())
    }

    /// Whether a new use may begin with it.
    pub(super) fn is_usable(&self) -> bool {
        !self.ended.load(Ordering::Acquire) && self.running().is_none_or(|plugin| plugin.is_alive())
    }

    /// Takes it for one configuration; false where another did before.
    pub(super) fn adopt(&self) -> bool {
        !self.adopted.swap(true, Ordering::AcqRel)
    }

    /// The process, started if it was not.
    pub(super) async fn started(&self, pool: &Pool) -> Result<&Arc<Plugin>, StartError> {
        let plugin =
            self.plugin.get_or_init(|| self.start(pool)).await.as_ref().map_err(Clone::clone)?;
        if self.killed.load(Ordering::Acquire) {
            plugin.kill(); // it was killed while it was starting
        }
        Ok(plugin)
    }

    async fn start(&self, pool: &Pool) -> Result<Arc<Plugin>, StartError> {
        let refused = |message| StartError {
            provider: self.launch.provider.clone(),
            message,
            last_lines: Vec::new(),
        };
        if self.ended.load(Ordering::Acquire) {
            return Err(refused("it was ended before it was started".to_owned()));
        }
        let identity = pool.identity().await.map_err(refused)?;
        let start = Start {
            name: self.launch.provider.clone(),
            binary: &self.launch.binary,
            working_dir: &self.launch.working_dir,
            environment: &self.launch.environment,
            identity: &identity,
            reaper: &pool.reaper(),
            limits: pool.settings.limits.clone(),
        };
        start.plugin().await.map(Arc::new)
    }

    /// Configures the process, unless that was done; all that share it get the one answer.
    pub(super) async fn configure(&self, plugin: &Plugin, call: Call) -> Answer {
        self.configured.get_or_init(|| plugin.call(call)).await.clone()
    }

    /// Counts a use; under the pool's lock.
    pub(super) fn enter(&self) {
        self.users.fetch_add(1, Ordering::AcqRel);
    }

    /// Counts a use off; under the pool's lock.
    pub(super) fn leave(&self, last: Last) -> bool {
        let was_last = self.users.fetch_sub(1, Ordering::AcqRel) == 1;
        if was_last && last == Last::Ends {
            self.ended.store(true, Ordering::Release);
        }
        was_last
    }

    pub(super) async fn stop(&self) {
        if let Some(plugin) = self.running().filter(|plugin| plugin.is_alive()) {
            plugin.ask_to_stop().await;
        }
    }

    pub(super) fn kill(&self) {
        self.ended.store(true, Ordering::Release);
        self.killed.store(true, Ordering::Release);
        if let Some(plugin) = self.running() {
            plugin.kill();
        }
    }

    pub(super) async fn end(&self) {
        self.ended.store(true, Ordering::Release);
        if let Some(plugin) = self.running() {
            plugin.end().await;
        }
    }
}
