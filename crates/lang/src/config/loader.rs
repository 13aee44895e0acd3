//! The loading of a configuration as a machine: it says which folders it wants and is told their files.
//!
//! A folder is read once, however many calls lead to it. Which folder a call leads to may depend on variables, so
//! each call path is followed on its own.
//!
//! Invariant: when nothing is wanted any more, every call either leads to a module or has an error.

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::ModulePath;
use diag::{Diagnostic, Diags, SourceMap, Span};
use schema::version::Version;

use super::call_source::{Source, join, read};
use super::check;
use super::decode::not_yet;
use super::module::{ModuleCall, ModuleDef};
use super::names::CallIdx;
use super::provider_tree;
use super::read::{FileText, read_module};
use super::statics::{RootVariables, Statics};
use super::tree::{Config, Module, ModuleId};

/// What the loading depends on beside the files.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// The version of OpenTofu whose language is spoken.
    pub version: Version,
    /// Values of root variables, for sources that depend on them; may be left out otherwise.
    pub variables: RootVariables,
    /// What becomes of `backend` and `cloud` blocks of the root module.
    pub backend: BackendRule,
}

/// What becomes of `backend` and `cloud` blocks of the root module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackendRule {
    /// The block says where state is kept: only `local` is supported.
    Honoured,
    /// State is kept elsewhere, so the block is passed over with a warning.
    Ignored,
}

#[derive(Debug)]
enum Folder {
    Wanted,
    Read { def: Arc<ModuleDef>, reference_diags: Diags },
    Unreadable(String),
}

/// The machine.
#[derive(Debug)]
pub struct Loader {
    options: LoadOptions,
    folders: BTreeMap<String, Folder>,
    wanted: Vec<String>,
    modules: Vec<Module>,
    /// Calls whose folder has not been told: the caller, the call, the folder, and where its source is written.
    waiting: Vec<Wait>,
    statics: Statics,
    diags: Diags,
    root: RootRole,
}

/// What the root module is loaded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RootRole {
    /// To be run.
    Run,
    /// To be checked, perhaps as a module that others call.
    Checked,
}

#[derive(Debug)]
struct Wait {
    parent: Option<(ModuleId, CallIdx)>,
    dir: String,
    span: Option<Span>,
}

impl Loader {
    /// A machine that loads the configuration in a folder.
    pub fn new(root_dir: &str, options: LoadOptions) -> Loader {
        let dir = join(root_dir, "");
        let mut loader = Loader {
            options,
            folders: BTreeMap::new(),
            wanted: Vec::new(),
            modules: Vec::new(),
            waiting: Vec::new(),
            statics: Statics::default(),
            diags: Diags::new(),
            root: RootRole::Run,
        };
        loader.want(Wait { parent: None, dir, span: None });
        loader
    }

    /// Takes the root module for one that others may call: the provider configurations that it expects from its
    /// caller are taken as given. For `validate`, which never configures a provider.
    pub fn checked_only(self) -> Loader {
        Loader { root: RootRole::Checked, ..self }
    }

    /// Adds the folders that became wanted since the last call. Nothing more is wanted when none is added and all
    /// were answered.
    pub fn advance(&mut self, wanted: &mut Vec<String>) {
        wanted.append(&mut self.wanted);
    }

    /// Tells the files of a folder that was wanted (names without folder), or why they cannot be read. Files that
    /// are no configuration may be left out.
    pub fn answer(
        &mut self,
        dir: &str,
        files: Result<Vec<FileText>, String>,
        sources: &mut SourceMap,
    ) {
        let folder = match files {
            Err(why) => Folder::Unreadable(why),
            Ok(files) => {
                let read = read_module(dir, files, &self.options.version, sources);
                self.diags.extend(read.diags);
                Folder::Read { def: Arc::new(read.def), reference_diags: read.reference_diags }
            }
        };
        let known = self.folders.insert(dir.to_owned(), folder);
        assert!(matches!(known, Some(Folder::Wanted)), "BUG: an answer for a folder not wanted");
        let (ready, waiting) =
            std::mem::take(&mut self.waiting).into_iter().partition(|it| it.dir == dir);
        self.waiting = waiting;
        let ready: Vec<Wait> = ready;
        ready.into_iter().for_each(|wait| self.enter(wait));
    }

    /// Ends the loading: checks what only the whole tree can tell. `None` where the root module cannot be read.
    pub fn finish(mut self, diags: &mut Diags) -> Option<Config> {
        assert!(self.waiting.is_empty(), "BUG: the loading ends while folders are wanted");
        if self.modules.is_empty() {
            diags.extend(self.diags);
            return None;
        }
        let mut config = Config::of(self.modules);
        for folder in self.folders.into_values() {
            if let Folder::Read { reference_diags, .. } = folder {
                // Files at fault make many a name undeclared that is not.
                if !self.diags.has_errors() {
                    diags.extend(reference_diags);
                }
            }
        }
        check::backends(&config, self.options.backend, &mut self.diags);
        if !self.diags.has_errors() {
            check::calls(&config, &mut self.diags);
            provider_tree::resolve(&mut config, self.root, &mut self.diags);
        }
        diags.extend(self.diags);
        Some(config)
    }

    fn want(&mut self, wait: Wait) {
        match self.folders.get(&wait.dir) {
            Some(Folder::Wanted) => self.waiting.push(wait),
            Some(_) => self.enter(wait),
            None => {
                self.folders.insert(wait.dir.clone(), Folder::Wanted);
                self.wanted.push(wait.dir.clone());
                self.waiting.push(wait);
            }
        }
    }

