//! What the tests of whole configurations share: a fixture of several files in one string, and its diagnostics as
//! lines of text.

#![expect(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use diag::{Diagnostic, Diags, SourceMap};
use lang::config::{BackendRule, Config, LoadOptions, Loader, is_module_file};
use schema::version::Version;

/// A configuration as it was loaded, and what was said.
pub(crate) struct Loaded {
    pub(crate) config: Option<Config>,
    pub(crate) diags: Diags,
    pub(crate) sources: SourceMap,
}

impl Loaded {
    /// Each diagnostic as `CODE FILE:LINE`, in order, warnings with a `w` in front.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.diags.iter().map(|it| line(it, &self.sources)).collect()
    }

    /// The configuration, which must be there and without errors.
    pub(crate) fn good(&self) -> &Config {
        assert!(!self.diags.has_errors(), "errors: {:#?}", self.lines());
        self.config.as_ref().expect("a configuration")
    }
}

/// A diagnostic as `CODE FILE:LINE`.
pub(crate) fn line(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let place = diagnostic.span.map_or_else(
        || "-".to_owned(),
        |span| {
            let file = sources.file(span.file);
            format!("{}:{}", file.name(), file.position(span.start).line)
        },
    );
    let mark = if diagnostic.is_error() { "" } else { "w " };
    format!("{mark}{} {place}", diagnostic.code.0)
}

/// The options that tests load with.
pub(crate) fn options() -> LoadOptions {
    LoadOptions {
        version: Version::parse("1.12.6").expect("a version"),
        variables: Default::default(),
        backend: BackendRule::Honoured,
    }
}

/// Loads a fixture: sections that begin with `//- NAME`, the part before the first is `main.tf`.
pub(crate) fn load(fixture: &str) -> Loaded {
    load_with(fixture, options())
}

/// Loads a fixture with options.
pub(crate) fn load_with(fixture: &str, options: LoadOptions) -> Loaded {
    let folders = split(fixture);
    run(".", options, |dir| match folders.get(dir) {
        Some(files) => Ok(files.clone()),
        None => Err(format!("there is no folder `{dir}`")),
    })
}

/// Loads a folder of the disk.
pub(crate) fn load_folder(root: &Path) -> Loaded {
    run(".", options(), |dir| files_of(&root.join(dir)))
}

/// The configuration files of a folder.
pub(crate) fn files_of(path: &Path) -> Result<Vec<(String, Arc<str>)>, String> {
    let entries = std::fs::read_dir(path).map_err(|error| error.to_string())?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_file() && is_module_file(&name) {
            let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
            files.push((name, text.into()));
        }
    }
    Ok(files)
}

type Files = Vec<(String, Arc<str>)>;

fn run(root: &str, options: LoadOptions, read: impl Fn(&str) -> Result<Files, String>) -> Loaded {
    let (mut sources, mut diags) = (SourceMap::new(), Diags::new());
    let mut loader = Loader::new(root, options);
    let mut wanted = Vec::new();
    loop {
        loader.advance(&mut wanted);
        if wanted.is_empty() {
            break;
        }
        for dir in wanted.drain(..) {
            loader.answer(&dir, read(&dir), &mut sources);
        }
    }
    let config = loader.finish(&mut diags);
    Loaded { config, diags, sources }
}

fn split(fixture: &str) -> BTreeMap<String, Files> {
    let mut folders: BTreeMap<String, Files> = BTreeMap::new();
    let (mut path, mut text) = ("main.tf".to_owned(), String::new());
    let mut finish = |path: &str, text: &mut String| {
        let (dir, name) = path.rsplit_once('/').unwrap_or((".", path));
        let text: Arc<str> = std::mem::take(text).into();
        folders.entry(dir.to_owned()).or_default().push((name.to_owned(), text));
    };
    for line in fixture.trim_start_matches('\n').lines() {
        if let Some(next) = line.trim_start().strip_prefix("//- ") {
            if !text.is_empty() {
                finish(&path, &mut text);
            }
            path = next.trim().trim_start_matches('/').to_owned();
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    finish(&path, &mut text);
    folders
}
