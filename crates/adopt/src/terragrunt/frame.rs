//! Where an expression stands: which unit runs, which file it is in, and the names that are visible there.
//!
//! Invariant: evaluation blocks on nothing; outputs of dependencies are unknown values.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use funcs::{Answer, FileKind, Request, WorldFault};
use lang::eval::{Asked, Eval, FreeStep, Scope};
use lang::expr::{Exprs, Lowerer, ProviderFunction};
use syntax::Expr;
use value::{Type, Value};

use super::functions;
use super::reader::Reader;
use crate::tree::join;

/// The place of an expression.
pub(crate) struct Frame<'r, 'a> {
    pub(crate) reader: &'r Reader<'a>,
    /// The folder of what runs: a unit's, or that of a configuration that is read by name.
    pub(crate) unit: String,
    /// The folder of the unit that began it all.
    pub(crate) original: String,
    /// The folder of the file that the expression is in.
    pub(crate) folder: String,
    /// Where the file is included: the folder of this very file.
    pub(crate) included: Option<String>,
    /// Folders of the files that this file includes, by the names of the blocks.
    pub(crate) includes: Vec<(Arc<str>, String)>,
    pub(crate) locals: RefCell<BTreeMap<Arc<str>, Value>>,
    /// What included files expose, by the names of the blocks.
    pub(crate) exposed: BTreeMap<Arc<str>, Value>,
    pub(crate) features: BTreeMap<Arc<str>, Value>,
    pub(crate) values: Value,
    /// Values that take the place of outputs which are not read, by dependency.
    pub(crate) mocks: BTreeMap<Arc<str>, Value>,
}

impl Frame<'_, '_> {
    /// The value of an expression; what reads outputs is unknown.
    pub(crate) fn evaluate(&self, expr: &Expr) -> Result<Value, Diags> {
        let mut diags = Diags::new();
        let mut exprs = Exprs::new();
        let id = Lowerer::free(&mut exprs).expr(expr, &mut diags);
        if diags.has_errors() {
            return Err(diags);
        }
        match lang::eval::eval(&exprs, id, self, &mut diags) {
            Eval::Value(value) => Ok(value),
            Eval::Failed => Err(diags),
            Eval::Blocked(_) => panic!("BUG: a Terragrunt file's scope blocks on nothing"),
        }
    }

    /// The value of an expression, where it can be had; otherwise that is told about `what`.
    pub(crate) fn read(&self, expr: &Expr, what: &str) -> Option<Value> {
        match self.evaluate(expr) {
            Ok(value) if value.is_wholly_known() => Some(value.unmark_deep().0),
            Ok(_) => {
                self.reader.finding(
                    Diagnostic::warning("adopt-unread", format!("{what} reads outputs"))
                        .detail("It is known only once another unit was applied, and strata.hcl has nothing like it here.")
                        .remedy("Make it an input of the root module, or write what it comes to.")
                        .at(expr.span),
                );
                None
            }
            Err(errors) => {
                self.reader.told(errors, &format!("{what} is not read"));
                None
            }
        }
    }
}

type Found = Eval<(Value, usize)>;

impl Scope for Frame<'_, '_> {
    fn world(&self, asked: &Asked<'_>, diags: &mut Diags) -> Eval<Option<Answer>> {
        let tree = self.reader.tree;
        let answer = match asked.request {
            Request::ReadFile { path } => match tree.text(&join(&self.folder, path)) {
                Some(text) => Answer::Bytes(text.as_bytes().into()),
                None => Answer::Failed(WorldFault::NotFound),
            },
            Request::FileKind { path } => {
                Answer::Kind(match tree.text(&join(&self.folder, path)) {
                    Some(_) => FileKind::File,
                    None => FileKind::Missing,
                })
            }
            Request::WorkingFolder => Answer::Text(self.folder.clone()),
            _ => {
                diags.push(
                    Diagnostic::error(
                        "adopt-unread",
                        format!("`{}` is other at each time", asked.function.name),
                    )
                    .detail("What a unit is given must be the same whenever it is read.")
                    .remedy("Write the value itself into strata.hcl.")
                    .at(asked.span),
                );
                return Eval::Failed;
            }
        };
        Eval::Value(Some(answer))
    }

    fn provider_function(
        &self,
        function: &ProviderFunction,
        args: &[Value],
        places: (Span, &[Span]),
        diags: &mut Diags,
    ) -> Eval {
        if &*function.provider != functions::PROVIDER {
            diags.push(
                Diagnostic::error("adopt-unread", "A provider's function")
                    .detail("Functions of providers are not asked while a tree is read.")
                    .at(places.0),
            );
            return Eval::Failed;
        }
        if !args.iter().all(Value::is_wholly_known) {
            return Eval::Value(Value::unknown(Type::DYNAMIC));
        }
        match functions::call(self, &function.function, args) {
            Ok(value) => Eval::Value(value),
            Err(fault) => {
                diags.push(
                    Diagnostic::error("adopt-unread", fault.summary)
                        .detail(fault.detail)
                        .remedy(fault.remedy)
                        .at(places.0),
                );
                Eval::Failed
            }
        }
    }

    fn free(&self, root: &str, steps: &[FreeStep], span: Span, diags: &mut Diags) -> Found {
        let first = steps.first().and_then(|step| match step {
            FreeStep::Attr(name, _) => Some(&**name),
            FreeStep::Index(key, _) => key.as_str(),
        });
        let found = match (root, first) {
            ("local", Some(name)) => self.locals.borrow().get(name).cloned(),
            ("include", Some(name)) => {
                self.exposed.get(name).or(self.exposed.get("")).cloned().map(|value| {
                    // The one include without a name is `include` itself.
                    if self.exposed.contains_key(name) {
                        value
                    } else {
                        value.attr(name).cloned().unwrap_or(Value::null(Type::DYNAMIC))
                    }
                })
            }
            ("dependency", Some(name)) => match self.mocks.get(name) {
                Some(mocks) => Some(Value::object([("outputs".into(), mocks.clone())])),
                None => return Eval::Value((Value::unknown(Type::DYNAMIC), steps.len())),
            },
            ("feature", Some(name)) => self
                .features
                .get(name)
                .map(|value| Value::object([("value".into(), value.clone())])),
            ("values", _) => return Eval::Value((self.values.clone(), 0)),
            _ => None,
        };
        if let Some(value) = found {
            return Eval::Value((value, 1));
        }
        let name = first.map_or_else(|| root.to_owned(), |first| format!("{root}.{first}"));
        diags.push(
            Diagnostic::error("adopt-unread", format!("`{name}` leads to nothing that was read"))
                .detail("Terragrunt's files know local, include (with `expose`), dependency, feature and values.")
                .remedy("Mend what it refers to, where that is in this list; or write the value into strata.hcl.")
                .at(span),
        );
        Eval::Failed
    }
}
