//! What a `lifecycle` block says of destroying: `prevent_destroy` and `destroy`.
//!
//! Both are evaluated without `each` and `count`, also for objects whose instance is gone.
//! Invariant: an object whose block says `prevent_destroy = true` is not planned to be destroyed.

use addr::ResourceInstance;
use diag::{Diagnostic, Diags};
use lang::config::{ModuleDef, ResIdx, Resource};
use lang::eval::{Cell, Eval, eval};
use lang::expr::ExprId;
use plan::Action;
use value::{Marks, Type, View as Shape, convert};

use crate::cells::{FrameId, Here, View, World};
use crate::planner::replace::Old;

/// What a `lifecycle` block says of destroying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wishes {
    pub(crate) prevent: Prevention,
    pub(crate) old: Old,
}

impl Wishes {
    /// Of a block that says nothing.
    pub(crate) const NONE: Wishes = Wishes { prevent: Prevention::No, old: Old::Destroyed };
}

/// What `prevent_destroy` comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prevention {
    No,
    Yes,
    /// Not known before an apply.
    Unknown,
    /// Null: neither yes nor no.
    Null,
}

/// Evaluates what the block says. Where the module instance is gone only constants can be told.
pub(crate) fn wishes(
    world: &World,
    diags: &mut Diags,
    cell: Cell,
    at: (Option<FrameId>, &ModuleDef, ResIdx),
    address: &ResourceInstance,
) -> Eval<Wishes> {
    let (frame, def, index) = at;
    let lifecycle = &def.resources[index.index()].lifecycle;
    let view = View::new(world, frame.unwrap_or(FrameId(0)), Here::NOWHERE, cell);
    let prevent = match lifecycle.prevent_destroy {
        None => Prevention::No,
        Some(expr) => match flag(&view, def, expr, "prevent_destroy", address, diags) {
            Eval::Value(flag) => flag,
            other => return other.map(|_| Wishes::NONE),
        },
    };
    let old = match lifecycle.destroy {
        None => Old::Destroyed,
        Some(expr) => match flag(&view, def, expr, "destroy", address, diags) {
            Eval::Value(Prevention::No) => Old::Forgotten,
            Eval::Value(_) => Old::Destroyed,
            other => return other.map(|_| Wishes::NONE),
        },
    };
    Eval::Value(Wishes { prevent, old })
}

/// A truth value that must not be hidden.
fn flag(
    view: &View<'_>,
    def: &ModuleDef,
    expr: ExprId,
    name: &str,
    address: &ResourceInstance,
    diags: &mut Diags,
) -> Eval<Prevention> {
    let value = match eval(&def.exprs, expr, view, diags) {
        Eval::Value(value) => value,
        other => return other.map(|_| Prevention::No),
    };
    let refused = if value.deep_marks().intersects(Marks::SENSITIVE.union(Marks::EPHEMERAL)) {
        "It derives from a sensitive or ephemeral value, and whether destroying is refused would tell it.".to_owned()
    } else {
        match convert::convert(&value.unmark_deep().0, Type::BOOL) {
            Ok(value) => {
                return Eval::Value(match value.view() {
                    Shape::Bool(true) => Prevention::Yes,
                    Shape::Bool(false) => Prevention::No,
                    Shape::Null => Prevention::Null,
                    _ => Prevention::Unknown,
                });
            }
            Err(error) => format!("It has to be true or false: {error}."),
        }
    };
    diags.push(
        Diagnostic::error("lifecycle-invalid", format!("Invalid value for {name}"))
            .detail(refused)
            .at(def.exprs.span(expr))
            .about(address.to_string()),
    );
    Eval::Failed
}

/// Whether the action is allowed; else an error is told.
pub(crate) fn allows(
    wishes: &Wishes,
    block: &Resource,
    address: &ResourceInstance,
    action: Action,
    diags: &mut Diags,
) -> bool {
    if !action.destroys() {
        return true;
    }
    let (summary, detail) = match wishes.prevent {
        Prevention::No => return true,
        Prevention::Yes => (
            "Resource instance cannot be destroyed",
            format!("{address} has prevent_destroy set, and the plan would destroy it."),
        ),
        Prevention::Unknown => (
            "It is not known whether a resource instance may be destroyed",
            format!("prevent_destroy of {address} is known only after an apply."),
        ),
        Prevention::Null => (
            "It is not said whether a resource instance may be destroyed",
            format!("prevent_destroy of {address} is null; say false to allow it."),
        ),
    };
    let resource = address.abs_resource();
    diags.push(
        Diagnostic::error("prevent-destroy", summary)
            .detail(detail)
            .remedy(format!(
                "Take prevent_destroy out, or leave the resource out of this plan with -exclude={resource}."
            ))
            .at(block.span)
            .about(address.to_string()),
    );
    false
}
