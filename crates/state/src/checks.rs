//! Results of conditions, as the state keeps them between runs.
//!
//! Not the conditions themselves, nor what a failure leads to. Addresses stay text: nothing here needs their parts.
//! Invariant: the order is that in which they were read or given, since a version 4 file keeps no other.

use std::sync::Arc;

/// What kind of configuration object carries the conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckKind {
    /// A resource or data source.
    Resource,
    /// An output value.
    Output,
    /// A `check` block.
    Check,
    /// An input variable.
    Variable,
}

impl CheckKind {
    /// The word of the version 4 format.
    pub fn word(self) -> &'static str {
        match self {
            CheckKind::Resource => "resource",
            CheckKind::Output => "output",
            CheckKind::Check => "check",
            CheckKind::Variable => "var",
        }
    }

    /// The kind with this word; `None` for one of a later format.
    pub fn from_word(word: &str) -> Option<CheckKind> {
        Some(match word {
            "resource" => CheckKind::Resource,
            "output" => CheckKind::Output,
            "check" => CheckKind::Check,
            "var" => CheckKind::Variable,
            _ => return None,
        })
    }
}

/// How a condition came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckStatus {
    /// All conditions hold.
    Pass,
    /// A condition does not hold.
    Fail,
    /// A condition could not be evaluated.
    Error,
    /// Not known yet.
    Unknown,
}

impl CheckStatus {
    /// The word of the version 4 format.
    pub fn word(self) -> &'static str {
        match self {
            CheckStatus::Pass => "pass",
            CheckStatus::Fail => "fail",
            CheckStatus::Error => "error",
            CheckStatus::Unknown => "unknown",
        }
    }

    /// The status with this word; a word of a later format reads as unknown.
    pub fn from_word(word: &str) -> CheckStatus {
        match word {
            "pass" => CheckStatus::Pass,
            "fail" => CheckStatus::Fail,
            "error" => CheckStatus::Error,
            _ => CheckStatus::Unknown,
        }
    }
}

/// The conditions of one configuration object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// What carries them.
    pub kind: CheckKind,
    /// The configuration object's address, without instance keys.
    pub address: Arc<str>,
    /// The union of its objects' results.
    pub status: CheckStatus,
    /// One for each instance.
    pub objects: Vec<CheckObject>,
}

/// The conditions of one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckObject {
    /// The instance's address.
    pub address: Arc<str>,
    /// The union of its conditions' results.
    pub status: CheckStatus,
    /// The error messages of the conditions that fail.
    pub failures: Vec<Arc<str>>,
}
