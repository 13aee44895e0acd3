//! The parts of a plan: changes, outputs, ops, causes, deferrals.
//!
//! Enumerations are written as the numbers in this file, which must not change within the format.
//! Invariant: each `write` has its `read` beside it.

use std::sync::Arc;

use value::{Path, Type, Value};

use super::bytes::{In, Out, Read};
use super::values::{self, TypesOut};
use crate::action::{Action, Reason};
use crate::cause::{Cause, Origin};
use crate::change::{Change, CreateBeforeDestroy, OutputChange, Provisional, Sensitive};
use crate::deferred::{Deferred, DeferredItem, DeferredReason};
use crate::op::{ChangeIndex, Op, OpId, OpKind};
use crate::provider::ProviderIndex;

/// Writes with the types of values at hand.
pub(super) struct Writer<'o> {
    pub(super) out: &'o mut Out,
    pub(super) types: &'o mut TypesOut,
}

/// Reads with the types of values at hand.
pub(super) struct Reader<'i, 'b> {
    pub(super) input: &'i mut In<'b>,
    pub(super) types: &'i [Type],
}

/// A table of the values of an enumeration, in the order of their numbers.
macro_rules! numbered {
    ($write:ident, $read:ident, $type:ty, $what:literal, [$($value:expr),+ $(,)?]) => {
        fn $write(out: &mut Out, value: $type) {
            let all = [$($value),+];
            let number = all.iter().position(|one| *one == value);
            let number = number.expect(concat!("BUG: ", $what, " has no number"));
            out.byte(u8::try_from(number).expect("BUG: too many numbers"));
        }

        fn $read(input: &mut In<'_>) -> Read<$type> {
            let all = [$($value),+];
            let number = input.byte()?;
            match all.get(usize::from(number)) {
                Some(value) => Ok(*value),
                None => input.fail(format!(concat!("{} is no ", $what), number)),
            }
        }
    };
}

numbered!(write_action, read_action, Action, "action", [
    Action::NoOp,
    Action::Read,
    Action::Create,
    Action::Update,
    Action::DeleteThenCreate,
    Action::CreateThenDelete,
    Action::Delete,
    Action::Forget,
    Action::ForgetThenCreate,
]);

numbered!(write_reason, read_reason, Reason, "reason", [
    Reason::None,
    Reason::ReplaceBecauseTainted,
    Reason::ReplaceByRequest,
    Reason::ReplaceByTriggers,
    Reason::ReplaceBecauseCannotUpdate,
    Reason::DeleteBecauseNoResourceConfig,
    Reason::DeleteBecauseWrongRepetition,
    Reason::DeleteBecauseCountIndex,
    Reason::DeleteBecauseEachKey,
    Reason::DeleteBecauseEnabledFalse,
    Reason::DeleteBecauseNoModule,
    Reason::DeleteBecauseNoMoveTarget,
    Reason::ReadBecauseConfigUnknown,
    Reason::ReadBecauseDependencyPending,
    Reason::ForgotBecauseLifecycleDestroyInState,
    Reason::ForgotBecauseLifecycleDestroyInConfig,
]);

numbered!(write_deferred_reason, read_deferred_reason, DeferredReason, "reason to defer", [
    DeferredReason::KeysUnknown,
    DeferredReason::ProviderConfigUnknown,
    DeferredReason::Provider,
    DeferredReason::Upstream,
]);

