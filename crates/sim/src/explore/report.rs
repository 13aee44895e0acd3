//! What came of exploring crashes, to read and as JSON.
//!
//! Invariant: each failure names the seed, the step, and the command that runs that step alone.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::Finding;

/// How what was in doubt after a crash was resolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Updates and deletes, by reading the object again.
    pub by_reading: usize,
    /// Creates of which the cloud has the object: `strata state resolve -exists`.
    pub exists: usize,
    /// Creates of which it has none: `strata state resolve -absent`.
    pub absent: usize,
}

impl Resolved {
    /// All together.
    pub fn total(self) -> usize {
        self.by_reading + self.exists + self.absent
    }

    fn add(&mut self, other: Resolved) {
        self.by_reading += other.by_reading;
        self.exists += other.exists;
        self.absent += other.absent;
    }
}

/// What came of one crash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// After which step it was.
    pub step: u64,
    /// What that step made durable.
    pub what: Arc<str>,
    /// What was in doubt.
    pub resolved: Resolved,
    /// What is wrong after the recovery.
    pub findings: Vec<Finding>,
}

/// What came of the crashes of one stack's run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfStack {
    /// Its address.
    pub stack: Arc<str>,
    /// The durable steps of its run.
    pub steps: u64,
    /// The crashes that were tried.
    pub tried: Vec<Tried>,
}

/// What came of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explored {
    /// What everything made up came of.
    pub seed: u64,
    /// The stacks, in the order in which they were made.
    pub stacks: Vec<OfStack>,
    /// Stacks that are not destroyed, each with the reason: what guards them stands in the way.
    pub kept: Vec<(Arc<str>, Arc<str>)>,
}

/// Numbers of all stacks or of one.
#[derive(Default)]
struct Sum {
    steps: u64,
    tried: usize,
    resolved: Resolved,
    lost: usize,
    doubled: usize,
    other: usize,
}

impl Sum {
    fn of<'a>(stacks: impl IntoIterator<Item = &'a OfStack>) -> Sum {
        let mut sum = Sum::default();
        for stack in stacks {
            sum.steps += stack.steps;
            sum.tried += stack.tried.len();
            for tried in &stack.tried {
                sum.resolved.add(tried.resolved);
                for finding in &tried.findings {
                    match finding {
                        Finding::Lost { .. } | Finding::Missing { .. } => sum.lost += 1,
                        Finding::Doubled { .. } => sum.doubled += 1,
                        Finding::Unsettled { .. } | Finding::Failed { .. } => sum.other += 1,
                    }
                }
            }
        }
        sum
    }

    fn words(&self) -> String {
        let Resolved { by_reading, exists, absent } = self.resolved;
        let mut words = format!("{} lost, {} doubled", self.lost, self.doubled);
        if self.other > 0 {
            write!(words, ", {} not recovered", self.other).expect("BUG: a string takes text");
        }
        match self.resolved.total() {
            0 => words.push_str("; nothing in doubt"),
            total => write!(
                words,
                "; {total} in doubt: {by_reading} resolved by reading, {exists} exist, {absent} absent"
            )
            .expect("BUG: a string takes text"),
        }
        words
    }
}

impl Explored {
    /// Whether every crash was recovered from.
    pub fn is_well(&self) -> bool {
        self.stacks.iter().flat_map(|one| &one.tried).all(|tried| tried.findings.is_empty())
    }

    fn failures(&self) -> impl Iterator<Item = (&OfStack, &Tried)> {
        let each = self.stacks.iter().flat_map(|stack| stack.tried.iter().map(move |t| (stack, t)));
        each.filter(|(_, tried)| !tried.findings.is_empty())
    }

    fn again(&self, step: u64) -> String {
        format!("strata rehearse --seed {} --explore crashes:{step}", self.seed)
    }
}

/// The report as text: a line for each stack, the failures, the sum.
pub fn text(explored: &Explored) -> String {
    let mut out = String::new();
    let mut line = |text: std::fmt::Arguments<'_>| {
        out.write_fmt(text).expect("BUG: a string takes text");
        out.push('\n');
    };
    let stacks = || explored.stacks.iter().filter(|stack| !stack.tried.is_empty());
    let widest = stacks().map(|one| one.stack.chars().count()).max().unwrap_or(0);
    for stack in stacks() {
        let sum = Sum::of([stack]);
        line(format_args!("  {:widest$}  {:>4} crashes: {}", stack.stack, sum.tried, sum.words()));
    }
    for (stack, tried) in explored.failures() {
        line(format_args!(
            "\nFAILED {}, seed {}, step {}: after `{}`",
            stack.stack, explored.seed, tried.step, tried.what
        ));
        for finding in &tried.findings {
            line(format_args!("  {finding}"));
        }
        line(format_args!("  this step alone: {}", explored.again(tried.step)));
    }
    for (stack, why) in &explored.kept {
        line(format_args!("  {stack} is not destroyed: {why}"));
    }
    let sum = Sum::of(&explored.stacks);
    line(format_args!(
        "\n{} durable steps, {} crashes, each recovered and planned again: {}",
        sum.steps,
        sum.tried,
        sum.words()
    ));
    out
}

/// The report as JSON.
pub fn json(explored: &Explored) -> Json {
    let sum = Sum::of(&explored.stacks);
    let failure = |(stack, tried): (&OfStack, &Tried)| {
        let findings: Vec<String> = tried.findings.iter().map(Finding::to_string).collect();
        json!({
            "stack": *stack.stack,
            "step": tried.step,
            "after": *tried.what,
            "findings": findings,
            "again": explored.again(tried.step),
        })
    };
    json!({
        "seed": explored.seed,
        "steps": sum.steps,
        "crashes": sum.tried,
        "lost": sum.lost,
        "doubled": sum.doubled,
        "not_recovered": sum.other,
        "in_doubt": {
            "by_reading": sum.resolved.by_reading,
            "exists": sum.resolved.exists,
            "absent": sum.resolved.absent,
        },
        "kept": explored.kept.iter().map(|(stack, _)| &**stack).collect::<Vec<_>>(),
        "failures": explored.failures().map(failure).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_with_the_way_to_it() {
        let resolved = Resolved { by_reading: 1, exists: 2, absent: 0 };
        let fine = Tried { step: 1, what: "plan kept".into(), resolved, findings: Vec::new() };
        let lost = Finding::Lost { address: "t.a".into(), name: "t/1".into() };
        let bad =
            Tried { step: 2, what: "world: t/1".into(), findings: vec![lost], ..fine.clone() };
        let stack = OfStack { stack: "dev/net".into(), steps: 3, tried: vec![fine, bad] };
        let explored = Explored { seed: 5, stacks: vec![stack], kept: Vec::new() };
        assert!(!explored.is_well());
        insta::assert_snapshot!(text(&explored), @r"
          dev/net     2 crashes: 1 lost, 0 doubled; 6 in doubt: 2 resolved by reading, 4 exist, 0 absent

        FAILED dev/net, seed 5, step 2: after `world: t/1`
          lost: t/1, made for t.a
          this step alone: strata rehearse --seed 5 --explore crashes:2

        3 durable steps, 2 crashes, each recovered and planned again: 1 lost, 0 doubled; 6 in doubt: 2 resolved by reading, 4 exist, 0 absent
        ");
        assert_eq!(json(&explored)["failures"][0]["step"], 2);
    }
}
