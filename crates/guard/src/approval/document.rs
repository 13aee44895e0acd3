//! The document that is signed.
//!
//! One line of JSON in one canonical form, so that there are no two texts for one approval.
//! Invariant: what [`Document::parse`] takes, [`Document::text`] gives back byte by byte.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

/// The form of the document.
const FORMAT: &str = "strata-approval/1";
/// The largest document that is read, in bytes.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// What an approval says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The id of the estate.
    pub estate: Arc<str>,
    /// The environment.
    pub environment: Arc<str>,
    /// The id of the plan.
    pub plan: Arc<str>,
    /// The digest of the plan's file, as 64 hexadecimal digits.
    pub digest: Arc<str>,
    /// When it is signed, in seconds since 1970.
    pub at_s: u64,
    /// What bears data and may be destroyed, as full addresses.
    pub destroy_data: BTreeSet<Arc<str>>,
}

/// Why a text is no approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentError {
    /// It is larger than an approval may be.
    TooLarge,
    /// It is no JSON object of this form.
    Form,
    /// It says what an approval says, in another text than the canonical one.
    NotCanonical,
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DocumentError::TooLarge => "the document is larger than 1 MiB",
            DocumentError::Form => "the text is no approval of this version",
            DocumentError::NotCanonical => "the text of the document was changed",
        })
    }
}

impl std::error::Error for DocumentError {}

impl Document {
    /// The canonical text: names in alphabetical order, no blanks, one line feed at the end. These bytes are signed.
    pub fn text(&self) -> String {
        let addresses = self.destroy_data.iter().map(|one| Json::from(&**one)).collect();
        let entries = [
            ("destroy_data", Json::Array(addresses)),
            ("digest", Json::from(&*self.digest)),
            ("environment", Json::from(&*self.environment)),
            ("estate", Json::from(&*self.estate)),
            ("format", Json::from(FORMAT)),
            ("plan", Json::from(&*self.plan)),
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
    pub fn parse(text: &str) -> Result<Document, DocumentError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(DocumentError::TooLarge);
        }
        let object: Map<String, Json> =
            serde_json::from_str(text).map_err(|_| DocumentError::Form)?;
        let word = |name: &str| object.get(name).and_then(Json::as_str).ok_or(DocumentError::Form);
        if word("format")? != FORMAT {
            return Err(DocumentError::Form);
        }
        let addresses = object.get("destroy_data").and_then(Json::as_array);
        let addresses = addresses.ok_or(DocumentError::Form)?.iter();
        let destroy_data = addresses.map(|one| one.as_str().map(Arc::from)).collect::<Option<_>>();
        let document = Document {
            estate: word("estate")?.into(),
            environment: word("environment")?.into(),
            plan: word("plan")?.into(),
            digest: word("digest")?.into(),
            at_s: object.get("time").and_then(Json::as_u64).ok_or(DocumentError::Form)?,
            destroy_data: destroy_data.ok_or(DocumentError::Form)?,
        };
        if document.text() != text {
            return Err(DocumentError::NotCanonical);
        }
        Ok(document)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn document() -> Document {
        Document {
            estate: "3f6c0a12".into(),
            environment: "prod".into(),
            plan: "p-7Q4K9Z".into(),
            digest: "ab".repeat(32).into(),
            at_s: 1_700_000_000,
            destroy_data: ["prod/database//aws_rds_cluster.main".into()].into(),
        }
    }

    #[test]
    fn the_text_is_canonical() {
        let text = document().text();
        let expect = format!(
            "{{\"destroy_data\":[\"prod/database//aws_rds_cluster.main\"],\"digest\":\"{}\",\"environment\":\"prod\",\"estate\":\"3f6c0a12\",\"format\":\"strata-approval/1\",\"plan\":\"p-7Q4K9Z\",\"time\":1700000000}}\n",
            "ab".repeat(32)
        );
        assert_eq!(text, expect);
        assert_eq!(Document::parse(&text), Ok(document()));
    }

    #[test]
    fn any_other_text_is_refused() {
        let text = document().text();
        let check = |changed: String, expect| {
            assert_eq!(Document::parse(&changed), Err(expect), "{changed}")
        };
        check(text.replace("\":\"", "\": \""), DocumentError::NotCanonical);
        check(text.trim_end().to_owned(), DocumentError::NotCanonical);
        check(text.replace("{\"destroy", "{\"a\":1,\"destroy"), DocumentError::NotCanonical);
        check(text.replace("approval/1", "approval/2"), DocumentError::Form);
        check(text.replace("1700000000", "-1"), DocumentError::Form);
        check(text.replace("1700000000", "1.5"), DocumentError::Form);
        check("[]".to_owned(), DocumentError::Form);
        check(String::new(), DocumentError::Form);
        check(" ".repeat(TEXT_BYTES_MAX + 1), DocumentError::TooLarge);
    }
}
