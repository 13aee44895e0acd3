//! The estate's own files as a commit has them: `strata.hcl` and the stacks' `stack.hcl`.
//!
//! Invariant: they are read and parsed as those of the working tree are; nothing is written anywhere.

use std::sync::Arc;

use diag::{Diags, SourceMap};
use estate::{Estate, StackFile};
use vcs::{Commit, Repository, VcsError};

use super::open::FILE;
use super::stack_files::STACK_FILE;

/// Texts by path, `strata.hcl` first.
pub(super) struct Past(Vec<(String, Arc<str>)>);

/// What they say.
pub(super) struct Said {
    /// The estate.
    pub(super) estate: Estate,
    /// The files, by path.
    pub(super) files: Vec<(String, Arc<str>, syntax::File)>,
}

impl Past {
    /// Reads them; `None` where the commit has no `strata.hcl`.
    pub(super) fn read(repository: &Repository, commit: &Commit) -> Result<Option<Past>, VcsError> {
        let Some(text) = repository.text(commit, FILE)? else { return Ok(None) };
        let mut texts: Vec<(String, Arc<str>)> = vec![(FILE.to_owned(), text.into())];
        for path in repository.files_named(commit, STACK_FILE)? {
            if !path.contains('/') {
                continue;
            }
            if let Some(text) = repository.text(commit, &path)? {
                texts.push((path, text.into()));
            }
        }
        Ok(Some(Past(texts)))
    }

    /// Parses and reads them; their names in `sources` end in `suffix`. `None` where they have errors.
    pub(super) fn parse(
        &self,
        suffix: &str,
        sources: &mut SourceMap,
        diags: &mut Diags,
    ) -> Option<Said> {
        sources.set_prefix("");
        let before = diags.error_count();
        let files: Vec<(String, Arc<str>, syntax::File)> = self
            .0
            .iter()
            .map(|(path, text)| {
                let id = sources.add(format!("{path}{suffix}"), text.clone());
                (path.clone(), text.clone(), syntax::parse_native(id, text, diags))
            })
            .collect();
        if diags.error_count() > before {
            return None;
        }
        let (first, rest) = files.split_first()?;
        let stack_files: Vec<StackFile> = rest
            .iter()
            .filter_map(|(path, _, file)| {
                let (folder, _) = path.rsplit_once('/')?;
                Some(StackFile { folder: format!("./{folder}").into(), file: file.clone() })
            })
            .collect();
        let estate = estate::read(&first.2, &stack_files, diags)?;
        Some(Said { estate, files })
    }
}
