//! A PostgreSQL server of the tests' own: its own folder, its own socket, started as an ordinary user, gone at the end.
//!
//! Needs the programs of PostgreSQL 15 or newer and nothing else. `xtask` uses this file too.
//! Invariant: the server and its folder end with the process that started it, however that ends.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The oldest version that is used.
const MAJOR_MIN: u32 = 15;
/// The user and group that owns nothing: a server refuses to run as root.
const NOBODY: u32 = 65_534;
/// How long a server may take to write down its number.
const START_TIME_MAX: Duration = Duration::from_secs(2);
/// How long a server may take to be ready.
const READY_TIME_MAX: Duration = Duration::from_secs(60);

/// How to get what lacks.
pub(crate) const REMEDY: &str = "no PostgreSQL of 15 or newer is here: build it with `cargo xtask parts`, or install `postgresql`";

/// A folder of PostgreSQL's programs: the newest that is installed, else the one in the parts cache.
pub(crate) fn programs() -> Option<PathBuf> {
    let mut roots = vec![PathBuf::from("/usr/lib/postgresql")];
    for part in fs::read_dir(parts().join("postgresql")).into_iter().flatten().flatten() {
        roots.push(part.path().join("usr/lib/postgresql"));
    }
    roots.iter().find_map(|root| {
        let versions = fs::read_dir(root).ok()?.flatten();
        let number = |name: &str| name.parse::<u32>().ok().filter(|major| *major >= MAJOR_MIN);
        let newest = versions.filter_map(|entry| number(entry.file_name().to_str()?)).max()?;
        let bin = root.join(newest.to_string()).join("bin");
        bin.join("initdb").exists().then_some(bin)
    })
}

/// Where `cargo xtask parts` puts what it brings.
#[expect(clippy::disallowed_methods, reason = "where the parts are is no setting of the program")]
fn parts() -> PathBuf {
    let var = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let home = || var("HOME").unwrap_or_default().join(".cache");
    var("STRATA_PARTS")
        .unwrap_or_else(|| var("XDG_CACHE_HOME").unwrap_or_else(home).join("strata-parts"))
}

/// A server.
pub(crate) struct Server {
    programs: PathBuf,
    dir: PathBuf,
    child: Option<Child>,
    settings: Vec<String>,
    port: String,
}

impl Server {
    /// A server that runs, with settings of the form `name=value` besides; `None` where there are no programs.
    pub(crate) fn start(settings: &[&str]) -> Option<Server> {
        let programs = programs()?;
        let dir = tempfile::Builder::new().prefix("strata-pg-").tempdir().unwrap().keep();
        give_away(&dir);
        let port = settings.iter().find_map(|setting| setting.strip_prefix("port="));
        let port = port.unwrap_or("5432").to_owned();
        let settings = settings.iter().map(ToString::to_string).collect();
        let mut server = Server { programs, dir, child: None, settings, port };
        let made = server
            .command("initdb")
            .args([
                "--auth-local=trust",
                "--auth-host=scram-sha-256",
                "--username=strata",
                "--encoding=UTF8",
                "--locale=C",
            ])
            .args(["--no-sync", "--pgdata"])
            .arg(server.data())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        server.run();
        Some(server)
    }

    /// Where its data are.
    pub(crate) fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// The address of a schema of its own.
    pub(crate) fn address(&self, schema: &str) -> String {
        let dir = self.dir.display();
        format!("postgres://strata@/postgres?host={dir}&schema={schema}")
    }

    /// Starts it, and waits until it takes connections. Processes of one that was killed may be a little late to end, and it
    /// does not start beside them: then it is tried again.
    pub(crate) fn run(&mut self) {
        let begun = Instant::now();
        self.spawn();
        let mut spawned = Instant::now();
        while !self.answers() {
            let log = || fs::read_to_string(self.dir.join("log")).unwrap_or_default();
            assert!(begun.elapsed() < READY_TIME_MAX, "the server does not start: {}", log());
            if !self.is_running() && spawned.elapsed() > START_TIME_MAX {
                self.stop_and_keep();
                self.spawn();
                spawned = Instant::now();
            }
        }
    }

