//! Planning an instance whose provider cannot be asked, or puts it off (ENGINE §6, §7).
//!
//! Where nothing is there yet, something will be made: its value is planned from the schema, and only its configuration
//! binds. Where an object is there, nobody can tell what will become of it: it is kept, and left for later.
//!
//! Invariant: only in a plan that may leave things for later, and only for a provider whose configuration is not known.

use std::sync::Arc;

use lang::eval::Cell;
use plan::{Action, Change, DeferredReason, Origin, ProviderIndex, Provisional, Reason};
use schema::protocol::{self, Answer};
use value::Value;

use super::Planner;
use super::cause::Changing;
use super::deferral::Own;
use super::instance::{Draft, Site};
use crate::cells::InstanceId;
use crate::judge;
use crate::object::{kept, marked_as};
use crate::providers::{cannot_plan, says_no};
use crate::provisional::provisional;

impl Planner {
    /// Whether a provider is not asked to plan.
    pub(super) fn is_blind(&self, provider: ProviderIndex) -> bool {
        self.providers.is_blind(provider)
    }

    /// Whether a provider cannot plan because its configuration is not known; tells so, once.
    pub(super) fn cannot_plan(&mut self, site: &Site, answer: &Answer) -> bool {
        if !(self.providers.is_open(site.provider) && says_no(answer)) {
            return false;
        }
        let told = cannot_plan(self.providers.get(site.provider), answer);
        if self.said.insert(format!("{} cannot plan", site.provider.0)) {
            self.diags.push(told);
        }
        true
    }

    /// Plans from configuration and schema alone.
    pub(super) fn plan_from_schema(
        &mut self,
        cell: Cell,
        id: InstanceId,
        site: &Site,
        draft: &Draft,
    ) {
        let value = self.value_of_schema(site, draft);
        let configuration = kept(&draft.config, &site.schema.block);
        let doubtful = self.doubts.contains_key(&self.world.instances[id.at()].addr);
        if doubtful || self.live(site).is_some() {
            let reason = match doubtful {
                true => DeferredReason::InDoubt,
                false => DeferredReason::ProviderConfigUnknown,
            };
            return self.leave(cell, id, Own { reason, configuration }, value);
        }
        let address = self.world.instances[id.at()].addr.clone();
        self.works[id.at()].change = Some(Box::new(Change {
            previous_address: self.moves.get(&address).cloned(),
            address,
            deposed: None,
            provider: site.provider,
            action: Action::Create,
            reason: Reason::None,
            before: Value::null(site.schema.block.ty()),
            after: value.clone(),
            configuration,
            replace_paths: Vec::new(),
            planned_private: Arc::new([]),
            prior_identity: None,
            planned_identity: None,
            deposes: None,
            create_before_destroy: self.replace_order(id),
            provisional: Provisional::Yes,
            causes: Vec::new(),
        }));
        self.reveal(id, value.clone());
        self.conclude(cell, id, value);
    }

    /// The provider puts an instance off. One that only waits for the provider's configuration is planned from the schema.
    pub(super) fn put_off(
        &mut self,
        cell: Cell,
        id: InstanceId,
        site: &Site,
        draft: &Draft,
        planned: &Value,
        reason: protocol::Deferred,
    ) {
        if reason == protocol::Deferred::ProviderConfigUnknown {
            return self.plan_from_schema(cell, id, site, draft);
        }
        let is_told = !planned.is_null() && judge::shape(&site.schema.block, planned).is_none();
        let value = match is_told {
            true => marked_as(planned, &draft.marks, &site.schema),
            false => self.value_of_schema(site, draft),
        };
        let configuration = kept(&draft.config, &site.schema.block);
        self.leave(cell, id, Own { reason: DeferredReason::Provider, configuration }, value);
    }

    /// Leaves an instance for later; readers see this value.
    pub(super) fn leave(&mut self, cell: Cell, id: InstanceId, own: Own, value: Value) {
        self.works[id.at()].deferred = Some(own);
        self.reveal(id, value.clone());
        self.conclude(cell, id, value);
    }

    fn value_of_schema(&self, site: &Site, draft: &Draft) -> Value {
        let value = provisional(&site.schema.block, &draft.effective);
        marked_as(&value, &draft.marks, &site.schema)
    }

    /// The inputs that a provider's configuration waits for; if it waits for none, the provider itself.
    pub(super) fn open_inputs(&self, provider: ProviderIndex) -> Vec<Origin> {
        let origins = self.origins_of_provider(provider, &Changing::new());
        let open: Vec<Origin> = origins.into_iter().filter(|origin| self.is_open(origin)).collect();
        if !open.is_empty() {
            return open;
        }
        vec![Origin::Resource(self.providers.get(provider).addr.to_string().into())]
    }

    /// Tells which objects were not read because their provider's configuration is not known.
    pub(super) fn tell_unread(&mut self) {
        let unread: Vec<String> = self
            .priors
            .all
            .iter()
            .filter(|prior| prior.unread)
            .map(|prior| prior.at.to_string())
            .collect();
        let Some(first) = unread.first() else { return };
        let detail = match unread.len() {
            1 => format!("{first} is taken as the state has it"),
            count => format!("{first} and {} more are taken as the state has them", count - 1),
        };
        self.diags.push(
            diag::Diagnostic::warning("objects-not-read", "Some objects were not read").detail(
                format!("{detail}, since the configuration of the provider is not known yet."),
            ),
        );
    }
}
