//! Results as JUnit XML, which CI systems show as tests: a suite for each run, a case for each thing that was looked at.
//!
//! Invariant: what it returns is well-formed XML 1.0, whatever the texts hold.

use std::fmt::Write as _;

/// Things that were looked at together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// Its name, as `plan acme/prod`.
    pub name: String,
    /// Its cases.
    pub cases: Vec<Case>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What it is one of, as `prod`.
    pub class: String,
    /// Its name, as `prod/network`.
    pub name: String,
    /// What came of it.
    pub outcome: Outcome,
    /// More, for people; may be empty.
    pub output: String,
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is as it should be.
    Passed,
    /// It was not looked at, and why.
    Skipped(String),
    /// It is not as it should be: the code, and what it says.
    Failed(String, String),
    /// It could not be told: the code, and what it says.
    Broken(String, String),
}

/// The document.
pub fn junit(suites: &[Suite]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for suite in suites {
        let count = |which: fn(&Outcome) -> bool| {
            suite.cases.iter().filter(|case| which(&case.outcome)).count()
        };
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
            escaped(&suite.name),
            suite.cases.len(),
            count(|it| matches!(it, Outcome::Failed(..))),
            count(|it| matches!(it, Outcome::Broken(..))),
            count(|it| matches!(it, Outcome::Skipped(_))),
        );
        suite.cases.iter().for_each(|one| case(&mut out, one));
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn case(out: &mut String, case: &Case) {
    let (class, name) = (escaped(&case.class), escaped(&case.name));
    let _ = write!(out, "    <testcase classname=\"{class}\" name=\"{name}\"");
    let told = match &case.outcome {
        Outcome::Passed => String::new(),
        Outcome::Skipped(why) => format!("      <skipped message=\"{}\"/>\n", escaped(why)),
        Outcome::Failed(code, text) => element("failure", code, text),
        Outcome::Broken(code, text) => element("error", code, text),
    };
    let output = match case.output.is_empty() {
        true => String::new(),
        false => format!("      <system-out>{}</system-out>\n", escaped(&case.output)),
    };
    match told.is_empty() && output.is_empty() {
        true => out.push_str("/>\n"),
        false => {
            let _ = write!(out, ">\n{told}{output}    </testcase>\n");
        }
    }
}

fn element(name: &str, code: &str, text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    format!(
        "      <{name} type=\"{}\" message=\"{}\">{}</{name}>\n",
        escaped(code),
        escaped(first),
        escaped(text)
    )
}

/// A text as it may stand in an attribute or an element. Characters that XML 1.0 has no way to hold become U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {
                out.push('\u{fffd}');
            }
            other => out.push(other),
        }
    }
    out
}
