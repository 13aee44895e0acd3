//! `moved` and `removed` blocks: stacks that have another name now, and stacks that are forgotten.
//!
//! Invariant: what is moved leads to a stack of the file, and each name is moved or removed once.

use std::collections::HashMap;

use addr::StackAddr;
use diag::{Diagnostic, Diags, Span};
use syntax::{Block, Expr, ExprKind};

use super::body::{self, Allowed};
use crate::model::{Estate, MovedStack, RemovedStack, StackRef};
use crate::references;

const MOVED: Allowed = Allowed { arguments: &["from", "to"], blocks: &[] };
const REMOVED: Allowed = Allowed { arguments: &["from"], blocks: &[] };

/// Reads one `moved` block.
pub(super) fn moved(block: &Block, diags: &mut Diags) -> Option<MovedStack> {
    body::check(block, &MOVED, diags);
    let from = stack_ref(block, "from", diags);
    let to = stack_ref(block, "to", diags);
    Some(MovedStack { from: from?, to: to?, header: block.header })
}

/// Reads one `removed` block.
pub(super) fn removed(block: &Block, diags: &mut Diags) -> Option<RemovedStack> {
    body::check(block, &REMOVED, diags);
    Some(RemovedStack { from: stack_ref(block, "from", diags)?, header: block.header })
}

fn stack_ref(block: &Block, name: &str, diags: &mut Diags) -> Option<StackRef> {
    let attribute = body::required(block, name, diags)?;
    let found = of(&attribute.expr);
    if found.is_none() {
        diags.push(
            Diagnostic::error("estate-moved-form", format!("`{name}` names a stack"))
                .detail("The name and the key are written out, since one of the two is no longer in the file.")
                .remedy("Write `stack.NAME`, or `stack.NAME[\"KEY\"]` for one instance.")
                .at(attribute.expr.span),
        );
    }
    found
}

fn of(expr: &Expr) -> Option<StackRef> {
    let (stack, key) = references::instance(expr)?;
    let key = match key.map(|key| &key.kind) {
        None => None,
        Some(ExprKind::Str(text)) if StackAddr::check_key(text).is_ok() => Some(text.clone()),
        Some(_) => return None,
    };
    Some(StackRef { stack: stack.text.clone(), key, span: expr.span })
}

/// Checks all of them against the stacks of the file.
pub(super) fn check(estate: &Estate, diags: &mut Diags) {
    let mut seen: HashMap<(&str, Option<&str>), Span> = HashMap::new();
    let moved = estate.moved.iter().map(|moved| &moved.from);
    for from in moved.chain(estate.removed.iter().map(|removed| &removed.from)) {
        if let Some(first) = seen.insert((&from.stack, from.key.as_deref()), from.span) {
            diags.push(
                Diagnostic::error(
                    "estate-duplicate",
                    format!("`{}` is moved or removed twice", shown(from)),
                )
                .detail("Where it goes must be told once.")
                .remedy("Take one of the two out.")
                .at(from.span)
                .label(first, "the first stands here"),
            );
        }
        if still_there(estate, from) {
            diags.push(
                Diagnostic::error(
                    "estate-moved",
                    format!("`{}` is still in the file", shown(from)),
                )
                .detail(
                    "A stack that is moved or removed has no block under its old name any more.",
                )
                .remedy("Rename or take out its `stack` block, or take this block out.")
                .at(from.span),
            );
        }
    }
    let onward: HashMap<&str, &str> =
        estate.moved.iter().map(|one| (&*one.from.stack, &*one.to.stack)).collect();
    for moved in estate.moved.iter().filter(|moved| !arrives(estate, &onward, &moved.to.stack)) {
        diags.push(
            Diagnostic::error("wiring-stack-unknown", format!("No stack named `{}`", moved.to.stack))
                .detail("What is moved goes, in one or more steps, to a stack of the file, or to one that is removed.")
                .remedy("Name the stack as it is called now; to forget it, use a `removed` block.")
                .at(moved.to.span),
        );
    }
}

/// Whether a name leads to a stack of the file, or to one that is removed.
fn arrives(estate: &Estate, onward: &HashMap<&str, &str>, name: &str) -> bool {
    let removed = |name: &str| estate.removed.iter().any(|one| *one.from.stack == *name);
    let mut at = name;
    // A way is at most as long as there are blocks; longer goes round.
    for _ in 0..=estate.moved.len() {
        if estate.stack(at).is_some() || removed(at) {
            return true;
        }
        let Some(next) = onward.get(at) else { return false };
        at = next;
    }
    false
}

/// Whether the file makes the instance under its old name.
fn still_there(estate: &Estate, from: &StackRef) -> bool {
    let Some(stack) = estate.stack(&from.stack) else { return false };
    // From no key to keys and back the stack keeps its name; which keys there are is known later.
    from.key.is_none() && estate[stack].for_each.is_none()
}

fn shown(reference: &StackRef) -> String {
    match &reference.key {
        Some(key) => format!("stack.{}[\"{key}\"]", reference.stack),
        None => format!("stack.{}", reference.stack),
    }
}
