//! The tree of a folder, as the machine has it.
//!
//! Invariant: each file is read once, so that all of a tree is told from one look at it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use adopt::{Entries, Tree};
use host::Host;

/// Longest text that is read, in bytes.
const TEXT_BYTES_MAX: u64 = 4 << 20;

/// The files of the machine.
pub struct HostTree<'h> {
    host: &'h Host,
    texts: RefCell<HashMap<String, Option<Arc<str>>>>,
    folders: RefCell<HashMap<String, Entries>>,
}

impl<'h> HostTree<'h> {
    /// Those of this host.
    pub fn new(host: &'h Host) -> HostTree<'h> {
        HostTree { host, texts: RefCell::default(), folders: RefCell::default() }
    }
}

impl Tree for HostTree<'_> {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        if let Some(known) = self.texts.borrow().get(path) {
            return known.clone();
        }
        let bytes = self.host.files.read_up_to(Path::new(path), TEXT_BYTES_MAX).ok();
        let text: Option<Arc<str>> =
            bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map(Arc::from);
        self.texts.borrow_mut().insert(path.to_owned(), text.clone());
        text
    }

    fn entries(&self, folder: &str) -> Entries {
        if let Some(known) = self.folders.borrow().get(folder) {
            return known.clone();
        }
        let files = self.host.files;
        let at = Path::new(folder);
        let entries = Entries {
            files: files.list(at).unwrap_or_default(),
            folders: files.list_dirs(at).unwrap_or_default(),
        };
        self.folders.borrow_mut().insert(folder.to_owned(), entries.clone());
        entries
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.host.environment.var(name).map(str::to_owned)
    }

    fn repository(&self, folder: &str) -> Option<String> {
        let mut above = Path::new(folder).ancestors();
        let found = above.find(|folder| self.host.files.exists(&folder.join(".git")))?;
        Some(found.display().to_string())
    }
}
