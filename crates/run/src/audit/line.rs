//! Events and signed heads as lines of JSON: one text for each, in both directions.
//!
//! Invariant: a line that reads as an event is the very line that is written of it.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};
use state::Digest;
use store::{Event, EventForm, EventRecord, SignedHead, Who};

/// A digest as 64 hexadecimal digits.
pub fn hex(digest: &Digest) -> String {
    digest.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A moment in milliseconds since 1970, as people read it.
pub fn time(ms: u64) -> String {
    host::Timestamp { seconds: ms / 1000, nanos: 0 }.rfc3339()
}

/// The digest of 64 hexadecimal digits.
pub fn digest(text: &str) -> Option<Digest> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut digest = Digest::default();
    for (byte, pair) in digest.0.iter_mut().zip(digits.chunks(2)) {
        let high = (pair[0] as char).to_digit(16)?;
        let low = (pair[1] as char).to_digit(16)?;
        *byte = (high * 16 + low) as u8;
    }
    Some(digest)
}

/// An event as one line of JSON, with a line feed.
pub fn event_line(record: &EventRecord) -> String {
    let event = &record.event;
    let text = |value: &str| Some(Json::from(value));
    let part = |value: &Option<Arc<str>>| value.as_deref().map(Json::from);
    // In the order of their names, whether objects keep an order or sort.
    let entries = [
        ("at", text(&time(event.at_ms))),
        ("at_ms", Some(event.at_ms.into())),
        ("before", text(&hex(&record.before))),
        ("detail", text(&event.detail)),
        ("environment", part(&event.environment)),
        ("form", Some(record.form.number().into())),
        ("hash", text(&hex(&record.hash))),
        ("number", Some(record.number.into())),
        ("object", part(&event.object)),
        ("plan", part(&event.plan)),
        ("serials", event.serials.map(|(before, after)| json!([before, after]))),
        ("stack", part(&event.stack)),
        ("what", text(&event.what)),
        ("who", text(event.who.as_str())),
    ];
    let there = entries.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let object: Map<String, Json> = there.collect();
    format!("{}\n", Json::Object(object))
}

/// Reads a line, without its line feed.
pub(super) fn read_event(line: &str) -> Option<EventRecord> {
    let object: Map<String, Json> = serde_json::from_str(line).ok()?;
    let text = |name: &str| object.get(name).and_then(Json::as_str);
    let count = |name: &str| object.get(name).and_then(Json::as_u64);
    let part = |name: &str| text(name).map(Arc::from);
    let serials = match object.get("serials").and_then(Json::as_array).map(Vec::as_slice) {
        Some([before, after]) => Some((before.as_u64()?, after.as_u64()?)),
        _ => None,
    };
    let event = Event {
        at_ms: count("at_ms")?,
        who: Who::read(text("who")?),
        what: part("what")?,
        environment: part("environment"),
        stack: part("stack"),
        plan: part("plan"),
        object: part("object"),
        serials,
        detail: part("detail")?,
    };
    let record = EventRecord {
        number: count("number")?,
        form: EventForm::of_number(count("form")?)?,
        event,
        before: digest(text("before")?)?,
        hash: digest(text("hash")?)?,
    };
    (event_line(&record).trim_end_matches('\n') == line).then_some(record)
}

/// A signed head as one line of JSON, with a line feed.
pub(super) fn head_line(head: &SignedHead) -> String {
    let head = json!({ "body": &*head.body, "number": head.number, "signer": &*head.signer });
    format!("{}\n", json!({ "signed_head": head }))
}

/// Reads a line, without its line feed.
pub(super) fn read_head(line: &str) -> Option<SignedHead> {
    let object: Json = serde_json::from_str(line).ok()?;
    let head = object.get("signed_head")?;
    let head = SignedHead {
        number: head.get("number")?.as_u64()?,
        signer: head.get("signer")?.as_str()?.into(),
        body: head.get("body")?.as_str()?.into(),
    };
    (head_line(&head).trim_end_matches('\n') == line).then_some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_back_and_no_other_text_does() {
        let event = Event::new(1_700_000_000_123, "ssh:SHA256:a alice", "apply")
            .of_stack("prod/net")
            .under("p-1")
            .to_object("x.a[\"é\"]")
            .between(3, 4)
            .saying("1 added");
        let (before, hash) = (Digest::of(b"a"), Digest::of(b"b"));
        let record = EventRecord { number: 7, form: EventForm::Second, event, before, hash };
        let line = event_line(&record);
        let line = line.trim_end();
        assert_eq!(read_event(line), Some(record));
        let check = |other: String| assert_eq!(read_event(&other), None, "{other}");
        check(line.replace("\":7", "\": 7"));
        check(line.replace("T", "t"));
        check(line.replace("2023", "2024"));
        check(line.replace("\"number\"", "\"more\":1,\"number\""));
        check(line.replace("[3,4]", "[3,4,5]"));
        check(String::new());
        let head = SignedHead { number: 1, signer: "SHA256:a".into(), body: "{}\nx\n".into() };
        let line = head_line(&head);
        assert_eq!(read_head(line.trim_end()), Some(head));
        assert_eq!(read_head("{}"), None);
    }
}
