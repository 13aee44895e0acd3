//! A configuration: one file with what it includes laid beneath it.
//!
//! Order is Terragrunt's: features and includes, then locals, then everything else; a later include goes over an earlier
//! one, and the file itself over all.
//! Invariant: expressions are evaluated in the file that they stand in, for the unit that runs.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use diag::{Diagnostic, Span};
use syntax::{Block, Body};
use value::{Type, Value};

use super::block::{argument, is_true, label, text, texts};
use super::frame::Frame;
use super::merge::{self, Strategy, entries};
use super::reader::Reader;
use super::{VALUES_FILE, functions, partial};
use crate::expression::Expression;
use crate::parts;
use crate::tree::{join, parent, relative};
use crate::variables::tfvars;

/// What a file says, with its includes.
#[derive(Clone, Debug)]
pub(crate) struct Configuration {
    pub(crate) locals: Value,
    /// Outputs in them are named by their dependency.
    pub(crate) inputs: BTreeMap<Arc<str>, Expression>,
    /// Variables that files on the command line give: they win over inputs.
    pub(crate) given: BTreeMap<Arc<str>, Value>,
    pub(crate) source: Option<(Arc<str>, Span)>,
    pub(crate) dependencies: BTreeMap<Arc<str>, Dependency>,
    /// Folders of units that go first without being read.
    pub(crate) after: Vec<String>,
    pub(crate) generates: BTreeMap<Arc<str>, Generate>,
    pub(crate) remote_state: Option<RemoteState>,
    /// Files that were included.
    pub(crate) included: Vec<String>,
    /// Where it says that nothing is to be run.
    pub(crate) excluded: Option<Span>,
    pub(crate) place: Span,
}

/// Another unit whose outputs are read.
#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    /// Its folder.
    pub(crate) folder: String,
}

/// A file that is written beside the root module.
#[derive(Clone, Debug)]
pub(crate) struct Generate {
    pub(crate) path: Arc<str>,
    pub(crate) contents: Arc<str>,
    pub(crate) if_exists: IfExists,
    /// The comment that tells that the file was generated, where there is one.
    pub(crate) signed: Option<String>,
    pub(crate) place: Span,
}

/// What happens where a generated file is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IfExists {
    /// The generated one takes its place.
    Overwrite,
    /// The one that is there stays.
    Skip,
    /// It is an error.
    Refuse,
}

/// Where the state is kept.
#[derive(Clone, Debug)]
pub(crate) struct RemoteState {
    pub(crate) backend: Arc<str>,
    pub(crate) config: Value,
    pub(crate) place: Span,
}

impl Configuration {
    /// Reads a file for itself; `original` is the folder of the unit that began it all. `None` where it cannot be read,
    /// which is told.
    pub(crate) fn read(reader: &Reader<'_>, path: &str, original: &str) -> Option<Configuration> {
        let body = reader.body(path)?;
        let folder = parent(path).unwrap_or("/").to_owned();
        let mut frame = frame(reader, &body, folder.clone(), original.to_owned(), folder);
        let mut below = Vec::new();
        for block in body.blocks_of("include") {
            below.extend(include(&mut frame, block));
        }
        locals(&frame, &body);
        let own = own(&mut frame, &body);
        Some(
            below.into_iter().rev().fold(own, |above, (below, how)| merge::over(below, above, how)),
        )
    }
}

fn frame<'r, 'a>(
    reader: &'r Reader<'a>,
    body: &Body,
    unit: String,
    original: String,
    folder: String,
) -> Frame<'r, 'a> {
    let mut frame = Frame {
        reader,
        unit,
        original,
        folder,
        included: None,
        includes: Vec::new(),
        locals: RefCell::default(),
        exposed: BTreeMap::new(),
        features: BTreeMap::new(),
        values: Value::object([]),
        mocks: BTreeMap::new(),
    };
    for block in body.blocks_of("feature") {
        let name = label(block);
        let default = argument(&frame, &block.body, "default", &format!("the feature `{name}`"));
        frame.features.extend(default.map(|value| (name, value)));
    }
    if let Some(given) = reader.body(&join(&frame.unit, VALUES_FILE)) {
        let read = given.attributes.iter().filter_map(|attribute| {
            Some((attribute.name.text.clone(), frame.read(&attribute.expr, VALUES_FILE)?))
        });
        let values = Value::object(read.collect::<Vec<_>>());
        frame.values = values;
    }
    frame
}

