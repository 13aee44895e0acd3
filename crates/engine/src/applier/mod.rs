//! The applier: a machine that carries out a plan, op by op, with a journal.
//!
//! It follows the plan's ops and leaves nothing to choose. What it appends to the journal, and which calls it makes
//! when, is told to its driver as [`Effect`]s: no call that may change something is made before its begin is durable, and
//! never more than `parallelism` ops are begun and not ended.
//!
//! Invariant: an error blocks what follows it and nothing else; objects that exist are always told to the journal.

mod alive;
mod begin;
mod change;
mod destroy;
mod journal;
mod ops;
mod outputs;
mod read;
mod site;
mod trail;
mod values;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use addr::{ProviderInstance, ResourceInstance};
use diag::{Diagnostic, Diags};
use lang::eval::{Cell, Eval};
use lang::graph::{BitSet, CreateFirst, StaticGraph};
use plan::{ChangeIndex, DeferredItem, Mode, OpId, OpKind};
use schema::protocol::{self, Call};
use state::journal::Seq;

use self::begin::Begins;
use self::journal::Log;
use self::ops::{Ops, Stand};
use crate::cells::{
    Answered, Conditions, Failing, Keys, Kind, Phase, Presence, Question, Settings, TaskId, World,
};
use crate::facts::{Facts, waiting_outputs};
use crate::halves::halves;
use crate::input::{ApplyEnd, ApplyInput, ApplyOutcome};
use crate::planner::select;
use crate::providers::{self, Providers};
use crate::request::{About, Answer, Effect, Progress, ProviderId, Request, RequestId, Stop};
use crate::say::in_order;

/// Whose answer a request brings.
#[derive(Clone, Copy, Debug)]
enum Pending {
    World(u32),
    Function(u32),
    Provider(ProviderId),
    Op(OpId),
}

/// The applier.
#[derive(Debug)]
pub struct Applier {
    input: ApplyInput,
    world: World,
    providers: Providers,
    facts: Facts,
    /// What is evaluated again for its own sake.
    alive: BitSet,
    /// Of what the state says that it is created first.
    first: CreateFirst,
    ops: Ops,
    /// The change of each instance's current object.
    by_address: HashMap<ResourceInstance, ChangeIndex>,
    /// Instances that are left for a later plan: nothing is known of them.
    left: HashSet<ResourceInstance>,
    /// Outputs that wait for what is left.
    waiting: BTreeSet<Arc<str>>,
    begins: Begins,
    log: Log,
    diags: Diags,
    requests: Vec<Option<Pending>>,
    open: usize,
    calls: Vec<(RequestId, Request)>,
    outputs: outputs::Published,
    done: plan::Counts,
    stopping: bool,
    /// Whether the trail was left undone.
    leaves_trail: bool,
    closed: bool,
}

impl Applier {
    /// An applier that has done nothing yet.
    ///
    /// # Panics
    /// For a plan with errors, or one of another configuration or state.
    pub fn new(input: ApplyInput) -> Applier {
        assert_ne!(
            input.plan.completeness,
            plan::Completeness::Errored,
            "BUG: a plan with errors is applied"
        );
        let mut diags = Diags::new();
        let graph = Arc::new(StaticGraph::build(&input.config, &mut diags));
        let part = select::part(&input.config, &graph, &input.plan.options);
        let alive = alive::alive(&input.config, &graph, &input.plan, part.as_ref());
        let first = alive::created_first(&input.config, &graph, &input.plan);
        let waiting = waiting_outputs(&input.config, &graph, &input.plan.deferred);
        let left = left_instances(&input.plan);
        let split = halves(&input.config, &graph, &input.plan, &input.wired);
        let facts = Facts::new(Arc::clone(&input.config), graph, None);
        let mut world =
            World::new(Arc::clone(&input.config), Arc::clone(&input.schemas), settings(&input));
        let of_state = input.state.resources().map(|(_, resource)| &resource.provider);
        let providers = Providers::new(&mut world, of_state);
        assert_eq!(
            providers.addresses(),
            input.plan.providers,
            "BUG: a plan of another configuration"
        );
        for impure in &input.plan.impure {
            world.preset(impure.request.clone(), impure.answer.clone());
        }
        let mut cells = Vec::with_capacity(input.plan.ops.len());
        for at in 0..input.plan.ops.len() {
            let at = u32::try_from(at).expect("BUG: too many ops");
            cells.push(world.task(Kind::Task(TaskId(at))));
        }
        let by_address = input
            .plan
            .changes
            .iter()
            .enumerate()
            .filter(|(_, change)| change.deposed.is_none())
            .map(|(at, change)| {
                let index = u32::try_from(at).expect("BUG: too many changes");
                (change.address.clone(), ChangeIndex(index))
            })
            .collect();
        let ops = Ops::new(&input.plan, split.halves, cells);
        let mut applier = Applier {
            begins: Begins::new(input.parallelism),
            log: Log::new(input.next_seq),
            input,
            world,
            providers,
            facts,
            alive,
            first,
            ops,
            by_address,
            left,
            waiting,
            diags,
            requests: Vec::new(),
            open: 0,
            calls: Vec::new(),
            outputs: outputs::Published::default(),
            done: plan::Counts::default(),
            stopping: false,
            leaves_trail: false,
            closed: false,
        };
        applier.log_refreshed_rows();
        applier
    }

