//! Patterns with `*` and `?`: whether a text fits, whether one pattern covers another, whether two have a text in common.
//!
//! Invariant: `covers` is never wrongly true; `overlaps` is exact.

/// Whether letters of unlike case are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// They are not.
    Counts,
    /// They are.
    Ignored,
}

/// Longest pattern that is compared letter by letter, in bytes; a longer one covers nothing and overlaps everything.
pub const PATTERN_BYTES_MAX: usize = 4096;

/// Whether a text stands for more than itself.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether all that `narrow` fits is fit by `wide`. A `*` of `narrow` is a letter that only a `*` of `wide` takes.
pub fn covers(wide: &str, narrow: &str, case: Case) -> bool {
    if wide == "*" || wide == narrow {
        return true;
    }
    let (wide, narrow) = (wide.as_bytes(), narrow.as_bytes());
    if wide.len() > PATTERN_BYTES_MAX || narrow.len() > PATTERN_BYTES_MAX {
        return false;
    }
    let (mut w, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < narrow.len() {
        match wide.get(w) {
            Some(b'*') => {
                star = Some((w + 1, n));
                w += 1;
            }
            Some(b'?') if narrow[n] != b'*' => (w, n) = (w + 1, n + 1),
            Some(letter) if narrow[n] != b'?' && same(*letter, narrow[n], case) => {
                (w, n) = (w + 1, n + 1);
            }
            _ => {
                let Some((after, at)) = star else { return false };
                (w, n) = (after, at + 1);
                star = Some((after, n));
            }
        }
    }
    wide[w..].iter().all(|letter| *letter == b'*')
}

/// Whether some text fits both.
pub fn overlaps(a: &str, b: &str, case: Case) -> bool {
    if a == "*" || b == "*" || a == b {
        return true;
    }
    // Where one is a text and no pattern, whether it fits the other is all.
    let is_text = |one: &str| one.len() <= PATTERN_BYTES_MAX && !is_pattern(one);
    if is_text(b) && a.len() <= PATTERN_BYTES_MAX {
        return covers(a, b, case);
    }
    if is_text(a) && b.len() <= PATTERN_BYTES_MAX {
        return covers(b, a, case);
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() > PATTERN_BYTES_MAX || b.len() > PATTERN_BYTES_MAX {
        return true;
    }
    // row[j]: whether what is left of `a` and `b[j..]` have a text in common.
    let mut row: Vec<bool> = vec![false; b.len() + 1];
    row[b.len()] = true;
    for j in (0..b.len()).rev() {
        row[j] = b[j] == b'*' && row[j + 1];
    }
    for letter in a.iter().rev() {
        let mut diagonal = row[b.len()];
        row[b.len()] = *letter == b'*' && row[b.len()];
        for j in (0..b.len()).rev() {
            let below = row[j];
            row[j] = match (*letter, b[j]) {
                (b'*', _) | (_, b'*') => below || row[j + 1],
                (b'?', _) | (_, b'?') => diagonal,
                (one, other) => same(one, other, case) && diagonal,
            };
            diagonal = below;
        }
    }
    row[0]
}

/// A pattern for what both fit, where one covers the other; else the second, which then stands for more than both fit.
/// `None` where they have nothing in common.
pub fn meet(a: &str, b: &str, case: Case) -> Option<String> {
    if covers(a, b, case) {
        return Some(b.to_owned());
    }
    if covers(b, a, case) {
        return Some(a.to_owned());
    }
    overlaps(a, b, case).then(|| b.to_owned())
}

fn same(a: u8, b: u8, case: Case) -> bool {
    match case {
        Case::Counts => a == b,
        Case::Ignored => a.eq_ignore_ascii_case(&b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_and_overlap() {
        for (a, b, covering, overlapping) in [
            ("*", "anything", true, true),
            ("rds:Delete*", "rds:DeleteDBCluster", true, true),
            ("rds:DeleteDBCluster", "rds:Delete*", false, true),
            ("ec2:*Vpc*", "ec2:Delete*", false, true),
            ("ec2:Describe*", "ec2:Delete*", false, false),
            ("a?c", "abc", true, true),
            ("abc", "a?c", false, true),
            ("a?c", "a*c", false, true),
            ("a*b", "a*c", false, false),
            ("*a", "*b", false, false),
            ("ab*", "*ba", false, true),
            ("", "*", false, true),
            ("", "", true, true),
            ("", "a", false, false),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b", false, false),
            ("S3:getobject", "s3:GetObject", true, true),
        ] {
            assert_eq!(covers(a, b, Case::Ignored), covering, "{a} covers {b}");
            assert_eq!(overlaps(a, b, Case::Ignored), overlapping, "{a} overlaps {b}");
            assert_eq!(overlaps(b, a, Case::Ignored), overlapping, "{b} overlaps {a}");
        }
        assert!(!overlaps("ARN", "arn", Case::Counts));
    }

    #[test]
    fn stars_match_anything() {
        for (pattern, text, expect) in [
            ("*", "arn:aws:s3:::a", true),
            ("arn:aws:iam::1:role/*/x", "arn:aws:iam::1:role/a/b/x", true),
            ("arn:aws:iam::1:role/*/x", "arn:aws:iam::1:role/x", false),
            ("a?c*", "abcd", true),
            ("a", "ab", false),
            ("a*b", "acbd", false),
            ("**", "", true),
        ] {
            assert_eq!(covers(pattern, text, Case::Counts), expect, "{pattern} {text}");
        }
    }
}
