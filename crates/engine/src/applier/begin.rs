//! Beginning ops: which call may be made when.
//!
//! A call that may change something waits for a free place, then for its begin to be durable. Of those that wait for a
//! place, the one with the longest way to the end goes first.
//!
//! Invariant: never more ops are begun and not ended than there are places.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use plan::OpId;
use schema::protocol::Call;
use state::journal::{Entry, Seq};

use super::Applier;
use super::ops::Stand;
use crate::request::Request;

/// A call that is ready to be begun.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) op: OpId,
    pub(super) entries: Vec<Entry>,
    pub(super) call: Call,
}

/// Calls on their way.
#[derive(Debug)]
pub(super) struct Begins {
    places: usize,
    under_way: usize,
    waiting: BinaryHeap<(u32, Reverse<u32>)>,
    ready: Vec<Option<Ready>>,
    begun: VecDeque<(Seq, OpId, Call)>,
}

impl Begins {
    /// With so many places, at least one.
    pub(super) fn new(places: usize) -> Begins {
        Begins {
            places: places.max(1),
            under_way: 0,
            waiting: BinaryHeap::new(),
            ready: Vec::new(),
            begun: VecDeque::new(),
        }
    }

    /// Whether no call waits for a place or for its begin to be durable.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.begun.is_empty()
    }

    fn put(&mut self, remaining: u32, ready: Ready) {
        let op = ready.op.0;
        if self.ready.len() <= op as usize {
            self.ready.resize_with(op as usize + 1, || None);
        }
        self.ready[op as usize] = Some(ready);
        self.waiting.push((remaining, Reverse(op)));
    }

    fn next(&mut self) -> Option<Ready> {
        let (_, Reverse(op)) = self.waiting.pop()?;
        self.ready[op as usize].take()
    }
}

impl Applier {
    /// Puts a call that may change something in line.
    pub(super) fn queue(&mut self, ready: Ready) {
        let cell = self.ops.cell(ready.op);
        self.world.table.pend(cell);
        let remaining = self.ops.remaining(ready.op);
        self.begins.put(remaining, ready);
    }

    /// A call that was begun has ended: its place is free.
    pub(super) fn free_place(&mut self) {
        self.begins.under_way -= 1;
    }

    /// Begins what there are places for, and makes the calls whose begin is durable.
    pub(super) fn begin_ops(&mut self) {
        while self.stopping || self.begins.under_way < self.begins.places {
            let Some(ready) = self.begins.next() else { break };
            if self.stopping {
                let cell = self.ops.cell(ready.op);
                self.end_op(cell, ready.op, Stand::Skipped);
                continue;
            }
            self.begins.under_way += 1;
            let mut last = None;
            for entry in ready.entries {
                last = Some(self.log.append(entry));
            }
            let seq = last.expect("BUG: a call is begun with an entry");
            self.begins.begun.push_back((seq, ready.op, ready.call));
        }
        while self.begins.begun.front().is_some_and(|(seq, ..)| self.log.has(*seq)) {
            let Some((_, op, call)) = self.begins.begun.pop_front() else { break };
            let plan = std::sync::Arc::clone(&self.input.plan);
            let index = plan.op(op).kind.change().expect("BUG: a begun op has a change");
            let change = plan.change(index);
            let about = self.about(op, change);
            let request =
                Request::Provider { provider: change.provider, about, call: Box::new(call) };
            self.send(request, super::Pending::Op(op));
        }
    }
}
