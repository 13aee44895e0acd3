//! Providers: found, verified, started, spoken to, pooled and stopped; and those that are built in.
//!
//! Everything behind one trait, [`Provider`]: a process that speaks protocol 5 or 6, the built-in provider, and (in
//! `sim`) a simulated one answer the same [`Call`]s. What to ask, and what an answer is worth, is decided elsewhere:
//! this crate has no opinion on plans. It reads no environment of its own; paths, variables and limits are given.
//!
//! Invariant: a call ends in exactly one [`Answer`], within the limit of its kind; a process never outlives its pool.

use std::future::Future;
use std::pin::Pin;

use schema::protocol::{Answer, Call};

pub mod builtin;
pub mod discovery;
mod failure;
mod hash;
mod plugin;
mod pool;
mod schemas;
mod wire;

pub use failure::StartError;
pub use hash::{Digest, Freshness, Hashes};
pub use plugin::Limits;
pub use pool::{Handle, Key, Launch, Pool, Purpose, Settings, Sharing};
pub use schemas::{Schemas, SchemasError, Wanted};
pub use wire::Protocol;

/// A future that can be kept in a list with others.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Something that answers calls as a provider does.
pub trait Provider: Send + Sync {
    /// Puts one call. Calls may be put while others are under way.
    fn call(&self, call: Call) -> BoxFuture<'_, Answer>;

    /// Asks that the calls under way end soon; they still answer.
    fn stop(&self) -> BoxFuture<'_, ()>;

    /// Ends it; later calls are refused.
    fn close(&self) -> BoxFuture<'_, ()>;
}
