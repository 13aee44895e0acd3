//! What the page says as a whole: its answer, its totals, and which stack matters most.
//!
//! The three forms of the page take these from here, so that they say the same.

use std::cmp::Reverse;

use plan::Counts;

use super::model::{Changes, EstatePage, Force, LossApproval, Need, Refused, StackPart, Standing};
use crate::clean::clean;

/// What the first line says.
pub(super) struct Answer {
    /// Destroyed resources that bear data.
    pub(super) losses: usize,
    /// Whether apply would say yes.
    pub(super) apply: Apply,
    /// In words.
    pub(super) text: String,
}

/// What apply would say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Apply {
    /// Yes.
    Allowed,
    /// Not before somebody approves.
    Waits,
    /// No.
    Refused,
}

/// The answer to what a reviewer asks first.
pub(super) fn answer(page: &EstatePage<'_>) -> Answer {
    let losses = page.losses.len();
    let missing = page.losses.iter().any(|loss| loss.approval == LossApproval::Missing);
    let stands_against = page.refusals.iter().any(|one| one.force == Force::Refuses)
        || page.stacks.iter().any(|stack| stack.refused == Refused::Yes);
    let waits = |need: &Need| need.force == Force::Refuses && !need.is_satisfied();
    let apply = match () {
        () if missing || stands_against => Apply::Refused,
        () if page.stacks.iter().any(|stack| stack.needs.iter().any(waits)) => Apply::Waits,
        () => Apply::Allowed,
    };
    let first = match losses {
        0 => "Destroys no data.".to_owned(),
        n if missing => format!("DESTROYS DATA: {n} resource{}.", plural(n)),
        n => format!("DESTROYS DATA: {n} resource{}, approved by address.", plural(n)),
    };
    let text = match apply {
        Apply::Refused => format!("{first} Apply is refused."),
        Apply::Waits => format!("{first} Apply waits for approval."),
        Apply::Allowed => first,
    };
    Answer { losses, apply, text }
}

/// `s`, but not of one.
pub(super) fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// The sum over all stacks.
pub(super) fn totals(page: &EstatePage<'_>) -> Counts {
    let add = |a: Counts, stack: &StackPart<'_>| Counts {
        add: a.add + stack.counts.add,
        change: a.change + stack.counts.change,
        destroy: a.destroy + stack.counts.destroy,
        replace: a.replace + stack.counts.replace,
        forget: a.forget + stack.counts.forget,
    };
    page.stacks.iter().fold(Counts::default(), add)
}

/// How many stacks have something to do.
pub(super) fn changing(page: &EstatePage<'_>) -> usize {
    page.stacks.iter().filter(|stack| stack.changes == Changes::Some).count()
}

/// The line of totals.
pub(super) fn totals_line(page: &EstatePage<'_>) -> String {
    let (sum, changing) = (totals(page), changing(page));
    let title = title(page);
    if changing == 0 {
        return format!("{title}: no changes.");
    }
    let replaced = match sum.replace {
        0 => String::new(),
        n => format!(" ({n} of them replaced)"),
    };
    let forgotten = match sum.forget {
        0 => String::new(),
        n => format!(", {n} to forget"),
    };
    format!(
        "{title}: {} to add, {} to change, {} to destroy{replaced}{forgotten}, in {changing} of {} stack{}",
        sum.add,
        sum.change,
        sum.destroy,
        page.stacks.len(),
        plural(page.stacks.len())
    )
}

/// `ESTATE/ENV`.
pub(super) fn title(page: &EstatePage<'_>) -> String {
    clean(&format!("{}/{}", page.estate, page.environment))
}

