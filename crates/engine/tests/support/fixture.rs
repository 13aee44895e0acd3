//! Configurations in one string: each section begins with `//- /path`.

use std::collections::BTreeMap;
use std::sync::Arc;

use diag::{Diags, SourceMap};
use lang::config::{BackendRule, Config, LoadOptions, Loader, RootVariables};
use schema::version::Version;

/// The configuration.
pub(crate) fn load(fixture: &str) -> Arc<Config> {
    let folders = folders(fixture);
    let options = LoadOptions {
        version: Version::parse("1.12.6").expect("a version"),
        variables: RootVariables::default(),
        backend: BackendRule::Ignored,
    };
    let mut loader = Loader::new(".", options);
    let mut sources = SourceMap::new();
    let mut wanted = Vec::new();
    loop {
        loader.advance(&mut wanted);
        if wanted.is_empty() {
            break;
        }
        for folder in wanted.drain(..) {
            let files = folders.get(&folder).cloned();
            let files = files.ok_or_else(|| format!("there is no folder {folder}"));
            loader.answer(&folder, files, &mut sources);
        }
    }
    let mut diags = Diags::new();
    let config = loader.finish(&mut diags);
    super::without_errors(&diags);
    Arc::new(config.expect("a configuration"))
}

fn folders(fixture: &str) -> BTreeMap<String, Vec<(String, Arc<str>)>> {
    let mut folders: BTreeMap<String, Vec<(String, Arc<str>)>> = BTreeMap::new();
    let sections = match fixture.trim_start().starts_with("//- ") {
        true => fixture.to_owned(),
        false => format!("//- /main.tf\n{fixture}"),
    };
    for section in sections.split("//- /").skip(1) {
        let (path, text) = section.split_once('\n').expect("a section has a first line");
        let (folder, file) = path.trim().rsplit_once('/').unwrap_or((".", path.trim()));
        folders.entry(folder.to_owned()).or_default().push((file.to_owned(), text.into()));
    }
    folders
}
