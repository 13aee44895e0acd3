//! A `credentials` block, evaluated for one stack instance.
//!
//! Invariant: nothing is asked of anybody here, so `validate` reads settings as `plan` does, with secrets unknown.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use estate::{CredentialsBlock, Estate, Instance, Secrets};
use provider::Purpose;
use value::{Type, Value, View};

use super::kind::{Kind, Split};

/// An evaluated block.
#[derive(Clone)]
pub struct Settings {
    /// Its kind.
    pub kind: Kind,
    /// The block's header.
    pub header: Span,
    values: BTreeMap<Arc<str>, (Value, Span)>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// `plan_` or `apply_`.
pub(super) fn prefix(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Plan => "plan_",
        Purpose::Apply => "apply_",
    }
}

impl Settings {
    /// Evaluates a block; none where something of it is wrong, which is reported, and where all its arguments are null.
    pub fn evaluate(
        estate: &Estate,
        instance: &Instance,
        block: &CredentialsBlock,
        secrets: &dyn Secrets,
        diags: &mut Diags,
    ) -> Option<Settings> {
        let before = diags.error_count();
        let Some(kind) = Kind::of_label(&block.name.node) else {
            diags.push(no_kind(block));
            return None;
        };
        let mut values = BTreeMap::new();
        for attribute in &block.attributes {
            let name = &attribute.name;
            if !is_argument(kind, &name.text) {
                diags.push(no_argument(kind, &name.text, name.span));
                continue;
            }
            let value = estate::evaluate_setting(estate, instance, &attribute.expr, secrets, diags);
            if let Some(value) = value.filter(|value| !value.is_null()) {
                values.insert(name.text.clone(), (value, attribute.expr.span));
            }
        }
        // All of them null: the block is taken away from this instance, which has what the environment gives.
        if values.is_empty() && !block.attributes.is_empty() {
            return None;
        }
        let settings = Settings { kind, header: block.header, values };
        if diags.error_count() == before {
            for purpose in [Purpose::Plan, Purpose::Apply] {
                if let Err(diagnostic) = super::complete(&settings, purpose) {
                    diags.push(diagnostic.about(instance.addr.to_string()));
                }
            }
        }
        (diags.error_count() == before).then_some(settings)
    }

    /// An argument's value and place: that of the purpose, else the one for both.
    pub(super) fn value(&self, purpose: Purpose, name: &str) -> Option<&(Value, Span)> {
        let own = format!("{}{name}", prefix(purpose));
        self.values.get(own.as_str()).or_else(|| self.values.get(name))
    }

    /// Whether an argument is given.
    pub(super) fn has(&self, purpose: Purpose, name: &str) -> bool {
        self.value(purpose, name).is_some()
    }

    /// An argument that is a text.
    pub(super) fn text(&self, purpose: Purpose, name: &str) -> Result<Option<String>, Diagnostic> {
        let Some((value, span)) = self.value(purpose, name) else { return Ok(None) };
        let text = value::convert::convert(value, Type::STRING).ok();
        match text.as_ref().map(Value::view) {
            Some(View::String(text)) => Ok(Some(text.to_string())),
            // A secret that nobody has looked up.
            Some(View::Unknown(_)) => Ok(Some(String::new())),
            _ => Err(self.malformed(name, "a text", *span)),
        }
    }

    /// An argument that is a list of texts.
    pub(super) fn texts(
        &self,
        purpose: Purpose,
        name: &str,
    ) -> Result<Option<Vec<String>>, Diagnostic> {
        let Some((value, span)) = self.value(purpose, name) else { return Ok(None) };
        let list = value::convert::convert(value, Type::list(Type::STRING)).ok();
        let malformed = || self.malformed(name, "a list of texts", *span);
        match list.as_ref().map(Value::view) {
            Some(View::List(items)) => {
                let text = |item: &Value| item.as_str().map(str::to_owned);
                items.iter().map(text).collect::<Option<_>>().map(Some).ok_or_else(malformed)
            }
            Some(View::Unknown(_)) => Ok(Some(Vec::new())),
            _ => Err(malformed()),
        }
    }

