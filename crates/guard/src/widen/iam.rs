//! Policies in the JSON of AWS: statements that allow and deny actions on resources by principals.
//!
//! Invariant: no text makes it fail; what is no policy leaves the doubt "policy not understood".

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::fact::{Fact, Grant};
use super::look::Reading;

/// The largest policy that is compared, in bytes: the clouds' own limits are far lower.
const TEXT_BYTES_MAX: usize = 256 << 10;
/// How many grants a policy may come to.
const GRANTS_MAX: usize = 2_000;

/// Reads a policy's text into facts and denials.
pub(super) fn read(name: &str, text: &str, reading: &mut Reading) {
    if text.trim().is_empty() {
        return;
    }
    let mut own = Reading::default();
    if statements(text, &mut own).is_none() {
        reading.doubts.push(format!("`{name}`: policy not understood, may widen access"));
        return;
    }
    reading.facts.append(&mut own.facts);
    reading.denials.append(&mut own.denials);
}

fn statements(text: &str, reading: &mut Reading) -> Option<()> {
    if text.len() > TEXT_BYTES_MAX {
        return None;
    }
    let document: Map<String, Json> = serde_json::from_str(text).ok()?;
    match document.get("Statement")? {
        Json::Array(all) => all.iter().try_for_each(|one| statement(one.as_object()?, reading)),
        Json::Object(one) => statement(one, reading),
        _ => None,
    }
}

fn statement(statement: &Map<String, Json>, reading: &mut Reading) -> Option<()> {
    let actions = either(statement, "Action", "NotAction")?;
    let resources = either(statement, "Resource", "NotResource").unwrap_or_else(|| vec!["".into()]);
    let principals = principals(statement)?;
    let only_if = match statement.get("Condition") {
        None => None,
        Some(Json::Object(conditions)) if conditions.is_empty() => None,
        Some(conditions @ Json::Object(_)) => Some(Arc::from(canonical(conditions))),
        Some(_) => return None,
    };
    let into = match statement.get("Effect")?.as_str()? {
        "Allow" => &mut reading.facts,
        "Deny" => &mut reading.denials,
        _ => return None,
    };
    let count = actions.len().checked_mul(resources.len())?.checked_mul(principals.len())?;
    if into.len().checked_add(count)? > GRANTS_MAX {
        return None;
    }
    for by in &principals {
        for on in &resources {
            into.extend(actions.iter().map(|what| {
                Fact::Grant(Grant {
                    what: what.clone(),
                    on: on.clone(),
                    by: by.clone(),
                    only_if: only_if.clone(),
                })
            }));
        }
    }
    Some(())
}

/// The texts under a name, or all but those under the opposite one.
fn either(statement: &Map<String, Json>, name: &str, not: &str) -> Option<Vec<Arc<str>>> {
    match (statement.get(name), statement.get(not)) {
        (Some(texts), None) => strings(texts),
        (None, Some(texts)) => {
            let mut texts = strings(texts)?;
            texts.sort();
            Some(vec![format!("!{}", texts.join(", ")).into()])
        }
        _ => None,
    }
}

/// The principals of a statement; one empty name where it has none, as in the policy of a role.
fn principals(statement: &Map<String, Json>) -> Option<Vec<Arc<str>>> {
    let (which, prefix) = match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (None, None) => return Some(vec!["".into()]),
        (Some(which), None) => (which, ""),
        (None, Some(which)) => (which, "!"),
        (Some(_), Some(_)) => return None,
    };
    let mut all: Vec<Arc<str>> = Vec::new();
    match which {
        Json::String(one) => all.push(one.as_str().into()),
        Json::Object(kinds) => {
            for (kind, names) in kinds {
                all.extend(strings(names)?.into_iter().map(|name| match kind.as_str() {
                    "AWS" => name,
                    kind => format!("{} {name}", kind.to_ascii_lowercase()).into(),
                }));
            }
        }
        _ => return None,
    }
    if prefix.is_empty() {
        return Some(all);
    }
    all.sort();
    Some(vec![format!("{prefix}{}", all.join(", ")).into()])
}

fn strings(json: &Json) -> Option<Vec<Arc<str>>> {
    match json {
        Json::String(one) => Some(vec![one.as_str().into()]),
        Json::Array(all) => all.iter().map(|one| one.as_str().map(Arc::from)).collect(),
        _ => None,
    }
}

/// A text that is the same for conditions that say the same: names in order, a single value as a list of one, lists in order.
fn canonical(json: &Json) -> String {
    match json {
        Json::Object(entries) => {
            let mut parts: Vec<String> = entries
                .iter()
                .map(|(name, value)| format!("{name:?}:{}", canonical(value)))
                .collect();
            parts.sort();
            format!("{{{}}}", parts.join(","))
        }
        Json::Array(all) => {
            let mut parts: Vec<String> = all.iter().map(|one| one.to_string()).collect();
            parts.sort();
            format!("[{}]", parts.join(","))
        }
        Json::String(_) => format!("[{json}]"),
        other => format!("[\"{other}\"]"),
    }
}
