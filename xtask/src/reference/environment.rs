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
with the whole environment but for what opens an estate's store; in a stack with `credentials` without the base credentials.

| variable | means | read by |
|---|---|---|
";

/// What each variable means.
const MEANINGS: &[(&str, &str)] = &[
    ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "what GitHub is asked with for the token of a run"),
    ("ACTIONS_ID_TOKEN_REQUEST_URL", "where GitHub is asked for the token of a run"),
    (
        "AWS_ACCESS_KEY_ID",
        "base credentials, from which the roles of `credentials \"aws\"` are assumed",
    ),
    (
        "AWS_DEFAULT_REGION",
        "the region whose token service is asked, where `AWS_REGION` is not set",
    ),
    (
        "AWS_ENDPOINT_URL",
        "another token service than the region's, where `AWS_ENDPOINT_URL_STS` is not set",
    ),
    ("AWS_REGION", "the region whose token service is asked, where the credentials name none"),
    ("AWS_ROLE_ARN", "the role of the base credentials, where they come by a web identity token"),
    ("AWS_ROLE_SESSION_NAME", "the session of that role; `strata`"),
    ("AWS_SECRET_ACCESS_KEY", "the secret of `AWS_ACCESS_KEY_ID`"),
    ("AWS_SESSION_TOKEN", "the session of `AWS_ACCESS_KEY_ID`, where it has one"),
    (
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "the token of a web identity that gives the base credentials, where there is no key",
    ),
    ("COLUMNS", "how many columns the live lines of a run may take; 80 where it is not set"),
    ("HOME", "the user's home: `~` in functions, `.tofurc`, `.terraformrc`, `.terraform.d`"),
    ("LOGNAME", "the user's name in leases and events, where `USER` is not set"),
    ("NO_COLOR", "no colours"),
    ("PGPASSFILE", "the password file of PostgreSQL; `~/.pgpass`"),
    ("PGPASSWORD", "the password of a store in PostgreSQL"),
    ("PGUSER", "the user of a store in PostgreSQL, where its URL names none"),
    ("SOPS_AGE_KEY", "age keys that open files of `sops`"),
    ("SOPS_AGE_KEY_FILE", "a file of age keys that open files of `sops`"),
    ("STRATA_BRANCH", "in a pipeline: the branch that is applied"),
    ("STRATA_FORGE", "in a pipeline: `github` or `gitlab`"),
    ("STRATA_FORGE_API", "in a pipeline: the address of the forge's interface"),
    ("STRATA_FORGE_REPOSITORY", "in a pipeline: the repository, `OWNER/NAME`"),
    ("STRATA_FORGE_TOKEN", "in a pipeline: the token that lets it speak to the forge"),
    ("STRATA_HEAD", "in a pipeline: the commit that it is about"),
    ("STRATA_PULL_REQUEST", "in a pipeline: the number of the pull request"),
    ("TERM", "`dumb`: no live lines of a run"),
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
    ("XDG_CONFIG_HOME", "`opentofu/tofurc`, `opentofu/*.tfrc` and `sops/age/keys.txt` below it"),
    ("XDG_DATA_DIRS", "system folders that hold a mirror, `terraform/plugins`"),
    (
        "XDG_DATA_HOME",
        "the user's folder that holds a mirror, `opentofu/plugins`; `~/.local/share`",
    ),
    (
        "those that `secret` blocks name",
        "the secrets' values, where `strata.hcl` says `env = \"NAME\"`",
    ),
    ("the one that `seal` names", "the master key, where `strata.hcl` says `seal = \"env:NAME\"`"),
    (
        "those that a tree of Terragrunt units asks for",
        "what `get_env` gives while the tree is adopted",
    ),
    (
        "AWS_ENDPOINT_URL_*",
        "the address of one service of AWS (`STS`, `S3`, `KMS`, `CLOUDTRAIL`, ...), in the place of its own",
    ),
    ("BRANCH_NAME", "the branch of a run of Jenkins, for the audit's who"),
    ("BUILD_NUMBER", "the number of a run of Jenkins, for the audit's who"),
    ("BUILD_USER_ID", "who began a run of Jenkins, for the audit's who"),
    ("CI_COMMIT_REF_NAME", "the ref of a run of GitLab, for the audit's who"),
    ("CI_JOB_ID", "the number of a run of GitLab, for the audit's who"),
    ("CI_PROJECT_PATH", "the repository of a run of GitLab, for the audit's who"),
    ("CI_SERVER_URL", "the forge of a run of GitLab, for the audit's who"),
    ("GITHUB_ACTIONS", "set in runs of GitHub"),
    ("GITHUB_ACTOR", "who began a run, for the audit's who"),
    ("GITHUB_REF", "the ref of a run, for the audit's who"),
    ("GITHUB_REPOSITORY", "the repository of a run, for the audit's who"),
    ("GITHUB_RUN_ID", "the number of a run, for the audit's who"),
    ("GITHUB_SERVER_URL", "the forge of a run, for the audit's who"),
    ("GITLAB_CI", "set in runs of GitLab"),
    ("GITLAB_USER_LOGIN", "who began a run of GitLab, for the audit's who"),
    ("JENKINS_URL", "set in runs of Jenkins: its address, for the audit's who"),
    ("JOB_NAME", "the name of a run of Jenkins, for the audit's who"),
    ("STRATA_ID_TOKEN", "an OIDC token of a pipeline's run: who it is to the audit"),
    (
        "STRATA_ID_TOKEN_FILE",
        "a file with an OIDC token of a pipeline's run: who it is to the audit",
    ),
];

