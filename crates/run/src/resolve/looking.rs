//! A stack's world in which the reading of one object begins with an import.
//!
//! All other requests are the real world's.
//! Invariant: a read is answered once, with what the provider read last, or with why it could not be imported.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::{About, Answer, ProviderId, Request};
use plan::ProviderInstance;
use schema::protocol::{
    Call, Deferral, FailureKind, ImportTarget, Imported, Private, ProviderDiagnostic,
    ProviderSeverity, Reply, ReplyBody,
};
use state::ObjectAddr;
use value::{Path, Type, Value};

use crate::drive::{Answering, World};
use crate::world::StackWorld;

/// How providers' kits say, in the text of an error, that a type cannot be imported; the protocol has no other word.
const UNSUPPORTED: [&str; 3] =
    ["doesn't support import", "does not support import", "import not implemented"];

/// What came of the import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Import {
    /// Nobody read the object.
    NotAsked,
    /// The provider imported it, or said why not.
    Done,
    /// The type cannot be imported.
    Unsupported,
}

/// The world.
pub(super) struct Looking {
    world: Arc<StackWorld>,
    at: ObjectAddr,
    id: Arc<str>,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug)]
struct Seen {
    import: Import,
    found: bool,
    configured_unknown: bool,
}

impl Looking {
    /// The real world, but for the reading of the object at `at`, which is imported by `id` first.
    pub(super) fn new(world: Arc<StackWorld>, at: ObjectAddr, id: Arc<str>) -> Looking {
        let seen = Seen { import: Import::NotAsked, found: false, configured_unknown: false };
        Looking { world, at, id, seen: Arc::new(Mutex::new(seen)) }
    }

    /// What came of the import.
    pub(super) fn import(&self) -> Import {
        lock(&self.seen).import
    }

    /// Whether the provider read an object, and said nothing against it.
    pub(super) fn found(&self) -> bool {
        lock(&self.seen).found
    }

    /// Whether a provider was configured with unknowns.
    pub(super) fn was_configured_unknown(&self) -> bool {
        lock(&self.seen).configured_unknown
    }

