//! `strata store copy`, `backup` and `restore`: the estate carried from one store to another.

use std::path::Path;
use std::sync::Arc;

use diag::Diagnostic;
use estate::StoreUrl;
use run::estate::EstateFile;
use serde_json::json;
use store::{Carried, Carrier, Event, StorePlace, SystemWorld, TransferError, World};

use super::super::Context;
use super::show::broken_chain;
use crate::report::Format;
use crate::session::now_ms;

/// Moves the estate; what strata.hcl says is for its owner to change.
pub(super) fn copy(
    context: &Context<'_>,
    file: &EstateFile,
    from: &str,
    to: &str,
) -> Result<String, Diagnostic> {
    let (from, to) = (url(from)?, url(to)?);
    let from = run::estate::place(context.host, file, &from)?;
    let there = run::estate::place_to_make(context.host, file, &to)?;
    let request = run::lease::request(context.host, "store-copy");
    let carrier = Carrier { request, to: to.to_string().into() };
    let carried = store::copy(from, there, &carrier, &world()).map_err(|e| failed(&e))?;
    let next = format!(
        "Read back and compared. Now write this in strata.hcl:\n\n  store = \"{to}\"\n\n\
         The store that it was copied from is as it was; nothing that is done there from now on is in the copy.\n"
    );
    Ok(told(context, "Copied", &carried, &format!("to {to}"), &next))
}

/// Writes a backup, while the store is in use.
pub(super) fn backup(
    context: &Context<'_>,
    file: &EstateFile,
    to: &Path,
) -> Result<String, Diagnostic> {
    let from = run::estate::place(context.host, file, &file.estate.store.node)?;
    let path = context.dir.join(to);
    let StorePlace::Sqlite(to) = run::estate::place_of_file(context.host, file, &path)? else {
        panic!("BUG: a file is a SQLite store");
    };
    let store = run::estate::open_store(context.host, file)?;
    let event = Event::new(now_ms(), run::who::of(context.host), "store-backup");
    let recorded = store.record(&event.saying(format!("to {}", path.display())));
    recorded.map_err(|error| run::failure::port("", &error))?;
    drop(store);
    let carried = store::backup(from, &to, &world()).map_err(|e| failed(&e))?;
    let next = "It opens with the estate's master key only: keep that, too, and apart.\n";
    Ok(told(context, "Wrote", &carried, &format!("to {}", path.display()), next))
}

/// Puts a backup into the store that strata.hcl names, which has nothing yet.
pub(super) fn restore(
    context: &Context<'_>,
    file: &EstateFile,
    from: &Path,
) -> Result<String, Diagnostic> {
    let path = context.dir.join(from);
    if !context.host.files.exists(&path) {
        return Err(Diagnostic::error("backup-missing", "There is no such backup")
            .detail(format!("{} is not there. Nothing was restored.", path.display()))
            .remedy("Name a file that `strata store backup` wrote."));
    }
    let StorePlace::Sqlite(from) = run::estate::place_of_file(context.host, file, &path)? else {
        panic!("BUG: a file is a SQLite store");
    };
    let to = run::estate::place_to_make(context.host, file, &file.estate.store.node)?;
    let carried = store::restore(&from, to, &world()).map_err(|e| failed(&e))?;
    let restored = run::estate::open_store(context.host, file)?;
    let event = Event::new(now_ms(), run::who::of(context.host), "store-restore");
    restored
        .record(&event.saying(format!("from {}", path.display())))
        .map_err(|error| run::failure::port("", &error))?;
    let next =
        "What happened since the backup is not in it: plan, and compare with what there is.\n";
    Ok(told(context, "Restored", &carried, &format!("from {}", path.display()), next))
}

fn world() -> Arc<dyn World> {
    Arc::new(SystemWorld::new())
}

fn url(text: &str) -> Result<StoreUrl, Diagnostic> {
    let url = StoreUrl::parse(text).ok_or_else(|| {
        Diagnostic::error("store-url", "This is no address of a store")
            .detail("It begins with neither `sqlite:` nor `postgres:`.")
            .remedy(
                "Write it as `store` in strata.hcl: sqlite:PATH or postgres://USER@HOST/DATABASE.",
            )
    })?;
    if url.has_password() {
        return Err(Diagnostic::error("store-password", "A password stands in a store's address")
            .detail("Other users of this machine can see it, and it stays in the shell's history.")
            .remedy("Take it out, and give it in PGPASSWORD or in a password file (PGPASSFILE)."));
    }
    Ok(url)
}

fn failed(error: &TransferError) -> Diagnostic {
    match error {
        TransferError::Chain(error) => broken_chain(error),
        other => run::failure::transfer(other),
    }
}

fn told(context: &Context<'_>, done: &str, carried: &Carried, place: &str, next: &str) -> String {
    let Carried { stacks, objects, plans, events, journals } = carried;
    match context.format {
        Format::Json => format!(
            "{:#}\n",
            json!({
                "format_version": "1.0", "stacks": stacks, "objects": objects, "plans": plans,
                "events": events, "runs_under_way": journals,
            })
        ),
        Format::Text => {
            let under_way = match journals {
                0 => String::new(),
                count => format!(", {count} of them with a run under way"),
            };
            format!(
                "{done} {stacks} stacks{under_way}, {objects} objects, {plans} plans and {events} events {place}.\n{next}"
            )
        }
    }
}
