//! Reading a version 4 file.
//!
//! Judges what the file says, not whether it is true. Where OpenTofu's reader is lenient (unknown members, statuses of
//! checks it does not know, module keys in dependencies), so is this one.
//! Invariant: an error names the place of the first fault, and no state comes of a faulty file.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use addr::{
    AbsResource, ConfigResource, DeposedKey, InstanceKey, LEGACY_NAMESPACE, Mode, ModuleInstance,
    ModulePath, ProviderAddr, ProviderConfig, ProviderInstance, Resource as ResourceAddr,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diag::Diagnostic;

use super::text::{self, Step};
use super::{paths, wire};
use crate::checks::{CheckKind, CheckObject, CheckResult, CheckStatus};
use crate::object::{Attributes, Identity, Object, Status};
use crate::output::Output;
use crate::state::{Instance, Resource, State};

/// What kind of fault a state file has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no byte in it.
    Empty,
    /// It is not JSON, or a member has a wrong type.
    NotJson,
    /// It is encrypted.
    Encrypted,
    /// It says no format version.
    NoVersion,
    /// It is of an older format, which OpenTofu 1.x upgrades and Strata does not read.
    Older(u64),
    /// It is of a format that is not known.
    Newer {
        /// The format.
        version: u64,
        /// The version of the program that it says wrote it.
        written_by: Option<String>,
    },
    /// It says something that cannot be.
    Content,
}

/// Why a state file is not read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// What kind of fault.
    pub fault: Fault,
    /// Line of the place, from 1.
    pub line: usize,
    /// Column of the place in bytes, from 1.
    pub column: usize,
    /// The cause, in a sentence without its full stop.
    pub message: String,
}

impl ReadError {
    /// What the user is told; `file` is the file's name as the user knows it.
    pub fn diagnostic(&self, file: &str) -> Diagnostic {
        let (code, remedy) = match &self.fault {
            Fault::Empty => ("state-empty", "Restore the file from its backup, or delete it."),
            Fault::NotJson | Fault::Content => (
                "state-invalid",
                "Restore the file from a backup or from version control; do not edit it by hand.",
            ),
            Fault::Encrypted => (
                "state-encrypted",
                "Decrypt it first: apply once with `tofu` after removing its encryption.",
            ),
            Fault::NoVersion => ("state-no-version", "Check that the file is a state."),
            Fault::Older(_) => {
                ("state-older-format", "Upgrade it with `tofu apply -refresh-only` first.")
            }
            Fault::Newer { .. } => ("state-newer-format", "Use a newer version of Strata."),
        };
        Diagnostic::error(code, "The state cannot be read")
            .detail(format!("{file}:{},{}: {}.", self.line, self.column, self.message))
            .remedy(remedy)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ReadError {}

/// A fault that knows its steps from the top, not yet its line.
struct Misfit {
    steps: Vec<Step>,
    message: String,
}

type Fitted<T> = Result<T, Misfit>;

fn misfit<T>(member: &'static str, message: impl Into<String>) -> Fitted<T> {
    Err(Misfit { steps: vec![Step::Key(member)], message: message.into() })
}

/// Puts the steps that lead to a part in front of its fault.
fn within<T>(fitted: Fitted<T>, steps: impl IntoIterator<Item = Step>) -> Fitted<T> {
    fitted.map_err(|misfit| Misfit {
        steps: steps.into_iter().chain(misfit.steps).collect(),
        message: misfit.message,
    })
}

/// Reads a state file of version 4.
///
/// # Errors
/// Where it is another format, or does not say what a state can say.
pub fn read(file: &[u8]) -> Result<State, ReadError> {
    if file.is_empty() {
        let message = "the file is empty".to_owned();
        return Err(ReadError { fault: Fault::Empty, line: 1, column: 1, message });
    }
    let wire: wire::File<'_> = match serde_json::from_slice(file) {
        Ok(wire) => wire,
        Err(error) => return Err(sniff(file).err().unwrap_or_else(|| not_json(&error))),
    };
    if wire.version.map(|raw| raw.get()) != Some("4") {
        sniff(file)?;
    }
    Reader::default().state(wire).map_err(|misfit| {
        let (line, column) = text::locate(file, &misfit.steps);
        ReadError { fault: Fault::Content, line, column, message: misfit.message }
    })
}

fn not_json(error: &serde_json::Error) -> ReadError {
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or_default().to_owned();
    ReadError {
        fault: Fault::NotJson,
        line: error.line().max(1),
        column: error.column().max(1),
        message,
    }
}

/// Refuses what is no state of version 4.
fn sniff(file: &[u8]) -> Result<(), ReadError> {
    let sniff: wire::Sniff<'_> = serde_json::from_slice(file).map_err(|error| not_json(&error))?;
    let (line, column) = text::locate(file, &[Step::Key("version")]);
    let fail = |fault, message: String| Err(ReadError { fault, line, column, message });
    let Some(version) = sniff.version.map(|raw| raw.get()) else {
        return match sniff.encrypted_data {
            Some(_) => fail(Fault::Encrypted, "the state is encrypted".into()),
            None => fail(Fault::NoVersion, "the file has no \"version\"".into()),
        };
    };
    let written_by =
        sniff.terraform_version.and_then(|version| version.as_str().map(str::to_owned));
    match version.parse::<u64>() {
        Ok(4) => Ok(()),
        Ok(version @ 1..4) => {
            fail(Fault::Older(version), format!("the state is of format version {version}"))
        }
        Ok(version @ 5..) => fail(
            Fault::Newer { version, written_by },
            format!("the state is of format version {version}, which is not known here"),
        ),
        Ok(0) | Err(_) => {
            fail(Fault::NoVersion, format!("{version} is not a version of the state's format"))
        }
    }
}

/// What repeats in a file is parsed once.
#[derive(Default)]
struct Reader {
    modules: HashMap<String, ModuleInstance>,
    providers: HashMap<String, ProviderConfig>,
    types: HashMap<String, Arc<str>>,
    dependencies: HashMap<String, ConfigResource>,
    lists: HashMap<Vec<String>, Arc<[ConfigResource]>>,
}

impl Reader {
    fn state(&mut self, wire: wire::File<'_>) -> Fitted<State> {
        let mut state = State::new();
        state.terraform_version = wire.terraform_version.as_deref().unwrap_or_default().into();
        state.serial = wire.serial.unwrap_or_default();
        state.lineage = wire.lineage.as_deref().unwrap_or_default().into();
        for (name, output) in wire.outputs.unwrap_or_default() {
            let steps = || [Step::Key("outputs"), Step::Name(name.clone())];
            let output = within(read_output(&output), steps())?;
            state.outputs.insert(name.into(), output);
        }
        for (index, resource) in wire.resources.unwrap_or_default().into_iter().enumerate() {
            let steps = [Step::Key("resources"), Step::At(index)];
            let read = self.resource(&mut state, resource);
            within(read, steps)?;
        }
        state.checks = wire.check_results.unwrap_or_default().iter().filter_map(check).collect();
        Ok(state)
    }

