//! Which state a command is about: a root module's own, or that of one stack instance of the estate.
//!
//! Opening, locking and recording are the same for every command that touches a state; what it does with the state is
//! its own.
//! Invariant: a state is changed only under its lease, and in an estate each change leaves an event.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use addr::{StackAddr, Target};
use diag::Diagnostic;
use lang::config::BackendRule;
use run::estate::EstateFile;
use run::lease::Held;
use state::State;
use store::{EstateStore, Event, Loaded, StackKey, Store};

use crate::args::{WhichState, WrittenState};
use crate::commands::estate;
use crate::rehearsal;
use crate::session::{Session, now_ms, now_s};
use crate::settings;

/// Where a state is.
pub(crate) struct Place {
    /// Its store.
    pub(crate) store: Arc<dyn Store>,
    /// How the store names it.
    pub(crate) key: StackKey,
    /// `ENV/STACK`; empty in a root module.
    pub(crate) label: String,
    /// The estate's store, where it is one of an estate.
    pub(crate) estate: Option<Arc<dyn EstateStore>>,
}

impl Session<'_> {
    /// What there is, or nothing after a diagnostic.
    pub(crate) fn heed<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|diagnostic| self.diags.push(diagnostic)).ok()
    }
}

/// Where a root module's state goes before it is changed. An estate's store keeps no copies of states: a backup is one
/// of the whole store, or what `state pull` printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backup {
    /// Beside it, with `.backup`.
    Beside,
    /// Beside it, with the time and `.backup`, as `tofu` keeps what `state mv` and `state rm` change.
    Dated,
}

/// What a command makes of a state.
pub(crate) struct Changed {
    /// The state that takes its place.
    pub(crate) state: State,
    /// One line about it, for the table of events.
    pub(crate) detail: String,
}

/// Opens the state that options and addresses name, and tells the addresses without their stack; errors are in the
/// session.
pub(crate) fn open(
    session: &mut Session<'_>,
    which: &WhichState,
    addresses: &[&str],
    backup: Backup,
) -> Option<(Place, Vec<String>)> {
    rehearsal::begin_where_asked(session, &which.rehearsal)?;
    let opened = if session.context.is_estate() {
        let (stack, plain) = session.heed(in_estate(which, addresses))?;
        let file = estate::read_file(session)?;
        stack_of(session, &file, &stack).map(|place| (place, plain))
    } else {
        session.heed(refuse_stack(which))?;
        let plain = addresses.iter().map(|&text| text.to_owned()).collect();
        root(session, which.state.as_deref(), backup).map(|place| (place, plain))
    };
    opened.filter(|_| !session.failed())
}

/// The state of a stack instance, which the file or the store must know; errors are in the session.
pub(crate) fn stack_of(session: &mut Session<'_>, file: &EstateFile, text: &str) -> Option<Place> {
    let address = session.heed(stack_address(text))?;
    let store = estate::open_store(session, file);
    let store = session.heed(store)?;
    let key = StackKey::from(&address);
    let known = all_stacks(session, file, &*store)?;
    if !known.contains(&key) {
        let known: Vec<&str> = known.iter().map(StackKey::as_str).collect();
        session.diags.push(
            Diagnostic::error("stack-unknown", format!("No stack has the address `{text}`"))
                .detail(format!("The estate has: {}.", known.join(", ")))
                .remedy("Name one of these."),
        );
        return None;
    }
    Some(Place { store: store.clone(), key, label: address.to_string(), estate: Some(store) })
}

/// Every stack instance that the file names or the store knows, by address.
pub(crate) fn all_stacks(
    session: &mut Session<'_>,
    file: &EstateFile,
    store: &dyn EstateStore,
) -> Option<BTreeSet<StackKey>> {
    let stored = store.stacks().map_err(|error| run::failure::port("", &error));
    let stored = session.heed(stored)?;
    let all = estate::environments(session, file, &[], None)?;
    let graphs = estate::graphs(session, file, &all)?;
    let named = graphs.iter().flat_map(|graph| &graph.order).map(|one| StackKey::from(&one.addr));
    Some(named.chain(stored).collect())
}

