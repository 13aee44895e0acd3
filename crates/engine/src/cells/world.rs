//! The world: a configuration with its modules expanded so far, and their cells.
//!
//! It hands out cells to try, computes those that are its own, and gives the others back to the machine that runs it.
//! Invariant: everything here follows from the configuration, the settings and what was settled; nothing is random.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use addr::{InstanceKey, ModuleInstance, ResourceInstance};
use diag::Diags;
use lang::config::{
    CallIdx, Config, LocalIdx, Module, ModuleDef, ModuleId, OutputIdx, ResIdx, VarIdx,
};
use lang::eval::{Cell, Eval, eval};
use lang::graph::Object;
use plan::Schemas;
use state::CheckKind;
use value::Value;

use super::check::Checks;
use super::deferral::Keys;
use super::expand::expand;
use super::frame::{CallFrame, Frame, Instance, Repetition, ResourceFrame, StandsFor};
use super::ids::{CallId, FrameId, InstanceId, Kind, ResourceId};
use super::impure::{Answered, Open, Question, Questions};
use super::rule::Failing;
use super::scope::{Here, View};
use super::table::Table;
use super::variable::qualified;

/// What a world is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// A plan: what only an apply can tell is unknown.
    Planning,
    /// An apply.
    Applying,
}

/// Whether outputs' preconditions are evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conditions {
    /// They are.
    Evaluated,
    /// Not while everything is destroyed.
    Left,
}

/// Whether an instance of the configuration may have no object and none planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Each has one.
    Whole,
    /// Some may have none: nothing is planned, or only a part.
    Partial,
}

/// What a world is told at its beginning.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) phase: Phase,
    pub(crate) conditions: Conditions,
    pub(crate) failing: Failing,
    pub(crate) presence: Presence,
    pub(crate) keys: Keys,
    pub(crate) variables: BTreeMap<Arc<str>, Value>,
    pub(crate) workspace: Arc<str>,
    pub(crate) cwd: Arc<str>,
    pub(crate) time_s: i64,
}

/// The world.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) config: Arc<Config>,
    pub(crate) schemas: Arc<Schemas>,
    pub(crate) settings: Settings,
    pub(crate) table: Table,
    pub(crate) frames: Vec<Frame>,
    pub(crate) resources: Vec<ResourceFrame>,
    pub(crate) calls: Vec<CallFrame>,
    pub(crate) instances: Vec<Instance>,
    pub(crate) checks: RefCell<Checks>,
    pub(crate) questions: Open,
    pub(super) kinds: Vec<Kind>,
    wants: RefCell<Vec<Cell>>,
    /// Modules that were called without instances.
    empty_calls: Vec<ModuleId>,
    /// Frames that were made since the machine last looked.
    pub(crate) fresh_frames: Vec<FrameId>,
    /// Instances that were made since the machine last looked.
    pub(crate) fresh_instances: Vec<InstanceId>,
}

impl World {
    /// A world with its root module only.
    pub(crate) fn new(config: Arc<Config>, schemas: Arc<Schemas>, settings: Settings) -> World {
        let mut world = World {
            config,
            schemas,
            settings,
            table: Table::default(),
            frames: Vec::new(),
            resources: Vec::new(),
            calls: Vec::new(),
            instances: Vec::new(),
            checks: RefCell::default(),
            questions: RefCell::default(),
            kinds: Vec::new(),
            wants: RefCell::default(),
            empty_calls: Vec::new(),
            fresh_frames: Vec::new(),
            fresh_instances: Vec::new(),
        };
        world.declare_checks();
        world.add_frame(ModuleId::ROOT, ModuleInstance::root(), None, None);
        world.fill_reserve();
        world
    }

    /// What a module declares.
    pub(crate) fn def(&self, module: ModuleId) -> &Arc<ModuleDef> {
        &self.config.module(module).def
    }

