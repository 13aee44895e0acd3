//! The declarations of all files of a module in one place: ordinary files first, then override files laid over them.
//!
//! Invariant: of several declarations of one name the first is kept, and each other is reported.

use std::collections::HashMap;
use std::sync::Arc;

use addr::Mode;
use diag::{Diagnostic, Diags, Span};

use super::declared::{
    BackendDecl, CallDecl, FileDecl, LocalDecl, MetaDecl, OutputDecl, ProviderDecl, RequiredDecl,
    RequiredProvider, ResourceDecl, VariableDecl, provider_text,
};
use super::decode::declared_twice;

/// Declarations of one kind by their name.
#[derive(Debug)]
pub(super) struct Table<K, D> {
    pub(super) list: Vec<D>,
    index: HashMap<K, usize>,
}

impl<K, D> Default for Table<K, D> {
    fn default() -> Self {
        Table { list: Vec::new(), index: HashMap::new() }
    }
}

impl<K: std::hash::Hash + Eq, D> Table<K, D> {
    /// Enters a declaration, or gives it back with the earlier one of that name.
    fn enter(&mut self, key: K, decl: D) -> Result<(), (D, &D)> {
        match self.index.get(&key) {
            Some(at) => Err((decl, &self.list[*at])),
            None => {
                self.index.insert(key, self.list.len());
                self.list.push(decl);
                Ok(())
            }
        }
    }

    /// The declaration of this name.
    pub(super) fn find<Q>(&mut self, key: &Q) -> Option<&mut D>
    where
        K: std::borrow::Borrow<Q>,
        Q: std::hash::Hash + Eq + ?Sized,
    {
        let at = *self.index.get(key)?;
        Some(&mut self.list[at])
    }
}

/// A resource's name within its module.
type ResourceKey = (Mode, Arc<str>, Arc<str>);

/// All that a module declares.
#[derive(Debug, Default)]
pub(super) struct ModuleDecl<'s> {
    pub(super) backend: Option<BackendDecl<'s>>,
    pub(super) cloud: Option<Span>,
    pub(super) required: Vec<RequiredProvider>,
    required_header: Option<Span>,
    pub(super) providers: Table<String, ProviderDecl<'s>>,
    pub(super) metas: Vec<MetaDecl<'s>>,
    pub(super) variables: Table<Arc<str>, VariableDecl<'s>>,
    pub(super) locals: Table<Arc<str>, LocalDecl<'s>>,
    pub(super) outputs: Table<Arc<str>, OutputDecl<'s>>,
    pub(super) calls: Table<Arc<str>, CallDecl<'s>>,
    pub(super) resources: Table<ResourceKey, ResourceDecl<'s>>,
}

impl<'s> ModuleDecl<'s> {
    /// Adds an ordinary file.
    pub(super) fn append(&mut self, file: FileDecl<'s>, diags: &mut Diags) {
        for backend in file.backends {
            match &self.backend {
                Some(first) => diags.push(twice("backend", backend.header, first.header)),
                None => self.backend = Some(backend),
            }
        }
        for cloud in file.clouds {
            match self.cloud {
                Some(first) => diags.push(twice("cloud", cloud, first)),
                None => self.cloud = Some(cloud),
            }
        }
        file.required.into_iter().for_each(|it| self.append_required(it, diags));
        for provider in file.providers {
            let key = provider_text(&provider.name.text, provider.alias.as_deref());
            if let Err((again, first)) = self.providers.enter(key, provider) {
                diags.push(provider_twice(&again, first));
            }
        }
        for meta in file.metas {
            match self.metas.iter().find(|it| it.name.text == meta.name.text) {
                Some(first) => diags.push(twice("provider_meta", meta.header, first.header)),
                None => self.metas.push(meta),
            }
        }
        for it in file.variables {
            let (name, span) = (it.name.text.clone(), it.header);
            if let Err((_, first)) = self.variables.enter(name.clone(), it) {
                diags.push(name_twice("variable", &name, span, first.header));
            }
        }
        for it in file.locals {
            let (name, span) = (it.name.text.clone(), it.span);
            if let Err((_, first)) = self.locals.enter(name.clone(), it) {
                diags.push(name_twice("local value", &name, span, first.span));
            }
        }
        for it in file.outputs {
            let (name, span) = (it.name.text.clone(), it.header);
            if let Err((_, first)) = self.outputs.enter(name.clone(), it) {
                diags.push(name_twice("output", &name, span, first.header));
            }
        }
        for it in file.calls {
            let (name, span) = (it.name.text.clone(), it.header);
            if let Err((_, first)) = self.calls.enter(name.clone(), it) {
                diags.push(name_twice("module call", &name, span, first.header));
            }
        }
        for it in file.resources {
            let key = (it.mode, it.kind.text.clone(), it.name.text.clone());
            if let Err((again, first)) = self.resources.enter(key, it) {
                diags.push(declared_twice(&again, first));
            }
        }
    }

    fn append_required(&mut self, decl: RequiredDecl, diags: &mut Diags) {
        match self.required_header {
            Some(first) => diags.push(twice("required_providers", decl.header, first)),
            None => {
                self.required_header = Some(decl.header);
                self.required = decl.entries;
            }
        }
    }

    /// Settles what only the whole module can tell, once all files are in.
    pub(super) fn settle(&mut self, diags: &mut Diags) {
        self.required.sort_by(|a, b| a.name.cmp(&b.name));
        if let (Some(cloud), Some(backend)) = (self.cloud, &self.backend) {
            diags.push(twice("backend` or `cloud", backend.header, cloud));
        }
    }
}

fn twice(kind: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error("duplicate-block", format!("A second `{kind}` block in one module"))
        .detail(format!("A module has at most one `{kind}` block, in whichever file."))
        .remedy("Put the contents of both into one block.")
        .at(again)
        .label(first, "the first stands here")
}

fn name_twice(kind: &str, name: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error("duplicate-declaration", format!("The {kind} `{name}` is declared twice"))
        .detail(format!("Each {kind} of a module has a name of its own."))
        .remedy("Rename one of the two.")
        .at(again)
        .label(first, "declared here first")
}

fn provider_twice(again: &ProviderDecl<'_>, first: &ProviderDecl<'_>) -> Diagnostic {
    let name = &again.name.text;
    let (what, remedy) = match &again.alias {
        None => (
            format!("The provider `{name}` is configured twice without an alias"),
            "Set `alias` in one of the blocks.",
        ),
        Some(alias) => (
            format!("The provider `{name}` is configured twice as `{alias}`"),
            "Give each configuration an alias of its own.",
        ),
    };
    Diagnostic::error("duplicate-declaration", what)
        .detail("Each configuration of a provider is told from the others by its alias.")
        .remedy(remedy)
        .at(again.header)
        .label(first.header, "configured here first")
}
