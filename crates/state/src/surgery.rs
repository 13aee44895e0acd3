//! State surgery: finding, forgetting and renaming what a state holds, as `state list`, `state rm` and `state mv` do.
//!
//! Pure changes of a value; locking, writing and the words shown are others' business. Behaviour is OpenTofu's
//! (`internal/command/state_*.go`).
//! Invariants: nothing is changed where an error is returned; no object is lost or overwritten by a move.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use addr::{
    AbsResource, ConfigResource, InstanceKey, Mode, ModuleInstance, ResourceInstance, Target,
};

use crate::object::Object;
use crate::state::{Instance, Resource, State};

/// A target that nothing in the state answers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NothingFound(pub Target);

impl fmt::Display for NothingFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the state holds nothing at {}", self.0)
    }
}

impl std::error::Error for NothingFound {}

/// Why a move is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveError {
    /// Nothing is there to be moved.
    NothingFound(Target),
    /// Something is there already.
    Taken(Target),
    /// A module can only become a module, a whole resource only a whole resource, an instance only an instance: from and
    /// to.
    OtherKind(Box<(Target, Target)>),
    /// A managed resource and a data source cannot become one another: from and to.
    OtherMode(Box<(Target, Target)>),
    /// The root module cannot be moved, and a module cannot be moved into itself.
    Module(ModuleInstance),
}

impl fmt::Display for MoveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MoveError::NothingFound(from) => write!(f, "the state holds nothing at {from}"),
            MoveError::Taken(to) => write!(f, "the state already holds something at {to}"),
            MoveError::OtherKind(addresses) => {
                let (from, to) = &**addresses;
                write!(f, "{from} cannot become {to}, which is an address of another kind")
            }
            MoveError::OtherMode(addresses) => {
                let (from, to) = &**addresses;
                write!(f, "{from} cannot become {to}: managed resources stay managed, ")?;
                f.write_str("data sources stay data sources")
            }
            MoveError::Module(module) if module.is_root() => {
                f.write_str("the root module cannot be moved")
            }
            MoveError::Module(module) => write!(f, "{module} cannot be moved into itself"),
        }
    }
}

impl std::error::Error for MoveError {}

/// Every instance that the targets cover, sorted, each once; all of them where there is no target.
///
/// # Errors
/// The first target that covers none.
pub fn matching(state: &State, targets: &[Target]) -> Result<Vec<ResourceInstance>, NothingFound> {
    let mut found = BTreeSet::new();
    if targets.is_empty() {
        found.extend(instances(state));
    }
    for target in targets {
        let before = found.len();
        found.extend(instances(state).filter(|instance| target.contains(instance)));
        if found.len() == before && !instances(state).any(|instance| target.contains(&instance)) {
            return Err(NothingFound(target.clone()));
        }
    }
    Ok(found.into_iter().collect())
}

fn instances(state: &State) -> impl Iterator<Item = ResourceInstance> + '_ {
    state.resources().flat_map(|(address, resource)| {
        resource.instances().iter().map(|instance| address.instance(instance.key.clone()))
    })
}

/// Forgets every instance that the targets cover, deposed objects too; tells them. Targets that cover nothing are passed
/// over.
pub fn forget(state: &mut State, targets: &[Target]) -> Vec<ResourceInstance> {
    let covered: BTreeSet<ResourceInstance> = instances(state)
        .filter(|instance| targets.iter().any(|target| target.contains(instance)))
        .collect();
    let resources: BTreeSet<AbsResource> =
        covered.iter().map(ResourceInstance::abs_resource).collect();
    for address in resources {
        let Some(mut resource) = state.remove_resource(&address) else { continue };
        resource.retain(|instance| !covered.contains(&address.instance(instance.key.clone())));
        if !resource.instances().is_empty() {
            state.put_resource(address, resource);
        }
    }
    covered.into_iter().collect()
}

/// What a move did: from where to where, each module, resource or instance.
pub type Moved = Vec<(Target, Target)>;

/// Moves what stands at one address to another one. Whatever depended on it loses its stored dependencies; the next
/// apply writes them anew.
///
/// # Errors
/// Where the addresses do not fit each other or the state.
pub fn rename(state: &mut State, from: &Target, to: &Target) -> Result<Moved, MoveError> {
    let moved = match (from, to) {
        (Target::Module(from), Target::Module(to)) => rename_module(state, from, to)?,
        (Target::Resource(address), to) => {
            let single = state
                .resource(address)
                .ok_or_else(|| MoveError::NothingFound(from.clone()))?
                .instances()
                .iter()
                .any(|instance| instance.key.is_none());
            if single {
                rename_instance(state, address.instance(InstanceKey::None), from, to)?
            } else {
                rename_resource(state, address, from, to)?
            }
        }
        (Target::Instance(instance), to) => rename_instance(state, instance.clone(), from, to)?,
        (from, to) => return Err(other_kind(from, to)),
    };
    moved.iter().for_each(|(from, _)| drop_dependencies_on(state, from));
    Ok(moved)
}

