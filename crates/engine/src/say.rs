//! What providers say, and calls that failed, as diagnostics with the place of the configuration.
//!
//! Invariant: a diagnostic of a provider names it and the object; its words are the provider's own.

use addr::ProviderAddr;
use diag::{Diagnostic, Diags, Span};
use lang::body::LoweredBody;
use schema::protocol::{Answer, CallFailure, ProviderDiagnostic, ProviderSeverity, ReplyBody};
use value::Step;

use crate::cells::Answered;

/// Of what a provider speaks.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    /// The object's address, or the provider configuration's.
    pub(crate) address: &'a str,
    /// The provider, as people write it.
    pub(crate) provider: &'a str,
    /// The block that configures it.
    pub(crate) body: Option<&'a LoweredBody>,
    /// The block's header.
    pub(crate) span: Option<Span>,
}

/// Passes on what a provider says.
pub(crate) fn provider_says(said: &[ProviderDiagnostic], of: Subject<'_>, diags: &mut Diags) {
    for one in said {
        let summary = one.summary.clone();
        let diagnostic = match one.severity {
            ProviderSeverity::Error => Diagnostic::error("provider-error", summary),
            ProviderSeverity::Warning => Diagnostic::warning("provider-warning", summary),
        };
        let attribute = if one.attribute.is_empty() {
            String::new()
        } else {
            format!("{}: ", one.attribute.to_string().trim_start_matches('.'))
        };
        let detail = format!("{attribute}{}", one.detail);
        diags.push(
            Diagnostic { detail, ..diagnostic }
                .maybe_at(place(&one.attribute, of))
                .label_provider(of)
                .about(of.address),
        );
    }
}

/// The attribute that is meant, as near as the configuration shows it.
fn place(attribute: &value::Path, of: Subject<'_>) -> Option<Span> {
    let name = match attribute.steps().first() {
        Some(Step::Attr(name)) => name,
        _ => return of.span,
    };
    let body = of.body?;
    let attr = body.attrs.iter().chain(&body.members).find(|attr| attr.name == *name);
    attr.map(|attr| attr.span).or(of.span)
}

/// Tells of a call that got no answer.
pub(crate) fn call_failed(failure: &CallFailure, of: Subject<'_>, diags: &mut Diags) {
    let mut detail = format!("{}: {failure}", of.address);
    if !failure.last_lines.is_empty() {
        detail.push_str("\n\nThe last lines that the provider printed:\n");
        detail.push_str(&failure.last_lines.join("\n"));
    }
    diags.push(
        Diagnostic::error("provider-call-failed", "A provider did not answer")
            .detail(detail)
            .maybe_at(of.span)
            .about(of.address),
    );
}

/// What came of a call of a provider's function.
pub(crate) fn function_answered(answer: Answer, diags: &mut Diags) -> Answered {
    let of = Subject { address: "a function call", provider: "a provider", body: None, span: None };
    match answer {
        Ok(reply) => {
            provider_says(&reply.diagnostics, of, diags);
            match reply.body {
                ReplyBody::FunctionResult(result) => Answered::Function(result),
                _ => panic!("BUG: an answer to another call"),
            }
        }
        Err(failure) => {
            call_failed(&failure, of, diags);
            Answered::Failed
        }
    }
}

/// No process of the provider is known.
pub(crate) fn no_provider_for(provider: &ProviderAddr, function: &str) -> Diagnostic {
    Diagnostic::error("provider-function", "A provider is not at hand")
        .detail(format!("{provider} is asked for the function {function:?}."))
        .remedy("Name the provider in required_providers.")
}

/// Naming the provider in a diagnostic that has a place.
trait LabelProvider {
    fn label_provider(self, of: Subject<'_>) -> Self;
}

impl LabelProvider for Diagnostic {
    fn label_provider(self, of: Subject<'_>) -> Diagnostic {
        match self.span {
            Some(span) => self.label(span, format!("said by {}", of.provider)),
            None => self,
        }
    }
}

/// Diagnostics in an order that does not depend on who answered first: by place, then address, then words.
pub(crate) fn in_order(diags: Diags) -> Diags {
    let mut list = diags.into_vec();
    let key = |one: &Diagnostic| {
        let place = one.span.map(|span| (span.file, span.start, span.end));
        (
            place.is_none(),
            place,
            one.address.clone(),
            one.code,
            one.summary.clone(),
            one.detail.clone(),
        )
    };
    list.sort_by_cached_key(key);
    let mut ordered = Diags::new();
    list.into_iter().for_each(|one| ordered.push(one));
    ordered
}
