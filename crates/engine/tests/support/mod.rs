//! What the tests of the machines share: configurations in a string, a fake provider, and a driver without threads.

#![expect(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod cloud;
pub(crate) mod estate;
pub(crate) mod fixture;
pub(crate) mod made_up;
pub(crate) mod show;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use addr::ProviderAddr;
use diag::Diags;
use engine::{
    Answer, Applier, ApplyInput, ApplyOutcome, Deferral, Earlier, Effect, GivenVariable, PlanInput,
    PlanOutcome, Planner, Progress, Request, RequestId, Schemas, Stop, Wired,
};
use lang::config::Config;
use plan::{Base, Digest, Digests, Options, Plan};
use schema::protocol::Call;
use state::State;
use state::journal::{Entry, Fold, InDoubt, Open, Outcome, Record, RunId, Seq, fold};
use value::Value;

use self::cloud::Cloud;

/// The provider that answers for every configuration here.
pub(crate) fn provider() -> ProviderAddr {
    "registry.opentofu.org/hashicorp/test".parse().expect("an address")
}

/// In which order answers come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// As asked.
    First,
    /// The last asked first.
    Last,
}

/// A stack in a test: its configuration, its state, and the cloud that it is applied to.
pub(crate) struct Stack {
    pub(crate) config: Arc<Config>,
    pub(crate) state: State,
    pub(crate) cloud: Cloud,
    pub(crate) options: Options,
    pub(crate) variables: Vec<GivenVariable>,
    pub(crate) order: Order,
    /// What the last apply told its journal.
    pub(crate) journal: Vec<Entry>,
    /// What all applies told their journals.
    pub(crate) records: Vec<Record>,
    /// What the last apply left in doubt.
    pub(crate) in_doubt: Vec<InDoubt>,
    /// Outputs that the last apply left behind.
    pub(crate) stale: BTreeSet<Arc<str>>,
    /// What becomes of what cannot be planned yet.
    pub(crate) deferral: Deferral,
    /// Variables that are wired from outputs with pending changes.
    pub(crate) pending: BTreeSet<Arc<str>>,
    /// Outputs that other stacks read.
    pub(crate) wired: Vec<Arc<str>>,
    /// How the apply before the next one came out, as those stacks see it.
    pub(crate) earlier: Earlier,
    /// What happens when the lead of an apply is over.
    pub(crate) between: Between,
    /// What the lead of the last apply gave to those stacks.
    pub(crate) lead: Vec<(Arc<str>, Value)>,
}

/// What happens between the halves of an apply.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Between {
    /// This, and the trail begins.
    Begin(fn(&mut Cloud)),
    /// The trail is left undone.
    Stop,
}

impl Stack {
    /// A stack without objects.
    pub(crate) fn new(fixture: &str) -> Stack {
        Stack {
            config: fixture::load(fixture),
            state: State::new(),
            cloud: Cloud::default(),
            options: Options::default(),
            variables: Vec::new(),
            order: Order::First,
            journal: Vec::new(),
            records: Vec::new(),
            in_doubt: Vec::new(),
            stale: BTreeSet::new(),
            deferral: Deferral::Refused,
            pending: BTreeSet::new(),
            wired: Vec::new(),
            earlier: Earlier::Whole,
            between: Between::Begin(|_| {}),
            lead: Vec::new(),
        }
    }

    /// The same with another configuration.
    pub(crate) fn reconfigured(self, fixture: &str) -> Stack {
        Stack { config: fixture::load(fixture), ..self }
    }

    /// With a root variable.
    pub(crate) fn variable(mut self, name: &str, value: Value) -> Stack {
        self.variables.push(GivenVariable { name: name.into(), value });
        self
    }

    pub(crate) fn schemas(&self) -> Arc<Schemas> {
        let mut schemas = Schemas::new();
        schemas.insert(provider(), Arc::new(cloud::schema()));
        Arc::new(schemas)
    }

    pub(crate) fn base(&self) -> Base {
        Base {
            lineage: self.state.lineage.clone(),
            serial: self.state.serial,
            digest: Digest::default(),
        }
    }

