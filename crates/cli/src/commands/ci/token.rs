//! `strata ci token`: GitHub's token that says who a run is, for a cloud that trusts it.
//!
//! GitLab and Jenkins give such tokens as variables and files; only GitHub has to be asked. Invariant: the token is in the
//! file alone, which nobody else can read.

use std::time::Duration;

use diag::Diagnostic;
use host::HttpRequest;
use serde_json::{Value, json};

use crate::args::CiTokenArgs;
use crate::commands::Context;
use crate::exit::Exit;
use crate::report::Format;

/// Longest answer, in bytes.
const ANSWER_BYTES_MAX: u64 = 64 << 10;
/// How long it may take.
const TIME_MAX: Duration = Duration::from_secs(30);

/// Runs the command.
pub(super) fn run(context: &Context<'_>, args: &CiTokenArgs) -> Exit {
    let mut diags = diag::Diags::new();
    match written(context, args) {
        Ok(text) => context.out(&text),
        Err(diagnostic) => diags.push(diagnostic),
    }
    context.report(&diags);
    if diags.has_errors() { Exit::Failed } else { Exit::Done }
}

fn written(context: &Context<'_>, args: &CiTokenArgs) -> Result<String, Diagnostic> {
    let token = given(context, &args.audience)?;
    let path = context.dir.join(&args.out);
    context.host.files.replace(&path, token.as_bytes(), 0o600).map_err(|error| {
        Diagnostic::error("ci-unwritable", "The token cannot be written")
            .detail(format!("{error}."))
            .remedy("Name another file with -out.")
    })?;
    Ok(match context.format {
        Format::Json => format!("{:#}\n", json!({ "audience": args.audience, "file": args.out })),
        Format::Text => format!("A token for {} is in {}.\n", args.audience, args.out),
    })
}

fn given(context: &Context<'_>, audience: &str) -> Result<String, Diagnostic> {
    let asked = |name: &str| context.host.environment.var(name).map(str::to_owned);
    let needed = |name: &str, found: Option<String>| {
        found.filter(|value| !value.is_empty()).ok_or_else(|| {
            Diagnostic::error("ci-token", "This run cannot say who it is")
                .detail(format!("{name} is not set."))
                .remedy("Give the job `permissions: id-token: write`; at GitLab `id_tokens`, at Jenkins a credential is the token.")
        })
    };
    let url = needed("ACTIONS_ID_TOKEN_REQUEST_URL", asked("ACTIONS_ID_TOKEN_REQUEST_URL"))?;
    let bearer = asked("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
    let bearer = needed("ACTIONS_ID_TOKEN_REQUEST_TOKEN", bearer)?;
    let joint = if url.contains('?') { '&' } else { '?' };
    let request = HttpRequest {
        method: "GET",
        url: &format!("{url}{joint}audience={}", escaped(audience)),
        headers: &[
            ("authorization".to_owned(), format!("Bearer {bearer}")),
            ("accept".to_owned(), "application/json".to_owned()),
            ("user-agent".to_owned(), "strata".to_owned()),
        ],
        body: &[],
        answer_bytes_max: ANSWER_BYTES_MAX,
        time_max: TIME_MAX,
    };
    let failed = |why: String| {
        Diagnostic::error("ci-token", "GitHub gave no token")
            .detail(format!("{why}."))
            .remedy("Run the step again; look at the job's permissions where it stays so.")
    };
    let answer = context.host.http.send(&request).map_err(|error| failed(error.to_string()))?;
    if answer.status != 200 {
        return Err(failed(format!("It answered with status {}", answer.status)));
    }
    let document: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let token = document.as_ref().and_then(|document| document["value"].as_str());
    token.map(str::to_owned).ok_or_else(|| failed("Its answer has no `value`".to_owned()))
}

/// A text as it stands in a query.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte))
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
