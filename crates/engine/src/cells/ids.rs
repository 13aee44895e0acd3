//! Numbers of the things that have cells, and what each cell stands for.
//!
//! Invariant: a number is given out by the [`World`](super::World) and stays in range.

use lang::config::{LocalIdx, OutputIdx, VarIdx};
use plan::ProviderIndex;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) struct $name(pub(crate) u32);

        impl $name {
            pub(crate) fn new(position: usize) -> $name {
                $name(u32::try_from(position).expect("BUG: more than 4 billion objects"))
            }

            pub(crate) fn at(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id! {
    /// A module instance.
    FrameId
}
id! {
    /// A resource of a module instance.
    ResourceId
}
id! {
    /// A module call of a module instance.
    CallId
}
id! {
    /// A resource instance.
    InstanceId
}

/// Something that only the machine at hand knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TaskId(pub(crate) u32);

/// What a cell stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A variable's value.
    Variable(FrameId, VarIdx),
    /// A local value.
    Local(FrameId, LocalIdx),
    /// An output's value.
    Output(FrameId, OutputIdx),
    /// The instances of a module call.
    Call(CallId),
    /// All outputs of all instances of a module call.
    CallWhole(CallId),
    /// The instances of a resource.
    Resource(ResourceId),
    /// All instances' values of a resource.
    ResourceWhole(ResourceId),
    /// A resource instance's value; the machine settles it.
    Value(InstanceId),
    /// The work on a resource instance's body; the machine does it.
    Body(InstanceId),
    /// The answer of an impure call.
    Impure(u32),
    /// A provider configuration instance, configured; the machine does it.
    Provider(ProviderIndex),
    /// Something else of the machine's.
    Task(TaskId),
}
