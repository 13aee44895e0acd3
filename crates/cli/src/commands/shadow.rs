//! `strata shadow SELECTION`: the plans of stacks upon states where they are, beside those of `tofu`.
//!
//! Invariant: no state, no store and no file of the estate is written; the store that is planned upon is in memory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use diag::Diagnostic;
use plan::{Counts, Options};
use run::adopted::{StateReader, in_place};
use run::estate::StackPlan;
use run::overrides::OVERRIDE_FILE;
use run::shadow::{Difference, Subject, Tofu, compare};
use serde_json::json;
use store::EstateStore;

use super::estate::{Opened, open_from};
use super::store::no_estate;
use super::{Context, show};
use crate::args::ShadowArgs;
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, CALLS_MAX, STACK_BYTES, Session};

/// How many stacks `tofu` plans at a time.
const WIDTH: usize = 4;
/// Most differences of a stack that are listed.
const LISTED_MAX: usize = 20;

/// What came of one stack.
enum Verdict {
    /// Both plan the same.
    Same,
    /// They do not.
    Differs(Vec<Difference>),
    /// One of the two has no plan to compare, and why.
    NotCompared(String),
}

/// A stack and what came of it.
struct Compared {
    address: String,
    counts: Counts,
    verdict: Verdict,
}

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &ShadowArgs) -> Exit {
    session::run(context, CALLS_MAX, |mut session| async move {
        let Some(all) = shadowed(&mut session, args).await else {
            return session.end(Exit::Failed);
        };
        session.report();
        session.context.out(&told(session.context, &all));
        let is_same = all.iter().all(|one| matches!(one.verdict, Verdict::Same));
        session.end(if is_same { Exit::Done } else { Exit::Changes })
    })
}

async fn shadowed(session: &mut Session<'_>, args: &ShadowArgs) -> Option<Vec<Compared>> {
    let context = session.context;
    if !context.is_estate() {
        return session.heed(Err(no_estate(context)));
    }
    let selection = &args.selection;
    let opened = open_from(session, &selection.addresses, &selection.choice, &in_memory)?;
    let hidden = run::estate::store_variables(&opened.file);
    let tofu = Tofu::new(context.host, &args.tofu, &hidden);
    session.heed(tofu.check(&context.dir).map_err(|error| {
        Diagnostic::error("shadow-tofu", format!("`{}` cannot be asked", args.tofu))
            .detail(format!("It was started for its version: {error}."))
            .remedy("Install OpenTofu, or name it with -tofu=PROGRAM.")
    }))?;
    let planning = Options::default();
    let time_s = session.now_s();
    let mut planned =
        run::estate::plan(opened.run(session), &opened.selected, &planning, time_s).await;
    session.diags.extend(std::mem::take(&mut planned.diags));
    planned
        .stacks
        .iter_mut()
        .for_each(|stack| session.diags.extend(std::mem::take(&mut stack.diags)));
    let mut all = compared(context, &opened, &tofu, &planned.stacks);
    for index in &opened.selected.instances {
        let address = opened.graph().instance(*index).addr.to_string();
        if !all.iter().any(|one| one.address == address) {
            let why = "Strata has no plan of it: see what is reported".to_owned();
            let verdict = Verdict::NotCompared(why);
            all.push(Compared { address, counts: Counts::default(), verdict });
        }
    }
    Some(all)
}

/// What comes of each stack, several at a time, in the order of the stacks.
fn compared(
    context: &Context<'_>,
    opened: &Opened,
    tofu: &Tofu,
    stacks: &[StackPlan],
) -> Vec<Compared> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::with_capacity(stacks.len()));
    std::thread::scope(|scope| {
        for _ in 0..WIDTH.min(stacks.len()) {
            let work = || {
                while let Some(stack) = stacks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdict = verdict(context, opened, tofu, stack);
                    let counts = stack.plan.counts();
                    let one = Compared { address: stack.address.to_string(), counts, verdict };
                    found.lock().unwrap_or_else(PoisonError::into_inner).push((stack.index, one));
                }
            };
            let spawned =
                std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
            spawned.expect("BUG: the system gives a thread");
        }
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, one)| one).collect()
}

/// The store in memory, with the states in place.
fn in_memory(
    session: &Session<'_>,
    file: &run::estate::EstateFile,
    environment: estate::EnvironmentIdx,
) -> Result<Arc<dyn EstateStore>, Diagnostic> {
    let host = session.context.host;
    let reader = StateReader::new(host, &file.dir, &run::estate::store_variables(file));
    let request = run::lease::request(host, "shadow");
    // Before `init` there is none, and it takes none to plan upon states in place.
    let own = match file.estate.id.is_some() {
        true => run::estate::open_store(host, file).ok(),
        false => None,
    };
    in_place(file, environment, own.as_deref(), &reader, &request)
}

