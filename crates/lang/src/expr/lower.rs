//! From the tree of the syntax to the arena.
//!
//! Invariant: each call of [`Lowerer::expr`] returns an expression; where lowering failed it is one that fails
//! silently, and a diagnostic was written.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use syntax::{Expr, ExprKind, ObjectItem, ObjectKey};
use value::{Number, Type, Value};

use super::arena::{ExprId, Exprs};
use super::context::{Allowed, Depends};
use super::frame::Frame;
use super::node::{Node, ObjectNode};
use crate::config::names::Names;

/// Where root names are looked up.
#[derive(Clone, Copy, Debug)]
pub(super) enum Roots<'a> {
    /// The objects of a module.
    Module(&'a Names),
    /// Whatever the scope knows.
    Free,
    /// Only the names of the frame: a template's variables.
    Frame,
}

/// Whether there is a table that values of hoisted expressions are kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hoisting {
    /// The scope has one for the arena.
    On,
    /// The arena lives for one evaluation only.
    Off,
}

/// Lowers expressions and bodies of one module definition.
#[derive(Debug)]
pub struct Lowerer<'a> {
    pub(super) exprs: &'a mut Exprs,
    pub(super) roots: Roots<'a>,
    pub(crate) frame: Frame,
    pub(super) allowed: Allowed,
    pub(super) hoisting: Hoisting,
}

