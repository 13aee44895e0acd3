//! Refinements: what is known about a value that is not known.
//!
//! A refinement narrows the range of an unknown. It is consistent with the type it stands beside
//! (bounds on numbers, a prefix on strings, lengths on collections); one that leaves a single value
//! collapses to that value in [`Value::unknown_with`](crate::Value::unknown_with).

use std::cmp::Ordering;
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use crate::{Number, Type};

/// A bound of a number's range.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Bound {
    /// The bound.
    pub value: Number,
    /// Does the range hold the bound itself?
    pub inclusive: bool,
}

/// What is known about an unknown value.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Refinement {
    /// It will not be null.
    pub not_null: bool,
    /// A string starts with this.
    pub string_prefix: Option<Arc<str>>,
    /// A number is not below this.
    pub number_min: Option<Bound>,
    /// A number is not above this.
    pub number_max: Option<Bound>,
    /// A collection has at least so many elements.
    pub length_min: Option<u64>,
    /// A collection has at most so many elements.
    pub length_max: Option<u64>,
}

impl Refinement {
    /// Nothing is known.
    pub const NONE: Self = Self {
        not_null: false,
        string_prefix: None,
        number_min: None,
        number_max: None,
        length_min: None,
        length_max: None,
    };

    /// Only that it will not be null.
    pub const NOT_NULL: Self = Self { not_null: true, ..Self::NONE };

    /// Is nothing known?
    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }

    /// This, and not null.
    #[must_use]
    pub fn not_null(mut self) -> Self {
        self.not_null = true;
        self
    }

    /// This, and a prefix, where it says more than the one that is there.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<Arc<str>>) -> Self {
        let prefix = prefix.into();
        if self.string_prefix.as_ref().map_or(0, |have| have.len()) < prefix.len() {
            self.string_prefix = Some(prefix);
        }
        self
    }

    /// This, and a lower bound, where it is the narrower one. Negative infinity bounds nothing.
    #[must_use]
    pub fn at_least(mut self, value: Number, inclusive: bool) -> Self {
        let narrower =
            self.number_min.as_ref().is_none_or(|have| match value.compare(&have.value) {
                Ordering::Greater => true,
                Ordering::Equal => have.inclusive && !inclusive,
                Ordering::Less => false,
            });
        if narrower && (!value.is_infinite() || !value.is_negative()) {
            self.number_min = Some(Bound { value, inclusive });
        }
        self
    }

    /// This, and an upper bound, where it is the narrower one. Infinity bounds nothing.
    #[must_use]
    pub fn at_most(mut self, value: Number, inclusive: bool) -> Self {
        let narrower =
            self.number_max.as_ref().is_none_or(|have| match value.compare(&have.value) {
                Ordering::Less => true,
                Ordering::Equal => have.inclusive && !inclusive,
                Ordering::Greater => false,
            });
        if narrower && (!value.is_infinite() || value.is_negative()) {
            self.number_max = Some(Bound { value, inclusive });
        }
        self
    }

    /// This, and a least length, where it is the larger one.
    #[must_use]
    pub fn longer_than_or(mut self, length: u64) -> Self {
        if length > self.length_min.unwrap_or(0) {
            self.length_min = Some(length);
        }
        self
    }

    /// This, and a greatest length, where it is the smaller one.
    #[must_use]
    pub fn shorter_than_or(mut self, length: u64) -> Self {
        if self.length_max.is_none_or(|have| length < have) {
            self.length_max = Some(length);
        }
        self
    }

    /// This, and an exact length.
    #[must_use]
    pub fn length(self, length: u64) -> Self {
        self.longer_than_or(length).shorter_than_or(length)
    }

    /// What both know: any value that fits one of them fits the result.
    #[must_use]
    pub fn widened(&self, other: &Self) -> Self {
        let prefix = match (&self.string_prefix, &other.string_prefix) {
            (Some(a), Some(b)) => Some(common_prefix(a, b)).filter(|p| !p.is_empty()),
            _ => None,
        };
        Self {
            not_null: self.not_null && other.not_null,
            string_prefix: prefix.map(Arc::from),
            number_min: looser(&self.number_min, &other.number_min, Ordering::Less),
            number_max: looser(&self.number_max, &other.number_max, Ordering::Greater),
            length_min: self.length_min.zip(other.length_min).map(|(a, b)| a.min(b)),
            length_max: self.length_max.zip(other.length_max).map(|(a, b)| a.max(b)),
        }
    }

    /// Only the parts that mean something for the type.
    #[must_use]
    pub(crate) fn for_type(mut self, ty: Type) -> Self {
        if ty.is_dynamic() {
            return Self::NONE;
        }
        if ty != Type::STRING {
            self.string_prefix = None;
        }
        if ty != Type::NUMBER {
            self.number_min = None;
            self.number_max = None;
        }
        if !ty.is_collection() {
            self.length_min = None;
            self.length_max = None;
        }
        self.length_min = self.length_min.filter(|&length| length > 0);
        self.string_prefix = self.string_prefix.filter(|prefix| !prefix.is_empty());
        self
    }

    /// Does the number lie within the bounds?
    pub fn admits_number(&self, number: &Number) -> bool {
        let above =
            self.number_min.as_ref().is_none_or(|bound| match number.compare(&bound.value) {
                Ordering::Greater => true,
                Ordering::Equal => bound.inclusive,
                Ordering::Less => false,
            });
        let below =
            self.number_max.as_ref().is_none_or(|bound| match number.compare(&bound.value) {
                Ordering::Less => true,
                Ordering::Equal => bound.inclusive,
                Ordering::Greater => false,
            });
        above && below
    }

    /// Does the length lie within the bounds?
    pub fn admits_length(&self, length: u64) -> bool {
        self.length_min.is_none_or(|min| length >= min)
            && self.length_max.is_none_or(|max| length <= max)
    }
}

