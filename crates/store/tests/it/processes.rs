//! Laws that only real processes can show: races for a lease, a holder that was stopped, a run that was killed, and the
//! lock that OpenTofu takes.
//!
//! Children are this very test binary, running one of the ignored tests named `child_*`; they learn what to do from
//! their environment and tell what they did on standard output.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use crate::server::skipped;
use crate::support::{
    at, begin, end, file_settings, fresh_address, opening, postgres_settings, request, row, server,
    sqlite_settings, stack,
};
use state::journal::{Entry, Outcome};
use store::{
    FileStore, JournalFailure, LockError, PostgresStore, SqliteStore, Store, SystemWorld, World,
    WriteError,
};

/// The store of a kind over a folder, as any process opens it.
fn open(kind: &str, dir: &Path) -> Arc<dyn Store> {
    let world: Arc<dyn World> = Arc::new(SystemWorld::new());
    match kind {
        "file" => Arc::new(FileStore::open(file_settings(dir), world)),
        "postgres" => {
            let address = fs::read_to_string(dir.join("address")).unwrap();
            Arc::new(PostgresStore::open(postgres_settings(&address), world).unwrap())
        }
        _ => Arc::new(SqliteStore::open(sqlite_settings(dir), world).unwrap()),
    }
}

/// A folder with an empty store; `None` where there is no PostgreSQL for it.
fn fresh(kind: &str) -> Option<tempfile::TempDir> {
    let dir = tempfile::tempdir().unwrap();
    let world = Arc::new(SystemWorld::new());
    match kind {
        "sqlite" => drop(SqliteStore::create(sqlite_settings(dir.path()), world).unwrap()),
        "postgres" => {
            let address = fresh_address(server()?);
            fs::write(dir.path().join("address"), &address).unwrap();
            drop(PostgresStore::create(postgres_settings(&address), world).unwrap());
        }
        _ => {}
    }
    Some(dir)
}

/// The kinds, each with a folder of its own; one that is not here is passed over.
fn kinds(test: &str) -> Vec<(&'static str, tempfile::TempDir)> {
    let mut kinds = Vec::new();
    for kind in ["file", "sqlite", "postgres"] {
        match fresh(kind) {
            Some(dir) => kinds.push((kind, dir)),
            None => skipped(&format!("processes::{test} on {kind}")),
        }
    }
    kinds
}

