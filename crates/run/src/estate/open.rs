//! `strata.hcl` as a folder has it: whether it is there, what it says, and the id that is written into it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::pull_request::Base;
use super::stack_files;
use crate::bounds::Bounds;
use diag::{Diagnostic, Diags, SourceMap};
use estate::{Estate, StackIdx};
use host::Host;
use store::StoreKind;

/// The name of the estate file.
pub(super) const FILE: &str = "strata.hcl";

/// The estate file as it was read.
#[derive(Clone, Debug)]
pub struct EstateFile {
    /// Its folder, absolute.
    pub dir: PathBuf,
    /// What it says.
    pub estate: Estate,
    /// Its text.
    pub text: Arc<str>,
    /// What its store is about.
    pub kind: StoreKind,
    /// Files that a rehearsal reads beside those of a stack's folder: an edit that is tried, and written nowhere.
    pub edits: BTreeMap<StackIdx, (Arc<str>, Arc<str>)>,
    /// The commit whose rules count; those of the file itself where there is none.
    pub base: Option<Arc<Base>>,
    /// Where the root modules' folders have to be; anywhere where nothing is said.
    pub bounds: Option<Arc<Bounds>>,
}

/// Where a rehearsal keeps its store.
pub const REHEARSAL_STORE: &str = ".strata/rehearsal.db";

impl EstateFile {
    /// The same estate in a rehearsal: with a store and a key of its own, and an id where it has none yet. The file
    /// stays as it is.
    pub fn rehearsed(mut self) -> EstateFile {
        let span = self.estate.name.span;
        let spanned = |node: &str| diag::Spanned { node: node.into(), span };
        self.estate.id = Some(spanned("rehearsal"));
        self.estate.seal = Some(spanned("file:.strata/rehearsal.key"));
        self.estate.store.node = estate::StoreUrl::Sqlite(REHEARSAL_STORE.into());
        self.kind = StoreKind::Rehearsal;
        self
    }
}

/// Where the stores are in which access is derived, each of one stack.
pub const DERIVE_STORES: &str = ".strata/derive";

impl EstateFile {
    /// The same estate while a stack's access is derived: with a store of its own, whose approvals count nowhere else. Its
    /// objects are real ones.
    pub fn derived(mut self, name: &str) -> EstateFile {
        let path = format!("{DERIVE_STORES}/{name}.db");
        self.estate.store.node = estate::StoreUrl::Sqlite(path.as_str().into());
        self.kind = StoreKind::Rehearsal;
        self
    }
}

/// Whether a folder is an estate.
pub fn has_estate(host: &Host, dir: &Path) -> bool {
    host.files.exists(&dir.join(FILE))
}

/// Reads the estate file of a folder; `None` where it has errors, which are reported.
pub fn read(
    host: &Host,
    dir: &Path,
    sources: &mut SourceMap,
    diags: &mut Diags,
) -> Option<EstateFile> {
    let text: Arc<str> = match host.files.read_text(&dir.join(FILE)) {
        Ok(text) => text.into(),
        Err(error) => {
            diags.push(
                Diagnostic::error("estate-unreadable", "The estate file cannot be read")
                    .detail(format!("{error}."))
                    .remedy("Make it readable, in UTF-8."),
            );
            return None;
        }
    };
    let before = diags.error_count();
    sources.set_prefix("");
    let file = syntax::parse_native(sources.add(FILE, text.clone()), &text, diags);
    let stack_files = stack_files::read(host, dir, sources, diags);
    if diags.error_count() > before {
        return None;
    }
    let estate = estate::read(&file, &stack_files, diags)?;
    Some(EstateFile {
        dir: dir.to_owned(),
        estate,
        text,
        kind: StoreKind::Real,
        edits: BTreeMap::new(),
        base: None,
        bounds: None,
    })
}

/// Writes an id into the estate file, where it has none yet; tells the id.
///
/// # Errors
/// Where the file cannot be written.
pub fn identify(host: &Host, file: &mut EstateFile) -> Result<String, Diagnostic> {
    if let Some(id) = &file.estate.id {
        return Ok(id.node.to_string());
    }
    let id: String = host.entropy::<4>().iter().map(|byte| format!("{byte:02x}")).collect();
    let text = estate::with_id(&file.text, &file.estate, &id);
    host.files.replace(&file.dir.join(FILE), text.as_bytes(), 0o644).map_err(|error| {
        Diagnostic::error("estate-unwritable", "The estate's id cannot be written into strata.hcl")
            .detail(format!("{error}."))
            .remedy("Make the file and its folder writable.")
    })?;
    let span = file.estate.name.span;
    file.estate.id = Some(diag::Spanned { node: id.as_str().into(), span });
    file.text = text.into();
    Ok(id)
}
