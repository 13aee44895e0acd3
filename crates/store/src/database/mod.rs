//! A store of an estate that a database keeps, whichever it is.
//!
//! `sql` is what is asked of a database, `seal` the keys, `rows` a stack's rows, `lease` who may write them, `install`
//! how a state is put in place, `store` the contract of every store, `estate` that of an estate's, with `plans`,
//! `approvals`, `events` and, of a rehearsal, `simulated`. How connections are made, written through and read from is each [`Engine`]'s.
//! Invariants: every write is a transaction that compares the fencing number and keeps it from changing until its end;
//! nothing durable is told before its commit returned.

mod approvals;
mod estate;
pub(crate) mod events;
mod install;
mod lease;
mod plans;
mod prefetch;
pub(crate) mod rows;
pub(crate) mod seal;
mod simulated;
pub(crate) mod sql;
mod store;

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use state::journal::{Fold, Folded, InDoubt, Record};
use state::{Digest, State};

use crate::commit::Sink;
use crate::contract::Loaded;
use crate::error::{LoadError, WriteError};
use crate::estate::StoreKind;
use crate::event::Event;
use crate::key::StackKey;
use crate::lease::Lease;
use crate::rescue::{Found, Rescuer};
use crate::world::World;

use install::Install;
use prefetch::Prefetched;
use seal::Seal;
use sql::{Refusal, Sql, params};

pub(crate) use estate::not_simulated;

/// Which estate a store belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EstateIdentity {
    /// Its id, as `strata.hcl` has it.
    pub id: String,
    /// Its name, for people.
    pub name: String,
}

/// A database as a store uses it.
pub(crate) trait Engine: Send + Sync + 'static {
    /// Carries out a writing transaction, after all that was queued before. Where it is known that nothing was
    /// committed, the body may be carried out again.
    fn write<T: Send + 'static>(
        &self,
        body: impl Fn(&dyn Sql) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal>;

    /// Reads at one moment.
    fn read<T>(&self, body: impl Fn(&dyn Sql) -> Result<T, Refusal>) -> Result<T, Refusal>;

    /// What a journal's entries are handed to.
    fn sink(&self) -> Arc<dyn Sink>;

    /// Where the database is, for people.
    fn place(&self) -> &Path;
}

/// What stores of every database are told.
#[derive(Clone, Debug)]
pub(crate) struct Common {
    /// How long a silent holder on another host is waited for, in milliseconds.
    pub(crate) lease_ms: u64,
    /// The version that stands in the states written.
    pub(crate) version: Arc<str>,
    /// What the store is about.
    pub(crate) kind: StoreKind,
}

/// The store of an estate in a database.
pub struct DatabaseStore<E> {
    pub(crate) engine: E,
    settings: Common,
    world: Arc<dyn World>,
    pub(crate) seal: Arc<Seal>,
    rescuer: Rescuer,
    seen: Arc<Mutex<lease::Seen>>,
    /// What is stored of the stacks that this process has the lease of, by fencing number: nobody else can have changed
    /// it, and so it is not read and opened again.
    known: Mutex<HashMap<StackKey, (u64, Known)>>,
}

impl<E> std::fmt::Debug for DatabaseStore<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseStore").field("settings", &self.settings).finish_non_exhaustive()
    }
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(private_bounds, reason = "which databases there are is this crate's business")]
impl<E: Engine> DatabaseStore<E> {
    pub(crate) fn over(
        engine: E,
        settings: Common,
        world: Arc<dyn World>,
        seal: Arc<Seal>,
        rescuer: Rescuer,
    ) -> DatabaseStore<E> {
        let (seen, known) = (Arc::default(), Mutex::default());
        DatabaseStore { engine, settings, world, seal, rescuer, seen, known }
    }

