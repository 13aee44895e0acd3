//! The planner: a machine that turns configuration, prior state and variables into a plan.
//!
//! It asks providers and the world through [`Request`]s and does nothing else outside. Objects of the state are read at
//! once; bodies are planned as soon as all they refer to is there. Every decision stands in a file of its own.
//!
//! Invariant: for equal inputs and equal answers the plan is equal, whatever the order of the answers.

mod assemble;
mod cause;
mod data;
mod deferral;
mod drift;
pub(crate) mod ignore;
mod instance;
mod moved;
mod order;
mod outputs;
mod prior;
mod removed;
pub(crate) mod replace;
mod rows;
mod schema_only;
pub(crate) mod select;
mod stand_in;
mod trigger;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use addr::{ConfigResource, DeposedKey, ProviderInstance, ResourceInstance};
use diag::{Diagnostic, Diags};
use lang::config::{ModuleId, ResIdx};
use lang::eval::{Blocked, Cell, Eval};
use lang::graph::{Object, Selection, StaticGraph};
use plan::{Mode, Refresh};
use schema::protocol::Call;
use state::journal::{self, InDoubt};
use value::Value;

use self::instance::Work;
use self::moved::Moves;
use self::prior::{Half, PriorId, Priors};
use crate::cells::{
    Answered, Conditions, Failing, FrameId, InstanceId, Keys, Kind, Phase, Presence, Question,
    Settings, World,
};
use crate::facts::Facts;
use crate::input::{PlanInput, PlanOutcome};
use crate::providers::{self, Providers};
use crate::request::{About, Answer, Progress, ProviderId, Request, RequestId};

pub(crate) use self::rows::data_object;

/// What the planner is doing at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    /// Planning the world as configured.
    Plan,
    /// Only learning what there is.
    RefreshOnly,
    /// A plan as configured, made only to learn what there is, before everything is destroyed.
    BeforeDestroy,
    /// Planning that everything goes.
    Destroy,
}

/// What is done with instances of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InstanceMode {
    /// They are planned.
    Plan,
    /// They stay as they are.
    Prior,
}

/// Whose answer a request brings.
#[derive(Clone, Copy, Debug)]
enum Pending {
    World(u32),
    Function(u32),
    Provider(ProviderId),
    Prior(PriorId),
    Fate(PriorId),
    Instance(InstanceId),
}

/// The planner.
#[derive(Debug)]
pub struct Planner {
    input: PlanInput,
    graph: Arc<StaticGraph>,
    world: World,
    providers: Providers,
    priors: Priors,
    works: Vec<Work>,
    facts: Facts,
    moves: Moves,
    /// Instances whose object was being made when a run ended, and what it stands on: nobody knows whether it exists.
    doubts: BTreeMap<ResourceInstance, Arc<[ConfigResource]>>,
    /// Of objects that may still turn out to be others: where they were before they moved without being told.
    stayed: BTreeMap<state::ObjectAddr, ResourceInstance>,
    selection: Option<Selection>,
    /// What goes when a part is destroyed; `None` for all.
    going: Option<HashSet<PriorId>>,
    replaced: BTreeSet<ResourceInstance>,
    pass: Pass,
    diags: Diags,
    requests: Vec<Option<Pending>>,
    open: usize,
    out: Vec<(RequestId, Request)>,
    said: BTreeSet<String>,
    /// The configuration goes in a circle, or targets leave out what moved: nothing is asked at all.
    refused: bool,
}

impl Planner {
    /// A planner that has asked nothing yet.
    pub fn new(mut input: PlanInput) -> Planner {
        let pass = match (input.options.mode, input.options.refresh) {
            (Mode::Normal, _) => Pass::Plan,
            (Mode::RefreshOnly, _) => Pass::RefreshOnly,
            (Mode::Destroy, Refresh::Yes) if !input.state.is_empty() => Pass::BeforeDestroy,
            (Mode::Destroy, _) => Pass::Destroy,
        };
        let settings = settings(&input, pass);
        let mut diags = Diags::new();
        let graph = Arc::new(StaticGraph::build(&input.config, &mut diags));
        let (state, moves) = moved::implied(&input.config, &input.state, &mut diags);
        input.state = Arc::new(state);
        moved::refuse_left_out(&moves, &input.options, &mut diags);
        let refused = diags.has_errors();
        let selection = select::selection(&input.config, &graph, &input.options, &mut diags);
        let nodes = selection.as_ref().map(Selection::nodes);
        let facts = Facts::new(Arc::clone(&input.config), Arc::clone(&graph), nodes);
        let mut world = World::new(Arc::clone(&input.config), Arc::clone(&input.schemas), settings);
        let of_state = input.state.resources().map(|(_, resource)| &resource.provider);
        let providers =
            Providers::new(&mut world, of_state).deferring(&input.config, &input.deferral);
        let mut priors = Priors::default();
        for (at, row) in input.state.rows() {
            priors.add(&mut world, &providers, at, row, &mut diags);
        }
        let going = select::going(&priors, &input.options);
        let doubts = doubts(&input.in_doubt);
        let mut planner = Planner {
            replaced: input.options.replace.iter().cloned().collect(),
            input,
            graph,
            world,
            providers,
            priors,
            works: Vec::new(),
            facts,
            moves,
            doubts,
            stayed: BTreeMap::new(),
            selection,
            going,
            pass,
            diags,
            requests: Vec::new(),
            open: 0,
            out: Vec::new(),
            said: BTreeSet::new(),
            refused,
        };
        planner.begin();
        planner
    }

