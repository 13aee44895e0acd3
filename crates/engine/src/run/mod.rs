//! A run over several stacks: a machine that says which stack goes when, and what becomes of the others where one fails.
//!
//! It has the Applier's shape: [`advance`](Run::advance) says what it wants next (plan this stack, its lead, its trail, close
//! it), [`answer`](Run::answer) tells it what came of it, [`stop`](Run::stop) ends it early. It knows the graph of stacks and
//! what failed, and nothing of resources, providers or stores.
//!
//! Each stack's ops are two halves (ENGINE §8). The lead of a lower stack goes before that of an upper one, the trail of an
//! upper stack before that of a lower one; a stack without trail is closed when its lead is over. Where something is deferred
//! the stack is planned again after its apply, before anybody reads it (ENGINE §7).
//!
//! Invariants: a stack has one ask open at a time; each stack ends exactly once; a trail goes only where all that stand on the
//! stack have ended whole, and whatever fails holds back only what waits for it.

mod input;
mod order;
mod stack;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use self::order::{Until, needs};
use self::stack::{Stack, Stand};

pub use input::{Direction, Leaves, RunInput, RunStack, StackId};

/// What a run wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    /// Plan the stack with what is known now, and judge that plan. The first round is 1. Answer with
    /// [`Told::Planned`], [`Told::Nothing`], [`Told::Waits`], [`Told::Refused`] or [`Told::CutShort`].
    Plan {
        /// Which round of the stack it is.
        round: u32,
    },
    /// Carry out its lead. Answer with [`Told::LeadOver`] or [`Told::LeadFailed`].
    Lead,
    /// Carry out its trail. Answer with [`Told::TrailOver`] or [`Told::TrailFailed`].
    Trail,
    /// Put its state in place and give its lease back; what was not carried out is left. Answer with [`Told::Closed`].
    Close(Rest),
    /// Forget its objects: its host is gone. Answer with [`Told::Closed`].
    Forget,
}

/// Whether a stack is closed with its trail undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rest {
    /// Nothing is left.
    Nothing,
    /// What was to go is still there.
    Undone,
}

/// What came of an [`Ask`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// There is a plan that may be carried out, and something to do.
    Planned,
    /// There is nothing to do now; the stack is closed.
    Nothing {
        /// Whether something waits for a later run.
        deferred: bool,
    },
    /// What it reads is not known though everything below is over; nothing was touched, and the stack is closed.
    Waits {
        /// The stack that has not given it out.
        on: StackId,
    },
    /// Its plan failed or may not be carried out; nothing of this round was touched, and the stack is closed.
    Refused,
    /// Its lead is over, without errors.
    LeadOver {
        /// Whether a trail is left.
        trail: bool,
        /// Whether something was deferred.
        deferred: bool,
    },
    /// Something of its lead failed.
    LeadFailed,
    /// It was cut short because the run is to stop, without errors; one that was only planned is closed.
    CutShort,
    /// Its trail is over, without errors.
    TrailOver,
    /// Something of its trail failed.
    TrailFailed,
    /// It is closed.
    Closed,
    /// It is closed as far as it can be, and nothing more can be done with it: its lease or its journal was lost.
    Broke,
}

/// How a stack came out of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackEnd {
    /// All that was planned is done.
    Whole,
    /// All is done but what waits for a value: of the stack named, or of its own.
    Deferred {
        /// The stack whose outputs it waits for; `None` where parts of its own are deferred.
        on: Option<StackId>,
    },
    /// Its lead is done; what was to go is still there, because this stack stands on it still.
    TrailUndone {
        /// The stack that did not move over.
        by: StackId,
    },
    /// Something of it failed.
    Failed,
    /// Its plan was refused; nothing of it was touched.
    Refused,
    /// A stack that goes before it did not come to its end; nothing of it was touched.
    Blocked {
        /// That stack.
        by: StackId,
    },
    /// The run was stopped before it was over.
    Stopped,
}

