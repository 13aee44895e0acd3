//! The pipelines, read by what their makers publish: actionlint, the schemas of workflows and of GitLab's pipelines, Groovy's
//! parser; and every script by a shell.
//!
//! Jenkins's own linter is a part of a running controller, and in no registry. Invariant: a reader that is not here is named,
//! and counts as none.

use std::path::Path;
use std::process::Command;

use super::job::Job;
use super::{Kind, said, say};

/// How many read a pipeline without a finding; a finding is an error.
pub(super) fn linted(parts: &Path, kind: Kind, top: &Path) -> Result<usize, String> {
    let file = top.join(kind.file());
    let actionlint = parts.join("bin/actionlint-1.7.12/actionlint");
    let schema = parts.join("python/check-jsonschema-0.39.0/bin/check-jsonschema");
    let groovy = parts.join("npm/npm-groovy-lint-15.2.0/node_modules/.bin/npm-groovy-lint");
    let mut read = 0;
    let mut reader = |program: &Path, args: &[&str], finds: fn(&str) -> bool| {
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !program.exists() {
            say(&format!("skipped: {name} is not on this machine: `cargo xtask parts {name}`"));
            return Ok(());
        }
        let text = said(Command::new(program).args(args).current_dir(top))?;
        if finds(&text) {
            return Err(text);
        }
        read += 1;
        Ok(())
    };
    let path = file.display().to_string();
    match kind {
        Kind::GitHub => {
            reader(&actionlint, &["-no-color", &path], |text| !text.trim().is_empty())?;
            reader(&schema, &["--builtin-schema", "vendor.github-workflows", &path], |_| false)?;
        }
        Kind::GitLab => {
            reader(&schema, &["--builtin-schema", "vendor.gitlab-ci", &path], |_| false)?;
        }
        Kind::Jenkins => {
            let folder = top.display().to_string();
            let args = ["--noserver", "--failon", "error", "--config", "recommended-jenkinsfile"];
            let args = [&args[..], &["--path", &folder, "--files", "**/Jenkinsfile"]].concat();
            // One file was read: a pattern that finds none is no error to it.
            reader(&groovy, &args, |text| {
                !text.contains("1\u{1b}[22m linted") && !text.contains("1 linted")
            })?;
        }
    }
    Ok(read)
}

/// Every script, as a POSIX shell parses it.
pub(super) fn parsed(jobs: &[Job]) -> Result<usize, String> {
    let mut count = 0;
    for step in jobs.iter().flat_map(|job| &job.steps) {
        let Some(script) = &step.script else { continue };
        said(Command::new("sh").args(["-n", "-c", script]))
            .map_err(|message| format!("{}: {message}", step.name))?;
        count += 1;
    }
    Ok(count)
}
