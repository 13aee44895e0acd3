//! Operators.
//!
//! `&&` and `||` stop at their left operand while it is blocked. Once it is there both are evaluated, since the marks
//! of the result come from both; an operand that decides alone makes the other's errors void, as in HCL.

use diag::Diagnostic;
use syntax::{BinaryOp, UnaryOp};
use value::{Marks, Type, Value, convert, ops};

use super::choice::with_article;
use super::machine::{Machine, Outcome, Stop, Worst};
use crate::expr::ExprId;

/// What an operator takes.
fn operand_type(op: BinaryOp) -> Type {
    match op {
        BinaryOp::Or | BinaryOp::And => Type::BOOL,
        BinaryOp::Eq | BinaryOp::Ne => Type::DYNAMIC,
        _ => Type::NUMBER,
    }
}

fn apply(op: BinaryOp, left: &Value, right: &Value) -> Result<Value, ops::OpError> {
    match op {
        BinaryOp::Or => ops::or(left, right),
        BinaryOp::And => ops::and(left, right),
        BinaryOp::Eq => ops::eq(left, right),
        BinaryOp::Ne => ops::ne(left, right),
        BinaryOp::Lt => ops::lt(left, right),
        BinaryOp::Le => ops::le(left, right),
        BinaryOp::Gt => ops::gt(left, right),
        BinaryOp::Ge => ops::ge(left, right),
        BinaryOp::Add => ops::add(left, right),
        BinaryOp::Sub => ops::sub(left, right),
        BinaryOp::Mul => ops::mul(left, right),
        BinaryOp::Div => ops::div(left, right),
        BinaryOp::Rem => ops::rem(left, right),
    }
}

impl Machine<'_> {
    pub(super) fn eval_unary(&mut self, op: UnaryOp, operand: ExprId, id: ExprId) -> Outcome {
        let value = self.eval(operand)?;
        let wanted = if op == UnaryOp::Neg { Type::NUMBER } else { Type::BOOL };
        let value = self.operand(value, wanted, op.symbol(), operand, id)?;
        let result = if op == UnaryOp::Neg { ops::neg(&value) } else { ops::not(&value) };
        result.or_else(|error| self.refused(op.symbol(), &error.to_string(), id))
    }

    pub(super) fn eval_binary(&mut self, op: BinaryOp, sides: [ExprId; 2], id: ExprId) -> Outcome {
        if matches!(op, BinaryOp::And | BinaryOp::Or) {
            return self.eval_logic(op, sides, id);
        }
        let mut worst = Worst::default();
        let left = worst.see(self.eval(sides[0]));
        let right = worst.see(self.eval(sides[1]));
        worst.end()?;
        let (Some(left), Some(right)) = (left, right) else {
            panic!("BUG: an operand without outcome")
        };
        self.operate(op, [left, right], sides, id)
    }

    fn operate(
        &mut self,
        op: BinaryOp,
        values: [Value; 2],
        sides: [ExprId; 2],
        id: ExprId,
    ) -> Outcome {
        let wanted = operand_type(op);
        let [left, right] = values;
        let mut worst = Worst::default();
        let left = worst.see(self.operand(left, wanted, op.symbol(), sides[0], id));
        let right = worst.see(self.operand(right, wanted, op.symbol(), sides[1], id));
        worst.end()?;
        let (Some(left), Some(right)) = (left, right) else {
            panic!("BUG: an operand without outcome")
        };
        apply(op, &left, &right).or_else(|error| self.refused(op.symbol(), &error.to_string(), id))
    }

    /// The operand converted to what the operator takes.
    fn operand(
        &mut self,
        value: Value,
        wanted: Type,
        symbol: &str,
        at: ExprId,
        id: ExprId,
    ) -> Outcome {
        if wanted.is_dynamic() || value.ty() == wanted {
            return Ok(value);
        }
        convert::convert(&value, wanted).or_else(|error| {
            let diagnostic = Diagnostic::error("operand-type", "Unsuitable operand")
                .detail(format!(
                    "`{symbol}` takes {}, and this is {}: {error}.",
                    with_article(wanted),
                    with_article(value.ty())
                ))
                .at(self.exprs.span(at))
                .within(self.exprs.span(id));
            self.fail_at(diagnostic, at)
        })
    }

    fn refused(&mut self, symbol: &str, message: &str, id: ExprId) -> Outcome {
        let diagnostic = Diagnostic::error("operation-failed", "The operation has no result")
            .detail(format!("`{symbol}` cannot be applied: {message}."))
            .at(self.exprs.span(id));
        self.fail_at(diagnostic, id)
    }

    fn eval_logic(&mut self, op: BinaryOp, sides: [ExprId; 2], id: ExprId) -> Outcome {
        let left = self.attempt(sides[0])?;
        let right = self.attempt(sides[1])?;
        let unknown = Value::unknown(Type::BOOL);
        let mut errors = [Vec::new(), Vec::new()];
        let mut values = [unknown.clone(), unknown];
        let mut conversions = Ok(());
        for (at, side) in [left, right].into_iter().enumerate() {
            match side {
                Err(own) => errors[at] = own,
                Ok(value) => match self.operand(value, Type::BOOL, op.symbol(), sides[at], id) {
                    Ok(value) => values[at] = value,
                    Err(stop) => conversions = Err(stop),
                },
            }
        }
        if let Err(stop) = conversions {
            self.diags.extend(errors.into_iter().flatten());
            return Err(stop);
        }
        self.decide(op, values, errors, id)
    }

    fn decide(
        &mut self,
        op: BinaryOp,
        values: [Value; 2],
        errors: [Vec<Diagnostic>; 2],
        id: ExprId,
    ) -> Outcome {
        let mut marks = Marks::NONE;
        let values = values.map(|value| {
            let (value, own) = value.unmark();
            marks = marks.union(own);
            value
        });
        // As in HCL null counts as false here, though `||` of null and false is an error.
        let deciding = op == BinaryOp::Or;
        let decides =
            |value: &Value| value.is_known() && value.as_bool().unwrap_or(false) == deciding;
        if values.iter().any(decides) {
            return Ok(Value::bool(deciding).with_marks(marks));
        }
        let [left_errors, right_errors] = errors;
        let left_decides = !values[0].is_known();
        let right_decides = !values[1].is_known();
        let relevant: Vec<Diagnostic> = match (left_decides, right_decides) {
            (true, true) if left_errors.is_empty() => Vec::new(),
            (true, true) => left_errors.into_iter().chain(right_errors).collect(),
            (true, false) => left_errors,
            (false, true) => right_errors,
            (false, false) => Vec::new(),
        };
        if !relevant.is_empty() {
            self.diags.extend(relevant);
            return Err(Stop::Error);
        }
        match apply(op, &values[0], &values[1]) {
            Ok(value) => Ok(value.with_marks(marks)),
            Err(error) => self.refused(op.symbol(), &error.to_string(), id),
        }
    }
}
