//! Paths of overlays: `vpc_config.0.vpc_id`, `ingress.*.self`.
//!
//! Not paths of values: a step that is a number or `*` is an element, in sets as well, by their order.
//! Invariant: a pattern has at least one step.

use std::fmt;
use std::sync::Arc;

/// One step of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternStep {
    /// An attribute, a key of a map, or an element by its number.
    Name(Arc<str>),
    /// Every element.
    Every,
}

/// A path in an overlay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<PatternStep>);

impl Pattern {
    /// Reads one; `None` where a step is empty.
    pub fn parse(text: &str) -> Option<Pattern> {
        let step = |step: &str| match step {
            "" => None,
            "*" => Some(PatternStep::Every),
            name => Some(PatternStep::Name(name.into())),
        };
        text.split('.').map(step).collect::<Option<Vec<_>>>().map(Pattern)
    }

    /// Its steps.
    pub fn steps(&self) -> &[PatternStep] {
        &self.0
    }

    /// The attribute of the object that it leads into.
    pub fn root(&self) -> &str {
        match &self.0[0] {
            PatternStep::Name(name) => name,
            PatternStep::Every => "*",
        }
    }

    /// How many of its steps the place has, where all that both have agree.
    pub(crate) fn along(&self, place: &[Arc<str>]) -> Option<Along> {
        let agree = self.0.iter().zip(place).all(|(step, at)| match step {
            PatternStep::Every => true,
            PatternStep::Name(name) => name == at,
        });
        if !agree {
            return None;
        }
        Some(match self.0.len().cmp(&place.len()) {
            std::cmp::Ordering::Less => Along::Above,
            std::cmp::Ordering::Equal => Along::There,
            std::cmp::Ordering::Greater => Along::Below,
        })
    }
}

/// Where a pattern leads, seen from a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Along {
    /// To something that the place is in.
    Above,
    /// To the place.
    There,
    /// To something in the place.
    Below,
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            match step {
                PatternStep::Name(name) => f.write_str(name)?,
                PatternStep::Every => f.write_str("*")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, place: &str, expect: Option<Along>) {
        let place: Vec<Arc<str>> = place.split('.').map(Arc::from).collect();
        assert_eq!(Pattern::parse(pattern).unwrap().along(&place), expect, "{pattern}");
    }

    #[test]
    fn a_pattern_is_seen_from_a_place() {
        check("a.0.b", "a.0.b", Some(Along::There));
        check("a.*.b", "a.7.b", Some(Along::There));
        check("a", "a.7.b", Some(Along::Above));
        check("a.0.b", "a", Some(Along::Below));
        check("a.1", "a.0", None);
        assert_eq!(Pattern::parse("a..b"), None);
    }
}