/// Calls that ask for a variable.
const ASKS: &[&str] = &["environment.var(", "environment.has(", "environment.with_prefix("];
/// Files with look-ups of their own, and how these are called.
const LOOK_UPS: &[(&str, &[&str])] = &[
    ("crates/cli/src/commands/ci/forge.rs", &["asked("]),
    ("crates/cli/src/commands/ci/token.rs", &["asked("]),
    ("crates/provider/src/discovery/places.rs", &["set(", "path("]),
    ("crates/run/src/credentials/aws/call.rs", &["variable("]),
    ("crates/run/src/credentials/aws/keys.rs", &["variable("]),
    ("crates/run/src/who.rs", &["var("]),
];

/// The page.
pub(super) fn page(sources: &[Source]) -> Result<Page, String> {
    let mut read: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.path != "crates/host/src/environment.rs") {
        let further = LOOK_UPS.iter().filter(|(path, _)| source.path == *path);
        for ask in ASKS.iter().chain(further.flat_map(|(_, asks)| asks.iter())) {
            for at in find_code(source.shipped(), ask) {
                for name in names(source, at, ask)? {
                    read.entry(name).or_default().insert(crate_of(source));
                }
            }
        }
    }
    let mut text = HEAD.to_owned();
    let mut meanings = MEANINGS.to_vec();
    meanings.sort_unstable();
    for (name, meaning) in &meanings {
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
    let constant = text
        .split_once(&format!("const {argument}: &str = "))
        .and_then(|(_, rest)| rest.split_once(';'))
        .map(|(value, _)| literals(value).concat());
    match () {
        // A service's own, by its name.
        () if argument.contains("AWS_ENDPOINT_URL_") => Ok(vec!["AWS_ENDPOINT_URL_*".to_owned()]),
        () if constant.is_some() => Ok(constant.into_iter().collect()),
        () if source.path == "crates/run/src/adopted/tree.rs" => {
            Ok(vec!["those that a tree of Terragrunt units asks for".to_owned()])
        }
        () if !listed.is_empty() => Ok(listed),
        () if above.contains("\"env:\"") => Ok(vec!["the one that `seal` names".to_owned()]),
        () if above.contains("SecretSource::Env") => {
            Ok(vec!["those that `secret` blocks name".to_owned()])
        }
        // A look-up that is handed on.
        () if *argument == "name" && before.contains("|name: &str|") => Ok(Vec::new()),
        () => Err(format!("{}:{line}: which variable is asked for?", source.path)),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}
