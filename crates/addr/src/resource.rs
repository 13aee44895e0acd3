//! Resources and their instances, in a module, in the configuration, and in the expanded tree. Not their configuration.
//! Invariant: orders are OpenTofu's: module, then ephemeral before data before managed, then type, name and key
//! (`addrs/resource.go`); only `ConfigResource` sorts by its text, as `dependencies` stand in a state.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::error::{AddrError, Reason};
use crate::key::InstanceKey;
use crate::module::{ModuleInstance, ModulePath};
use crate::scan::Steps;

/// The life that a resource leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// `ephemeral`: opened when needed and closed, never kept.
    Ephemeral,
    /// `data`: read.
    Data,
    /// `resource`: made, changed and destroyed.
    Managed,
}

impl Mode {
    /// What stands before the type in an address: `data.`, `ephemeral.`, or nothing.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Mode::Ephemeral => "ephemeral.",
            Mode::Data => "data.",
            Mode::Managed => "",
        }
    }

    /// The kind of block that declares it: `resource`, `data`, `ephemeral`.
    #[must_use]
    pub fn block_kind(self) -> &'static str {
        match self {
            Mode::Ephemeral => "ephemeral",
            Mode::Data => "data",
            Mode::Managed => "resource",
        }
    }
}

/// A resource block within its module: `aws_vpc.main`, `data.aws_ami.x`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource {
    /// Managed, data or ephemeral.
    pub mode: Mode,
    /// The first label: `aws_vpc`.
    pub type_name: Arc<str>,
    /// The second label: `main`.
    pub name: Arc<str>,
}

impl Resource {
    /// The resource with these parts.
    #[must_use]
    pub fn new(mode: Mode, type_name: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> Self {
        Resource { mode, type_name: type_name.into(), name: name.into() }
    }

    /// The local name of the provider that the type's name implies: what stands before its first `_`.
    #[must_use]
    pub fn implied_provider(&self) -> &str {
        self.type_name.split_once('_').map_or(&*self.type_name, |(provider, _)| provider)
    }

    /// This resource in the configuration of `module`.
    #[must_use]
    pub fn in_module(self, module: ModulePath) -> ConfigResource {
        ConfigResource { module, resource: self }
    }

    /// This resource in `module`.
    #[must_use]
    pub fn absolute(self, module: ModuleInstance) -> AbsResource {
        AbsResource { module, resource: self }
    }

    fn take(steps: &mut Steps) -> Result<Self, AddrError> {
        let mode = if steps.take_word("data") {
            Mode::Data
        } else if steps.take_word("ephemeral") {
            Mode::Ephemeral
        } else {
            Mode::Managed
        };
        let type_name = steps.take_name(Reason::ResourceNameExpected)?;
        let name = steps.take_name(Reason::ResourceNameExpected)?;
        Ok(Resource { mode, type_name, name })
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}.{}", self.mode.prefix(), self.type_name, self.name)
    }
}

impl FromStr for Resource {
    type Err = AddrError;

    fn from_str(text: &str) -> Result<Self, AddrError> {
        let mut steps = Steps::read(text)?;
        let resource = Resource::take(&mut steps)?;
        steps.finish()?;
        Ok(resource)
    }
}

/// Writes `prefix.` unless the module, which prints as nothing, is the root.
fn write_module(f: &mut fmt::Formatter<'_>, module: &dyn fmt::Display, root: bool) -> fmt::Result {
    if root { Ok(()) } else { write!(f, "{module}.") }
}

/// A resource block of the configuration, whatever the instances of its module and its own: `module.a.aws_vpc.main`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ConfigResource {
    /// The module that declares it.
    pub module: ModulePath,
    /// The resource in it.
    pub resource: Resource,
}

impl ConfigResource {
    /// This resource in the instance `module` of its module.
    #[must_use]
    pub fn absolute(&self, module: ModuleInstance) -> AbsResource {
        AbsResource { module, resource: self.resource.clone() }
    }

    /// The bytes of its text, without making the text.
    fn bytes(&self) -> impl Iterator<Item = u8> + '_ {
        let module = self.module.names().iter().flat_map(|name| ["module.", name, "."]);
        let resource = &self.resource;
        let own = [resource.mode.prefix(), &resource.type_name, ".", &resource.name];
        module.chain(own).flat_map(str::bytes)
    }
}

impl Ord for ConfigResource {
    /// By text: the order in which OpenTofu writes `dependencies` (`states/instance_object.go`).
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes().cmp(other.bytes())
    }
}

impl PartialOrd for ConfigResource {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ConfigResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_module(f, &self.module, self.module.is_root())?;
        self.resource.fmt(f)
    }
}

impl FromStr for ConfigResource {
    type Err = AddrError;

    fn from_str(text: &str) -> Result<Self, AddrError> {
        let mut steps = Steps::read(text)?;
        let module = ModulePath::take(&mut steps)?;
        if steps.is_done() {
            return Err(AddrError::new(0, Reason::ModuleGiven));
        }
        let resource = Resource::take(&mut steps)?;
        let rest = steps.error_here(Reason::KeyNotAllowed);
        if steps.take_key().is_some() {
            return Err(rest);
        }
        steps.finish()?;
        Ok(ConfigResource { module, resource })
    }
}

/// A resource in one instance of its module, with all its instances: `module.a[0].aws_vpc.main`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AbsResource {
    /// The module instance.
    pub module: ModuleInstance,
    /// The resource in it.
    pub resource: Resource,
}

impl AbsResource {
    /// The block that declares it.
    #[must_use]
    pub fn config(&self) -> ConfigResource {
        ConfigResource { module: self.module.path(), resource: self.resource.clone() }
    }

