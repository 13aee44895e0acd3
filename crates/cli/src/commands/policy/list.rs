//! `strata policy list`.

use std::fmt::Write as _;

use estate::{PolicyBlock, PolicySeverity, PolicySource};
use run::estate::{Policies, Ruling};
use serde_json::{Value as Json, json};

use crate::commands::{Context, estate as estates};
use crate::exit::Exit;
use crate::report::Format;
use crate::session;

/// Runs the command.
pub(super) fn run(context: &Context<'_>) -> Exit {
    session::run(context, 1, |mut session| async move {
        if !context.is_estate() {
            session.diags.push(super::no_estate());
            return session.end(Exit::Failed);
        }
        let Some(file) = estates::read_file(&mut session) else { return session.end(Exit::Failed) };
        let Some(policies) = Policies::read(context.host, &file, &mut session.diags) else {
            return session.end(Exit::Failed);
        };
        let rulings = policies.rulings();
        let text = match context.format {
            Format::Json => {
                let all: Vec<Json> =
                    rulings.iter().map(|one| document(&file.estate, one)).collect();
                format!("{:#}\n", json!({ "format_version": "1.0", "policies": all }))
            }
            Format::Text => text(&file.estate, rulings),
        };
        context.out(&text);
        session.end(Exit::Done)
    })
}

fn text(estate: &estate::Estate, rulings: &[Ruling]) -> String {
    if rulings.is_empty() {
        let parts = policy::PARTS.iter().map(|(name, what)| format!("  {name:<22}{what}\n"));
        return format!(
            "The estate has no policies. The starter set has, for `policy \"starter\" {{ starter = [...] }}`:\n\n{}",
            parts.collect::<String>()
        );
    }
    let mut out = String::new();
    for ruling in rulings {
        let block = &ruling.block;
        let _ = writeln!(out, "{}   {}   {}", block.name.node, source(block), digest(ruling));
        let _ = writeln!(out, "  judges   {}{}", judges(estate, block), at_most(block));
        for rule in ruling.bundle.deciding() {
            let place = rule.place.map_or_else(String::new, |place| place.to_string());
            let _ = writeln!(out, "  {:<8} {}   {place}", rule.severity.word(), rule.path);
        }
    }
    out
}

fn document(estate: &estate::Estate, ruling: &Ruling) -> Json {
    let rules = ruling.bundle.deciding().into_iter().map(|rule| {
        json!({
            "rule": &*rule.path,
            "severity": rule.severity.word(),
            "place": rule.place.map(|place| place.to_string()),
        })
    });
    json!({
        "name": &*ruling.block.name.node,
        "source": source(&ruling.block),
        "digest": digest(ruling),
        "judges": judges(estate, &ruling.block),
        "at_most": ruling.block.severity.map(word),
        "group": ruling.block.group.as_ref().map(|group| &*group.node),
        "rules": rules.collect::<Vec<_>>(),
    })
}

fn source(block: &PolicyBlock) -> String {
    match &block.source {
        PolicySource::Folder(folder) => folder.node.to_string(),
        PolicySource::Git { url, commit, folder } => {
            let inside = if folder.is_empty() { String::new() } else { format!("//{folder}") };
            format!("{}{inside} at {}", url.node, &commit.node[..12])
        }
        PolicySource::Starter(parts) => {
            let names: Vec<&str> = parts.iter().map(|part| &*part.node).collect();
            format!("starter: {}", names.join(", "))
        }
    }
}

fn digest(ruling: &Ruling) -> String {
    let bytes = ruling.bundle.digest();
    let digits = bytes.iter().take(8).map(|byte| format!("{byte:02x}"));
    format!("sha256:{}", digits.collect::<String>())
}

/// What the block makes of its rules' severities, for the line that says whom it judges.
fn at_most(block: &PolicyBlock) -> String {
    let group = block.group.as_ref().map(|group| &*group.node);
    match (block.severity, group) {
        (Some(PolicySeverity::Approve), Some(group)) => format!(" · at most approve, by {group}"),
        (Some(severity), _) => format!(" · at most {}", word(severity)),
        (None, _) => String::new(),
    }
}

fn word(severity: PolicySeverity) -> &'static str {
    match severity {
        PolicySeverity::Warn => "warn",
        PolicySeverity::Approve => "approve",
        PolicySeverity::Deny => "deny",
    }
}

fn judges(estate: &estate::Estate, block: &PolicyBlock) -> String {
    let listed = |names: Option<Vec<&str>>, all: &str| {
        names.map_or_else(|| all.to_owned(), |names| names.join(", "))
    };
    let environments = block
        .environments
        .as_ref()
        .map(|all| all.iter().map(|at| &*estate[*at].name.node).collect());
    let layers =
        block.layers.as_ref().map(|all| all.iter().map(|at| &*estate[*at].name.node).collect());
    format!("{} · {}", listed(environments, "all environments"), listed(layers, "all layers"))
}
