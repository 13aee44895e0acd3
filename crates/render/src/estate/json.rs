//! The page as JSON, for programs. `docs/specs/page.md` says what each member is.
//!
//! Invariant: nothing is cut, nothing sensitive is in it, and a member that is there in one version stays in all of the
//! same major version.

use plan::{Action, Change, Counts};
use serde_json::{Value, json};

use super::Wires;
use super::model::{
    Changes, DeferredPart, EstatePage, Force, Loss, LossApproval, Need, PolicyStanding, PolicyTold,
    Refusal, Refused, StackPart, Standing,
};
use super::summary::{self, Apply};
use crate::cause;

/// The version of the document.
const FORMAT_VERSION: &str = "1.0";

/// The page.
pub fn estate_page_json(page: &EstatePage<'_>) -> String {
    let answer = summary::answer(page);
    let binding = |force: Force| -> Vec<Value> {
        page.refusals.iter().filter(|one| one.force == force).map(refusal).collect()
    };
    let document = json!({
        "format_version": FORMAT_VERSION,
        "plan": page.foot.plan_id,
        "estate": page.estate,
        "environment": page.environment,
        "commit": page.foot.commit,
        "onto": page.foot.onto,
        "answer": answer.text,
        "refused": answer.apply != Apply::Allowed,
        "apply": match answer.apply {
            Apply::Allowed => "allowed",
            Apply::Waits => "waits_for_approval",
            Apply::Refused => "refused",
        },
        "totals": totals(page),
        "data_losses": page.losses.iter().map(|one| loss(page, one)).collect::<Vec<_>>(),
        "refusals": binding(Force::Refuses),
        "warnings": binding(Force::Warns),
        "policies": page.policies.iter().map(policy).collect::<Vec<_>>(),
        "stacks": page.stacks.iter().map(stack).collect::<Vec<_>>(),
        "next": page.foot.next,
    });
    format!("{document:#}\n")
}

fn totals(page: &EstatePage<'_>) -> Value {
    let mut document = counts(&summary::totals(page));
    document["stacks"] = json!(page.stacks.len());
    document["stacks_changed"] = json!(summary::changing(page));
    document["drift"] = json!(page.stacks.iter().map(|stack| stack.drift).sum::<usize>());
    document
}

fn counts(counts: &Counts) -> Value {
    json!({
        "add": counts.add,
        "change": counts.change,
        "destroy": counts.destroy,
        "replace": counts.replace,
        "forget": counts.forget,
    })
}

fn loss(page: &EstatePage<'_>, loss: &Loss) -> Value {
    let forced_by = loss
        .forced_by
        .iter()
        .map(|one| json!({ "path": one.path, "before": one.before, "after": one.after }));
    let reaches =
        loss.reaches.iter().map(|one| json!({ "output": one.output, "readers": one.readers }));
    json!({
        "stack": loss.stack.to_string(),
        "address": loss.address,
        "name": loss.name,
        "actions": loss.action.words(),
        "forced_by": forced_by.collect::<Vec<_>>(),
        "why": loss.why,
        "place": loss.place,
        "origin": loss.origin,
        "guards": loss.guards,
        "reaches": reaches.collect::<Vec<_>>(),
        "approved": loss.approval == LossApproval::Given,
        "approve": super::loss::approve(loss, page.foot.plan_id.as_deref()),
    })
}

fn refusal(refusal: &Refusal) -> Value {
    json!({
        "stack": refusal.stack.as_ref().map(ToString::to_string),
        "code": refusal.code,
        "text": refusal.text,
        "remedy": refusal.remedy,
    })
}

fn policy(told: &PolicyTold) -> Value {
    let mut document = json!({ "about": told.about, "policy": told.policy, "text": told.text });
    document["standing"] = json!(match &told.standing {
        PolicyStanding::Warns => "warns",
        PolicyStanding::Needs(_) => "needs_approval",
        PolicyStanding::NotYet { .. } => "not_yet_decided",
    });
    match &told.standing {
        PolicyStanding::Warns => {}
        PolicyStanding::Needs(group) => document["group"] = json!(group),
        PolicyStanding::NotYet { on } => document["waits_for"] = json!(on),
    }
    document
}

fn stack(stack: &StackPart<'_>) -> Value {
    let mut document = counts(&stack.counts);
    document["address"] = json!(stack.address.to_string());
    document["layer"] = json!(stack.layer);
    document["has_changes"] = json!(stack.changes == Changes::Some);
    document["standing"] = json!(standing(&stack.standing));
    if let Standing::NotPlannable { waits_for } = &stack.standing {
        document["waits_for"] = json!(waits_for);
    }
    document["causes"] = json!(stack.causes);
    document["needs"] = stack.needs.iter().map(need).collect();
    document["refused"] = json!(stack.refused == Refused::Yes);
    let widens = stack.widens.iter();
    document["widens"] =
        widens.map(|one| json!({ "address": one.address, "what": one.what })).collect();
    document["unknown_inputs"] = json!(stack.unknown_inputs);
    document["provisional"] = json!(stack.provisional);
    document["deferred"] = stack.deferred.iter().map(deferred).collect();
    document["drift"] = json!(stack.drift);
    if let Some(was) = &stack.was {
        document["was"] = json!(was.to_string());
    }
    let forgets = stack.forgets.iter();
    document["forgets"] = forgets
        .map(|one| json!({ "address": one.address, "host": one.host.to_string() }))
        .collect();
    document["changes"] = stack.plan.map_or_else(
        || json!([]),
        |plan| {
            plan.changes
                .iter()
                .filter(|one| one.action != Action::NoOp)
                .map(|one| change(one, &stack.wires))
                .collect()
        },
    );
    document
}

fn standing(standing: &Standing) -> &'static str {
    match standing {
        Standing::Planned => "planned",
        Standing::CutOff => "cut_off",
        Standing::NotPlannable { .. } => "not_plannable",
        Standing::Orphan => "orphan",
        Standing::Forgotten => "forgotten",
    }
}

fn need(need: &Need) -> Value {
    json!({
        "groups": need.groups,
        "of": need.of,
        "have": need.have,
        "binding": need.force == Force::Refuses,
    })
}

fn deferred(one: &DeferredPart) -> Value {
    json!({
        "address": one.address,
        "creates_max": one.creates_max,
        "waits_for": one.waits_for,
    })
}

/// A change by its address, without values: those stand in the plan document of its stack.
fn change(change: &Change, wires: &Wires) -> Value {
    let mut document = json!({
        "address": change.address.to_string(),
        "actions": change.action.words(),
        "causes": cause::lines(change, wires),
    });
    if let Some(deposed) = &change.deposed {
        document["deposed"] = json!(deposed.as_str());
    }
    if let Some(reason) = change.reason.word() {
        document["reason"] = json!(reason);
    }
    document
}
