//! The two halves of an apply: its lead, a pause in which the readers of its outputs run, and its trail.
//!
//! What is in which half is decided by [`halves`](crate::halves). Both write one journal. Before an object of the trail is
//! destroyed it is read again: time has passed since it was planned, and others worked meanwhile.
//!
//! Invariant: nothing of the trail runs before it is begun, and nothing of it at all where a wired output could not be
//! computed, or not yet: its readers still stand on what the trail would take.

use std::sync::Arc;

use diag::Diagnostic;
use lang::config::OutputIdx;
use lang::eval::{Cell, Eval};
use plan::{Action, Change, OpId, OpKind};
use schema::protocol::{self, Call, Deferral, ReplyBody};
use schema::{ResourceSchema, Traits};
use state::journal::Outcome;
use state::{Row, Status};
use value::{Path, Value};

use super::Applier;
use super::change::Stage;
use super::ops::Stand;
use super::site::Told;
use crate::halves::Half;
use crate::judge;
use crate::object::{Live, encode, marked_as, unmarked};

impl Applier {
    /// The values of the root module's outputs, with their marks, as far as they are there: once the lead is over, those of
    /// all outputs but what failed, waits for the trail, or derives from what is left for a later plan.
    pub fn lead_outputs(&self) -> Vec<(Arc<str>, Value)> {
        let frame = &self.world.frames[0];
        let outputs = frame.def.outputs.iter().enumerate();
        let value = |at| match self.world.table.read(frame.output(OutputIdx::new(at))) {
            Eval::Value(value) => Some(value),
            Eval::Blocked(_) | Eval::Failed => None,
        };
        outputs
            .filter(|(_, output)| !self.waiting.contains(&output.name))
            .filter_map(|(at, output)| {
                let value = value(at).or_else(|| self.unchanged_output(&output.name))?;
                Some((output.name.clone(), value))
            })
            .collect()
    }

    /// The value of an output that stays as it is, whatever is left to do.
    fn unchanged_output(&self, name: &str) -> Option<Value> {
        let planned = self.input.plan.outputs.iter().find(|one| &*one.name == name)?;
        let stays = planned.action == Action::NoOp && planned.after.is_wholly_known();
        stays.then(|| planned.after.clone())
    }

    /// Lets the trail go, after the readers of the outputs have moved over. To leave it undone instead, use
    /// [`stop`](Self::stop).
    pub fn begin_trail(&mut self) {
        if self.wired_outputs_are_there() {
            self.ops.release();
        } else {
            self.leave_trail();
        }
    }

    /// Nothing of the trail will run.
    pub(super) fn leave_trail(&mut self) {
        self.leaves_trail = true;
        for op in self.ops.release_none() {
            self.ops.settle(op, Stand::Skipped);
        }
    }

    /// Whether each wired output that changes was computed by the lead, and none waits for a later plan.
    fn wired_outputs_are_there(&self) -> bool {
        if self.input.wired.outputs.iter().any(|name| self.waiting.contains(name)) {
            return false;
        }
        let wired = |name: &Arc<str>| self.input.wired.outputs.contains(name);
        let ops = self.input.plan.ops.iter().enumerate();
        ops.filter(|(_, op)| {
            matches!(&op.kind, OpKind::Output { module, name } if module.is_root() && wired(name))
        })
        .map(|(at, _)| OpId(u32::try_from(at).expect("BUG: too many ops")))
        .filter(|op| self.ops.half(*op) == Half::Lead)
        .all(|op| self.ops.is_done(op))
    }

    /// Asks what an object of the trail is now.
    pub(super) fn look_again(&mut self, op: OpId, change: &Change, row: &Row) {
        let call = Call::Read {
            type_name: change.address.resource.type_name.clone(),
            current: change.before.clone().unmark_deep().0,
            private: row.object.private.clone(),
            identity: change.prior_identity.clone(),
            deferral: Deferral::Refused,
        };
        self.ops.work(op).stage = Stage::Looking;
        self.ask(op, change, call);
    }

    /// Goes on with the destruction if the object is what was planned; one that is gone is recorded as gone.
    pub(super) fn looked_again(
        &mut self,
        cell: Cell,
        op: OpId,
        change: &Change,
        answer: protocol::Answer,
    ) {
        let (Some(schema), Some(row)) = (self.schema_of(change), self.row_of(change)) else {
            unreachable!("BUG: an object that was looked at has a schema and a row")
        };
        let Ok((body, Told::Nothing)) = self.heard(change, None, answer) else {
            return self.end_op(cell, op, Stand::Failed);
        };
        let ReplyBody::Read { state, private, identity, .. } = body else {
            panic!("BUG: an answer to another call")
        };
        if let Some((rule, breach)) = judge::shape(&schema.block, &state) {
            self.blame(change, rule, &breach);
            return self.end_op(cell, op, Stand::Failed);
        }
        let state = schema.block.normalized_from_legacy(&state);
        if state.is_null() {
            self.log_destroyed(op, change, Outcome::Gone);
            return self.end_op(cell, op, Stand::Done);
        }
        if let Some(path) = another(change, &schema, &state, identity.as_ref()) {
            self.diags.push(moved(change, &path));
            return self.end_op(cell, op, Stand::Failed);
        }
        let (_, marks) = unmarked(&change.before);
        let live = Live {
            value: marked_as(&state, &marks, &schema),
            private,
            identity,
            status: if row.object.status == Status::Tainted {
                Status::Tainted
            } else {
                Status::Ready
            },
        };
        let object = encode(&live, &super::destroy::keeping(&row), &schema);
        let row = Row { object: Arc::new(object), ..row };
        self.destroy_object(op, change, &schema, row, state);
    }
}

/// Where an object differs so that it is another than the one that was planned to go: in its identity (the protocol's where
/// there is one, else its `id`), or in an argument that has to be configured. What the provider computes, and what other
/// objects attached to it add, may move.
fn another(
    change: &Change,
    schema: &ResourceSchema,
    now: &Value,
    identity: Option<&Value>,
) -> Option<Path> {
    if let (Some(was), Some(is)) = (&change.prior_identity, identity)
        && was.clone().unmark_deep().0 != is.clone().unmark_deep().0
    {
        return Some(Path::new());
    }
    let before = change.before.clone().unmark_deep().0;
    let (ty, was) = before.as_object()?;
    let (_, is) = now.as_object()?;
    let required = |name: &str| {
        schema.block.attr(name).is_some_and(|attr| attr.traits().contains(Traits::REQUIRED))
    };
    let bound = |name: &str| name == "id" || required(name);
    let names = ty.names().iter().zip(was.iter().zip(is));
    names
        .filter(|(name, (was, is))| bound(name) && was != is)
        .map(|(name, _)| Path::new().attr(name.clone()))
        .next()
}

/// The object is not the one that was planned to go.
fn moved(change: &Change, path: &Path) -> Diagnostic {
    let place = if path.is_empty() { "its identity".to_owned() } else { path.to_string() };
    let deposed = change.deposed.as_ref().or(change.deposes.as_ref());
    let object = match deposed {
        Some(key) => format!("{} (deposed {key})", change.address),
        None => change.address.to_string(),
    };
    Diagnostic::error("trail-object-moved", "An object that was to be destroyed is another by now")
        .detail(format!(
            "{object} was read again just before it was to be destroyed, and differs from what was planned at {place}. \
             It was left as it is."
        ))
        .remedy("Look at what changed it, and plan again.")
        .about(change.address.to_string())
}