    /// A new cell of the machine's.
    pub(crate) fn task(&mut self, kind: Kind) -> Cell {
        let cell = self.table.row(1);
        self.kinds.push(kind);
        cell
    }

    /// What a cell stands for.
    pub(crate) fn kind(&self, cell: Cell) -> Kind {
        self.kinds[cell.0 as usize]
    }

    /// Somebody reads this cell, so it has to be computed.
    pub(crate) fn want(&self, cell: Cell) {
        if self.table.is_idle(cell) {
            self.wants.borrow_mut().push(cell);
        }
    }

    /// Computes cells until there is one that only the machine can do, or none.
    pub(crate) fn next(&mut self, diags: &mut Diags) -> Option<(Cell, Kind)> {
        loop {
            self.begin_wanted();
            let cell = self.table.next()?;
            let kind = self.kind(cell);
            if !self.compute(cell, kind, diags) {
                return Some((cell, kind));
            }
        }
    }

    /// Puts what readers wanted into the queue, and fills the reserve of cells for questions.
    pub(crate) fn begin_wanted(&mut self) {
        for cell in self.wants.get_mut().drain(..) {
            self.table.start(cell);
        }
        self.fill_reserve();
    }

    fn fill_reserve(&mut self) {
        let missing = self.questions.get_mut().missing();
        if missing < Questions::SPARE / 2 {
            return;
        }
        let first = self.table.row(missing);
        let row = (first.0..).take(missing);
        self.kinds.extend(row.clone().map(Kind::Impure));
        self.questions.get_mut().reserve(row.map(Cell));
    }

    /// Questions that were put since the last time.
    pub(crate) fn new_questions(&mut self) -> Vec<(u32, Question)> {
        self.questions.get_mut().take()
    }

    /// Brings the answer to a question.
    pub(crate) fn answer_question(&mut self, number: u32, answer: Answered) {
        let cell = self.questions.get_mut().answer(number, answer);
        self.table.done(cell);
    }

    /// Keeps an answer that an earlier plan got.
    pub(crate) fn preset(&mut self, request: funcs::Request, answer: funcs::Answer) {
        self.questions.get_mut().preset(Question::World(request), Answered::World(answer));
    }

    /// Settles a cell, or puts it to wait.
    pub(crate) fn conclude(&mut self, cell: Cell, outcome: Eval) {
        match outcome {
            Eval::Value(value) => self.table.set(cell, value),
            Eval::Failed => self.table.fail(cell),
            Eval::Blocked(on) => self.table.wait(cell, &on),
        }
    }

    /// The same for a cell without a value.
    pub(crate) fn conclude_plain(&mut self, cell: Cell, outcome: Eval<()>) {
        match outcome {
            Eval::Value(()) => self.table.done(cell),
            Eval::Failed => self.table.fail(cell),
            Eval::Blocked(on) => self.table.wait(cell, &on),
        }
    }

    /// Computes a cell of the world's own; `false` for one of the machine's.
    fn compute(&mut self, cell: Cell, kind: Kind, diags: &mut Diags) -> bool {
        match kind {
            Kind::Variable(frame, index) => {
                let outcome = self.variable(cell, frame, index, diags);
                self.conclude(cell, outcome);
            }
            Kind::Local(frame, index) => {
                let outcome = self.local(cell, frame, index, diags);
                self.conclude(cell, outcome);
            }
            Kind::Output(frame, index) => {
                let outcome = self.output(cell, frame, index, diags);
                self.conclude(cell, outcome);
            }
            Kind::Resource(id) => self.expand_resource(cell, id, diags),
            Kind::Call(id) => self.expand_call(cell, id, diags),
            Kind::ResourceWhole(id) => {
                let outcome = self.resource_whole(id);
                self.conclude_plain(cell, outcome);
            }
            Kind::CallWhole(id) => {
                let outcome = self.call_whole(id);
                self.conclude(cell, outcome);
            }
            Kind::Value(_)
            | Kind::Body(_)
            | Kind::Impure(_)
            | Kind::Provider(_)
            | Kind::Task(_) => {
                return false;
            }
        }
        true
    }