/// What is below the table: how many stacks do nothing, what waits, what drifted; a part each.
pub(super) fn facts(page: &EstatePage<'_>) -> Vec<String> {
    let idle = |stack: &&StackPart<'_>| !is_told(stack);
    let unchanged = page.stacks.iter().filter(idle).count();
    let cut = page.stacks.iter().filter(|stack| stack.standing == Standing::CutOff).count();
    let cut = match cut {
        0 => String::new(),
        n => format!(" ({n} cut off: what they read stays the same)"),
    };
    let mut facts = Vec::new();
    if unchanged > 0 {
        facts.push(format!("{unchanged} stack{} unchanged{cut}", plural(unchanged)));
    }
    facts.push(format!("deferred: {}", deferred(page)));
    let waiting = page
        .stacks
        .iter()
        .filter(|stack| matches!(stack.standing, Standing::NotPlannable { .. }))
        .count();
    if waiting > 0 {
        facts.push(format!("{waiting} not plannable yet: to be planned and approved of their own"));
    }
    let drift: usize = page.stacks.iter().map(|stack| stack.drift).sum();
    if drift > 0 {
        let command = match &page.foot.drift_command {
            Some(command) => format!(" ({})", clean(command)),
            None => String::new(),
        };
        facts.push(format!("drift, not part of this plan: {drift}{command}"));
    }
    facts
}

fn deferred(page: &EstatePage<'_>) -> String {
    let all: Vec<_> = page.stacks.iter().flat_map(|stack| &stack.deferred).collect();
    if all.is_empty() {
        return "none".to_owned();
    }
    let creates: u64 = all.iter().map(|one| one.creates_max).fold(0, u64::saturating_add);
    let stacks = page.stacks.iter().filter(|stack| !stack.deferred.is_empty()).count();
    let creates = bound(creates);
    format!("{} in {stacks} stack{} ({creates})", all.len(), plural(stacks))
}

/// What a deferral may come to.
pub(super) fn bound(creates: u64) -> String {
    let plural = if creates == 1 { "" } else { "s" };
    format!("at most {creates} create{plural}, no destroy")
}

/// Whether a stack has a row of its own.
pub(super) fn is_told(stack: &StackPart<'_>) -> bool {
    stack.changes == Changes::Some
        || stack.refused == Refused::Yes
        || !matches!(stack.standing, Standing::Planned | Standing::CutOff)
}

/// The stacks that have something to say, most important first: what loses data, what is refused, what widens access,
/// what destroys, then the rest, each in the order in which they are applied.
pub(super) fn by_importance<'p, 'a>(page: &'p EstatePage<'a>) -> Vec<&'p StackPart<'a>> {
    let mut told: Vec<&StackPart<'a>> = page.stacks.iter().filter(|one| is_told(one)).collect();
    told.sort_by_key(|stack| {
        let loses = page.losses.iter().any(|loss| loss.stack == stack.address);
        let rank = match () {
            () if loses => 0,
            () if stack.refused == Refused::Yes => 1,
            () if !stack.widens.is_empty() => 2,
            () if stack.counts.destroy > 0 => 3,
            () if !stack.deferred.is_empty() => 4,
            () => 5,
        };
        (rank, Reverse(stack.counts.destroy))
    });
    told
}

/// The foot: which plan, of what, and until when.
pub(super) fn plan_line(page: &EstatePage<'_>) -> Option<String> {
    let foot = &page.foot;
    let id = foot.plan_id.as_ref()?;
    let commit = match (&foot.commit, &foot.onto) {
        (Some(commit), Some(onto)) => format!(" · {commit} onto {onto}"),
        (Some(commit), None) => format!(" · {commit}"),
        (None, _) => String::new(),
    };
    let void = match foot.serials {
        0 => String::new(),
        1 => " · void when the state's serial moves".to_owned(),
        n => format!(" · void when any of {n} state serials moves"),
    };
    Some(clean(&format!("plan {id}{commit}{void}")))
}

/// The name of a stack on a page of its environment: `network:eu-west-1`.
pub(super) fn name(stack: &addr::StackAddr) -> String {
    match &stack.key {
        Some(key) => clean(&format!("{}:{key}", stack.stack)),
        None => clean(&stack.stack),
    }
}
