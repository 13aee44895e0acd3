//! OpenTofu's own cases of files and modules, judged as their folders say.
//!
//! They are run by path from `STRATA_CONFORMANCE`, by default `../shared/conformance` beside the workspace, and
//! skipped by name where that is absent. An invalid case counts only if a diagnostic other than "not yet in the
//! language" stands at the faulty line.

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::{Loaded, files_of, line, load_folder, options};
use diag::SourceMap;
use lang::config::read_module;

const NOT_YET: &str = "not-yet-in-the-language";

/// The faulty lines of cases that do not name them by a comment `ERROR:`.
const FAULTS: [(&str, &[&str]); 19] = [
    ("data-count-and-for_each-and-enabled.tf", &["3"]),
    ("data-invalid-provider-reference.tf", &["2"]),
    ("data-resource-lifecycle.tf", &["5"]),
    ("ephemeral-count-and-for_each-and-enabled.tf", &["3"]),
    ("interp-in-rsrc-label.tf", &["1"]),
    ("module-calls.tf", &["19", "34"]),
    ("provider-localname-normalization.tf", &["9", "19"]),
    ("provider-syntax.tf", &["2"]),
    ("resource-count-and-for_each.tf", &["2"]),
    ("resource-lifecycle-badbool.tf", &["3"]),
    ("resource-reserved-locals.tf", &["2"]),
    ("triggered-invalid-each.tf", &["5"]),
    ("unexpected-attr.tf", &["1"]),
    ("variable-bad-default.tf", &["3"]),
    ("variable-complex-bad-default-inner-obj.tf", &["9"]),
    ("multiple-required-providers", &["b.tf:2"]),
    ("override-nonexist-variable", &["override.tf:1"]),
    ("nullable-with-default-null", &["main.tf:4"]),
    ("provider-meta-invalid-interpolation", &["main.tf:3"]),
];

#[derive(Default)]
struct Count {
    passed: usize,
    failed: Vec<String>,
    not_yet: Vec<String>,
}

enum Verdict {
    Passed,
    NotYet,
    Failed(String),
}

impl Count {
    fn add(&mut self, name: String, verdict: Verdict) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::NotYet => self.not_yet.push(name),
            Verdict::Failed(why) => self.failed.push(format!("{name}: {why}")),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test finds its data by the environment")]
fn root() -> Option<PathBuf> {
    let path = match std::env::var_os("STRATA_CONFORMANCE") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"),
    };
    let configs = path.join("configs");
    configs.is_dir().then_some(configs)
}

