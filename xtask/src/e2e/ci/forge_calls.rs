//! What the forge answers to each call that it knows.

use serde_json::{Value, json};

use super::forge::{Asked, Check, IDENTITY, Kept, Pull, TOKEN};

/// Status and document.
pub(super) fn answer(kept: &mut Kept, asked: &Asked) -> (u16, Value) {
    let parts: Vec<&str> = asked.path.trim_matches('/').split('/').collect();
    if parts == ["oidc"] {
        kept.tokens += 1;
        return match asked.token == "bearer-of-the-run" && asked.query.contains("audience=") {
            true => (200, json!({ "value": IDENTITY })),
            false => (403, json!({ "message": "no" })),
        };
    }
    if asked.token != TOKEN {
        return (401, json!({ "message": "Bad credentials" }));
    }
    let call: Vec<&str> = std::iter::once(&*asked.method).chain(parts.iter().copied()).collect();
    match call.as_slice() {
        ["GET", "repos", "acme", "infra", "issues", number, "comments"]
        | ["GET", "projects", "acme%2Finfra", "merge_requests", number, "notes"] => {
            (200, comments(kept, asked, number))
        }
        ["POST", "repos", "acme", "infra", "issues", number, "comments"]
        | ["POST", "projects", "acme%2Finfra", "merge_requests", number, "notes"] => {
            let id = kept.add(number.parse().unwrap_or(0), text(&asked.body, "body"));
            (201, json!({ "id": id }))
        }
        ["PATCH", "repos", "acme", "infra", "issues", "comments", id]
        | ["PUT", "projects", "acme%2Finfra", "merge_requests", _, "notes", id] => {
            edited(kept, id, text(&asked.body, "body"))
        }
        ["POST", "repos", "acme", "infra", "check-runs"] => {
            let (commit, outcome) =
                (text(&asked.body, "head_sha"), text(&asked.body, "conclusion"));
            checked(kept, commit, outcome, &asked.body)
        }
        ["POST", "projects", "acme%2Finfra", "statuses", commit] => {
            checked(kept, commit, text(&asked.body, "state"), &asked.body)
        }
        ["GET", "repos", "acme", "infra", "commits", commit, "pulls"] => (
            200,
            pulls(kept, commit, |pull| {
                json!({
                    "number": pull.number, "merged_at": "2026-01-01T00:00:00Z", "merge_commit_sha": pull.merged,
                    "base": { "ref": "main" }, "head": { "sha": pull.head },
                })
            }),
        ),
        ["GET", "projects", "acme%2Finfra", "repository", "commits", commit, "merge_requests"] => (
            200,
            pulls(kept, commit, |pull| {
                json!({
                    "iid": pull.number, "state": "merged", "target_branch": "main", "sha": pull.head,
                    "merge_commit_sha": pull.merged,
                })
            }),
        ),
        ["POST", "repos", "acme", "infra", "code-scanning", "sarifs"] => {
            kept.findings += 1;
            (202, json!({ "id": "1" }))
        }
        _ => (404, json!({ "message": "Not Found" })),
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// A page of them: GitLab gives the newest first.
fn comments(kept: &Kept, asked: &Asked, number: &str) -> Value {
    if !asked.query.split('&').any(|part| part == "page=1") {
        return json!([]);
    }
    let of = kept.comments.iter().filter(|one| one.number.to_string() == number);
    let mut all: Vec<Value> = of.map(|one| json!({ "id": one.id, "body": one.body })).collect();
    if asked.path.starts_with("/projects") {
        all.reverse();
    }
    Value::Array(all)
}

fn edited(kept: &mut Kept, id: &str, body: &str) -> (u16, Value) {
    match kept.comments.iter_mut().find(|one| one.id.to_string() == id) {
        Some(one) => {
            one.body = body.to_owned();
            one.edits += 1;
            (200, json!({ "id": one.id }))
        }
        None => (404, json!({ "message": "Not Found" })),
    }
}

fn checked(kept: &mut Kept, commit: &str, outcome: &str, body: &Value) -> (u16, Value) {
    let name = text(body, "name").to_owned();
    kept.checks.retain(|one| one.commit != commit || one.name != name);
    kept.checks.push(Check { commit: commit.to_owned(), name, conclusion: outcome.to_owned() });
    (201, json!({ "id": 1 }))
}

fn pulls(kept: &Kept, commit: &str, told: fn(&Pull) -> Value) -> Value {
    let became = kept.pulls.iter().filter(|pull| pull.merged.as_deref() == Some(commit));
    became.map(told).collect()
}