    /// The provider configuration instances that requests name.
    pub fn providers(&self) -> &[ProviderInstance] {
        self.providers.addresses()
    }

    /// Does all that can be done, and tells what became permitted since the last call: entries first, then calls.
    pub fn advance(&mut self, out: &mut Vec<Effect>) -> Progress {
        self.run();
        let over = self.open == 0 && self.begins.is_empty();
        let pausing = over && self.ops.holds_trail();
        if over && !pausing && !self.closed {
            self.closed = true;
            self.log_end();
        }
        if let Some(entries) = self.log.take() {
            out.push(Effect::Append(entries));
        }
        out.extend(self.calls.drain(..).map(|(id, request)| Effect::Call(id, request)));
        match (pausing || self.closed) && self.log.is_durable() {
            true if pausing => Progress::LeadOver,
            true => Progress::Done,
            false => Progress::Waiting,
        }
    }

    /// All entries up to this one are durable.
    pub fn durable(&mut self, upto: Seq) {
        self.log.durable(upto);
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
            (Pending::Op(op), Answer::Provider(answer)) => self.op_answered(op, answer),
            (Pending::World(_), Answer::Provider(_)) | (_, Answer::World(_)) => {
                panic!("BUG: an answer to another kind of request")
            }
        }
    }

    /// Whether something went wrong so far: what follows it is not carried out.
    pub fn has_failed(&self) -> bool {
        self.diags.has_errors()
    }

    /// Whether every op was carried out, without errors.
    pub fn is_whole(&self) -> bool {
        self.ops.all_done() && !self.diags.has_errors()
    }

    /// Ends the apply early: nothing new begins, what was begun is awaited; of the trail nothing runs that did not yet.
    pub fn stop(&mut self, stop: Stop) {
        let Stop::BeginNothing = stop;
        self.stopping = true;
        self.leave_trail();
    }

    /// How it ended. Also after the driver gave up on an apply that is not over.
    pub fn finish(self) -> ApplyOutcome {
        let end = if self.is_whole() {
            ApplyEnd::Complete
        } else if (self.stopping || self.leaves_trail) && !self.diags.has_errors() {
            ApplyEnd::Stopped
        } else {
            ApplyEnd::Failed
        };
        ApplyOutcome { end, done: self.done, diags: in_order(self.diags) }
    }

    /// Works until nothing more can be done without answers or durable entries.
    fn run(&mut self) {
        loop {
            self.start_fresh();
            self.permit();
            match self.world.next(&mut self.diags) {
                Some((cell, kind)) => self.step(cell, kind),
                None if self.world.fresh_instances.is_empty()
                    && self.world.fresh_frames.is_empty()
                    && !self.ops.has_permitted() =>
                {
                    break;
                }
                None => {}
            }
            self.put_questions();
        }
        self.begin_ops();
    }

    /// Puts ops whose predecessors are over into the queue.
    fn permit(&mut self) {
        while let Some(op) = self.ops.next_permitted() {
            if self.stopping {
                self.ops.settle(op, Stand::Skipped);
                continue;
            }
            if self.input.plan.op(op).kind == OpKind::Join {
                self.ops.settle(op, Stand::Done);
                continue;
            }
            let cell = self.ops.cell(op);
            self.world.table.start(cell);
        }
    }

    fn step(&mut self, cell: Cell, kind: Kind) {
        match kind {
            Kind::Task(task) => self.run_op(cell, OpId(task.0)),
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
            other => panic!("BUG: {other:?} is no work of an applier"),
        }
    }

    /// Goes on with an op.
    fn run_op(&mut self, cell: Cell, op: OpId) {
        let plan = Arc::clone(&self.input.plan);
        match &plan.op(op).kind {
            OpKind::Configure(index) => {
                let configured = self.providers.configured(&self.world, *index);
                self.conclude_op(cell, op, configured);
            }
            OpKind::Change(change) => self.run_change(cell, op, plan.change(*change)),
            OpKind::Destroy(change) => self.run_destroy(cell, op, plan.change(*change)),
            OpKind::Forget(change) => self.run_forget(cell, op, plan.change(*change)),
            OpKind::Read(change) => self.run_read(cell, op, plan.change(*change)),
            OpKind::Record(change) => self.run_record(cell, op, plan.change(*change)),
            OpKind::Check(change) => self.run_check(cell, op, plan.change(*change)),
            OpKind::Output { name, .. } => self.run_output(cell, op, name),
            OpKind::Join => unreachable!("BUG: a join is nothing to run"),
        }
    }

    /// Waits, or ends the op.
    fn conclude_op(&mut self, cell: Cell, op: OpId, outcome: Eval<()>) {
        match outcome {
            Eval::Value(()) => self.end_op(cell, op, Stand::Done),
            Eval::Failed => self.end_op(cell, op, Stand::Failed),
            Eval::Blocked(on) => self.world.table.wait(cell, &on),
        }
    }

    fn end_op(&mut self, cell: Cell, op: OpId, stand: Stand) {
        self.world.table.done(cell);
        self.ops.settle(op, stand);
    }

    /// An op whose object cannot be worked with; its readers fail silently.
    fn fail_op(&mut self, cell: Cell, op: OpId, change: &plan::Change) {
        self.fail_value(change);
        self.end_op(cell, op, Stand::Failed);
    }

    fn put_questions(&mut self) {
        for (number, question) in self.world.new_questions() {
            match question {
                Question::World(request) => {
                    self.send(Request::World(request), Pending::World(number))
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
                    let call = Box::new(Call::Function { name, args });
                    let request =
                        Request::Provider { provider: index, about: About::Function, call };
                    self.send(request, Pending::Function(number));
                }
            }
        }
    }

    /// Asks for an op. A call that may change something is not sent here, but begun.
    fn ask(&mut self, op: OpId, change: &plan::Change, call: Call) {
        let about = self.about(op, change);
        let request = Request::Provider { provider: change.provider, about, call: Box::new(call) };
        let cell = self.ops.cell(op);
        self.world.table.pend(cell);
        self.send(request, Pending::Op(op));
    }

    fn about(&self, op: OpId, change: &plan::Change) -> About {
        About::Instance {
            address: change.address.clone(),
            deposed: change.deposed.clone(),
            op: Some(op),
        }
    }

    fn send(&mut self, request: Request, pending: Pending) {
        let id = RequestId(u32::try_from(self.requests.len()).expect("BUG: too many requests"));
        self.requests.push(Some(pending));
        self.open += 1;
        self.calls.push((id, request));
    }

    fn op_answered(&mut self, op: OpId, answer: protocol::Answer) {
        self.ops.work(op).reply = Some(answer);
        let cell = self.ops.cell(op);
        self.world.table.wake(cell);
    }

    /// A disagreement that only a mistake of ours explains.
    fn bug(&mut self, change: &plan::Change, detail: &str) {
        self.diags.push(
            Diagnostic::error("apply-bug", "The apply does not follow its plan")
                .detail(format!("BUG: {}: {detail}.", change.address))
                .about(change.address.to_string()),
        );
    }
}

