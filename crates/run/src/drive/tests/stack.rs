//! A simulated stack: its disk and its cloud, which survive, and the processes that plan and apply it.
//!
//! A process is a store over the disk; the next one finds the one before dead. What `stack::apply` does around the
//! driver is done here with a store and a world of memory.
//!
//! Invariant: nothing is carried from one process to the next but disk and cloud.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ::plan::{Action, Digests, Options, Plan, Schemas};
use addr::ProviderAddr;
use diag::{Diags, SourceMap};
use engine::{Applier, ApplyInput, ApplyOutcome, PlanInput, PlanOutcome, Planner};
use lang::config::{BackendRule, Config};
use state::journal::{self, Entry, InDoubt, OpRef, Outcome, RunId};
use state::{Attributes, Object, Row, Status};
use store::{
    Durability, Loaded, LockRequest, MemoryDisk, MemoryStore, Opening, Process, StackKey, Store,
};

use super::PARALLELISM;
use super::cloud::{self, Cloud, text};
use super::steps::{Choice, Then, stepped};
use super::world::{Pace, SimWorld, Watch};
use crate::drive::{self, ApplyFailure};
use crate::interrupt::{Interrupts, interrupts};
use crate::lease::Held;

/// The stack.
pub(super) struct Sim {
    pub(super) disk: MemoryDisk,
    pub(super) world: Arc<SimWorld>,
    config: Arc<Config>,
    schemas: Arc<Schemas>,
    processes: u32,
    /// Outputs that others read: with any, an apply has a trail.
    pub(super) wired: Vec<Arc<str>>,
}

/// A process that holds the stack.
pub(super) struct Running {
    pub(super) store: Arc<dyn Store>,
    pub(super) held: Held,
    run: RunId,
    /// The state as it found it.
    pub(super) loaded: Loaded,
}

/// What came of a stepped apply.
#[derive(Debug)]
pub(super) struct Stepped {
    /// How many steps there were.
    pub(super) steps: usize,
    /// `None` after a crash.
    pub(super) result: Option<Result<(), ApplyFailure>>,
    /// What was made and destroyed when its lead was over; `None` where it never was, or no trail was left.
    pub(super) paused: Option<(Vec<String>, Vec<String>)>,
    pub(super) outcome: ApplyOutcome,
}

/// Time and processes of one of the simulated processes: it alone lives.
struct Alone(u32, AtomicU32);

impl store::World for Alone {
    fn now_ms(&self) -> u64 {
        u64::from(self.1.fetch_add(1, Ordering::Relaxed))
    }

    fn monotonic_ms(&self) -> u64 {
        self.now_ms()
    }

    fn me(&self) -> Process {
        Process { host: "host".into(), pid: self.0, started: "boot:1".into() }
    }

    fn lives(&self, process: &Process) -> bool {
        process.pid == self.0
    }

    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// The configuration in a text.
pub(super) fn config(text: &str) -> Arc<Config> {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("main.tf"), text).expect("a file");
    let host = host::Host::real().expect("a host");
    let (mut sources, mut diags) = (SourceMap::new(), Diags::new());
    let ignored = BackendRule::Ignored;
    let loaded =
        crate::load::load(&host, dir.path(), ignored, Default::default(), &mut sources, &mut diags);
    no_errors(&diags);
    loaded.expect("a configuration").config
}

