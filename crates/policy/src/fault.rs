//! What is wrong with a bundle, or with evaluating it.
//!
//! Data: the driver makes diagnostics of it. Invariant: it names a place wherever there is one.

use crate::ir::Place;

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Option<Place>,
    /// Of what kind.
    pub kind: FaultKind,
    /// In one sentence without its full stop.
    pub text: String,
}

/// Kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The text is no Rego.
    Syntax,
    /// It names what is not there.
    Unknown,
    /// It is Rego, and not taken here.
    NotTaken,
    /// It is beyond a limit.
    Limit,
    /// Evaluating it failed.
    Failed,
}

impl Fault {
    pub(crate) fn at(place: &Place, kind: FaultKind, text: impl Into<String>) -> Fault {
        Fault { place: Some(place.clone()), kind, text: text.into() }
    }

    pub(crate) fn new(kind: FaultKind, text: impl Into<String>) -> Fault {
        Fault { place: None, kind, text: text.into() }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

impl std::error::Error for Fault {}
