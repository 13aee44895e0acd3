//! The estate's store: where it is, what it takes to open it, opening and making it.
//!
//! Passwords come from the environment or PostgreSQL's password file, never from the estate file.
//! Invariant: no store is made by opening it.

use std::path::Path;
use std::sync::Arc;

use diag::{Diagnostic, Span};
use estate::StoreUrl;
use host::Host;
use store::{
    AddressFault, EstateIdentity, EstateStore, MasterKey, OpenError, Password, PostgresAddress,
    PostgresSettings, RescueDirs, SqliteSettings, StorePlace, SystemWorld,
};

use super::open::EstateFile;

/// Where the master key is when the file does not say.
const SEAL_DEFAULT: &str = "file:.strata/master.key";
/// The folder that the defaults are in.
const FOLDER: &str = ".strata";
/// How long a silent holder on another host is waited for.
const LEASE_MS: u64 = 30_000;
/// How long a database server that went away is waited for: less than a lease's time.
const PATIENCE_MS: u64 = 15_000;
/// Bits of a password file's mode that let others in.
const MODE_OF_OTHERS: u32 = 0o077;

/// Opens the store.
///
/// # Errors
/// Where it is missing, another estate's, or cannot be opened.
pub fn open_store(host: &Host, file: &EstateFile) -> Result<Arc<dyn EstateStore>, Diagnostic> {
    let span = file.estate.store.span;
    let place = place_of(host, file, &file.estate.store.node, KeyUse::Read)?;
    place.open(Arc::new(SystemWorld::new())).map_err(|e| crate::failure::open(&e).at(span))
}

/// Whether the store's address is one, without asking the store.
///
/// # Errors
/// Where it is faulty, or holds a password.
pub fn check_address(file: &EstateFile) -> Result<(), Diagnostic> {
    let store = &file.estate.store;
    match &store.node {
        StoreUrl::Sqlite(_) => Ok(()),
        StoreUrl::Postgres(text) => PostgresAddress::parse(text, &file.dir)
            .map(drop)
            .map_err(|fault| address_fault(&fault, store.span)),
    }
}

/// Makes the store, and the master key where there is none.
///
/// # Errors
/// Where there is one already, or the system refuses.
pub fn create_store(host: &Host, file: &EstateFile) -> Result<Arc<dyn EstateStore>, Diagnostic> {
    let span = file.estate.store.span;
    let place = place_to_make(host, file, &file.estate.store.node)?;
    place.create(Arc::new(SystemWorld::new())).map_err(|e| crate::failure::create(&e).at(span))
}

/// Where the store of this URL is, to be made: its folder is there afterwards, and the master key too.
///
/// # Errors
/// Where the URL is none, or the system refuses.
pub fn place_to_make(
    host: &Host,
    file: &EstateFile,
    url: &StoreUrl,
) -> Result<StorePlace, Diagnostic> {
    if let StoreUrl::Sqlite(path) = url
        && let Some(dir) = file.dir.join(&**path).parent()
    {
        host.files.make_dir(dir).map_err(|error| {
            Diagnostic::error("store-failed", "The store's folder cannot be made")
                .detail(format!("{error}."))
                .remedy("Make the folder above it writable, or name another place in strata.hcl.")
                .at(file.estate.store.span)
        })?;
    }
    place_of(host, file, url, KeyUse::MakeWhereMissing)
}

/// Where the store of this URL is.
///
/// # Errors
/// Where the URL is none, no file is there, or the master key cannot be read.
pub fn place(host: &Host, file: &EstateFile, url: &StoreUrl) -> Result<StorePlace, Diagnostic> {
    place_of(host, file, url, KeyUse::Read)
}

/// Where the SQLite store in this file is, whether or not there is one: a backup's.
///
/// # Errors
/// Where the master key cannot be read.
pub fn place_of_file(
    host: &Host,
    file: &EstateFile,
    path: &Path,
) -> Result<StorePlace, Diagnostic> {
    let (estate, key) = (identity(file)?, master_key(host, file, KeyUse::Read)?);
    Ok(StorePlace::Sqlite(SqliteSettings {
        path: path.to_owned(),
        estate,
        key,
        lease_ms: LEASE_MS,
        rescue: rescue(host, None),
        version: lang::TOFU_VERSION.into(),
        kind: file.kind,
    }))
}

/// What to do where the master key's file is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyUse {
    Read,
    MakeWhereMissing,
}

