//! The store that a stack is applied in while its access is derived.
//!
//! Invariant: it is there only while it may hold something that is really there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use addr::StackAddr;
use diag::Diagnostic;
use host::Host;
use run::estate::{DERIVE_STORES, EstateFile};
use store::{StackKey, StorePlace, SystemWorld};

/// Such a store.
pub(super) struct Scratch {
    name: String,
    path: PathBuf,
}

impl Scratch {
    /// That of a stack.
    pub(super) fn of(file: &EstateFile, address: &StackAddr) -> Scratch {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        let text = address.to_string();
        // Names that differ only in what does not fit are told apart by a digest.
        let name: String = text.chars().map(|one| if fits(one) { one } else { '-' }).collect();
        let digest = plan::Digest::of(text.as_bytes()).to_string();
        let name = format!("{name}-{}", &digest[digest.len() - 8..]);
        let path = file.dir.join(DERIVE_STORES).join(format!("{name}.db"));
        Scratch { name, path }
    }

    /// Its name, as sessions have it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether an earlier derivation left it.
    pub(super) fn is_there(&self) -> bool {
        self.path.exists()
    }

    /// Makes it, as a copy of the estate's store: what the stack reads from others is there.
    ///
    /// # Errors
    /// Where it cannot be made, or the stack is applied: then its objects would stand in the way.
    pub(super) fn begin(
        &self,
        host: &Host,
        file: &EstateFile,
        address: &StackAddr,
    ) -> Result<(), Diagnostic> {
        let store = run::estate::open_store(host, file)?;
        let there = store.peek(&StackKey::from(address));
        let there = there.map_err(|error| run::failure::load(&address.to_string(), &error))?;
        if there.state.object_count() > 0 || !there.in_doubt.is_empty() {
            return Err(applied(address));
        }
        let folder = self.path.parent().unwrap_or(Path::new("."));
        host.files.make_dir(folder).map_err(|error| {
            Diagnostic::error("derive-store", "The folder for deriving cannot be made")
                .detail(format!("{error}."))
                .remedy("Make .strata writable.")
        })?;
        let from = run::estate::place(host, file, &file.estate.store.node)?;
        let derived = file.clone().derived(&self.name);
        let StorePlace::Sqlite(to) = run::estate::place_of_file(host, &derived, &self.path)? else {
            panic!("BUG: a file is a SQLite store");
        };
        let world: Arc<dyn store::World> = Arc::new(SystemWorld::new());
        store::backup(from, &to, &world).map(drop).map_err(|error| run::failure::transfer(&error))
    }

    /// Takes it away, where nothing of the stack is left in it.
    ///
    /// # Errors
    /// Where something is.
    pub(super) fn end(
        &self,
        host: &Host,
        file: &EstateFile,
        address: &StackAddr,
    ) -> Result<(), Diagnostic> {
        let derived = file.clone().derived(&self.name);
        let store = run::estate::open_store(host, &derived)?;
        let there = store.peek(&StackKey::from(address));
        let there = there.map_err(|error| run::failure::load(&address.to_string(), &error))?;
        let count = there.state.object_count() + there.in_doubt.len();
        drop(store);
        if count == 0 {
            self.remove();
            return Ok(());
        }
        Err(Diagnostic::error("derive-left", format!("Something of `{address}` is left"))
            .detail(format!(
                "{count} objects could not be destroyed, or nobody knows. They are known in {}.",
                self.path.display()
            ))
            .remedy(
                "Mend what stands in the way, then derive again: what is left is destroyed first.",
            ))
    }

    /// Takes it away, whatever it holds.
    pub(super) fn remove(&self) {
        for end in ["", "-wal", "-shm"] {
            drop(std::fs::remove_file(format!("{}{end}", self.path.display())));
        }
    }
}

fn applied(address: &StackAddr) -> Diagnostic {
    Diagnostic::error("derive-applied", format!("`{address}` is applied"))
        .detail(
            "To derive its access it is made and destroyed: what is there would stand in the way.",
        )
        .remedy("Derive it in another environment, or destroy it first: strata destroy ENV/STACK.")
}
