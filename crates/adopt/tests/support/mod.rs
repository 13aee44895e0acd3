//! A tree in one text: sections `//- /path` and the files' contents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use adopt::{Adopted, Entries, Options, Tree, adopt};
use diag::SourceMap;

pub(crate) struct Fixture(BTreeMap<String, Arc<str>>);

impl Fixture {
    pub(crate) fn new(text: &str) -> Fixture {
        let sections = text.split("//- ").skip(1);
        let file = |section: &str| {
            let (path, text) = section.split_once('\n').expect("a path on a line of its own");
            (path.trim().to_owned(), Arc::from(text))
        };
        Fixture(sections.map(file).collect())
    }

    fn read(&self, folder: &str, sources: Vec<(String, String)>) -> (Adopted, SourceMap) {
        let mut map = SourceMap::new();
        let adopted = adopt(self, folder, &Options { sources }, &mut map);
        (adopted, map)
    }

    /// The estate file, and the findings as lines.
    pub(crate) fn adopt(&self, folder: &str, sources: Vec<(String, String)>) -> (String, String) {
        let (adopted, map) = self.read(folder, sources);
        let line = |one: &diag::Diagnostic| {
            let place = one.span.map_or_else(|| "-".to_owned(), |span| map.place(span));
            assert!(!one.remedy.is_empty(), "a finding without a remedy: {one:?}");
            format!("{place} {} {}\n", one.code.0, one.summary)
        };
        let found = adopted.findings.iter().map(line).collect();
        (adopted.estate.unwrap_or_default(), found)
    }

    pub(crate) fn files(&self, folder: &str) -> Vec<(String, String)> {
        self.read(folder, Vec::new()).0.files
    }
}

impl Tree for Fixture {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        self.0.get(path).cloned()
    }

    fn entries(&self, folder: &str) -> Entries {
        let within = format!("{}/", folder.trim_end_matches('/'));
        let (mut files, mut folders) = (BTreeSet::new(), BTreeSet::new());
        for path in self.0.keys() {
            match path.strip_prefix(&within).map(|rest| rest.split_once('/').ok_or(rest)) {
                Some(Ok((folder, _))) => folders.insert(folder.to_owned()),
                Some(Err(file)) => files.insert(file.to_owned()),
                None => false,
            };
        }
        Entries { files: files.into_iter().collect(), folders: folders.into_iter().collect() }
    }

    fn variable(&self, name: &str) -> Option<String> {
        (name == "PREFIX").then(|| "acme-".to_owned())
    }

    fn repository(&self, _: &str) -> Option<String> {
        Some("/repo".to_owned())
    }
}

/// The estate file and the findings of a tree; the file must parse as one.
pub(crate) fn check(text: &str, folder: &str) -> String {
    let (estate, found) = Fixture::new(text).adopt(folder, Vec::new());
    let mut diags = diag::Diags::new();
    let file =
        syntax::parse_native(SourceMap::new().add("strata.hcl", &*estate), &estate, &mut diags);
    let read = estate::read(&file, &[], &mut diags);
    assert!(read.is_some(), "{diags:?}\n{estate}");
    format!("{estate}---\n{found}")
}

/// The findings of a tree.
pub(crate) fn findings(text: &str, folder: &str) -> String {
    Fixture::new(text).adopt(folder, Vec::new()).1
}
