//! Where instance values come from while applying: what does not change is there at once, what changes when its op is
//! over.
//!
//! Invariant: an instance's value is settled once; that of a failed op fails its readers silently.

use lang::config::{CallIdx, OutputIdx, VarIdx};
use lang::eval::{Cell, Eval};
use lang::graph::Object;
use plan::{Action, Change, Mode};
use state::ObjectAddr;
use value::{Type, Value};

use super::Applier;
use crate::cells::{FrameId, InstanceId};
use crate::object::{decode, marked_as};

impl Applier {
    /// Gives new instances their values, as far as they will not change.
    pub(super) fn start_fresh(&mut self) {
        for id in std::mem::take(&mut self.world.fresh_frames) {
            self.start_conditions(id);
        }
        for id in std::mem::take(&mut self.world.fresh_instances) {
            self.settle_standing(id);
        }
    }

    /// Begins what has conditions of its own and may not be read by anything: variables and outputs of a module instance,
    /// and the modules that it calls.
    fn start_conditions(&mut self, id: FrameId) {
        if self.input.plan.options.mode == Mode::Destroy {
            return;
        }
        let frame = &self.world.frames[id.at()];
        let (module, def) = (frame.module, &frame.def);
        let alive = |object| self.alive.contains(self.facts.node(object).0);
        let variables = (0..def.variables.len())
            .map(VarIdx::new)
            .filter(|at| !def.variables[at.index()].validations.is_empty())
            .filter(|at| alive(Object::Variable(module, *at)))
            .map(|at| frame.variable(at));
        let outputs = (0..def.outputs.len())
            .map(OutputIdx::new)
            .filter(|at| !def.outputs[at.index()].preconditions.is_empty())
            .filter(|at| alive(Object::Output(module, *at)))
            .map(|at| frame.output(at));
        let calls = (0..def.calls.len())
            .map(CallIdx::new)
            .map(|call| &self.world.calls[frame.call(call).at()])
            .filter(|call| alive(Object::Expansion(call.module)))
            .map(|call| call.cell);
        let cells: Vec<Cell> = variables.chain(outputs).chain(calls).collect();
        cells.into_iter().for_each(|cell| self.world.table.start(cell));
    }

    /// Settles the value of an instance, unless an op has yet to make it.
    fn settle_standing(&mut self, id: InstanceId) {
        let address = &self.world.instances[id.at()].addr;
        if self.left.contains(address) {
            let ty = self.site_of(id).map_or(Type::DYNAMIC, |site| site.schema.block.ty());
            return self.reveal(id, Value::unknown(ty));
        }
        let change = self.by_address.get(address).map(|index| self.input.plan.change(*index));
        let value = match change.map(|change| (change.action, change)) {
            Some((Action::NoOp, change)) => change.after.clone(),
            Some((Action::Delete | Action::Forget, change)) if !change.before.is_null() => {
                change.before.clone()
            }
            Some((Action::Delete | Action::Forget, _)) | None => match self.stored_value(id) {
                Some(value) => value,
                None => return self.settle_absent(id),
            },
            Some(_) => return,
        };
        self.reveal(id, value);
    }

    fn settle_absent(&mut self, id: InstanceId) {
        let address = &self.world.instances[id.at()].addr;
        let of_block = self.input.plan.prior.resource(&address.abs_resource()).is_some();
        let ty = self.site_of(id).map_or(Type::DYNAMIC, |site| site.schema.block.ty());
        self.world.reveal_absent(id, ty, of_block);
    }

    /// The value as the state has it.
    fn stored_value(&self, id: InstanceId) -> Option<Value> {
        let instance = &self.world.instances[id.at()];
        let site = self.site_of(id)?;
        let at = ObjectAddr::current(instance.addr.clone());
        let object = self.input.plan.prior.object(&at)?;
        let value = decode(object, &site.schema)?;
        Some(marked_as(&value, &[], &site.schema))
    }

    /// The instance that a change is about.
    pub(super) fn locate(&self, change: &Change) -> Eval<Option<InstanceId>> {
        let frame = match self.world.frame_of(&change.address.module) {
            Eval::Value(Some(frame)) => frame,
            other => return other.map(|_| None),
        };
        let frame = &self.world.frames[frame.at()];
        let resource = &change.address.resource;
        let names = &frame.def.names;
        let index = match resource.mode {
            addr::Mode::Data => names.data(&resource.type_name, &resource.name),
            addr::Mode::Managed | addr::Mode::Ephemeral => {
                names.managed(&resource.type_name, &resource.name)
            }
        };
        let Some(index) = index else { return Eval::Value(None) };
        let resource = &self.world.resources[frame.resource(index).at()];
        self.world.want(resource.cell);
        self.world.table.over(resource.cell).map(|()| resource.instance(&change.address.key))
    }

    /// Lets readers see what an op made.
    pub(super) fn reveal(&mut self, id: InstanceId, value: Value) {
        let cell = self.world.instances[id.at()].cell;
        self.world.table.set(cell, value);
    }

    /// What reads the object of a change fails, if it is not there yet.
    pub(super) fn fail_value(&mut self, change: &Change) {
        if change.deposed.is_some() {
            return;
        }
        if let Eval::Value(Some(id)) = self.locate(change) {
            let cell = self.world.instances[id.at()].cell;
            if !self.world.table.is_settled(cell) {
                self.world.table.fail(cell);
            }
        }
    }
}
