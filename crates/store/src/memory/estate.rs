//! What the twin keeps of an estate beside its stacks.
//!
//! Nothing is sealed: what hides values is for the stores that write them down.
//! Invariant: the same laws as of every store of an estate.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Disk, MemoryStore, Stack, nowhere};
use crate::chain::{self, ChainCheck, Head, Memory};
use crate::database::not_simulated;
use crate::error::{LoadError, PortError, WriteError};
use crate::estate::{
    EstateStore, FileFault, Freeze, PlanHead, Published, Put, SignedHead, SimulatedRow, StoreKind,
    StorePlan, StoredApproval, StoredRun,
};
use crate::event::{ChainError, Event, EventRecord};
use crate::key::StackKey;
use crate::lease::Lease;

/// The id of the twin's estate.
const ESTATE: &str = "memory";

impl Disk {
    /// Appends an event; tells its number.
    pub(super) fn record(&mut self, event: Event) -> u64 {
        let record = chain::chain(ESTATE, self.head, event);
        let number = record.number;
        self.head = Some(Head { number, hash: record.hash });
        Arc::make_mut(&mut self.events).push(record);
        number
    }
}

/// How a file of the twin begins, which hides nothing.
const FILE_MAGIC: &[u8] = b"strata open file 1\n";

/// Keeps what is kept once.
fn keep_once<K: Ord, V: Clone>(kept: &mut BTreeMap<K, V>, key: K, value: &V) -> Put {
    if kept.contains_key(&key) {
        return Put::Already;
    }
    kept.insert(key, value.clone());
    Put::Kept
}

fn settled(stack: &mut Stack) -> Result<(), WriteError> {
    if stack.records.is_empty() { Ok(()) } else { Err(WriteError::JournalOpen) }
}

impl EstateStore for MemoryStore {
    fn kind(&self) -> StoreKind {
        self.disk.disk().kind
    }

    fn simulated(&self) -> Result<Vec<SimulatedRow>, LoadError> {
        let rows = self.disk.disk().simulated.clone();
        Ok(rows.into_iter().map(|(key, body)| (key, body.to_vec())).collect())
    }

    fn put_simulated(&self, changes: &[(Arc<str>, Option<Vec<u8>>)]) -> Result<(), PortError> {
        let mut disk = self.disk.disk();
        if disk.kind == StoreKind::Real {
            return Err(not_simulated(&nowhere()));
        }
        for (key, body) in changes.iter().cloned() {
            match body {
                Some(body) => drop(disk.simulated.insert(key, body.into())),
                None => drop(disk.simulated.remove(&key)),
            }
        }
        drop(disk);
        self.disk.note(None, || {
            let keys: Vec<&str> = changes.iter().map(|(key, _)| &**key).collect();
            format!("world: {}", keys.join(", "))
        });
        Ok(())
    }

    fn stacks(&self) -> Result<Vec<StackKey>, PortError> {
        let disk = self.disk.disk();
        let written = disk.stacks.iter().filter(|(_, stack)| !stack.state.lineage.is_empty());
        Ok(written.map(|(key, _)| key.clone()).collect())
    }

    fn outputs(&self, stack: &StackKey) -> Result<BTreeMap<Arc<str>, Published>, LoadError> {
        let disk = self.disk.disk();
        Ok(disk.stacks.get(stack).map(|stack| stack.outputs.clone()).unwrap_or_default())
    }

    fn put_plan(&self, plan: &StorePlan) -> Result<(), PortError> {
        let mut disk = self.disk.disk();
        if disk.plans.contains_key(&plan.head.id) {
            return Err(PortError::new("cannot keep the plan", nowhere(), &"its id is taken"));
        }
        disk.plans.insert(plan.head.id.clone(), Arc::new(plan.clone()));
        drop(disk);
        self.disk.note(None, || "plan kept".to_owned());
        Ok(())
    }

    fn plan(&self, id: &str) -> Result<Option<StorePlan>, LoadError> {
        Ok(self.disk.disk().plans.get(id).map(|plan| StorePlan::clone(plan)))
    }

    fn plans(&self) -> Result<Vec<PlanHead>, PortError> {
        let disk = self.disk.disk();
        let mut heads: Vec<_> = disk.plans.values().map(|plan| plan.head.clone()).collect();
        heads.sort_by(|a, b| (b.created_ms, &b.id).cmp(&(a.created_ms, &a.id)));
        Ok(heads)
    }

    fn put_approval(&self, approval: &StoredApproval) -> Result<Put, PortError> {
        let key = (approval.plan.clone(), approval.signer_key.clone());
        let put = keep_once(&mut self.disk.disk().approvals, key, approval);
        self.disk.note(None, || "approval kept".to_owned());
        Ok(put)
    }

