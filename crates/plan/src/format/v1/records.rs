//! What is told of each object, output, variable and deferral.
//!
//! Not the values in them, nor the steps. Invariant: every part of every record is in its bytes.

use addr::{
    AbsResource, DeposedKey, InstanceKey, ModuleInstance, ProviderConfig, ProviderInstance,
    ResourceInstance, Target,
};

use super::error::{PlanFileFault, Taken};
use super::wire::{Reader, Wire, Writer, wire_struct, wire_words};
use crate::plan::{Base, Digests, Options, RelevantAttribute, Variable};
use crate::{
    Action, Cause, Change, Completeness, CreateBeforeDestroy, Deferred, DeferredItem,
    DeferredReason, DriftChoice, Mode, Origin, OutputChange, ProviderIndex, Provisional, Reason,
    Refresh, Sensitive,
};

wire_words!(Mode, "mode" { 0 => Mode::Normal, 1 => Mode::Destroy, 2 => Mode::RefreshOnly });
wire_words!(Refresh, "choice of refresh" { 0 => Refresh::Yes, 1 => Refresh::No });
wire_words!(Completeness, "completeness" {
    0 => Completeness::Whole,
    1 => Completeness::Partial,
    2 => Completeness::Errored,
});
wire_words!(Sensitive, "choice of sensitivity" { 0 => Sensitive::No, 1 => Sensitive::Yes });
wire_words!(Provisional, "choice of provision" { 0 => Provisional::No, 1 => Provisional::Yes });
wire_words!(CreateBeforeDestroy, "order of replacement" {
    0 => CreateBeforeDestroy::No,
    1 => CreateBeforeDestroy::Yes,
});
wire_words!(Action, "action" {
    0 => Action::NoOp,
    1 => Action::Read,
    2 => Action::Create,
    3 => Action::Update,
    4 => Action::DeleteThenCreate,
    5 => Action::CreateThenDelete,
    6 => Action::Delete,
    7 => Action::Forget,
    8 => Action::ForgetThenCreate,
});
wire_words!(Reason, "reason" {
    0 => Reason::None,
    1 => Reason::ReplaceBecauseTainted,
    2 => Reason::ReplaceByRequest,
    3 => Reason::ReplaceByTriggers,
    4 => Reason::ReplaceBecauseCannotUpdate,
    5 => Reason::DeleteBecauseNoResourceConfig,
    6 => Reason::DeleteBecauseWrongRepetition,
    7 => Reason::DeleteBecauseCountIndex,
    8 => Reason::DeleteBecauseEachKey,
    9 => Reason::DeleteBecauseEnabledFalse,
    10 => Reason::DeleteBecauseNoModule,
    11 => Reason::DeleteBecauseNoMoveTarget,
    12 => Reason::ReadBecauseConfigUnknown,
    13 => Reason::ReadBecauseDependencyPending,
    14 => Reason::ForgotBecauseLifecycleDestroyInState,
    15 => Reason::ForgotBecauseLifecycleDestroyInConfig,
});
wire_words!(DeferredReason, "reason of a deferral" {
    0 => DeferredReason::KeysUnknown,
    1 => DeferredReason::ProviderConfigUnknown,
    2 => DeferredReason::Provider,
    3 => DeferredReason::Upstream,
    4 => DeferredReason::InDoubt,
});

wire_struct!(Options { mode, refresh, targets, excludes, replace, drift });
wire_struct!(Base { lineage, serial, digest });
wire_struct!(Digests { configuration, locks, policies });
wire_struct!(Variable { name, value, sensitive, set_by_caller });
wire_struct!(RelevantAttribute { resource, path });
wire_struct!(OutputChange { name, action, before, after, sensitive });
wire_struct!(Deferred { what, reason, waits_for, configuration, creates_max });
wire_struct!(Change {
    address,
    previous_address,
    deposed,
    provider,
    action,
    reason,
    before,
    after,
    configuration,
    replace_paths,
    planned_private,
    prior_identity,
    planned_identity,
    deposes,
    create_before_destroy,
    provisional,
    causes,
});

/// Addresses stand as their text.
macro_rules! wire_addresses {
    ($($kind:ty),+ $(,)?) => {$(
        impl Wire for $kind {
            fn put(&self, to: &mut Writer) {
                to.shown(self);
            }
            fn take(from: &mut Reader<'_>) -> Taken<Self> {
                from.address()
            }
        }
    )+};
}

wire_addresses!(
    AbsResource,
    DeposedKey,
    ModuleInstance,
    ProviderConfig,
    ProviderInstance,
    ResourceInstance,
);