    fn local(&self, cell: Cell, id: FrameId, index: LocalIdx, diags: &mut Diags) -> Eval {
        let frame = &self.frames[id.at()];
        let view = View::new(self, id, Here::NOWHERE, cell);
        eval(&frame.def.exprs, frame.def.locals[index.index()].expr, &view, diags)
    }

    fn expand_resource(&mut self, cell: Cell, id: ResourceId, diags: &mut Diags) {
        let resource = &self.resources[id.at()];
        let frame = &self.frames[resource.frame.at()];
        let declared = &frame.def.resources[resource.index.index()];
        let about = || qualified(&frame.addr.to_string(), &declared.addr.to_string());
        if self.resource_is_left(id) {
            self.add_instances(id, Repetition::unknown(Vec::new(), None));
            return self.table.done(cell);
        }
        let resource = &self.resources[id.at()];
        let view = View::new(self, resource.frame, Here::NOWHERE, cell);
        let how: (&dyn Fn() -> String, _) = (&about, self.settings.keys.unknown());
        match expand(&frame.def.exprs, declared.repeat, &view, how, diags) {
            Eval::Value(repetition) => {
                self.add_instances(id, repetition);
                self.table.done(cell);
            }
            Eval::Failed => self.table.fail(cell),
            Eval::Blocked(on) => self.table.wait(cell, &on),
        }
    }

    /// Makes the instances of a resource.
    pub(crate) fn add_instances(&mut self, id: ResourceId, repetition: Repetition) {
        let resource = &self.resources[id.at()];
        let frame = &self.frames[resource.frame.at()];
        let declared = frame.def.resources[resource.index.index()].addr.clone();
        let module = frame.addr.clone();
        let first = InstanceId::new(self.instances.len());
        let cells = self.table.row(2 * repetition.len());
        for position in 0..repetition.len() {
            let instance = InstanceId::new(first.at() + position);
            self.kinds.extend([Kind::Value(instance), Kind::Body(instance)]);
            let key = repetition.key(position);
            self.instances.push(Instance {
                resource: id,
                position,
                addr: ResourceInstance {
                    module: module.clone(),
                    resource: declared.clone(),
                    key: key.clone(),
                },
                cell: Cell(cells.0 + 2 * u32::try_from(position).expect("BUG: too many instances")),
                absent: false,
                stands_for: self.named_of(id, &key),
            });
            self.fresh_instances.push(instance);
        }
        self.declare_objects(id, first, repetition.len());
        if repetition.is_unknown() {
            self.add_stand_in(id, repetition.at_most);
        }
        let resource = &mut self.resources[id.at()];
        resource.first = first;
        resource.repetition.set(repetition).expect("BUG: a resource is expanded twice");
    }

    fn expand_call(&mut self, cell: Cell, id: CallId, diags: &mut Diags) {
        let call = &self.calls[id.at()];
        let frame = &self.frames[call.frame.at()];
        let declared = &frame.def.calls[call.index.index()];
        let about = || qualified(&frame.addr.to_string(), &format!("module.{}", declared.name));
        if self.call_is_left(id) {
            self.add_frames(id, Repetition::unknown(Vec::new(), None));
            return self.table.done(cell);
        }
        let call = &self.calls[id.at()];
        let view = View::new(self, call.frame, Here::NOWHERE, cell);
        let how: (&dyn Fn() -> String, _) = (&about, self.settings.keys.unknown());
        match expand(&frame.def.exprs, declared.repeat, &view, how, diags) {
            Eval::Value(repetition) => {
                self.add_frames(id, repetition);
                self.table.done(cell);
            }
            Eval::Failed => self.table.fail(cell),
            Eval::Blocked(on) => self.table.wait(cell, &on),
        }
    }

