//! The folder of embedded parts: files, manifest, notice.
//!
//! Invariant: the folder holds what was cut and nothing else; the manifest names each file and each type in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write as _};
use std::path::Path;

use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};

use super::document::Document;

/// Writes all files, and removes documents that are no longer there.
pub(crate) fn write(folder: &Path, documents: &[Document]) -> Result<(), String> {
    let files = files(documents);
    let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    for entry in fs::read_dir(folder).map_err(failed)?.flatten() {
        if !files.contains_key(&*entry.file_name().to_string_lossy()) {
            fs::remove_file(entry.path()).map_err(failed)?;
        }
    }
    for (name, text) in files {
        let path = folder.join(&name);
        if matches!(there(&path), Some(old) if old == text) {
            continue;
        }
        let bytes = if name.ends_with(".gz") { packed(&text) } else { text.into_bytes() };
        fs::write(path, bytes).map_err(failed)?;
    }
    Ok(())
}

/// Compares all files with what is there.
pub(crate) fn compare(folder: &Path, documents: &[Document]) -> Result<(), String> {
    let stale = |(name, text): (String, String)| {
        (there(&folder.join(&name)).as_ref() != Some(&text)).then_some(name)
    };
    let stale: Vec<String> = files(documents).into_iter().filter_map(stale).collect();
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("{} is stale: {}. Run `cargo xtask schemas`.", folder.display(), stale.join(", ")))
}

/// What a file says, uncompressed.
fn there(path: &Path) -> Option<String> {
    let bytes = fs::read(path).ok()?;
    if path.extension().is_none_or(|end| end != "gz") {
        return String::from_utf8(bytes).ok();
    }
    let mut text = String::new();
    GzDecoder::new(&bytes[..]).read_to_string(&mut text).ok()?;
    Some(text)
}

fn packed(text: &str) -> Vec<u8> {
    // Neither time nor name of a file in the header: equal texts give equal bytes.
    let mut packer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    packer.write_all(text.as_bytes()).expect("BUG: writing to memory does not fail");
    packer.finish().expect("BUG: writing to memory does not fail")
}

fn files(documents: &[Document]) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> =
        documents.iter().map(|d| (format!("{}.json.gz", d.stem), d.text())).collect();
    files.insert("NOTICE".to_owned(), notice(documents));
    files.insert("manifest.toml".to_owned(), manifest(documents));
    files
}

fn notice(documents: &[Document]) -> String {
    let mut text = "\
The files *.json.gz in this folder are extracts of what these OpenTofu providers print of themselves
(`tofu providers schema -json`): names, types and rules of their arguments, without descriptions.
The providers are licensed under the Mozilla Public License 2.0 (https://mozilla.org/MPL/2.0/), and
so are these extracts. Their sources:

"
    .to_owned();
    for document in documents {
        let provider = document.provider.rsplit_once('/').map_or("", |(front, _)| front);
        let owner = provider.rsplit('/').next().unwrap_or_default();
        let name = document.provider.rsplit('/').next().unwrap_or_default();
        let _ = writeln!(
            text,
            "- {owner}/{name} {version}: https://github.com/{owner}/terraform-provider-{name}/tree/v{version}",
            version = document.version
        );
    }
    text
}

fn manifest(documents: &[Document]) -> String {
    let mut text =
        "# Written by `cargo xtask schemas`: the documents of this folder and what they hold.\n"
            .to_owned();
    for document in documents {
        let (resources, data) = document.names();
        let _ = write!(
            text,
            "\n[[document]]\nfile = \"{}.json.gz\"\nprovider = \"{}\"\nversion = \"{}\"\n",
            document.stem, document.provider, document.version
        );
        for (key, names) in [("resources", resources), ("data", data)] {
            let lines: String = names.iter().map(|name| format!("  \"{name}\",\n")).collect();
            let end = if lines.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{key} = [{end}{lines}]");
        }
    }
    text
}
