//! What a real repository answers. Needs the `git` program, as Strata does.

use std::fs;
use std::path::Path;
use std::time::Duration;

use host::Host;
use host::programs::{self, Program};
use vcs::{Repository, VcsError};

/// Runs `git` in a folder.
fn git(dir: &Path, args: &[&str]) {
    let fixed = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"];
    let args: Vec<String> = fixed
        .iter()
        .chain(["-c", "commit.gpgsign=false"].iter())
        .chain(args)
        .map(|a| (*a).to_owned())
        .collect();
    let host = Host::real().expect("a host");
    let path = host.environment.var("PATH").unwrap_or_default().to_owned();
    let environment = [
        ("PATH".to_owned(), path),
        ("HOME".to_owned(), dir.display().to_string()),
        ("GIT_CONFIG_NOSYSTEM".to_owned(), "1".to_owned()),
    ];
    let program = Program {
        name: "git",
        args: &args,
        dir,
        environment: &environment,
        time_max: Duration::from_secs(20),
        output_bytes_max: 1 << 20,
    };
    programs::run(&program).unwrap_or_else(|error| panic!("git {args:?}: {error}"));
}

fn write(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// A repository whose estate is the folder `live`, with one commit, tagged `first`.
fn repository() -> (tempfile::TempDir, Repository) {
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path();
    git(root, &["init", "-q"]);
    write(root, "live/strata.hcl", "one\n");
    write(root, "live/stacks/a/main.tf", "a\n");
    write(root, "live/stacks/a/stack.hcl", "s\n");
    write(root, "live/stacks/b/main.tf", "b\n");
    write(root, "modules/x/main.tf", "x\n");
    write(root, ".gitignore", "*.tfstate\n");
    git(root, &["add", "."]);
    git(root, &["commit", "-qm", "first"]);
    git(root, &["tag", "first"]);
    let host = Host::real().expect("a host");
    let repository = Repository::of(&host, &root.join("live")).expect("a repository");
    (dir, repository)
}

#[test]
fn changes_are_seen_committed_or_not() {
    let (dir, repository) = repository();
    let first = repository.commit("first").expect("a commit");
    assert_eq!(repository.changed(&first).expect("a list"), [""; 0]);
    write(dir.path(), "live/stacks/a/main.tf", "changed\n");
    git(dir.path(), &["commit", "-qam", "second"]);
    write(dir.path(), "modules/x/main.tf", "changed\n");
    write(dir.path(), "live/new/\u{e4} b.tf", "untracked\n");
    write(dir.path(), "live/terraform.tfstate", "ignored\n");
    fs::remove_file(dir.path().join("live/stacks/b/main.tf")).expect("removed");
    let changed = repository.changed(&first).expect("a list");
    assert_eq!(
        changed,
        ["../modules/x/main.tf", "new/\u{e4} b.tf", "stacks/a/main.tf", "stacks/b/main.tf"]
    );
    // What was committed since is no longer different from HEAD.
    let head = repository.commit("HEAD").expect("a commit");
    let changed = repository.changed(&head).expect("a list");
    assert_eq!(changed, ["../modules/x/main.tf", "new/\u{e4} b.tf", "stacks/b/main.tf"]);
}

#[test]
fn a_file_is_read_as_it_was() {
    let (dir, repository) = repository();
    write(dir.path(), "live/strata.hcl", "two\n");
    let first = repository.commit("first").expect("a commit");
    let text = |path: &str| repository.text(&first, path).expect("an answer");
    assert_eq!(text("strata.hcl").as_deref(), Some("one\n"));
    assert_eq!(text("../modules/x/main.tf").as_deref(), Some("x\n"));
    assert_eq!(text("nothing.hcl"), None);
    assert_eq!(text("../../outside"), None);
    assert_eq!(
        repository.files_named(&first, "stack.hcl").expect("a list"),
        ["stacks/a/stack.hcl"]
    );
}

#[test]
fn names_of_commits() {
    let (dir, repository) = repository();
    let first = repository.commit("main").expect("a commit");
    let head = repository.head().expect("an answer").expect("a commit");
    assert!(first.id().starts_with(&head) && head.len() < 20, "{head}");
    git(dir.path(), &["checkout", "-qb", "topic"]);
    git(dir.path(), &["checkout", "-q", "main"]);
    write(dir.path(), "other", "other\n");
    git(dir.path(), &["add", "."]);
    git(dir.path(), &["commit", "-qm", "main went on"]);
    git(dir.path(), &["checkout", "-q", "topic"]);
    assert_ne!(repository.commit("main").expect("a commit"), first);
    assert_eq!(repository.commit("main...").expect("a commit"), first, "where HEAD left it");
    for name in ["nowhere", "--all", "", "first^{tree}"] {
        let unknown = VcsError::UnknownReference(name.to_owned());
        assert_eq!(repository.commit(name), Err(unknown));
    }
}

#[test]
fn a_folder_without_repository_is_told() {
    let dir = tempfile::tempdir().expect("a folder");
    let host = Host::real().expect("a host");
    let error = Repository::of(&host, dir.path()).expect_err("none");
    assert_eq!(error, VcsError::NoRepository(dir.path().display().to_string()));
    git(dir.path(), &["init", "-q"]);
    let repository = Repository::of(&host, dir.path()).expect("a repository");
    assert_eq!(repository.head(), Ok(None), "no commit yet");
}

#[test]
fn a_name_that_two_have_is_refused() {
    let (dir, repository) = repository();
    git(dir.path(), &["branch", "release"]);
    assert!(repository.commit_of_one("release").is_ok());
    assert!(repository.commit_of_one("HEAD").is_ok());
    git(dir.path(), &["tag", "release"]);
    let refused = repository.commit_of_one("release");
    assert!(matches!(refused, Err(VcsError::AmbiguousReference(..))), "{refused:?}");
}

#[test]
fn what_is_tracked_and_what_a_commit_holds() {
    let (dir, repository) = repository();
    std::os::unix::fs::symlink("../x", dir.path().join("live/link")).expect("a link");
    git(dir.path(), &["add", "."]);
    let first = repository.commit("first").expect("a commit");
    let paths = |all: Vec<vcs::Entry>| -> Vec<String> {
        all.into_iter().map(|one| format!("{} {:?}", one.path, one.kind)).collect()
    };
    let before = paths(repository.entries(&first).expect("entries"));
    assert!(before.contains(&"modules/x/main.tf File".to_owned()), "{before:?}");
    let now = paths(repository.tracked().expect("entries"));
    assert!(now.contains(&"live/link Link".to_owned()), "{now:?}");
    assert_eq!(now.len(), before.len() + 1);
    assert_eq!(repository.from_top_of("stacks/a").as_deref(), Some("live/stacks/a"));
}
