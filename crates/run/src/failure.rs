//! Failures of the store as diagnostics: what could not be done, why, and what to do.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use diag::Diagnostic;
use store::{
    CreateError, JournalFailure, LoadError, OpenError, PortError, Rescued, StoreKind,
    TransferError, WriteError,
};

/// A state that could not be read.
pub fn load(stack: &str, error: &LoadError) -> Diagnostic {
    let diagnostic = match error {
        LoadError::State { path, error } => Diagnostic::error(
            "state-unreadable",
            "The state cannot be read",
        )
        .detail(format!("{}: {error}.", path.display()))
        .remedy("Put a good copy in its place (terraform.tfstate.backup, or strata state push)."),
        LoadError::Conflict(conflict) => {
            let ops: Vec<String> = conflict
                .ops
                .iter()
                .map(|(_, address, what)| format!("{address} ({what})"))
                .collect();
            Diagnostic::error("journal-conflict", "Somebody else wrote the state after a run was interrupted")
                .detail(format!(
                    "Run {} left a journal in {} with what the state does not have: {}. Nothing was folded.",
                    conflict.run,
                    conflict.journal.display(),
                    ops.join(", ")
                ))
                .remedy("Compare with what exists, resolve by hand, then remove the journal file.")
        }
        LoadError::Write(error) => return write(stack, error),
        LoadError::Port(error) => return port(stack, error),
        other => Diagnostic::error("store-damaged", "What is stored cannot be understood")
            .detail(format!("{other}."))
            .remedy("Restore the store from a backup; nothing was written."),
    };
    diagnostic.about(stack)
}

/// A state that could not be written.
pub fn write(stack: &str, error: &WriteError) -> Diagnostic {
    let diagnostic = match error {
        WriteError::Fenced { ours, highest, .. } => Diagnostic::error(
            "fenced",
            "The store refused the write: the lease is somebody else's by now",
        )
        .detail(format!("Our fencing number is {ours}, the highest given out is {highest}."))
        .remedy("Plan again; what was carried out is in the journal."),
        WriteError::Stale { expected, found } => {
            Diagnostic::error("state-stale", "The state has moved")
                .detail(format!("Serial {expected} was expected, {found} is there."))
                .remedy("Look at the state as it is now, and try again.")
        }
        WriteError::Lineage { there, given } => {
            Diagnostic::error("state-lineage", "The state has another lineage")
                .detail(format!("{there} is there, {given} was given."))
                .remedy("Push the state of the same lineage, or use -force where you know better.")
        }
        WriteError::Taken { stack } => {
            Diagnostic::error("stack-taken", format!("Something is stored of {stack} already"))
                .detail("What is stored of another stack cannot take its place.")
                .remedy("Give the stack another name, or remove what is stored of it first.")
        }
        WriteError::JournalOpen => {
            Diagnostic::error("journal-open", "A run is under way, or was interrupted")
                .detail("Its journal has not been folded into the state.")
                .remedy("Run a plan first: it folds the journal.")
        }
        WriteError::Journal(failure) => return journal(stack, failure),
        WriteError::Load(error) => return load(stack, error),
        WriteError::Port(error) => return port(stack, error),
    };
    diagnostic.about(stack)
}

/// A journal that could not be written. What no file took stands in it, in base64 in a line of its own: diagnostics go
/// to standard error, the last place there is (ENGINE §11). Decoded it is what a rescue file holds.
pub fn journal(stack: &str, failure: &JournalFailure) -> Diagnostic {
    let (diagnostic, remedy) = match failure {
        JournalFailure::Fenced { .. } => (
            Diagnostic::error("lease-lost", "The lease was lost"),
            "Find out who holds it now (strata lock show), then plan again.",
        ),
        JournalFailure::Poisoned { .. } | JournalFailure::Rule(_) => (
            Diagnostic::error("journal-failed", "The journal could not be written"),
            "Mend the disk or the database. The next command folds what was saved into the state.",
        ),
    };
    let mut detail = format!("{failure}. No new call was begun; what was under way was awaited.");
    let mut remedy = remedy.to_owned();
    if let Some(bytes) = unsaved(failure) {
        detail.push_str(" In base64 they are:\n");
        STANDARD.encode_string(bytes, &mut detail);
        remedy.insert_str(0, "Keep the line above: only it tells what was done. ");
    }
    diagnostic.detail(detail).remedy(remedy).about(stack)
}

