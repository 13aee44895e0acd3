//! `cargo xtask ci`: every check in order, each with its time budget. A step over its budget is reported, not failed:
//! machines differ; the sum is what CI limits.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

struct Step {
    name: &'static str,
    budget_minutes: u64,
    command: &'static [&'static str],
}

const STEPS: &[Step] = &[
    Step { name: "format", budget_minutes: 1, command: &["cargo", "fmt", "--all", "--check"] },
    Step { name: "tidy", budget_minutes: 2, command: &["cargo", "xtask", "tidy"] },
    Step {
        name: "embedded schemas",
        budget_minutes: 1,
        command: &["cargo", "xtask", "schemas", "--check"],
    },
    Step {
        name: "licences, bans, sources",
        budget_minutes: 1,
        command: &["cargo", "deny", "--log-level", "error", "check", "licenses", "bans", "sources"],
    },
    Step { name: "parts", budget_minutes: 20, command: &["cargo", "xtask", "parts"] },
    Step {
        name: "clippy",
        budget_minutes: 6,
        command: &["cargo", "clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
    },
    Step {
        name: "test",
        budget_minutes: 12,
        command: &["cargo", "test", "--workspace", "--no-fail-fast"],
    },
    Step {
        name: "first light",
        budget_minutes: 8,
        command: &["cargo", "xtask", "e2e", "first-light"],
    },
    // With AWS it takes nine minutes, nearly all of them waits for the emulator's databases: run that by hand.
    Step {
        name: "acme, the upper layers",
        budget_minutes: 2,
        command: &["cargo", "xtask", "e2e", "acme", "--without-aws"],
    },
    // With AWS it takes half an hour, most of it waits for the emulator's databases: run that by hand.
    Step {
        name: "derived access, in a cluster",
        budget_minutes: 2,
        command: &["cargo", "xtask", "e2e", "derive", "--without-aws"],
    },
    Step {
        name: "blueprints",
        budget_minutes: 4,
        command: &["cargo", "xtask", "e2e", "blueprints"],
    },
    Step {
        name: "terragrunt, once",
        budget_minutes: 6,
        command: &["cargo", "xtask", "parts", "terragrunt"],
    },
    // With AWS it takes two and a half minutes: run that by hand.
    Step {
        name: "adopt",
        budget_minutes: 2,
        command: &["cargo", "xtask", "e2e", "adopt", "--without-aws"],
    },
    // With AWS it takes some minutes, most of them the provider's starts: run that by hand.
    Step {
        name: "pipelines",
        budget_minutes: 2,
        command: &["cargo", "xtask", "e2e", "ci", "--without-aws"],
    },
    // 30 points of each kind, as the full run has, take half an hour: most of it the provider's own time.
    Step { name: "kill", budget_minutes: 8, command: &["cargo", "xtask", "e2e", "kill", "3"] },
];

/// Runs all steps; stops at the first that fails.
pub(crate) fn main(root: &Path) -> ExitCode {
    let begun = Instant::now();
    for step in STEPS {
        println!("== {} (budget {} min)", step.name, step.budget_minutes);
        let at = Instant::now();
        let status =
            Command::new(step.command[0]).args(&step.command[1..]).current_dir(root).status();
        let seconds = at.elapsed().as_secs();
        match status {
            Ok(status) if status.success() => {}
            Ok(status) => {
                println!("== {} FAILED after {seconds} s: {status}", step.name);
                return ExitCode::FAILURE;
            }
            Err(error) => {
                println!("== {} could not start: {error}", step.name);
                return ExitCode::FAILURE;
            }
        }
        let over = if seconds > step.budget_minutes * 60 { ", OVER BUDGET" } else { "" };
        println!("== {} done in {seconds} s{over}", step.name);
    }
    println!("== all in {} s", begun.elapsed().as_secs());
    ExitCode::SUCCESS
}
