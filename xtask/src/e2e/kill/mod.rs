//! `kill -9` at random points of an apply of 2,000 files with the real provider, as a plain root module and in an estate.
//!
//! After each kill: at most `-parallelism` objects in doubt; each resolved by a look at the disk alone; then apply, and a
//! plan without changes; every file is there, and none that was there after the kill was written again. `runs` does the
//! same to runs over several stacks.

mod runs;
#[expect(dead_code, clippy::unwrap_used, reason = "shared with the tests of the store")]
#[path = "../../../../crates/store/tests/it/server.rs"]
mod server;

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const FILES: usize = 2_000;
const POINTS: usize = 30;
const IN_DOUBT_MAX: usize = 10;

/// How Strata is used.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Plain,
    Estate,
}

/// Runs it: `kill [--runs] [POINTS [SEED]]`; with `--runs` only runs over several stacks.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<(), String> {
    let (flags, args): (Vec<&String>, Vec<&String>) =
        args.iter().partition(|arg| arg.starts_with("--"));
    let shapes: &[Shape] = match flags.as_slice() {
        [] => &[Shape::Plain, Shape::Estate],
        [flag] if *flag == "--runs" => &[],
        other => return Err(format!("unknown: {other:?}")),
    };
    let number =
        |at: usize| args.get(at).map(|text| text.parse().map_err(|_| format!("{text}: no number")));
    let points = number(0).transpose()?.unwrap_or(POINTS as u64) as usize;
    let seed = number(1).transpose()?.unwrap_or_else(|| u64::from(std::process::id()));
    let strata = super::first_light::build(root)?;
    let cli_config = crate::parts::mirror_config(&crate::parts::cache())?;
    println!("  seed {seed}, {points} points each");
    let mut random = Random(seed);
    for &shape in shapes {
        let whole = Place::new(&strata, &cli_config, shape)?;
        let length = whole.length_of_writing()?;
        let (mut most, mut files) = (0, 0);
        for _ in 0..points {
            let after = length.mul_f64(random.fraction());
            let (in_doubt, written) = one(&strata, &cli_config, shape, after)?;
            most = most.max(in_doubt);
            files += written;
        }
        println!(
            "  {shape:?}: {points} kills within {:.1} s: in doubt at most {most}, {} of {} files there when killed, none written twice, none lost",
            length.as_secs_f64(),
            files,
            points * FILES
        );
    }
    runs::run(&strata, &cli_config, points, &mut random)
}

/// One kill, so long after the first file was written, and all that must hold after it. Tells how many were in doubt, and how many files were there.
fn one(
    strata: &Path,
    cli_config: &Path,
    shape: Shape,
    after: Duration,
) -> Result<(usize, usize), String> {
    let place = Place::new(strata, cli_config, shape)?;
    let mut child = place.start()?;
    place.wait_for_first_file(&mut child)?;
    std::thread::sleep(after);
    child.kill().map_err(|e| e.to_string())?;
    child.wait().map_err(|e| e.to_string())?;
    end_group(child.id());
    let there = place.files()?;
    let in_doubt = place.in_doubt()?;
    if in_doubt.len() > IN_DOUBT_MAX {
        return Err(format!(
            "{} in doubt, more than {IN_DOUBT_MAX}, after {after:?}",
            in_doubt.len()
        ));
    }
    for address in &in_doubt {
        place.resolve(address)?;
    }
    place.run(&place.apply(), 0)?;
    place.run(&place.plan(), 0)?;
    let now = place.files()?;
    if now.len() != FILES {
        return Err(format!("{} files, not {FILES}, after {after:?}", now.len()));
    }
    for (name, was) in &there {
        if now.get(name) != Some(was) {
            return Err(format!("{name} was written again: {was:?}, then {:?}", now.get(name)));
        }
    }
    Ok((in_doubt.len(), there.len()))
}

/// Ends what the killed process left running, once it has nothing under way: providers finish what they were told.
fn end_group(group: u32) {
    std::thread::sleep(Duration::from_millis(200));
    let _ = Command::new("kill")
        .args(["-9", "--", &format!("-{group}")])
        .stderr(Stdio::null())
        .status();
}

/// A folder in which Strata works.
struct Place {
    strata: PathBuf,
    cli_config: PathBuf,
    shape: Shape,
    folder: PathBuf,
}

impl Drop for Place {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

impl Place {
    fn new(strata: &Path, cli_config: &Path, shape: Shape) -> Result<Place, String> {
        let name = format!("strata-kill-{}-{}", std::process::id(), nonce());
        let folder = std::env::temp_dir().join(name);
        let module = match shape {
            Shape::Plain => folder.clone(),
            Shape::Estate => folder.join("files"),
        };
        std::fs::create_dir_all(&module).map_err(|e| e.to_string())?;
        let text = format!(
            "terraform {{\n  required_providers {{\n    local = {{ source = \"hashicorp/local\" }}\n  }}\n}}\n\n\
             resource \"local_file\" \"f\" {{\n  count    = {FILES}\n  filename = \"out/${{count.index}}.txt\"\n  \
             content  = \"content ${{count.index}}\"\n}}\n"
        );
        std::fs::write(module.join("main.tf"), text).map_err(|e| e.to_string())?;
        if let Shape::Estate = shape {
            let text = "estate {\n  name = \"killed\"\n}\n\nlayer \"only\" {}\n\nenvironment \"test\" {}\n\n\
                        stack \"files\" {\n  layer  = \"only\"\n  source = \"./files\"\n}\n";
            std::fs::write(folder.join("strata.hcl"), text).map_err(|e| e.to_string())?;
        }
        let place = Place { strata: strata.into(), cli_config: cli_config.into(), shape, folder };
        place.run(&["init"], 0)?;
        Ok(place)
    }

