//! How long something took, as people say it.

use std::time::Duration;

/// `12 ms`, `40 s`, `2 min 5 s`, `1 h 4 min`.
pub fn took(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        s if s < 60 => format!("{s} s"),
        s if s < 3_600 => format!("{} min {} s", s / 60, s % 60),
        s => format!("{} h {} min", s / 3_600, s / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::took;

    #[test]
    fn times_are_as_exact_as_they_matter() {
        let check = |ms, expect: &str| assert_eq!(took(Duration::from_millis(ms)), expect);
        check(0, "0 ms");
        check(999, "999 ms");
        check(59_999, "59 s");
        check(75_000, "1 min 15 s");
        check(3_840_000, "1 h 4 min");
    }
}
