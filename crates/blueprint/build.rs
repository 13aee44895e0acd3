//! Lists the files of `blueprints/` so that the crate holds them: a table of paths and texts, in the order of the paths.
//!
//! Invariant: equal files give an equal table; nothing but the files decides what is in it.
#![expect(clippy::disallowed_methods, reason = "a build script reads files and its environment")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let root = here.join("../../blueprints");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut paths = Vec::new();
    for part in ["common", "aws", "azure", "gcp"] {
        gather(&root.join(part), part, &mut paths)?;
    }
    paths.sort();
    let mut table = "[\n".to_owned();
    for path in &paths {
        let _ = writeln!(
            table,
            "(\"{path}\", include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/../../blueprints/{path}\"))),"
        );
    }
    table.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("files.rs"), table)
}

fn gather(folder: &Path, shown: &str, paths: &mut Vec<String>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let shown = format!("{shown}/{name}");
        if entry.file_type()?.is_dir() {
            // What a run leaves behind is no part of a blueprint.
            if !matches!(&*name, ".strata" | ".terraform") {
                gather(&entry.path(), &shown, paths)?;
            }
        } else {
            paths.push(shown);
        }
    }
    Ok(())
}
