//! The root modules of an estate: each folder read once, each configuration loaded once for its folder and the provider
//! settings that are merged into it.
//!
//! Invariant: the files that `strata eject` writes are never read from a root module's folder: what they would say is
//! merged anew.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use addr::StackAddr;
use diag::{Diagnostic, Diags, FileId, SourceMap};
use estate::{EnvironmentIdx, Instance, Interface, StackGraph, StackIdx};
use host::Host;
use lang::config::{BackendRule, FileText};
use lang::graph::StaticGraph;

use super::open::EstateFile;
use crate::load::{self, Loaded};
use crate::overrides::{OVERRIDE_FILE, Overlay, VARIABLES_FILE};

/// A stack's root module, as it was loaded.
#[derive(Clone)]
pub struct Module {
    /// Its configuration.
    pub loaded: Loaded,
    /// Its static graph.
    pub graph: Arc<StaticGraph>,
    /// What it declares.
    pub interface: Interface,
    /// The provider settings that were merged into it.
    pub overlay: Option<Arc<Overlay>>,
}

/// Root modules by stack, and by instance where provider settings of the estate are merged into them.
#[derive(Default)]
pub struct Modules {
    stacks: BTreeMap<StackIdx, Module>,
    instances: HashMap<StackAddr, Module>,
}

impl Modules {
    /// The module of an instance, with the settings merged.
    pub fn of(&self, instance: &Instance) -> Option<&Module> {
        self.instances.get(&instance.addr).or_else(|| self.stacks.get(&instance.stack))
    }

    /// What a stack's root module declares; the same for all of its instances.
    pub fn interface(&self, stack: StackIdx) -> Option<&Interface> {
        self.stacks.get(&stack).map(|module| &module.interface)
    }

    /// Stacks and their modules without settings.
    pub fn stacks(&self) -> impl Iterator<Item = (StackIdx, &Module)> {
        self.stacks.iter().map(|(stack, module)| (*stack, module))
    }

    /// Takes in the module of an instance that the file no longer names.
    pub(super) fn adopt(&mut self, addr: StackAddr, module: Module) {
        self.instances.insert(addr, module);
    }

    /// Loads the modules of all stacks in the graphs; what is wrong is reported.
    pub(super) fn load(
        host: &Host,
        file: &EstateFile,
        graphs: &BTreeMap<EnvironmentIdx, StackGraph>,
        sources: &mut SourceMap,
        diags: &mut Diags,
    ) -> Modules {
        let mut loading = Loading { host, file, folders: HashMap::new(), sources };
        let mut modules = Modules::default();
        let instances =
            || graphs.values().flat_map(|graph| graph.order.iter().chain(&graph.outside));
        let wanted: BTreeSet<StackIdx> = instances().map(|instance| instance.stack).collect();
        for stack in wanted {
            if let Some(module) = loading.stack(stack, diags) {
                modules.stacks.insert(stack, module);
            }
        }
        let mut merged = HashMap::new();
        for instance in instances() {
            let Some(base) = modules.stacks.get(&instance.stack) else { continue };
            let mut own = Diags::new();
            let module = loading.instance(instance, base, &mut merged, &mut own);
            super::check::extend_once(diags, own);
            if let Some(module) = module {
                modules.instances.insert(instance.addr.clone(), module);
            }
        }
        modules
    }
}

/// Modules with settings by stack and text.
type Merged = HashMap<(StackIdx, Arc<str>), Option<Module>>;

/// Files of a folder, or why they cannot be read.
type Folder = Result<Vec<FileText>, String>;

struct Loading<'a> {
    host: &'a Host,
    file: &'a EstateFile,
    folders: HashMap<PathBuf, Folder>,
    sources: &'a mut SourceMap,
}

