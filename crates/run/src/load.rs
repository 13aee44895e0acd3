//! Reading a configuration from disk: the folders that the loader wants, and nothing else.
//!
//! Invariant: the digest of a configuration covers every file that took part in it, and changes with each byte of them.

use std::path::Path;
use std::sync::Arc;

use diag::{Diagnostic, Diags, SourceMap};
use host::Host;
use lang::config::{
    BackendRule, Config, FileText, LoadOptions, Loader, RootVariables, is_module_file,
};
use plan::Digest;
use schema::version::Version;

/// A configuration, and what it was read from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Arc<Config>,
    /// Of all its files, with their names.
    pub digest: Digest,
    /// Its files, by path relative to the root module.
    pub files: Vec<(String, Arc<str>)>,
}

/// Loads the configuration in `dir`; `None` where it has errors, which are reported.
pub fn load(
    host: &Host,
    dir: &Path,
    backend: BackendRule,
    variables: RootVariables,
    sources: &mut SourceMap,
    diags: &mut Diags,
) -> Option<Loaded> {
    let mut texts = |folder: &str| folder_texts(host, &dir.join(folder));
    load_from(&mut texts, backend, variables, sources, diags)
}

/// Loads a configuration from texts: `texts` gives the files of a folder, which is relative to the root module's.
pub(crate) fn load_from(
    texts: &mut dyn FnMut(&str) -> Result<Vec<FileText>, String>,
    backend: BackendRule,
    variables: RootVariables,
    sources: &mut SourceMap,
    diags: &mut Diags,
) -> Option<Loaded> {
    let before = diags.error_count();
    let version = Version::parse(lang::TOFU_VERSION).expect("BUG: our own version is one");
    let mut loader = Loader::new(".", LoadOptions { version, variables, backend });
    let mut wanted = Vec::new();
    let mut files = Vec::new();
    loop {
        loader.advance(&mut wanted);
        if wanted.is_empty() {
            break;
        }
        for folder in wanted.drain(..) {
            let read = texts(&folder);
            if let Ok(texts) = &read {
                let path = |name: &String| {
                    if folder == "." { name.clone() } else { format!("{folder}/{name}") }
                };
                files.extend(texts.iter().map(|(name, text)| (path(name), text.clone())));
            }
            loader.answer(&folder, read, sources);
        }
    }
    let config = loader.finish(diags)?;
    if diags.error_count() > before {
        return None;
    }
    files.sort();
    Some(Loaded { config: Arc::new(config), digest: digest(&files), files })
}

/// Whether a folder holds a configuration at all.
pub fn has_configuration(host: &Host, dir: &Path) -> bool {
    host.files.list(dir).is_ok_and(|names| names.iter().any(|name| is_module_file(name)))
}

/// What is said where a folder has no configuration.
pub fn no_configuration(dir: &str) -> Diagnostic {
    Diagnostic::error("no-configuration", "No configuration here")
        .detail(format!("{dir} holds neither files of a root module (.tf, .tofu) nor strata.hcl."))
        .remedy("Go to a folder that does, or name one with -chdir=DIR.")
}

/// The files of a module's folder.
pub(crate) fn folder_texts(host: &Host, dir: &Path) -> Result<Vec<FileText>, String> {
    let names = host.files.list(dir).map_err(|e| e.message)?;
    let read = |name: String| {
        let text =
            host.files.read_text(&dir.join(&name)).map_err(|e| format!("{name}: {}", e.message))?;
        Ok((name, text.into()))
    };
    names.into_iter().filter(|name| is_module_file(name)).map(read).collect()
}

pub(crate) fn digest(files: &[(String, Arc<str>)]) -> Digest {
    let mut bytes = Vec::new();
    for (name, text) in files {
        for part in [name.as_bytes(), text.as_bytes()] {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part);
        }
    }
    Digest::of(&bytes)
}
