//! The evaluator: one expression, one scope, one frame of iterators.
//!
//! Invariant: recursion is no deeper than the expression is high, which the parser limits; no value nests deeper than
//! [`DEPTH_MAX`].

use diag::{Diagnostic, Diags};
use value::{DEPTH_MAX, Type, Value};

use super::answer::{Blocked, Cell, Eval};
use super::scope::Scope;
use crate::expr::{ExprId, Exprs, HoistIdx, List, Node};

/// Why there is no value. Of several reasons the greatest holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stop {
    /// An error of the expression itself: a diagnostic was written. `try` and `can` notice it.
    Error,
    /// A cell that is read has failed: its cause was told there.
    Poisoned,
    /// Something is waited for.
    Blocked,
}

/// A value, or why there is none.
pub(crate) type Outcome<T = Value> = Result<T, Stop>;

/// The state of one evaluation.
pub(crate) struct Machine<'a> {
    pub(crate) exprs: &'a Exprs,
    pub(crate) scope: &'a dyn Scope,
    frame: Vec<Value>,
    blocked: Vec<Cell>,
    pub(super) diags: Vec<Diagnostic>,
    /// Templates within templates.
    pub(super) renders: usize,
    /// Whether values are read for a diagnostic, whose own faults are of no interest.
    pub(super) hinting: bool,
}

/// The gravest reason found so far among operands that are all visited.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Worst(Option<Stop>);

impl Worst {
    /// Notes why an operand has no value.
    pub(crate) fn see<T>(&mut self, outcome: Outcome<T>) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err(stop) => {
                self.0 = self.0.max(Some(stop));
                None
            }
        }
    }

    /// The reason, if any operand had one.
    pub(crate) fn end(self) -> Outcome<()> {
        self.0.map_or(Ok(()), Err)
    }
}

