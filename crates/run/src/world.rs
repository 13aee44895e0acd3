//! The world of one stack: its providers, or a cloud in their place; its files, its lease.
//!
//! Invariant: a provider's process is started by the first call to it; what is built in never waits.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use addr::ProviderAddr;
use engine::{About, Answer, ProviderId, Request};
use plan::ProviderInstance;
use provider::{Handle, Launch, Pool, Provider, StartError};
use schema::protocol::{Call, CallFailure, FailureKind};
use tokio::sync::{OnceCell, Semaphore};

use crate::cloud::Cloud;
use crate::drive::{Answering, World};
use crate::events::{Ended, Event, EventKind, Events, Verb};
use crate::impure::{Surroundings, ask};

/// How often a call that is under way is told of.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// Where the answers of providers come from.
pub(crate) enum From {
    /// Processes.
    Processes {
        /// Those that run.
        pool: Arc<Pool>,
        /// How the stack's are started.
        launches: BTreeMap<ProviderAddr, Launch>,
    },
    /// A simulated cloud.
    Cloud(Arc<dyn Cloud>),
}

/// What answers one call, once it is there.
enum Answers {
    Simulated(Arc<dyn Provider>),
    Process { pool: Arc<Pool>, launch: Launch, cell: Arc<OnceCell<Arc<Handle>>> },
}

impl Answers {
    async fn ready(self) -> Result<Arc<dyn Provider>, StartError> {
        match self {
            Answers::Simulated(provider) => Ok(provider),
            Answers::Process { pool, launch, cell } => {
                let open = || async { pool.open(launch).await.map(Arc::new) };
                let handle: Arc<dyn Provider> = cell.get_or_try_init(open).await?.clone();
                Ok(handle)
            }
        }
    }
}

/// The world of a stack.
pub(crate) struct StackWorld {
    stack: String,
    from: From,
    handles: Mutex<HashMap<ProviderId, Arc<OnceCell<Arc<Handle>>>>>,
    surroundings: Surroundings,
    lease_lost: Arc<AtomicBool>,
    events: Arc<dyn Events>,
    /// Places for calls of the whole command.
    calls: Arc<Semaphore>,
}

impl StackWorld {
    /// A world in which nothing was started yet. `lease_lost` becomes true when calls may no longer begin.
    pub(crate) fn new(
        stack: String,
        from: From,
        surroundings: Surroundings,
        lease_lost: Arc<AtomicBool>,
        events: Arc<dyn Events>,
        calls: Arc<Semaphore>,
    ) -> StackWorld {
        let handles = Mutex::default();
        StackWorld { stack, from, handles, surroundings, lease_lost, events, calls }
    }

    /// Gives up every process that this stack used.
    pub(crate) async fn close(&self) {
        let handles: Vec<_> = self.handles().drain().map(|(_, cell)| cell).collect();
        for cell in handles {
            if let Some(handle) = cell.get() {
                handle.close().await;
            }
        }
    }

    fn handles(
        &self,
    ) -> std::sync::MutexGuard<'_, HashMap<ProviderId, Arc<OnceCell<Arc<Handle>>>>> {
        self.handles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn call(
        &self,
        id: ProviderId,
        provider: &ProviderInstance,
        about: About,
        call: Call,
    ) -> Answering {
        let answers = match &self.from {
            From::Cloud(cloud) => {
                Some(Answers::Simulated(cloud.provider(&self.stack, provider, &about)))
            }
            From::Processes { pool, launches } => {
                launches.get(&provider.config.provider).map(|launch| {
                    let cell = self.handles().entry(id).or_default().clone();
                    Answers::Process { pool: pool.clone(), launch: launch.clone(), cell }
                })
            }
        };
        let told = Told { stack: self.stack.clone(), about, events: self.events.clone() };
        let provider = provider.config.provider.to_string();
        let (calls, lost) = (self.calls.clone(), self.lease_lost.clone());
        Box::pin(async move {
            let kind = call.kind();
            let _place = calls.acquire().await.expect("BUG: the places for calls are never closed");
            // It may have waited long for its place.
            if lost.load(Ordering::Acquire) {
                return Answer::Provider(Err(refused(provider, kind.name(), LEASE_LOST)));
            }
            let Some(answers) = answers else {
                return Answer::Provider(Err(refused(provider, kind.name(), NOT_INSTALLED)));
            };
            match answers.ready().await {
                Ok(provider) => Answer::Provider(told.watch(call, &*provider).await),
                Err(error) => Answer::Provider(Err(error.into())),
            }
        })
    }
}

