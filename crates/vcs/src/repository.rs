//! A Git repository, asked through its program.

use std::path::{Path, PathBuf};
use std::time::Duration;

use host::Host;
use host::programs::{self, Output, Program, ProgramError};

use crate::entry::Entry;
use crate::error::VcsError;
use crate::paths::{from_top, to_top};

/// How long one command may take.
const TIME_MAX: Duration = Duration::from_secs(60);
/// Longest list of files, in bytes.
pub(crate) const LIST_BYTES_MAX: u64 = 64 << 20;
/// Longest file that is read from a commit, in bytes.
const FILE_BYTES_MAX: u64 = 16 << 20;
/// Variables that would point `git` at another repository, as they are set within hooks.
const FOREIGN: &[&str] =
    &["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY"];
/// What makes its answers the same everywhere: no questions, no lock of the index, no translation.
const FIXED: &[(&str, &str)] = &[
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("LC_ALL", "C"),
    ("GIT_PAGER", "cat"),
];

/// What `git` says of a folder that is in no repository, untranslated.
const NO_REPOSITORY: &str = "not a git repository";

/// The repository of a folder.
#[derive(Clone, Debug)]
pub struct Repository {
    dir: PathBuf,
    /// The folder, from the repository's top: `a/b/`, or empty.
    prefix: String,
    environment: Vec<(String, String)>,
}

/// A commit, by its whole id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit(String);

impl Commit {
    /// The whole id.
    pub fn id(&self) -> &str {
        &self.0
    }
}

impl Commit {
    /// The commit of a whole id.
    pub(crate) fn named(id: &str) -> Commit {
        Commit(id.to_owned())
    }
}