    /// How long a whole apply writes files: from the first to the end.
    fn length_of_writing(&self) -> Result<Duration, String> {
        let mut child = self.start()?;
        self.wait_for_first_file(&mut child)?;
        let begun = Instant::now();
        let status = child.wait().map_err(|e| e.to_string())?;
        if status.success() {
            Ok(begun.elapsed())
        } else {
            Err(format!("an apply that nobody killed: {status}"))
        }
    }

    fn start(&self) -> Result<Child, String> {
        let mut command = self.command(&self.apply());
        command.process_group(0).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().map_err(|e| e.to_string())
    }

    fn wait_for_first_file(&self, child: &mut Child) -> Result<(), String> {
        while std::fs::read_dir(self.out()).into_iter().flatten().next().is_none() {
            if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
                return Err(format!("an apply ended before it wrote a file: {status}"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    fn apply(&self) -> Vec<&'static str> {
        match self.shape {
            Shape::Plain => vec!["apply", "-auto-approve", "-input=false"],
            Shape::Estate => vec!["apply", "-env", "test", "-auto-approve", "-input=false"],
        }
    }

    fn plan(&self) -> Vec<&'static str> {
        match self.shape {
            Shape::Plain => vec!["plan", "-detailed-exitcode"],
            Shape::Estate => vec!["plan", "-env", "test", "-detailed-exitcode"],
        }
    }

    fn stack(&self) -> &'static [&'static str] {
        match self.shape {
            Shape::Plain => &[],
            Shape::Estate => &["-stack", "test/files"],
        }
    }

    /// The addresses in doubt.
    fn in_doubt(&self) -> Result<Vec<String>, String> {
        let listed = self.run(&[&["state", "resolve", "-json"], self.stack()].concat(), 0)?;
        let document: serde_json::Value =
            serde_json::from_str(&listed).map_err(|e| format!("{e}: {listed}"))?;
        let all = document["in_doubt"].as_array().cloned().unwrap_or_default();
        Ok(all.iter().filter_map(|one| one["address"].as_str().map(str::to_owned)).collect())
    }

    /// Resolves by a look at the disk alone.
    fn resolve(&self, address: &str) -> Result<(), String> {
        let index = address.trim_start_matches("local_file.f[").trim_end_matches(']');
        let file = self.out().join(format!("{index}.txt"));
        let mut args = vec!["state", "resolve"];
        args.extend(self.stack());
        args.push(address);
        let id = if file.exists() { Some(sha1(&file)?) } else { None };
        match &id {
            Some(id) => args.extend(["-exists", id]),
            None => args.push("-absent"),
        }
        self.run(&args, 0).map(drop)
    }

    /// The folder that the provider writes to: relative to where it works.
    fn out(&self) -> PathBuf {
        match self.shape {
            Shape::Plain => self.folder.join("out"),
            Shape::Estate => self.folder.join("files/out"),
        }
    }

    /// Inode and time of modification of each file.
    fn files(&self) -> Result<HashMap<String, (u64, i64, i64)>, String> {
        let mut files = HashMap::new();
        for entry in std::fs::read_dir(self.out()).into_iter().flatten().filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            files.insert(name, signature_of(&entry)?);
        }
        Ok(files)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.strata);
        command.args(args).current_dir(&self.folder).env("TF_CLI_CONFIG_FILE", &self.cli_config);
        command.env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str], code: i32) -> Result<String, String> {
        expect(self.command(args), &self.folder, code)
    }
}

/// Runs a command that must end with this code; what it printed.
fn expect(mut command: Command, folder: &Path, code: i32) -> Result<String, String> {
    let out = command.output().map_err(|e| e.to_string())?;
    let printed = String::from_utf8_lossy(&out.stdout).into_owned();
    if out.status.code() == Some(code) {
        return Ok(printed);
    }
    let said = String::from_utf8_lossy(&out.stderr);
    let last: Vec<&str> = said.lines().rev().take(30).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    let args: Vec<_> = command.get_args().map(|arg| arg.to_string_lossy()).collect();
    let (args, folder) = (args.join(" "), folder.display());
    Err(format!("strata {args} in {folder}: {}\n{}", out.status, last.join("\n")))
}

/// Inode and time of modification: what tells a file from one that was written again.
fn signature_of(entry: &std::fs::DirEntry) -> Result<(u64, i64, i64), String> {
    let about = entry.metadata().map_err(|e| e.to_string())?;
    Ok((about.ino(), about.mtime(), about.mtime_nsec()))
}

fn sha1(file: &Path) -> Result<String, String> {
    let out = Command::new("sha1sum").arg(file).output().map_err(|e| format!("sha1sum: {e}"))?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    text.split_whitespace()
        .next()
        .map(str::to_owned)
        .ok_or_else(|| "sha1sum said nothing".to_owned())
}

fn nonce() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos())
}

/// Numbers by a seed (xorshift64*): repeatable, and good enough to pick moments.
struct Random(u64);

impl Random {
    fn fraction(&mut self) -> f64 {
        let mut x = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        self.0 = x;
        (x.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1u64 << 53) as f64
    }
}
