//! Why a change comes about, in a line each.

use plan::{Cause, Change, Origin};
use value::{Path, Step, View};

use crate::changes::reason;
use crate::estate::{Wires, input_names};

/// The causes of a change, most telling first; of wired inputs what they read.
pub(crate) fn lines(change: &Change, wires: &Wires) -> Vec<String> {
    let own = reason(change.reason).map(str::to_owned);
    let told: Vec<String> = change.causes.iter().filter_map(|cause| line(cause, wires)).collect();
    match own {
        Some(own) if !told.contains(&own) => std::iter::once(own).chain(told).collect(),
        _ => told,
    }
}

/// The first cause, short, for a table.
pub(crate) fn short(changes: &[&Change]) -> String {
    let mut upstream: Vec<String> = Vec::new();
    for cause in changes.iter().flat_map(|change| &change.causes) {
        if let Cause::Argument { from, .. } = cause {
            let inputs = from.iter().filter_map(|origin| match origin {
                Origin::Input(name) => Some(format!("var.{name}")),
                _ => None,
            });
            upstream.extend(inputs);
        }
    }
    upstream.sort();
    upstream.dedup();
    match upstream.as_slice() {
        [] => "this change".to_owned(),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

fn line(cause: &Cause, wires: &Wires) -> Option<String> {
    Some(match cause {
        Cause::New | Cause::Removed | Cause::Destroy | Cause::Tainted | Cause::Requested => {
            return None;
        }
        Cause::Argument { path: at, from } if from.is_empty() => {
            format!("{} is written otherwise", path(at))
        }
        Cause::Argument { path: at, from } => {
            let from: Vec<String> = from.iter().map(|one| origin(one, wires)).collect();
            format!("{} reads {}", path(at), from.join(", "))
        }
        Cause::Drift { paths } => {
            let paths: Vec<String> = paths.iter().map(path).collect();
            format!("changed outside of Strata: {}", paths.join(", "))
        }
        Cause::Gone => "gone, though the state has it".to_owned(),
        Cause::Trigger(origin_of) => {
            format!("replace_triggered_by names {}", origin(origin_of, wires))
        }
        Cause::Deposed => "left over from a replacement".to_owned(),
        Cause::Pending(on) => {
            let on: Vec<String> = on.iter().map(|one| origin(one, wires)).collect();
            format!("waits for {}", on.join(", "))
        }
        Cause::Bookkeeping => "only what the state says of it changes".to_owned(),
        Cause::Provider => "the provider plans it; no argument differs".to_owned(),
    })
}

fn origin(origin: &Origin, wires: &Wires) -> String {
    match origin {
        Origin::Input(name) => input_names(name, wires).join(", "),
        Origin::Instance(instance) => instance.to_string(),
        Origin::Resource(address) => address.to_string(),
    }
}

/// A path as it is written in the language.
pub(crate) fn path(path: &Path) -> String {
    let mut out = String::new();
    for step in path.steps() {
        match step {
            Step::Attr(name) if out.is_empty() => out.push_str(name),
            Step::Attr(name) => {
                out.push('.');
                out.push_str(name);
            }
            Step::Index(key) => match key.view() {
                View::String(text) => out.push_str(&format!("[{}]", addr::quote(text))),
                View::Number(number) => out.push_str(&format!("[{number}]")),
                _ => out.push_str("[*]"),
            },
        }
    }
    out
}
