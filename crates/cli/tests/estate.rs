//! An estate from an empty folder to nothing left, through the program itself, with built-in providers only.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A copy of `examples/hello` in a folder of its own.
struct Estate {
    folder: tempfile::TempDir,
}

/// What a run of the program came to.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Estate {
    fn hello() -> Estate {
        let folder = tempfile::tempdir().expect("a folder");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/hello"), folder.path());
        Estate { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, args: &[&str]) -> Ran {
        let out = Command::new(env!("CARGO_BIN_EXE_strata"))
            .args(args)
            .current_dir(self.folder.path())
            .env("NO_COLOR", "1")
            .env_remove("TF_CLI_CONFIG_FILE")
            .output()
            .expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran {
            code: out.status.code().unwrap_or(-1),
            out: text(&out.stdout),
            err: text(&out.stderr),
        }
    }

    /// Runs the program, which must end with this code.
    fn expect(&self, args: &[&str], code: i32) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "strata {}\n{}\n{}", args.join(" "), ran.out, ran.err);
        ran.out
    }

    /// Runs the program, which must fail with a diagnostic of this code, a remedy, and at this place.
    fn fails(&self, args: &[&str], code: &str, place: &str) {
        let ran = self.run(args);
        assert_eq!(ran.code, 1, "strata {}\n{}\n{}", args.join(" "), ran.out, ran.err);
        assert!(ran.err.contains(&format!("[{code}]")), "{code} is not in:\n{}", ran.err);
        assert!(ran.err.contains(place), "{place} is not in:\n{}", ran.err);
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let path = self.path(name);
        let text = std::fs::read_to_string(&path).expect("read");
        assert!(text.contains(from), "{name} holds {from}");
        std::fs::write(&path, text.replace(from, to)).expect("written");
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_owned();
        if name == ".strata" {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            std::fs::copy(&path, to.join(name)).expect("copied");
        }
    }
}

fn changed(document: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(document).expect("JSON");
    let stacks = document["stacks"].as_array().expect("stacks");
    let changing = stacks.iter().filter(|stack| stack["has_changes"] == true);
    changing.map(|stack| stack["address"].as_str().expect("an address").to_owned()).collect()
}

#[test]
fn from_nothing_to_applied_and_to_nothing_again() {
    let estate = Estate::hello();
    estate.expect(&["init"], 0);
    estate.expect(&["validate"], 0);
    let page = estate.expect(&["plan", "-env", "dev", "-detailed-exitcode"], 2);
    assert!(page.starts_with("Destroys nothing."), "{page}");
    assert!(page.contains("in 4 of 4 stacks"), "{page}");
    assert!(page.contains("2 values known after apply"), "{page}");
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    let page = estate.expect(&["plan", "-env", "dev", "-detailed-exitcode"], 0);
    assert!(page.contains("hello/dev: no changes."), "{page}");
    let document = estate.expect(&["plan", "-env", "prod", "-json"], 0);
    assert_eq!(changed(&document).len(), 4, "the other environment has nothing yet");
    estate.expect(&["destroy", "-env", "dev", "-auto-approve"], 0);
    let document = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    assert_eq!(changed(&document).len(), 4);
}

#[test]
fn one_changed_input_plans_what_it_touches() {
    let estate = Estate::hello();
    estate.expect(&["init"], 0);
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    estate.edit("strata.hcl", "replicas = 1", "replicas = 2");
    let document = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    assert_eq!(changed(&document), ["dev/shop"]);
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    estate.edit("strata.hcl", "10.1.0.0/16", "10.9.0.0/16");
    let document = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    assert_eq!(changed(&document), ["dev/network"], "ids stay, so nobody above is touched");
}

