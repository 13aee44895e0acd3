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

#[cfg(test)]
mod tests {
    use plan::refine::Row;
    use value::{Path, Value};

    use super::*;

    const CANARY: &str = "canary-7f3a";

    fn difference(item: Item, approved: Shown, now: Shown) -> Difference {
        Difference { item, path: Path::default(), row: Row::Input, approved, now }
    }

    #[test]
    fn a_sensitive_value_is_hidden_and_others_are_shown() {
        let inside = Value::tuple(vec![Value::string(CANARY).with_marks(Marks::SENSITIVE)]);
        let differences = [
            difference(Item::Variable("v".into()), Shown::Value(inside), Shown::Absent),
            difference(
                Item::Output("o".into()),
                Shown::Value(Value::string("a")),
                Shown::Text("sensitive".to_owned()),
            ),
        ];
        let told = diagnostic("net", &differences);
        assert!(told.detail.contains("var.v: approved (sensitive value), now nothing"));
        assert!(told.detail.contains("output.o: approved \"a\", now sensitive"), "{}", told.detail);
        assert!(!format!("{told:?}").contains(CANARY), "{told:?}");
    }

    #[test]
    fn at_most_eight_differences_are_shown() {
        let one = difference(Item::Head, Shown::Absent, Shown::Text("x".to_owned()));
        let told = diagnostic("net", &vec![one; 10]);
        assert!(told.detail.ends_with("+2 more"), "{}", told.detail);
    }
}
