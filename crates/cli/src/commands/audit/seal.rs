//! `strata audit seal`: a signature under how far the chain goes, and copies of it elsewhere.

use diag::Diagnostic;
use guard::heads::{HeadDocument, NAMESPACE};
use run::audit::{ChainOr, Copied, Copies, KmsKey, Sealed, Signed, sealers_of, to_sign};
use run::estate::EstateFile;
use serde_json::json;
use store::{ChainError, EstateStore, SignedHead, Who};

use super::super::approve::key;
use super::super::estate::gate::event;
use super::{opened, places};
use crate::args::AuditSealArgs;
use crate::report::Format;
use crate::session::{Session, now_ms};

/// The document's signature, who made it, and by what.
struct Signature {
    armoured: String,
    who: Option<Who>,
    by: String,
    /// What lets it count, in a file of sealers: of a key that nobody has as a file.
    line: Option<String>,
}

/// Seals, and copies what was signed to each place.
pub(super) fn seal(session: &mut Session<'_>, args: &AuditSealArgs) -> Option<String> {
    let (file, store) = opened(session)?;
    let places = session.heed(places(Some(&file), &args.to))?;
    let sealers = session.heed(sealers_of(session.context.host, &file))?;
    let due = to_sign(&*store, now_ms() / 1000).map_err(|why| match why {
        ChainOr::Other(diagnostic) => *diagnostic,
        ChainOr::Chain(ChainError::Port(error)) => run::failure::port("", &error),
        ChainOr::Chain(ChainError::Broken(fault)) => broken(&fault.to_string()),
    });
    let (head, news) = match session.heed(due)? {
        Sealed::Already(head) => (head, None),
        Sealed::Due(document) => {
            let signature = session.heed(sign(session, args, &file, &document))?;
            let Signature { armoured, who, by, line } = &signature;
            let signed = Signed { document: &document, armoured, who: who.clone(), by };
            let event = event(session, "seal", None, String::new());
            let sealed = run::audit::seal(&*store, sealers.as_ref(), &signed, event);
            let sealed = sealed.map_err(|diagnostic| match line {
                Some(line) => diagnostic.remedy(format!("Its line there is: {}", line.trim_end())),
                None => diagnostic,
            });
            let (head, _) = session.heed(sealed)?;
            (head, Some(signature.by))
        }
    };
    let copies = copied(session, &file, &*store, &places, &head);
    Some(told(session, &head, news.as_deref(), &copies))
}

fn broken(what: &str) -> Diagnostic {
    Diagnostic::error("audit-broken", "The record of events is not what was recorded")
        .detail(format!("{what}. Nothing was signed."))
        .remedy("Look into it with: strata audit verify.")
}

fn sign(
    session: &Session<'_>,
    args: &AuditSealArgs,
    file: &EstateFile,
    document: &HeadDocument,
) -> Result<Signature, Diagnostic> {
    let context = session.context;
    let of_file = || file.estate.audit.as_ref()?.kms_key.as_ref().map(|key| &*key.node);
    let kms = match &args.key {
        Some(_) => None,
        None => args.kms_key.as_deref().or_else(of_file),
    };
    let text = document.text();
    let Some(arn) = kms else {
        let key = key::find(context, args.key.as_deref())?;
        let armoured = key::sign(context, &key, NAMESPACE, &text)?;
        return Ok(Signature { armoured, who: None, by: "an SSH key".to_owned(), line: None });
    };
    let refused = |why: String| {
        Diagnostic::error("audit-kms", "The KMS key does not sign")
            .detail(format!("{arn}: {why}. Nothing was signed."))
            .remedy("It has to be an asymmetric key for SIGN_VERIFY that the credentials may kms:GetPublicKey and kms:Sign with.")
    };
    let key = KmsKey::find(context.host, &file.dir, arn).map_err(refused)?;
    let armoured = key.sign(&text).map_err(refused)?;
    Ok(Signature {
        armoured,
        who: Some(run::who::of(context.host)),
        by: format!("the KMS key {}", key.arn()),
        line: Some(key.line()),
    })
}

/// Copies to each place; what fails is in the session, and the others are tried all the same.
fn copied(
    session: &mut Session<'_>,
    file: &EstateFile,
    store: &dyn EstateStore,
    places: &[estate::SealPlace],
    head: &SignedHead,
) -> Vec<(String, Copied)> {
    let days = file.estate.audit.as_ref().map_or(365, |audit| audit.retain_days);
    let copies = Copies::new(session.context.host, &file.dir, &store.estate_id(), days);
    let mut done = Vec::new();
    for place in places {
        match copies.put(place, head) {
            Ok(copied) => done.push((place.to_string(), copied)),
            Err(why) => session.diags.push(
                Diagnostic::error("audit-copy", "The signed head was not copied")
                    .detail(format!("{place}: {why}. It is in the store."))
                    .remedy("Mend that, and seal again: what is signed already is copied then."),
            ),
        }
    }
    done
}

fn told(
    session: &Session<'_>,
    head: &SignedHead,
    news: Option<&str>,
    copies: &[(String, Copied)],
) -> String {
    let number = head.number;
    if session.context.format == Format::Json {
        let copies: Vec<&str> = copies.iter().map(|(place, _)| &**place).collect();
        let document = json!({
            "format_version": "1.0", "number": number, "signer": &*head.signer,
            "signed_now": news.is_some(), "copies": copies,
        });
        return format!("{document:#}\n");
    }
    let mut text = match news {
        Some(by) => {
            format!("Event {number} and all before are sealed with {by} ({}).\n", head.signer)
        }
        None => format!("Nothing happened since event {number} was sealed.\n"),
    };
    for (place, copied) in copies {
        text.push_str(&match copied {
            Copied::Now => format!("  copied to {place}\n"),
            Copied::Already => format!("  was in {place} already\n"),
        });
    }
    if copies.is_empty() {
        text.push_str("It is kept in the store only: who cuts the chain there can take it out, too. Name a place with -to, or in strata.hcl's `audit` block.\n");
    }
    text
}
