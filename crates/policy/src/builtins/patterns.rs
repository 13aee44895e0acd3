//! Regular expressions, globs and versions.
//!
//! The expressions are those of the crate `regex`, which knows no backtracking either. Invariant: a pattern that is none is
//! undefined.

use std::cmp::Ordering;

use regex::{Regex, RegexBuilder};

use super::{Builtin, whole};
use crate::value::{Num, V};

/// Largest compiled expression, in bytes.
const PATTERN_BYTES_MAX: usize = 1 << 20;

pub(super) const TABLE: &[Builtin] = &[
    whole("regex.match", 2, |args| Some(V::Bool(regex(&args[0])?.is_match(args[1].as_str()?)))),
    whole("re_match", 2, |args| Some(V::Bool(regex(&args[0])?.is_match(args[1].as_str()?)))),
    whole("regex.is_valid", 1, |args| Some(V::Bool(regex(&args[0]).is_some()))),
    whole("regex.split", 2, |args| {
        Some(V::array(regex(&args[0])?.split(args[1].as_str()?).map(V::text).collect()))
    }),
    whole("regex.replace", 3, |args| {
        let with = args[2].as_str()?;
        Some(V::text(&regex(&args[1])?.replace_all(args[0].as_str()?, with)))
    }),
    whole("regex.find_n", 3, |args| {
        let found = regex(&args[0])?;
        let V::Num(Num::Int(count)) = args[2] else { return None };
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let all = found.find_iter(args[1].as_str()?).take(count);
        Some(V::array(all.map(|one| V::text(one.as_str())).collect()))
    }),
    whole("regex.find_all_string_submatch_n", 3, |args| {
        let found = regex(&args[0])?;
        let V::Num(Num::Int(count)) = args[2] else { return None };
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let all = found.captures_iter(args[1].as_str()?).take(count).map(|one| {
            let groups = one.iter().map(|group| V::text(group.map_or("", |group| group.as_str())));
            V::array(groups.collect())
        });
        Some(V::array(all.collect()))
    }),
    whole("glob.match", 3, glob),
    whole("semver.is_valid", 1, |args| Some(V::Bool(args[0].as_str().and_then(version).is_some()))),
    whole("semver.compare", 2, |args| {
        let (a, b) = (version(args[0].as_str()?)?, version(args[1].as_str()?)?);
        let order = compare(&a, &b);
        Some(V::Num(Num::Int(order as i128)))
    }),
];

fn regex(pattern: &V) -> Option<Regex> {
    RegexBuilder::new(pattern.as_str()?).size_limit(PATTERN_BYTES_MAX).build().ok()
}

/// `glob.match`: `*` within what delimiters part, `**` across them, `?`, `[...]`, `{a,b}`; without delimiters those are dots.
fn glob(args: &[V]) -> Option<V> {
    let (pattern, text) = (args[0].as_str()?, args[2].as_str()?);
    let delimiters: String = match &args[1] {
        V::Null => String::new(),
        V::Array(members) if members.all.is_empty() => ".".to_owned(),
        V::Array(members) => members.all.iter().map(V::as_str).collect::<Option<String>>()?,
        _ => return None,
    };
    let single = match delimiters.as_str() {
        "" => ".".to_owned(),
        some => format!("[^{}]", regex::escape(some)),
    };
    let mut out = "(?s)^".to_owned();
    let mut letters = pattern.chars().peekable();
    let mut braces = 0_usize;
    while let Some(letter) = letters.next() {
        match letter {
            '*' if letters.next_if_eq(&'*').is_some() => out.push_str(".*"),
            '*' => out.push_str(&format!("{single}*")),
            '?' => out.push_str(&single),
            '{' => {
                braces += 1;
                out.push_str("(?:");
            }
            '}' if braces > 0 => {
                braces -= 1;
                out.push(')');
            }
            ',' if braces > 0 => out.push('|'),
            '[' => {
                out.push('[');
                if letters.next_if_eq(&'!').is_some() {
                    out.push('^');
                }
                for inner in letters.by_ref() {
                    match inner {
                        ']' => break,
                        '-' => out.push('-'),
                        inner => out.push_str(&regex::escape(inner.encode_utf8(&mut [0; 4]))),
                    }
                }
                out.push(']');
            }
            '\\' => {
                if let Some(escaped) = letters.next() {
                    out.push_str(&regex::escape(escaped.encode_utf8(&mut [0; 4])));
                }
            }
            other => out.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    out.push('$');
    Some(V::Bool(regex(&V::Str(out.into()))?.is_match(text)))
}

/// A version: three numbers, and what stands after a hyphen.
struct Version {
    numbers: [u64; 3],
    before: Vec<String>,
}

fn version(text: &str) -> Option<Version> {
    let text = text.split('+').next()?;
    let (numbers, before) = match text.split_once('-') {
        Some((numbers, before)) => (numbers, before.split('.').map(str::to_owned).collect()),
        None => (text, Vec::new()),
    };
    let all: Vec<u64> = numbers.split('.').map(|one| one.parse().ok()).collect::<Option<_>>()?;
    Some(Version { numbers: all.try_into().ok()?, before })
}

fn compare(a: &Version, b: &Version) -> Ordering {
    a.numbers.cmp(&b.numbers).then_with(|| match (a.before.is_empty(), b.before.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => {
            let part = |a: &String, b: &String| match (a.parse::<u64>(), b.parse::<u64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => a.cmp(b),
            };
            let differing = a.before.iter().zip(&b.before).map(|(a, b)| part(a, b));
            let first = differing.into_iter().find(|order| *order != Ordering::Equal);
            first.unwrap_or_else(|| a.before.len().cmp(&b.before.len()))
        }
    })
}
