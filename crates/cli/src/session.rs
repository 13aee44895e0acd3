//! What commands that talk to providers and stores have in common: a runtime, one pool of processes, interrupts, and
//! somebody who shows progress.

use std::future::Future;
use std::sync::Arc;

use diag::{Diags, SourceMap};
use provider::{Pool, Settings as PoolSettings};
use run::estate::pull_request::{Base, PullRequest};
use run::events::Events;
use run::stack::Shared;
use tokio::sync::Semaphore;

use crate::commands::Context;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::rehearsal::Rehearsing;

/// A session of one command.
pub(crate) struct Session<'a> {
    /// The command's surroundings.
    pub(crate) context: &'a Context<'a>,
    /// Files that were read, for places in diagnostics.
    pub(crate) sources: SourceMap,
    /// What is to be reported at the end.
    pub(crate) diags: Diags,
    /// Processes, events, interrupts.
    pub(crate) shared: Shared,
    /// Who shows what happens.
    pub(crate) progress: Arc<Progress>,
    /// What a rehearsal works on.
    pub(crate) rehearsal: Option<Rehearsing>,
    /// While a stack's access is derived: its store's name, and where its calls go.
    pub(crate) deriving: Option<Deriving>,
    /// The commit whose rules count, in place of those of the files as they are.
    pub(crate) base: Option<Arc<Base>>,
    /// The change that is planned though nobody has let it in yet.
    pub(crate) pull_request: Option<PullRequest>,
    /// Whether what comes of each step is printed.
    pub(crate) telling: Telling,
}

/// A stack whose access is derived.
pub(crate) struct Deriving {
    /// The name of the store that it is applied in.
    pub(crate) store: String,
    /// Where its calls to AWS are recorded; nowhere where it has none.
    pub(crate) recorded: Option<run::credentials::Recorded>,
}

impl Session<'_> {
    /// Reports what was found, and tells how the command ends where nothing else decides.
    pub(crate) fn end(self, otherwise: Exit) -> Exit {
        self.context.report_in(&self.diags, &self.sources);
        if self.diags.has_errors() { Exit::Failed } else { otherwise }
    }

    /// Makes so many calls of providers at one time the most, for all stacks together; before any of them.
    pub(crate) fn bound_calls(&mut self, calls_max: u32) {
        self.shared.calls = Arc::new(Semaphore::new(calls_max as usize));
    }

    /// Seconds since 1970, by the clock of the session: a rehearsal's stands.
    pub(crate) fn now_s(&self) -> i64 {
        (self.shared.now)()
    }

    /// What tells milliseconds since 1970, by the same clock.
    pub(crate) fn clock_ms(&self) -> fn() -> u64 {
        if self.rehearsal.is_some() { crate::rehearsal::now_ms } else { now_ms }
    }

    /// Milliseconds since 1970, by the same clock.
    pub(crate) fn now_ms(&self) -> u64 {
        self.clock_ms()()
    }

    /// Random bits: a rehearsal's come from its seed.
    pub(crate) fn random_bits(&self) -> u128 {
        (self.shared.random)()
    }

    /// Whether what comes of each step is printed.
    pub(crate) fn tells_steps(&self) -> bool {
        self.telling == Telling::Steps
    }

    /// Whether an error was found so far.
    pub(crate) fn failed(&self) -> bool {
        self.diags.has_errors()
    }

    /// Reports what was found so far, and forgets it.
    pub(crate) fn report(&mut self) {
        let diags = std::mem::take(&mut self.diags);
        self.context.report_in(&diags, &self.sources);
    }
}

/// What a command prints of the steps that it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Telling {
    /// What comes of each.
    Steps,
    /// Nothing: the command tells of them in its own words.
    Nothing,
}

/// Calls of providers at one time, for all stacks together, where nothing else is asked for.
pub(crate) const CALLS_MAX: usize = 64;

/// Runs a command's work within a runtime; processes that it started are ended afterwards.
pub(crate) fn run<'a, F, W>(context: &'a Context<'a>, parallelism: usize, work: W) -> Exit
where
    F: Future<Output = Exit>,
    W: FnOnce(Session<'a>) -> F,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(STACK_BYTES)
        .enable_all()
        .build()
        .expect("BUG: the system gives a runtime");
    runtime.block_on(async {
        let (interrupter, interrupts) = run::interrupts();
        if let Err(error) = interrupter.listen() {
            context.report(&no_interrupts(&error));
        }
        let pool = Pool::new(PoolSettings {
            cache_dir: context.host.cache_dir(),
            ..PoolSettings::default()
        });
        let progress = Arc::new(Progress::new(context));
        let events: Arc<dyn Events> = progress.clone();
        let shared = Shared {
            cloud: None,
            pool: pool.clone(),
            events,
            interrupts,
            parallelism,
            calls: Arc::new(Semaphore::new(CALLS_MAX)),
            home: context.host.home(),
            now: now_s,
            random: Arc::new(random_bits),
            bounds: None,
        };
        let session = Session {
            context,
            sources: SourceMap::new(),
            diags: Diags::new(),
            shared,
            progress: progress.clone(),
            rehearsal: None,
            deriving: None,
            base: None,
            pull_request: None,
            telling: Telling::Steps,
        };
        let drawing = tokio::spawn(async move { progress.tick().await });
        let exit = work(session).await;
        drawing.abort();
        pool.close().await;
        exit
    })
}

/// Stack of the threads that evaluate: expressions may be nested 1,000 levels deep.
pub(crate) const STACK_BYTES: usize = 64 << 20;

fn no_interrupts(error: &std::io::Error) -> Diags {
    let mut diags = Diags::new();
    diags.push(
        diag::Diagnostic::warning("no-interrupts", "Interrupts cannot be caught")
            .detail(format!(
                "{error}. Ctrl-C ends Strata at once; the journal keeps what was done."
            ))
            .remedy("None is needed: the next command recovers."),
    );
    diags
}

/// Seconds since 1970.
pub(crate) fn now_s() -> i64 {
    i64::try_from(host::Clock.now().seconds).unwrap_or(i64::MAX)
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    host::Clock.now().millis()
}

/// Random bits.
pub(crate) fn random_bits() -> u128 {
    u128::from_le_bytes(host::random())
}