    /// Plans.
    pub(crate) fn plan(&mut self) -> PlanOutcome {
        let mut planner = Planner::new(PlanInput {
            config: self.config.clone(),
            schemas: self.schemas(),
            state: Arc::new(self.state.clone()),
            base: self.base(),
            digests: Digests::default(),
            variables: self.variables.clone(),
            options: self.options.clone(),
            time_s: 0,
            workspace: "default".into(),
            cwd: "/work".into(),
            deferral: self.deferral.clone(),
            pending: self.pending.clone(),
            stale: self.stale.clone(),
            in_doubt: self.in_doubt.clone(),
        });
        let mut waiting: VecDeque<(RequestId, Request)> = VecDeque::new();
        let mut asked = Vec::new();
        loop {
            let progress = planner.advance(&mut asked);
            waiting.extend(asked.drain(..));
            if progress == Progress::Done {
                return planner.finish();
            }
            assert!(!waiting.is_empty(), "the planner waits for nothing");
            let next = match self.order {
                Order::First => waiting.pop_front(),
                Order::Last => waiting.pop_back(),
            };
            let next = next.expect("something is asked");
            let answer = self.answer(&next.1);
            planner.answer(next.0, answer);
        }
    }

    /// Applies a plan, each entry durable at once; the state is the fold of the journal.
    pub(crate) fn apply(&mut self, plan: Plan) -> ApplyOutcome {
        let outcome = self.apply_watched(plan, 10, &mut |_, _| {});
        assert!(self.in_doubt.is_empty(), "{:?}", self.in_doubt);
        outcome
    }

    /// The same with another number of places, and somebody who looks at the journal after each step.
    pub(crate) fn apply_watched(
        &mut self,
        plan: Plan,
        parallelism: usize,
        watch: &mut dyn FnMut(&[Record], &mut Applier),
    ) -> ApplyOutcome {
        let run = RunId::new(format!("r{}", self.state.serial));
        let mut records = vec![record(&run, Seq::OPEN, Entry::Open(self.opening()))];
        for doubt in &self.in_doubt {
            let seq = records.last().expect("an opening").seq.next();
            records.push(record(&run, seq, Entry::InDoubt(Box::new(doubt.clone()))));
        }
        let next = records.last().expect("an opening").seq.next();
        let mut applier = self.applier(Arc::new(plan), run.clone(), (parallelism, next));
        let mut effects = Vec::new();
        let mut waiting: VecDeque<(RequestId, Request)> = VecDeque::new();
        loop {
            let progress = applier.advance(&mut effects);
            for effect in effects.drain(..) {
                match effect {
                    Effect::Append(entries) => {
                        for entry in entries {
                            let seq = records.last().expect("an opening").seq.next();
                            records.push(record(&run, seq, entry));
                        }
                    }
                    Effect::Call(id, request) => waiting.push_back((id, request)),
                }
            }
            applier.durable(records.last().expect("an opening").seq);
            watch(&records, &mut applier);
            if progress == Progress::Done {
                break;
            }
            if progress == Progress::LeadOver {
                self.lead = applier.lead_outputs();
                self.cloud.deeds.push("-- lead over".to_owned());
                match self.between {
                    Between::Begin(happens) => {
                        happens(&mut self.cloud);
                        applier.begin_trail();
                    }
                    Between::Stop => applier.stop(Stop::BeginNothing),
                }
                continue;
            }
            if waiting.is_empty() {
                continue;
            }
            let next = match self.order {
                Order::First => waiting.pop_front(),
                Order::Last => waiting.pop_back(),
            };
            let next = next.expect("something is asked");
            let answer = self.answer(&next.1);
            self.assert_nothing_is_lost(&records);
            applier.answer(next.0, answer);
        }
        let mut folding = Fold::new(self.state.clone()).with_stale(self.stale.clone());
        records.iter().try_for_each(|one| folding.apply(one)).expect("a journal that folds");
        let folded = folding.finish();
        self.in_doubt = folded.in_doubt;
        self.stale = folded.stale;
        self.state = folded.state;
        self.state.serial += 1;
        self.records.extend(records.iter().cloned());
        self.journal = records.into_iter().map(|record| record.entry).collect();
        applier.finish()
    }

    /// What other stacks have of it.
    pub(crate) fn readers(&self) -> Wired {
        Wired { outputs: self.wired.clone(), earlier: self.earlier }
    }

    fn applier(
        &self,
        plan: Arc<Plan>,
        run: RunId,
        (parallelism, next_seq): (usize, Seq),
    ) -> Applier {
        Applier::new(ApplyInput {
            config: self.config.clone(),
            schemas: self.schemas(),
            state: Arc::new(self.state.clone()),
            plan,
            run,
            next_seq,
            parallelism,
            ephemeral: Vec::new(),
            workspace: "default".into(),
            cwd: "/work".into(),
            wired: self.readers(),
        })
    }

