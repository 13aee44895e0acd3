//! Lowering of templates, `for`, splats and conditionals.
//!
//! Invariant: a slot bound by a form is free again when its lowering ends.

use diag::{Diags, Span};
use syntax::{Expr, For, ForPart, Grouping, IfPart, Part, Splat};
use value::Value;

use super::arena::ExprId;
use super::lower::Lowerer;
use super::node::{ForNode, Node, SplatNode};

impl Lowerer<'_> {
    pub(super) fn lower_conditional(
        &mut self,
        parts: [&Expr; 3],
        span: Span,
        diags: &mut Diags,
    ) -> ExprId {
        let operands = parts.map(|part| self.lower(part, diags));
        self.conditional(operands, span)
    }

    fn conditional(&mut self, mut operands: [ExprId; 3], span: Span) -> ExprId {
        let depends = self.hoist_operands(&mut operands);
        let list = self.exprs.push_list(&operands);
        self.exprs.push(Node::Conditional(list), span, depends)
    }

    pub(super) fn lower_template(
        &mut self,
        parts: &[Part],
        span: Span,
        diags: &mut Diags,
    ) -> ExprId {
        let mut ids: Vec<ExprId> = parts.iter().map(|part| self.lower_part(part, diags)).collect();
        let depends = self.hoist_operands(&mut ids);
        let list = self.exprs.push_list(&ids);
        self.exprs.push(Node::Template(list), span, depends)
    }

    fn lower_part(&mut self, part: &Part, diags: &mut Diags) -> ExprId {
        match part {
            Part::Literal(text, span) => self.literal(Value::string(text.clone()), *span),
            Part::Interp(expr) => self.lower(expr, diags),
            Part::If(it) => self.lower_if_part(it, diags),
            Part::For(it) => self.lower_for_part(it, diags),
        }
    }

    fn lower_if_part(&mut self, it: &IfPart, diags: &mut Diags) -> ExprId {
        let condition = self.lower(&it.condition, diags);
        let yes = self.lower_template(&it.yes, it.span, diags);
        let no = self.lower_template(&it.no, it.span, diags);
        self.conditional([condition, yes, no], it.span)
    }

    fn lower_for_part(&mut self, it: &ForPart, diags: &mut Diags) -> ExprId {
        let collection = self.lower(&it.collection, diags);
        let mark = self.frame.mark();
        let key_slot = it.key_var.as_ref().map(|name| self.frame.bind(&name.text));
        let value_slot = self.frame.bind(&it.value_var.text);
        let value = self.lower_template(&it.body, it.span, diags);
        self.frame.leave(mark);
        let node = ForNode {
            collection,
            key: None,
            value,
            condition: None,
            key_slot,
            value_slot,
            grouped: false,
        };
        let tuple = self.for_node(node, it.span);
        let depends = self.exprs.depends(tuple);
        self.exprs.push(Node::Join(tuple), it.span, depends)
    }

    pub(super) fn lower_for(&mut self, it: &For, span: Span, diags: &mut Diags) -> ExprId {
        let collection = self.lower(&it.collection, diags);
        let mark = self.frame.mark();
        let key_slot = it.key_var.as_ref().map(|name| self.frame.bind(&name.text));
        let value_slot = self.frame.bind(&it.value_var.text);
        let condition = it.condition.as_ref().map(|expr| self.lower(expr, diags));
        let key = it.key.as_ref().map(|expr| self.lower(expr, diags));
        let value = self.lower(&it.value, diags);
        self.frame.leave(mark);
        let grouped = it.grouping == Grouping::Grouped;
        self.for_node(
            ForNode { collection, key, value, condition, key_slot, value_slot, grouped },
            span,
        )
    }

    /// A `for`: what within it does not depend on the iteration is hoisted out of it.
    fn for_node(&mut self, node: ForNode, span: Span) -> ExprId {
        let inner = [node.condition, node.key, Some(node.value)];
        let mut depends = inner
            .iter()
            .flatten()
            .fold(Default::default(), |all: super::Depends, id| all.union(self.exprs.depends(*id)));
        for slot in node.key_slot.into_iter().chain([node.value_slot]) {
            depends = depends.without_slot(slot);
        }
        depends = depends.union(self.exprs.depends(node.collection));
        let [condition, key, value] = inner.map(|id| id.map(|id| self.hoisted(id)));
        let collection =
            if depends.is_nothing() { node.collection } else { self.hoisted(node.collection) };
        let value = value.expect("BUG: a `for` without a value");
        let at = self.exprs.push_for(ForNode { collection, key, value, condition, ..node });
        self.exprs.push(Node::For(at), span, depends)
    }

    pub(super) fn lower_splat(&mut self, it: &Splat, span: Span, diags: &mut Diags) -> ExprId {
        let source = self.lower(&it.source, diags);
        let mark = self.frame.mark();
        let slot = self.frame.enter_splat();
        let each = self.lower(&it.each, diags);
        self.frame.leave_splat();
        self.frame.leave(mark);
        let depends = self.exprs.depends(each).without_slot(slot).union(self.exprs.depends(source));
        let source = if depends.is_nothing() { source } else { self.hoisted(source) };
        let at = self.exprs.push_splat(SplatNode { source, each, slot, marker: it.marker });
        self.exprs.push(Node::Splat(at), span, depends)
    }
}
