//! The times of `allowed_signers` files: `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`, with `Z` or without.
//!
//! OpenSSH takes a time without `Z` as the host's local one; here it is UTC, so that a file means the same everywhere.

/// The seconds since 1970 of a time; `None` where it is none.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let digits = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    if !matches!(digits.len(), 8 | 12 | 14) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, length: usize| match digits.get(from..from + length) {
        Some(part) => part.parse::<u64>().ok(),
        None => Some(0),
    };
    let (year, month, day) = (part(0, 4)?, part(4, 2)?, part(6, 2)?);
    let (hour, minute, second) = (part(8, 2)?, part(10, 2)?, part(12, 2)?);
    let in_month = match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if year < 1970 || !(1..=in_month).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

/// Days from 1970-01-01, counted in years that begin in March.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let before_1970_01_01 = 719_468;
    year * 365 + year / 4 - year / 100 + year / 400 + (153 * month_from_march + 2) / 5 + day
        - 1
        - before_1970_01_01
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_are_read() {
        for (text, expect) in [
            ("19700101", Some(0)),
            ("19700101Z", Some(0)),
            ("20000229", Some(951_782_400)),
            ("202311142213", Some(1_700_000_000 - 20)),
            ("20231114221320Z", Some(1_700_000_000)),
            ("20230229", None),
            ("20231301", None),
            ("2023", None),
            ("20231114 ", None),
            ("19691231", None),
            ("", None),
        ] {
            assert_eq!(seconds(text), expect, "{text}");
        }
    }
}
