//! Pre- and postconditions of a resource instance.
//!
//! Invariant: results are reported once all rules of one kind could be evaluated.

use diag::Diags;
use lang::eval::{Cell, Eval};
use value::Value;

use super::World;
use super::check::When;
use super::ids::InstanceId;
use super::rule::{RuleKind, rules};
use super::scope::{Here, View};

/// Evaluates the conditions of an instance; `own` is what `self` stands for. Tells whether it may go on.
pub(crate) fn conditions(
    world: &World,
    cell: Cell,
    id: InstanceId,
    when: When,
    own: Option<&Value>,
    diags: &mut Diags,
) -> Eval<bool> {
    let instance = &world.instances[id.at()];
    let resource = &world.resources[instance.resource.at()];
    let def = &world.frames[resource.frame.at()].def;
    let block = &def.resources[resource.index.index()];
    let (list, kind) = match when {
        When::Before => (&block.preconditions, RuleKind::Precondition),
        When::After => (&block.postconditions, RuleKind::Postcondition),
    };
    if list.is_empty() {
        return Eval::Value(true);
    }
    let failing = world.settings.failing;
    let (frame, here) = world.place(id);
    let view = View::new(world, frame, Here { own, ..here }, cell);
    let address = || instance.addr.to_string();
    rules(&def.exprs, list, &view, kind, failing, &address, diags).map(|results| {
        let allowed = results.allows(failing);
        world.checks.borrow_mut().report(
            state::CheckKind::Resource,
            instance.addr.config().to_string(),
            address(),
            when,
            results,
        );
        allowed
    })
}
