//! The block, schema and provider of an instance while applying.
//!
//! Invariant: nothing here changes during an apply.

use std::sync::Arc;

use lang::config::{ModuleDef, ModuleId, ResIdx, Resource};
use plan::Change;
use schema::ResourceSchema;
use schema::protocol::{self, ReplyBody};

use super::Applier;
use crate::cells::InstanceId;
use crate::judge::{Breach, Rule};
use crate::say::{Subject, call_failed, provider_says};

/// The block of an instance, and what goes with it.
#[derive(Clone)]
pub(super) struct Site {
    pub(super) module: ModuleId,
    pub(super) def: Arc<ModuleDef>,
    pub(super) index: ResIdx,
    pub(super) schema: Arc<ResourceSchema>,
}

impl Site {
    pub(super) fn block(&self) -> &Resource {
        &self.def.resources[self.index.index()]
    }
}

impl Applier {
    /// The block of an instance; `None` where there is no schema.
    pub(super) fn site_of(&self, id: InstanceId) -> Option<Site> {
        let instance = &self.world.instances[id.at()];
        let resource = &self.world.resources[instance.resource.at()];
        let frame = &self.world.frames[resource.frame.at()];
        let block = &frame.def.resources[resource.index.index()];
        let schema = self.world.schemas.of(&block.provider, &block.addr)?.clone();
        Some(Site {
            module: frame.module,
            def: Arc::clone(&frame.def),
            index: resource.index,
            schema,
        })
    }

    /// The schema of a change's object.
    pub(super) fn schema_of(&self, change: &Change) -> Option<Arc<ResourceSchema>> {
        let provider = &self.providers.get(change.provider).addr.config.provider;
        self.world.schemas.of(provider, &change.address.resource).cloned()
    }

    /// Passes on what the provider says of an object: its answer, and whether it told an error. `None` where there is no
    /// answer, which is told.
    pub(super) fn heard(
        &mut self,
        change: &Change,
        block: Option<&Resource>,
        answer: protocol::Answer,
    ) -> Result<(ReplyBody, Told), protocol::CallFailure> {
        let (address, name) =
            (change.address.to_string(), self.providers.get(change.provider).name());
        let subject = Subject {
            address: &address,
            provider: &name,
            body: block.map(|block| &block.body),
            span: block.map(|block| block.span),
        };
        match answer {
            Ok(reply) => {
                provider_says(&reply.diagnostics, subject, &mut self.diags);
                let told = if reply.has_errors() { Told::Errors } else { Told::Nothing };
                Ok((reply.body, told))
            }
            Err(failure) => {
                call_failed(&failure, subject, &mut self.diags);
                Err(failure)
            }
        }
    }

    /// Blames the provider for an answer.
    pub(super) fn blame(&mut self, change: &Change, rule: Rule, breach: &Breach) {
        let provider = self.providers.get(change.provider).name();
        self.diags.push(breach.diagnostic(rule, &change.address.to_string(), &provider));
    }
}

/// Whether a provider reported errors with its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Nothing,
    Errors,
}
