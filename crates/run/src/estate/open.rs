//! `strata.hcl` and the store that it names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::stack_files;
use diag::{Diagnostic, Diags, SourceMap};
use estate::{Estate, StoreUrl};
use host::Host;
use store::{
    EstateIdentity, EstateStore, MasterKey, RescueDirs, SqliteSettings, SqliteStore, SystemWorld,
};

/// The name of the estate file.
pub(super) const FILE: &str = "strata.hcl";
/// Where the master key is when the file does not say.
const SEAL_DEFAULT: &str = "file:.strata/master.key";
/// How long a silent holder on another host is waited for.
const LEASE_MS: u64 = 30_000;

/// The estate file as it was read.
#[derive(Clone, Debug)]
pub struct EstateFile {
    /// Its folder, absolute.
    pub dir: PathBuf,
    /// What it says.
    pub estate: Estate,
    /// Its text.
    pub text: Arc<str>,
    /// The folders with a `stack.hcl` of their own, as `./a/b`.
    pub folders: Vec<Arc<str>>,
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
    let folders = stack_files.iter().map(|one| one.folder.clone()).collect();
    let estate = estate::read(&file, &stack_files, diags)?;
    Some(EstateFile { dir: dir.to_owned(), estate, text, folders })
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

/// Opens the store.
///
/// # Errors
/// Where it is missing, another estate's, or cannot be opened.
pub fn open_store(host: &Host, file: &EstateFile) -> Result<Arc<dyn EstateStore>, Diagnostic> {
    let Some(id) = &file.estate.id else { return Err(no_id(file)) };
    let settings = settings(host, file, id.node.to_string(), KeyUse::Read)?;
    let opened = SqliteStore::open(settings, Arc::new(SystemWorld::new()));
    match opened {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) => Err(crate::failure::open(&error).at(file.estate.store.span)),
    }
}

/// Makes the store, and the master key where there is none.
///
/// # Errors
/// Where there is one already, or the system refuses.
pub fn create_store(host: &Host, file: &EstateFile) -> Result<Arc<dyn EstateStore>, Diagnostic> {
    let Some(id) = &file.estate.id else { return Err(no_id(file)) };
    let path = store_path(file);
    if let Some(dir) = path.parent() {
        host.files.make_dir(dir).map_err(|error| {
            Diagnostic::error("store-failed", "The store's folder cannot be made")
                .detail(format!("{error}."))
                .remedy("Make the folder above it writable, or name another place in strata.hcl.")
                .at(file.estate.store.span)
        })?;
    }
    let settings = settings(host, file, id.node.to_string(), KeyUse::MakeWhereMissing)?;
    let created = SqliteStore::create(settings, Arc::new(SystemWorld::new()));
    match created {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) => Err(crate::failure::create(&error).at(file.estate.store.span)),
    }
}

fn store_path(file: &EstateFile) -> PathBuf {
    match &file.estate.store.node {
        StoreUrl::Sqlite(path) => file.dir.join(&**path),
        StoreUrl::Postgres(_) => {
            panic!("BUG: a PostgreSQL store was read and cannot be opened yet")
        }
    }
}

fn no_id(file: &EstateFile) -> Diagnostic {
    Diagnostic::error("estate-no-id", "The estate has no id yet")
        .detail("Its id says which store is its own.")
        .remedy("Run `strata init`: it writes the id into strata.hcl and makes the store.")
        .at(file.estate.span)
}

/// What to do where the master key's file is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyUse {
    Read,
    MakeWhereMissing,
}

fn settings(
    host: &Host,
    file: &EstateFile,
    id: String,
    key_use: KeyUse,
) -> Result<SqliteSettings, Diagnostic> {
    let path = store_path(file);
    if key_use == KeyUse::Read && !path.exists() {
        // Said before the key is missed: without a store there is nothing to unseal.
        let missing = store::OpenError::MissingStore { path };
        return Err(crate::failure::open(&missing).at(file.estate.store.span));
    }
    Ok(SqliteSettings {
        path,
        estate: EstateIdentity { id, name: file.estate.name.node.to_string() },
        key: master_key(host, file, key_use)?,
        lease_ms: LEASE_MS,
        rescue: RescueDirs(vec![host.environment.var("TMPDIR").unwrap_or("/tmp").into()]),
        version: lang::TOFU_VERSION.into(),
    })
}

fn master_key(host: &Host, file: &EstateFile, key_use: KeyUse) -> Result<MasterKey, Diagnostic> {
    let seal = file.estate.seal.as_ref().map_or(SEAL_DEFAULT, |seal| &seal.node);
    let span = file.estate.seal.as_ref().map(|seal| seal.span);
    if let Some(name) = seal.strip_prefix("env:") {
        let key = host.environment.var(name).and_then(MasterKey::parse);
        return key.ok_or_else(|| {
            Diagnostic::error("seal-missing", format!("{name} holds no master key"))
                .detail(
                    "The estate's sensitive values are sealed with a key of 64 hexadecimal digits.",
                )
                .remedy(format!("Set {name} to the estate's master key."))
                .maybe_at(span)
        });
    }
    let path = file.dir.join(seal.strip_prefix("file:").unwrap_or(seal));
    if key_use == KeyUse::MakeWhereMissing && !path.exists() {
        return MasterKey::create(&path, &SystemWorld::new())
            .map_err(|e| crate::failure::port("", &e));
    }
    MasterKey::read(&path).map_err(|error| {
        Diagnostic::error("seal-missing", "The estate's master key cannot be read")
            .detail(format!("{error}."))
            .remedy("Put the key file in its place; it is made once, with the store, and never committed.")
            .maybe_at(span)
    })
}
