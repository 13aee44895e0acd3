//! A rehearsal: the simulated cloud of one command, with everything that it knows.
//!
//! Invariant: with the same settings and the same rows it answers the same, whatever the order of calls.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use addr::{ProviderAddr, ProviderInstance, ResourceInstance};
use diag::{Diagnostic, Diags};
use engine::About;
use plan::Digest;
use provider::{Provider, Wanted};
use run::cloud::Cloud;
use schema::ProviderSchema;
use schema::version::Constraints;
use value::Value;

use crate::behave::Simulated;
use crate::drift::{self, Drifted};
use crate::fault::{Drift, Fault};
use crate::log::Done;
use crate::make::Key;
use crate::overlay::{Misfit, Overlays};
use crate::schemas::{Offer, SchemaSources};
use crate::world::{Existing, World, WorldError, WorldRows};

/// What a rehearsal is made from.
#[derive(Debug, Default)]
pub struct Settings {
    /// What everything made up comes of.
    pub seed: u64,
    /// What is to go wrong.
    pub faults: Vec<Fault>,
    /// What [`Rehearsal::drift`] changes.
    pub drifts: Vec<Drift>,
    /// Where schemas come from.
    pub schemas: SchemaSources,
    /// What is known beyond them.
    pub overlays: Overlays,
}

/// Where the behaviour of a type comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Provenance {
    /// It was compared with a real part.
    Measured,
    /// An overlay says it.
    Overlay,
    /// From the schema alone.
    SchemaOnly,
}

/// The simulated cloud of one command.
pub struct Rehearsal(Arc<Inner>);

/// The schemas that a stack uses of a provider.
type Offers = HashMap<(Arc<str>, ProviderAddr), Arc<Offer>>;

/// What the simulated providers share.
pub(crate) struct Inner {
    seed: u64,
    pub(crate) faults: Vec<Fault>,
    drifts: Vec<Drift>,
    schemas: SchemaSources,
    pub(crate) overlays: Overlays,
    pub(crate) world: World,
    offers: Mutex<Offers>,
    configured: Mutex<HashMap<(Arc<str>, ProviderInstance), Value>>,
    log: Mutex<Vec<Done>>,
    provenance: Mutex<BTreeMap<Arc<str>, Provenance>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    pub(crate) fn key(&self, parts: &[&str]) -> Key {
        Key::new(self.seed, parts)
    }

    pub(crate) fn configure(&self, stack: &Arc<str>, provider: &ProviderInstance, config: Value) {
        locked(&self.configured).insert((stack.clone(), provider.clone()), config);
    }

    /// What a provider was configured with; unknown before.
    pub(crate) fn configuration(&self, stack: &Arc<str>, provider: &ProviderInstance) -> Value {
        let configured = locked(&self.configured);
        configured.get(&(stack.clone(), provider.clone())).cloned().unwrap_or(Value::DYNAMIC)
    }

    /// The schemas that a stack uses of a provider.
    pub(crate) fn offer(&self, stack: &Arc<str>, provider: &ProviderAddr) -> Option<Arc<Offer>> {
        locked(&self.offers).get(&(stack.clone(), provider.clone())).cloned()
    }

    pub(crate) fn note(&self, done: Done) {
        locked(&self.log).push(done);
    }

    pub(crate) fn came_from(&self, name: Arc<str>, from: Provenance) {
        locked(&self.provenance).insert(name, from);
    }
}

impl Rehearsal {
    /// Opens the world that these rows hold.
    ///
    /// # Errors
    /// Where the rows cannot be read.
    pub fn open(settings: Settings, rows: Arc<dyn WorldRows>) -> Result<Arc<Rehearsal>, Diags> {
        let world = World::open(rows).map_err(|error| {
            let mut diags = Diags::new();
            diags.push(unreadable(&error));
            diags
        })?;
        let Settings { seed, faults, drifts, schemas, overlays } = settings;
        Ok(Arc::new(Rehearsal(Arc::new(Inner {
            seed,
            faults,
            drifts,
            schemas,
            overlays,
            world,
            offers: Mutex::default(),
            configured: Mutex::default(),
            log: Mutex::default(),
            provenance: Mutex::default(),
        }))))
    }