fn other_kind(from: &Target, to: &Target) -> MoveError {
    MoveError::OtherKind(Box::new((from.clone(), to.clone())))
}

fn check_modes(from: &Target, one: Mode, to: &Target, other: Mode) -> Result<(), MoveError> {
    if one == other {
        return Ok(());
    }
    Err(MoveError::OtherMode(Box::new((from.clone(), to.clone()))))
}

fn rename_module(
    state: &mut State,
    from: &ModuleInstance,
    to: &ModuleInstance,
) -> Result<Moved, MoveError> {
    let begins_with =
        |module: &ModuleInstance, start: &ModuleInstance| module.steps().starts_with(start.steps());
    if from.is_root() || to.is_root() || (begins_with(to, from) && to != from) {
        return Err(MoveError::Module(from.clone()));
    }
    let inside = |start: &ModuleInstance| -> Vec<AbsResource> {
        let all = state.resources().map(|(address, _)| address);
        all.filter(|address| begins_with(&address.module, start)).cloned().collect()
    };
    if !inside(to).is_empty() {
        return Err(MoveError::Taken(Target::Module(to.clone())));
    }
    let resources = inside(from);
    if resources.is_empty() {
        return Err(MoveError::NothingFound(Target::Module(from.clone())));
    }
    let mut modules = BTreeSet::new();
    for address in resources {
        let rest = &address.module.steps()[from.steps().len()..];
        let module = ModuleInstance::new([to.steps(), rest].concat());
        modules.insert((address.module.clone(), module.clone()));
        if let Some(resource) = state.remove_resource(&address) {
            state.put_resource(AbsResource { module, resource: address.resource }, resource);
        }
    }
    let target = Target::Module;
    Ok(modules.into_iter().map(|(from, to)| (target(from), target(to))).collect())
}

fn rename_resource(
    state: &mut State,
    address: &AbsResource,
    from: &Target,
    to: &Target,
) -> Result<Moved, MoveError> {
    let Target::Resource(new) = to else { return Err(other_kind(from, to)) };
    check_modes(from, address.resource.mode, to, new.resource.mode)?;
    if state.resource(new).is_some() {
        return Err(MoveError::Taken(to.clone()));
    }
    let resource = state.remove_resource(address);
    let resource = resource.ok_or_else(|| MoveError::NothingFound(from.clone()))?;
    state.put_resource(new.clone(), resource);
    Ok(vec![(from.clone(), to.clone())])
}

fn rename_instance(
    state: &mut State,
    instance: ResourceInstance,
    from: &Target,
    to: &Target,
) -> Result<Moved, MoveError> {
    let new = match to {
        Target::Instance(new) => new.clone(),
        Target::Resource(new) => new.instance(InstanceKey::None),
        Target::Module(_) => return Err(other_kind(from, to)),
    };
    check_modes(from, instance.resource.mode, to, new.resource.mode)?;
    let objects = |state: &State, at: &ResourceInstance| -> Vec<Instance> {
        let resource = state.resource(&at.abs_resource()).map(Resource::instances);
        resource.unwrap_or_default().iter().filter(|own| own.key == at.key).cloned().collect()
    };
    if !objects(state, &new).is_empty() {
        return Err(MoveError::Taken(to.clone()));
    }
    let own = objects(state, &instance);
    let provider = match state.resource(&instance.abs_resource()) {
        Some(resource) if !own.is_empty() => resource.provider.clone(),
        _ => return Err(MoveError::NothingFound(from.clone())),
    };
    forget(state, &[Target::Instance(instance)]);
    let address = new.abs_resource();
    let mut resource = state.remove_resource(&address).unwrap_or_else(|| Resource::empty(provider));
    for object in own {
        resource.put(Instance { key: new.key.clone(), ..object });
    }
    state.put_resource(address, resource);
    Ok(vec![(from.clone(), to.clone())])
}

