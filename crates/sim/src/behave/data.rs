//! What data sources and ephemeral resources say: from the world where an overlay tells how to find it, else made up.
//!
//! Invariant: the same question gets the same answer, whoever asks, while the world is the same.

use std::sync::Arc;

use schema::Block;
use schema::protocol::{Reply, ReplyBody};
use value::{Type, Value};

use super::context::Names;
use super::{Simulated, plan, say};
use crate::fault::FaultKind;
use crate::log::{Outcome, Verb};
use crate::make::filled;
use crate::overlay::Entry;
use crate::schemas::Section;

impl Simulated {
    /// What a data source says.
    pub(super) fn read_data(&self, name: &Arc<str>, block: &Block, config: &Value) -> Reply {
        let entry = self.entry(Section::Data, name);
        self.provenance(Section::Data, name, entry);
        let nothing = || ReplyBody::DataRead { state: Value::null(block.ty()), deferred: None };
        let fault = self.fault(Verb::Data);
        let kind = fault.as_ref().map(|one| one.kind);
        if let Some(struck) = fault.filter(|one| one.kind != FaultKind::Throttle) {
            self.log(name, Verb::Data, entry, kind, Outcome::Failed);
            let text = format!("As --fault {:?} says.", struck.text);
            return say::erring(
                nothing(),
                say::error("The rehearsed cloud refused to be asked", text),
            );
        }
        let finds = entry.and_then(|entry| entry.finds.as_ref().or(entry.lists.as_ref()));
        let found = finds.map(|finds| self.found(finds, config)).unwrap_or_default();
        if found.is_empty()
            && let Some(finds) = finds.filter(|finds| finds.required)
        {
            self.log(name, Verb::Data, entry, kind, Outcome::Failed);
            let text =
                format!("No {} of the rehearsed cloud is what is asked for.", finds.type_name);
            return say::erring(
                nothing(),
                say::error("There is nothing to find in the rehearsed cloud", text),
            );
        }
        self.log(name, Verb::Data, entry, kind, Outcome::Done);
        let state = self.said(Section::Data, name, block, config, entry, &found);
        ReplyBody::DataRead { state, deferred: None }.into()
    }

    /// The configuration, with what the cloud says filled in.
    pub(super) fn said(
        &self,
        section: Section,
        name: &Arc<str>,
        block: &Block,
        config: &Value,
        entry: Option<&Entry>,
        found: &[Value],
    ) -> Value {
        if section == Section::Ephemeral {
            self.provenance(section, name, entry);
        }
        let question = value::json::encode_simple(config).unwrap_or_default();
        let provider = self.provider.config.provider.to_string();
        let key = self.inner.key(&["data", &provider, name, &question]);
        let mut object = block.without_write_only(&block.planned_unknown(config));
        for (pattern, _) in entry.and_then(|entry| entry.values.as_ref()).into_iter().flatten() {
            // A provider of the old SDK says what its schema only lets one ask.
            let null = object.attr(pattern.root()).filter(|value| value.is_null());
            if let Some(ty) = null.map(Value::ty).filter(|_| pattern.steps().len() == 1) {
                object = plan::with(&object, pattern.root(), Value::unknown(ty));
            }
        }
        let single = entry.is_some_and(|entry| entry.finds.is_some());
        if let Some(one) = found.first().filter(|_| single) {
            object = taken(block, &object, one, entry);
        }
        let address = self.address_text(name);
        let names = Names { resource: self.resource_name(), address: &address, type_name: name };
        let value = filled(block, &object, entry, &|object, see| {
            self.see(&key, &names, 1, found, &[], object, see);
        });
        debug_assert!(value.is_wholly_known());
        value
    }
}

/// The object with attributes of what was found, where no template says otherwise.
fn taken(block: &Block, object: &Value, found: &Value, entry: Option<&Entry>) -> Value {
    let said = |name: &str| {
        let values = entry.and_then(|entry| entry.values.as_ref());
        values.is_some_and(|all| all.iter().any(|(pattern, _)| pattern.root() == name))
    };
    let mut object = object.clone();
    for attr in block.attrs() {
        let unknown = object.attr(&attr.name).is_some_and(|value| !value.is_wholly_known());
        if !unknown || said(&attr.name) {
            continue;
        }
        if let Some(value) = found.attr(&attr.name).and_then(|value| as_type(value, attr.ty)) {
            object = plan::with(&object, &attr.name, value);
        }
    }
    object
}

fn as_type(value: &Value, ty: Type) -> Option<Value> {
    if value.is_null() {
        return None;
    }
    value::convert::convert(value, ty).ok()
}