    /// Reads the world again, after another process may have changed it.
    ///
    /// # Errors
    /// Where the rows cannot be read.
    pub fn look_again(&self) -> Result<(), Diags> {
        self.0.world.look_again().map_err(|error| {
            let mut diags = Diags::new();
            diags.push(unreadable(&error));
            diags
        })
    }

    /// Each call that read or changed something, in an order that does not depend on when it came.
    pub fn log(&self) -> Vec<Done> {
        let mut log = locked(&self.0.log).clone();
        log.sort();
        log
    }

    /// The same, and forgets it: for commands that do several steps.
    pub fn take_log(&self) -> Vec<Done> {
        let mut log = std::mem::take(&mut *locked(&self.0.log));
        log.sort();
        log
    }

    /// Of each type that was met (`data.TYPE` for data sources), where its behaviour comes from.
    pub fn provenance(&self) -> BTreeMap<Arc<str>, Provenance> {
        locked(&self.0.provenance).clone()
    }

    /// A warning for each type of the estate's own overlays that nothing has asked for: another name may have been meant.
    pub fn overlays_unasked(&self) -> Diags {
        let met = locked(&self.0.provenance);
        let mut diags = Diags::new();
        for (name, place) in self.0.overlays.own_names() {
            if met.contains_key(&*name) {
                continue;
            }
            diags.push(
                Diagnostic::warning("overlay-unasked", "An overlay is about nothing rehearsed")
                    .detail(format!("No stack that was rehearsed has a block of `{name}`."))
                    .remedy("Look at the spelling of the type and of `provider`; or take the entry out.")
                    .maybe_at(place),
            );
        }
        diags
    }

    /// Everything that exists in the simulated cloud.
    pub fn existing(&self) -> Vec<Existing> {
        self.0.world.existing()
    }

    /// Changes the world as the drifts say.
    ///
    /// # Errors
    /// A diagnostic for each drift that names nothing, and where the world cannot be written.
    pub fn drift(&self) -> Result<Vec<Drifted>, Diags> {
        drift::apply(&self.0.world, &self.0.drifts)
    }

    /// The faults that name none of these instances.
    pub fn unmatched(&self, instances: &[(Arc<str>, ResourceInstance)]) -> Diags {
        let mut diags = Diags::new();
        for fault in &self.0.faults {
            if !instances.iter().any(|(stack, address)| fault.names(stack, address)) {
                diags.push(fault.names_nothing());
            }
        }
        diags
    }
}

fn unreadable(error: &WorldError) -> Diagnostic {
    Diagnostic::error("rehearsal-unreadable", "What the rehearsal made cannot be read")
        .detail(format!("{error}."))
        .remedy("Remove .strata/rehearsal.db and rehearse from nothing.")
}

/// An overlay of the estate says what the provider's schema has no place for.
fn misfitting(misfit: Misfit) -> Diagnostic {
    Diagnostic::error("overlay-misfit", "An overlay does not fit its provider")
        .detail(misfit.text)
        .remedy("Mend the path or the value: the provider's schema says what there is.")
        .maybe_at(misfit.place)
}

impl Cloud for Rehearsal {
    fn schemas(
        &self,
        stack: &str,
        provider: &ProviderAddr,
        constraints: &Constraints,
        wanted: &Wanted,
    ) -> Result<ProviderSchema, Diagnostic> {
        let offer = self.0.schemas.of(provider, constraints, wanted)?;
        let part = offer.part(provider, wanted)?;
        if let Some(misfit) = self.0.overlays.own_misfits(provider, &part).into_iter().next() {
            return Err(misfitting(misfit));
        }
        locked(&self.0.offers).insert((stack.into(), provider.clone()), offer);
        Ok(part)
    }

    fn digest(&self) -> Digest {
        let mut bytes = self.0.seed.to_le_bytes().to_vec();
        bytes.extend_from_slice(&self.0.schemas.bytes());
        bytes.push(0);
        bytes.extend_from_slice(self.0.overlays.bytes());
        Digest::of(&bytes)
    }

    fn provider(
        &self,
        stack: &str,
        provider: &ProviderInstance,
        about: &About,
    ) -> Arc<dyn Provider> {
        Arc::new(Simulated {
            inner: self.0.clone(),
            stack: stack.into(),
            provider: provider.clone(),
            about: about.clone(),
        })
    }
}
