//! `strata output`: output values as the last apply left them.
//!
//! In an estate they are the published ones: no state is read for them.
//! Invariant: without `-json`, `-raw`, `-show-sensitive` or a name, a sensitive value is not printed.

use std::collections::BTreeMap;
use std::sync::Arc;

use diag::Diagnostic;
use render::Secrets;
use state::Output;
use store::{Published, StackKey};
use value::{Kind, Value};

use super::estate::Depth;
use super::{Context, estate};
use crate::args::{OutputArgs, WhichState};
use crate::commands::audit::revealed;
use crate::exit::Exit;
use crate::indent::indented;
use crate::report::Format;
use crate::session::{self, Session};
use crate::which::{self, Backup};

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &OutputArgs) -> Exit {
    let form = match (args.raw, context.format) {
        (true, _) => Form::Raw,
        (false, Format::Json) => Form::Json,
        (false, Format::Text) => Form::Text,
    };
    session::run(context, 1, |mut session| async move {
        if args.raw && context.format == Format::Json {
            session.diags.push(
                Diagnostic::error("options-conflict", "-raw and -json exclude each other")
                    .detail("One prints a value bare, the other as JSON.")
                    .remedy("Give one of the two."),
            );
        } else if let Some(text) = printed(&mut session, args, form) {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Raw,
    Json,
}

type Outputs = BTreeMap<Arc<str>, Output>;

fn printed(session: &mut Session<'_>, args: &OutputArgs, form: Form) -> Option<String> {
    let several = args.names.is_empty() || args.names.iter().any(|name| name.contains('*'));
    if several && session.context.is_estate() {
        return of_stacks(session, args, form);
    }
    let (outputs, name) = if session.context.is_estate() {
        of_stack(session, args)?
    } else {
        of_root(session, &args.names)?
    };
    let secrets = if args.show_sensitive { Secrets::Shown } else { Secrets::Hidden };
    let Some(name) = name else {
        return match form {
            Form::Raw => session.heed(Err(raw_needs_a_name())),
            Form::Json => Some(document(&outputs)),
            Form::Text => session.heed(lines(&outputs, secrets)).filter(|text| {
                if text.is_empty() {
                    session.diags.push(none_there());
                }
                !text.is_empty()
            }),
        };
    };
    let output = outputs.get(name).ok_or_else(|| missing(name, &outputs));
    let output = session.heed(output)?;
    session.heed(one(name, output, form))
}

/// The outputs of the stack that comes first, and the name that may follow.
fn of_stack<'a>(
    session: &mut Session<'_>,
    args: &'a OutputArgs,
) -> Option<(Outputs, Option<&'a str>)> {
    let (stack, rest) = args.names.split_first().expect("BUG: a stack is named");
    let stack = stack.clone();
    let stack = match (&args.choice.env, stack.contains('/')) {
        (Some(env), false) => format!("{env}/{stack}"),
        _ => stack,
    };
    let name = session.heed(single(rest))?;
    let which = WhichState { stack: Some(stack), ..WhichState::default() };
    let (place, _) = which::open(session, &which, &[], Backup::Beside)?;
    let store = place.estate.as_ref().expect("BUG: a stack of an estate");
    let published = store.outputs(&place.key);
    let published = published.map_err(|error| run::failure::load(&place.label, &error));
    let published = session.heed(published)?;
    let printed = |output: &str| name.is_none_or(|name| name == output);
    let is_revealed = published.iter().any(|(name, one)| one.output.sensitive && printed(name));
    if is_revealed && (args.show_sensitive || args.raw || name.is_some() || is_json(session)) {
        revealed(session, &**store, &place.label, &format!("output {}", name.unwrap_or("of all")))?;
    }
    Some((values(session, &place.label, published), name))
}

fn is_json(session: &Session<'_>) -> bool {
    session.context.format == Format::Json
}

/// The outputs of all chosen stacks, each under its address.
fn of_stacks(session: &mut Session<'_>, args: &OutputArgs, form: Form) -> Option<String> {
    if form == Form::Raw {
        return session.heed(Err(raw_needs_a_name()));
    }
    let secrets = if args.show_sensitive { Secrets::Shown } else { Secrets::Hidden };
    let file = estate::read_file(session)?;
    let (graph, chosen) =
        estate::choose(session, &file, &args.names, &args.choice, Depth::Addresses)?;
    let store = session.heed(run::estate::open_store(session.context.host, &file))?;
    let mut texts = Vec::new();
    for addr in chosen.instances.iter().map(|index| &graph.instance(*index).addr) {
        let published = store.outputs(&StackKey::from(addr));
        let published = published.map_err(|error| run::failure::load(&addr.to_string(), &error));
        let published = session.heed(published)?;
        let is_revealed = published.values().any(|one| one.output.sensitive);
        if is_revealed && (args.show_sensitive || form == Form::Json) {
            revealed(session, &*store, &addr.to_string(), "output of all")?;
        }
        let outputs = values(session, &addr.to_string(), published);
        texts.push(match form {
            Form::Json => format!("\"{addr}\":{}", document(&outputs).trim_end()),
            _ => format!("## {addr}\n\n{}", session.heed(lines(&outputs, secrets))?),
        });
    }
    Some(match form {
        Form::Json => {
            let all = format!("{{\"format_version\":\"1.0\",\"stacks\":{{{}}}}}", texts.join(","));
            format!("{}\n", indented(&all))
        }
        _ => texts.join("\n"),
    })
}

/// The values of what a stack published; what is behind is told.
fn values(
    session: &mut Session<'_>,
    stack: &str,
    published: BTreeMap<Arc<str>, Published>,
) -> Outputs {
    let stale: Vec<&str> =
        published.iter().filter(|(_, one)| one.stale).map(|(name, _)| &**name).collect();
    if !stale.is_empty() {
        session.diags.push(behind(stack, &stale));
    }
    published.into_iter().map(|(name, one)| (name, one.output)).collect()
}

fn of_root<'a>(
    session: &mut Session<'_>,
    names: &'a [String],
) -> Option<(Outputs, Option<&'a str>)> {
    let name = session.heed(single(names))?;
    let place = which::root(session, None, Backup::Beside)?;
    let loaded = place.peek(session)?;
    Some((loaded.state.outputs, name))
}

fn single(names: &[String]) -> Result<Option<&str>, Diagnostic> {
    match names {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => Err(Diagnostic::error("output-names", "More than one output is named")
            .detail("The command prints one output, or all of them.")
            .remedy("Name one, or none.")),
    }
}

/// One output.
fn one(name: &str, output: &Output, form: Form) -> Result<String, Diagnostic> {
    if form == Form::Json {
        return Ok(format!("{}\n", String::from_utf8_lossy(&output.value)));
    }
    let value = decoded(name, output)?;
    match form {
        Form::Raw => raw(name, &value),
        _ => Ok(format!("{}\n", lang::print::value(&value))),
    }
}

/// The value without quotes and without a line's end, so that a shell gets it exactly.
fn raw(name: &str, value: &Value) -> Result<String, Diagnostic> {
    let unfit = |why: String| {
        Diagnostic::error("output-raw", format!("Output `{name}` cannot be printed raw"))
            .detail(why)
            .remedy("Use -json for values of other types.")
    };
    if value.is_null() {
        return Err(unfit("It is null.".to_owned()));
    }
    if !matches!(value.ty().kind(), Kind::String | Kind::Number | Kind::Bool) {
        let kind = value.ty().friendly_name();
        return Err(unfit(format!("It is of type {kind}; strings, numbers and bools can be.")));
    }
    let text = value::convert::convert(value, value::Type::STRING);
    let text = text.expect("BUG: a primitive value converts to a string");
    Ok(text.as_str().expect("BUG: a known string").to_owned())
}

fn decoded(name: &str, output: &Output) -> Result<Value, Diagnostic> {
    output.decode().map_err(|error| {
        Diagnostic::error("output-unreadable", format!("Output `{name}` cannot be read"))
            .detail(format!("What is stored is no value of its type: {}.", error.message))
            .remedy("Apply again: outputs are written anew.")
    })
}

/// All outputs for people.
fn lines(outputs: &Outputs, secrets: Secrets) -> Result<String, Diagnostic> {
    let mut text = String::new();
    for (name, output) in outputs {
        if output.sensitive && secrets == Secrets::Hidden {
            text.push_str(&format!("{name} = <sensitive>\n"));
        } else {
            text.push_str(&format!("{name} = {}\n", lang::print::value(&decoded(name, output)?)));
        }
    }
    Ok(text)
}

/// All outputs for programs: OpenTofu's document, sensitive values in it.
fn document(outputs: &Outputs) -> String {
    let members: Vec<String> = outputs
        .iter()
        .map(|(name, output)| {
            let notice = output.deprecated.as_ref().map_or_else(String::new, |notice| {
                format!("\"deprecated\":{},", serde_json::Value::from(&**notice))
            });
            format!(
                "\"{name}\":{{\"sensitive\":{},{notice}\"type\":{},\"value\":{}}}",
                output.sensitive,
                String::from_utf8_lossy(&output.ty),
                String::from_utf8_lossy(&output.value)
            )
        })
        .collect();
    format!("{}\n", indented(&format!("{{{}}}", members.join(","))))
}

fn none_there() -> Diagnostic {
    Diagnostic::warning("output-none", "There are no outputs")
        .detail("The state holds none: nothing was applied yet, or the root module declares none.")
        .remedy("Declare an output, and apply.")
}

fn missing(name: &str, outputs: &Outputs) -> Diagnostic {
    let known: Vec<&str> = outputs.keys().map(|name| &**name).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Diagnostic::error("output-unknown", format!("There is no output `{name}`"))
        .detail(format!("Outputs there are: {known}."))
        .remedy("A new output is there after the next apply.")
}

fn raw_needs_a_name() -> Diagnostic {
    Diagnostic::error("output-raw", "-raw without an output's name")
        .detail("It prints one value.")
        .remedy("Name the output, or use -json for all of them.")
}

fn behind(stack: &str, names: &[&str]) -> Diagnostic {
    Diagnostic::warning("output-stale", "Some outputs are behind")
        .detail(format!(
            "An apply of {} did not come to its end, and these keep their former values: {}.",
            stack,
            names.join(", ")
        ))
        .remedy("Apply the stack to its end.")
}
