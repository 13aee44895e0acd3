//! What a root module asks for and has: its variables, its outputs, the providers that it names; and files of variables.
//!
//! Read from the text alone: this is for telling which inputs count, not for checking a module.
//! Invariant: what cannot be told is taken to be there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use diag::{Diags, Span};
use lang::eval::{Eval, FreeStep, Scope};
use lang::expr::{Exprs, Lowerer};
use syntax::{Body, Expr};
use value::Value;

use crate::terragrunt::Reader;
use crate::tree::{join, relative};

/// Most folders of modules that are looked into for providers.
const MODULES_MAX: usize = 500;

/// A root module's face.
#[derive(Clone, Debug, Default)]
pub(crate) struct Face {
    pub(crate) variables: BTreeMap<Arc<str>, Variable>,
    /// Outputs, and whether they are sensitive.
    pub(crate) outputs: BTreeMap<Arc<str>, bool>,
    /// Local names of providers that it or a module below uses.
    pub(crate) providers: BTreeSet<Arc<str>>,
    /// Its backend, where it has a block for one: type, arguments that are constants, and where.
    pub(crate) backend: Option<Backend>,
    /// Whether it has files of the language at all.
    pub(crate) is_module: bool,
    /// Folders of modules that it calls.
    pub(crate) calls: BTreeSet<String>,
    /// Where it reads other states.
    pub(crate) remote_states: Vec<Span>,
}

/// A `backend` block: its type, its arguments that are constants, and where it stands.
pub(crate) type Backend = (Arc<str>, BTreeMap<Arc<str>, Value>, Span);

/// A variable.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    /// Whether it has a type constraint.
    pub(crate) typed: bool,
    pub(crate) sensitive: bool,
    pub(crate) default: Option<Value>,
}

/// The face of the root module in a folder.
pub(crate) fn face(reader: &Reader<'_>, folder: &str) -> Face {
    let mut face = Face::default();
    let mut left = vec![folder.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(at) = left.pop() {
        if seen.len() >= MODULES_MAX || !seen.insert(at.clone()) {
            continue;
        }
        let mut own = Face::default();
        for name in reader.tree.entries(&at).files {
            if name.ends_with(".tf") || name.ends_with(".tofu") {
                own.is_module = true;
                if let Some(body) = reader.body(&join(&at, &name)) {
                    read(&body, &at, &mut own);
                }
            }
        }
        left.extend(own.calls.iter().cloned());
        let providers = std::mem::take(&mut own.providers);
        if at == folder {
            face = own;
        }
        face.providers.extend(providers);
    }
    face
}

fn read(body: &Body, folder: &str, face: &mut Face) {
    for block in &body.blocks {
        let name = block.labels.first().map(|label| label.text.clone()).unwrap_or("".into());
        let is_true = |argument: &str| {
            let given = block.body.attribute(argument).and_then(|it| constant(&it.expr));
            given.and_then(|value| value.as_bool()) == Some(true)
        };
        match &*block.kind.text {
            "variable" => {
                let default = block.body.attribute("default").and_then(|it| constant(&it.expr));
                let typed = block.body.attribute("type").is_some();
                let sensitive = is_true("sensitive");
                face.variables.insert(name, Variable { typed, sensitive, default });
            }
            "output" => drop(face.outputs.insert(name, is_true("sensitive"))),
            "provider" => drop(face.providers.insert(name)),
            "data" if &*name == "terraform_remote_state" => face.remote_states.push(block.header),
            "resource" | "data" | "ephemeral" => {
                let provider = name.split('_').next().unwrap_or(&name);
                face.providers.insert(provider.into());
            }
            "module" => {
                let source = block.body.attribute("source").and_then(|it| constant(&it.expr));
                let local =
                    source.as_ref().and_then(Value::as_str).filter(|it| it.starts_with('.'));
                face.calls.extend(local.map(|source| join(folder, source)));
            }
            "terraform" => settings(&block.body, face),
            _ => {}
        }
    }
}

fn settings(body: &Body, face: &mut Face) {
    for block in &body.blocks {
        match &*block.kind.text {
            "required_providers" => {
                let names = block.body.attributes.iter().map(|one| one.name.text.clone());
                face.providers.extend(names);
            }
            "backend" => {
                let kind = block.labels.first().map_or_else(|| "".into(), |it| it.text.clone());
                let given = block.body.attributes.iter();
                let given =
                    given.filter_map(|it| Some((it.name.text.clone(), constant(&it.expr)?)));
                face.backend = Some((kind, given.collect(), block.header));
            }
            "cloud" => face.backend = Some(("cloud".into(), BTreeMap::new(), block.header)),
            _ => {}
        }
    }
}

/// Values of a file of variables by name; `None` where it is none.
pub(crate) fn tfvars(
    reader: &Reader<'_>,
    path: &str,
    text: &str,
) -> Option<BTreeMap<Arc<str>, Value>> {
    if path.ends_with(".json") {
        let all = value::json::decode_implied(text.as_bytes()).ok()?;
        let (object, values) = all.as_object()?;
        return Some(object.names().iter().cloned().zip(values.iter().cloned()).collect());
    }
    let body = match reader.made(&relative(&reader.base, path), text) {
        Ok(body) => body,
        Err(errors) => {
            reader.told(errors, &format!("{} is not read", relative(&reader.base, path)));
            return None;
        }
    };
    let given = body.attributes.iter();
    Some(given.filter_map(|it| Some((it.name.text.clone(), constant(&it.expr)?))).collect())
}

/// The value of an expression that refers to nothing.
pub(crate) fn constant(expr: &Expr) -> Option<Value> {
    let (mut exprs, mut diags) = (Exprs::new(), Diags::new());
    let id = Lowerer::free(&mut exprs).expr(expr, &mut diags);
    if diags.has_errors() {
        return None;
    }
    match lang::eval::eval(&exprs, id, &Nothing, &mut diags) {
        Eval::Value(value) if value.is_wholly_known() => Some(value),
        _ => None,
    }
}

/// A scope in which nothing has a name.
struct Nothing;

impl Scope for Nothing {
    fn world(&self, _: &lang::eval::Asked<'_>, _: &mut Diags) -> Eval<Option<funcs::Answer>> {
        Eval::Failed
    }

    fn free(&self, _: &str, _: &[FreeStep], _: Span, _: &mut Diags) -> Eval<(Value, usize)> {
        Eval::Failed
    }

    fn provider_function(
        &self,
        _: &lang::expr::ProviderFunction,
        _: &[Value],
        _: (Span, &[Span]),
        _: &mut Diags,
    ) -> Eval {
        Eval::Failed
    }
}
