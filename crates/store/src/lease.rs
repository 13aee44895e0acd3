//! Leases: who may write a stack's state, and up to when that is believed.
//!
//! A lease fences the store, not the cloud: whoever lost it may still have calls under way.
//! Invariant: a stack's fencing numbers only rise; at most one of them is good at a time.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::key::StackKey;
use crate::who::Who;

/// A process of some host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// The host's name.
    pub host: Arc<str>,
    /// Its number there.
    pub pid: u32,
    /// What tells it from a later process of the same number: its boot and its start.
    pub started: Arc<str>,
}

/// Who wants a lease, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockRequest {
    /// A name of its own for this request, in the form of a UUID.
    pub id: Arc<str>,
    /// What is to be done, in OpenTofu's words: `OperationTypeApply`.
    pub operation: Arc<str>,
    /// More about it, for people; mostly empty.
    pub info: Arc<str>,
    /// `user@host`, or who else it is as the audit has it.
    pub who: Arc<str>,
    /// The version that asks.
    pub version: Arc<str>,
}

impl LockRequest {
    /// Who asks, as the audit has it.
    pub fn author(&self) -> Who {
        Who::of_lease(&self.who)
    }
}

/// Who holds a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// What it asked for.
    pub request: LockRequest,
    /// The process, where it is one of ours.
    pub process: Option<Process>,
    /// When it got the lease, in milliseconds since 1970 by its own clock; 0 if unknown.
    pub since_ms: u64,
    /// When it last said that it lives, by its own clock; 0 if it does not say.
    pub heartbeat_ms: u64,
    /// Its fencing number; 0 if it has none.
    pub fence: u64,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.request.who, self.request.operation)?;
        match &self.process {
            Some(process) => write!(f, ", process {} on {})", process.pid, process.host),
            None => write!(f, ", version {})", self.request.version),
        }
    }
}

/// The right to write one stack, as long as the fencing number is the highest one given out.
#[derive(Clone, Debug)]
pub struct Lease {
    stack: StackKey,
    fence: u64,
    request: LockRequest,
    beat_ms: Arc<AtomicU64>,
}

impl Lease {
    /// A lease just granted, at this monotonic time.
    pub(crate) fn new(stack: StackKey, fence: u64, request: LockRequest, now_ms: u64) -> Lease {
        Lease { stack, fence, request, beat_ms: Arc::new(AtomicU64::new(now_ms)) }
    }

    /// The stack.
    pub fn stack(&self) -> &StackKey {
        &self.stack
    }

    /// The fencing number.
    pub fn fence(&self) -> u64 {
        self.fence
    }

    /// What was asked for.
    pub fn request(&self) -> &LockRequest {
        &self.request
    }

    /// The monotonic time in milliseconds at which the store last confirmed it. Before each provider call a driver
    /// checks that less than the lease's time has passed since.
    pub fn confirmed_ms(&self) -> u64 {
        self.beat_ms.load(Ordering::Acquire)
    }

    pub(crate) fn confirm(&self, now_ms: u64) {
        self.beat_ms.store(now_ms, Ordering::Release);
    }
}
