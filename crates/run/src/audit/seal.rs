//! Sealing: the chain's head, signed, kept in the store and copied elsewhere.
//!
//! Who signs is given as a signature that was made already. Invariant: nothing of a broken chain is signed.

use std::sync::Arc;

use diag::Diagnostic;
use estate::Audit;
use guard::approval::{Signers, stored};
use guard::heads::{HeadDocument, VerifiedHead};
use host::Host;
use store::{ChainError, EstateStore, Event, Head, Put, SignedHead, Who};

use super::line::hex;
use crate::estate::EstateFile;
use crate::failure;

/// What is to be signed.
#[derive(Clone, Debug)]
pub enum Sealed {
    /// Nothing happened since this head was signed.
    Already(SignedHead),
    /// This document.
    Due(HeadDocument),
}

/// A document and its signature.
pub struct Signed<'a> {
    /// What was signed.
    pub document: &'a HeadDocument,
    /// The armoured signature.
    pub armoured: &'a str,
    /// Who signed, where it is somebody else than who runs the program.
    pub who: Option<Who>,
    /// By what, for people.
    pub by: &'a str,
}

/// The file of sealers of an estate; `None` where its `audit` block names none.
///
/// # Errors
/// Where it cannot be read.
pub fn sealers_of(host: &Host, file: &EstateFile) -> Result<Option<Signers>, Diagnostic> {
    let Some(sealers) = file.estate.audit.as_ref().and_then(|audit: &Audit| audit.sealers.as_ref())
    else {
        return Ok(None);
    };
    let unreadable = |why: String, remedy: &str| {
        Diagnostic::error("audit-sealers", "The file of sealers cannot be read")
            .detail(format!("{}: {why}.", sealers.node))
            .remedy(remedy)
            .at(sealers.span)
    };
    let text = host.files.read_text(&file.dir.join(&*sealers.node)).map_err(|error| {
        unreadable(error.to_string(), "Write the file: a line `NAME KEY` for each who signs heads.")
    })?;
    let read = Signers::parse("sealers", &text);
    read.map(Some).map_err(|error| unreadable(error.to_string(), error.remedy))
}

/// What is to be signed of a store: its chain's head, once that was checked.
///
/// # Errors
/// Where the chain does not hold, is empty, or the port fails.
pub fn to_sign(store: &dyn EstateStore, at_s: u64) -> Result<Sealed, ChainOr> {
    store.verify_events().map_err(ChainOr::Chain)?;
    let head = store.head().map_err(|error| ChainOr::Other(Box::new(failure::port("", &error))))?;
    let Some(head) = head else {
        let nothing = Diagnostic::error("audit-empty", "There is nothing to seal")
            .detail("The store has recorded no event yet.")
            .remedy("Seal after the first plan or apply.");
        return Err(ChainOr::Other(Box::new(nothing)));
    };
    let port = |error| ChainOr::Other(Box::new(failure::port("", &error)));
    let signed = store.signed_heads().map_err(port)?;
    if let Some(last) = signed.into_iter().next_back()
        && last.number + 1 == head.number
        && store.events(head.number, 1).map_err(port)?.iter().all(|one| &*one.event.what == SEAL)
    {
        return Ok(Sealed::Already(last));
    }
    let Head { number, hash } = head;
    Ok(Sealed::Due(HeadDocument {
        estate: store.estate_id(),
        number,
        hash: hex(&hash).into(),
        at_s,
    }))
}

/// What a seal is called among the events.
const SEAL: &str = "seal";

/// Why there is nothing to sign.
#[derive(Debug)]
pub enum ChainOr {
    /// The chain does not hold.
    Chain(ChainError),
    /// Something else.
    Other(Box<Diagnostic>),
}

/// Verifies a signed document, keeps it in the store and records that.
///
/// # Errors
/// Where the signature is none that will count, or the port fails; nothing is kept then.
pub fn seal(
    store: &dyn EstateStore,
    sealers: Option<&Signers>,
    signed: &Signed<'_>,
    event: Event,
) -> Result<(SignedHead, VerifiedHead), Diagnostic> {
    let body = stored(&signed.document.text(), signed.armoured);
    let body: Arc<str> = String::from_utf8_lossy(&body).into();
    let verified = guard::heads::verify(&body, &store.estate_id(), sealers).map_err(|why| {
        Diagnostic::error("audit-seal-refused", "The signature would not count")
            .detail(format!("Signed as asked, but {why}. Nothing was kept."))
            .remedy("Sign with a key that the file of sealers names, or add its line there.")
    })?;
    let (number, signer) = (signed.document.number, verified.key.clone());
    let head = SignedHead { number, signer, body };
    let port = |error: store::PortError| failure::port("", &error);
    if store.put_signed_head(&head).map_err(port)? == Put::Kept {
        let principal = verified.principals.first().map_or("", |name| name);
        let who = signed.who.clone().unwrap_or_else(|| Who::ssh(&verified.key, principal));
        let detail = format!("event {number}, by {} with {}", signed.by, verified.key);
        store.record(&Event { who, ..event }.saying(detail)).map_err(port)?;
    }
    Ok((head, verified))
}
