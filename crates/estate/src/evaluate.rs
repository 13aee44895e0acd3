//! Values of a stack instance's inputs: the estate file's expressions, evaluated for one instance.
//!
//! What is wired comes from an [`Upstream`]: published outputs, planned ones, or only their types. An output that is
//! not known yet is an unknown value; there are no mock values.
//!
//! Invariant: only variables that the root module declares are given a value.

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::StackAddr;
use diag::{Diags, Span};
use syntax::Expr;
use value::{Type, Value};

use crate::check::Interface;
use crate::graph::Instance;
use crate::model::{EnvironmentIdx, Estate, Input, Nearness, Secret};
use crate::scope::{Names, Values, Visible, evaluate};

/// Where the outputs of other stacks come from.
pub trait Upstream {
    /// The value of an output of an instance, which may be one of another environment; `None` where nothing is known
    /// of it.
    fn output(&self, from: &StackAddr, output: &str) -> Option<Value>;
}

/// Where secrets come from.
pub trait Secrets {
    /// The value of a secret; `None` where it cannot be had, which is reported at `span`, the place that reads it.
    /// Whatever comes is made sensitive by the caller.
    fn secret(&self, secret: &Secret, span: Span, diags: &mut Diags) -> Option<Value>;
}

/// Secrets that nobody has looked up: each is an unknown string. What `validate` uses.
#[derive(Clone, Copy, Debug, Default)]
pub struct UnknownSecrets;

impl Secrets for UnknownSecrets {
    fn secret(&self, _: &Secret, _: Span, _: &mut Diags) -> Option<Value> {
        Some(Value::unknown_not_null(Type::STRING))
    }
}

/// What a stack instance is given.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Variable to value, not yet converted to the variable's type.
    pub values: BTreeMap<Arc<str>, Value>,
}

/// Evaluates the inputs of an instance; `None` where one of them fails, which is reported.
pub fn evaluate_inputs(
    estate: &Estate,
    instance: &Instance,
    interface: &Interface,
    upstream: &dyn Upstream,
    secrets: &dyn Secrets,
    diags: &mut Diags,
) -> Option<Inputs> {
    let before = diags.error_count();
    let names = Names {
        upstream: Some((upstream, &instance.wires)),
        ..of_instance(estate, instance, secrets)
    };
    let mut inputs = Inputs::default();
    for (input, nearness) in estate.inputs_of(instance.environment, instance.stack) {
        let declared = interface.variables.contains_key(&input.name.text);
        if !declared && nearness == Nearness::Shared {
            continue;
        }
        if let Some(value) = evaluate(&input.expr, &names, diags)
            && declared
        {
            inputs.values.insert(input.name.text.clone(), value);
        }
    }
    (diags.error_count() == before).then_some(inputs)
}

/// Evaluates an expression of a provider or credentials block for an instance; `None` where it fails, which is
/// reported. Outputs of stacks are not visible there.
pub fn evaluate_setting(
    estate: &Estate,
    instance: &Instance,
    expr: &Expr,
    secrets: &dyn Secrets,
    diags: &mut Diags,
) -> Option<Value> {
    evaluate(expr, &of_instance(estate, instance, secrets), diags)
}

/// The value of an expression that sees an environment and the estate alone; `None` where it fails, which is reported.
pub fn evaluate_in_environment(
    estate: &Estate,
    environment: EnvironmentIdx,
    expr: &Expr,
    diags: &mut Diags,
) -> Option<Value> {
    let values = environment_values(estate, environment, diags)?;
    let names = Names {
        estate,
        environment,
        values: &values,
        stack: None,
        each: Visible::Hidden,
        upstream: None,
        secrets: None,
    };
    evaluate(expr, &names, diags)
}

/// What is visible in an instance's settings; its inputs see other stacks' outputs too.
fn of_instance<'a>(
    estate: &'a Estate,
    instance: &'a Instance,
    secrets: &'a dyn Secrets,
) -> Names<'a> {
    Names {
        estate,
        environment: instance.environment,
        values: &instance.values,
        stack: Some(instance.stack),
        each: instance.each.as_ref().map_or(Visible::NotKeyed, Visible::As),
        upstream: None,
        secrets: Some(secrets),
    }
}

/// The values of an environment, which may refer to its name and the estate's only.
pub(crate) fn environment_values(
    estate: &Estate,
    environment: EnvironmentIdx,
    diags: &mut Diags,
) -> Option<Values> {
    let before = diags.error_count();
    let names = Names {
        estate,
        environment,
        values: &Values::new(),
        stack: None,
        each: Visible::Hidden,
        upstream: None,
        secrets: None,
    };
    let of = |input: &Input, diags: &mut Diags| {
        Some((input.name.text.clone(), evaluate(&input.expr, &names, diags)?))
    };
    let values = estate[environment].values.iter().filter_map(|input| of(input, diags)).collect();
    (diags.error_count() == before).then_some(values)
}
