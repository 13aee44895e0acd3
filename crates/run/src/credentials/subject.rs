//! The stack instance that credentials are for, as text.

use std::sync::Arc;

use estate::{Estate, Instance};
use provider::Purpose;

/// Who asks.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// The estate's name.
    pub estate: Arc<str>,
    /// The environment's name.
    pub environment: Arc<str>,
    /// The stack's name.
    pub stack: Arc<str>,
    /// The instance's key, where it has one.
    pub key: Option<Arc<str>>,
    /// The layer's name.
    pub layer: Arc<str>,
    /// The address.
    pub label: Arc<str>,
}

impl Subject {
    /// The subject of an instance.
    pub fn of(estate: &Estate, instance: &Instance) -> Subject {
        Subject {
            estate: estate.name.node.clone(),
            environment: instance.addr.environment.clone(),
            stack: instance.addr.stack.clone(),
            key: instance.each.as_ref().map(|each| each.text.clone()),
            layer: estate[estate[instance.stack].layer].name.node.clone(),
            label: instance.addr.to_string().into(),
        }
    }

    /// `strata-ENV-STACK`, with the key behind where there is one.
    pub(super) fn dashed(&self) -> String {
        let key = self.key.as_ref().map(|key| format!("-{key}")).unwrap_or_default();
        format!("strata-{}-{}{key}", self.environment, self.stack)
    }

    /// Session tags: policies of roles and resources can name them.
    pub(super) fn tags(&self, purpose: Purpose) -> Vec<(String, String)> {
        let purpose = match purpose {
            Purpose::Plan => "plan",
            Purpose::Apply => "apply",
        };
        [
            ("estate", &*self.estate),
            ("environment", &*self.environment),
            ("stack", &*self.stack),
            ("key", self.key.as_deref().unwrap_or_default()),
            ("layer", &*self.layer),
            ("purpose", purpose),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }
}
