//! Which environment a unit belongs to, which stack it is an instance of, and under which key: told from its path.
//!
//! Folders with `env.hcl`, `account.hcl` and `region.hcl`, names of regions and usual names of environments say what a step
//! of the path means. Where they say nothing the first step is the environment.
//! Invariant: no two units have the same place.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::tree::{Tree, join};
use crate::unit::Unit;

/// A unit's place in the estate.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) environment: String,
    /// The stack's name, before stacks that differ in more than values are told apart.
    pub(crate) stack: String,
    pub(crate) key: String,
}

/// Names that environments usually have.
const ENVIRONMENTS: &[&str] = &[
    "dev",
    "develop",
    "development",
    "test",
    "testing",
    "qa",
    "uat",
    "int",
    "integration",
    "stage",
    "staging",
    "stg",
    "preprod",
    "pre-prod",
    "prod",
    "production",
    "prd",
    "live",
    "sandbox",
    "nonprod",
    "non-prod",
    "demo",
];

/// The folder that Terragrunt writes the units of an explicit stack into: it means nothing.
const GENERATED: &str = ".terragrunt-stack";

/// The environment of units that no step of the path gives one.
const ALONE: &str = "main";
/// The key of an instance that no step of the path gives one.
const KEYLESS: &str = "main";

/// The places of all units.
pub(crate) fn places(tree: &dyn Tree, base: &str, units: &[Unit]) -> Vec<Place> {
    let common = common(units);
    let read: Vec<Parts> =
        units.iter().map(|unit| parts(tree, base, &unit.steps, common)).collect();
    let mut accounts: BTreeMap<&str, BTreeSet<&[String]>> = BTreeMap::new();
    for one in &read {
        accounts.entry(&one.environment).or_default().insert(&one.account);
    }
    let of = |one: &Parts| {
        let shared = accounts[&*one.environment].len() > 1;
        let account = if shared { &one.account[..] } else { &[] };
        let environment = account.iter().chain([&one.environment]).cloned().collect::<Vec<_>>();
        let key = one.key.join("-");
        Place {
            environment: name(&environment.join("-")),
            stack: name(&one.stack.join("-")),
            key: if key.is_empty() { KEYLESS.to_owned() } else { key },
        }
    };
    let mut places: Vec<Place> = read.iter().map(of).collect();
    let mut taken = HashSet::new();
    for (place, unit) in places.iter_mut().zip(units) {
        // Rare: two paths that come to the same. The whole path tells them apart.
        if !taken.insert(place.clone()) {
            place.stack = name(&unit.steps.join("-"));
        }
    }
    places
}

/// How many first steps all units share, a unit's own folder apart.
fn common(units: &[Unit]) -> usize {
    let Some(first) = units.first() else { return 0 };
    let most = units.iter().map(|unit| unit.steps.len().saturating_sub(1)).min().unwrap_or(0);
    (0..most).take_while(|at| units.iter().all(|unit| unit.steps[*at] == first.steps[*at])).count()
}

struct Parts {
    account: Vec<String>,
    environment: String,
    key: Vec<String>,
    stack: Vec<String>,
}

fn parts(tree: &dyn Tree, base: &str, steps: &[String], common: usize) -> Parts {
    let above = steps.len().saturating_sub(1);
    let has = |at: usize, names: &[&str]| {
        let folder = join(base, &steps[..=at].join("/"));
        names.iter().any(|file| tree.text(&join(&folder, file)).is_some())
    };
    let is_region: Vec<bool> =
        (0..above).map(|at| has(at, &["region.hcl"]) || is_region(&steps[at])).collect();
    let last = |fits: &dyn Fn(usize) -> bool| (0..above).rev().find(|at| fits(*at));
    let environment = last(&|at| has(at, &["env.hcl", "environment.hcl"]))
        .or_else(|| last(&|at| ENVIRONMENTS.contains(&&*steps[at].to_lowercase())))
        .or_else(|| last(&|at| has(at, &["account.hcl", "subscription.hcl", "project.hcl"])))
        .or_else(|| (common..above).find(|at| !is_region[*at] && steps[*at] != GENERATED));
    let mut parts = Parts {
        account: Vec::new(),
        environment: environment.map_or_else(|| ALONE.to_owned(), |at| steps[at].clone()),
        key: Vec::new(),
        stack: Vec::new(),
    };
    for (at, step) in steps.iter().enumerate() {
        if Some(at) == environment || step == GENERATED {
            continue;
        }
        let is_key = at < above && is_region[at];
        let is_account = environment.is_some_and(|environment| at < environment);
        let into = match (is_key, is_account) {
            (true, _) => &mut parts.key,
            (false, true) => &mut parts.account,
            (false, false) if at < common && environment.is_none() => continue,
            (false, false) => &mut parts.stack,
        };
        into.push(step.clone());
    }
    parts
}

/// Whether a step is the name of a region, as clouds name theirs, or stands in the place of one.
fn is_region(step: &str) -> bool {
    if matches!(step, "_global" | "global") {
        return true;
    }
    let words: Vec<&str> = step.split('-').collect();
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let compass = |text: &str| {
        ["north", "south", "east", "west", "central"].iter().any(|it| text.starts_with(it))
    };
    match words[..] {
        // eu-west-1, us-gov-east-1
        [area, .., side, number] => area.len() == 2 && compass(side) && is_number(number),
        // europe-west4
        [_, side] => compass(side) && side.ends_with(|it: char| it.is_ascii_digit()),
        // westeurope, eastus2
        [one] => {
            compass(one)
                && ["europe", "us", "uk", "asia", "india"].iter().any(|area| {
                    one.trim_end_matches(|it: char| it.is_ascii_digit()).ends_with(area)
                })
        }
        [] => false,
    }
}

/// A name of the estate file: lower-case letters, digits and hyphens, beginning with a letter.
pub(crate) fn name(text: &str) -> String {
    let mut made = String::new();
    for letter in text.to_lowercase().chars() {
        match letter {
            'a'..='z' | '0'..='9' => made.push(letter),
            _ if made.ends_with('-') || made.is_empty() => {}
            _ => made.push('-'),
        }
    }
    let made = made.trim_end_matches('-');
    let made = if made.starts_with(|it: char| it.is_ascii_lowercase()) {
        made.to_owned()
    } else {
        format!("x-{made}").trim_end_matches('-').to_owned()
    };
    made.chars().take(60).collect::<String>().trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_known_by_their_names() {
        for region in [
            "eu-west-1",
            "us-gov-east-1",
            "ap-southeast-2",
            "europe-west4",
            "westeurope",
            "eastus2",
            "_global",
        ] {
            assert!(is_region(region), "{region}");
        }
        for other in ["network", "web-1", "prod", "us", "east-coast", "my-west"] {
            assert!(!is_region(other), "{other}");
        }
    }

    #[test]
    fn names_fit_the_estate_file() {
        let check = |text: &str, expect: &str| assert_eq!(name(text), expect);
        check("Web_Server.Cluster", "web-server-cluster");
        check("01-network", "x-01-network");
        check("_global", "global");
    }
}
