//! The index types of a module's objects, and the table that leads from a name to its index.
//!
//! A module definition is read in two passes: the first collects every declaration into [`Names`], the second lowers
//! expressions, whose references then become indices. The table holds no expression and no place: those stand in
//! `ModuleDef`.
//!
//! Invariant: an index that this table gives out is in range of the `Vec` of the `ModuleDef` it belongs to.

use std::collections::HashMap;
use std::sync::Arc;

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the `Vec` that this index belongs to.
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// The index of a position.
            pub fn new(position: usize) -> $name {
                $name(u32::try_from(position).expect("BUG: more than 4 billion objects in a module"))
            }
        }
    };
}

index! {
    /// An input variable: `ModuleDef::variables`.
    VarIdx
}
index! {
    /// A local value: `ModuleDef::locals`.
    LocalIdx
}
index! {
    /// An output value: `ModuleDef::outputs`.
    OutputIdx
}
index! {
    /// A managed or data resource: `ModuleDef::resources`.
    ResIdx
}
index! {
    /// A module call: `ModuleDef::calls`.
    CallIdx
}
index! {
    /// A `provider` block: `ModuleDef::providers`.
    ProviderIdx
}

/// Resources of one mode: type → name → index.
type ByType = HashMap<Arc<str>, HashMap<Arc<str>, ResIdx>>;

/// What the names of a module definition stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    variables: HashMap<Arc<str>, VarIdx>,
    locals: HashMap<Arc<str>, LocalIdx>,
    outputs: HashMap<Arc<str>, OutputIdx>,
    calls: HashMap<Arc<str>, CallIdx>,
    managed: ByType,
    data: ByType,
}

impl Names {
    /// A table without names.
    pub fn new() -> Names {
        Names::default()
    }

    /// The index of `var.NAME`.
    pub fn variable(&self, name: &str) -> Option<VarIdx> {
        self.variables.get(name).copied()
    }

    /// The index of `local.NAME`.
    pub fn local(&self, name: &str) -> Option<LocalIdx> {
        self.locals.get(name).copied()
    }

    /// The index of the module's own output.
    pub fn output(&self, name: &str) -> Option<OutputIdx> {
        self.outputs.get(name).copied()
    }

    /// The index of `module.NAME`.
    pub fn call(&self, name: &str) -> Option<CallIdx> {
        self.calls.get(name).copied()
    }

    /// The index of the managed resource `TYPE.NAME`.
    pub fn managed(&self, type_name: &str, name: &str) -> Option<ResIdx> {
        self.managed.get(type_name)?.get(name).copied()
    }

    /// The index of `data.TYPE.NAME`.
    pub fn data(&self, type_name: &str, name: &str) -> Option<ResIdx> {
        self.data.get(type_name)?.get(name).copied()
    }

    /// Enters a variable; an earlier one of the name stays and is told.
    pub fn add_variable(&mut self, name: Arc<str>, index: VarIdx) -> Option<VarIdx> {
        enter(&mut self.variables, name, index)
    }

    /// Enters a local value; an earlier one of the name stays and is told.
    pub fn add_local(&mut self, name: Arc<str>, index: LocalIdx) -> Option<LocalIdx> {
        enter(&mut self.locals, name, index)
    }

    /// Enters an output; an earlier one of the name stays and is told.
    pub fn add_output(&mut self, name: Arc<str>, index: OutputIdx) -> Option<OutputIdx> {
        enter(&mut self.outputs, name, index)
    }

    /// Enters a module call; an earlier one of the name stays and is told.
    pub fn add_call(&mut self, name: Arc<str>, index: CallIdx) -> Option<CallIdx> {
        enter(&mut self.calls, name, index)
    }

    /// Enters a managed resource; an earlier one of the address stays and is told.
    pub fn add_managed(&mut self, kind: Arc<str>, name: Arc<str>, index: ResIdx) -> Option<ResIdx> {
        enter(self.managed.entry(kind).or_default(), name, index)
    }

    /// Enters a data resource; an earlier one of the address stays and is told.
    pub fn add_data(&mut self, kind: Arc<str>, name: Arc<str>, index: ResIdx) -> Option<ResIdx> {
        enter(self.data.entry(kind).or_default(), name, index)
    }

    /// The names of all variables, sorted: for suggestions.
    pub fn variable_names(&self) -> Vec<Arc<str>> {
        sorted(self.variables.keys())
    }

    /// The names of all local values, sorted.
    pub fn local_names(&self) -> Vec<Arc<str>> {
        sorted(self.locals.keys())
    }

    /// The names of all module calls, sorted.
    pub fn call_names(&self) -> Vec<Arc<str>> {
        sorted(self.calls.keys())
    }

    /// The types of all managed resources, sorted.
    pub fn managed_types(&self) -> Vec<Arc<str>> {
        sorted(self.managed.keys())
    }

    /// Whether a managed resource of this type is declared.
    pub fn has_managed_type(&self, type_name: &str) -> bool {
        self.managed.contains_key(type_name)
    }

    /// The names of the managed resources of a type, sorted.
    pub fn managed_names(&self, type_name: &str) -> Vec<Arc<str>> {
        self.managed.get(type_name).map(|names| sorted(names.keys())).unwrap_or_default()
    }

    /// The names of the data resources of a type, sorted.
    pub fn data_names(&self, type_name: &str) -> Vec<Arc<str>> {
        self.data.get(type_name).map(|names| sorted(names.keys())).unwrap_or_default()
    }
}

fn enter<I: Copy>(map: &mut HashMap<Arc<str>, I>, name: Arc<str>, index: I) -> Option<I> {
    match map.entry(name) {
        std::collections::hash_map::Entry::Occupied(there) => Some(*there.get()),
        std::collections::hash_map::Entry::Vacant(free) => {
            free.insert(index);
            None
        }
    }
}

fn sorted<'a>(names: impl Iterator<Item = &'a Arc<str>>) -> Vec<Arc<str>> {
    let mut list: Vec<_> = names.cloned().collect();
    list.sort();
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_name_stays() {
        let mut names = Names::new();
        assert_eq!(names.add_managed("t".into(), "a".into(), ResIdx(0)), None);
        assert_eq!(names.add_managed("t".into(), "a".into(), ResIdx(1)), Some(ResIdx(0)));
        assert_eq!(names.add_data("t".into(), "a".into(), ResIdx(2)), None);
        assert_eq!(names.managed("t", "a"), Some(ResIdx(0)));
        assert_eq!(names.data("t", "a"), Some(ResIdx(2)));
        assert_eq!(names.managed("t", "b"), None);
    }
}
