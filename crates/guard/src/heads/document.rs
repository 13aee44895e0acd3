//! The document of a head: estate, number, hash and time, in one canonical line of JSON.
//!
//! Invariant: what [`HeadDocument::parse`] takes, [`HeadDocument::text`] gives back byte by byte.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

/// The form of the document.
const FORMAT: &str = "strata-audit-head/1";
/// The largest document that is read, in bytes.
const TEXT_BYTES_MAX: usize = 4 << 10;

/// How far a chain of events went, and when that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadDocument {
    /// The id of the estate.
    pub estate: Arc<str>,
    /// The number of the last event.
    pub number: u64,
    /// Its hash, as 64 hexadecimal digits.
    pub hash: Arc<str>,
    /// When it is signed, in seconds since 1970.
    pub at_s: u64,
}

/// Why a text is no head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadDocumentError {
    /// It is no JSON object of this form.
    Form,
    /// It says what a head says, in another text than the canonical one.
    NotCanonical,
}

impl fmt::Display for HeadDocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HeadDocumentError::Form => "its text is no head of this version",
            HeadDocumentError::NotCanonical => "the text of its document was changed",
        })
    }
}

impl std::error::Error for HeadDocumentError {}

impl HeadDocument {
    /// The canonical text: names in alphabetical order, no blanks, one line feed at the end. These bytes are signed.
    pub fn text(&self) -> String {
        let entries = [
            ("estate", Json::from(&*self.estate)),
            ("format", Json::from(FORMAT)),
            ("hash", Json::from(&*self.hash)),
            ("number", Json::from(self.number)),
            ("time", Json::from(self.at_s)),
        ];
        let object: Map<String, Json> =
            entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        format!("{}\n", Json::Object(object))
    }

    /// Reads a canonical text.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn parse(text: &str) -> Result<HeadDocument, HeadDocumentError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(HeadDocumentError::Form);
        }
        let object: Map<String, Json> =
            serde_json::from_str(text).map_err(|_| HeadDocumentError::Form)?;
        let word =
            |name: &str| object.get(name).and_then(Json::as_str).ok_or(HeadDocumentError::Form);
        let count =
            |name: &str| object.get(name).and_then(Json::as_u64).ok_or(HeadDocumentError::Form);
        let hash = word("hash")?;
        let digits = |hash: &str| hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if word("format")? != FORMAT || hash.len() != 64 || !digits(hash) {
            return Err(HeadDocumentError::Form);
        }
        let document = HeadDocument {
            estate: word("estate")?.into(),
            number: count("number")?,
            hash: hash.into(),
            at_s: count("time")?,
        };
        if document.text() == text { Ok(document) } else { Err(HeadDocumentError::NotCanonical) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_canonical() {
        let hash: Arc<str> = "0f".repeat(32).into();
        let document = HeadDocument { estate: "e1".into(), number: 9, hash: hash.clone(), at_s: 5 };
        let text = document.text();
        let expect = format!(
            "{{\"estate\":\"e1\",\"format\":\"strata-audit-head/1\",\"hash\":\"{hash}\",\"number\":9,\"time\":5}}\n"
        );
        assert_eq!(text, expect);
        assert_eq!(HeadDocument::parse(&text), Ok(document));
        let check = |changed: String, expect| {
            assert_eq!(HeadDocument::parse(&changed), Err(expect), "{changed}");
        };
        check(text.replace("\":9", "\": 9"), HeadDocumentError::NotCanonical);
        check(text.trim_end().to_owned(), HeadDocumentError::NotCanonical);
        check(text.replace("head/1", "head/2"), HeadDocumentError::Form);
        check(text.replace("0f", "0F"), HeadDocumentError::Form);
        check(String::new(), HeadDocumentError::Form);
    }
}