#[test]
fn files_and_modules_are_judged_as_their_folders_say() {
    let Some(root) = root() else {
        eprintln!("skipped: conformance configs (no folder; set STRATA_CONFORMANCE)");
        return;
    };
    let mut count = Count::default();
    for path in entries(&root.join("valid-files")) {
        count.add(name_of(&path), valid(&load_file(&path)));
    }
    for path in entries(&root.join("warning-files")) {
        count.add(name_of(&path), warned(&load_file(&path)));
    }
    for path in entries(&root.join("invalid-files")) {
        count.add(name_of(&path), invalid(&name_of(&path), &load_file(&path)));
    }
    for path in entries(&root.join("valid-modules")) {
        count.add(name_of(&path), valid(&load_module(&path)));
    }
    for path in entries(&root.join("invalid-modules")) {
        count.add(name_of(&path), invalid(&name_of(&path), &load_folder(&path)));
    }
    for name in &count.not_yet {
        eprintln!("not yet: {name}");
    }
    for failure in &count.failed {
        eprintln!("failed: {failure}");
    }
    eprintln!(
        "conformance configs: {} passed, {} failed, {} not yet",
        count.passed,
        count.failed.len(),
        count.not_yet.len()
    );
    assert!(count.failed.is_empty(), "{:#?}", count.failed);
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|it| it.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn name_of(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

/// A file alone, as OpenTofu's tests load it: what it refers to is not looked for.
fn load_file(path: &Path) -> Loaded {
    let text: Arc<str> = std::fs::read_to_string(path).expect("a readable file").into();
    let mut sources = SourceMap::new();
    let read = read_module(".", vec![(name_of(path), text)], &options().version, &mut sources);
    Loaded { config: None, diags: read.diags, sources }
}

/// A folder with the modules that it calls, where their folders are there.
fn load_module(path: &Path) -> Loaded {
    let mut sources = SourceMap::new();
    let files = files_of(path).expect("a readable folder");
    let read = read_module(".", files, &options().version, &mut sources);
    let whole = load_folder(path);
    let complete = !whole.diags.iter().any(|it| it.code.0 == "module-unreadable");
    if complete && !read.def.calls.is_empty() {
        return whole;
    }
    Loaded { config: None, diags: read.diags, sources }
}

fn valid(loaded: &Loaded) -> Verdict {
    let errors = loaded.diags.iter().filter(|it| it.is_error());
    let others = errors.clone().filter(|it| it.code.0 != NOT_YET);
    match (others.count(), errors.count()) {
        (0, 0) => Verdict::Passed,
        (0, _) => Verdict::NotYet,
        _ => Verdict::Failed(format!("{:?}", loaded.lines())),
    }
}

/// Each line with a comment `WARNING:` has a warning, and no other line has one.
fn warned(loaded: &Loaded) -> Verdict {
    if loaded.diags.has_errors() {
        return valid(loaded);
    }
    let mut expect = marked(loaded, "WARNING: ");
    let mut found: Vec<String> = loaded.lines().iter().map(|it| place(it)).collect();
    expect.sort();
    found.sort();
    found.dedup();
    if expect == found {
        Verdict::Passed
    } else {
        Verdict::Failed(format!("warnings at {found:?}, expected at {expect:?}"))
    }
}

fn invalid(name: &str, loaded: &Loaded) -> Verdict {
    let mut expect = marked(loaded, "ERROR: ");
    for (_, lines) in FAULTS.iter().filter(|(known, _)| *known == name) {
        expect.extend(lines.iter().map(|it| full_place(loaded, it)));
    }
    let found: Vec<String> = loaded
        .diags
        .iter()
        .filter(|it| it.is_error() && it.code.0 != NOT_YET)
        .map(|it| place(&line(it, &loaded.sources)))
        .collect();
    if expect.is_empty() {
        return match (found.is_empty(), loaded.diags.has_errors()) {
            (false, _) => Verdict::Passed,
            (true, true) => Verdict::NotYet,
            (true, false) => Verdict::Failed("no error".to_owned()),
        };
    }
    let missing: Vec<&String> = expect.iter().filter(|it| !found.contains(it)).collect();
    if missing.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Failed(format!("no error at {missing:?}, only {:?}", loaded.lines()))
    }
}

/// `FILE:LINE` of a line such as `code FILE:LINE`.
fn place(line: &str) -> String {
    line.rsplit(' ').next().unwrap_or_default().to_owned()
}

/// The place of a line number, in the only file where none is named.
fn full_place(loaded: &Loaded, place: &str) -> String {
    if place.contains(':') {
        return place.to_owned();
    }
    format!("{}:{place}", loaded.sources.file(diag::FileId::new(0)).name())
}

/// The places of all lines that hold a marker.
fn marked(loaded: &Loaded, marker: &str) -> Vec<String> {
    let mut places = Vec::new();
    for index in 0..loaded.sources.len() {
        let file = loaded.sources.file(diag::FileId::new(index as u32));
        for (number, text) in file.text().lines().enumerate() {
            if text.contains(marker) {
                places.push(format!("{}:{}", file.name(), number + 1));
            }
        }
    }
    places
}

#[test]
fn the_folder_of_cases_is_where_it_is_said_to_be() {
    if let Some(root) = root() {
        assert!(files_of(&root.join("valid-modules/provider-meta")).is_ok_and(|it| it.len() == 1));
    }
}
