//! A rehearsal: an estate in a simulated cloud, with a store of its own.
//!
//! From here on a command does what it always does; only who answers, what time it is and where chance comes from differ.
//! Invariant: a session is a rehearsal's from before its estate is opened, or never; then it touches nothing but
//! `.strata/rehearsal.db` and the key beside it.

mod approve;
mod chance;
mod cloud;
mod end;
mod installed;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use ::estate::StackIdx;
use addr::ResourceInstance;
use diag::Diagnostic;
use run::estate::{EnvironmentPlan, EstateFile, REHEARSAL_STORE};
use store::{EstateStore, OpenError, SqliteStore, StoreKind};

pub(crate) use approve::{Given, approve};
pub(crate) use chance::now_ms;
pub(crate) use end::not_reached;

use crate::args::{CloudArgs, RehearsalArgs};
use crate::session::Session;

/// What a rehearsal works on.
pub(crate) struct Rehearsing {
    /// What answers in the place of providers.
    pub(crate) cloud: Arc<sim::Rehearsal>,
    /// Its store.
    pub(crate) store: Arc<dyn EstateStore>,
    /// Edits that are tried: a file for the folder of a stack, written nowhere.
    pub(crate) edits: BTreeMap<StackIdx, (Arc<str>, Arc<str>)>,
    /// The objects that were planned, each with its stack.
    met: Vec<(Arc<str>, ResourceInstance)>,
    /// At which op the program is to end.
    pub(crate) kill_at: Option<String>,
    /// As which groups it approves; as any where empty.
    approve_as: Vec<String>,
    /// Objects of which it approves that their data is lost.
    pub(crate) approve_data: Vec<String>,
}

/// What to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// With nothing, whatever was rehearsed before.
    Anew,
    /// With what an earlier rehearsal left.
    GoOn,
}

/// Makes the session a rehearsal's where the options ask for it; errors are in the session.
pub(crate) fn begin_where_asked(session: &mut Session<'_>, args: &RehearsalArgs) -> Option<()> {
    if args.rehearse {
        return begin(session, &args.cloud, Beginning::GoOn);
    }
    let Some(option) = args.cloud.given() else { return Some(()) };
    session.diags.push(
        Diagnostic::error("rehearsal-option", format!("{option} is an option of rehearsals"))
            .detail(
                "It says how a simulated cloud behaves; this command would work on real objects.",
            )
            .remedy("Add --rehearse, or leave the option out."),
    );
    None
}

/// Makes the session a rehearsal's; errors are in the session.
pub(crate) fn begin(
    session: &mut Session<'_>,
    args: &CloudArgs,
    beginning: Beginning,
) -> Option<()> {
    let file = file(session)?;
    let store = store(session, &file, beginning);
    let store = session.heed(store)?;
    begin_upon(session, args, &file, store)?;
    if beginning == Beginning::GoOn {
        let drifted = session.rehearsal.as_ref()?.cloud.drift();
        drifted.map_err(|said| session.diags.extend(said)).ok()?;
    }
    Some(())
}

/// The estate's file, as rehearsals read it; errors are in the session.
pub(crate) fn file(session: &mut Session<'_>) -> Option<EstateFile> {
    let context = session.context;
    if !context.is_estate() {
        session.diags.push(no_estate(&context.dir));
        return None;
    }
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    Some(run::estate::read(context.host, &context.dir, sources, diags)?.rehearsed())
}

/// Makes the session that of a rehearsal with this store; errors are in the session.
pub(crate) fn begin_upon(
    session: &mut Session<'_>,
    args: &CloudArgs,
    file: &EstateFile,
    store: Arc<dyn EstateStore>,
) -> Option<()> {
    let known = known_groups(file, &args.approve_as);
    session.heed(known)?;
    let plans = store.plans().map_err(|error| run::failure::port("", &error));
    // Plans of one store have ids of their own.
    let salt = session.heed(plans)?.len() as u64;
    let simulated = cloud::make(session, args, file, store.clone())?;
    let ended = end::at(simulated.clone(), args.kill_at.as_deref());
    session.shared.cloud = Some(session.heed(ended)?);
    session.shared.now = chance::now_s;
    draw_from(session, args.seed, salt);
    session.rehearsal = Some(Rehearsing {
        store,
        cloud: simulated,
        edits: BTreeMap::new(),
        met: Vec::new(),
        kill_at: args.kill_at.clone(),
        approve_as: args.approve_as.clone(),
        approve_data: args.approve_data.clone(),
    });
    Some(())
}

