//! Whether two expressions are written alike, wherever they stand.
//!
//! Invariant: expressions that are the same have the same value for the same names; the reverse need not hold.

use syntax::{Expr, ExprKind, Grouping, ObjectKey, Part, children};

/// Whether the expressions are the same but for their places and for spaces and comments in them.
pub(crate) fn same(a: &Expr, b: &Expr) -> bool {
    let (a, b) = (a.without_parens(), b.without_parens());
    if head(&a.kind) != head(&b.kind) {
        return false;
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    children(a, &mut |child| left.push(child));
    children(b, &mut |child| right.push(child));
    left.len() == right.len() && left.into_iter().zip(right).all(|(a, b)| same(a, b))
}

/// What an expression is, without the expressions in it. Parts are ended by a zero byte.
fn head(kind: &ExprKind) -> String {
    match kind {
        ExprKind::Null => "null".into(),
        ExprKind::Bool(value) => format!("bool {value}"),
        ExprKind::Number(text) => format!("number {text}"),
        ExprKind::Str(text) => format!("string {text}"),
        ExprKind::Template(parts) => {
            let mut out = String::from("template ");
            template(parts, &mut out);
            out
        }
        ExprKind::Wrap(_) => "wrap".into(),
        ExprKind::Tuple(_) => "tuple".into(),
        ExprKind::Object(items) => {
            items.iter().fold("object ".into(), |out, item| match &item.key {
                ObjectKey::Bare(name) => format!("{out}{}\0", name.text),
                ObjectKey::Expr(_) => format!("{out}\0"),
            })
        }
        ExprKind::For(it) => format!(
            "for {}\0{}\0{}{}{}",
            it.key_var.as_ref().map_or("", |name| &name.text),
            it.value_var.text,
            it.key.is_some(),
            it.condition.is_some(),
            it.grouping == Grouping::Grouped
        ),
        ExprKind::Variable(name) => format!("name {}", name.text),
        ExprKind::GetAttr(_, name) => format!("attribute {}", name.text),
        ExprKind::Index(..) => "index".into(),
        ExprKind::Splat(it) => format!("splat {:?}", it.kind),
        ExprKind::SplatItem => "item".into(),
        ExprKind::Call(it) => format!("call {} {:?}", it.name.text, it.expansion),
        ExprKind::Conditional(_) => "conditional".into(),
        ExprKind::Unary(op, _) => format!("unary {op:?}"),
        ExprKind::Binary(op, ..) => format!("binary {op:?}"),
        ExprKind::Parens(_) => "parens".into(),
        ExprKind::Invalid => "invalid".into(),
    }
}

fn template(parts: &[Part], out: &mut String) {
    for part in parts {
        match part {
            Part::Literal(text, _) => out.push_str(text),
            Part::Interp(_) => out.push('i'),
            Part::If(it) => {
                out.push_str("if");
                template(&it.yes, out);
                template(&it.no, out);
            }
            Part::For(it) => {
                let key = it.key_var.as_ref().map_or("", |name| &name.text);
                out.push_str(&format!("for {key}\0{}\0", it.value_var.text));
                template(&it.body, out);
            }
        }
        out.push('\0');
    }
}
