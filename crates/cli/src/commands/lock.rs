//! `strata lock`: who holds which lease, and taking one from its holder.

use diag::Diagnostic;
use host::{Stream, Timestamp};
use serde_json::json;
use store::{Holder, LockError};

use super::{Context, estate};
use crate::args::{LockCommand, WhichState};
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};
use crate::which::{self, Backup, Place};

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, command: &LockCommand) -> Exit {
    session::run(context, 1, |mut session| async move {
        match command {
            LockCommand::Show { address } => {
                if let Some(held) = holders(&mut session, address.as_deref()) {
                    session.context.out(&text(&held, session.context.format));
                }
            }
            LockCommand::Break { address, force } => {
                let asks = if *force { Asks::Nobody } else { Asks::Person };
                if let Some(text) = broken(&mut session, address.as_deref(), asks) {
                    session.context.out(&text);
                }
            }
        }
        session.end(Exit::Done)
    })
}

/// Whether somebody is asked first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Person,
    Nobody,
}

fn place(session: &mut Session<'_>, address: Option<&str>) -> Option<Place> {
    let which = WhichState { stack: address.map(str::to_owned), ..WhichState::default() };
    which::open(session, &which, &[], Backup::Beside).map(|(place, _)| place)
}

/// The leases that are held, by stack: of the one named, else of all.
fn holders(session: &mut Session<'_>, address: Option<&str>) -> Option<Vec<(String, Holder)>> {
    if address.is_none() && session.context.is_estate() {
        let file = estate::read_file(session)?;
        let store = session.heed(run::estate::open_store(session.context.host, &file))?;
        let stacks = which::all_stacks(session, &file, &*store)?;
        let mut held = Vec::new();
        for key in stacks {
            let holder = store.holder(&key).map_err(|e| run::failure::port(key.as_str(), &e));
            held.extend(session.heed(holder)?.map(|holder| (key.to_string(), holder)));
        }
        return Some(held);
    }
    let place = place(session, address)?;
    let holder = place.store.holder(&place.key);
    let holder = session.heed(holder.map_err(|e| run::failure::port(&place.label, &e)))?;
    Some(holder.map(|holder| (place.label, holder)).into_iter().collect())
}

fn text(held: &[(String, Holder)], format: Format) -> String {
    if format == Format::Json {
        let locks: Vec<serde_json::Value> =
            held.iter().map(|(stack, holder)| document(stack, holder)).collect();
        return format!("{:#}\n", json!({ "locks": locks }));
    }
    if held.is_empty() {
        return "No lease is held.\n".to_owned();
    }
    held.iter().map(|(stack, holder)| format!("{}\n", line(stack, holder))).collect()
}

fn line(stack: &str, holder: &Holder) -> String {
    let stack = if stack.is_empty() { String::new() } else { format!("{stack}  ") };
    let since = match holder.since_ms {
        0 => String::new(),
        ms => format!(", since {}", time(ms)),
    };
    format!("{stack}{holder}{since}")
}

fn document(stack: &str, holder: &Holder) -> serde_json::Value {
    let request = &holder.request;
    json!({
        "stack": stack,
        "id": &*request.id,
        "operation": &*request.operation,
        "who": &*request.who,
        "version": &*request.version,
        "host": holder.process.as_ref().map(|process| &*process.host),
        "pid": holder.process.as_ref().map(|process| process.pid),
        "since": (holder.since_ms > 0).then(|| time(holder.since_ms)),
        "fence": holder.fence,
    })
}

fn time(ms: u64) -> String {
    Timestamp { seconds: ms / 1000, nanos: 0 }.rfc3339()
}

fn broken(session: &mut Session<'_>, address: Option<&str>, asks: Asks) -> Option<String> {
    let place = place(session, address)?;
    let holder = place.store.holder(&place.key);
    let holder = session.heed(holder.map_err(|e| run::failure::port(&place.label, &e)))?;
    let holder = session.heed(holder.ok_or_else(not_held))?;
    if asks == Asks::Person {
        session.heed(ask(session.context, &place, &holder))?;
    }
    let taken = place.store.break_lock(&place.key).map_err(|error| unbreakable(&error));
    let taken = session.heed(taken)?;
    let taken = session.heed(taken.ok_or_else(not_held))?;
    let detail = format!("taken from {taken}");
    let recorded = place.record(session, "lock-break", None, detail);
    session.heed(recorded)?;
    Some(match session.context.format {
        Format::Json => format!("{:#}\n", json!({ "broken": document(&place.label, &taken) })),
        Format::Text => {
            format!("The lease was taken from {taken}; its later writes are refused.\n")
        }
    })
}

fn ask(context: &Context<'_>, place: &Place, holder: &Holder) -> Result<(), Diagnostic> {
    let terminal = &context.host.terminal;
    let refused = |detail: &str| {
        Diagnostic::error("not-approved", "The lease was left as it is")
            .detail(detail)
            .remedy("Use -force, or answer `yes`.")
    };
    if !terminal.can_ask() {
        return Err(refused("Standard input is no terminal, so nobody could be asked."));
    }
    let of = if place.label.is_empty() { "the state" } else { &place.label };
    terminal.write(
        Stream::Err,
        &format!("{holder} holds the lease of {of}. Its provider calls may still be under way.\nTake it? Only `yes` is taken: "),
    );
    match terminal.read_line().as_deref() {
        Some("yes") => Ok(()),
        _ => Err(refused("Something other than `yes` was answered.")),
    }
}

fn not_held() -> Diagnostic {
    Diagnostic::error("lock-free", "Nobody holds the lease")
        .detail("There is nothing to be taken.")
        .remedy("None is needed: the next command gets it.")
}

fn unbreakable(error: &LockError) -> Diagnostic {
    let diagnostic = Diagnostic::error("lock-unbreakable", "The lease cannot be taken");
    match error {
        LockError::Held(_) | LockError::HeldByUnknown => diagnostic
            .detail(format!(
                "{error}: it holds the file itself, which the system alone can give free."
            ))
            .remedy("End that process; its lock ends with it."),
        LockError::Port(_) => diagnostic
            .detail(format!("{error}."))
            .remedy("Mend what the system reports, and try again."),
    }
}
