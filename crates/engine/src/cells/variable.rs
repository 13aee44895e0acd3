//! Variables: from what the caller gave to the value that the module sees.
//!
//! Conversion, defaults, null, sensitivity, validations. How text from the command line becomes a value is the
//! driver's. Invariant: a settled variable conforms to its type, and passed those validations that could be told.

use diag::{Diagnostic, Diags, Span};
use lang::config::{VarIdx, Variable};
use lang::eval::{Cell, Eval, eval};
use state::CheckKind;
use value::{Marks, Value};

use super::World;
use super::check::When;
use super::ids::FrameId;
use super::rule::{Failing, RuleKind, rules};
use super::scope::{Here, View};

/// What a caller gave, and where it is written.
struct Given {
    value: Option<Value>,
    span: Option<Span>,
}

impl World {
    /// Computes a variable.
    pub(super) fn variable(
        &self,
        cell: Cell,
        id: FrameId,
        index: VarIdx,
        diags: &mut Diags,
    ) -> Eval {
        let given = match self.given(cell, id, index, diags) {
            Eval::Value(given) => given,
            Eval::Blocked(on) => return Eval::Blocked(on),
            Eval::Failed => return Eval::Failed,
        };
        let frame = &self.frames[id.at()];
        let variable = &frame.def.variables[index.index()];
        let address = || qualified(&frame.addr.to_string(), &format!("var.{}", variable.name));
        let Some(value) = settled(variable, &given, &address, diags) else { return Eval::Failed };
        let left = self.settings.conditions == super::Conditions::Left;
        if left || variable.validations.is_empty() || frame.stands_for.is_some() {
            return Eval::Value(value);
        }
        let here = Here { candidate: Some((index, &value)), ..Here::NOWHERE };
        let view = View::new(self, id, here, cell);
        let results = rules(
            &frame.def.exprs,
            &variable.validations,
            &view,
            RuleKind::Validation,
            Failing::Errs,
            &address,
            diags,
        );
        let results = match results {
            Eval::Value(results) => results,
            Eval::Blocked(on) => return Eval::Blocked(on),
            Eval::Failed => return Eval::Failed,
        };
        let allowed = results.allows(Failing::Errs);
        let path = self.config.module(frame.module).path.to_string();
        let config = qualified(&path, &format!("var.{}", variable.name));
        let mut checks = self.checks.borrow_mut();
        checks.report(CheckKind::Variable, config, address(), When::Before, results);
        if allowed { Eval::Value(value) } else { Eval::Failed }
    }

    /// What the caller gave: for the root from outside, else the call's argument.
    fn given(&self, cell: Cell, id: FrameId, index: VarIdx, diags: &mut Diags) -> Eval<Given> {
        let frame = &self.frames[id.at()];
        let variable = &frame.def.variables[index.index()];
        let Some((call_id, position)) = frame.parent else {
            let value = self.settings.variables.get(&variable.name).cloned();
            return Eval::Value(Given { value, span: None });
        };
        let call = &self.calls[call_id.at()];
        let caller = &self.frames[call.frame.at()];
        let Some(expr) = caller.def.calls[call.index.index()].argument(&variable.name) else {
            let span = Some(caller.def.calls[call.index.index()].span);
            return Eval::Value(Given { value: None, span });
        };
        let repetition = call.repetition.get().map(|repetition| (repetition, position));
        let view = View::new(self, call.frame, Here { repetition, ..Here::NOWHERE }, cell);
        let span = Some(caller.def.exprs.span(expr));
        eval(&caller.def.exprs, expr, &view, diags).map(|value| Given { value: Some(value), span })
    }
}

/// An address in a module.
pub(crate) fn qualified(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}.{name}") }
}

/// The value that the module sees; `None` after a diagnostic.
fn settled(
    variable: &Variable,
    given: &Given,
    address: &dyn Fn() -> String,
    diags: &mut Diags,
) -> Option<Value> {
    let place = given.span.unwrap_or(variable.span);
    let missing = |diags: &mut Diags, detail: &str| {
        diags.push(
            Diagnostic::error("variable-required", "A required variable has no value")
                .detail(format!("{} {detail}.", address()))
                .remedy("Give it a value, or a default in its block.")
                .at(place)
                .label(variable.span, "declared here")
                .about(address()),
        );
        None
    };
    let value = match (&given.value, &variable.default) {
        (Some(value), _) => value,
        (None, Some(default)) => default,
        (None, None) => return missing(diags, "is not set"),
    };
    if value.deep_marks().is_ephemeral() {
        diags.push(
            Diagnostic::error(
                "variable-ephemeral",
                "An ephemeral value for a variable that is not",
            )
            .detail(format!("{} is not declared as ephemeral.", address()))
            .at(place)
            .about(address()),
        );
        return None;
    }
    let converted = match variable.constraint.apply(value) {
        Ok(converted) => converted,
        Err(error) => {
            let wanted = variable.constraint.ty.friendly_name_for_constraint();
            diags.push(
                Diagnostic::error("variable-type", "Invalid value for input variable")
                    .detail(format!("The value for {} does not fit: {error}.", address()))
                    .remedy(format!("Give it a value of type {wanted}."))
                    .at(place)
                    .label(variable.span, "declared here")
                    .about(address()),
            );
            return None;
        }
    };
    let value = match (converted.is_null() && !variable.nullable, &variable.default) {
        (false, _) => converted,
        (true, Some(default)) => default.clone(),
        (true, None) => return missing(diags, "must not be null"),
    };
    Some(if variable.sensitive { value.with_marks(Marks::SENSITIVE) } else { value })
}
