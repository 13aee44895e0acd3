//! Which versions are wanted.

use std::cmp::Ordering;
use std::fmt;

use super::{Version, VersionError, parse};

/// How constraints are read and judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Of providers: strict spelling; a prerelease is admitted only by its exact version.
    Provider,
    /// Of `required_version` and of modules: loose spelling; a prerelease is admitted by a constraint that names a
    /// prerelease of the same three numbers.
    Core,
}

/// What a constraint says about versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// This one.
    Equal,
    /// All but this one.
    NotEqual,
    /// Later.
    Greater,
    /// This one or later.
    GreaterOrEqual,
    /// Earlier.
    Less,
    /// This one or earlier.
    LessOrEqual,
    /// This one or later, where only the last number written may rise.
    Pessimistic,
}

impl Op {
    /// As it is written; nothing for [`Op::Equal`].
    pub fn symbol(self) -> &'static str {
        match self {
            Op::Equal => "",
            Op::NotEqual => "!=",
            Op::Greater => ">",
            Op::GreaterOrEqual => ">=",
            Op::Less => "<",
            Op::LessOrEqual => "<=",
            Op::Pessimistic => "~>",
        }
    }
}

/// One constraint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Constraint {
    /// What it says.
    pub op: Op,
    /// About which version; what was not written is 0.
    pub version: Version,
    /// How many of its numbers may not rise, and one: of [`Op::Pessimistic`] as many as were written, else 3.
    pub parts: u8,
}

/// Constraints that all have to hold; with none, every version will do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Constraints(Vec<Constraint>);

impl Constraints {
    /// Reads constraints separated by commas. An empty text is no constraint for providers, and an error in the core dialect.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Constraints, VersionError> {
        let mut parts: Vec<&str> = text.split(',').collect();
        let trailing = parts.last().is_some_and(|last| last.trim().is_empty());
        if dialect == Dialect::Provider && trailing {
            parts.pop();
        }
        parts
            .into_iter()
            .map(|one| parse::constraint(one, dialect))
            .collect::<Result<_, _>>()
            .map(Constraints)
    }

    /// Exactly this version.
    pub fn exactly(version: Version) -> Constraints {
        Constraints(vec![Constraint { op: Op::Equal, version, parts: 3 }])
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them, as written.
    pub fn iter(&self) -> std::slice::Iter<'_, Constraint> {
        self.0.iter()
    }

    /// Adds all of another list.
    pub fn extend(&mut self, other: &Constraints) {
        self.0.extend(other.0.iter().cloned());
    }

    /// Whether the version will do.
    pub fn admits(&self, version: &Version, dialect: Dialect) -> bool {
        match dialect {
            Dialect::Core => self.0.iter().all(|one| one.holds_in_core(version)),
            Dialect::Provider => {
                self.0.iter().all(|one| one.holds(version))
                    && (!version.is_prerelease() || self.0.iter().any(|one| one.names(version)))
            }
        }
    }

    /// The latest of these versions that will do.
    pub fn newest<'a>(
        &self,
        versions: impl IntoIterator<Item = &'a Version>,
        dialect: Dialect,
    ) -> Option<&'a Version> {
        versions.into_iter().filter(|version| self.admits(version, dialect)).max()
    }
}

impl Constraint {
    fn names(&self, version: &Version) -> bool {
        self.op == Op::Equal && self.version == *version
    }

    /// The order of `version` against the constraint's, whose build metadata counts for nothing.
    fn order(&self, version: &Version) -> Ordering {
        version.precedence(&self.version)
    }

    fn holds(&self, version: &Version) -> bool {
        match self.op {
            Op::Equal => self.version == *version,
            Op::NotEqual => self.version != *version,
            Op::Pessimistic => self.order(version).is_ge() && self.below_ceiling(version),
            _ => self.compares(version),
        }
    }

    fn holds_in_core(&self, version: &Version) -> bool {
        if !matches!(self.op, Op::Equal | Op::NotEqual) && !self.prereleases_match(version) {
            return false;
        }
        match self.op {
            Op::Equal => self.order(version).is_eq(),
            Op::NotEqual => self.order(version).is_ne(),
            Op::Pessimistic => {
                let prerelease_only = self.version.is_prerelease() && !version.is_prerelease();
                !prerelease_only && self.order(version).is_ge() && self.core_pessimistic(version)
            }
            _ => self.compares(version),
        }
    }

    fn compares(&self, version: &Version) -> bool {
        let order = self.order(version);
        match self.op {
            Op::Greater => order.is_gt(),
            Op::GreaterOrEqual => order.is_ge(),
            Op::Less => order.is_lt(),
            Op::LessOrEqual => order.is_le(),
            Op::Equal | Op::NotEqual | Op::Pessimistic => {
                unreachable!("BUG: {:?} is not an order", self.op)
            }
        }
    }

    fn prereleases_match(&self, version: &Version) -> bool {
        match (version.is_prerelease(), self.version.is_prerelease()) {
            (true, true) => version.numbers() == self.version.numbers(),
            (true, false) => false,
            (false, _) => true,
        }
    }

    fn below_ceiling(&self, version: &Version) -> bool {
        let ceiling = match self.parts {
            3 => Version::new(self.version.major, self.version.minor.saturating_add(1), 0),
            _ => Version::new(self.version.major.saturating_add(1), 0, 0),
        };
        version.precedence(&ceiling).is_lt()
    }

    /// The numbers before the last one written are equal; the third may not be lower than the constraint's (a quirk
    /// of the core dialect that shows only with three numbers, where the first two are equal anyway).
    fn core_pessimistic(&self, version: &Version) -> bool {
        (self.parts < 2 || version.major == self.version.major)
            && (self.parts < 3 || version.minor == self.version.minor)
            && version.patch >= self.version.patch
    }

