//! What the machines ask of their driver, and what they are told.
//!
//! Invariant: a [`RequestId`] is given once per machine, and answered once.

use addr::{DeposedKey, ResourceInstance};
use plan::OpId;
use schema::protocol;
use state::journal::Entry;

/// A provider configuration instance: index into [`Planner::providers`](crate::Planner::providers), and into the
/// plan's own table.
pub type ProviderId = plan::ProviderIndex;

/// Names one request of one machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u32);

/// What a provider call is about, for events, errors and supervision.
#[derive(Clone, Debug, PartialEq)]
pub enum About {
    /// The provider's configuration itself.
    Configuration,
    /// A resource instance's object.
    Instance {
        /// Its address.
        address: ResourceInstance,
        /// Which deposed object, if one.
        deposed: Option<DeposedKey>,
        /// The op it belongs to, while applying.
        op: Option<OpId>,
    },
    /// A function call of an expression.
    Function,
}

/// What a machine wants.
#[derive(Debug)]
pub enum Request {
    /// A call of a provider. Answer with [`Answer::Provider`].
    ///
    /// Calls other than `Configure` to one provider may arrive before it is configured only where the protocol
    /// needs no configuration (validation, upgrade, functions); the machine keeps that order itself.
    Provider {
        /// Which configuration instance.
        provider: ProviderId,
        /// For whom.
        about: About,
        /// The call.
        call: Box<protocol::Call>,
    },
    /// What an impure function asks the world. Answer with [`Answer::World`]. The time of planning is never asked.
    World(funcs::Request),
}

/// What came of a request.
#[derive(Debug)]
pub enum Answer {
    /// Of [`Request::Provider`]. Boxed by the protocol crate's own choice of size.
    Provider(protocol::Answer),
    /// Of [`Request::World`].
    World(funcs::Answer),
}

/// Whether a machine is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It waits for answers (or for journal entries to become durable).
    Waiting,
    /// The lead of an apply is over, and durable; its outputs can be had, and its trail waits for
    /// [`Applier::begin_trail`](crate::Applier::begin_trail). Said by an applier with wired outputs only, and only where
    /// a trail is left.
    LeadOver,
    /// Nothing is asked and nothing is left; call `finish`.
    Done,
}

/// What an applier wants.
#[derive(Debug)]
pub enum Effect {
    /// Append these entries to the journal, in this order, after all given before; tell
    /// [`Applier::durable`](crate::Applier::durable) when they are on disk.
    Append(Vec<Entry>),
    /// Make this call. What it must find durable is durable already.
    Call(RequestId, Request),
}

/// How an apply is to be ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Begin nothing new; what was begun is awaited.
    BeginNothing,
}