impl Writer<'_> {
    pub(super) fn value(&mut self, value: &Value) {
        values::write(self.out, self.types, value);
    }

    fn optional_value(&mut self, value: Option<&Value>) {
        self.out.flag(value.is_some());
        if let Some(value) = value {
            self.value(value);
        }
    }

    pub(super) fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.out.length(items.len());
        items.iter().for_each(|item| write(self, item));
    }

    pub(super) fn path(&mut self, path: &Path) {
        values::write_path(self.out, self.types, path);
    }

    pub(super) fn change(&mut self, change: &Change) {
        self.out.show(&change.address);
        self.out.option(change.previous_address.as_ref(), |out, address| out.show(address));
        self.out.option(change.deposed.as_ref(), |out, key| out.show(key));
        self.out.number(u64::from(change.provider.0));
        write_action(self.out, change.action);
        write_reason(self.out, change.reason);
        self.value(&change.before);
        self.value(&change.after);
        self.value(&change.configuration);
        self.list(&change.replace_paths, Self::path);
        self.out.blob(&change.planned_private);
        self.optional_value(change.prior_identity.as_ref());
        self.optional_value(change.planned_identity.as_ref());
        self.out.option(change.deposes.as_ref(), |out, key| out.show(key));
        self.out.flag(change.create_before_destroy == CreateBeforeDestroy::Yes);
        self.out.flag(change.provisional == Provisional::Yes);
        self.list(&change.causes, Self::cause);
    }

    fn cause(&mut self, cause: &Cause) {
        let out = &mut *self.out;
        match cause {
            Cause::New => out.byte(0),
            Cause::Removed => out.byte(1),
            Cause::Argument { path, from } => {
                out.byte(2);
                self.path(path);
                self.out.list(from, write_origin);
            }
            Cause::Drift { paths } => {
                out.byte(3);
                self.list(paths, Self::path);
            }
            Cause::Gone => out.byte(4),
            Cause::Tainted => out.byte(5),
            Cause::Requested => out.byte(6),
            Cause::Trigger(origin) => {
                out.byte(7);
                write_origin(out, origin);
            }
            Cause::Deposed => out.byte(8),
            Cause::Destroy => out.byte(9),
            Cause::Pending(origins) => {
                out.byte(10);
                out.list(origins, write_origin);
            }
            Cause::Bookkeeping => out.byte(11),
            Cause::Provider => out.byte(12),
        }
    }

    pub(super) fn output(&mut self, output: &OutputChange) {
        self.out.text(&output.name);
        write_action(self.out, output.action);
        self.value(&output.before);
        self.value(&output.after);
        self.out.flag(output.sensitive == Sensitive::Yes);
    }

    pub(super) fn deferred(&mut self, deferred: &Deferred) {
        match &deferred.what {
            DeferredItem::Instance(instance) => {
                self.out.flag(false);
                self.out.show(instance);
            }
            DeferredItem::Pattern(pattern) => {
                self.out.flag(true);
                self.out.text(pattern);
            }
        }
        write_deferred_reason(self.out, deferred.reason);
        self.out.list(&deferred.waits_for, |out, text| out.text(text));
        self.value(&deferred.configuration);
        self.out.option(deferred.creates_max, Out::number);
    }
}

impl Reader<'_, '_> {
    pub(super) fn value(&mut self) -> Read<Value> {
        values::read(self.input, self.types)
    }

    fn optional_value(&mut self) -> Read<Option<Value>> {
        match self.input.flag()? {
            true => self.value().map(Some),
            false => Ok(None),
        }
    }

