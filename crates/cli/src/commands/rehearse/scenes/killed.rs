//! Killed in the middle: recovered, nothing lost.
//!
//! A second process carries a plan out and is ended as signal 9 ends one, after the cloud made an object and before anybody
//! heard of it: the one moment after which nobody knows whether there is an object. Invariant: what is compared is the
//! cloud itself, not what the state says of it; calls go one at a time, so that the same is in doubt each time.

use std::collections::BTreeMap;
use std::process::{Command, Output, Stdio};

use addr::StackAddr;
use diag::Diagnostic;
use serde_json::json;
use store::StackKey;

use crate::args::{ChoiceArgs, CloudArgs};
use crate::commands::estate::{gate, open};
use crate::commands::rehearse::cast;
use crate::commands::rehearse::environments::Order;
use crate::commands::rehearse::steps::{self, Aim};
use crate::commands::rehearse::story::{Story, many};
use crate::rehearsal;
use crate::session::Session;

/// Stacks that are tried before the scene is given up.
const TRIES_MAX: usize = 8;
const TITLE: &str = "Scene 2: killed in the middle: recovered, nothing lost";

/// Plays it; errors are in the session.
pub(in crate::commands::rehearse) async fn killed(
    session: &mut Session<'_>,
    order: &Order,
    cloud: &CloudArgs,
    story: &mut Story,
) -> Option<()> {
    let opened = open(session, &[], &ChoiceArgs::of_environment(order.target()))?;
    let before = census(session)?;
    for (stack, objects) in cast::leaves(&opened).into_iter().take(TRIES_MAX) {
        if !taken_away(session, order, &stack).await? {
            continue;
        }
        let came = come_back(session, order, cloud, &stack, objects).await?;
        let after = census(session)?;
        return tell(story, &stack, objects, &came, (&before, &after));
    }
    story.scene(TITLE, &[("none", "no stack of this environment can go and come back".to_owned())]);
    Some(())
}

/// Destroys a stack, where policies let it go; tells whether.
async fn taken_away(session: &mut Session<'_>, order: &Order, stack: &StackAddr) -> Option<bool> {
    // Here it is meant to go; that is approved, too.
    session.rehearsal.as_mut()?.approve_data.push("*".to_owned());
    let going = steps::planned(session, order.target(), &[stack.to_string()], Aim::Destroyed).await;
    let given = going.as_ref().and_then(|going| steps::approved(session, going));
    session.rehearsal.as_mut()?.approve_data.pop();
    let (going, _) = (going?, given?);
    let verdict = gate::verdict(session, &going.opened, &going.plans(), going.name());
    if !session.heed(verdict)?.may_be_applied() {
        return Some(false);
    }
    steps::applied(session, &going).await?;
    Some(true)
}

/// How a stack came back.
struct Came {
    /// At which call the process ended.
    at: usize,
    /// Creates in doubt that the cloud had carried out, and those that it had not.
    there: usize,
    absent: usize,
    /// What the plan after that had left to do.
    left: usize,
}

/// Makes the stack anew, with a process that is killed on the way; errors are in the session.
async fn come_back(
    session: &mut Session<'_>,
    order: &Order,
    cloud: &CloudArgs,
    stack: &StackAddr,
    objects: usize,
) -> Option<Came> {
    let addresses = [stack.to_string()];
    let first = steps::planned(session, order.target(), &addresses, Aim::Kept).await?;
    steps::approved(session, &first)?;
    let mut came = Came { at: objects.div_ceil(2), there: 0, absent: 0, left: 0 };
    let ended = end_in_the_middle(session, cloud, &first.id, came.at);
    session.heed(ended)?;
    rehearsal::look_again(session)?;
    let loaded = first.opened.store.peek(&StackKey::from(stack));
    let loaded = loaded.map_err(|error| run::failure::load(&addresses[0], &error));
    for doubt in session.heed(loaded)?.in_doubt {
        let address = doubt.begin.at.instance.to_string();
        match id_of(session, &addresses[0], &address) {
            Some(id) => {
                came.there += 1;
                let resolved = resolve(session, cloud, &addresses[0], &address, &["-exists", &id]);
                session.heed(resolved)?;
            }
            None => {
                came.absent += 1;
                let resolved = resolve(session, cloud, &addresses[0], &address, &["-absent"]);
                session.heed(resolved)?;
            }
        }
    }
    let rest = steps::planned(session, order.target(), &addresses, Aim::Kept).await?;
    came.left = rest.counts().add;
    steps::approved(session, &rest)?;
    steps::applied(session, &rest).await?;
    Some(came)
}

