//! The page as findings, and as tests that passed or did not: for SARIF and for JUnit.
//!
//! What stands against applying is an error where it binds and a warning where it does not; what loses data is an error
//! until its address was approved; what widens access is a warning. Invariant: each stack of the page is one case.

use super::model::{
    EstatePage, Force, Loss, LossApproval, PolicyStanding, Refused, StackPart, Standing,
};
use super::policy;
use super::summary;
use crate::changes::verb;
use crate::findings::{Case, Finding, FindingPlace, Level, Outcome, Suite};

/// What the page finds, what is gravest first. Places begin in the repository's top: `folder` is the estate's, `a/b/` or empty.
pub fn estate_page_findings(page: &EstatePage<'_>, folder: &str) -> Vec<Finding> {
    let mut found: Vec<Finding> = page.losses.iter().map(|one| loss(page, one, folder)).collect();
    found.extend(page.refusals.iter().map(|one| Finding {
        rule: one.code.clone(),
        level: if one.force == Force::Refuses { Level::Error } else { Level::Warning },
        summary: one.text.clone(),
        detail: String::new(),
        remedy: one.remedy.clone(),
        address: one.stack.as_ref().map(ToString::to_string).unwrap_or_default(),
        place: None,
    }));
    found.extend(page.policies.iter().map(|one| Finding {
        rule: "policy".to_owned(),
        level: match one.standing {
            PolicyStanding::NotYet { .. } => Level::Note,
            PolicyStanding::Warns | PolicyStanding::Needs(_) => Level::Warning,
        },
        summary: format!("{}: {}", policy::standing(&one.standing), one.text),
        detail: format!("Policy {}", one.policy),
        remedy: String::new(),
        address: one.about.clone(),
        place: None,
    }));
    for stack in &page.stacks {
        found.extend(stack.widens.iter().map(|one| Finding {
            rule: "access-widened".to_owned(),
            level: Level::Warning,
            summary: format!("It widens access: {}", one.what),
            detail: String::new(),
            remedy: String::new(),
            address: format!("{}//{}", stack.address, one.address),
            place: None,
        }));
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.level));
    found
}

fn loss(page: &EstatePage<'_>, loss: &Loss, folder: &str) -> Finding {
    let approved = loss.approval == LossApproval::Given;
    let name = loss.name.as_ref().map_or_else(String::new, |name| format!(" \"{name}\""));
    Finding {
        rule: "data-loss".to_owned(),
        level: if approved { Level::Warning } else { Level::Error },
        summary: format!("It destroys data: {}{name}: {}", loss.address, verb(loss.action)),
        detail: loss.why.join(". "),
        remedy: match approved {
            true => String::new(),
            false => super::loss::approve(loss, page.foot.plan_id.as_deref()),
        },
        address: format!("{}//{}", loss.stack, loss.address),
        place: loss.place.as_deref().and_then(|place| in_file(place, folder)),
    }
}

/// `stacks/database/main.tf:31` as a place.
fn in_file(place: &str, folder: &str) -> Option<FindingPlace> {
    let (file, line) = place.rsplit_once(':')?;
    let file = format!("{folder}{}", file.trim_start_matches("./"));
    Some(FindingPlace { file, line: line.parse().ok()?, column: 1 })
}

/// The page's stacks as cases: refused is failed, what was not planned is skipped.
pub fn estate_page_suite(page: &EstatePage<'_>) -> Suite {
    let cases = page.stacks.iter().map(|stack| Case {
        class: page.environment.clone(),
        name: stack.address.to_string(),
        outcome: outcome(page, stack),
        output: output(stack),
    });
    Suite { name: format!("plan {}", summary::title(page)), cases: cases.collect() }
}

fn outcome(page: &EstatePage<'_>, stack: &StackPart<'_>) -> Outcome {
    let loses = page
        .losses
        .iter()
        .find(|loss| loss.stack == stack.address && loss.approval == LossApproval::Missing);
    if let Some(loss) = loses {
        let text = format!("{} loses data and its address was not approved", loss.address);
        return Outcome::Failed("data-loss".to_owned(), text);
    }
    let about = |force: Force| {
        page.refusals
            .iter()
            .find(|one| one.stack.as_ref() == Some(&stack.address) && one.force == force)
    };
    if stack.refused == Refused::Yes {
        return match about(Force::Refuses) {
            Some(one) => Outcome::Failed(one.code.clone(), one.text.clone()),
            None => Outcome::Failed("refused".to_owned(), "apply would refuse it".to_owned()),
        };
    }
    match &stack.standing {
        Standing::NotPlannable { waits_for } => {
            Outcome::Skipped(format!("not plannable before {} is applied", waits_for.join(", ")))
        }
        Standing::CutOff => {
            Outcome::Skipped("not planned: what it reads stays the same".to_owned())
        }
        Standing::Planned | Standing::Orphan | Standing::Forgotten => Outcome::Passed,
    }
}

fn output(stack: &StackPart<'_>) -> String {
    let counts = &stack.counts;
    let waits = stack.needs.iter().filter(|need| !need.is_satisfied());
    let waits: Vec<String> = waits
        .map(|need| format!("; waits for {} of {}", need.of, need.groups.join(", ")))
        .collect();
    format!(
        "{} to add, {} to change, {} to destroy{}",
        counts.add,
        counts.change,
        counts.destroy,
        waits.concat()
    )
}
