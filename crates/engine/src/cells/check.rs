//! Results of conditions, gathered from all objects of a run.
//!
//! Kept by configuration object; those whose instances are not known (a failed expansion) stay unknown.
//! Invariant: the results told are in the order of kind and address, whoever reported first.

use std::collections::BTreeMap;
use std::sync::Arc;

use state::{CheckKind, CheckObject, CheckResult, CheckStatus};

use super::rule::RuleResults;

/// Results so far.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    all: BTreeMap<(CheckKind, String), Config>,
}

/// The results of one configuration object.
#[derive(Debug, Default)]
struct Config {
    /// Whether it is known which instances there are.
    expanded: bool,
    objects: BTreeMap<String, Object>,
}

/// The results of one instance: of its pre- and its postconditions.
#[derive(Debug, Default)]
struct Object {
    results: [RuleResults; 2],
}

/// Which conditions of an object are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Preconditions, and validations.
    Before = 0,
    /// Postconditions.
    After = 1,
}

impl Checks {
    /// A configuration object that has conditions.
    pub(crate) fn expect(&mut self, kind: CheckKind, config: String) {
        self.all.entry((kind, config)).or_default();
    }

    /// All instances in a module instance of a configuration object; each has so many pre- and postconditions.
    pub(crate) fn expect_objects(
        &mut self,
        kind: CheckKind,
        config: String,
        addresses: Vec<String>,
        counts: (usize, usize),
    ) {
        let config = self.all.entry((kind, config)).or_default();
        config.expanded = true;
        for address in addresses {
            let unknown = |count| RuleResults {
                statuses: vec![CheckStatus::Unknown; count],
                failures: Vec::new(),
            };
            config
                .objects
                .insert(address, Object { results: [unknown(counts.0), unknown(counts.1)] });
        }
    }

    /// The results of some conditions of an instance.
    pub(crate) fn report(
        &mut self,
        kind: CheckKind,
        config: String,
        address: String,
        when: When,
        results: RuleResults,
    ) {
        let config = self.all.entry((kind, config)).or_default();
        config.expanded = true;
        config.objects.entry(address).or_default().results[when as usize] = results;
    }

    /// All results.
    pub(crate) fn results(&self) -> Vec<CheckResult> {
        let result = |((kind, address), config): (&(CheckKind, String), &Config)| {
            let objects: Vec<CheckObject> =
                config.objects.iter().map(|(address, object)| object.result(address)).collect();
            let status = match config.expanded {
                true => united(objects.iter().map(|object| object.status)),
                false => CheckStatus::Unknown,
            };
            CheckResult { kind: *kind, address: Arc::from(address.as_str()), status, objects }
        };
        self.all.iter().map(result).collect()
    }
}

impl Object {
    fn result(&self, address: &str) -> CheckObject {
        CheckObject {
            address: Arc::from(address),
            status: united(self.results.iter().flat_map(|one| one.statuses.iter().copied())),
            failures: self.results.iter().flat_map(|one| one.failures.iter().cloned()).collect(),
        }
    }
}

/// The status of several: an error outweighs a failure, a failure what is unknown, that what passes; none pass.
pub(crate) fn united(statuses: impl Iterator<Item = CheckStatus>) -> CheckStatus {
    let weight = |status: &CheckStatus| match status {
        CheckStatus::Pass => 0,
        CheckStatus::Unknown => 1,
        CheckStatus::Fail => 2,
        CheckStatus::Error => 3,
    };
    statuses.max_by_key(weight).unwrap_or(CheckStatus::Pass)
}
