//! Modules: the path of calls that leads to one, with instance keys (`ModuleInstance`) and without (`ModulePath`).
//! Not where a module's source comes from.
//! Invariant: the empty path is the root module, and prints as nothing.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::error::{AddrError, Reason};
use crate::key::InstanceKey;
use crate::scan::Steps;

/// One call on the way to a module: its name and which instance of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleStep {
    /// The label of the `module` block.
    pub name: Arc<str>,
    /// Which instance of the call.
    pub key: InstanceKey,
}

/// One module in the tree of modules after `count` and `for_each` are expanded: `module.a["x"].module.b`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ModuleInstance(Arc<[ModuleStep]>);

impl ModuleInstance {
    /// The root module.
    #[must_use]
    pub fn root() -> Self {
        ModuleInstance::default()
    }

    /// The module that `steps` lead to.
    #[must_use]
    pub fn new(steps: Vec<ModuleStep>) -> Self {
        if steps.is_empty() { ModuleInstance::root() } else { ModuleInstance(steps.into()) }
    }

    /// The instance of the call `name` with `key`, inside this one.
    #[must_use]
    pub fn child(&self, name: impl Into<Arc<str>>, key: InstanceKey) -> Self {
        let step = ModuleStep { name: name.into(), key };
        ModuleInstance(self.0.iter().cloned().chain([step]).collect())
    }

    /// The module instance that this one is called from; none for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, above) = self.0.split_last()?;
        Some(ModuleInstance::new(above.to_vec()))
    }

    /// The calls from the root down to this module.
    #[must_use]
    pub fn steps(&self) -> &[ModuleStep] {
        &self.0
    }

    /// Whether this is the root module.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The module of the configuration that this is an instance of.
    #[must_use]
    pub fn path(&self) -> ModulePath {
        if self.is_root() {
            return ModulePath::root();
        }
        ModulePath(self.0.iter().map(|step| Arc::clone(&step.name)).collect())
    }

    /// Whether this is an instance of the module at `path`; cheaper than comparing with `path()`.
    #[must_use]
    pub fn is_instance_of(&self, path: &ModulePath) -> bool {
        self.0.len() == path.0.len()
            && self.0.iter().zip(path.0.iter()).all(|(step, name)| step.name == *name)
    }

    /// Reads `module.a["x"].module.b` from the front of `steps`; the root if there is none.
    pub(crate) fn take(steps: &mut Steps) -> Result<Self, AddrError> {
        let mut path = Vec::new();
        while steps.take_word("module") {
            let name = steps.take_name(Reason::ModuleNameExpected)?;
            let key = steps.take_key().unwrap_or_default();
            path.push(ModuleStep { name, key });
        }
        Ok(ModuleInstance::new(path))
    }
}

impl Ord for ModuleInstance {
    /// OpenTofu's order: the shorter path first, then step by step (`addrs/module_instance.go`).
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) {
            return Ordering::Equal;
        }
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for ModuleInstance {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ModuleInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            let dot = if at == 0 { "" } else { "." };
            write!(f, "{dot}module.{}{}", step.name, step.key)?;
        }
        Ok(())
    }
}

impl FromStr for ModuleInstance {
    type Err = AddrError;

    /// Reads the address of a module instance. The empty text is the root.
    fn from_str(text: &str) -> Result<Self, AddrError> {
        if text.is_empty() {
            return Ok(ModuleInstance::root());
        }
        let mut steps = Steps::read(text)?;
        let module = ModuleInstance::take(&mut steps)?;
        if steps.is_done() { Ok(module) } else { Err(steps.error_here(Reason::NotAModule)) }
    }
}

/// A module of the configuration, whatever its instances: `module.a.module.b`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ModulePath(Arc<[Arc<str>]>);

impl ModulePath {
    /// The root module.
    #[must_use]
    pub fn root() -> Self {
        ModulePath::default()
    }

    /// The module that the calls `names` lead to.
    #[must_use]
    pub fn new(names: Vec<Arc<str>>) -> Self {
        if names.is_empty() { ModulePath::root() } else { ModulePath(names.into()) }
    }

