//! `strata store`: the estate's store, made, shown, moved, backed up and restored.

mod adopt;
mod show;
mod transfer;

use diag::{Diagnostic, Diags, SourceMap};
use run::estate::EstateFile;
use serde_json::json;

use super::Context;
use crate::args::StoreCommand;
use crate::exit::Exit;
use crate::report::Format;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, command: &StoreCommand) -> Exit {
    if let StoreCommand::Adopt { selection } = command {
        return adopt::run(context, selection);
    }
    let mut sources = SourceMap::new();
    let mut diags = Diags::new();
    let done = estate(context, &mut sources, &mut diags).map(|file| match command {
        StoreCommand::Adopt { .. } => panic!("BUG: it has a session of its own"),
        StoreCommand::Create => create(context, &file),
        StoreCommand::Show => show::show(context, &file),
        StoreCommand::Copy { from, to } => transfer::copy(context, &file, from, to),
        StoreCommand::Backup { file: to } => transfer::backup(context, &file, to),
        StoreCommand::Restore { file: from } => transfer::restore(context, &file, from),
    });
    match done {
        Some(Ok(text)) => context.out(&text),
        Some(Err(diagnostic)) => diags.push(diagnostic),
        None => {}
    }
    context.report_in(&diags, &sources);
    if diags.has_errors() { Exit::Failed } else { Exit::Done }
}

fn estate(context: &Context<'_>, sources: &mut SourceMap, diags: &mut Diags) -> Option<EstateFile> {
    if !context.is_estate() {
        diags.push(no_estate(context));
        return None;
    }
    run::estate::read(context.host, &context.dir, sources, diags)
}

/// What is said in a folder without an estate file.
pub(crate) fn no_estate(context: &Context<'_>) -> Diagnostic {
    Diagnostic::error("no-estate", "This folder is no estate")
        .detail(format!("{} holds no strata.hcl.", context.dir.display()))
        .remedy("Go to the estate's folder, or name it with -chdir=DIR.")
}

/// Makes the store, and the estate's id where it has none.
fn create(context: &Context<'_>, file: &EstateFile) -> Result<String, Diagnostic> {
    let mut file = file.clone();
    let id = run::estate::identify(context.host, &mut file)?;
    run::estate::create_store(context.host, &file)?;
    Ok(match context.format {
        Format::Json => format!("{}\n", json!({ "created": true, "estate": id })),
        Format::Text => {
            format!("The store of estate `{}` (id {id}) is made.\n", file.estate.name.node)
        }
    })
}
