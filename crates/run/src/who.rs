//! Who runs the program, as the audit has it: the identity that an issuer gave to a pipeline, else what a pipeline's
//! variables say, else the user of the machine.
//!
//! A token's claims are read and its signature is not verified: who can write to the store could write any name; what holds
//! a name to a person is a signed approval or a signed head.
//! Invariant: nobody's token is in the answer, and it is asked for at most once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use host::{Environment, Host, HttpRequest};
use serde_json::Value as Json;
use store::Who;

/// The audience that tokens are asked for.
pub const AUDIENCE: &str = "strata";
/// A token of a pipeline: GitLab's `id_tokens`, Jenkins' OpenID Connect credentials.
const TOKEN: &str = "STRATA_ID_TOKEN";
/// A file with one.
const TOKEN_FILE: &str = "STRATA_ID_TOKEN_FILE";
/// The variables that hold a token or name one.
pub const TOKENS: [&str; 2] = [TOKEN, TOKEN_FILE];
/// The largest token, in bytes.
const TOKEN_BYTES_MAX: u64 = 64 << 10;
/// How long GitHub may take to give one.
const TOKEN_TIME_MAX: std::time::Duration = std::time::Duration::from_secs(10);

/// Who runs the program. Asks GitHub for a token where a job may have one, and so may block the thread for up to 10 s the first
/// time.
pub fn of(host: &Host) -> Who {
    Who::read(host.identity.audited.get_or_init(|| found(host).as_str().to_owned()))
}

fn found(host: &Host) -> Who {
    let of_token = || token(host).and_then(|token| claimed(&token));
    let identity = &host.identity;
    of_token()
        .or_else(|| of_variables(&host.environment))
        .unwrap_or_else(|| Who::local(&identity.user, &identity.machine))
}

fn token(host: &Host) -> Option<String> {
    let environment = &host.environment;
    if let Some(token) = environment.var(TOKEN).filter(|token| !token.is_empty()) {
        return Some(token.to_owned());
    }
    if let Some(path) = environment.var(TOKEN_FILE).filter(|path| !path.is_empty()) {
        let bytes = host.files.read_up_to(&host.cwd().join(path), TOKEN_BYTES_MAX).ok()?;
        return String::from_utf8(bytes).ok();
    }
    let url = environment.var("ACTIONS_ID_TOKEN_REQUEST_URL").filter(|url| !url.is_empty())?;
    let bearer = environment.var("ACTIONS_ID_TOKEN_REQUEST_TOKEN")?;
    let separator = if url.contains('?') { '&' } else { '?' };
    let answer = host.http.send(&HttpRequest {
        method: "GET",
        url: &format!("{url}{separator}audience={AUDIENCE}"),
        headers: &[("authorization".to_owned(), format!("Bearer {bearer}"))],
        body: &[],
        answer_bytes_max: TOKEN_BYTES_MAX,
        time_max: TOKEN_TIME_MAX,
    });
    let answer = answer.ok().filter(|answer| answer.status == 200)?;
    let answer: Json = serde_json::from_slice(&answer.body).ok()?;
    answer["value"].as_str().map(str::to_owned)
}

/// The issuer and the subject that a token claims.
fn claimed(token: &str) -> Option<Who> {
    let mut parts = token.trim().split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    let claims: Json = serde_json::from_slice(&claims).ok()?;
    let text = |name: &str| claims[name].as_str().filter(|text| !text.is_empty());
    Some(Who::oidc(text("iss")?, text("sub")?))
}

/// What a pipeline's variables say of it.
fn of_variables(environment: &Environment) -> Option<Who> {
    let var = |name: &str| environment.var(name).unwrap_or_default();
    let said = |server: &str, repository: &str, at: &str, number: &str, by: &str| {
        Some(Who::ci(server, &format!("{repository}@{at}#{number},{by}")))
    };
    if environment.has("GITHUB_ACTIONS") {
        let (repository, at) = (var("GITHUB_REPOSITORY"), var("GITHUB_REF"));
        return said(
            var("GITHUB_SERVER_URL"),
            repository,
            at,
            var("GITHUB_RUN_ID"),
            var("GITHUB_ACTOR"),
        );
    }
    if environment.has("GITLAB_CI") {
        let (repository, at) = (var("CI_PROJECT_PATH"), var("CI_COMMIT_REF_NAME"));
        return said(
            var("CI_SERVER_URL"),
            repository,
            at,
            var("CI_JOB_ID"),
            var("GITLAB_USER_LOGIN"),
        );
    }
    if environment.has("JENKINS_URL") {
        let by = var("BUILD_USER_ID");
        let by = if by.is_empty() { "unknown" } else { by };
        return said(
            var("JENKINS_URL"),
            var("JOB_NAME"),
            var("BRANCH_NAME"),
            var("BUILD_NUMBER"),
            by,
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token_of(claims: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn a_token_says_who() {
        let check = |token: &str, expect: Option<&str>| {
            assert_eq!(claimed(token).as_ref().map(Who::as_str), expect, "{token}");
        };
        let claims = r#"{"iss":"https://gitlab.example","sub":"project_path:a/b:ref:main"}"#;
        check(&token_of(claims), Some("oidc:https://gitlab.example project_path:a/b:ref:main"));
        check(&token_of(r#"{"iss":"https://x"}"#), None);
        check(&token_of(r#"{"iss":1,"sub":"x"}"#), None);
        check("no.token", None);
        check("a.b.c", None);
        check("", None);
    }

    #[test]
    fn variables_say_who_where_there_is_no_token() {
        let check = |vars: &[(&str, &str)], expect: Option<&str>| {
            let vars = vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let who = of_variables(&Environment::of(vars));
            assert_eq!(who.as_ref().map(Who::as_str), expect);
        };
        check(&[("USER", "me")], None);
        check(
            &[
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_SERVER_URL", "https://github.example"),
                ("GITHUB_REPOSITORY", "a/b"),
                ("GITHUB_REF", "refs/heads/main"),
                ("GITHUB_RUN_ID", "7"),
                ("GITHUB_ACTOR", "alice"),
            ],
            Some("ci:https://github.example a/b@refs/heads/main#7,alice"),
        );
        check(
            &[("GITLAB_CI", "true"), ("CI_SERVER_URL", "https://g.example"), ("CI_JOB_ID", "3")],
            Some("ci:https://g.example @#3,"),
        );
        check(
            &[("JENKINS_URL", "https://j.example/"), ("JOB_NAME", "estate")],
            Some("ci:https://j.example/ estate@#,unknown"),
        );
    }
}
