//! Where a later plan does not refine the approved one: item by item what was approved, what it is now, and which rule
//! says that they are not the same.
//!
//! Invariant: nothing that lies in a sensitive value is told; what is too much to be told is counted.

use std::fmt::Write as _;

use plan::refine::{Difference, Item, Row, Shown};
use value::Marks;

use crate::cause;
use crate::changes::verb;
use crate::clean::{clean, end};
use crate::value::{Secrets, one_line};

/// Differences that are told in full.
const SHOWN_MAX: usize = 8;
/// Most characters of one side.
const SIDE_CHARS_MAX: usize = 100;

/// The differences, four lines each; those beyond the eighth are counted.
pub fn differences(all: &[Difference]) -> String {
    let mut out = String::new();
    for one in all.iter().take(SHOWN_MAX) {
        let _ = writeln!(out, "  {}", end(&clean(&place(one)), SIDE_CHARS_MAX));
        let _ = writeln!(out, "    approved  {}", side(&one.approved));
        let _ = writeln!(out, "    now       {}", side(&one.now));
        let _ = writeln!(out, "    rule      {}", rule(one.row));
    }
    if all.len() > SHOWN_MAX {
        let _ = writeln!(out, "  +{} more", all.len() - SHOWN_MAX);
    }
    out.truncate(out.trim_end().len());
    out
}

/// The item, and the path inside it.
fn place(difference: &Difference) -> String {
    let item = match &difference.item {
        Item::Head => "what the plan was made from".to_owned(),
        Item::Variable(name) => format!("var.{name}"),
        Item::Object(address, None) => address.to_string(),
        Item::Object(address, Some(key)) => format!("{address} (deposed {key})"),
        Item::Pattern(pattern) => pattern.to_string(),
        Item::Output(name) => format!("output.{name}"),
        Item::Check(name) => format!("the condition of {name}"),
    };
    match cause::path(&difference.path) {
        path if path.is_empty() => item,
        path => format!("{item}   {path}"),
    }
}

fn side(shown: &Shown) -> String {
    let text = match shown {
        Shown::Absent => "nothing".to_owned(),
        Shown::Action(action) => verb(*action).to_owned(),
        Shown::Value(value) if value.deep_marks().contains(Marks::SENSITIVE) => {
            "(sensitive value)".to_owned()
        }
        Shown::Value(value) => one_line(value, Secrets::Hidden),
        Shown::Text(text) => text.clone(),
    };
    end(&clean(&text), SIDE_CHARS_MAX)
}

/// The row of the table of `docs/specs/refines.md` that does not hold, in a sentence.
fn rule(row: Row) -> &'static str {
    match row {
        Row::Head => "a plan is approved for what it was made from and asked for",
        Row::Input => "an input may only become known, as what was approved allows",
        Row::Action => "no other action than the approved one, or none",
        Row::Planned => "a planned value may only become known, as what was approved allows",
        Row::Identity => "the object that was approved, and no other",
        Row::Before => "what was shown as the value before has to stand there still",
        Row::ReplacePaths => "nothing may force a replacement that did not",
        Row::Pattern => "a new instance has to be what exactly one deferred item stands for",
        Row::Bound => "not more than the bound that was approved",
        Row::Deferred => "nothing may be deferred that was not",
        Row::Output => "an output may only become known; none comes, none goes, none is shown",
        Row::Check => "a condition that was unknown has to hold",
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use plan::Action;
    use value::{Path, Step, Value};

    use super::*;

    const CANARY: &str = "canary-7f3a";

    fn difference(item: Item, row: Row, approved: Shown, now: Shown) -> Difference {
        Difference { item, path: Path::default(), row, approved, now }
    }

    #[test]
    fn each_difference_says_where_what_and_by_which_rule() {
        let object = Item::Object("aws_vpc.main[\"a\"]".parse().expect("an address"), None);
        let value = |text: &str| Shown::Value(Value::string(text));
        let mut planned =
            difference(object.clone(), Row::Planned, value("10.0.0.0/16"), value("10.1.0.0/16"));
        planned.path = Path::from(vec![Step::Attr("cidr_block".into())]);
        let all = [
            planned,
            difference(
                object,
                Row::Action,
                Shown::Action(Action::Update),
                Shown::Action(Action::DeleteThenCreate),
            ),
            difference(
                Item::Pattern("a.b[*]".into()),
                Row::Bound,
                Shown::Text("at most 2 creates".into()),
                Shown::Text("3 creates".into()),
            ),
        ];
        assert_snapshot!(differences(&all), @r#"
          aws_vpc.main["a"]   cidr_block
            approved  "10.0.0.0/16"
            now       "10.1.0.0/16"
            rule      a planned value may only become known, as what was approved allows
          aws_vpc.main["a"]
            approved  update in place
            now       DELETE, then create
            rule      no other action than the approved one, or none
          a.b[*]
            approved  at most 2 creates
            now       3 creates
            rule      not more than the bound that was approved
        "#);
    }

    #[test]
    fn a_sensitive_value_is_hidden_and_many_are_counted() {
        let inside = Value::tuple(vec![Value::string(CANARY).with_marks(Marks::SENSITIVE)]);
        let one =
            difference(Item::Variable("v".into()), Row::Input, Shown::Value(inside), Shown::Absent);
        let text = differences(&vec![one; 10]);
        assert!(text.contains("(sensitive value)") && !text.contains(CANARY), "{text}");
        assert!(text.ends_with("+2 more"), "{text}");
    }
}
