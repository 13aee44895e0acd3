//! `cargo xtask bench estate`: 300 stacks in seven layers, ten `terraform_data` each, wired; planned from nothing, applied, planned
//! again and validated, beside `tofu` on ten of the same root modules, one after the other, as scripts run it.
//!
//! Checks the limits that are named below. The peer's figure for all stacks is that of ten times thirty: `tofu` has no
//! way to plan them together, and its upper stacks are given values as a script would.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Peers;
use super::measure::{self, Figures};

/// Stacks of each layer, lowest first: 300 together.
const LAYERS: [(&str, usize); 7] = [
    ("bootstrap", 2),
    ("identity", 8),
    ("infrastructure", 40),
    ("cluster", 20),
    ("cluster-services", 50),
    ("app-services", 60),
    ("apps", 120),
];
/// Resources of each stack.
const RESOURCES: usize = 10;
/// Stacks that the peer plans, and how many of the estate's each stands for.
const PEER_STACKS: usize = 10;
/// Seconds that the plan of 300 stacks may take.
const PLAN_S_MAX: f64 = 5.0;
/// Megabytes that it may take.
const PLAN_MB_MAX: f64 = 500.0;
/// Seconds that `validate` may take.
const VALIDATE_S_MAX: f64 = 1.0;
/// Characters that the page for a pull request may have.
const MARKDOWN_CHARS_MAX: usize = 60_000;

/// A stack of the generated estate.
struct Stack {
    layer: &'static str,
    name: String,
    reads: Vec<String>,
}

/// Runs the benchmark; whether all limits held.
pub(super) fn run(root: &Path, peers: &Peers, scratch: &Path) -> Result<bool, String> {
    let stacks = stacks();
    let estate = scratch.join("estate");
    write(&estate, &stacks)?;
    let ours = |args: &[&str]| {
        let mut command = Command::new(&peers.strata);
        command.args(args).current_dir(&estate).env("TF_CLI_CONFIG_FILE", &peers.cli_config);
        command
    };
    measure::measure(ours(&["init"]))?;
    let acme = measure::measure(without_network(peers, &root.join("examples/acme")))?;
    let validate = measure::measure(without_network(peers, &estate))?;
    let plan = measure::measure(ours(&["plan", "--env", "prod"]))?;
    let page = output(ours(&["plan", "--env", "prod", "-markdown"]))?;
    let apply = measure::measure(ours(&["apply", "--env", "prod", "--auto-approve"]))?;
    let again = measure::measure(ours(&["plan", "--env", "prod", "--detailed-exitcode"]))?;
    let theirs = peer(peers, scratch, &stacks)?;
    let rows = [
        ("validate acme", &acme),
        ("validate", &validate),
        ("plan", &plan),
        ("apply", &apply),
        ("plan again", &again),
    ];
    for (name, figures) in rows {
        super::row(name, "strata", figures);
    }
    super::row(&format!("plan of {PEER_STACKS}"), "tofu", &theirs);
    let all = theirs.wall * stacks.len() as f64 / PEER_STACKS as f64;
    println!(
        "ratio: {:.1}x in time ({all:.1} s for {} stacks one by one)",
        all / plan.wall,
        stacks.len()
    );
    println!("page for a pull request: {} characters", page.chars().count());
    let limits = [
        ("validate acme", "s", acme.wall, VALIDATE_S_MAX),
        ("validate", "s", validate.wall, VALIDATE_S_MAX),
        ("plan", "s", plan.wall, PLAN_S_MAX),
        ("plan", "MB", plan.memory_mb, PLAN_MB_MAX),
        ("page", "characters", page.chars().count() as f64, MARKDOWN_CHARS_MAX as f64),
    ];
    let mut held = true;
    for (what, unit, found, most) in limits.iter().filter(|(.., found, most)| found > most) {
        println!("{what}: {found:.2} {unit}, OVER THE LIMIT of {most} {unit}");
        held = false;
    }
    Ok(held)
}

/// `validate` in a folder, in a namespace that has no network where the system lets us make one.
fn without_network(peers: &Peers, folder: &Path) -> Command {
    let alone = ["--map-root-user", "--net"];
    let can = Command::new("unshare").args(alone).arg("true").status().is_ok_and(|s| s.success());
    let mut command = if can {
        let mut command = Command::new("unshare");
        command.args(alone).arg(&peers.strata);
        command
    } else {
        println!("validate: no namespace without network can be made here, so it runs as it is");
        Command::new(&peers.strata)
    };
    command.arg("validate").current_dir(folder).env("TF_CLI_CONFIG_FILE", &peers.cli_config);
    command
}

