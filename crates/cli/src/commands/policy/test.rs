//! `strata policy test`: a bundle's own tests. Exit code 1 where one fails, or where there is none.

use std::fmt::Write as _;

use diag::Diagnostic;
use policy::{Came, Tested};
use run::estate::Policies;
use serde_json::{Value as Json, json};

use crate::args::PolicyTestArgs;
use crate::commands::{Context, estate as estates};
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};

/// Runs the command.
pub(super) fn run(context: &Context<'_>, args: &PolicyTestArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        let Some(tested) = tested(&mut session, args) else { return session.end(Exit::Failed) };
        let failed =
            tested.iter().flat_map(|(_, all)| all).filter(|one| one.came != Came::Passed).count();
        let count: usize = tested.iter().map(|(_, all)| all.len()).sum();
        context.out(&match context.format {
            Format::Json => format!("{:#}\n", document(&tested)),
            Format::Text => text(&tested, count, failed),
        });
        if count == 0 {
            session.diags.push(
                Diagnostic::error("policy-untested", "There is nothing to test")
                    .detail("No rule begins with test_, and no file ends with .fixture.json.")
                    .remedy("Write one: docs/policy.md says how."),
            );
        }
        session.end(if failed == 0 && count > 0 { Exit::Done } else { Exit::Failed })
    })
}

/// What came of each bundle's tests.
fn tested(session: &mut Session<'_>, args: &PolicyTestArgs) -> Option<Vec<(String, Vec<Tested>)>> {
    if args.folders.is_empty() {
        if !session.context.is_estate() {
            session.diags.push(super::no_estate());
            return None;
        }
        let file = estates::read_file(session)?;
        let policies = Policies::read(session.context.host, &file, &mut session.diags)?;
        let of = |one: &run::estate::Ruling| (one.block.name.node.to_string(), one.bundle.test());
        return Some(policies.rulings().iter().map(of).collect());
    }
    let mut all = Vec::new();
    for folder in &args.folders {
        let (_, bundle) = super::bundle(session, folder)?;
        all.push((folder.clone(), bundle.test()));
    }
    Some(all)
}

fn text(tested: &[(String, Vec<Tested>)], count: usize, failed: usize) -> String {
    let mut out = String::new();
    for (bundle, all) in tested {
        for one in all {
            let place = one.place.as_ref().map_or_else(String::new, |place| format!("   {place}"));
            let _ = match &one.came {
                Came::Passed => writeln!(out, "passed  {bundle}: {}", one.name),
                Came::Failed(why) => {
                    writeln!(out, "FAILED  {bundle}: {}{place}\n        {why}", one.name)
                }
            };
        }
    }
    let _ = writeln!(out, "{} passed, {failed} failed", count - failed);
    out
}

fn document(tested: &[(String, Vec<Tested>)]) -> Json {
    let of = |(bundle, one): (&String, &Tested)| {
        json!({
            "bundle": bundle,
            "name": one.name,
            "place": one.place.as_ref().map(ToString::to_string),
            "passed": one.came == Came::Passed,
            "why": match &one.came {
                Came::Passed => None,
                Came::Failed(why) => Some(why),
            },
        })
    };
    let all = tested.iter().flat_map(|(bundle, all)| all.iter().map(move |one| (bundle, one)));
    json!({ "format_version": "1.0", "tests": all.map(of).collect::<Vec<_>>() })
}
