//! Settings for providers that nobody requires: a misspelt name would otherwise change nothing, silently.
//!
//! Invariant: a block is judged only where every stack that it reaches was loaded.

use std::collections::BTreeSet;
use std::sync::Arc;

use diag::{Diagnostic, Diags, Span, Spanned};

use crate::check::Interface;
use crate::model::{CredentialsBlock, EnvironmentIdx, Estate, LayerIdx, ProviderBlock, StackIdx};

/// Reports `provider` and `credentials` blocks, and names in `defer`, that name no provider that a stack requires to
/// which they apply. `interface_of` tells what a stack's root module declares, where it was loaded.
pub fn check_settings<'a>(
    estate: &Estate,
    interface_of: &dyn Fn(StackIdx) -> Option<&'a Interface>,
    diags: &mut Diags,
) {
    let reached = |reaches: &dyn Fn(StackIdx) -> bool| -> Reached<'a> {
        let all = (0..estate.stacks.len()).map(|at| StackIdx(at as u32));
        let interfaces: Option<Vec<&Interface>> =
            all.filter(|stack| reaches(*stack)).map(interface_of).collect();
        Reached { interfaces: interfaces.unwrap_or_default() }
    };
    let everywhere = reached(&|_| true);
    everywhere.check("any stack", &estate.providers, &estate.credentials, diags);
    for (at, layer) in estate.layers.iter().enumerate() {
        if !layer.providers.is_empty() || !layer.credentials.is_empty() {
            let reached = reached(&|stack| estate[stack].layer == LayerIdx(at as u32));
            reached.check("any stack of the layer", &layer.providers, &layer.credentials, diags);
        }
    }
    for (at, environment) in estate.environments.iter().enumerate() {
        if !environment.providers.is_empty() || !environment.credentials.is_empty() {
            let reached = reached(&|stack| estate.has(EnvironmentIdx(at as u32), stack));
            let (providers, credentials) = (&environment.providers, &environment.credentials);
            reached.check("any stack of the environment", providers, credentials, diags);
        }
    }
    for (at, stack) in estate.stacks.iter().enumerate() {
        let Some(own) = interface_of(StackIdx(at as u32)) else { continue };
        let reached = Reached { interfaces: vec![own] };
        reached.check("the stack", &stack.providers, &stack.credentials, diags);
        for name in &stack.defer {
            reached.name("the stack", name, &[], name.span, diags);
        }
    }
}

/// The providers that take the credentials of a kind, beside the one of the same name.
fn family(kind: &str) -> &'static [&'static str] {
    match kind {
        "aws" => &["awscc"],
        "google" => &["google-beta"],
        "azure" => &["azurerm", "azuread", "azapi"],
        "kubernetes" => &["helm", "kubectl"],
        _ => &[],
    }
}

/// The stacks that a block applies to; none where one of them was not loaded.
struct Reached<'a> {
    interfaces: Vec<&'a Interface>,
}

impl Reached<'_> {
    fn check(
        &self,
        who: &str,
        providers: &[ProviderBlock],
        credentials: &[CredentialsBlock],
        diags: &mut Diags,
    ) {
        for block in providers {
            self.name(who, &block.name, &[], block.header, diags);
        }
        for block in credentials {
            self.name(who, &block.name, family(&block.name.node), block.header, diags);
        }
    }

    /// Reports a name that is no provider's; `family` are others that it stands for.
    fn name(
        &self,
        who: &str,
        name: &Spanned<Arc<str>>,
        family: &[&str],
        at: Span,
        diags: &mut Diags,
    ) {
        let required = |interface: &&Interface| {
            interface.providers.contains(&name.node)
                || family.iter().any(|other| interface.providers.contains(*other))
        };
        if self.interfaces.is_empty() || self.interfaces.iter().any(required) {
            return;
        }
        let known: BTreeSet<&str> =
            self.interfaces.iter().flat_map(|one| &one.providers).map(|name| &**name).collect();
        diags.push(
            Diagnostic::error("provider-unrequired", format!("No provider is called `{}` here", name.node))
                .detail(format!("It is the local name of no provider that {who} requires, so this would change nothing."))
                .remedy(match known.is_empty() {
                    true => "Take it out, or require the provider in the root module.".to_owned(),
                    false => format!("Name one of: {}; or take it out.", Vec::from_iter(known).join(", ")),
                })
                .at(at),
        );
    }
}
