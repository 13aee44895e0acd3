//! `strata policy check PLAN`: what policies find in a plan. Exit code 1 where one of them denies it.
//!
//! The estate's policies judge a kept plan as `plan` and `apply` would; a bundle judges that, or any document of `show -json`.

use std::fmt::Write as _;

use addr::StackAddr;
use diag::Diagnostic;
use guard::{Decision, PolicyFinding, PolicySeverity};
use plan::Plan;
use policy::{Beside, Bundle, Decided, Finding, Input, Severity};
use run::estate::{Asked, input_of};
use serde_json::{Value as Json, json};

use crate::args::{ChoiceArgs, PolicyCheckArgs};
use crate::commands::{Context, estate as estates};
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};

/// A finding of a stack.
struct Told {
    stack: String,
    /// The estate's policy that judged; none where a bundle did.
    policy: Option<String>,
    rule: String,
    /// `warn`, `approve` or `deny`.
    severity: &'static str,
    /// Whose approval it needs; none where it is the stack's owners', or none at all.
    group: Option<String>,
    denies: bool,
    text: String,
    depends_on: Option<String>,
}

/// Runs the command.
pub(super) fn run(context: &Context<'_>, args: &PolicyCheckArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        let Some(told) = told(&mut session, args) else { return session.end(Exit::Failed) };
        context.out(&match context.format {
            Format::Json => format!("{:#}\n", document(&told)),
            Format::Text => text(&told),
        });
        let denied = told.iter().any(|one| one.denies && one.depends_on.is_none());
        session.end(if denied { Exit::Failed } else { Exit::Done })
    })
}

fn told(session: &mut Session<'_>, args: &PolicyCheckArgs) -> Option<Vec<Told>> {
    let bundle = match &args.bundle {
        Some(folder) => Some(super::bundle(session, folder)?.1),
        None => None,
    };
    if let Some(document) = document_of(session, &args.plan)? {
        let Some(bundle) = &bundle else {
            return session.heed(Err(Diagnostic::error(
                "policy-bundle",
                "A document is judged by a bundle",
            )
            .detail("A document of `show -json` does not say of which stack it is.")
            .remedy("Name the folder of one: -bundle=DIR.")));
        };
        return of_documents(session, bundle, &document);
    }
    if !session.context.is_estate() {
        session.diags.push(super::no_estate());
        return None;
    }
    let file = estates::read_file(session)?;
    let kept = session.heed(estates::apply::find(session, &file, &args.plan))?;
    let opened = estates::open(session, &[], &ChoiceArgs::of_environment(&kept.environment))?;
    let judge = opened.judge(session.context.host);
    let mut all = Vec::new();
    for (name, plan) in &kept.plans {
        let Ok(stack) = name.parse::<StackAddr>() else { continue };
        match (&bundle, &judge) {
            (Some(bundle), _) => all.extend(of_bundle(session, bundle, name, plan)?),
            (None, Some(judge)) => {
                let found = session.heed(judge.findings(&stack, plan, Asked::OfPlan))?;
                all.extend(found.into_iter().map(of_estate));
            }
            (None, None) => {}
        }
    }
    Some(all)
}

/// The document in a file, where the file is one; nothing where it is a plan or an id.
fn document_of(session: &mut Session<'_>, name: &str) -> Option<Option<Json>> {
    let context = session.context;
    let path = context.dir.join(name);
    if !context.host.files.exists(&path) {
        return Some(None);
    }
    let Ok(text) = context.host.files.read_text(&path) else { return Some(None) };
    if !text.trim_start().starts_with('{') {
        return Some(None);
    }
    let json = serde_json::from_str(&text).map_err(|error| {
        Diagnostic::error("policy-document", "The document cannot be read")
            .detail(format!("{name}: {error}."))
            .remedy("Write it with `show -json PLAN`.")
    });
    session.heed(json).map(Some)
}