    /// The module that the call `name` of this one makes.
    #[must_use]
    pub fn child(&self, name: impl Into<Arc<str>>) -> Self {
        ModulePath(self.0.iter().cloned().chain([name.into()]).collect())
    }

    /// The module that calls this one; none for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, above) = self.0.split_last()?;
        Some(ModulePath::new(above.to_vec()))
    }

    /// The names of the calls from the root down.
    #[must_use]
    pub fn names(&self) -> &[Arc<str>] {
        &self.0
    }

    /// Whether this is the root module.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `other` is this module or one below it.
    #[must_use]
    pub fn contains(&self, other: &ModulePath) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The only instance of a module on whose way nothing has `count` or `for_each`.
    #[must_use]
    pub fn without_keys(&self) -> ModuleInstance {
        let step = |name: &Arc<str>| ModuleStep { name: Arc::clone(name), key: InstanceKey::None };
        ModuleInstance::new(self.0.iter().map(step).collect())
    }

    /// Reads `module.a.module.b` from the front of `steps`, refusing keys with `otherwise`.
    pub(crate) fn take(steps: &mut Steps) -> Result<Self, AddrError> {
        let mut names = Vec::new();
        while steps.take_word("module") {
            names.push(steps.take_name(Reason::ModuleNameExpected)?);
            let error = steps.error_here(Reason::KeyNotAllowed);
            if steps.take_key().is_some() {
                return Err(error);
            }
        }
        Ok(ModulePath::new(names))
    }
}

impl Ord for ModulePath {
    /// As module instances sort: the shorter path first, then name by name.
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for ModulePath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ModulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, name) in self.0.iter().enumerate() {
            let dot = if at == 0 { "" } else { "." };
            write!(f, "{dot}module.{name}")?;
        }
        Ok(())
    }
}

impl FromStr for ModulePath {
    type Err = AddrError;

    /// Reads the address of a module without keys. The empty text is the root.
    fn from_str(text: &str) -> Result<Self, AddrError> {
        if text.is_empty() {
            return Ok(ModulePath::root());
        }
        let mut steps = Steps::read(text)?;
        let path = ModulePath::take(&mut steps)?;
        if steps.is_done() { Ok(path) } else { Err(steps.error_here(Reason::NotAModule)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_print_what_they_parse() {
        for text in ["", "module.a", "module.a[0]", "module.a[\"x.y\"].module.b", "module.module"] {
            assert_eq!(text.parse::<ModuleInstance>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_module_is_refused_at_its_place() {
        let check = |text: &str, offset, reason| {
            let error = AddrError::new(offset, reason);
            assert_eq!(text.parse::<ModuleInstance>(), Err(error), "{text}");
        };
        check("module", 6, Reason::ModuleNameExpected);
        check("module[0]", 6, Reason::ModuleNameExpected);
        check("a.b", 0, Reason::NotAModule);
        check("module.a.b.c", 9, Reason::NotAModule);
        check("module.a[0][1]", 11, Reason::NotAModule);
        let path = "module.a[0].module.b".parse::<ModulePath>();
        assert_eq!(path, Err(AddrError::new(8, Reason::KeyNotAllowed)));
    }

    #[test]
    fn shorter_paths_sort_first() {
        let mut all: Vec<ModuleInstance> =
            ["module.b", "module.a.module.z", "module.a[1]", "", "module.a[\"k\"]", "module.a"]
                .iter()
                .map(|text| text.parse().expect(text))
                .collect();
        all.sort();
        let sorted: Vec<String> = all.iter().map(ToString::to_string).collect();
        let expect =
            ["", "module.a", "module.a[1]", "module.a[\"k\"]", "module.b", "module.a.module.z"];
        assert_eq!(sorted, expect);
    }

    #[test]
    fn paths_and_instances_agree() {
        let instance: ModuleInstance = "module.a[0].module.b".parse().expect("an address");
        let path = instance.path();
        assert_eq!(path.to_string(), "module.a.module.b");
        assert!(instance.is_instance_of(&path));
        assert!(!instance.is_instance_of(&path.parent().expect("a parent")));
        assert!(ModulePath::root().contains(&path));
        assert!(!path.contains(&ModulePath::root()));
        assert_eq!(instance.parent().expect("a parent").to_string(), "module.a[0]");
    }
}