/// A child that runs one ignored test of this binary.
struct Helper {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Helper {
    fn start(test: &str, kind: &str, dir: &Path) -> Helper {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env("STORE_TEST_KIND", kind)
            .env("STORE_TEST_DIR", dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Helper { child, lines }
    }

    /// The next line that the child told, past what its test harness prints.
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        while self.lines.read_line(&mut line).unwrap() > 0 {
            // The harness prints the test's name without ending the line.
            if let Some((_, told)) = line.split_once("> ") {
                return Some(told.trim_end().to_owned());
            }
            line.clear();
        }
        None
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    fn succeeds(mut self) {
        while self.line().is_some() {}
        assert!(self.child.wait().unwrap().success(), "the child failed");
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What this child was started for.
#[expect(clippy::disallowed_methods, reason = "how a child of these tests learns its task")]
fn task() -> (String, PathBuf) {
    let kind = std::env::var("STORE_TEST_KIND").expect("run by its parent only");
    (kind, PathBuf::from(std::env::var("STORE_TEST_DIR").unwrap()))
}

fn told(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "> {line}").unwrap();
    out.flush().unwrap();
}

fn wait_for_parent() {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
}

const ROUNDS: u32 = 500;

#[test]
fn two_processes_that_race_never_hold_both() {
    for (kind, dir) in kinds("two_processes_that_race_never_hold_both") {
        fs::write(dir.path().join("fence"), "0").unwrap();
        let racers = [0, 1].map(|_| Helper::start("processes::child_races", kind, dir.path()));
        racers.into_iter().for_each(Helper::succeeds);
        let fence: u64 = fs::read_to_string(dir.path().join("fence")).unwrap().parse().unwrap();
        assert_eq!(fence, u64::from(2 * ROUNDS), "{kind}: each lease has a number of its own");
    }
}

#[test]
#[ignore = "a child of two_processes_that_race_never_hold_both"]
fn child_races() {
    let (kind, dir) = task();
    let store = open(&kind, &dir);
    for _ in 0..ROUNDS {
        let lease = loop {
            match store.acquire(&stack(), &request("racer")) {
                Ok(lease) => break lease,
                Err(LockError::Held(_)) => std::thread::yield_now(),
                Err(other) => panic!("{other}"),
            }
        };
        let mut alone = fs::OpenOptions::new();
        let alone = alone.write(true).create_new(true).open(dir.join("alone"));
        assert!(alone.is_ok(), "two holders at once");
        let last: u64 = fs::read_to_string(dir.join("fence")).unwrap().parse().unwrap();
        assert!(lease.fence() > last, "{} after {last}", lease.fence());
        fs::write(dir.join("fence"), lease.fence().to_string()).unwrap();
        fs::remove_file(dir.join("alone")).unwrap();
        store.release(lease).unwrap();
    }
}

#[test]
fn after_the_lock_is_broken_a_paused_holder_writes_nothing() {
    for (kind, dir) in kinds("after_the_lock_is_broken_a_paused_holder_writes_nothing") {
        let mut holder = Helper::start("processes::child_holds", kind, dir.path());
        assert_eq!(holder.line().as_deref(), Some("holds"), "{kind}");
        let store = open(kind, dir.path());
        match store.acquire(&stack(), &request("successor")) {
            Err(LockError::Held(found)) => {
                assert_eq!(found.process.unwrap().pid, holder.child.id());
            }
            other => panic!("{kind}: a live owner is not taken over: {other:?}"),
        }
        let broken = store.break_lock(&stack()).unwrap().unwrap();
        assert_eq!(broken.process.unwrap().pid, holder.child.id());
        let lease = store.acquire(&stack(), &request("successor")).unwrap();
        let before = store.load(&lease).unwrap();
        assert_eq!(before.in_doubt.len(), 1, "{kind}");
        holder.tell("go on");
        assert_eq!(holder.line().as_deref(), Some("late append: fenced"), "{kind}");
        assert_eq!(holder.line().as_deref(), Some("late close: fenced"), "{kind}");
        assert_eq!(holder.line().as_deref(), Some("late replace: fenced"), "{kind}");
        holder.succeeds();
        let after = store.load(&lease).unwrap();
        assert_eq!((&after.state, after.digest), (&before.state, before.digest), "{kind}");
        assert_eq!(after.in_doubt, before.in_doubt, "{kind}");
        let journal = store.open_journal(&lease, &opening("successor")).unwrap();
        journal.append(vec![begin(1, "x.b"), end(1, "x.b", "b")]).unwrap();
        assert_eq!(store.close_journal(&lease, journal).unwrap().state.object_count(), 1);
        store.release(lease).unwrap();
    }
}

#[test]
#[ignore = "a child of after_the_lock_is_broken_a_paused_holder_writes_nothing"]
fn child_holds() {
    let (kind, dir) = task();
    let store = open(&kind, &dir);
    let lease = store.acquire(&stack(), &request("holder")).unwrap();
    let journal = store.open_journal(&lease, &opening("paused")).unwrap();
    journal.wait(journal.append(vec![begin(1, "x.a")]).unwrap()).unwrap();
    told("holds");
    wait_for_parent();
    let late = journal.append(vec![end(1, "x.a", "late")]).unwrap();
    match journal.wait(late) {
        Err(JournalFailure::Fenced { .. }) => told("late append: fenced"),
        other => panic!("{other:?}"),
    }
    match store.close_journal(&lease, journal) {
        Err(WriteError::Fenced { .. }) => told("late close: fenced"),
        other => panic!("{other:?}"),
    }
    match store.replace(&lease, 0, state::State::new()) {
        Err(WriteError::Fenced { .. }) => told("late replace: fenced"),
        other => panic!("{other:?}"),
    }
    store.release(lease).unwrap();
}

/// Ops of a killed run that may be in flight at once.
const WINDOW: u32 = 4;
const OPS: u32 = 400;

/// What a run did to the outside: one line per op, written by the system call itself, so that a kill loses none.
fn effects(dir: &Path) -> Vec<u32> {
    let text = fs::read_to_string(dir.join("effects")).unwrap_or_default();
    text.lines().map(|line| line.parse().unwrap()).collect()
}

#[test]
fn a_run_killed_anywhere_loses_nothing_that_it_did() {
    for (kind, dir) in kinds("a_run_killed_anywhere_loses_nothing_that_it_did") {
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..12 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let mut run = Helper::start("processes::child_applies", kind, dir.path());
            let mut told = None;
            for _ in 0..random % u64::from(OPS / 8) {
                let Some(line) = run.line() else { break };
                told = Some(line);
            }
            drop(run);
            check_after_kill(kind, dir.path(), told.as_deref());
        }
        Helper::start("processes::child_applies", kind, dir.path()).succeeds();
        let state = open(kind, dir.path()).peek(&stack()).unwrap().state;
        assert_eq!(state.object_count(), OPS as usize, "{kind}");
        let mut done = effects(dir.path());
        done.sort_unstable();
        assert_eq!(done, (0..OPS).collect::<Vec<_>>(), "{kind}: each op happened once");
    }
}

/// The laws of the fold after a kill; then what is in doubt is resolved by a look at the effects.
fn check_after_kill(kind: &str, dir: &Path, told: Option<&str>) {
    let store = open(kind, dir);
    let peeked = store.peek(&stack()).unwrap();
    let lease = store.acquire(&stack(), &request("next")).unwrap();
    let loaded = store.load(&lease).unwrap();
    assert_eq!(peeked.in_doubt, loaded.in_doubt, "{kind}");
    let in_state = |op: u32| loaded.state.object(&at(&format!("x.a[{op}]"))).is_some();
    let in_doubt = |op: u32| loaded.in_doubt.iter().any(|doubt| doubt.begin.op.0 == op);
    assert!(loaded.in_doubt.len() <= WINDOW as usize, "{kind}: {}", loaded.in_doubt.len());
    let done = effects(dir);
    for op in 0..OPS {
        assert!(!(in_state(op) && in_doubt(op)), "{kind}: op {op} is both");
        if done.contains(&op) {
            assert!(in_state(op) || in_doubt(op), "{kind}: op {op} happened and is lost");
        } else {
            assert!(!in_state(op), "{kind}: op {op} is there and never happened");
        }
    }
    if let Some(durable) = told.and_then(|line| line.strip_prefix("durable ")) {
        assert!(in_state(durable.parse().unwrap()), "{kind}: op {durable} was told to be durable");
    }
    let journal = store.open_journal(&lease, &opening("resolve")).unwrap();
    let resolved = loaded.in_doubt.iter().map(|doubt| {
        let outcome = match done.contains(&doubt.begin.op.0) {
            true => Outcome::Object(row("found")),
            false => Outcome::Gone,
        };
        Entry::Resolved { op: doubt.op(), outcome: Box::new(outcome) }
    });
    journal.append(resolved.collect()).unwrap();
    let closed = store.close_journal(&lease, journal).unwrap();
    assert_eq!(closed.in_doubt, [], "{kind}");
    store.release(lease).unwrap();
}

#[test]
#[ignore = "a child of a_run_killed_anywhere_loses_nothing_that_it_did"]
fn child_applies() {
    let (kind, dir) = task();
    let store = open(&kind, &dir);
    let lease = store.acquire(&stack(), &request("applier")).unwrap();
    let loaded = store.load(&lease).unwrap();
    let journal = store.open_journal(&lease, &opening("apply")).unwrap();
    let mut outside = fs::OpenOptions::new();
    let mut outside = outside.create(true).append(true).open(dir.join("effects")).unwrap();
    let address = |op: u32| format!("x.a[{op}]");
    let todo: Vec<u32> =
        (0..OPS).filter(|op| loaded.state.object(&at(&address(*op))).is_none()).collect();
    for ops in todo.chunks(WINDOW as usize) {
        let begins = ops.iter().map(|op| begin(*op, &address(*op))).collect();
        journal.wait(journal.append(begins).unwrap()).unwrap();
        let mut last = journal.last();
        for op in ops {
            outside.write_all(format!("{op}\n").as_bytes()).unwrap();
            last = journal.append(vec![end(*op, &address(*op), "made")]).unwrap();
        }
        journal.wait(last).unwrap();
        told(&format!("durable {}", ops[ops.len() - 1]));
    }
    assert_eq!(store.close_journal(&lease, journal).unwrap().in_doubt, []);
    store.release(lease).unwrap();
}

#[test]
fn the_lock_that_opentofu_takes_excludes_both_ways() {
    let dir = fresh("file").unwrap();
    let path = dir.path().join("terraform.tfstate");
    let store = open("file", dir.path());
    let mut other = Helper::start("processes::child_locks_as_opentofu", "file", dir.path());
    assert_eq!(other.line().as_deref(), Some("locked"));
    match store.acquire(&stack(), &request("me")) {
        Err(LockError::Held(holder)) => assert_eq!(&*holder.request.who, "tofu@there"),
        other => panic!("{other:?}"),
    }
    assert_eq!(&*store.holder(&stack()).unwrap().unwrap().request.who, "tofu@there");
    assert!(store.break_lock(&stack()).is_err(), "what is not ours is not ours to break");
    other.tell("let go");
    other.succeeds();

    let lease = store.acquire(&stack(), &request("me")).unwrap();
    let refused = || {
        let mut other = Helper::start("processes::child_locks_as_opentofu", "file", dir.path());
        other.line()
    };
    assert_eq!(refused().as_deref(), Some("refused"));
    let inode = |path: &Path| std::os::unix::fs::MetadataExt::ino(&fs::metadata(path).unwrap());
    let before = inode(&path);
    let journal = store.open_journal(&lease, &opening("r")).unwrap();
    journal.append(vec![end(1, "x.a", "a")]).unwrap();
    store.close_journal(&lease, journal).unwrap();
    assert_ne!(inode(&path), before, "the file was replaced");
    assert_eq!(refused().as_deref(), Some("refused"), "the new file is locked too");
    store.release(lease).unwrap();
    assert_eq!(refused().as_deref(), Some("locked"));
}

#[test]
#[ignore = "a child of the_lock_that_opentofu_takes_excludes_both_ways"]
fn child_locks_as_opentofu() {
    use nix::fcntl::{FcntlArg, fcntl};
    use nix::libc;
    let (_, dir) = task();
    let path = dir.join("terraform.tfstate");
    let mut options = fs::OpenOptions::new();
    let file = options.read(true).write(true).create(true).truncate(false).open(path).unwrap();
    let lock = libc::flock {
        l_type: libc::F_WRLCK as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    };
    if fcntl(&file, FcntlArg::F_SETLK(&lock)).is_err() {
        return told("refused");
    }
    let info = dir.join(".terraform.tfstate.lock.info");
    fs::write(&info, r#"{"ID":"1","Operation":"OperationTypeApply","Info":"","Who":"tofu@there"}"#)
        .unwrap();
    told("locked");
    wait_for_parent();
    fs::remove_file(info).unwrap();
}
