//! The world's answers to impure functions: files, folders, time, chance.
//!
//! What a function makes of an answer is `funcs`'; how often one is asked for is the engine's.
//! Invariant: relative paths are relative to the root module's folder, as `tofu` has it, wherever the program was started.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use funcs::{Answer, Depth, FileKind, Request, WorldFault};

use crate::bounds::{Bounds, OutOfBounds, REFUSED};
use crate::stack::Random;

/// Folders looked into below one `fileset`, at most.
const FOLDERS_MAX: usize = 100_000;

/// What the answers depend on.
#[derive(Clone)]
pub(crate) struct Surroundings {
    /// The folder of the root module, absolute.
    pub(crate) dir: PathBuf,
    /// The user's home.
    pub(crate) home: Option<PathBuf>,
    /// When the plan was made, in seconds since 1970.
    pub(crate) plan_time: i64,
    /// Seconds since 1970, now.
    pub(crate) now: fn() -> i64,
    /// Random bits.
    pub(crate) random: Random,
    /// What may be read of the machine; anything where nothing is said.
    pub(crate) bounds: Option<Arc<Bounds>>,
}

/// What the world answers.
pub(crate) fn ask(request: &Request, around: &Surroundings) -> Answer {
    match request {
        Request::ReadFile { path } => match file(path, around) {
            Ok(Some(path)) => match std::fs::read(path) {
                Ok(bytes) => Answer::Bytes(Arc::from(bytes)),
                Err(error) => Answer::Failed(fault(&error)),
            },
            Ok(None) => Answer::Failed(WorldFault::NotFound),
            Err(OutOfBounds) => refused(),
        },
        Request::FileKind { path } => match file(path, around) {
            Ok(Some(path)) => Answer::Kind(kind(&path)),
            Ok(None) => Answer::Kind(FileKind::Missing),
            Err(OutOfBounds) => refused(),
        },
        Request::ListFiles { folder, depth } => listed(&place(folder, around), *depth, around),
        Request::WorkingFolder => Answer::Text(around.dir.display().to_string()),
        Request::ExpandHome { path } => {
            Answer::Text(expand_home(path, around).display().to_string())
        }
        Request::Now => Answer::Seconds((around.now)()),
        Request::PlanTime => Answer::Seconds(around.plan_time),
        Request::Random => Answer::Random((around.random)()),
    }
}

fn place(path: &str, around: &Surroundings) -> PathBuf {
    around.dir.join(expand_home(path, around))
}

/// The file of this name that may be read; `None` where it is known that nothing is there.
fn file(path: &str, around: &Surroundings) -> Result<Option<PathBuf>, OutOfBounds> {
    let path = place(path, around);
    match &around.bounds {
        None => Ok(Some(path)),
        Some(bounds) => bounds.file(&path),
    }
}

fn refused() -> Answer {
    Answer::Failed(WorldFault::Other(REFUSED.to_owned()))
}

/// The files of a folder that may be read.
fn listed(folder: &Path, depth: Depth, around: &Surroundings) -> Answer {
    let Some(bounds) = &around.bounds else { return list(folder, depth) };
    match bounds.folder(folder) {
        Err(OutOfBounds) => refused(),
        Ok(None) => Answer::Files(Vec::new()),
        Ok(Some(real)) => match list(&real, depth) {
            Answer::Files(mut files) => {
                let is_tracked = |file: &String| {
                    real.join(file).canonicalize().is_ok_and(|file| bounds.is_tracked(&file))
                };
                files.retain(is_tracked);
                Answer::Files(files)
            }
            other => other,
        },
    }
}

fn expand_home(path: &str, around: &Surroundings) -> PathBuf {
    match (path.strip_prefix('~'), &around.home) {
        (Some(""), Some(home)) => home.clone(),
        (Some(rest), Some(home)) if rest.starts_with('/') => home.join(&rest[1..]),
        _ => PathBuf::from(path),
    }
}

fn fault(error: &std::io::Error) -> WorldFault {
    match error.kind() {
        std::io::ErrorKind::NotFound => WorldFault::NotFound,
        _ => WorldFault::Other(error.to_string()),
    }
}

fn kind(path: &Path) -> FileKind {
    use std::os::unix::fs::FileTypeExt as _;
    let Ok(found) = std::fs::metadata(path) else { return FileKind::Missing };
    let kind = found.file_type();
    match () {
        () if kind.is_file() => FileKind::File,
        () if kind.is_dir() => FileKind::Folder,
        () if kind.is_fifo() => FileKind::Pipe,
        () if kind.is_socket() => FileKind::Socket,
        () if kind.is_char_device() || kind.is_block_device() => FileKind::Device,
        () => FileKind::Other,
    }
}

/// Regular files below a folder, links followed, as paths relative to it.
fn list(folder: &Path, depth: Depth) -> Answer {
    let mut files = Vec::new();
    let mut open = vec![(folder.to_owned(), String::new(), 1)];
    let mut looked = 0;
    while let Some((dir, prefix, level)) = open.pop() {
        looked += 1;
        if looked > FOLDERS_MAX {
            return Answer::Failed(WorldFault::Other(format!("more than {FOLDERS_MAX} folders")));
        }
        let entries = match std::fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && prefix.is_empty() => {
                break;
            }
            Err(error) => return Answer::Failed(fault(&error)),
        };
        for entry in entries.filter_map(Result::ok) {
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = entry.path();
            let within =
                matches!(depth, Depth::All) || matches!(depth, Depth::Levels(max) if level < max);
            if path.is_file() {
                files.push(format!("{prefix}{name}"));
            } else if path.is_dir() && within {
                open.push((path, format!("{prefix}{name}/"), level + 1));
            }
        }
    }
    Answer::Files(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(dir: &Path) -> Surroundings {
        let (now, random): (fn() -> i64, Random) = (|| 7, std::sync::Arc::new(|| 9));
        Surroundings {
            dir: dir.into(),
            home: Some("/home/x".into()),
            plan_time: 5,
            now,
            random,
            bounds: None,
        }
    }

    #[test]
    fn files_are_listed_to_the_depth_asked_for() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(dir.path().join("a/b")).expect("folders");
        for name in ["x", "a/y", "a/b/z"] {
            std::fs::write(dir.path().join(name), "").expect("a file");
        }
        let listed = |depth| match list(dir.path(), depth) {
            Answer::Files(mut files) => {
                files.sort();
                files.join(" ")
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(listed(Depth::Levels(1)), "x");
        assert_eq!(listed(Depth::Levels(2)), "a/y x");
        assert_eq!(listed(Depth::All), "a/b/z a/y x");
    }

    #[test]
    fn a_file_is_read_relative_to_the_root_module() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::write(dir.path().join("x"), "hello").expect("a file");
        let read = |path: &str| ask(&Request::ReadFile { path: path.into() }, &around(dir.path()));
        assert_eq!(read("x"), Answer::Bytes(Arc::from(*b"hello")));
        assert_eq!(read("nothing"), Answer::Failed(WorldFault::NotFound));
        assert_eq!(expand_home("~/k", &around(dir.path())), PathBuf::from("/home/x/k"));
    }
}
