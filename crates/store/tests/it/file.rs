//! What only the store of a plain root module has: its files, and what a crash between two of its steps leaves.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use state::journal::{self, Entry};
use state::{Digest, v4};
use store::{FileStore, LoadError, Loaded, Store as _, WriteError};

use crate::support::{
    Bench, Kind, acquire, at, begin, end, file_settings, opening, request, row, stack,
};

fn store_at(bench: &Bench, pid: u32) -> FileStore {
    FileStore::open(file_settings(bench.dir.path()), bench.world(pid, "here"))
}

fn files(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Runs entries to the end.
fn run(store: &FileStore, entries: Vec<Entry>) -> Loaded {
    let lease = acquire(store);
    store.load(&lease).unwrap();
    let journal = store.open_journal(&lease, &opening("r")).unwrap();
    journal.append(entries).unwrap();
    let closed = store.close_journal(&lease, journal).unwrap();
    store.release(lease).unwrap();
    closed
}

#[test]
fn the_files_are_those_that_opentofu_leaves() {
    let bench = Bench::of(Kind::File);
    let dir = bench.dir.path();
    let store = store_at(&bench, 1);
    let lease = acquire(&store);
    let held =
        [".terraform.tfstate.lock.info", "terraform.tfstate", "terraform.tfstate.strata-lock"];
    assert_eq!(files(dir), held);
    let info = fs::read_to_string(dir.join(held[0])).unwrap();
    let path = dir.join("terraform.tfstate");
    let expect = format!(
        r#"{{"ID":"11111111-2222-3333-4444-555555555555","Operation":"OperationTypeApply","Info":"","Who":"me@here","Version":"1.12.6","Created":"2023-11-14T22:13:20.000Z","Path":"{}"}}"#,
        path.display()
    );
    assert_eq!(info, expect);
    store.release(lease).unwrap();
    assert_eq!(files(dir), ["terraform.tfstate.strata-lock"], "an empty state file goes again");

    run(&store, vec![end(1, "x.a", "a")]);
    let left = ["terraform.tfstate", "terraform.tfstate.strata-lock"];
    assert_eq!(files(dir), left, "nothing to back up yet");
    let first = fs::read(&path).unwrap();
    let state = v4::read(&first).unwrap();
    assert_eq!(first, v4::write(&state));
    run(&store, vec![end(1, "x.b", "b")]);
    let left = ["terraform.tfstate", "terraform.tfstate.backup", "terraform.tfstate.strata-lock"];
    assert_eq!(files(dir), left);
    let backup = fs::read(dir.join("terraform.tfstate.backup")).unwrap();
    assert_eq!(backup, v4::compact(&state));
}

#[test]
fn links_are_followed_and_modes_kept() {
    let bench = Bench::of(Kind::File);
    let real = bench.dir.path().join("real");
    fs::create_dir(&real).unwrap();
    symlink("real/state.json", bench.dir.path().join("terraform.tfstate")).unwrap();
    let store = store_at(&bench, 1);
    run(&store, vec![end(1, "x.a", "a")]);
    let target = real.join("state.json");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    run(&store, vec![end(1, "x.b", "b")]);
    let link = fs::symlink_metadata(bench.dir.path().join("terraform.tfstate")).unwrap();
    assert!(link.is_symlink(), "the link is still one");
    assert_eq!(fs::metadata(&target).unwrap().mode() & 0o777, 0o640);
    assert_eq!(files(&real), ["state.json", "state.json.strata-lock"]);
    assert_eq!(store.peek(&stack()).unwrap().state.object_count(), 2);
}

#[test]
fn the_folder_is_made_where_it_lacks() {
    let bench = Bench::of(Kind::File);
    let mut settings = file_settings(bench.dir.path());
    settings.state = bench.dir.path().join("a/b/terraform.tfstate");
    let store = FileStore::open(settings, bench.world(1, "here"));
    run(&store, vec![]);
    assert_eq!(store.peek(&stack()).unwrap().state.serial, 1);
}

/// A run that was killed after these entries; tells where its journal is.
fn killed(bench: &Bench, pid: u32, entries: Vec<Entry>) -> PathBuf {
    let store = store_at(bench, pid);
    let lease = acquire(&store);
    let journal = store.open_journal(&lease, &opening("killed")).unwrap();
    journal.wait(journal.append(entries).unwrap()).unwrap();
    bench.dir.path().join("terraform.tfstate.journal")
}

fn load(bench: &Bench, pid: u32) -> Result<Loaded, LoadError> {
    let store = store_at(bench, pid);
    let lease = acquire(&store);
    let loaded = store.load(&lease);
    store.release(lease).unwrap();
    loaded
}

#[test]
fn a_torn_tail_is_cut_and_damage_before_it_refused() {
    let bench = Bench::of(Kind::File);
    let path = killed(&bench, 1, vec![begin(1, "x.a"), end(1, "x.a", "a"), begin(2, "x.b")]);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 3]).unwrap();
    let peeked = store_at(&bench, 9).peek(&stack()).unwrap();
    assert_eq!((peeked.state.object_count(), peeked.in_doubt.len()), (1, 0));
    let mut bent = whole.clone();
    bent[60] ^= 1;
    fs::write(&path, &bent).unwrap();
    match load(&bench, 2) {
        Err(LoadError::Journal { path: at, .. }) => {
            assert_eq!(at, fs::canonicalize(&path).unwrap())
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(&path).unwrap(), bent, "what is refused is left as it is");
    fs::write(&path, &whole).unwrap();
    let loaded = load(&bench, 3).unwrap();
    assert_eq!((loaded.state.object_count(), loaded.in_doubt.len()), (1, 1));
    fs::write(&path, b"").unwrap();
    assert_eq!(load(&bench, 4).unwrap().in_doubt.len(), 0, "an empty journal says nothing");
}

