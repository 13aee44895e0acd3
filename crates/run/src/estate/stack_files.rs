//! The `stack.hcl` files of an estate: those in folders beneath `strata.hcl`.
//!
//! Folders whose names begin with a dot, those of another estate and links are passed over, so that caches and
//! checkouts within the estate's folder are not searched.
//!
//! Invariant: files are given in the order of their folders, whatever the system lists first.

use std::path::Path;
use std::sync::Arc;

use diag::{Diagnostic, Diags, SourceMap};
use estate::StackFile;
use host::Host;

/// The name of a stack's own file.
pub(super) const STACK_FILE: &str = "stack.hcl";
/// Folders that are looked into, at most.
const FOLDERS_MAX: usize = 100_000;
/// How deep folders are looked into.
const DEPTH_MAX: usize = 16;

/// The path of a folder's `stack.hcl`, relative to the estate's folder.
pub(super) fn path_of(folder: &str) -> String {
    format!("{}/{STACK_FILE}", folder.trim_start_matches("./"))
}

/// Finds and parses the files; errors are reported.
pub(super) fn read(
    host: &Host,
    dir: &Path,
    sources: &mut SourceMap,
    diags: &mut Diags,
) -> Vec<StackFile> {
    let mut found = Vec::new();
    for folder in folders(host, dir, diags) {
        let path = path_of(&folder);
        match host.files.read_text(&dir.join(&path)) {
            Ok(text) => {
                let text: Arc<str> = text.into();
                let id = sources.add(path.as_str(), text.clone());
                let file = syntax::parse_native(id, &text, diags);
                found.push(StackFile { folder: folder.into(), file });
            }
            Err(error) => diags.push(
                Diagnostic::error("estate-unreadable", format!("{path} cannot be read"))
                    .detail(format!("{error}."))
                    .remedy("Make it readable, in UTF-8."),
            ),
        }
    }
    found
}

/// The folders that hold such a file, as `./a/b`, sorted.
fn folders(host: &Host, dir: &Path, diags: &mut Diags) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(String::from("."), 0)];
    let mut seen = 0;
    while let Some((folder, depth)) = open.pop() {
        let path = dir.join(&folder);
        let inner = depth > 0;
        if inner && host.files.exists(&path.join(super::open::FILE)) {
            continue;
        }
        if inner && host.files.exists(&path.join(STACK_FILE)) {
            found.push(folder.clone());
        }
        seen += 1;
        if seen > FOLDERS_MAX {
            diags.push(
                Diagnostic::error("estate-folders", "Too many folders beneath strata.hcl")
                    .detail(format!("More than {FOLDERS_MAX} were searched for {STACK_FILE}."))
                    .remedy("Move what is no part of the estate elsewhere, or beneath a folder whose name begins with a dot."),
            );
            return found;
        }
        // A folder that cannot be listed holds no stack that could be read.
        let names = if depth < DEPTH_MAX { host.files.list_dirs(&path) } else { Ok(Vec::new()) };
        let names = names.unwrap_or_default();
        open.extend(
            names
                .into_iter()
                .filter(|name| !name.starts_with('.'))
                .map(|name| (format!("{folder}/{name}"), depth + 1)),
        );
    }
    found.sort();
    found
}
