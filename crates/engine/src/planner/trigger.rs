//! `replace_triggered_by`: whether something that it names changes.
//!
//! It waits for changes, not for values. Behaviour of OpenTofu's `EvaluateReplaceTriggeredBy`.
//! Invariant: a resource without a change, or one that only goes, triggers nothing.

use addr::InstanceKey;
use lang::config::{Trigger, TriggerStep};
use lang::eval::{Blocked, Cell, Eval, eval};
use plan::{Cause, Change, Origin};
use value::{Path, Step, Value, View as Shape};

use super::Planner;
use super::instance::Site;
use crate::cells::{InstanceId, View};

impl Planner {
    /// Whether the instance is to be replaced because of what it names. The first that changes is told as the cause.
    pub(super) fn triggered(&mut self, cell: Cell, id: InstanceId, site: &Site) -> Eval<bool> {
        let mut open = Vec::new();
        let mut found = false;
        for trigger in &site.block().lifecycle.replace_triggered_by {
            match self.changes_at(cell, id, site, trigger) {
                Eval::Value(changes) => found |= changes,
                Eval::Blocked(on) => open.extend_from_slice(on.cells()),
                Eval::Failed => return Eval::Failed,
            }
        }
        if open.is_empty() { Eval::Value(found) } else { Eval::Blocked(Blocked::on(open)) }
    }

    fn changes_at(
        &mut self,
        cell: Cell,
        id: InstanceId,
        site: &Site,
        trigger: &Trigger,
    ) -> Eval<bool> {
        let (frame, _) = self.world.place(id);
        let resource = self.world.frames[frame.at()].resource(trigger.resource);
        let resource = &self.world.resources[resource.at()];
        self.world.want(resource.cell);
        match self.world.table.over(resource.cell) {
            Eval::Value(()) => {}
            other => return other.map(|()| false),
        }
        let instances: Vec<InstanceId> = match trigger.key {
            None => resource.instances().collect(),
            Some(key) => {
                let (frame, here) = self.world.place(id);
                let view = View::new(&self.world, frame, here, cell);
                match eval(&site.def.exprs, key, &view, &mut self.diags) {
                    Eval::Value(key) => {
                        as_key(&key).and_then(|key| resource.instance(&key)).into_iter().collect()
                    }
                    other => return other.map(|_| false),
                }
            }
        };
        let cells = instances.iter().map(|one| self.world.instances[one.at()].cell);
        match crate::cells::all_over(&self.world, cells) {
            Eval::Value(()) => {}
            other => return other.map(|()| false),
        }
        let path = match self.path_of(cell, id, site, &trigger.steps) {
            Eval::Value(path) => path,
            other => return other.map(|_| false),
        };
        Eval::Value(instances.iter().any(|one| {
            self.works[one.at()].change.as_ref().is_some_and(|change| changes(change, &path))
        }))
    }

    fn path_of(
        &mut self,
        cell: Cell,
        id: InstanceId,
        site: &Site,
        steps: &[TriggerStep],
    ) -> Eval<Path> {
        let mut path = Path::new();
        for step in steps {
            match step {
                TriggerStep::Attr(name) => path.push(Step::Attr(name.clone())),
                TriggerStep::Index(key) => {
                    let (frame, here) = self.world.place(id);
                    let view = View::new(&self.world, frame, here, cell);
                    match eval(&site.def.exprs, *key, &view, &mut self.diags) {
                        Eval::Value(key) => path.push(Step::Index(key.unmark_deep().0)),
                        Eval::Blocked(on) => return Eval::Blocked(on),
                        Eval::Failed => return Eval::Failed,
                    }
                }
            }
        }
        Eval::Value(path)
    }

    /// What set off the replacement, for the change's causes.
    pub(super) fn trigger_causes(&self, id: InstanceId, site: &Site) -> Vec<Cause> {
        let (frame, _) = self.world.place(id);
        let frame = &self.world.frames[frame.at()];
        let mut causes = Vec::new();
        for trigger in &site.block().lifecycle.replace_triggered_by {
            let resource = &self.world.resources[frame.resource(trigger.resource).at()];
            for one in resource.instances() {
                let acts = self.works[one.at()]
                    .change
                    .as_ref()
                    .is_some_and(|change| change.action.triggers_replacement());
                if acts {
                    let address = self.world.instances[one.at()].addr.clone();
                    causes.push(Cause::Trigger(Origin::Instance(address)));
                }
            }
        }
        causes
    }
}

/// Whether a change changes what is at the path.
fn changes(change: &Change, path: &Path) -> bool {
    if !change.action.triggers_replacement() {
        return false;
    }
    if path.is_empty() {
        return true;
    }
    let bare = |value: &Value| path.find(value).map(|value| value.clone().unmark_deep().0);
    bare(&change.before) != bare(&change.after)
}

fn as_key(value: &Value) -> Option<InstanceKey> {
    match value.view() {
        Shape::String(text) => Some(InstanceKey::Str(text.clone())),
        Shape::Number(number) => Some(InstanceKey::Int(number.to_i64()?)),
        _ => None,
    }
}
