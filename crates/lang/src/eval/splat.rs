//! Splats: `source[*].name` and `source.*.name`.
//!
//! What is no list, set or tuple counts as a tuple of itself, and null as an empty one.

use diag::Diagnostic;
use value::{Kind, Marks, Refinement, Type, Value};

use super::machine::{Machine, Outcome, Stop, Worst, nothing_known};
use crate::expr::{ExprId, SplatNode};

impl Machine<'_> {
    pub(super) fn eval_splat(&mut self, at: u32, id: ExprId) -> Outcome {
        let exprs = self.exprs;
        let node = exprs.splat(at);
        let source = self.eval(node.source)?;
        let ty = source.ty();
        let is_sequence = ty.is_tuple() || ty.is_list() || ty.is_set();
        if source.is_null() && is_sequence {
            let diagnostic = Diagnostic::error("splat-of-null", "Splat of null")
                .detail("`[*]` cannot go through a null sequence.")
                .at(self.span(node.source))
                .within(self.span(node.source).to(node.marker));
            return self.fail_at(diagnostic, node.source);
        }
        let (source, marks) = source.unmark();
        if source.is_null() {
            return Ok(Value::tuple(Vec::new()).with_marks(marks));
        }
        if ty.is_dynamic() {
            return Ok(nothing_known().with_marks(marks));
        }
        if !is_sequence {
            return self.splat_single(source, marks, node);
        }
        if source.is_known() {
            return self.splat_elements(&source, marks, node, id);
        }
        self.splat_unknown(&source, marks, node)
    }

    fn each(&mut self, node: &SplatNode, element: Value) -> Outcome {
        self.bind(node.slot, element);
        self.eval(node.each)
    }

    fn splat_single(&mut self, source: Value, marks: Marks, node: &SplatNode) -> Outcome {
        let may_be_null = !source.is_known() && !source.is_certainly_not_null();
        let value = self.each(node, source)?;
        let value = if may_be_null { nothing_known() } else { Value::tuple(vec![value]) };
        Ok(value.with_marks(marks))
    }

    fn splat_elements(
        &mut self,
        source: &Value,
        marks: Marks,
        node: &SplatNode,
        id: ExprId,
    ) -> Outcome {
        let mut worst = Worst::default();
        let elements = source.as_slice().unwrap_or_default();
        let mut values = Vec::with_capacity(elements.len());
        for element in elements {
            values.extend(worst.see(self.each(node, element.clone())));
        }
        worst.end()?;
        let Some(element) = source.ty().element() else {
            return Ok(Value::tuple(values).with_marks(marks));
        };
        let Some(first) = values.first() else {
            let ty = self.each(node, Value::unknown(element))?.ty();
            return Ok(Value::list(ty, Vec::new()).with_marks(marks));
        };
        let ty = first.ty();
        if values.iter().any(|value| value.ty() != ty) {
            let diagnostic = Diagnostic::error(
                "splat-types",
                "The elements give values of different types",
            )
            .detail("The result of a splat over a list is a list, whose elements are of one type.")
            .remedy("Use `[for x in ... : ...]`, whose result may hold different types.")
            .at(self.span(node.each))
            .within(self.span(id));
            return self.fail_at::<Value>(diagnostic, id).map_err(|_| Stop::Error);
        }
        Ok(Value::list(ty, values).with_marks(marks))
    }

    fn splat_unknown(&mut self, source: &Value, marks: Marks, node: &SplatNode) -> Outcome {
        let result = match source.ty().kind() {
            Kind::Tuple(types) => {
                let mut worst = Worst::default();
                let each: Vec<Type> = types
                    .iter()
                    .filter_map(|ty| {
                        worst.see(self.each(node, Value::unknown(*ty))).map(|value| value.ty())
                    })
                    .collect();
                worst.end()?;
                Value::unknown_not_null(Type::tuple(&each))
            }
            Kind::List(element) | Kind::Set(element) => {
                let ty = Type::list(self.each(node, Value::unknown(element))?.ty());
                let range = source.range();
                let refinement = Refinement {
                    length_min: range.length_min,
                    length_max: range.length_max,
                    ..Refinement::NOT_NULL
                };
                Value::unknown_with(ty, refinement)
            }
            _ => panic!("BUG: a splat over no sequence"),
        };
        Ok(result.with_marks(marks))
    }
}
