//! Orphans that are to be destroyed: made ready from what the store keeps of their last apply.
//!
//! Invariant: an orphan is taken in only where it is named, and planned only to be destroyed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use addr::StackAddr;
use diag::{Diagnostic, Diags, SourceMap};
use estate::EnvironmentIdx;
use host::Host;
use lang::config::{BackendRule, FileText};
use lang::graph::StaticGraph;
use store::{EstateStore, StackKey};

use super::check::Checked;
use super::modules::Module;
use super::open::EstateFile;
use super::snapshot::{self, Snapshot};
use super::standing::Standing;
use crate::load;

/// What orphans are taken into.
pub struct Into<'a> {
    /// The estate file, which gets their stacks.
    pub file: &'a mut EstateFile,
    /// The estate's modules and graphs, which get theirs.
    pub checked: &'a mut Checked,
    /// What the store holds, which gets their inputs.
    pub standing: &'a mut Standing,
    /// The environment that they are of.
    pub environment: EnvironmentIdx,
}

/// Takes those of the named stacks in that are orphans; what is wrong is reported. Others are passed over.
pub fn adopt(
    host: &Host,
    store: &dyn EstateStore,
    named: &[StackAddr],
    into: Into<'_>,
    sources: &mut SourceMap,
    diags: &mut Diags,
) {
    let mut kept = BTreeMap::new();
    for orphan in named.iter().filter(|one| into.standing.settled.orphans.contains(*one)) {
        match snapshot::read(store, &StackKey::from(orphan)) {
            Ok(Some(snapshot)) => drop(kept.insert(orphan.clone(), snapshot)),
            Ok(None) => diags.push(nothing_kept(orphan)),
            Err(diagnostic) => diags.push(diagnostic),
        }
    }
    for orphan in in_order(&kept) {
        let Snapshot { head, variables, .. } = &kept[&orphan];
        let Some(module) = module(&orphan, &kept[&orphan], sources, diags) else { continue };
        let source = source(host, into.file, head);
        let stack = into.file.estate.adopt(&orphan.stack, &source, &head.layer);
        let graph = into.checked.graphs.get_mut(&into.environment);
        let graph = graph.expect("BUG: the environment has a graph");
        let reads: Vec<StackAddr> = head.reads.iter().map(|(from, _)| from.clone()).collect();
        graph.adopt(orphan.clone(), stack, &reads, head.host.as_ref());
        into.checked.modules.adopt(orphan.clone(), module);
        into.standing.adopt(orphan, variables.clone());
    }
}

/// Orphans, each after those that it stands on.
fn in_order(kept: &BTreeMap<StackAddr, Snapshot>) -> Vec<StackAddr> {
    let mut order: Vec<StackAddr> = Vec::new();
    while order.len() < kept.len() {
        let ready = |(orphan, snapshot): &(&StackAddr, &Snapshot)| {
            let below = snapshot.head.reads.iter().map(|(from, _)| from);
            let mut below = below.chain(&snapshot.head.host);
            !order.contains(orphan)
                && below.all(|below| !kept.contains_key(below) || order.contains(below))
        };
        // Those that stood on one another in a circle, at different times, go in the order of their names.
        let any = || kept.keys().find(|orphan| !order.contains(orphan));
        let next = kept.iter().find(ready).map(|(orphan, _)| orphan).or_else(any);
        order.push(next.expect("BUG: one is left").clone());
    }
    order
}

/// The folder of an orphan's root module; the estate's own where that is gone too.
fn source(host: &Host, file: &EstateFile, head: &snapshot::Head) -> Arc<str> {
    if host.files.exists(&file.dir.join(&*head.source)) { head.source.clone() } else { ".".into() }
}

/// The root module of an orphan, from the files that were kept.
fn module(
    orphan: &StackAddr,
    snapshot: &Snapshot,
    sources: &mut SourceMap,
    diags: &mut Diags,
) -> Option<Module> {
    let mut folders: HashMap<String, Vec<FileText>> = HashMap::new();
    for (path, text) in &snapshot.files {
        let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
        folders.entry(folder.to_owned()).or_default().push((name.to_owned(), text.clone()));
    }
    let mut texts =
        |folder: &str| folders.get(folder).cloned().ok_or_else(|| format!("{folder} was not kept"));
    sources.set_prefix(format!("{orphan} as last applied: "));
    let mut own = Diags::new();
    let rule = BackendRule::Ignored;
    let loaded = load::load_from(&mut texts, rule, Default::default(), sources, &mut own);
    let graph =
        loaded.as_ref().map(|loaded| Arc::new(StaticGraph::build(&loaded.config, &mut own)));
    own.into_iter().filter(Diagnostic::is_error).for_each(|one| diags.push(one));
    let (loaded, graph) = loaded.zip(graph)?;
    let interface = estate::interface(&loaded.config, &graph);
    Some(Module { loaded, graph, interface, overlay: None })
}

fn nothing_kept(orphan: &StackAddr) -> Diagnostic {
    Diagnostic::error("orphan-no-snapshot", format!("Nothing is kept of how `{orphan}` was made"))
        .detail("It was last applied by a version that kept no configuration with its state.")
        .remedy("Put its stack block and its folder back, and destroy it then; or forget it: a `removed` block.")
        .about(orphan.to_string())
}
