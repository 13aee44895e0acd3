//! Calls that wait and calls that are under way.

use std::collections::VecDeque;

use ::plan::ProviderInstance;
use engine::{Answer, Request, RequestId};
use tokio::task::JoinSet;

use super::World;

/// The calls of one machine.
pub(super) struct Calls {
    waiting: VecDeque<(RequestId, Request)>,
    under_way: JoinSet<(RequestId, Answer)>,
    parallelism: usize,
}

impl Calls {
    /// No calls; at most `parallelism` will be under way at a time.
    pub(super) fn new(parallelism: usize) -> Calls {
        Calls {
            waiting: VecDeque::new(),
            under_way: JoinSet::new(),
            parallelism: parallelism.max(1),
        }
    }

    /// Adds a call that waits for its turn.
    pub(super) fn push(&mut self, id: RequestId, request: Request) {
        self.waiting.push_back((id, request));
    }

    /// Begins as many waiting calls as may be under way.
    pub(super) fn begin<W: World>(&mut self, world: &W, providers: &[ProviderInstance]) {
        while self.under_way.len() < self.parallelism && world.may_call() {
            let Some((id, request)) = self.waiting.pop_front() else { break };
            let answering = world.answer(request, providers);
            self.under_way.spawn(async move { (id, answering.await) });
        }
    }

    /// Takes the calls that wait: they will not begin any more.
    pub(super) fn give_up(&mut self) -> impl Iterator<Item = (RequestId, Request)> {
        std::mem::take(&mut self.waiting).into_iter()
    }

    /// Whether nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.under_way.is_empty()
    }

    /// The next answer; pending for ever where nothing is under way.
    pub(super) async fn next(&mut self) -> (RequestId, Answer) {
        match self.under_way.join_next().await {
            Some(Ok(answered)) => answered,
            Some(Err(error)) => panic!("BUG: a call panicked: {error}"),
            None => std::future::pending().await,
        }
    }

    /// An answer that is there already.
    pub(super) fn try_next(&mut self) -> Option<(RequestId, Answer)> {
        match self.under_way.try_join_next()? {
            Ok(answered) => Some(answered),
            Err(error) => panic!("BUG: a call panicked: {error}"),
        }
    }
}