impl Wire for InstanceKey {
    fn put(&self, to: &mut Writer) {
        match self {
            InstanceKey::None => to.byte(0),
            InstanceKey::Int(index) => {
                to.byte(1);
                index.put(to);
            }
            InstanceKey::Str(key) => {
                to.byte(2);
                key.put(to);
            }
        }
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        Ok(match from.byte()? {
            0 => InstanceKey::None,
            1 => InstanceKey::Int(Wire::take(from)?),
            2 => InstanceKey::Str(Wire::take(from)?),
            tag => return Err(from.no_tag("instance key", tag)),
        })
    }
}

impl Wire for Target {
    fn put(&self, to: &mut Writer) {
        match self {
            Target::Module(module) => {
                to.byte(0);
                module.put(to);
            }
            Target::Resource(resource) => {
                to.byte(1);
                resource.put(to);
            }
            Target::Instance(instance) => {
                to.byte(2);
                instance.put(to);
            }
        }
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        Ok(match from.byte()? {
            0 => Target::Module(Wire::take(from)?),
            1 => Target::Resource(Wire::take(from)?),
            2 => Target::Instance(Wire::take(from)?),
            tag => return Err(from.no_tag("target", tag)),
        })
    }
}

impl Wire for ProviderIndex {
    fn put(&self, to: &mut Writer) {
        to.number(self.0.into());
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        let start = from.offset();
        let index = from.index(from.tables.providers)?;
        let fits = u32::try_from(index).map(ProviderIndex);
        fits.map_err(|_| from.fault_at(start, PlanFileFault::Number))
    }
}

impl Wire for DeferredItem {
    fn put(&self, to: &mut Writer) {
        match self {
            DeferredItem::Instance(instance) => {
                to.byte(0);
                instance.put(to);
            }
            DeferredItem::Pattern(pattern) => {
                to.byte(1);
                pattern.put(to);
            }
        }
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        Ok(match from.byte()? {
            0 => DeferredItem::Instance(Wire::take(from)?),
            1 => DeferredItem::Pattern(Wire::take(from)?),
            tag => return Err(from.no_tag("deferred item", tag)),
        })
    }
}

impl Wire for DriftChoice {
    fn put(&self, to: &mut Writer) {
        match self {
            DriftChoice::Taken => to.byte(0),
            DriftChoice::Left => to.byte(1),
            DriftChoice::Only(some) => {
                to.byte(2);
                some.put(to);
            }
        }
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        Ok(match from.byte()? {
            0 => DriftChoice::Taken,
            1 => DriftChoice::Left,
            2 => DriftChoice::Only(Wire::take(from)?),
            tag => return Err(from.no_tag("choice of drift", tag)),
        })
    }
}

impl Wire for Origin {
    fn put(&self, to: &mut Writer) {
        match self {
            Origin::Input(name) => {
                to.byte(0);
                name.put(to);
            }
            Origin::Instance(instance) => {
                to.byte(1);
                instance.put(to);
            }
            Origin::Resource(resource) => {
                to.byte(2);
                resource.put(to);
            }
        }
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        Ok(match from.byte()? {
            0 => Origin::Input(Wire::take(from)?),
            1 => Origin::Instance(Wire::take(from)?),
            2 => Origin::Resource(Wire::take(from)?),
            tag => return Err(from.no_tag("origin of a cause", tag)),
        })
    }
}

impl Wire for Cause {
    fn put(&self, to: &mut Writer) {
        match self {
            Cause::New => to.byte(0),
            Cause::Removed => to.byte(1),
            Cause::Argument { path, from } => {
                to.byte(2);
                path.put(to);
                from.put(to);
            }
            Cause::Drift { paths } => {
                to.byte(3);
                paths.put(to);
            }
            Cause::Gone => to.byte(4),
            Cause::Tainted => to.byte(5),
            Cause::Requested => to.byte(6),
            Cause::Trigger(origin) => {
                to.byte(7);
                origin.put(to);
            }
            Cause::Deposed => to.byte(8),
            Cause::Destroy => to.byte(9),
            Cause::Pending(origins) => {
                to.byte(10);
                origins.put(to);
            }
            Cause::Bookkeeping => to.byte(11),
            Cause::Provider => to.byte(12),
        }
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        Ok(match from.byte()? {
            0 => Cause::New,
            1 => Cause::Removed,
            2 => Cause::Argument { path: Wire::take(from)?, from: Wire::take(from)? },
            3 => Cause::Drift { paths: Wire::take(from)? },
            4 => Cause::Gone,
            5 => Cause::Tainted,
            6 => Cause::Requested,
            7 => Cause::Trigger(Wire::take(from)?),
            8 => Cause::Deposed,
            9 => Cause::Destroy,
            10 => Cause::Pending(Wire::take(from)?),
            11 => Cause::Bookkeeping,
            12 => Cause::Provider,
            tag => return Err(from.no_tag("cause", tag)),
        })
    }
}
