//! The providers of root modules: what is required, what is installed, and how each is started.
//!
//! Invariant: only what the lock file allows is started; nothing is installed but by `init`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use addr::{Mode, ProviderAddr};
use diag::{Diagnostic, Diags, SourceMap};
use host::{FileError, Host};
use lang::config::Config;
use plan::{Digest, Schemas};
use provider::discovery::{self, CliConfig, Installed, Locks, Places, Requirements, Selection};
use provider::{Hashes, Launch, Pool, Purpose, Sharing, Wanted};
use schema::version::{Constraints, Dialect};
use state::State;

use crate::cloud;
use crate::stack::Shared;

/// The lock file of a folder.
const LOCK_FILE: &str = ".terraform.lock.hcl";

/// Where providers come from for a command, and what is locked.
pub struct Providers {
    places: Places,
    cli: CliConfig,
    locks: Locks,
    environment: Arc<[(String, String)]>,
    sharing: Sharing,
    /// The only ones that are started; all where nothing is said.
    admitted: Option<Arc<Admitted>>,
}

/// Says why a provider is not to be started, where it is not.
pub type Admitted = dyn Fn(&ProviderAddr) -> Option<Diagnostic> + Send + Sync;

/// The providers of one stack, ready to be started.
pub struct Found {
    /// The schemas of the types that the stack has.
    pub schemas: Arc<Schemas>,
    /// How each is started.
    pub launches: BTreeMap<ProviderAddr, Launch>,
}

impl Providers {
    /// Reads the CLI configuration and the lock file of a folder: a root module's, or an estate's.
    pub fn open(
        host: &Host,
        dir: &Path,
        sharing: Sharing,
        sources: &mut SourceMap,
        diags: &mut Diags,
    ) -> Providers {
        Providers::locked_by(host, dir, None, sharing, sources, diags)
    }

    /// The same with another lock file, relative to the folder: an environment's own.
    pub fn locked_by(
        host: &Host,
        dir: &Path,
        lock_file: Option<&str>,
        sharing: Sharing,
        sources: &mut SourceMap,
        diags: &mut Diags,
    ) -> Providers {
        let variable = |name: &str| host.environment.var(name).map(str::to_owned);
        let mut places = Places::resolve(dir, &variable);
        places.other_lock_file = lock_file.map(|file| dir.join(file));
        let cli = CliConfig::load(&places, &variable, diags);
        sources.set_prefix("");
        let locks = match host.files.read_text(&places.lock_file()) {
            Ok(text) => {
                let file = sources.add(lock_file.unwrap_or(LOCK_FILE), text.as_str());
                Locks::read(file, &text, diags)
            }
            Err(error) if error.is_missing() => Locks::default(),
            Err(error) => {
                diags.push(
                    Diagnostic::error("lock-unreadable", "The lock file cannot be read")
                        .detail(format!("{error}."))
                        .remedy("Make it readable; it was left as it is."),
                );
                Locks::default()
            }
        };
        let environment =
            host.environment.all().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Providers {
            places,
            cli,
            locks,
            environment: environment.collect(),
            sharing,
            admitted: None,
        }
    }

    /// None from anywhere: for a command whose stacks have a [`Cloud`](crate::cloud::Cloud). Reads nothing.
    pub fn none() -> Providers {
        Providers {
            places: Places::default(),
            cli: CliConfig::default(),
            locks: Locks::default(),
            environment: Arc::default(),
            sharing: Sharing::OwnFolder,
            admitted: None,
        }
    }

    /// The same, whose processes do not see these variables.
    pub fn without(self, names: &[&str]) -> Providers {
        let seen = self.environment.iter().filter(|(name, _)| !names.contains(&name.as_str()));
        Providers { environment: seen.cloned().collect(), ..self }
    }

    /// The same, whose processes see only these variables.
    pub fn seeing(self, is_seen: &dyn Fn(&str) -> bool) -> Providers {
        let seen = self.environment.iter().filter(|(name, _)| is_seen(name));
        Providers { environment: seen.cloned().collect(), ..self }
    }

    /// The same, of which only those are started that nothing is said against.
    pub fn admitting(self, admitted: Arc<Admitted>) -> Providers {
        Providers { admitted: Some(admitted), ..self }
    }

    /// The digest of what is locked; with a cloud that of the cloud.
    pub fn digest_with(&self, shared: &Shared) -> Digest {
        shared.cloud.as_ref().map_or_else(|| self.digest(), |cloud| cloud.digest())
    }

    /// The digest of what is locked.
    pub fn digest(&self) -> Digest {
        Digest::of(self.locks.to_text().as_bytes())
    }

