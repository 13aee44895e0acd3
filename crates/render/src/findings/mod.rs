//! Findings for other programs: what is wrong, where, and of which rule, as SARIF and as JUnit.
//!
//! One model for all commands that have findings (`plan`, `validate`, `drift`, `policy`); a diagnostic is one, too.
//! Not here: what is found. Invariant: what is written depends on the findings alone, in the order that they are given.

mod junit;
mod sarif;

use diag::{Diagnostic, Severity, SourceMap};

pub use junit::{Case, Outcome, Suite, junit};
pub use sarif::sarif;

/// How grave a finding is; SARIF's levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Somebody should look.
    Warning,
    /// It stops something.
    Error,
}

/// Where in a file a finding stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingPlace {
    /// The file, relative to the repository, with `/`.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that it breaks: a stable code, as `approvals-missing`.
    pub rule: String,
    /// How grave it is.
    pub level: Level,
    /// One line.
    pub summary: String,
    /// More about it; may be empty.
    pub detail: String,
    /// What to do; may be empty.
    pub remedy: String,
    /// What it is about, as `prod/network//aws_vpc.main`; may be empty.
    pub address: String,
    /// Where it stands; `None` where no file says it.
    pub place: Option<FindingPlace>,
}

impl Finding {
    /// What a diagnostic says.
    pub fn of(diagnostic: &Diagnostic, sources: &SourceMap) -> Finding {
        Finding {
            rule: diagnostic.code.0.to_owned(),
            level: match diagnostic.severity {
                Severity::Error => Level::Error,
                Severity::Warning => Level::Warning,
            },
            summary: diagnostic.summary.clone(),
            detail: diagnostic.detail.clone(),
            remedy: diagnostic.remedy.clone(),
            address: diagnostic.address.as_deref().unwrap_or_default().to_owned(),
            place: diagnostic.span.map(|span| {
                let file = sources.file(span.file);
                let at = file.position(span.start);
                FindingPlace { file: file.name().to_string(), line: at.line, column: at.column }
            }),
        }
    }

    /// Everything that it says, as one text.
    fn text(&self) -> String {
        let parts = [&self.summary, &self.detail, &self.remedy];
        let mut text = String::new();
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            if !text.is_empty() {
                text.push_str(if text.ends_with(['.', '!', '?', ':']) { " " } else { ". " });
            }
            text.push_str(part);
        }
        text
    }
}

#[cfg(test)]
mod tests;
