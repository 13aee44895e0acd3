//! Values of a stack instance's inputs: the estate file's expressions, evaluated for one instance.
//!
//! What is wired comes from an [`Upstream`]: published outputs, planned ones, or only their types. An output that is
//! not known yet is an unknown value; there are no mock values.
//!
//! Invariant: only variables that the root module declares are given a value.

use std::collections::BTreeMap;
use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use lang::eval::{Asked, Eval, FreeStep, Scope};
use lang::expr::{Exprs, Lowerer};
use syntax::Expr;
use value::{Type, Value};

use crate::check::Interface;
use crate::graph::Instance;
use crate::model::{EnvironmentIdx, Estate, Input, Nearness, StackIdx};

/// Where the outputs of other stacks come from.
pub trait Upstream {
    /// The value of an output of a stack in the same environment; `None` where it has no such output.
    fn output(&self, stack: StackIdx, output: &str) -> Option<Value>;
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
    environment: EnvironmentIdx,
    instance: &Instance,
    interface: &Interface,
    upstream: &dyn Upstream,
    diags: &mut Diags,
) -> Option<Inputs> {
    let before = diags.error_count();
    let values = environment_values(estate, environment, diags)?;
    let scope = InstanceScope {
        estate,
        environment,
        stack: Some(instance.stack),
        values: &values,
        upstream,
    };
    let mut inputs = Inputs::default();
    for (input, nearness) in estate.inputs_of(environment, instance.stack) {
        let declared = interface.variables.contains_key(&input.name.text);
        if !declared && nearness == Nearness::Shared {
            continue;
        }
        if let Some(value) = evaluate(&input.expr, &scope, diags)
            && declared
        {
            inputs.values.insert(input.name.text.clone(), value);
        }
    }
    (diags.error_count() == before).then_some(inputs)
}

/// The values of an environment, which may refer to its name and the estate's only.
fn environment_values(
    estate: &Estate,
    environment: EnvironmentIdx,
    diags: &mut Diags,
) -> Option<BTreeMap<Arc<str>, Value>> {
    let before = diags.error_count();
    let none = BTreeMap::new();
    let scope =
        InstanceScope { estate, environment, stack: None, values: &none, upstream: &NoStacks };
    let of = |input: &Input, diags: &mut Diags| {
        Some((input.name.text.clone(), evaluate(&input.expr, &scope, diags)?))
    };
    let values = estate[environment].values.iter().filter_map(|input| of(input, diags)).collect();
    (diags.error_count() == before).then_some(values)
}

struct NoStacks;

impl Upstream for NoStacks {
    fn output(&self, _: StackIdx, _: &str) -> Option<Value> {
        None
    }
}

fn evaluate(expr: &Expr, scope: &InstanceScope<'_>, diags: &mut Diags) -> Option<Value> {
    let mut exprs = Exprs::new();
    let id = Lowerer::free(&mut exprs).expr(expr, diags);
    match lang::eval::eval(&exprs, id, scope, diags) {
        Eval::Value(value) => Some(value),
        Eval::Failed => None,
        Eval::Blocked(_) => panic!("BUG: an estate's scope blocks on nothing"),
    }
}

/// The names that an expression of the estate file may use.
struct InstanceScope<'a> {
    estate: &'a Estate,
    environment: EnvironmentIdx,
    stack: Option<StackIdx>,
    values: &'a BTreeMap<Arc<str>, Value>,
    upstream: &'a dyn Upstream,
}

type Found = Eval<(Value, usize)>;

impl Scope for InstanceScope<'_> {
    fn world(&self, asked: &Asked<'_>, diags: &mut Diags) -> Eval<Option<funcs::Answer>> {
        diags.push(
            Diagnostic::error(
                "estate-impure",
                format!("`{}` is no function of the estate file", asked.function.name),
            )
            .detail("What the estate file says depends on nothing outside of it.")
            .remedy("Write the value itself.")
            .at(asked.span),
        );
        Eval::Failed
    }

    fn free(&self, root: &str, steps: &[FreeStep], span: Span, diags: &mut Diags) -> Found {
        match root {
            "env" => self.env(steps, span, diags),
            "estate" => match first(steps) {
                Some("name") => found(Value::string(self.estate.name.node.clone()), 1),
                _ => self.unknown_name("estate", &["name"], span, diags),
            },
            "self" => self.own(steps, span, diags),
            "stack" => self.wired(steps, span, diags),
            "secret" => {
                diags.push(crate::read::not_yet("secrets", span));
                Eval::Failed
            }
            _ => {
                diags.push(
                    Diagnostic::error("estate-reference-unknown", format!("Nothing is called `{root}`"))
                        .detail("The estate file knows env, estate, self and stack.")
                        .remedy("Use one of these; a stack's own variables and resources are not visible here.")
                        .at(span),
                );
                Eval::Failed
            }
        }
    }
}

impl InstanceScope<'_> {
    fn env(&self, steps: &[FreeStep], span: Span, diags: &mut Diags) -> Found {
        let environment = &self.estate[self.environment];
        match first(steps) {
            Some("name") => found(Value::string(environment.name.node.clone()), 1),
            Some(name) if self.values.contains_key(name) => found(self.values[name].clone(), 1),
            _ => {
                let known: Vec<&str> =
                    std::iter::once("name").chain(self.values.keys().map(|key| &**key)).collect();
                self.unknown_name("env", &known, span, diags)
            }
        }
    }

    fn own(&self, steps: &[FreeStep], span: Span, diags: &mut Diags) -> Found {
        let Some(stack) = self.stack.map(|stack| &self.estate[stack]) else {
            return self.unknown_name("self", &[], span, diags);
        };
        match first(steps) {
            Some("name") => found(Value::string(stack.name.node.clone()), 1),
            Some("layer") => found(Value::string(self.estate[stack.layer].name.node.clone()), 1),
            _ => self.unknown_name("self", &["name", "layer"], span, diags),
        }
    }

    /// `stack.NAME.OUTPUT`; what is wrong with a wire was reported with the graph.
    fn wired(&self, steps: &[FreeStep], span: Span, diags: &mut Diags) -> Found {
        if self.stack.is_none() {
            return self.unknown_name("stack", &[], span, diags);
        }
        let [FreeStep::Attr(name, _), FreeStep::Attr(output, _), ..] = steps else {
            return Eval::Failed;
        };
        let stack = self.estate.stack(name);
        let value = stack.and_then(|stack| self.upstream.output(stack, output));
        found(value.unwrap_or_else(|| Value::unknown(Type::DYNAMIC)), 2)
    }

    fn unknown_name(&self, root: &str, known: &[&str], span: Span, diags: &mut Diags) -> Found {
        let remedy = match known {
            [] => format!("`{root}` cannot be used here."),
            _ => format!(
                "Write one of: {}.",
                known.iter().map(|n| format!("{root}.{n}")).collect::<Vec<_>>().join(", ")
            ),
        };
        diags.push(
            Diagnostic::error("estate-reference-unknown", format!("No such name under `{root}`"))
                .detail(format!(
                    "The reference leads to nothing in environment `{}`.",
                    self.estate[self.environment].name.node
                ))
                .remedy(remedy)
                .at(span),
        );
        Eval::Failed
    }
}

fn first(steps: &[FreeStep]) -> Option<&str> {
    match steps.first()? {
        FreeStep::Attr(name, _) => Some(name),
        FreeStep::Index(..) => None,
    }
}

fn found(value: Value, steps: usize) -> Found {
    Eval::Value((value, steps))
}
