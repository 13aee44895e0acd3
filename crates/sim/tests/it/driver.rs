//! Drives the real planner and applier against the simulated cloud, without threads and with a world in memory.
//!
//! Invariant: every answer comes of the simulated provider, at once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use addr::ProviderAddr;
use diag::{Diags, SourceMap};
use engine::{
    Answer, Applier, ApplyInput, Deferral, Earlier, Effect, PlanInput, Planner, Progress, Request,
    Wired,
};
use lang::config::{BackendRule, Config, LoadOptions, Loader, RootVariables};
use plan::{Action, Base, Digest, Digests, Options, Plan, Schemas};
use provider::Wanted;
use run::cloud::Cloud;
use schema::version::{Constraints, Dialect, Version};
use sim::{Drift, Fault, MemoryRows, Overlays, Rehearsal, SchemaSources, Settings, WorldRows};
use state::State;
use state::journal::{Entry, InDoubt, Open, Record, RunId, Seq, fold};

pub(crate) struct Stack {
    pub(crate) config: Arc<Config>,
    pub(crate) state: State,
    pub(crate) rows: Arc<dyn WorldRows>,
    pub(crate) rehearsal: Arc<Rehearsal>,
    pub(crate) in_doubt: Vec<InDoubt>,
    /// Versions, by the provider's name.
    pub(crate) constraints: BTreeMap<String, String>,
}

pub(crate) fn rehearsal(
    rows: &Arc<dyn WorldRows>,
    seed: u64,
    faults: &[&str],
    drifts: &[&str],
) -> Arc<Rehearsal> {
    let settings = Settings {
        seed,
        faults: faults.iter().map(|text| Fault::parse(text).unwrap()).collect(),
        drifts: drifts.iter().map(|text| Drift::parse(text).unwrap()).collect(),
        schemas: SchemaSources::embedded(),
        overlays: Overlays::embedded(),
    };
    Rehearsal::open(settings, rows.clone()).unwrap()
}

pub(crate) fn load(text: &str) -> Arc<Config> {
    let options = LoadOptions {
        version: Version::parse("1.12.6").unwrap(),
        variables: RootVariables::default(),
        backend: BackendRule::Ignored,
    };
    let mut loader = Loader::new(".", options);
    let (mut sources, mut wanted) = (SourceMap::new(), Vec::new());
    loop {
        loader.advance(&mut wanted);
        if wanted.is_empty() {
            break;
        }
        for folder in wanted.drain(..) {
            loader.answer(&folder, Ok(vec![("main.tf".to_owned(), text.into())]), &mut sources);
        }
    }
    let mut diags = Diags::new();
    let config = loader.finish(&mut diags);
    clean(&diags);
    Arc::new(config.unwrap())
}

pub(crate) fn clean(diags: &Diags) {
    let told = told(diags);
    assert!(told.is_empty(), "{told:#?}");
}

pub(crate) fn told(diags: &Diags) -> Vec<String> {
    let errors = diags.iter().filter(|one| one.is_error());
    errors.map(|one| format!("{}: {} {}", one.code.0, one.summary, one.detail)).collect()
}

/// Waits for a future that never waits.
pub(crate) fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the simulated provider waits"),
    }
}

impl Stack {
    /// A stack of a provider of our own: `acme/cloud`, with this document and this overlay.
    pub(crate) fn of_own(text: &str, document: &str, overlay: &str) -> Stack {
        let rows: Arc<dyn WorldRows> = Arc::new(MemoryRows::new());
        let (mut schemas, mut overlays) = (SchemaSources::embedded(), Overlays::embedded());
        schemas.give("acme.json", document.as_bytes()).unwrap();
        let mut diags = Diags::new();
        overlays.add(diag::FileId::new(0), overlay, &mut diags);
        clean(&diags);
        let settings = Settings { schemas, overlays, ..Settings::default() };
        let rehearsal = Rehearsal::open(settings, rows.clone()).unwrap();
        Stack { rows, rehearsal, ..Stack::new(text) }
    }

    pub(crate) fn new(text: &str) -> Stack {
        let rows: Arc<dyn WorldRows> = Arc::new(MemoryRows::new());
        let rehearsal = rehearsal(&rows, 0, &[], &[]);
        Stack {
            config: load(text),
            state: State::new(),
            rows,
            rehearsal,
            in_doubt: Vec::new(),
            constraints: BTreeMap::new(),
        }
    }

    pub(crate) fn again(&mut self, faults: &[&str], drifts: &[&str]) {
        self.rehearsal = rehearsal(&self.rows, 0, faults, drifts);
    }

    pub(crate) fn schemas(&self) -> Arc<Schemas> {
        type Names = BTreeSet<Arc<str>>;
        let mut wanted: Vec<(ProviderAddr, Names, Names)> = Vec::new();
        let mut add = |provider: &ProviderAddr, resource: &addr::Resource| {
            let at = wanted.iter().position(|one| one.0 == *provider).unwrap_or_else(|| {
                wanted.push((provider.clone(), BTreeSet::new(), BTreeSet::new()));
                wanted.len() - 1
            });
            let names = match resource.mode {
                addr::Mode::Data => &mut wanted[at].2,
                _ => &mut wanted[at].1,
            };
            names.insert(resource.type_name.clone());
        };
        for module in &self.config.modules {
            module.def.resources.iter().for_each(|one| add(&one.provider, &one.addr));
        }
        for (address, resource) in self.state.resources() {
            add(&resource.provider.provider, &address.resource);
        }
        let mut schemas = Schemas::new();
        for (provider, resources, data) in wanted {
            let empty = BTreeSet::new;
            let wanted = Wanted::Named { resources, data, ephemeral: empty(), functions: empty() };
            let constraints = self.constraints.get(&*provider.name).map_or("", String::as_str);
            let constraints =
                Constraints::parse(constraints, Dialect::Provider).unwrap_or_default();
            let schema =
                self.rehearsal.schemas("dev/net", &provider, &constraints, &wanted).unwrap();
            schemas.insert(provider, Arc::new(schema));
        }
        Arc::new(schemas)
    }

