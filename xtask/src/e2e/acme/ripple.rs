//! What a change affects: `--affected` from Git, through local modules and wiring, cut off where outputs stay the same.

use std::process::Command;

use super::estate::{Dev, Estate};
use super::{expect, say};

/// Three changes; each plans what it should and nothing else.
pub(super) fn affected(estate: &Estate) -> Result<(), String> {
    git(estate, &["init", "-q", "-b", "main"])?;
    commit(estate)?;
    estate.edit(
        "stacks/search/main.tf",
        "concurrencyPolicy = \"Forbid\"",
        "concurrencyPolicy = \"Replace\"",
    )?;
    planned(estate, &["dev/search"], "one leaf")?;
    estate.lay(Dev::Protected)?;
    let named = "{ Name = local.name }\n}\n\n# What stands";
    let tagged = "{ Name = local.name, Purpose = \"all\" }\n}\n\n# What stands";
    estate.edit("stacks/network/main.tf", named, tagged)?;
    planned(
        estate,
        &["dev/network:eu-west-1"],
        "a tag of the network, cut off where outputs stay",
    )?;
    estate.lay(Dev::Protected)?;
    estate.edit(
        "stacks/identity/teams.tf",
        "\"rds:FailoverDBCluster\"",
        "\"rds:FailoverDBCluster\", \"rds:RebootDBInstance\"",
    )?;
    planned(estate, &["dev/identity"], "a team's right")?;
    estate.lay(Dev::Protected)?;
    let module = "modules/web-app/main.tf";
    estate.edit(module, "    replicas = var.replicas\n", "    replicas = var.replicas + 1\n")?;
    planned(estate, &["dev/search", "dev/shop"], "a file of the module that both apps take")?;
    estate.lay(Dev::Protected)
}

/// Plans what is affected since the last commit: these stacks have changes, and no others were planned.
fn planned(estate: &Estate, wanted: &[&str], what: &str) -> Result<(), String> {
    let (_, page) = estate.plan(&["-env", "dev", "-affected", "HEAD"])?;
    let stacks = || page["stacks"].as_array().into_iter().flatten();
    let mut changed: Vec<&str> = stacks()
        .filter(|stack| stack["has_changes"] == true)
        .filter_map(|stack| stack["address"].as_str())
        .collect();
    changed.sort_unstable();
    expect(changed == wanted, &format!("{what} plans {wanted:?}, not {changed:?}"))?;
    let unchanged = stacks().filter(|stack| stack["has_changes"] != true);
    let planned: Vec<_> = unchanged.filter(|stack| stack["standing"] == "planned").collect();
    expect(planned.is_empty(), &format!("{what} plans no other stack: {planned:?}"))?;
    say(&format!("affected by {what}: {}", wanted.join(", ")));
    Ok(())
}

fn commit(estate: &Estate) -> Result<(), String> {
    git(estate, &["add", "-A"])?;
    git(
        estate,
        &[
            "-c",
            "user.name=ada",
            "-c",
            "user.email=ada@acme.example",
            "commit",
            "-qm",
            "as applied",
        ],
    )
}

fn git(estate: &Estate, args: &[&str]) -> Result<(), String> {
    let done = Command::new("git").args(args).current_dir(&estate.folder).status();
    match done {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("git {}: {status}", args.join(" "))),
        Err(error) => Err(format!("git: {error}")),
    }
}
