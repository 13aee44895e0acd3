//! Patterns with `*` and `?`, and whether one covers another.
//!
//! Invariant: where one covers the other, whatever the other matches the one matches too; the opposite is not promised.

/// Whether letters of unlike case are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// They are not.
    Counts,
    /// They are.
    Ignored,
}

/// Whether all that `narrow` matches is matched by `wide`. In `narrow`, `*` and `?` are letters that only `*` of `wide`
/// takes (and `?` takes `?`).
pub(super) fn covers(wide: &str, narrow: &str, case: Case) -> bool {
    if wide == narrow || wide == "*" {
        return true;
    }
    if wide.starts_with('!') || narrow.starts_with('!') {
        return false;
    }
    let (wide, narrow) = (wide.as_bytes(), narrow.as_bytes());
    let (mut w, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < narrow.len() {
        match wide.get(w) {
            Some(b'*') => {
                star = Some((w + 1, n));
                w += 1;
            }
            Some(b'?') if narrow[n] != b'*' => {
                w += 1;
                n += 1;
            }
            Some(letter) if same(*letter, narrow[n], case) => {
                w += 1;
                n += 1;
            }
            _ => {
                let Some((after, at)) = star else { return false };
                w = after;
                n = at + 1;
                star = Some((after, n));
            }
        }
    }
    wide[w..].iter().all(|letter| *letter == b'*')
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
    fn patterns_cover() {
        for (wide, narrow, expect) in [
            ("*", "anything", true),
            ("s3:*", "s3:PutObject", true),
            ("s3:*", "s3:Put*", true),
            ("s3:Put*", "s3:*", false),
            ("S3:putobject", "s3:PutObject", true),
            ("s3:Get*Acl", "s3:GetObjectAcl", true),
            ("s3:Get*Acl", "s3:GetObject", false),
            ("a?c", "abc", true),
            ("a?c", "a*c", false),
            ("a?c", "a?c", true),
            ("a*", "a", true),
            ("a", "a*", false),
            ("", "", true),
            ("!a", "!a", true),
            ("!a", "b", false),
            ("*", "!a", true),
            ("a*b*c", "aXbYbZc", true),
        ] {
            assert_eq!(covers(wide, narrow, Case::Ignored), expect, "{wide} covers {narrow}");
        }
        assert!(!covers("ARN", "arn", Case::Counts));
    }
}
