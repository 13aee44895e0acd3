//! What `-target`, `-exclude` and `-replace` name, and what such a name covers. Not the closure over dependencies.
//! Invariant: an address without a key after its last name covers all its instances (`addrs/parse_target.go`).

use std::fmt;
use std::str::FromStr;

use crate::error::AddrError;
use crate::key::InstanceKey;
use crate::module::{ModuleInstance, ModulePath};
use crate::resource::{AbsResource, ConfigResource, ResourceInstance};
use crate::scan::Steps;

/// A part of the tree, chosen by address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A module with all below it; without a key at its last step, all instances of that call.
    Module(ModuleInstance),
    /// A resource with all its instances.
    Resource(AbsResource),
    /// One instance, named by its key.
    Instance(ResourceInstance),
}

impl Target {
    /// Whether the instance is part of it.
    #[must_use]
    pub fn contains(&self, instance: &ResourceInstance) -> bool {
        match self {
            Target::Module(module) => contains_module(module, &instance.module),
            Target::Resource(resource) => {
                resource.resource == instance.resource && resource.module == instance.module
            }
            Target::Instance(own) => own == instance,
        }
    }

    /// Whether the module instance, with all in it, is part of it.
    #[must_use]
    pub fn contains_module(&self, module: &ModuleInstance) -> bool {
        matches!(self, Target::Module(own) if contains_module(own, module))
    }

    /// Whether some instance of the resource block may be part of it: keys aside.
    #[must_use]
    pub fn reaches(&self, resource: &ConfigResource) -> bool {
        match self {
            Target::Module(module) => is_prefix(module, &resource.module),
            Target::Resource(AbsResource { module, resource: own })
            | Target::Instance(ResourceInstance { module, resource: own, .. }) => {
                *own == resource.resource && module.is_instance_of(&resource.module)
            }
        }
    }

    /// Whether something in the module may be part of it, or it in the module: keys aside.
    #[must_use]
    pub fn reaches_module(&self, path: &ModulePath) -> bool {
        let module = self.module();
        match self {
            Target::Module(_) => is_prefix(module, path) || path.contains(&module.path()),
            Target::Resource(_) | Target::Instance(_) => path.contains(&module.path()),
        }
    }

    /// The module instance that it is or lies in.
    #[must_use]
    pub fn module(&self) -> &ModuleInstance {
        match self {
            Target::Module(module)
            | Target::Resource(AbsResource { module, .. })
            | Target::Instance(ResourceInstance { module, .. }) => module,
        }
    }
}

fn is_prefix(module: &ModuleInstance, path: &ModulePath) -> bool {
    let names = path.names();
    module.steps().len() <= names.len()
        && module.steps().iter().zip(names).all(|(step, name)| step.name == *name)
}

/// Keys must be equal step by step, but the last step of a target may leave its key open.
fn contains_module(target: &ModuleInstance, other: &ModuleInstance) -> bool {
    let (Some(last), steps) = (target.steps().len().checked_sub(1), other.steps()) else {
        return true;
    };
    if steps.len() <= last {
        return false;
    }
    let (own, theirs) = (&target.steps()[last], &steps[last]);
    target.steps()[..last] == steps[..last]
        && own.name == theirs.name
        && (own.key == InstanceKey::None || own.key == theirs.key)
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Module(module) => module.fmt(f),
            Target::Resource(resource) => resource.fmt(f),
            Target::Instance(instance) => instance.fmt(f),
        }
    }
}

impl FromStr for Target {
    type Err = AddrError;

    fn from_str(text: &str) -> Result<Self, AddrError> {
        let mut steps = Steps::read(text)?;
        let module = ModuleInstance::take(&mut steps)?;
        if steps.is_done() {
            return Ok(Target::Module(module));
        }
        let instance = ResourceInstance::take(module, &mut steps)?;
        Ok(match instance.key {
            InstanceKey::None => Target::Resource(instance.into_resource()),
            _ => Target::Instance(instance),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Reason;

    fn check(target: &str, instance: &str, expect: bool) {
        let target: Target = target.parse().expect(target);
        let instance: ResourceInstance = instance.parse().expect(instance);
        assert_eq!(target.contains(&instance), expect, "{target} covers {instance}");
    }

    #[test]
    fn targets_cover_what_opentofu_lets_them_cover() {
        check("module.foo", "module.foo.a.b", true);
        check("module.foo", "module.foo[0].a.b[1]", true);
        check("module.foo", "module.foo[0].module.bar[1].a.b", true);
        check("module.foo", "module.bar.a.b", false);
        check("module.foo", "a.b", false);
        check("module.foo[2]", "module.foo[2].module.bar[0].a.b", true);
        check("module.foo[2]", "module.foo[1].a.b", false);
        check("module.foo.module.bar", "module.foo[0].module.bar.a.b", false);
        check("a.b", "a.b", true);
        check("a.b", "a.b[\"x\"]", true);
        check("a.b[\"x\"]", "a.b[\"x\"]", true);
        check("a.b[\"x\"]", "a.b[\"y\"]", false);
        check("a.b", "module.foo.a.b", false);
        check("module.bar.a.b", "module.bar[0].a.b[2]", false);
        check("data.a.b", "a.b", false);
    }

    #[test]
    fn before_expansion_keys_do_not_count() {
        let check = |target: &str, resource: &str, expect: bool| {
            let target: Target = target.parse().expect(target);
            let resource: ConfigResource = resource.parse().expect(resource);
            assert_eq!(target.reaches(&resource), expect, "{target} reaches {resource}");
        };
        check("module.a[0].module.b", "module.a.module.b.module.c.x.y", true);
        check("module.a[0].x.y[1]", "module.a.x.y", true);
        check("module.a[0].x.y[1]", "module.a.x.z", false);
        check("x.y", "module.a.x.y", false);
        let target: Target = "module.a[0].x.y".parse().expect("a target");
        assert!(target.reaches_module(&"module.a".parse().expect("a path")));
        assert!(target.reaches_module(&ModulePath::root()));
        assert!(!target.reaches_module(&"module.a.module.b".parse().expect("a path")));
    }

    #[test]
    fn targets_parse_as_what_they_are() {
        assert!(matches!("module.a[0]".parse(), Ok(Target::Module(_))));
        assert!(matches!("module.a.x.y".parse(), Ok(Target::Resource(_))));
        assert!(matches!("x.y[0]".parse(), Ok(Target::Instance(_))));
        let error = "x".parse::<Target>().expect_err("no resource");
        assert_eq!(error, AddrError::new(1, Reason::ResourceNameExpected));
    }
}
