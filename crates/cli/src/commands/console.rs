//! `strata console`: expressions evaluated in a root module as things are in its state.
//!
//! Lines are read from standard input; a line whose brackets are open goes on in the next. Nobody is asked anything
//! where standard input is no terminal, and the first error ends it then, as with `tofu`.

use std::collections::BTreeSet;

use diag::Diags;
use host::Stream;
use run::evaluate::{Evaluated, Evaluator, unfinished};
use serde_json::json;
use syntax::lex::TokenKind;

use super::Context;
use crate::args::{ConsoleArgs, WhichState};
use crate::exit::Exit;
use crate::ready::{Ready, ready};
use crate::report::Format;
use crate::session::{self, Session};
use crate::settings;
use crate::which::{self, Backup};

/// What is said to `help`.
const HELP: &str = "Type an expression as in a configuration, and see its value: resources are as the state has them.
`type(x)` shows a type; `exit`, or the end of input, ends.";

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &ConsoleArgs) -> Exit {
    session::run(context, 10, |session| evaluate(session, args))
}

async fn evaluate(mut session: Session<'_>, args: &ConsoleArgs) -> Exit {
    let Some((ready, loaded)) = open(&mut session, args).await else {
        return session.end(Exit::Failed);
    };
    session.report();
    let Ready { stack, variables } = ready;
    let shared = session.shared.clone();
    let evaluator = Evaluator { stack: &stack, shared: &shared, loaded: &loaded, variables };
    lines(session, &evaluator).await
}

async fn open(session: &mut Session<'_>, args: &ConsoleArgs) -> Option<(Ready, store::Loaded)> {
    let which = WhichState { stack: args.address.clone(), ..WhichState::default() };
    let (place, _) = which::open(session, &which, &[], Backup::Beside)?;
    let loaded = place.peek(session)?;
    let command_line = settings::command_line(&session.context.raw);
    let ready = ready(session, &place, &loaded, &command_line).await?;
    Some((ready, loaded))
}

/// Reads and evaluates until the end, or an error where nobody sits at the terminal.
async fn lines(mut session: Session<'_>, evaluator: &Evaluator<'_>) -> Exit {
    let terminal = &session.context.host.terminal;
    let asks = terminal.can_ask();
    let mut text = String::new();
    let mut told = BTreeSet::new();
    loop {
        if asks {
            terminal.write(Stream::Out, if text.is_empty() { "> " } else { ": " });
        }
        let Some(line) = terminal.read_line() else { break };
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line.trim());
        if is_open(&text) {
            continue;
        }
        match std::mem::take(&mut text).as_str() {
            "exit" => return session.end(Exit::Done),
            "help" => session.context.out(&format!("{HELP}\n")),
            "" => session.context.out("\n"),
            whole => {
                if !one(&mut session, evaluator, whole, &mut told).await && !asks {
                    return Exit::Failed;
                }
            }
        }
    }
    if !text.is_empty() {
        session.diags.push(unfinished());
    }
    session.end(Exit::Done)
}

/// Evaluates and prints one expression; tells whether it had a value. What is wrong elsewhere in the configuration keeps
/// no expression from its value, and is told once.
async fn one(
    session: &mut Session<'_>,
    evaluator: &Evaluator<'_>,
    text: &str,
    told: &mut BTreeSet<String>,
) -> bool {
    let mut diags = Diags::new();
    let evaluated = evaluator.evaluate(text, &mut session.sources, &mut diags).await;
    for one in diags {
        if told.insert(format!("{one:?}")) {
            session.diags.push(one);
        }
    }
    if let Some(evaluated) = &evaluated {
        session.context.out(&printed(session.context, evaluated));
    }
    session.report();
    evaluated.is_some()
}

fn printed(context: &Context<'_>, evaluated: &Evaluated) -> String {
    let text = match evaluated {
        Evaluated::Value(value) => lang::print::value(value),
        Evaluated::Type(ty) => lang::print::type_text(*ty),
    };
    match context.format {
        Format::Json => format!("{}\n", json!({ "text": text })),
        Format::Text => format!("{text}\n"),
    }
}

/// Whether brackets are open, so that the next line belongs to the same expression.
fn is_open(text: &str) -> bool {
    let mut depth = 0i64;
    for token in syntax::lex::tokens(text) {
        match token.kind {
            TokenKind::OBrace | TokenKind::OBrack | TokenKind::OParen => depth += 1,
            TokenKind::CBrace | TokenKind::CBrack | TokenKind::CParen => depth -= 1,
            TokenKind::TemplateInterp | TokenKind::TemplateControl => depth += 1,
            TokenKind::TemplateSeqEnd => depth -= 1,
            TokenKind::OHeredoc => depth += 1,
            TokenKind::CHeredoc => depth -= 1,
            _ => {}
        }
    }
    depth > 0
}

#[cfg(test)]
mod tests {
    use super::is_open;

    fn check(text: &str, expect: bool) {
        assert_eq!(is_open(text), expect, "{text}");
    }

    #[test]
    fn brackets_hold_an_expression_open() {
        check("1 + 2", false);
        check("{", true);
        check("{\n a = [1,\n", true);
        check("{\n a = [1]\n}", false);
        check("\"{[(\"", false);
        check("\"${x", true);
        check("())", false);
    }
}