fn verdict(context: &Context<'_>, opened: &Opened, tofu: &Tofu, stack: &StackPlan) -> Verdict {
    if stack.unknown_inputs > 0 {
        return Verdict::NotCompared(
            "it is given what is known only once a stack below was applied".to_owned(),
        );
    }
    let instance = opened.graph().instance(stack.index);
    let overlay = opened.checked.module(instance).overlay.clone();
    let mut files = overlay.map(|overlay| overlay.files()).unwrap_or_default();
    files.retain(|(name, text)| name != OVERRIDE_FILE || !text.is_empty());
    let environment = &opened.file.estate[opened.environment];
    let lock_file = environment.lock_file.as_ref().map_or(".terraform.lock.hcl", |lock| &lock.node);
    let key = store::StackKey::from(&stack.address);
    let state = match opened.store.peek(&key) {
        Ok(loaded) => loaded.state,
        Err(error) => return Verdict::NotCompared(error.to_string()),
    };
    let subject = Subject {
        stack: &stack.stack,
        plan: &stack.plan,
        state: &state,
        files,
        lock_file: opened.file.dir.join(lock_file),
    };
    let theirs = match tofu.plan(context.host, &subject) {
        Ok(document) => document,
        Err(why) => return Verdict::NotCompared(why),
    };
    let (schemas, loaded) = (&stack.stack.schemas, &stack.stack.loaded);
    let ours = show::planned_document(&stack.plan, schemas, Some(loaded));
    let ours = match serde_json::from_str(&ours) {
        Ok(document) => document,
        Err(error) => return Verdict::NotCompared(format!("its document cannot be read: {error}")),
    };
    match compare(&ours, &theirs) {
        differences if differences.is_empty() => Verdict::Same,
        differences => Verdict::Differs(differences),
    }
}

fn told(context: &Context<'_>, all: &[Compared]) -> String {
    let same = all.iter().filter(|one| matches!(one.verdict, Verdict::Same)).count();
    if context.format == Format::Json {
        let stacks: Vec<_> = all.iter().map(document).collect();
        return format!(
            "{:#}\n",
            json!({ "format_version": "1.0", "stacks": stacks, "same": same, "of": all.len() })
        );
    }
    let wide = all.iter().map(|one| one.address.len()).max().unwrap_or(0);
    let mut text: String = all.iter().map(|one| lines(one, wide)).collect();
    text.push_str(&format!(
        "\n{same} of {} stacks gave the same plan. Nothing was written.\n",
        all.len()
    ));
    text
}

fn lines(one: &Compared, wide: usize) -> String {
    let Counts { add, change, destroy, .. } = one.counts;
    let counts = match (add, change, destroy) {
        (0, 0, 0) => "no changes".to_owned(),
        _ => format!("{add} to add, {change} to change, {destroy} to destroy"),
    };
    match &one.verdict {
        Verdict::Same => format!("  {:wide$}  same: {counts}\n", one.address),
        Verdict::NotCompared(why) => {
            // What a provider or `tofu` says is somebody else's text.
            let why: Vec<String> = why.trim_end().lines().map(render::clean).collect();
            let why = why.join("\n      ");
            format!("  {:wide$}  NOT COMPARED: {why}\n", one.address)
        }
        Verdict::Differs(found) => {
            let mut text = format!("  {:wide$}  DIFFERS: strata says {counts}\n", one.address);
            for it in found.iter().take(LISTED_MAX) {
                let said = match &it.at {
                    Some(at) => format!("{}: both {}, but not the same {at}", it.address, it.ours),
                    None => format!("{}: strata {}, tofu {}", it.address, it.ours, it.theirs),
                };
                text.push_str(&format!("      {}\n", render::clean(&said)));
            }
            if found.len() > LISTED_MAX {
                text.push_str(&format!("      +{} more\n", found.len() - LISTED_MAX));
            }
            text
        }
    }
}

fn document(one: &Compared) -> serde_json::Value {
    let Counts { add, change, destroy, .. } = one.counts;
    let (verdict, why, differences) = match &one.verdict {
        Verdict::Same => ("same", None, &[][..]),
        Verdict::Differs(found) => ("differs", None, &found[..]),
        Verdict::NotCompared(why) => ("not_compared", Some(why), &[][..]),
    };
    let differences: Vec<_> = differences
        .iter()
        .map(|it| json!({ "address": it.address, "strata": it.ours, "tofu": it.theirs, "at": it.at }))
        .collect();
    json!({
        "address": one.address, "verdict": verdict, "why": why, "differences": differences,
        "add": add, "change": change, "destroy": destroy,
    })
}
