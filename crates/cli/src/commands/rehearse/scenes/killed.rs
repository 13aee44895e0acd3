//! Killed in the middle: recovered, nothing lost.
//!
//! A second process carries the plan out and is ended as signal 9 ends one, after the cloud did what it was asked and
//! before anybody heard of it. Invariant: what is compared is the cloud itself, not what the state says of it.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use diag::Diagnostic;
use serde_json::json;
use store::StackKey;

use crate::args::{ChoiceArgs, CloudArgs};
use crate::commands::estate::open;
use crate::commands::rehearse::cast;
use crate::commands::rehearse::environments::Order;
use crate::commands::rehearse::steps::{self, Aim};
use crate::commands::rehearse::story::{Story, many};
use crate::rehearsal;
use crate::session::Session;

const TITLE: &str = "Scene 2: killed in the middle: recovered, nothing lost";

/// Plays it; errors are in the session.
pub(in crate::commands::rehearse) async fn killed(
    session: &mut Session<'_>,
    order: &Order,
    cloud: &CloudArgs,
    story: &mut Story,
) -> Option<()> {
    let opened = open(session, &[], &ChoiceArgs::of_environment(order.target()))?;
    let Some((stack, objects)) = cast::leaf(&opened) else {
        story.scene(
            TITLE,
            &[("none", "no stack of this environment can go and come back".to_owned())],
        );
        return Some(());
    };
    let before = census(session)?;
    // Here it is meant to go; that is approved, too.
    session.rehearsal.as_mut()?.approve_data.push("*".to_owned());
    let addresses = [stack.to_string()];
    let going = steps::planned(session, order.target(), &addresses, Aim::Destroyed).await?;
    steps::approved(session, &going)?;
    let middle = objects.div_ceil(2);
    let ended = end_in_the_middle(session, cloud, &going.id, middle);
    let ended = session.heed(ended)?;
    rehearsal::look_again(session)?;
    let there = going.opened.store.peek(&StackKey::from(&stack));
    let there = there.map_err(|error| run::failure::load(&stack.to_string(), &error));
    let there = session.heed(there)?;
    let doubts = there.in_doubt.len();
    let recovered = there.recovered.as_ref().map_or(0, |recovered| recovered.entries);
    // What any next command does: fold the journal, read what is in doubt, plan what is left.
    let rest = steps::planned(session, order.target(), &addresses, Aim::Destroyed).await?;
    let left = rest.counts().destroy;
    steps::approved(session, &rest)?;
    steps::applied(session, &rest).await?;
    let back = steps::planned(session, order.target(), &addresses, Aim::Kept).await?;
    steps::approved(session, &back)?;
    steps::applied(session, &back).await?;
    session.rehearsal.as_mut()?.approve_data.pop();
    let after = census(session)?;
    let (lost, doubled) = (less(&before, &after), less(&after, &before));
    story.scene(
        TITLE,
        &[
            ("apply", format!("{stack} is taken away: {}", many(objects, "object"))),
            ("killed", format!("after {} of {objects} calls, before the answer was heard ({ended})", middle)),
            ("journal", format!("{} read back, {doubts} in doubt", many(recovered, "record"))),
            ("next plan", format!("what is in doubt is looked up in the cloud; {left} left to destroy; then all {objects} made anew")),
            ("the cloud", format!("{}: {lost} lost, {doubled} doubled", many(total(&after), "object"))),
        ],
    );
    story.fact(
        "scenes",
        json!({
            "scene": "killed",
            "stack": stack.to_string(),
            "objects": objects,
            "killed_after": middle,
            "in_doubt": doubts,
            "lost": lost,
            "doubled": doubled,
        }),
    );
    if lost + doubled > 0 {
        story.fails();
    }
    Some(())
}

/// How many objects there are in the cloud of each address.
type Census = BTreeMap<String, usize>;

fn census(session: &Session<'_>) -> Option<Census> {
    let mut census = Census::new();
    for one in session.rehearsal.as_ref()?.cloud.existing() {
        *census.entry(format!("{}//{}", one.stack, one.address)).or_default() += 1;
    }
    Some(census)
}

fn total(census: &Census) -> usize {
    census.values().sum()
}

/// How many objects of `these` are missing among `those`.
fn less(these: &Census, those: &Census) -> usize {
    let missing = |(address, count): (&String, &usize)| {
        count.saturating_sub(those.get(address).copied().unwrap_or_default())
    };
    these.iter().map(missing).sum()
}

/// Carries a plan out in a process that ends in the middle; tells how it ended.
fn end_in_the_middle(
    session: &Session<'_>,
    cloud: &CloudArgs,
    plan: &str,
    middle: usize,
) -> Result<String, Diagnostic> {
    let failed = |detail: String| {
        Diagnostic::error(
            "rehearse-killed",
            "The process that is to be killed did not come to that",
        )
        .detail(detail)
        .remedy("Look at its own words above; rehearse again.")
    };
    let program = std::env::current_exe().map_err(|error| failed(format!("{error}.")))?;
    let mut command = Command::new(program);
    command.args(["apply", "--rehearse", "--auto-approve", plan]);
    command.arg(format!("--kill-at={middle}")).arg(format!("--seed={}", cloud.seed));
    command.args(cloud.schema.iter().map(|file| format!("--schema={file}")));
    let output = command
        .current_dir(&session.context.dir)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(format!("{error}.")))?;
    match output.status.code() {
        Some(137) => Ok("exit 137, as by signal 9".to_owned()),
        _ => Err(failed(format!(
            "It ended with {}.\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_and_doubled_is_counted_by_address() {
        let census = |pairs: &[(&str, usize)]| -> Census {
            pairs.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect()
        };
        let before = census(&[("a", 2), ("b", 1)]);
        let after = census(&[("a", 1), ("b", 3)]);
        assert_eq!((less(&before, &after), less(&after, &before)), (1, 2));
        assert_eq!(less(&before, &before), 0);
    }
}
