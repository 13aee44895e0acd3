//! What is said of the stacks of a run. A function per sentence.

use diag::{Diagnostic, Diags};
use engine::run::{StackEnd, StackId};

use crate::events::Ended;

/// One diagnostic alone.
pub(super) fn one(diagnostic: Diagnostic) -> Diags {
    let mut diags = Diags::new();
    diags.push(diagnostic);
    diags
}

/// Diagnostics of a stack, their addresses with the stack's in front.
pub(super) fn within(label: &str, diags: Diags) -> Diags {
    let mut out = Diags::new();
    for one in diags {
        let address = match &one.address {
            Some(own) if &**own != label && !own.starts_with(&format!("{label}//")) => {
                format!("{label}//{own}")
            }
            Some(own) => own.to_string(),
            None => label.to_owned(),
        };
        out.push(one.about(address));
    }
    out
}

/// What is said of a stack for how it came out, beside what its own plan and apply said.
pub(super) fn outcome(
    label: &str,
    end: StackEnd,
    came: Ended,
    name: &dyn Fn(StackId) -> String,
) -> Option<Diagnostic> {
    match end {
        StackEnd::Blocked { by } => Some(blocked(label, &name(by))),
        StackEnd::TrailUndone { by } if came == Ended::Well => Some(later(label, &name(by))),
        StackEnd::TrailUndone { by } => Some(undone(label, &name(by))),
        StackEnd::Deferred { on: Some(on) } => Some(waits(label, &name(on))),
        StackEnd::Whole
        | StackEnd::Deferred { on: None }
        | StackEnd::Failed
        | StackEnd::Refused
        | StackEnd::Stopped => None,
    }
}

fn blocked(own: &str, other: &str) -> Diagnostic {
    Diagnostic::error("stack-blocked", format!("`{own}` was not applied"))
        .detail(format!("`{other}`, which goes before it, failed. Nothing of it was touched."))
        .remedy("Mend the other stack, then plan and apply again: what is done stays done.")
        .about(own.to_owned())
}

fn undone(own: &str, other: &str) -> Diagnostic {
    Diagnostic::error("trail-undone", format!("What `{own}` was to destroy is still there"))
        .detail(format!(
            "`{other}` stands on it and did not come to its end. What `{own}` was to make and to change is done."
        ))
        .remedy("Mend the other stack, then plan and apply again: what is left goes then.")
        .about(own.to_owned())
}

fn later(own: &str, other: &str) -> Diagnostic {
    Diagnostic::warning("trail-deferred", format!("What `{own}` is to destroy is still there"))
        .detail(format!("`{other}` stands on it, and something of that is deferred."))
        .remedy("Plan and apply again once the value can be known.")
        .about(own.to_owned())
}

fn waits(own: &str, other: &str) -> Diagnostic {
    Diagnostic::warning("stack-deferred", format!("`{own}` waits for a value"))
        .detail(format!(
            "An output of `{other}` that it reads is not known yet, since something of `{other}` is deferred. Nothing of it was touched."
        ))
        .remedy("Plan and apply again once the value can be known.")
        .about(own.to_owned())
}

/// Something is left because nobody knows whether it exists.
pub(super) fn in_doubt(label: &str, doubts: &[String]) -> Diagnostic {
    let summary = match doubts.len() {
        1 => "1 object is in doubt".to_owned(),
        many => format!("{many} objects are in doubt"),
    };
    Diagnostic::error("in-doubt", summary)
        .detail(format!(
            "An earlier run ended while something was being created. These are it, or depend on it, and were left as they are: {}.",
            doubts.join(", ")
        ))
        .remedy(format!(
            "Look where what was being created would be, then for each: strata state resolve -stack {label} ADDRESS -exists ID, or -absent."
        ))
        .about(label.to_owned())
}

/// The state is not the one that was planned upon.
pub(super) fn moved(label: &str) -> Diagnostic {
    Diagnostic::error("plan-stale", "The plan is stale")
        .detail("The stack's state has moved since the plan was made. Nothing of it was touched.")
        .remedy("Plan again, look at the new plan, and apply that.")
        .about(label.to_owned())
}

/// The state has moved, maybe by an earlier command with the same plan.
pub(super) fn begun(label: &str, run: &str) -> Diagnostic {
    moved(label).remedy(format!(
        "Something of this plan was applied before. Go on with it: strata resume {run}. Or plan again."
    ))
}

/// An input is not known though nothing in this run will make it known.
pub(super) fn unknown_input(label: &str, input: &str, from: &str, output: &str) -> Diagnostic {
    let environment = |address: &str| address.split('/').next().map(str::to_owned);
    let remedy = match environment(label) == environment(from) {
        true => format!("Apply `{from}` first, or take it into this run."),
        false => format!("Apply `{from}` first: a run is of one environment."),
    };
    Diagnostic::error("input-not-published", format!("The input `{input}` is not known"))
        .detail(format!(
            "It is wired to `{from}.{output}`, which was never published or is behind what its stack says since an apply failed."
        ))
        .remedy(remedy)
        .about(label.to_owned())
}