/// Each stack reads up to three of the nearest lower layer, spread evenly.
fn stacks() -> Vec<Stack> {
    let mut all: Vec<Stack> = Vec::new();
    let mut below: Vec<String> = Vec::new();
    for (layer, count) in LAYERS {
        let names: Vec<String> = (0..count).map(|at| format!("{layer}-{at}")).collect();
        for (at, name) in names.iter().enumerate() {
            let mut reads: Vec<String> = (0..3.min(below.len()))
                .map(|step| below[(at * 3 + step) % below.len()].clone())
                .collect();
            reads.sort();
            reads.dedup();
            all.push(Stack { layer, name: name.clone(), reads });
        }
        below = names;
    }
    all
}

fn write(folder: &Path, stacks: &[Stack]) -> Result<(), String> {
    let mut file = String::from("estate {\n  name = \"bench\"\n}\n");
    for (layer, _) in LAYERS {
        let _ = writeln!(file, "layer \"{layer}\" {{}}");
    }
    file.push_str("environment \"dev\" {}\nenvironment \"prod\" {}\n");
    for stack in stacks {
        let inputs: Vec<String> = stack
            .reads
            .iter()
            .enumerate()
            .map(|(at, below)| format!("    below_{at} = stack.{below}.id\n"))
            .collect();
        let _ = writeln!(
            file,
            "stack \"{0}\" {{\n  layer = \"{1}\"\n  source = \"./stacks/{0}\"\n  inputs = {{\n    name = \"{0}-${{env.name}}\"\n{2}  }}\n}}",
            stack.name,
            stack.layer,
            inputs.concat()
        );
        put(&folder.join("stacks").join(&stack.name), &module(stack.reads.len()))?;
    }
    fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    fs::write(folder.join("strata.hcl"), file).map_err(|e| e.to_string())
}

fn put(folder: &Path, text: &str) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    fs::write(folder.join("main.tf"), text).map_err(|e| e.to_string())
}

/// A root module with these many wired variables.
fn module(wired: usize) -> String {
    let mut text = String::from("variable \"name\" {\n  type = string\n}\n");
    let mut below = String::from("[");
    for at in 0..wired {
        let _ = writeln!(text, "variable \"below_{at}\" {{\n  type = string\n}}");
        let _ = write!(below, "var.below_{at}, ");
    }
    below.push(']');
    let _ = writeln!(
        text,
        "resource \"terraform_data\" \"r0\" {{\n  input = {{ name = var.name, below = {below} }}\n}}"
    );
    for at in 1..RESOURCES {
        let _ = writeln!(
            text,
            "resource \"terraform_data\" \"r{at}\" {{\n  input = \"${{terraform_data.r{}.id}}-{at}\"\n}}",
            at - 1
        );
    }
    let _ = writeln!(text, "output \"id\" {{\n  value = terraform_data.r{}.id\n}}", RESOURCES - 1);
    text
}

/// Ten of the root modules, planned by the peer one after the other.
fn peer(peers: &Peers, scratch: &Path, stacks: &[Stack]) -> Result<Figures, String> {
    let step = stacks.len() / PEER_STACKS;
    let mut sum = Figures { wall: 0.0, cpu: 0.0, memory_mb: 0.0 };
    for stack in stacks.iter().step_by(step).take(PEER_STACKS) {
        let folder: PathBuf = scratch.join("tofu").join(&stack.name);
        put(&folder, &module(stack.reads.len()))?;
        let theirs = |args: &[String]| {
            let mut command = Command::new(&peers.tofu);
            command.args(args).current_dir(&folder).env("TF_CLI_CONFIG_FILE", &peers.cli_config);
            command
        };
        measure::measure(theirs(&["init".into(), "-input=false".into()]))?;
        let mut args = vec!["plan".to_owned(), "-input=false".into(), "-var=name=x".into()];
        args.extend((0..stack.reads.len()).map(|at| format!("-var=below_{at}=known")));
        let one = measure::measure(theirs(&args))?;
        sum.wall += one.wall;
        sum.cpu += one.cpu;
        sum.memory_mb = sum.memory_mb.max(one.memory_mb);
    }
    Ok(sum)
}

/// What a command prints, where it ends well.
fn output(mut command: Command) -> Result<String, String> {
    let ran = command.output().map_err(|e| e.to_string())?;
    if !ran.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&ran.stderr)));
    }
    Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
}
