//! What an estate's database keeps beside its stacks, as the contract has it.
//!
//! Only the way from the contract to the functions on rows; what they do stands there.
//! Invariant: what changes a stack compares the fencing number in the same transaction.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::seal::Label;
use super::{DatabaseStore, Engine, approvals, events, locked, plans, rows, simulated};
use crate::chain::Head;
use crate::error::{LoadError, PortError, WriteError};
use crate::estate::{
    EstateStore, FileFault, Freeze, PlanHead, Published, Put, SignedHead, SimulatedRow, StoreKind,
    StorePlan, StoredApproval, StoredRun,
};
use crate::event::{ChainError, Event, EventRecord};
use crate::key::StackKey;
use crate::lease::Lease;

/// How a sealed file begins.
const FILE_MAGIC: &[u8] = b"strata sealed file 1\n";

const FILE_LABEL: Label<'_> = Label { kind: "file", stack: "", lineage: "", serial: 0, name: "" };

/// Nothing simulated is kept beside what is real.
pub(crate) fn not_simulated(place: &Path) -> PortError {
    PortError::new("cannot keep a simulated object", place, &"the store is a real one")
}

impl<E: Engine> EstateStore for DatabaseStore<E> {
    fn kind(&self) -> StoreKind {
        self.settings.kind
    }

    fn simulated(&self) -> Result<Vec<SimulatedRow>, LoadError> {
        self.read(simulated::all).map_err(|refusal| refusal.load(self.engine.place()))
    }

    fn put_simulated(&self, changes: &[(Arc<str>, Option<Vec<u8>>)]) -> Result<(), PortError> {
        if self.settings.kind == StoreKind::Real {
            return Err(not_simulated(self.engine.place()));
        }
        let changes = changes.to_vec();
        self.write(move |db, seal| simulated::put(db, seal, &changes))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }

    fn stacks(&self) -> Result<Vec<StackKey>, PortError> {
        self.read(|db, _| Ok(plans::stacks(db)?))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }

    fn outputs(&self, stack: &StackKey) -> Result<BTreeMap<Arc<str>, Published>, LoadError> {
        self.read(|db, seal| match rows::find(db, stack)? {
            Some(row) => rows::read_outputs(db, seal, &row, None),
            None => Ok(BTreeMap::new()),
        })
        .map_err(|refusal| refusal.load(self.engine.place()))
    }

    fn put_plan(&self, plan: &StorePlan) -> Result<(), PortError> {
        let plan = plan.clone();
        self.write(move |db, seal| Ok(plans::put(db, seal, &plan)?))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }

    fn plan(&self, id: &str) -> Result<Option<StorePlan>, LoadError> {
        self.read(|db, seal| plans::plan(db, seal, id))
            .map_err(|refusal| refusal.load(self.engine.place()))
    }

    fn plans(&self) -> Result<Vec<PlanHead>, PortError> {
        self.read(|db, _| Ok(plans::heads(db)?))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }

    fn put_approval(&self, approval: &StoredApproval) -> Result<Put, PortError> {
        let approval = approval.clone();
        self.write(move |db, seal| approvals::put_approval(db, seal, &approval))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }

    fn approvals(&self, plan: &str) -> Result<Vec<StoredApproval>, LoadError> {
        self.read(|db, seal| approvals::approvals(db, seal, plan))
            .map_err(|refusal| refusal.load(self.engine.place()))
    }

    fn freeze(&self, environment: &str, freeze: &Freeze) -> Result<Put, PortError> {
        let (environment, freeze) = (environment.to_owned(), freeze.clone());
        self.write(move |db, _| Ok(approvals::freeze(db, &environment, &freeze)?))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }

    fn thaw(&self, environment: &str) -> Result<Option<Freeze>, PortError> {
        let environment = environment.to_owned();
        self.write(move |db, _| Ok(approvals::thaw(db, &environment)?))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }

