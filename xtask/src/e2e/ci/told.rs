//! What the forge was told, held against what it should have been.

use super::expect;
use super::forge::{Check, Forge};

/// The comment of ours about an environment: there is one. Its text, and how often it was edited.
pub(super) fn comment(
    forge: &Forge,
    number: u64,
    environment: &str,
) -> Result<(String, usize), String> {
    let kept = forge.kept();
    let title = format!("## strata {environment}: ");
    // Ours was edited once at least, to have its own id in it; what others write is not.
    let all: Vec<_> = kept
        .comments
        .iter()
        .filter(|one| one.number == number && one.body.starts_with(&title) && one.edits > 0)
        .collect();
    match all.as_slice() {
        [one] => Ok((one.body.clone(), one.edits)),
        other => Err(format!("{} comments about {environment}", other.len())),
    }
}

/// The plan's id that a comment names.
pub(super) fn plan(body: &str) -> Result<String, String> {
    let id = body
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .find(|word| word.starts_with("p-") && word.len() >= 6);
    id.map(str::to_owned).ok_or_else(|| format!("no plan in\n{body}"))
}

/// The checks of a commit.
pub(super) fn checks(forge: &Forge, commit: &str) -> Vec<Check> {
    forge.kept().checks.iter().filter(|one| one.commit == commit).cloned().collect()
}

/// A commit has these checks, with these conclusions.
pub(super) fn has_checks(
    forge: &Forge,
    commit: &str,
    expected: &[(&str, &[&str])],
) -> Result<(), String> {
    let all = checks(forge, commit);
    for (name, conclusions) in expected {
        let found = all.iter().find(|one| one.name == *name);
        let is = found.is_some_and(|one| conclusions.contains(&&*one.conclusion));
        expect(is, &format!("check `{name}` of {commit} is {conclusions:?}: {all:?}"))?;
    }
    Ok(())
}
