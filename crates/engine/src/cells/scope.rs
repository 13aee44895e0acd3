//! What an expression sees: the cells of its module instance, and the instance at hand.
//!
//! One scope for planning and applying alike: it reads cells, and who settles the cells of instances makes the
//! difference. It never computes a cell: what is not there yet it tells as blocked, and asks the world to begin it.
//!
//! Invariant: nothing here changes a settled value; what is kept (hoisted values, wholes) follows from cells.

use std::sync::Arc;

use addr::InstanceKey;
use diag::{Diags, Span};
use lang::config::{CallIdx, LocalIdx, ResIdx, VarIdx};
use lang::eval::{Asked, Blocked, Cell, Eval, Expansion, Scope};
use lang::expr::{HoistIdx, PathAttr, ProviderFunction};
use value::{Marks, Type, Value};

use super::frame::{Frame, Repetition};
use super::ids::{CallId, FrameId, ResourceId};
use super::{Presence, World};

/// What stands at one place beside the module's objects.
#[derive(Clone, Copy)]
pub(crate) struct Here<'w> {
    /// The instances among which the place is, and the position of the one at hand.
    pub(crate) repetition: Option<(&'w Repetition, usize)>,
    /// `self`.
    pub(crate) own: Option<&'w Value>,
    /// A variable whose value is not settled yet, seen by its own validations.
    pub(crate) candidate: Option<(VarIdx, &'w Value)>,
}

impl Here<'_> {
    /// Nothing beside the module's objects.
    pub(crate) const NOWHERE: Here<'static> = Here { repetition: None, own: None, candidate: None };
}

/// A scope.
pub(crate) struct View<'w> {
    world: &'w World,
    frame: &'w Frame,
    id: FrameId,
    here: Here<'w>,
    reader: Cell,
}

impl<'w> View<'w> {
    /// The scope of a place in a module instance; `reader` is the cell that is being computed.
    pub(crate) fn new(world: &'w World, id: FrameId, here: Here<'w>, reader: Cell) -> View<'w> {
        View { world, frame: &world.frames[id.at()], id, here, reader }
    }

    fn wanted(&self, cell: Cell) -> Eval {
        self.world.want(cell);
        self.world.table.read(cell)
    }

    fn expansion(&self, cell: Cell, repetition: Option<&Repetition>) -> Eval<Expansion> {
        self.world.want(cell);
        self.world.table.over(cell).map(|()| {
            repetition.expect("BUG: an expansion that is over has instances").expansion.clone()
        })
    }

    fn resource_whole(&self, id: ResourceId) -> Eval {
        let resource = &self.world.resources[id.at()];
        if let Some(value) = resource.whole.get() {
            return Eval::Value(value.clone());
        }
        match self.world.assemble_resource(id) {
            Some(Some(value)) => Eval::Value(resource.whole.get_or_init(|| value).clone()),
            Some(None) => Eval::Failed,
            None => {
                self.world.want(resource.whole_cell());
                Eval::blocked(resource.whole_cell())
            }
        }
    }

    fn call_whole(&self, id: CallId) -> Eval {
        let call = &self.world.calls[id.at()];
        if let Some(value) = call.whole.get() {
            return Eval::Value(value.clone());
        }
        self.world.want(call.whole_cell());
        self.world.table.read(call.whole_cell())
    }
}

