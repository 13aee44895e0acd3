//! Plans, and makes, changes, removes and reads objects of the simulated world.
//!
//! Invariant: the world is written before the answer is given, in one write; a refused call writes nothing.

use std::sync::Arc;

use schema::ResourceSchema;
use schema::protocol::{Answer, FailureKind, ImportTarget, Imported, Private, Reply, ReplyBody};
use value::Value;

use super::context::{Change, Names, Struck};
use super::plan::{self, Asked};
use super::{Simulated, find, say};
use crate::fault::FaultKind;
use crate::log::{Outcome, Verb};
use crate::make::{Key, filled};
use crate::overlay::{Entry, Sdk};
use crate::schemas::Section;
use crate::world::{Object, WorldError};

impl Simulated {
    fn legacy(&self) -> bool {
        let overlay = self.inner.overlays.of(&self.provider.config.provider);
        overlay.is_some_and(|overlay| overlay.sdk == Some(Sdk::Legacy))
    }

    /// What an object would become.
    pub(super) fn plan(
        &self,
        asked: &Change<'_>,
        private: &Private,
        identity: Option<&Value>,
    ) -> Reply {
        let entry = self.entry(Section::Resource, asked.name);
        self.provenance(Section::Resource, asked.name, entry);
        let legacy_type_system = self.legacy();
        let body = |planned: Value, requires_replace, private: Private| ReplyBody::Planned {
            planned,
            private,
            requires_replace,
            legacy_type_system,
            identity: identity.cloned(),
            deferred: None,
        };
        if asked.after.is_null() {
            return body(asked.after.clone(), Vec::new(), private.clone()).into();
        }
        let address = self.address_text(asked.name);
        let generation = match asked.prior.is_null() {
            true => self.inner.world.next_generation(&self.stack, &address),
            false => {
                self.object(asked.name, asked.prior, private).map_or(1, |(_, one)| one.generation)
            }
        };
        let key = self.object_key(&address, generation);
        let names =
            Names { resource: self.resource_name(), address: &address, type_name: asked.name };
        let configuration = self.inner.configuration(&self.stack, &self.provider);
        let question = Asked {
            block: &asked.schema.block,
            prior: asked.prior,
            proposed: asked.after,
            config: asked.config,
            entry,
            overlay: self.inner.overlays.of(&self.provider.config.provider),
            provider: &configuration,
        };
        let planned = plan::planned(&question, &|object, see| {
            self.see(&key, &names, 1, &[], &[], object, see);
        });
        let kept = if asked.prior.is_null() { Arc::new([]) } else { private.clone() };
        body(planned.object, planned.requires_replace, kept).into()
    }

    /// Makes it so.
    pub(super) fn apply(&self, asked: &Change<'_>, private: &Private) -> Answer {
        let entry = self.entry(Section::Resource, asked.name);
        let verb = match (asked.prior.is_null(), asked.after.is_null()) {
            (true, _) => Verb::Create,
            (false, true) => Verb::Delete,
            (false, false) => Verb::Update,
        };
        let fault = self.fault(verb);
        let logged = |outcome: Outcome| {
            self.log(asked.name, verb, entry, fault.as_ref().map(|one| one.kind), outcome);
        };
        if let Some(Struck { kind: FaultKind::Error, text }) = &fault {
            logged(Outcome::Failed);
            let what = say::error(
                "The rehearsed cloud refused",
                format!("As --fault {text:?} says; nothing happened."),
            );
            return Ok(say::erring(
                self.applied(asked, asked.prior.clone(), private.clone(), entry),
                what,
            ));
        }
        if let Some(Struck { kind: FaultKind::Timeout, text }) = &fault {
            let key = self.object_key(&self.address_text(asked.name), 0);
            if key.below("timeout", 2) == 0 {
                // What comes of it nobody is told.
                drop(self.change(asked, verb, entry, private));
            }
            logged(Outcome::TimedOut);
            return Err(self.lost(
                FailureKind::TimedOut,
                format!("no answer came in time, as --fault {text:?} says"),
            ));
        }
        let (state, private) = match self.change(asked, verb, entry, private) {
            Ok(done) => done,
            Err(Refusal::Said(diagnostic)) => {
                logged(Outcome::Failed);
                let body = self.applied(asked, asked.prior.clone(), private.clone(), entry);
                return Ok(say::erring(body, diagnostic));
            }
            Err(Refusal::World(error)) => {
                return Err(
                    self.lost(FailureKind::Transport, format!("the rehearsal's store: {error}"))
                );
            }
        };
        if let Some(Struck { kind: FaultKind::Partial, text }) = &fault {
            logged(Outcome::Partial);
            let what = say::error(
                "The rehearsed cloud did it by half",
                format!("As --fault {text:?} says: it was done, and the answer is an error."),
            );
            let state = if verb == Verb::Delete { asked.prior.clone() } else { state };
            return Ok(say::erring(self.applied(asked, state, private, entry), what));
        }
        logged(Outcome::Done);
        Ok(self.applied(asked, state, private, entry).into())
    }