    /// Installs what is required and writes the lock file where it changed.
    pub fn install(
        &mut self,
        host: &Host,
        pool: &Arc<Pool>,
        requirements: &Requirements,
        selection: Selection,
        lock_file: LockFile,
        diags: &mut Diags,
    ) -> Vec<Installed> {
        let before = self.locks.to_text();
        let errors = diags.error_count();
        let hashes: &Hashes = pool.hashes();
        let installed = discovery::install(
            &self.places,
            &self.cli,
            requirements,
            &mut self.locks,
            selection,
            hashes,
            diags,
        );
        let after = self.locks.to_text();
        let made = !self.locks.is_empty() || self.places.lock_file().exists();
        if diags.error_count() > errors || before == after || !made {
            return installed;
        }
        if lock_file == LockFile::ReadOnly {
            diags.push(
                Diagnostic::error("lock-readonly", "The lock file would change")
                    .detail("-lockfile=readonly was given, and what is required is not what is locked.")
                    .remedy("Run init without the option, look at the lock file's changes, and commit them."),
            );
        } else if let Err(error) = write(host, &self.places.lock_file(), &after) {
            diags.push(
                Diagnostic::error("lock-unwritable", "The lock file cannot be written")
                    .detail(format!("{error}."))
                    .remedy("Make the folder writable."),
            );
        }
        installed
    }

    /// The providers of a root module: launches of what is locked and installed, schemas of what it uses. With a cloud
    /// the schemas are the cloud's, and nothing is launched.
    ///
    /// # Errors
    /// A diagnostic for each provider that cannot be had, or whose schema cannot be read.
    pub async fn for_stack(
        &self,
        shared: &Shared,
        stack: &str,
        dir: &Path,
        config: &Config,
        state: &State,
    ) -> Result<Found, Diags> {
        let (mut diags, pool) = (Diags::new(), &shared.pool);
        let needed = Needed::of(config, state);
        if let Some(admitted) = &self.admitted {
            needed.0.keys().filter_map(|addr| admitted(addr)).for_each(|one| diags.push(one));
            if diags.has_errors() {
                return Err(diags);
            }
        }
        let requirements = needed.requirements(config);
        if let Some(cloud) = &shared.cloud {
            return cloud::found(&**cloud, stack, &requirements, needed.0);
        }
        let packages = discovery::packages(
            &self.places,
            &self.cli,
            &requirements,
            &self.locks,
            pool.hashes(),
            &mut diags,
        );
        if diags.has_errors() {
            return Err(diags);
        }
        let mut found = Found { schemas: Arc::default(), launches: BTreeMap::new() };
        let mut schemas = Schemas::new();
        for (addr, wanted) in needed.0 {
            if addr.is_builtin() {
                schemas.insert(addr, provider::builtin::schema().clone());
                continue;
            }
            let Some(package) = packages.get(&addr) else { continue };
            let launch = self.launch(&addr, package.binary.clone(), dir);
            match schema_of(pool, &launch, &wanted).await {
                Ok(schema) => schemas.insert(addr.clone(), Arc::new(schema)),
                Err(diagnostic) => diags.push(diagnostic),
            }
            found.launches.insert(addr, launch);
        }
        found.schemas = Arc::new(schemas);
        if diags.has_errors() { Err(diags) } else { Ok(found) }
    }

    /// All schemas of the providers that a root module requires: for documents.
    ///
    /// # Errors
    /// As [`Providers::for_stack`].
    pub async fn all_schemas(
        &self,
        pool: &Arc<Pool>,
        dir: &Path,
        config: &Config,
    ) -> Result<BTreeMap<ProviderAddr, Arc<schema::ProviderSchema>>, Diags> {
        let mut diags = Diags::new();
        let requirements = requirements(config);
        let packages = discovery::packages(
            &self.places,
            &self.cli,
            &requirements,
            &self.locks,
            pool.hashes(),
            &mut diags,
        );
        let mut all = BTreeMap::new();
        for (addr, package) in packages {
            let launch = self.launch(&addr, package.binary, dir);
            match schema_of(pool, &launch, &Wanted::All).await {
                Ok(schema) => drop(all.insert(addr, Arc::new(schema))),
                Err(diagnostic) => diags.push(diagnostic),
            }
        }
        for addr in requirements.keys().filter(|addr| addr.is_builtin()) {
            all.insert(addr.clone(), provider::builtin::schema().clone());
        }
        if diags.has_errors() { Err(diags) } else { Ok(all) }
    }

    /// The schemas of a provider that is installed, of the wanted types: for a rehearsal that has them from nowhere else.
    /// None where it is not locked, not there, or cannot tell.
    pub async fn installed_schema(
        &self,
        pool: &Arc<Pool>,
        dir: &Path,
        (provider, constraints): (&ProviderAddr, &Constraints),
        wanted: &Wanted,
    ) -> Option<schema::ProviderSchema> {
        let requirements = Requirements::from([(provider.clone(), constraints.clone())]);
        let (places, hashes) = (&self.places, pool.hashes());
        let mut unheard = Diags::new();
        let packages = discovery::packages(
            places,
            &self.cli,
            &requirements,
            &self.locks,
            hashes,
            &mut unheard,
        );
        let launch = self.launch(provider, packages.get(provider)?.binary.clone(), dir);
        schema_of(pool, &launch, wanted).await.ok()
    }

