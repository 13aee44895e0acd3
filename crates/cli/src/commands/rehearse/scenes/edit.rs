//! One edit would destroy the database: refused.
//!
//! Invariant: the edit stands beside the stack's files for the time of a plan, in memory only.

use serde_json::json;

use crate::args::ChoiceArgs;
use crate::commands::estate::{Opened, gate, open};
use crate::commands::rehearse::cast::{self, Candidate};
use crate::commands::rehearse::environments::Order;
use crate::commands::rehearse::steps::{self, Aim, Planned};
use crate::commands::rehearse::story::{Story, many};
use crate::session::Session;

/// Edits that are tried before the scene is given up.
const TRIES_MAX: usize = 24;
const TITLE: &str = "Scene 1: one edit would destroy the database: refused";

/// Plays it; errors are in the session.
pub(in crate::commands::rehearse) async fn one_edit(
    session: &mut Session<'_>,
    order: &Order,
    story: &mut Story,
) -> Option<()> {
    let opened = open(session, &[], &ChoiceArgs::of_environment(order.target()))?;
    for candidate in cast::data_bearing(&opened).into_iter().take(TRIES_MAX) {
        if play(session, order, &opened, &candidate, story).await? {
            return Some(());
        }
    }
    story
        .scene(TITLE, &[("none", "no single edit of this environment would lose data".to_owned())]);
    Some(())
}

/// Tries an edit; tells whether it would lose data and was refused.
async fn play(
    session: &mut Session<'_>,
    order: &Order,
    opened: &Opened,
    candidate: &Candidate,
    story: &mut Story,
) -> Option<bool> {
    let Candidate { stack, type_name, name, argument, value } = candidate;
    let edited = format!("{value}-moved");
    let text =
        format!("resource \"{type_name}\" \"{name}\" {{\n  {argument} = {}\n}}\n", json!(edited));
    let index = opened.file.estate.stack(&stack.stack)?;
    let edit = ("rehearsal_override.tf".into(), text.into());
    session.rehearsal.as_mut()?.edits.insert(index, edit);
    let planned = steps::planned(session, order.target(), &[stack.to_string()], Aim::Kept).await;
    session.rehearsal.as_mut()?.edits.clear();
    let Some(planned) = planned else {
        session.diags = Default::default(); // no argument that can be edited
        return Some(false);
    };
    steps::approved(session, &planned)?;
    let verdict = gate::verdict(session, &planned.opened, &planned.plans(), planned.name());
    let verdict = session.heed(verdict)?;
    let Some(refusal) = verdict.refused.iter().find(|one| one.code == "data-refused") else {
        return Some(false);
    };
    let address = format!("{type_name}.{name}");
    let counts = planned.counts();
    story.scene(
        TITLE,
        &[
            ("edit", format!("{stack}: {address}: {argument} = \"{value}\" -> \"{edited}\"")),
            ("plan", format!("{}: {}", planned.id, told(&planned, counts.replace))),
            ("approved", "as all groups that are needed, as before".to_owned()),
            ("refused", refusal.text.clone()),
            ("remedy", refusal.remedy_for(&planned.id)),
        ],
    );
    story.fact(
        "scenes",
        json!({
            "scene": "edit",
            "stack": stack.to_string(),
            "address": address,
            "argument": argument,
            "refused": refusal.text,
        }),
    );
    Some(true)
}

fn told(planned: &Planned, replaced: usize) -> String {
    let counts = planned.counts();
    format!(
        "{} to replace, {} to change, {} to destroy",
        many(replaced, "object"),
        counts.change,
        counts.destroy.saturating_sub(replaced)
    )
}