    pub(super) fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let length = self.input.length()?;
        (0..length).map(|_| read(self)).collect()
    }

    pub(super) fn path(&mut self) -> Read<Path> {
        values::read_path(self.input, self.types)
    }

    pub(super) fn change(&mut self) -> Read<Change> {
        Ok(Change {
            address: self.input.parsed("address")?,
            previous_address: self.input.option(|input| input.parsed("address"))?,
            deposed: self.input.option(|input| input.parsed("deposed key"))?,
            provider: ProviderIndex(self.input.small()?),
            action: read_action(self.input)?,
            reason: read_reason(self.input)?,
            before: self.value()?,
            after: self.value()?,
            configuration: self.value()?,
            replace_paths: self.list(Self::path)?,
            planned_private: self.input.blob()?.into(),
            prior_identity: self.optional_value()?,
            planned_identity: self.optional_value()?,
            deposes: self.input.option(|input| input.parsed("deposed key"))?,
            create_before_destroy: match self.input.flag()? {
                true => CreateBeforeDestroy::Yes,
                false => CreateBeforeDestroy::No,
            },
            provisional: if self.input.flag()? { Provisional::Yes } else { Provisional::No },
            causes: self.list(Self::cause)?,
        })
    }

    fn cause(&mut self) -> Read<Cause> {
        Ok(match self.input.byte()? {
            0 => Cause::New,
            1 => Cause::Removed,
            2 => Cause::Argument { path: self.path()?, from: self.input.list(read_origin)? },
            3 => Cause::Drift { paths: self.list(Self::path)? },
            4 => Cause::Gone,
            5 => Cause::Tainted,
            6 => Cause::Requested,
            7 => Cause::Trigger(read_origin(self.input)?),
            8 => Cause::Deposed,
            9 => Cause::Destroy,
            10 => Cause::Pending(self.input.list(read_origin)?),
            11 => Cause::Bookkeeping,
            12 => Cause::Provider,
            other => return self.input.fail(format!("{other} is no cause")),
        })
    }

    pub(super) fn output(&mut self) -> Read<OutputChange> {
        Ok(OutputChange {
            name: self.input.text()?,
            action: read_action(self.input)?,
            before: self.value()?,
            after: self.value()?,
            sensitive: if self.input.flag()? { Sensitive::Yes } else { Sensitive::No },
        })
    }

    pub(super) fn deferred(&mut self) -> Read<Deferred> {
        let what = match self.input.flag()? {
            false => DeferredItem::Instance(self.input.parsed("address")?),
            true => DeferredItem::Pattern(self.input.text()?),
        };
        Ok(Deferred {
            what,
            reason: read_deferred_reason(self.input)?,
            waits_for: self.input.list(In::text)?,
            configuration: self.value()?,
            creates_max: self.input.option(In::number)?,
        })
    }
}

fn write_origin(out: &mut Out, origin: &Origin) {
    let (kind, text): (u8, Arc<str>) = match origin {
        Origin::Input(name) => (0, name.clone()),
        Origin::Instance(instance) => (1, instance.to_string().into()),
        Origin::Resource(address) => (2, address.clone()),
    };
    out.byte(kind);
    out.text(&text);
}

fn read_origin(input: &mut In<'_>) -> Read<Origin> {
    Ok(match input.byte()? {
        0 => Origin::Input(input.text()?),
        1 => Origin::Instance(input.parsed("address")?),
        2 => Origin::Resource(input.text()?),
        other => return input.fail(format!("{other} is no origin")),
    })
}

/// Writes an op.
pub(super) fn write_op(out: &mut Out, op: &Op) {
    let mut numbered = |kind: u8, number: u32| {
        out.byte(kind);
        out.number(u64::from(number));
    };
    match &op.kind {
        OpKind::Configure(index) => numbered(0, index.0),
        OpKind::Read(change) => numbered(1, change.0),
        OpKind::Change(change) => numbered(2, change.0),
        OpKind::Destroy(change) => numbered(3, change.0),
        OpKind::Forget(change) => numbered(4, change.0),
        OpKind::Record(change) => numbered(5, change.0),
        OpKind::Check(change) => numbered(6, change.0),
        OpKind::Output { module, name } => {
            out.byte(7);
            out.show(module);
            out.text(name);
        }
        OpKind::Join => out.byte(8),
    }
    out.list(&op.after, |out, id| out.number(u64::from(id.0)));
}

/// Reads an op.
pub(super) fn read_op(input: &mut In<'_>) -> Read<Op> {
    let kind = match input.byte()? {
        0 => OpKind::Configure(ProviderIndex(input.small()?)),
        1 => OpKind::Read(ChangeIndex(input.small()?)),
        2 => OpKind::Change(ChangeIndex(input.small()?)),
        3 => OpKind::Destroy(ChangeIndex(input.small()?)),
        4 => OpKind::Forget(ChangeIndex(input.small()?)),
        5 => OpKind::Record(ChangeIndex(input.small()?)),
        6 => OpKind::Check(ChangeIndex(input.small()?)),
        7 => OpKind::Output { module: input.parsed("module")?, name: input.text()? },
        8 => OpKind::Join,
        other => return input.fail(format!("{other} is no op")),
    };
    Ok(Op { kind, after: input.list(|input| Ok(OpId(input.small()?)))? })
}
