//! Versions and version constraints of modules, providers and OpenTofu itself, as `required_version`, `version` and
//! `compatible_with` write them.
//!
//! The rules are those of the library that OpenTofu reads its configuration with: a version has any number of
//! segments and is filled up to three, a pre-release may follow without a hyphen, `~>` counts the segments *as
//! written*, and a pre-release is admitted only by a constraint that names one of the same segments.
//! How provider registries compare versions is not told here.
//!
//! Invariant: a [`Version`] has at least three segments.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// A version such as `1.2.3-beta1+meta`.
#[derive(Clone, Debug)]
pub struct Version {
    segments: Vec<i64>,
    /// How many segments were written: `~>` asks.
    written: usize,
    pre: Arc<str>,
    metadata: Arc<str>,
}

impl Version {
    /// Reads a version; `None` where the text is not one.
    pub fn parse(text: &str) -> Option<Version> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, metadata) = match text.split_once('+') {
            Some((head, tail)) => (head, dotted(tail).then_some(tail)?),
            None => (text, ""),
        };
        let numbers_end = text
            .find(|c: char| !(c.is_ascii_digit() || c == '.'))
            .unwrap_or(text.len());
        let (numbers, rest) = text.split_at(numbers_end);
        let segments: Vec<i64> =
            numbers.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let pre = pre_release(rest)?;
        let written = segments.len();
        let mut segments = segments;
        segments.resize(written.max(3), 0);
        Some(Version { segments, written, pre: pre.into(), metadata: metadata.into() })
    }

    /// The segments, at least three.
    pub fn segments(&self) -> &[i64] {
        &self.segments
    }

    /// The pre-release without its hyphen, empty where there is none.
    pub fn pre_release(&self) -> &str {
        &self.pre
    }

    /// The version without pre-release and metadata.
    pub fn core(&self) -> Version {
        Version { pre: "".into(), metadata: "".into(), ..self.clone() }
    }

    fn compare(&self, other: &Version) -> Ordering {
        let longest = self.segments.len().max(other.segments.len());
        for i in 0..longest {
            let (a, b) = (self.segments.get(i), other.segments.get(i));
            match a.unwrap_or(&0).cmp(b.unwrap_or(&0)) {
                Ordering::Equal => {}
                unequal => return unequal,
            }
        }
        if self.segments.len() != other.segments.len() {
            return Ordering::Equal;
        }
        match (self.pre.is_empty(), other.pre.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => compare_pre(&self.pre, &other.pre),
        }
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Version) -> bool {
        self.compare(other) == Ordering::Equal
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Version) -> Option<Ordering> {
        Some(self.compare(other))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, segment) in self.segments.iter().enumerate() {
            write!(f, "{}{segment}", if i > 0 { "." } else { "" })?;
        }
        if !self.pre.is_empty() {
            write!(f, "-{}", self.pre)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

/// The pre-release at the head of what follows the numbers; `None` where it is malformed.
fn pre_release(rest: &str) -> Option<&str> {
    if rest.is_empty() {
        return Some("");
    }
    let body = rest.strip_prefix('-').unwrap_or(rest);
    let hyphenated = body.len() < rest.len();
    let first = body.chars().next();
    let may_start = match first {
        Some(c) if c.is_ascii_digit() => hyphenated,
        Some(c) => c.is_ascii_alphabetic() || c == '-' || c == '~',
        None => false,
    };
    // A lone second hyphen belongs to the pre-release: `1.0--x` has `-x`.
    (may_start && dotted(body)).then_some(body)
}

/// Whether the text is dot-joined words of letters, digits, `-` and `~`.
fn dotted(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '~';
    text.split('.').all(|part| !part.is_empty() && part.chars().all(word))
}

fn compare_pre(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let (a, b) = (left.next(), right.next());
        if a.is_none() && b.is_none() {
            return Ordering::Equal;
        }
        match compare_pre_part(a.unwrap_or(""), b.unwrap_or("")) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
    }
}

/// Numbers stand below words; a missing part stands above a number and below a word.
fn compare_pre_part(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    match (a.parse::<i64>(), b.parse::<i64>()) {
        _ if a.is_empty() => {
            if b.parse::<i64>().is_ok() { Ordering::Less } else { Ordering::Greater }
        }
        _ if b.is_empty() => {
            if a.parse::<i64>().is_ok() { Ordering::Greater } else { Ordering::Less }
        }
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Err(_), Err(_)) => a.cmp(b),
    }
}

/// How a constraint compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=` or nothing.
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `<`
    Less,
    /// `>=`
    GreaterOrEqual,
    /// `<=`
    LessOrEqual,
    /// `~>`: the last segment written may grow.
    Pessimistic,
}

/// One comparison.
#[derive(Clone, Debug)]
pub struct Constraint {
    /// How.
    pub operator: Operator,
    /// With what.
    pub version: Version,
    /// As written, between the commas.
    pub text: Arc<str>,
}

