//! What stands after the changes of objects: outputs, what is deferred, what drifted.

use std::fmt::Write as _;

use plan::{
    Action, Change, Deferred, DeferredItem, DeferredReason, OutputChange, Sensitive, alike,
};
use value::{Marks, Value};

use super::diff::{Diff, Note};
use super::{Showing, attribute, attribute_names};
use crate::clean::clean;
use crate::estate::input_names;

/// Outputs that change.
pub(super) fn outputs(changes: &[OutputChange], how: Showing<'_>, out: &mut String) {
    let mut first = true;
    for change in changes.iter().filter(|change| change.action != Action::NoOp) {
        if std::mem::take(&mut first) {
            out.push_str("  outputs\n");
        }
        let marks = match change.sensitive {
            Sensitive::Yes => Marks::SENSITIVE,
            Sensitive::No => Marks::NONE,
        };
        let side = |value: &Value, there: bool| there.then(|| value.clone().with_marks(marks));
        let before = side(&change.before, change.action != Action::Create);
        let after = side(&change.after, change.action != Action::Delete);
        Diff::new(how, out).entry(&change.name, before.as_ref(), after.as_ref(), Note::None);
    }
    if !first {
        out.push('\n');
    }
}

/// What is left for later, with its bound, why, and what it waits for.
pub(super) fn deferred(all: &[Deferred], how: Showing<'_>, out: &mut String) {
    for one in all {
        let address = match &one.what {
            DeferredItem::Instance(instance) => instance.to_string(),
            DeferredItem::Pattern(pattern) => pattern.to_string(),
        };
        let head = how.paint.bold(&clean(&address));
        let _ = writeln!(out, "  {head}  {}", how.paint.yellow("deferred"));
        let why = match one.reason {
            DeferredReason::KeysUnknown => "its keys are not known yet",
            DeferredReason::ProviderConfigUnknown => {
                "its provider cannot plan before its configuration is known"
            }
            DeferredReason::Provider => "its provider says so",
            DeferredReason::Upstream => "something that it depends on is deferred",
            DeferredReason::InDoubt => "nobody knows whether an object exists that was being made",
        };
        let _ = writeln!(out, "    why    {why}");
        let waits: Vec<String> =
            one.waits_for.iter().flat_map(|name| input_names(name, how.wires)).collect();
        if !waits.is_empty() {
            let _ = writeln!(out, "    waits  for {}", clean(&waits.join(", ")));
        }
        let bound = match one.creates_max {
            Some(1) => "at most 1 create, no destroy".to_owned(),
            Some(n) => format!("at most {n} creates, no destroy"),
            None => "as many creates as the layer's max_deferred, no destroy".to_owned(),
        };
        let _ = writeln!(out, "    bound  {bound}\n");
    }
}

/// How an object differs from what the state has, at these attributes; nothing where it is gone.
pub(crate) fn drift_lines(change: &Change, names: &[String], how: Showing<'_>) -> String {
    let mut out = String::new();
    if change.action == Action::Delete {
        return out;
    }
    let mut diff = Diff::new(how, &mut out);
    for name in names {
        let (before, after) = (attribute(&change.before, name), attribute(&change.after, name));
        diff.entry(name, before, after, Note::None);
    }
    out
}

/// What somebody else changed; no part of the plan.
pub(super) fn drift(all: &[Change], how: Showing<'_>, out: &mut String) {
    for change in all.iter().filter(|change| change.is_told_as_drift()) {
        let head = how.paint.bold(&clean(&change.address.to_string()));
        let word = match change.action {
            Action::Delete => "is gone; drift, not part of this plan",
            _ => "was changed; drift, not part of this plan",
        };
        let _ = writeln!(out, "  {head}  {word}");
        if change.action == Action::Delete {
            out.push('\n');
            continue;
        }
        let mut diff = Diff::new(how, out);
        for name in attribute_names(&change.before, &change.after) {
            let (before, after) =
                (attribute(&change.before, &name), attribute(&change.after, &name));
            let null = Value::null(value::Type::DYNAMIC);
            let same = alike(before.unwrap_or(&null), after.unwrap_or(&null));
            if !same {
                diff.entry(&name, before, after, Note::None);
            }
        }
        out.push('\n');
    }
}
