//! Diagnostic codes: each `Diagnostic::error(CODE, SUMMARY)` and `Diagnostic::warning(CODE, SUMMARY)` of the sources.
//!
//! A code stands there as a literal, as a constant of its crate, as what a `let (code, ...)` of the same function chose,
//! as the parameter of a closure or function of the same file, or in a struct. Invariant: a code that stands there in any
//! other way is an error of this command, so that none is left out.

use std::collections::{BTreeMap, BTreeSet};

use super::Page;
use super::rust::{arguments, find_code, function_around, literals};
use crate::tidy::sources::Source;

const PATH: &str = "docs/reference/diagnostics.md";
const HEAD: &str = "\
<!-- Written by `cargo xtask codes` from the sources; a test fails when it is stale. -->

# Diagnostic codes

Each diagnostic has a code that stays the same; `strata ... -json` prints it as `code`. What a diagnostic is, in MUST words:
[specs/diagnostics.md](../specs/diagnostics.md). `…` stands for what is known only when it is told.

| code | severity | summary | crate |
|---|---|---|---|
";

/// What is told under one code with one severity.
#[derive(Default)]
struct Told {
    summaries: BTreeSet<String>,
    crates: BTreeSet<String>,
}

type Table = BTreeMap<(String, &'static str), Told>;

/// The page.
pub(super) fn page(sources: &[Source]) -> Result<Page, String> {
    let mut table = Table::new();
    for source in sources.iter().filter(|source| source.path != "crates/diag/src/diagnostic.rs") {
        for (call, severity) in
            [("Diagnostic::error(", "error"), ("Diagnostic::warning(", "warning")]
        {
            for at in find_code(source.shipped(), call) {
                let site = Site { sources, source, at, open: at + call.len() - 1 };
                for (code, summary) in site.told()? {
                    let told = table.entry((code, severity)).or_default();
                    told.summaries.insert(summary);
                    told.crates.insert(crate_of(source).to_owned());
                }
            }
        }
    }
    let mut text = HEAD.to_owned();
    for ((code, severity), told) in &table {
        check(code, told)?;
        let join = |all: &BTreeSet<String>, by: &str| {
            all.iter().map(String::as_str).collect::<Vec<_>>().join(by)
        };
        let summaries = join(&told.summaries, "<br>").replace('|', "\\|");
        text.push_str(&format!(
            "| `{code}` | {severity} | {summaries} | {} |\n",
            join(&told.crates, ", ")
        ));
    }
    Ok(Page { path: PATH, text })
}

/// The form of a code and of its summaries.
fn check(code: &str, told: &Told) -> Result<(), String> {
    if !is_code(code) {
        return Err(format!("`{code}` is no code: lower-case words joined by hyphens"));
    }
    match told.summaries.iter().find(|summary| summary.ends_with('.')) {
        Some(summary) => Err(format!("{code}: the summary {summary:?} ends with a full stop")),
        None => Ok(()),
    }
}

fn is_code(text: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.split('-').all(word)
}

fn crate_of(source: &Source) -> &str {
    source.path.split('/').nth(1).unwrap_or_default()
}

/// One place that makes a diagnostic.
struct Site<'s> {
    sources: &'s [Source],
    source: &'s Source,
    /// Where the call stands in the text that ships.
    at: usize,
    /// Its opening bracket.
    open: usize,
}

