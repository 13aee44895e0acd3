//! GitHub's interface, version 2022-11-28.

use std::io::Write as _;

use base64::Engine as _;
use serde_json::{Value, json};

use super::answer::{Caller, member};
use super::{Check, CheckOutcome, Comment, ForgeError, MergedPullRequest, Taken};

pub(super) fn comments(caller: &Caller<'_>, number: u64) -> Result<Vec<Comment>, ForgeError> {
    let path = format!("/repos/{}/issues/{number}/comments", caller.repository());
    caller.list(&path)?.iter().map(|one| comment(one, &path)).collect()
}

fn comment(value: &Value, call: &str) -> Result<Comment, ForgeError> {
    Ok(Comment {
        id: member(value, call, "/id", Value::as_u64)?,
        body: value["body"].as_str().unwrap_or_default().to_owned(),
    })
}

pub(super) fn add_comment(caller: &Caller<'_>, number: u64, body: &str) -> Result<u64, ForgeError> {
    let path = format!("/repos/{}/issues/{number}/comments", caller.repository());
    let answer = caller.call("POST", &path, Some(&json!({ "body": body })))?;
    member(&answer, &path, "/id", Value::as_u64)
}

pub(super) fn edit_comment(caller: &Caller<'_>, id: u64, body: &str) -> Result<(), ForgeError> {
    let path = format!("/repos/{}/issues/comments/{id}", caller.repository());
    caller.call("PATCH", &path, Some(&json!({ "body": body }))).map(drop)
}

pub(super) fn put_check(
    caller: &Caller<'_>,
    commit: &str,
    check: &Check,
) -> Result<(), ForgeError> {
    let path = format!("/repos/{}/check-runs", caller.repository());
    let conclusion = match check.outcome {
        CheckOutcome::Passed => "success",
        CheckOutcome::Waits => "neutral",
        CheckOutcome::Failed => "failure",
    };
    let body = json!({
        "name": check.name,
        "head_sha": commit,
        "status": "completed",
        "conclusion": conclusion,
        "output": { "title": check.title, "summary": check.summary },
    });
    caller.call("POST", &path, Some(&body)).map(drop)
}

pub(super) fn merged(
    caller: &Caller<'_>,
    commit: &str,
    branch: &str,
) -> Result<Option<MergedPullRequest>, ForgeError> {
    let path = format!("/repos/{}/commits/{commit}/pulls", caller.repository());
    let all = caller.list(&path)?;
    let became = |one: &&Value| {
        one["merged_at"].is_string()
            && one["merge_commit_sha"] == commit
            && one["base"]["ref"] == branch
    };
    let Some(one) = all.iter().find(became) else { return Ok(None) };
    let head = member(one, &path, "/head/sha", Value::as_str)?.to_owned();
    Ok(Some(MergedPullRequest { number: member(one, &path, "/number", Value::as_u64)?, head }))
}

pub(super) fn send_findings(
    caller: &Caller<'_>,
    number: u64,
    commit: &str,
    sarif: &str,
) -> Result<Taken, ForgeError> {
    let path = format!("/repos/{}/code-scanning/sarifs", caller.repository());
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(sarif.as_bytes()).expect("BUG: memory takes all bytes");
    let packed = packed.finish().expect("BUG: memory takes all bytes");
    let body = json!({
        "commit_sha": commit,
        "ref": format!("refs/pull/{number}/head"),
        "sarif": base64::engine::general_purpose::STANDARD.encode(packed),
    });
    match caller.call("POST", &path, Some(&body)) {
        Ok(_) => Ok(Taken::Yes),
        // Not switched on for this repository.
        Err(ForgeError::Refused { status: 403 | 404, .. }) => Ok(Taken::No),
        Err(error) => Err(error),
    }
}
