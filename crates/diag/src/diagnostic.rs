//! One diagnostic.

use std::sync::Arc;

use crate::source::Span;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// What was asked cannot be done.
    Error,
    /// It can be done; the user should know.
    Warning,
}

/// The stable name of a kind of diagnostic, such as `wiring-upward`: lower-case words joined by hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub &'static str);

/// A further place, and what is there to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What.
    pub text: String,
}

/// What the user did wrong, or should know: place, cause and remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its weight.
    pub severity: Severity,
    /// Its kind.
    pub code: Code,
    /// The cause, in one line without a full stop.
    pub summary: String,
    /// The cause, whole.
    pub detail: String,
    /// What to do about it; empty where the detail says so already.
    pub remedy: String,
    /// The place to mend.
    pub span: Option<Span>,
    /// A wider range to show around the place.
    pub context: Option<Span>,
    /// Further places.
    pub labels: Vec<Label>,
    /// The resource, stack or other object concerned, as its address.
    pub address: Option<Arc<str>>,
    /// Values of the expression at the place, as pairs of expression and value text; never a sensitive one.
    pub values: Vec<(String, String)>,
}

impl Diagnostic {
    /// An error without place; refine with the methods below.
    pub fn error(code: &'static str, summary: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code: Code(code),
            summary: summary.into(),
            detail: String::new(),
            remedy: String::new(),
            span: None,
            context: None,
            labels: Vec::new(),
            address: None,
            values: Vec::new(),
        }
    }

    /// A warning without place.
    pub fn warning(code: &'static str, summary: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, summary) }
    }

    /// With the cause told whole.
    pub fn detail(self, detail: impl Into<String>) -> Diagnostic {
        Diagnostic { detail: detail.into(), ..self }
    }

    /// With what to do.
    pub fn remedy(self, remedy: impl Into<String>) -> Diagnostic {
        Diagnostic { remedy: remedy.into(), ..self }
    }

    /// With the place to mend.
    pub fn at(self, span: Span) -> Diagnostic {
        Diagnostic { span: Some(span), ..self }
    }

    /// With a place, where there is one.
    pub fn maybe_at(self, span: Option<Span>) -> Diagnostic {
        Diagnostic { span, ..self }
    }

    /// With a wider range to show.
    pub fn within(self, span: Span) -> Diagnostic {
        Diagnostic { context: Some(span), ..self }
    }

    /// With a further place.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// About the object with this address; an empty one (a plain root module's own) is none.
    pub fn about(self, address: impl Into<Arc<str>>) -> Diagnostic {
        let address = Some(address.into()).filter(|address| !address.is_empty());
        Diagnostic { address, ..self }
    }

    /// With the value of an expression at the place.
    pub fn value(mut self, expression: impl Into<String>, value: impl Into<String>) -> Diagnostic {
        self.values.push((expression.into(), value.into()));
        self
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
