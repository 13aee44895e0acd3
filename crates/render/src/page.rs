//! The page that a reviewer reads: what is destroyed first, then how much changes where, and what to do next.
//!
//! Invariant: the first line answers whether anything is destroyed; drift is in no total.

use std::fmt::Write as _;

use plan::{Action, Change, Completeness, Plan};

use crate::cause;
use crate::changes::verb;
use crate::estate::Wires;
use crate::paint::Paint;

/// Destroyed objects that are listed by name; the rest is counted.
const DESTROYED_MAX: usize = 12;
/// Rows of the table of stacks; the rest is counted.
const ROWS_MAX: usize = 24;

/// A stack on the page.
#[derive(Debug)]
pub struct PageStack<'a> {
    /// Its address; empty for a plain root module.
    pub address: String,
    /// Its plan.
    pub plan: &'a Plan,
    /// Its inputs that are wired and not known yet.
    pub unknown_inputs: usize,
}

/// What stands on the page.
#[derive(Debug)]
pub struct Page<'a> {
    /// `ESTATE/ENV`, or the folder of a plain root module.
    pub title: String,
    /// The stacks, in the order in which they are applied.
    pub stacks: Vec<PageStack<'a>>,
    /// The id under which the plan is kept.
    pub plan_id: Option<String>,
    /// What to type next.
    pub next: Option<String>,
}

/// The page, as text.
pub fn page(page: &Page<'_>, paint: Paint) -> String {
    let mut out = String::new();
    destroyed(page, paint, &mut out);
    totals(page, &mut out);
    if page.stacks.len() > 1 || page.stacks.iter().any(|s| !s.address.is_empty()) {
        table(page, &mut out);
    }
    foot(page, &mut out);
    out
}

/// Changes that destroy, with the stack that they belong to.
fn destroying<'a>(page: &'a Page<'_>) -> Vec<(&'a str, &'a Change)> {
    let of = |stack: &'a PageStack<'_>| {
        let all = stack.plan.changes.iter().filter(|change| change.action.destroys());
        all.map(|change| (stack.address.as_str(), change))
    };
    page.stacks.iter().flat_map(of).collect()
}

fn destroyed(page: &Page<'_>, paint: Paint, out: &mut String) {
    let all = destroying(page);
    if all.is_empty() {
        out.push_str("Destroys nothing.\n\n");
        return;
    }
    let plural = if all.len() == 1 { "" } else { "s" };
    let _ = writeln!(out, "{}\n", paint.red(&format!("DESTROYS: {} resource{plural}.", all.len())));
    for (stack, change) in all.iter().take(DESTROYED_MAX) {
        let stack = if stack.is_empty() { String::new() } else { format!("{stack}   ") };
        let deposed =
            change.deposed.as_ref().map_or_else(String::new, |key| format!(" (deposed {key})"));
        let _ = writeln!(out, "  {stack}{}{deposed}  {}", change.address, verb(change.action));
        let forcing: Vec<String> = change.replace_paths.iter().map(cause::path).collect();
        if !forcing.is_empty() {
            let _ = writeln!(out, "    why    {} forces replacement", forcing.join(", "));
        }
        for line in cause::lines(change, &Wires::default()) {
            let _ = writeln!(out, "    why    {line}");
        }
    }
    if all.len() > DESTROYED_MAX {
        let _ = writeln!(out, "  +{} more", all.len() - DESTROYED_MAX);
    }
    out.push('\n');
}

fn totals(page: &Page<'_>, out: &mut String) {
    let changing = page.stacks.iter().filter(|stack| stack.plan.has_changes()).count();
    if changing == 0 {
        let _ = writeln!(out, "{}: no changes.", page.title);
        return;
    }
    let sum = page.stacks.iter().map(|stack| stack.plan.counts()).fold(
        plan::Counts::default(),
        |a, b| plan::Counts {
            add: a.add + b.add,
            change: a.change + b.change,
            destroy: a.destroy + b.destroy,
            replace: a.replace + b.replace,
            forget: a.forget + b.forget,
        },
    );
    let replaced = if sum.replace > 0 {
        format!(" ({} of them replaced)", sum.replace)
    } else {
        String::new()
    };
    let forgotten =
        if sum.forget > 0 { format!(", {} to forget", sum.forget) } else { String::new() };
    let stacks = match page.stacks.as_slice() {
        [one] if one.address.is_empty() => String::new(),
        all => format!(", in {changing} of {} stacks", all.len()),
    };
    let _ = writeln!(
        out,
        "{}: {} to add, {} to change, {} to destroy{replaced}{forgotten}{stacks}",
        page.title, sum.add, sum.change, sum.destroy
    );
}

fn table(page: &Page<'_>, out: &mut String) {
    let rows: Vec<&PageStack<'_>> =
        page.stacks.iter().filter(|stack| stack.plan.has_changes()).collect();
    if rows.is_empty() {
        return;
    }
    let name = |stack: &PageStack<'_>| {
        stack.address.split_once('/').map_or(stack.address.clone(), |(_, s)| s.to_owned())
    };
    let width = rows.iter().map(|stack| name(stack).len()).max().unwrap_or(0).max("stack".len());
    let _ = writeln!(out, "\n  {:<width$}  add  change  destroy   cause", "stack");
    let number = |n: usize| if n == 0 { ".".to_owned() } else { n.to_string() };
    for stack in rows.iter().take(ROWS_MAX) {
        let counts = stack.plan.counts();
        let acting: Vec<&Change> =
            stack.plan.changes.iter().filter(|c| c.action != Action::NoOp).collect();
        let cause = if acting.is_empty() { "outputs".to_owned() } else { cause::short(&acting) };
        let unknown = match stack.unknown_inputs {
            0 => String::new(),
            1 => "   1 value known after apply".to_owned(),
            n => format!("   {n} values known after apply"),
        };
        let row = format!(
            "  {:<width$}  {:>3}  {:>6}  {:>7}   {cause:<24}{unknown}",
            name(stack),
            number(counts.add),
            number(counts.change),
            number(counts.destroy)
        );
        let _ = writeln!(out, "{}", row.trim_end());
    }
    if rows.len() > ROWS_MAX {
        let _ = writeln!(out, "  +{} more", rows.len() - ROWS_MAX);
    }
}

fn foot(page: &Page<'_>, out: &mut String) {
    let unchanged = page.stacks.iter().filter(|stack| !stack.plan.has_changes()).count();
    let drifted: usize = page
        .stacks
        .iter()
        .map(|stack| stack.plan.drift.iter().filter(|one| one.is_told_as_drift()).count())
        .sum();
    let partial = page.stacks.iter().any(|stack| stack.plan.completeness == Completeness::Partial);
    let mut facts = Vec::new();
    if page.stacks.len() > 1 && unchanged > 0 {
        let plural = if unchanged == 1 { "" } else { "s" };
        facts.push(format!("{unchanged} stack{plural} unchanged"));
    }
    if drifted > 0 {
        facts.push(format!("drift, not part of this plan: {drifted}"));
    }
    if partial {
        facts.push("incomplete: -target or -exclude left something out".to_owned());
    }
    if !facts.is_empty() {
        let _ = writeln!(out, "  {}", facts.join(" · "));
    }
    let void = match page.stacks.len() {
        0 | 1 => "void when the state's serial moves".to_owned(),
        n => format!("void when any of {n} state serials moves"),
    };
    if let Some(id) = &page.plan_id {
        let _ = writeln!(out, "\nplan {id} · {void}");
    }
    if let Some(next) = &page.next {
        let _ = writeln!(out, "next: {next}");
    }
}
