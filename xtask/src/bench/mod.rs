//! `cargo xtask bench plan|estate`: Strata beside `tofu`, on the same configurations, in turn, in one run; prints wall time,
//! CPU time and memory of each with its children, and the ratios.

mod estate;
mod fixtures;
mod measure;
mod rehearse;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use fixtures::Fixture;
use measure::Figures;

/// Least ratio of wall times, `tofu` to Strata, for the kinds that issue limits name.
const WALL_RATIO_MIN: f64 = 20.0;

/// How the command is called.
const USAGE: &str = "usage: cargo xtask bench plan [--runs N] [NAME...], or cargo xtask bench estate|rehearse|explore";

/// Runs the command: `plan [--runs N] [NAME...]`, `estate`, `rehearse` or `explore`.
pub(crate) fn main(root: &Path, args: &[String]) -> ExitCode {
    match run(root, args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("bench: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(root: &Path, args: &[String]) -> Result<bool, String> {
    let [what, rest @ ..] = args else {
        return Err(USAGE.into());
    };
    if what == "rehearse" || what == "explore" {
        return rehearse::run(root, what);
    }
    if what != "plan" && what != "estate" {
        return Err(format!("no benchmark is called {what:?}; {USAGE}"));
    }
    let (runs, names) = options(rest)?;
    let peers = Peers::find(root)?;
    let scratch = tempdir()?;
    println!("{:<22} {:>18} {:>18} {:>18}", "", "wall s", "cpu s", "memory MB");
    if what == "estate" {
        let held = estate::run(root, &peers, &scratch);
        let _ = std::fs::remove_dir_all(&scratch);
        return held;
    }
    let mut held = true;
    for fixture in fixtures::all() {
        if !names.is_empty() && !names.iter().any(|n| fixture.name.contains(n.as_str())) {
            continue;
        }
        held &= compare(&fixture, &peers, &scratch, runs)?;
    }
    let _ = std::fs::remove_dir_all(&scratch);
    Ok(held)
}

fn options(args: &[String]) -> Result<(usize, Vec<String>), String> {
    let mut runs = 3;
    let mut names = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        if arg == "--runs" {
            let number = rest.next().ok_or("--runs needs a number")?;
            runs = number.parse().map_err(|_| format!("--runs {number}: no number"))?;
        } else {
            names.push(arg.clone());
        }
    }
    Ok((runs, names))
}

/// The two programs, and the mirror of providers that both use.
struct Peers {
    strata: PathBuf,
    tofu: PathBuf,
    cli_config: PathBuf,
}

impl Peers {
    fn find(root: &Path) -> Result<Peers, String> {
        let strata = match std::env::var_os("STRATA_BIN") {
            Some(built) => PathBuf::from(built),
            None => build(root)?,
        };
        let cache = crate::parts::cache();
        let tofu = cache.join("bin/tofu-1.12.6/tofu");
        if !tofu.exists() {
            return Err("no tofu to compare with: run `cargo xtask parts tofu`".into());
        }
        let cli_config = crate::parts::mirror_config(&cache)?;
        Ok(Peers { strata, tofu, cli_config })
    }
}

/// The program as it is released; `STRATA_BIN` names one that is built already.
fn build(root: &Path) -> Result<PathBuf, String> {
    let built = Command::new("cargo")
        .args(["build", "--quiet", "--release", "--package", "cli"])
        .current_dir(root)
        .status()
        .map_err(|e| e.to_string())?;
    if built.success() {
        Ok(root.join("target/release/strata"))
    } else {
        Err("strata could not be built".into())
    }
}

fn compare(fixture: &Fixture, peers: &Peers, scratch: &Path, runs: usize) -> Result<bool, String> {
    let folder = |peer: &str| -> Result<PathBuf, String> {
        let folder = scratch.join(format!("{}-{peer}", fixture.name));
        fixture.write(&folder)?;
        Ok(folder)
    };
    let (ours, theirs) = (folder("strata")?, folder("tofu")?);
    let command = |program: &Path, folder: &Path, args: &[&str]| {
        let mut command = Command::new(program);
        command.args(args).current_dir(folder).env("TF_CLI_CONFIG_FILE", &peers.cli_config);
        command
    };
    measure::measure(command(&peers.strata, &ours, &["init"]))?;
    measure::measure(command(&peers.tofu, &theirs, &["init", "-input=false"]))?;
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        a.push(measure::measure(command(&peers.strata, &ours, &["plan", "-input=false"]))?);
        b.push(measure::measure(command(&peers.tofu, &theirs, &["plan", "-input=false"]))?);
    }
    let (ours, theirs) = (Figures::median(&a), Figures::median(&b));
    let ratio = theirs.wall / ours.wall;
    row(fixture.name, "strata", &ours);
    row("", "tofu", &theirs);
    println!(
        "{:<14}{:<8} {:>17.1}x {:>17.1}x {:>17.1}x",
        "",
        "ratio",
        ratio,
        theirs.cpu / ours.cpu.max(0.001),
        theirs.memory_mb / ours.memory_mb.max(0.1)
    );
    let held = !fixture.limited || ratio >= WALL_RATIO_MIN;
    if !held {
        println!("{:<14}BELOW THE LIMIT of {WALL_RATIO_MIN}x", "");
    }
    Ok(held)
}

fn row(name: &str, peer: &str, figures: &Figures) {
    println!(
        "{name:<14}{peer:<8} {:>18.3} {:>18.3} {:>18.1}",
        figures.wall, figures.cpu, figures.memory_mb
    );
}

fn tempdir() -> Result<PathBuf, String> {
    let dir = std::env::temp_dir().join(format!("strata-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).map_err(|e| e.to_string())?;
    Ok(dir)
}
