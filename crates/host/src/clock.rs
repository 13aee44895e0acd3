//! Time of the wall and time that only grows.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct Clock;

/// A moment, in seconds and nanoseconds since 1970 in UTC, not before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp {
    /// Whole seconds.
    pub seconds: u64,
    /// The rest.
    pub nanos: u32,
}

impl Clock {
    /// Now, on the wall.
    pub fn now(self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Timestamp { seconds: since.as_secs(), nanos: since.subsec_nanos() }
    }

    /// Now, on a clock that only grows: to measure with.
    pub fn instant(self) -> Instant {
        Instant::now()
    }
}

impl Timestamp {
    /// The moment of year, month and day, and of hour, minute and second, in UTC; `None` where it is none, or before
    /// 1970. Days of a month are 31 at most; those that it does not have are of the next one.
    pub fn of_utc((year, month, day): (u64, u64, u64), time: (u64, u64, u64)) -> Option<Timestamp> {
        let (hour, minute, second) = time;
        let is_day =
            (1970..10_000).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        if !is_day || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let seconds = ((day_of(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
        Some(Timestamp { seconds, nanos: 0 })
    }

    /// As RFC 3339 in UTC with whole seconds, such as `2026-11-24T11:20:00Z`.
    pub fn rfc3339(self) -> String {
        let (year, month, day) = civil(self.seconds / 86_400);
        let rest = self.seconds % 86_400;
        let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// As RFC 3339 with nanoseconds, trailing zeros cut, as state lock files have it: `2026-11-24T11:20:00.5Z`.
    pub fn rfc3339_nanos(self) -> String {
        let whole = self.rfc3339();
        if self.nanos == 0 {
            return whole;
        }
        let digits = format!("{:09}", self.nanos);
        format!("{}.{}Z", whole.trim_end_matches('Z'), digits.trim_end_matches('0'))
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> u64 {
        self.seconds * 1000 + u64::from(self.nanos / 1_000_000)
    }
}

/// Year, month and day of a day counted from 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn civil(day: u64) -> (u64, u64, u64) {
    let z = day + 719_468;
    let era = z / 146_097;
    let of_era = z % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

/// The day counted from 1970-01-01 of year, month and day: [`civil`] the other way.
fn day_of(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let of_era = (year % 400) * 365 + (year % 400) / 4 - (year % 400) / 100 + of_year;
    (year / 400) * 146_097 + of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn moments_print_as_rfc_3339() {
        let check = |seconds, nanos, expect: &str| {
            assert_eq!(Timestamp { seconds, nanos }.rfc3339_nanos(), expect);
        };
        check(0, 0, "1970-01-01T00:00:00Z");
        check(951_782_400, 0, "2000-02-29T00:00:00Z");
        check(1_795_519_200, 500_000_000, "2026-11-24T11:20:00.5Z");
        check(4_107_542_399, 1, "2100-02-28T23:59:59.000000001Z");
    }
    #[test]
    fn moments_are_made_of_what_they_print() {
        let check = |day, time, expect| {
            let found = Timestamp::of_utc(day, time).map(Timestamp::rfc3339);
            assert_eq!(found.as_deref(), expect, "{day:?} {time:?}");
        };
        check((1970, 1, 1), (0, 0, 0), Some("1970-01-01T00:00:00Z"));
        check((2000, 2, 29), (23, 59, 59), Some("2000-02-29T23:59:59Z"));
        check((2100, 2, 28), (0, 0, 1), Some("2100-02-28T00:00:01Z"));
        check((9999, 12, 31), (0, 0, 0), Some("9999-12-31T00:00:00Z"));
        check((2026, 2, 29), (0, 0, 0), Some("2026-03-01T00:00:00Z"));
        check((1969, 12, 31), (0, 0, 0), None);
        check((2026, 13, 1), (0, 0, 0), None);
        check((2026, 1, 1), (24, 0, 0), None);
    }
}
