//! What was learned, for people and for programs, and as a root module.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use access::derive::{ClusterLearned, MANAGED_LETTERS_MAX, Statement, document, root_module};
use addr::StackAddr;
use diag::Diagnostic;
use run::recording::Record;
use serde_json::{Value as Json, json};

use super::audit::Cluster;
use crate::args::DeriveArgs;
use crate::commands::Context;
use crate::report::Format;
use crate::session::Session;

/// What was learned.
pub(super) struct Learned<'a> {
    pub(super) address: &'a StackAddr,
    /// The account of AWS, where the stack works in one.
    pub(super) account: Option<&'a str>,
    pub(super) args: &'a DeriveArgs,
    pub(super) record: &'a Record,
    /// What was learned from a cluster's audit log, where one was named.
    pub(super) cluster: Option<Cluster>,
    /// How many objects were made.
    pub(super) objects: usize,
}

/// The folder for the module: new or empty.
///
/// # Errors
/// Where something is in it.
pub(super) fn folder(
    context: &Context<'_>,
    out: Option<&str>,
) -> Result<Option<PathBuf>, Diagnostic> {
    let Some(out) = out else { return Ok(None) };
    let path = context.dir.join(out);
    let is_empty = std::fs::read_dir(&path).map_or(true, |mut entries| entries.next().is_none());
    if is_empty {
        return Ok(Some(path));
    }
    Err(Diagnostic::error("derive-folder", "The folder for the module is not empty")
        .detail(format!("{} has something in it; nothing is written over.", path.display()))
        .remedy("Name a new folder with --out."))
}

/// Warns of what was not learned as it should be.
pub(super) fn warn(session: &mut Session<'_>, learned: &Learned<'_>) {
    let record = learned.record;
    let mut warn = |code: &'static str, what: &str, which: &BTreeSet<String>, remedy: &str| {
        if which.is_empty() {
            return;
        }
        let which: Vec<&str> = which.iter().map(String::as_str).collect();
        let warning = Diagnostic::warning(code, what);
        session.diags.push(warning.detail(format!("{}.", which.join(", "))).remedy(remedy));
    };
    warn(
        "derive-unknown",
        "Some requests are of no operation that is known: what they need is not in the policies",
        &record.unknown,
        "Add what they need by hand, and their service to the tables.",
    );
    warn(
        "derive-guessed",
        "Some services have no table: their actions stand upon everything",
        &record.guessed,
        "Narrow their resources by hand.",
    );
    warn(
        "derive-widened",
        "Some actions were refused upon the resources that AWS documents, and stand upon everything",
        &record.widened,
        "Where an emulator refused them, narrow them for AWS, or derive in an account of AWS.",
    );
    warn(
        "derive-refused",
        "Some requests were refused to the base credentials",
        &record.refused,
        "Derive with credentials that may do all that the stack does.",
    );
    if let Some(cluster) = &learned.cluster {
        let refused = cluster.plan.refused.union(&cluster.apply.refused).cloned().collect();
        warn(
            "derive-refused",
            "Some requests were refused by the cluster",
            &refused,
            "Derive with an identity that may do all that the stack does.",
        );
        if cluster.apply.grants() {
            warn(
                "derive-grants",
                "The stack grants rights in the cluster, which asks for more than is in the roles",
                &BTreeSet::from([learned.address.to_string()]),
                "Give its role to apply the rights that it grants, or the verbs `bind` and `escalate` on the roles that it makes.",
            );
        }
    }
    for (purpose, learned) in [("plan", &record.plan), ("apply", &record.apply)] {
        let letters = document(&learned.statements()).to_string().len();
        if letters > MANAGED_LETTERS_MAX {
            session.diags.push(
                Diagnostic::warning(
                    "derive-long",
                    format!("The policy to {purpose} is too long for one managed policy"),
                )
                .detail(format!("It has {letters} letters; IAM takes {MANAGED_LETTERS_MAX}."))
                .remedy("Write it as an inline policy (10,240 letters), or split the stack."),
            );
        }
    }
}

/// Prints what was learned, and writes the module where a folder is named.
///
/// # Errors
/// Where a file cannot be written.
pub(super) fn written(
    context: &Context<'_>,
    learned: &Learned<'_>,
    out: Option<&Path>,
) -> Result<(), Diagnostic> {
    let (plan, apply) = (learned.record.plan.statements(), learned.record.apply.statements());
    if let Some(folder) = out {
        write(context, learned, folder, &plan, &apply)?;
    }
    context.out(&match context.format {
        Format::Json => format!("{:#}\n", told_to_programs(learned, &plan, &apply)),
        Format::Text => told(context, learned, &plan, &apply, out),
    });
    Ok(())
}