    /// Makes the instances of a call.
    fn add_frames(&mut self, id: CallId, repetition: Repetition) {
        let call = &self.calls[id.at()];
        let (module, name) = {
            let frame = &self.frames[call.frame.at()];
            (frame.addr.clone(), frame.def.calls[call.index.index()].name.clone())
        };
        let called = call.module;
        let first = FrameId::new(self.frames.len());
        let keys: Vec<InstanceKey> = (0..repetition.len()).map(|at| repetition.key(at)).collect();
        let unknown = repetition.is_unknown().then_some(repetition.at_most);
        let call = &mut self.calls[id.at()];
        call.first = first;
        call.repetition.set(repetition).expect("BUG: a call is expanded twice");
        if let Some(at_most) = unknown {
            return self.add_stand_in_frame(id, at_most);
        }
        if keys.is_empty() {
            self.empty_calls.push(called);
        }
        for (position, key) in keys.into_iter().enumerate() {
            let stands_for = self.frame_named_of(id, &key);
            let addr = module.child(name.clone(), key);
            self.add_frame(called, addr, Some((id, position)), stands_for);
        }
    }

    pub(super) fn add_frame(
        &mut self,
        module: ModuleId,
        addr: ModuleInstance,
        parent: Option<(CallId, usize)>,
        stands_for: Option<StandsFor>,
    ) {
        let id = FrameId::new(self.frames.len());
        let def = Arc::clone(self.def(module));
        let dir = self.config.module(module).dir.clone();
        let own = def.variables.len() + def.locals.len() + def.outputs.len();
        let first = self.table.row(own);
        let variables = (0..def.variables.len()).map(|at| Kind::Variable(id, VarIdx::new(at)));
        let locals = (0..def.locals.len()).map(|at| Kind::Local(id, LocalIdx::new(at)));
        let outputs = (0..def.outputs.len()).map(|at| Kind::Output(id, OutputIdx::new(at)));
        self.kinds.extend(variables.chain(locals).chain(outputs));
        let frame = Frame {
            addr,
            module,
            dir,
            parent,
            first,
            resources: ResourceId::new(self.resources.len()),
            calls: CallId::new(self.calls.len()),
            stands_for,
            hoists: RefCell::default(),
            def: Arc::clone(&def),
        };
        self.frames.push(frame);
        for index in 0..def.resources.len() {
            self.add_resource(id, ResIdx::new(index));
        }
        for index in 0..def.calls.len() {
            self.add_call(id, module, CallIdx::new(index));
        }
        self.fresh_frames.push(id);
    }

    fn add_resource(&mut self, frame: FrameId, index: ResIdx) {
        let id = ResourceId::new(self.resources.len());
        let cell = self.table.row(2);
        self.kinds.extend([Kind::Resource(id), Kind::ResourceWhole(id)]);
        self.resources.push(ResourceFrame {
            frame,
            index,
            cell,
            repetition: Default::default(),
            first: InstanceId(0),
            whole: Default::default(),
        });
    }

    fn add_call(&mut self, frame: FrameId, module: ModuleId, index: CallIdx) {
        let id = CallId::new(self.calls.len());
        let cell = self.table.row(2);
        self.kinds.extend([Kind::Call(id), Kind::CallWhole(id)]);
        let module =
            self.config.module(module).child(index).expect("BUG: a call that leads nowhere");
        self.calls.push(CallFrame {
            frame,
            index,
            module,
            cell,
            repetition: Default::default(),
            first: FrameId(0),
            whole: Default::default(),
        });
    }

    /// Where an instance's expressions stand.
    pub(crate) fn place(&self, id: InstanceId) -> (FrameId, Here<'_>) {
        let instance = &self.instances[id.at()];
        let resource = &self.resources[instance.resource.at()];
        let repetition = resource.repetition.get().map(|all| (all, instance.position));
        (resource.frame, Here { repetition, ..Here::NOWHERE })
    }