    /// Enters the module of a folder that has been told, and follows its calls.
    fn enter(&mut self, wait: Wait) {
        let def = match &self.folders[&wait.dir] {
            Folder::Read { def, .. } => def.clone(),
            Folder::Unreadable(why) => {
                self.diags.push(unreadable(&wait, why));
                return;
            }
            Folder::Wanted => unreachable!("BUG: a folder is entered before it was told"),
        };
        let id = ModuleId::new(self.modules.len());
        let path = match wait.parent {
            None => ModulePath::root(),
            Some((parent, call)) => {
                let module = &mut self.modules[parent.index()];
                let name = module.def.calls[call.index()].name.clone();
                module.children.insert(name.clone(), id);
                module.by_call[call.index()] = Some(id);
                module.path.child(name)
            }
        };
        self.modules.push(Module {
            id,
            parent: wait.parent,
            path,
            dir: wait.dir.into(),
            children: BTreeMap::new(),
            by_call: vec![None; def.calls.len()],
            resource_providers: Vec::new(),
            providers: Default::default(),
            def: def.clone(),
        });
        for (position, call) in def.calls.iter().enumerate() {
            self.follow(id, CallIdx::new(position), call);
        }
    }

    fn follow(&mut self, module: ModuleId, index: CallIdx, call: &ModuleCall) {
        let Some(expr) = call.source else { return };
        let span = self.modules[module.index()].def.exprs.span(expr);
        let Some(source) = self.source(module, call) else { return };
        let dir = match source {
            Source::Local(path) => join(&self.modules[module.index()].dir, &path),
            Source::Registry => {
                self.diags.push(not_yet("modules from a registry", span));
                return;
            }
            Source::Remote => {
                self.diags.push(not_yet("modules that are fetched from elsewhere", span));
                return;
            }
            Source::Unclear => {
                self.diags.push(unclear(span));
                return;
            }
        };
        if self.is_ancestor(module, &dir) {
            self.diags.push(circle(&call.name, span));
            return;
        }
        self.want(Wait { parent: Some((module, index)), dir, span: Some(span) });
    }

    /// What a call's `source` and `version` say together.
    fn source(&mut self, module: ModuleId, call: &ModuleCall) -> Option<Source> {
        let expr = call.source?;
        let text = self.text(module, expr)?;
        let versioned = match call.version {
            None => false,
            Some(version) => {
                let variables = &self.options.variables;
                let value = self.statics.evaluate(
                    &self.modules,
                    variables,
                    module,
                    version,
                    &mut self.diags,
                )?;
                !value.is_null()
            }
        };
        let source = read(&text);
        if versioned && source != Source::Registry {
            let span = self.modules[module.index()].def.exprs.span(expr);
            self.diags.push(no_registry(&text, span));
            return None;
        }
        Some(source)
    }

    fn text(&mut self, module: ModuleId, expr: crate::expr::ExprId) -> Option<String> {
        let variables = &self.options.variables;
        let value =
            self.statics.evaluate(&self.modules, variables, module, expr, &mut self.diags)?;
        let text = value::convert::convert(&value, value::Type::STRING)
            .ok()
            .filter(|it| it.deep_marks() == value::Marks::NONE)
            .and_then(|it| it.as_str().map(str::to_owned));
        if text.is_none() {
            let span = self.modules[module.index()].def.exprs.span(expr);
            self.diags.push(
                Diagnostic::error("invalid-module-source", "A module's source must be a string")
                    .detail(
                        "It must be known before anything is evaluated, and cannot be sensitive.",
                    )
                    .remedy("Write a path such as `\"./network\"`.")
                    .at(span),
            );
        }
        text
    }

    /// Whether the folder is that of the module or of one above it.
    fn is_ancestor(&self, module: ModuleId, dir: &str) -> bool {
        let mut at = Some(module);
        while let Some(id) = at {
            let module = &self.modules[id.index()];
            if &*module.dir == dir {
                return true;
            }
            at = module.parent.map(|(parent, _)| parent);
        }
        false
    }
}

fn unreadable(wait: &Wait, why: &str) -> Diagnostic {
    let what = if wait.parent.is_none() { "configuration" } else { "module" };
    Diagnostic::error("module-unreadable", format!("The {what} in `{}` cannot be read", wait.dir))
        .detail(format!("{why}."))
        .remedy("Check the path, and that the folder can be read.")
        .maybe_at(wait.span)
}

fn unclear(span: Span) -> Diagnostic {
    Diagnostic::error("invalid-module-source", "This is not the source of a module")
        .detail("A local path begins with `./` or `../`.")
        .remedy("Write `./` in front of the path.")
        .at(span)
}

fn no_registry(text: &str, span: Span) -> Diagnostic {
    Diagnostic::error("invalid-module-source", format!("`{text}` is not in a module registry"))
        .detail("`version` is set, and only modules in a registry have versions.")
        .remedy("Take `version` out, or write `NAMESPACE/NAME/SYSTEM` as source.")
        .at(span)
}

fn circle(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error("module-circle", format!("The module `{name}` contains itself"))
        .detail("Its source is a folder that this call is a part of, so it would never end.")
        .remedy("Call a module that does not lead back here.")
        .at(span)
}
