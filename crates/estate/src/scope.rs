//! The names that an expression of the estate file may use, and evaluating one.
//!
//! `env`, `estate`, `self`, `each`, `secret` and `stack`; which of them are visible depends on where the expression
//! stands. Nothing outside of the file is asked but secrets, through the trait that is given.
//!
//! Invariant: evaluation blocks on nothing; what is not known yet is an unknown value.

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::StackAddr;
use diag::{Diagnostic, Diags, Span};
use lang::eval::{Asked, Eval, FreeStep, Scope};
use lang::expr::{Exprs, Lowerer};
use syntax::Expr;
use value::{Marks, Type, Value};

use crate::evaluate::{Secrets, Upstream};
use crate::graph::Each;
use crate::model::{EnvironmentIdx, Estate, StackIdx};
use crate::wiring::Wire;

/// The values of an environment by name, read as `env.NAME`.
pub(crate) type Values = BTreeMap<Arc<str>, Value>;

/// The names that an expression may use.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) estate: &'a Estate,
    pub(crate) environment: EnvironmentIdx,
    pub(crate) values: &'a Values,
    /// The stack that `self` is about.
    pub(crate) stack: Option<StackIdx>,
    /// What tells the stack's instance from others.
    pub(crate) each: Visible<&'a Each>,
    /// Where outputs come from, and the wires over which they may come.
    pub(crate) upstream: Option<(&'a dyn Upstream, &'a [Wire])>,
    pub(crate) secrets: Option<&'a dyn Secrets>,
}

/// Whether a name has a meaning where an expression stands.
#[derive(Clone, Copy)]
pub(crate) enum Visible<T> {
    /// It has this one.
    As(T),
    /// It would in a stack with `for_each`.
    NotKeyed,
    /// It has none.
    Hidden,
}

/// The value of an expression; `None` where it fails, which is reported.
pub(crate) fn evaluate(expr: &Expr, names: &Names<'_>, diags: &mut Diags) -> Option<Value> {
    let mut exprs = Exprs::new();
    let id = Lowerer::free(&mut exprs).expr(expr, diags);
    match lang::eval::eval(&exprs, id, names, diags) {
        Eval::Value(value) => Some(value),
        Eval::Failed => None,
        Eval::Blocked(_) => panic!("BUG: an estate's scope blocks on nothing"),
    }
}

type Found = Eval<(Value, usize)>;

impl Scope for Names<'_> {
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
            "each" => self.each(steps, span, diags),
            "stack" => self.wired(steps, span, diags),
            "secret" => self.secret(steps, span, diags),
            _ => {
                diags.push(
                    Diagnostic::error("estate-reference-unknown", format!("Nothing is called `{root}`"))
                        .detail("The estate file knows env, estate, self, each, secret and stack.")
                        .remedy("Use one of these; a stack's own variables and resources are not visible here.")
                        .at(span),
                );
                Eval::Failed
            }
        }
    }
}

