//! The contract of every store, kept by a database.
//!
//! Invariant: what was read before a write is compared again inside the write's transaction.

use state::State;
use state::journal::Folded;

use super::install::Install;
use super::{DatabaseStore, Engine, Stored, digest, lease, locked, rows};
use crate::contract::{Loaded, Opening, Recovered, Store};
use crate::error::{LoadError, LockError, PortError, WriteError};
use crate::journal::Journal;
use crate::key::StackKey;
use crate::lease::{Holder, Lease, LockRequest};
use crate::op::{OpEvents, recovery};
use crate::rules::{Base, check_base, replaced, still_stale};

impl<E: Engine> Store for DatabaseStore<E> {
    fn acquire(&self, stack: &StackKey, request: &LockRequest) -> Result<Lease, LockError> {
        let asked = lease::Asked {
            stack: stack.clone(),
            request: request.clone(),
            me: self.world.me(),
            now_ms: self.world.now_ms(),
        };
        let (world, seen) = (self.world.clone(), self.seen.clone());
        let (now_ms, lease_ms) = (self.world.monotonic_ms(), self.settings.lease_ms);
        let fence = self
            .write(move |db, _| {
                lease::acquire(db, &asked, &*world, &mut locked(&seen), now_ms, lease_ms)
            })
            .map_err(|refusal| refusal.lock(self.engine.place()))?;
        Ok(Lease::new(stack.clone(), fence, request.clone(), now_ms))
    }

    fn heartbeat(&self, lease: &Lease) -> Result<(), WriteError> {
        let (ours, now_ms) = (lease.clone(), self.world.now_ms());
        let asked_ms = self.world.monotonic_ms();
        self.write(move |db, _| lease::beat(db, &ours, now_ms))
            .map_err(|refusal| refusal.write(self.engine.place()))?;
        lease.confirm(asked_ms);
        Ok(())
    }

    fn release(&self, lease: Lease) -> Result<(), PortError> {
        self.write(move |db, _| lease::release(db, &lease))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }

    fn holder(&self, stack: &StackKey) -> Result<Option<Holder>, PortError> {
        self.read(|db, _| Ok(lease::holder(db, stack)?))
            .map(|holder| holder.filter(|holder| lease::may_live(holder, &*self.world)))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }

    fn break_lock(&self, stack: &StackKey) -> Result<Option<Holder>, LockError> {
        let stack = stack.clone();
        self.write(move |db, _| lease::break_lock(db, &stack))
            .map_err(|refusal| refusal.lock(self.engine.place()))
    }

    fn peek(&self, stack: &StackKey) -> Result<Loaded, LoadError> {
        let stored = self.stored(stack).map_err(|refusal| refusal.load(self.engine.place()))?;
        let digest = digest(&stored.state);
        if stored.records.is_empty() {
            let Stored { state, stale, in_doubt, .. } = stored;
            return Ok(Loaded { state, digest, in_doubt, stale, recovered: None });
        }
        let entries = stored.records.len() + stored.rescued.records.len();
        let recovered = Some(Recovered { run: stored.records[0].run.clone(), entries });
        let Folded { state, in_doubt, stale, .. } = self.folded(&stored)?;
        Ok(Loaded { state, digest, in_doubt, stale, recovered })
    }

    fn load(&self, lease: &Lease) -> Result<Loaded, LoadError> {
        let stored = self.stored_under(lease);
        let stored = stored.map_err(|refusal| refusal.load(self.engine.place()))?;
        let Some(first) = stored.records.first() else {
            let digest = digest(&stored.state);
            let Stored { state, stale, in_doubt, .. } = stored;
            return Ok(Loaded { state, digest, in_doubt, stale, recovered: None });
        };
        let entries = stored.records.len() + stored.rescued.records.len();
        let recovered = Recovered { run: first.run.clone(), entries };
        let folded = self.folded(&stored)?;
        let event = recovery(lease, &recovered, self.world.now_ms());
        let loaded = self.install_told(lease, &stored.state, folded, Some(event))?;
        stored.rescued.remove()?;
        Ok(Loaded { recovered: Some(recovered), ..loaded })
    }

    fn open_journal(&self, lease: &Lease, opening: &Opening) -> Result<Journal, WriteError> {
        let path = self.engine.place();
        let stored = self.stored_under(lease).map_err(|refusal| refusal.write(path))?;
        if !stored.records.is_empty() {
            return Err(WriteError::JournalOpen);
        }
        let Stored { state, stale, in_doubt, .. } = stored;
        let digest = digest(&state);
        let base = Base { state: state.clone(), digest, stale, in_doubt };
        let (records, fold) = base.open(lease, opening, &*self.world);
        let (ours, base_serial) = (lease.clone(), state.serial);
        self.write(move |db, seal| {
            let stack = rows::fenced(db, &ours)?;
            if stack.serial != base_serial || rows::has_journal(db, &stack)? {
                return Err(WriteError::JournalOpen.into());
            }
            rows::put_records(db, seal, &stack, &records)
        })
        .map_err(|refusal| refusal.write(path))?;
        let sink = self.engine.sink();
        let events = OpEvents::new(lease, &opening.run, self.world.clone());
        Ok(Journal::new(lease, opening.run.clone(), state, fold, Some(events), sink))
    }

    fn close_journal(&self, lease: &Lease, journal: Journal) -> Result<Loaded, WriteError> {
        let (base, folded) = journal.finish(lease)?;
        self.install(lease, &base, folded)
    }

    fn replace(&self, lease: &Lease, base_serial: u64, state: State) -> Result<Loaded, WriteError> {
        let path = self.engine.place();
        let stored = self.stored_under(lease).map_err(|refusal| refusal.write(path))?;
        check_base(&stored.state, base_serial, &state)?;
        let state = replaced(&stored.state, state, &self.settings.version, &*self.world);
        let stale = still_stale(&stored.stale, &stored.state, &state);
        let install = Install::by_hand(lease, &stored.state, state.clone(), &stored.in_doubt);
        self.put_in_place(lease, &stored.state, install)?;
        let digest = digest(&state);
        let in_doubt = stored.in_doubt;
        self.learn(lease, &state, &stale, &in_doubt);
        Ok(Loaded { state, digest, in_doubt, stale, recovered: None })
    }
}