impl<'a> Lowerer<'a> {
    fn new(exprs: &'a mut Exprs, roots: Roots<'a>) -> Lowerer<'a> {
        Lowerer {
            exprs,
            roots,
            frame: Frame::default(),
            allowed: Allowed::NOTHING,
            hoisting: Hoisting::On,
        }
    }

    /// For the expressions of a module: references lead to its objects.
    pub fn module(names: &'a Names, exprs: &'a mut Exprs) -> Lowerer<'a> {
        Lowerer::new(exprs, Roots::Module(names))
    }

    /// For a scope without a module: every root name is the scope's to understand ([`crate::eval::Scope::free`]).
    pub fn free(exprs: &'a mut Exprs) -> Lowerer<'a> {
        Lowerer::new(exprs, Roots::Free)
    }

    /// For a template: only these names may be referred to; their values are the first slots, in this order.
    pub(crate) fn template(names: &[Arc<str>], exprs: &'a mut Exprs) -> Lowerer<'a> {
        let mut lowerer = Lowerer::new(exprs, Roots::Frame);
        lowerer.hoisting = Hoisting::Off;
        for name in names {
            lowerer.frame.bind(name);
        }
        lowerer
    }

    /// What may be referred to beside the module's objects, from here on. A place that allows `each`, `count` or
    /// `self` is evaluated per instance, so what does not depend on them is hoisted out of it.
    pub fn allow(&mut self, allowed: Allowed) -> &mut Lowerer<'a> {
        self.allowed = allowed;
        self
    }

    /// The arena.
    pub fn exprs(&self) -> &Exprs {
        self.exprs
    }

    /// Lowers a whole expression.
    pub fn expr(&mut self, expr: &Expr, diags: &mut Diags) -> ExprId {
        let id = self.lower(expr, diags);
        self.finish(id)
    }

    /// Ends a whole expression: hoists it where its place is evaluated per instance and it does not depend on that.
    pub(crate) fn finish(&mut self, id: ExprId) -> ExprId {
        self.exprs.needs_slots(self.frame.highest());
        if self.allowed.is_per_instance() { self.hoisted(id) } else { id }
    }

    pub(super) fn lower(&mut self, expr: &Expr, diags: &mut Diags) -> ExprId {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Null => self.literal(Value::null(Type::DYNAMIC), span),
            ExprKind::Bool(value) => self.literal(Value::bool(*value), span),
            ExprKind::Number(text) => self.number(text, span, diags),
            ExprKind::Str(text) => self.literal(Value::string(text.clone()), span),
            ExprKind::Template(parts) => self.lower_template(parts, span, diags),
            ExprKind::Wrap(inner) | ExprKind::Parens(inner) => {
                let id = self.lower(inner, diags);
                self.exprs.widen(id, span);
                id
            }
            ExprKind::Tuple(items) => self.lower_tuple(items, span, diags),
            ExprKind::Object(items) => self.lower_object(items, span, diags),
            ExprKind::For(it) => self.lower_for(it, span, diags),
            ExprKind::Variable(_) | ExprKind::GetAttr(..) | ExprKind::Index(..) => {
                self.lower_chain(expr, diags)
            }
            ExprKind::Splat(it) => self.lower_splat(it, span, diags),
            ExprKind::SplatItem => {
                let slot = self.frame.splat();
                self.exprs.push(Node::Slot(slot), span, Depends::slot(slot))
            }
            ExprKind::Call(it) => self.lower_call(it, span, diags),
            ExprKind::Conditional(it) => {
                self.lower_conditional([&it.condition, &it.yes, &it.no], span, diags)
            }
            ExprKind::Unary(op, operand) => {
                let operand = self.lower(operand, diags);
                self.unary(*op, operand, span)
            }
            ExprKind::Binary(op, a, b) => {
                let mut operands = [self.lower(a, diags), self.lower(b, diags)];
                let depends = self.hoist_operands(&mut operands);
                self.exprs.push(Node::Binary(*op, operands[0], operands[1]), span, depends)
            }
            ExprKind::Invalid => self.invalid(span),
        }
    }

    pub(super) fn literal(&mut self, value: Value, span: Span) -> ExprId {
        self.exprs.push(Node::Literal(value), span, Depends::NOTHING)
    }

    /// What fails silently.
    pub(super) fn invalid(&mut self, span: Span) -> ExprId {
        self.exprs.push(Node::Invalid, span, Depends::NOTHING)
    }

    pub(super) fn number(&mut self, text: &str, span: Span, diags: &mut Diags) -> ExprId {
        match Number::parse(text) {
            Some(number) => self.literal(Value::number(number), span),
            None => {
                diags.push(
                    Diagnostic::error("number-invalid", "Number cannot be represented")
                        .detail(format!("`{text}` is outside the numbers that the language has."))
                        .at(span),
                );
                self.invalid(span)
            }
        }
    }

    fn lower_tuple(&mut self, items: &[Expr], span: Span, diags: &mut Diags) -> ExprId {
        let mut ids: Vec<ExprId> = items.iter().map(|item| self.lower(item, diags)).collect();
        self.tuple(&mut ids, span)
    }

    fn lower_object(&mut self, items: &[ObjectItem], span: Span, diags: &mut Diags) -> ExprId {
        let mut pairs = Vec::with_capacity(items.len() * 2);
        for item in items {
            pairs.push(self.object_key(&item.key, diags));
            pairs.push(self.lower(&item.value, diags));
        }
        self.object(pairs, span)
    }

    fn object_key(&mut self, key: &ObjectKey, diags: &mut Diags) -> ExprId {
        match key {
            ObjectKey::Bare(name) => self.literal(Value::string(name.text.clone()), name.span),
            ObjectKey::Expr(expr) => match &expr.kind {
                ExprKind::GetAttr(..) | ExprKind::Index(..)
                    if syntax::as_traversal(expr).is_some() =>
                {
                    diags.push(
                        Diagnostic::error("object-key-ambiguous", "Ambiguous object key")
                            .detail("A key without quotes is its own name, and this one has several steps.")
                            .remedy("Put it in parentheses if it is a reference, in quotes if it is a name.")
                            .at(expr.span),
                    );
                    self.invalid(expr.span)
                }
                _ => self.lower(expr, diags),
            },
        }
    }

    /// An object of pairs; `pairs` holds key, value, key, value.
    pub(super) fn object(&mut self, mut pairs: Vec<ExprId>, span: Span) -> ExprId {
        let sorted = self.literal_keys(&pairs);
        if let Some(sorted) = &sorted
            && let Some(value) = self.folded_object(&pairs, sorted)
        {
            return self.literal(value, span);
        }
        let depends = self.hoist_operands(&mut pairs);
        let pairs = self.exprs.push_list(&pairs);
        let at = self.exprs.push_object(ObjectNode { pairs, sorted });
        self.exprs.push(Node::Object(at), span, depends)
    }
}
