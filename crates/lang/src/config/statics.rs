//! Evaluation before the graph: a module's `source` and `version`, which decide what is loaded at all.
//!
//! Only variables, local values and pure functions can be used. The variables of a called module are what the call
//! gives them. What is needed is evaluated one at a time from a stack, never by recursion.
//!
//! Invariant: no value is computed twice, and a circle ends with an error.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use value::{Type, Value};

use super::module::Variable;
use super::names::{LocalIdx, VarIdx};
use super::tree::{Module, ModuleId};
use crate::eval::{Asked, Cell, Eval, Scope, eval};
use crate::expr::{ExprId, PathAttr, Target};
use crate::refs::references;

/// Values of the root module's variables that are known before anything runs.
pub type RootVariables = HashMap<Arc<str>, Value>;

/// Something that static expressions refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Item {
    Variable(ModuleId, VarIdx),
    Local(ModuleId, LocalIdx),
}

/// What has been evaluated so far, over all modules.
#[derive(Debug, Default)]
pub(super) struct Statics {
    items: RefCell<Vec<Item>>,
    cells: RefCell<HashMap<Item, Cell>>,
    /// By cell; `Some(None)` for what failed.
    values: RefCell<Vec<Option<Option<Value>>>>,
}

impl Statics {
    /// The value of an expression of a module; `None` comes with an error.
    pub(super) fn evaluate(
        &self,
        modules: &[Module],
        root: &RootVariables,
        module: ModuleId,
        expr: ExprId,
        diags: &mut Diags,
    ) -> Option<Value> {
        let context = Context { statics: self, modules, root };
        if !context.admissible(module, expr, diags) {
            return None;
        }
        loop {
            match context.attempt(module, expr, diags) {
                Eval::Value(value) => return Some(value),
                Eval::Failed => return None,
                Eval::Blocked(on) => {
                    on.cells().iter().for_each(|cell| context.settle(*cell, diags))
                }
            }
        }
    }

    fn cell(&self, item: Item) -> Cell {
        *self.cells.borrow_mut().entry(item).or_insert_with(|| {
            let mut items = self.items.borrow_mut();
            items.push(item);
            self.values.borrow_mut().push(None);
            Cell(u32::try_from(items.len() - 1).expect("BUG: more than 4 billion cells"))
        })
    }

    fn ask(&self, item: Item) -> Eval {
        let cell = self.cell(item);
        match &self.values.borrow()[cell.0 as usize] {
            Some(Some(value)) => Eval::Value(value.clone()),
            Some(None) => Eval::Failed,
            None => Eval::blocked(cell),
        }
    }

    fn keep(&self, cell: Cell, value: Option<Value>) {
        self.values.borrow_mut()[cell.0 as usize] = Some(value);
    }

    fn is_settled(&self, cell: Cell) -> bool {
        self.values.borrow()[cell.0 as usize].is_some()
    }
}

struct Context<'a> {
    statics: &'a Statics,
    modules: &'a [Module],
    root: &'a RootVariables,
}