impl StackEnd {
    /// Whether it went as planned; what is deferred is listed, and no failure.
    pub fn is_well(self) -> bool {
        matches!(self, StackEnd::Whole | StackEnd::Deferred { .. })
    }
}

/// Whether a stack went as planned, given how all came out: a trail that is left only because something above it is
/// deferred waits as that does.
pub fn ended_well(ends: &[StackEnd], stack: StackId) -> bool {
    let mut end = ends[stack.at()];
    while let StackEnd::TrailUndone { by } = end {
        end = ends[by.at()];
    }
    end.is_well()
}

/// Whether a run is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunProgress {
    /// It waits for answers.
    Waiting,
    /// Every stack has ended.
    Done,
}

/// The run.
#[derive(Debug)]
pub struct Run {
    stacks: Vec<Stack>,
    /// What may be asked: the longest path first, then the lowest stack.
    ready: BinaryHeap<(u32, Reverse<StackId>, Ask)>,
    /// What may have become possible; worked off before anybody is asked or told anything.
    due: Vec<Due>,
    open: usize,
    width: usize,
    rounds_max: u32,
    stopping: bool,
}

/// A stack of which the last thing that it waited for is over.
#[derive(Clone, Copy, Debug)]
enum Due {
    Begin(StackId),
    Trail(StackId),
}

impl Run {
    /// A run in which nothing was asked yet.
    ///
    /// # Panics
    /// Where the input breaks its invariant.
    pub fn new(input: &RunInput) -> Run {
        let needs = needs(input);
        let mut run = Run {
            stacks: stack::table(input, needs),
            ready: BinaryHeap::new(),
            due: Vec::new(),
            open: 0,
            width: input.width.max(1),
            rounds_max: input.rounds_max.max(1),
            stopping: false,
        };
        for at in 0..run.stacks.len() {
            let stack = StackId(u32::try_from(at).expect("BUG: too many stacks"));
            if run.stacks[at].begin_left == 0 {
                run.due.push(Due::Begin(stack));
            }
        }
        run.settle();
        run
    }

    /// Tells what may be asked since the last call.
    pub fn advance(&mut self, out: &mut Vec<(StackId, Ask)>) -> RunProgress {
        while self.open < self.width
            && let Some((_, Reverse(stack), ask)) = self.ready.pop()
        {
            let Some(ask) = self.still_wanted(stack, ask) else { continue };
            self.stacks[stack.at()].stand = Stand::Asked(ask);
            self.open += 1;
            out.push((stack, ask));
        }
        self.settle();
        let over = self.stacks.iter().all(|stack| matches!(stack.stand, Stand::Ended(_)));
        if over { RunProgress::Done } else { RunProgress::Waiting }
    }

    /// Brings the answer to a stack's ask.
    ///
    /// # Panics
    /// For a stack of which nothing is asked, or an answer to something else.
    pub fn answer(&mut self, stack: StackId, told: Told) {
        let Stand::Asked(ask) = self.stacks[stack.at()].stand else {
            panic!("BUG: an answer to nothing")
        };
        self.open -= 1;
        match (ask, told) {
            (_, Told::Broke) => self.end(stack, StackEnd::Failed),
            (Ask::Plan { .. }, Told::Planned) if self.stopping => {
                self.close(stack, Rest::Undone, Some(StackEnd::Stopped));
            }
            (Ask::Plan { .. }, Told::Planned) => self.want(stack, Ask::Lead),
            (Ask::Plan { .. }, Told::Nothing { deferred }) => self.end(stack, whole(deferred)),
            (Ask::Plan { .. }, Told::Waits { on }) => {
                self.end(stack, StackEnd::Deferred { on: Some(on) });
            }
            (Ask::Plan { .. }, Told::CutShort) => self.end(stack, StackEnd::Stopped),
            (Ask::Plan { round: 1 }, Told::Refused) => self.end(stack, StackEnd::Refused),
            (Ask::Plan { .. }, Told::Refused) => self.end(stack, StackEnd::Failed),
            (Ask::Lead, Told::LeadOver { trail, deferred }) => {
                self.lead_over(stack, trail, deferred);
            }
            (Ask::Lead, Told::LeadFailed) | (Ask::Trail, Told::TrailFailed) => {
                self.close(stack, Rest::Undone, Some(StackEnd::Failed));
            }
            (Ask::Lead | Ask::Trail, Told::CutShort) => {
                self.close(stack, Rest::Undone, Some(StackEnd::Stopped));
            }
            (Ask::Trail, Told::TrailOver) => self.close(stack, Rest::Nothing, None),
            (Ask::Close(_) | Ask::Forget, Told::Closed) => self.closed(stack),
            (ask, told) => panic!("BUG: {told:?} is no answer to {ask:?}"),
        }
        self.settle();
    }

