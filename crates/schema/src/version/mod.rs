//! Versions and version constraints, of providers and of OpenTofu itself.
//!
//! Two dialects, because OpenTofu has two: providers' constraints are read strictly and never select a prerelease
//! that was not asked for by its exact version; `required_version` and module versions are read loosely and let a
//! prerelease in a constraint admit prereleases of the same numbers.
//!
//! Not here: finding out which versions there are. Invariant: [`Ord`] of [`Version`] is precedence, then build metadata.

mod constraint;
mod parse;

use std::cmp::Ordering;
use std::fmt;

pub use constraint::{Constraint, Constraints, Dialect, Op};

/// A version: three numbers, and perhaps a prerelease and build metadata.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    /// Raised when something breaks.
    pub major: u64,
    /// Raised when something is added.
    pub minor: u64,
    /// Raised when something is mended.
    pub patch: u64,
    /// Such as `beta.1`; empty for a release.
    pub prerelease: Box<str>,
    /// Such as `git.abc`; takes no part in precedence.
    pub metadata: Box<str>,
}

/// Why a text is no version or no constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionError {
    /// The text at fault.
    pub text: String,
    /// What is wrong, as the end of a sentence.
    pub message: String,
}

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.text, self.message)
    }
}

impl std::error::Error for VersionError {}

impl Version {
    /// A release.
    pub fn new(major: u64, minor: u64, patch: u64) -> Version {
        Version { major, minor, patch, prerelease: Box::default(), metadata: Box::default() }
    }

    /// Reads a version; numbers left out at the end are 0.
    pub fn parse(text: &str) -> Result<Version, VersionError> {
        parse::version(text)
    }

    /// Whether it is a prerelease.
    pub fn is_prerelease(&self) -> bool {
        !self.prerelease.is_empty()
    }

    /// The three numbers.
    pub fn numbers(&self) -> (u64, u64, u64) {
        (self.major, self.minor, self.patch)
    }

    /// Which comes first, build metadata left out of account.
    pub fn precedence(&self, other: &Version) -> Ordering {
        self.numbers().cmp(&other.numbers()).then_with(|| {
            match (self.is_prerelease(), other.is_prerelease()) {
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                _ => prerelease_order(&self.prerelease, &other.prerelease),
            }
        })
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Version) -> Ordering {
        self.precedence(other).then_with(|| self.metadata.cmp(&other.metadata))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Version) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

/// Semantic Versioning 2.0.0, §11: identifier by identifier, numbers before words, the shorter first.
fn prerelease_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) => match identifier_order(x, y) {
                Ordering::Equal => {}
                order => return order,
            },
        }
    }
}

fn identifier_order(a: &str, b: &str) -> Ordering {
    let number = |s: &str| s.bytes().all(|byte| byte.is_ascii_digit());
    match (number(a), number(b)) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (true, true) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
        (false, false) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precedence_is_semver() {
        let order = [
            "0.9.9",
            "1.0.0-1",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.2",
            "1.0.0-alpha.11",
            "1.0.0-beta",
            "1.0.0",
            "1.0.1",
            "1.10.0",
            "2.0.0",
        ];
        for pair in order.windows(2) {
            let (a, b) = (Version::parse(pair[0]).unwrap(), Version::parse(pair[1]).unwrap());
            assert_eq!(a.cmp(&b), Ordering::Less, "{a} {b}");
        }
        let plain = Version::parse("1.0.0").unwrap();
        let built = Version::parse("1.0.0+x").unwrap();
        assert_eq!(plain.precedence(&built), Ordering::Equal);
        assert_ne!(plain, built);
    }

    #[test]
    fn prints_what_it_reads() {
        for text in ["1.2.3", "1.2.3-rc.1", "1.2.3-rc.1+git.5", "0.0.0+m"] {
            assert_eq!(Version::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Version::parse("1.2").unwrap().to_string(), "1.2.0");
        for text in
            ["", "v1.0.0", "1.0.0.0", "1.x", " 1.0.0", "1.0.0 ", ">= 1.0", "1.0.0-", "one", "1..2"]
        {
            assert!(Version::parse(text).is_err(), "{text}");
        }
    }
}
