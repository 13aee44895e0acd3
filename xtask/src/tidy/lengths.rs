//! Length ratchets: files of at most 800 lines, functions of at most 70; more only by name, with a reason and a ceiling.

use super::sources::Source;
use super::{Exceptions, Finding};

const FILE_LINES_MAX: usize = 800;
const FUNCTION_LINES_MAX: usize = 70;

/// Checks files and functions, and that no exception is wider than it needs to be.
pub(crate) fn check(sources: &[Source], exceptions: &Exceptions) -> Vec<Finding> {
    let mut found = Vec::new();
    for source in sources {
        let lines = source.text.lines().count();
        let allowed = exceptions.file.iter().find(|e| e.path == source.path);
        let max = allowed.map_or(FILE_LINES_MAX, |e| e.lines_max);
        if lines > max {
            found.push(Finding::new(
                &source.path,
                format!("{lines} lines, more than {max}: split it"),
            ));
        }
        for (name, line, length) in functions(source.shipped()) {
            let of = |e: &&super::LongFunction| e.path == source.path && e.name == name;
            let max =
                exceptions.function.iter().find(of).map_or(FUNCTION_LINES_MAX, |e| e.lines_max);
            if length > max {
                let text = format!("`{name}` has {length} lines, more than {max}: split it");
                found.push(Finding::new(format!("{}:{line}", source.path), text));
            }
        }
    }
    found.extend(stale(sources, exceptions));
    found
}

/// Exceptions that name nothing or are no longer needed: the ratchet falls.
fn stale(sources: &[Source], exceptions: &Exceptions) -> Vec<Finding> {
    let mut found = Vec::new();
    let place = "xtask/tidy.toml";
    for file in &exceptions.file {
        let lines =
            sources.iter().find(|s| s.path == file.path).map_or(0, |s| s.text.lines().count());
        if lines <= FILE_LINES_MAX || file.reason.is_empty() {
            found.push(Finding::new(
                place,
                format!("{} needs no exception, or gives no reason", file.path),
            ));
        }
    }
    for function in &exceptions.function {
        let long = sources.iter().filter(|s| s.path == function.path).any(|s| {
            functions(s.shipped())
                .iter()
                .any(|(n, _, l)| *n == function.name && *l > FUNCTION_LINES_MAX)
        });
        if !long || function.reason.is_empty() {
            let text = format!(
                "{}: `{}` needs no exception, or gives no reason",
                function.path, function.name
            );
            found.push(Finding::new(place, text));
        }
    }
    found
}

/// Name, first line and length of each function, by the indentation that rustfmt guarantees.
fn functions(text: &str) -> Vec<(String, usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = &line[..line.len() - line.trim_start().len()];
        let close = format!("{indent}}}");
        let body = lines[at..].iter().take_while(|l| **l != close).count();
        let one_line = lines[at].ends_with('}') || lines[at].ends_with(';');
        if !one_line {
            found.push((name.to_owned(), at + 1, body + 1));
        }
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    for word in ["pub(crate) ", "pub(super) ", "pub ", "const ", "async "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let rest = rest.strip_prefix("fn ")?;
    rest.split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    use super::functions;

    #[test]
    fn functions_are_measured_by_indentation() {
        let text = "fn a() {\n    x();\n}\n\nimpl B {\n    pub(crate) fn c(&self) -> u8 {\n        1\n    }\n}\n";
        assert_eq!(functions(text), [("a".into(), 1, 3), ("c".into(), 6, 3)]);
    }
}