    /// The provider configuration instances that requests name.
    pub fn providers(&self) -> &[ProviderInstance] {
        self.providers.addresses()
    }

    /// Does all that can be done, and tells what is wanted next.
    pub fn advance(&mut self, out: &mut Vec<(RequestId, Request)>) -> Progress {
        if self.refused {
            return Progress::Done;
        }
        loop {
            self.run();
            out.append(&mut self.out);
            if self.open > 0 {
                return Progress::Waiting;
            }
            if self.pass != Pass::BeforeDestroy || self.diags.has_errors() {
                return Progress::Done;
            }
            self.begin_destroy();
        }
    }

    /// Brings the answer to a request.
    ///
    /// # Panics
    /// For an id that was never given, or was answered before, or an answer to another kind of request.
    pub fn answer(&mut self, id: RequestId, answer: Answer) {
        let pending =
            self.requests[id.0 as usize].take().expect("BUG: a request is answered twice");
        self.open -= 1;
        match (pending, answer) {
            (Pending::World(number), Answer::World(answer)) => {
                self.world.answer_question(number, Answered::World(answer));
            }
            (Pending::Function(number), Answer::Provider(answer)) => {
                let answered = crate::say::function_answered(answer, &mut self.diags);
                self.world.answer_question(number, answered);
            }
            (Pending::Provider(index), Answer::Provider(answer)) => {
                let provider = self.providers.get_mut(index);
                provider.reply = Some(answer);
                self.world.table.wake(provider.cell);
            }
            (Pending::Prior(id), Answer::Provider(answer)) => {
                let prior = self.priors.get_mut(id);
                prior.reply = Some(answer);
                self.world.table.wake(prior.cell);
            }
            (Pending::Fate(id), Answer::Provider(answer)) => {
                let prior = self.priors.get_mut(id);
                prior.reply = Some(answer);
                self.world.table.wake(prior.fate);
            }
            (Pending::Instance(id), Answer::Provider(answer)) => {
                self.works[id.at()].reply = Some(answer);
                self.world.table.wake(self.world.instances[id.at()].body_cell());
            }
            (Pending::World(_), Answer::Provider(_)) | (_, Answer::World(_)) => {
                panic!("BUG: an answer to another kind of request")
            }
        }
    }

    /// The plan, and what was told on the way.
    ///
    /// # Panics
    /// While something is asked and not answered.
    pub fn finish(mut self) -> PlanOutcome {
        assert_eq!(self.open, 0, "BUG: a planner is finished while it waits");
        self.report_stuck();
        let plan = self.assemble();
        PlanOutcome { plan, diags: crate::say::in_order(self.diags) }
    }

    /// Puts the first cells into the queue: objects of the state, then the root module.
    fn begin(&mut self) {
        for id in self.priors.ids() {
            let (cell, fate) = (self.priors.get(id).cell, self.priors.get(id).fate);
            if self.is_read(id) {
                self.world.table.start(cell);
                self.world.table.start(fate);
            } else {
                self.world.table.done(cell);
                self.world.table.done(fate);
            }
        }
    }

    /// What there is is known; now everything is planned to go.
    fn begin_destroy(&mut self) {
        self.keep_outputs();
        self.pass = Pass::Destroy;
        self.world.settings.conditions = Conditions::Left;
        for work in &mut self.works {
            work.change = None;
        }
        for id in self.priors.ids() {
            let kind = self.world.kind(self.priors.get(id).fate);
            let fate = self.world.task(kind);
            let prior = self.priors.get_mut(id);
            prior.fate = fate;
            prior.change = None;
            if self.goes(id) {
                self.world.table.start(fate);
            }
        }
    }

