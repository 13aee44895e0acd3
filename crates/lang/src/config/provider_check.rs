//! The rules by which modules may configure, require and pass providers.
//!
//! Invariant: the rules are those of OpenTofu (`configs/provider_validation`), without provider `for_each`.

use std::collections::{BTreeMap, BTreeSet};

use addr::{ProviderAddr, Resource};
use diag::{Diagnostic, Diags, Span};

use super::declared::{PassedProvider, RequiredProvider, provider_text};
use super::module::{ModuleCall, ModuleDef};
use super::tree::{Config, Module};

/// Checks every module.
pub(super) fn check(config: &Config, diags: &mut Diags) {
    let mut barred: Vec<Option<Span>> = Vec::with_capacity(config.modules.len());
    for module in &config.modules {
        let call = module.parent.map(|(parent, call)| {
            let parent = config.module(parent);
            (parent, &parent.def.calls[call.index()])
        });
        // Providers cannot be configured beneath a call that repeats or waits.
        let span = call
            .and_then(|(parent, call)| multiplies(&parent.def, call).or(barred[parent.id.index()]));
        barred.push(span);
        Checker { module, view: View::of(&module.def, call.map(|(_, call)| call)) }
            .check(call, span, diags);
    }
}

/// Where a call says that its module is repeated or waits for something.
fn multiplies(def: &ModuleDef, call: &ModuleCall) -> Option<Span> {
    let repeat = call.repeat.expr().map(|expr| def.exprs.span(expr));
    repeat.or_else(|| call.depends_on.first().map(|it| it.span))
}

/// What a module knows of providers, by `NAME` or `NAME.ALIAS`.
struct View<'c> {
    configured: BTreeMap<String, Span>,
    empty: BTreeMap<String, Span>,
    passed: BTreeMap<String, &'c PassedProvider>,
    local_names: BTreeMap<&'c str, &'c ProviderAddr>,
    aliases: BTreeMap<String, &'c RequiredProvider>,
}

impl<'c> View<'c> {
    fn of(def: &'c ModuleDef, call: Option<&'c ModuleCall>) -> View<'c> {
        let mut view = View {
            configured: BTreeMap::new(),
            empty: BTreeMap::new(),
            passed: BTreeMap::new(),
            local_names: BTreeMap::new(),
            aliases: BTreeMap::new(),
        };
        for block in &def.providers {
            let text = provider_text(&block.name, block.alias.as_deref());
            let kind = if block.is_empty() { &mut view.empty } else { &mut view.configured };
            kind.insert(text, block.span);
        }
        for required in &def.required_providers {
            view.local_names.insert(&required.name, &required.provider);
            for alias in &required.aliases {
                view.aliases.insert(provider_text(&required.name, Some(alias)), required);
            }
        }
        for passed in call.into_iter().flat_map(|call| &call.providers) {
            view.passed.insert(passed.child.text(), passed);
        }
        view
    }
}

struct Checker<'c> {
    module: &'c Module,
    view: View<'c>,
}

impl<'c> Checker<'c> {
    fn check(
        &self,
        call: Option<(&'c Module, &'c ModuleCall)>,
        barred: Option<Span>,
        diags: &mut Diags,
    ) {
        self.required_twice(diags);
        self.implied_names(diags);
        self.passed_on(call, diags);
        let Some((parent, call)) = call else { return };
        if let (Some(span), false) = (barred, self.view.configured.is_empty()) {
            diags.push(self.configured_beneath_repetition(span));
        }
        for (text, passed) in &self.view.passed {
            if self.view.configured.contains_key(text) {
                diags.push(self.configured_and_passed(text, passed.child.span));
            }
        }
        for (text, required) in &self.view.aliases {
            let there =
                self.view.configured.contains_key(text) || self.view.passed.contains_key(text);
            if !there {
                diags.push(self.alias_missing(text, required, call.span));
            }
        }
        for (text, passed) in &self.view.passed {
            self.passed_fits(text, passed, &parent.def, diags);
        }
        self.empty_blocks(diags);
    }

