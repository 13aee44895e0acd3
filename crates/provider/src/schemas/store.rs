//! The folder in which schemas are kept between runs: one file for each binary's hash.
//!
//! A cache: what cannot be read is asked for again, what cannot be written is not kept. Invariant: a file appears
//! under its name only when it is whole.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::Schemas;
use super::image::Image;
use crate::hash::Digest;

/// Where schemas are kept.
#[derive(Clone, Debug)]
pub(crate) struct SchemaStore {
    dir: Option<PathBuf>,
}

impl SchemaStore {
    /// In this folder, which is made when needed; or nowhere.
    pub(crate) fn new(dir: Option<PathBuf>) -> SchemaStore {
        SchemaStore { dir }
    }

    fn path(dir: &Path, binary: &Digest) -> PathBuf {
        dir.join(format!("{binary}.schemas"))
    }

    /// The schemas of the binary with this hash, where they are kept and whole.
    pub(crate) fn find(&self, binary: &Digest) -> Option<Schemas> {
        let file = File::open(SchemaStore::path(self.dir.as_ref()?, binary)).ok()?;
        Schemas::open(Image::of_file(file).ok()?).ok()
    }

    /// Keeps an image, and opens it where it is kept.
    pub(crate) fn keep(
        &self,
        binary: &Digest,
        image: Vec<u8>,
    ) -> Result<Schemas, super::SchemasError> {
        if let Some(dir) = &self.dir
            && write_whole(dir, &SchemaStore::path(dir, binary), &image).is_ok()
            && let Some(schemas) = self.find(binary)
        {
            return Ok(schemas);
        }
        Schemas::open(Image::of_bytes(image)?)
    }
}

fn write_whole(dir: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(dir)?;
    let unfinished = path.with_extension(format!("{}.tmp", std::process::id()));
    let mut file = File::create(&unfinished)?;
    let written = file.write_all(bytes).and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        let _ = fs::remove_file(&unfinished); // nothing more can be done about it
    }
    written
}
