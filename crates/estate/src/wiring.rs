//! The references that inputs make to other stacks, found by syntax, and whether each leads to something.
//!
//! Invariant: a [`Wire`] leads to a stack that exists in the same environment, on the same or a lower layer.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use syntax::{Expr, ExprKind, ObjectKey, Part, Step, Traversal};

use crate::model::{EnvironmentIdx, Estate, Input, StackIdx};

/// An edge from a stack's output to another stack's input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// The stack that is read.
    pub from: StackIdx,
    /// Its output.
    pub output: Arc<str>,
    /// The input that reads it.
    pub input: Arc<str>,
    /// The reference.
    pub span: Span,
}

/// All wires of a stack's inputs in an environment; each wrong one is reported and left out.
pub fn wires(
    estate: &Estate,
    environment: EnvironmentIdx,
    stack: StackIdx,
    diags: &mut Diags,
) -> Vec<Wire> {
    let mut found = Vec::new();
    for (input, _) in estate.inputs_of(environment, stack) {
        let mut references = Vec::new();
        references_of(&input.expr, &mut references);
        for reference in references {
            if let Some(wire) = wire(estate, environment, stack, input, &reference, diags) {
                found.push(wire);
            }
        }
    }
    found
}

fn wire(
    estate: &Estate,
    environment: EnvironmentIdx,
    stack: StackIdx,
    input: &Input,
    reference: &Traversal,
    diags: &mut Diags,
) -> Option<Wire> {
    let [Step::Attr(name), Step::Attr(output), ..] = reference.steps.as_slice() else {
        diags.push(malformed(reference));
        return None;
    };
    let Some(from) = estate.stack(&name.text) else {
        let known: Vec<&str> = estate.stacks.iter().map(|s| &*s.name.node).collect();
        diags.push(
            Diagnostic::error("wiring-stack-unknown", format!("No stack named `{}`", name.text))
                .detail(format!("The input `{}` reads an output of it.", input.name.text))
                .remedy(format!("Name one of: {}.", known.join(", ")))
                .at(name.span),
        );
        return None;
    };
    if !estate.has(environment, from) {
        diags.push(elsewhere(estate, environment, from, name.span));
        return None;
    }
    let (own, other) = (estate[stack].layer, estate[from].layer);
    if other > own {
        diags.push(
            Diagnostic::error("wiring-upward", "Wiring that points up a layer")
                .detail(format!(
                    "`{}` is on layer `{}`; `{}`, which it reads, is on the higher layer `{}`.",
                    estate[stack].name.node,
                    estate[own].name.node,
                    estate[from].name.node,
                    estate[other].name.node,
                ))
                .remedy("Move what is read to a lower layer, or the reader to a higher one; a lower layer names what is above it by path, prefix or tag.")
                .at(reference.span)
                .label(estate[from].name.span, "the stack that is read"),
        );
        return None;
    }
    let (output, input) = (output.text.clone(), input.name.text.clone());
    Some(Wire { from, output, input, span: reference.span })
}

fn malformed(reference: &Traversal) -> Diagnostic {
    if matches!(reference.steps.as_slice(), [Step::Attr(_), Step::Key(..) | Step::Number(..), ..]) {
        return crate::read::not_yet("`for_each` on stacks", reference.span);
    }
    Diagnostic::error("wiring-form", "A reference to a stack names one output of it")
        .detail("Outputs are published one by one, so a whole stack is no value.")
        .remedy("Write `stack.NAME.OUTPUT`.")
        .at(reference.span)
}

fn elsewhere(
    estate: &Estate,
    environment: EnvironmentIdx,
    from: StackIdx,
    span: Span,
) -> Diagnostic {
    let stack = &estate[from];
    let places: Vec<&str> = stack
        .environments
        .iter()
        .flatten()
        .map(|environment| &*estate[*environment].name.node)
        .collect();
    Diagnostic::error("wiring-environment", "Wiring that crosses environments")
        .detail(format!(
            "`{}` does not exist in `{}`, only in: {}.",
            stack.name.node,
            estate[environment].name.node,
            places.join(", "),
        ))
        .remedy("Limit the reader to the same environments, or take the limit off the stack that is read.")
        .at(span)
}

/// The references to `stack` in an expression, in the order of the text.
fn references_of(expr: &Expr, found: &mut Vec<Traversal>) {
    if let Some(traversal) = syntax::as_traversal(expr) {
        if &*traversal.root.text == "stack" {
            found.push(traversal);
        }
        return;
    }
    match &expr.kind {
        ExprKind::Template(parts) => references_of_parts(parts, found),
        ExprKind::Wrap(inner)
        | ExprKind::Parens(inner)
        | ExprKind::GetAttr(inner, _)
        | ExprKind::Unary(_, inner) => references_of(inner, found),
        ExprKind::Tuple(items) => items.iter().for_each(|item| references_of(item, found)),
        ExprKind::Object(items) => {
            for item in items {
                if let ObjectKey::Expr(key) = &item.key {
                    references_of(key, found);
                }
                references_of(&item.value, found);
            }
        }
        ExprKind::For(it) => {
            references_of(&it.collection, found);
            let rest = it.key.iter().chain([&it.value]).chain(&it.condition);
            rest.for_each(|part| references_of(part, found));
        }
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => {
            references_of(a, found);
            references_of(b, found);
        }
        ExprKind::Splat(it) => {
            references_of(&it.source, found);
            references_of(&it.each, found);
        }
        ExprKind::Call(it) => it.args.iter().for_each(|arg| references_of(arg, found)),
        ExprKind::Conditional(it) => {
            [&it.condition, &it.yes, &it.no]
                .into_iter()
                .for_each(|part| references_of(part, found));
        }
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Str(_)
        | ExprKind::Variable(_)
        | ExprKind::SplatItem
        | ExprKind::Invalid => {}
    }
}

fn references_of_parts(parts: &[Part], found: &mut Vec<Traversal>) {
    for part in parts {
        match part {
            Part::Literal(..) => {}
            Part::Interp(expr) => references_of(expr, found),
            Part::If(it) => {
                references_of(&it.condition, found);
                references_of_parts(&it.yes, found);
                references_of_parts(&it.no, found);
            }
            Part::For(it) => {
                references_of(&it.collection, found);
                references_of_parts(&it.body, found);
            }
        }
    }
}
