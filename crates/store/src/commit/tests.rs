//! The laws of group commit: one sync for all that queued during the last one, order kept, nothing after a failure.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use state::State;
use state::journal::{Entry, Fold, OpId, Open, RunId, Seq};
use state::{Digest, journal::Begin};

use super::*;
use crate::journal::Journal;
use crate::lease::{Lease, LockRequest};

/// What a commit did: the numbers of each batch.
type Batches = Arc<Mutex<Vec<Vec<u64>>>>;

/// A disk that syncs when it is told to.
struct Slow {
    begun: Sender<()>,
    go_on: Receiver<Result<(), JournalFailure>>,
    batches: Batches,
    rescued: Batches,
}

fn numbers(records: &[Record]) -> Vec<u64> {
    records.iter().map(|record| record.seq.0).collect()
}

impl Commit for Slow {
    fn commit(&mut self, batch: &[Submission]) -> Vec<Result<(), JournalFailure>> {
        self.begun.send(()).unwrap();
        let result = self.go_on.recv().unwrap();
        let all = batch.iter().flat_map(|submission| numbers(&submission.records)).collect();
        self.batches.lock().unwrap().push(all);
        batch.iter().map(|_| result.clone()).collect()
    }

    fn rescue(&mut self, _: &StackKey, records: &[Record], cause: Cause) -> Rescued {
        assert_eq!(cause, Cause::Failure);
        self.rescued.lock().unwrap().push(numbers(records));
        Rescued::File("there".into())
    }
}

struct Bench {
    journal: Journal,
    begun: Receiver<()>,
    go_on: Sender<Result<(), JournalFailure>>,
    batches: Batches,
    rescued: Batches,
}

fn bench() -> Bench {
    let ((begun, told), (go_on, wait)) = (channel(), channel());
    let (batches, rescued) = (Batches::default(), Batches::default());
    let slow = Slow { begun, go_on: wait, batches: batches.clone(), rescued: rescued.clone() };
    let writer = Writer::start("slow", slow).unwrap();
    let text = || Arc::from("x");
    let request =
        LockRequest { id: text(), operation: text(), info: text(), who: text(), version: text() };
    let lease = Lease::new(StackKey::root(), 1, request, 0);
    let open = Open {
        lineage: text(),
        base_serial: 0,
        base: Digest::of(b""),
        plan: Digest::of(b""),
        fence: 1,
        owner: text(),
    };
    let mut fold = Fold::new(State::new());
    let first = Record { seq: Seq::OPEN, run: RunId::new("r"), entry: Entry::Open(open) };
    fold.apply(&first).unwrap();
    let journal = Journal::new(&lease, RunId::new("r"), State::new(), fold, None, Arc::new(writer));
    Bench { journal, begun: told, go_on, batches, rescued }
}

fn begin(op: u32) -> Entry {
    Entry::Begin(Box::new(Begin {
        op: OpId(op),
        at: state::ObjectAddr::current(format!("x.a[{op}]").parse().unwrap()),
        action: state::journal::Action::Create,
        provider: "provider[\"a/b\"]".parse().unwrap(),
        prior: None,
        planned: None,
        look_before: None,
    }))
}

#[test]
fn what_queues_during_a_sync_shares_the_next_one() {
    let bench = bench();
    let journal = &bench.journal;
    assert_eq!(journal.append(vec![begin(1)]).unwrap(), Seq(2));
    bench.begun.recv().unwrap();
    for op in 2..50 {
        journal.append(vec![begin(op)]).unwrap();
    }
    assert_eq!(journal.durable().unwrap(), Seq(1), "nothing is told before its sync");
    bench.go_on.send(Ok(())).unwrap();
    assert_eq!(journal.wait(Seq(2)).unwrap(), Seq(2));
    bench.begun.recv().unwrap();
    bench.go_on.send(Ok(())).unwrap();
    assert_eq!(journal.wait(Seq(50)).unwrap(), Seq(50));
    let expect = vec![vec![2], (3..=50).collect::<Vec<_>>()];
    assert_eq!(*bench.batches.lock().unwrap(), expect, "two syncs for forty-nine entries");
}

#[test]
fn after_a_failure_all_goes_to_the_rescue() {
    let bench = bench();
    let journal = &bench.journal;
    journal.append(vec![begin(1)]).unwrap();
    bench.begun.recv().unwrap();
    journal.append(vec![begin(2), begin(3)]).unwrap();
    let cause = PortError::new("cannot sync", "disk", &"no");
    let failure = JournalFailure::Poisoned { cause, rescued: Rescued::Nothing };
    bench.go_on.send(Err(failure)).unwrap();
    let told = journal.wait(Seq(2)).unwrap_err();
    assert!(matches!(told, JournalFailure::Poisoned { rescued: Rescued::File(_), .. }), "{told}");
    journal.append(vec![begin(4)]).unwrap();
    assert!(journal.wait(Seq(5)).is_err());
    let Bench { journal, batches, rescued, .. } = bench;
    drop(journal);
    assert_eq!(*batches.lock().unwrap(), [[2]]);
    assert_eq!(rescued.lock().unwrap().concat(), [2, 3, 4, 5]);
}