    fn lost(&self, kind: FailureKind, message: String) -> schema::protocol::CallFailure {
        let provider = self.provider.config.provider.for_display();
        say::unanswered(kind, provider, schema::protocol::CallKind::Apply.name(), message)
    }

    fn applied(
        &self,
        asked: &Change<'_>,
        state: Value,
        private: Private,
        entry: Option<&Entry>,
    ) -> ReplyBody {
        let identity = self.identity(asked.schema, &state, entry, asked.name);
        ReplyBody::Applied { state, private, legacy_type_system: self.legacy(), identity }
    }

    fn change(
        &self,
        asked: &Change<'_>,
        verb: Verb,
        entry: Option<&Entry>,
        private: &Private,
    ) -> Result<(Value, Private), Refusal> {
        match verb {
            Verb::Create => self.create(asked, entry),
            Verb::Delete => self.delete(asked, entry, private),
            _ => self.update(asked, entry, private),
        }
    }

    fn create(
        &self,
        asked: &Change<'_>,
        entry: Option<&Entry>,
    ) -> Result<(Value, Private), Refusal> {
        let address = self.address_text(asked.name);
        let generation = self.inner.world.next_generation(&self.stack, &address);
        let key = self.object_key(&address, generation);
        let names =
            Names { resource: self.resource_name(), address: &address, type_name: asked.name };
        let value = self.filled(asked, entry, &key, &names, 1);
        let (scope, within) = self.places(entry, &value, &names);
        self.sole(asked.name, entry, &value, &within, None)?;
        let name: Arc<str> = key.name().into();
        let object = Object {
            type_name: asked.name.clone(),
            provider: self.provider.config.provider.for_display().into(),
            stack: self.stack.clone(),
            address: address.as_str().into(),
            generation,
            revision: 1,
            scope,
            within,
            value: value.clone(),
        };
        self.inner.world.put(&name, object)?;
        Ok((value, find::private(&name)))
    }

    fn update(
        &self,
        asked: &Change<'_>,
        entry: Option<&Entry>,
        private: &Private,
    ) -> Result<(Value, Private), Refusal> {
        let Some((name, object)) = self.object(asked.name, asked.prior, private) else {
            let text = "It was removed since it was planned. Plan again.";
            return Err(Refusal::Said(say::error("The object is not there any more", text)));
        };
        let revision = object.revision + 1;
        let address = self.address_text(asked.name);
        let parts = [&object.stack, &object.address].map(AsRef::as_ref);
        let key = self.inner.key(&[
            "object",
            parts[0],
            parts[1],
            &object.generation.to_string(),
            &revision.to_string(),
        ]);
        let names =
            Names { resource: self.resource_name(), address: &address, type_name: asked.name };
        let value = self.filled(asked, entry, &key, &names, revision);
        let (scope, within) = self.places(entry, &value, &names);
        self.sole(asked.name, entry, &value, &within, Some(&name))?;
        // An object that was moved in the state keeps the address that it was made for: its key comes of it.
        let changed = Object { revision, scope, within, value: value.clone(), ..(*object).clone() };
        self.inner.world.put(&name, changed)?;
        Ok((value, find::private(&name)))
    }

    fn delete(
        &self,
        asked: &Change<'_>,
        entry: Option<&Entry>,
        private: &Private,
    ) -> Result<(Value, Private), Refusal> {
        let gone = (Value::null(asked.schema.block.ty()), Private::from([]));
        let Some((name, object)) = self.object(asked.name, asked.prior, private) else {
            return Ok(gone);
        };
        for hold in entry.and_then(|entry| entry.holds.as_deref()).unwrap_or_default() {
            let Some(own) = object.value.attr(&hold.named).and_then(Value::as_str) else {
                continue;
            };
            let holder = self.inner.world.first_of_type(&hold.type_name, |other, holder| {
                let near = *other != name && holder.scope == object.scope;
                let refers =
                    near && find::texts(&holder.value, &hold.by).iter().any(|id| id == own);
                refers.then(|| self.whose(holder))
            });
            if let Some(holder) = holder {
                let text = format!("{holder} still refers to it by {}.", hold.by);
                let what = say::error("The rehearsed cloud refused: it is in use", text);
                return Err(Refusal::Said(what));
            }
        }
        self.inner.world.remove(&name)?;
        Ok(gone)
    }