    fn launch(&self, addr: &ProviderAddr, binary: PathBuf, dir: &Path) -> Launch {
        Launch {
            provider: addr.for_display().into(),
            binary,
            working_dir: dir.to_owned(),
            sharing: self.sharing,
            environment: self.environment.clone(),
            identity: "".into(),
            // One identity for plan and apply until an estate gives each its own.
            purpose: Purpose::Apply,
        }
    }
}

fn write(host: &Host, path: &Path, text: &str) -> Result<(), FileError> {
    if let Some(dir) = path.parent() {
        host.files.make_dir(dir)?;
    }
    host.files.replace(path, text.as_bytes(), 0o644)
}

/// Whether `init` may write the lock file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockFile {
    /// It may.
    Updated,
    /// `-lockfile=readonly`.
    ReadOnly,
}

async fn schema_of(
    pool: &Arc<Pool>,
    launch: &Launch,
    wanted: &Wanted,
) -> Result<schema::ProviderSchema, Diagnostic> {
    let failed = |message: String, lines: &[String]| {
        let mut detail = format!("{}: {message}.", launch.provider);
        if !lines.is_empty() {
            detail.push_str(&format!("\nIts last lines:\n{}", lines.join("\n")));
        }
        Diagnostic::error("provider-failed", "A provider could not tell its schema")
            .detail(detail)
            .remedy(
                "Run init again; where that does not help, the provider's own message says more.",
            )
    };
    let schemas =
        pool.schemas(launch).await.map_err(|e| failed(e.message.clone(), &e.last_lines))?;
    schemas.part(wanted).map_err(|e| failed(e.to_string(), &[]))
}

/// The types of each provider that a configuration and a state name.
pub(crate) struct Needed(pub(crate) BTreeMap<ProviderAddr, Wanted>);

impl Needed {
    pub(crate) fn of(config: &Config, state: &State) -> Needed {
        let mut needed = Needed(BTreeMap::new());
        for module in &config.modules {
            for resource in &module.def.resources {
                needed.add(&resource.provider, &resource.addr);
            }
            for required in &module.def.required_providers {
                needed.entry(&required.provider);
            }
        }
        for node in &config.provider_configs {
            needed.entry(&node.addr.provider);
        }
        for (address, resource) in state.resources() {
            needed.add(&resource.provider.provider, &address.resource);
        }
        needed.functions(config);
        needed
    }

    fn entry(&mut self, provider: &ProviderAddr) -> &mut Wanted {
        self.0.entry(provider.clone()).or_insert_with(Wanted::nothing)
    }

    fn add(&mut self, provider: &ProviderAddr, resource: &addr::Resource) {
        let Wanted::Named { resources, data, ephemeral, .. } = self.entry(provider) else { return };
        let names: &mut BTreeSet<Arc<str>> = match resource.mode {
            Mode::Managed => resources,
            Mode::Data => data,
            Mode::Ephemeral => ephemeral,
        };
        names.insert(resource.type_name.clone());
    }

    /// The functions that expressions call.
    fn functions(&mut self, config: &Config) {
        for module in &config.modules {
            for function in module.def.exprs.provider_functions() {
                let Some(provider) = module.def.provider_of(&function.provider) else { continue };
                if let Wanted::Named { functions, .. } = self.entry(&provider) {
                    functions.insert(function.function.clone());
                }
            }
        }
    }

    /// With the constraints of the configuration; what only the state names has none.
    fn requirements(&self, config: &Config) -> Requirements {
        let mut all = requirements(config);
        for provider in self.0.keys() {
            all.entry(provider.clone()).or_default();
        }
        all
    }
}

/// What a configuration requires of providers, all modules together.
pub fn requirements(config: &Config) -> Requirements {
    let mut all = Requirements::new();
    for module in &config.modules {
        for resource in &module.def.resources {
            all.entry(resource.provider.clone()).or_default();
        }
        for required in &module.def.required_providers {
            let constraints = all.entry(required.provider.clone()).or_default();
            add(constraints, required.version.as_ref().map(|version| &*version.text));
        }
        for block in &module.def.providers {
            let constraints = all.entry(block.provider.clone()).or_default();
            add(constraints, block.version.as_ref().map(|version| &*version.text));
        }
    }
    all
}

/// The same, with the providers that only a state still needs: to destroy what the configuration no longer has.
pub fn requirements_with(config: &Config, state: &State) -> Requirements {
    let mut all = requirements(config);
    for (_, resource) in state.resources() {
        all.entry(resource.provider.provider.clone()).or_default();
    }
    all
}

/// Adds constraints as written; what is malformed was reported when the configuration was read.
fn add(constraints: &mut Constraints, text: Option<&str>) {
    if let Some(Ok(more)) = text.map(|text| Constraints::parse(text, Dialect::Provider)) {
        constraints.extend(&more);
    }
}
