//! Frames: what the world knows of a module instance, and of its resources and calls.
//!
//! Invariant: the instances of a resource, and the child frames of a call, stand in a row in the order of their keys.

use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use addr::{InstanceKey, ModuleInstance, ResourceInstance};
use lang::config::{CallIdx, LocalIdx, ModuleDef, ModuleId, OutputIdx, ResIdx, VarIdx};
use lang::eval::{Cell, Expansion};
use value::Value;

use super::ids::{CallId, FrameId, InstanceId, ResourceId};

/// Instances by key: how many, and what `each.value` is for each.
#[derive(Clone, Debug)]
pub(crate) struct Repetition {
    /// The keys.
    pub(crate) expansion: Expansion,
    /// `each.value` by position; empty for anything but `for_each`. Of unknown keys, what is known of any.
    pub(crate) values: Vec<Value>,
    /// Of unknown keys, how many there can be at most; `None` where that is not known either.
    pub(crate) at_most: Option<u64>,
}

impl Repetition {
    /// One instance without key.
    pub(crate) fn single() -> Repetition {
        Repetition { expansion: Expansion::Single, values: Vec::new(), at_most: None }
    }

    /// Instances that cannot be named yet, and what is known of the value of each.
    pub(crate) fn unknown(values: Vec<Value>, at_most: Option<u64>) -> Repetition {
        Repetition { expansion: Expansion::Unknown, values, at_most }
    }

    /// Whether the instances cannot be named yet.
    pub(crate) fn is_unknown(&self) -> bool {
        self.expansion == Expansion::Unknown
    }

    /// Number of instances.
    pub(crate) fn len(&self) -> usize {
        match &self.expansion {
            Expansion::Single => 1,
            Expansion::Count(count) => usize::try_from(*count).expect("BUG: count beyond memory"),
            Expansion::Each(keys) => keys.len(),
            Expansion::Unknown => 0,
        }
    }

    /// The key at a position.
    pub(crate) fn key(&self, position: usize) -> InstanceKey {
        match &self.expansion {
            Expansion::Single | Expansion::Unknown => InstanceKey::None,
            Expansion::Count(_) => {
                InstanceKey::Int(i64::try_from(position).expect("BUG: count beyond i64"))
            }
            Expansion::Each(keys) => InstanceKey::Str(keys[position].clone()),
        }
    }

    /// The position of a key.
    pub(crate) fn position(&self, key: &InstanceKey) -> Option<usize> {
        match (&self.expansion, key) {
            (Expansion::Single, InstanceKey::None) => Some(0),
            (Expansion::Count(count), InstanceKey::Int(index)) => {
                let index = u64::try_from(*index).ok().filter(|index| index < count)?;
                usize::try_from(index).ok()
            }
            (Expansion::Each(keys), InstanceKey::Str(key)) => keys.binary_search(key).ok(),
            _ => None,
        }
    }
}

/// A module instance.
#[derive(Debug)]
pub(crate) struct Frame {
    /// Its address.
    pub(crate) addr: ModuleInstance,
    /// The module of the configuration.
    pub(crate) module: ModuleId,
    /// The folder of the module, for `path.module`.
    pub(crate) dir: Arc<str>,
    /// What it declares.
    pub(crate) def: Arc<ModuleDef>,
    /// The call that it is an instance of, and at which position; none for the root.
    pub(crate) parent: Option<(CallId, usize)>,
    /// Its first cell: variables, then locals, then outputs.
    pub(crate) first: Cell,
    /// Its first resource.
    pub(crate) resources: ResourceId,
    /// Its first call.
    pub(crate) calls: CallId,
    /// Where it stands for instances that cannot be named yet: a pattern of their addresses, and how many there can be.
    pub(crate) stands_for: Option<StandsFor>,
    /// Values of hoisted sub-expressions.
    pub(crate) hoists: RefCell<Vec<Option<Value>>>,
}

impl Frame {
    /// The cell of a variable.
    pub(crate) fn variable(&self, variable: VarIdx) -> Cell {
        Cell(self.first.0 + variable.0)
    }

    /// The cell of a local value.
    pub(crate) fn local(&self, local: LocalIdx) -> Cell {
        Cell(self.first.0 + count(self.def.variables.len()) + local.0)
    }

    /// The cell of an output.
    pub(crate) fn output(&self, output: OutputIdx) -> Cell {
        let before = count(self.def.variables.len()) + count(self.def.locals.len());
        Cell(self.first.0 + before + output.0)
    }

