//! Environment variables: each that the sources ask the environment for, with what it means.
//!
//! The meanings stand here, since the sources say only where a variable is used. Invariant: a variable without a meaning
//! and a meaning without its variable are errors of this command.

use std::collections::{BTreeMap, BTreeSet};

use super::Page;
use super::rust::{arguments, find_code, literals};
use crate::tidy::sources::Source;

const PATH: &str = "docs/reference/environment.md";
const HEAD: &str = "\
<!-- Written by `cargo xtask codes` from the sources; a test fails when it is stale. -->

# Environment variables

Read once, when the program starts. An empty variable counts as unset, except `TF_VAR_*`, `TMPDIR` and `USER`. Providers are started
with the whole environment.

| variable | means | read by |
|---|---|---|
";

/// What each variable means.
const MEANINGS: &[(&str, &str)] = &[
    ("HOME", "the user's home: `~` in functions, `.tofurc`, `.terraformrc`, `.terraform.d`"),
    ("LOGNAME", "the user's name in leases and events, where `USER` is not set"),
    ("NO_COLOR", "no colours"),
    ("TERRAFORM_CONFIG", "the command-line configuration, where `TF_CLI_CONFIG_FILE` is not set"),
    ("TF_CLI_CONFIG_FILE", "the command-line configuration, instead of `.tofurc`"),
    ("TF_DATA_DIR", "the root module's own data; `.terraform` where it is not set"),
    ("TF_PLUGIN_CACHE_DIR", "the plugin cache, before what the command-line configuration says"),
    (
        "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE",
        "anything but `0`: a package of the plugin cache is used though the lock file has no hash of it",
    ),
    ("TF_VAR_*", "the value of the root module's variable of that name; not in an estate"),
    ("TMPDIR", "where entries go that a journal cannot take, after the state's own folder; `/tmp`"),
    ("USER", "the user's name in leases and events"),
    ("XDG_CACHE_HOME", "where schemas and hashes of providers are kept between runs; `~/.cache`"),
    ("XDG_CONFIG_HOME", "`opentofu/tofurc` and `opentofu/*.tfrc` below it"),
    ("XDG_DATA_DIRS", "system folders that hold a mirror, `terraform/plugins`"),
    (
        "XDG_DATA_HOME",
        "the user's folder that holds a mirror, `opentofu/plugins`; `~/.local/share`",
    ),
    ("the one that `seal` names", "the master key, where `strata.hcl` says `seal = \"env:NAME\"`"),
];

/// Calls that ask for a variable; the last two only in the file that is given a look-up as a closure.
const ASKS: &[&str] = &["environment.var(", "environment.has(", "environment.with_prefix("];
const PLACES: &str = "crates/provider/src/discovery/places.rs";
const PLACES_ASKS: &[&str] = &["set(", "path("];

/// The page.
pub(super) fn page(sources: &[Source]) -> Result<Page, String> {
    let mut read: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.path != "crates/host/src/environment.rs") {
        let further = if source.path == PLACES { PLACES_ASKS } else { &[] };
        for ask in ASKS.iter().chain(further) {
            for at in find_code(source.shipped(), ask) {
                for name in names(source, at, ask)? {
                    read.entry(name).or_default().insert(crate_of(source));
                }
            }
        }
    }
    let mut text = HEAD.to_owned();
    for (name, meaning) in MEANINGS {
        let Some(crates) = read.remove(*name) else {
            return Err(format!(
                "{name}: nothing reads it; take it out of xtask/src/reference/environment.rs"
            ));
        };
        let crates: Vec<&str> = crates.into_iter().collect();
        let shown = if name.contains(' ') { (*name).to_owned() } else { format!("`{name}`") };
        text.push_str(&format!("| {shown} | {meaning} | {} |\n", crates.join(", ")));
    }
    match read.keys().next() {
        Some(name) => {
            Err(format!("{name}: say in xtask/src/reference/environment.rs what it means"))
        }
        None => Ok(Page { path: PATH, text }),
    }
}

fn crate_of(source: &Source) -> &str {
    source.path.split('/').nth(1).unwrap_or_default()
}

/// The variables that one call asks for.
fn names(source: &Source, at: usize, ask: &str) -> Result<Vec<String>, String> {
    let text = source.shipped();
    let line = text[..at].lines().count();
    let parts = arguments(text, at + ask.len() - 1);
    let Some(argument) = parts.first() else {
        return Err(format!("{}:{line}: the name of a variable is expected", source.path));
    };
    if argument.starts_with('"') {
        let star = if ask.ends_with("prefix(") { "*" } else { "" };
        return Ok(vec![literals(argument).concat() + star]);
    }
    let before = &text[text[..at].rfind([';', '{']).map_or(0, |end| end + 1)..at];
    let listed: Vec<String> = literals(before).into_iter().filter(|text| is_name(text)).collect();
    let above = &text[..at].lines().rev().take(3).collect::<String>();
    match () {
        () if !listed.is_empty() => Ok(listed),
        () if above.contains("\"env:\"") => Ok(vec!["the one that `seal` names".to_owned()]),
        // A look-up that is handed on.
        () if *argument == "name" && before.contains("|name: &str|") => Ok(Vec::new()),
        () => Err(format!("{}:{line}: which variable is asked for?", source.path)),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}
