//! Points in time as RFC 3339 writes them, with their offset from UTC. No clock and no time zones by name.
//! Invariant: nanoseconds are below a second; the offset is below a day.

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A point in time and the offset from UTC in which it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    seconds: i64,
    nanos: u32,
    /// Seconds east of UTC.
    pub(crate) offset: i32,
}

/// A timestamp by the calendar and the clock of its own offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    /// 1 to 12.
    pub(crate) month: usize,
    pub(crate) day: i64,
    /// 0 is Sunday.
    pub(crate) weekday: usize,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
}

impl Timestamp {
    /// The timestamp that `text` writes, strictly by RFC 3339: four digits of a year, capital `T`, `Z` or an offset.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { text, rest: text };
        let year = reader.number("year", 4, 0, 9999)?;
        reader.literal('-', "year")?;
        let month = reader.number("month", 2, 1, 12)?;
        reader.literal('-', "month")?;
        let day = reader.number("day of the month", 2, 1, days_in(year, month))?;
        reader.literal('T', "date")?;
        let hour = reader.number("hour", 2, 0, 23)?;
        reader.literal(':', "hour")?;
        let minute = reader.number("minute", 2, 0, 59)?;
        reader.literal(':', "minute")?;
        let second = reader.number("second", 2, 0, 59)?;
        let nanos = reader.fraction()?;
        let offset = reader.offset()?;
        let local = days_since_epoch(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
        Ok(Timestamp { seconds: local - i64::from(offset), nanos, offset })
    }

    /// The timestamp at `[year, month, day]` and `[hour, minute, second]` in an offset; `None` where there is no such time.
    pub(crate) fn of(date: [i64; 3], clock: [i64; 3], offset: i32) -> Option<Self> {
        let ([year, month, day], [hour, minute, second]) = (date, clock);
        let exists = (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day)
            && (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..60).contains(&second);
        let local = days_since_epoch(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
        exists.then_some(Timestamp { seconds: local - i64::from(offset), nanos: 0, offset })
    }

    /// A timestamp of UTC.
    pub(crate) fn utc(seconds: i64) -> Self {
        Timestamp { seconds, nanos: 0, offset: 0 }
    }

    /// The timestamp `nanos` nanoseconds later, in the same offset.
    pub(crate) fn plus(self, nanos: i64) -> Self {
        let total =
            i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanos) + i128::from(nanos);
        let seconds = total.div_euclid(1_000_000_000);
        let nanos = total.rem_euclid(1_000_000_000);
        Timestamp {
            seconds: i64::try_from(seconds).expect("BUG: years of four digits and 292 years"),
            nanos: u32::try_from(nanos).expect("BUG: a remainder is below its divisor"),
            offset: self.offset,
        }
    }

    /// Seconds and nanoseconds since the epoch: what orders timestamps of different offsets.
    pub(crate) fn instant(self) -> (i64, u32) {
        (self.seconds, self.nanos)
    }

    /// Calendar and clock in its own offset.
    pub(crate) fn civil(self) -> Civil {
        let local = self.seconds + i64::from(self.offset);
        let (days, of_day) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let (year, month, day) = date_of(days);
        Civil {
            year,
            month,
            day,
            // The epoch was a Thursday.
            weekday: usize::try_from((days + 4).rem_euclid(7)).expect("BUG: below seven"),
            hour: of_day / 3600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
        }
    }

    /// As RFC 3339 writes it, without a fraction of the second.
    pub(crate) fn to_text(self) -> String {
        let c = self.civil();
        let (year, month, day) = (year_text(c.year), c.month, c.day);
        let (hour, minute, second) = (c.hour, c.minute, c.second);
        let zone = if self.offset == 0 { "Z".to_owned() } else { self.offset_text(":") };
        format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}")
    }

    /// The offset as `+hhmm`, with `between` between hours and minutes.
    pub(crate) fn offset_text(self, between: &str) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        format!("{sign}{:02}{between}{:02}", minutes / 60, minutes % 60)
    }
}

/// Four digits or more, behind a sign where the year is before zero.
pub(crate) fn year_text(year: i64) -> String {
    if year < 0 { format!("-{:04}", -year) } else { format!("{year:04}") }
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
}

