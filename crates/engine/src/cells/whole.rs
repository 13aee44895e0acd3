//! Wholes: all instances of a resource, all outputs of a module call, as one value.
//!
//! Built once, and only where somebody wants all of it; `a[k]` never builds one.
//! Invariant: a whole is built from settled cells only.

use lang::eval::{Eval, Expansion};
use value::{Type, Value};

use super::frame::Repetition;
use super::ids::{CallId, FrameId, InstanceId, ResourceId};
use super::scope::all_over;
use super::{Presence, World};

impl World {
    /// The value of all instances of a resource: nothing yet, or failed, or the value.
    pub(crate) fn assemble_resource(&self, id: ResourceId) -> Option<Option<Value>> {
        let resource = &self.resources[id.at()];
        let repetition = resource.repetition.get()?;
        let mut values = Vec::with_capacity(repetition.len());
        for instance in resource.instances() {
            let instance = &self.instances[instance.at()];
            match self.table.read(instance.cell) {
                Eval::Value(value) => values.push(value),
                Eval::Failed => return Some(None),
                Eval::Blocked(_) => return None,
            }
        }
        Some(Some(match self.settings.presence {
            Presence::Whole => arranged(&repetition.expansion, values),
            Presence::Partial => self.arranged_present(id, repetition, values),
        }))
    }

    fn arranged_present(
        &self,
        id: ResourceId,
        repetition: &Repetition,
        mut values: Vec<Value>,
    ) -> Value {
        let present = self.present(id);
        match (&present, &repetition.expansion) {
            (Expansion::Count(count), _) => {
                values.truncate(usize::try_from(*count).expect("BUG: count beyond memory"));
            }
            (Expansion::Each(_), Expansion::Each(_)) => {
                let absent = self.resources[id.at()].instances();
                let mut absent = absent.map(|one| self.instances[one.at()].absent);
                values.retain(|_| !absent.next().expect("BUG: a value for each instance"));
            }
            _ => {}
        }
        arranged(&present, values)
    }

    /// Of an expanded resource, the instances that have an object or get one: in a tuple up to the last of them. Settled
    /// when the whole is over.
    pub(super) fn present(&self, id: ResourceId) -> Expansion {
        let resource = &self.resources[id.at()];
        let repetition = resource.repetition.get().expect("BUG: an expanded resource");
        let present: Vec<bool> =
            resource.instances().map(|one| !self.instances[one.at()].absent).collect();
        match &repetition.expansion {
            Expansion::Count(_) => {
                let last = present.iter().rposition(|present| *present);
                Expansion::Count(last.map_or(0, |last| last as u64 + 1))
            }
            Expansion::Each(keys) => {
                let keys = keys.iter().zip(&present).filter(|(_, present)| **present);
                Expansion::Each(keys.map(|(key, _)| key.clone()).collect())
            }
            other => other.clone(),
        }
    }

    /// Settles the value of an instance that has no object and gets none; `of_block` tells whether the state has others
    /// of its block.
    pub(crate) fn reveal_absent(&mut self, id: InstanceId, ty: Type, of_block: bool) {
        let resource = self.instances[id.at()].resource;
        let single = self.resources[resource.at()].repetition.get().map(|one| &one.expansion)
            == Some(&Expansion::Single);
        // A block that the state does not have at all has no type either, as OpenTofu sees it.
        let value = if single && !of_block { Value::DYNAMIC } else { Value::unknown(ty) };
        let instance = &mut self.instances[id.at()];
        instance.absent = true;
        self.table.set(instance.cell, value);
    }

    /// What the whole of a resource waits for, or that it is over.
    pub(super) fn resource_whole(&self, id: ResourceId) -> Eval<()> {
        let resource = &self.resources[id.at()];
        match self.table.over(resource.cell) {
            Eval::Value(()) => all_over(
                self,
                resource.instances().map(|instance| self.instances[instance.at()].cell),
            ),
            other => {
                self.want(resource.cell);
                other
            }
        }
    }

    /// All outputs of a module instance as an object.
    pub(crate) fn outputs_of(&self, id: FrameId) -> Eval {
        let frame = &self.frames[id.at()];
        let indices = || (0..frame.def.outputs.len()).map(lang::config::OutputIdx::new);
        let cells = || indices().map(|output| frame.output(output));
        cells().for_each(|cell| self.want(cell));
        all_over(self, cells()).map(|()| {
            Value::object(indices().map(|output| {
                let value = self.table.value(frame.output(output));
                let value = value.expect("BUG: an output that is over has a value").clone();
                (frame.def.outputs[output.index()].name.clone(), value)
            }))
        })
    }

    /// The value of all instances of a module call.
    pub(super) fn call_whole(&self, id: CallId) -> Eval {
        let call = &self.calls[id.at()];
        self.want(call.cell);
        match self.table.over(call.cell) {
            Eval::Value(()) => {}
            other => return other.map(|()| Value::DYNAMIC),
        }
        let repetition = call.repetition.get().expect("BUG: an expansion that is over");
        let mut values = Vec::with_capacity(repetition.len());
        let mut open = Vec::new();
        let mut failed = false;
        for frame in call.frames() {
            match self.outputs_of(frame) {
                Eval::Value(value) => values.push(value),
                Eval::Failed => failed = true,
                Eval::Blocked(on) => open.extend_from_slice(on.cells()),
            }
        }
        if !open.is_empty() {
            Eval::Blocked(lang::eval::Blocked::on(open))
        } else if failed {
            Eval::Failed
        } else {
            Eval::Value(arranged(&repetition.expansion, values))
        }
    }
}

/// One value, a tuple by index, or an object by key.
fn arranged(expansion: &Expansion, mut values: Vec<Value>) -> Value {
    match expansion {
        Expansion::Single => values.pop().expect("BUG: a single instance has a value"),
        Expansion::Count(_) => Value::tuple(values),
        Expansion::Each(keys) => Value::object(keys.iter().cloned().zip(values)),
        Expansion::Unknown => Value::DYNAMIC,
    }
}