/// One document, or those of an estate's stacks.
fn of_documents(session: &mut Session<'_>, bundle: &Bundle, document: &Json) -> Option<Vec<Told>> {
    let one = |session: &mut Session<'_>, stack: &str, document: &Json| {
        let input = Input::new(document, &Beside::default());
        judged(session, bundle, stack, &input)
    };
    let Some(stacks) = document.get("stacks").and_then(Json::as_object) else {
        return one(session, "", document);
    };
    let mut all = Vec::new();
    for (stack, document) in stacks {
        all.extend(one(session, stack, document)?);
    }
    Some(all)
}

fn of_bundle(
    session: &mut Session<'_>,
    bundle: &Bundle,
    stack: &str,
    plan: &Plan,
) -> Option<Vec<Told>> {
    judged(session, bundle, stack, &input_of(plan, None, Json::Null))
}

fn judged(
    session: &mut Session<'_>,
    bundle: &Bundle,
    stack: &str,
    input: &Input,
) -> Option<Vec<Told>> {
    let found = bundle.judge(input, None).map_err(|fault| run::estate::fault(&fault));
    Some(session.heed(found)?.into_iter().map(|one| of_finding(stack, one)).collect())
}

fn of_finding(stack: &str, found: Finding) -> Told {
    Told {
        stack: stack.to_owned(),
        policy: None,
        rule: found.rule.to_string(),
        severity: found.severity.word(),
        group: None,
        denies: found.severity == Severity::Deny,
        text: found.text,
        depends_on: match found.decided {
            Decided::Yes => None,
            Decided::NotYet { on } => Some(on),
        },
    }
}

fn of_estate(found: PolicyFinding) -> Told {
    Told {
        stack: found.stack.to_string(),
        policy: Some(found.policy.to_string()),
        rule: found.rule.to_string(),
        severity: match &found.severity {
            PolicySeverity::Warn => "warn",
            PolicySeverity::Approve(_) => "approve",
            PolicySeverity::Deny => "deny",
        },
        group: match &found.severity {
            PolicySeverity::Approve(Some(group)) => Some(group.to_string()),
            _ => None,
        },
        denies: found.severity == PolicySeverity::Deny,
        text: found.text.to_string(),
        depends_on: match &found.decision {
            Decision::Decided => None,
            Decision::NotYet { on, .. } => Some(on.join(", ")),
        },
    }
}

fn text(told: &[Told]) -> String {
    if told.is_empty() {
        return "The policies find nothing.\n".to_owned();
    }
    let mut out = String::new();
    for one in told {
        let stack = if one.stack.is_empty() { String::new() } else { format!("{}   ", one.stack) };
        let later = match &one.depends_on {
            None => String::new(),
            Some(on) => format!("\n         not yet decided: depends on {}", render::clean(on)),
        };
        let by = one.group.as_ref().map_or_else(String::new, |group| format!(", by {group}"));
        let said = render::clean(&one.text);
        let policy = one.policy.as_ref().map_or_else(String::new, |name| format!("{name}: "));
        let _ =
            writeln!(out, "{:<8} {stack}{said}   [{policy}{}{by}]{later}", one.severity, one.rule);
    }
    let open = told.iter().filter(|one| one.depends_on.is_some()).count();
    let denied = told.iter().filter(|one| one.denies && one.depends_on.is_none()).count();
    let s = if told.len() == 1 { "" } else { "s" };
    let _ = writeln!(out, "{} finding{s}: {denied} denied, {open} not yet decided", told.len());
    out
}

fn document(told: &[Told]) -> Json {
    let of = |one: &Told| {
        json!({
            "stack": one.stack,
            "policy": one.policy,
            "rule": one.rule,
            "severity": one.severity,
            "group": one.group,
            "text": one.text,
            "decided": one.depends_on.is_none(),
            "depends_on": one.depends_on,
        })
    };
    json!({ "format_version": "1.0", "findings": told.iter().map(of).collect::<Vec<_>>() })
}