    /// Carries out a writing transaction.
    fn write<T: Send + 'static>(
        &self,
        body: impl Fn(&dyn Sql, &Seal) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let seal = self.seal.clone();
        self.engine.write(move |db| body(db, &seal))
    }

    /// Reads at one moment.
    fn read<T>(&self, body: impl Fn(&dyn Sql, &Seal) -> Result<T, Refusal>) -> Result<T, Refusal> {
        self.engine.read(|db| body(db, &self.seal))
    }

    /// What is stored of a stack, its journal not folded.
    fn stored(&self, stack: &StackKey) -> Result<Stored, Refusal> {
        self.read(|db, seal| {
            let Some(row) = rows::find(db, stack)? else { return Ok(Stored::default()) };
            let db = Prefetched::ask(db, &rows::STACK_SQLS, params![row.id])?;
            let (state, stale) = rows::read(&db, seal, &row)?;
            let records = rows::read_records(&db, seal, &row)?;
            let in_doubt = rows::read_in_doubt(&db, seal, &row)?;
            let rescued = match records.last() {
                Some(last) => self.rescuer.find(stack, &last.run, last.seq),
                None => Found::default(),
            };
            Ok(Stored { state, stale, records, rescued, in_doubt })
        })
    }

    /// The same, if the lease is still good. What is known under it is not read again.
    fn stored_under(&self, lease: &Lease) -> Result<Stored, Refusal> {
        let has_journal = self.read(|db, _| {
            let stack = rows::fenced_now(db, lease)?;
            Ok(rows::has_journal(db, &stack)?)
        })?;
        let known = locked(&self.known).get(lease.stack()).cloned();
        match known {
            Some((fence, known)) if fence == lease.fence() && !has_journal => {
                let Known { state, stale, in_doubt } = known;
                Ok(Stored { state, stale, in_doubt, ..Stored::default() })
            }
            _ => {
                let stored = self.stored(lease.stack())?;
                if stored.records.is_empty() {
                    self.learn(lease, &stored.state, &stored.stale, &stored.in_doubt);
                }
                Ok(stored)
            }
        }
    }

    fn learn(
        &self,
        lease: &Lease,
        state: &State,
        stale: &BTreeSet<Arc<str>>,
        in_doubt: &[InDoubt],
    ) {
        let (state, stale, in_doubt) = (state.clone(), stale.clone(), in_doubt.to_vec());
        let known = (lease.fence(), Known { state, stale, in_doubt });
        locked(&self.known).insert(lease.stack().clone(), known);
    }

    /// Carries out an installation, and remembers what it left; after a failure nothing is known.
    fn put_in_place(
        &self,
        lease: &Lease,
        base: &State,
        install: Install,
    ) -> Result<State, WriteError> {
        locked(&self.known).remove(lease.stack());
        let state = install.state().unwrap_or(base).clone();
        self.write(move |db, seal| install.carry_out(db, seal))
            .map_err(|refusal| refusal.write(self.engine.place()))?;
        Ok(state)
    }

    fn folded(&self, stored: &Stored) -> Result<Folded, LoadError> {
        let mut fold = Fold::new(stored.state.clone()).with_stale(stored.stale.clone());
        for record in stored.records.iter().chain(&stored.rescued.records) {
            let path = self.engine.place().to_owned();
            fold.apply(record).map_err(|error| LoadError::Fold { path, error: Box::new(error) })?;
        }
        Ok(fold.finish())
    }

    /// Puts a folded state in place, and ends its journal.
    fn install(&self, lease: &Lease, base: &State, folded: Folded) -> Result<Loaded, WriteError> {
        self.install_told(lease, base, folded, None)
    }

    /// The same, with an event that tells of it.
    fn install_told(
        &self,
        lease: &Lease,
        base: &State,
        folded: Folded,
        event: Option<Event>,
    ) -> Result<Loaded, WriteError> {
        let install = Install::folded(lease, base, &folded, &self.settings.version);
        let install = match event {
            Some(event) => install.told(event),
            None => install,
        };
        let state = self.put_in_place(lease, base, install)?;
        let digest = digest(&state);
        let (in_doubt, stale) = (folded.in_doubt, folded.stale);
        self.learn(lease, &state, &stale, &in_doubt);
        Ok(Loaded { state, digest, in_doubt, stale, recovered: None })
    }
}

/// A state without an open journal.
#[derive(Clone)]
struct Known {
    state: State,
    stale: BTreeSet<Arc<str>>,
    in_doubt: Vec<InDoubt>,
}

/// What is stored of a stack.
#[derive(Default)]
struct Stored {
    state: State,
    stale: BTreeSet<Arc<str>>,
    records: Vec<Record>,
    /// What goes on where the records end.
    rescued: Found,
    in_doubt: Vec<InDoubt>,
}

/// What a state in the database is bound by: serials move only through the store.
fn digest(state: &State) -> Digest {
    Digest::of(format!("{}\n{}", state.lineage, state.serial).as_bytes())
}