impl Scope for View<'_> {
    fn variable(&self, variable: VarIdx) -> Eval {
        if let Some((index, value)) = self.here.candidate
            && index == variable
        {
            return Eval::Value(value.clone());
        }
        self.wanted(self.frame.variable(variable))
    }

    fn local(&self, local: LocalIdx) -> Eval {
        self.wanted(self.frame.local(local))
    }

    fn resource_keys(&self, resource: ResIdx) -> Eval<Expansion> {
        let id = self.frame.resource(resource);
        let resource = &self.world.resources[id.at()];
        let keys = self.expansion(resource.cell, resource.repetition.get());
        match (self.world.settings.presence, keys) {
            (Presence::Whole, keys) => keys,
            // Which instances are there is known when all of them are over.
            (Presence::Partial, Eval::Value(_)) => {
                self.world.resource_whole(id).map(|()| self.world.present(id))
            }
            (Presence::Partial, other) => other,
        }
    }

    fn resource(&self, resource: ResIdx) -> Eval {
        self.resource_whole(self.frame.resource(resource))
    }

    fn resource_instance(&self, resource: ResIdx, key: &InstanceKey) -> Eval {
        let resource = &self.world.resources[self.frame.resource(resource).at()];
        let instance = resource.instance(key).expect("BUG: an instance outside of the expansion");
        self.world.table.read(self.world.instances[instance.at()].cell)
    }

    fn module_keys(&self, call: CallIdx) -> Eval<Expansion> {
        let call = &self.world.calls[self.frame.call(call).at()];
        self.expansion(call.cell, call.repetition.get())
    }

    fn module(&self, call: CallIdx) -> Eval {
        self.call_whole(self.frame.call(call))
    }

    fn module_instance(&self, call: CallIdx, key: &InstanceKey) -> Eval {
        let call = &self.world.calls[self.frame.call(call).at()];
        let id = call.instance(key).expect("BUG: a module instance outside of the expansion");
        self.world.outputs_of(id)
    }

    fn module_output(&self, call: CallIdx, key: &InstanceKey, output: &str) -> Option<Eval> {
        let call = &self.world.calls[self.frame.call(call).at()];
        let id = call.instance(key).expect("BUG: a module instance outside of the expansion");
        let frame = &self.world.frames[id.at()];
        let output = frame.def.names.output(output)?;
        Some(self.wanted(frame.output(output)))
    }

    fn module_output_names(&self, call: CallIdx) -> Vec<Arc<str>> {
        let call = &self.world.calls[self.frame.call(call).at()];
        let def = self.world.def(call.module);
        def.outputs.iter().map(|output| output.name.clone()).collect()
    }

    fn count_index(&self) -> Eval {
        let (repetition, position) =
            self.here.repetition.expect("BUG: count.index without instances");
        if repetition.is_unknown() {
            return Eval::Value(Value::unknown_not_null(Type::NUMBER));
        }
        Eval::Value(Value::int(i64::try_from(position).expect("BUG: count beyond i64")))
    }

    fn each_key(&self) -> Eval {
        let (repetition, position) = self.here.repetition.expect("BUG: each.key without instances");
        match repetition.key(position) {
            InstanceKey::Str(key) => Eval::Value(Value::string(key)),
            InstanceKey::None | InstanceKey::Int(_) => {
                Eval::Value(Value::unknown_not_null(Type::STRING))
            }
        }
    }

    fn each_value(&self) -> Eval {
        let (repetition, position) =
            self.here.repetition.expect("BUG: each.value without instances");
        Eval::Value(repetition.values.get(position).cloned().unwrap_or(Value::DYNAMIC))
    }

    fn self_value(&self) -> Eval {
        Eval::Value(self.here.own.expect("BUG: self outside of conditions").clone())
    }

    fn path(&self, path: PathAttr) -> Value {
        Value::string(match path {
            PathAttr::Module => self.frame.dir.clone(),
            PathAttr::Root => self.world.frames[0].dir.clone(),
            PathAttr::Cwd => self.world.settings.cwd.clone(),
        })
    }

    fn terraform(&self, attr: &str) -> Eval {
        Eval::Value(match attr {
            "workspace" => Value::string(self.world.settings.workspace.clone()),
            "applying" => Value::bool(self.world.settings.phase == super::Phase::Applying)
                .with_marks(Marks::EPHEMERAL),
            _ => Value::DYNAMIC,
        })
    }

    fn world(&self, asked: &Asked<'_>, _: &mut Diags) -> Eval<Option<funcs::Answer>> {
        self.world.asked(self.reader, asked)
    }

    fn provider_function(
        &self,
        function: &ProviderFunction,
        args: &[Value],
        places: (Span, &[Span]),
        diags: &mut Diags,
    ) -> Eval {
        self.world.provider_function(self.id, function, args, places, diags)
    }

    fn hoisted(&self, hoist: HoistIdx) -> Option<Value> {
        self.frame.hoists.borrow().get(hoist.index()).cloned().flatten()
    }

    fn keep_hoisted(&self, hoist: HoistIdx, value: &Value) {
        let mut hoists = self.frame.hoists.borrow_mut();
        if hoists.is_empty() {
            hoists.resize(self.frame.def.exprs.hoists(), None);
        }
        hoists[hoist.index()] = Some(value.clone());
    }
}

/// All of these cells that are not settled, as something to wait for; `Failed` where one failed and none is open.
pub(crate) fn all_over(world: &World, cells: impl Iterator<Item = Cell>) -> Eval<()> {
    let mut open = Vec::new();
    let mut failed = false;
    for cell in cells {
        match world.table.over(cell) {
            Eval::Value(()) => {}
            Eval::Failed => failed = true,
            Eval::Blocked(on) => open.extend_from_slice(on.cells()),
        }
    }
    if !open.is_empty() {
        Eval::Blocked(Blocked::on(open))
    } else if failed {
        Eval::Failed
    } else {
        Eval::Value(())
    }
}