#[test]
fn a_state_that_somebody_else_wrote_is_not_folded_upon() {
    let bench = Bench::of(Kind::File);
    run(&store_at(&bench, 1), vec![end(1, "x.base", "0")]);
    let journal = killed(&bench, 1, vec![begin(1, "x.a"), end(1, "x.a", "a"), begin(2, "x.b")]);
    let path = bench.dir.path().join("terraform.tfstate");
    let mut state = v4::read(&fs::read(&path).unwrap()).unwrap();
    state.serial += 1;
    let theirs = v4::write(&state);
    fs::write(&path, &theirs).unwrap();

    let Err(LoadError::Conflict(conflict)) = load(&bench, 2) else { panic!("no conflict") };
    assert_eq!(conflict.run, "killed");
    let ops: Vec<String> =
        conflict.ops.iter().map(|(op, at, what)| format!("{op} {at} {what}")).collect();
    assert_eq!(ops, ["killed/1 x.a ended with an object", "killed/2 x.b began"]);
    let store = store_at(&bench, 3);
    assert!(matches!(store.peek(&stack()), Err(LoadError::Conflict(_))));
    let lease = acquire(&store);
    assert!(store.open_journal(&lease, &opening("r")).is_err(), "not written until resolved");
    assert!(store.replace(&lease, state.serial, state.clone()).is_err());
    assert_eq!(fs::read(&path).unwrap(), theirs);

    let aside = store.set_journal_aside(&lease).unwrap().unwrap();
    assert!(aside.ends_with("terraform.tfstate.journal-conflict-1") && !journal.exists());
    assert_eq!(store.load(&lease).unwrap().state, state);
}