/// The part of a known beginning (in NFC) that stays the beginning whatever is appended. The last
/// character, with all that combines with it, could still change, unless it is one of the
/// delimiters that nothing combines with.
pub fn safe_prefix(text: &str) -> &str {
    let Some((at, last)) = text.grapheme_indices(true).next_back() else { return text };
    const DELIMITERS: &str = "-_:;/\\,.(){}[]|?!~ \t@#$%^&*+\"'";
    if last.chars().count() == 1 && DELIMITERS.contains(last) { text } else { &text[..at] }
}

fn common_prefix<'t>(a: &'t str, b: &str) -> &'t str {
    let same = a.chars().zip(b.chars()).take_while(|(x, y)| x == y);
    &a[..same.map(|(x, _)| x.len_utf8()).sum()]
}

/// The bound that is further out in the given direction.
fn looser(a: &Option<Bound>, b: &Option<Bound>, out: Ordering) -> Option<Bound> {
    let (a, b) = (a.as_ref()?, b.as_ref()?);
    match a.value.compare(&b.value) {
        Ordering::Equal => {
            Some(Bound { value: a.value.clone(), inclusive: a.inclusive || b.inclusive })
        }
        order if order == out => Some(a.clone()),
        _ => Some(b.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_end_where_nothing_combines() {
        for (text, expect) in [
            ("hello", "hell"),
            ("hello-", "hello-"),
            ("x", ""),
            ("", ""),
            ("abc\n", "abc"),
            ("日本", "日"),
            ("日本-", "日本-"),
            ("🤷🏽", ""),
            ("foo_bar=", "foo_bar"),
        ] {
            assert_eq!(safe_prefix(text), expect);
        }
    }

    #[test]
    fn only_narrower_bounds_count() {
        let range = Refinement::NONE.at_least(3.into(), true).at_least(1.into(), true);
        assert_eq!(range.number_min, Some(Bound { value: 3.into(), inclusive: true }));
        let range = range.at_least(3.into(), false);
        assert!(!range.admits_number(&3.into()) && range.admits_number(&4.into()));
        let wide = range.widened(&Refinement::NOT_NULL.at_least(2.into(), true));
        assert!(wide.admits_number(&2.into()) && !wide.not_null);
    }
}
