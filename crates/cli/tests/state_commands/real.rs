//! `state resolve` through real providers, from the parts cache.

#![expect(clippy::disallowed_methods, reason = "a test finds its parts by the environment")]

use std::path::PathBuf;

use store::StackKey;

use crate::support::Folder;
use crate::world::{Create, leave_in_doubt, store_of};

const MAIN: &str = r#"
terraform {
  required_providers {
    local  = { source = "hashicorp/local" }
    random = { source = "hashicorp/random" }
  }
}

resource "random_integer" "port" {
  min = 1
  max = 10
}

resource "local_file" "note" {
  filename = "note.txt"
  content  = "hello"
}
"#;

/// The folder of providers, or what is missing.
fn mirror() -> Result<PathBuf, String> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cache =
        std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), PathBuf::from);
    let parts = std::env::var_os("STRATA_PARTS");
    let mirror = parts.map_or_else(|| cache.join("strata-parts"), PathBuf::from).join("providers");
    for provider in ["random", "local"] {
        if !mirror.join("registry.opentofu.org/hashicorp").join(provider).exists() {
            return Err(format!("needs the provider {provider}: run `cargo xtask parts`"));
        }
    }
    Ok(mirror)
}

#[test]
fn what_exists_is_imported_or_read_as_planned() {
    let mirror = match mirror() {
        Ok(mirror) => mirror,
        Err(missing) => {
            println!("SKIPPED what_exists_is_imported_or_read_as_planned: {missing}");
            return;
        }
    };
    let folder = Folder::empty();
    folder.write("main.tf", MAIN);
    folder.take_providers_from(&mirror);
    folder.expect(&["init"], 0);
    folder.expect(&["apply", "-auto-approve"], 0);
    let id = folder.json(&["state", "show", "-json", "local_file.note"]);
    let id = id["values"]["root_module"]["resources"][0]["values"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    folder.expect(&["state", "rm", "local_file.note", "random_integer.port"], 0);
    let creates = [
        Create {
            address: "random_integer.port",
            provider: "provider[\"registry.opentofu.org/hashicorp/random\"]",
            planned: r#"{"id":null,"keepers":null,"max":10,"min":1,"result":null,"seed":null}"#,
        },
        Create {
            address: "local_file.note",
            provider: "provider[\"registry.opentofu.org/hashicorp/local\"]",
            planned: r#"{"content":"hello","content_base64":null,"content_base64sha256":null,"content_base64sha512":null,"content_md5":null,"content_sha1":null,"content_sha256":null,"content_sha512":null,"directory_permission":"0777","file_permission":"0777","filename":"note.txt","id":null,"sensitive_content":null,"source":null}"#,
        },
    ];
    leave_in_doubt(&store_of(&folder), &StackKey::root(), &creates);
    let resolve = |address: &'static str, id: &str| -> Vec<String> {
        ["state", "resolve", address, "-exists", id].map(str::to_owned).to_vec()
    };
    let run = |args: Vec<String>, code: i32| {
        folder.expect(&args.iter().map(String::as_str).collect::<Vec<_>>(), code)
    };
    run(resolve("random_integer.port", "no-number"), 1);
    run(resolve("local_file.note", "no-such-digest"), 1);
    run(resolve("random_integer.port", "7,1,10"), 0);
    run(resolve("local_file.note", &id), 0);
    let state = folder.json(&["show", "-json"]);
    let resources = state["values"]["root_module"]["resources"].as_array().expect("resources");
    let port = resources.iter().find(|one| one["address"] == "random_integer.port").expect("it");
    assert_eq!(port["values"]["result"], 7, "what the import found");
    let plan = folder.expect(&["plan", "-detailed-exitcode"], 0);
    assert!(plan.contains("no changes"), "{plan}");
}
