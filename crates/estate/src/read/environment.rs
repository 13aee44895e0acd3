//! `environment` blocks.

use std::collections::HashMap;
use std::sync::Arc;

use diag::{Diagnostic, Diags};
use syntax::Block;

use super::body::{self, Allowed};
use super::{names, settings};
use crate::model::{Environment, EnvironmentIdx, Protection};

const ALLOWED: Allowed = Allowed {
    arguments: &["values", "inputs", "protected", "after", "lock_file"],
    blocks: body::SETTINGS,
};

/// Reads one environment; which others it comes after is read when all are ([`after`]).
pub(super) fn read(block: &Block, diags: &mut Diags) -> Option<Environment> {
    body::check(block, &ALLOWED, diags);
    let values = body::items_of(block, "values", diags);
    if let Some(taken) = values.iter().find(|value| &*value.name.text == "name") {
        diags.push(
            Diagnostic::error("estate-value-name", "A value called `name`")
                .detail("`env.name` is the environment's own name.")
                .remedy("Give the value another name.")
                .at(taken.name.span),
        );
    }
    let inputs = body::items_of(block, "inputs", diags);
    let protection = match body::switch_of(block, "protected", diags) {
        Some(true) => Protection::Protected,
        Some(false) | None => Protection::Open,
    };
    let settings = settings::read(block, diags);
    Some(Environment {
        name: names::of_block(block, diags)?,
        values,
        inputs,
        protection,
        after: Vec::new(),
        lock_file: body::text_of(block, "lock_file", diags),
        providers: settings.providers,
        credentials: settings.credentials,
    })
}

/// Reads `after` of each environment, whose blocks stand beside it.
pub(super) fn after(
    blocks: &[(&Block, EnvironmentIdx)],
    environments: &mut [Environment],
    diags: &mut Diags,
) {
    let by_name: HashMap<Arc<str>, EnvironmentIdx> = environments
        .iter()
        .enumerate()
        .map(|(at, one)| (one.name.node.clone(), EnvironmentIdx(at as u32)))
        .collect();
    let known: Vec<Arc<str>> = environments.iter().map(|one| one.name.node.clone()).collect();
    for (block, own) in blocks {
        for name in body::texts_of(block, "after", diags).unwrap_or_default() {
            match by_name.get(&name.node) {
                Some(other) => environments[own.0 as usize].after.push(*other),
                None => {
                    let known: Vec<&str> = known.iter().map(|name| &**name).collect();
                    diags.push(names::unknown("environment", &name, &known));
                }
            }
        }
    }
    if let Some(start) = in_circle(environments) {
        let names = round(environments, start);
        let at = blocks.iter().find(|(_, own)| *own == start);
        diags.push(
            Diagnostic::error(
                "estate-after-circle",
                "Environments that come after one another in a circle",
            )
            .detail(format!("Each of these comes after the next: {}.", names.join(" -> ")))
            .remedy("Take one of them out of an `after`.")
            .maybe_at(at.and_then(|(block, _)| block.body.attribute("after")).map(|a| a.span)),
        );
    }
}

/// An environment that comes after itself.
fn in_circle(environments: &[Environment]) -> Option<EnvironmentIdx> {
    let all = (0..environments.len()).map(|at| EnvironmentIdx(at as u32));
    all.into_iter().find(|start| {
        let mut seen = vec![false; environments.len()];
        let mut open = environments[start.0 as usize].after.clone();
        while let Some(next) = open.pop() {
            if next == *start {
                return true;
            }
            if !std::mem::replace(&mut seen[next.0 as usize], true) {
                open.extend(&environments[next.0 as usize].after);
            }
        }
        false
    })
}

/// The names on a way from an environment back to itself.
fn round(environments: &[Environment], start: EnvironmentIdx) -> Vec<String> {
    let mut came_from: HashMap<EnvironmentIdx, EnvironmentIdx> = HashMap::new();
    let mut open = vec![start];
    while let Some(at) = open.pop() {
        for next in &environments[at.0 as usize].after {
            if !came_from.contains_key(next) {
                came_from.insert(*next, at);
                open.push(*next);
            }
        }
    }
    let name = |one: EnvironmentIdx| environments[one.0 as usize].name.node.to_string();
    let mut names = vec![name(start)];
    let mut at = came_from.get(&start).copied();
    while let Some(one) = at.filter(|one| *one != start) {
        names.push(name(one));
        at = came_from.get(&one).copied();
    }
    names.push(name(start));
    names.reverse();
    names
}
