//! What a disk held after each durable step, so that a crash can be tried at any of them.
//!
//! Invariant: a moment holds exactly what was durable then, holders of leases among it; what was held back is not in it.

use std::sync::Arc;

use state::journal::{Action, Entry, Record};

use super::{Disk, MemoryDisk};
use crate::key::StackKey;

/// A disk as it was after a durable step.
#[derive(Clone)]
pub struct Moment {
    /// The stack that the step is about, where it is about one.
    pub stack: Option<StackKey>,
    /// What became durable, for people.
    pub what: Arc<str>,
    disk: Arc<Disk>,
}

impl std::fmt::Debug for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Moment").field("stack", &self.stack).field("what", &self.what).finish()
    }
}

impl MemoryDisk {
    /// Keeps from now on what the disk holds after each durable step, in place of what was kept before.
    pub fn keep_history(&self) {
        self.disk().history = Some(Vec::new());
    }

    /// What was kept, in the order in which it came about. From now on nothing is kept.
    pub fn take_history(&self) -> Vec<Moment> {
        self.disk().history.take().unwrap_or_default()
    }

    /// The disk as it is now.
    pub fn moment(&self) -> Moment {
        Moment { stack: None, what: "now".into(), disk: Arc::new(self.disk().copy()) }
    }

    /// Makes the disk what it was then. What stores over it remember is of no account any more, as after a crash.
    pub fn restore(&self, moment: &Moment) {
        *self.disk() = moment.disk.copy();
    }

    /// Notes that something became durable.
    pub(super) fn note(&self, stack: Option<&StackKey>, what: impl FnOnce() -> String) {
        let mut disk = self.disk();
        if disk.history.is_none() {
            return;
        }
        let moment =
            Moment { stack: stack.cloned(), what: what().into(), disk: Arc::new(disk.copy()) };
        disk.history.iter_mut().for_each(|history| history.push(moment.clone()));
    }
}

impl Disk {
    /// Everything that is durable.
    fn copy(&self) -> Disk {
        Disk {
            stacks: self.stacks.clone(),
            plans: self.plans.clone(),
            approvals: self.approvals.clone(),
            freezes: self.freezes.clone(),
            runs: self.runs.clone(),
            kind: self.kind,
            simulated: self.simulated.clone(),
            events: self.events.clone(),
            head: self.head,
            signed: self.signed.clone(),
            durability: self.durability,
            held: Vec::new(),
            history: None,
        }
    }
}

/// What entries say, for people: `begin create aws_vpc.main; end`.
pub(super) fn said(records: &[Record]) -> String {
    let words: Vec<String> = records.iter().map(|record| word(&record.entry)).collect();
    words.join("; ")
}

fn word(entry: &Entry) -> String {
    match entry {
        Entry::Open(_) => "journal opened".to_owned(),
        Entry::InDoubt(doubt) => format!("{} still in doubt", doubt.begin.at),
        Entry::Rows(_) => "rows".to_owned(),
        Entry::Begin(begin) => {
            let action = match begin.action {
                Action::Create => "create",
                Action::Update => "update",
                Action::Delete => "delete",
            };
            format!("begin {action} {}", begin.at)
        }
        Entry::Deposed { address, .. } => format!("{address} set aside"),
        Entry::End(end) => format!("end of op {}", end.op.0),
        Entry::Provisioned { op } => format!("op {} provisioned", op.0),
        Entry::Outputs(_) => "outputs".to_owned(),
        Entry::Checks(_) => "checks".to_owned(),
        Entry::Resolved { .. } => "resolved".to_owned(),
        Entry::Closing(_) => "closing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::contract::Store as _;
    use crate::estate::EstateStore as _;
    use crate::lease::LockRequest;
    use crate::memory::MemoryStore;
    use crate::world::SystemWorld;

    #[test]
    fn each_step_is_kept_and_can_be_gone_back_to() {
        let disk = MemoryDisk::of_rehearsal();
        let store = MemoryStore::over(disk.clone(), Arc::new(SystemWorld::new()), "1".into());
        let put = |key: &str| store.put_simulated(&[(key.into(), Some(vec![1]))]).expect("a put");
        put("a/1");
        disk.keep_history();
        put("a/2");
        let (id, operation, info) = ("r".into(), "apply".into(), "".into());
        let request =
            LockRequest { id, operation, info, who: "me@here".into(), version: "1".into() };
        let address: addr::StackAddr = "dev/net".parse().expect("an address");
        let key = StackKey::from(&address);
        let lease = store.acquire(&key, &request).expect("a lease");
        put("a/3");
        store.release(lease).expect("given back");
        let history = disk.take_history();
        let whats: Vec<&str> = history.iter().map(|moment| &*moment.what).collect();
        assert_eq!(whats, ["world: a/2", "lease taken", "world: a/3", "lease given back"]);
        put("a/4");
        assert!(disk.take_history().is_empty(), "nothing is kept after it was taken");
        disk.restore(&history[1]);
        assert_eq!(store.simulated().expect("rows").len(), 2);
        assert!(store.holder(&key).expect("a holder").is_some());
        disk.restore(&history[3]);
        assert_eq!(store.simulated().expect("rows").len(), 3);
        assert!(store.holder(&key).expect("nobody").is_none());
    }
}
