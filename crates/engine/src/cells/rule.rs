//! Conditions: `validation`, `precondition` and `postcondition` blocks.
//!
//! One rule is one condition and its message; what a failure does (an error, a warning) is told by the caller.
//! Invariant: a condition that is not known yet says nothing.

use std::sync::Arc;

use diag::{Diagnostic, Diags};
use lang::config::CheckRule;
use lang::eval::{Eval, Scope, eval};
use lang::expr::Exprs;
use state::CheckStatus;
use value::{Marks, Type, Value, View, convert};

/// What a failing condition does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failing {
    /// It is an error.
    Errs,
    /// It is a warning: while only refreshing, and before a destroy.
    Warns,
}

/// What kind of rule it is, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RuleKind {
    /// Of a variable.
    Validation,
    /// Before an object or an output.
    Precondition,
    /// After an object.
    Postcondition,
}

/// The result of some rules of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RuleResults {
    /// The status of each rule, in order.
    pub(crate) statuses: Vec<CheckStatus>,
    /// Messages of those that fail.
    pub(crate) failures: Vec<Arc<str>>,
}

impl RuleResults {
    /// Whether the object may go on.
    pub(crate) fn allows(&self, failing: Failing) -> bool {
        self.statuses.iter().all(|status| match status {
            CheckStatus::Pass | CheckStatus::Unknown => true,
            CheckStatus::Fail => failing == Failing::Warns,
            CheckStatus::Error => false,
        })
    }
}

/// Evaluates rules. All of them are evaluated, so that all failures are told at once.
pub(crate) fn rules(
    exprs: &Exprs,
    rules: &[CheckRule],
    scope: &dyn Scope,
    kind: RuleKind,
    failing: Failing,
    about: &dyn Fn() -> String,
    diags: &mut Diags,
) -> Eval<RuleResults> {
    let mut results = RuleResults::default();
    let mut open = Vec::new();
    let mut found = Diags::new();
    for rule in rules {
        match one(exprs, rule, scope, kind, failing, about, &mut found) {
            Eval::Value((status, message)) => {
                results.statuses.push(status);
                results.failures.extend(message);
            }
            Eval::Failed => results.statuses.push(CheckStatus::Error),
            Eval::Blocked(on) => open.extend_from_slice(on.cells()),
        }
    }
    if !open.is_empty() {
        return Eval::Blocked(lang::eval::Blocked::on(open));
    }
    diags.extend(found);
    Eval::Value(results)
}

fn one(
    exprs: &Exprs,
    rule: &CheckRule,
    scope: &dyn Scope,
    kind: RuleKind,
    failing: Failing,
    about: &dyn Fn() -> String,
    diags: &mut Diags,
) -> Eval<(CheckStatus, Option<Arc<str>>)> {
    let condition = match eval(exprs, rule.condition, scope, diags) {
        Eval::Value(value) => value.unmark_deep().0,
        Eval::Blocked(on) => return Eval::Blocked(on),
        Eval::Failed => return Eval::Failed,
    };
    let invalid = |diags: &mut Diags, detail: String| {
        diags.push(
            Diagnostic::error("condition-invalid", "Invalid condition result")
                .detail(detail)
                .at(exprs.span(rule.condition))
                .about(about()),
        );
        Eval::Value((CheckStatus::Error, None))
    };
    let holds = match convert::convert(&condition, Type::BOOL) {
        Ok(value) => match value.view() {
            View::Bool(holds) => holds,
            View::Null => {
                return invalid(diags, "It has to be true or false, and is null.".to_owned());
            }
            _ => return Eval::Value((CheckStatus::Unknown, None)),
        },
        Err(error) => return invalid(diags, format!("It has to be true or false: {error}.")),
    };
    if holds {
        return Eval::Value((CheckStatus::Pass, None));
    }
    let message = match eval(exprs, rule.message, scope, diags) {
        Eval::Value(value) => text(&value, exprs, rule, diags),
        Eval::Blocked(on) => return Eval::Blocked(on),
        Eval::Failed => String::new(),
    };
    diags.push(failure(kind, failing, &message, exprs, rule, about()));
    Eval::Value((CheckStatus::Fail, Some(message.into())))
}

fn failure(
    kind: RuleKind,
    failing: Failing,
    message: &str,
    exprs: &Exprs,
    rule: &CheckRule,
    about: String,
) -> Diagnostic {
    let (code, summary) = match kind {
        RuleKind::Validation => ("variable-invalid", "Invalid value for variable"),
        RuleKind::Precondition => ("precondition-failed", "A precondition does not hold"),
        RuleKind::Postcondition => ("postcondition-failed", "A postcondition does not hold"),
    };
    let detail = if message.is_empty() {
        "The condition is false, and its message cannot be shown."
    } else {
        message
    };
    let diagnostic = match failing {
        Failing::Errs => Diagnostic::error(code, summary),
        Failing::Warns => Diagnostic::warning(code, summary),
    };
    diagnostic.detail(detail).at(exprs.span(rule.condition)).within(rule.span).about(about)
}

/// The message of a failing condition; empty where it must not or cannot be told.
fn text(value: &Value, exprs: &Exprs, rule: &CheckRule, diags: &mut Diags) -> String {
    let marks = value.deep_marks();
    if marks.intersects(Marks::SENSITIVE.union(Marks::EPHEMERAL)) {
        diags.push(
            Diagnostic::warning("condition-message-hidden", "The error message is not shown")
                .detail("It derives from a sensitive or ephemeral value.")
                .at(exprs.span(rule.message)),
        );
        return String::new();
    }
    let (bare, _) = value.clone().unmark_deep();
    let refused = match convert::convert(&bare, Type::STRING) {
        Ok(value) => match value.view() {
            View::String(text) => return text.trim().to_owned(),
            View::Unknown(_) => return String::new(),
            _ => "It is null.".to_owned(),
        },
        Err(error) => format!("It has to be a string: {error}."),
    };
    diags.push(
        Diagnostic::error("condition-message-invalid", "Invalid error message")
            .detail(refused)
            .at(exprs.span(rule.message)),
    );
    String::new()
}
