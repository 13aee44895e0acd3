//! Approvals in a rehearsal: as the groups that are needed, or as those that were named.
//!
//! Who has to approve is the guard's to say, as always; here nobody but signs. Data is approved to be lost only where it
//! was named. Invariant: these approvals stand in a rehearsal's store and count nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use addr::StackAddr;
use diag::Diagnostic;
use plan::Plan;
use run::estate::{PlanName, approve_rehearsal};

use crate::commands::estate::{Opened, gate};
use crate::session::Session;

/// As whom a rehearsal approved: how many people of which group.
pub(crate) type Given = BTreeMap<String, u32>;

/// Gives the approvals that the plans need and lack; none outside of a rehearsal.
///
/// # Errors
/// Where the store fails.
pub(crate) fn approve(
    session: &Session<'_>,
    opened: &Opened,
    plans: &[(StackAddr, &Plan)],
    name: &PlanName,
) -> Result<Given, Diagnostic> {
    let Some(rehearsal) = &session.rehearsal else { return Ok(Given::new()) };
    let verdict = gate::verdict(session, opened, plans, name.clone())?;
    let all: Vec<&str> = opened.file.estate.groups.iter().map(|group| &*group.name.node).collect();
    let approves = |group: &&str| {
        rehearsal.approve_as.is_empty() || rehearsal.approve_as.iter().any(|one| one == group)
    };
    let mut given = Given::new();
    for need in verdict.needs.iter().filter(|need| !need.is_satisfied()) {
        let owners: Vec<&str> = match need.groups.is_empty() {
            true => all.clone(),
            false => need.groups.iter().map(|group| &**group).collect(),
        };
        // Nobody who may: the gate will say so.
        let Some(group) = owners.into_iter().find(approves) else { continue };
        let people = given.entry(group.to_owned()).or_insert(0);
        *people = need.of.max(*people);
    }
    let lost = verdict.data.iter().map(|loss| format!("{}//{}", loss.stack, loss.address));
    let is_named =
        |address: &String| rehearsal.approve_data.iter().any(|one| one == "*" || one == address);
    let data: BTreeSet<String> = lost.filter(is_named).collect();
    if !data.is_empty() && given.is_empty() {
        given.extend(all.into_iter().find(approves).map(|group| (group.to_owned(), 1)));
    }
    for (group, people) in &given {
        approve_rehearsal(&*opened.store, name, group, *people, &data, session.now_ms())?;
    }
    Ok(given)
}