    pub(crate) fn answer(&self, request: Request, addresses: &[addr::ProviderInstance]) -> Answer {
        match request {
            Request::Provider { provider, about, call } => {
                let instance = &addresses[provider.0 as usize];
                let provider = self.rehearsal.provider("dev/net", instance, &about);
                Answer::Provider(ready(provider.call(*call)))
            }
            Request::World(funcs::Request::Random) => Answer::World(funcs::Answer::Random(7)),
            Request::World(other) => panic!("no answer to {other:?}"),
        }
    }

    pub(crate) fn plan_with(&mut self, options: Options) -> (Plan, Diags) {
        let mut planner = Planner::new(PlanInput {
            config: self.config.clone(),
            schemas: self.schemas(),
            state: Arc::new(self.state.clone()),
            base: Base {
                lineage: self.state.lineage.clone(),
                serial: self.state.serial,
                digest: Digest::default(),
            },
            digests: Digests::default(),
            variables: Vec::new(),
            options,
            time_s: 0,
            workspace: "default".into(),
            cwd: "/work".into(),
            deferral: Deferral::Refused,
            pending: BTreeSet::new(),
            stale: BTreeSet::new(),
            in_doubt: self.in_doubt.clone(),
        });
        let addresses = planner.providers().to_vec();
        let (mut waiting, mut asked) = (VecDeque::new(), Vec::new());
        while planner.advance(&mut asked) != Progress::Done {
            waiting.extend(asked.drain(..));
            let (id, request) = waiting.pop_front().expect("something is asked");
            planner.answer(id, self.answer(request, &addresses));
        }
        let outcome = planner.finish();
        (outcome.plan, outcome.diags)
    }

    pub(crate) fn plan(&mut self) -> Plan {
        let (plan, diags) = self.plan_with(Options::default());
        clean(&diags);
        plan
    }

    pub(crate) fn apply(&mut self, plan: Plan) -> Diags {
        let run = RunId::new(format!("r{}", self.state.serial));
        let open = Open {
            lineage: "l".into(),
            base_serial: self.state.serial,
            base: Digest::default(),
            plan: Digest::default(),
            fence: 1,
            owner: "test".into(),
        };
        let mut records =
            vec![Record { run: run.clone(), seq: Seq::OPEN, entry: Entry::Open(open) }];
        let addresses: Vec<addr::ProviderInstance> = plan.providers.clone();
        let mut applier = Applier::new(ApplyInput {
            config: self.config.clone(),
            schemas: self.schemas(),
            state: Arc::new(self.state.clone()),
            plan: Arc::new(plan),
            run: run.clone(),
            next_seq: Seq::OPEN.next(),
            parallelism: 10,
            ephemeral: Vec::new(),
            workspace: "default".into(),
            cwd: "/work".into(),
            wired: Wired { outputs: Vec::new(), earlier: Earlier::Whole },
        });
        let (mut effects, mut waiting) = (Vec::new(), VecDeque::new());
        loop {
            let progress = applier.advance(&mut effects);
            for effect in effects.drain(..) {
                match effect {
                    Effect::Append(entries) => {
                        for entry in entries {
                            let seq = records.last().unwrap().seq.next();
                            records.push(Record { run: run.clone(), seq, entry });
                        }
                    }
                    Effect::Call(id, request) => waiting.push_back((id, request)),
                }
            }
            applier.durable(records.last().unwrap().seq);
            match progress {
                Progress::Done => break,
                Progress::LeadOver => applier.begin_trail(),
                _ => {}
            }
            if let Some((id, request)) = waiting.pop_front() {
                applier.answer(id, self.answer(request, &addresses));
            }
        }
        let folded = fold(self.state.clone(), &records).unwrap();
        self.in_doubt = folded.in_doubt;
        self.state = folded.state;
        self.state.serial += 1;
        applier.finish().diags
    }

    pub(crate) fn applied(mut self) -> Stack {
        let plan = self.plan();
        clean(&self.apply(plan));
        let again = self.plan();
        assert_eq!(actions(&again), Vec::<String>::new(), "a second plan changes something");
        self
    }

    /// The attributes of an instance, as JSON.
    pub(crate) fn attrs(&self, address: &str) -> serde_json::Value {
        let wanted: addr::ResourceInstance = address.parse().unwrap();
        let text = state::v4::write(&self.state);
        let json: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let found = json["resources"].as_array().unwrap().iter().find(|one| {
            one["type"] == *wanted.resource.type_name && one["name"] == *wanted.resource.name
        });
        found.unwrap()["instances"][0]["attributes"].clone()
    }
}

/// What a plan does, but for what it leaves as it is.
pub(crate) fn actions(plan: &Plan) -> Vec<String> {
    let all = plan.changes.iter().filter(|one| one.action != Action::NoOp);
    all.map(|one| format!("{:?} {}", one.action, one.address)).collect()
}
