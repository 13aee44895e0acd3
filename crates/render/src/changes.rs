//! The changes of one plan, attribute by attribute.
//!
//! A change is a head line with address, action and cause, then the arguments that differ: `+` new, `-` gone, `~` other.

use std::fmt::Write as _;

use plan::{Action, Change, OutputChange, Plan, Reason};
use value::{Path, Step, Value, View};

use crate::cause;
use crate::paint::Paint;
use crate::value::{Secrets, value as text};

/// All changes of a plan that do something, then its outputs; empty where nothing changes.
pub fn changes(plan: &Plan, secrets: Secrets, paint: Paint) -> String {
    let mut out = String::new();
    for change in plan.changes.iter().filter(|change| change.action != Action::NoOp) {
        head(change, paint, &mut out);
        body(change, secrets, paint, &mut out);
        out.push('\n');
    }
    outputs(&plan.outputs, secrets, paint, &mut out);
    out
}

fn head(change: &Change, paint: Paint, out: &mut String) {
    let deposed =
        change.deposed.as_ref().map_or_else(String::new, |key| format!(" (deposed {key})"));
    let verb = verb(change.action);
    let verb = match change.action {
        Action::Create | Action::Read => paint.green(verb),
        Action::Update => paint.yellow(verb),
        _ => paint.red(verb),
    };
    let _ = writeln!(out, "  {}{deposed}  {verb}", paint.bold(&change.address.to_string()));
    if let Some(moved) = &change.previous_address {
        let _ = writeln!(out, "    was    {moved}");
    }
    for line in cause::lines(change) {
        let _ = writeln!(out, "    why    {line}");
    }
}

/// What happens, in a word or two.
pub(crate) fn verb(action: Action) -> &'static str {
    match action {
        Action::NoOp => "stays",
        Action::Read => "read during apply",
        Action::Create => "create",
        Action::Update => "update in place",
        Action::DeleteThenCreate => "DELETE, then create",
        Action::CreateThenDelete => "create, then DELETE",
        Action::Delete => "DELETE",
        Action::Forget => "forget",
        Action::ForgetThenCreate => "forget, then create",
    }
}

fn body(change: &Change, secrets: Secrets, paint: Paint, out: &mut String) {
    let mut unchanged = 0;
    let names = attribute_names(&change.before, &change.after);
    for name in names {
        let (before, after) = (attribute(&change.before, &name), attribute(&change.after, &name));
        match (before, after) {
            (None, None) => {}
            (Some(before), Some(after)) if before.same(after) => unchanged += 1,
            (before, after) => {
                let forces = change.action.is_replace() && forced(&change.replace_paths, &name);
                argument(&name, before, after, forces, secrets, paint, out);
            }
        }
    }
    if unchanged > 0 && change.action != Action::Delete {
        let plural = if unchanged == 1 { "" } else { "s" };
        let _ =
            writeln!(out, "    {}", paint.dim(&format!("{unchanged} argument{plural} unchanged")));
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

fn argument(
    name: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    forces: bool,
    secrets: Secrets,
    paint: Paint,
    out: &mut String,
) {
    let show = |value: &Value| text(value, 6, secrets);
    let note =
        if forces { format!("  {}", paint.red("forces replacement")) } else { String::new() };
    let _ = match (before, after) {
        (None, Some(after)) => {
            writeln!(out, "    {} {name} = {}{note}", paint.green("+"), show(after))
        }
        (Some(before), None) => {
            writeln!(out, "    {} {name} = {}{note}", paint.red("-"), show(before))
        }
        (Some(before), Some(after)) => {
            let (before, after) = (show(before), show(after));
            let same_text = before == after;
            let after = if same_text { "(other marks or hidden)".to_owned() } else { after };
            writeln!(out, "    {} {name} = {before} -> {after}{note}", paint.yellow("~"))
        }
        (None, None) => Ok(()),
    };
}

fn outputs(changes: &[OutputChange], secrets: Secrets, paint: Paint, out: &mut String) {
    let mut first = true;
    for change in changes.iter().filter(|change| change.action != Action::NoOp) {
        if std::mem::take(&mut first) {
            out.push_str("  outputs\n");
        }
        let hide = change.sensitive == plan::Sensitive::Yes && secrets == Secrets::Hidden;
        let show = |value: &Value| {
            if hide { "(sensitive value)".to_owned() } else { text(value, 6, secrets) }
        };
        let _ = match change.action {
            Action::Create => {
                writeln!(out, "    {} {} = {}", paint.green("+"), change.name, show(&change.after))
            }
            Action::Delete => {
                writeln!(out, "    {} {} = {}", paint.red("-"), change.name, show(&change.before))
            }
            _ => writeln!(
                out,
                "    {} {} = {} -> {}",
                paint.yellow("~"),
                change.name,
                show(&change.before),
                show(&change.after)
            ),
        };
    }
}

/// Why an object is replaced or goes, where the reason alone says it.
pub(crate) fn reason(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::ReplaceBecauseTainted => "it is tainted: an earlier create or provisioner failed",
        Reason::ReplaceByRequest => "-replace names it",
        Reason::ReplaceByTriggers => "replace_triggered_by names something that changes",
        Reason::DeleteBecauseNoResourceConfig => "no configuration has it any more",
        Reason::DeleteBecauseWrongRepetition => {
            "its resource changed between count, for_each and neither"
        }
        Reason::DeleteBecauseCountIndex => "its index is past count",
        Reason::DeleteBecauseEachKey => "for_each no longer has its key",
        Reason::DeleteBecauseEnabledFalse => "its resource is switched off",
        Reason::DeleteBecauseNoModule => "its module is gone",
        Reason::DeleteBecauseNoMoveTarget => "what it was to move to is not there",
        Reason::ReadBecauseConfigUnknown => "its arguments are not known yet",
        Reason::ReadBecauseDependencyPending => "what it depends on changes first",
        Reason::None
        | Reason::ReplaceBecauseCannotUpdate
        | Reason::ForgotBecauseLifecycleDestroyInState
        | Reason::ForgotBecauseLifecycleDestroyInConfig => return None,
    })
}
