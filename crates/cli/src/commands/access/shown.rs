//! `strata access [ENV]`: what teams may do with stacks, and what identities hold in clouds and clusters.

use access::Picture;
use serde_json::json;

use super::gather::{Gathered, gather};
use super::words::{self, Form, Paths};
use super::{basis, document, form, paths, report};
use crate::args::AccessShownArgs;
use crate::commands::Context;
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};

/// Runs the command.
pub(super) fn run(context: &Context<'_>, args: &AccessShownArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(text) = told(&mut session, args) {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

fn told(session: &mut Session<'_>, args: &AccessShownArgs) -> Option<String> {
    let gathered = gather(session, args.env.as_deref(), args.after.as_deref(), &args.form)?;
    let picture = Picture::read(&gathered.then);
    let rows = picture.rows(&gathered.environment);
    let rights = access::rights(&picture, &gathered.teams, &gathered.stacks);
    let format = session.context.format;
    if format == Format::Json && !args.form.markdown {
        let document = json!({
            "format_version": "1.0",
            "environment": &*gathered.environment,
            "after": gathered.after,
            "planned": gathered.planned.iter().map(|(stack, plan)| json!({"stack": stack, "plan": plan})).collect::<Vec<_>>(),
            "rights": rights.iter().map(document::rights).collect::<Vec<_>>(),
            "identities": rows.iter().map(document::row).collect::<Vec<_>>(),
            "notes": picture.notes.iter().map(document::note).collect::<Vec<_>>(),
        });
        return Some(format!("{document:#}\n"));
    }
    report(session, &picture.notes);
    Some(page(&gathered, &rights, &rows, form(&args.form), paths(&args.form)))
}

fn page(
    gathered: &Gathered,
    rights: &[access::Rights],
    rows: &[access::Row],
    form: Form,
    paths: Paths,
) -> String {
    let title = format!("{}: who may do what, {}", gathered.title, basis(gathered));
    let head = |text: &str| match form {
        Form::Text => format!("{text}\n\n"),
        Form::Markdown => format!("### {}\n\n", words::escaped(text)),
    };
    let mut out = head(&title);
    if !gathered.teams.is_empty() {
        out.push_str(&words::rights(rights, paths).drawn(form));
        out.push('\n');
    }
    for realm in
        [access::Realm::Aws, access::Realm::Kubernetes, access::Realm::Azure, access::Realm::Google]
    {
        let of: Vec<access::Row> = rows.iter().filter(|row| row.realm == realm).cloned().collect();
        if !of.is_empty() {
            out.push_str(&head(&format!("identities of {}", realm.word())));
            out.push_str(&words::identities(&of, paths).drawn(form));
            out.push('\n');
        }
    }
    out.push_str("if: under conditions; may: hangs on what is not known; `.`: no");
    out.push_str(if paths == Paths::Left { "; -paths tells what grants each\n" } else { "\n" });
    out
}
