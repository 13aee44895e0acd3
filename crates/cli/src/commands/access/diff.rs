//! `strata access diff PLAN`: what a plan changes about who may do what, what it widens first.

use access::{Answer, Changed, Difference, Picture};
use serde_json::json;

use super::gather::gather;
use super::words::{self, Form, Table};
use super::{document, form, report};
use crate::args::AccessDiffArgs;
use crate::commands::Context;
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};

/// Runs the command.
pub(super) fn run(context: &Context<'_>, args: &AccessDiffArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(text) = told(&mut session, args) {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

fn told(session: &mut Session<'_>, args: &AccessDiffArgs) -> Option<String> {
    let gathered = gather(session, None, Some(&args.plan), &args.form)?;
    // Stacks of which nothing is applied are nothing before the plan, whatever other plans say of them.
    let planned: Vec<&str> = gathered.planned.iter().map(|(stack, _)| stack.as_str()).collect();
    let now: Vec<access::Object> =
        gathered.now.iter().filter(|one| !planned.contains(&&*one.stack)).cloned().collect();
    let (before, after) = (Picture::read(&now), Picture::read(&gathered.then));
    let env = &gathered.environment;
    let found = access::differences(&before.rows(env), &after.rows(env));
    if session.context.format == Format::Json && !args.form.markdown {
        let document = json!({
            "format_version": "1.0",
            "environment": &**env,
            "plan": gathered.after,
            "differences": found.iter().map(document::difference).collect::<Vec<_>>(),
            "notes": after.notes.iter().map(document::note).collect::<Vec<_>>(),
        });
        return Some(format!("{document:#}\n"));
    }
    report(session, &after.notes);
    let widens = found.iter().filter(|one| one.widens()).count();
    let plan = gathered.after.as_deref().unwrap_or_default();
    let title = match (widens, found.len() - widens) {
        (0, 0) => format!("{plan} changes nothing about who may do what in {}", gathered.title),
        (widens, narrows) => {
            let may = found.iter().filter(|one| one.widens() && one.after == Answer::May).count();
            let unknown = if may > 0 {
                format!(" ({may} of them hang on what is not known yet)")
            } else {
                String::new()
            };
            let title = &gathered.title;
            format!(
                "{plan} widens access {widens} times{unknown} and narrows it {narrows} times in {title}"
            )
        }
    };
    let form = form(&args.form);
    let title = match form {
        Form::Text => title,
        Form::Markdown => format!("### {}", words::escaped(&title)),
    };
    Some(match found.is_empty() {
        true => format!("{title}\n"),
        false => format!("{title}\n\n{}", table(&found).drawn(form)),
    })
}

/// Most differences that a page tells; JSON has all of them.
const TOLD_MAX: usize = 60;

fn table(found: &[Difference]) -> Table {
    let row = |one: &Difference| {
        let what = match &one.what {
            Changed::Holds(class, place) => format!("{} {place}", class.word()),
            Changed::TakenBy(who) => format!("taken by {}", words::last(who)),
        };
        let told = if one.widens() { words::lines("", &one.cell.decision) } else { Vec::new() };
        let kind = if one.widens() { "widens" } else { "narrows" };
        (
            vec![
                kind.to_owned(),
                words::last(&one.who),
                what,
                format!("{} -> {}", one.before, one.after),
            ],
            told,
        )
    };
    let mut rows: Vec<(Vec<String>, Vec<String>)> = found.iter().take(TOLD_MAX).map(row).collect();
    if found.len() > TOLD_MAX {
        let more = format!("+{} more (-json)", found.len() - TOLD_MAX);
        rows.push((vec![String::new(), more, String::new(), String::new()], Vec::new()));
    }
    Table { head: ["", "who", "what", "can"].map(str::to_owned).to_vec(), rows }
}