    /// The frame of a module instance, as far as the modules above are expanded: what to wait for, none where the
    /// configuration has no such instance.
    pub(crate) fn frame_of(&self, addr: &ModuleInstance) -> Eval<Option<FrameId>> {
        let mut at = FrameId(0);
        for step in addr.steps() {
            let frame = &self.frames[at.at()];
            let Some(index) = frame.def.names.call(&step.name) else { return Eval::Value(None) };
            let call = &self.calls[frame.call(index).at()];
            self.want(call.cell);
            match self.table.over(call.cell) {
                Eval::Value(()) => {}
                other => return other.map(|()| None),
            }
            match call.instance(&step.key) {
                Some(child) => at = child,
                None => return Eval::Value(None),
            }
        }
        Eval::Value(Some(at))
    }

    /// Tells the checks which configuration objects have conditions.
    fn declare_checks(&mut self) {
        let checks = self.checks.get_mut();
        for module in &self.config.modules {
            for (_, kind, config) in with_conditions(module) {
                checks.expect(kind, config);
            }
        }
    }

    /// Tells the checks of calls without instances, so that nothing in the modules below has any through them. Only what
    /// is part of the plan is told.
    pub(crate) fn declare_nothing(&mut self, is_part: &dyn Fn(Object) -> bool) {
        let checks = self.checks.get_mut();
        let mut open = std::mem::take(&mut self.empty_calls);
        while let Some(module) = open.pop() {
            let module = self.config.module(module);
            open.extend(module.children.values());
            let known = with_conditions(module).into_iter().filter(|(object, ..)| is_part(*object));
            for (_, kind, config) in known {
                checks.expect_objects(kind, config, Vec::new(), (0, 0));
            }
        }
    }

    /// Tells the checks which instances have conditions.
    fn declare_objects(&mut self, id: ResourceId, first: InstanceId, count: usize) {
        let resource = &self.resources[id.at()];
        let frame = &self.frames[resource.frame.at()];
        let declared = &frame.def.resources[resource.index.index()];
        let counts = (declared.preconditions.len(), declared.postconditions.len());
        if counts == (0, 0) || frame.stands_for.is_some() {
            return;
        }
        let path = self.config.module(frame.module).path.to_string();
        let config = qualified(&path, &declared.addr.to_string());
        let instances = &self.instances[first.at()..first.at() + count];
        let addresses: Vec<String> = instances.iter().map(|one| one.addr.to_string()).collect();
        self.checks.get_mut().expect_objects(CheckKind::Resource, config, addresses, counts);
    }
}

/// The objects of a module that have conditions, with their addresses.
fn with_conditions(module: &Module) -> Vec<(Object, CheckKind, String)> {
    let (path, def) = (module.path.to_string(), &module.def);
    let variables = def.variables.iter().enumerate().filter(|(_, one)| !one.validations.is_empty());
    let outputs = def.outputs.iter().enumerate().filter(|(_, one)| !one.preconditions.is_empty());
    let resources = def.resources.iter().enumerate();
    let resources = resources
        .filter(|(_, one)| !one.preconditions.is_empty() || !one.postconditions.is_empty());
    let variables = variables.map(|(at, one)| {
        let object = Object::Variable(module.id, VarIdx::new(at));
        (object, CheckKind::Variable, format!("var.{}", one.name))
    });
    let outputs = outputs.map(|(at, one)| {
        let object = Object::Output(module.id, OutputIdx::new(at));
        (object, CheckKind::Output, format!("output.{}", one.name))
    });
    let resources = resources.map(|(at, one)| {
        let object = Object::Resource(module.id, ResIdx::new(at));
        (object, CheckKind::Resource, one.addr.to_string())
    });
    let all = variables.chain(outputs).chain(resources);
    all.map(|(object, kind, name)| (object, kind, qualified(&path, &name))).collect()
}