#[test]
fn a_crash_between_two_steps_of_closing_is_finished() {
    let entries = || vec![end(1, "x.a", "a"), begin(2, "x.b")];
    let closed = {
        let bench = Bench::of(Kind::File);
        killed(&bench, 1, entries());
        load(&bench, 2).unwrap()
    };
    assert_eq!((closed.state.serial, closed.in_doubt.len()), (1, 1));
    // The closing entry is durable, the state not yet in place.
    let bench = Bench::of(Kind::File);
    let journal = killed(&bench, 1, entries());
    let bytes = v4::write(&closed.state);
    let closing = journal::Closing { serial: 1, digest: Digest::of(&bytes) };
    let mut text = fs::read(&journal).unwrap();
    let records = journal::scan(&text).unwrap().records;
    let last = records.last().unwrap();
    journal::encode(&mut text, last.seq.next(), &last.run, &Entry::Closing(closing));
    fs::write(&journal, &text).unwrap();
    fs::write(bench.dir.path().join("terraform.tfstate.next"), b"half a sta").unwrap();
    let loaded = load(&bench, 2).unwrap();
    assert_eq!(loaded.state.row(&at("x.a")), Some(row("a")));
    assert_eq!((loaded.state.serial, loaded.in_doubt.len()), (1, 1));
    assert!(loaded.recovered.is_some());
    // The state is in place, the journal not yet removed.
    let bench = Bench::of(Kind::File);
    let journal = killed(&bench, 1, entries());
    fs::write(&journal, &text).unwrap();
    fs::write(bench.dir.path().join("terraform.tfstate"), &bytes).unwrap();
    let peeked = store_at(&bench, 9).peek(&stack()).unwrap();
    assert_eq!((peeked.state.clone(), peeked.in_doubt.len()), (closed.state.clone(), 1));
    let loaded = load(&bench, 2).unwrap();
    assert_eq!((loaded.state, loaded.in_doubt.len()), (closed.state, 1));
    assert!(loaded.recovered.is_none(), "discarded, but for what is in doubt");
    assert_eq!(load(&bench, 3).unwrap().in_doubt.len(), 1);
}

#[test]
fn a_faulty_state_is_refused_and_left() {
    let bench = Bench::of(Kind::File);
    let path = bench.dir.path().join("terraform.tfstate");
    fs::write(&path, b"{\"version\": 3}").unwrap();
    let Err(LoadError::State { error, .. }) = load(&bench, 1) else { panic!("read") };
    assert_eq!((error.line, error.column), (1, 13));
    assert_eq!(fs::read(&path).unwrap(), b"{\"version\": 3}");
    assert_eq!(files(bench.dir.path()), ["terraform.tfstate", "terraform.tfstate.strata-lock"]);
}

#[test]
fn a_torn_lock_file_counts_on() {
    let bench = Bench::of(Kind::File);
    let store = store_at(&bench, 1);
    for number in 1..4 {
        let lease = acquire(&store);
        assert_eq!(lease.fence(), number);
        store.release(lease).unwrap();
    }
    // A crash while the third number was written over the first leaves the second whole.
    let path = bench.dir.path().join("terraform.tfstate.strata-lock");
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096 + 30] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let lease = store.acquire(&stack(), &request("me@here")).unwrap();
    assert_eq!(lease.fence(), 3, "the number that nobody got to use");
}

#[test]
fn a_state_replaced_during_a_run_is_not_overwritten() {
    let bench = Bench::of(Kind::File);
    let path = bench.dir.path().join("terraform.tfstate");
    for replace in [false, true] {
        run(&store_at(&bench, 1), vec![end(1, "x.base", if replace { "1" } else { "0" })]);
        let store = store_at(&bench, 2);
        let lease = acquire(&store);
        let journal = store.open_journal(&lease, &opening("r")).unwrap();
        journal.append(vec![end(1, "x.a", "a")]).unwrap();
        let mut theirs = fs::read(&path).unwrap();
        theirs.push(b'\n');
        if replace {
            fs::write(path.with_extension("theirs"), &theirs).unwrap();
            fs::rename(path.with_extension("theirs"), &path).unwrap();
        } else {
            fs::write(&path, &theirs).unwrap();
        }
        let refused = store.close_journal(&lease, journal).unwrap_err();
        let WriteError::Load(error) = refused else { panic!("{refused}") };
        assert!(matches!(*error, LoadError::Conflict(_)), "{error}");
        assert_eq!(fs::read(&path).unwrap(), theirs);
        store.set_journal_aside(&lease).unwrap().unwrap();
        store.release(lease).unwrap();
    }
}