impl StackWorld {
    /// The answer of the provider that is built in. It takes no time, and is told of as any other's.
    fn built_in(&self, call: &Call, about: &About) -> Answer {
        let new_id = || host::uuid_of((self.surroundings.random)());
        let answer = Ok(provider::builtin::answer(call, &new_id));
        if matches!(call, Call::Apply { .. }) {
            let (stack, events) = (self.stack.clone(), self.events.clone());
            let told = Told { stack, about: about.clone(), events };
            told.began(verb(call));
            told.ended(verb(call), &answer, Duration::ZERO);
        }
        Answer::Provider(answer)
    }
}

impl World for StackWorld {
    fn answer_now(&self, request: &Request, providers: &[ProviderInstance]) -> Option<Answer> {
        match request {
            Request::World(request) => Some(Answer::World(ask(request, &self.surroundings))),
            Request::Provider { provider, call, about } => {
                let addr = &providers[provider.0 as usize].config.provider;
                addr.is_builtin().then(|| self.built_in(call, about))
            }
        }
    }

    fn answer(&self, request: Request, providers: &[ProviderInstance]) -> Answering {
        match request {
            Request::Provider { provider, about, call } => {
                self.call(provider, &providers[provider.0 as usize], about, *call)
            }
            Request::World(request) => {
                let answer = ask(&request, &self.surroundings);
                Box::pin(async move { Answer::World(answer) })
            }
        }
    }

    fn stop_calls(&self) {
        self.events.event(Event { stack: self.stack.clone(), kind: EventKind::Interrupted });
        if let From::Processes { pool, .. } = &self.from {
            let pool = pool.clone();
            tokio::spawn(async move { pool.stop().await });
        }
    }

    fn kill(&self) {
        if let From::Processes { pool, .. } = &self.from {
            pool.kill();
        }
    }

    fn may_call(&self) -> bool {
        !self.lease_lost.load(Ordering::Acquire)
    }
}

/// Why calls are not made.
const NOT_INSTALLED: &str = "it is not installed";
const LEASE_LOST: &str = "no call is begun any more: the lease was lost";

fn refused(provider: String, call: &'static str, why: &str) -> CallFailure {
    CallFailure {
        kind: FailureKind::Refused,
        provider: provider.into(),
        call,
        message: why.to_owned(),
        last_lines: Vec::new(),
    }
}

/// A call that is told of while it is under way.
struct Told {
    stack: String,
    about: About,
    events: Arc<dyn Events>,
}

impl Told {
    async fn watch(self, call: Call, provider: &dyn Provider) -> schema::protocol::Answer {
        let verb = verb(&call);
        let begun = Instant::now();
        let changes = matches!(call, Call::Apply { .. });
        if changes {
            self.began(verb);
        }
        let mut answering = provider.call(call);
        let answer = loop {
            tokio::select! {
                biased;
                answer = &mut answering => break answer,
                () = tokio::time::sleep(TELL_EVERY) => {
                    let since = begun.elapsed();
                    self.tell(|address| EventKind::ObjectGoesOn { address, verb, since });
                }
            }
        };
        if changes {
            self.ended(verb, &answer, begun.elapsed());
        }
        answer
    }

    fn began(&self, verb: Verb) {
        self.tell(|address| EventKind::ObjectBegan { address, verb });
    }

    fn ended(&self, verb: Verb, answer: &schema::protocol::Answer, took: Duration) {
        let well = answer.as_ref().is_ok_and(|reply| !reply.has_errors());
        let ended = if well { Ended::Well } else { Ended::Badly };
        self.tell(|address| EventKind::ObjectEnded { address, verb, ended, took });
    }

    fn tell(&self, kind: impl FnOnce(addr::ResourceInstance) -> EventKind) {
        if let About::Instance { address, .. } = &self.about {
            self.events.event(Event { stack: self.stack.clone(), kind: kind(address.clone()) });
        }
    }
}

fn verb(call: &Call) -> Verb {
    match call {
        Call::Apply { planned, .. } if planned.is_null() => Verb::Destroy,
        Call::Apply { prior, .. } if prior.is_null() => Verb::Create,
        Call::Apply { .. } => Verb::Update,
        Call::Plan { .. } => Verb::Plan,
        _ => Verb::Read,
    }
}