/// Fails where there are errors.
pub(super) fn no_errors(diags: &Diags) {
    let errors: Vec<_> = diags.iter().filter(|one| one.is_error()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// Runs to the end on one thread, so that only the choices decide what happens when.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(future)
}

impl Sim {
    /// A stack of which nothing exists.
    pub(super) fn new(config: Arc<Config>) -> Sim {
        let provider: ProviderAddr =
            "registry.opentofu.org/hashicorp/cloud".parse().expect("an address");
        let mut schemas = Schemas::new();
        schemas.insert(provider, Arc::new(cloud::schema()));
        Sim {
            disk: MemoryDisk::new(),
            world: Arc::new(SimWorld::new(Cloud::default(), Pace::AtOnce)),
            config,
            schemas: Arc::new(schemas),
            processes: 0,
            wired: Vec::new(),
        }
    }

    /// The stack after this configuration was applied to it, its list of what was done empty.
    pub(super) async fn settled(config: Arc<Config>) -> Sim {
        let mut sim = Sim::new(config);
        sim.finish().await;
        let mut inner = sim.world.inner();
        inner.cloud.destroyed.clear();
        drop(inner);
        sim
    }

    /// A stack of its own that begins as this one, with another configuration.
    pub(super) async fn reconfigured(&self, config: Arc<Config>) -> Sim {
        let mut sim = Sim::new(config);
        let cloud = self.world.inner().cloud.clone();
        sim.world = Arc::new(SimWorld::new(cloud, Pace::AtOnce));
        let state = self.store(0).peek(&StackKey::root()).expect("a state").state;
        let running = sim.start().await;
        running.store.replace(running.held.lease(), 0, state).expect("the store takes the state");
        running.held.release().await;
        sim
    }

    fn store(&self, process: u32) -> MemoryStore {
        let world = Arc::new(Alone(process, AtomicU32::new(0)));
        MemoryStore::over(self.disk.clone(), world, "1.12.6".into())
    }

    /// The state on disk, and what is in doubt.
    pub(super) fn peek(&self) -> Loaded {
        self.store(0).peek(&StackKey::root()).expect("what is on disk folds")
    }

    /// A process that finds the stack as it was left, whose disk and lease are good.
    pub(super) async fn start(&mut self) -> Running {
        self.processes += 1;
        let run = RunId::new(format!("run-{}", self.processes));
        let store: Arc<dyn Store> = Arc::new(self.store(self.processes));
        let empty = || Arc::from("");
        let request = LockRequest {
            id: empty(),
            operation: empty(),
            info: empty(),
            who: empty(),
            version: empty(),
        };
        self.disk.set_durability(Durability::AtOnce);
        let cloud = self.world.inner().cloud.clone();
        self.world = Arc::new(SimWorld::new(cloud, Pace::AtOnce));
        let held = Held::take(store.clone(), &StackKey::root(), request, Duration::ZERO).await;
        let held = held.expect("nobody else lives");
        let loaded = store.load(held.lease()).expect("what is on disk folds");
        Running { store, held, run, loaded }
    }

    /// A planner upon what the process found.
    pub(super) fn planner(&self, running: &Running) -> Planner {
        Planner::new(PlanInput {
            config: self.config.clone(),
            schemas: self.schemas.clone(),
            state: Arc::new(running.loaded.state.clone()),
            base: crate::stack::base(&running.loaded),
            digests: Digests::default(),
            variables: Vec::new(),
            options: Options::default(),
            time_s: 0,
            workspace: "default".into(),
            cwd: "/work".into(),
            deferral: engine::Deferral::Refused,
            pending: Default::default(),
            stale: Default::default(),
            in_doubt: Vec::new(),
        })
    }

    /// Plans; every call is answered at once.
    pub(super) async fn plan(&self, running: &Running) -> Arc<Plan> {
        let mut planner = self.planner(running);
        let (_interrupter, mut interrupts) = interrupts();
        let driven = drive::plan(&mut planner, &*self.world, PARALLELISM, &mut interrupts).await;
        driven.expect("nobody interrupts");
        let PlanOutcome { plan, diags } = planner.finish();
        no_errors(&diags);
        Arc::new(plan)
    }

    pub(super) fn begin(&self, running: &Running, plan: &Arc<Plan>) -> (store::Journal, Applier) {
        let opening = Opening {
            run: running.run.clone(),
            plan: ::plan::format::digest(plan),
            lineage: Some("lineage".into()),
        };
        let lease = running.held.lease();
        let journal = running.store.open_journal(lease, &opening).expect("a journal");
        let read = read_again(&running.loaded, plan);
        if !read.is_empty() {
            journal.append(read).expect("a journal takes what was read");
        }
        let applier = Applier::new(ApplyInput {
            config: self.config.clone(),
            schemas: self.schemas.clone(),
            state: Arc::new(running.loaded.state.clone()),
            plan: plan.clone(),
            run: running.run.clone(),
            next_seq: journal.last().next(),
            parallelism: PARALLELISM,
            ephemeral: Vec::new(),
            workspace: "default".into(),
            cwd: "/work".into(),
            wired: engine::Wired { outputs: self.wired.clone(), ..Default::default() },
        });
        (journal, applier)
    }

    /// Applies step by step on a disk that holds back, under the watch of the journal's rule; closes where all is well.
    pub(super) async fn apply_stepped(
        &self,
        running: Running,
        plan: &Arc<Plan>,
        choice: &mut Choice,
        interrupts: &mut Interrupts,
        before: &mut dyn FnMut(usize) -> Then,
    ) -> Stepped {
        let watch = Watch::new(self.store(0), running.run.clone(), plan);
        self.world.inner().watch = Some(watch);
        if self.world.inner().pace == Pace::AtOnce {
            self.world.inner().pace = Pace::Stepped;
            self.disk.set_durability(Durability::Held);
        }
        let (journal, mut applier) = self.begin(&running, plan);
        let (mut steps, mut paused) = (0, None);
        let result = {
            let driving = self.drive(&mut applier, &journal, interrupts, &mut paused);
            stepped(driving, &self.world, &self.disk, choice, &mut |step| {
                steps = step + 1;
                before(step)
            })
            .await
        };
        if matches!(result, Some(Ok(()))) {
            running.store.close_journal(running.held.lease(), journal).expect("a journal closes");
            running.held.release().await;
        }
        Stepped { steps, result, paused, outcome: applier.finish() }
    }

    /// Drives lead and trail; in between it tells what there is.
    async fn drive(
        &self,
        applier: &mut Applier,
        journal: &store::Journal,
        interrupts: &mut Interrupts,
        paused: &mut Option<(Vec<String>, Vec<String>)>,
    ) -> Result<(), ApplyFailure> {
        let lead = drive::apply(applier, journal, &*self.world, PARALLELISM, interrupts);
        if lead.await? == engine::Progress::Done {
            return Ok(());
        }
        let cloud = self.world.inner().cloud.clone();
        *paused = Some((cloud.made, cloud.destroyed));
        applier.begin_trail();
        let trail = drive::apply(applier, journal, &*self.world, PARALLELISM, interrupts);
        trail.await.map(drop)
    }

    /// After whatever happened: recovers, then plans and applies until nothing is left to do.
    pub(super) async fn finish(&mut self) {
        let running = self.recover().await;
        let plan = self.plan(&running).await;
        let (journal, mut applier) = self.begin(&running, &plan);
        let (_interrupter, mut interrupts) = interrupts();
        self.drive(&mut applier, &journal, &mut interrupts, &mut None)
            .await
            .expect("nothing fails");
        no_errors(&applier.finish().diags);
        let lease = running.held.lease();
        let loaded = running.store.close_journal(lease, journal).expect("a journal closes");
        assert!(loaded.in_doubt.is_empty(), "{:?}", loaded.in_doubt);
        running.held.release().await;
        let running = self.start().await;
        let plan = self.plan(&running).await;
        let left: Vec<_> = plan.changes.iter().filter(|one| one.action != Action::NoOp).collect();
        assert!(left.is_empty(), "{left:#?}");
        running.held.release().await;
    }

    /// A new process, in which a person looked for every object whose creation is in doubt.
    pub(super) async fn recover(&mut self) -> Running {
        let mut running = self.start().await;
        let doubts = &running.loaded.in_doubt;
        assert!(doubts.len() <= PARALLELISM, "more is in doubt than was under way: {doubts:#?}");
        let creates = doubts.iter().filter(|doubt| doubt.begin.action == journal::Action::Create);
        let looked: Vec<(OpRef, Outcome)> =
            creates.map(|doubt| (doubt.op(), self.look(&running.loaded, doubt))).collect();
        if !looked.is_empty() {
            let run = RunId::new(format!("{}-look", running.run));
            let settled =
                crate::resolve::settle(&running.store, &running.held, "", run, looked).await;
            running.loaded = settled.expect("the journal takes what a person says");
        }
        running
    }

    /// What is in the cloud of the object that an op was to make: of its name, and not known to the state.
    fn look(&self, loaded: &Loaded, doubt: &InDoubt) -> Outcome {
        let planned = doubt.begin.planned.as_ref().expect("a create has a planned object");
        let wanted = attributes(planned);
        let known: BTreeSet<String> =
            loaded.state.rows().map(|(_, row)| text(&attributes(&row.object), "id")).collect();
        let inner = self.world.inner();
        let mut found = inner.cloud.things.iter().filter(|(id, thing)| {
            !known.contains(*id) && text(thing, "name") == text(&wanted, "name")
        });
        let (first, second) = (found.next(), found.next());
        assert!(second.is_none(), "{first:?} was made twice: {second:?}");
        first.map_or(Outcome::Gone, |(_, thing)| {
            let attributes = Attributes::json(cloud::json(thing).into_bytes());
            let object = Object { attributes, status: Status::Ready, ..(**planned).clone() };
            Outcome::Object(Row {
                provider: doubt.begin.provider.clone(),
                object: Arc::new(object),
            })
        })
    }

    /// State and cloud are one, each thing is there once under its name, and what was to stay is what it was.
    pub(super) fn is_at_its_goal(&self) {
        let state = self.peek().state;
        let known: BTreeSet<String> =
            state.rows().map(|(_, row)| text(&attributes(&row.object), "id")).collect();
        let inner = self.world.inner();
        let there: BTreeSet<String> = inner.cloud.things.keys().cloned().collect();
        assert_eq!(there, known, "what exists, and what the state knows");
        assert_eq!(state.object_count(), known.len());
        let mut names: Vec<String> =
            inner.cloud.things.values().map(|thing| text(thing, "name")).collect();
        names.sort();
        let expect = [
            "d1", "d2", "e1", "e2", "f1", "f2", "g3-0", "kept", "n1", "n2", "n3-0", "n3-1", "u1",
            "u2",
        ];
        assert_eq!(names, expect, "something is lost or doubled");
        let mut made = inner.cloud.made[super::BEFORE_COUNT..].to_vec();
        made.sort();
        assert_eq!(made, super::MADE, "each is made once");
        let mut destroyed = inner.cloud.destroyed.clone();
        destroyed.sort();
        assert_eq!(destroyed, super::DESTROYED, "each is destroyed once");
        for stays in ["kept.1", "g3-0.1", "d2.1", "e2.1", "u1.1", "u2.1"] {
            assert!(there.contains(stays), "{stays} was made anew");
        }
    }
}

fn attributes(object: &Object) -> value::Value {
    let json = object.attributes.as_json().expect("attributes in JSON");
    value::json::decode_implied(json).expect("attributes in JSON")
}

/// As `stack::apply` does: what a refresh found resolves updates and deletes in doubt.
fn read_again(loaded: &Loaded, plan: &Plan) -> Vec<Entry> {
    let changed = |doubt: &&InDoubt| doubt.begin.action != journal::Action::Create;
    let entry = |doubt: &InDoubt| {
        let found = plan.prior.row(&doubt.begin.at);
        let outcome = Box::new(found.map_or(Outcome::Gone, Outcome::Object));
        Entry::Resolved { op: doubt.op(), outcome }
    };
    loaded.in_doubt.iter().filter(changed).map(entry).collect()
}
