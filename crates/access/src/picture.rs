//! All that is known of who may do what, read from objects of stacks.

use std::fmt;
use std::sync::Arc;

use crate::answer::Source;
use crate::aws::{self, Account};
use crate::azure::{self, Directory};
use crate::google::{self, Bindings};
use crate::kubernetes::{self, Cluster};
use crate::object::Object;

/// What objects of stacks say about access.
#[derive(Debug, Default)]
pub struct Picture {
    /// AWS.
    pub aws: Account,
    /// Clusters.
    pub clusters: Vec<Cluster>,
    /// Azure.
    pub azure: Directory,
    /// Google Cloud.
    pub google: Bindings,
    /// What was not understood, or is not known.
    pub notes: Vec<Note>,
}

impl Picture {
    /// Reads objects; it never fails, and what is odd is in the notes.
    pub fn read(objects: &[Object]) -> Picture {
        let mut notes = Vec::new();
        let aws = aws::collect::read(objects, &mut notes);
        let clusters = kubernetes::collect::read(objects, &mut notes);
        let azure = azure::read(objects, &mut notes);
        let google = google::read(objects, &mut notes);
        notes.sort();
        notes.dedup();
        Picture { aws, clusters, azure, google, notes }
    }
}

/// Something that was not understood, or is not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// What kind of thing.
    pub kind: NoteKind,
    /// Where it stands.
    pub source: Arc<Source>,
    /// What it is, as a sentence without its stop.
    pub what: Arc<str>,
}

/// A kind of note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteKind {
    /// A document that is no policy, or has what is not known.
    NotUnderstood,
    /// A policy that is not to be had.
    UnknownPolicy,
    /// A role that neither the estate nor the catalogue has.
    UnknownRole,
    /// Something that may grant and is not looked into.
    NotRead,
}

impl Note {
    pub(crate) fn not_understood(source: &Arc<Source>, what: &str) -> Note {
        Note { kind: NoteKind::NotUnderstood, source: Arc::clone(source), what: what.into() }
    }

    pub(crate) fn unknown_policy(source: &Arc<Source>, what: &str) -> Note {
        Note { kind: NoteKind::UnknownPolicy, source: Arc::clone(source), what: what.into() }
    }

    pub(crate) fn not_read(source: &Arc<Source>, what: &str) -> Note {
        Note { kind: NoteKind::NotRead, source: Arc::clone(source), what: what.into() }
    }

    pub(crate) fn unknown_role(source: &Arc<Source>, what: &str) -> Note {
        Note { kind: NoteKind::UnknownRole, source: Arc::clone(source), what: what.into() }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.what)
    }
}
