//! `strata show` of a plain root module.

use std::sync::Arc;

use diag::Diagnostic;
use plan::format::v1::is_plan_file;
use plan::{Plan, Schemas};
use render::{Page, PageStack, Showing, Wires};
use state::{State, v4};
use store::Loaded;

use super::{plan_document, secrets, state};
use crate::args::ShowArgs;
use crate::commands::apply::read_plan;
use crate::commands::plan::no_markdown;
use crate::ready::ready;
use crate::report::Format;
use crate::session::Session;
use crate::which::{self, Backup};

/// What was asked for, as text.
pub(super) async fn shown(session: &mut Session<'_>, args: &ShowArgs) -> Option<String> {
    if args.markdown {
        return session.heed(Err(no_markdown()));
    }
    match args.what.as_slice() {
        [] => {
            let place = which::root(session, None, Backup::Beside)?;
            let loaded = place.peek(session)?;
            own_state(session, loaded, args).await
        }
        [file] => {
            let path = session.context.dir.join(file);
            let bytes = session.context.host.files.read(&path).map_err(|error| {
                Diagnostic::error("show-unreadable", format!("{file} cannot be read"))
                    .detail(format!("{error}."))
                    .remedy("Name a plan file or a state file.")
            });
            let bytes = session.heed(bytes)?;
            if is_plan_file(&bytes) {
                return plan_file(session, file, args).await;
            }
            let state = v4::read(&bytes).map_err(|error| {
                Diagnostic::error(
                    "show-unreadable",
                    format!("{file} is neither a plan nor a state"),
                )
                .detail(format!("{error}."))
                .remedy("Name a file that `plan -out` wrote, or a version 4 state.")
            });
            let state = session.heed(state)?;
            let loaded = loaded_of(state);
            own_state(session, loaded, args).await
        }
        _ => session.heed(Err(Diagnostic::error("show-what", "More than one thing to show")
            .detail("In a root module, show takes one plan file or state file.")
            .remedy("Name one, or none for the current state."))),
    }
}

/// A state that stands alone.
fn loaded_of(state: State) -> Loaded {
    Loaded {
        state,
        digest: state::Digest::default(),
        in_doubt: Vec::new(),
        stale: Default::default(),
        recovered: None,
    }
}

async fn own_state(session: &mut Session<'_>, loaded: Loaded, args: &ShowArgs) -> Option<String> {
    // Without objects no schema is needed, nor a configuration that names providers.
    let schemas = match loaded.state.object_count() {
        0 => Arc::default(),
        _ => schemas(session, &loaded).await?,
    };
    state(session, &loaded.state, &schemas, secrets(args))
}

async fn schemas(session: &mut Session<'_>, loaded: &Loaded) -> Option<Arc<Schemas>> {
    let place = which::root(session, None, Backup::Beside)?;
    ready(session, &place, loaded, &[]).await.map(|ready| ready.stack.schemas)
}

async fn plan_file(session: &mut Session<'_>, file: &str, args: &ShowArgs) -> Option<String> {
    let plan: Plan = session.heed(read_plan(session.context, file))?;
    let context = session.context;
    if context.format == Format::Json {
        let prior = State::clone(&plan.prior);
        let place = which::root(session, None, Backup::Beside)?;
        let ready = ready(session, &place, &loaded_of(prior), &[]).await?;
        let document = plan_document(&plan, &ready.stack.schemas, Some(&ready.stack.loaded));
        return Some(document + "\n");
    }
    let stack = PageStack { address: String::new(), plan: &plan, unknown_inputs: 0 };
    let next = Some(format!("strata apply {file}"));
    let page = Page { title: "plan".to_owned(), stacks: vec![stack], plan_id: None, next };
    let wires = Wires::default();
    let how = Showing { wires: &wires, secrets: secrets(args), paint: context.paint };
    let changes = render::changes(&plan, how);
    Some(format!("{changes}{}", render::page(&page, context.paint)))
}
