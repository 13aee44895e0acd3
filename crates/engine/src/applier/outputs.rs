//! Publishing the root module's outputs, and the results of conditions.
//!
//! An output is published when what it derives from has ended; one that could not be computed is told to be behind.
//! Invariant: an output whose value is as the state has it is not told.

use std::collections::BTreeSet;
use std::sync::Arc;

use lang::config::OutputIdx;
use lang::eval::{Cell, Eval};
use plan::{Action, Mode, OpId};
use state::journal::{Entry, OutputChange};
use state::{CheckKind, CheckObject, CheckResult, CheckStatus, Output, Sensitivity};
use value::Value;

use super::Applier;
use super::ops::Stand;
use crate::object::known;

/// Names of outputs that were computed.
#[derive(Debug, Default)]
pub(super) struct Published(BTreeSet<Arc<str>>);

impl Applier {
    pub(super) fn run_output(&mut self, cell: Cell, op: OpId, name: &Arc<str>) {
        let def = Arc::clone(&self.world.frames[0].def);
        let Some(index) = def.names.output(name) else {
            return self.end_op(cell, op, Stand::Done);
        };
        let output = self.world.frames[0].output(index);
        self.world.want(output);
        match self.world.table.read(output) {
            Eval::Value(value) => {
                self.publish(index, &value);
                self.end_op(cell, op, Stand::Done);
            }
            Eval::Failed => self.end_op(cell, op, Stand::Failed),
            Eval::Blocked(on) => self.world.table.wait(cell, &on),
        }
    }

    fn publish(&mut self, index: OutputIdx, value: &Value) {
        let declared = &self.world.frames[0].def.outputs[index.index()];
        let name = declared.name.clone();
        let bare = known(&value.clone().unmark_deep().0);
        let sensitivity = match declared.sensitive {
            true => Sensitivity::Sensitive,
            false => Sensitivity::Open,
        };
        let deprecated = declared.deprecated.clone();
        let stored = self.input.state.outputs.get(&name);
        let output = Output::new(&bare, sensitivity).ok().filter(|_| !bare.is_null());
        let change = match output.map(|output| Output { deprecated, ..output }) {
            Some(output) if stored == Some(&output) => None,
            Some(output) => Some(OutputChange::Set(name.clone(), output)),
            None => stored.map(|_| OutputChange::Removed(name.clone())),
        };
        self.outputs.0.insert(name);
        if let Some(change) = change {
            self.log.append(Entry::Outputs(vec![change]));
        }
    }

    /// Outputs that go, and those that are behind. When everything was to be destroyed, outputs go only if it was.
    pub(super) fn log_last_outputs(&mut self) {
        let complete = self.ops.all_done();
        let mut changes = Vec::new();
        for output in &self.input.plan.outputs {
            let name = output.name.clone();
            match output.action {
                Action::Delete if complete || self.input.plan.options.mode != Mode::Destroy => {
                    changes.push(OutputChange::Removed(name));
                }
                Action::NoOp | Action::Delete => {}
                _ if self.outputs.0.contains(&name) => {}
                _ => changes.push(OutputChange::Stale(name)),
            }
        }
        if !changes.is_empty() {
            self.log.append(Entry::Outputs(changes));
        }
    }

    /// Results of conditions: those of this apply, and where it came to none, those of the plan.
    pub(super) fn check_results(&self) -> Vec<CheckResult> {
        let mut results = self.world.checks.borrow().results();
        if self.input.plan.options.mode == Mode::Destroy {
            results.iter_mut().for_each(left_open);
            return results;
        }
        for result in &mut results {
            let planned = self
                .input
                .plan
                .checks
                .iter()
                .find(|one| one.kind == result.kind && one.address == result.address);
            let Some(planned) = planned else { continue };
            for object in &planned.objects {
                match result.objects.iter_mut().find(|one| one.address == object.address) {
                    Some(one) if one.status == CheckStatus::Unknown => *one = object.clone(),
                    Some(_) => {}
                    None => result.objects.push(object.clone()),
                }
            }
            result.objects.sort_by(|a, b| a.address.cmp(&b.address));
            result.status = match result.objects.is_empty() {
                true => planned.status,
                false => crate::cells::united(result.objects.iter().map(|one| one.status)),
            };
        }
        results
    }
}

/// Conditions that nobody looked at, because everything was destroyed. Only outputs of the root module are still known to
/// be there, as OpenTofu has it.
fn left_open(result: &mut CheckResult) {
    result.status = CheckStatus::Unknown;
    result.objects.clear();
    if result.kind == CheckKind::Output && result.address.starts_with("output.") {
        let address = result.address.clone();
        result.objects.push(CheckObject {
            address,
            status: CheckStatus::Unknown,
            failures: Vec::new(),
        });
    }
}
