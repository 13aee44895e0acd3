//! What of a request a policy's statements are about: each statement with the patterns that it and the request share.
//!
//! Invariant: for a request about one action and one resource the answer is exact; for a pattern it is about "some of them",
//! and a denial counts only where it covers what is granted.

use super::condition::{self, Keys};
use super::document::{Effect, Scope, Statement};
use crate::answer::{Claim, Holds};
use crate::glob::{self, Case};

/// What a statement and a request have in common.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) claim: Claim,
}

/// What a statement shares with a request about these patterns; empty where it is about something else.
///
/// A statement without `Resource` is about the resource it is attached to.
pub(crate) fn shared(
    statement: &Statement,
    action: &str,
    resource: &str,
    keys: &Keys,
) -> Vec<Shared> {
    let claim = condition::all(&statement.conditions, keys);
    if claim.holds == Holds::No {
        return Vec::new();
    }
    let mut found = Vec::new();
    for action in meets(&statement.actions, action, Case::Ignored, &Keys::default()) {
        let resources = match &statement.resources {
            None => vec![(resource.to_owned(), None)],
            Some(scope) => meets(scope, resource, Case::Counts, keys),
        };
        for (resource, open) in resources {
            let claim = match open {
                None => claim.clone(),
                Some(variable) => claim
                    .clone()
                    .and(Claim::on_condition(format!("{variable} is that of the call"))),
            };
            found.push(Shared { action: action.0.clone(), resource, claim });
        }
    }
    found
}

/// Whether a statement that denies is about all of these patterns, about some of them, or about none.
pub(crate) fn denies(statement: &Statement, shared: &Shared, keys: &Keys) -> Reach {
    debug_assert_eq!(statement.effect, Effect::Deny);
    let claim = condition::all(&statement.conditions, keys);
    if claim.holds == Holds::No {
        return Reach::None;
    }
    let action = reach(&statement.actions, &shared.action, Case::Ignored, &Keys::default());
    let resource = match &statement.resources {
        None => Coverage::All,
        Some(scope) => reach(scope, &shared.resource, Case::Counts, keys),
    };
    match action.min(resource) {
        Coverage::None => Reach::None,
        Coverage::Some => Reach::Some,
        Coverage::All => Reach::All(claim),
    }
}

/// How far a denial reaches.
#[derive(Clone, Debug)]
pub(crate) enum Reach {
    /// Not at all.
    None,
    /// To some of it.
    Some,
    /// To all of it, where the claim holds.
    All(Claim),
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Coverage {
    None,
    Some,
    All,
}

fn meets(scope: &Scope, asked: &str, case: Case, keys: &Keys) -> Vec<(String, Option<String>)> {
    match scope {
        Scope::Only(patterns) => patterns
            .iter()
            .filter_map(|pattern| {
                let (pattern, open) = condition::substituted(pattern, keys);
                Some((glob::meet(&pattern, asked, case)?, open))
            })
            .collect(),
        Scope::AllBut(patterns) => {
            let out = patterns.iter().any(|one| {
                let (pattern, open) = condition::substituted(one, keys);
                open.is_none() && glob::covers(&pattern, asked, case)
            });
            if out { Vec::new() } else { vec![(asked.to_owned(), None)] }
        }
    }
}

fn reach(scope: &Scope, asked: &str, case: Case, keys: &Keys) -> Coverage {
    let of = |pattern: &str| {
        let (pattern, open) = condition::substituted(pattern, keys);
        if open.is_none() && glob::covers(&pattern, asked, case) {
            Coverage::All
        } else if glob::overlaps(&pattern, asked, case) {
            Coverage::Some
        } else {
            Coverage::None
        }
    };
    match scope {
        Scope::Only(patterns) => patterns.iter().map(|one| of(one)).max().unwrap_or(Coverage::None),
        Scope::AllBut(patterns) => match patterns.iter().map(|one| of(one)).max() {
            None | Some(Coverage::None) => Coverage::All,
            Some(Coverage::Some) => Coverage::Some,
            Some(Coverage::All) => Coverage::None,
        },
    }
}
