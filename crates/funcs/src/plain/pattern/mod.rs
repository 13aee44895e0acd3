//! Regular expressions as OpenTofu reads them: the syntax of RE2 as Go has it. Matching is the `regex` crate's.
//! Invariant: a pattern that Go refuses is refused, and one that both know matches the same text.

mod translate;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use regex::{Captures, Regex};

/// Compiled patterns that are remembered; beyond, all are forgotten.
const REMEMBERED_MAX: usize = 500;

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    regex: Regex,
    /// What a match gives.
    pub(crate) shape: Shape,
}

/// What a match gives, as the pattern's groups decide.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// No groups: the whole text that matches.
    Whole,
    /// So many groups without names.
    Groups(usize),
    /// Groups with these names.
    Named(Vec<String>),
}

/// One match.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Match<'t> {
    pub(crate) whole: &'t str,
    /// The groups; `None` where one took no part.
    pub(crate) groups: Vec<Option<&'t str>>,
}

impl Pattern {
    /// The compiled form of `text`, which is made once and then remembered.
    pub(crate) fn compile(text: &str) -> Result<Arc<Self>, String> {
        static REMEMBERED: OnceLock<Mutex<HashMap<String, Arc<Pattern>>>> = OnceLock::new();
        let remembered = REMEMBERED.get_or_init(Mutex::default);
        // A panic elsewhere cannot leave the table in a wrong state: each entry stands for itself.
        let lock = || remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pattern) = lock().get(text) {
            return Ok(Arc::clone(pattern));
        }
        let pattern = Arc::new(Pattern::new(text)?);
        let mut table = lock();
        if table.len() >= REMEMBERED_MAX {
            table.clear();
        }
        table.insert(text.to_owned(), Arc::clone(&pattern));
        Ok(pattern)
    }

    fn new(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| format!("{text:?} is not a regular expression: {what}");
        let translated = translate::translate(text).map_err(|what| wrong(&what))?;
        let regex = Regex::new(&translated).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => wrong("it is too large"),
            error => wrong(error.to_string().lines().last().unwrap_or_default()),
        })?;
        let names: Vec<Option<&str>> = regex.capture_names().skip(1).collect();
        let named: Vec<String> = names.iter().flatten().map(|name| (*name).to_owned()).collect();
        let shape = match (names.len(), named.len()) {
            (0, _) => Shape::Whole,
            (all, 0) => Shape::Groups(all),
            (all, some) if all == some => Shape::Named(named),
            _ => return Err(wrong("groups with and without names cannot be mixed")),
        };
        Ok(Pattern { regex, shape })
    }

    /// The first match.
    pub(crate) fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.regex.captures(text).map(|captures| to_match(&captures))
    }

    /// All matches that do not overlap.
    pub(crate) fn find_all<'t>(&self, text: &'t str) -> Vec<Match<'t>> {
        self.regex.captures_iter(text).map(|captures| to_match(&captures)).collect()
    }
}

fn to_match<'t>(captures: &Captures<'t>) -> Match<'t> {
    let mut groups = captures.iter().map(|group| group.map(|found| found.as_str()));
    let whole = groups.next().flatten().expect("BUG: group 0 is the whole match");
    Match { whole, groups: groups.collect() }
}

/// `text` with each match of `pattern` replaced; `$1` and `${name}` in the replacement stand for groups. Here groups with
/// and without names may be mixed.
pub(crate) fn replace_all(pattern: &str, text: &str, replacement: &str) -> Result<String, String> {
    let wrong = |what: &str| format!("{pattern:?} is not a regular expression: {what}");
    let regex = match Pattern::compile(pattern) {
        Ok(pattern) => pattern.regex.clone(),
        Err(_) => {
            let translated = translate::translate(pattern).map_err(|what| wrong(&what))?;
            Regex::new(&translated)
                .map_err(|error| wrong(error.to_string().lines().last().unwrap_or_default()))?
        }
    };
    Ok(regex.replace_all(text, replacement).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expect: Option<&str>) {
        let found = Pattern::compile(pattern).expect(pattern);
        assert_eq!(found.find(text).map(|found| found.whole), expect, "{pattern}");
    }

    #[test]
    fn patterns_match_as_go_matches() {
        check("[a-z]+", "53453453.345345aaabbbccc23454", Some("aaabbbccc"));
        check("\\d+", "x١٢3", Some("3"));
        check("\\w+", "é_a1é", Some("_a1"));
        check("[\\w.]+", "-a.b-", Some("a.b"));
        check("[^\\d]", "1a", Some("a"));
        check("[\\D]", "1a", Some("a"));
        check("\\s", "a\u{b}b", None);
        check("\\bx\\b", "éx x", Some("x"));
        check("a\\B.", "ab", Some("ab"));
        check("\\Qa.b*\\E+", "a.b**", Some("a.b**"));
        check("[a[]", "[", Some("["));
        check("[a&&b]+", "&a&", Some("&a&"));
        check("[]a]+", "a]", Some("a]"));
        check("[[:alpha:]-]+", "1a-b2", Some("a-b"));
        check("[[:^digit:]]", "1x", Some("x"));
        check("a{,2}", "a{,2}", Some("a{,2}"));
        check("a{", "a{", Some("a{"));
        check("a{2}", "aaa", Some("aa"));
        check("x{01}", "x{01}", Some("x{01}"));
        check("\\x{e9}\\x41\\101", "éAA", Some("éAA"));
        check("\\_\\-\\<", "_-<", Some("_-<"));
        check("(?i)STRASSE|ſ", "strasse", Some("strasse"));
        check("(?s).+$", "a\nb", Some("a\nb"));
        check("^b", "a\nb", None);
        check("(?m)^b$", "a\nb\n", Some("b"));
        check("\\p{Greek}+|\\p{^L}", "1", Some("1"));
        check("(?:a|b)+?", "ab", Some("a"));
        check("\\Aa\\z", "a", Some("a"));
    }

    #[test]
    fn patterns_that_go_refuses() {
        for pattern in [
            "(",
            "a**",
            "a+*",
            "*a",
            "[",
            "[b-a]",
            "(?=a)",
            "(?x)a",
            "\\1",
            "\\Z",
            "\\y",
            "a{1001}",
            "a{3,2}",
            "(?P<n>a)(b)",
            "[[:foo:]]",
            "\\xg",
            "(?P<>a)",
            "\\",
            "\\C",
        ] {
            assert!(Pattern::compile(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn groups_decide_the_shape() {
        let check = |pattern: &str, expect: Shape| {
            assert_eq!(Pattern::compile(pattern).expect(pattern).shape, expect);
        };
        check("a", Shape::Whole);
        check("(?:a)(b)(c)?", Shape::Groups(2));
        check("(?P<x>a)(?<y>b)", Shape::Named(vec!["x".to_owned(), "y".to_owned()]));
        let pattern = Pattern::compile("(a)(b)?").expect("a pattern");
        let found = pattern.find("a").expect("a match");
        assert_eq!(found.groups, [Some("a"), None]);
        assert_eq!(Pattern::compile("a*").expect("a pattern").find_all("baac").len(), 3);
    }

    #[test]
    fn replacements_name_groups() {
        let check = |pattern: &str, text: &str, with: &str, expect: &str| {
            assert_eq!(replace_all(pattern, text, with).as_deref(), Ok(expect));
        };
        check("(h)(?P<rest>el)", "hello", "${rest}$1-$$", "elh-$lo");
        check("l", "hello", "$1x", "heo");
        check("", "ab", "-", "-a-b-");
        assert!(replace_all("(", "a", "b").is_err());
    }
}