fn stack_address(text: &str) -> Result<StackAddr, Diagnostic> {
    text.parse().map_err(|error: addr::StackAddrError| {
        Diagnostic::error("bad-address", format!("`{text}` is no stack's address"))
            .detail(format!("{error}."))
            .remedy("Write ENV/STACK, or ENV/STACK:KEY.")
    })
}

/// The stack that an option or addresses name, and the addresses without it.
fn in_estate(which: &WhichState, addresses: &[&str]) -> Result<(String, Vec<String>), Diagnostic> {
    if which.state.is_some() {
        return Err(Diagnostic::error("options-state", "-state in an estate")
            .detail("States of an estate are in its store, not in files.")
            .remedy("Name the stack with -stack ENV/STACK."));
    }
    let mut stack = which.stack.clone();
    let mut plain = Vec::with_capacity(addresses.len());
    for text in addresses {
        let (own, rest) = split(text);
        if let (Some(own), Some(other)) = (own, &stack)
            && own != other
        {
            return Err(Diagnostic::error("stacks-differ", "More than one stack")
                .detail(format!("`{other}` and `{own}` are named; a command is about one state."))
                .remedy("Run it once for each."));
        }
        stack = stack.or_else(|| own.map(str::to_owned));
        plain.push(rest.to_owned());
    }
    let stack = stack.ok_or_else(|| {
        Diagnostic::error("stack-needed", "Which stack?")
            .detail("In an estate each stack instance has a state of its own.")
            .remedy("Name it with -stack ENV/STACK, or write addresses as ENV/STACK//ADDRESS.")
    })?;
    Ok((stack, plain))
}

/// `ENV/STACK//ADDRESS` in its two parts; an address alone has no first one.
fn split(text: &str) -> (Option<&str>, &str) {
    match text.split_once("//") {
        Some((stack, rest)) if stack.parse::<StackAddr>().is_ok() => (Some(stack), rest),
        _ => (None, text),
    }
}

fn refuse_stack(which: &WhichState) -> Result<(), Diagnostic> {
    match &which.stack {
        None => Ok(()),
        Some(stack) => Err(Diagnostic::error("no-estate", "This folder is no estate")
            .detail(format!("There is no strata.hcl here that could name `{stack}`."))
            .remedy("Leave -stack out, or go to the estate's folder.")),
    }
}

/// The state of the root module in the command's folder.
pub(crate) fn root(
    session: &mut Session<'_>,
    state: Option<&str>,
    backup: Backup,
) -> Option<Place> {
    let context = session.context;
    let path = match state {
        Some(state) => context.dir.join(state),
        None => default_path(session)?,
    };
    let kept = match backup {
        Backup::Beside => PathBuf::from(format!("{}.backup", path.display())),
        Backup::Dated => PathBuf::from(format!("{}.{}.backup", path.display(), now_s())),
    };
    let store = Arc::new(run::root::file_store_with(context.host, path, kept));
    Some(Place { store, key: StackKey::root(), label: String::new(), estate: None })
}

/// Where the root module has its state; a folder without a configuration, where OpenTofu would.
fn default_path(session: &mut Session<'_>) -> Option<PathBuf> {
    let (host, dir) = (session.context.host, &session.context.dir);
    if !run::load::has_configuration(host, dir) {
        return Some(dir.join(run::root::STATE_DEFAULT));
    }
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let given = run::variables::collect(host, dir, &[], sources, diags).for_sources();
    let loaded = run::load::load(host, dir, BackendRule::Honoured, given, sources, diags)?;
    Some(run::root::state_path(dir, &loaded.config))
}

impl Place {
    /// The state as it is stored, without a lease. What is in doubt is told.
    pub(crate) fn peek(&self, session: &mut Session<'_>) -> Option<Loaded> {
        let loaded = self.peek_quietly(session)?;
        if !loaded.in_doubt.is_empty() {
            session.diags.push(self.doubts(&loaded));
        }
        Some(loaded)
    }

    /// The same, where the command itself is about what is in doubt.
    pub(crate) fn peek_quietly(&self, session: &mut Session<'_>) -> Option<Loaded> {
        let loaded = self.store.peek(&self.key);
        session.heed(loaded.map_err(|error| run::failure::load(&self.label, &error)))
    }

