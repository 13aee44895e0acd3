//! Why a later plan does not refine the approved one, as a diagnostic that shows exactly the difference.

use diag::Diagnostic;
use plan::refine::{Difference, Item, Shown};
use value::Marks;

/// Differences that are shown; the rest is counted.
const SHOWN_MAX: usize = 8;

/// The diagnostic of a stack whose new plan does more, or something else, than the approved one.
pub fn diagnostic(stack: &str, differences: &[Difference]) -> Diagnostic {
    let mut lines: Vec<String> = differences.iter().take(SHOWN_MAX).map(line).collect();
    if differences.len() > SHOWN_MAX {
        lines.push(format!("+{} more", differences.len() - SHOWN_MAX));
    }
    Diagnostic::error("plan-not-refined", "The stack's new plan does not refine the approved one")
        .detail(format!("With the real values below, planning {stack} again gives something else. Nothing of it was touched.\n{}", lines.join("\n")))
        .remedy("Plan again, look at the new plan, and apply that.")
        .about(stack)
}

fn line(difference: &Difference) -> String {
    format!(
        "{}: approved {}, now {}",
        place(difference),
        shown(&difference.approved),
        shown(&difference.now)
    )
}

/// Where the difference is.
fn place(difference: &Difference) -> String {
    let item = match &difference.item {
        Item::Head => "the plan's head".to_owned(),
        Item::Variable(name) => format!("var.{name}"),
        Item::Object(address, None) => address.to_string(),
        Item::Object(address, Some(key)) => format!("{address} (deposed {key})"),
        Item::Output(name) => format!("output.{name}"),
        Item::Check(name) => format!("the condition of {name}"),
    };
    let path: String = difference.path.steps().iter().map(step).collect();
    format!("{item}{path}")
}

fn step(step: &value::Step) -> String {
    match step {
        value::Step::Attr(name) => format!(".{name}"),
        value::Step::Index(key) => format!("[{}]", lang::print::value(key)),
    }
}

fn shown(shown: &Shown) -> String {
    match shown {
        Shown::Absent => "nothing".to_owned(),
        Shown::Action(action) => action.words().join(" and "),
        Shown::Value(value) if value.deep_marks().contains(Marks::SENSITIVE) => {
            "(sensitive value)".to_owned()
        }
        Shown::Value(value) => lang::print::value(value),
        Shown::Text(text) => text.clone(),
    }
}
