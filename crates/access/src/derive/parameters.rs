//! The parameters of a request, by name, whatever its protocol.
//!
//! Invariant: a list's members have the list's name (`SubnetId.1` and `SubnetId.member.1` are `SubnetId`); a name within another is
//! written with a dot between them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// Names to values, each in the order of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters(BTreeMap<String, Vec<String>>);

impl Parameters {
    /// Those of a form or of the query of an address.
    pub(super) fn add_form(&mut self, text: &str) {
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(&name.replace('+', " "));
            let steps = name.split('.').filter(|step| {
                *step != "member" && !step.bytes().all(|letter| letter.is_ascii_digit())
            });
            let name = steps.collect::<Vec<_>>().join(".");
            self.add(&name, decoded(&value.replace('+', " ")));
        }
    }

    /// Those of a JSON document; of no other there are none.
    pub(super) fn add_json(&mut self, body: &[u8]) {
        if let Ok(document) = serde_json::from_slice::<Json>(body) {
            self.add_value("", &document);
        }
    }

    /// The depth is bounded by what the reader of JSON takes.
    fn add_value(&mut self, name: &str, value: &Json) {
        match value {
            Json::Object(entries) => {
                for (key, value) in entries {
                    let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                    self.add_value(&name, value);
                }
                if !name.is_empty() {
                    self.0.entry(name.to_owned()).or_default(); // it is there, whatever it holds
                }
            }
            Json::Array(members) => members.iter().for_each(|one| self.add_value(name, one)),
            Json::String(text) => self.add(name, text.clone()),
            Json::Null => {}
            other => self.add(name, other.to_string()),
        }
    }

    /// One more value.
    pub(super) fn add(&mut self, name: &str, value: String) {
        self.0.entry(name.to_owned()).or_default().push(value);
    }

    /// The values of a name.
    pub(super) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The first value of a name, where it is not empty.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether a parameter is there, itself or something within it.
    pub(super) fn has(&self, name: &str) -> bool {
        let within =
            |other: &String| other.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        self.0.contains_key(name) || self.0.keys().any(within)
    }
}

/// A text with its `%XX` decoded; what is none stays.
pub(super) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let code = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        match code {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_one_name() {
        let mut parameters = Parameters::default();
        parameters.add_form(
            "Action=X&SubnetId.1=a&SubnetId.2=b%2Fc&Tag.1.Key=d+e&Tags.member.1.Value=%zz&Empty",
        );
        assert_eq!(parameters.all("SubnetId"), ["a", "b/c"]);
        assert_eq!(parameters.first("Tag.Key"), Some("d e"));
        assert_eq!(parameters.first("Tags.Value"), Some("%zz"));
        assert!(parameters.has("Tag") && parameters.has("Empty") && !parameters.has("Ta"));
    }

    #[test]
    fn documents_are_flattened() {
        let mut parameters = Parameters::default();
        parameters.add_json(
            br#"{"name":"x","tags":{},"vpc":{"subnetIds":["a","b"],"on":true,"none":null}}"#,
        );
        assert_eq!(parameters.all("vpc.subnetIds"), ["a", "b"]);
        assert_eq!(parameters.first("vpc.on"), Some("true"));
        assert!(parameters.has("tags") && !parameters.has("vpc.none"));
        parameters.add_json(b"<no/>");
    }
}