    fn doubts(&self, loaded: &Loaded) -> Diagnostic {
        let option = self.option();
        let summary = match loaded.in_doubt.len() {
            1 => "1 object is in doubt".to_owned(),
            many => format!("{many} objects are in doubt"),
        };
        let diagnostic = Diagnostic::warning("in-doubt", summary)
            .detail("A run ended while they were being changed; what is stored of them may not be what there is.")
            .remedy(format!("List them with: strata state resolve{option}"));
        if self.label.is_empty() { diagnostic } else { diagnostic.about(self.label.clone()) }
    }

    /// ` -stack ENV/STACK` where there is a stack to be named.
    pub(crate) fn option(&self) -> String {
        if self.label.is_empty() { String::new() } else { format!(" -stack {}", self.label) }
    }

    /// Takes the lease; the session has the error where somebody else holds it.
    pub(crate) async fn hold(
        &self,
        session: &mut Session<'_>,
        written: &WrittenState,
        operation: &str,
    ) -> Option<Held> {
        let patience = settings::patience(&written.lock_timeout, &mut session.diags);
        if session.failed() {
            return None;
        }
        let request = run::lease::request(session.context.host, operation);
        let held = Held::take(self.store.clone(), &self.key, request, patience).await;
        session.heed(held)
    }

    /// Changes the state under its lease and records who did what. Where `change` fails nothing is written; where it
    /// gives `None` there is nothing to write.
    pub(crate) async fn change(
        &self,
        session: &mut Session<'_>,
        written: &WrittenState,
        operation: &'static str,
        change: impl FnOnce(&Loaded) -> Result<Option<Changed>, Diagnostic>,
    ) -> Option<()> {
        let held = self.hold(session, written, operation).await?;
        let done = self.change_held(session, &held, operation, change);
        held.release().await;
        session.heed(done)
    }

    fn change_held(
        &self,
        session: &Session<'_>,
        held: &Held,
        operation: &'static str,
        change: impl FnOnce(&Loaded) -> Result<Option<Changed>, Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let loaded = self.store.load(held.lease());
        let loaded = loaded.map_err(|error| run::failure::load(&self.label, &error))?;
        let Some(changed) = change(&loaded)? else { return Ok(()) };
        let before = loaded.state.serial;
        let after = self.store.replace(held.lease(), before, changed.state);
        let after = after.map_err(|error| run::failure::write(&self.label, &error))?;
        self.record(session, operation, Some((before, after.state.serial)), changed.detail)
    }

    /// Appends to the estate's table of events; a root module has none.
    pub(crate) fn record(
        &self,
        session: &Session<'_>,
        what: &'static str,
        serials: Option<(u64, u64)>,
        detail: String,
    ) -> Result<(), Diagnostic> {
        let Some(store) = &self.estate else { return Ok(()) };
        let event = Event::new(now_ms(), run::who::of(session.context.host), what);
        let event = Event { serials, ..event.of_stack(self.label.as_str()).saying(detail) };
        let recorded = store.record(&event);
        recorded.map(drop).map_err(|error| run::failure::port(&self.label, &error))
    }
}

/// Addresses of modules, resources or instances; errors are in the session.
pub(crate) fn targets(session: &mut Session<'_>, texts: &[String]) -> Option<Vec<Target>> {
    let parsed: Vec<Option<Target>> = texts.iter().map(|text| session.heed(target(text))).collect();
    parsed.into_iter().collect()
}

/// The address of a module, a resource or an instance.
pub(crate) fn target(text: &str) -> Result<Target, Diagnostic> {
    text.parse().map_err(|error: addr::AddrError| bad_address(text, &error.to_string()))
}

/// What is said of a text that is no address.
pub(crate) fn bad_address(text: &str, why: &str) -> Diagnostic {
    Diagnostic::error("bad-address", format!("`{text}` is no address"))
        .detail(format!("{why}."))
        .remedy("Write it as `state list` does: module.NAME[KEY].TYPE.NAME[KEY].")
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_stack_is_told_from_a_key_with_slashes() {
        let check = |text: &str, expect: (Option<&str>, &str)| assert_eq!(split(text), expect);
        check("dev/net//a.b[\"x//y\"]", (Some("dev/net"), "a.b[\"x//y\"]"));
        check("dev/net:eu//a.b", (Some("dev/net:eu"), "a.b"));
        check("a.b[\"x//y\"]", (None, "a.b[\"x//y\"]"));
        check("a.b", (None, "a.b"));
    }
}
