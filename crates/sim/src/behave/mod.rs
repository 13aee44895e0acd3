//! The simulated provider: what it answers to each call.
//!
//! A value for one call: who asks, about what. What it knows stands in [`Inner`]. Invariant: a call ends in one answer,
//! and what it changed is durable before.

mod apply;
mod context;
mod data;
mod find;
mod plan;
mod replace;
mod say;
mod validate;

use std::sync::Arc;

use addr::ProviderInstance;
use engine::About;
use provider::{BoxFuture, Provider};
use schema::protocol::{Answer, Call, FunctionError, RawState, ReplyBody};
use schema::{Block, ResourceSchema};
use value::Value;

use crate::make::{Eval, made};
use crate::overlay::Entry;
use crate::rehearsal::Inner;
use crate::schemas::Section;
use crate::world::conformed;

/// The provider as one call sees it.
pub(crate) struct Simulated {
    pub(crate) inner: Arc<Inner>,
    pub(crate) stack: Arc<str>,
    pub(crate) provider: ProviderInstance,
    pub(crate) about: About,
}

impl Provider for Simulated {
    fn call(&self, call: Call) -> BoxFuture<'_, Answer> {
        Box::pin(std::future::ready(self.answer(&call)))
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

impl Simulated {
    fn answer(&self, call: &Call) -> Answer {
        match call {
            Call::Configure { config, .. } => {
                self.inner.configure(&self.stack, &self.provider, config.clone());
                Ok(ReplyBody::Configured.into())
            }
            Call::ValidateProvider { .. } => Ok(ReplyBody::Validated.into()),
            Call::Function { name, args } => {
                Ok(ReplyBody::FunctionResult(self.function(name, args)).into())
            }
            _ => {
                let (section, name) = section(call);
                let Some(schema) = self.offered(section, name) else {
                    return Ok(say::refused(
                        call,
                        &format!("There is no {name} in this provider's schema."),
                    ));
                };
                self.answer_about(call, name, &schema)
            }
        }
    }

    fn answer_about(&self, call: &Call, name: &Arc<str>, schema: &ResourceSchema) -> Answer {
        let block = &schema.block;
        Ok(match call {
            Call::ValidateResource { config, .. }
            | Call::ValidateData { config, .. }
            | Call::ValidateEphemeral { config, .. } => {
                let diagnostics = validate::faults(block, config);
                schema::protocol::Reply { diagnostics, body: ReplyBody::Validated }
            }
            Call::UpgradeState { raw, .. } => upgraded(call, block, raw),
            Call::UpgradeIdentity { raw, .. } => {
                let ty = schema.identity.as_ref().map_or(value::Type::DYNAMIC, |one| one.ty());
                let json = serde_json::from_slice(raw).unwrap_or_default();
                ReplyBody::IdentityUpgraded { identity: conformed(&json, ty) }.into()
            }
            Call::Plan { prior, proposed, config, prior_private, prior_identity, .. } => {
                let asked = context::Change { name, schema, prior, after: proposed, config };
                self.plan(&asked, prior_private, prior_identity.as_ref())
            }
            Call::Apply { prior, planned, config, planned_private, .. } => {
                let asked = context::Change { name, schema, prior, after: planned, config };
                return self.apply(&asked, planned_private);
            }
            Call::Read { current, private, identity, .. } => {
                return self.read(name, schema, current, private, identity.as_ref());
            }
            Call::Import { target, .. } => self.import(name, schema, target),
            Call::ReadData { config, .. } => self.read_data(name, block, config),
            Call::Open { config, .. } => {
                let entry = self.entry(Section::Ephemeral, name);
                let result = self.said(Section::Ephemeral, name, block, config, entry, &[]);
                let private: schema::protocol::Private = Arc::new([]);
                ReplyBody::Opened { result, private, renew_at_ms: None, deferred: None }.into()
            }
            Call::Renew { private, .. } => {
                ReplyBody::Renewed { private: private.clone(), renew_at_ms: None }.into()
            }
            Call::Close { .. } => ReplyBody::Closed.into(),
            Call::MoveState { source_type, .. } => {
                say::refused(call, &format!("A rehearsal cannot make {name} of {source_type} yet."))
            }
            Call::Configure { .. } | Call::ValidateProvider { .. } | Call::Function { .. } => {
                panic!("BUG: answered before")
            }
        })
    }

    /// The schema of a type, of the document that the stack's constraints chose.
    fn offered(&self, section: Section, name: &str) -> Option<Arc<ResourceSchema>> {
        self.inner.offer(&self.stack, &self.provider.config.provider)?.of(section, name)
    }

    /// What the overlay says of a type.
    fn entry(&self, section: Section, name: &str) -> Option<&Entry> {
        let overlay = self.inner.overlays.of(&self.provider.config.provider)?;
        match section {
            Section::Resource => overlay.types.get(name),
            Section::Data => overlay.data.get(name),
            Section::Ephemeral => overlay.ephemeral.get(name),
        }
    }

    fn function(&self, name: &str, args: &[Value]) -> Result<Value, FunctionError> {
        let fault = |text: String| FunctionError { argument: None, text };
        let provider = &self.provider.config.provider;
        let overlay = self.inner.overlays.of(provider);
        let entry = overlay.and_then(|overlay| overlay.functions.get(name));
        let Some(result) = entry.and_then(|entry| entry.result.as_ref()) else {
            let text = format!(
                "{name} of {} cannot be rehearsed: no overlay says what it gives",
                provider.for_display()
            );
            return Err(fault(text));
        };
        let mut found = Eval::Absent;
        let about = context::Names { resource: name, address: name, type_name: name };
        let key = self.inner.key(&["function", name]);
        self.see(&key, &about, 1, &[], args, &Value::DYNAMIC, &mut |scene| {
            found = made(result, value::Type::DYNAMIC, name, scene);
        });
        match found {
            Eval::Value(value) => Ok(value),
            Eval::Unknown => Ok(Value::DYNAMIC),
            Eval::Absent => Err(fault(format!("the overlay has no value for {name} here"))),
        }
    }
}

fn section(call: &Call) -> (Section, &Arc<str>) {
    let section = match call {
        Call::ValidateData { .. } | Call::ReadData { .. } => Section::Data,
        Call::ValidateEphemeral { .. }
        | Call::Open { .. }
        | Call::Renew { .. }
        | Call::Close { .. } => Section::Ephemeral,
        _ => Section::Resource,
    };
    (section, call.type_name().expect("BUG: a call about a type names it"))
}

fn upgraded(call: &Call, block: &Block, raw: &RawState) -> schema::protocol::Reply {
    let RawState::Json(text) = raw else {
        return say::refused(call, "A state of this age cannot be rehearsed.");
    };
    match serde_json::from_slice(text) {
        Ok(json) => ReplyBody::Upgraded { state: conformed(&json, block.ty()) }.into(),
        Err(error) => say::refused(call, &format!("What was stored is no JSON: {error}.")),
    }
}