fn place_of(
    host: &Host,
    file: &EstateFile,
    url: &StoreUrl,
    key_use: KeyUse,
) -> Result<StorePlace, Diagnostic> {
    let (estate, span) = (identity(file)?, file.estate.store.span);
    match url {
        StoreUrl::Sqlite(path) => {
            let path = file.dir.join(&**path);
            if key_use == KeyUse::Read && !path.exists() {
                // Said before the key is missed: without a store there is nothing to unseal.
                let missing = OpenError::MissingStore { path };
                return Err(crate::failure::open(&missing).at(span));
            }
            Ok(StorePlace::Sqlite(SqliteSettings {
                path,
                estate,
                key: master_key(host, file, key_use)?,
                lease_ms: LEASE_MS,
                rescue: rescue(host, None),
                version: lang::TOFU_VERSION.into(),
                kind: file.kind,
            }))
        }
        StoreUrl::Postgres(text) => {
            let address = PostgresAddress::parse(text, &file.dir);
            let address = address.map_err(|fault| address_fault(&fault, span))?;
            let user = address.user.as_deref().or(host.environment.var("PGUSER"));
            let user = user.unwrap_or(&host.identity.user).to_owned();
            Ok(StorePlace::Postgres(Box::new(PostgresSettings {
                password: password(host, &address, &user)?,
                address,
                user,
                estate,
                key: master_key(host, file, key_use)?,
                lease_ms: LEASE_MS,
                patience_ms: PATIENCE_MS,
                rescue: rescue(host, Some(&file.dir.join(FOLDER))),
                version: lang::TOFU_VERSION.into(),
                kind: file.kind,
            })))
        }
    }
}

fn identity(file: &EstateFile) -> Result<EstateIdentity, Diagnostic> {
    match &file.estate.id {
        Some(id) => {
            Ok(EstateIdentity { id: id.node.to_string(), name: file.estate.name.node.to_string() })
        }
        None => Err(Diagnostic::error("estate-no-id", "The estate has no id yet")
            .detail("Its id says which store is its own.")
            .remedy("Run `strata init`: it writes the id into strata.hcl and makes the store.")
            .at(file.estate.span)),
    }
}

/// Where entries go that a journal cannot take.
fn rescue(host: &Host, first: Option<&Path>) -> RescueDirs {
    let temporary = host.environment.var("TMPDIR").unwrap_or("/tmp").into();
    RescueDirs(first.map(Path::to_owned).into_iter().chain([temporary]).collect())
}

fn address_fault(fault: &AddressFault, span: Span) -> Diagnostic {
    let (code, remedy) = match fault {
        AddressFault::Password => (
            "store-password",
            "Take it out, and give it in PGPASSWORD or in a password file (PGPASSFILE): strata.hcl is committed.",
        ),
        AddressFault::Mode(_) | AddressFault::PlainRemote(_) | AddressFault::TlsOnSocket => (
            "estate-store-url",
            "Leave sslmode out: servers are verified (sslrootcert=FILE names their roots) unless they are on this machine.",
        ),
        _ => (
            "estate-store-url",
            "Write postgres://USER@HOST:PORT/DATABASE, or postgres://USER@/DATABASE?host=/FOLDER for a socket.",
        ),
    };
    Diagnostic::error(code, "The store's address cannot be used")
        .detail(format!("The URL of the store is faulty: {fault}."))
        .remedy(remedy)
        .at(span)
}

/// The password of PGPASSWORD, else that of the password file.
fn password(
    host: &Host,
    address: &PostgresAddress,
    user: &str,
) -> Result<Option<Password>, Diagnostic> {
    if let Some(password) = host.environment.var("PGPASSWORD") {
        return Ok(Some(Password::new(password)));
    }
    let named = host.environment.var("PGPASSFILE").map(Into::into);
    let path = match (named, host.environment.var("HOME")) {
        (Some(path), _) => path,
        (None, Some(home)) => Path::new(home).join(".pgpass"),
        (None, None) => return Ok(None),
    };
    let Ok(text) = host.files.read_text(&path) else { return Ok(None) };
    let others = std::fs::metadata(&path)
        .map(|meta| std::os::unix::fs::MetadataExt::mode(&meta) & MODE_OF_OTHERS);
    if !matches!(others, Ok(0)) {
        return Err(Diagnostic::error("password-file-open", "Others can read the password file")
            .detail(format!("{} is not read while others may read it.", path.display()))
            .remedy(format!("chmod 0600 {}", path.display())));
    }
    Ok(store::password_in(&text, address, user).map(Password::new))
}

/// A folder that is ours alone is never committed: neither the key nor the store. Another folder is its owner's, and a
/// failure here must not end what makes the key.
fn keep_out_of_git(host: &Host, dir: &Path) {
    let file = dir.join(".gitignore");
    if dir.ends_with(FOLDER) && !host.files.exists(&file) {
        drop(host.files.replace(&file, b"*\n", 0o644));
    }
}

/// The variables that open the store, and those by which the audit knows who runs the program: no provider's process sees
/// them, or it could write what nobody approved, or in somebody's name.
pub fn store_variables(file: &EstateFile) -> Vec<&str> {
    let seal = file.estate.seal.as_ref().and_then(|seal| seal.node.strip_prefix("env:"));
    let password = match file.estate.store.node {
        StoreUrl::Postgres(_) => Some("PGPASSWORD"),
        StoreUrl::Sqlite(_) => None,
    };
    seal.into_iter().chain(password).chain(crate::who::TOKENS).collect()
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
        if let Some(dir) = path.parent() {
            drop(host.files.make_dir(dir));
            keep_out_of_git(host, dir);
        }
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