    /// Whether only the second number may rise.
    fn is_minor_pessimistic(&self) -> bool {
        self.op == Op::Pessimistic && self.parts < 3
    }

    /// The rank among constraints about one version in canonical text (`getproviders/types.go`).
    fn rank(&self) -> u8 {
        match self.op {
            Op::Greater => 0,
            Op::GreaterOrEqual => 1,
            Op::Equal => 2,
            Op::Pessimistic if self.parts == 3 => 3,
            Op::Pessimistic => 4,
            Op::LessOrEqual => 5,
            Op::Less => 6,
            Op::NotEqual => 7,
        }
    }
}

/// Canonical: sorted, without repetition, all three numbers written but for `~> 1.2`; as lock files keep it.
impl fmt::Display for Constraints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sorted: Vec<&Constraint> = self.0.iter().collect();
        sorted.sort_by(|a, b| a.version.cmp(&b.version).then(a.rank().cmp(&b.rank())));
        sorted.dedup_by(|a, b| a.version == b.version && a.rank() == b.rank());
        for (index, one) in sorted.into_iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{one}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.op.symbol())?;
        if self.op != Op::Equal {
            f.write_str(" ")?;
        }
        if self.is_minor_pessimistic() {
            write!(f, "{}.{}", self.version.major, self.version.minor)
        } else {
            write!(f, "{}", self.version)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dialect: Dialect, constraints: &str, admitted: &str, refused: &str) {
        let parsed = Constraints::parse(constraints, dialect).unwrap();
        for version in admitted.split_whitespace() {
            let version = Version::parse(version).unwrap();
            assert!(parsed.admits(&version, dialect), "{constraints} has to admit {version}");
        }
        for version in refused.split_whitespace() {
            let version = Version::parse(version).unwrap();
            assert!(!parsed.admits(&version, dialect), "{constraints} has to refuse {version}");
        }
    }

    #[test]
    fn providers() {
        let of = Dialect::Provider;
        check(of, "", "0.0.1 99.0.0", "1.0.0-beta");
        check(of, "1.2.3", "1.2.3", "1.2.4 1.2.3-rc1 1.2.3+meta");
        check(of, "= 1.2", "1.2.0", "1.2.1");
        check(of, "1.2.3-rc1", "1.2.3-rc1", "1.2.3 1.2.3-rc2");
        check(of, "!= 1.2.3", "1.2.2", "1.2.3");
        check(of, "~> 1", "1.0.0 1.9.9", "2.0.0 0.9.0");
        check(of, "~> 1.2", "1.2.0 1.9.9", "2.0.0 1.1.9");
        check(of, "~> 1.2.3", "1.2.3 1.2.9", "1.3.0 1.2.2");
        check(of, ">= 1.0, < 2.0.0,", "1.0.0 1.9.9", "2.0.0 2.0.0-beta");
        check(of, ">= 1.0.0-beta", "1.0.0", "1.0.0-beta 1.0.0-rc");
        check(of, ">1.0.0", "1.0.1", "1.0.0");
    }

    #[test]
    fn core() {
        let of = Dialect::Core;
        check(of, ">= 1.0.0", "1.0.0 1.12.6", "1.13.0-beta1 0.9.0");
        check(of, ">=v1.0,<2", "1.5.0", "2.0.0");
        check(of, "~> 1", "1.5.0 2.0.0", "0.9.0");
        check(of, "~> 1.2", "1.2.0 1.9.0", "2.0.0 1.1.0");
        check(of, "~> 1.2.3", "1.2.4", "1.3.0 1.2.2");
        check(of, "~>   1.2.3-beta", "1.2.3-beta 1.2.3-rc", "1.2.3 1.2.4-beta");
        check(of, "= 1.2.3", "1.2.3 1.2.3+x", "1.2.4");
    }

    #[test]
    fn faults_are_told() {
        for text in [
            ">= v1.0.0",
            ">=  1.0",
            "1.*",
            "=> 1.0",
            "=< 1",
            "1.0 2.0",
            "1.0.0.0",
            ">= ",
            ",1.0",
            "^ 1.0",
            "latest",
        ] {
            assert!(Constraints::parse(text, Dialect::Provider).is_err(), "{text}");
        }
        for text in ["", "1.0,", ">> 1", "abc"] {
            assert!(Constraints::parse(text, Dialect::Core).is_err(), "{text}");
        }
    }

    #[test]
    fn canonical_text_is_the_lock_files() {
        let text = |from: &str| Constraints::parse(from, Dialect::Provider).unwrap().to_string();
        assert_eq!(text("< 2.0,>= 1,>= 1.0.0"), ">= 1.0.0, < 2.0.0");
        assert_eq!(text("~> 2"), "~> 2.0");
        assert_eq!(text("~> 1.2.3, ~> 1.2"), "~> 1.2, ~> 1.2.3");
        assert_eq!(text("= 1.2.3"), "1.2.3");
        assert_eq!(text(""), "");
    }

    #[test]
    fn the_newest_is_taken() {
        let versions: Vec<Version> = ["1.0.0", "1.10.0", "1.9.0", "2.0.0-rc1"]
            .iter()
            .map(|v| Version::parse(v).unwrap())
            .collect();
        let newest = |text| {
            Constraints::parse(text, Dialect::Provider)
                .unwrap()
                .newest(&versions, Dialect::Provider)
                .cloned()
        };
        assert_eq!(newest(">= 1.0"), Some(Version::new(1, 10, 0)));
        assert_eq!(newest("3.0"), None);
    }
}
