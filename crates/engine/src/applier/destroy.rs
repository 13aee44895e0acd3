//! Destroying and forgetting: whole objects, deposed ones, and the delete halves of replacements.
//!
//! Invariant: an object stays in the state until its provider said that it is gone.

use std::sync::Arc;

use addr::Mode;
use lang::eval::Cell;
use plan::{Action, Change, OpId};
use schema::ResourceSchema;
use schema::protocol::{self, Call, FailureKind, ReplyBody};
use state::journal::{self, Begin, End, Entry, Outcome};
use state::{ObjectAddr, Row};
use value::{Path, Value};

use super::Applier;
use super::begin::Ready;
use super::change::Stage;
use super::ops::Stand;
use super::site::Told;
use crate::halves::Half;
use crate::judge::{self, Breach, Rule};
use crate::object::{Keeping, Live, encode, known, marked_as, unmarked};

impl Applier {
    pub(super) fn run_destroy(&mut self, cell: Cell, op: OpId, change: &Change) {
        let work = self.ops.work(op);
        let (stage, reply) = (std::mem::take(&mut work.stage), work.reply.take());
        match (stage, reply) {
            (Stage::Beginning, _) => self.begin_destroy(cell, op, change),
            (Stage::Looking, Some(answer)) => self.looked_again(cell, op, change, answer),
            (Stage::Destroying(row), Some(answer)) => self.destroyed(cell, op, change, row, answer),
            _ => panic!("BUG: an op is woken without an answer"),
        }
    }

    /// Where the object is that goes: set aside, if its successor was made first.
    fn place_of(change: &Change) -> ObjectAddr {
        let deposed = change.deposed.clone().or_else(|| change.deposes.clone());
        ObjectAddr { instance: change.address.clone(), deposed }
    }

    /// The row of the object that goes.
    pub(super) fn row_of(&self, change: &Change) -> Option<Row> {
        let at = ObjectAddr { instance: change.address.clone(), deposed: change.deposed.clone() };
        self.input.plan.prior.row(&at)
    }

    fn begin_destroy(&mut self, cell: Cell, op: OpId, change: &Change) {
        let (Some(schema), Some(row)) = (self.schema_of(change), self.row_of(change)) else {
            self.bug(change, "the object that goes is not in the state");
            return self.end_op(cell, op, Stand::Failed);
        };
        if self.ops.half(op) == Half::Trail {
            return self.look_again(op, change, &row);
        }
        let before = change.before.clone().unmark_deep().0;
        self.destroy_object(op, change, &schema, row, before);
    }

    /// Begins to destroy an object.
    pub(super) fn destroy_object(
        &mut self,
        op: OpId,
        change: &Change,
        schema: &ResourceSchema,
        row: Row,
        prior: Value,
    ) {
        let null = Value::null(schema.block.ty());
        let begin = Begin {
            op: journal::OpId(op.0),
            at: Applier::place_of(change),
            action: journal::Action::Delete,
            provider: row.provider.clone(),
            prior: Some(Arc::clone(&row.object)),
            planned: None,
            look_before: None,
        };
        let call = Call::Apply {
            type_name: change.address.resource.type_name.clone(),
            prior,
            planned: null.clone(),
            config: null,
            planned_private: change.planned_private.clone(),
            planned_identity: change
                .planned_identity
                .clone()
                .filter(|_| change.action == Action::Delete),
        };
        self.ops.work(op).stage = Stage::Destroying(Box::new(row));
        self.queue(Ready { op, entries: vec![Entry::Begin(Box::new(begin))], call });
    }

    fn destroyed(
        &mut self,
        cell: Cell,
        op: OpId,
        change: &Change,
        row: Box<Row>,
        answer: protocol::Answer,
    ) {
        self.free_place();
        let schema = self.schema_of(change).expect("BUG: an object that goes has a schema");
        let (body, told) = match self.heard(change, None, answer) {
            Ok(heard) => heard,
            Err(failure) => {
                return self.not_answered(cell, op, change, *row, &schema, failure.kind);
            }
        };
        let ReplyBody::Applied { state, private, identity, .. } = body else {
            panic!("BUG: an answer to another call")
        };
        if let Some((rule, breach)) = judge::shape(&schema.block, &state) {
            self.blame(change, rule, &breach);
        }
        match (state.is_null(), told) {
            (true, Told::Nothing) => {
                self.log_destroyed(op, change, Outcome::Gone);
                self.done.destroy += 1;
                return self.end_op(cell, op, Stand::Done);
            }
            // Nothing came back, and an error: the object is believed to be as it was.
            (true, Told::Errors) => self.log_destroyed(op, change, Outcome::Object(*row)),
            (false, _) => {
                if told == Told::Nothing {
                    let message = "an object is left after it was destroyed".to_owned();
                    let breach = Breach { path: Path::new(), message };
                    self.blame(change, Rule::ResultPresence, &breach);
                }
                let (_, marks) = unmarked(&change.before);
                let live = Live {
                    value: marked_as(&known(&state), &marks, &schema),
                    private,
                    identity,
                    status: row.object.status,
                };
                let left = Row { object: Arc::new(encode(&live, &keeping(&row), &schema)), ..*row };
                self.log_destroyed(op, change, Outcome::Object(left));
            }
        }
        self.end_op(cell, op, Stand::Failed);
    }

    fn not_answered(
        &mut self,
        cell: Cell,
        op: OpId,
        change: &Change,
        row: Row,
        schema: &ResourceSchema,
        kind: FailureKind,
    ) {
        match kind {
            FailureKind::Undecodable(found) => self.log_destroyed(
                op,
                change,
                Outcome::Unreadable {
                    raw: found.raw.clone(),
                    private: found.private.clone(),
                    schema_version: schema.version,
                },
            ),
            FailureKind::Refused => self.log_destroyed(op, change, Outcome::Object(row)),
            FailureKind::Exited
            | FailureKind::TimedOut
            | FailureKind::Stopped
            | FailureKind::Transport => {}
        }
        self.end_op(cell, op, Stand::Failed);
    }

    pub(super) fn log_destroyed(&mut self, op: OpId, change: &Change, outcome: Outcome) {
        let at = Applier::place_of(change);
        self.log.append(Entry::End(Box::new(End { op: journal::OpId(op.0), at, outcome })));
    }

    /// An object leaves the state and stays in the world; also data sources, of which nothing is in the world.
    pub(super) fn run_forget(&mut self, cell: Cell, op: OpId, change: &Change) {
        self.log_end_of(op, change, Outcome::Gone);
        if change.address.resource.mode == Mode::Managed {
            self.done.forget += 1;
        }
        self.end_op(cell, op, Stand::Done);
    }
}

pub(super) fn keeping(row: &Row) -> Keeping {
    Keeping {
        dependencies: row.object.dependencies.clone(),
        create_before_destroy: row.object.create_before_destroy,
        skip_destroy: row.object.skip_destroy,
    }
}
