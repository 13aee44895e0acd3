//! Expressions with operators: the conditional, and operators of two operands by precedence.

use super::{Fault, Parsed, Parser};
use crate::ast::{BinaryOp, Conditional, Expr, ExprKind, UnaryOp};
use crate::lex::TokenKind;

const NO_SECOND_RESULT: Fault = Fault {
    code: "syntax-conditional",
    summary: "A conditional lacks its second result",
    detail: "After the result for \"true\" come a colon and the result for \"false\".",
    remedy: "Write CONDITION ? RESULT : OTHER_RESULT.",
};

impl Parser<'_, '_> {
    /// One expression.
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        self.deeper(Parser::conditional)
    }

    fn conditional(&mut self) -> Parsed<Expr> {
        let condition = self.binary(1)?;
        if self.kind != TokenKind::Question {
            return Ok(condition);
        }
        self.take();
        self.choices(condition)
    }

    #[inline(never)]
    fn choices(&mut self, condition: Expr) -> Parsed<Expr> {
        let yes = self.expr()?;
        if self.kind != TokenKind::Colon {
            return self.fail(&NO_SECOND_RESULT, condition.span);
        }
        self.take();
        let no = self.expr()?;
        let span = condition.span.to(no.span);
        self.built(ExprKind::Conditional(Box::new(Conditional { condition, yes, no })), span)
    }

    /// Operators of at least this precedence, each group to the left.
    fn binary(&mut self, precedence_min: u8) -> Parsed<Expr> {
        let mut left = self.operand()?;
        while let Some((op, precedence)) = binary_op(self.kind) {
            if precedence < precedence_min {
                break;
            }
            self.take();
            let right = self.deeper(|parser| parser.binary(precedence + 1))?;
            let span = left.span.to(right.span);
            left = self.built(ExprKind::Binary(op, Box::new(left), Box::new(right)), span)?;
        }
        Ok(left)
    }

    /// A term with its accesses, and signs before it.
    fn operand(&mut self) -> Parsed<Expr> {
        let op = match self.kind {
            TokenKind::Minus => UnaryOp::Neg,
            TokenKind::Bang => UnaryOp::Not,
            _ => {
                let term = self.term()?;
                return self.accesses(term);
            }
        };
        let sign = self.take();
        let sign = self.span_of(sign);
        let inner = self.deeper(Parser::operand)?;
        let span = sign.to(inner.span);
        self.built(ExprKind::Unary(op, Box::new(inner)), span)
    }
}

/// The operator and its precedence, from 1 for what binds least.
fn binary_op(kind: TokenKind) -> Option<(BinaryOp, u8)> {
    Some(match kind {
        TokenKind::Or => (BinaryOp::Or, 1),
        TokenKind::And => (BinaryOp::And, 2),
        TokenKind::EqualOp => (BinaryOp::Eq, 3),
        TokenKind::NotEqual => (BinaryOp::Ne, 3),
        TokenKind::Less => (BinaryOp::Lt, 4),
        TokenKind::LessEq => (BinaryOp::Le, 4),
        TokenKind::Greater => (BinaryOp::Gt, 4),
        TokenKind::GreaterEq => (BinaryOp::Ge, 4),
        TokenKind::Plus => (BinaryOp::Add, 5),
        TokenKind::Minus => (BinaryOp::Sub, 5),
        TokenKind::Star => (BinaryOp::Mul, 6),
        TokenKind::Slash => (BinaryOp::Div, 6),
        TokenKind::Percent => (BinaryOp::Rem, 6),
        _ => return None,
    })
}
