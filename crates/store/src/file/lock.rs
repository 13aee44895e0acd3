//! Locks that exclude other processes: `fcntl` locks, the kind that OpenTofu takes, owned by the open file where the
//! system has that (Linux), so that threads of one process exclude each other too.
//!
//! Invariant: a lock is dropped with the last descriptor of its open file, whatever ended the process.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;

use super::paths::Paths;
use super::{info, open_or_make};
use crate::error::{LockError, PortError};

/// What part of a file is locked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Range {
    /// All of it, as OpenTofu does.
    Whole,
    /// One byte, which need not be there.
    Byte(u64),
}

fn flock(kind: libc::c_int, range: Range) -> libc::flock {
    let (start, length) = match range {
        Range::Whole => (0, 0),
        Range::Byte(at) => (at as libc::off_t, 1),
    };
    libc::flock {
        l_type: kind as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: start,
        l_len: length,
        l_pid: 0,
    }
}

#[cfg(target_os = "linux")]
fn set(lock: &libc::flock) -> FcntlArg<'_> {
    FcntlArg::F_OFD_SETLK(lock)
}

#[cfg(not(target_os = "linux"))]
fn set(lock: &libc::flock) -> FcntlArg<'_> {
    FcntlArg::F_SETLK(lock)
}

#[cfg(target_os = "linux")]
fn test(lock: &mut libc::flock) -> FcntlArg<'_> {
    FcntlArg::F_OFD_GETLK(lock)
}

#[cfg(not(target_os = "linux"))]
fn test(lock: &mut libc::flock) -> FcntlArg<'_> {
    FcntlArg::F_GETLK(lock)
}

/// Takes a lock without waiting; tells whether it was free.
pub(super) fn try_lock(file: &File, range: Range) -> io::Result<bool> {
    match fcntl(file, set(&flock(libc::F_WRLCK, range))) {
        Ok(_) => Ok(true),
        Err(Errno::EAGAIN | Errno::EACCES) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether somebody else has a lock.
pub(super) fn is_locked(file: &File, range: Range) -> io::Result<bool> {
    let mut lock = flock(libc::F_WRLCK, range);
    fcntl(file, test(&mut lock))?;
    Ok(lock.l_type != libc::F_UNLCK as libc::c_short)
}

fn unlock(file: &File, range: Range) -> io::Result<()> {
    fcntl(file, set(&flock(libc::F_UNLCK, range)))?;
    Ok(())
}

/// What excludes the threads of one process that share an open file, and with it its locks.
#[derive(Debug, Default)]
pub(super) struct Gate {
    taken: Mutex<bool>,
    freed: Condvar,
}

impl Gate {
    fn enter(&self) {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.freed.wait_while(taken, |taken| *taken);
        *free.unwrap_or_else(PoisonError::into_inner) = true;
    }

    fn leave(&self) {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.freed.notify_one();
    }
}

/// A lock for the time of one write.
#[derive(Debug)]
pub(super) struct Section {
    file: File,
    gate: Arc<Gate>,
    range: Range,
}

impl Section {
    /// Waits for a short while; `None` if it stays taken by another process.
    #[expect(clippy::disallowed_methods, reason = "no system has a lock with a limit of time")]
    pub(super) fn enter(
        file: &File,
        gate: &Arc<Gate>,
        range: Range,
        wait_ms_max: u64,
    ) -> io::Result<Option<Section>> {
        let file = file.try_clone()?;
        gate.enter();
        let begun = Instant::now();
        loop {
            match try_lock(&file, range) {
                Ok(true) => return Ok(Some(Section { file, gate: gate.clone(), range })),
                Ok(false) if begun.elapsed() <= Duration::from_millis(wait_ms_max) => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                refused => {
                    gate.leave();
                    return refused.map(|_| None);
                }
            }
        }
    }
}

impl Drop for Section {
    fn drop(&mut self) {
        drop(unlock(&self.file, self.range));
        self.gate.leave();
    }
}

/// The state file, made if need be, with the lock that OpenTofu knows.
pub(super) fn state_file(paths: &Paths) -> Result<File, LockError> {
    let failed = |error| PortError::new("cannot lock", &paths.state, &error);
    loop {
        let file = open_or_make(&paths.state, "cannot open the state file")?;
        if !try_lock(&file, Range::Whole).map_err(failed)? {
            return Err(LockError::Held(Box::new(info::holder(paths))));
        }
        // Whoever replaced the file between opening and locking left us a lock on one that is gone.
        if is_at(&file, &paths.state).map_err(failed)? {
            return Ok(file);
        }
    }
}

/// Whether an open file is still the one at a path.
pub(super) fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let ours = file.metadata()?;
    let there = std::fs::metadata(path).ok().map(|meta| (meta.dev(), meta.ino()));
    Ok(there == Some((ours.dev(), ours.ino())))
}

/// Whether somebody has the lock that OpenTofu knows.
pub(super) fn is_state_held(paths: &Paths) -> Result<bool, PortError> {
    match File::open(&paths.state) {
        Ok(file) => is_locked(&file, Range::Whole)
            .map_err(|error| PortError::new("cannot ask for the lock of", &paths.state, &error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(PortError::new("cannot open", &paths.state, &error)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// Threads that share one open file, and one that opened it itself, as another process does.
    #[test]
    fn a_section_has_one_writer() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let shared = (file.reopen().unwrap(), Arc::new(Gate::default()));
        let other = (file.reopen().unwrap(), Arc::new(Gate::default()));
        let alone = AtomicBool::new(true);
        let write = |(file, gate): &(File, Arc<Gate>)| {
            for _ in 0..200 {
                let section = Section::enter(file, gate, Range::Byte(7), 60_000).unwrap().unwrap();
                assert!(alone.swap(false, Ordering::SeqCst), "two writers in one section");
                std::thread::yield_now();
                alone.store(true, Ordering::SeqCst);
                drop(section);
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(|| write(&shared));
            scope.spawn(|| write(&shared));
            scope.spawn(|| write(&other));
        });
        let held = Section::enter(&shared.0, &shared.1, Range::Byte(7), 0).unwrap();
        assert!(Section::enter(&other.0, &other.1, Range::Byte(7), 0).unwrap().is_none());
        drop(held);
        assert!(Section::enter(&other.0, &other.1, Range::Byte(7), 0).unwrap().is_some());
    }
}
