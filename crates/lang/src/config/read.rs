//! The files of one folder read into a [`ModuleDef`].
//!
//! Two passes: declarations of all files first, override files laid over them; then expressions are lowered, when
//! every name is known. The syntax trees live no longer than this.
//!
//! Invariant: a module that wants another version of OpenTofu gives no other diagnostic.

use std::sync::Arc;

use diag::{Diags, FileId, SourceMap};
use schema::version::Version;
use syntax::{File, JsonFile};

use super::declared::{FileDecl, Role};
use super::decode::{self, Compatibility, INCOMPATIBLE};
use super::files::{Kind, Syntax, select};
use super::gather::ModuleDecl;
use super::lower;
use super::module::ModuleDef;
use super::source::BodySrc;

/// A module definition and what is to be said about it.
#[derive(Debug)]
pub struct ReadModule {
    /// The definition: of a module with errors what could be understood.
    pub def: ModuleDef,
    /// Faults of its files on their own.
    pub diags: Diags,
    /// Faults of its references, and of its expressions: worth telling where the files have none.
    pub reference_diags: Diags,
}

/// A file's name within its folder, and its text.
pub type FileText = (String, Arc<str>);

enum Tree {
    Native(File),
    Json(JsonFile),
}

/// Reads a module. Of `files` those count that are configuration; `version` is that of OpenTofu whose language is
/// spoken. `dir` begins the names of files as the user knows them.
pub fn read_module(
    dir: &str,
    files: Vec<FileText>,
    version: &Version,
    sources: &mut SourceMap,
) -> ReadModule {
    let mut diags = Diags::new();
    let trees = parse(dir, files, sources, &mut diags);
    let mut module = ModuleDecl::default();
    let mut overrides = Vec::new();
    for (tree, kind) in &trees {
        let body = match tree {
            Tree::Native(file) => BodySrc::native(&file.body),
            Tree::Json(file) => BodySrc::json(&file.root, &mut diags),
        };
        Compatibility { version, own_file: kind.own }.check(body.clone(), &mut diags);
        let decl: FileDecl<'_> = decode::file(body, kind.role, &mut diags);
        match kind.role {
            Role::Primary => module.append(decl, &mut diags),
            Role::Override => overrides.push(decl),
        }
    }
    for decl in overrides {
        module.overlay(decl, &mut diags);
    }
    module.settle(&mut diags);
    let mut reference_diags = Diags::new();
    let def = lower::module(dir.into(), module, &mut diags, &mut reference_diags);
    if diags.iter().any(|it| it.code.0 == INCOMPATIBLE) {
        diags = only_incompatible(diags);
        reference_diags = Diags::new();
    }
    ReadModule { def, diags, reference_diags }
}

fn only_incompatible(all: Diags) -> Diags {
    let mut kept = Diags::new();
    all.into_iter().filter(|it| it.code.0 == INCOMPATIBLE).for_each(|it| kept.push(it));
    kept
}

fn parse(
    dir: &str,
    files: Vec<FileText>,
    sources: &mut SourceMap,
    diags: &mut Diags,
) -> Vec<(Tree, Kind)> {
    let selected = select(files.iter().map(|(name, _)| &**name));
    let text_of = |name: &str| {
        let found = files.iter().find(|(known, _)| known == name);
        found.expect("BUG: a file was selected that is not there").1.clone()
    };
    selected
        .into_iter()
        .map(|(name, kind)| {
            let text = text_of(name);
            let id = sources.add(path_of(dir, name), text.clone());
            (parse_one(id, &text, kind.syntax, diags), kind)
        })
        .collect()
}

fn parse_one(id: FileId, text: &str, syntax: Syntax, diags: &mut Diags) -> Tree {
    match syntax {
        Syntax::Native => Tree::Native(syntax::parse_native(id, text, diags)),
        Syntax::Json => Tree::Json(syntax::parse_json(id, text, diags)),
    }
}

/// A file's path as the user knows it: within the folder where the program was started, without `./`.
fn path_of(dir: &str, name: &str) -> String {
    match dir {
        "" | "." => name.to_owned(),
        _ => format!("{}/{name}", dir.strip_prefix("./").unwrap_or(dir)),
    }
}
