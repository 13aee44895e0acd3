//! The reference of the command line is what the program itself says: `docs/reference/cli.md` holds the help of every
//! command, word for word.
//!
//! `STRATA_BLESS=1 cargo test -p cli --test help` writes the page anew.

use std::path::PathBuf;
use std::process::Command;

const HEAD: &str = "\
<!-- Written by `STRATA_BLESS=1 cargo test -p cli --test help`; the same test fails when it is stale. -->

# The command line

What `strata COMMAND -h` says. Every long option is taken with one dash or two, as `tofu` takes them; an option that takes a
value takes it after `=` or as the next word. Exit codes: 0, and 1 for an error. `plan -detailed-exitcode` ends with 2 where
there are changes; `fmt` with 2 where a file does not parse, `fmt -check` with 3 where a file is not in the canonical form.
What the commands do: [commands](../commands.md).
";

/// What the program says for these arguments and `-h`.
fn help(command: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_strata"))
        .args(command)
        .arg("-h")
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs");
    assert_eq!(out.status.code(), Some(0), "strata {} -h", command.join(" "));
    let text = String::from_utf8(out.stdout).expect("UTF-8");
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// The commands that a help text lists.
fn listed(help: &str) -> Vec<&str> {
    let Some((_, list)) = help.split_once("Commands:\n") else { return Vec::new() };
    list.lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .collect()
}

fn section(page: &mut String, command: &[&str]) {
    let text = help(command);
    let title = ["strata"].iter().chain(command).copied().collect::<Vec<_>>().join(" ");
    page.push_str(&format!("\n## {title}\n\n```\n{}```\n", text.trim_start()));
    for further in listed(&text) {
        section(page, &[command, &[further]].concat());
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "how a developer says that the page is to be written"
)]
fn the_reference_is_what_the_program_says() {
    let mut page = HEAD.to_owned();
    section(&mut page, &[]);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/cli.md");
    if std::env::var("STRATA_BLESS").is_ok() {
        std::fs::write(&path, &page).expect("the page is written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    let at = there.lines().zip(page.lines()).position(|(old, new)| old != new);
    let line = at.unwrap_or_else(|| there.lines().count().min(page.lines().count())) + 1;
    assert!(
        there == page,
        "docs/reference/cli.md is stale from line {line} on: run `STRATA_BLESS=1 cargo test -p cli --test help`"
    );
}

#[test]
fn every_command_is_listed() {
    let text = help(&[]);
    let commands = listed(&text);
    for command in
        ["init", "validate", "plan", "apply", "destroy", "show", "output", "state", "fmt"]
    {
        assert!(commands.contains(&command), "{command} is not among {commands:?}");
    }
}
