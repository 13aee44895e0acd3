//! Reading versions and constraints from text.

use super::constraint::{Constraint, Dialect, Op};
use super::{Version, VersionError};

fn fail<T>(text: &str, message: &str) -> Result<T, VersionError> {
    Err(VersionError { text: text.to_owned(), message: message.to_owned() })
}

/// A whole text that is one version.
pub(super) fn version(text: &str) -> Result<Version, VersionError> {
    match numbered(text, text)? {
        (version, _, "") => Ok(version),
        (_, _, rest) if rest.starts_with('.') => fail(text, "a version has three numbers"),
        _ => fail(text, "not a version: three numbers separated by full stops, as in 1.2.3"),
    }
}

/// One constraint: an operator and a version.
pub(super) fn constraint(text: &str, dialect: Dialect) -> Result<Constraint, VersionError> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return fail(text, "a constraint is missing");
    }
    let split = trimmed
        .find(|c: char| c.is_ascii_alphanumeric() || c.is_whitespace() || c == '.' || c == '*')
        .unwrap_or(trimmed.len());
    let (op, rest) = trimmed.split_at(split);
    let version_text = match dialect {
        Dialect::Provider => strict_separator(text, rest)?,
        Dialect::Core => {
            let rest = rest.trim_start();
            rest.strip_prefix('v').unwrap_or(rest)
        }
    };
    let (version, parts, rest) = numbered(text, version_text)?;
    if !rest.is_empty() {
        return fail(text, unexpected(rest));
    }
    let op = operator(text, op)?;
    let parts = match (op, dialect) {
        (Op::Pessimistic, Dialect::Core) => parts,
        (Op::Pessimistic, Dialect::Provider) => parts.max(2), // "~> 1" means "~> 1.0"
        _ => 3,
    };
    Ok(Constraint { op, version, parts })
}

fn strict_separator<'a>(text: &str, rest: &'a str) -> Result<&'a str, VersionError> {
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    if rest.starts_with(char::is_whitespace) {
        return fail(text, "one space at most may stand between operator and version");
    }
    if rest.starts_with('v') {
        return fail(text, "a version is written without \"v\" before it");
    }
    Ok(rest)
}

fn operator(text: &str, op: &str) -> Result<Op, VersionError> {
    Ok(match op {
        "" | "=" => Op::Equal,
        "!=" => Op::NotEqual,
        ">" => Op::Greater,
        ">=" => Op::GreaterOrEqual,
        "<" => Op::Less,
        "<=" => Op::LessOrEqual,
        "~>" => Op::Pessimistic,
        "=<" => return fail(text, "there is no operator \"=<\"; \"<=\" is meant"),
        "=>" => return fail(text, "there is no operator \"=>\"; \">=\" is meant"),
        _ => return fail(text, "the operators are =, !=, >, >=, <, <= and ~>"),
    })
}

fn unexpected(rest: &str) -> &'static str {
    match rest.trim_start().chars().next() {
        Some('.') => "a version has three numbers",
        Some('*' | 'x' | 'X') => "there are no wildcards; leave out the numbers that may be any",
        Some('0'..='9' | '<' | '>' | '=' | '!' | '~') => "a comma is missing between constraints",
        _ => "unexpected characters after the version",
    }
}

/// The version at the start of `rest`, how many numbers it was written with, and what follows it.
fn numbered<'a>(text: &str, mut rest: &'a str) -> Result<(Version, u8, &'a str), VersionError> {
    let mut numbers = [0_u64; 3];
    let mut parts = 0_usize;
    loop {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits == 0 {
            return match rest.chars().next() {
                Some('*' | 'x' | 'X') => fail(text, unexpected("*")),
                Some('v') => fail(text, "a version is written without \"v\" before it"),
                _ => fail(text, "a number is missing"),
            };
        }
        let Ok(number) = rest[..digits].parse() else { return fail(text, "a number is too large") };
        numbers[parts] = number;
        parts += 1;
        rest = &rest[digits..];
        match rest.strip_prefix('.') {
            Some(after) if parts < 3 => rest = after,
            _ => break,
        }
    }
    let prerelease = extra(text, &mut rest, '-')?;
    let metadata = extra(text, &mut rest, '+')?;
    let [major, minor, patch] = numbers;
    let parts = if prerelease.is_empty() && metadata.is_empty() { parts as u8 } else { 3 };
    Ok((Version { major, minor, patch, prerelease, metadata }, parts, rest))
}

fn extra(text: &str, rest: &mut &str, lead: char) -> Result<Box<str>, VersionError> {
    let Some(after) = rest.strip_prefix(lead) else { return Ok(Box::default()) };
    let end = after
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'))
        .unwrap_or(after.len());
    if end == 0 {
        return fail(text, "a prerelease or build name is missing");
    }
    *rest = &after[end..];
    Ok(after[..end].into())
}