impl Names<'_> {
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
        match (first(steps), self.each) {
            (Some("name"), _) => found(Value::string(stack.name.node.clone()), 1),
            (Some("layer"), _) => {
                found(Value::string(self.estate[stack.layer].name.node.clone()), 1)
            }
            (Some("key"), Visible::As(each)) => found(each.key.clone(), 1),
            // So that settings for all stacks can ask whether there is one.
            (Some("key"), Visible::NotKeyed) => found(Value::null(Type::STRING), 1),
            (_, Visible::Hidden) => self.unknown_name("self", &["name", "layer"], span, diags),
            _ => self.unknown_name("self", &["name", "key", "layer"], span, diags),
        }
    }

    fn each(&self, steps: &[FreeStep], span: Span, diags: &mut Diags) -> Found {
        match (first(steps), self.each) {
            (Some("key"), Visible::As(each)) => found(each.key.clone(), 1),
            (Some("value"), Visible::As(each)) => found(each.value.clone(), 1),
            (_, Visible::As(_)) => self.unknown_name("each", &["key", "value"], span, diags),
            (_, Visible::NotKeyed) => {
                diags.push(
                    Diagnostic::error("estate-each", "`each` in a stack without `for_each`")
                        .detail("There is one instance of the stack in each environment, without a key.")
                        .remedy("Give the stack a `for_each`, or write the value itself.")
                        .at(span),
                );
                Eval::Failed
            }
            (_, Visible::Hidden) => self.unknown_name("each", &[], span, diags),
        }
    }

    fn secret(&self, steps: &[FreeStep], span: Span, diags: &mut Diags) -> Found {
        let Some(secrets) = self.secrets else {
            return self.unknown_name("secret", &[], span, diags);
        };
        let secret = first(steps).and_then(|name| self.estate.secret(name));
        match secret {
            Some(secret) => match secrets.secret(secret, span, diags) {
                Some(value) => found(value.with_marks(Marks::SENSITIVE), 1),
                None => Eval::Failed,
            },
            None => {
                let known = self.estate.secrets.iter().map(|secret| &*secret.name.node);
                self.unknown_name("secret", &known.collect::<Vec<_>>(), span, diags)
            }
        }
    }

    /// `stack.NAME.OUTPUT`, `stack.NAME[KEY].OUTPUT`, or `stack.NAME` as an object of its instances; what is wrong
    /// with a wire was reported with the graph.
    fn wired(&self, steps: &[FreeStep], span: Span, diags: &mut Diags) -> Found {
        let Some((upstream, wires)) = self.upstream else {
            return self.unknown_name("stack", &[], span, diags);
        };
        let value = |from: &StackAddr, output: &str| {
            upstream.output(from, output).unwrap_or_else(|| Value::unknown(Type::DYNAMIC))
        };
        match steps {
            [FreeStep::Attr(name, _), FreeStep::Attr(output, _), ..] => {
                let wire = wires.iter().find(|wire| wire.leads_to(name, None, output));
                match wire {
                    Some(wire) => found(value(&wire.from, output), 2),
                    None => Eval::Failed,
                }
            }
            [FreeStep::Attr(name, _), FreeStep::Index(key, at), FreeStep::Attr(output, _), ..] => {
                self.keyed(wires, (name, output), key, *at, &value, diags)
            }
            [FreeStep::Attr(name, _)] => found(instances(wires, name, &value), 1),
            _ => Eval::Failed,
        }
    }

    /// One output of the instance with this key.
    fn keyed(
        &self,
        wires: &[Wire],
        (name, output): (&str, &str),
        key: &Value,
        span: Span,
        value: &dyn Fn(&StackAddr, &str) -> Value,
        diags: &mut Diags,
    ) -> Found {
        let (key, marks) = key.clone().unmark_deep();
        if !key.is_known() {
            return found(Value::unknown(Type::DYNAMIC).with_marks(marks), 3);
        }
        let key = value::convert::convert(&key, Type::STRING).ok();
        let key = key.as_ref().and_then(Value::as_str);
        let wire =
            key.and_then(|key| wires.iter().find(|wire| wire.leads_to(name, Some(key), output)));
        if let Some(wire) = wire {
            return found(value(&wire.from, output).with_marks(marks), 3);
        }
        let known: Vec<&str> = wires
            .iter()
            .filter(|wire| *wire.from.stack == *name && *wire.output == *output)
            .filter_map(|wire| wire.from.key.as_deref())
            .collect();
        diags.push(crate::wiring::no_such_key(name, key, &known, span));
        Eval::Failed
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

/// A stack's instances by key, each an object of the outputs that the wires name.
fn instances(wires: &[Wire], name: &str, value: &dyn Fn(&StackAddr, &str) -> Value) -> Value {
    let mut by_key: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Value>> = BTreeMap::new();
    for wire in wires.iter().filter(|wire| *wire.from.stack == *name) {
        if let Some(key) = &wire.from.key {
            let outputs = by_key.entry(key.clone()).or_default();
            outputs.insert(wire.output.clone(), value(&wire.from, &wire.output));
        }
    }
    Value::object(by_key.into_iter().map(|(key, outputs)| (key, Value::object(outputs))))
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
