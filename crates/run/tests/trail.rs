//! Trails that answer, page by page, and trails that do not: a small server stands for CloudTrail.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use host::{Environment, Host};
use run::trail::{Changed, Told, Trails, look};
use serde_json::{Value as Json, json};

/// 2026-11-24T10:00:00Z.
const NOW_S: u64 = 1_795_514_400;

/// A server; what it was asked, and as whom.
struct Trail {
    url: String,
    asked: Arc<Mutex<Vec<(String, Json)>>>,
}

impl Trail {
    /// Answers with these pages, one after the other, to the key that ends in `good`, and refuses any other.
    fn start(pages: Vec<Json>) -> Trail {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = asked.clone();
        thread::spawn(move || {
            let mut pages = pages.into_iter();
            for stream in listener.incoming() {
                answer(&mut stream.expect("a stream"), &mut pages, &noted);
            }
        });
        Trail { url, asked }
    }

    fn told(&self, days: u32, own: &str) -> Told {
        let mut host = Host::real().expect("a world");
        host.environment = Environment::of(self.environment("base-good"));
        let environment = if own.is_empty() { Vec::new() } else { self.environment(own).to_vec() };
        let object = br#"{"arn":"arn:aws:ec2:eu-west-1:1:security-group/sg-1","id":"sg-1"}"#;
        let object = value::json::decode_implied(object).expect("an object");
        let changed = Changed {
            type_name: "aws_security_group".into(),
            object,
            environment: environment.into(),
        };
        look(&Trails::new(&host, Path::new("/"), &[], days), &[changed], NOW_S)
    }

    fn environment(&self, key: &str) -> [(String, String); 3] {
        [
            ("AWS_ACCESS_KEY_ID", key),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_ENDPOINT_URL_CLOUDTRAIL", &self.url),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    }

    fn bodies(&self) -> Vec<(String, Json)> {
        self.asked.lock().expect("the list").clone()
    }
}

fn answer(
    stream: &mut TcpStream,
    pages: &mut impl Iterator<Item = Json>,
    asked: &Mutex<Vec<(String, Json)>>,
) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    loop {
        let (mut length, mut key) = (0, String::new());
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
            let lower = line.to_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
            if let Some((_, rest)) = line.split_once("Credential=") {
                key = rest.split('/').next().expect("a key").to_owned();
                assert!(rest.contains("/eu-west-1/cloudtrail/aws4_request"), "{rest}");
            }
            line.clear();
        }
        if length == 0 {
            return;
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        let body = serde_json::from_slice(&body).expect("JSON");
        asked.lock().expect("the list").push((key.clone(), body));
        let (status, page) = match key.ends_with("good") {
            true => (200, pages.next().unwrap_or_else(|| json!({ "Events": [] }))),
            false => (400, json!({ "__type": "AccessDeniedException", "message": "not you" })),
        };
        let page = page.to_string();
        let text = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{page}", page.len());
        if stream.write_all(text.as_bytes()).is_err() {
            return;
        }
    }
}

fn event(id: &str, about: &str) -> Json {
    let record = json!({
        "userIdentity": { "arn": format!("arn:aws:iam::1:user/{id}") },
        "eventTime": "2026-11-24T09:00:00Z",
        "requestParameters": { "groupId": about },
    });
    json!({
        "EventId": id, "EventName": "Open", "EventTime": 1_795_510_800.0,
        "CloudTrailEvent": record.to_string(),
    })
}

fn who(told: &Told) -> Option<&str> {
    told.deeds[0].as_ref().map(|deed| deed.who.as_str())
}

#[test]
fn pages_are_read_until_the_object_is_found() {
    let first = json!({ "Events": [event("bob", "sg-2")], "NextToken": "t" });
    let second =
        json!({ "Events": [event("eve", "sg-1"), event("old", "sg-1")], "NextToken": "u" });
    let trail = Trail::start(vec![first, second]);
    let told = trail.told(7, "");
    assert_eq!(who(&told), Some("arn:aws:iam::1:user/eve"));
    assert!(told.warnings.is_empty());
    let asked = trail.bodies();
    assert_eq!(asked.len(), 2, "it is read no further than it has to be");
    assert_eq!(asked[0].1["StartTime"], NOW_S - 7 * 86_400);
    let wanted = json!([{ "AttributeKey": "ReadOnly", "AttributeValue": "false" }]);
    assert_eq!(asked[0].1["LookupAttributes"], wanted);
    assert_eq!(asked[1].1["NextToken"], "t");
}

#[test]
fn a_full_page_without_a_token_goes_on_where_it_ended() {
    let page: Vec<Json> = (0..50).map(|at| event(&format!("n{at}"), "sg-2")).collect();
    let again = json!({ "Events": [page[49].clone(), event("eve", "sg-1")] });
    let trail = Trail::start(vec![json!({ "Events": page }), again]);
    assert_eq!(who(&trail.told(7, "")), Some("arn:aws:iam::1:user/eve"));
    assert_eq!(trail.bodies()[1].1["EndTime"], 1_795_510_800.0);
}

#[test]
fn where_the_stack_may_not_look_the_base_credentials_do() {
    let trail = Trail::start(vec![json!({ "Events": [event("eve", "sg-1")] })]);
    let told = trail.told(7, "plan-bad");
    assert_eq!(who(&told), Some("arn:aws:iam::1:user/eve"));
    let keys: Vec<String> = trail.bodies().into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["plan-bad", "base-good"]);
}

#[test]
fn a_trail_that_cannot_be_read_is_told_and_nothing_more() {
    let nowhere =
        Trail { url: "http://127.0.0.1:1".to_owned(), asked: Arc::new(Mutex::new(Vec::new())) };
    let told = nowhere.told(7, "");
    assert_eq!(who(&told), None);
    let [warning] = told.warnings.as_slice() else { panic!("{:?}", told.warnings) };
    assert_eq!(warning.code.0, "trail-unreachable");
    assert!(!warning.is_error() && !warning.detail.contains("secret"), "{}", warning.detail);
}

#[test]
fn an_audit_log_that_is_not_there_is_told() {
    let host = Host::real().expect("a world");
    let object = br#"{"metadata":[{"name":"a","namespace":"b"}]}"#;
    let object = value::json::decode_implied(object).expect("an object");
    let changed =
        Changed { type_name: "kubernetes_config_map".into(), object, environment: [].into() };
    let log = "no/such/audit.log".to_owned();
    let trails = Trails::new(&host, Path::new("/"), &[log], 7);
    let told = look(&trails, &[changed], NOW_S);
    assert_eq!((told.deeds.len(), told.warnings.len()), (1, 1));
    assert!(told.warnings[0].summary.contains("no/such/audit.log"));
}
