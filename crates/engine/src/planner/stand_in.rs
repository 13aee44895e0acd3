//! Instances that cannot be named yet: what all of them will be made of.
//!
//! The one that stands for them is evaluated with unknown keys and validated, so that mistakes are told now and it can be
//! compared later whether each instance is made of what was approved. Nothing is planned.
//!
//! Invariant: what stands for others has no change, and no object of the state is its own.

use lang::eval::{Cell, Eval};
use plan::DeferredReason;
use schema::protocol::Call;
use value::Value;

use super::Planner;
use super::deferral::Own;
use super::instance::{Draft, Site, Stage};
use crate::cells::InstanceId;
use crate::object::{kept, marked_as, unmarked};
use crate::provisional::provisional;

impl Planner {
    /// Evaluates the body and lets the provider look at it.
    pub(super) fn begin_stand_in(&mut self, cell: Cell, id: InstanceId, site: &Site) {
        if !self.may_defer() || !self.is_selected(id) {
            self.reveal(id, Value::DYNAMIC);
            return self.world.table.done(cell);
        }
        let config = match self.body(cell, id, site) {
            Eval::Value(config) => config,
            other => {
                self.ready(cell, id, other.map(|_| ()));
                return;
            }
        };
        let (effective, marks) = unmarked(&config);
        let type_name = site.block().addr.type_name.clone();
        let call = match site.block().addr.mode {
            addr::Mode::Data => Call::ValidateData { type_name, config: effective.clone() },
            addr::Mode::Managed | addr::Mode::Ephemeral => {
                Call::ValidateResource { type_name, config: effective.clone() }
            }
        };
        let draft = Draft::bare(config, effective, marks);
        self.works[id.at()].stage = Stage::Validating(Box::new(draft));
        self.ask_of_instance(cell, id, site, call);
    }

    /// It is left for later; only what stands for the same module instances sees its value.
    pub(super) fn stand_in(&mut self, cell: Cell, id: InstanceId, site: &Site, draft: &Draft) {
        let value = provisional(&site.schema.block, &draft.effective);
        self.reveal(id, marked_as(&value, &draft.marks, &site.schema));
        let configuration = kept(&draft.config, &site.schema.block);
        self.works[id.at()].deferred =
            Some(Own { reason: DeferredReason::KeysUnknown, configuration });
        self.world.table.done(cell);
    }
}
