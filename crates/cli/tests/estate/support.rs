//! Estates in folders of their own, and the program run in them.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// An estate in a folder of its own.
pub(crate) struct Estate {
    folder: tempfile::TempDir,
}

/// What a run of the program came to.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Estate {
    /// A copy of `examples/hello`.
    pub(crate) fn hello() -> Estate {
        let folder = tempfile::tempdir().expect("a folder");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/hello"), folder.path());
        Estate { folder }
    }

    /// A copy of a folder beside these tests.
    pub(crate) fn copy_of(name: &str) -> Estate {
        let folder = tempfile::tempdir().expect("a folder");
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/estate");
        copy(&tests.join(name), folder.path());
        Estate { folder }
    }

    /// An estate of these files: a name and a text each.
    pub(crate) fn of(files: &[(&str, &str)]) -> Estate {
        let estate = Estate { folder: tempfile::tempdir().expect("a folder") };
        files.iter().for_each(|(name, text)| estate.write(name, text));
        estate
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder above")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }

    /// A path inside.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[])
    }

    /// Runs the program with these variables.
    pub(crate) fn run_with(&self, args: &[&str], vars: &[(&str, &str)]) -> Ran {
        let out = Command::new(env!("CARGO_BIN_EXE_strata"))
            .args(args)
            .envs(vars.iter().copied())
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
    pub(crate) fn expect(&self, args: &[&str], code: i32) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "strata {}\n{}\n{}", args.join(" "), ran.out, ran.err);
        ran.out
    }

    /// Runs the program, which must fail with a diagnostic of this code, a remedy, and at this place.
    pub(crate) fn fails(&self, args: &[&str], code: &str, place: &str) {
        let ran = self.run(args);
        assert_eq!(ran.code, 1, "strata {}\n{}\n{}", args.join(" "), ran.out, ran.err);
        assert!(ran.err.contains(&format!("[{code}]")), "{code} is not in:\n{}", ran.err);
        assert!(ran.err.contains(place), "{place} is not in:\n{}", ran.err);
    }

    /// Replaces a part of a file, which must be there.
    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
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

/// The stacks that a plan's document says change.
pub(crate) fn changed(document: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(document).expect("JSON");
    let stacks = document["stacks"].as_array().expect("stacks");
    let changing = stacks.iter().filter(|stack| stack["has_changes"] == true);
    changing.map(|stack| stack["address"].as_str().expect("an address").to_owned()).collect()
}
