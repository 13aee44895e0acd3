//! A recorder before a service that refuses: what is passed on, under which keys, and what is learned.
//!
//! The service is a thread that knows a session by the policy that it was made with, and lets through what that policy names.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use host::{Environment, Host, Http, HttpRequest};
use run::recording::{Recorder, Recording};

/// What was asked of the service, one line a request: key, action, whether it was let through.
type Log = Arc<Mutex<Vec<String>>>;

/// The base key of the service, which may do everything.
const BASE: &str = "AKIABASE";

/// Starts the service; its address.
fn service(log: Log) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    std::thread::spawn(move || {
        let mut sessions: Vec<String> = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.expect("a caller");
            if let Some((head, body)) = request(&mut stream) {
                let (status, answer) = answered(&head, &body, &mut sessions, &log);
                let length = answer.len();
                let text = format!(
                    "HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{answer}"
                );
                stream.write_all(text.as_bytes()).expect("answered");
            }
        }
    });
    url
}

fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8(body).ok()?))
}

fn answered(head: &str, body: &str, sessions: &mut Vec<String>, log: &Log) -> (u16, String) {
    let key = head.split("Credential=").nth(1).and_then(|rest| rest.split('/').next());
    let key = key.unwrap_or("nobody").to_owned();
    let action = body.split('&').find_map(|pair| pair.strip_prefix("Action="));
    let action = action.unwrap_or_default();
    if action == "GetCallerIdentity" {
        return (200, "<r><Account>111111111111</Account></r>".into());
    }
    if action == "AssumeRole" && body.contains("role%2Fnone") {
        return (403, "<Code>AccessDenied</Code><Message>not you</Message>".into());
    }
    if action == "AssumeRole" {
        sessions.push(body.to_owned());
        let key = format!("ASIA{}", sessions.len());
        return (
            200,
            format!(
                "<r><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></r>"
            ),
        );
    }
    let may = |action: &str, resource: &str| {
        let number: Option<usize> = key.strip_prefix("ASIA").and_then(|text| text.parse().ok());
        let policy = number.and_then(|number| sessions.get(number - 1));
        key == BASE
            || policy.is_some_and(|policy| policy.contains(action) && policy.contains(resource))
    };
    if action == "DescribeDBInstances" {
        return (400, "<Code>Throttling</Code>".into());
    }
    // This service knows no subnet groups by name, and asks for a second action to make one.
    let needed: &[(&str, &str)] = match action {
        "CreateDBSubnetGroup" => {
            &[("rds%3ACreateDBSubnetGroup", "%22%2A%22"), ("ec2%3ADescribeSubnets", "")]
        }
        "DeleteDBCluster" => &[("rds%3ADeleteDBCluster", "cluster%3Ao")],
        _ => &[],
    };
    let refused = needed.iter().find(|(action, resource)| !may(action, resource));
    let mark = if refused.is_some() { "refused" } else { "done" };
    let by = if key == BASE { BASE } else { "session" };
    log.lock().expect("the log").push(format!("{by} {action} {mark}"));
    match refused {
        Some((action, _)) => {
            let action = action.replace("%3A", ":");
            (
                403,
                format!(
                    "<Code>AccessDenied</Code><Message>User: x is not authorized to perform: {action} because no policy allows it</Message>"
                ),
            )
        }
        None => (200, "<ok/>".into()),
    }
}

async fn recorder(url: &str, act_as: Option<&str>) -> Recorder {
    let mut host = Host::real().expect("a world");
    let pairs = [
        ("AWS_ACCESS_KEY_ID", BASE),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_ENDPOINT_URL", url),
        ("AWS_REGION", "eu-west-1"),
    ];
    host.environment = Environment::of(pairs.map(|(n, v)| (n.to_owned(), v.to_owned())));
    let act_as = act_as.map(str::to_owned);
    Recorder::start(&host, Path::new("/"), Recording { act_as }).await.expect("it starts")
}

/// Asks a recorder as a provider does; the status.
async fn ask(url: &str, key: &str, body: &str) -> u16 {
    let (url, body) = (format!("{url}/"), body.to_owned());
    let headers = vec![
        (
            "authorization".to_owned(),
            format!(
                "AWS4-HMAC-SHA256 Credential={key}/20261124/eu-west-1/rds/aws4_request, SignedHeaders=host, Signature=x"
            ),
        ),
        ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
    ];
    let asked = tokio::task::spawn_blocking(move || {
        let time_max = std::time::Duration::from_secs(10);
        let request = HttpRequest {
            method: "POST",
            url: &url,
            headers: &headers,
            body: body.as_bytes(),
            answer_bytes_max: 1 << 20,
            time_max,
        };
        Http::default().send(&request).expect("an answer").status
    });
    asked.await.expect("asked")
}

