//! A folder in which the program is run: a plain root module, or the example estate.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A root module of built-in resources: instances, a module, outputs of several types.
const MAIN: &str = r#"
variable "name" { default = "x" }
variable "unset" { type = string }

locals {
  shape = { a = var.name, b = [1, 2] }
}

resource "terraform_data" "a" {
  count = 2
  input = { n = count.index, text = "two\nlines" }
}

resource "terraform_data" "b" {
  input = terraform_data.a[0].output
}

module "m" {
  source = "./m"
}

output "id" { value = terraform_data.b.id }
output "count" { value = 2 }
output "shape" { value = local.shape }
output "secret" {
  value     = "hush"
  sensitive = true
}
"#;

const CHILD: &str = r#"
resource "terraform_data" "x" {
  for_each = toset(["p", "q"])
  input    = each.key
}

output "p" { value = terraform_data.x["p"].output }
"#;

/// A folder.
pub(crate) struct Folder {
    dir: tempfile::TempDir,
}

/// The command-line configuration of a folder that has one.
const CLI_CONFIG: &str = "mirror.tfrc";

/// What a run of the program came to.
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Folder {
    /// A folder without anything.
    pub(crate) fn empty() -> Folder {
        Folder { dir: tempfile::tempdir().expect("a folder") }
    }

    /// A root module that was applied.
    pub(crate) fn applied() -> Folder {
        let folder = Folder::empty();
        folder.write("main.tf", MAIN);
        folder.write("m/main.tf", CHILD);
        folder.expect(&["apply", "-auto-approve", "-var", "unset=given"], 0);
        folder
    }

    /// The example estate, its environment `dev` applied.
    pub(crate) fn estate() -> Folder {
        let folder = Folder::empty();
        let hello = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/hello");
        copy(&hello, folder.dir.path());
        folder.expect(&["init"], 0);
        folder.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
        folder
    }

    /// The path of a file inside.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    /// Reads a file.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("read")
    }

    /// Has the program take providers from a filesystem mirror alone.
    pub(crate) fn take_providers_from(&self, mirror: &Path) {
        let mirror = mirror.display().to_string();
        let text = format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n  }}\n}}\n"
        );
        self.write(CLI_CONFIG, &text);
    }

    /// Runs the program with this on standard input.
    pub(crate) fn run_with(&self, args: &[&str], input: &str) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_strata"));
        match self.path(CLI_CONFIG) {
            config if config.exists() => command.env("TF_CLI_CONFIG_FILE", config),
            _ => command.env_remove("TF_CLI_CONFIG_FILE"),
        };
        let mut child = command
            .args(args)
            .current_dir(self.dir.path())
            .env("NO_COLOR", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // A program that ends before it read everything closes the pipe.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        let out = child.wait_with_output().expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran {
            code: out.status.code().unwrap_or(-1),
            out: text(&out.stdout),
            err: text(&out.stderr),
        }
    }

    /// Runs the program, which must end with this code; tells its output.
    pub(crate) fn expect(&self, args: &[&str], code: i32) -> String {
        let ran = self.run_with(args, "");
        assert_eq!(ran.code, code, "strata {}\n{}\n{}", args.join(" "), ran.out, ran.err);
        ran.out
    }

    /// The JSON that the program prints.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let out = self.expect(args, 0);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error} in: {out}"))
    }

    /// Runs the program, which must fail with a diagnostic of this code and a remedy.
    pub(crate) fn fails(&self, args: &[&str], code: &str) {
        let ran = self.run_with(args, "");
        assert_eq!(ran.code, 1, "strata {}\n{}\n{}", args.join(" "), ran.out, ran.err);
        assert!(ran.err.contains(&format!("[{code}]")), "{code} is not in:\n{}", ran.err);
        assert!(ran.out.is_empty(), "nothing is printed: {}", ran.out);
        assert!(ran.err.lines().filter(|line| !line.is_empty()).count() >= 3, "{}", ran.err);
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

/// The lines of a text.
pub(crate) fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}