#[test]
fn a_kept_plan_is_applied_once_and_is_stale_afterwards() {
    let estate = Estate::hello();
    estate.expect(&["init"], 0);
    let document = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let id = document["plan"].as_str().expect("an id").to_owned();
    estate.expect(&["apply", &id], 0);
    estate.fails(&["apply", &id], "plan-stale", "dev/network");
    estate.fails(&["apply", "p-NOSUCH"], "plan-unknown", "p-NOSUCH");
}

#[test]
fn a_plan_is_refused_when_the_configuration_moved() {
    let estate = Estate::hello();
    estate.expect(&["init"], 0);
    estate.expect(&["plan", "-env", "dev", "-out", "plan.file"], 0);
    estate.edit("stacks/network/main.tf", "\"b\", \"c\"", "\"b\"");
    estate.fails(&["apply", "plan.file"], "plan-stale", "dev/network");
    let document = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    assert_eq!(changed(&document).len(), 4, "nothing was applied");
}

#[test]
fn a_run_that_would_break_a_reader_is_refused() {
    let estate = Estate::hello();
    estate.expect(&["init"], 0);
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    estate.edit("stacks/network/main.tf", "[\"a\", \"b\", \"c\"]", "[\"a\", \"b\"]");
    estate.fails(&["plan", "-env", "dev"], "run-breaks-reader", "private_subnet");
}

#[test]
fn stores_are_never_made_silently_and_never_another_estates() {
    let estate = Estate::hello();
    estate.fails(&["plan", "-env", "dev"], "estate-no-id", "strata.hcl:");
    estate.expect(&["init"], 0);
    std::fs::rename(estate.path(".strata/estate.db"), estate.path("kept.db")).expect("moved");
    estate.fails(&["plan", "-env", "dev"], "store-missing", "strata.hcl:");
    estate.fails(&["init"], "store-missing", "strata.hcl:");
    assert!(!estate.path(".strata/estate.db").exists(), "nothing was made");

    let other = Estate::hello();
    other.expect(&["init"], 0);
    for name in ["estate.db", "master.key"] {
        std::fs::copy(other.path(".strata").join(name), estate.path(".strata").join(name))
            .expect("copied");
    }
    estate.fails(&["plan", "-env", "dev"], "store-foreign", "strata.hcl:");
}

#[test]
fn wrong_wiring_is_found_without_anything_else() {
    let check = |from: &str, to: &str, code: &str, place: &str| {
        let estate = Estate::hello();
        estate.edit("strata.hcl", from, to);
        estate.fails(&["validate"], code, place);
        assert!(!estate.path(".strata").exists());
    };
    check("stack.network.id", "stack.network.idd", "wiring-output-unknown", "stack.network.idd");
    check("stack.network.id", "stack.shop.services", "wiring-upward", "stack.shop.services");
    check("cidr = env.cidr", "cidr = stack.database.endpoint", "wiring-circle", "strata.hcl:");
    check(
        "stack.network.private_subnets\n  }\n}\n\nstack \"cluster\"",
        "\"x\"\n  }\n}\n\nstack \"cluster\"",
        "input-type",
        "\"x\"",
    );
    check("replicas = env.replicas", "replicsa = env.replicas", "input-undeclared", "replicsa");
    check("network_id = stack.network.id\n", "", "input-missing", "network_id");
    check("stack.cluster.endpoint", "stack.clutser.endpoint", "wiring-stack-unknown", "clutser");
    check("./stacks/shop", "./stacks/shopp", "stack-source", "./stacks/shopp");
}

#[test]
fn commands_ask_for_the_environment_where_there_are_several() {
    let estate = Estate::hello();
    estate.expect(&["init"], 0);
    estate.fails(&["plan"], "env-needed", "dev, prod");
    estate.fails(&["plan", "-env", "test"], "env-unknown", "dev, prod");
    estate.fails(&["plan", "dev/nothing"], "stack-unknown", "dev/network");
    let document = estate.expect(&["plan", "dev/net*", "-json"], 0);
    assert_eq!(changed(&document), ["dev/network"]);
}