impl Context<'_> {
    fn attempt(&self, module: ModuleId, expr: ExprId, diags: &mut Diags) -> Eval {
        let def = &self.modules[module.index()].def;
        eval(&def.exprs, expr, &View { context: self, module }, diags)
    }

    /// Whether the expression refers to nothing but variables and local values.
    fn admissible(&self, module: ModuleId, expr: ExprId, diags: &mut Diags) -> bool {
        let def = &self.modules[module.index()].def;
        let mut admissible = true;
        for reference in references(&def.exprs, expr) {
            let fine = matches!(
                reference.target,
                Target::Variable(_) | Target::Local(_) | Target::Path(_)
            );
            if !fine {
                diags.push(not_static(&reference.text, reference.span));
                admissible = false;
            }
        }
        admissible
    }

    /// Evaluates an item and all that it needs: `path` holds those begun, each needed by the one before it.
    fn settle(&self, cell: Cell, diags: &mut Diags) {
        let mut path = vec![cell];
        while let Some(cell) = path.last().copied() {
            if self.statics.is_settled(cell) {
                path.pop();
                continue;
            }
            let item = self.statics.items.borrow()[cell.0 as usize];
            let result = match self.item(item, diags) {
                Eval::Value(value) => Some(value),
                Eval::Failed => None,
                Eval::Blocked(on) => {
                    let next = on.cells().iter().find(|it| !self.statics.is_settled(**it));
                    let next = *next.expect("BUG: waiting for what is there");
                    if !path.contains(&next) {
                        path.push(next);
                        continue;
                    }
                    diags.push(circle(self.span_of(item)));
                    None
                }
            };
            self.statics.keep(cell, result);
        }
    }

    fn item(&self, item: Item, diags: &mut Diags) -> Eval {
        match item {
            Item::Local(module, local) => {
                let expr = self.modules[module.index()].def.locals[local.index()].expr;
                if self.admissible(module, expr, diags) {
                    self.attempt(module, expr, diags)
                } else {
                    Eval::Failed
                }
            }
            Item::Variable(module, variable) => self.variable(module, variable, diags),
        }
    }

    fn variable(&self, module: ModuleId, index: VarIdx, diags: &mut Diags) -> Eval {
        let module = &self.modules[module.index()];
        let variable = &module.def.variables[index.index()];
        let given = match module.parent {
            None => Eval::Value(self.root.get(&variable.name).cloned()),
            Some((parent, call)) => {
                let call = &self.modules[parent.index()].def.calls[call.index()];
                match call.argument(&variable.name) {
                    None => Eval::Value(None),
                    Some(expr) if !self.admissible(parent, expr, diags) => Eval::Failed,
                    Some(expr) => self.attempt(parent, expr, diags).map(Some),
                }
            }
        };
        match given {
            Eval::Value(given) => match settled(variable, given, diags) {
                Some(value) => Eval::Value(value),
                None => Eval::Failed,
            },
            Eval::Blocked(on) => Eval::Blocked(on),
            Eval::Failed => Eval::Failed,
        }
    }

    fn span_of(&self, item: Item) -> Span {
        match item {
            Item::Variable(module, index) => {
                self.modules[module.index()].def.variables[index.index()].span
            }
            Item::Local(module, index) => {
                self.modules[module.index()].def.locals[index.index()].span
            }
        }
    }
}

/// The value of a variable: what was given, else its default, converted.
fn settled(variable: &Variable, given: Option<Value>, diags: &mut Diags) -> Option<Value> {
    let chosen = match (given, &variable.default) {
        (Some(given), Some(default)) if given.is_null() && !variable.nullable => default.clone(),
        (Some(given), _) => given,
        (None, Some(default)) => return Some(default.clone()),
        (None, None) => {
            diags.push(not_given(variable));
            return None;
        }
    };
    match variable.constraint.apply(&chosen) {
        Ok(value) => Some(value),
        Err(error) => {
            diags.push(
                Diagnostic::error(
                    "invalid-variable-value",
                    format!("The value of `var.{}` does not fit", variable.name),
                )
                .detail(format!(
                    "The variable is of type {}: {error}.",
                    variable.ty.friendly_name()
                ))
                .remedy("Give a value of that type.")
                .at(variable.span),
            );
            None
        }
    }
}

fn not_given(variable: &Variable) -> Diagnostic {
    Diagnostic::error("static-value-missing", format!("`var.{}` has no value yet", variable.name))
        .detail("A module's source depends on it, so its value must be known before anything is loaded.")
        .remedy("Give the variable a value, or a default.")
        .at(variable.span)
}

fn not_static(text: &str, span: Span) -> Diagnostic {
    Diagnostic::error("not-static", format!("`{text}` cannot be used here"))
        .detail("What is loaded depends on this expression, so only variables, local values and functions can stand in it.")
        .remedy("Use a variable or a local value that depends on nothing else.")
        .at(span)
}

fn circle(span: Span) -> Diagnostic {
    Diagnostic::error("circular-reference", "This value depends on itself")
        .detail("It is needed to tell what is loaded, and leads back to itself.")
        .remedy("Break the circle.")
        .at(span)
}

/// The scope of one module.
struct View<'a> {
    context: &'a Context<'a>,
    module: ModuleId,
}

impl Scope for View<'_> {
    fn variable(&self, variable: VarIdx) -> Eval {
        self.context.statics.ask(Item::Variable(self.module, variable))
    }

    fn local(&self, local: LocalIdx) -> Eval {
        self.context.statics.ask(Item::Local(self.module, local))
    }

    fn path(&self, path: PathAttr) -> Value {
        match path {
            PathAttr::Module => {
                Value::string(self.context.modules[self.module.index()].dir.clone())
            }
            PathAttr::Root => Value::string(self.context.modules[0].dir.clone()),
            PathAttr::Cwd => Value::unknown(Type::STRING),
        }
    }

    fn world(&self, asked: &Asked<'_>, diags: &mut Diags) -> Eval<Option<funcs::Answer>> {
        diags.push(not_static(&format!("{}()", asked.function.name), asked.span));
        Eval::Failed
    }
}