fn settings(input: &ApplyInput) -> Settings {
    let planned = input.plan.variables.iter().map(|one| (one.name.clone(), one.value.clone()));
    let ephemeral = input.ephemeral.iter().map(|one| (one.name.clone(), one.value.clone()));
    Settings {
        phase: Phase::Applying,
        conditions: match input.plan.options.mode {
            Mode::Destroy => Conditions::Left,
            Mode::Normal | Mode::RefreshOnly => Conditions::Evaluated,
        },
        failing: Failing::Errs,
        presence: match (input.plan.options.mode, input.plan.options.is_partial()) {
            (Mode::RefreshOnly, _) | (Mode::Normal, true) => Presence::Partial,
            _ => Presence::Whole,
        },
        keys: left_keys(&input.plan),
        variables: planned.chain(ephemeral).collect(),
        workspace: input.workspace.clone(),
        cwd: input.cwd.clone(),
        time_s: input.plan.time_s,
    }
}

/// What the plan left open stays open; a plan that left nothing has no unknown keys.
fn left_keys(plan: &plan::Plan) -> Keys {
    if plan.deferred.is_empty() {
        return Keys::Refused;
    }
    let patterns = plan.deferred.iter().filter_map(|one| match &one.what {
        DeferredItem::Pattern(text) => Some(text.to_string()),
        DeferredItem::Instance(_) => None,
    });
    Keys::Left(Arc::new(patterns.collect()))
}

fn left_instances(plan: &plan::Plan) -> HashSet<ResourceInstance> {
    let instance = |one: &plan::Deferred| match &one.what {
        DeferredItem::Instance(instance) => Some(instance.clone()),
        DeferredItem::Pattern(_) => None,
    };
    plan.deferred.iter().filter_map(instance).collect()
}
