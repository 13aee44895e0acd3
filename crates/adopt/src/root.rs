//! Plain root modules: folders with a backend, a state, a lock file or values of variables, that no other module calls.
//!
//! Invariant: a folder that another module calls is a module and no stack.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use diag::{Diagnostic, Span};
use value::Value;

use crate::expression::Expression;
use crate::state;
use crate::terragrunt::Reader;
use crate::tree::{join, relative, steps};
use crate::unit::Unit;
use crate::variables::{Face, face, tfvars};

/// Files that tell a root module from one that is called.
const MARKS: [&str; 3] = [".terraform.lock.hcl", "terraform.tfstate", "terraform.tfvars"];

/// The root modules among these folders, those left out that are units' own.
pub(crate) fn units(
    reader: &Reader<'_>,
    folders: &[String],
    taken: &BTreeSet<String>,
) -> Vec<(Unit, Face)> {
    let mut modules = Vec::new();
    let mut called = BTreeSet::new();
    for folder in folders.iter().filter(|folder| !taken.contains(*folder)) {
        let files = reader.tree.entries(folder).files;
        let is_code = |file: &String| file.ends_with(".tf") || file.ends_with(".tofu");
        if !files.iter().any(is_code) {
            continue;
        }
        let face = face(reader, folder);
        called.extend(face.calls.iter().cloned());
        modules.push((folder, files, face));
    }
    modules
        .into_iter()
        .filter(|(folder, files, face)| {
            let marked = files.iter().any(|file| MARKS.contains(&&**file) || is_auto(file));
            !called.contains(*folder) && (face.backend.is_some() || marked)
        })
        .map(|(folder, files, face)| (unit(reader, folder, &files, &face), face))
        .collect()
}

fn is_auto(file: &str) -> bool {
    file.ends_with(".auto.tfvars") || file.ends_with(".auto.tfvars.json")
}

fn unit(reader: &Reader<'_>, folder: &str, files: &[String], face: &Face) -> Unit {
    let name = relative(&reader.base, folder);
    let place = place(reader, folder, files);
    let state = match &face.backend {
        Some((kind, given, at)) => state::of_backend(reader, folder, &name, (kind, given), *at),
        None => state::beside(reader, folder, &name, place),
    };
    Unit {
        folder: folder.to_owned(),
        steps: steps(&name).into_iter().filter(|step| *step != ".").map(str::to_owned).collect(),
        source: folder.to_owned(),
        inputs: inputs(reader, folder, files, face),
        providers: BTreeMap::new(),
        after: BTreeSet::new(),
        state,
        place,
    }
}

fn place(reader: &Reader<'_>, folder: &str, files: &[String]) -> Span {
    let code = files.iter().find(|file| file.ends_with(".tf") || file.ends_with(".tofu"));
    let body = code.and_then(|file| reader.body(&join(folder, file)));
    body.map_or(Span::new(diag::FileId::new(0), 0, 0), |body| body.span.head())
}

/// Values of files that `tofu` reads by itself; others are told.
fn inputs(
    reader: &Reader<'_>,
    folder: &str,
    files: &[String],
    face: &Face,
) -> BTreeMap<Arc<str>, Expression> {
    let mut values: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let own = ["terraform.tfvars", "terraform.tfvars.json"];
    let first = files.iter().filter(|file| own.contains(&&***file));
    for file in first.chain(files.iter().filter(|file| is_auto(file))) {
        let path = join(folder, file);
        let text = reader.tree.text(&path);
        values.extend(text.and_then(|text| tfvars(reader, &path, &text)).into_iter().flatten());
    }
    for file in files.iter().filter(|file| file.ends_with(".tfvars")) {
        if !own.contains(&&**file) && !is_auto(file) {
            let shown = relative(&reader.base, &join(folder, file));
            reader.finding(
                Diagnostic::warning("adopt-var-file", format!("{shown} is read only where a command names it"))
                    .detail("Which of such files counts, and for which workspace, stands in no file.")
                    .remedy("Write its values into the stack's `inputs`, or an environment's `values`, in strata.hcl."),
            );
        }
    }
    values.retain(|name, _| face.variables.contains_key(name));
    values.into_iter().map(|(name, value)| (name, Expression::of(value))).collect()
}