    /// Ends the run early: no stack begins any more, what has begun comes to its own end, and no trail goes.
    pub fn stop(&mut self) {
        self.stopping = true;
        for at in 0..self.stacks.len() {
            let stack = StackId(u32::try_from(at).expect("BUG: too many stacks"));
            match self.stacks[at].stand {
                Stand::Waiting => self.end(stack, StackEnd::Stopped),
                Stand::Led => self.close(stack, Rest::Undone, Some(StackEnd::Stopped)),
                Stand::Ready | Stand::Asked(_) | Stand::Ended(_) => {}
            }
        }
        self.settle();
    }

    /// How each stack came out.
    ///
    /// # Panics
    /// Where the run is not over.
    pub fn finish(self) -> Vec<StackEnd> {
        let end = |stack: &Stack| match stack.stand {
            Stand::Ended(end) => end,
            _ => panic!("BUG: a run is finished before its end"),
        };
        self.stacks.iter().map(end).collect()
    }

    /// What is asked in place of an ask that waited in the queue while the run was stopped; nothing where the stack ends.
    fn still_wanted(&mut self, stack: StackId, ask: Ask) -> Option<Ask> {
        match ask {
            _ if !self.stopping => Some(ask),
            Ask::Plan { .. } | Ask::Forget => {
                self.end(stack, StackEnd::Stopped);
                None
            }
            Ask::Lead | Ask::Trail => {
                self.stacks[stack.at()].coming = Some(StackEnd::Stopped);
                Some(Ask::Close(Rest::Undone))
            }
            Ask::Close(_) => Some(ask),
        }
    }

    /// Works off what is due. Not by recursion: a chain of stacks may be as long as the estate.
    fn settle(&mut self) {
        while let Some(due) = self.due.pop() {
            match due {
                Due::Begin(stack) => self.begin(stack),
                Due::Trail(stack) => self.trail(stack),
            }
        }
    }

    /// Puts an ask into the queue.
    fn want(&mut self, stack: StackId, ask: Ask) {
        let own = &mut self.stacks[stack.at()];
        own.stand = Stand::Ready;
        self.ready.push((own.length, Reverse(stack), ask));
    }

    /// Everything that goes before the stack is over, well or badly.
    fn begin(&mut self, stack: StackId) {
        let own = &self.stacks[stack.at()];
        if own.stand != Stand::Waiting {
            return;
        }
        if self.stopping {
            return self.end(stack, StackEnd::Stopped);
        }
        let ends =
            own.begins_after.iter().map(|(other, until)| (*other, self.reached(*other, *until)));
        let bad: Vec<(StackId, StackEnd)> =
            ends.filter_map(|(other, end)| end.map(|end| (other, end))).collect();
        let deferred = bad.first().map(|(other, _)| StackEnd::Deferred { on: Some(*other) });
        let failed = bad.iter().find(|(_, end)| !end.is_well());
        match failed.map(|(other, _)| StackEnd::Blocked { by: *other }).or(deferred) {
            Some(end) => self.end(stack, end),
            None => {
                let ask = if own.is_forgotten { Ask::Forget } else { Ask::Plan { round: 1 } };
                self.want(stack, ask);
            }
        }
    }

