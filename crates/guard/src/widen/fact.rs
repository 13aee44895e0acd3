//! Facts about access: a grant, traffic that is let through, or a plain one; which covers which, and their words.

use std::sync::Arc;

use super::pattern::{self, Case};
use super::traffic::Traffic;

/// How many actions are named before they are only counted.
const ACTIONS_TOLD_MAX: usize = 5;

/// Something that is let be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// Somebody may do something with something.
    Grant(Grant),
    /// Traffic is let through.
    Traffic(Traffic),
    /// In words; equal words are the same fact.
    Plain(String),
    /// In words that leave out what tells it from others.
    Detail {
        /// What is told.
        words: String,
        /// What it is compared by.
        detail: String,
    },
}

/// Somebody may do something with something, as patterns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    /// What, as `s3:PutObject`; a beginning `!` says all but what follows.
    pub(super) what: Arc<str>,
    /// With what; empty where that goes without saying.
    pub(super) on: Arc<str>,
    /// Who; empty where that goes without saying.
    pub(super) by: Arc<str>,
    /// Under which conditions, as canonical text.
    pub(super) only_if: Option<Arc<str>>,
}

impl Fact {
    /// A grant without conditions.
    pub(super) fn grant(what: &str, on: &str, by: &str) -> Fact {
        Fact::Grant(Grant { what: what.into(), on: on.into(), by: by.into(), only_if: None })
    }

    /// The same as the object that it is granted to shows it: without its name.
    pub(super) fn by_itself(self) -> Fact {
        match self {
            Fact::Grant(grant) => Fact::Grant(Grant { by: "".into(), ..grant }),
            other => other,
        }
    }

    /// Whether this lets be all that the other does.
    pub(super) fn covers(&self, other: &Fact) -> bool {
        match (self, other) {
            (Fact::Grant(wide), Fact::Grant(narrow)) => wide.covers(narrow),
            (Fact::Traffic(wide), Fact::Traffic(narrow)) => wide.covers(narrow),
            (Fact::Plain(_), Fact::Plain(_)) | (Fact::Detail { .. }, Fact::Detail { .. }) => {
                self == other
            }
            _ => false,
        }
    }
}

impl Grant {
    fn covers(&self, narrow: &Grant) -> bool {
        pattern::covers(&self.what, &narrow.what, Case::Ignored)
            && pattern::covers(&self.on, &narrow.on, Case::Counts)
            && pattern::covers(&self.by, &narrow.by, Case::Counts)
            && (self.only_if.is_none() || self.only_if == narrow.only_if)
    }

    /// What goes with the action.
    fn rest(&self) -> String {
        let mut rest = String::new();
        match &*self.on {
            "" => {}
            "*" => rest.push_str(" on everything"),
            on => rest.push_str(&format!(" on {}", short(on))),
        }
        match &*self.by {
            "" => {}
            "*" => rest.push_str(" by anybody"),
            by => rest.push_str(&format!(" by {}", short(by))),
        }
        if self.only_if.is_some() {
            rest.push_str(", under conditions");
        }
        rest
    }
}

/// Facts in words, grants that differ only in what may be done joined.
pub(super) fn words(facts: &[Fact]) -> Vec<String> {
    let mut words: Vec<(String, Vec<&str>)> = Vec::new();
    for fact in facts {
        match fact {
            Fact::Grant(grant) => {
                let rest = grant.rest();
                match words.iter_mut().find(|(of, actions)| *of == rest && !actions.is_empty()) {
                    Some((_, actions)) => actions.push(&grant.what),
                    None => words.push((rest, vec![&grant.what])),
                }
            }
            Fact::Traffic(traffic) => words.push((traffic.words(), Vec::new())),
            Fact::Plain(plain) => words.push((plain.clone(), Vec::new())),
            Fact::Detail { words: told, .. } => {
                if !words.iter().any(|(one, _)| one == told) {
                    words.push((told.clone(), Vec::new()));
                }
            }
        }
    }
    words.into_iter().map(|(rest, actions)| format!("{}{rest}", joined(&actions))).collect()
}

fn joined(actions: &[&str]) -> String {
    let told: Vec<String> = actions.iter().take(ACTIONS_TOLD_MAX).map(|one| action(one)).collect();
    match actions.len().saturating_sub(ACTIONS_TOLD_MAX) {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}

fn action(action: &str) -> String {
    match action.strip_prefix('!') {
        Some(but) => format!("all but {but}"),
        None if action == "*" => "everything".to_owned(),
        None if action.is_empty() => "something that is not named".to_owned(),
        None => action.to_owned(),
    }
}

/// An ARN without what is the same for all: `arn:aws:s3:::acme-logs-*` is `acme-logs-*`, that of a role keeps its account.
fn short(name: &str) -> String {
    if let Some(but) = name.strip_prefix('!') {
        return format!("all but {but}");
    }
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    match parts[..] {
        ["arn", _, "s3", "", "", bucket] => bucket.to_owned(),
        ["arn", _, "iam" | "sts", _, account, rest] => format!("{account}:{rest}"),
        ["arn", _, service, _, _, rest] => format!("{service} {rest}"),
        _ => name.to_owned(),
    }
}