    /// One provider under two names.
    fn required_twice(&self, diags: &mut Diags) {
        let def = &self.module.def;
        let mut seen: BTreeMap<&ProviderAddr, &str> = BTreeMap::new();
        for required in &def.required_providers {
            if let Some(first) = seen.get(&required.provider) {
                diags.push(two_names(&required.provider, &required.name, first, required.span));
                continue;
            }
            seen.insert(&required.provider, &required.name);
            let implied = ProviderAddr::implied(&required.provider.name).ok();
            if implied.as_ref() != Some(&required.provider)
                || *required.name == *required.provider.name
            {
                continue;
            }
            if def.providers.iter().any(|it| it.name == required.provider.name) {
                let other = &required.provider.name;
                diags.push(two_names(&required.provider, &required.name, other, required.span));
            }
        }
    }

    /// A resource's type implies a provider that the module requires under another name.
    fn implied_names(&self, diags: &mut Diags) {
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for resource in &self.module.def.resources {
            let local = resource.addr.implied_provider();
            if resource.provider_ref.is_some() || self.view.local_names.contains_key(local) {
                continue;
            }
            let other = self.view.local_names.iter().find(|(_, it)| ***it == resource.provider);
            if let Some((other, _)) = other
                && told.insert(local)
            {
                diags.push(implied_twice(&resource.addr, &resource.provider, other, resource.span));
            }
        }
    }

    /// What this module passes to those it calls must be there.
    fn passed_on(&self, call: Option<(&Module, &ModuleCall)>, diags: &mut Diags) {
        for passed in self.module.def.calls.iter().flat_map(|call| &call.providers) {
            if passed.parent.alias.is_some() {
                // Never inherited, so the called module is where it will be missed.
                continue;
            }
            let name = &*passed.parent.name;
            let configured = self.view.configured.contains_key(name);
            if !configured && !self.view.local_names.contains_key(name) {
                diags.push(self.assumed(name, passed.parent.span));
            } else if let Some((_, call)) = call
                && !configured
                && !self.view.passed.contains_key(name)
            {
                diags.push(self.not_passed_in(name, call));
            }
        }
    }

    fn passed_fits(
        &self,
        text: &str,
        passed: &PassedProvider,
        parent: &ModuleDef,
        diags: &mut Diags,
    ) {
        let child_name = &passed.child.name;
        let implied = || ProviderAddr::implied(child_name).ok();
        let wanted = match (self.view.aliases.get(text), self.view.local_names.get(&**child_name)) {
            (Some(required), _) => Some(required.provider.clone()),
            (None, Some(provider)) => Some((*provider).clone()),
            (None, None) => implied(),
        };
        let given = parent.provider_of(&passed.parent.name);
        let (Some(wanted), Some(given)) = (wanted, given) else { return };
        let declared = self.view.local_names.contains_key(text)
            || self.view.aliases.contains_key(text)
            || self.view.empty.contains_key(text);
        if !declared {
            let default = implied().is_some_and(|it| it == wanted);
            diags.push(self.not_declared(text, &wanted, default, passed.child.span));
        }
        if wanted != given {
            diags.push(self.another_provider(passed, &wanted, &given));
        }
    }

    /// An empty block in a called module is an old way to say that a configuration is passed.
    fn empty_blocks(&self, diags: &mut Diags) {
        let mut first: BTreeMap<&str, (Span, Vec<&str>)> = BTreeMap::new();
        for (text, span) in &self.view.empty {
            let name = text.split('.').next().unwrap_or(text);
            let entry = first.entry(name).or_insert((*span, Vec::new()));
            entry.0 = entry.0.min(*span);
            entry.1.push(text);
        }
        for (name, (span, configs)) in first {
            diags.push(self.empty_block(name, &configs, span));
        }
    }

    fn configured_beneath_repetition(&self, span: Span) -> Diagnostic {
        Diagnostic::error("provider-in-repeated-module", "A module with provider configurations of its own cannot be repeated or made to wait")
            .detail(format!(
                "{} configures providers itself, so calls that lead to it may have neither `count` nor `for_each` nor `depends_on`.",
                self.module.display()
            ))
            .remedy("Take the `provider` blocks out of the module, and pass the configurations by `providers`.")
            .at(span)
    }

    fn configured_and_passed(&self, text: &str, span: Span) -> Diagnostic {
        Diagnostic::error("provider-configured-twice", format!("`{text}` is passed to a module that configures it"))
            .detail(format!("{} has a `provider` block for `{text}`, which a configuration that is passed cannot replace.", self.module.display()))
            .remedy("Take out the block, or do not pass the configuration.")
            .at(span)
    }