    /// Works until nothing more can be done without answers.
    fn run(&mut self) {
        loop {
            self.start_fresh();
            match self.world.next(&mut self.diags) {
                Some((cell, kind)) => self.step(cell, kind),
                None if self.world.fresh_frames.is_empty()
                    && self.world.fresh_instances.is_empty() =>
                {
                    break;
                }
                None => {}
            }
            self.put_questions();
        }
    }

    fn step(&mut self, cell: Cell, kind: Kind) {
        match kind {
            Kind::Body(id) => self.run_instance(cell, id),
            Kind::Provider(index) => {
                let request = providers::proceed(
                    &mut self.providers,
                    &mut self.world,
                    index,
                    &mut self.diags,
                );
                if let Some(request) = request {
                    self.send(request, Pending::Provider(index));
                }
            }
            Kind::Task(task) => match Priors::of_task(task) {
                (id, Half::Reading) => self.read_object(id),
                (id, Half::Fate) => self.run_fate(cell, id),
            },
            other => panic!("BUG: {other:?} is no work of a planner"),
        }
    }

    fn read_object(&mut self, id: PriorId) {
        let request = prior::proceed(
            &mut self.priors,
            &self.providers,
            &mut self.world,
            id,
            self.input.options.refresh,
            &mut self.diags,
        );
        match request {
            Some(request) => self.send(request, Pending::Prior(id)),
            None => self.hold(id),
        }
    }

    /// Begins what has come into being: objects of new module instances, bodies of new resource instances.
    fn start_fresh(&mut self) {
        for id in std::mem::take(&mut self.world.fresh_frames) {
            self.start_frame(id);
        }
        for id in std::mem::take(&mut self.world.fresh_instances) {
            self.works.resize_with(id.at() + 1, Work::default);
            let cell = self.world.instances[id.at()].body_cell();
            self.world.table.start(cell);
        }
    }

    /// Begins the objects of a module instance, each after what it refers to, so that few of them have to wait.
    fn start_frame(&mut self, id: FrameId) {
        let module = self.world.frames[id.at()].module;
        for node in self.facts.order_of(module) {
            let selected = self.selection.as_ref().is_none_or(|some| some.contains(*node));
            if !selected {
                continue;
            }
            let frame = &self.world.frames[id.at()];
            let cell = match self.graph.object(*node) {
                Object::Variable(_, index) => frame.variable(index),
                Object::Local(_, index) => frame.local(index),
                Object::Output(_, index) => frame.output(index),
                Object::Resource(_, index) => self.world.resources[frame.resource(index).at()].cell,
                Object::Expansion(called) => {
                    let (_, call) = self.input.config.module(called).parent.expect("BUG: a call");
                    self.world.calls[frame.call(call).at()].cell
                }
                Object::Close(_) | Object::Provider(_) => continue,
            };
            self.world.table.start(cell);
        }
    }

    /// Puts the questions of expressions to whom they concern.
    fn put_questions(&mut self) {
        for (number, question) in self.world.new_questions() {
            match question {
                Question::World(request) => {
                    self.send(Request::World(request), Pending::World(number));
                }
                Question::Random(..) => {
                    self.send(Request::World(funcs::Request::Random), Pending::World(number));
                }
                Question::Function(provider, name, args) => {
                    let Some(index) = self.providers.any_of(&provider) else {
                        self.diags.push(crate::say::no_provider_for(&provider, &name));
                        self.world.answer_question(number, Answered::Failed);
                        continue;
                    };
                    let call = Call::Function { name, args };
                    self.ask(index, About::Function, call, Pending::Function(number));
                }
            }
        }
    }

    fn ask(&mut self, provider: ProviderId, about: About, call: Call, pending: Pending) {
        self.send(Request::Provider { provider, about, call: Box::new(call) }, pending);
    }

    fn send(&mut self, request: Request, pending: Pending) {
        let id = RequestId(u32::try_from(self.requests.len()).expect("BUG: too many requests"));
        self.requests.push(Some(pending));
        self.open += 1;
        self.out.push((id, request));
    }

    fn instance_mode(&self) -> InstanceMode {
        match self.pass {
            Pass::Plan | Pass::BeforeDestroy => InstanceMode::Plan,
            Pass::RefreshOnly | Pass::Destroy => InstanceMode::Prior,
        }
    }

    fn evaluates_conditions(&self) -> bool {
        self.pass != Pass::Destroy
    }

    fn is_replaced_by_request(&self, id: InstanceId) -> bool {
        !self.replaced.is_empty() && self.replaced.contains(&self.world.instances[id.at()].addr)
    }

    /// Tells a mistake that many instances make only once.
    fn complain_once(&mut self, diagnostic: Diagnostic) {
        if self.said.insert(format!("{:?}{}", diagnostic.span, diagnostic.detail)) {
            self.diags.push(diagnostic);
        }
    }

