//! Signed heads: a signature under how far an estate's chain of events went, so that what is cut off it later shows.
//!
//! A head is signed as an approval is, in a namespace of its own: with an SSH key, or with a key that signs elsewhere and
//! is written as an SSH key (`outside`). Invariant: nothing of a head is believed before its signature was verified.

mod document;
mod outside;

use std::fmt;
use std::sync::Arc;

use crate::approval::Signers;
use crate::approval::signature::{self, Broken};
use crate::approval::signers::Membership;

pub use document::{HeadDocument, HeadDocumentError};
pub use outside::{OutsideError, OutsideKey, Scheme};

/// The namespace of the signatures.
pub const NAMESPACE: &str = "strata-audit-head";

/// A head whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedHead {
    /// What it says.
    pub document: HeadDocument,
    /// The fingerprint of the key that signed, as `SHA256:...`.
    pub key: Arc<str>,
    /// The names by which the file of sealers calls the key's holder; none where there is no file.
    pub principals: Vec<Arc<str>>,
}

/// Why a head does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadNotValid {
    /// It is no document with a signature.
    Form,
    /// The signature does not hold, or is one for something else.
    Signature,
    /// The document is none.
    Document(HeadDocumentError),
    /// It is of another estate.
    OtherEstate(Arc<str>),
    /// No line of the file of sealers lets its key sign heads at its time.
    Stranger(Arc<str>),
}

impl fmt::Display for HeadNotValid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeadNotValid::Form => f.write_str("it is no document with a signature"),
            HeadNotValid::Signature => f.write_str(
                "its signature does not hold: the document or the signature was changed, or it is signed for something else",
            ),
            HeadNotValid::Document(error) => error.fmt(f),
            HeadNotValid::OtherEstate(id) => write!(f, "it is of another estate, {id}"),
            HeadNotValid::Stranger(key) => {
                write!(f, "the file of sealers does not let its key {key} sign heads at that time")
            }
        }
    }
}

impl std::error::Error for HeadNotValid {}

/// Verifies a document with its signature behind (as `approval::stored` puts them together) for an estate. Without a file
/// of sealers any key's signature holds.
///
/// # Errors
/// Where it does not count.
pub fn verify(
    body: &str,
    estate: &str,
    sealers: Option<&Signers>,
) -> Result<VerifiedHead, HeadNotValid> {
    let (text, armoured) =
        crate::approval::unstored(body.as_bytes()).map_err(|_| HeadNotValid::Form)?;
    let key =
        signature::signer(NAMESPACE, armoured, text.as_bytes()).map_err(|broken| match broken {
            Broken::Unreadable => HeadNotValid::Form,
            Broken::Namespace | Broken::Wrong | Broken::Untouched => HeadNotValid::Signature,
        })?;
    let document = HeadDocument::parse(text).map_err(HeadNotValid::Document)?;
    if *document.estate != *estate {
        return Err(HeadNotValid::OtherEstate(document.estate));
    }
    let fingerprint = signature::fingerprint(&key);
    let principals = match sealers.map(|all| all.membership(NAMESPACE, &key, &[document.at_s])) {
        None => Vec::new(),
        Some(Membership::Member(names)) => names,
        Some(_) => return Err(HeadNotValid::Stranger(fingerprint)),
    };
    Ok(VerifiedHead { document, key: fingerprint, principals })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::approval::{Key, stored};

    /// A key of this test, which signs nothing else.
    const KEY: &str = "-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACAUGHGE6XNUm9B7tpBDA4zmFtnlF/PYzCxhWO61tLvt9gAAAIhHUvjSR1L4
0gAAAAtzc2gtZWQyNTUxOQAAACAUGHGE6XNUm9B7tpBDA4zmFtnlF/PYzCxhWO61tLvt9g
AAAEDJaJzyvJIeLpxMpHBpjM+xwaiJHFtYePrlIrVOVRW+8BQYcYTpc1Sb0Hu2kEMDjOYW
2eUX89jMLGFY7rW0u+32AAAABWFsaWNl
-----END OPENSSH PRIVATE KEY-----
";
    const PUBLIC: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBQYcYTpc1Sb0Hu2kEMDjOYW2eUX89jMLGFY7rW0u+32";

    fn signed(namespace: &str, estate: &str) -> String {
        let hash = "ab".repeat(32).into();
        let document = HeadDocument { estate: estate.into(), number: 7, hash, at_s: 1_700_000_000 };
        let text = document.text();
        let key = Key::parse(KEY).expect("a key");
        let signature = key.sign_in(namespace, text.as_bytes()).expect("signs");
        String::from_utf8(stored(&text, &signature)).expect("text")
    }

    #[test]
    fn a_head_counts_where_a_sealer_signed_it_for_this_estate() {
        let sealers = |text: String| Signers::parse("sealers", &text).expect("signers");
        let alice = sealers(format!("alice {PUBLIC}"));
        let body = signed(NAMESPACE, "e1");
        let head = verify(&body, "e1", Some(&alice)).expect("it holds");
        assert_eq!((head.document.number, &*head.principals[0]), (7, "alice"));
        assert!(verify(&body, "e1", None).is_ok());
        let check = |body: &str, sealers: &Signers, expect: &str| {
            let error = verify(body, "e1", Some(sealers)).expect_err("it does not count");
            assert!(error.to_string().contains(expect), "{error}");
        };
        check(&signed(NAMESPACE, "e2"), &alice, "another estate, e2");
        check(&signed("strata-approval", "e1"), &alice, "signed for something else");
        check(&body.replace("\"number\":7", "\"number\":6"), &alice, "does not hold");
        check("{}\n", &alice, "no document");
        let late = sealers(format!("alice valid-after=\"20250101\" {PUBLIC}"));
        check(&body, &late, "does not let its key SHA256:");
        let approvals_only = sealers(format!("alice namespaces=\"strata-approval\" {PUBLIC}"));
        check(&body, &approvals_only, "does not let its key SHA256:");
    }
}