/// Draws chance from a seed from now on; `salt` tells draws of one seed apart.
pub(crate) fn draw_from(session: &mut Session<'_>, seed: u64, salt: u64) {
    session.shared.random = chance::random(seed, salt);
}

/// Looks at the cloud anew: another process has changed it. Errors are in the session.
pub(crate) fn look_again(session: &mut Session<'_>) -> Option<()> {
    let looked = session.rehearsal.as_ref()?.cloud.look_again();
    looked.map_err(|said| session.diags.extend(said)).ok()
}

/// Notes which objects were planned: faults are of these or of none.
pub(crate) fn meet(session: &mut Session<'_>, planned: &EnvironmentPlan) {
    let Some(rehearsal) = &mut session.rehearsal else { return };
    for stack in &planned.stacks {
        let name: Arc<str> = stack.address.to_string().into();
        let changes = stack.plan.changes.iter();
        rehearsal.met.extend(changes.map(|change| (name.clone(), change.address.clone())));
    }
}

/// Refuses faults that name none of the objects that were planned; errors are in the session.
pub(crate) fn faults_name_something(session: &mut Session<'_>) -> Option<()> {
    let Some(rehearsal) = &session.rehearsal else { return Some(()) };
    let unmatched = rehearsal.cloud.unmatched(&rehearsal.met);
    let fine = !unmatched.has_errors();
    session.diags.extend(unmatched);
    fine.then_some(())
}

fn no_estate(dir: &Path) -> Diagnostic {
    Diagnostic::error("rehearse-estate", "Only an estate can be rehearsed")
        .detail(format!("{} has no strata.hcl.", dir.display()))
        .remedy("Name the folder of an estate, or make one: strata new NAME --cloud aws.")
}

fn known_groups(file: &EstateFile, groups: &[String]) -> Result<(), Diagnostic> {
    let known: Vec<&str> = file.estate.groups.iter().map(|group| &*group.name.node).collect();
    match groups.iter().find(|group| !known.contains(&group.as_str())) {
        None => Ok(()),
        Some(group) => {
            Err(Diagnostic::error("group-unknown", format!("No group is called `{group}`"))
                .detail(match known.is_empty() {
                    true => "--approve-as names it; the estate has no groups.".to_owned(),
                    false => {
                        format!("--approve-as names it; the estate has: {}.", known.join(", "))
                    }
                })
                .remedy("Name one of the estate's groups, or leave --approve-as out."))
        }
    }
}

/// The rehearsal's store: what is there, or a new one.
fn store(
    session: &Session<'_>,
    file: &EstateFile,
    beginning: Beginning,
) -> Result<Arc<dyn EstateStore>, Diagnostic> {
    let host = session.context.host;
    let path = file.dir.join(REHEARSAL_STORE);
    if host.files.exists(&path) {
        // Whatever became of its key: what is another's is not taken away.
        if matches!(SqliteStore::kind_of(&path), Ok(StoreKind::Real)) {
            let found = StoreKind::Real;
            return Err(run::failure::open(&OpenError::OtherKind { path, found }));
        }
        match beginning {
            Beginning::GoOn => return run::estate::open_store(host, file),
            Beginning::Anew => remove(&path)?,
        }
    }
    run::estate::create_store(host, file)
}

/// Takes a store's files away.
fn remove(path: &Path) -> Result<(), Diagnostic> {
    for end in ["", "-wal", "-shm"] {
        let file = format!("{}{end}", path.display());
        match std::fs::remove_file(&file) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(Diagnostic::error(
                    "rehearsal-store",
                    "The last rehearsal's store cannot be taken away",
                )
                .detail(format!("{file}: {error}."))
                .remedy("Make its folder writable, or remove the file."));
            }
        }
    }
    Ok(())
}