impl Constraint {
    fn parse(text: &str) -> Option<Constraint> {
        const OPERATORS: [(&str, Operator); 7] = [
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("!=", Operator::NotEqual),
            ("~>", Operator::Pessimistic),
            ("<", Operator::Less),
            (">", Operator::Greater),
            ("=", Operator::Equal),
        ];
        let trimmed = text.trim_matches(|c: char| c.is_ascii_whitespace());
        let (operator, rest) = OPERATORS
            .iter()
            .find_map(|(sign, operator)| Some((*operator, trimmed.strip_prefix(sign)?)))
            .unwrap_or((Operator::Equal, trimmed));
        let version = Version::parse(rest.trim_start())?;
        Some(Constraint { operator, version, text: text.into() })
    }

    /// Whether a version meets it.
    pub fn admits(&self, version: &Version) -> bool {
        let order = version.compare(&self.version);
        match self.operator {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::Greater => self.admits_pre(version) && order.is_gt(),
            Operator::Less => self.admits_pre(version) && order.is_lt(),
            Operator::GreaterOrEqual => self.admits_pre(version) && order.is_ge(),
            Operator::LessOrEqual => self.admits_pre(version) && order.is_le(),
            Operator::Pessimistic => self.admits_pre(version) && self.pessimistic(version),
        }
    }

    /// A pre-release is admitted only where the constraint has one of the same segments.
    fn admits_pre(&self, version: &Version) -> bool {
        match (version.pre.is_empty(), self.version.pre.is_empty()) {
            (true, _) => true,
            (false, true) => false,
            (false, false) => version.segments == self.version.segments,
        }
    }

    fn pessimistic(&self, version: &Version) -> bool {
        let own = &self.version;
        if !own.pre.is_empty() && version.pre.is_empty() {
            return false;
        }
        if version.compare(own).is_lt() || own.segments.len() > version.segments.len() {
            return false;
        }
        let fixed = own.written - 1;
        let last = own.segments.len() - 1;
        version.segments[..fixed] == own.segments[..fixed]
            && own.segments[last] <= version.segments[last]
    }
}

/// Constraints joined by commas; all must hold. Empty admits everything.
#[derive(Clone, Debug, Default)]
pub struct Constraints(Vec<Constraint>);

impl Constraints {
    /// Reads constraints joined by commas; `None` where one is malformed.
    pub fn parse(text: &str) -> Option<Constraints> {
        text.split(',').map(Constraint::parse).collect::<Option<Vec<_>>>().map(Constraints)
    }

    /// Whether a version meets them all.
    pub fn admit(&self, version: &Version) -> bool {
        self.0.iter().all(|constraint| constraint.admits(version))
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Constraint> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Constraints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, constraint) in self.0.iter().enumerate() {
            write!(f, "{}{}", if i > 0 { "," } else { "" }, constraint.text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(constraint: &str, version: &str, expect: bool) {
        let constraints = Constraints::parse(constraint).expect(constraint);
        let version = Version::parse(version).expect(version);
        assert_eq!(constraints.admit(&version), expect, "{constraint} admits {version}");
    }

    #[test]
    fn operators() {
        check("1.2", "1.2.0", true);
        check("= 1.2.0", "1.2.1", false);
        check("!= 1.2.0", "1.2.1", true);
        check(">= 1.11", "1.12.6", true);
        check(">= 1.0, < 1.4", "1.4.0", false);
        check(">1.0.0,<=1.4", "1.4.0", true);
        check("999.9", "1.12.6", false);
    }

    #[test]
    fn pessimistic_counts_the_segments_written() {
        check("~> 1", "2.0.0", true);
        check("~> 1.2", "1.9.0", true);
        check("~> 1.2", "2.0.0", false);
        check("~> 1.2.3", "1.2.9", true);
        check("~> 1.2.3", "1.3.0", false);
        check("~> 1.2.3", "1.2.2", false);
    }

    #[test]
    fn pre_releases_only_of_the_same_segments() {
        check(">= 1.0.0", "1.1.0-beta1", false);
        check(">= 1.1.0-beta1", "1.1.0-beta2", true);
        check(">= 1.1.0-beta1", "1.2.0-beta2", false);
        check("~> 1.1.0-beta1", "1.1.0", false);
        check("< 1.1.0", "1.1.0-beta1", false);
        check("1.1.0-beta1", "1.1.0-beta1", true);
    }

    #[test]
    fn order_of_pre_releases() {
        let order = ["1.0.0-1", "1.0.0-2", "1.0.0-alpha", "1.0.0-alpha.2", "1.0.0-beta", "1.0.0"];
        let versions: Vec<_> = order.iter().map(|v| Version::parse(v).expect(v)).collect();
        assert!(versions[0] < versions[1] && versions[1] < versions[2]);
        assert!(versions[4] < versions[5] && versions[2] < versions[4]);
    }

    #[test]
    fn malformed() {
        for text in ["", "hello", "1.", ".1", "1..2", ">> 1", "1 2", "~", "1.0-", "1.0+", "1.0-a..b"] {
            assert!(Constraints::parse(text).is_none(), "{text:?}");
        }
        for text in ["v1", "1.0beta", "1.0-beta.1+build.5", " >=  1.0 ", "1.2.3.4"] {
            assert!(Constraints::parse(text).is_some(), "{text:?}");
        }
    }

    #[test]
    fn texts() {
        assert_eq!(Version::parse("v1.2-rc1+x").expect("version").to_string(), "1.2.0-rc1+x");
        assert_eq!(Constraints::parse("~> 1.0, >=1").expect("constraint").to_string(), "~> 1.0, >=1");
    }
}
