//! `drift` blocks: what may differ from the configuration for a while, why, and until when.
//!
//! Data, and which drift a block is about. Invariant: a block that has run out is about nothing.

use std::sync::Arc;

use addr::{ResourceInstance, StackAddr, StackPattern};
use diag::{Span, Spanned};

/// Drift that is not to be told as such.
#[derive(Clone, Debug)]
pub struct IgnoredDrift {
    /// Which stacks.
    pub stacks: StackPattern,
    /// Which resource instances in them: an address, `*` standing for any run of characters.
    pub resources: Arc<str>,
    /// Which attributes, by their first name; all of the object, and that it is gone, where there are none.
    pub attributes: Vec<Spanned<Arc<str>>>,
    /// Why.
    pub reason: Arc<str>,
    /// The day on which it was decided.
    pub date: Day,
    /// The last day on which it holds; without end where there is none.
    pub until: Option<Day>,
    /// `drift "ADDRESS"`.
    pub header: Span,
}

impl IgnoredDrift {
    /// Whether the block is about this object at all, on whatever day.
    pub fn names(&self, stack: &StackAddr, instance: &ResourceInstance) -> bool {
        self.stacks.matches(stack) && addr::glob(&self.resources, &instance.to_string())
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, today: Day) -> bool {
        self.until.is_none_or(|until| today <= until)
    }

    /// Whether it covers an attribute, by its first name.
    pub fn covers(&self, attribute: &str) -> bool {
        self.attributes.is_empty() || self.attributes.iter().any(|one| &*one.node == attribute)
    }
}

/// A day of the calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// The year, from 1970 to 9999.
    pub year: u16,
    /// From 1.
    pub month: u8,
    /// From 1.
    pub day: u8,
}

impl Day {
    /// Reads `2026-11-24`; `None` where it is no day.
    pub fn parse(text: &str) -> Option<Day> {
        let number = |from: usize, to: usize| {
            let digits = text.get(from..to)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        let dashes = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let known = dashes && (1970..=9999).contains(&year) && (1..=12).contains(&month);
        let good = known && day >= 1 && day <= length_of(year, month);
        good.then_some(Day { year, month: month as u8, day: day as u8 })
    }

    /// The day that a time falls on, in seconds since 1970.
    pub fn of_seconds(seconds: i64) -> Day {
        let mut left = seconds.max(0) / 86_400;
        let mut year = 1970;
        while left >= days_of(year) && year < 9999 {
            left -= days_of(year);
            year += 1;
        }
        let mut month = 1;
        while month < 12 && left >= i64::from(length_of(year, month)) {
            left -= i64::from(length_of(year, month));
            month += 1;
        }
        Day { year, month: month as u8, day: (left + 1) as u8 }
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of(year: u16) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

fn length_of(year: u16, month: u16) -> u16 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::Day;

    #[test]
    fn days_are_read_and_told() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(Day::parse(text).map(|day| day.to_string()).as_deref(), expect, "{text}");
        };
        check("2026-11-24", Some("2026-11-24"));
        check("2024-02-29", Some("2024-02-29"));
        for text in
            ["2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "26-01-01", "2026/01/01"]
        {
            check(text, None);
        }
        for text in ["+026-01-01", "2026-01-1", "2026-01-010", "", "１９７０-01-01"] {
            check(text, None);
        }
    }

    #[test]
    fn times_fall_on_days() {
        let check = |seconds, expect: &str| {
            assert_eq!(Day::of_seconds(seconds).to_string(), expect);
        };
        check(0, "1970-01-01");
        check(86_399, "1970-01-01");
        check(951_782_400, "2000-02-29");
        check(1_795_564_800, "2026-11-25");
        assert!(Day::parse("2026-11-24") < Day::parse("2026-12-01"));
    }
}