    fn is_read(&self, request: &Request) -> bool {
        match request {
            Request::Provider { about: About::Instance { address, deposed, .. }, call, .. } => {
                matches!(**call, Call::Read { .. })
                    && *address == self.at.instance
                    && *deposed == self.at.deposed
            }
            _ => false,
        }
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World for Looking {
    fn answer_now(&self, request: &Request, providers: &[ProviderInstance]) -> Option<Answer> {
        if let Request::Provider { call, .. } = request
            && let Call::Configure { config, .. } = &**call
            && !config.is_wholly_known()
        {
            lock(&self.seen).configured_unknown = true;
        }
        if self.is_read(request) { None } else { self.world.answer_now(request, providers) }
    }

    fn answer(&self, request: Request, providers: &[ProviderInstance]) -> Answering {
        if !self.is_read(&request) {
            return self.world.answer(request, providers);
        }
        let Request::Provider { provider, about, call } = request else {
            panic!("BUG: a read is a provider's");
        };
        let reading = Reading {
            world: self.world.clone(),
            providers: providers.to_vec(),
            provider,
            about,
            id: self.id.clone(),
        };
        let seen = self.seen.clone();
        Box::pin(async move {
            let (import, answer) = reading.import_and_read(*call).await;
            let mut seen = lock(&seen);
            seen.import = import;
            seen.found = is_object(&answer);
            drop(seen);
            answer
        })
    }

    fn stop_calls(&self) {
        self.world.stop_calls();
    }

    fn kill(&self) {
        self.world.kill();
    }

    fn may_call(&self) -> bool {
        self.world.may_call()
    }
}

/// The reading of the object, under way.
struct Reading {
    world: Arc<StackWorld>,
    providers: Vec<ProviderInstance>,
    provider: ProviderId,
    about: About,
    id: Arc<str>,
}

impl Reading {
    async fn import_and_read(&self, read: Call) -> (Import, Answer) {
        let type_name = read.type_name().expect("BUG: a read names a type").clone();
        let import = Call::Import {
            type_name: type_name.clone(),
            target: ImportTarget::Id(self.id.clone()),
            deferral: Deferral::Refused,
        };
        let Answer::Provider(answer) = self.put(import).await else {
            panic!("BUG: a provider's answer is none")
        };
        match answer {
            Ok(reply) if !reply.has_errors() => {
                let ReplyBody::Imported { objects, .. } = reply.body else {
                    panic!("BUG: an answer to another call")
                };
                match objects.into_iter().find(|one| one.type_name == type_name) {
                    Some(imported) => (Import::Done, self.put(read_of(imported)).await),
                    None => (Import::Done, said(vec![other_type(&type_name)])),
                }
            }
            Ok(reply) if says_unsupported(&reply.diagnostics) => {
                (Import::Unsupported, self.put(read).await)
            }
            Ok(reply) => (Import::Done, said(reply.diagnostics)),
            Err(failure) if matches!(failure.kind, FailureKind::Refused) => {
                (Import::Unsupported, self.put(read).await)
            }
            Err(failure) => (Import::Done, Answer::Provider(Err(failure))),
        }
    }

    async fn put(&self, call: Call) -> Answer {
        let (provider, about) = (self.provider, self.about.clone());
        let request = Request::Provider { provider, about, call: Box::new(call) };
        match self.world.answer_now(&request, &self.providers) {
            Some(answer) => answer,
            None => self.world.answer(request, &self.providers).await,
        }
    }
}

fn is_object(answer: &Answer) -> bool {
    let Answer::Provider(Ok(reply)) = answer else { return false };
    let object = matches!(&reply.body, ReplyBody::Read { state, .. } if !state.is_null());
    object && !reply.has_errors()
}

/// What an import found is read before it is believed.
fn read_of(imported: Imported) -> Call {
    Call::Read {
        type_name: imported.type_name,
        current: imported.state,
        private: imported.private,
        identity: imported.identity,
        deferral: Deferral::Refused,
    }
}

/// The answer to a read that was not put, since the import failed.
fn said(diagnostics: Vec<ProviderDiagnostic>) -> Answer {
    let body = ReplyBody::Read {
        state: Value::null(Type::DYNAMIC),
        private: Private::from([]),
        identity: None,
        deferred: None,
    };
    Answer::Provider(Ok(Reply { diagnostics, body }))
}

fn other_type(type_name: &str) -> ProviderDiagnostic {
    ProviderDiagnostic {
        severity: ProviderSeverity::Error,
        summary: "The import found no object of this type".to_owned(),
        detail: format!(
            "The provider was asked for one of type {type_name} and answered with others, or with none."
        ),
        attribute: Path::default(),
    }
}

/// Whether the errors say that the type cannot be imported at all, rather than that this import failed.
fn says_unsupported(diagnostics: &[ProviderDiagnostic]) -> bool {
    let mut errors = diagnostics.iter().filter(|one| one.severity == ProviderSeverity::Error);
    errors.any(|one| {
        let text = format!("{}\n{}", one.summary, one.detail).to_lowercase();
        UNSUPPORTED.iter().any(|phrase| text.contains(phrase))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(summary: &str, detail: &str, expect: bool) {
        let one = ProviderDiagnostic {
            severity: ProviderSeverity::Error,
            summary: summary.to_owned(),
            detail: detail.to_owned(),
            attribute: Path::default(),
        };
        assert_eq!(says_unsupported(&[one]), expect, "{summary}: {detail}");
    }

    #[test]
    fn what_kits_say_of_types_without_import_is_known() {
        check("resource null_thing doesn't support import", "", true);
        check("Resource Import Not Implemented", "This resource does not support import.", true);
        check("Cannot import non-existent remote object", "", false);
        check("unexpected format of ID", "expected a/b", false);
    }
}
