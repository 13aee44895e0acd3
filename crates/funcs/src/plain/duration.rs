//! Durations as `timeadd` takes them: `1h30m`, `-1.5h`, `100ms`. The grammar and rounding of Go's `time.ParseDuration`.
//! Invariant: a duration fits into 64 bits of nanoseconds, about 292 years.

/// The nanoseconds that `text` writes.
pub(crate) fn parse(text: &str) -> Result<i64, String> {
    let invalid = || format!("{text:?} is not a duration like \"1h30m\" or \"-10s\"");
    let too_long = || format!("{text:?} is longer than the 292 years that a duration may have");
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (whole, after) = split_digits(rest);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => split_digits(after),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let length = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (name, after) = after.split_at(length);
        let nanos = unit(name).ok_or_else(|| match name {
            "" => format!("the duration {text:?} has a number without a unit"),
            _ => format!("the duration {text:?} has the unknown unit {name:?}"),
        })?;
        let part = amount(whole, fraction, nanos).ok_or_else(too_long)?;
        total = total.checked_add(part).filter(|sum| *sum <= 1 << 63).ok_or_else(too_long)?;
        rest = after;
    }
    if negative {
        return Ok(0_i64.wrapping_sub_unsigned(total));
    }
    i64::try_from(total).map_err(|_| too_long())
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// Nanoseconds in a unit.
fn unit(name: &str) -> Option<u64> {
    Some(match name {
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// `whole.fraction` units of `nanos` nanoseconds, cut to whole nanoseconds.
fn amount(whole: &str, fraction: &str, nanos: u64) -> Option<u64> {
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let whole = whole.checked_mul(nanos)?;
    let (mut digits, mut scale) = (0_u64, 1.0_f64);
    for digit in fraction.bytes().map(|b| u64::from(b - b'0')) {
        // Digits beyond 63 bits are too small to count.
        match digits.checked_mul(10).and_then(|d| d.checked_add(digit)) {
            Some(more) if more <= 1 << 63 => digits = more,
            _ => break,
        }
        scale *= 10.0;
    }
    let fraction = digits as f64 * (nanos as f64 / scale);
    whole.checked_add(fraction as u64).filter(|sum| *sum <= 1 << 63)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_add_up() {
        let check = |text: &str, expect: i64| assert_eq!(parse(text), Ok(expect), "{text}");
        check("0", 0);
        check("1s", 1_000_000_000);
        check("1h30m", 5_400_000_000_000);
        check("-1.5h", -5_400_000_000_000);
        check("+.5s", 500_000_000);
        check("1.s", 1_000_000_000);
        check("10ms1us2ns", 10_001_002);
        check("1µs", 1_000);
        check("0.3333333333333333333h", 1_200_000_000_000);
        check("-9223372036854775808ns", i64::MIN);
    }

    #[test]
    fn what_is_no_duration_is_told_why() {
        let check = |text: &str, expect: &str| {
            let error = parse(text).expect_err(text);
            assert!(error.contains(expect), "{text}: {error}");
        };
        check("", "is not a duration");
        check("-", "is not a duration");
        check(".s", "is not a duration");
        check("s", "is not a duration");
        check("5", "without a unit");
        check("1d", "unknown unit \"d\"");
        check("9223372036854775808ns", "longer than");
        check("3000000h", "longer than");
    }
}