    fn filled(
        &self,
        asked: &Change<'_>,
        entry: Option<&Entry>,
        key: &Key,
        names: &Names<'_>,
        revision: u64,
    ) -> Value {
        filled(&asked.schema.block, asked.after, entry, &|object, see| {
            self.see(key, names, revision, &[], &[], object, see);
        })
    }

    /// That no other object has what only one may have.
    fn sole(
        &self,
        type_name: &Arc<str>,
        entry: Option<&Entry>,
        value: &Value,
        within: &str,
        own: Option<&Arc<str>>,
    ) -> Result<(), Refusal> {
        let Some(unique) = entry.and_then(|entry| entry.unique.as_ref()) else { return Ok(()) };
        let of = |value: &Value, patterns: &[crate::overlay::Pattern]| -> Option<Vec<String>> {
            patterns.iter().map(|pattern| find::texts(value, pattern).into_iter().next()).collect()
        };
        for patterns in unique {
            let Some(have) = of(value, patterns) else { continue };
            let other = self.inner.world.first_of_type(type_name, |name, other| {
                let rival = Some(name) != own && *other.within == *within;
                let same = rival && of(&other.value, patterns).as_ref() == Some(&have);
                same.then(|| self.whose(other))
            });
            if let Some(other) = other {
                let paths: Vec<String> = patterns.iter().map(ToString::to_string).collect();
                let (paths, have) = (paths.join(", "), have.join(", "));
                let text = format!("{paths} {have:?} is that of {other} already.");
                let what = say::error("The rehearsed cloud refused: it exists", text);
                return Err(Refusal::Said(what));
            }
        }
        Ok(())
    }

    /// The address of an object, as this stack sees it.
    fn whose(&self, object: &Object) -> String {
        match object.stack == self.stack {
            true => object.address.to_string(),
            false => format!("{} of stack {}", object.address, object.stack),
        }
    }

    /// What the object is now.
    pub(super) fn read(
        &self,
        name: &Arc<str>,
        schema: &ResourceSchema,
        current: &Value,
        private: &Private,
        identity: Option<&Value>,
    ) -> Answer {
        let entry = self.entry(Section::Resource, name);
        let fault = self.fault(Verb::Read);
        let body = |state: Value, private: Private, identity: Option<Value>| ReplyBody::Read {
            state,
            private,
            identity,
            deferred: None,
        };
        let kind = fault.as_ref().map(|one| one.kind);
        if let Some(Struck {
            kind: FaultKind::Error | FaultKind::Timeout | FaultKind::Partial,
            text,
        }) = &fault
        {
            self.log(name, Verb::Read, entry, kind, Outcome::Failed);
            let what = say::error(
                "The rehearsed cloud refused to be read",
                format!("As --fault {text:?} says."),
            );
            return Ok(say::erring(
                body(current.clone(), private.clone(), identity.cloned()),
                what,
            ));
        }
        self.log(name, Verb::Read, entry, kind, Outcome::Done);
        let Some((object_name, object)) = self.object(name, current, private) else {
            let nothing = Value::null(schema.block.ty());
            return Ok(body(nothing, private.clone(), identity.cloned()).into());
        };
        let state = object.as_type(schema.block.ty());
        let identity = self.identity(schema, &state, entry, name);
        Ok(body(state, find::private(&object_name), identity).into())
    }

    /// Finds an object that a state does not know.
    pub(super) fn import(
        &self,
        name: &Arc<str>,
        schema: &ResourceSchema,
        target: &ImportTarget,
    ) -> Reply {
        let entry = self.entry(Section::Resource, name);
        self.provenance(Section::Resource, name, entry);
        let Some((object_name, object)) = self.imported(name, schema, target, entry) else {
            self.log(name, Verb::Import, entry, None, Outcome::Failed);
            let which = match target {
                ImportTarget::Id(id) => format!("{name} {id:?}"),
                ImportTarget::Identity(_) => format!("{name} of this identity"),
            };
            let what = say::error(
                "There is nothing to import in the rehearsed cloud",
                format!(
                    "{which} does not exist in it. A rehearsal knows only what it made itself."
                ),
            );
            return say::erring(ReplyBody::Imported { objects: Vec::new(), deferred: None }, what);
        };
        self.log(name, Verb::Import, entry, None, Outcome::Done);
        let state = object.as_type(schema.block.ty());
        let identity = self.identity(schema, &state, entry, name);
        let private = find::private(&object_name);
        let objects = vec![Imported { type_name: name.clone(), state, private, identity }];
        ReplyBody::Imported { objects, deferred: None }.into()
    }
}

/// Why nothing was changed.
enum Refusal {
    /// The cloud said so.
    Said(schema::protocol::ProviderDiagnostic),
    /// The world could not be written.
    World(WorldError),
}

impl From<WorldError> for Refusal {
    fn from(error: WorldError) -> Refusal {
        Refusal::World(error)
    }
}
