//! The patterns of `formatdate`: `DD MMM YYYY hh:mm ZZZ`. Letters are verbs, quotes hold literal text, all else stands.
//! Invariant: names of months and days are English, whatever the machine's language.

use super::timestamp::{Timestamp, year_text};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// `time` written by `pattern`.
pub(crate) fn format(pattern: &str, time: Timestamp) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let length = if c == '\'' {
            quoted(rest, &mut out)?
        } else if c.is_ascii_alphabetic() {
            let length = rest.chars().take_while(|other| *other == c).count();
            verb(c, &rest[..length], time, &mut out)?;
            length
        } else {
            out.push(c);
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    Ok(out)
}

/// Writes the literal text at the front of `rest`, which begins with a quote; gives its length. A doubled quote is one.
fn quoted(rest: &str, out: &mut String) -> Result<usize, String> {
    if rest.starts_with("''") {
        out.push('\'');
        return Ok(2);
    }
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != '\'' {
            out.push(c);
        } else if chars.next_if(|(_, next)| *next == '\'').is_some() {
            out.push('\'');
        } else {
            return Ok(at + 1);
        }
    }
    // A doubled quote at the very end closes the text too.
    if rest.ends_with('\'') && rest.len() > 1 {
        return Ok(rest.len());
    }
    Err("a literal text that begins with ' is not closed".to_owned())
}

fn verb(letter: char, verb: &str, time: Timestamp, out: &mut String) -> Result<(), String> {
    let civil = time.civil();
    let clock = |number: i64| match verb.len() {
        1 => Some(number.to_string()),
        2 => Some(format!("{number:02}")),
        _ => None,
    };
    let twelve = match civil.hour % 12 {
        0 => 12,
        hour => hour,
    };
    let text = match (letter, verb.len()) {
        ('Y', 2) => Some(format!("{:02}", civil.year % 100)),
        ('Y', 4) => Some(year_text(civil.year)),
        ('M', 1 | 2) => clock(i64::try_from(civil.month).expect("BUG: a month is small")),
        ('M', 3) => Some(MONTHS[civil.month - 1][..3].to_owned()),
        ('M', 4) => Some(MONTHS[civil.month - 1].to_owned()),
        ('D', _) => clock(civil.day),
        ('E', 3) => Some(DAYS[civil.weekday][..3].to_owned()),
        ('E', 4) => Some(DAYS[civil.weekday].to_owned()),
        ('h', _) => clock(civil.hour),
        ('H', _) => clock(twelve),
        ('A', 2) => Some(if civil.hour < 12 { "AM" } else { "PM" }.to_owned()),
        ('a', 2) => Some(if civil.hour < 12 { "am" } else { "pm" }.to_owned()),
        ('m', _) => clock(civil.minute),
        ('s', _) => clock(civil.second),
        ('Z', 1) if time.offset == 0 => Some("Z".to_owned()),
        ('Z', 3) if time.offset_text("") == "+0000" => Some("UTC".to_owned()),
        ('Z', 3 | 4) => Some(time.offset_text("")),
        ('Z', 1 | 5) => Some(time.offset_text(":")),
        _ => None,
    };
    out.push_str(&text.ok_or_else(|| unknown(letter, verb))?);
    Ok(())
}

fn unknown(letter: char, verb: &str) -> String {
    let known = match letter {
        'Y' => "a year is YY or YYYY",
        'M' => "a month is M, MM, MMM or MMMM",
        'D' => "a day of the month is D or DD",
        'E' => "a day of the week is EEE or EEEE",
        'h' => "an hour of 24 is h or hh",
        'H' => "an hour of 12 is H or HH",
        'A' | 'a' => "the half of the day is AA or aa",
        'm' => "a minute is m or mm",
        's' => "a second is s or ss",
        'Z' => "an offset from UTC is Z, ZZZ, ZZZZ or ZZZZZ",
        _ => "literal letters stand in single quotes",
    };
    format!("the pattern holds {verb:?}, which is no part of a date: {known}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, time: &str, expect: &str) {
        let time = Timestamp::parse(time).expect(time);
        assert_eq!(format(pattern, time).as_deref(), Ok(expect), "{pattern}");
    }

    #[test]
    fn dates_are_written_by_pattern() {
        let time = "2018-01-04T23:12:01Z";
        check("DD MMM YYYY hh:mm ZZZ", time, "04 Jan 2018 23:12 UTC");
        check("EEEE, DD-MMM-YY hh:mm:ss ZZZ", time, "Thursday, 04-Jan-18 23:12:01 UTC");
        check("EEE MMMM M D H HH AA aa m s", time, "Thu January 1 4 11 11 PM pm 12 1");
        check("Z ZZZZ ZZZZZ", time, "Z +0000 +00:00");
        check("Z ZZZ ZZZZZ", "2018-01-04T00:12:01-08:00", "-08:00 -0800 -08:00");
        check("h H", "2018-01-04T00:12:01Z", "0 12");
        check("'T' '' 'it''s' é", time, "T ' it's é");
        check("", time, "");
    }

    #[test]
    fn unknown_verbs_are_told() {
        let time = Timestamp::utc(0);
        for pattern in ["Y", "MMMMM", "DDD", "E", "hhh", "A", "q", "ZZ", "'open", "'"] {
            assert!(format(pattern, time).is_err(), "{pattern}");
        }
    }
}
