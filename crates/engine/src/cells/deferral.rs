//! Instances that cannot be named yet: their keys are not known (ENGINE §7).
//!
//! While planning in an estate, a resource or a module call with unknown keys gets one instance that *stands for* all of
//! them: its body is evaluated with unknown keys, so that it is known what every one of them will be made of. Readers do
//! not see it: to them the resource is unknown. While applying, what the plan left that way stays so to the end, even
//! where the keys become known on the way.
//!
//! Invariant: what stands for others is not in the expansion, so no reference and no address of the state leads to it.

use std::collections::BTreeSet;
use std::sync::Arc;

use addr::{InstanceKey, ModuleInstance, ResourceInstance};
use lang::config::ResIdx;
use lang::eval::Cell;

use super::World;
use super::expand::UnknownKeys;
use super::frame::{Frame, Instance, StandsFor};
use super::ids::{CallId, FrameId, InstanceId, Kind, ResourceId};
use super::variable::qualified;

/// What becomes of keys that are not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// They are an error.
    Refused,
    /// What they name is left for later.
    Deferred,
    /// The same, and these patterns were left by the plan that is applied.
    Left(Arc<BTreeSet<String>>),
}

impl Keys {
    /// As expansions are told.
    pub(super) fn unknown(&self) -> UnknownKeys {
        match self {
            Keys::Refused => UnknownKeys::Refused,
            Keys::Deferred | Keys::Left(_) => UnknownKeys::Deferred,
        }
    }
}

impl World {
    /// Whether the plan that is applied left the keys of a resource open.
    pub(super) fn resource_is_left(&self, id: ResourceId) -> bool {
        let Keys::Left(patterns) = &self.settings.keys else { return false };
        let resource = &self.resources[id.at()];
        let frame = &self.frames[resource.frame.at()];
        patterns.contains(&open(&block_text(frame, resource.index)))
    }

    /// Whether the plan that is applied left the keys of a module call open.
    pub(super) fn call_is_left(&self, id: CallId) -> bool {
        let Keys::Left(patterns) = &self.settings.keys else { return false };
        let below = format!("{}.", open(&self.call_text(id)));
        patterns.range(below.clone()..).next().is_some_and(|first| first.starts_with(&below))
    }

    /// The one that stands for all instances of a resource with unknown keys; none while applying, where nobody asks.
    pub(super) fn add_stand_in(&mut self, id: ResourceId, at_most: Option<u64>) {
        if self.settings.keys != Keys::Deferred {
            return;
        }
        let resource = &self.resources[id.at()];
        let frame = &self.frames[resource.frame.at()];
        let pattern = open(&block_text(frame, resource.index)).into();
        let at_most = times(frame, at_most);
        let addr = ResourceInstance {
            module: frame.addr.clone(),
            resource: frame.def.resources[resource.index.index()].addr.clone(),
            key: InstanceKey::None,
        };
        let instance = InstanceId::new(self.instances.len());
        let cell: Cell = self.table.row(2);
        self.kinds.extend([Kind::Value(instance), Kind::Body(instance)]);
        let stands_for = Some(StandsFor { pattern, at_most });
        self.instances.push(Instance {
            resource: id,
            position: 0,
            addr,
            cell,
            absent: false,
            stands_for,
        });
        self.fresh_instances.push(instance);
    }

    /// The one that stands for all instances of a module call with unknown keys.
    pub(super) fn add_stand_in_frame(&mut self, id: CallId, at_most: Option<u64>) {
        if self.settings.keys != Keys::Deferred {
            return;
        }
        let call = &self.calls[id.at()];
        let frame = &self.frames[call.frame.at()];
        let name = frame.def.calls[call.index.index()].name.clone();
        let addr = frame.addr.child(name, InstanceKey::None);
        let pattern = open(&self.call_text(id)).into();
        let stands_for = Some(StandsFor { pattern, at_most: times(frame, at_most) });
        self.add_frame(call.module, addr, Some((id, 0)), stands_for);
    }

    /// What an instance with a known key stands for: others, where its module does.
    pub(super) fn named_of(&self, id: ResourceId, key: &InstanceKey) -> Option<StandsFor> {
        let resource = &self.resources[id.at()];
        let frame = &self.frames[resource.frame.at()];
        let at_most = frame.stands_for.as_ref()?.at_most;
        let pattern = format!("{}{key}", block_text(frame, resource.index)).into();
        Some(StandsFor { pattern, at_most })
    }

    /// The same of a module instance.
    pub(super) fn frame_named_of(&self, id: CallId, key: &InstanceKey) -> Option<StandsFor> {
        let frame = &self.frames[self.calls[id.at()].frame.at()];
        let at_most = frame.stands_for.as_ref()?.at_most;
        let pattern = format!("{}{key}", self.call_text(id)).into();
        Some(StandsFor { pattern, at_most })
    }

    /// Whether it is not known yet whether the configuration has a module instance: the keys of a call above are not
    /// known. Only of calls whose expansion is over.
    pub(crate) fn is_undecided(&self, addr: &ModuleInstance) -> bool {
        let mut at = FrameId(0);
        for step in addr.steps() {
            let frame = &self.frames[at.at()];
            let Some(index) = frame.def.names.call(&step.name) else { return false };
            let call = &self.calls[frame.call(index).at()];
            if call.is_undecided() {
                return true;
            }
            match call.instance(&step.key) {
                Some(child) => at = child,
                None => return false,
            }
        }
        false
    }

    fn call_text(&self, id: CallId) -> String {
        let call = &self.calls[id.at()];
        let frame = &self.frames[call.frame.at()];
        let name = &frame.def.calls[call.index.index()].name;
        qualified(&frame_text(frame), &format!("module.{name}"))
    }
}

/// With unknown keys.
fn open(text: &str) -> String {
    format!("{text}[*]")
}

fn frame_text(frame: &Frame) -> String {
    match &frame.stands_for {
        Some(stands_for) => stands_for.pattern.to_string(),
        None => frame.addr.to_string(),
    }
}

fn block_text(frame: &Frame, index: ResIdx) -> String {
    qualified(&frame_text(frame), &frame.def.resources[index.index()].addr.to_string())
}

/// How many there can be at most in all module instances that a frame stands for.
fn times(frame: &Frame, at_most: Option<u64>) -> Option<u64> {
    match &frame.stands_for {
        None => at_most,
        Some(above) => above.at_most?.checked_mul(at_most?),
    }
}