    /// How a stack that others wait for came short of what they wait for; nothing where it did not.
    fn reached(&self, stack: StackId, until: Until) -> Option<StackEnd> {
        let own = &self.stacks[stack.at()];
        match (own.stand, until) {
            (_, Until::LeadOver) if own.is_led => None,
            (Stand::Ended(StackEnd::Whole), _) => None,
            (Stand::Ended(StackEnd::Deferred { on: None }), Until::LeadOver) => None,
            (Stand::Ended(end), _) => Some(end),
            _ => panic!("BUG: a stack begins before what it waits for"),
        }
    }

    fn lead_over(&mut self, stack: StackId, trail: bool, deferred: bool) {
        let own = &mut self.stacks[stack.at()];
        own.deferred = deferred;
        let again = deferred && own.round < self.rounds_max && !self.stopping;
        match (again, trail) {
            // Planned again before anybody reads it: what was to go is then planned to go again.
            (true, true) => self.close(stack, Rest::Undone, None),
            (true, false) => self.close(stack, Rest::Nothing, None),
            (false, false) => {
                self.led(stack);
                self.close(stack, Rest::Nothing, None);
            }
            (false, true) if self.stopping => {
                self.close(stack, Rest::Undone, Some(StackEnd::Stopped));
            }
            (false, true) => {
                own.stand = Stand::Led;
                self.led(stack);
                self.due.push(Due::Trail(stack));
            }
        }
    }

    /// Others may read its outputs now.
    fn led(&mut self, stack: StackId) {
        let own = &mut self.stacks[stack.at()];
        if std::mem::replace(&mut own.is_led, true) {
            return;
        }
        let waiting = std::mem::take(&mut own.begin_when_led);
        self.count_down(waiting);
    }

    fn count_down(&mut self, waiting: Vec<StackId>) {
        for other in waiting {
            let one = &mut self.stacks[other.at()];
            one.begin_left -= 1;
            if one.begin_left == 0 {
                self.due.push(Due::Begin(other));
            }
        }
    }

    /// Lets the trail go, or leaves it, where all that stand on the stack have ended.
    fn trail(&mut self, stack: StackId) {
        let own = &self.stacks[stack.at()];
        if own.trail_left > 0 || own.stand != Stand::Led {
            return;
        }
        let stays =
            |other: &&StackId| self.stacks[other.at()].stand != Stand::Ended(StackEnd::Whole);
        match own.trails_after.iter().find(stays) {
            None => self.want(stack, Ask::Trail),
            Some(by) => {
                let by = *by;
                self.close(stack, Rest::Undone, Some(StackEnd::TrailUndone { by }));
            }
        }
    }

    /// Asks to close; where an end is known already, the stack comes to that.
    fn close(&mut self, stack: StackId, rest: Rest, end: Option<StackEnd>) {
        self.stacks[stack.at()].coming = end;
        self.want(stack, Ask::Close(rest));
    }

    fn closed(&mut self, stack: StackId) {
        let own = &mut self.stacks[stack.at()];
        if let Some(end) = own.coming {
            return self.end(stack, end);
        }
        let again = own.deferred && !own.is_led && own.round < self.rounds_max;
        match (again, self.stopping) {
            (true, true) => self.end(stack, StackEnd::Stopped),
            (true, false) => {
                own.round += 1;
                let round = own.round;
                self.want(stack, Ask::Plan { round });
            }
            (false, _) => {
                let end = whole(own.deferred);
                self.end(stack, end);
            }
        }
    }

    fn end(&mut self, stack: StackId, end: StackEnd) {
        let own = &mut self.stacks[stack.at()];
        own.stand = Stand::Ended(end);
        let mut waiting = std::mem::take(&mut own.begin_when_led);
        waiting.append(&mut own.begin_when_ended);
        let trails = std::mem::take(&mut own.trail_when_ended);
        self.count_down(waiting);
        for other in trails {
            self.stacks[other.at()].trail_left -= 1;
            self.due.push(Due::Trail(other));
        }
    }
}

fn whole(deferred: bool) -> StackEnd {
    if deferred { StackEnd::Deferred { on: None } } else { StackEnd::Whole }
}
