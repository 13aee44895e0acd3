//! The world of a simulated stack: its calls are answered when a step says so.
//!
//! Invariant: no call that changes an object begins that the journal on disk does not know of ([`Watch`]).

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ::plan::{Plan, ProviderInstance};
use engine::{About, Answer, Request};
use schema::protocol::{self, Call, FailureKind};
use state::journal::RunId;
use store::{MemoryStore, StackKey, Store as _};
use tokio::sync::oneshot;

use super::PARALLELISM;
use super::cloud::{Cloud, failure};
use crate::drive::{Answering, World};

/// When calls are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// When they begin.
    AtOnce,
    /// By a step for the effect of a change, and another one for the answer.
    Stepped,
    /// By one step, effect and all.
    Whole,
}

/// What a provider does when it is asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// It stops.
    Stops,
    /// It goes on.
    GoesOn,
}

/// A call under way.
struct UnderWay {
    call: Call,
    op: Option<u32>,
    effect: Option<protocol::Answer>,
    reply: oneshot::Sender<Answer>,
}

impl UnderWay {
    fn changes(&self) -> bool {
        matches!(self.call, Call::Apply { .. })
    }
}

/// Who looks at the disk when a call begins.
pub(super) struct Watch {
    store: MemoryStore,
    run: RunId,
    /// For each op of the plan, all that it follows.
    follows: Vec<BTreeSet<u32>>,
}

impl Watch {
    /// A watch over the apply of a plan.
    pub(super) fn new(store: MemoryStore, run: RunId, plan: &Plan) -> Watch {
        let mut follows: Vec<BTreeSet<u32>> = Vec::new();
        for op in &plan.ops {
            let mut all: BTreeSet<u32> = op.after.iter().map(|before| before.0).collect();
            for before in &op.after {
                all.extend(&follows[before.0 as usize]);
            }
            follows.push(all);
        }
        Watch { store, run, follows }
    }

    /// Ops that the disk knows to be begun, and not to be ended.
    pub(super) fn open(&self) -> BTreeSet<u32> {
        let there = self.store.peek(&StackKey::root()).expect("what is on disk folds");
        let own = there.in_doubt.iter().filter(|doubt| doubt.run == self.run);
        own.map(|doubt| doubt.begin.op.0).collect()
    }

    /// Rule 7 of the journal's specification.
    fn begins(&self, op: u32, begun: &[u32], answered: &BTreeSet<u32>) {
        let open = self.open();
        assert!(open.contains(&op), "op {op} is called before its begin is durable");
        assert!(open.len() <= PARALLELISM, "{open:?} may be in doubt");
        let follows = &self.follows[op as usize];
        let early: Vec<_> = follows.intersection(&open).collect();
        assert!(early.is_empty(), "op {op} is called before the ends of {early:?} are durable");
        let early: Vec<_> =
            begun.iter().filter(|of| follows.contains(of) && !answered.contains(of)).collect();
        assert!(early.is_empty(), "op {op} is called before {early:?} are answered");
    }
}

/// The world.
pub(super) struct SimWorld(Mutex<Inner>);

/// What it holds.
pub(super) struct Inner {
    pub(super) cloud: Cloud,
    pub(super) pace: Pace,
    pub(super) asked: Asked,
    pub(super) may_call: bool,
    pub(super) watch: Option<Watch>,
    /// Ops whose call began, in order.
    pub(super) begun: Vec<u32>,
    /// Ops whose call was answered by the provider.
    pub(super) answered: BTreeSet<u32>,
    pub(super) stops: usize,
    pub(super) kills: usize,
    under_way: Vec<UnderWay>,
}

impl SimWorld {
    /// A world around a cloud.
    pub(super) fn new(cloud: Cloud, pace: Pace) -> SimWorld {
        SimWorld(Mutex::new(Inner {
            cloud,
            pace,
            asked: Asked::Stops,
            may_call: true,
            watch: None,
            begun: Vec::new(),
            answered: BTreeSet::new(),
            stops: 0,
            kills: 0,
            under_way: Vec::new(),
        }))
    }

    /// What it holds, for looking and changing.
    pub(super) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// How many calls are under way.
    pub(super) fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// A step of one of the calls under way.
    pub(super) fn proceed(&mut self, at: usize) {
        let one = &mut self.under_way[at];
        if one.effect.is_none() {
            one.effect = Some(self.cloud.answer(&one.call));
            if one.changes() && self.pace == Pace::Stepped {
                return;
            }
        }
        let UnderWay { op, effect, reply, .. } = self.under_way.remove(at);
        self.answered.extend(op);
        // A driver that was dropped by a crash hears nothing.
        let _ = reply.send(Answer::Provider(effect.expect("an effect")));
    }

    /// What is under way comes to its end without a driver: what had no effect yet gets it, or never will.
    pub(super) fn crash(&mut self, late: Late) {
        for one in std::mem::take(&mut self.under_way) {
            if one.changes() && one.effect.is_none() && late == Late::Done {
                drop(self.cloud.answer(&one.call));
            }
        }
        self.watch = None;
    }

    fn end_calls(&mut self) {
        for one in std::mem::take(&mut self.under_way) {
            let _ = one.reply.send(Answer::Provider(failure(FailureKind::Stopped, &one.call)));
        }
    }
}

/// What becomes of calls that are under way in a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Late {
    /// Their effect comes nevertheless.
    Done,
    /// Nothing comes of them.
    Lost,
}

impl World for SimWorld {
    fn answer_now(&self, request: &Request, _: &[ProviderInstance]) -> Option<Answer> {
        match request {
            Request::World(funcs::Request::Random) => Some(Answer::World(funcs::Answer::Random(7))),
            Request::World(other) => panic!("no answer to {other:?}"),
            Request::Provider { .. } => None,
        }
    }

    fn answer(&self, request: Request, _: &[ProviderInstance]) -> Answering {
        let Request::Provider { about, call, .. } = request else {
            panic!("it was answered at once")
        };
        let mut inner = self.inner();
        assert!(inner.may_call, "a call begins without a lease");
        let op = match (&*call, about) {
            (Call::Apply { .. }, About::Instance { op, .. }) => op.map(|op| op.0),
            _ => None,
        };
        if let (Some(op), Some(watch)) = (op, &inner.watch) {
            watch.begins(op, &inner.begun, &inner.answered);
        }
        inner.begun.extend(op);
        if inner.pace == Pace::AtOnce {
            let answer = inner.cloud.answer(&call);
            inner.answered.extend(op);
            return Box::pin(async move { Answer::Provider(answer) });
        }
        let (reply, answer) = oneshot::channel();
        inner.under_way.push(UnderWay { call: *call, op, effect: None, reply });
        Box::pin(async move { answer.await.expect("a call is answered, or its driver is gone") })
    }

    fn stop_calls(&self) {
        let mut inner = self.inner();
        inner.stops += 1;
        if inner.asked == Asked::Stops {
            inner.end_calls();
        }
    }

    fn kill(&self) {
        let mut inner = self.inner();
        inner.kills += 1;
        inner.end_calls();
    }

    fn may_call(&self) -> bool {
        self.inner().may_call
    }
}