    /// A resource of it.
    pub(crate) fn resource(&self, resource: ResIdx) -> ResourceId {
        ResourceId(self.resources.0 + resource.0)
    }

    /// A call of it.
    pub(crate) fn call(&self, call: CallIdx) -> CallId {
        CallId(self.calls.0 + call.0)
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).expect("BUG: more than 4 billion cells")
}

/// A resource of a module instance.
#[derive(Debug)]
pub(crate) struct ResourceFrame {
    /// The module instance.
    pub(crate) frame: FrameId,
    /// Which of its resources.
    pub(crate) index: ResIdx,
    /// Its expansion's cell; the whole's is the next.
    pub(crate) cell: Cell,
    /// Its instances, once expanded.
    pub(crate) repetition: OnceCell<Repetition>,
    /// The first of its instances.
    pub(crate) first: InstanceId,
    /// The value of all of it, once somebody wanted it and it was there.
    pub(crate) whole: OnceCell<Value>,
}

impl ResourceFrame {
    /// The cell of the whole.
    pub(crate) fn whole_cell(&self) -> Cell {
        Cell(self.cell.0 + 1)
    }

    /// Whether its instances cannot be named yet.
    pub(crate) fn is_undecided(&self) -> bool {
        self.repetition.get().is_some_and(Repetition::is_unknown)
    }

    /// Its instances; none before it is expanded.
    pub(crate) fn instances(&self) -> impl ExactSizeIterator<Item = InstanceId> + use<> {
        let first = self.first.0;
        let len = self.repetition.get().map_or(0, Repetition::len);
        (first..first + count(len)).map(InstanceId)
    }

    /// The instance with a key.
    pub(crate) fn instance(&self, key: &InstanceKey) -> Option<InstanceId> {
        let position = self.repetition.get()?.position(key)?;
        Some(InstanceId::new(self.first.at() + position))
    }
}

/// A module call of a module instance.
#[derive(Debug)]
pub(crate) struct CallFrame {
    /// The module instance that calls.
    pub(crate) frame: FrameId,
    /// Which of its calls.
    pub(crate) index: CallIdx,
    /// The module that is called.
    pub(crate) module: ModuleId,
    /// Its expansion's cell; the whole's is the next.
    pub(crate) cell: Cell,
    /// Its instances, once expanded.
    pub(crate) repetition: OnceCell<Repetition>,
    /// The first of its instances.
    pub(crate) first: FrameId,
    /// The value of all of it.
    pub(crate) whole: OnceCell<Value>,
}

impl CallFrame {
    /// The cell of the whole.
    pub(crate) fn whole_cell(&self) -> Cell {
        Cell(self.cell.0 + 1)
    }

    /// Whether its instances cannot be named yet.
    pub(crate) fn is_undecided(&self) -> bool {
        self.repetition.get().is_some_and(Repetition::is_unknown)
    }

    /// Its instances; none before it is expanded.
    pub(crate) fn frames(&self) -> impl ExactSizeIterator<Item = FrameId> + use<> {
        let first = self.first.0;
        let len = self.repetition.get().map_or(0, Repetition::len);
        (first..first + count(len)).map(FrameId)
    }

    /// The instance with a key.
    pub(crate) fn instance(&self, key: &InstanceKey) -> Option<FrameId> {
        let position = self.repetition.get()?.position(key)?;
        Some(FrameId::new(self.first.at() + position))
    }
}

/// A resource instance that the configuration has.
#[derive(Debug)]
pub(crate) struct Instance {
    /// The resource.
    pub(crate) resource: ResourceId,
    /// Its position among the resource's instances.
    pub(crate) position: usize,
    /// Its address.
    pub(crate) addr: ResourceInstance,
    /// Its value's cell; its body's is the next.
    pub(crate) cell: Cell,
    /// Whether there is no object of it, and none is planned: readers of the resource do not see it.
    pub(crate) absent: bool,
    /// Where it stands for instances that cannot be named yet: readers of the resource do not see it either.
    pub(crate) stands_for: Option<StandsFor>,
}

/// Instances that cannot be named yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StandsFor {
    /// Their addresses, with `[*]` for each key that is not known.
    pub(crate) pattern: Arc<str>,
    /// How many there can be at most.
    pub(crate) at_most: Option<u64>,
}

impl Instance {
    /// The cell of the work on its body.
    pub(crate) fn body_cell(&self) -> Cell {
        Cell(self.cell.0 + 1)
    }
}
