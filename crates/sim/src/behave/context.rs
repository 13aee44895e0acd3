//! What a call is about: names for templates and keys, the object's generation, times, faults, the log.
//!
//! Invariant: a key names seed, stack, address and generation, and nothing else.

use std::sync::Arc;

use addr::ResourceInstance;
use engine::About;
use plan::OpId;
use schema::ResourceSchema;
use value::{Type, Value};

use super::Simulated;
use crate::fault::FaultKind;
use crate::log::{Done, Outcome, Verb};
use crate::make::{Eval, Key, Scene, text};
use crate::overlay::{Entry, Template};
use crate::rehearsal::Provenance;
use crate::schemas::Section;

/// A change that is planned or applied.
pub(super) struct Change<'a> {
    pub(super) name: &'a Arc<str>,
    pub(super) schema: &'a ResourceSchema,
    pub(super) prior: &'a Value,
    /// What is proposed or planned.
    pub(super) after: &'a Value,
    pub(super) config: &'a Value,
}

/// Names that templates may use.
pub(super) struct Names<'a> {
    pub(super) resource: &'a str,
    pub(super) address: &'a str,
    pub(super) type_name: &'a str,
}

/// How often a throttling cloud is asked.
const THROTTLED_ATTEMPTS: u32 = 3;
/// How long one waits before asking again, in milliseconds; twice as long each time.
const THROTTLED_WAIT_MS: u64 = 5_000;
/// How long a call may take before it counts as lost, in milliseconds.
const TIMEOUT_MS: u64 = 1_800_000;
/// What a call takes where no overlay says it, in milliseconds.
const CHANGE_MS: u64 = 5_000;
const READ_MS: u64 = 200;

/// A fault that strikes a call, by the text that asked for it.
pub(super) struct Struck {
    pub(super) kind: FaultKind,
    pub(super) text: String,
}

impl Simulated {
    /// The instance that the call is about.
    pub(super) fn address(&self) -> Option<&ResourceInstance> {
        match &self.about {
            About::Instance { address, .. } => Some(address),
            About::Configuration | About::Function => None,
        }
    }

    pub(super) fn op(&self) -> Option<OpId> {
        match &self.about {
            About::Instance { op, .. } => *op,
            About::Configuration | About::Function => None,
        }
    }

    /// The address as text; the type where there is none.
    pub(super) fn address_text(&self, type_name: &str) -> String {
        self.address().map_or_else(|| type_name.to_owned(), ToString::to_string)
    }

    /// The name of the resource's block.
    pub(super) fn resource_name(&self) -> &str {
        self.address().map_or("", |address| &address.resource.name)
    }

    /// The key of an object at this address.
    pub(super) fn object_key(&self, address: &str, generation: u64) -> Key {
        self.inner.key(&["object", &self.stack, address, &generation.to_string()])
    }

    /// Gives a scene of an object to a function.
    #[expect(clippy::too_many_arguments, reason = "what a template may see are many things")]
    pub(super) fn see(
        &self,
        key: &Key,
        about: &Names<'_>,
        revision: u64,
        found: &[Value],
        args: &[Value],
        object: &Value,
        see: &mut dyn FnMut(&Scene<'_>),
    ) {
        let provider = self.inner.configuration(&self.stack, &self.provider);
        let names_key = self.inner.key(&["names", &self.provider.config.provider.to_string()]);
        let none = std::collections::BTreeMap::new();
        let overlay = self.inner.overlays.of(&self.provider.config.provider);
        see(&Scene {
            key,
            object,
            provider: &provider,
            names: overlay.map_or(&none, |overlay| &overlay.names),
            names_key: &names_key,
            about: [about.resource, about.address, &self.stack, about.type_name],
            revision,
            found,
            args,
        });
    }

    /// Where an object is, and in what `unique` holds for it.
    pub(super) fn places(
        &self,
        entry: Option<&Entry>,
        object: &Value,
        about: &Names<'_>,
    ) -> (Arc<str>, Arc<str>) {
        let overlay = self.inner.overlays.of(&self.provider.config.provider);
        let general = overlay.and_then(|overlay| overlay.within.as_ref());
        let special = entry.and_then(|entry| entry.within.as_ref()).or(general);
        let key = self.inner.key(&["place"]);
        let of = |template: Option<&Template>| -> Arc<str> {
            let mut place: Arc<str> = "".into();
            self.see(&key, about, 1, &[], &[], object, &mut |scene| {
                if let Some(Eval::Value(value)) = template.map(|one| text(one, "", scene, None)) {
                    let value = value::convert::convert(&value, Type::STRING);
                    place =
                        value.ok().and_then(|text| text.as_arc_str().cloned()).unwrap_or_default();
                }
            });
            place
        };
        (of(general), of(special))
    }

    /// The first fault that strikes.
    pub(super) fn fault(&self, verb: Verb) -> Option<Struck> {
        let address = self.address()?;
        self.inner.faults.iter().find_map(|fault| {
            let kind = fault.strikes(&self.stack, address, verb)?;
            Some(Struck { kind, text: fault.to_string() })
        })
    }

    /// Writes a call into the log.
    pub(super) fn log(
        &self,
        type_name: &Arc<str>,
        verb: Verb,
        entry: Option<&Entry>,
        fault: Option<FaultKind>,
        outcome: Outcome,
    ) {
        let overlay = self.inner.overlays.of(&self.provider.config.provider);
        let general = overlay.map(|overlay| overlay.times).unwrap_or_default();
        let times = entry.map(|entry| entry.times).unwrap_or_default().or(general);
        let usual_ms = match verb {
            Verb::Create => times.create_ms.unwrap_or(CHANGE_MS),
            Verb::Update => times.update_ms.unwrap_or(CHANGE_MS),
            Verb::Delete => times.delete_ms.unwrap_or(CHANGE_MS),
            Verb::Data | Verb::Read | Verb::Import => times.read_ms.unwrap_or(READ_MS),
        };
        let (attempts, duration_ms) = match (fault, outcome) {
            (Some(FaultKind::Throttle), _) => {
                let waits: u64 =
                    (0..THROTTLED_ATTEMPTS - 1).map(|at| THROTTLED_WAIT_MS << at).sum();
                (THROTTLED_ATTEMPTS, usual_ms + waits)
            }
            (_, Outcome::TimedOut) => (1, TIMEOUT_MS.max(usual_ms)),
            _ => (1, usual_ms),
        };
        self.inner.note(Done {
            stack: self.stack.clone(),
            address: self.address_text(type_name).into(),
            type_name: type_name.clone(),
            verb,
            op: self.op(),
            attempts,
            duration_ms,
            outcome,
        });
    }

    /// Says where the behaviour of a type comes from.
    pub(super) fn provenance(&self, section: Section, type_name: &Arc<str>, entry: Option<&Entry>) {
        let name: Arc<str> = match section {
            Section::Resource => type_name.clone(),
            Section::Data => format!("data.{type_name}").into(),
            Section::Ephemeral => format!("ephemeral.{type_name}").into(),
        };
        let measured = crate::overlay::measured().contains(&*name)
            && !self.inner.overlays.changes(&self.provider.config.provider, section, type_name);
        let from = match entry {
            Some(_) if measured => Provenance::Measured,
            Some(_) => Provenance::Overlay,
            None => Provenance::SchemaOnly,
        };
        self.inner.came_from(name, from);
    }
}
