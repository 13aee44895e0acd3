//! Files of signers, in OpenSSH's `allowed_signers` form.
//!
//! A line is `PRINCIPALS [OPTIONS] KEYTYPE KEY [COMMENT]`. What would make it unclear who a person is (patterns,
//! certificates) is refused. Invariant: of a file with an error nobody signs.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use ssh_key::PublicKey;
use ssh_key::public::KeyData;

use super::NAMESPACE;
use super::time;

/// The largest file, in bytes.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// The signers of one group.
#[derive(Clone, Debug)]
pub struct Signers {
    /// The group.
    pub group: Arc<str>,
    lines: Vec<Line>,
}

/// A line: a key, whose it is, and when.
#[derive(Clone, Debug)]
struct Line {
    principals: Vec<Arc<str>>,
    key: KeyData,
    valid_after_s: Option<u64>,
    valid_before_s: Option<u64>,
    /// The patterns of the namespaces that it may sign in; all where there are none.
    namespaces: Option<Arc<str>>,
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignersError {
    /// The line, from 1; 0 where it is the whole file.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: &'static str,
}

impl fmt::Display for SignersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.message),
            line => write!(f, "line {line}: {}", self.message),
        }
    }
}

impl std::error::Error for SignersError {}

/// Whether a key may sign now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Membership {
    /// It is in the file and may, under these names.
    Member(Vec<Arc<str>>),
    /// It is in the file, and its time has not begun or is over.
    OutOfTime,
    /// It is in the file, for other namespaces.
    OtherNamespace,
    /// It is not in the file.
    Stranger,
}

impl Line {
    /// Whether it may sign in a namespace.
    fn is_for(&self, namespace: &str) -> bool {
        self.namespaces.as_ref().is_none_or(|patterns| covers(patterns, namespace))
    }
}

impl Signers {
    /// Reads the file of a group.
    ///
    /// # Errors
    /// Where a line is not of the form, or names somebody by a pattern or an authority.
    pub fn parse(group: &str, text: &str) -> Result<Signers, SignersError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(error("the file is larger than 1 MiB", "Name the group's signers only."));
        }
        let mut lines = Vec::new();
        for (at, text) in text.lines().enumerate() {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            lines.push(line(text).map_err(|error| SignersError { line: at + 1, ..error })?);
        }
        Ok(Signers { group: group.into(), lines })
    }

    /// Whether a key may sign in a namespace, at each of these times.
    pub(crate) fn membership(&self, namespace: &str, key: &KeyData, times_s: &[u64]) -> Membership {
        let mut found = Membership::Stranger;
        let mut names: Vec<Arc<str>> = Vec::new();
        for line in self.lines.iter().filter(|line| line.key == *key) {
            let in_time = times_s.iter().all(|at| {
                line.valid_after_s.is_none_or(|after| *at >= after)
                    && line.valid_before_s.is_none_or(|before| *at < before)
            });
            match (line.is_for(namespace), in_time) {
                (true, true) => names.extend(line.principals.iter().cloned()),
                (true, false) => found = Membership::OutOfTime,
                (false, _) if found == Membership::Stranger => found = Membership::OtherNamespace,
                (false, _) => {}
            }
        }
        if names.is_empty() { found } else { Membership::Member(names) }
    }
}

/// How many people these groups name for approvals: lines with a key or a name in common are one person's.
pub fn people<'a>(groups: impl IntoIterator<Item = &'a Signers>) -> usize {
    let mut people: Vec<(BTreeSet<&Arc<str>>, Vec<&KeyData>)> = Vec::new();
    let lines = groups.into_iter().flat_map(|signers| &signers.lines);
    for line in lines.filter(|line| line.is_for(NAMESPACE)) {
        let mut names: BTreeSet<&Arc<str>> = line.principals.iter().collect();
        let mut keys = vec![&line.key];
        people.retain_mut(|(others, other_keys)| {
            if others.is_disjoint(&names) && !other_keys.contains(&&line.key) {
                return true;
            }
            names.append(others);
            keys.append(other_keys);
            false
        });
        people.push((names, keys));
    }
    people.len()
}

fn error(message: impl Into<String>, remedy: &'static str) -> SignersError {
    SignersError { line: 0, message: message.into(), remedy }
}

const FORM: &str = "Write lines as `NAME ssh-ed25519 AAAA...`, as `ssh-keygen -Y` takes them.";

