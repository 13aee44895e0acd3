//! Reading data sources that planning left for the apply.
//!
//! Invariant: an op that reads has an end in the journal and no begin: it changes nothing outside.

use lang::eval::Cell;
use plan::{Change, OpId};
use schema::protocol::{Call, Deferral, ReplyBody};
use state::journal::Outcome;
use value::{Path, Value};

use super::Applier;
use super::change::{Draft, Stage};
use super::site::{Site, Told};
use crate::judge::{self, Breach, Rule};
use crate::object::{known, marked_as};

impl Applier {
    pub(super) fn run_read(&mut self, cell: Cell, op: OpId, change: &Change) {
        let work = self.ops.work(op);
        let (stage, reply) = (std::mem::take(&mut work.stage), work.reply.take());
        match (stage, reply) {
            (Stage::Beginning, _) => self.begin_read(cell, op, change),
            (Stage::Validating(draft), Some(answer)) => {
                let site = self.site_of(draft.id);
                match self.heard(change, site.as_ref().map(Site::block), answer) {
                    Ok((_, Told::Nothing)) => self.ask_data(op, change, draft),
                    _ => self.fail_op(cell, op, change),
                }
            }
            (Stage::Reading(draft), Some(answer)) => {
                let site = self.site_of(draft.id);
                match self.heard(change, site.as_ref().map(Site::block), answer) {
                    Ok((ReplyBody::DataRead { state, .. }, Told::Nothing)) => {
                        self.data_read(cell, op, change, &draft, &state);
                    }
                    _ => self.fail_op(cell, op, change),
                }
            }
            (Stage::Concluding(id, value), _) => self.conclude(cell, op, id, value),
            _ => panic!("BUG: an op is woken without an answer"),
        }
    }

    fn begin_read(&mut self, cell: Cell, op: OpId, change: &Change) {
        let Some(draft) = self.evaluated(cell, op, change) else { return };
        let call = Call::ValidateData {
            type_name: change.address.resource.type_name.clone(),
            config: draft.config.clone(),
        };
        self.ops.work(op).stage = Stage::Validating(draft);
        self.ask(op, change, call);
    }

    fn ask_data(&mut self, op: OpId, change: &Change, draft: Box<Draft>) {
        let call = Call::ReadData {
            type_name: change.address.resource.type_name.clone(),
            config: draft.config.clone(),
            deferral: Deferral::Refused,
        };
        self.ops.work(op).stage = Stage::Reading(draft);
        self.ask(op, change, call);
    }

    fn data_read(&mut self, cell: Cell, op: OpId, change: &Change, draft: &Draft, state: &Value) {
        let site = self.site_of(draft.id).expect("BUG: an instance that is evaluated has a schema");
        let faults = faults(&site, state);
        if !faults.is_empty() {
            faults.iter().for_each(|(rule, breach)| self.blame(change, *rule, breach));
            return self.fail_op(cell, op, change);
        }
        let value = marked_as(&known(state), &draft.marks, &site.schema);
        let object = crate::planner::data_object(&value, &site.schema);
        let row = self.row(change, object);
        self.log_end_of(op, change, Outcome::Object(row));
        self.settled(cell, op, draft.id, value);
    }
}

fn faults(site: &Site, answer: &Value) -> Vec<(Rule, Breach)> {
    if let Some(fault) = judge::shape(&site.schema.block, answer) {
        return vec![fault];
    }
    if answer.is_null() {
        let message = "nothing was read, and no error was told".to_owned();
        return vec![(Rule::DataPresent, Breach { path: Path::new(), message })];
    }
    judge::unknowns(answer).into_iter().map(|breach| (Rule::ResultKnown, breach)).collect()
}
