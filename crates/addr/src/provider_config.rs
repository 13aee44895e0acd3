//! Provider configurations, as states and plans name them: `module.x.provider["SOURCE"].ALIAS["KEY"]`.
//! Not the local names (`aws.west`) that a module gives them.
//! Invariant: the module's path has no keys, because configurations do not live in instances.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::error::{AddrError, Reason};
use crate::key::InstanceKey;
use crate::module::ModulePath;
use crate::provider::ProviderAddr;
use crate::scan::Steps;

/// One `provider` block of a module: `provider["registry.opentofu.org/hashicorp/aws"].west`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderConfig {
    /// The module that holds the block.
    pub module: ModulePath,
    /// The provider.
    pub provider: ProviderAddr,
    /// Its `alias`, if it is not the default configuration.
    pub alias: Option<Arc<str>>,
}

impl ProviderConfig {
    /// The default configuration of `provider` in `module`.
    #[must_use]
    pub fn default_of(module: ModulePath, provider: ProviderAddr) -> Self {
        ProviderConfig { module, provider, alias: None }
    }

    /// This configuration's instance with `key`.
    #[must_use]
    pub fn instance(self, key: InstanceKey) -> ProviderInstance {
        ProviderInstance { config: self, key }
    }

    /// The configuration in the calling module that this one may be inherited from; only default ones are.
    #[must_use]
    pub fn inherited(&self) -> Option<Self> {
        if self.alias.is_some() {
            return None;
        }
        let module = self.module.parent()?;
        Some(ProviderConfig::default_of(module, self.provider.clone()))
    }
}

impl fmt::Display for ProviderConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        write!(f, "provider[\"{}\"]", self.provider)?;
        match &self.alias {
            Some(alias) => write!(f, ".{alias}"),
            None => Ok(()),
        }
    }
}

impl FromStr for ProviderConfig {
    type Err = AddrError;

    /// Reads a configuration's address without a key.
    fn from_str(text: &str) -> Result<Self, AddrError> {
        let instance: ProviderInstance = text.parse()?;
        if !instance.key.is_none() {
            return Err(AddrError::new(text.len(), Reason::KeyNotAllowed));
        }
        Ok(instance.config)
    }
}

/// One instance of a provider configuration with `for_each`, or the only one of a configuration without.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderInstance {
    /// The configuration.
    pub config: ProviderConfig,
    /// Which of its instances.
    pub key: InstanceKey,
}

impl From<ProviderConfig> for ProviderInstance {
    fn from(config: ProviderConfig) -> Self {
        config.instance(InstanceKey::None)
    }
}

impl fmt::Display for ProviderInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.config, self.key)
    }
}

impl FromStr for ProviderInstance {
    type Err = AddrError;

    /// Reads `provider["SOURCE"]`, `provider["SOURCE"].ALIAS` or `provider["SOURCE"].ALIAS["KEY"]`, in a module or the root.
    fn from_str(text: &str) -> Result<Self, AddrError> {
        let mut steps = Steps::read(text)?;
        let module = ModulePath::take(&mut steps)?;
        let expected = steps.error_here(Reason::ProviderExpected);
        if !steps.take_word("provider") {
            return Err(expected);
        }
        let at_source = steps.error_here(Reason::ProviderExpected);
        let Some(InstanceKey::Str(source)) = steps.take_key() else {
            return Err(at_source);
        };
        let provider = source
            .parse()
            .map_err(|error| AddrError::new(at_source.offset, Reason::ProviderSource(error)))?;
        let alias = match steps.is_done() {
            true => None,
            false => Some(steps.take_name(Reason::AliasExpected)?),
        };
        let key = steps.take_key().unwrap_or_default();
        steps.finish()?;
        Ok(ProviderConfig { module, provider, alias }.instance(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_print_what_they_parse() {
        for text in [
            "provider[\"registry.opentofu.org/hashicorp/aws\"]",
            "provider[\"registry.opentofu.org/hashicorp/aws\"].west",
            "provider[\"registry.opentofu.org/hashicorp/aws\"].west[\"k\"]",
            "module.x.module.y.provider[\"terraform.io/builtin/terraform\"]",
        ] {
            assert_eq!(text.parse::<ProviderInstance>().expect(text).to_string(), text);
        }
        let short: ProviderConfig = "provider[\"aws\"]".parse().expect("an address");
        assert_eq!(short.to_string(), "provider[\"registry.opentofu.org/hashicorp/aws\"]");
    }

    #[test]
    fn faults_have_place_and_reason() {
        let check = |text: &str, offset, reason| {
            let error = text.parse::<ProviderConfig>().expect_err(text);
            assert_eq!((error.offset, error.reason), (offset, reason), "{text}");
        };
        check("aws_vpc.x", 0, Reason::ProviderExpected);
        check("provider.aws", 9, Reason::ProviderExpected);
        check("provider[0]", 8, Reason::ProviderExpected);
        check("provider[\"aws\"][\"k\"]", 15, Reason::AliasExpected);
        check("provider[\"aws\"].a.b", 18, Reason::Trailing);
        check("provider[\"aws\"].a[\"k\"]", 22, Reason::KeyNotAllowed);
        check("module.a[0].provider[\"aws\"]", 8, Reason::KeyNotAllowed);
        let source = "provider[\"a_b\"]".parse::<ProviderConfig>().expect_err("a bad source");
        assert!(matches!(source.reason, Reason::ProviderSource(_)));
    }

    #[test]
    fn only_default_configurations_are_inherited() {
        let check = |text: &str, expect: Option<&str>| {
            let config: ProviderConfig = text.parse().expect(text);
            assert_eq!(config.inherited().map(|c| c.to_string()).as_deref(), expect);
        };
        check("provider[\"a/b\"]", None);
        check("module.m.provider[\"a/b\"].c", None);
        check("module.m.provider[\"a/b\"]", Some("provider[\"registry.opentofu.org/a/b\"]"));
    }
}