/// Empties the dependencies of every current object that names what was moved, or what it stood in.
fn drop_dependencies_on(state: &mut State, moved: &Target) {
    let names = |dependency: &ConfigResource| match moved {
        Target::Module(module) => module.path().contains(&dependency.module),
        Target::Resource(AbsResource { module, resource })
        | Target::Instance(ResourceInstance { module, resource, .. }) => {
            *resource == dependency.resource && module.path() == dependency.module
        }
    };
    let touched: Vec<AbsResource> = state
        .resources()
        .filter(|(_, resource)| {
            let mut objects = resource.instances().iter().map(|instance| &instance.object);
            objects.any(|object| object.dependencies.iter().any(names))
        })
        .map(|(address, _)| address.clone())
        .collect();
    for address in touched {
        let Some(mut resource) = state.remove_resource(&address) else { continue };
        resource.change(|instance| {
            if instance.deposed.is_none() && instance.object.dependencies.iter().any(names) {
                let object = Object { dependencies: Arc::from([]), ..(*instance.object).clone() };
                instance.object = Arc::new(object);
            }
        });
        state.put_resource(address, resource);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v4;

    fn wide() -> State {
        v4::read(include_bytes!("../tests/fixtures/wide.tfstate")).unwrap()
    }

    fn target(text: &str) -> Target {
        text.parse().unwrap()
    }

    fn list(state: &State, targets: &[&str]) -> Vec<String> {
        let targets: Vec<Target> = targets.iter().map(|text| target(text)).collect();
        let found = matching(state, &targets).unwrap();
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn instances_are_listed_by_target() {
        let state = wide();
        assert_eq!(list(&state, &[]).len(), 13, "a husk and deposed objects are no instances");
        assert_eq!(
            list(&state, &["random_integer.i", "random_integer.i[0]", "module.m[1]"]),
            [
                "random_integer.i[0]",
                "random_integer.i[1]",
                "random_integer.i[2]",
                "module.m[1].terraform_data.x[\"a\"]",
                "module.m[1].terraform_data.x[\"b\\\"q$${\"]",
            ]
        );
        assert_eq!(list(&state, &["module.m"]).len(), 5);
        let missing = matching(&state, &[target("x.y")]);
        assert_eq!(missing, Err(NothingFound(target("x.y"))));
    }

    #[test]
    fn forgetting_takes_deposed_objects_too() {
        let mut state = wide();
        let targets = [target("random_integer.i[1]"), target("module.m"), target("x.y")];
        assert_eq!(forget(&mut state, &targets).len(), 6);
        assert_eq!(
            list(&state, &["random_integer.i"]),
            ["random_integer.i[0]", "random_integer.i[2]"]
        );
        assert!(matching(&state, &[target("module.m")]).is_err());
        assert_eq!(state.object_count(), 7);
    }

    fn check_move(from: &str, to: &str) -> State {
        let mut state = wide();
        let count = state.object_count();
        rename(&mut state, &target(from), &target(to)).unwrap();
        assert_eq!(state.object_count(), count, "{from} to {to}");
        assert!(matching(&state, &[target(from)]).is_err(), "{from} is gone");
        assert!(!list(&state, &[to]).is_empty(), "{to} is there");
        let text = v4::write(&state);
        assert_eq!(v4::read(&text).unwrap(), state, "{from} to {to}");
        state
    }

    #[test]
    fn moves_lose_nothing() {
        check_move("random_password.p", "random_password.q");
        check_move("random_password.p", "module.new.random_password.q[\"k\"]");
        check_move("random_integer.i", "random_integer.j");
        check_move("random_integer.i[1]", "random_integer.j");
        check_move("random_integer.i[1]", "random_integer.i[7]");
        check_move("module.m[0]", "module.other.module.n");
        let moved = check_move("random_password.p", "random_password.q");
        let at = crate::ObjectAddr::current("module.m[0].terraform_data.x[\"a\"]".parse().unwrap());
        assert!(!wide().object(&at).unwrap().dependencies.is_empty());
        assert!(moved.object(&at).unwrap().dependencies.is_empty());
    }

    #[test]
    fn moves_that_do_not_fit_are_refused() {
        let check = |from: &str, to: &str, expect: fn(Target, Target) -> MoveError| {
            let mut state = wide();
            let error = rename(&mut state, &target(from), &target(to)).unwrap_err();
            assert_eq!(error, expect(target(from), target(to)));
            assert_eq!(state, wide(), "nothing changed");
        };
        check("x.y", "x.z", |from, _| MoveError::NothingFound(from));
        check("random_integer.i[9]", "random_integer.j", |from, _| MoveError::NothingFound(from));
        check("random_integer.i[0]", "random_integer.i[1]", |_, to| MoveError::Taken(to));
        check("random_integer.i", "random_password.p", |_, to| MoveError::Taken(to));
        check("module.m[0]", "module.m[1]", |_, to| MoveError::Taken(to));
        check("random_integer.i", "x.y[0]", |from, to| MoveError::OtherKind(Box::new((from, to))));
        check("module.m[0]", "x.y", |from, to| MoveError::OtherKind(Box::new((from, to))));
        check("data.local_file.d", "x.y", |from, to| MoveError::OtherMode(Box::new((from, to))));
        check("module.m[0]", "module.m[0].module.n", |from, _| {
            MoveError::Module(from.module().clone())
        });
    }
}
