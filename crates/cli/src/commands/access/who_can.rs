//! `strata access who-can ACTION [RESOURCE]`: everybody who may, and the path that grants it.

use access::{Answer, Picture, Question, Right};
use diag::Diagnostic;
use serde_json::json;

use super::gather::{Gathered, gather};
use super::words::{self, Form, Table};
use super::{basis, document, form, report};
use crate::args::WhoCanArgs;
use crate::commands::Context;
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};

/// Runs the command.
pub(super) fn run(context: &Context<'_>, args: &WhoCanArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(text) = told(&mut session, args) {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

fn told(session: &mut Session<'_>, args: &WhoCanArgs) -> Option<String> {
    let context =
        session.heed(args.with.iter().map(|text| key(text)).collect::<Result<Vec<_>, _>>())?;
    let question = Question::parse(&args.action, args.resource.as_deref(), &context);
    let question = session.heed(question.map_err(|bad| {
        Diagnostic::error("access-question", format!("`{}` is no action", args.action))
            .detail(bad.detail)
            .remedy(bad.remedy)
    }))?;
    let env = session.heed(environment(&question, args))?;
    let gathered = gather(session, env.as_deref(), args.after.as_deref(), &args.form)?;
    let picture = Picture::read(&gathered.then);
    if let Question::Stack { right, address } = &question {
        return of_stack(session, args, &gathered, &picture, *right, address);
    }
    let holders = picture.who_can(&question, &gathered.environment);
    if session.context.format == Format::Json && !args.form.markdown {
        let document = json!({
            "format_version": "1.0",
            "environment": &*gathered.environment,
            "after": gathered.after,
            "action": args.action,
            "resource": args.resource,
            "who": holders.iter().map(document::holder).collect::<Vec<_>>(),
            "notes": picture.notes.iter().map(document::note).collect::<Vec<_>>(),
        });
        return Some(format!("{document:#}\n"));
    }
    report(session, &picture.notes);
    Some(page(
        args,
        &gathered,
        &answers(holders.iter().map(|one| one.decision.answer)),
        &words::holders(&holders),
    ))
}

/// How many have which answer, in words.
fn answers(all: impl Iterator<Item = Answer>) -> String {
    let (mut yes, mut conditions, mut may) = (0, 0, 0);
    for one in all {
        match one {
            Answer::Yes => yes += 1,
            Answer::If => conditions += 1,
            Answer::May => may += 1,
            Answer::No => {}
        }
    }
    let mut told = vec![format!("{yes} can")];
    told.extend((conditions > 0).then(|| format!("{conditions} under conditions")));
    told.extend((may > 0).then(|| format!("{may} may")));
    told.join(", ")
}

fn page(args: &WhoCanArgs, gathered: &Gathered, answers: &str, table: &Table) -> String {
    let on = args.resource.as_ref().map(|one| format!(" on {one}")).unwrap_or_default();
    let title =
        format!("{}{on}, in {}, {}: {answers}", args.action, gathered.title, basis(gathered));
    let form = form(&args.form);
    let title = match form {
        Form::Text => title,
        Form::Markdown => format!("### {}", words::escaped(&title)),
    };
    match table.rows.is_empty() {
        true => format!("{title}\n"),
        false => format!("{title}\n\n{}", table.drawn(form)),
    }
}

/// KEY=VALUE.
fn key(text: &str) -> Result<(String, String), Diagnostic> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(Diagnostic::error("access-key", format!("`{text}` is no condition key"))
            .detail("-with gives the question a key of the call's context.")
            .remedy("Write -with=KEY=VALUE, such as -with=aws:RequestedRegion=eu-west-1.")),
    }
}

/// The environment that the question or -env names.
fn environment(question: &Question, args: &WhoCanArgs) -> Result<Option<String>, Diagnostic> {
    match (question.environment(), &args.env) {
        (Some(own), Some(env)) if own != env => {
            Err(Diagnostic::error("access-other-environment", "Two environments are named")
                .detail(format!("The action is about `{own}`, and -env says `{env}`."))
                .remedy("Leave -env out."))
        }
        (Some(own), _) => Ok(Some(own.to_owned())),
        (None, env) => Ok(env.clone()),
    }
}

/// The teams that have a right on a stack.
fn of_stack(
    session: &mut Session<'_>,
    args: &WhoCanArgs,
    gathered: &Gathered,
    picture: &Picture,
    right: Right,
    address: &str,
) -> Option<String> {
    let stacks: Vec<access::Stack> =
        gathered.stacks.iter().filter(|one| &*one.address == address).cloned().collect();
    if stacks.is_empty() {
        let known: Vec<&str> = gathered.stacks.iter().map(|one| &*one.address).collect();
        return session.heed(Err(Diagnostic::error(
            "stack-unknown",
            format!("No stack has the address `{address}`"),
        )
        .detail(format!("There are: {}.", known.join(", ")))
        .remedy("Name one of these.")));
    }
    let all = access::rights(picture, &gathered.teams, &stacks);
    let has = |one: &access::Rights| {
        one.rights.iter().find(|(known, _)| *known == right).map(|(_, told)| told.clone())
    };
    let told: Vec<(String, access::Decision)> = all
        .iter()
        .filter_map(|one| Some((one.team.to_string(), has(one)?)))
        .filter(|(_, decision)| decision.answer != Answer::No)
        .collect();
    if session.context.format == Format::Json && !args.form.markdown {
        let who = told.iter().map(|(team, decision)| {
            let mut told = document::decision(decision);
            if let serde_json::Value::Object(map) = &mut told {
                map.insert("realm".to_owned(), json!("estate"));
                map.insert("who".to_owned(), json!(team));
                map.insert("name".to_owned(), json!(team));
            }
            told
        });
        let document = json!({
            "format_version": "1.0",
            "environment": &*gathered.environment,
            "after": gathered.after,
            "action": args.action,
            "resource": args.resource,
            "who": who.collect::<Vec<_>>(),
            "notes": [],
        });
        return Some(format!("{document:#}\n"));
    }
    let row = |(team, decision): &(String, access::Decision)| {
        (
            vec![team.clone(), "estate".to_owned(), decision.answer.word().to_owned()],
            words::lines("", decision),
        )
    };
    let table = Table {
        head: ["who", "in", "can"].map(str::to_owned).to_vec(),
        rows: told.iter().map(row).collect(),
    };
    Some(page(args, gathered, &answers(told.iter().map(|(_, one)| one.answer)), &table))
}