    /// An argument that maps names to texts.
    pub(super) fn map(
        &self,
        purpose: Purpose,
        name: &str,
    ) -> Result<Vec<(String, String)>, Diagnostic> {
        let Some((value, span)) = self.value(purpose, name) else { return Ok(Vec::new()) };
        let map = value::convert::convert(value, Type::map(Type::STRING)).ok();
        match map.as_ref().map(Value::view) {
            Some(View::Map(entries)) => Ok(entries
                .iter()
                .map(|(key, text)| (key.to_string(), text.as_str().unwrap_or_default().to_owned()))
                .collect()),
            Some(View::Unknown(_)) => Ok(Vec::new()),
            _ => Err(self.malformed(name, "a map of texts", *span)),
        }
    }

    /// Who it makes of the stack, as the cloud names it: a role, a service account, a client. None where that is a secret, or
    /// stands in no argument.
    pub fn who(&self, purpose: Purpose) -> Option<String> {
        let name = match self.kind {
            Kind::Aws => "role",
            Kind::Google => "service_account",
            Kind::Azure => "client_id",
            Kind::Kubernetes => return None,
        };
        self.text(purpose, name).ok().flatten().filter(|text| !text.is_empty())
    }

    /// Whether a program tells its token.
    pub(super) fn runs_a_program(&self) -> bool {
        [Purpose::Plan, Purpose::Apply].into_iter().any(|purpose| self.has(purpose, "exec"))
    }

    /// Says that an argument is needed.
    pub(super) fn incomplete(&self, purpose: Purpose, name: &str, remedy: &str) -> Diagnostic {
        let kind = self.kind.name();
        Diagnostic::error(
            "credentials-incomplete",
            format!("The credentials for {kind} lack `{}{name}`", prefix(purpose)),
        )
        .detail("Planning and applying each have an identity of their own.")
        .remedy(remedy)
        .at(self.header)
    }

    /// Says that an argument is not what it should be.
    pub(super) fn malformed(&self, name: &str, wanted: &str, span: Span) -> Diagnostic {
        Diagnostic::error(
            "credentials-value",
            format!("`{name}` of the credentials for {} is not {wanted}", self.kind.name()),
        )
        .detail("The value has another type, or one that the argument does not take.")
        .remedy(format!("Give it {wanted}."))
        .at(span)
    }
}

fn is_argument(kind: Kind, name: &str) -> bool {
    let bare = name.strip_prefix("plan_").or_else(|| name.strip_prefix("apply_"));
    kind.arguments().iter().any(|(argument, split)| {
        *argument == name || (*split == Split::ByPurpose && bare == Some(argument))
    })
}

fn no_kind(block: &CredentialsBlock) -> Diagnostic {
    let known: Vec<&str> = Kind::ALL.into_iter().map(Kind::name).collect();
    Diagnostic::error(
        "credentials-kind",
        format!("There are no credentials of the kind `{}`", block.name.node),
    )
    .detail("Credentials are put into a provider's process in the way of their kind.")
    .remedy(format!(
        "Write one of: {}. Other providers take theirs from provider settings or the environment.",
        known.join(", ")
    ))
    .at(block.name.span)
}

fn no_argument(kind: Kind, name: &str, span: Span) -> Diagnostic {
    let known: Vec<String> = kind
        .arguments()
        .iter()
        .map(|(argument, split)| match split {
            Split::ByPurpose => format!("plan_{argument}, apply_{argument}"),
            Split::Shared => (*argument).to_owned(),
        })
        .collect();
    Diagnostic::error(
        "credentials-argument",
        format!("Credentials for {} have no `{name}`", kind.name()),
    )
    .detail("The argument is none of this kind's.")
    .remedy(format!("Write one of: {}.", known.join(", ")))
    .at(span)
}
