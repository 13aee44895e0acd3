//! Reading a state where it is.
//!
//! Invariant: a place that has no state is an error, never an empty state: that would make everything anew.

use std::path::{Path, PathBuf};

use addr::StackAddr;
use diag::{Diagnostic, Spanned};
use estate::{Estate, Instance, StatePlace};
use host::{Files, Host};
use state::{State, v4};
use store::Loaded;

use super::{registry, s3};
use crate::credentials::asking::Asking;
use crate::estate::{EstateFile, stack_dir};

/// Reads states of an estate in place.
pub struct StateReader {
    dir: PathBuf,
    files: Files,
    asking: Asking,
}

impl StateReader {
    /// For the estate in a folder, with the credentials of the environment; these variables are not seen.
    pub fn new(host: &Host, dir: &Path, without: &[&str]) -> StateReader {
        let asking = Asking::new(host, dir).without(without);
        StateReader { dir: dir.to_owned(), files: host.files, asking }
    }

    /// The state of an instance of the estate. Blocks.
    ///
    /// # Errors
    /// Where it is not there, cannot be read, or is no state.
    pub fn read(
        &self,
        file: &EstateFile,
        address: &StackAddr,
        place: &Spanned<StatePlace>,
    ) -> Result<State, Diagnostic> {
        let state = self.read_from(&address.to_string(), place)?;
        let stack = file.estate.stack(&address.stack);
        let keeps = stack.is_some_and(|it| registry::is_named(self.files, &stack_dir(file, it)));
        Ok(if keeps { state } else { registry::translated(state) })
    }

    fn read_from(&self, instance: &str, place: &Spanned<StatePlace>) -> Result<State, Diagnostic> {
        let bytes = match &place.node {
            StatePlace::File(path) => {
                let path = self.dir.join(&**path);
                self.files.read(&path).map_err(|error| error.to_string())
            }
            StatePlace::S3(object) => {
                s3::read(object, &self.asking).map_err(|failure| match failure {
                    s3::Failure::Missing => "there is no such object".to_owned(),
                    s3::Failure::Other(why) => why,
                })
            }
        };
        let unreadable = |why: String| {
            Diagnostic::error("adopted-unreadable", format!("The state of {instance} cannot be read"))
                .detail(format!("{}: {why}. Nothing was written.", place.node))
                .remedy("See that it is there and that the credentials of the environment may read it; or take its line out of `adopted`, where the stack has no state yet.")
                .at(place.span)
                .about(instance.to_owned())
        };
        v4::read(&bytes.map_err(unreadable)?).map_err(|error| unreadable(error.to_string()))
    }
}

/// What is said where the store has no state of an instance and the file says that there is one elsewhere: a plan would
/// make everything anew.
pub fn not_taken(estate: &Estate, instance: &Instance, loaded: &Loaded) -> Option<Diagnostic> {
    let place = estate.adopted.get(&instance.addr)?;
    if !loaded.state.lineage.is_empty() {
        return None;
    }
    let address = instance.addr.to_string();
    let diagnostic = Diagnostic::error("state-not-adopted", format!("The store does not have the state of {address} yet"))
        .detail(format!("It is in {}; without it a plan would make everything anew.", place.node))
        .remedy(format!("Take it in: strata store adopt '{address}'. Or take its line out of `adopted`, where the stack has no state."))
        .at(place.span)
        .about(address);
    Some(diagnostic)
}
