//! Wholes: all instances of a resource, all outputs of a module call, as one value.
//!
//! Built once, and only where somebody wants all of it; `a[k]` never builds one.
//! Invariant: a whole is built from settled cells only.

use lang::eval::{Eval, Expansion};
use value::Value;

use super::World;
use super::frame::Repetition;
use super::ids::{CallId, FrameId, ResourceId};
use super::scope::all_over;

impl World {
    /// The value of all instances of a resource: nothing yet, or failed, or the value.
    pub(crate) fn assemble_resource(&self, id: ResourceId) -> Option<Option<Value>> {
        let resource = &self.resources[id.at()];
        let repetition = resource.repetition.get()?;
        let mut values = Vec::with_capacity(repetition.len());
        for instance in resource.instances() {
            match self.table.read(self.instances[instance.at()].cell) {
                Eval::Value(value) => values.push(value),
                Eval::Failed => return Some(None),
                Eval::Blocked(_) => return None,
            }
        }
        Some(Some(arranged(repetition, values)))
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
            Eval::Value(arranged(repetition, values))
        }
    }
}

/// One value, a tuple by index, or an object by key.
fn arranged(repetition: &Repetition, mut values: Vec<Value>) -> Value {
    match &repetition.expansion {
        Expansion::Single => values.pop().expect("BUG: a single instance has a value"),
        Expansion::Count(_) => Value::tuple(values),
        Expansion::Each(keys) => Value::object(keys.iter().cloned().zip(values)),
        Expansion::Unknown => Value::DYNAMIC,
    }
}
