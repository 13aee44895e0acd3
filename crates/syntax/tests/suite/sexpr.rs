//! Trees as compact text, for snapshots: `a = [1, b.c]` is `(= a (tuple 1 (. b c)))`.

use syntax::{
    Body, Expansion, Expr, ExprKind, For, Grouping, LabelForm, ObjectKey, Part, Splat, UnaryOp,
};

/// The items of a body, in the order of the text, one a line.
pub(crate) fn body(body: &Body) -> String {
    let mut out = String::new();
    write_body(body, 0, &mut out);
    out
}

/// An expression.
pub(crate) fn expr(expr: &Expr) -> String {
    let mut out = String::new();
    write_expr(expr, &mut out);
    out
}

fn write_body(body: &Body, indent: usize, out: &mut String) {
    let mut items: Vec<(u32, String)> = Vec::new();
    let pad = " ".repeat(indent);
    for attribute in &body.attributes {
        let line = format!("{pad}(= {} {})\n", attribute.name.text, expr(&attribute.expr));
        items.push((attribute.span.start, line));
    }
    for block in &body.blocks {
        let mut text = format!("{pad}({}", block.kind.text);
        for label in &block.labels {
            text.push(' ');
            match label.form {
                LabelForm::Quoted => write_str(&label.text, &mut text),
                LabelForm::Bare => text.push_str(&label.text),
            }
        }
        text.push('\n');
        write_body(&block.body, indent + 2, &mut text);
        text.pop();
        text.push_str(")\n");
        items.push((block.span.start, text));
    }
    items.sort_by_key(|(start, _)| *start);
    items.iter().for_each(|(_, text)| out.push_str(text));
}

fn write_expr(expr: &Expr, out: &mut String) {
    match &expr.kind {
        ExprKind::Null => out.push_str("null"),
        ExprKind::Bool(it) => out.push_str(&it.to_string()),
        ExprKind::Number(text) => out.push_str(text),
        ExprKind::Str(text) => write_str(text, out),
        ExprKind::Template(parts) => write_parts(parts, out),
        ExprKind::Wrap(inner) => form("wrap", [&**inner], out),
        ExprKind::Tuple(items) => form("tuple", items, out),
        ExprKind::Object(items) => {
            out.push_str("(object");
            for item in items {
                out.push_str(" (");
                match &item.key {
                    ObjectKey::Bare(name) => out.push_str(&name.text),
                    ObjectKey::Expr(key) => form("key", [key], out),
                }
                out.push(' ');
                write_expr(&item.value, out);
                out.push(')');
            }
            out.push(')');
        }
        ExprKind::For(it) => write_for(it, out),
        ExprKind::Variable(name) => out.push_str(&name.text),
        ExprKind::GetAttr(source, name) => {
            out.push_str("(. ");
            write_expr(source, out);
            out.push_str(&format!(" {})", name.text));
        }
        ExprKind::Index(source, key) => form("[]", [&**source, &**key], out),
        ExprKind::Splat(it) => {
            let Splat { source, each, .. } = &**it;
            form("splat", [source, each], out);
        }
        ExprKind::SplatItem => out.push('@'),
        ExprKind::Call(it) => {
            out.push_str(&format!("(call {}", it.name.text));
            spaced(&it.args, out);
            out.push_str(if it.expansion == Expansion::Expanded { " ...)" } else { ")" });
        }
        ExprKind::Conditional(it) => form("?", [&it.condition, &it.yes, &it.no], out),
        ExprKind::Unary(UnaryOp::Neg, inner) => form("neg", [&**inner], out),
        ExprKind::Unary(UnaryOp::Not, inner) => form("not", [&**inner], out),
        ExprKind::Binary(op, left, right) => form(op.symbol(), [&**left, &**right], out),
        ExprKind::Parens(inner) => form("parens", [&**inner], out),
        ExprKind::Invalid => out.push_str("invalid"),
    }
}

fn write_parts(parts: &[Part], out: &mut String) {
    match parts {
        [] => return write_str("", out),
        [Part::Literal(text, _)] => return write_str(text, out),
        _ => {}
    }
    out.push_str("(tmpl");
    for part in parts {
        out.push(' ');
        match part {
            Part::Literal(text, _) => write_str(text, out),
            Part::Interp(inner) => {
                out.push('$');
                write_expr(inner, out);
            }
            Part::If(it) => {
                out.push_str("$(? ");
                write_expr(&it.condition, out);
                out.push(' ');
                write_parts(&it.yes, out);
                out.push(' ');
                write_parts(&it.no, out);
                out.push(')');
            }
            Part::For(it) => {
                let key = it.key_var.as_ref().map_or("-", |name| &*name.text);
                out.push_str(&format!("$(join (for-tuple {key} {} ", it.value_var.text));
                write_expr(&it.collection, out);
                out.push(' ');
                write_parts(&it.body, out);
                out.push_str("))");
            }
        }
    }
    out.push(')');
}

fn write_for(it: &For, out: &mut String) {
    let form = if it.key.is_some() { "for-object" } else { "for-tuple" };
    let key = it.key_var.as_ref().map_or("-", |name| &*name.text);
    out.push_str(&format!("({form} {key} {}", it.value_var.text));
    spaced([&it.collection], out);
    spaced(&it.key, out);
    spaced([&it.value], out);
    if it.grouping == Grouping::Grouped {
        out.push_str(" ...");
    }
    if let Some(condition) = &it.condition {
        out.push_str(" if");
        spaced([condition], out);
    }
    out.push(')');
}

fn form<'a>(head: &str, parts: impl IntoIterator<Item = &'a Expr>, out: &mut String) {
    out.push('(');
    out.push_str(head);
    spaced(parts, out);
    out.push(')');
}

fn spaced<'a>(parts: impl IntoIterator<Item = &'a Expr>, out: &mut String) {
    for part in parts {
        out.push(' ');
        write_expr(part, out);
    }
}

fn write_str(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
}
