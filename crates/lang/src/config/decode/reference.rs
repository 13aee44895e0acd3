//! References that stand as arguments: `depends_on`, `provider`, and the entries of `providers`.

use diag::{Diagnostic, Diags, Span};
use syntax::{ExprKind, Step, Traversal};

use super::not_yet;
use crate::config::declared::{PassedProvider, ProviderRef};
use crate::config::provider_name::local_name;
use crate::config::source::ExprSrc;

/// Reads a list of references.
pub(super) fn depends_on(source: ExprSrc<'_>, diags: &mut Diags) -> Vec<Traversal> {
    let Some(list) = source.list() else {
        diags.push(list_required(source.span()));
        return Vec::new();
    };
    list.into_iter()
        .filter_map(|element| {
            let found = unquoted(element, diags);
            if found.is_none() {
                diags.push(reference_required(element.span()));
            }
            found
        })
        .collect()
}

/// A reference, also one in quotes as OpenTofu's forebear had them: that is heeded with a warning.
pub(super) fn unquoted(source: ExprSrc<'_>, diags: &mut Diags) -> Option<Traversal> {
    let ExprSrc::Native(expr) = source else { return source.traversal() };
    if source.native_text().is_none() {
        return source.traversal();
    }
    diags.push(
        Diagnostic::warning("quoted-reference", "Quoted references are deprecated")
            .detail("A reference is written without quotes; the quoted form is that of very old versions.")
            .remedy("Take the quotes away.")
            .at(source.span()),
    );
    syntax::quoted_traversal(expr)
}

pub(super) fn list_required(span: Span) -> Diagnostic {
    Diagnostic::error("list-required", "A list is required here")
        .detail("It is read as it is written, so it must be written as `[ ... ]` and cannot be computed.")
        .remedy("Write the elements between brackets.")
        .at(span)
}

fn reference_required(span: Span) -> Diagnostic {
    Diagnostic::error("reference-required", "This is not a reference")
        .detail(
            "Only references such as `aws_vpc.main` or `module.network` may stand in this list.",
        )
        .remedy("Write the address of an object.")
        .at(span)
}

/// Reads the value of `provider`, or a side of an entry of `providers`; `argument` is which.
pub(super) fn provider(
    source: ExprSrc<'_>,
    argument: &str,
    diags: &mut Diags,
) -> Option<ProviderRef> {
    if let ExprSrc::Native(expr) = source
        && let ExprKind::Index(_, key) = &expr.kind
    {
        diags.push(not_yet(
            "instances of provider configurations (`provider.alias[key]`)",
            key.span,
        ));
        return None;
    }
    let traversal = match unquoted(source, diags) {
        Some(traversal) if traversal.steps.len() <= 2 => traversal,
        _ => {
            diags.push(provider_required(argument, source.span()));
            return None;
        }
    };
    if !local_name(&traversal.root.text, traversal.root.span, diags) {
        return None;
    }
    let alias = match &traversal.steps[..] {
        [] => None,
        [Step::Attr(alias)] => Some(alias.text.clone()),
        [Step::Attr(_), Step::Key(_, span) | Step::Number(_, span)] => {
            diags.push(not_yet(
                "instances of provider configurations (`provider.alias[key]`)",
                *span,
            ));
            return None;
        }
        _ => {
            diags.push(provider_required(argument, source.span()));
            return None;
        }
    };
    Some(ProviderRef { name: traversal.root.text.clone(), alias, span: traversal.span })
}

fn provider_required(argument: &str, span: Span) -> Diagnostic {
    Diagnostic::error("provider-reference-required", "This names no provider configuration")
        .detail(format!(
            "`{argument}` takes a provider's local name, and after a dot perhaps an alias."
        ))
        .remedy("Write for example `aws` or `aws.west`.")
        .at(span)
}

/// Reads `providers = { CHILD = PARENT }`.
pub(super) fn passed(source: ExprSrc<'_>, diags: &mut Diags) -> Vec<PassedProvider> {
    let Some(entries) = source.map() else {
        diags.push(
            Diagnostic::error("map-required", "A map is required here")
                .detail("It is read as it is written, so it must be written as `{ ... }` and cannot be computed.")
                .remedy("Write `{ aws = aws.west }`.")
                .at(source.span()),
        );
        return Vec::new();
    };
    let mut passed: Vec<(PassedProvider, Span)> = Vec::new();
    for (key, value) in entries {
        let child = provider(key, "providers", diags);
        let parent = provider(value, "providers", diags);
        let (Some(child), Some(parent)) = (child, parent) else { continue };
        let same = |it: &ProviderRef| (it.name.clone(), it.alias.clone());
        match passed.iter().find(|(it, _)| same(&it.child) == same(&child)) {
            Some((_, first)) => diags.push(passed_twice(&child.text(), value.span(), *first)),
            None => {
                let span = key.span().to(value.span());
                passed.push((PassedProvider { child, parent }, span));
            }
        }
    }
    passed.into_iter().map(|(it, _)| it).collect()
}

fn passed_twice(child: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::error("provider-passed-twice", format!("`{child}` is passed twice"))
        .detail("Each provider configuration of the called module can be given only once.")
        .remedy("Keep one of the entries.")
        .at(span)
        .label(first, "passed here first")
}

/// A relative reference such as an entry of `ignore_changes`: its root counts as an attribute.
pub(super) fn relative(source: ExprSrc<'_>, diags: &mut Diags) -> Option<Traversal> {
    let found = unquoted(source, diags);
    if found.is_none() {
        diags.push(
            Diagnostic::error("reference-required", "This names no attribute")
                .detail("Only attributes of the resource, written without its address, may stand in this list.")
                .remedy("Write for example `tags` or `tags[\"Owner\"]`.")
                .at(source.span()),
        );
    }
    found
}