    fn resource(&mut self, state: &mut State, wire: wire::Resource<'_>) -> Fitted<()> {
        let address = self.address(&wire)?;
        let instances = wire.instances.unwrap_or_default();
        let own = match wire.provider.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => Some(self.provider(text)?),
            None => None,
        };
        let mut resource = match (&own, state.remove_resource(&address)) {
            (_, Some(earlier)) => earlier,
            (Some(provider), None) => Resource::empty(provider.clone()),
            (None, None) => match instances.first().and_then(|first| first.provider.as_deref()) {
                Some(first) => {
                    let steps = [Step::Key("instances"), Step::At(0)];
                    Resource::empty(within(provider_instance(first), steps)?.config)
                }
                None => return misfit("provider", format!("{address} names no provider")),
            },
        };
        for (index, instance) in instances.into_iter().enumerate() {
            let read = self.instance(&address, own.as_ref(), &mut resource, instance);
            within(read, [Step::Key("instances"), Step::At(index)])?;
        }
        state.put_resource(address, resource);
        Ok(())
    }

    fn address(&mut self, wire: &wire::Resource<'_>) -> Fitted<AbsResource> {
        let mode = match wire.mode.as_deref().unwrap_or_default() {
            "managed" => Mode::Managed,
            "data" => Mode::Data,
            mode => return misfit("mode", format!("{mode:?} is no mode of a resource in a state")),
        };
        let module = wire.module.as_deref().unwrap_or_default();
        let module = match self.modules.get(module) {
            Some(known) => known.clone(),
            None => {
                let parsed: ModuleInstance = match module {
                    "" => ModuleInstance::root(),
                    text => text.parse().or_else(|error| {
                        misfit("module", format!("{text:?} is no module's address: {error}"))
                    })?,
                };
                self.modules.insert(module.to_owned(), parsed.clone());
                parsed
            }
        };
        let type_name = wire.type_name.as_deref().unwrap_or_default();
        let type_name = match self.types.get(type_name) {
            Some(known) => known.clone(),
            None => {
                let new: Arc<str> = type_name.into();
                self.types.insert(type_name.to_owned(), new.clone());
                new
            }
        };
        let resource =
            ResourceAddr { mode, type_name, name: wire.name.as_deref().unwrap_or_default().into() };
        Ok(resource.absolute(module))
    }