impl<'a> Machine<'a> {
    pub(crate) fn new(exprs: &'a Exprs, scope: &'a dyn Scope) -> Machine<'a> {
        Machine {
            exprs,
            scope,
            frame: Vec::new(),
            blocked: Vec::new(),
            diags: Vec::new(),
            renders: 0,
            hinting: false,
        }
    }

    /// Ends the evaluation: writes its diagnostics, unless it is blocked.
    pub(crate) fn finish<T>(self, outcome: Outcome<T>, diags: &mut Diags) -> Eval<T> {
        if !matches!(outcome, Err(Stop::Blocked)) {
            self.diags.into_iter().for_each(|diagnostic| diags.push(diagnostic));
        }
        match outcome {
            Ok(value) => Eval::Value(value),
            Err(Stop::Blocked) => Eval::Blocked(Blocked::on(self.blocked)),
            Err(Stop::Error | Stop::Poisoned) => Eval::Failed,
        }
    }

    /// Takes a scope's answer.
    pub(crate) fn ask<T>(&mut self, answer: Eval<T>) -> Outcome<T> {
        match answer {
            Eval::Value(value) => Ok(value),
            Eval::Blocked(on) => {
                self.blocked.extend_from_slice(on.cells());
                Err(Stop::Blocked)
            }
            Eval::Failed => Err(Stop::Poisoned),
        }
    }

    /// Reports an error of the expression.
    pub(crate) fn fail<T>(&mut self, diagnostic: Diagnostic) -> Outcome<T> {
        self.diags.push(diagnostic);
        Err(Stop::Error)
    }

    /// What is waited for, and what was reported.
    pub(super) fn into_parts(self) -> (Vec<Cell>, Vec<Diagnostic>) {
        (self.blocked, self.diags)
    }

    /// Waits for more.
    pub(super) fn wait_for(&mut self, cells: &[Cell]) {
        self.blocked.extend_from_slice(cells);
    }

    /// Asks the scope what it may answer with a fault of its own, which `try` and `can` notice as any other.
    pub(super) fn ask_telling<T>(
        &mut self,
        ask: impl FnOnce(&'a dyn Scope, &mut Diags) -> Eval<T>,
    ) -> Outcome<T> {
        let mut diags = Diags::new();
        let answer = ask(self.scope, &mut diags);
        let told = diags.has_errors();
        self.diags.extend(diags);
        match self.ask(answer) {
            Err(Stop::Poisoned) if told => Err(Stop::Error),
            outcome => outcome,
        }
    }

    /// The value of an iterator. Outside its iteration (JSON that is no block after all) nothing is known of it.
    fn slot(&self, slot: u16) -> Value {
        self.frame.get(usize::from(slot)).cloned().unwrap_or(Value::DYNAMIC)
    }

    /// Sets the value of an iterator.
    pub(crate) fn bind(&mut self, slot: u16, value: Value) {
        let at = usize::from(slot);
        if at >= self.frame.len() {
            self.frame.resize(self.exprs.slots().max(at + 1), Value::DYNAMIC);
        }
        self.frame[at] = value;
    }

    /// Evaluates an expression.
    pub(crate) fn eval(&mut self, id: ExprId) -> Outcome {
        let value = self.eval_node(id)?;
        if value.depth() > DEPTH_MAX { self.too_deep(id) } else { Ok(value) }
    }

    fn too_deep(&mut self, id: ExprId) -> Outcome {
        self.fail(
            Diagnostic::error("value-depth", "The value nests too deep")
                .detail(format!("Values may hold one another {DEPTH_MAX} levels deep at most."))
                .at(self.exprs.span(id)),
        )
    }

    fn eval_node(&mut self, id: ExprId) -> Outcome {
        match self.exprs.node(id) {
            Node::Literal(value) => Ok(value.clone()),
            Node::Invalid => Err(Stop::Poisoned),
            Node::Slot(slot) => Ok(self.slot(*slot)),
            Node::Iterator(slot) => Ok(self.iterator_object(*slot)),
            Node::Ref(at) => self.eval_ref(*at, id),
            Node::Instance(at, key) => self.eval_instance(*at, *key, id),
            Node::Output(at) => self.eval_output(*at, id),
            Node::Free(at, steps) => self.eval_free(*at, *steps, id),
            Node::Name(at) => Ok(Value::string(self.exprs.name(*at).0.clone())),
            Node::Attr(source, name) => self.eval_attr(*source, *name, id),
            Node::Index(source, key) => self.eval_index(*source, *key, id),
            Node::Splat(at) => self.eval_splat(*at, id),
            Node::Tuple(items) => self.eval_tuple(*items),
            Node::Object(at) => self.eval_object(*at),
            Node::For(at) => self.eval_for(*at, id),
            Node::Call(at) => self.eval_call(*at, id),
            Node::Template(parts) => self.eval_template(*parts, id),
            Node::Join(tuple) => self.eval_join(*tuple, id),
            Node::Conditional(parts) => self.eval_conditional(*parts, id),
            Node::Unary(op, operand) => self.eval_unary(*op, *operand, id),
            Node::Binary(op, left, right) => self.eval_binary(*op, [*left, *right], id),
            Node::Hoist(hoist, inner) => self.eval_hoist(*hoist, *inner),
        }
    }

    fn eval_hoist(&mut self, hoist: HoistIdx, inner: ExprId) -> Outcome {
        if let Some(value) = self.scope.hoisted(hoist) {
            return Ok(value);
        }
        let value = self.eval(inner)?;
        self.scope.keep_hoisted(hoist, &value);
        Ok(value)
    }

    fn iterator_object(&self, slot: u16) -> Value {
        Value::object([("key".into(), self.slot(slot)), ("value".into(), self.slot(slot + 1))])
    }

    /// Evaluates all of a list, united.
    pub(super) fn eval_all(&mut self, list: List) -> Outcome<Vec<Value>> {
        let ids = self.exprs.list(list);
        let mut worst = Worst::default();
        let mut values = Vec::with_capacity(ids.len());
        for id in ids {
            values.extend(worst.see(self.eval(*id)));
        }
        worst.end().map(|()| values)
    }

    /// The value of what may be blocked or fail without any consequence.
    pub(super) fn glance(&mut self, id: ExprId) -> Option<Value> {
        let (diags, blocked) = (self.diags.len(), self.blocked.len());
        let outcome = self.eval(id);
        self.diags.truncate(diags);
        self.blocked.truncate(blocked);
        outcome.ok()
    }

    /// Evaluates what may fail without consequence: its own errors leave no diagnostic.
    pub(super) fn attempt(&mut self, id: ExprId) -> Outcome<Result<Value, Vec<Diagnostic>>> {
        let from = self.diags.len();
        match self.eval(id) {
            Ok(value) => Ok(Ok(value)),
            Err(Stop::Error) => Ok(Err(self.diags.split_off(from))),
            Err(stop) => Err(stop),
        }
    }
}

/// Nothing is known of it, not even its type.
pub(super) fn nothing_known() -> Value {
    Value::unknown(Type::DYNAMIC)
}
