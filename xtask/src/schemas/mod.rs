//! `cargo xtask schemas [--check] [FOLDER]`: the parts of provider schemas that this repository's own configurations
//! use, cut out of whole documents and written into `crates/sim/schemas`, compressed, with their notice.
//!
//! Not here: how they are read and what is made of them (`sim`).
//! Invariant: from equal documents and equal sources come equal bytes, whatever was there before.

mod document;
mod named;
mod written;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use document::Document;
use named::Named;

/// Where the parts go, in the repository.
const FOLDER: &str = "crates/sim/schemas";
/// The folders whose configurations, as files or as strings of tests, name the types.
const SOURCES: [&str; 6] =
    ["blueprints", "examples", "crates/cli/tests", "crates/sim", "crates/run", "xtask/src/bench"];
/// The folders in which each type named has to be a real one.
const OWN: [&str; 2] = ["blueprints", "examples"];

/// Runs the command.
pub(crate) fn main(root: &Path, args: &[String]) -> ExitCode {
    let check = args.iter().any(|arg| arg == "--check");
    let folder = args.iter().find(|arg| !arg.starts_with("--")).map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| root.join("../shared/schemas"));
    let done = match (check, folder.is_dir()) {
        (true, false) => covered(root),
        (false, false) => Err(no_documents(&folder)),
        (check, true) => cut(root, &folder, check),
    };
    match done {
        Ok(told) => {
            print!("{told}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn no_documents(folder: &Path) -> String {
    format!(
        "{} is no folder of schema documents. Name one: `cargo xtask schemas FOLDER`, with files \
         PROVIDER-VERSION.json.gz.\nEach is what `tofu providers schema -json` prints in a root \
         module that requires that provider and version, compressed with gzip.",
        folder.display()
    )
}

/// Writes the parts, or compares them with what is there.
fn cut(root: &Path, folder: &Path, check: bool) -> Result<String, String> {
    let named = Named::in_folders(root, &SOURCES)?;
    let mut documents = Document::all(folder)?;
    let missing = missing(&Named::in_folders(root, &OWN)?, &documents);
    for document in &mut documents {
        document.keep(&named);
    }
    let target = root.join(FOLDER);
    if check {
        written::compare(&target, &documents)?;
    } else {
        written::write(&target, &documents)?;
    }
    let mut told: String = documents.iter().map(|d| format!("{}\n", d.summary())).collect();
    if !missing.is_empty() {
        told.push_str(&format!("in no document: {}\n", missing.join(", ")));
    }
    if check && !missing.is_empty() { Err(told) } else { Ok(told) }
}

/// What is named and in none of the documents, of those whose provider has one.
fn missing(named: &Named, documents: &[Document]) -> Vec<String> {
    let unknown = |name: &&String| {
        let known = documents.iter().any(|d| d.holds(name));
        !known && documents.iter().any(|d| d.serves(name))
    };
    named.types().filter(unknown).cloned().collect()
}

/// Without the whole documents: whether each type that is named is in the parts that are there.
fn covered(root: &Path) -> Result<String, String> {
    let documents = Document::all(&root.join(FOLDER))?;
    let missing = missing(&Named::in_folders(root, &OWN)?, &documents);
    if missing.is_empty() {
        return Ok("Each type that blueprints and examples name is embedded.\n".to_owned());
    }
    Err(format!("not embedded: {}\nRun `cargo xtask schemas FOLDER`.", missing.join(", ")))
}