    fn spawn(&mut self) {
        // The shell ends the server and removes its folder when our end of its standard input is closed.
        let script = r#"
            dir=$1; shift
            "$@" >>"$dir/log" 2>&1 &
            server=$!
            cat >/dev/null
            kill -QUIT $server 2>/dev/null
            wait $server
            [ -e "$dir/keep" ] || rm -rf "$dir"
        "#;
        let mut command = self.unprivileged("sh");
        command.args(["-c", script, "sh"]).arg(&self.dir).arg(self.programs.join("postgres"));
        command.arg("-D").arg(self.data()).args(["-c", "listen_addresses="]);
        let socket = format!("unix_socket_directories={}", self.dir.display());
        command.args(["-c", &socket, "-c", "max_connections=300", "-c", "shared_buffers=16MB"]);
        command.args(self.settings.iter().flat_map(|setting| ["-c", setting]));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().unwrap());
    }

    /// Whether there is a process of the number that the server has written down.
    fn is_running(&self) -> bool {
        let written = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        let pid = written.lines().next().unwrap_or_default();
        !pid.is_empty() && Path::new("/proc").join(pid).exists()
    }

    /// Kills it with all its processes, as a loss of power does, and leaves its data.
    pub(crate) fn kill(&mut self) {
        let pids = fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let pid = pids.lines().next().unwrap();
        // Before its children, which it would start anew.
        let children = Command::new("pgrep").args(["-P", pid]).output().unwrap().stdout;
        let children = String::from_utf8(children).unwrap();
        for pid in std::iter::once(pid).chain(children.lines()) {
            drop(Command::new("kill").args(["-9", pid]).stderr(Stdio::null()).status());
        }
        self.stop_and_keep();
    }

    /// Ends what starts it, and leaves its folder.
    fn stop_and_keep(&mut self) {
        let keep = self.dir.join("keep");
        fs::write(&keep, "").unwrap();
        self.stop();
        drop(fs::remove_file(keep));
    }

    fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.stdin.take());
            drop(child.wait());
        }
    }

    /// Runs statements, as its own superuser.
    pub(crate) fn sql(&self, sql: &str) -> String {
        let dir = self.dir.display().to_string();
        let out = self
            .command("psql")
            .args([
                "-p",
                &self.port,
                "-h",
                &dir,
                "-U",
                "strata",
                "-d",
                "postgres",
                "-v",
                "ON_ERROR_STOP=1",
            ])
            .args(["-Atqc", sql])
            .output()
            .unwrap();
        assert!(out.status.success(), "{sql}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }

    fn answers(&self) -> bool {
        let dir = self.dir.display().to_string();
        let mut ready = self.command("pg_isready");
        ready.args(["-q", "-t", "1", "-p", &self.port, "-h", &dir]).status().unwrap().success()
    }

    fn command(&self, program: &str) -> Command {
        self.unprivileged(&self.programs.join(program).display().to_string())
    }

    fn unprivileged(&self, program: &str) -> Command {
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            let nobody = NOBODY.to_string();
            command.args(["--reuid", &nobody, "--regid", &nobody, "--clear-groups", program]);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(&self.dir);
        // What was unpacked beside the programs; where they are installed there is nothing.
        if let Some(root) = self.programs.ancestors().nth(5).filter(|root| **root != *"/") {
            let folder = format!("usr/lib/{}-linux-gnu", std::env::consts::ARCH);
            command.env("LD_LIBRARY_PATH", root.join(folder));
        }
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Makes something the server's user's: a folder that all may enter, a file that only it may read.
pub(crate) fn give_away(path: &Path) {
    let mode = if path.is_dir() { 0o755 } else { 0o600 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    if is_root() {
        std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Says that a test is passed over, past what captures the output of tests.
pub(crate) fn skipped(test: &str) {
    drop(writeln!(std::io::stderr(), "SKIPPED {test}: {REMEDY}"));
}