    /// Applies, and is killed after so many answers; tells whether anything was left. What had begun and was not answered
    /// never came to the cloud. With [`Cut::BeforeEnd`] the last end did not come to the disk either, if it was not of
    /// something new: that one would be in doubt until a person tells.
    pub(crate) fn crash(&mut self, plan: Plan, answers: usize, cut: Cut) -> bool {
        let mut left = answers;
        let plan = std::sync::Arc::new(plan);
        let run = RunId::new(format!("crash {}", self.state.serial));
        let mut records = vec![record(&run, Seq::OPEN, Entry::Open(self.opening()))];
        let mut applier = self.applier(plan, run.clone(), (2, Seq::OPEN.next()));
        let mut effects = Vec::new();
        let mut waiting: VecDeque<(RequestId, Request)> = VecDeque::new();
        let stopped = loop {
            let progress = applier.advance(&mut effects);
            for effect in effects.drain(..) {
                match effect {
                    Effect::Append(entries) => entries.into_iter().for_each(|entry| {
                        let seq = records.last().expect("an opening").seq.next();
                        records.push(record(&run, seq, entry));
                    }),
                    Effect::Call(id, request) => waiting.push_back((id, request)),
                }
            }
            applier.durable(records.last().expect("an opening").seq);
            if progress == Progress::Done {
                break false;
            }
            let Some((id, request)) = waiting.pop_front() else { continue };
            let changes = matches!(&request, Request::Provider { call, .. } if matches!(**call, Call::Apply { .. }));
            if changes && left == 0 {
                break true;
            }
            left -= usize::from(changes);
            applier.answer(id, self.answer(&request));
        };
        if cut == Cut::BeforeEnd {
            cut_last_end(&mut records);
        }
        // A person tells that what was to be made was not.
        let folded = fold(self.state.clone(), &records).expect("a journal that folds");
        let made = |one: &&InDoubt| one.begin.action == state::journal::Action::Create;
        for doubt in folded.in_doubt.iter().filter(made) {
            let seq = records.last().expect("an opening").seq.next();
            let entry = Entry::Resolved { op: doubt.op(), outcome: Box::new(Outcome::Gone) };
            records.push(record(&run, seq, entry));
        }
        let folded = fold(self.state.clone(), &records).expect("a journal that folds");
        self.state = folded.state;
        self.state.serial += 1;
        self.records.extend(records);
        stopped
    }

    /// If everything ended here: each thing that exists is in the state that the journal tells, or in doubt.
    fn assert_nothing_is_lost(&self, records: &[Record]) {
        let folded = fold(self.state.clone(), records).expect("a journal that folds");
        let text = show::state(&folded.state);
        let lost = self.cloud.things.keys().filter(|id| !text.contains(&format!("{id:?}")));
        let made = |one: &&InDoubt| one.begin.action == state::journal::Action::Create;
        let doubts = folded.in_doubt.iter().filter(made).count();
        let lost: Vec<&String> = lost.collect();
        assert!(lost.len() <= doubts, "{lost:?} are lost, with {doubts} in doubt");
    }

    fn opening(&self) -> Open {
        Open {
            lineage: "l".into(),
            base_serial: self.state.serial,
            base: Digest::default(),
            plan: Digest::default(),
            fence: 1,
            owner: "test".into(),
        }
    }

    pub(crate) fn answer(&mut self, request: &Request) -> Answer {
        match request {
            Request::Provider { call, .. } => Answer::Provider(self.cloud.answer(call)),
            Request::World(funcs::Request::Now) => Answer::World(funcs::Answer::Seconds(60)),
            Request::World(funcs::Request::Random) => Answer::World(funcs::Answer::Random(7)),
            Request::World(other) => panic!("no answer to {other:?}"),
        }
    }
}

/// What of a journal a crash leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// All that was told.
    AfterEnd,
    /// All before the last end.
    BeforeEnd,
}

/// Takes the last end away, unless it is of something that was made.
fn cut_last_end(records: &mut Vec<Record>) {
    let Some(last) = records.iter().rposition(|one| matches!(one.entry, Entry::End(_))) else {
        return;
    };
    let Entry::End(end) = &records[last].entry else { unreachable!("an end") };
    let begins = records.iter().any(|one| match &one.entry {
        Entry::Begin(begin) => begin.op == end.op && begin.action != state::journal::Action::Create,
        _ => false,
    });
    if begins {
        records.truncate(last);
    }
}

fn record(run: &RunId, seq: Seq, entry: Entry) -> Record {
    Record { run: run.clone(), seq, entry }
}

/// Fails with the diagnostics, if there are errors.
pub(crate) fn without_errors(diags: &Diags) {
    let errors: Vec<String> = diags
        .iter()
        .filter(|one| one.is_error())
        .map(|one| format!("{}: {} {}", one.code.0, one.summary, one.detail))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