impl Site<'_> {
    /// The codes that it may tell, with their summaries.
    fn told(&self) -> Result<Vec<(String, String)>, String> {
        let parts = arguments(self.source.shipped(), self.open);
        let [code, summary] = parts.as_slice() else {
            return Err(self.fault("a code and a summary are expected"));
        };
        let shown = sentence(summary);
        let with = |code: String| vec![(code, shown.clone().unwrap_or_else(|| "…".to_owned()))];
        if code.starts_with('"') {
            return Ok(with(literals(code).concat()));
        }
        if code.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_') {
            let found = self.constant(code).ok_or_else(|| self.fault("an unknown constant"))?;
            return Ok(with(found));
        }
        let found = match *code {
            "self.code" => self.of_structs(),
            "code" => self.chosen().or_else(|| self.of_calls()).unwrap_or_default(),
            _ => {
                literals(code).into_iter().filter(|text| is_code(text)).map(|c| (c, None)).collect()
            }
        };
        if found.is_empty() {
            return Err(
                self.fault("its code stands there in a way that this command does not know")
            );
        }
        let or_shown =
            |own: Option<String>| own.or(shown.clone()).unwrap_or_else(|| "…".to_owned());
        Ok(found.into_iter().map(|(code, own)| (code, or_shown(own))).collect())
    }

    fn fault(&self, what: &str) -> String {
        let line = self.source.shipped()[..self.at].lines().count();
        format!("{}:{line}: {what}", self.source.path)
    }

    /// The value of a constant of the same crate.
    fn constant(&self, name: &str) -> Option<String> {
        let declared = format!("const {name}: &str = \"");
        let own = crate_of(self.source);
        self.sources.iter().filter(|other| crate_of(other) == own).find_map(|other| {
            let (_, rest) = other.text.split_once(&declared)?;
            Some(rest.split('"').next()?.to_owned())
        })
    }

    /// What `let (code, ...) = ...;` of the same function chooses from: pairs of literals, the second of which is the
    /// summary where it is called so.
    fn chosen(&self) -> Option<Vec<(String, Option<String>)>> {
        let function = function_around(self.source.shipped(), self.at);
        let start = function.find("let (code, ")?;
        let binding = &function[start..];
        let summary_is_second = binding.starts_with("let (code, summary)");
        let end = binding.find("};").map_or(binding.len(), |end| end);
        let texts = literals(&binding[..end]);
        let mut found = Vec::new();
        for (position, text) in texts.iter().enumerate().filter(|(_, text)| is_code(text)) {
            if !summary_is_second {
                found.push((text.clone(), None));
            } else if let Some(next) = texts.get(position + 1).filter(|next| !is_code(next)) {
                found.push((text.clone(), Some(next.clone())));
            }
        }
        Some(found)
    }

    /// Codes that callers of the enclosing closure or function give as its first argument.
    fn of_calls(&self) -> Option<Vec<(String, Option<String>)>> {
        let text = self.source.shipped();
        let before = &text[..self.at];
        let closure = before
            .rfind("= |code: &'static str")
            .map(|end| before[..end].rsplit("let ").next().unwrap_or_default().trim())
            .map(|name| name.trim_start_matches("mut ").to_owned());
        let name = closure.or_else(|| {
            let end = before.rfind("(code: &'static str")?;
            Some(before[..end].rsplit("fn ").next()?.trim().to_owned())
        })?;
        let call = format!("{name}(");
        let mut found = Vec::new();
        for at in find_code(text, &call) {
            let parts = arguments(text, at + call.len() - 1);
            let Some(code) = parts.first().filter(|part| part.starts_with('"')) else { continue };
            found.push((literals(code).concat(), parts.get(1).and_then(|part| sentence(part))));
        }
        Some(found)
    }

    /// Codes that stand in structs of the same crate.
    fn of_structs(&self) -> Vec<(String, Option<String>)> {
        let own = crate_of(self.source);
        let mut found = Vec::new();
        for other in self.sources.iter().filter(|other| crate_of(other) == own) {
            for at in find_code(other.shipped(), "code: \"") {
                let open = other.shipped()[..at].rfind('{').unwrap_or(at);
                let members = arguments(other.shipped(), open);
                let of = |name: &str| {
                    let member =
                        members.iter().find(|one| one.starts_with(&format!("{name}: ")))?;
                    sentence(member.split_once(": ")?.1)
                };
                found.extend(of("code").map(|code| (code, of("summary"))));
            }
        }
        found
    }
}

/// A literal, or the literal of a `format!`, with `…` for what is put in.
fn sentence(code: &str) -> Option<String> {
    let text = literals(code).into_iter().next()?;
    if !(code.starts_with('"') || code.starts_with("format!")) {
        return None;
    }
    if code.starts_with('"') {
        return Some(text);
    }
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        rest = match after.strip_prefix('{') {
            Some(after) => {
                out.push('{');
                after
            }
            None => {
                out.push('…');
                after.split_once('}').map_or("", |(_, after)| after)
            }
        };
    }
    out.push_str(&rest.replace("}}", "}"));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let source = Source { path: "crates/x/src/y.rs".to_owned(), text: text.to_owned() };
        let page = page(&[source]).expect("understood");
        let rows: Vec<&str> = page.text.lines().filter(|line| line.starts_with("| `")).collect();
        assert_eq!(rows, expect);
    }

    #[test]
    fn every_way_of_giving_a_code_is_found() {
        check(
            "fn a() { Diagnostic::error(\"a-b\", format!(\"No {x} in {{}}\")) }",
            &["| `a-b` | error | No … in {} | x |"],
        );
        check(
            "const C: &str = \"c\";\nfn a() { Diagnostic::warning(C, \"S\") }",
            &["| `c` | warning | S | x |"],
        );
        check(
            "fn a() { let (code, summary) = match k { A => (\"d\", \"Dd\"), B => (\"e\", \"Ee\"), };\n \
             Diagnostic::error(code, summary) }",
            &["| `d` | error | Dd | x |", "| `e` | error | Ee | x |"],
        );
        check(
            "fn a() { let refused = |code: &'static str, summary: &str| { Diagnostic::error(code, summary) };\n \
             refused(\"f\", \"Ff\"); refused(\"g\", \"Gg\") }",
            &["| `f` | error | Ff | x |", "| `g` | error | Gg | x |"],
        );
        check(
            "fn a(&self) { Diagnostic::error(self.code, self.summary) }\n\
             const A: Fault = Fault { code: \"h\", summary: \"Hh\", detail: \"\" };",
            &["| `h` | error | Hh | x |"],
        );
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        let text = "fn a() { Diagnostic::error(other(), \"S\") }".to_owned();
        let source = Source { path: "crates/x/src/y.rs".to_owned(), text };
        assert!(page(&[source]).is_err());
    }
}
