//! Commands that change a state: `state mv`, `rm`, `push`; and leases.

use std::path::PathBuf;

use serde_json::Value;
use store::{StackKey, Store as _};

use crate::support::{Folder, lines};
use crate::world::{request, store_of};

#[test]
fn moving_and_forgetting_keep_a_backup() {
    let folder = Folder::applied();
    let before = folder.read("terraform.tfstate");
    let dry =
        folder.expect(&["state", "mv", "-dry-run", "terraform_data.b", "terraform_data.c"], 0);
    assert_eq!(dry, "Would move \"terraform_data.b\" to \"terraform_data.c\"\n");
    folder.expect(&["state", "rm", "-dry-run", "module.m"], 0);
    folder.fails(&["state", "mv", "terraform_data.b", "terraform_data.a[0]"], "state-mv-taken");
    folder.fails(&["state", "mv", "no.such", "terraform_data.c"], "state-nothing-there");
    folder.fails(&["state", "mv", "module.m", "terraform_data.c"], "state-mv-kind");
    folder.fails(&["state", "rm", "no.such"], "state-nothing-there");
    assert_eq!(folder.read("terraform.tfstate"), before, "nothing was changed so far");
    assert!(backups(&folder).is_empty());
    let moved = folder.expect(&["state", "mv", "terraform_data.b", "terraform_data.c"], 0);
    assert_eq!(
        moved,
        "Move \"terraform_data.b\" to \"terraform_data.c\"\nSuccessfully moved 1 object(s).\n"
    );
    let kept = backups(&folder);
    assert_eq!(kept.len(), 1);
    let kept = std::fs::read_to_string(&kept[0]).expect("read");
    let value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    assert_eq!(value(&kept), value(&before), "the state as it was, in one line");
    let removed = folder.expect(&["state", "rm", "module.m"], 0);
    assert!(removed.ends_with("Successfully removed 2 resource instance(s).\n"), "{removed}");
    let left = folder.expect(&["state", "list"], 0);
    assert_eq!(lines(&left), ["terraform_data.a[0]", "terraform_data.a[1]", "terraform_data.c"]);
}

/// Backups with a time in their name.
fn backups(folder: &Folder) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder.path("")).expect("a folder");
    let paths = all.map(|entry| entry.expect("an entry").path());
    let dated = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let middle =
            name.strip_prefix("terraform.tfstate.").and_then(|n| n.strip_suffix(".backup"));
        middle.is_some_and(|middle| middle.parse::<u64>().is_ok())
    };
    paths.filter(dated).collect()
}

fn serial(document: &str) -> u64 {
    let document: Value = serde_json::from_str(document).expect("JSON");
    document["serial"].as_u64().expect("a serial")
}

#[test]
fn push_takes_what_pull_gave() {
    let folder = Folder::applied();
    let pulled = folder.expect(&["state", "pull"], 0);
    assert_eq!(pulled, folder.read("terraform.tfstate"));
    folder.write("pulled", &pulled);
    folder.expect(&["state", "push", "pulled"], 0);
    assert_eq!(folder.expect(&["state", "pull"], 0), pulled, "the same again changes nothing");
    folder.expect(&["state", "rm", "module.m"], 0);
    let after = folder.read("terraform.tfstate");
    folder.fails(&["state", "push", "pulled"], "state-serial");
    assert_eq!(folder.read("terraform.tfstate"), after);
    let ran = folder.run_with(&["state", "push", "-force", "-"], &pulled);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let forced = folder.expect(&["state", "pull"], 0);
    assert!(serial(&forced) > serial(&after), "serials only rise");
    assert_eq!(lines(&folder.expect(&["state", "list"], 0)).len(), 5);
    let lineage: Value = serde_json::from_str(&pulled).expect("JSON");
    let lineage = lineage["lineage"].as_str().expect("a lineage");
    folder.write("foreign", &forced.replace(lineage, "11111111-2222-3333-4444-555555555555"));
    folder.fails(&["state", "push", "foreign"], "state-lineage");
    folder.fails(&["state", "push", "main.tf"], "push-unreadable");
    folder.fails(&["state", "push", "nothing"], "push-unreadable");
    let empty = Folder::empty();
    empty.write("pulled", &pulled);
    empty.expect(&["state", "push", "pulled"], 0);
    assert_eq!(empty.expect(&["state", "pull"], 0), pulled, "nothing was there to be replaced");
}

#[test]
fn a_lease_is_shown_and_broken() {
    let folder = Folder::applied();
    assert_eq!(folder.expect(&["lock", "show"], 0), "No lease is held.\n");
    folder.fails(&["lock", "break", "-force"], "lock-free");
    let store = store_of(&folder);
    let lease = store.acquire(&StackKey::root(), &request()).expect("a lease");
    assert!(folder.expect(&["lock", "show"], 0).contains("somebody@somewhere (apply"));
    let before = folder.read("terraform.tfstate");
    folder.fails(&["state", "rm", "module.m"], "lock-held");
    folder.fails(&["lock", "break"], "not-approved");
    assert_eq!(folder.read("terraform.tfstate"), before);
    let state = store.load(&lease).expect("a state").state;
    folder.expect(&["lock", "break", "-force"], 0);
    let late = store.replace(&lease, state.serial, state);
    assert!(late.is_err(), "a late write of the former holder is refused");
    folder.expect(&["state", "rm", "module.m"], 0);
}