impl Loading<'_> {
    fn stack(&mut self, stack: StackIdx, diags: &mut Diags) -> Option<Module> {
        let source = &self.file.estate[stack].source;
        let dir = stack_dir(self.file, stack);
        if !load::has_configuration(self.host, &dir) {
            diags.push(
                Diagnostic::error("stack-source", format!("No root module in {}", source.node))
                    .detail("The folder does not exist, or holds no .tf or .tofu file.")
                    .remedy("Name the folder of the stack's root module, relative to strata.hcl.")
                    .at(source.span),
            );
            return None;
        }
        self.module(stack, None, diags)
    }

    /// The module of an instance, where settings apply to it.
    fn instance(
        &mut self,
        instance: &Instance,
        base: &Module,
        merged: &mut Merged,
        diags: &mut Diags,
    ) -> Option<Module> {
        let overlay = Overlay::of(&self.file.estate, instance, &base.loaded.config, diags)?;
        if diags.has_errors() {
            return None;
        }
        let key = (instance.stack, overlay.text.clone());
        if let Some(known) = merged.get(&key) {
            let with = |module: &Module| {
                let file = module.overlay.as_ref().and_then(|overlay| overlay.file);
                let overlay = Overlay { file, ..overlay };
                Module { overlay: Some(Arc::new(overlay)), ..module.clone() }
            };
            return known.as_ref().map(with);
        }
        // Warnings of the module itself were told when it was loaded without the settings.
        let mut own = Diags::new();
        let module = self.module(instance.stack, Some(overlay), &mut own);
        own.into_iter().filter(Diagnostic::is_error).for_each(|one| diags.push(one));
        merged.insert(key, module.clone());
        module
    }

    fn module(
        &mut self,
        stack: StackIdx,
        overlay: Option<Overlay>,
        diags: &mut Diags,
    ) -> Option<Module> {
        let shown = self.file.estate[stack].source.node.clone();
        let shown = shown.trim_start_matches("./").trim_end_matches('/');
        let prefix = if matches!(shown, "" | ".") { String::new() } else { format!("{shown}/") };
        let settings = format!("{prefix}{OVERRIDE_FILE}");
        self.sources.set_prefix(prefix);
        let dir = stack_dir(self.file, stack);
        let edit = self.file.edits.get(&stack);
        let (host, folders, bounds) = (self.host, &mut self.folders, &self.file.bounds);
        let mut texts = |folder: &str| {
            let path = normal(&dir.join(folder));
            if bounds.as_ref().is_some_and(|bounds| bounds.folder(&path).is_err()) {
                return Err(OUTSIDE.to_owned());
            }
            let read = folders.entry(path).or_insert_with_key(|path| folder_texts(host, path));
            let mut files = read.clone()?;
            if folder == "." {
                files.extend(overlay.iter().flat_map(Overlay::files));
                files.extend(edit.iter().map(|(name, text)| (name.to_string(), text.clone())));
            }
            Ok(files)
        };
        let (rule, known) = (BackendRule::Ignored, self.sources.len());
        let loaded = load::load_from(&mut texts, rule, Default::default(), self.sources, diags)?;
        let mut added = (known..self.sources.len()).map(|at| FileId::new(at as u32));
        let file = added.find(|id| **self.sources.file(*id).name() == *settings);
        let overlay = overlay.map(|overlay| Overlay { file, ..overlay });
        let before = diags.error_count();
        let graph = Arc::new(StaticGraph::build(&loaded.config, diags));
        if diags.error_count() > before {
            return None;
        }
        let mut interface = estate::interface(&loaded.config, &graph);
        for variable in overlay.iter().flat_map(|overlay| &overlay.variables) {
            interface.variables.remove(&variable.name); // given by the run, not by inputs
        }
        Some(Module { loaded, graph, interface, overlay: overlay.map(Arc::new) })
    }
}

/// Why a folder is not looked into on a pull request.
const OUTSIDE: &str = "it leads out of the repository, which a pull request's plan does not leave";

/// The files of a folder, without those that are merged anew.
fn folder_texts(host: &Host, dir: &Path) -> Folder {
    let mut files = load::folder_texts(host, dir)?;
    files.retain(|(name, _)| name != OVERRIDE_FILE && name != VARIABLES_FILE);
    Ok(files)
}

/// The folder of a stack's root module, absolute.
pub fn stack_dir(file: &EstateFile, stack: StackIdx) -> PathBuf {
    normal(&file.dir.join(&*file.estate[stack].source.node))
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