fn tell(
    story: &mut Story,
    stack: &StackAddr,
    objects: usize,
    came: &Came,
    (before, after): (&Census, &Census),
) -> Option<()> {
    let (lost, doubled) = (less(before, after), less(after, before));
    let looked = match (came.there, came.absent) {
        (there, 0) => format!("{there} is there"),
        (0, absent) => format!("{absent} is not there"),
        (there, absent) => format!("{there} is there, {absent} is not"),
    };
    let (doubts, at) = (many(came.there + came.absent, "create"), came.at);
    story.scene(
        TITLE,
        &[
            ("apply", format!("{stack}, taken away before: {} to add", many(objects, "object"))),
            ("killed", format!("in call {at} of {objects}: the cloud has done it, nobody heard (exit {KILLED}, as by signal 9)")),
            ("in doubt", format!("{doubts}; looked up in the cloud: {looked}; told by: strata state resolve")),
            ("next plan", format!("{} to add: what was done before is in the journal", many(came.left, "object"))),
            ("the cloud", format!("{}: {lost} lost, {doubled} doubled", many(total(after), "object"))),
        ],
    );
    story.fact(
        "scenes",
        json!({
            "scene": "killed",
            "stack": stack.to_string(),
            "objects": objects,
            "killed_in_call": at,
            "in_doubt": came.there + came.absent,
            "left": came.left,
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

/// The exit code of a process that signal 9 ended.
const KILLED: i32 = 137;

/// Carries a plan out in a process that ends in the middle.
fn end_in_the_middle(
    session: &Session<'_>,
    cloud: &CloudArgs,
    plan: &str,
    at: usize,
) -> Result<(), Diagnostic> {
    let kill = format!("--kill-at={at}");
    let output =
        program(session, cloud, &["apply", "-auto-approve", "-parallelism=1", &kill, plan])?;
    if output.status.code() == Some(KILLED) { Ok(()) } else { Err(failed(&output)) }
}

/// What somebody does who looked into the cloud.
fn resolve(
    session: &Session<'_>,
    cloud: &CloudArgs,
    stack: &str,
    address: &str,
    found: &[&str],
) -> Result<(), Diagnostic> {
    let args = [&["state", "resolve", "-stack", stack, address], found].concat();
    let output = program(session, cloud, &args)?;
    if output.status.success() { Ok(()) } else { Err(failed(&output)) }
}

/// The id of an object that exists.
fn id_of(session: &Session<'_>, stack: &str, address: &str) -> Option<String> {
    let all = session.rehearsal.as_ref()?.cloud.existing();
    let one = all.into_iter().find(|one| &*one.stack == stack && &*one.address == address)?;
    one.id.map(|id| id.to_string())
}

/// This program, in a process of its own, upon the same rehearsal.
fn program(session: &Session<'_>, cloud: &CloudArgs, args: &[&str]) -> Result<Output, Diagnostic> {
    let broken = |error: std::io::Error| {
        Diagnostic::error("rehearse-process", "A second process cannot be started")
            .detail(format!("{error}."))
            .remedy("Let this program start itself; the scene of the crash needs that.")
    };
    let mut command = Command::new(std::env::current_exe().map_err(broken)?);
    command.args(args).arg("--rehearse").arg(format!("--seed={}", cloud.seed));
    command.args(cloud.schema.iter().map(|file| format!("--schema={file}")));
    command.current_dir(&session.context.dir).stdin(Stdio::null()).output().map_err(broken)
}

fn failed(output: &Output) -> Diagnostic {
    Diagnostic::error("rehearse-process", "A second process did not end as it should")
        .detail(format!(
            "It ended with {}.\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        ))
        .remedy("Look at its own words above; rehearse again.")
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