fn shown(learned: &access::derive::Learned) -> Vec<String> {
    let show = |one: access::derive::Statement| {
        format!("{} on {}", one.actions.join(" "), one.resources.join(" "))
    };
    learned.statements().into_iter().map(show).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_purpose_has_its_own_record() {
    let log = Log::default();
    let recorder = recorder(&service(log.clone()), None).await;
    let recorded = recorder.recorded();
    assert_eq!(recorder.account(), "111111111111");
    let key = &recorded.access_key;
    assert_eq!(
        ask(&recorded.plan_url, key, "Action=DescribeDBClusters&DBClusterIdentifier=o").await,
        200
    );
    assert_eq!(
        ask(&recorded.apply_url, key, "Action=DeleteDBCluster&DBClusterIdentifier=o").await,
        200
    );
    let record = recorder.record();
    assert_eq!(
        shown(&record.plan),
        ["rds:DescribeDBClusters on arn:aws:rds:eu-west-1:111111111111:cluster:o"]
    );
    assert_eq!(
        shown(&record.apply),
        ["rds:DeleteDBCluster on arn:aws:rds:eu-west-1:111111111111:cluster:o"]
    );
    let expect =
        [format!("{BASE} DescribeDBClusters done"), format!("{BASE} DeleteDBCluster done")];
    assert_eq!(*log.lock().expect("the log"), expect, "signed anew with the base credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_not_served() {
    let log = Log::default();
    let recorder = recorder(&service(log.clone()), None).await;
    let status = ask(&recorder.recorded().plan_url, BASE, "Action=DeleteDBCluster").await;
    assert_eq!(status, 403);
    assert!(log.lock().expect("the log").is_empty(), "nothing was passed on");
    assert!(shown(&recorder.record().plan).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_teach_and_a_call_has_its_effect_once() {
    let log = Log::default();
    let recorder =
        recorder(&service(log.clone()), Some("arn:aws:iam::111111111111:role/all")).await;
    let recorded = recorder.recorded();
    let create = "Action=CreateDBSubnetGroup&DBSubnetGroupName=s";
    assert_eq!(ask(&recorded.apply_url, &recorded.access_key, create).await, 200);
    assert_eq!(ask(&recorded.apply_url, &recorded.access_key, create).await, 200);
    assert_eq!(
        ask(&recorded.apply_url, &recorded.access_key, "Action=DescribeDBClusters").await,
        200
    );
    let expect = [
        "session CreateDBSubnetGroup refused", // as nobody
        "session CreateDBSubnetGroup refused", // upon the group
        "session CreateDBSubnetGroup refused", // upon everything, without the other action
        "session CreateDBSubnetGroup done",
        "session CreateDBSubnetGroup done", // again: what it needs is known
        "session DescribeDBClusters done",  // nobody is refused
    ];
    assert_eq!(*log.lock().expect("the log"), expect);
    let record = recorder.record();
    assert_eq!(shown(&record.apply), ["ec2:DescribeSubnets rds:CreateDBSubnetGroup on *"]);
    assert_eq!(
        record.widened.iter().map(String::as_str).collect::<Vec<_>>(),
        ["ec2:DescribeSubnets", "rds:CreateDBSubnetGroup"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_says_nothing_of_permissions_teaches_nothing() {
    let recorder =
        recorder(&service(Log::default()), Some("arn:aws:iam::111111111111:role/all")).await;
    let recorded = recorder.recorded();
    assert_eq!(
        ask(&recorded.plan_url, &recorded.access_key, "Action=DescribeDBInstances").await,
        400
    );
    assert_eq!(
        shown(&recorder.record().plan),
        ["rds:DescribeDBInstances on *"],
        "what the table says"
    );
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_is_told_at_the_start() {
    let mut host = Host::real().expect("a world");
    let url = service(Log::default());
    let pairs =
        [("AWS_ACCESS_KEY_ID", BASE), ("AWS_SECRET_ACCESS_KEY", "s"), ("AWS_ENDPOINT_URL", &url)];
    host.environment = Environment::of(pairs.map(|(n, v)| (n.to_owned(), v.to_owned())));
    let wanted = Recording { act_as: Some("arn:aws:iam::111111111111:role/none".into()) };
    let said = Recorder::start(&host, Path::new("/"), wanted).await.err().expect("refused");
    assert_eq!(said.code.0, "derive-credentials");
    assert!(said.detail.contains("role/none was not assumed"), "{}", said.detail);
}

#[tokio::test]
async fn without_credentials_there_is_no_recorder() {
    let mut host = Host::real().expect("a world");
    host.environment = Environment::of([]);
    let said = Recorder::start(&host, Path::new("/"), Recording::default()).await.err();
    assert_eq!(said.expect("refused").code.0, "derive-credentials");
}
