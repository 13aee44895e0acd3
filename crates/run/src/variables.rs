//! Values of a root module's variables, from where `tofu` takes them, in its order: environment, `terraform.tfvars`,
//! `terraform.tfvars.json`, `*.auto.tfvars` and their JSON in the order of their names, then the command line in its
//! own order. The later wins.
//!
//! Invariant: a value is read as the variable's declaration says: literally where it takes a string, else as an
//! expression without references.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use diag::{Diagnostic, Diags, SourceMap};
use engine::GivenVariable;
use host::Host;
use lang::config::{ModuleDef, Parsing, RootVariables};
use lang::eval::{Asked, Eval, FreeStep, Scope};
use lang::expr::{Exprs, Lowerer};
use syntax::Expr;
use value::Value;

/// A variable on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandLine {
    /// `-var NAME=VALUE`.
    Pair(String),
    /// `-var-file=FILE`.
    File(String),
}

/// Values by name, before anything is known of declarations: what the environment and the command line say as text,
/// what files say as values.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    values: BTreeMap<Arc<str>, Given>,
}

#[derive(Clone, Debug)]
enum Given {
    Text(String, Origin),
    Value(Value, Origin),
}

/// Where a value was given: it decides what becomes of one that no declaration fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Environment,
    File,
    CommandLine,
}

/// Gathers all values.
pub fn collect(
    host: &Host,
    dir: &Path,
    command_line: &[CommandLine],
    sources: &mut SourceMap,
    diags: &mut Diags,
) -> Collected {
    let mut collected = Collected::default();
    for (name, text) in host.environment.with_prefix("TF_VAR_") {
        collected.values.insert(name.into(), Given::Text(text.to_owned(), Origin::Environment));
    }
    for name in automatic(host, dir) {
        collected.read_file(host, &dir.join(&name), &name, sources, diags);
    }
    for given in command_line {
        match given {
            CommandLine::File(name) => {
                collected.read_file(host, &dir.join(name), name, sources, diags)
            }
            CommandLine::Pair(pair) => match pair.split_once('=') {
                Some((name, text)) => {
                    let given = Given::Text(text.to_owned(), Origin::CommandLine);
                    collected.values.insert(name.trim().into(), given);
                }
                None => diags.push(
                    Diagnostic::error("variable-pair", format!("`-var {pair}` gives no value"))
                        .detail("The option takes a name and a value.")
                        .remedy("Write `-var NAME=VALUE`."),
                ),
            },
        }
    }
    collected
}

/// The files that are read unasked, in order.
fn automatic(host: &Host, dir: &Path) -> Vec<String> {
    let names = host.files.list(dir).unwrap_or_default();
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"].map(str::to_owned);
    let auto =
        |name: &&String| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json");
    let fixed = fixed.into_iter().filter(|name| names.contains(name));
    fixed.chain(names.iter().filter(auto).cloned()).collect()
}

impl Collected {
    fn read_file(
        &mut self,
        host: &Host,
        path: &Path,
        name: &str,
        sources: &mut SourceMap,
        diags: &mut Diags,
    ) {
        let text = match host.files.read_text(path) {
            Ok(text) => text,
            Err(error) => {
                diags.push(
                    Diagnostic::error("variables-file", "A file of variables cannot be read")
                        .detail(format!("{error}."))
                        .remedy("Name a file that exists and can be read."),
                );
                return;
            }
        };
        let file = sources.add(name, text.as_str());
        for (name, expr) in assignments(file, name, &text, diags) {
            if let Some(value) = constant(&expr, diags) {
                self.values.insert(name, Given::Value(value, Origin::File));
            }
        }
    }

    /// Values for module sources, which are wanted before declarations are known: texts count as strings.
    pub fn for_sources(&self) -> RootVariables {
        let value = |given: &Given| match given {
            Given::Text(text, _) => Value::string(text.as_str()),
            Given::Value(value, _) => value.clone(),
        };
        self.values.iter().map(|(name, given)| (name.clone(), value(given))).collect()
    }

