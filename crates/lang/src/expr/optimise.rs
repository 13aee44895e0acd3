//! What is decided once, when an expression is lowered: literals become values, and what does not depend on the
//! instance or iteration at hand is hoisted out of what does (ENGINE §12.3).
//!
//! Invariant: neither changes a result; a hoisted expression is still evaluated only when its value is asked for.

use std::sync::Arc;

use diag::Span;
use syntax::UnaryOp;
use value::{Value, View, ops};

use super::arena::ExprId;
use super::context::Depends;
use super::lower::{Hoisting, Lowerer};
use super::node::{Node, SortedKeys};

impl Lowerer<'_> {
    /// What operands depend on together; where that is something, those that depend on nothing are hoisted.
    pub(super) fn hoist_operands(&mut self, operands: &mut [ExprId]) -> Depends {
        let depends = self.union(operands);
        if !depends.is_nothing() {
            for operand in operands {
                *operand = self.hoisted(*operand);
            }
        }
        depends
    }

    /// What operands depend on together.
    pub(super) fn union(&self, operands: &[ExprId]) -> Depends {
        operands.iter().fold(Depends::NOTHING, |all, id| all.union(self.exprs.depends(*id)))
    }

    /// The expression, hoisted where it depends on nothing and is worth it.
    pub(super) fn hoisted(&mut self, id: ExprId) -> ExprId {
        if self.hoisting == Hoisting::Off
            || !self.exprs.depends(id).is_nothing()
            || !self.is_worth_keeping(id)
        {
            return id;
        }
        let hoist = self.exprs.next_hoist();
        let span = self.exprs.span(id);
        self.exprs.push(Node::Hoist(hoist, id), span, Depends::NOTHING)
    }

    /// Whether evaluating again costs more than looking up a kept value.
    fn is_worth_keeping(&self, id: ExprId) -> bool {
        match self.exprs.node(id) {
            Node::Literal(_)
            | Node::Invalid
            | Node::Ref(_)
            | Node::Name(_)
            | Node::Slot(_)
            | Node::Iterator(_)
            | Node::Free(..)
            | Node::Hoist(..) => false,
            Node::Splat(_)
            | Node::Tuple(_)
            | Node::Object(_)
            | Node::For(_)
            | Node::Call(_)
            | Node::Template(_)
            | Node::Join(_) => true,
            Node::Instance(_, key) => self.is_worth_keeping(*key),
            Node::Output(at) => {
                self.exprs.output(*at).key.is_some_and(|key| self.is_worth_keeping(key))
            }
            Node::Attr(a, _) | Node::Unary(_, a) => self.is_worth_keeping(*a),
            Node::Index(a, b) | Node::Binary(_, a, b) => {
                self.is_worth_keeping(*a) || self.is_worth_keeping(*b)
            }
            Node::Conditional(list) => {
                self.exprs.list(*list).iter().any(|id| self.is_worth_keeping(*id))
            }
        }
    }

    fn literal_value(&self, id: ExprId) -> Option<&Value> {
        match self.exprs.node(id) {
            Node::Literal(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn tuple(&mut self, items: &mut [ExprId], span: Span) -> ExprId {
        let values: Option<Vec<Value>> =
            items.iter().map(|id| self.literal_value(*id).cloned()).collect();
        if let Some(values) = values {
            return self.literal(Value::tuple(values), span);
        }
        let depends = self.hoist_operands(items);
        let list = self.exprs.push_list(items);
        self.exprs.push(Node::Tuple(list), span, depends)
    }

    pub(super) fn unary(&mut self, op: UnaryOp, operand: ExprId, span: Span) -> ExprId {
        if op == UnaryOp::Neg
            && let Some(value) = self.literal_value(operand)
            && matches!(value.view(), View::Number(_))
            && let Ok(value) = ops::neg(value)
        {
            return self.literal(value, span);
        }
        let depends = self.exprs.depends(operand);
        self.exprs.push(Node::Unary(op, operand), span, depends)
    }

    /// The keys of an object in sorted order with their places in pairs, where all are literal strings and differ.
    pub(super) fn literal_keys(&self, pairs: &[ExprId]) -> Option<SortedKeys> {
        let mut keys = Vec::with_capacity(pairs.len() / 2);
        for (at, key) in pairs.iter().step_by(2).enumerate() {
            let View::String(text) = self.literal_value(*key)?.view() else { return None };
            keys.push((text.clone(), at as u32));
        }
        keys.sort();
        let differ = keys.windows(2).all(|two| two[0].0 != two[1].0);
        differ.then(|| keys.into_boxed_slice())
    }

    pub(super) fn folded_object(
        &self,
        pairs: &[ExprId],
        sorted: &[(Arc<str>, u32)],
    ) -> Option<Value> {
        let items: Option<Vec<(Arc<str>, Value)>> = sorted
            .iter()
            .map(|(key, at)| {
                Some((key.clone(), self.literal_value(pairs[*at as usize * 2 + 1])?.clone()))
            })
            .collect();
        items.map(Value::object)
    }
}
