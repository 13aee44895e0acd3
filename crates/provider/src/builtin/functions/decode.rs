//! Reading a file of variables: attributes whose expressions refer to nothing and call nothing.

use std::sync::Arc;

use diag::{Diags, FileId};
use syntax::{BinaryOp, Expr, ExprKind, ObjectItem, ObjectKey, Part, UnaryOp};
use value::{Number, Type, Value, convert, ops};

type Read = Result<Value, String>;

/// The variables of the text, as one object.
pub(super) fn variables(text: &str) -> Read {
    let mut diags = Diags::new();
    let file = syntax::parse_native(FileId::new(0), text, &mut diags);
    if let Some(first) = diags.iter().find(|one| one.is_error()) {
        return Err(format!("not the text of a file of variables: {}", first.summary));
    }
    if let Some(block) = file.body.blocks.first() {
        return Err(format!(
            "a file of variables holds no blocks, and here is {:?}",
            block.kind.text
        ));
    }
    let mut values = Vec::with_capacity(file.body.attributes.len());
    for attribute in &file.body.attributes {
        values.push((attribute.name.text.clone(), constant(&attribute.expr)?));
    }
    Ok(Value::object(values))
}

fn constant(expr: &Expr) -> Read {
    match &expr.kind {
        ExprKind::Null => Ok(Value::null(Type::DYNAMIC)),
        ExprKind::Bool(flag) => Ok(Value::bool(*flag)),
        ExprKind::Number(text) => match Number::parse(text) {
            Some(number) => Ok(Value::number(number)),
            None => Err(format!("{text:?} is no number")),
        },
        ExprKind::Str(text) => Ok(Value::string(text.clone())),
        ExprKind::Template(parts) => template(parts),
        ExprKind::Wrap(inner) | ExprKind::Parens(inner) => constant(inner),
        ExprKind::Tuple(items) => {
            items.iter().map(constant).collect::<Result<_, _>>().map(Value::tuple)
        }
        ExprKind::Object(items) => {
            let entries = items.iter().map(entry).collect::<Result<Vec<_>, String>>()?;
            Ok(Value::object(entries))
        }
        ExprKind::Unary(op, operand) => {
            let operand = constant(operand)?;
            let done = match op {
                UnaryOp::Neg => ops::neg(&operand),
                UnaryOp::Not => ops::not(&operand),
            };
            done.map_err(|error| error.to_string())
        }
        ExprKind::Binary(op, left, right) => binary(*op, &constant(left)?, &constant(right)?),
        _ => Err("the values of a file of variables refer to nothing and call nothing".to_owned()),
    }
}

fn entry(item: &ObjectItem) -> Result<(Arc<str>, Value), String> {
    let key = match &item.key {
        ObjectKey::Bare(name) => name.text.clone(),
        ObjectKey::Expr(expr) => text(&constant(expr)?)?,
    };
    Ok((key, constant(&item.value)?))
}

fn template(parts: &[Part]) -> Read {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Literal(literal, _) => out.push_str(literal),
            Part::Interp(expr) => out.push_str(&text(&constant(expr)?)?),
            Part::If(_) | Part::For(_) => {
                return Err("the values of a file of variables hold no directives".to_owned());
            }
        }
    }
    Ok(Value::string(out))
}

fn text(value: &Value) -> Result<Arc<str>, String> {
    let converted = convert::convert(value, Type::STRING).map_err(|error| error.message)?;
    converted.as_arc_str().cloned().ok_or_else(|| "a text is needed, and null is none".to_owned())
}

fn binary(op: BinaryOp, left: &Value, right: &Value) -> Read {
    let done = match op {
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
    };
    done.map_err(|error| error.to_string())
}