    fn provider(&mut self, text: &str) -> Fitted<ProviderConfig> {
        if let Some(known) = self.providers.get(text) {
            return Ok(known.clone());
        }
        let parsed = match text.parse::<ProviderConfig>() {
            Ok(provider) => provider,
            Err(error) => match legacy_provider(text) {
                Some(provider) => provider,
                None => {
                    let message = format!("{text:?} is no provider configuration: {error}");
                    return misfit("provider", message);
                }
            },
        };
        self.providers.insert(text.to_owned(), parsed.clone());
        Ok(parsed)
    }

    fn instance(
        &mut self,
        address: &AbsResource,
        own: Option<&ProviderConfig>,
        resource: &mut Resource,
        wire: wire::Instance<'_>,
    ) -> Fitted<()> {
        let key = instance_key(address, &wire)?;
        let provider_key = match wire.provider.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => {
                let ProviderInstance { config, key } = provider_instance(text)?;
                if config != resource.provider {
                    let message = format!(
                        "instances of {address} name different provider configurations: {} and {config}",
                        resource.provider
                    );
                    return misfit("provider", message);
                }
                key
            }
            None if own.is_none() => {
                let message = format!("{} names no provider", address.instance(key));
                return misfit("provider", message);
            }
            None => InstanceKey::None,
        };
        let deposed = match wire.deposed.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => Some(text.parse::<DeposedKey>().or_else(|_| {
                misfit("deposed", format!("{text:?} is no deposed key (8 characters)"))
            })?),
            None => None,
        };
        let object = Arc::new(self.object(&wire)?);
        let instance = Instance { key: key.clone(), deposed, provider_key, object };
        if let Some(twin) = resource.put(instance) {
            let at = address.instance(key);
            let message = match twin.deposed {
                Some(deposed) => format!("{at} has two deposed objects {deposed}"),
                None => format!("{at} stands twice in the state"),
            };
            return misfit("index_key", message);
        }
        Ok(())
    }

    fn object(&mut self, wire: &wire::Instance<'_>) -> Fitted<Object> {
        let status = match wire.status.as_deref().unwrap_or_default() {
            "" => Status::Ready,
            "tainted" => Status::Tainted,
            status => return misfit("status", format!("{status:?} is no status of an object")),
        };
        let attributes = match (wire.attributes, &wire.attributes_flat) {
            (Some(raw), _) => Attributes::Json(text::compact(raw.get().as_bytes())),
            (None, Some(flat)) => {
                let flat =
                    flat.iter().map(|(key, text)| (key.as_str().into(), text.as_str().into()));
                Attributes::Flat(Arc::new(flat.collect()))
            }
            (None, None) => Attributes::json(&b"{}"[..]),
        };
        let sensitive = match wire.sensitive_attributes.map(|raw| raw.get()) {
            None | Some("[]") => Arc::from([]),
            Some(raw) => match paths::read(raw.as_bytes()) {
                Ok(paths) => paths.into(),
                Err(message) => return misfit("sensitive_attributes", message),
            },
        };
        let private: Arc<[u8]> = match wire.private.as_deref().unwrap_or_default() {
            "" => Arc::new([]),
            text => match STANDARD.decode(text) {
                Ok(bytes) => bytes.into(),
                Err(_) => return misfit("private", "the private data is not in base64"),
            },
        };
        let identity = wire.identity.map(|raw| Identity {
            json: text::compact(raw.get().as_bytes()),
            schema_version: wire.identity_schema_version,
        });
        Ok(Object {
            status,
            schema_version: wire.schema_version.unwrap_or_default(),
            attributes,
            sensitive,
            private,
            identity,
            dependencies: self.dependencies(wire)?,
            create_before_destroy: wire.create_before_destroy.unwrap_or_default(),
            skip_destroy: wire.skip_destroy.unwrap_or_default(),
        })
    }

    /// Equal lists are one list.
    fn dependencies(&mut self, wire: &wire::Instance<'_>) -> Fitted<Arc<[ConfigResource]>> {
        let texts: Vec<String> =
            wire.dependencies.iter().flatten().map(|text| text.clone().into_owned()).collect();
        if let Some(known) = self.lists.get(&texts) {
            return Ok(known.clone());
        }
        let mut list = Vec::with_capacity(texts.len());
        for text in &texts {
            let dependency = match self.dependencies.get(text) {
                Some(known) => known.clone(),
                None => {
                    let parsed = text.parse::<AbsResource>().or_else(|error| {
                        misfit("dependencies", format!("{text:?} is no resource: {error}"))
                    })?;
                    self.dependencies.insert(text.clone(), parsed.config());
                    parsed.config()
                }
            };
            list.push(dependency);
        }
        let list: Arc<[ConfigResource]> = list.into();
        self.lists.insert(texts, list.clone());
        Ok(list)
    }
}

