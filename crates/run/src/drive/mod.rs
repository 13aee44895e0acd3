//! The loop that drives a machine: what it asks for is done, what came of it is told.
//!
//! Nothing is decided here but the order of waiting calls and when to stop. What a request means is the [`World`]'s.
//!
//! Invariant: at most `parallelism` calls are under way for one machine; every request is answered once.

mod apply;
mod calls;
mod plan;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::pin::Pin;

use ::plan::ProviderInstance;
use engine::{Answer, Request};

pub(crate) use apply::{ApplyFailure, apply};
pub(crate) use plan::{Interrupted, plan};

/// An answer that is on its way.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// Who answers requests. `providers` is the machine's table, which provider ids point into.
pub(crate) trait World: Send + Sync + 'static {
    /// The answer to a request that needs no waiting (built-in providers, the clock); `None` for all others.
    fn answer_now(&self, request: &Request, providers: &[ProviderInstance]) -> Option<Answer>;

    /// The answer to a request that may take long.
    fn answer(&self, request: Request, providers: &[ProviderInstance]) -> Answering;

    /// Asks every call under way to come to an end (StopProvider), and returns at once.
    fn stop_calls(&self);

    /// Ends every process; calls under way fail.
    fn kill(&self);

    /// Whether a further call may begin: the lease is still believed.
    fn may_call(&self) -> bool;
}
