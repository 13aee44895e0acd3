//! A file that `strata ci` writes, or holds against what it would write.

use std::path::{Path, PathBuf};

use diag::Diagnostic;
use serde_json::json;
use vcs::Repository;

use crate::args::CiWriteArgs;
use crate::commands::Context;
use crate::report::Format;

/// The repository that an estate is in.
pub(super) struct Place {
    /// Its top.
    pub(super) top: PathBuf,
    /// The estate's folder from there, `a/b/`; empty at the top.
    pub(super) prefix: String,
}

impl Place {
    /// Where the estate's folder is.
    pub(super) fn of(context: &Context<'_>, dir: &Path) -> Result<Place, Diagnostic> {
        let repository = Repository::of(context.host, dir).map_err(|error| {
            Diagnostic::error("ci-repository", "The estate is in no Git repository")
                .detail(format!("{error}. A pipeline stands at a repository's top."))
                .remedy("Run it in a clone of the repository; `git init` makes one.")
        })?;
        let prefix = repository.prefix().to_owned();
        let up = prefix.split('/').filter(|part| !part.is_empty()).count();
        let top = dir.ancestors().nth(up).unwrap_or(dir).to_owned();
        Ok(Place { top, prefix })
    }

    /// The estate's folder as a shell goes there.
    pub(super) fn folder(&self) -> String {
        match self.prefix.trim_end_matches('/') {
            "" => ".".to_owned(),
            folder => folder.to_owned(),
        }
    }
}

/// Writes a file, or checks it; tells what was done.
pub(super) fn put(
    context: &Context<'_>,
    place: &Place,
    (path, before, text): (&str, Option<&str>, &str),
    args: &CiWriteArgs,
) -> Result<String, Diagnostic> {
    let same = before == Some(text);
    if args.check && !same {
        return Err(differs(path, before, text));
    }
    if !same {
        let file = place.top.join(path);
        let written = match file.parent() {
            Some(folder) => context.host.files.make_dir(folder),
            None => Ok(()),
        };
        written.and_then(|()| context.host.files.replace(&file, text.as_bytes(), 0o644)).map_err(
            |error| {
                Diagnostic::error("ci-unwritable", format!("{path} cannot be written"))
                    .detail(format!("{error}."))
                    .remedy("Make its folder writable.")
            },
        )?;
    }
    let word = match (args.check, same) {
        (_, true) => "is up to date",
        (_, false) => "is written",
    };
    Ok(match context.format {
        Format::Json => {
            format!("{:#}\n", json!({ "format_version": "1.0", "file": path, "written": !same }))
        }
        Format::Text => format!("{path} {word}.\n"),
    })
}

/// The text of a file at the repository's top; none where there is no such file.
pub(super) fn text(
    context: &Context<'_>,
    place: &Place,
    path: &str,
) -> Result<Option<String>, Diagnostic> {
    let file = place.top.join(path);
    if !context.host.files.exists(&file) {
        return Ok(None);
    }
    context.host.files.read_text(&file).map(Some).map_err(|error| {
        Diagnostic::error("ci-unreadable", format!("{path} cannot be read"))
            .detail(format!("{error}."))
            .remedy("Make it readable, in UTF-8.")
    })
}

fn differs(path: &str, before: Option<&str>, text: &str) -> Diagnostic {
    let detail = match before {
        None => "It is not there.".to_owned(),
        Some(before) => {
            let same = before.lines().zip(text.lines()).take_while(|(a, b)| a == b).count();
            format!("It is another from line {} on.", same + 1)
        }
    };
    Diagnostic::error("ci-stale", format!("{path} is not what strata.hcl says"))
        .detail(detail)
        .remedy("Write it again without -check, and commit it.")
}