fn line(text: &str) -> Result<Line, SignersError> {
    let (names, rest) = word(text).ok_or_else(|| error("a quote is not closed", FORM))?;
    let mut found = Line {
        principals: principals(names)?,
        key: KeyData::Ed25519(ssh_key::public::Ed25519PublicKey([0; 32])),
        valid_after_s: None,
        valid_before_s: None,
        namespaces: None,
    };
    let key = if rest.is_empty() || is_key_type(rest) {
        rest
    } else {
        let (options, rest) = word(rest).ok_or_else(|| error("a quote is not closed", FORM))?;
        let mut seen = BTreeSet::new();
        for option in split(options) {
            let name = option.split('=').next().unwrap_or(option).to_ascii_lowercase();
            if !seen.insert(name.clone()) {
                return Err(error(format!("the option `{name}` stands twice"), FORM));
            }
            set_option(&mut found, option)?;
        }
        rest
    };
    let key = PublicKey::from_openssh(key)
        .map_err(|fault| error(format!("the key cannot be read: {fault}"), FORM))?;
    found.key = key.key_data().clone();
    Ok(found)
}

/// The first word, quotes within it kept, and what follows.
fn word(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b' ' | b'\t' if !quoted => return Some((&text[..at], text[at..].trim_start())),
            _ => {}
        }
    }
    (!quoted).then_some((text, ""))
}

/// The parts between commas that stand outside of quotes.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |letter| {
        quoted ^= letter == '"';
        letter == ',' && !quoted
    })
}

fn is_key_type(text: &str) -> bool {
    ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"].iter().any(|prefix| text.starts_with(prefix))
}

fn principals(names: &str) -> Result<Vec<Arc<str>>, SignersError> {
    let bare = names.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(names);
    // One person however their name is written: what differs in case or in blanks around it counts once.
    let all: Vec<Arc<str>> = bare.split(',').map(|one| one.trim().to_lowercase().into()).collect();
    for one in &all {
        if one.chars().any(is_unseen) {
            return Err(error(
                "a name has letters that nobody sees",
                "Write the name again: two names that look the same would count twice.",
            ));
        }
        if one.contains(['*', '?', '!', '"']) || one.is_empty() {
            return Err(error(
                format!("`{one}` names nobody in particular"),
                "Give each person a line with their own name, so that nobody is counted twice.",
            ));
        }
    }
    Ok(all)
}

/// Whether a letter takes no place, as a control character, a zero-width space, or a byte order mark.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

fn set_option(line: &mut Line, option: &str) -> Result<(), SignersError> {
    let (name, value) = option.split_once('=').unwrap_or((option, ""));
    let value = value.trim_matches('"');
    let at = || {
        time::seconds(value).ok_or_else(|| {
            error(
                format!("`{value}` is no time"),
                "Write times as YYYYMMDD or YYYYMMDDHHMM[SS]Z; they are taken as UTC.",
            )
        })
    };
    match name.to_ascii_lowercase().as_str() {
        "valid-after" => line.valid_after_s = Some(at()?),
        "valid-before" => line.valid_before_s = Some(at()?),
        "namespaces" => line.namespaces = Some(value.into()),
        "cert-authority" => {
            return Err(error(
                "certificate authorities are not taken as signers",
                "Name each person's own key: an approval has to say who gave it.",
            ));
        }
        _ => {
            return Err(error(
                format!("the option `{name}` is not known"),
                "Use valid-after, valid-before and namespaces only.",
            ));
        }
    }
    Ok(())
}

/// Whether a list of patterns covers a namespace, as OpenSSH reads it: one has to match, and none after a `!`.
fn covers(patterns: &str, namespace: &str) -> bool {
    let mut covered = false;
    for pattern in patterns.split(',') {
        match pattern.strip_prefix('!') {
            Some(not) if matches(not, namespace) => return false,
            Some(_) => {}
            None => covered |= matches(pattern, namespace),
        }
    }
    covered
}

