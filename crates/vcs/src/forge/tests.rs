//! What is sent, and what is made of what comes, against a server that answers as it is told.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;

use host::Http;

use super::*;

/// Answers so many requests, one after the other, and gives what was sent: first lines, the token, bodies.
fn serve(answers: Vec<(u16, String)>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/api", listener.local_addr().expect("its address"));
    let served = std::thread::spawn(move || {
        let mut seen = Vec::new();
        for (status, answer) in answers {
            let (stream, _) = listener.accept().expect("a caller");
            let mut reader = BufReader::new(stream);
            let (mut first, mut token, mut length) = (String::new(), String::new(), 0);
            reader.read_line(&mut first).expect("a line");
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).expect("a line");
                let line = line.trim_end();
                match line.split_once(": ") {
                    Some(("content-length", value)) => length = value.parse().expect("a number"),
                    Some(("authorization" | "private-token", _)) => token = line.to_owned(),
                    _ => {}
                }
                if line.is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("the body");
            let first = first.trim_end().trim_end_matches(" HTTP/1.1");
            seen.push(format!("{first} [{token}] {}", String::from_utf8_lossy(&body)));
            let head = format!(
                "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                answer.len()
            );
            reader.get_mut().write_all(format!("{head}{answer}").as_bytes()).expect("answered");
        }
        seen
    });
    (url, served)
}

fn place(kind: ForgeKind, api: &str) -> ForgePlace {
    ForgePlace {
        kind,
        api: api.to_owned(),
        repository: "acme/infra".to_owned(),
        token: "t0k".to_owned(),
    }
}