fn write(
    context: &Context<'_>,
    learned: &Learned<'_>,
    folder: &Path,
    plan: &[Statement],
    apply: &[Statement],
) -> Result<(), Diagnostic> {
    let failed = |error: &dyn std::fmt::Display| {
        Diagnostic::error("derive-unwritable", "The module cannot be written")
            .detail(format!("{error}."))
            .remedy("Name another folder with --out.")
    };
    context.host.files.make_dir(folder).map_err(|error| failed(&error))?;
    let put = |name: &str, text: &str| {
        let written = context.host.files.replace(&folder.join(name), text.as_bytes(), 0o644);
        written.map_err(|error| failed(&error))
    };
    let prefix = name_of(learned.address);
    if learned.account.is_some() {
        for file in root_module(&learned.address.to_string(), &prefix, plan, apply) {
            put(file.name, &file.text)?;
        }
    }
    if let Some(cluster) = &learned.cluster {
        put("plan.roles.json", &manifests(&cluster.plan, &format!("{prefix}-plan")))?;
        put("apply.roles.json", &manifests(&cluster.apply, &format!("{prefix}-apply")))?;
    }
    Ok(())
}

/// Letters, digits and hyphens of an address.
fn name_of(address: &StackAddr) -> String {
    let fits = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    address.to_string().to_ascii_lowercase().chars().map(fits).collect()
}

/// Roles of Kubernetes in one document, as `kubectl apply -f` takes it.
fn manifests(learned: &ClusterLearned, name: &str) -> String {
    let list = json!({"apiVersion": "v1", "kind": "List", "items": learned.roles(name)});
    format!("{list:#}\n")
}

fn actions(statements: &[Statement]) -> usize {
    let all: BTreeSet<&String> = statements.iter().flat_map(|one| &one.actions).collect();
    all.len()
}

fn told_to_programs(learned: &Learned<'_>, plan: &[Statement], apply: &[Statement]) -> Json {
    let record = learned.record;
    let part = |statements: &[Statement], calls: &access::derive::Learned| {
        let implied = statements.iter().filter(|one| one.is_implied);
        json!({
            "policy": document(statements),
            "statements": statements.len(),
            "implied": implied.map(|one| &one.sid).collect::<Vec<_>>(),
            "actions": actions(statements),
            "calls": calls.calls(),
        })
    };
    json!({
        "format_version": "1.0",
        "stack": learned.address.to_string(),
        "account": learned.account,
        "objects": learned.objects,
        "plan": part(plan, &record.plan),
        "apply": part(apply, &record.apply),
        "cluster": learned.cluster.as_ref().map(|cluster| {
            let name = name_of(learned.address);
            json!({
                "plan": cluster.plan.roles(&format!("{name}-plan")),
                "apply": cluster.apply.roles(&format!("{name}-apply")),
            })
        }),
        "unknown": record.unknown,
        "guessed": record.guessed,
        "widened": record.widened,
        "refused": record.refused,
    })
}

fn told(
    context: &Context<'_>,
    learned: &Learned<'_>,
    plan: &[Statement],
    apply: &[Statement],
    out: Option<&Path>,
) -> String {
    let record = learned.record;
    let calls = |of: &access::derive::Learned| of.calls().values().sum::<usize>();
    let by = match &learned.args.act_as {
        Some(role) => format!("each let through under just what it needs, as {role}"),
        None => "by what tables say".to_owned(),
    };
    let mut text =
        format!("\n{}: {} objects made and destroyed.\n", learned.address, learned.objects);
    if let Some(account) = learned.account {
        let calls = calls(&record.plan) + calls(&record.apply);
        text.push_str(&format!("  {calls} calls in account {account}, {by}\n"));
        for (purpose, statements) in [("plan", plan), ("apply", apply)] {
            let (actions, count) = (actions(statements), statements.len());
            text.push_str(&format!("  {purpose:<5} {actions} actions in {count} statements\n"));
        }
    }
    if let Some(cluster) = &learned.cluster {
        let name = name_of(learned.address);
        for (purpose, of) in [("plan", &cluster.plan), ("apply", &cluster.apply)] {
            let roles = of.roles(&name).len();
            text.push_str(&format!(
                "  {purpose:<5} {roles} roles in the cluster, by its audit log\n"
            ));
        }
    }
    match out {
        Some(folder) => {
            text.push_str(&format!("\nWritten into {}\n", context.shown(folder)));
        }
        None => print_all(learned, plan, apply, &mut text),
    }
    text
}

/// All documents, one after another.
fn print_all(learned: &Learned<'_>, plan: &[Statement], apply: &[Statement], text: &mut String) {
    for (purpose, statements) in [("plan", plan), ("apply", apply)] {
        if learned.account.is_some() {
            text.push_str(&format!("\n# {purpose}\n{:#}\n", document(statements)));
        }
    }
    if let Some(cluster) = &learned.cluster {
        let name = name_of(learned.address);
        for (purpose, of) in [("plan", &cluster.plan), ("apply", &cluster.apply)] {
            let of = manifests(of, &format!("{name}-{purpose}"));
            text.push_str(&format!("\n# {purpose}, in the cluster\n{of}"));
        }
    }
}
