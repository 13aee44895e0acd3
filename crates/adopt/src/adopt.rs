//! A whole tree: finding its units and its root modules, and everything that comes of them.

use std::collections::{BTreeMap, BTreeSet};

use diag::{Diagnostic, SourceMap};

use crate::arrange::{Arranged, arrange};
use crate::generated::Made;
use crate::place::places;
use crate::terragrunt::{Configuration, Reader, STACK_FILE, UNIT_FILE};
use crate::tree::{Tree, join, normal, relative};
use crate::unit::{self, Unit, is_unit};
use crate::variables::Face;
use crate::{locks, root, write};

/// Most folders of a tree.
const FOLDERS_MAX: usize = 100_000;
/// Folders that are never searched: what tools put there.
const SKIPPED: [&str; 4] = [".terragrunt-cache", ".terraform", ".git", "node_modules"];

/// What is said beside the tree.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where root modules from elsewhere are here: what their addresses begin with, and the folder, absolute.
    pub sources: Vec<(String, String)>,
}

/// What came of a tree.
#[derive(Clone, Debug)]
pub struct Adopted {
    /// The text of `strata.hcl`; `None` where there is nothing that could be a stack.
    pub estate: Option<String>,
    /// Files that belong into root modules, and the lock file: path relative to the tree, and text. None of them is there.
    pub files: Vec<(String, String)>,
    /// The stack instances, by address.
    pub instances: Vec<Instance>,
    /// How many stacks they are instances of.
    pub stacks: usize,
    /// What could not be read or is not carried over, as warnings with places.
    pub findings: Vec<Diagnostic>,
}

/// What a folder became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its address: `ENV/STACK`, or `ENV/STACK:KEY`.
    pub address: String,
    /// The folder that it was read from, relative to the tree.
    pub folder: String,
    /// Where its state is, where that is known.
    pub state: Option<String>,
}

/// Reads a tree. `folder` is absolute; places in findings are relative to it.
pub fn adopt(tree: &dyn Tree, folder: &str, options: &Options, sources: &mut SourceMap) -> Adopted {
    let base = normal(folder);
    let reader = Reader::new(tree, &base, sources);
    let folders = folders(tree, &base);
    let (mut units, mut faces, made) = terragrunt(&reader, &folders, options);
    let mut taken: BTreeSet<String> = units.iter().map(|unit| unit.source.clone()).collect();
    taken.extend(units.iter().map(|unit| unit.folder.clone()));
    for (unit, face) in root::units(&reader, &folders, &taken) {
        units.push(unit);
        faces.push(face);
    }
    let places = places(tree, &base, &units);
    let arranged = arrange(units, places, faces);
    sensitive(&reader, &arranged);
    remote_states(&reader, &arranged.faces);
    let mut files = files(&reader, &arranged, made);
    let homes = arranged.units.iter().map(|unit| unit.folder.clone()).collect();
    files.extend(locks::merged(&reader, &homes));
    let mut findings = reader.into_findings();
    let has_stacks = !arranged.stacks.is_empty();
    let estate = has_stacks.then(|| write::estate(&arranged, &base, &mut findings));
    Adopted {
        estate,
        files,
        instances: instances(&arranged, &base),
        stacks: arranged.stacks.len(),
        findings,
    }
}

/// The folders of the tree, what tools made left out, each before those in it.
fn folders(tree: &dyn Tree, base: &str) -> Vec<String> {
    let (mut found, mut left) = (Vec::new(), vec![base.to_owned()]);
    while let Some(folder) = left.pop() {
        if found.len() >= FOLDERS_MAX {
            break;
        }
        let below = tree.entries(&folder).folders;
        let below = below.iter().filter(|name| !SKIPPED.contains(&&***name));
        left.extend(below.rev().map(|name| join(&folder, name)));
        found.push(folder);
    }
    found
}

type MadeBy = Vec<(String, Made)>;

/// The units, their faces, and the files that each makes in its root module.
fn terragrunt(
    reader: &Reader<'_>,
    folders: &[String],
    options: &Options,
) -> (Vec<Unit>, Vec<Face>, Vec<MadeBy>) {
    let mut read = BTreeMap::new();
    let mut included = BTreeSet::new();
    let before = reader.take_findings();
    for folder in folders {
        explicit_stack(reader, folder);
        if !is_unit(reader, folder) {
            continue;
        }
        let path = join(folder, UNIT_FILE);
        if let Some(configuration) = Configuration::read(reader, &path, folder) {
            included.extend(configuration.included.iter().cloned());
            read.insert(folder.clone(), (configuration, reader.take_findings()));
        }
    }
    before.into_iter().for_each(|finding| reader.finding(finding));
    let (mut units, mut faces, mut made) = (Vec::new(), Vec::new(), Vec::new());
    for (folder, (configuration, findings)) in read {
        // A file that others include is their common part, unless it has a module of its own: what it reads of a unit's
        // folder is not there for itself.
        if included.contains(&join(&folder, UNIT_FILE)) && configuration.source.is_none() {
            continue;
        }
        findings.into_iter().for_each(|finding| reader.finding(finding));
        if let Some((unit, face, files)) =
            unit::of_terragrunt(reader, &folder, configuration, &options.sources)
        {
            made.push(files.into_iter().map(|file| (unit.source.clone(), file)).collect());
            units.push(unit);
            faces.push(face);
        }
    }
    (units, faces, made)
}