fn read_output(wire: &wire::Output<'_>) -> Fitted<Output> {
    let (Some(value), Some(ty)) = (wire.value, wire.ty) else {
        return Err(Misfit { steps: vec![], message: "the output lacks a value or a type".into() });
    };
    let output = Output {
        value: text::compact(value.get().as_bytes()),
        ty: text::compact(ty.get().as_bytes()),
        sensitive: wire.sensitive.unwrap_or_default(),
        deprecated: wire.deprecated.as_deref().filter(|text| !text.is_empty()).map(Arc::from),
    };
    if let Err(error) = output.ty() {
        return misfit("type", format!("the output's type cannot be read: {error}"));
    }
    match output.decode() {
        Ok(_) => Ok(output),
        Err(error) => misfit("value", format!("the output's value cannot be read: {error}")),
    }
}

fn instance_key(address: &AbsResource, wire: &wire::Instance<'_>) -> Fitted<InstanceKey> {
    let Some(raw) = wire.index_key.map(|raw| raw.get()) else { return Ok(InstanceKey::None) };
    let key = if raw.starts_with('"') {
        serde_json::from_str::<String>(raw).ok().map(|key| InstanceKey::Str(key.into()))
    } else {
        whole_number(raw).map(InstanceKey::Int)
    };
    match key {
        Some(key) => Ok(key),
        None => misfit("index_key", format!("{raw} is no key of an instance of {address}")),
    }
}

/// A JSON number without its fraction, as OpenTofu's reader takes it.
fn whole_number(raw: &str) -> Option<i64> {
    raw.parse().ok().or_else(|| {
        let number: f64 = raw.parse().ok()?;
        (number.abs() < 9e15).then_some(number as i64)
    })
}

fn provider_instance(text: &str) -> Fitted<ProviderInstance> {
    text.parse().or_else(|error| {
        misfit("provider", format!("{text:?} is no provider configuration: {error}"))
    })
}

/// What Terraform 0.12 wrote: `module.x.provider.aws.alias`. Its provider's source is not known.
fn legacy_provider(text: &str) -> Option<ProviderConfig> {
    let (module, rest) = match text.strip_prefix("provider.") {
        Some(rest) => (ModulePath::root(), rest),
        None => {
            let (module, rest) = text.split_once(".provider.")?;
            (module.parse().ok()?, rest)
        }
    };
    let mut names = rest.split('.');
    let name = names.next().filter(|name| addr::is_identifier(name))?;
    let alias = names.next();
    if names.next().is_some() || alias.is_some_and(|alias| !addr::is_identifier(alias)) {
        return None;
    }
    let provider =
        ProviderAddr { namespace: LEGACY_NAMESPACE.into(), ..ProviderAddr::implied(name).ok()? };
    Some(ProviderConfig { module, provider, alias: alias.map(Arc::from) })
}

/// A check, unless it is of a kind of a later version.
fn check(wire: &wire::Check<'_>) -> Option<CheckResult> {
    let object = |object: &wire::CheckObject<'_>| CheckObject {
        address: object.object_addr.as_deref().unwrap_or_default().into(),
        status: CheckStatus::from_word(object.status.as_deref().unwrap_or_default()),
        failures: object
            .failure_messages
            .iter()
            .flatten()
            .map(|text| text.as_str().into())
            .collect(),
    };
    Some(CheckResult {
        kind: CheckKind::from_word(wire.object_kind.as_deref().unwrap_or_default())?,
        address: wire.config_addr.as_deref().unwrap_or_default().into(),
        status: CheckStatus::from_word(wire.status.as_deref().unwrap_or_default()),
        objects: wire.objects.iter().flatten().map(object).collect(),
    })
}