    fn approvals(&self, plan: &str) -> Result<Vec<StoredApproval>, LoadError> {
        let disk = self.disk.disk();
        Ok(disk.approvals.values().filter(|one| &*one.plan == plan).cloned().collect())
    }

    fn freeze(&self, environment: &str, freeze: &Freeze) -> Result<Put, PortError> {
        Ok(keep_once(&mut self.disk.disk().freezes, environment.into(), freeze))
    }

    fn thaw(&self, environment: &str) -> Result<Option<Freeze>, PortError> {
        Ok(self.disk.disk().freezes.remove(environment))
    }

    fn frozen(&self, environment: &str) -> Result<Option<Freeze>, PortError> {
        Ok(self.disk.disk().freezes.get(environment).cloned())
    }

    fn put_run(&self, run: &StoredRun) -> Result<(), PortError> {
        self.disk.disk().runs.insert(run.id.clone(), run.clone());
        self.disk.note(None, || "how far the run came".to_owned());
        Ok(())
    }

    fn run(&self, id: &str) -> Result<Option<StoredRun>, LoadError> {
        Ok(self.disk.disk().runs.get(id).cloned())
    }

    fn put_snapshot(&self, lease: &Lease, snapshot: &[u8]) -> Result<(), WriteError> {
        self.fenced(lease, |stack| {
            stack.snapshot = Some(snapshot.to_vec());
            Ok(())
        })?;
        self.disk.note(Some(lease.stack()), || "configuration kept".to_owned());
        Ok(())
    }

    fn snapshot(&self, stack: &StackKey) -> Result<Option<Vec<u8>>, LoadError> {
        let disk = self.disk.disk();
        Ok(disk.stacks.get(stack).and_then(|stack| stack.snapshot.clone()))
    }

    fn rename_stack(&self, from: &Lease, to: &Lease) -> Result<(), WriteError> {
        self.fenced(from, settled)?;
        self.fenced(to, |stack| {
            settled(stack)?;
            if stack.state.lineage.is_empty() && stack.in_doubt.is_empty() {
                return Ok(());
            }
            Err(WriteError::Taken { stack: to.stack().clone() })
        })?;
        let moved = self.fenced(from, |stack| Ok(stack.take()))?;
        self.fenced(to, |stack| {
            let (fence, holder) = (stack.fence, stack.holder.take());
            *stack = Stack { fence, holder, ..moved };
            Ok(())
        })
    }

    fn forget_stack(&self, lease: &Lease) -> Result<(), WriteError> {
        self.fenced(lease, |stack| {
            settled(stack)?;
            stack.take();
            Ok(())
        })
    }

    fn record(&self, event: &Event) -> Result<u64, PortError> {
        let number = self.disk.disk().record(event.clone());
        self.disk.note(None, || "event recorded".to_owned());
        Ok(number)
    }

    fn events(&self, from: u64, count_max: usize) -> Result<Vec<EventRecord>, PortError> {
        let disk = self.disk.disk();
        let found = disk.events.iter().filter(|record| record.number >= from);
        Ok(found.take(count_max).cloned().collect())
    }

    fn seal_file(&self, plain: &[u8]) -> Vec<u8> {
        [FILE_MAGIC, plain].concat()
    }

    fn open_file(&self, sealed: &[u8]) -> Result<Vec<u8>, FileFault> {
        sealed.strip_prefix(FILE_MAGIC).map(<[u8]>::to_vec).ok_or(FileFault::NotSealed)
    }

    fn verify_events(&self) -> Result<u64, ChainError> {
        let disk = self.disk.disk();
        let mut check = ChainCheck::new(ESTATE);
        disk.head.into_iter().for_each(|head| check.remember(head, Memory::Store));
        let checked = disk.events.iter().try_for_each(|record| check.take(record));
        checked.and_then(|()| check.end()).map_err(ChainError::Broken)
    }

    fn estate_id(&self) -> Arc<str> {
        ESTATE.into()
    }

    fn head(&self) -> Result<Option<Head>, PortError> {
        Ok(self.disk.disk().head)
    }

    fn put_signed_head(&self, signed: &SignedHead) -> Result<Put, PortError> {
        let key = (signed.number, signed.signer.clone());
        Ok(keep_once(&mut self.disk.disk().signed, key, signed))
    }

    fn signed_heads(&self) -> Result<Vec<SignedHead>, PortError> {
        Ok(self.disk.disk().signed.values().cloned().collect())
    }
}