/// The bytes that could be recorded nowhere.
fn unsaved(failure: &JournalFailure) -> Option<&[u8]> {
    match failure {
        JournalFailure::Fenced { rescued: Rescued::Nowhere(bytes), .. }
        | JournalFailure::Poisoned { rescued: Rescued::Nowhere(bytes), .. } => Some(bytes),
        _ => None,
    }
}

/// A store that could not be opened.
pub fn open(error: &OpenError) -> Diagnostic {
    match error {
        OpenError::MissingStore { path } => Diagnostic::error("store-missing", "The estate's store does not exist")
            .detail(format!("{} is not there. A plan without it would create everything anew.", path.display()))
            .remedy("Bring it and its master key from where the estate is worked on, or name the store that all share (strata store copy makes one); only where there was never a store: strata store create."),
        OpenError::ForeignStore { path, found, wanted } => {
            Diagnostic::error("store-foreign", "The store belongs to another estate")
                .detail(format!(
                    "{} is the store of estate `{}` (id {}); strata.hcl says id {wanted}.",
                    path.display(),
                    found.1,
                    found.0
                ))
                .remedy("Name this estate's own store in strata.hcl, or give the estate the store's id where it is its own.")
        }
        OpenError::Unfit { path, why, remedy } => {
            Diagnostic::error("store-unfit", "The server is not one to keep a store on")
                .detail(format!("{}: {why}.", path.display()))
                .remedy(*remedy)
        }
        OpenError::OtherKind { path, found: StoreKind::Rehearsal } => {
            Diagnostic::error("rehearsed-store", "The store is a rehearsal's")
                .detail(format!("{} is about objects of a simulated cloud; real providers do not work on it.", path.display()))
                .remedy("Add --rehearse to go on rehearsing; or name the estate's own store in strata.hcl.")
        }
        OpenError::OtherKind { path, found: StoreKind::Real } => {
            Diagnostic::error("real-store", "The store is a real one")
                .detail(format!("{} is about objects that there are; a rehearsal keeps to a store of its own.", path.display()))
                .remedy("Move the file away: it stands where the rehearsal's store would be made.")
        }
        OpenError::Port(error) => port("", error),
        other => Diagnostic::error("store-unusable", "The estate's store cannot be used")
            .detail(format!("{other}."))
            .remedy("Check `store` and `seal` in strata.hcl, and that the file is this estate's store."),
    }
}

/// A store that could not be made.
pub fn create(error: &CreateError) -> Diagnostic {
    match error {
        CreateError::Exists(path) => Diagnostic::error("store-exists", "There is a store already")
            .detail(format!("{} exists; it was left as it is.", path.display()))
            .remedy("Use it, or move it away first."),
        CreateError::Port(error) => port("", error),
    }
}

/// An estate that was not carried from one store to another.
pub fn transfer(error: &TransferError) -> Diagnostic {
    let detail = format!("{error}.");
    match error {
        TransferError::Open(error) => open(error),
        TransferError::Create(error) => create(error),
        TransferError::Load(stack, error) => load(stack.as_str(), error),
        TransferError::Port(error) => port("", error),
        TransferError::NotEmpty(_) => Diagnostic::error(
            "store-not-empty",
            "The store that is to take the estate has something",
        )
        .detail(detail)
        .remedy("Name an empty store, or one that is not there: nothing is written over."),
        TransferError::Exists(_) => Diagnostic::error("store-exists", "There is a file already")
            .detail(detail)
            .remedy("Name a file that is not there: nothing is written over."),
        TransferError::Held { .. } => {
            Diagnostic::error("store-in-use", "Somebody works on a stack of the estate")
                .detail(detail)
                .remedy("Wait until nobody does (strata lock show), then copy again.")
        }
        TransferError::JournalOpen(_) => {
            Diagnostic::error("journal-open", "A run is under way, or was interrupted")
                .detail(detail)
                .remedy("Wait until nobody works on it (strata lock show); where the run was interrupted, plan: that folds its journal.")
        }
        TransferError::Differs { .. } | TransferError::Chain(_) => {
            Diagnostic::error("store-differs", "The copy is not what was copied")
                .detail(detail)
                .remedy(
                    "Do not use the copy; remove it, look for what is wrong there, and copy again.",
                )
        }
    }
}

/// A port that failed.
pub fn port(stack: &str, error: &PortError) -> Diagnostic {
    Diagnostic::error("store-failed", "The store failed")
        .detail(format!("{error}."))
        .remedy("Mend what the system reports, and try again.")
        .about(stack)
}