    /// A key for the object that an instance's replacement sets aside: told by what the plan is made from, so that it
    /// is the same whoever plans, and by none that the instance has.
    fn fresh_deposed_key(&self, address: &ResourceInstance) -> DeposedKey {
        let base = &self.input.base;
        let mut text = format!("{}\n{}\n{address}\n", base.lineage, base.serial);
        loop {
            let digest = state::Digest::of(text.as_bytes());
            let bits = u32::from_be_bytes([digest.0[0], digest.0[1], digest.0[2], digest.0[3]]);
            let key = DeposedKey::from_bits(bits);
            let at = state::ObjectAddr::deposed(address.clone(), key.clone());
            if self.input.state.object(&at).is_none() {
                return key;
            }
            text.push('+');
        }
    }

    /// All instances of a resource block in all module instances, once they are known.
    fn everywhere(&self, module: ModuleId, resource: ResIdx) -> Eval<Vec<InstanceId>> {
        let frames = match self.frames_of(module) {
            Eval::Value(frames) => frames,
            other => return other.map(|_| Vec::new()),
        };
        let mut instances = Vec::new();
        let mut waits = Vec::new();
        for frame in frames {
            let frame = &self.world.frames[frame.at()];
            let resource = &self.world.resources[frame.resource(resource).at()];
            self.world.want(resource.cell);
            waits.push(self.world.table.over(resource.cell));
            instances.extend(resource.instances());
        }
        unite(waits).map(|()| instances)
    }

    /// All instances of a module, once they are known.
    fn frames_of(&self, module: ModuleId) -> Eval<Vec<FrameId>> {
        let Some((parent, call)) = self.input.config.module(module).parent else {
            return Eval::Value(vec![FrameId(0)]);
        };
        let parents = match self.frames_of(parent) {
            Eval::Value(frames) => frames,
            other => return other,
        };
        let mut frames = Vec::new();
        let mut waits = Vec::new();
        for parent in parents {
            let call = &self.world.calls[self.world.frames[parent.at()].call(call).at()];
            self.world.want(call.cell);
            waits.push(self.world.table.over(call.cell));
            frames.extend(call.frames());
        }
        unite(waits).map(|()| frames)
    }

    /// At rest with nothing asked, nothing may wait: the static graph has no circles.
    fn report_stuck(&mut self) {
        let stuck: Vec<Kind> =
            self.world.table.waiting().map(|cell| self.world.kind(cell)).collect();
        if !stuck.is_empty() && !self.diags.has_errors() {
            self.diags.push(
                Diagnostic::error("plan-stuck", "Planning came to a halt")
                    .detail(format!("BUG: these wait for one another: {stuck:?}.")),
            );
        }
    }
}

/// What the world of a planner is told at its beginning.
fn settings(input: &PlanInput, pass: Pass) -> Settings {
    Settings {
        phase: Phase::Planning,
        conditions: match pass {
            Pass::Destroy => Conditions::Left,
            _ => Conditions::Evaluated,
        },
        failing: match pass {
            Pass::Plan => Failing::Errs,
            _ => Failing::Warns,
        },
        presence: match (pass, input.options.is_partial()) {
            (Pass::RefreshOnly, _) | (Pass::Plan, true) => Presence::Partial,
            _ => Presence::Whole,
        },
        keys: match input.deferral.is_allowed() {
            true => Keys::Deferred,
            false => Keys::Refused,
        },
        variables: input
            .variables
            .iter()
            .map(|one| (one.name.clone(), one.value.clone()))
            .collect(),
        workspace: input.workspace.clone(),
        cwd: input.cwd.clone(),
        time_s: input.time_s,
    }
}

/// What was being made, and what it stands on.
fn doubts(in_doubt: &[InDoubt]) -> BTreeMap<ResourceInstance, Arc<[ConfigResource]>> {
    let made = in_doubt.iter().filter(|one| one.begin.action == journal::Action::Create);
    made.map(|one| {
        let planned = one.begin.planned.as_ref();
        let stands_on = planned.map(|object| object.dependencies.clone()).unwrap_or_default();
        (one.begin.at.instance.clone(), stands_on)
    })
    .collect()
}

/// All that several wait for.
fn unite(all: impl IntoIterator<Item = Eval<()>>) -> Eval<()> {
    let mut open = Vec::new();
    let mut failed = false;
    for one in all {
        match one {
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

/// The value of a variable of the root module as it is kept in the plan.
fn root_variable(world: &World, index: usize) -> Option<Value> {
    let frame = &world.frames[0];
    let cell = frame.variable(lang::config::VarIdx::new(index));
    world.table.value(cell).cloned()
}
