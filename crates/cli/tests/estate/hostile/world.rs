//! A runner of a team's CI: a checkout with the token that fetched it, secrets around it, an estate that was applied, and
//! a branch that somebody wants to be planned.
//!
//! Invariant: everything that an attack is after holds [`TOKEN`], so that one look at all that was told or written says
//! whether it got out.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::Ran;

/// What the runner must not give away.
pub(super) const TOKEN: &str = "ghp-hostile-0123456789";

/// The estate before any change: a secret that a stack gets, and one value of the state that is sensitive.
pub(super) const STRATA: &str = r#"estate {
  name = "acme"
}
layer "apps" {}
environment "dev" {}
stack "shop" {
  layer  = "apps"
  source = "./shop"
  inputs = { psk = secret.psk }
}
secret "psk" { env = "PSK" }
"#;
pub(super) const SHOP: &str = r#"variable "psk" {}
resource "terraform_data" "key" {
  input = sensitive("the-key-of-ghp-hostile-0123456789")
}
"#;

/// A runner.
pub(super) struct Runner {
    folder: tempfile::TempDir,
}

impl Runner {
    /// The estate above, applied and merged into `main`, and a branch for a change checked out.
    pub(super) fn new() -> Runner {
        Runner::with(&[])
    }

    /// The same with these files in `main`.
    pub(super) fn with(files: &[(&str, &str)]) -> Runner {
        Runner::prepared(files, &|_| {})
    }

    /// The same after something was prepared around it.
    pub(super) fn prepared(files: &[(&str, &str)], prepare: &dyn Fn(&Runner)) -> Runner {
        let runner = Runner { folder: tempfile::tempdir().expect("a folder") };
        let base = [
            ("strata.hcl", STRATA),
            ("shop/main.tf", SHOP),
            (".gitignore", ".strata/\n.terraform/\n"),
        ];
        base.iter().chain(files).for_each(|(name, text)| runner.write(name, text));
        runner.outside("runner/token", TOKEN);
        runner.outside("home/.aws/credentials", &format!("aws_secret_access_key = {TOKEN}\n"));
        runner.outside("mirror/empty", "");
        let mirror = runner.beside("mirror");
        runner.outside(
            "home/.tofurc",
            &format!("provider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n  }}\n}}\n"),
        );
        prepare(&runner);
        runner.git(&["init", "-q", "-b", "main"]);
        let header = format!("AUTHORIZATION: basic {TOKEN}");
        runner.git(&["config", "http.https://forge.example/.extraheader", &header]);
        runner.expect(&["init"], 0);
        runner.git(&["add", "."]);
        runner.git(&["commit", "-qm", "the estate"]);
        runner.git(&["checkout", "-q", "-b", "change"]);
        runner
    }

    /// The same, applied.
    pub(super) fn applied(files: &[(&str, &str)]) -> Runner {
        let runner = Runner::with(files);
        runner.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
        runner
    }