fn asked<T>(
    kind: ForgeKind,
    answers: &[(u16, &str)],
    ask: impl Fn(&Forge<'_>) -> T,
) -> (T, Vec<String>) {
    let answers = answers.iter().map(|(status, text)| (*status, (*text).to_owned())).collect();
    let (url, served) = serve(answers);
    let http = Http::default();
    let answer = ask(&Forge::new(&http, &place(kind, &url)));
    (answer, served.join().expect("served"))
}

#[test]
fn comments_are_listed_page_by_page() {
    let page: Vec<String> = (0..100).map(|id| format!("{{\"id\":{id},\"body\":\"x\"}}")).collect();
    let page = format!("[{}]", page.join(","));
    let answers = [(200, &*page), (200, "[{\"id\":100,\"body\":null}]")];
    let (got, sent) = asked(ForgeKind::GitHub, &answers, |forge| forge.comments(7));
    let got = got.expect("comments");
    assert_eq!((got.len(), got[100].id, &*got[100].body), (101, 100, ""));
    assert_eq!(
        sent[1],
        "GET /api/repos/acme/infra/issues/7/comments?per_page=100&page=2 [authorization: Bearer t0k] "
    );
}

#[test]
fn a_comment_is_made_and_edited() {
    let (got, sent) = asked(ForgeKind::GitHub, &[(201, "{\"id\":5}"), (200, "{}")], |forge| {
        let id = forge.add_comment(7, "a \"b\"")?;
        forge.edit_comment(7, id, "c")?;
        Ok::<_, ForgeError>(id)
    });
    assert_eq!(got, Ok(5));
    assert_eq!(
        sent[0],
        "POST /api/repos/acme/infra/issues/7/comments [authorization: Bearer t0k] {\"body\":\"a \\\"b\\\"\"}"
    );
    assert_eq!(
        sent[1],
        "PATCH /api/repos/acme/infra/issues/comments/5 [authorization: Bearer t0k] {\"body\":\"c\"}"
    );
    let (_, sent) = asked(ForgeKind::GitLab, &[(201, "{\"id\":5}"), (200, "{}")], |forge| {
        forge.add_comment(7, "a").and_then(|id| forge.edit_comment(7, id, "c"))
    });
    assert_eq!(
        sent[1],
        "PUT /api/projects/acme%2Finfra/merge_requests/7/notes/5 [private-token: t0k] {\"body\":\"c\"}"
    );
}

#[test]
fn checks_are_told_as_each_forge_has_them() {
    let check = Check {
        name: "strata prod/network".to_owned(),
        outcome: CheckOutcome::Failed,
        title: "refused".to_owned(),
        summary: "why".to_owned(),
    };
    let told =
        |kind| asked(kind, &[(201, "{}")], |forge| forge.put_check("abc", &check)).1.remove(0);
    assert_eq!(
        told(ForgeKind::GitHub),
        "POST /api/repos/acme/infra/check-runs [authorization: Bearer t0k] {\"name\":\"strata prod/network\",\"head_sha\":\"abc\",\"status\":\"completed\",\"conclusion\":\"failure\",\"output\":{\"title\":\"refused\",\"summary\":\"why\"}}"
    );
    assert_eq!(
        told(ForgeKind::GitLab),
        "POST /api/projects/acme%2Finfra/statuses/abc [private-token: t0k] {\"state\":\"failed\",\"name\":\"strata prod/network\",\"description\":\"refused\"}"
    );
}

#[test]
fn a_commit_is_of_the_pull_request_that_became_it() {
    let of = |kind, list: &str| asked(kind, &[(200, list)], |forge| forge.merged("m", "main")).0;
    let pull = |number: u64, commit: &str, base: &str, at: &str| {
        format!(
            "{{\"number\":{number},\"merged_at\":{at},\"merge_commit_sha\":\"{commit}\",\"base\":{{\"ref\":\"{base}\"}},\"head\":{{\"sha\":\"h{number}\"}}}}"
        )
    };
    let list = [
        pull(1, "other", "main", "\"t\""),
        pull(2, "m", "dev", "\"t\""),
        pull(3, "m", "main", "null"),
        pull(4, "m", "main", "\"t\""),
    ];
    let expect =
        |number: u64, head: &str| Ok(Some(MergedPullRequest { number, head: head.to_owned() }));
    assert_eq!(of(ForgeKind::GitHub, &format!("[{}]", list.join(","))), expect(4, "h4"));
    assert_eq!(of(ForgeKind::GitHub, &format!("[{}]", list[..3].join(","))), Ok(None));
    let squashed = "[{\"iid\":9,\"state\":\"merged\",\"target_branch\":\"main\",\"sha\":\"h\",\"merge_commit_sha\":null,\"squash_commit_sha\":\"m\"}]";
    assert_eq!(of(ForgeKind::GitLab, squashed), expect(9, "h"));
    assert_eq!(of(ForgeKind::GitLab, &squashed.replace("merged", "opened")), Ok(None));
}

#[test]
fn a_refusal_says_what_and_not_with_which_token() {
    let (got, _) = asked(
        ForgeKind::GitHub,
        &[(403, "{\"message\":\"Resource not\\naccessible\"}")],
        |forge| forge.add_comment(7, "a"),
    );
    let error = got.expect_err("refused");
    assert_eq!(
        error.to_string(),
        "POST /repos/acme/infra/issues/7/comments: 403: Resource not accessible"
    );
    let (got, _) = asked(ForgeKind::GitHub, &[(200, "<html>")], |forge| forge.comments(7));
    assert!(
        got.expect_err("no JSON")
            .to_string()
            .starts_with("GET /repos/acme/infra/issues/7/comments: no JSON")
    );
    let (got, _) = asked(ForgeKind::GitHub, &[(200, "{}")], |forge| forge.add_comment(7, "a"));
    assert!(got.expect_err("no id").to_string().ends_with("its answer has no `id`"));
    assert!(!format!("{:?}", place(ForgeKind::GitHub, "https://x")).contains("t0k"));
}

#[test]
fn findings_that_a_forge_has_no_place_for_are_no_error() {
    let of = |status| {
        asked(ForgeKind::GitHub, &[(status, "{}")], |forge| forge.send_findings(7, "abc", "{}"))
    };
    let (got, sent) = of(202);
    assert_eq!(got, Ok(Taken::Yes));
    assert!(sent[0].contains("\"ref\":\"refs/pull/7/head\",\"sarif\":\"H4sI"), "{}", sent[0]);
    assert_eq!(of(403).0, Ok(Taken::No));
    assert!(of(500).0.is_err());
}
