//! AWS CloudTrail, by `LookupEvents`
//! (<https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>): the last 90 days of an account and a
//! region, newest first, at most 50 events at a time and two requests a second.
//!
//! Of each account and region it is asked once for all objects, as the stack's own identity, else with the base credentials.
//! Invariant: it is read no further back than [`PAGES_MAX`] pages and the days that were asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::names::{Names, texts};
use super::{Changed, Deed, Told, Trails, is_of_a_provider, unreachable};
use crate::credentials::asking::Asking;
use crate::credentials::aws::Keys;
use crate::credentials::aws::call::{Call, named_endpoint, region_of, send};

/// The service's signing name.
const SERVICE: &str = "cloudtrail";
/// Pages that are read of one account and region, at most.
const PAGES_MAX: usize = 60;
/// Events on a page.
const PAGE: usize = 50;
/// Where services with one place for all regions write.
const GLOBAL_REGION: &str = "us-east-1";
/// Longest answer, in bytes.
const ANSWER_BYTES_MAX: u64 = 8 << 20;
/// How long a request may take.
const TIME_MAX: Duration = Duration::from_secs(30);
/// How long to wait where there were too many requests, and how often.
const WAIT: Duration = Duration::from_millis(600);
const WAITS_MAX: usize = 10;

/// An account and a region, and the objects that are looked for there.
type Places = BTreeMap<(String, String), Vec<usize>>;

/// Tells what the trail says of objects of AWS.
pub(super) fn look(
    trails: &Trails,
    changed: &[Changed],
    names: &[Names],
    now_s: u64,
    told: &mut Told,
) {
    let base = &trails.asking;
    let since = now_s.saturating_sub(u64::from(trails.days.min(90)) * 86_400);
    for ((account, region), objects) in places(base, names) {
        let mut why = String::new();
        let mut asked: Vec<&[(String, String)]> = Vec::new();
        let own = objects.iter().map(|at| &*changed[*at].environment);
        let read = own.chain([base.environment()]).any(|environment| {
            if asked.contains(&environment) {
                return false;
            }
            asked.push(environment);
            let asking = base.seeing(environment);
            match read(&asking, &region, since, &objects, names, &mut told.deeds) {
                Ok(()) => true,
                Err(error) => {
                    why = error;
                    false
                }
            }
        });
        if !read {
            let account = if account.is_empty() { String::new() } else { format!(" of {account}") };
            let remedy =
                "Let the plan role do cloudtrail:LookupEvents; or leave the trail out: --no-trail.";
            told.warnings.push(unreachable(
                &format!("CloudTrail{account} in {region}"),
                &why,
                remedy,
            ));
        }
    }
}

/// Where each object is looked for.
fn places(base: &Asking, names: &[Names]) -> Places {
    let own = region_of(base);
    let mut places = Places::new();
    for (at, one) in names.iter().enumerate().filter(|(_, one)| !one.cloud.is_empty()) {
        let account = one.account.clone().unwrap_or_default();
        let mut regions = BTreeSet::from([match (&one.region, one.global) {
            (_, true) => GLOBAL_REGION.to_owned(),
            (Some(region), false) => region.clone(),
            (None, false) => own.to_owned(),
        }]);
        // Emulators write where the caller is.
        if one.global && named_endpoint(base, SERVICE).is_some() {
            regions.insert(own.to_owned());
        }
        for region in regions {
            places.entry((account.clone(), region)).or_default().push(at);
        }
    }
    // Objects that do not tell their account stand with those that do, where there is one such account.
    let known: BTreeSet<String> =
        places.keys().map(|(account, _)| account.clone()).filter(|one| !one.is_empty()).collect();
    if let [account] = known.into_iter().collect::<Vec<_>>().as_slice() {
        let open: Vec<_> = places.keys().filter(|(of, _)| of.is_empty()).cloned().collect();
        for key in open {
            let objects = places.remove(&key).unwrap_or_default();
            places.entry((account.clone(), key.1)).or_default().extend(objects);
        }
    }
    places
}

/// Reads the trail backwards until each object was found, or it ends.
fn read(
    asking: &Asking,
    region: &str,
    since: u64,
    objects: &[usize],
    names: &[Names],
    deeds: &mut [Option<Deed>],
) -> Result<(), String> {
    let keys = Keys::of_environment(asking).map_err(|error| error.to_string())?;
    let (mut next, mut end, mut seen) = (None::<String>, None::<f64>, BTreeSet::new());
    for _ in 0..PAGES_MAX {
        if objects.iter().all(|at| deeds[*at].is_some()) {
            return Ok(());
        }
        let mut body = json!({
            "LookupAttributes": [{ "AttributeKey": "ReadOnly", "AttributeValue": "false" }],
            "StartTime": since,
            "MaxResults": PAGE,
        });
        if let Some(token) = &next {
            body["NextToken"] = json!(token);
        } else if let Some(end) = end {
            body["EndTime"] = json!(end);
        }
        let answer = ask(asking, &keys, region, &body)?;
        let events = answer["Events"].as_array().cloned().unwrap_or_default();
        let fresh: Vec<&Json> = events
            .iter()
            .filter(|event| seen.insert(event["EventId"].as_str().unwrap_or_default().to_owned()))
            .collect();
        fresh.iter().for_each(|event| told(event, objects, names, deeds));
        next = answer["NextToken"].as_str().map(str::to_owned);
        end = events.last().and_then(|event| event["EventTime"].as_f64());
        // A full page without a token: emulators give none, and go on where the last event was.
        if next.is_none() && (events.len() < PAGE || fresh.is_empty()) {
            return Ok(());
        }
    }
    Ok(())
}

