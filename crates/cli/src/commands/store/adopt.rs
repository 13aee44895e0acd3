//! `strata store adopt`: states taken into the store from where they are.
//!
//! Invariant: all states are read before the first is written; a state that the store has is never replaced; the places
//! that they came from are only read.

use addr::StackAddr;
use diag::Diagnostic;
use run::adopted::StateReader;
use run::estate::EstateFile;
use serde_json::json;
use state::{State, v4};
use store::Loaded;

use super::super::{Context, estate};
use super::no_estate;
use crate::args::{SelectionArgs, WrittenState};
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};
use crate::which::{self, Changed};

/// What came of one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    /// It is in the store now.
    Taken,
    /// It was there already.
    Already,
}

/// Runs the command.
pub(super) fn run(context: &Context<'_>, selection: &SelectionArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(all) = taken(&mut session, selection).await {
            session.context.out(&told(session.context, &all));
        }
        session.end(Exit::Done)
    })
}

async fn taken(
    session: &mut Session<'_>,
    selection: &SelectionArgs,
) -> Option<Vec<(StackAddr, usize, Came)>> {
    let context = session.context;
    if !context.is_estate() {
        return session.heed(Err(no_estate(context)));
    }
    let file = estate::read_file(session)?;
    let wanted = wanted(session, &file, selection)?;
    let store = estate::open_store(session, &file);
    session.heed(store)?; // before anything is read
    let reader = StateReader::new(context.host, &file.dir, &run::estate::store_variables(&file));
    let mut read: Vec<(StackAddr, State)> = Vec::new();
    for address in wanted {
        let place = &file.estate.adopted[&address];
        let state = reader.read(&file, &address, place);
        if let Some(state) = session.heed(state) {
            read.push((address, state));
        }
    }
    if session.failed() {
        return None;
    }
    let mut all = Vec::new();
    for (address, state) in read {
        let objects = state.object_count();
        let came = take(session, &file, &address, state).await?;
        all.push((address, objects, came));
    }
    Some(all)
}

/// The instances that are chosen among those whose states are elsewhere.
fn wanted(
    session: &mut Session<'_>,
    file: &EstateFile,
    selection: &SelectionArgs,
) -> Option<Vec<StackAddr>> {
    let patterns = estate::patterns(session, &selection.addresses)?;
    let environments =
        estate::environments(session, file, &patterns, selection.choice.env.as_deref())?;
    let names: Vec<&str> = environments.iter().map(|one| &*file.estate[*one].name.node).collect();
    let is_wanted = |address: &&StackAddr| {
        names.contains(&&*address.environment)
            && (patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(address)))
    };
    let wanted: Vec<StackAddr> = file.estate.adopted.keys().filter(is_wanted).cloned().collect();
    if wanted.is_empty() {
        session.diags.push(
            Diagnostic::error("adopted-none", "No state is to be taken in")
                .detail("`adopted` of strata.hcl names none for the stacks that were chosen.")
                .remedy("Name others, or write into `adopted` where their states are.")
                .at(file.estate.place()),
        );
        return None;
    }
    Some(wanted)
}

async fn take(
    session: &mut Session<'_>,
    file: &EstateFile,
    address: &StackAddr,
    state: State,
) -> Option<Came> {
    let place = which::stack_of(session, file, &address.to_string())?;
    let mut came = Came::Taken;
    let from = file.estate.adopted[address].node.to_string();
    let change = |loaded: &Loaded| {
        if loaded.state.lineage.is_empty() {
            let detail = format!("from {from}, lineage {}, serial {}", state.lineage, state.serial);
            return Ok(Some(Changed { state, detail }));
        }
        came = Came::Already;
        let is_newer =
            loaded.state.serial >= state.serial || v4::same_content(&loaded.state, &state);
        if loaded.state.lineage == state.lineage && is_newer {
            return Ok(None);
        }
        Err(taken_otherwise(address, &from))
    };
    let written = WrittenState { lock_timeout: "0s".to_owned(), ..WrittenState::default() };
    place.change(session, &written, "state-adopt", change).await?;
    Some(came)
}

fn taken_otherwise(address: &StackAddr, from: &str) -> Diagnostic {
    Diagnostic::error("adopted-otherwise", format!("The store has another state of {address}"))
        .detail(format!("What is in {from} has another lineage, or went on since it was taken in. It was not taken."))
        .remedy("Find out which of the two is right; `strata state push -force` puts one in place of the other.")
        .about(address.to_string())
}

fn told(context: &Context<'_>, all: &[(StackAddr, usize, Came)]) -> String {
    let taken = all.iter().filter(|(_, _, came)| *came == Came::Taken).count();
    if context.format == Format::Json {
        let stacks: Vec<_> = all
            .iter()
            .map(|(address, objects, came)| {
                json!({ "address": address.to_string(), "objects": objects, "taken": *came == Came::Taken })
            })
            .collect();
        return format!("{:#}\n", json!({ "format_version": "1.0", "stacks": stacks }));
    }
    let mut text = String::new();
    for (address, objects, came) in all {
        let came = match came {
            Came::Taken => "taken",
            Came::Already => "there already",
        };
        text.push_str(&format!("  {address}  {objects} objects  {came}\n"));
    }
    text.push_str(&format!(
        "\n{taken} of {} states were taken into the store. The places that they came from are as they were: let nobody apply there any more.\nNext: strata plan -env=ENV; the block `adopted` of strata.hcl may go.\n",
        all.len()
    ));
    text
}