/// The configuration of an `include` block, and how it is merged.
fn include(frame: &mut Frame<'_, '_>, block: &Block) -> Option<(Configuration, Strategy)> {
    let name = label(block);
    let of = format!("the include `{name}`");
    let path = text(frame, &block.body, "path", &of)?;
    let path = join(&frame.folder, &path);
    let how = Strategy::of(text(frame, &block.body, "merge_strategy", &of).as_deref());
    let exposes = is_true(frame, &block.body, "expose", &of);
    let reader = frame.reader;
    let Some(body) = reader.body(&path) else {
        reader.finding(
            Diagnostic::warning(
                "adopt-unread",
                format!("{} is not there", relative(&reader.base, &path)),
            )
            .detail("What it would give the unit is missing.")
            .remedy("Put it in its place, and read the tree again.")
            .at(block.header),
        );
        return None;
    };
    let folder = parent(&path).unwrap_or("/").to_owned();
    let mut within =
        self::frame(reader, &body, frame.unit.clone(), frame.original.clone(), folder.clone());
    within.included = Some(folder.clone());
    locals(&within, &body);
    let mut read = own(&mut within, &body);
    read.included.push(path);
    frame.includes.push((name.clone(), folder));
    if exposes {
        frame.exposed.insert(name, functions::exposed(&read));
    }
    Some((read, how))
}

/// Evaluates the locals of a file, each after those that it reads.
fn locals(frame: &Frame<'_, '_>, body: &Body) {
    let mut left: Vec<_> =
        body.blocks_of("locals").flat_map(|block| &block.body.attributes).collect();
    loop {
        let names: Vec<Arc<str>> = left.iter().map(|one| one.name.text.clone()).collect();
        let waits = |expr: &syntax::Expr| {
            let mut read = Vec::new();
            parts::members(expr, "local", &mut read);
            read.iter().any(|name| names.contains(name))
        };
        let (blocked, ready): (Vec<_>, Vec<_>) = left.into_iter().partition(|one| waits(&one.expr));
        for one in &ready {
            let name = &one.name.text;
            let value = frame.read(&one.expr, &format!("`local.{name}`"));
            frame.locals.borrow_mut().extend(value.map(|value| (name.clone(), value)));
        }
        if blocked.is_empty() {
            return;
        }
        if ready.is_empty() {
            let places = blocked.iter().map(|one| one.span);
            places.for_each(|place| frame.reader.finding(circle(place)));
            return;
        }
        left = blocked;
    }
}

fn circle(place: Span) -> Diagnostic {
    Diagnostic::warning("adopt-unread", "Locals read one another in a circle")
        .detail("None of them has a value.")
        .remedy("Write one of them out.")
        .at(place)
}

/// What a file says by itself.
fn own(frame: &mut Frame<'_, '_>, body: &Body) -> Configuration {
    let locals = Value::object(frame.locals.borrow().clone());
    let mut own = Configuration {
        locals,
        inputs: BTreeMap::new(),
        given: BTreeMap::new(),
        source: None,
        dependencies: BTreeMap::new(),
        after: Vec::new(),
        generates: BTreeMap::new(),
        remote_state: None,
        included: Vec::new(),
        excluded: None,
        place: body.span.head(),
    };
    for block in body.blocks_of("dependency") {
        if let Some((name, dependency)) = dependency(frame, block) {
            own.dependencies.insert(name, dependency);
        }
    }
    for block in &body.blocks {
        read_block(frame, block, &mut own);
    }
    for dropped in ["prevent_destroy", "iam_role"] {
        if let Some(attribute) = body.attribute(dropped) {
            frame.reader.finding(not_carried(dropped, attribute.span));
        }
    }
    if let Some(skip) = body.attribute("skip")
        && is_true(frame, body, "skip", "the unit")
    {
        own.excluded = Some(skip.span);
    }
    if let Some(inputs) = body.attribute("inputs") {
        match partial::attributes(frame, &inputs.expr) {
            Ok(read) => own.inputs.extend(read),
            Err(errors) => frame.reader.told(errors, "`inputs` are not read"),
        }
    }
    own
}

