//! A plain root module: its configuration, its providers, its state file.
//!
//! Invariant: the state is where `tofu` would look for it: `terraform.tfstate` beside the module, or where
//! `backend "local"` or `-state` says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diag::{Diags, SourceMap};
use engine::GivenVariable;
use host::Host;
use lang::config::{BackendRule, Config};
use provider::Sharing;
use store::{FileSettings, FileStore, Loaded, RescueDirs, StackKey, Store, SystemWorld};

use crate::credentials::Identity;
use crate::load;
use crate::providers::Providers;
use crate::stack::{Shared, Stack};
use crate::variables::{self, CommandLine};

/// The state's name where nothing says another.
pub const STATE_DEFAULT: &str = "terraform.tfstate";

/// A root module that was read.
pub struct Root {
    /// Its folder, absolute.
    pub dir: PathBuf,
    /// Its configuration.
    pub loaded: load::Loaded,
    /// Values of its variables.
    pub variables: Vec<GivenVariable>,
    /// Where its providers come from.
    pub providers: Providers,
    /// Its state's store.
    pub store: Arc<dyn Store>,
}

/// Reads a root module; `None` where something is wrong, which is reported.
pub fn open(
    host: &Host,
    dir: &Path,
    command_line: &[CommandLine],
    state: Option<&Path>,
    sources: &mut SourceMap,
    diags: &mut Diags,
) -> Option<Root> {
    let before = diags.error_count();
    if !load::has_configuration(host, dir) {
        diags.push(load::no_configuration(&dir.display().to_string()));
        return None;
    }
    let collected = variables::collect(host, dir, command_line, sources, diags);
    let loaded =
        load::load(host, dir, BackendRule::Honoured, collected.for_sources(), sources, diags)?;
    let variables = collected.given(&loaded.config.root().def, sources, diags);
    let providers = Providers::open(host, dir, Sharing::OwnFolder, sources, diags);
    if diags.error_count() > before {
        return None;
    }
    let state = state.map_or_else(|| state_path(dir, &loaded.config), |path| dir.join(path));
    let store = Arc::new(file_store(host, state));
    Some(Root { dir: dir.to_owned(), loaded, variables, providers, store })
}

/// The store of a state file, the state before kept where `tofu` keeps it.
pub fn file_store(host: &Host, state: PathBuf) -> FileStore {
    let backup = PathBuf::from(format!("{}.backup", state.display()));
    file_store_with(host, state, backup)
}

/// The store of a state file, the state before kept in this file.
pub fn file_store_with(host: &Host, state: PathBuf, backup: PathBuf) -> FileStore {
    let backup = Some(backup);
    let rescue = RescueDirs(vec![host.environment.var("TMPDIR").unwrap_or("/tmp").into()]);
    let version = lang::TOFU_VERSION.into();
    FileStore::open(FileSettings { state, backup, rescue, version }, Arc::new(SystemWorld::new()))
}

/// Where a root module's state is.
pub fn state_path(dir: &Path, config: &Config) -> PathBuf {
    let def = &config.root().def;
    let argument = def.backend.as_ref().and_then(|backend| {
        let mut given = backend.body.attrs.iter().chain(&backend.body.members);
        given.find(|attr| &*attr.name == "path").map(|attr| attr.expr)
    });
    let path = argument.and_then(|expr| variables::constant_of(&def.exprs, expr));
    dir.join(path.as_ref().and_then(value::Value::as_str).unwrap_or(STATE_DEFAULT))
}

impl Root {
    /// The stack that this root module is, with the schemas that a state of it needs.
    ///
    /// # Errors
    /// Diagnostics of providers that cannot be had.
    pub async fn stack(&self, shared: &Shared, loaded: &Loaded) -> Result<Stack, Diags> {
        let config = &self.loaded.config;
        let found = self.providers.for_stack(shared, "", &self.dir, config, &loaded.state).await?;
        Ok(Stack {
            label: String::new(),
            key: StackKey::root(),
            dir: self.dir.clone(),
            loaded: self.loaded.clone(),
            schemas: found.schemas,
            launches: found.launches,
            identity: Identity::default(),
            absent: Vec::new(),
            locks: self.providers.digest_with(shared),
            policies: plan::Digest::default(),
        })
    }
}