    /// The values of a root module's variables; what no declaration fits is reported.
    pub fn given(
        self,
        root: &ModuleDef,
        sources: &mut SourceMap,
        diags: &mut Diags,
    ) -> Vec<GivenVariable> {
        let mut given = Vec::new();
        for (name, one) in self.values {
            let Some(index) = root.names.variable(&name) else {
                undeclared(&name, &one, diags);
                continue;
            };
            let value = match one {
                Given::Value(value, _) => Some(value),
                Given::Text(text, _) => match root.variables[index.index()].parsing {
                    Parsing::Literal => Some(Value::string(text)),
                    Parsing::Expression => {
                        let file = sources.add(format!("<value for var.{name}>"), text.as_str());
                        syntax::parse_expression(file, &text, diags)
                            .and_then(|e| constant(&e, diags))
                    }
                },
            };
            given.extend(value.map(|value| GivenVariable { name, value }));
        }
        given
    }
}

fn undeclared(name: &str, given: &Given, diags: &mut Diags) {
    let (Given::Text(_, origin) | Given::Value(_, origin)) = given;
    let text = format!("A value for `{name}`, which is not declared");
    let detail = "The root module has no variable of this name.";
    let remedy = format!("Declare `variable \"{name}\" {{}}`, or take the value out.");
    match origin {
        // Shells are shared between configurations, so `tofu` says nothing either.
        Origin::Environment => {}
        Origin::File => {
            diags.push(
                Diagnostic::warning("variable-undeclared", text).detail(detail).remedy(remedy),
            );
        }
        Origin::CommandLine => {
            diags
                .push(Diagnostic::error("variable-undeclared", text).detail(detail).remedy(remedy));
        }
    }
}

/// The assignments of a file of variables, native or JSON.
fn assignments(
    file: diag::FileId,
    name: &str,
    text: &str,
    diags: &mut Diags,
) -> Vec<(Arc<str>, Expr)> {
    if !name.ends_with(".json") {
        let parsed = syntax::parse_native(file, text, diags);
        for block in &parsed.body.blocks {
            diags.push(
                Diagnostic::error("variables-block", "A block in a file of variables")
                    .detail("Such a file only gives values to variables.")
                    .remedy("Write `name = value`; blocks belong into .tf files.")
                    .at(block.header),
            );
        }
        let attributes = parsed.body.attributes.into_iter();
        return attributes.map(|attribute| (attribute.name.text, attribute.expr)).collect();
    }
    let parsed = syntax::parse_json(file, text, diags);
    match &parsed.root.kind {
        syntax::JsonKind::Object(members) => members
            .iter()
            .map(|member| (member.key.text.clone(), syntax::json_expr(&member.value, diags)))
            .collect(),
        syntax::JsonKind::Invalid => Vec::new(),
        _ => {
            diags.push(
                Diagnostic::error("variables-form", "A JSON file of variables is one object")
                    .detail("Each member gives a variable its value.")
                    .remedy("Write `{ \"name\": value }`.")
                    .at(parsed.root.span),
            );
            Vec::new()
        }
    }
}

/// The value of an expression that may refer to nothing.
pub(crate) fn constant(expr: &Expr, diags: &mut Diags) -> Option<Value> {
    let mut exprs = Exprs::new();
    let id = Lowerer::free(&mut exprs).expr(expr, diags);
    match lang::eval::eval(&exprs, id, &Nothing, diags) {
        Eval::Value(value) => Some(value),
        Eval::Failed => None,
        Eval::Blocked(_) => panic!("BUG: a constant waits for something"),
    }
}

/// The value of a lowered expression that refers to nothing; `None` where it is at fault, which loading reported.
pub(crate) fn constant_of(exprs: &Exprs, expr: lang::expr::ExprId) -> Option<Value> {
    lang::eval::eval(exprs, expr, &Nothing, &mut Diags::new()).value()
}

/// A scope with nothing in it.
struct Nothing;

impl Scope for Nothing {
    fn world(&self, asked: &Asked<'_>, diags: &mut Diags) -> Eval<Option<funcs::Answer>> {
        diags.push(reference(asked.span));
        Eval::Failed
    }

    fn free(
        &self,
        _: &str,
        _: &[FreeStep],
        span: diag::Span,
        diags: &mut Diags,
    ) -> Eval<(Value, usize)> {
        diags.push(reference(span));
        Eval::Failed
    }
}

fn reference(span: diag::Span) -> Diagnostic {
    Diagnostic::error("variable-constant", "The value of a variable refers to nothing")
        .detail("It is given from outside, where nothing of the configuration is visible.")
        .remedy("Write the value itself.")
        .at(span)
}