    fn alias_missing(&self, text: &str, required: &RequiredProvider, span: Span) -> Diagnostic {
        Diagnostic::error(
            "provider-not-passed",
            format!("The module needs the provider configuration `{text}`"),
        )
        .detail(format!(
            "{} declares it in `configuration_aliases`, as one of {}.",
            self.module.display(),
            required.provider.for_display()
        ))
        .remedy(format!("Add `{text} = ...` to `providers` of the call."))
        .at(span)
        .label(required.span, "declared here")
    }

    fn assumed(&self, name: &str, span: Span) -> Diagnostic {
        Diagnostic::warning(
            "provider-not-required",
            format!("The provider `{name}` is not required by name"),
        )
        .detail(format!(
            "{} has no entry `{name}` in `required_providers`, so hashicorp/{name} is assumed.",
            self.module.display()
        ))
        .remedy(format!(
            "Add `{name} = {{ source = \"hashicorp/{name}\" }}` to `required_providers`."
        ))
        .at(span)
    }

    fn not_passed_in(&self, name: &str, call: &ModuleCall) -> Diagnostic {
        Diagnostic::warning(
            "provider-not-passed",
            format!("The module passes on `{name}`, which it is not given"),
        )
        .detail(format!("{} has no configuration of its own for it.", self.module.display()))
        .remedy(format!(
            "Add `{name} = ...` to `providers` of the call of the module `{}`.",
            call.name
        ))
        .at(call.span)
    }

    fn not_declared(
        &self,
        text: &str,
        wanted: &ProviderAddr,
        default: bool,
        span: Span,
    ) -> Diagnostic {
        let new = if default { Diagnostic::warning } else { Diagnostic::error };
        new("provider-not-required", format!("The module does not declare the provider `{text}`"))
            .detail(format!(
                "{} has no such entry in `required_providers`; {} is assumed.",
                self.module.display(),
                wanted.for_display()
            ))
            .remedy(format!(
                "Add an entry for {} to `required_providers` of the called module.",
                wanted.for_display()
            ))
            .at(span)
    }

    fn another_provider(
        &self,
        passed: &PassedProvider,
        wanted: &ProviderAddr,
        given: &ProviderAddr,
    ) -> Diagnostic {
        Diagnostic::error("provider-type-mismatch", "Another provider's configuration is passed")
            .detail(format!(
                "`{}` of the calling module is of {}, and `{}` in {} is of {}.",
                passed.parent.text(),
                given.for_display(),
                passed.child.text(),
                self.module.display(),
                wanted.for_display()
            ))
            .remedy("Pass a configuration of the provider that the module expects, or correct the `source` on one side.")
            .at(passed.parent.span)
    }

    fn empty_block(&self, name: &str, configs: &[&str], span: Span) -> Diagnostic {
        let aliases: Vec<&str> = configs.iter().copied().filter(|it| it.contains('.')).collect();
        let entry = match &aliases[..] {
            [] => String::new(),
            aliases => format!(" with `configuration_aliases = [{}]`", aliases.join(", ")),
        };
        Diagnostic::warning("empty-provider-block", format!("The empty block for the provider `{name}` is not needed"))
            .detail(format!("{} says by it that a configuration is passed in, which is now said in `required_providers`.", self.module.display()))
            .remedy(format!("Take the block out and add an entry `{name}`{entry} to `required_providers`."))
            .at(span)
    }
}

fn two_names(provider: &ProviderAddr, name: &str, other: &str, span: Span) -> Diagnostic {
    Diagnostic::warning(
        "provider-two-names",
        format!("{} has two names in one module", provider.for_display()),
    )
    .detail(format!("It is called `{name}` and `{other}`."))
    .remedy("Use one name for it.")
    .at(span)
}

fn implied_twice(
    resource: &Resource,
    provider: &ProviderAddr,
    other: &str,
    span: Span,
) -> Diagnostic {
    Diagnostic::warning(
        "provider-two-names",
        format!("{} has two names in one module", provider.for_display()),
    )
    .detail(format!(
        "The type of `{resource}` implies it, and `required_providers` calls it `{other}`."
    ))
    .remedy(format!(
        "Set `provider = {other}` in the resource, or rename the entry to match the type."
    ))
    .at(span)
}