    /// A path in the checkout.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("repo").join(name)
    }

    /// A path beside it.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of the checkout.
    pub(super) fn write(&self, name: &str, text: &str) {
        put(&self.path(name), text);
    }

    /// Writes a file beside the checkout.
    pub(super) fn outside(&self, name: &str, text: &str) {
        put(&self.beside(name), text);
    }

    /// Adds text to a file of the checkout.
    pub(super) fn append(&self, name: &str, text: &str) {
        let known = std::fs::read_to_string(self.path(name)).unwrap_or_default();
        self.write(name, &format!("{known}{text}"));
    }

    /// Replaces a part of a file of the checkout, which must be there.
    pub(super) fn edit(&self, name: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(name)).expect("read");
        assert!(text.contains(from), "{name} holds {from}");
        self.write(name, &text.replace(from, to));
    }

    /// Commits what the change is.
    pub(super) fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-qm", "a change"]);
    }

    /// Runs `git` in the checkout.
    pub(super) fn git(&self, args: &[&str]) {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
        let run = Command::new("git")
            .args(identity)
            .args(args)
            .current_dir(self.path("."))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("HOME", self.beside("home"))
            .output()
            .expect("git runs");
        assert!(run.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&run.stderr));
    }

    /// Runs the program as the runner does: with its secrets around it.
    pub(super) fn strata(&self, args: &[&str]) -> Ran {
        let out = Command::new(env!("CARGO_BIN_EXE_strata"))
            .args(args)
            .current_dir(self.path("."))
            .env("NO_COLOR", "1")
            .env("HOME", self.beside("home"))
            .env("TF_CLI_CONFIG_FILE", self.beside("home/.tofurc"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GITHUB_TOKEN", TOKEN)
            .env("PSK", TOKEN)
            .output()
            .expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran {
            code: out.status.code().unwrap_or(-1),
            out: text(&out.stdout),
            err: text(&out.stderr),
        }
    }

    /// The same, which must end with this code; tells all that was said.
    #[track_caller]
    pub(super) fn expect(&self, args: &[&str], code: i32) -> String {
        let ran = self.strata(args);
        assert_eq!(ran.code, code, "strata {}\n{}\n{}", args.join(" "), ran.out, ran.err);
        ran.out + &ran.err
    }

    /// What the change comes to where everybody is trusted: all that is said.
    pub(super) fn trusted(&self) -> String {
        let ran = self.strata(&["plan", "-env", "dev", "-markdown=../page.md"]);
        self.told(ran)
    }

    /// The plan of the change as a pull request: its code, and all that is said.
    pub(super) fn pull_request(&self, more: &[&str]) -> (i32, String) {
        let args =
            ["plan", "-pull-request", "-base", "main", "-env", "dev", "-markdown=../page.md"];
        let ran = self.strata(&[&args[..], more].concat());
        (ran.code, self.told(ran))
    }

    fn told(&self, ran: Ran) -> String {
        let page = std::fs::read_to_string(self.beside("page.md")).unwrap_or_default();
        drop(std::fs::remove_file(self.beside("page.md")));
        format!("{}\n{}\n{page}", ran.out, ran.err)
    }

    /// The change is refused as a pull request, of a member and of a stranger, with this code and at this place, and
    /// nothing gets out.
    #[track_caller]
    pub(super) fn refuses(&self, code: &str, place: &str) -> String {
        let (ended, said) = self.pull_request(&[]);
        assert_eq!(ended, 1, "{said}");
        assert!(said.contains(&format!("[{code}]")), "{code} is not in:\n{said}");
        assert!(said.contains(place), "{place} is not in:\n{said}");
        self.nothing_got_out(&said);
        let (ended, stranger) = self.pull_request(&["-stranger"]);
        assert_eq!(ended, 1, "{stranger}");
        assert!(stranger.contains(&format!("[{code}]")), "{code} is not in:\n{stranger}");
        self.nothing_got_out(&stranger);
        said
    }

    /// Nothing of what the runner holds was told, and nothing was stolen.
    #[track_caller]
    pub(super) fn nothing_got_out(&self, said: &str) {
        assert!(!said.contains(TOKEN), "the token got out:\n{said}");
        assert!(!self.is_stolen(), "a program of the change was started:\n{said}");
    }

    /// Whether the program of a provider that steals was started.
    pub(super) fn is_stolen(&self) -> bool {
        self.stolen().is_some()
    }

    /// What a provider that steals has found.
    pub(super) fn stolen(&self) -> Option<String> {
        let path = self.beside("stolen");
        let text = std::fs::read_to_string(&path).ok();
        drop(std::fs::remove_file(path));
        text
    }

    /// Puts a provider into a mirror's or a plugin folder that takes what it finds as soon as it is started.
    pub(super) fn thief(&self, root: &Path, source: &str) {
        let name = source.rsplit('/').next().expect("a name");
        let path = root.join(source).join("1.0.0").join(platform());
        let script = format!(
            "#!/bin/sh\n{{ cat {0}/runner/token; echo; /usr/bin/env; }} > {0}/stolen\n",
            self.folder.path().display()
        );
        let file = path.join(format!("terraform-provider-{name}_v1.0.0"));
        put(&file, &script);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(file, mode).expect("a program");
    }

    /// The same in the mirror that the runner installs providers from.
    pub(super) fn thief_in_mirror(&self, source: &str) {
        self.thief(&self.beside("mirror"), source);
    }
}

fn put(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder above")).expect("a folder");
    std::fs::write(path, text).expect("written");
}

/// The platform as provider folders are named by it.
fn platform() -> String {
    let system = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
    let machine = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
    format!("{system}_{machine}")
}
