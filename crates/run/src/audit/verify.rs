//! Verifying a store's chain: against itself, the store's own memory, and heads signed before.
//!
//! Invariant: a head that does not count is told, and never taken for one that does.

use std::fmt;

use guard::approval::Signers;
use guard::heads::{HeadNotValid, VerifiedHead};
use store::{ChainError, EstateStore, Fault, FaultKind, Head, Memory, SignedHead};

use super::line::digest;

/// Where heads come from, and the heads.
pub struct Checks<'a> {
    /// Who may sign; anybody where there is no file.
    pub sealers: Option<&'a Signers>,
    /// Heads that stand elsewhere, each with the name of its place; `None` for what is no head.
    pub copies: &'a [(String, Option<SignedHead>)],
}

/// What was found to hold.
#[derive(Clone, Debug)]
pub struct Verified {
    /// How many events there are.
    pub events: u64,
    /// Heads that count, each with its place, in the order of the chain.
    pub heads: Vec<OwnHead>,
}

/// A head that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnHead {
    /// Where it stands.
    pub place: String,
    /// What it says, and who signed.
    pub head: VerifiedHead,
}

/// Why a chain does not verify.
#[derive(Debug)]
pub enum HeadFault {
    /// The chain does not hold.
    Chain(ChainError),
    /// A signed head does not count.
    Head {
        /// Where it stands.
        place: String,
        /// Its number, as it says.
        number: Option<u64>,
        /// Why.
        why: HeadNotValid,
    },
    /// The chain is not the one that was signed.
    Signed {
        /// Where the head stands.
        place: String,
        /// What and where.
        fault: Fault,
    },
}

impl fmt::Display for HeadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeadFault::Chain(error) => error.fmt(f),
            HeadFault::Head { place, number: Some(number), why } => {
                write!(f, "the signed head of event {number} in {place}: {why}")
            }
            HeadFault::Head { place, number: None, why } => {
                write!(f, "a signed head in {place}: {why}")
            }
            HeadFault::Signed { place, fault } => write!(f, "{fault} ({place})"),
        }
    }
}

impl std::error::Error for HeadFault {}

impl From<store::PortError> for HeadFault {
    fn from(error: store::PortError) -> HeadFault {
        HeadFault::Chain(error.into())
    }
}

/// Verifies a store's chain, its own signed heads and those that stand elsewhere.
///
/// # Errors
/// The first fault.
pub fn verify(store: &dyn EstateStore, checks: &Checks<'_>) -> Result<Verified, HeadFault> {
    let events = store.verify_events().map_err(HeadFault::Chain)?;
    let own = store.signed_heads()?;
    let own = own.into_iter().map(|head| ("the store".to_owned(), Some(head)));
    let mut heads = Vec::new();
    for (place, signed) in own.chain(checks.copies.iter().cloned()) {
        let refused = |number, why| HeadFault::Head { place: place.clone(), number, why };
        let signed = signed.ok_or_else(|| refused(None, HeadNotValid::Form))?;
        let head = guard::heads::verify(&signed.body, &store.estate_id(), checks.sealers)
            .map_err(|why| refused(Some(signed.number), why))?;
        fits(store, &head, events).map_err(|fault| match fault {
            Fits::Not(fault) => HeadFault::Signed { place: place.clone(), fault },
            Fits::Port(error) => error.into(),
        })?;
        heads.push(OwnHead { place, head });
    }
    heads.sort_by_key(|own| own.head.document.number);
    Ok(Verified { events, heads })
}

enum Fits {
    Not(Fault),
    Port(store::PortError),
}

/// Whether the event that a head was signed over is there as it was.
fn fits(store: &dyn EstateStore, head: &VerifiedHead, events: u64) -> Result<(), Fits> {
    let number = head.document.number;
    let by = Memory::Seal;
    if number > events {
        let kind = FaultKind::Cut { upto: number, by };
        return Err(Fits::Not(Fault { number: events + 1, kind }));
    }
    let signed = digest(&head.document.hash).map(|hash| Head { number, hash });
    let record = store.events(number, 1).map_err(Fits::Port)?.into_iter().next();
    let there = record.map(|record| Head { number: record.number, hash: record.hash });
    if signed.is_some() && there == signed {
        return Ok(());
    }
    Err(Fits::Not(Fault { number, kind: FaultKind::Rewritten { by } }))
}
