//! What came of a run: what was done, what was not and why, what took longest, and what to do next.
//!
//! Invariant: whatever did not come to its end is named, stack by stack; nothing here is longer than
//! [`LINES_MAX`] lines, and what is left out is counted.

use std::fmt::Write as _;
use std::time::Duration;

use plan::Counts;
use serde_json::json;

use super::took;
use crate::clean::{clean, end};
use crate::paint::Paint;

/// Most stacks that are told of by name.
const LINES_MAX: usize = 20;
/// Most stacks, and objects, of those that took longest.
const SLOW_MAX: usize = 3;
/// What took less is not worth a word.
const WORTH_A_WORD: Duration = Duration::from_secs(1);
/// Most characters of a line.
const LINE_CHARS_MAX: usize = 120;

/// A run that is over.
#[derive(Clone, Debug, Default)]
pub struct RunDone {
    /// What it did, for the first word: `Applied`, `Destroyed`.
    pub verb: &'static str,
    /// The plan's id, which is the run's.
    pub id: String,
    /// Its stacks, in the order in which they ended.
    pub stacks: Vec<StackDone>,
    /// Objects that took long, in any order.
    pub slow: Vec<Slow>,
    /// How long it took as a whole.
    pub took: Duration,
    /// What to type next.
    pub next: Option<String>,
}

/// What came of one stack.
#[derive(Clone, Debug)]
pub struct StackDone {
    /// Its address.
    pub address: String,
    /// What was done.
    pub done: Counts,
    /// How it came out.
    pub came: Came,
    /// Outputs that are behind what its configuration says, for not all that they come from was done.
    pub stale: Vec<String>,
    /// What was left for a later plan, each with its bound.
    pub deferred: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

/// How a stack came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// To its end.
    Well,
    /// All is done but what waits for a value.
    Deferred {
        /// The stack that has not given it out; none where parts of its own wait.
        on: Option<String>,
    },
    /// What was to go is still there.
    TrailUndone {
        /// The stack that stands on it still.
        by: String,
    },
    /// Not to its end; a diagnostic tells why.
    Failed,
    /// Its later plan was refused; nothing of it was touched.
    Refused,
    /// Nothing of it was touched, because of something else.
    Blocked {
        /// By what.
        by: String,
    },
    /// The run was stopped before it was over.
    Stopped,
}

impl Came {
    /// The word of it: in the summary for people, and in JSON.
    fn word(&self) -> (&'static str, &'static str) {
        match self {
            Came::Well => ("done", "well"),
            Came::Deferred { .. } => ("deferred", "deferred"),
            Came::TrailUndone { .. } => ("left", "trail_undone"),
            Came::Failed => ("FAILED", "badly"),
            Came::Refused => ("REFUSED", "refused"),
            Came::Blocked { .. } => ("blocked", "blocked"),
            Came::Stopped => ("stopped", "stopped"),
        }
    }

    /// The other stack that it is about.
    fn other(&self) -> Option<&str> {
        match self {
            Came::Deferred { on } => on.as_deref(),
            Came::TrailUndone { by } | Came::Blocked { by } => Some(by),
            Came::Well | Came::Failed | Came::Refused | Came::Stopped => None,
        }
    }
}

/// An object that took long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slow {
    /// The object, with its stack in front.
    pub address: String,
    /// `created`.
    pub did: &'static str,
    /// How long.
    pub took: Duration,
}

/// The summary, as text.
pub fn run_done(run: &RunDone, paint: Paint) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", paint.bold(&head(run)));
    let mut lines = Vec::new();
    for stack in &run.stacks {
        lines.extend(told(stack, paint));
    }
    let more = lines.len().saturating_sub(LINES_MAX);
    if !lines.is_empty() {
        out.push('\n');
    }
    lines.iter().take(LINES_MAX).for_each(|line| {
        let _ = writeln!(out, "{line}");
    });
    if more > 0 {
        let _ = writeln!(out, "  +{more} more");
    }
    longest(run, &mut out);
    if let Some(next) = &run.next {
        let _ = writeln!(out, "\n{}", paint.bold(&format!("next: {}", clean(next))));
    }
    out
}

