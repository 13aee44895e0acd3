//! `required_providers`: which providers a module needs, under which names, in which versions.

use std::sync::Arc;

use addr::ProviderAddr;
use diag::{Diagnostic, Diags, Span};
use syntax::Step;

use super::reference::list_required;
use crate::config::constant;
use crate::config::declared::{RequiredDecl, RequiredProvider};
use crate::config::provider_name::local_name;
use crate::config::source::{AttrSrc, BlockSrc, ExprSrc};
use crate::config::version::VersionConstraint;

/// Decodes the block; faulty entries are left out.
pub(super) fn decode(block: &BlockSrc<'_>, diags: &mut Diags) -> RequiredDecl {
    let entries = block
        .body(diags)
        .attributes(diags)
        .into_iter()
        .filter_map(|attribute| entry(attribute, diags))
        .collect();
    RequiredDecl { entries, header: block.header }
}

fn entry(attribute: AttrSrc<'_>, diags: &mut Diags) -> Option<RequiredProvider> {
    let name = &attribute.name.text;
    let span = attribute.expr.span();
    let Some(items) = attribute.expr.map() else {
        return version_only(attribute, diags);
    };
    if !local_name(name, span, diags) {
        return None;
    }
    let errors = diags.error_count();
    let mut entry = Entry { name, provider: None, version: None, aliases: Vec::new() };
    for (key, value) in items {
        let Some(word) = key_text(key, diags) else { continue };
        if entry.set(&word, value, attribute.span, diags).is_none() {
            diags.push(unknown_key(&word, key.span()));
            break;
        }
    }
    if diags.error_count() > errors {
        return None;
    }
    let provider = match entry.provider {
        Some(provider) => provider,
        None => implied(name, span, diags)?,
    };
    Some(RequiredProvider {
        name: name.clone(),
        provider,
        version: entry.version,
        aliases: entry.aliases,
        span,
    })
}

/// The old form: nothing but a version constraint.
fn version_only(attribute: AttrSrc<'_>, diags: &mut Diags) -> Option<RequiredProvider> {
    let span = attribute.expr.span();
    let mut unheard = Diags::new();
    let simple = constant::value(attribute.expr, &mut unheard)
        .is_some_and(|value| value.ty().is_primitive());
    if !simple {
        diags.push(
            Diagnostic::error(
                "invalid-required-provider",
                "An entry of `required_providers` must be an object",
            )
            .detail("It says where the provider comes from and which versions will do.")
            .remedy("Write `{ source = \"hashicorp/aws\", version = \"~> 5.0\" }`.")
            .at(span),
        );
        return None;
    }
    let text = constant::text(attribute, diags)?;
    let version = VersionConstraint::read(&text, span, attribute.span, diags)?;
    let provider = implied(&attribute.name.text, span, diags)?;
    Some(RequiredProvider {
        name: attribute.name.text.clone(),
        provider,
        version: Some(version),
        aliases: Vec::new(),
        span,
    })
}

fn implied(name: &str, span: Span, diags: &mut Diags) -> Option<ProviderAddr> {
    match ProviderAddr::implied(name) {
        Ok(provider) => Some(provider),
        Err(error) => {
            diags.push(
                Diagnostic::error(
                    "provider-name",
                    format!("`{name}` cannot be the name of a provider"),
                )
                .detail(format!("As {error}."))
                .remedy(
                    "Use letters, digits and single dashes within the name, or give a `source`.",
                )
                .at(span),
            );
            None
        }
    }
}

/// A key as text: a bare name stands for itself.
fn key_text(key: ExprSrc<'_>, diags: &mut Diags) -> Option<Arc<str>> {
    match key {
        ExprSrc::NativeKey(name) | ExprSrc::JsonKey(name) => Some(name.text.clone()),
        _ => {
            let value = constant::value(key, diags)?;
            let text = value.as_str().map(Arc::from);
            if text.is_none() {
                diags.push(unknown_key("this", key.span()));
            }
            text
        }
    }
}

fn unknown_key(word: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        "invalid-required-provider",
        format!("`{word}` has no place in `required_providers`"),
    )
    .detail("An entry has `source`, `version` and `configuration_aliases` only.")
    .remedy("To configure a provider, write a `provider` block.")
    .at(span)
}

struct Entry<'n> {
    name: &'n Arc<str>,
    provider: Option<ProviderAddr>,
    version: Option<VersionConstraint>,
    aliases: Vec<Arc<str>>,
}

impl Entry<'_> {
    /// Sets what a key says; `None` where there is no such key.
    fn set(&mut self, key: &str, value: ExprSrc<'_>, whole: Span, diags: &mut Diags) -> Option<()> {
        match key {
            "version" => {
                if let Some(text) = string(value, "version", diags) {
                    self.version = VersionConstraint::read(&text, value.span(), whole, diags);
                }
            }
            "source" => {
                if let Some(text) = string(value, "source", diags) {
                    self.provider = source(&text, value.span(), diags);
                }
            }
            "configuration_aliases" => self.aliases(value, diags),
            _ => return None,
        }
        Some(())
    }

    fn aliases(&mut self, value: ExprSrc<'_>, diags: &mut Diags) {
        let Some(list) = value.list() else {
            diags.push(list_required(value.span()));
            return;
        };
        for element in list {
            let alias = element.traversal().and_then(|traversal| match &traversal.steps[..] {
                [Step::Attr(alias)] if traversal.root.text == *self.name => {
                    Some(alias.text.clone())
                }
                _ => None,
            });
            match alias {
                Some(alias) => self.aliases.push(alias),
                None => diags.push(
                    Diagnostic::error(
                        "invalid-configuration-alias",
                        "This is no alias of the provider",
                    )
                    .detail("Each element names a configuration that callers must pass.")
                    .remedy(format!("Write `{}.ALIAS`.", self.name))
                    .at(element.span()),
                ),
            }
        }
    }
}

fn string(value: ExprSrc<'_>, what: &str, diags: &mut Diags) -> Option<Arc<str>> {
    let found = constant::value(value, diags)?;
    let text = found.as_str().map(Arc::from);
    if text.is_none() {
        diags.push(
            Diagnostic::error("invalid-required-provider", format!("`{what}` must be a string"))
                .detail("It is read before anything is evaluated.")
                .remedy("Write it in quotes.")
                .at(value.span()),
        );
    }
    text
}

fn source(text: &str, span: Span, diags: &mut Diags) -> Option<ProviderAddr> {
    match text.parse() {
        Ok(provider) => Some(provider),
        Err(error) => {
            let error: addr::ProviderAddrError = error;
            diags.push(
                Diagnostic::error(
                    "invalid-provider-source",
                    "This is not the source of a provider",
                )
                .detail(format!("As {error}."))
                .remedy("Write `NAMESPACE/NAME` or `HOST/NAMESPACE/NAME`.")
                .at(span),
            );
            None
        }
    }
}
