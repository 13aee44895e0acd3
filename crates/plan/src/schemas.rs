//! The schemas of all providers that a plan's configuration and state name.
//!
//! Not where schemas come from (crate `provider`).
//! Invariant: the table is made before planning begins and does not change.

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::{Mode, ProviderAddr, Resource};
use schema::{ProviderSchema, ResourceSchema};

/// Schemas by provider.
///
/// A provider's schema may be thin: it has to hold its configuration, its capabilities, its functions, and those types
/// that the configuration and the state name.
#[derive(Clone, Debug, Default)]
pub struct Schemas {
    providers: BTreeMap<ProviderAddr, Arc<ProviderSchema>>,
}

impl Schemas {
    /// No schemas.
    pub fn new() -> Schemas {
        Schemas::default()
    }

    /// Adds a provider's schema.
    pub fn insert(&mut self, provider: ProviderAddr, schema: Arc<ProviderSchema>) {
        self.providers.insert(provider, schema);
    }

    /// A provider's schema.
    pub fn provider(&self, provider: &ProviderAddr) -> Option<&Arc<ProviderSchema>> {
        self.providers.get(provider)
    }

    /// The schema of a resource's type.
    pub fn of(&self, provider: &ProviderAddr, resource: &Resource) -> Option<&Arc<ResourceSchema>> {
        let schema = self.providers.get(provider)?;
        match resource.mode {
            Mode::Managed => schema.resources.get(&resource.type_name),
            Mode::Data => schema.data.get(&resource.type_name),
            Mode::Ephemeral => schema.ephemeral.get(&resource.type_name),
        }
    }
}