/// The environment in which `git` is asked.
fn environment(host: &Host) -> Vec<(String, String)> {
    let foreign = |name: &str| FOREIGN.contains(&name) || FIXED.iter().any(|(n, _)| *n == name);
    let own = host.environment.all().filter(|(name, _)| !foreign(name));
    let all = own.chain(FIXED.iter().copied());
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

impl Repository {
    /// The repository that a folder is in.
    ///
    /// # Errors
    /// Where it is in none, or there is no `git` program.
    pub fn of(host: &Host, dir: &Path) -> Result<Repository, VcsError> {
        let mut found = Repository::bare(host, dir);
        match found.run(&["rev-parse", "--show-prefix"], LIST_BYTES_MAX) {
            Ok(output) => found.prefix = line(&output.out),
            // Other failures, such as a folder of another owner, have a remedy of their own.
            Err(ProgramError::Failed { errors, .. }) if errors.contains(NO_REPOSITORY) => {
                return Err(VcsError::NoRepository(dir.display().to_string()));
            }
            Err(error) => return Err(VcsError::of("rev-parse", &error)),
        }
        Ok(found)
    }

    /// The folder of the estate from the repository's top: `a/b/`, or empty.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The commit that a name stands for: a branch, a tag, an id; with `...` behind it, where HEAD left it.
    ///
    /// # Errors
    /// Where there is none.
    pub fn commit(&self, reference: &str) -> Result<Commit, VcsError> {
        let unknown = |error: &ProgramError| match error {
            ProgramError::Failed { .. } => VcsError::UnknownReference(reference.to_owned()),
            other => VcsError::of("rev-parse", other),
        };
        let name = reference.strip_suffix("...");
        let commit = format!("{}^{{commit}}", name.unwrap_or(reference));
        let args = ["rev-parse", "--verify", "--quiet", "--end-of-options", &commit];
        let found = self.run(&args, LIST_BYTES_MAX).map_err(|error| unknown(&error))?;
        let commit = line(&found.out);
        if name.is_none() {
            return Ok(Commit(commit));
        }
        let base = self.run(&["merge-base", &commit, "HEAD"], LIST_BYTES_MAX);
        Ok(Commit(line(&base.map_err(|error| unknown(&error))?.out)))
    }

    /// The commit that a name stands for, where only one branch or tag has that name.
    ///
    /// # Errors
    /// As [`Repository::commit`], and where several have it.
    pub fn commit_of_one(&self, reference: &str) -> Result<Commit, VcsError> {
        let name = reference.strip_suffix("...").unwrap_or(reference);
        let places = ["refs/tags/", "refs/heads/", "refs/remotes/"].map(|at| format!("{at}{name}"));
        let mut args = vec!["for-each-ref", "--format=%(refname)%00", "--"];
        args.extend(places.iter().map(String::as_str));
        let found = self.list(&args)?;
        let exact: Vec<String> = places
            .into_iter()
            .filter(|place| found.iter().any(|one| one.trim() == place))
            .collect();
        match exact.len() {
            0 | 1 => self.commit(reference),
            _ => Err(VcsError::AmbiguousReference(name.to_owned(), exact)),
        }
    }

    /// The top of the working tree.
    ///
    /// # Errors
    /// Where `git` fails.
    pub fn top(&self) -> Result<PathBuf, VcsError> {
        let output = self.run(&["rev-parse", "--show-toplevel"], LIST_BYTES_MAX);
        let output = output.map_err(|error| VcsError::of("rev-parse", &error))?;
        Ok(PathBuf::from(line(&output.out)))
    }

    /// What is tracked in the working tree, by the index; paths from the top, sorted.
    ///
    /// # Errors
    /// Where `git` fails.
    pub fn tracked(&self) -> Result<Vec<Entry>, VcsError> {
        let listed = self.list(&["ls-files", "--stage", "--full-name", "-z", "--", ":/"])?;
        Ok(Entry::all(&listed, 1))
    }

    /// What a commit holds; paths from the top, sorted.
    ///
    /// # Errors
    /// Where `git` fails.
    pub fn entries(&self, commit: &Commit) -> Result<Vec<Entry>, VcsError> {
        let listed = self.list(&["ls-tree", "-r", "-z", "--full-tree", &commit.0])?;
        Ok(Entry::all(&listed, 2))
    }

    /// The path from the top of what `path` names, seen from the folder; `None` where it leads out of the repository.
    pub fn from_top_of(&self, path: &str) -> Option<String> {
        to_top(&self.prefix, path)
    }

    /// The files that differ between a commit and the working tree, removed and untracked ones too; sorted.
    ///
    /// # Errors
    /// Where `git` fails.
    pub fn changed(&self, since: &Commit) -> Result<Vec<String>, VcsError> {
        // Renames are told as what they do: one file gone, another there.
        let diff = [
            "diff",
            "--name-only",
            "-z",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
            &since.0,
            "--",
        ];
        let untracked =
            ["ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", ":/"];
        let mut files = self.list(&diff)?;
        files.extend(self.list(&untracked)?);
        let mut files: Vec<String> =
            files.iter().map(|path| from_top(&self.prefix, path)).collect();
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// The text of a file in a commit; `None` where it has no such file.
    ///
    /// # Errors
    /// Where `git` fails, or the file is no UTF-8.
    pub fn text(&self, commit: &Commit, path: &str) -> Result<Option<String>, VcsError> {
        let Some(path) = to_top(&self.prefix, path) else { return Ok(None) };
        let entry = ["ls-tree", "-z", "--full-tree", &commit.0, "--", &path];
        let entries = self.list(&entry)?;
        // `MODE blob ID<tab>PATH`
        let blob = entries.first().and_then(|entry| entry.split('\t').next()?.split(' ').nth(2));
        let Some(blob) = blob else { return Ok(None) };
        let output = self
            .run(&["cat-file", "blob", blob], FILE_BYTES_MAX)
            .map_err(|error| VcsError::of("cat-file", &error))?;
        String::from_utf8(output.out).map(Some).map_err(|error| VcsError::Command {
            command: "git cat-file".into(),
            why: format!("{path} is not UTF-8 at byte {}", error.utf8_error().valid_up_to()),
        })
    }

    /// The files of a commit beneath the folder whose last part is `name`; sorted.
    ///
    /// # Errors
    /// Where `git` fails.
    pub fn files_named(&self, commit: &Commit, name: &str) -> Result<Vec<String>, VcsError> {
        let mut files = self.list(&["ls-tree", "-r", "-z", "--name-only", &commit.0])?;
        files.retain(|path| path.rsplit('/').next() == Some(name));
        files.sort();
        Ok(files)
    }

    /// The short id of HEAD; `None` where there is no commit yet.
    ///
    /// # Errors
    /// Where `git` fails otherwise.
    pub fn head(&self) -> Result<Option<String>, VcsError> {
        match self.run(&["rev-parse", "--verify", "--quiet", "--short", "HEAD"], LIST_BYTES_MAX) {
            Ok(output) => Ok(Some(line(&output.out))),
            Err(ProgramError::Failed { .. }) => Ok(None),
            Err(error) => Err(VcsError::of("rev-parse", &error)),
        }
    }

    /// What a command lists, each ended by a zero byte. Names that are no UTF-8 are read as nearly as can be.
    fn list(&self, args: &[&str]) -> Result<Vec<String>, VcsError> {
        let output =
            self.run(args, LIST_BYTES_MAX).map_err(|error| VcsError::of(args[0], &error))?;
        let names = output.out.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    /// A bare repository in a folder, whatever it holds.
    pub(crate) fn bare(host: &Host, dir: &Path) -> Repository {
        Repository { dir: dir.to_owned(), prefix: String::new(), environment: environment(host) }
    }

    /// The content of a blob.
    pub(crate) fn blob(&self, id: &str) -> Result<Vec<u8>, VcsError> {
        let output = self.run(&["cat-file", "blob", id], FILE_BYTES_MAX);
        output.map(|output| output.out).map_err(|error| VcsError::of("cat-file", &error))
    }

    pub(crate) fn run(&self, args: &[&str], output_bytes_max: u64) -> Result<Output, ProgramError> {
        let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
        programs::run(&Program {
            name: "git",
            args: &args,
            dir: &self.dir,
            environment: &self.environment,
            time_max: TIME_MAX,
            output_bytes_max,
        })
    }
}

/// The one line of an answer.
fn line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches(['\n', '\r']).to_owned()
}
