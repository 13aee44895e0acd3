//! The steps.
//!
//! Invariant: what is read is in a topological order: an op follows earlier ops only, ascending, each once.

use super::error::{PlanFileFault, Taken};
use super::wire::{Reader, Wire, Writer};
use crate::{ChangeIndex, Op, OpId, OpKind};

/// Writes the ops in their order.
pub(super) fn put(to: &mut Writer, ops: &[Op]) {
    to.length(ops.len());
    for Op { kind, after } in ops {
        kind.put(to);
        to.length(after.len());
        after.iter().for_each(|op| to.number(op.0.into()));
    }
}

/// Reads the ops.
pub(super) fn take(from: &mut Reader<'_>) -> Taken<Vec<Op>> {
    let mut own = 0;
    from.sequence(|from| {
        let kind = OpKind::take(from)?;
        let start = from.offset();
        let after = from.sequence(|from| take_id(from, own))?;
        if !after.is_sorted_by(|a, b| a < b) {
            return Err(from.fault_at(start, PlanFileFault::Order));
        }
        own += 1;
        Ok(Op { kind, after })
    })
}

/// The id of an op before the one with this number.
fn take_id(from: &mut Reader<'_>, own: usize) -> Taken<OpId> {
    let start = from.offset();
    let id = from.index(own)?;
    u32::try_from(id).map(OpId).map_err(|_| from.fault_at(start, PlanFileFault::Number))
}

impl Wire for ChangeIndex {
    fn put(&self, to: &mut Writer) {
        to.number(self.0.into());
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        let start = from.offset();
        let index = from.index(from.tables.changes)?;
        let fits = u32::try_from(index).map(ChangeIndex);
        fits.map_err(|_| from.fault_at(start, PlanFileFault::Number))
    }
}

impl Wire for OpKind {
    fn put(&self, to: &mut Writer) {
        let mut change = |tag, index: &ChangeIndex| {
            to.byte(tag);
            index.put(to);
        };
        match self {
            OpKind::Configure(provider) => {
                to.byte(0);
                provider.put(to);
            }
            OpKind::Read(index) => change(1, index),
            OpKind::Change(index) => change(2, index),
            OpKind::Destroy(index) => change(3, index),
            OpKind::Forget(index) => change(4, index),
            OpKind::Record(index) => change(5, index),
            OpKind::Check(index) => change(6, index),
            OpKind::Output { module, name } => {
                to.byte(7);
                module.put(to);
                name.put(to);
            }
            OpKind::Join => to.byte(8),
        }
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        Ok(match from.byte()? {
            0 => OpKind::Configure(Wire::take(from)?),
            1 => OpKind::Read(Wire::take(from)?),
            2 => OpKind::Change(Wire::take(from)?),
            3 => OpKind::Destroy(Wire::take(from)?),
            4 => OpKind::Forget(Wire::take(from)?),
            5 => OpKind::Record(Wire::take(from)?),
            6 => OpKind::Check(Wire::take(from)?),
            7 => OpKind::Output { module: Wire::take(from)?, name: Wire::take(from)? },
            8 => OpKind::Join,
            tag => return Err(from.no_tag("kind of op", tag)),
        })
    }
}
