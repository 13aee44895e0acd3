//! From text to what `regorus` parsed: Rego of version 1, else the older one.
//!
//! Only `regorus`'s parser is asked. Invariant: no text makes it panic or overflow the stack: what is nested or chained too
//! far is refused before it is parsed.

use std::sync::Arc;

use regorus::unstable::{Module, Parser};

use crate::fault::{Fault, FaultKind};
use crate::ir::Place;

/// Most bytes of one file.
pub(crate) const FILE_BYTES_MAX: usize = 1 << 20;
/// Most brackets within brackets.
const NESTING_MAX: usize = 100;
/// Most operators of one expression, dots of references among them.
const OPERATORS_MAX: usize = 1_000;

/// Parses a file.
pub(crate) fn module(file: &Arc<str>, text: &str) -> Result<Module, Fault> {
    bounded(file, text)?;
    match parsed(file, text, Version::One) {
        Ok(module) => Ok(module),
        // Of a file of neither, the fault of the version that it looks like.
        Err(one) => parsed(file, text, Version::Zero).map_err(|zero| match is_newer(text) {
            true => one,
            false => zero,
        }),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    Zero,
    One,
}

/// Whether a text has words of the newer syntax.
fn is_newer(text: &str) -> bool {
    text.contains(" if ") || text.contains(" contains ") || text.contains("import rego.v1")
}

fn parsed(file: &Arc<str>, text: &str, version: Version) -> Result<Module, Fault> {
    let failed = |error: &dyn std::fmt::Display| fault(file, &error.to_string());
    let source = regorus::Source::from_contents(file.to_string(), text.to_owned())
        .map_err(|error| failed(&error))?;
    let mut parser = Parser::new(&source).map_err(|error| failed(&error))?;
    if version == Version::One {
        parser.enable_rego_v1().map_err(|error| failed(&error))?;
    }
    parser.parse().map_err(|error| failed(&error))
}

/// The parser's words without its picture of the text: `--> FILE:LINE:COLUMN`, lines of text, `error: WORDS`.
fn fault(file: &Arc<str>, message: &str) -> Fault {
    let numbers = message.lines().find_map(|line| {
        let place = line.trim().strip_prefix("--> ")?.strip_prefix(&**file)?.strip_prefix(':')?;
        let (line, column) = place.split_once(':')?;
        Some((line.parse().ok()?, column.parse().ok()?))
    });
    let words = message.lines().find_map(|line| line.trim().strip_prefix("error: "));
    let words = words.unwrap_or_else(|| message.lines().next().unwrap_or_default());
    let (line, column) = numbers.unwrap_or((1, 1));
    let place = Place { file: file.clone(), line, column };
    Fault::at(&place, FaultKind::Syntax, format!("it is no Rego: {}", words.trim()))
}

/// Refuses what would take the stack: brackets in brackets, chains of operators.
fn bounded(file: &Arc<str>, text: &str) -> Result<(), Fault> {
    let place = |line| Place { file: file.clone(), line, column: 1 };
    if text.len() > FILE_BYTES_MAX {
        return Err(Fault::at(&place(1), FaultKind::Limit, "it is larger than 1 MiB"));
    }
    let (mut nesting, mut operators, mut line) = (0_usize, 0_usize, 1_u32);
    let mut quote = None;
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        line += u32::from(byte == b'\n');
        match (quote, byte) {
            (Some(b'#'), b'\n') => quote = None,
            (Some(b'"'), b'\\') => drop(bytes.next()),
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'`' | b'#') => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => {
                nesting += 1;
                operators = if byte == b'{' { 0 } else { operators + 1 };
            }
            (None, b')' | b']' | b'}') => {
                nesting = nesting.saturating_sub(1);
                operators = if byte == b'}' { 0 } else { operators };
            }
            (None, b',' | b';' | b'=') => operators = 0,
            (None, b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'.') => operators += 1,
            (None, _) => {}
        }
        if nesting > NESTING_MAX || operators > OPERATORS_MAX {
            return Err(Fault::at(
                &place(line),
                FaultKind::Limit,
                "it is nested or chained too far",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Result<bool, (FaultKind, u32)>) {
        let parsed = module(&"a.rego".into(), text);
        let told = parsed.map(|module| module.rego_v1);
        let told = told.map_err(|fault| (fault.kind, fault.place.map_or(0, |place| place.line)));
        assert_eq!(told, expect, "{text:.80}");
    }

    #[test]
    fn both_versions_are_read() {
        check("package a\ndeny contains \"x\" if input.a", Ok(true));
        check("package a\ndeny[msg] { msg := \"x\" }", Ok(false));
        check("package a\nimport rego.v1\ndeny contains \"x\" if input.a", Ok(true));
    }

    #[test]
    fn what_is_no_rego_is_told_with_its_place() {
        check("package a\ndeny contains \"x\" if {\n input.a ==\n}", Err((FaultKind::Syntax, 4)));
        check("", Err((FaultKind::Syntax, 1)));
        check(
            &format!("package a\nx := {}1{}", "[".repeat(200), "]".repeat(200)),
            Err((FaultKind::Limit, 2)),
        );
        check(
            &format!("package a\nx := 1{}", " +\n1".repeat(5_000)),
            Err((FaultKind::Limit, 1_002)),
        );
        check(&format!("package a\nx := a{}", ".b".repeat(5_000)), Err((FaultKind::Limit, 2)));
    }
}
