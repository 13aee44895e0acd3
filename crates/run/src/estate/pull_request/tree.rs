//! What a change's tree may not hold: links that lead out, other repositories, and what Strata would take for its own.
//!
//! A link is read by whoever opens it, so a file of configuration that is one would print what it leads to. A committed
//! plugin folder would be started as a provider.
//! Invariant: what stands the same in the base was reviewed there, and is let through.

use std::path::{Component, Path, PathBuf};

use diag::{Diagnostic, Diags};
use vcs::{Entry, EntryKind};

use super::base::Base;
use crate::bounds::Bounds;

/// Folders that are Strata's, OpenTofu's or Git's own, and never come with a change.
const OWN: &[(&str, &str)] = &[
    (".terraform", "providers that are installed"),
    ("terraform.d", "providers that are found in place of the registry's"),
    (".strata", "the estate's store, its key, and what was rehearsed"),
    (".git", "a repository's own data"),
];

/// Files of the tree that are tracked, at most.
const TRACKED_MAX: usize = 2_000_000;

/// Looks at the tree; gives the files that may be read, or nothing where something is refused, which is reported.
pub(super) fn check(base: &Base, diags: &mut Diags) -> Option<Bounds> {
    let failed = |why: String| {
        Diagnostic::error("git-failed", "What the change holds cannot be told")
            .detail(why)
            .remedy("Mend what Git says; nothing of the change was read.")
    };
    let listed = base.repository.tracked().and_then(|all| Ok((all, base.repository.top()?)));
    let (tracked, top) = match listed {
        Ok(found) => found,
        Err(error) => {
            diags.push(failed(format!("{error}.")));
            return None;
        }
    };
    let before = diags.error_count();
    if tracked.len() > TRACKED_MAX {
        diags.push(failed(format!("It tracks more than {TRACKED_MAX} files.")));
    }
    let is_known = |entry: &Entry| {
        base.entries
            .get(&entry.path)
            .is_some_and(|known| known.id == entry.id && known.kind == entry.kind)
    };
    for entry in tracked.iter().filter(|entry| !is_known(entry)) {
        entry_refused(&top, entry).into_iter().for_each(|one| diags.push(one.about(&*entry.path)));
    }
    let files = tracked.iter().filter(|entry| entry.kind == EntryKind::File);
    let files: Vec<PathBuf> = files.map(|entry| PathBuf::from(&entry.path)).collect();
    match Bounds::new(&top, files) {
        Ok(bounds) => (diags.error_count() == before).then_some(bounds),
        Err(error) => {
            diags.push(failed(format!("{}: {error}.", top.display())));
            None
        }
    }
}

fn entry_refused(top: &Path, entry: &Entry) -> Option<Diagnostic> {
    if let Some((name, what)) = own(&entry.path) {
        return Some(
            Diagnostic::error("pull-request-planted", format!("`{name}` is committed")).detail(format!("{}: {name} holds {what}. It is made on each machine, and never comes with a change.", entry.path))
            .remedy(format!("Take it out of the change, and name {name}/ in .gitignore.")),
        );
    }
    match entry.kind {
        EntryKind::File => None,
        EntryKind::Link => leads_out(top, &entry.path).map(|target| {
            Diagnostic::error("pull-request-link", "A link that leads out of the repository").detail(format!(
                    "{} leads to {}: what is read through it is the machine's, not the change's.",
                    entry.path,
                    target.display()
                ))
            .remedy("Commit the file itself.")
        }),
        EntryKind::Repository => Some(
            Diagnostic::error("pull-request-submodule", "Another repository within this one").detail(format!("{} is a submodule that is not in the base as it is here: its files were reviewed by nobody.", entry.path))
            .remedy("Commit the files themselves, or merge the submodule in a change of its own first."),
        ),
    }
}

/// A part of the path that is one of the folders above, in whatever case a file system takes it.
fn own(path: &str) -> Option<(&'static str, &'static str)> {
    let parts = || path.split('/');
    OWN.iter().copied().find(|(name, _)| parts().any(|part| part.eq_ignore_ascii_case(name)))
}

/// Where a link leads, if that is out of the repository or into a folder that comes with no change.
fn leads_out(top: &Path, path: &str) -> Option<PathBuf> {
    let link = top.join(path);
    // What cannot be read leads nowhere that could be opened.
    let target = std::fs::read_link(&link).ok()?;
    let written = normal(&link.parent().unwrap_or(top).join(&target));
    let real = link.canonicalize().ok();
    let top_real = top.canonicalize().ok()?;
    let is_inside = |path: &Path, top: &Path| {
        path.strip_prefix(top).is_ok_and(|inner| own(&inner.to_string_lossy()).is_none())
    };
    let fine = is_inside(&written, top) || is_inside(&written, &top_real);
    let fine = fine && !target.is_absolute() && real.is_none_or(|real| is_inside(&real, &top_real));
    (!fine).then_some(target)
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_within_are_fine_and_others_are_not() {
        let dir = tempfile::tempdir().expect("a folder");
        let top = dir.path().join("repo");
        std::fs::create_dir_all(top.join("a")).expect("a folder");
        std::fs::write(top.join("a/x"), "x").expect("a file");
        std::fs::write(dir.path().join("token"), "x").expect("a file");
        let check = |name: &str, target: &str, out: bool| {
            std::os::unix::fs::symlink(target, top.join(name)).expect("a link");
            assert_eq!(leads_out(&top, name).is_some(), out, "{name} -> {target}");
        };
        check("a/inner", "x", false);
        check("a/up", "../a/x", false);
        check("a/not-there-yet", "y", false);
        check("a/up-and-out", "../../token", true);
        check("a/absolute", "/etc/passwd", true);
        check("a/git", "../.git/config", true);
        check("a/Git", "../.GIT/config", true);
        check("a/terraform", "../.terraform/x", true);
        check("a/through", "up-and-out", true);
    }

    #[test]
    fn folders_of_our_own_are_known_in_any_case() {
        let check = |path: &str, expect: Option<&str>| {
            assert_eq!(own(path).map(|(name, _)| name), expect, "{path}");
        };
        check(".terraform.lock.hcl", None);
        check("stacks/a/main.tf", None);
        check("stacks/a/.terraform/providers/x", Some(".terraform"));
        check(".Strata/estate.db", Some(".strata"));
        check("terraform.d/plugins/x", Some("terraform.d"));
    }
}