/// What an event says of objects that nothing is known of yet.
fn told(event: &Json, objects: &[usize], names: &[Names], deeds: &mut [Option<Deed>]) {
    let record: Json = event["CloudTrailEvent"]
        .as_str()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let agent = record["userAgent"].as_str().unwrap_or_default();
    let failed = record["errorCode"].is_string();
    if failed || record["readOnly"] == true || is_of_a_provider(agent) {
        return;
    }
    let mut all = BTreeSet::new();
    for resource in event["Resources"].as_array().into_iter().flatten() {
        texts(&resource["ResourceName"], &mut all);
    }
    texts(&record["requestParameters"], &mut all);
    texts(&record["responseElements"], &mut all);
    for resource in record["resources"].as_array().into_iter().flatten() {
        texts(&resource["ARN"], &mut all);
    }
    for at in objects {
        if deeds[*at].is_none() && names[*at].are_in(&all) {
            deeds[*at] = Some(deed(event, &record));
        }
    }
}

fn deed(event: &Json, record: &Json) -> Deed {
    let text = |json: &Json| json.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let who = text(&record["userIdentity"]["arn"])
        .or_else(|| text(&record["userIdentity"]["invokedBy"]))
        .or_else(|| text(&event["Username"]));
    let at = text(&record["eventTime"])
        .or_else(|| event["EventTime"].as_f64().map(|seconds| plan::rfc3339(seconds as i64)));
    Deed {
        who: who.unwrap_or_else(|| "somebody".to_owned()),
        what: text(&event["EventName"]).unwrap_or_else(|| "a call".to_owned()),
        at: at.unwrap_or_default(),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the service takes two requests a second, and does not say when it takes more again"
)]
fn wait() {
    std::thread::sleep(WAIT);
}

fn ask(asking: &Asking, keys: &Keys, region: &str, body: &Json) -> Result<Json, String> {
    for _ in 0..WAITS_MAX {
        let (status, answer) = post(asking, keys, region, body)?;
        let kind = answer["__type"].as_str().unwrap_or_default();
        let kind = kind.rsplit_once('#').map_or(kind, |(_, kind)| kind).to_owned();
        match status {
            200 => return Ok(answer),
            _ if kind.contains("Throttl") || status == 429 => wait(),
            _ => {
                let message =
                    ["message", "Message"].into_iter().find_map(|name| answer[name].as_str());
                return Err(match (kind.as_str(), message) {
                    ("", _) => format!("it answers with status {status}"),
                    (kind, Some(message)) => format!("it answers {kind}: {message}"),
                    (kind, None) => format!("it answers {kind}"),
                });
            }
        }
    }
    Err("it is asked too much at the moment".to_owned())
}

fn post(asking: &Asking, keys: &Keys, region: &str, body: &Json) -> Result<(u16, Json), String> {
    let target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";
    let body = body.to_string();
    let call = Call {
        service: SERVICE,
        region,
        endpoint: None,
        method: "POST",
        path: "/",
        query: "",
        headers: &[
            ("content-type", "application/x-amz-json-1.1".to_owned()),
            ("x-amz-target", target.to_owned()),
        ],
        body: body.as_bytes(),
        answer_bytes_max: ANSWER_BYTES_MAX,
        time_max: TIME_MAX,
    };
    let answer = send(asking, keys, &call)?;
    Ok((answer.status, serde_json::from_slice(&answer.body).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, agent: &str, record: &str) -> Json {
        let whole = format!(
            r#"{{"userIdentity":{{"arn":"arn:aws:iam::1:user/eve"}},"eventTime":"2026-11-24T10:00:00Z","userAgent":"{agent}",{record}}}"#
        );
        json!({ "EventName": name, "Username": "eve", "Resources": [], "CloudTrailEvent": whole })
    }

    fn check(event: &Json, expect: Option<&str>) {
        let names = [Names { cloud: vec![vec!["sg-1".to_owned()]], ..Names::default() }];
        let mut deeds = [None];
        told(event, &[0], &names, &mut deeds);
        assert_eq!(deeds[0].as_ref().map(|deed| deed.what.as_str()), expect, "{event}");
    }

    #[test]
    fn events_about_an_object_by_somebody_count() {
        let about = r#""requestParameters":{"groupId":"sg-1"}"#;
        check(&event("Authorize", "aws-cli/2", about), Some("Authorize"));
        check(&event("Authorize", "Terraform/1.12.6 terraform-provider-aws/5", about), None);
        check(&event("Authorize", "aws-cli/2", r#""requestParameters":{"groupId":"sg-2"}"#), None);
        let failed = format!(r#"{about},"errorCode":"AccessDenied""#);
        check(&event("Authorize", "aws-cli/2", &failed), None);
        let mut named = event("Delete", "console", r#""requestParameters":null"#);
        named["Resources"] = json!([{ "ResourceName": "sg-1" }]);
        check(&named, Some("Delete"));
        check(&json!({ "EventName": "x", "CloudTrailEvent": "not JSON" }), None);
    }
}