/// Whether a text is of a pattern: `*` stands for any letters, `?` for one.
fn matches(pattern: &str, text: &str) -> bool {
    let text = text.as_bytes();
    // Whether the pattern so far takes the first so many bytes of the text.
    let mut taken = vec![false; text.len() + 1];
    taken[0] = true;
    for letter in pattern.bytes() {
        if letter == b'*' {
            let first = taken.iter().position(|taken| *taken).unwrap_or(taken.len());
            taken[first..].fill(true);
            continue;
        }
        for at in (1..taken.len()).rev() {
            taken[at] = taken[at - 1] && (letter == b'?' || letter == text[at - 1]);
        }
        taken[0] = false;
    }
    taken[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

    fn key() -> KeyData {
        PublicKey::from_openssh(KEY).expect("reads").key_data().clone()
    }

    #[track_caller]
    fn check(text: &str, at_s: u64, expect: Membership) {
        let signers = Signers::parse("platform", text).expect(text);
        assert_eq!(signers.membership(NAMESPACE, &key(), &[at_s]), expect, "{text}");
    }

    fn member(names: &[&str]) -> Membership {
        Membership::Member(names.iter().map(|name| Arc::from(*name)).collect())
    }

    #[test]
    fn lines_name_members() {
        check(
            &format!("# who\n\nalice@example.com {KEY} laptop"),
            0,
            member(&["alice@example.com"]),
        );
        check(&format!("\"alice@a,alice@b\"\t{KEY}"), 0, member(&["alice@a", "alice@b"]));
        check(&format!("alice namespaces=\"git,strata-*\" {KEY}"), 0, member(&["alice"]));
        check(&format!("alice namespaces=\"git\" {KEY}"), 0, Membership::OtherNamespace);
        check("", 0, Membership::Stranger);
    }

    #[test]
    fn namespaces_are_lists_of_patterns() {
        for (patterns, covered) in [
            ("strata-approval", true),
            ("*", true),
            ("git,*-approval", true),
            ("strata?approval", true),
            ("s*a*l", true),
            ("!strata-approval,*", false),
            ("*,!strata-*", false),
            ("*,!*-approval", false),
            ("*,!git", true),
            ("!git", false),
            ("strata-approval?", false),
            ("", false),
        ] {
            assert_eq!(covers(patterns, NAMESPACE), covered, "{patterns}");
        }
    }

    #[test]
    fn a_name_is_one_however_it_is_written() {
        check(&format!("Alice@Example.com {KEY}"), 0, member(&["alice@example.com"]));
        check(&format!("\"bob, ALICE \" {KEY}"), 0, member(&["bob", "alice"]));
    }

    #[test]
    fn times_bind() {
        let text = format!("alice valid-after=\"19700102Z\",valid-before=\"19700103\" {KEY}");
        check(&text, 86_399, Membership::OutOfTime);
        check(&text, 86_400, member(&["alice"]));
        check(&text, 2 * 86_400, Membership::OutOfTime);
        let signers = Signers::parse("platform", &text).expect("reads");
        assert_eq!(
            signers.membership(NAMESPACE, &key(), &[86_400, 172_800]),
            Membership::OutOfTime
        );
    }

    #[test]
    fn people_are_counted_once() {
        let other =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFi33vM3hDUrTSn67xNdEkEWswp/nJRGKsL79AMZwxuf";
        let check = |texts: &[String], expect: usize| {
            let groups: Vec<Signers> =
                texts.iter().map(|text| Signers::parse("g", text).expect(text)).collect();
            assert_eq!(people(&groups), expect, "{texts:?}");
        };
        check(&[], 0);
        check(&[format!("alice {KEY}")], 1);
        check(&[format!("alice {KEY}\nbob {other}")], 2);
        check(&[format!("alice {KEY}\nalice {other}")], 1);
        check(&[format!("alice {KEY}"), format!("bob {KEY}\ncarol {other}")], 2);
        check(&[format!("alice namespaces=\"git\" {KEY}")], 0);
    }

    #[test]
    fn what_is_unclear_is_refused_by_line() {
        for (text, message) in [
            (format!("*@example.com {KEY}"), "names nobody"),
            (format!("a,,b {KEY}"), "names nobody"),
            (format!("alice cert-authority {KEY}"), "certificate authorities"),
            (format!("alice cert-authority,namespaces=\"a\" {KEY}"), "certificate authorities"),
            (format!("alice valid-after=\"soon\" {KEY}"), "no time"),
            (format!("alice touch {KEY}"), "option `touch`"),
            (format!("al\u{200b}ice {KEY}"), "nobody sees"),
            (format!("\u{feff}alice {KEY}"), "nobody sees"),
            (format!("alice\0 {KEY}"), "nobody sees"),
            (
                format!("alice valid-before=\"20200101\",Valid-Before=\"20400101\" {KEY}"),
                "stands twice",
            ),
            (format!("a\"b {KEY}\" {KEY}"), "names nobody"),
            (format!("alice namespaces=\"a {KEY}"), "quote"),
            ("alice ssh-ed25519 AAAA".to_owned(), "cannot be read"),
            ("alice".to_owned(), "cannot be read"),
        ] {
            let error = Signers::parse("platform", &format!("# first\n{text}")).expect_err(&text);
            assert_eq!(error.line, 2, "{text}");
            assert!(error.to_string().contains(message), "{text}: {error}");
        }
        assert!(Signers::parse("g", &"#".repeat(TEXT_BYTES_MAX + 1)).is_err());
    }
}
