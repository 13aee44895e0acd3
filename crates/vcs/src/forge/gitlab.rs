//! GitLab's interface, version 4.

use serde_json::{Value, json};

use super::answer::{Caller, member};
use super::{Check, CheckOutcome, Comment, ForgeError, MergedPullRequest};

/// Longest description of a status, in characters.
const DESCRIPTION_CHARS_MAX: usize = 255;

fn notes(caller: &Caller<'_>, number: u64) -> String {
    format!("/projects/{}/merge_requests/{number}/notes", caller.repository())
}

pub(super) fn comments(caller: &Caller<'_>, number: u64) -> Result<Vec<Comment>, ForgeError> {
    let path = notes(caller, number);
    let mut comments = Vec::new();
    for one in caller.list(&path)? {
        let id = member(&one, &path, "/id", Value::as_u64)?;
        comments.push(Comment { id, body: one["body"].as_str().unwrap_or_default().to_owned() });
    }
    // They come with the newest first.
    comments.sort_by_key(|comment| comment.id);
    Ok(comments)
}

pub(super) fn add_comment(caller: &Caller<'_>, number: u64, body: &str) -> Result<u64, ForgeError> {
    let path = notes(caller, number);
    let answer = caller.call("POST", &path, Some(&json!({ "body": body })))?;
    member(&answer, &path, "/id", Value::as_u64)
}

pub(super) fn edit_comment(
    caller: &Caller<'_>,
    number: u64,
    id: u64,
    body: &str,
) -> Result<(), ForgeError> {
    let path = format!("{}/{id}", notes(caller, number));
    caller.call("PUT", &path, Some(&json!({ "body": body }))).map(drop)
}

pub(super) fn put_check(
    caller: &Caller<'_>,
    commit: &str,
    check: &Check,
) -> Result<(), ForgeError> {
    let path = format!("/projects/{}/statuses/{commit}", caller.repository());
    // There is none that neither passes nor fails; the description says what it waits for.
    let state = match check.outcome {
        CheckOutcome::Passed | CheckOutcome::Waits => "success",
        CheckOutcome::Failed => "failed",
    };
    let description: String = check.title.chars().take(DESCRIPTION_CHARS_MAX).collect();
    let body = json!({ "state": state, "name": check.name, "description": description });
    caller.call("POST", &path, Some(&body)).map(drop)
}

pub(super) fn merged(
    caller: &Caller<'_>,
    commit: &str,
    branch: &str,
) -> Result<Option<MergedPullRequest>, ForgeError> {
    let path =
        format!("/projects/{}/repository/commits/{commit}/merge_requests", caller.repository());
    let all = caller.list(&path)?;
    let became = |one: &&Value| {
        one["state"] == "merged"
            && one["target_branch"] == branch
            && ["merge_commit_sha", "squash_commit_sha", "sha"]
                .iter()
                .any(|name| one[*name] == commit)
    };
    let Some(one) = all.iter().find(became) else { return Ok(None) };
    let head = member(one, &path, "/sha", Value::as_str)?.to_owned();
    Ok(Some(MergedPullRequest { number: member(one, &path, "/iid", Value::as_u64)?, head }))
}