/// How much was done, in how many stacks, and how many did not come to their end.
fn head(run: &RunDone) -> String {
    let sum = |of: fn(&Counts) -> usize| run.stacks.iter().map(|one| of(&one.done)).sum::<usize>();
    let (add, change, destroy) = (sum(|c| c.add), sum(|c| c.change), sum(|c| c.destroy));
    let forget = match sum(|c| c.forget) {
        0 => String::new(),
        n => format!(", {n} forgotten"),
    };
    let is_well = |came: &Came| matches!(came, Came::Well | Came::Deferred { on: None });
    let well = run.stacks.iter().filter(|one| is_well(&one.came)).count();
    let mut bad = String::new();
    for word in ["FAILED", "REFUSED", "blocked", "left", "stopped"] {
        let n = run.stacks.iter().filter(|one| one.came.word().0 == word).count();
        if n > 0 {
            let _ = write!(bad, "; {n} {word}");
        }
    }
    let all = run.stacks.len();
    let stacks = if well == all { format!("{all}") } else { format!("{well} of {all}") };
    let plural = if all == 1 { "" } else { "s" };
    format!(
        "{} {}: {add} added, {change} changed, {destroy} destroyed{forget}, in {stacks} stack{plural}{bad} · {}",
        run.verb,
        clean(&run.id),
        took(run.took)
    )
}

/// What is to be said of a stack that is not simply done, a line each.
fn told(stack: &StackDone, paint: Paint) -> Vec<String> {
    let line = |word: &str, text: &str| {
        end(&clean(&format!("  {word:<9} {}   {text}", stack.address)), LINE_CHARS_MAX)
            .trim_end()
            .to_owned()
    };
    let mut lines = Vec::new();
    let text = match &stack.came {
        Came::Well => None,
        Came::Deferred { on: Some(on) } => Some(format!("waits for what {on} has not given out")),
        Came::Deferred { on: None } if !stack.deferred.is_empty() => None,
        Came::Deferred { on: None } => Some("parts of it wait for a later plan".to_owned()),
        Came::TrailUndone { by } => {
            Some(format!("what was to go is still there: {by} stands on it"))
        }
        Came::Failed => Some(format!(
            "after {} added, {} changed, {} destroyed",
            stack.done.add, stack.done.change, stack.done.destroy
        )),
        Came::Refused => Some("its later plan is refused; nothing of it was touched".to_owned()),
        Came::Blocked { by } => Some(format!("by {by}; nothing of it was touched")),
        Came::Stopped => Some("before it was over".to_owned()),
    };
    if let Some(text) = text {
        let line = line(stack.came.word().0, &text);
        lines.push(match stack.came {
            Came::Failed | Came::Refused => paint.red(&line),
            _ => paint.yellow(&line),
        });
    }
    if !stack.stale.is_empty() {
        let text = format!("{}: behind what is configured", stack.stale.join(", "));
        lines.push(paint.yellow(&line("stale", &text)));
    }
    lines.extend(stack.deferred.iter().map(|text| line("deferred", text)));
    lines
}

/// The stacks and the objects that took longest.
fn longest(run: &RunDone, out: &mut String) {
    let mut stacks: Vec<(&str, &str, Duration)> =
        run.stacks.iter().map(|one| (one.address.as_str(), "", one.took)).collect();
    let mut objects: Vec<(&str, &str, Duration)> =
        run.slow.iter().map(|one| (one.address.as_str(), one.did, one.took)).collect();
    for all in [&mut stacks, &mut objects] {
        all.retain(|(_, _, took)| *took >= WORTH_A_WORD);
        all.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(b.0)));
        all.truncate(SLOW_MAX);
    }
    if !stacks.is_empty() || !objects.is_empty() {
        out.push_str("\ntook longest\n");
    }
    let all: Vec<_> = stacks.into_iter().chain(objects).collect();
    let width = all.iter().map(|(_, _, time)| took(*time).len()).max().unwrap_or(0);
    for (address, did, time) in all {
        let did = if did.is_empty() { String::new() } else { format!("   {did}") };
        let line = format!("  {:>width$}   {}{did}", took(time), clean(address));
        let _ = writeln!(out, "{}", end(&line, LINE_CHARS_MAX));
    }
}

