//! Publishing the root module's outputs, and the results of conditions.
//!
//! An output is published when what it derives from has ended; one that could not be computed is told to be behind.
//! Invariant: an output whose value is as the state has it is not told, unless it was known to be behind.

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
        // One that is still not known (of what a part of a plan left out) is kept as null, as OpenTofu keeps it.
        let output = Output::new(&bare, sensitivity).ok().filter(|_| !value.is_null());
        let change = match output.map(|output| Output { deprecated, ..output }) {
            Some(output) if stored == Some(&output) && !self.is_told_again(&name) => None,
            Some(output) => Some(OutputChange::Set(name.clone(), output)),
            None => stored.map(|_| OutputChange::Removed(name.clone())),
        };
        self.outputs.0.insert(name);
        if let Some(change) = change {
            self.log.append(Entry::Outputs(vec![change]));
        }
    }

    /// Whether an output was planned to be published though nothing of it changes: it is known to be behind.
    fn is_told_again(&self, name: &str) -> bool {
        let planned = self.input.plan.outputs.iter().find(|one| &*one.name == name);
        planned.is_some_and(|one| {
            let bare = one.after.clone().unmark_deep().0;
            one.action == Action::Update && bare.certainly_equals(&one.before)
        })
    }

    /// Outputs that go, and those that are behind. When everything was to be destroyed, outputs go only if it was.
    pub(super) fn log_last_outputs(&mut self) {
        let complete = self.ops.all_done();
        let mut changes = Vec::new();
        for output in &self.input.plan.outputs {
            let name = output.name.clone();
            match output.action {
                Action::NoOp | Action::Create | Action::Update if self.waiting.contains(&name) => {
                    changes.push(OutputChange::Stale(name));
                }
                Action::Delete if complete || self.input.plan.options.mode != Mode::Destroy => {
                    changes.push(OutputChange::Removed(name));
                }
                Action::NoOp | Action::Delete => {}
                _ if self.outputs.0.contains(&name) => {}
                _ => changes.push(self.not_computed(output)),
            }
        }
        if complete && self.input.plan.options.mode == Mode::Destroy {
            changes.extend(self.forgotten_while_planning().map(OutputChange::Removed));
        }
        if !changes.is_empty() {
            self.log.append(Entry::Outputs(changes));
        }
    }

    /// An output that came to nothing in this apply: as it was planned, where that was known.
    fn not_computed(&self, output: &plan::OutputChange) -> OutputChange {
        let planned = self.input.plan.prior.outputs.get(&output.name);
        match planned.filter(|_| output.after.is_wholly_known()) {
            Some(planned) => OutputChange::Set(output.name.clone(), planned.clone()),
            None => OutputChange::Stale(output.name.clone()),
        }
    }

    /// Outputs of the state that the refreshed state does not have any more.
    fn forgotten_while_planning(&self) -> impl Iterator<Item = Arc<str>> {
        let planned = &self.input.plan.prior.outputs;
        self.input.state.outputs.keys().filter(|name| !planned.contains_key(*name)).cloned()
    }

    /// Results of conditions: those of this apply, of the objects that the plan knew. What the apply did not look at again
    /// (a data source read while planning) is unknown, as OpenTofu has it.
    pub(super) fn check_results(&self) -> Vec<CheckResult> {
        let mut results = self.world.checks.borrow().results();
        match self.input.plan.options.mode {
            Mode::Normal => {}
            Mode::RefreshOnly => return self.input.plan.checks.clone(),
            Mode::Destroy => {
                let partial = self.input.plan.options.is_partial();
                results.iter_mut().for_each(left_open);
                results.iter_mut().filter(|_| !partial).for_each(name_root_output);
                return results;
            }
        }
        for result in &mut results {
            let mut planned = self.input.plan.checks.iter();
            let planned = planned
                .find(|one| one.kind == result.kind && one.address == result.address)
                .filter(|one| !one.objects.is_empty() || one.status != CheckStatus::Unknown);
            if let Some(planned) = planned {
                result.objects = planned.objects.iter().map(|one| found(result, one)).collect();
                result.status = crate::cells::united(result.objects.iter().map(|one| one.status));
            }
        }
        results
    }
}

/// What this apply found of an object that the plan knew.
fn found(result: &CheckResult, planned: &CheckObject) -> CheckObject {
    let found = result.objects.iter().find(|one| one.address == planned.address);
    found.cloned().unwrap_or_else(|| CheckObject {
        address: planned.address.clone(),
        status: CheckStatus::Unknown,
        failures: Vec::new(),
    })
}

/// Conditions that nobody looked at, because they are about what is destroyed.
fn left_open(result: &mut CheckResult) {
    result.status = CheckStatus::Unknown;
    result.objects.clear();
}

/// Where everything is destroyed, outputs of the root module are still known to be there, as OpenTofu has it.
fn name_root_output(result: &mut CheckResult) {
    if result.kind == CheckKind::Output && result.address.starts_with("output.") {
        let address = result.address.clone();
        result.objects.push(CheckObject {
            address,
            status: CheckStatus::Unknown,
            failures: Vec::new(),
        });
    }
}
