//! Whether a signed document is an approval of a plan, and whose.
//!
//! Invariant: no part of the document is believed before its signature was verified.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::document::{Document, DocumentError};
use super::signature::{self, Broken};
use super::signers::{Membership, Signers};
use super::{NAMESPACE, Person, ValidApproval};

/// The plan that an approval has to be of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The id of the estate.
    pub estate: Arc<str>,
    /// The environment.
    pub environment: Arc<str>,
    /// The id of the plan.
    pub plan: Arc<str>,
    /// The digest of its file, as 64 hexadecimal digits.
    pub digest: Arc<str>,
}

/// Why a signed document is no approval of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotValid {
    /// The signature is none, of another namespace, of other bytes, or by an untouched security key.
    Signature(&'static str),
    /// The document is none.
    Document(DocumentError),
    /// It is of another plan, or of another file under the same id.
    OtherPlan(&'static str),
    /// The key is in no group's file.
    Stranger(Arc<str>),
    /// The key is in a file, and its time there has not begun or is over.
    OutOfTime(Arc<str>),
    /// The key is in a file, for other namespaces.
    OtherNamespace(Arc<str>),
}

impl NotValid {
    /// The code of its diagnostic.
    pub fn code(&self) -> &'static str {
        match self {
            NotValid::Signature(_) | NotValid::Document(_) => "approval-broken",
            NotValid::OtherPlan(_) => "approval-foreign",
            NotValid::Stranger(_) => "approval-stranger",
            NotValid::OutOfTime(_) | NotValid::OtherNamespace(_) => "approval-key-not-valid",
        }
    }
}

impl fmt::Display for NotValid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotValid::Signature(what) => f.write_str(what),
            NotValid::Document(error) => error.fmt(f),
            NotValid::OtherPlan(what) => write!(f, "it approves {what}"),
            NotValid::Stranger(key) => write!(f, "its key {key} is in no group's file of signers"),
            NotValid::OutOfTime(key) => {
                write!(f, "the time of its key {key} has not begun or is over")
            }
            NotValid::OtherNamespace(key) => {
                write!(f, "its key {key} may not sign in the namespace {}", super::NAMESPACE)
            }
        }
    }
}

impl std::error::Error for NotValid {}

/// Verifies a document and its signature against a plan and the groups' signers, at this time (seconds since 1970).
///
/// # Errors
/// Where it is no approval of this plan by one of them. Whether it has expired is for the rules of each stack to say.
pub fn verify(
    document: &str,
    armoured: &str,
    expected: &Expected,
    groups: &[Signers],
    now_s: u64,
) -> Result<ValidApproval, NotValid> {
    let key = signature::signer(NAMESPACE, armoured, document.as_bytes())
        .map_err(|broken| NotValid::Signature(told(broken)))?;
    let document = Document::parse(document).map_err(NotValid::Document)?;
    same_plan(&document, expected)?;
    let fingerprint = signature::fingerprint(&key);
    let mut approval = ValidApproval {
        key: fingerprint.clone(),
        persons: BTreeSet::new(),
        at_s: document.at_s,
        destroy_data: document.destroy_data,
    };
    if groups.is_empty() {
        return Ok(approval);
    }
    let mut why = NotValid::Stranger(fingerprint.clone());
    for signers in groups {
        match signers.membership(NAMESPACE, &key, &[document.at_s, now_s]) {
            Membership::Member(names) => approval.persons.extend(
                names
                    .into_iter()
                    .map(|principal| Person { group: signers.group.clone(), principal }),
            ),
            Membership::OutOfTime => why = NotValid::OutOfTime(fingerprint.clone()),
            Membership::OtherNamespace => why = NotValid::OtherNamespace(fingerprint.clone()),
            Membership::Stranger => {}
        }
    }
    if approval.persons.is_empty() { Err(why) } else { Ok(approval) }
}

fn told(broken: Broken) -> &'static str {
    match broken {
        Broken::Unreadable => "its signature is not of the form of `ssh-keygen -Y sign`",
        Broken::Namespace => "its signature is for another namespace than strata-approval",
        Broken::Wrong => "its signature does not hold: the document or the signature was changed",
        Broken::Untouched => "its signature is by a security key that nobody touched",
    }
}

fn same_plan(document: &Document, expected: &Expected) -> Result<(), NotValid> {
    let differs = if document.estate != expected.estate {
        "a plan of another estate"
    } else if document.environment != expected.environment {
        "a plan of another environment"
    } else if document.plan != expected.plan {
        "another plan"
    } else if document.digest != expected.digest {
        "a plan of the same id whose file was another"
    } else {
        return Ok(());
    };
    Err(NotValid::OtherPlan(differs))
}

#[cfg(test)]
mod tests {
    use super::super::document::tests::document;
    use super::super::signature::Key;
    use super::*;

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

    fn expected() -> Expected {
        let document = document();
        Expected {
            estate: document.estate,
            environment: document.environment,
            plan: document.plan,
            digest: document.digest,
        }
    }

    #[test]
    fn any_changed_byte_is_noticed() {
        let text = document().text();
        let key = Key::parse(KEY).expect("a key");
        let signature = key.sign(text.as_bytes()).expect("signs");
        let groups = [Signers::parse("platform", &format!("alice {PUBLIC}")).expect("signers")];
        let now_s = document().at_s + 1;
        let holds = |text: &str, signature: &str| {
            verify(text, signature, &expected(), &groups, now_s).is_ok()
        };
        assert!(holds(&text, &signature));
        let changed = |whole: &str, at: usize| {
            let mut bytes = whole.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            String::from_utf8(bytes).expect("ASCII stays ASCII")
        };
        for at in 0..text.len() {
            assert!(!holds(&changed(&text, at), &signature), "byte {at} of the document");
        }
        let body =
            signature.find('\n').expect("a head") + 1..signature.rfind("\n-").expect("a foot");
        for at in body.filter(|at| signature.as_bytes()[*at] != b'\n') {
            assert!(!holds(&text, &changed(&signature, at)), "byte {at} of the signature");
        }
    }
}