    fn frozen(&self, environment: &str) -> Result<Option<Freeze>, PortError> {
        self.read(|db, _| Ok(approvals::frozen(db, environment)?))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }

    fn put_run(&self, run: &StoredRun) -> Result<(), PortError> {
        let run = run.clone();
        self.write(move |db, seal| Ok(approvals::put_run(db, seal, &run)?))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }

    fn run(&self, id: &str) -> Result<Option<StoredRun>, LoadError> {
        self.read(|db, seal| approvals::run(db, seal, id))
            .map_err(|refusal| refusal.load(self.engine.place()))
    }

    fn put_snapshot(&self, lease: &Lease, snapshot: &[u8]) -> Result<(), WriteError> {
        let (lease, snapshot) = (lease.clone(), snapshot.to_vec());
        self.write(move |db, seal| {
            let stack = rows::fenced(db, &lease)?;
            rows::put_snapshot(db, seal, &stack, &snapshot)
        })
        .map_err(|refusal| refusal.write(self.engine.place()))
    }

    fn snapshot(&self, stack: &StackKey) -> Result<Option<Vec<u8>>, LoadError> {
        self.read(|db, seal| match rows::find(db, stack)? {
            Some(row) => rows::read_snapshot(db, seal, &row),
            None => Ok(None),
        })
        .map_err(|refusal| refusal.load(self.engine.place()))
    }

    fn rename_stack(&self, from: &Lease, to: &Lease) -> Result<(), WriteError> {
        for lease in [from, to] {
            locked(&self.known).remove(lease.stack());
        }
        let (from, to) = (from.clone(), to.clone());
        self.write(move |db, seal| {
            let (from, to) = (rows::fenced(db, &from)?, rows::fenced(db, &to)?);
            rows::rename(db, seal, &from, &to)
        })
        .map_err(|refusal| refusal.write(self.engine.place()))
    }

    fn forget_stack(&self, lease: &Lease) -> Result<(), WriteError> {
        locked(&self.known).remove(lease.stack());
        let lease = lease.clone();
        self.write(move |db, _| rows::forget(db, &rows::fenced(db, &lease)?))
            .map_err(|refusal| refusal.write(self.engine.place()))
    }

    fn record(&self, event: &Event) -> Result<u64, PortError> {
        let event = event.clone();
        self.write(move |db, seal| events::record(db, seal, std::slice::from_ref(&event)))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }

    fn events(&self, from: u64, count_max: usize) -> Result<Vec<EventRecord>, PortError> {
        self.read(|db, _| Ok(events::events(db, from, count_max)?))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }

    fn seal_file(&self, plain: &[u8]) -> Vec<u8> {
        [FILE_MAGIC, &self.seal.seal(&FILE_LABEL, plain)].concat()
    }

    fn open_file(&self, sealed: &[u8]) -> Result<Vec<u8>, FileFault> {
        let body = sealed.strip_prefix(FILE_MAGIC).ok_or(FileFault::NotSealed)?;
        self.seal.open(&FILE_LABEL, body).ok_or(FileFault::WrongKeyOrChanged)
    }

    fn verify_events(&self) -> Result<u64, ChainError> {
        let chain = self.read(|db, seal| Ok(events::verify(db, seal)?));
        chain.map_err(|refusal| refusal.port(self.engine.place()))?
    }

    fn estate_id(&self) -> Arc<str> {
        self.seal.estate().into()
    }

    fn head(&self) -> Result<Option<Head>, PortError> {
        self.read(|db, seal| events::head(db, seal))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }

    fn put_signed_head(&self, signed: &SignedHead) -> Result<Put, PortError> {
        let signed = signed.clone();
        self.write(move |db, _| Ok(events::put_signed(db, &signed)?))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }

    fn signed_heads(&self) -> Result<Vec<SignedHead>, PortError> {
        self.read(|db, _| Ok(events::signed(db)?))
            .map_err(|refusal| refusal.port(self.engine.place()))
    }
}