/// The summary, as JSON.
pub fn run_done_json(run: &RunDone) -> String {
    let stacks = run.stacks.iter().map(|stack| {
        let mut document = json!({
            "address": stack.address,
            "ended": stack.came.word().1,
            "add": stack.done.add,
            "change": stack.done.change,
            "destroy": stack.done.destroy,
            "forget": stack.done.forget,
            "stale": stack.stale,
            "deferred": stack.deferred,
            "seconds": stack.took.as_secs_f64(),
        });
        if let Some(other) = stack.came.other() {
            document["because_of"] = json!(other);
        }
        document
    });
    let slow = run.slow.iter().map(
        |one| json!({ "address": one.address, "did": one.did, "seconds": one.took.as_secs_f64() }),
    );
    let document = json!({
        "format_version": "1.0",
        "run": run.id,
        "seconds": run.took.as_secs_f64(),
        "stacks": stacks.collect::<Vec<_>>(),
        "slow": slow.collect::<Vec<_>>(),
        "next": run.next,
    });
    format!("{document:#}\n")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn stack(address: &str, came: Came, seconds: u64) -> StackDone {
        StackDone {
            address: address.into(),
            done: Counts { add: 2, ..Counts::default() },
            came,
            stale: Vec::new(),
            deferred: Vec::new(),
            took: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn a_summary_names_what_did_not_come_to_its_end_and_what_took_longest() {
        let run = RunDone {
            verb: "Applied",
            id: "p-7Q4K".into(),
            stacks: vec![
                stack("prod/network:eu-west-1", Came::Well, 0),
                StackDone {
                    stale: vec!["endpoint".into()],
                    ..stack("prod/database", Came::Failed, 70)
                },
                StackDone {
                    done: Counts::default(),
                    ..stack("prod/payments", Came::Blocked { by: "prod/database".into() }, 0)
                },
                StackDone {
                    deferred: vec!["helm_release.app[*]: at most 14 creates, no destroy".into()],
                    ..stack("prod/services", Came::Well, 3)
                },
            ],
            slow: vec![Slow {
                address: "prod/database//aws_rds_cluster.main".into(),
                did: "created",
                took: Duration::from_secs(65),
            }],
            took: Duration::from_secs(75),
            next: Some("strata resume p-7Q4K".into()),
        };
        assert_snapshot!(run_done(&run, Paint::Plain), @r"
        Applied p-7Q4K: 6 added, 0 changed, 0 destroyed, in 2 of 4 stacks; 1 FAILED; 1 blocked · 1 min 15 s

          FAILED    prod/database   after 2 added, 0 changed, 0 destroyed
          stale     prod/database   endpoint: behind what is configured
          blocked   prod/payments   by prod/database; nothing of it was touched
          deferred  prod/services   helm_release.app[*]: at most 14 creates, no destroy

        took longest
          1 min 10 s   prod/database
                 3 s   prod/services
           1 min 5 s   prod/database//aws_rds_cluster.main   created

        next: strata resume p-7Q4K
        ");
    }

    #[test]
    fn many_failures_are_counted() {
        let stacks = (0..50).map(|n| stack(&format!("p/s{n}"), Came::Failed, 0)).collect();
        let run = RunDone { verb: "Applied", id: "p-1".into(), stacks, ..RunDone::default() };
        let text = run_done(&run, Paint::Plain);
        assert!(text.contains("  +30 more"), "{text}");
    }
}
