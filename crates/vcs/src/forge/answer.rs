//! One call of a forge's interface: sent with the token, answered with JSON, or told why not.

use std::time::Duration;

use host::{Http, HttpRequest};
use serde_json::Value;

use super::{ForgeError, ForgeKind, ForgePlace};

/// Longest answer, in bytes: a page of comments of the greatest length.
const ANSWER_BYTES_MAX: u64 = 16 << 20;
/// How long a call may take.
const TIME_MAX: Duration = Duration::from_secs(30);
/// Items of a page: the most that both forges give.
const PAGE_ITEMS: usize = 100;
/// Pages that are read of a list, at most.
const PAGES_MAX: usize = 30;
/// Longest message of a refusal, in characters.
const MESSAGE_CHARS_MAX: usize = 300;

/// Who calls, and where.
pub(super) struct Caller<'h> {
    http: &'h Http,
    place: ForgePlace,
}

impl<'h> Caller<'h> {
    pub(super) fn new(http: &'h Http, place: &ForgePlace) -> Caller<'h> {
        let mut place = place.clone();
        place.api.truncate(place.api.trim_end_matches('/').len());
        Caller { http, place }
    }

    /// The repository, as it stands in paths.
    pub(super) fn repository(&self) -> String {
        match self.place.kind {
            ForgeKind::GitHub => self.place.repository.clone(),
            ForgeKind::GitLab => self.place.repository.replace('/', "%2F"),
        }
    }

    /// Calls; the path begins with `/`.
    pub(super) fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, ForgeError> {
        let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let request = HttpRequest {
            method,
            url: &format!("{}{path}", self.place.api),
            headers: &self.headers(body.is_some()),
            body: &bytes,
            answer_bytes_max: ANSWER_BYTES_MAX,
            time_max: TIME_MAX,
        };
        let answer = self.http.send(&request).map_err(ForgeError::Unreachable)?;
        let call = called(method, path);
        let value = serde_json::from_slice::<Value>(&answer.body);
        if !(200..300).contains(&answer.status) {
            let message = message(value.ok().as_ref(), &answer.body);
            return Err(ForgeError::Refused { call, status: answer.status, message });
        }
        value.map_err(|error| ForgeError::Answer { call, why: format!("no JSON: {error}") })
    }

    /// All items of a list; the path has no query yet.
    pub(super) fn list(&self, path: &str) -> Result<Vec<Value>, ForgeError> {
        let mut all = Vec::new();
        for page in 1..=PAGES_MAX {
            let path = format!("{path}?per_page={PAGE_ITEMS}&page={page}");
            let Value::Array(items) = self.call("GET", &path, None)? else {
                return Err(ForgeError::Answer {
                    call: called("GET", &path),
                    why: "no list".into(),
                });
            };
            let last = items.len() < PAGE_ITEMS;
            all.extend(items);
            if last {
                return Ok(all);
            }
        }
        Err(ForgeError::TooLong { call: called("GET", path), items_max: PAGES_MAX * PAGE_ITEMS })
    }

    fn headers(&self, has_body: bool) -> Vec<(String, String)> {
        let token = &self.place.token;
        let own: &[(&str, String)] = match self.place.kind {
            ForgeKind::GitHub => &[
                ("authorization", format!("Bearer {token}")),
                ("accept", "application/vnd.github+json".to_owned()),
                ("x-github-api-version", "2022-11-28".to_owned()),
            ],
            ForgeKind::GitLab => &[("private-token", token.clone())],
        };
        let mut headers: Vec<(String, String)> =
            own.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        headers.push(("user-agent".to_owned(), "strata".to_owned()));
        if has_body {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        headers
    }
}

/// A call, as errors name it: without its query.
fn called(method: &str, path: &str) -> String {
    format!("{method} {}", path.split('?').next().unwrap_or(path))
}

/// What a refusal says: GitHub's and GitLab's `message`, or `error`, else the beginning of what came.
fn message(value: Option<&Value>, body: &[u8]) -> String {
    let said = value.and_then(|value| {
        let said = value.get("message").or_else(|| value.get("error"))?;
        Some(said.as_str().map_or_else(|| said.to_string(), str::to_owned))
    });
    let said = said.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
    said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MESSAGE_CHARS_MAX).collect()
}

/// A member of an answer, which has it.
pub(super) fn member<'v, T>(
    value: &'v Value,
    call: &str,
    name: &str,
    read: impl Fn(&'v Value) -> Option<T>,
) -> Result<T, ForgeError> {
    value.pointer(name).and_then(read).ok_or_else(|| ForgeError::Answer {
        call: call.to_owned(),
        why: format!("its answer has no `{}`", name.trim_start_matches('/')),
    })
}
