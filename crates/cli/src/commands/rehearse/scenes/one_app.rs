//! An app changes: one of many stacks is planned.
//!
//! Invariant: what is affected is found as `-affected` finds it, from the changed file.

use run::estate::Since;
use serde_json::json;

use crate::args::ChoiceArgs;
use crate::commands::estate::open;
use crate::commands::rehearse::cast;
use crate::commands::rehearse::environments::Order;
use crate::commands::rehearse::steps::{self, Aim};
use crate::commands::rehearse::story::{Story, many};
use crate::session::Session;

/// The file that the edit adds, and what it says.
const FILE: &str = "rehearsal.tf";
const EDIT: &str = "output \"rehearsal\" {\n  value = \"an app changed\"\n}\n";

/// Plays it; errors are in the session.
pub(in crate::commands::rehearse) async fn an_app(
    session: &mut Session<'_>,
    order: &Order,
    story: &mut Story,
) -> Option<()> {
    let opened = open(session, &[], &ChoiceArgs::of_environment(order.target()))?;
    let app = cast::app(&opened)?;
    let source = opened.file.estate[app.stack].source.node.clone();
    let changed = format!("{}/{FILE}", source.trim_start_matches("./").trim_end_matches('/'));
    let since = Since::edited(&opened.file, changed.clone());
    let affected = since.affected(&opened.file, &opened.checked, opened.graph()).all();
    let graph = opened.graph();
    let addresses: Vec<String> =
        affected.iter().map(|index| graph.instance(*index).addr.to_string()).collect();
    let edit = (FILE.into(), EDIT.into());
    session.rehearsal.as_mut()?.edits.insert(app.stack, edit);
    let planned = steps::planned(session, order.target(), &addresses, Aim::Kept).await;
    session.rehearsal.as_mut()?.edits.clear();
    let planned = planned?;
    let (count, all) = (addresses.len(), graph.order.len());
    story.scene(
        &format!("Scene 3: an app changes: {count} of {} planned", many(all, "stack")),
        &[
            ("edit", format!("{changed}: a new output")),
            ("affected", addresses.join(", ")),
            ("plan", format!("{}: {}, objects stay as they are", planned.id, many(count, "stack"))),
            ("untouched", format!("{} were not even looked at", many(all - count, "other stack"))),
            ("the same", "on a pull request: strata plan --affected main...".to_owned()),
        ],
    );
    story.fact(
        "scenes",
        json!({
            "scene": "app",
            "edit": changed,
            "planned": addresses,
            "stacks": all,
        }),
    );
    Some(())
}