    /// Its instance with `key`.
    #[must_use]
    pub fn instance(&self, key: InstanceKey) -> ResourceInstance {
        ResourceInstance { module: self.module.clone(), resource: self.resource.clone(), key }
    }
}

impl fmt::Display for AbsResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_module(f, &self.module, self.module.is_root())?;
        self.resource.fmt(f)
    }
}

impl FromStr for AbsResource {
    type Err = AddrError;

    fn from_str(text: &str) -> Result<Self, AddrError> {
        let instance: ResourceInstance = text.parse()?;
        if !instance.key.is_none() {
            return Err(AddrError::new(text.len(), Reason::InstanceGiven));
        }
        Ok(instance.into_resource())
    }
}

/// One instance of a resource: `module.a[0].aws_vpc.main["x"]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceInstance {
    /// The module instance.
    pub module: ModuleInstance,
    /// The resource in it.
    pub resource: Resource,
    /// Which instance.
    pub key: InstanceKey,
}

impl ResourceInstance {
    /// The resource that it is an instance of.
    #[must_use]
    pub fn abs_resource(&self) -> AbsResource {
        AbsResource { module: self.module.clone(), resource: self.resource.clone() }
    }

    /// The block that declares it.
    #[must_use]
    pub fn config(&self) -> ConfigResource {
        ConfigResource { module: self.module.path(), resource: self.resource.clone() }
    }

    /// The resource that it is an instance of, without a copy.
    #[must_use]
    pub fn into_resource(self) -> AbsResource {
        AbsResource { module: self.module, resource: self.resource }
    }

    /// Reads what follows a module: the resource and perhaps a key.
    pub(crate) fn take(module: ModuleInstance, steps: &mut Steps) -> Result<Self, AddrError> {
        let resource = Resource::take(steps)?;
        let key = steps.take_key().unwrap_or_default();
        steps.finish()?;
        Ok(ResourceInstance { module, resource, key })
    }
}

impl fmt::Display for ResourceInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_module(f, &self.module, self.module.is_root())?;
        write!(f, "{}{}", self.resource, self.key)
    }
}

impl FromStr for ResourceInstance {
    type Err = AddrError;

    fn from_str(text: &str) -> Result<Self, AddrError> {
        let mut steps = Steps::read(text)?;
        let module = ModuleInstance::take(&mut steps)?;
        if steps.is_done() {
            return Err(AddrError::new(0, Reason::ModuleGiven));
        }
        ResourceInstance::take(module, &mut steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_print_what_they_parse() {
        for text in [
            "aws_vpc.main",
            "aws_vpc.main[0]",
            "aws_vpc.main[\"a\\\"b $${x}\"]",
            "data.aws_ami.x",
            "ephemeral.random_password.p[\"k\"]",
            "module.a[\"x\"].module.b.data.aws_ami.x[1]",
            "data.data.data",
        ] {
            assert_eq!(text.parse::<ResourceInstance>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn faults_have_place_and_reason() {
        let check = |text: &str, offset, reason| {
            let error = AddrError::new(offset, reason);
            assert_eq!(text.parse::<ResourceInstance>(), Err(error), "{text}");
        };
        check("aws_vpc", 7, Reason::ResourceNameExpected);
        check("aws_vpc[0]", 7, Reason::ResourceNameExpected);
        check("data.aws_ami", 12, Reason::ResourceNameExpected);
        check("module.a", 0, Reason::ModuleGiven);
        check("a.b[0].c", 7, Reason::Trailing);
        check("a.b.c", 4, Reason::Trailing);
        let whole = "a.b[0]".parse::<AbsResource>();
        assert_eq!(whole, Err(AddrError::new(6, Reason::InstanceGiven)));
        let config = "module.m[0].a.b".parse::<ConfigResource>();
        assert_eq!(config, Err(AddrError::new(8, Reason::KeyNotAllowed)));
        let config = "a.b[0]".parse::<ConfigResource>();
        assert_eq!(config, Err(AddrError::new(3, Reason::KeyNotAllowed)));
    }

    #[test]
    fn instances_sort_as_opentofu_sorts_them() {
        let expect = [
            "ephemeral.z.z",
            "data.b.a",
            "a.a",
            "a.b",
            "a.b[2]",
            "a.b[10]",
            "a.b[\"1\"]",
            "b.a",
            "module.a.a.a",
            "module.a[0].data.a.a",
            "module.a.module.a.a.a",
        ];
        let mut all: Vec<ResourceInstance> =
            expect.iter().rev().map(|text| text.parse().expect(text)).collect();
        all.sort();
        assert_eq!(all.iter().map(ToString::to_string).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn resources_of_the_configuration_sort_by_text() {
        let mut all: Vec<ConfigResource> = [
            "z.a",
            "module.b.a.a",
            "module.a.module.a.a.a",
            "data.a.a",
            "a-b.a",
            "a.z",
            "module.a.z.z",
        ]
        .iter()
        .map(|text| text.parse().expect(text))
        .collect();
        all.sort();
        let got: Vec<String> = all.iter().map(ToString::to_string).collect();
        let mut expect = got.clone();
        expect.sort();
        assert_eq!(got, expect);
    }

    #[test]
    fn providers_are_implied_by_type_names() {
        let check = |type_name: &str, expect: &str| {
            assert_eq!(Resource::new(Mode::Managed, type_name, "x").implied_provider(), expect);
        };
        check("aws_vpc", "aws");
        check("terraform_data", "terraform");
        check("time", "time");
    }
}
