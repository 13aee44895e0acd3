//! Evaluating an expression in a root module, as things are in its state: what the console does.
//!
//! The expression becomes an output of a copy of the configuration, and that is evaluated as a refresh that reads
//! nothing: resources are as the state has them, what it has not is unknown. So the console sees what plans see, and
//! there is no second evaluator.
//!
//! Invariant: nothing is written, and the configuration that was loaded stays as it is.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use diag::{Diagnostic, Diags, FileId, SourceMap, Span};
use engine::GivenVariable;
use lang::config::{Config, ModuleDef, Output, OutputIdx};
use lang::expr::{ConsoleLine, ExprId, Lowerer};
use plan::{Mode, Options, Plan, Refresh};
use store::Loaded;
use value::{Marks, Type, Value};

use crate::stack::{self, Planning, Shared, Stack};

/// The name of what is typed, in diagnostics.
const INPUT: &str = "<console-input>";
/// Names of outputs that no configuration can have: the value, and whether it is sensitive as a whole.
const VALUE: &str = "<value>";
const IS_SENSITIVE: &str = "<is sensitive>";

/// What an expression came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Evaluated {
    /// A value, with its marks.
    Value(Value),
    /// Of `type(x)`: the type.
    Type(Type),
}

/// What an expression is evaluated in.
pub struct Evaluator<'a> {
    /// The stack.
    pub stack: &'a Stack,
    /// Processes, events, interrupts.
    pub shared: &'a Shared,
    /// Its state.
    pub loaded: &'a Loaded,
    /// Values of its variables; those that need one and have none are unknown.
    pub variables: Vec<GivenVariable>,
}

impl Evaluator<'_> {
    /// The value of a text, or nothing after a diagnostic.
    pub async fn evaluate(
        &self,
        text: &str,
        sources: &mut SourceMap,
        diags: &mut Diags,
    ) -> Option<Evaluated> {
        sources.set_prefix("");
        let file = sources.add(INPUT, text);
        let asked = format!("issensitive(\n{text}\n)");
        let copy = sources.add(INPUT, asked.as_str());
        let before = diags.error_count();
        let expr = syntax::parse_expression(file, text, diags)?;
        // Whatever is wrong with the copy is wrong with the text, and was told there.
        let twin = syntax::parse_expression(copy, &asked, &mut Diags::new());
        let (config, line) = with_outputs(&self.stack.loaded.config, &expr, twin.as_ref(), diags);
        if diags.error_count() > before {
            return None;
        }
        let plan = self.plan(config, copy, diags).await?;
        let value = output(&plan, VALUE)?;
        Some(match line {
            ConsoleLine::Type(_) => Evaluated::Type(value.ty()),
            ConsoleLine::Value(_) => Evaluated::Value(as_marked(value, &plan)),
        })
    }

    async fn plan(&self, config: Config, copy: FileId, diags: &mut Diags) -> Option<Plan> {
        let mut stack = self.stack.clone();
        let variables = self.with_unknowns(&config);
        stack.loaded.config = Arc::new(config);
        let options =
            Options { mode: Mode::RefreshOnly, refresh: Refresh::No, ..Options::default() };
        let time_s = (self.shared.now)();
        let world = stack::world(&stack, self.shared, time_s, Arc::new(AtomicBool::new(false)));
        let planning = Planning::alone(variables, options, time_s);
        let outcome = stack::planned(&stack, self.shared, self.loaded, planning, &world).await;
        world.close().await;
        match outcome {
            Ok(outcome) => {
                let told = outcome.diags.into_iter();
                told.filter(|one| one.span.is_none_or(|span| span.file != copy))
                    .for_each(|one| diags.push(one));
                Some(outcome.plan)
            }
            Err(diagnostic) => {
                diags.push(diagnostic);
                None
            }
        }
    }

    /// As `tofu console` has it: nobody has to give every variable to look at something else.
    fn with_unknowns(&self, config: &Config) -> Vec<GivenVariable> {
        let mut variables = self.variables.clone();
        for variable in &config.root().def.variables {
            let given = variables.iter().any(|given| given.name == variable.name);
            if variable.is_required() && !given {
                let value = Value::unknown(variable.ty);
                variables.push(GivenVariable { name: variable.name.clone(), value });
            }
        }
        variables
    }
}

/// The configuration with outputs for the expression.
fn with_outputs(
    config: &Config,
    expr: &syntax::Expr,
    twin: Option<&syntax::Expr>,
    diags: &mut Diags,
) -> (Config, ConsoleLine) {
    let mut config = config.clone();
    let mut def = ModuleDef::clone(&config.root().def);
    let names = def.names.clone();
    let mut lowerer = Lowerer::module(&names, &mut def.exprs);
    let line = lowerer.console(expr, diags);
    let twin = match line {
        ConsoleLine::Value(_) => {
            twin.map(|twin| (lowerer.expr(twin, &mut Diags::new()), twin.span))
        }
        ConsoleLine::Type(_) => None,
    };
    let (ConsoleLine::Value(id) | ConsoleLine::Type(id)) = line;
    add_output(&mut def, VALUE, id, expr.span);
    if let Some((id, span)) = twin {
        add_output(&mut def, IS_SENSITIVE, id, span);
    }
    config.modules[0].def = Arc::new(def);
    (config, line)
}

fn add_output(def: &mut ModuleDef, name: &str, expr: ExprId, span: Span) {
    let index = OutputIdx::new(def.outputs.len());
    def.names.add_output(name.into(), index);
    def.outputs.push(Output {
        name: name.into(),
        description: None,
        expr,
        // What is sensitive may be looked at here, and is not printed.
        sensitive: true,
        deprecated: None,
        preconditions: Vec::new(),
        depends_on: Vec::new(),
        name_span: span,
        span,
    });
}

fn output(plan: &Plan, name: &str) -> Option<Value> {
    let found = plan.outputs.iter().find(|output| &*output.name == name);
    found.map(|output| output.after.clone())
}

/// The value with the marks that it has of its own: the output that brought it is sensitive in any case.
fn as_marked(value: Value, plan: &Plan) -> Value {
    let whole = output(plan, IS_SENSITIVE).and_then(|answer| answer.unmark().0.as_bool());
    let (bare, marks) = value.unmark();
    match whole {
        Some(false) => bare,
        _ if bare.is_known() => bare.with_marks(marks),
        _ => bare.with_marks(Marks::NONE),
    }
}

/// What is said of a text that is no expression because it has not ended.
pub fn unfinished() -> Diagnostic {
    Diagnostic::error("console-unfinished", "The last expression has no end")
        .detail("Brackets are open where the input ends.")
        .remedy("Close them.")
}