/// An explicit stack whose units were not written out.
fn explicit_stack(reader: &Reader<'_>, folder: &str) {
    let path = join(folder, STACK_FILE);
    let generated = join(folder, ".terragrunt-stack");
    if reader.tree.text(&path).is_none() || !reader.tree.entries(&generated).folders.is_empty() {
        return;
    }
    let body = reader.body(&path);
    reader.finding(
        Diagnostic::warning(
            "adopt-left-out",
            format!("{} is not read", relative(&reader.base, &path)),
        )
        .detail("The units of an explicit stack are read where Terragrunt has written them.")
        .remedy("Run `terragrunt stack generate`, and read the tree again.")
        .maybe_at(body.map(|body| body.span.head())),
    );
}

/// Files that all units of a root module agree upon.
fn files(reader: &Reader<'_>, arranged: &Arranged, made: Vec<MadeBy>) -> Vec<(String, String)> {
    let mut wanted: BTreeMap<String, Vec<Made>> = BTreeMap::new();
    let mut units: BTreeMap<String, usize> = BTreeMap::new();
    arranged.units.iter().for_each(|unit| *units.entry(unit.source.clone()).or_default() += 1);
    let mut of: BTreeMap<String, String> = BTreeMap::new();
    for (source, file) in made.into_iter().flatten() {
        of.insert(file.path.clone(), source);
        wanted.entry(file.path.clone()).or_default().push(file);
    }
    let mut files = Vec::new();
    for (path, all) in wanted {
        let shown = relative(&reader.base, &path);
        let agree = all.iter().all(|one| one.text == all[0].text) && all.len() == units[&of[&path]];
        if agree {
            files.push((shown, all[0].text.clone()));
            continue;
        }
        reader.finding(
            Diagnostic::warning("adopt-generated", format!("{shown} is another file for each unit"))
                .detail("Units that share a root module generate different texts beside it; a root module has one.")
                .remedy("Make what differs a variable of the module, or give the units modules of their own.")
                .at(all[0].place),
        );
    }
    files
}

/// Sensitive outputs that feed variables which are not.
fn sensitive(reader: &Reader<'_>, arranged: &Arranged) {
    let faces = &arranged.faces;
    for (at, unit) in arranged.units.iter().enumerate() {
        for (input, expression) in &unit.inputs {
            let is_open =
                faces[at].variables.get(input).is_some_and(|variable| !variable.sensitive);
            let mut read = expression.outputs();
            let hidden = read.find(|(folder, output)| {
                let below = arranged.unit(folder);
                below.is_some_and(|below| faces[below].outputs.get(*output) == Some(&true))
            });
            if let (true, Some((_, output))) = (is_open, hidden) {
                let module = relative(&reader.base, &unit.source);
                reader.finding(
                    Diagnostic::warning("adopt-sensitive", format!("`{input}` of {module} is given the sensitive output `{output}`"))
                        .detail("Terragrunt gives it in the open. An estate keeps it sensitive, so that a first plan may mark values as sensitive without changing them.")
                        .remedy("Declare the variable with `sensitive = true`.")
                        .at(unit.place),
                );
            }
        }
    }
}

/// Modules that read other states by themselves.
fn remote_states(reader: &Reader<'_>, faces: &[Face]) {
    for place in faces.iter().flat_map(|face| &face.remote_states) {
        reader.finding(
            Diagnostic::warning("adopt-remote-state", "A root module reads another state by itself")
                .detail("An estate wires outputs to inputs, so that each is checked and planned in order; this data source is not there.")
                .remedy("Make it a variable, and wire it in strata.hcl: NAME = stack.OTHER.OUTPUT")
                .at(*place),
        );
    }
}

fn instances(arranged: &Arranged, base: &str) -> Vec<Instance> {
    let one = |at: usize| {
        let unit = &arranged.units[at];
        Instance {
            address: write::address(arranged, at),
            folder: relative(base, &unit.folder),
            state: unit.state.as_ref().map(ToString::to_string),
        }
    };
    let mut all: Vec<Instance> = (0..arranged.units.len()).map(one).collect();
    all.sort_by(|a, b| a.address.cmp(&b.address));
    all
}