fn read_block(frame: &Frame<'_, '_>, block: &Block, own: &mut Configuration) {
    let body = &block.body;
    match &*block.kind.text {
        "terraform" => terraform(frame, body, own),
        "dependencies" => {
            let paths = texts(frame, body, "paths", "`dependencies`");
            own.after.extend(paths.iter().map(|path| unit_folder(frame, path)));
        }
        "generate" => {
            if let Some(read) = generate(frame, block) {
                own.generates.insert(label(block), read);
            }
        }
        "remote_state" => {
            let backend = text(frame, body, "backend", "`remote_state`");
            let config = argument(frame, body, "config", "`remote_state`");
            own.remote_state = backend.map(|backend| RemoteState {
                backend,
                config: config.unwrap_or(Value::null(Type::DYNAMIC)),
                place: block.header,
            });
        }
        "exclude" if is_true(frame, body, "if", "`exclude`") => own.excluded = Some(block.header),
        _ => {}
    }
}

fn terraform(frame: &Frame<'_, '_>, body: &Body, own: &mut Configuration) {
    if let (Some(source), Some(at)) =
        (text(frame, body, "source", "`terraform`"), body.attribute("source"))
    {
        own.source = Some((source, at.expr.span));
    }
    for block in &body.blocks {
        let (kind, name) = (&*block.kind.text, label(block));
        match kind {
            "before_hook" | "after_hook" | "error_hook" => {
                frame.reader.finding(not_carried(&format!("{kind} \"{name}\""), block.header));
            }
            "extra_arguments" => {
                if block.body.attribute("env_vars").is_some() {
                    let what = format!("`env_vars` of extra_arguments \"{name}\"");
                    frame.reader.finding(not_carried(&what, block.header));
                }
                var_files(frame, &block.body, own);
            }
            _ => {}
        }
    }
}

/// Variables of files that the command line names.
fn var_files(frame: &Frame<'_, '_>, body: &Body, own: &mut Configuration) {
    for argument in ["optional_var_files", "required_var_files"] {
        for path in texts(frame, body, argument, "`extra_arguments`") {
            let path = join(&frame.unit, &path);
            let read = frame.reader.tree.text(&path);
            let values = read.and_then(|text| tfvars(frame.reader, &path, &text));
            own.given.extend(values.into_iter().flatten());
        }
    }
}

fn dependency(frame: &mut Frame<'_, '_>, block: &Block) -> Option<(Arc<str>, Dependency)> {
    let name = label(block);
    let of = format!("the dependency `{name}`");
    let path = text(frame, &block.body, "config_path", &of)?;
    let mocks = || argument(frame, &block.body, "mock_outputs", &of);
    let enabled =
        block.body.attribute("enabled").is_none() || is_true(frame, &block.body, "enabled", &of);
    if is_true(frame, &block.body, "skip_outputs", &of) || !enabled {
        let outputs = mocks().unwrap_or_else(|| Value::object([]));
        frame.mocks.insert(name.clone(), outputs);
    }
    let folder = unit_folder(frame, &path);
    Some((name, Dependency { folder }))
}

/// The folder of a unit that a path names: that of its file, or the folder itself.
fn unit_folder(frame: &Frame<'_, '_>, path: &str) -> String {
    let path = join(&frame.unit, path);
    match parent(&path) {
        Some(above) if path.ends_with(".hcl") => above.to_owned(),
        _ => path,
    }
}

fn generate(frame: &Frame<'_, '_>, block: &Block) -> Option<Generate> {
    let of = format!("generate \"{}\"", label(block));
    let body = &block.body;
    if is_true(frame, body, "disable", &of) {
        return None;
    }
    let if_exists = match text(frame, body, "if_exists", &of).as_deref() {
        Some("skip") => IfExists::Skip,
        Some("error") => IfExists::Refuse,
        _ => IfExists::Overwrite,
    };
    let prefix = text(frame, body, "comment_prefix", &of).unwrap_or_else(|| "# ".into());
    let signed = !is_true(frame, body, "disable_signature", &of);
    Some(Generate {
        path: text(frame, body, "path", &of)?,
        contents: text(frame, body, "contents", &of)?,
        if_exists,
        signed: signed.then(|| prefix.to_string()),
        place: block.header,
    })
}

fn not_carried(what: &str, place: Span) -> Diagnostic {
    Diagnostic::warning("adopt-dropped", format!("{what} is not carried over"))
        .detail("strata.hcl has nothing that does the same.")
        .remedy("See docs/adopt.md for what takes its place: `credentials` blocks for roles, approvals and `protected` for what must not go, steps of the pipeline for programs.")
        .at(place)
}

/// The arguments of a backend as texts, numbers and switches by name.
pub(crate) fn arguments(config: &Value) -> BTreeMap<Arc<str>, Value> {
    entries(config).unwrap_or_default()
}
