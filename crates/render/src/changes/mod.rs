//! The changes of one plan, attribute by attribute.
//!
//! A change is a head line with address and action, why it comes about, then the arguments that differ: `+` new, `-` gone,
//! `~` other, into objects, maps, lists and texts (`diff`). What a plan defers and what drifted stands after them.
//!
//! Invariant: an argument that forces a replacement says so.

mod diff;
mod rest;
mod words;

use std::fmt::Write as _;

use plan::{Action, Change, Plan, Provisional};
use value::{Path, Step, Value, View};

use self::diff::{Diff, Note};
use crate::cause;
use crate::clean::{clean, unheard};
use crate::estate::Wires;
use crate::paint::Paint;
use crate::value::Secrets;

pub(crate) use rest::drift_lines;
pub(crate) use words::{reason, verb};

/// How changes are shown.
#[derive(Clone, Copy, Debug)]
pub struct Showing<'w> {
    /// What the inputs read, where the plan is one of an estate's.
    pub wires: &'w Wires,
    /// Whether sensitive values are shown.
    pub secrets: Secrets,
    /// Colours.
    pub paint: Paint,
}

/// Whether arguments that stay are shown too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unchanged {
    Counted,
    Shown,
}

/// All changes of a plan that do something, then its outputs, what it defers, and what drifted; empty where there is
/// none of these.
pub fn changes(plan: &Plan, how: Showing<'_>) -> String {
    let mut out = String::new();
    let does =
        |change: &&Change| change.action != Action::NoOp || change.previous_address.is_some();
    for change in plan.changes.iter().filter(does) {
        head(change, how, &mut out);
        body(change, how, Unchanged::Counted, &mut out);
        out.push('\n');
    }
    rest::outputs(&plan.outputs, how, &mut out);
    rest::deferred(&plan.deferred, how, &mut out);
    rest::drift(&plan.drift, how, &mut out);
    unheard(out)
}

/// All that a plan says of the object at an address, and of those that it leaves over: every argument, and where it comes
/// from. None where the plan has no such object.
pub fn change_of(plan: &Plan, address: &str, how: Showing<'_>) -> Option<String> {
    let mut out = String::new();
    let is_asked = |change: &&Change| change.address.to_string() == address;
    for change in plan.changes.iter().filter(is_asked) {
        head(change, how, &mut out);
        let provider = plan.provider(change.provider);
        let _ = writeln!(out, "    by     {provider}");
        body(change, how, Unchanged::Shown, &mut out);
        out.push('\n');
    }
    for drift in plan.drift.iter().filter(is_asked) {
        rest::drift(std::slice::from_ref(drift), how, &mut out);
    }
    (!out.is_empty()).then_some(out)
}

fn head(change: &Change, how: Showing<'_>, out: &mut String) {
    let paint = how.paint;
    let deposed =
        change.deposed.as_ref().map_or_else(String::new, |key| format!(" (deposed {key})"));
    let verb = verb(change.action);
    let verb = match change.action {
        Action::NoOp => verb.to_owned(),
        Action::Create | Action::Read => paint.green(verb),
        Action::Update => paint.yellow(verb),
        _ => paint.red(verb),
    };
    let address = clean(&change.address.to_string());
    let _ = writeln!(out, "  {}{deposed}  {verb}", paint.bold(&address));
    if let Some(moved) = &change.previous_address {
        let _ = writeln!(out, "    was    {}", clean(&moved.to_string()));
    }
    if change.provisional == Provisional::Yes {
        out.push_str(
            "    note   planned from the schema alone: its provider could not be asked yet\n",
        );
    }
    for line in cause::lines(change, how.wires) {
        let _ = writeln!(out, "    why    {}", clean(&line));
    }
}

fn body(change: &Change, how: Showing<'_>, unchanged: Unchanged, out: &mut String) {
    let mut diff = Diff::new(how, out);
    let mut same = 0;
    for name in attribute_names(&change.before, &change.after) {
        let (before, after) = (attribute(&change.before, &name), attribute(&change.after, &name));
        match (before, after) {
            (None, None) => {}
            (Some(before), Some(after)) if before.same(after) => {
                same += 1;
                if unchanged == Unchanged::Shown {
                    diff.stays(&name, after);
                }
            }
            (before, after) => {
                let forces = change.action.is_replace() && forced(&change.replace_paths, &name);
                diff.entry(&name, before, after, if forces { Note::Forces } else { Note::None });
            }
        }
    }
    if same > 0 && unchanged == Unchanged::Counted && change.action != Action::Delete {
        let plural = if same == 1 { "" } else { "s" };
        let text = format!("{same} argument{plural} unchanged");
        let _ = writeln!(out, "    {}", how.paint.dim(&text));
    }
}

/// Names of the attributes of both objects, sorted.
fn attribute_names(before: &Value, after: &Value) -> Vec<String> {
    let names = |value: &Value| match value.view() {
        View::Object(shape, _) => shape.names().iter().map(|name| name.to_string()).collect(),
        _ => Vec::new(),
    };
    let mut all: Vec<String> = [names(before), names(after)].concat();
    all.sort();
    all.dedup();
    all
}

/// An attribute that says something: null says nothing.
fn attribute<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.attr(name).filter(|value| !value.is_null())
}

fn forced(paths: &[Path], name: &str) -> bool {
    paths
        .iter()
        .any(|path| matches!(path.steps().first(), Some(Step::Attr(first)) if &**first == name))
}

#[cfg(test)]
mod tests;