impl Reader<'_> {
    fn error(&self, what: &str) -> String {
        format!("{:?} is not a timestamp as RFC 3339 writes it: {what}", self.text)
    }

    fn number(&mut self, what: &str, digits: usize, min: i64, max: i64) -> Result<i64, String> {
        let given = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if self.rest.is_empty() {
            return Err(self.error(&format!("it ends before the {what}")));
        }
        if given < digits {
            return Err(self.error(&format!("the {what} must have {digits} digits")));
        }
        let number = self.rest[..digits].parse().expect("BUG: a few digits are a number");
        if !(min..=max).contains(&number) {
            return Err(self.error(&format!("the {what} must be between {min} and {max}")));
        }
        self.rest = &self.rest[digits..];
        Ok(number)
    }

    fn literal(&mut self, c: char, after: &str) -> Result<(), String> {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None => Err(self.error(&format!("{c:?} must follow the {after}"))),
        }
    }

    fn fraction(&mut self) -> Result<u32, String> {
        let Some(rest) = self.rest.strip_prefix('.') else {
            return Ok(0);
        };
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return Err(self.error("digits must follow the dot after the seconds"));
        }
        // Finer than nanoseconds is cut off.
        let digits = rest[..length].bytes().chain(std::iter::repeat(b'0')).take(9);
        let nanos = digits.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
        self.rest = &rest[length..];
        Ok(nanos)
    }

    fn offset(&mut self) -> Result<i32, String> {
        let sign = match self.rest.chars().next() {
            Some('Z') if self.rest.len() == 1 => return Ok(0),
            Some('+') => 1,
            Some('-') => -1,
            None => return Err(self.error("it ends before the offset from UTC")),
            Some(_) => return Err(self.error("it must end with Z or an offset like +02:00")),
        };
        self.rest = &self.rest[1..];
        let hours = self.number("hour of the offset", 2, 0, 23)?;
        self.literal(':', "hour of the offset")?;
        let minutes = self.number("minute of the offset", 2, 0, 59)?;
        if !self.rest.is_empty() {
            return Err(self.error("nothing may follow the offset from UTC"));
        }
        let seconds = i32::try_from((hours * 60 + minutes) * 60).expect("BUG: below a day");
        Ok(sign * seconds)
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to the date, in the proleptic Gregorian calendar. Years are counted from March, so that the
/// leap day is the last of its year.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse of `days_since_epoch`.
fn date_of(days: i64) -> (i64, usize, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, usize::try_from(month).expect("BUG: a month is positive"), day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_print_what_they_parse() {
        for text in [
            "2017-11-22T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2000-02-29T12:30:45+05:30",
            "0000-01-01T00:00:00-11:59",
            "9999-12-31T23:59:59Z",
        ] {
            assert_eq!(Timestamp::parse(text).expect(text).to_text(), text);
        }
        let zero = Timestamp::parse("2020-01-01T00:00:00+00:00").expect("a timestamp");
        assert_eq!(zero.to_text(), "2020-01-01T00:00:00Z");
        assert_eq!(Timestamp::utc(0).to_text(), "1970-01-01T00:00:00Z");
        assert_eq!(Timestamp::utc(0).civil().weekday, 4);
    }

    #[test]
    fn instants_order_across_offsets() {
        let instant = |text| Timestamp::parse(text).expect(text).instant();
        assert_eq!(instant("2020-01-01T01:00:00+01:00"), instant("2020-01-01T00:00:00Z"));
        assert!(instant("2020-01-01T00:00:00.25Z") > instant("2020-01-01T00:00:00.2Z"));
        assert_eq!(instant("1970-01-01T00:00:00.1234567899Z"), (0, 123_456_789));
    }

    #[test]
    fn addition_carries() {
        let check = |text: &str, nanos, expect: &str| {
            assert_eq!(Timestamp::parse(text).expect(text).plus(nanos).to_text(), expect);
        };
        check("2017-11-22T00:00:00Z", 1_000_000_000, "2017-11-22T00:00:01Z");
        check("1970-01-01T00:00:00Z", -1, "1969-12-31T23:59:59Z");
        check("2020-02-28T23:59:59+02:00", 1_000_000_000, "2020-02-29T00:00:00+02:00");
        check("9999-12-31T23:59:59Z", 1_000_000_000, "10000-01-01T00:00:00Z");
    }

    #[test]
    fn what_is_no_timestamp_is_told_why() {
        let check = |text: &str, expect: &str| {
            let error = Timestamp::parse(text).expect_err(text);
            assert!(error.ends_with(expect), "{text}: {error}");
        };
        check("", "it ends before the year");
        check("2017-11", "'-' must follow the month");
        check("2017-13-01T00:00:00Z", "the month must be between 1 and 12");
        check("2017-02-29T00:00:00Z", "the day of the month must be between 1 and 28");
        check("2017-02-01 00:00:00Z", "'T' must follow the date");
        check("2017-02-01T1:00:00Z", "the hour must have 2 digits");
        check("2017-02-01T24:00:00Z", "the hour must be between 0 and 23");
        check("2017-02-01T00:00:60Z", "the second must be between 0 and 59");
        check("2017-02-01T00:00:00", "it ends before the offset from UTC");
        check("2017-02-01T00:00:00.Z", "digits must follow the dot after the seconds");
        check("2017-02-01T00:00:00Zx", "it must end with Z or an offset like +02:00");
        check("2017-02-01T00:00:00+02:00x", "nothing may follow the offset from UTC");
    }
}
