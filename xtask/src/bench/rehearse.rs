//! `cargo xtask bench rehearse`: 200 stacks of 20 AWS resources each, wired, rehearsed: planned, applied, planned again; prints
//! seconds and megabytes, and checks the limits below. `cargo xtask bench explore`: each blueprint, a crash at each durable step.
//!
//! No peer can do either, so nothing is compared. Both run a program built with the profile `quick`; `STRATA_BIN` names another.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::measure;

/// Stacks of each layer, lowest first: 200 together.
const LAYERS: [(&str, usize); 4] =
    [("infrastructure", 20), ("cluster", 30), ("services", 50), ("apps", 100)];
/// Resources of each stack: a network, and others in it.
const RESOURCES: usize = 20;
/// Seconds that plan and apply may take together.
const WALL_S_MAX: f64 = 60.0;
/// Megabytes that either may take.
const MEMORY_MB_MAX: f64 = 1024.0;
/// The clouds that have a blueprint.
const CLOUDS: [&str; 3] = ["aws", "azure", "gcp"];

/// Runs one of the two; whether all limits held.
pub(super) fn run(root: &Path, what: &str) -> Result<bool, String> {
    let strata = program(root)?;
    let scratch = super::tempdir()?;
    let held = match what {
        "rehearse" => rehearse(&strata, &scratch),
        _ => explore(&strata, &scratch),
    };
    let _ = fs::remove_dir_all(&scratch);
    held
}

fn program(root: &Path) -> Result<PathBuf, String> {
    if let Some(built) = std::env::var_os("STRATA_BIN") {
        return Ok(PathBuf::from(built));
    }
    let built = Command::new("cargo")
        .args(["build", "--quiet", "--profile", "quick", "--package", "cli"])
        .current_dir(root)
        .status()
        .map_err(|e| e.to_string())?;
    match built.success() {
        true => Ok(root.join("target/quick/strata")),
        false => Err("strata could not be built".into()),
    }
}

fn rehearse(strata: &Path, scratch: &Path) -> Result<bool, String> {
    let estate = scratch.join("estate");
    write(&estate)?;
    let ours = |args: &[&str]| {
        let mut command = Command::new(strata);
        command.args(args).args(["--rehearse", "--env", "prod"]).current_dir(&estate);
        command
    };
    println!("{:<22} {:>18} {:>18} {:>18}", "", "wall s", "cpu s", "memory MB");
    let plan = measure::measure(ours(&["plan"]))?;
    super::row("plan", "strata", &plan);
    let apply = measure::measure(ours(&["apply", "--auto-approve"]))?;
    super::row("apply", "strata", &apply);
    let again = measure::measure(ours(&["plan", "--detailed-exitcode"]))?;
    super::row("plan again", "strata", &again);
    let limits = [
        ("plan and apply", "s", plan.wall + apply.wall, WALL_S_MAX),
        ("plan", "MB", plan.memory_mb, MEMORY_MB_MAX),
        ("apply", "MB", apply.memory_mb, MEMORY_MB_MAX),
    ];
    let mut held = true;
    for (what, unit, found, most) in limits {
        let over = found > most;
        held &= !over;
        let word = if over { "OVER THE LIMIT" } else { "within the limit" };
        println!("{what}: {found:.2} {unit}, {word} of {most} {unit}");
    }
    Ok(held)
}

/// A crash at each durable step of each blueprint: nothing lost, nothing doubled.
fn explore(strata: &Path, scratch: &Path) -> Result<bool, String> {
    let mut held = true;
    for cloud in CLOUDS {
        let run = |args: &[&str], folder: &Path| {
            let mut command = Command::new(strata);
            command.args(args).current_dir(folder);
            command
        };
        let name = format!("{cloud}-estate");
        measure::measure(run(&["new", &name, "--cloud", cloud], scratch))?;
        let began = std::time::Instant::now();
        let out = run(&["rehearse", "--explore", "crashes"], &scratch.join(&name)).output();
        let out = out.map_err(|e| e.to_string())?;
        let text = String::from_utf8_lossy(&out.stdout);
        let sum = text.lines().rfind(|line| line.contains("durable steps")).unwrap_or("no sum");
        println!("{cloud}: {sum} ({:.0} s)", began.elapsed().as_secs_f64());
        if !out.status.success() {
            println!("{text}{}", String::from_utf8_lossy(&out.stderr));
            held = false;
        }
    }
    Ok(held)
}

/// Each stack reads up to three of the layer below, spread evenly.
fn write(folder: &Path) -> Result<(), String> {
    let mut file = String::from("estate {\n  name = \"bench\"\n}\n");
    for (layer, _) in LAYERS {
        let _ = writeln!(file, "layer \"{layer}\" {{}}");
    }
    file.push_str("environment \"prod\" {}\n");
    let mut below: Vec<String> = Vec::new();
    for (layer, count) in LAYERS {
        let names: Vec<String> = (0..count).map(|at| format!("{layer}-{at}")).collect();
        for (at, name) in names.iter().enumerate() {
            let reads: Vec<&String> =
                (0..3.min(below.len())).map(|step| &below[(at * 3 + step) % below.len()]).collect();
            let _ = writeln!(
                file,
                "stack \"{name}\" {{\n  layer = \"{layer}\"\n  source = \"./stacks/{name}\"\n  inputs = {{"
            );
            let _ = writeln!(file, "    name = \"{name}\"");
            for (input, read) in reads.iter().enumerate() {
                let _ = writeln!(file, "    below_{input} = stack.{read}.id");
            }
            file.push_str("  }\n}\n");
            let stack = folder.join("stacks").join(name);
            fs::create_dir_all(&stack).map_err(|e| e.to_string())?;
            fs::write(stack.join("main.tf"), module(reads.len())).map_err(|e| e.to_string())?;
        }
        below = names;
    }
    fs::write(folder.join("strata.hcl"), file).map_err(|e| e.to_string())
}

/// A root module of a network, subnets, roles and buckets, with these many wired variables.
fn module(wired: usize) -> String {
    let mut text = String::from(
        "terraform {\n  required_providers {\n    aws = { source = \"hashicorp/aws\" }\n  }\n}\n\
         variable \"name\" {\n  type = string\n}\n",
    );
    let mut tags = String::from("{ name = var.name");
    for at in 0..wired {
        let _ = writeln!(text, "variable \"below_{at}\" {{\n  type = string\n}}");
        let _ = write!(tags, ", below_{at} = var.below_{at}");
    }
    tags.push_str(" }");
    let _ = writeln!(
        text,
        "resource \"aws_vpc\" \"main\" {{\n  cidr_block = \"10.0.0.0/16\"\n  tags = {tags}\n}}"
    );
    for at in 1..RESOURCES {
        let _ = match at % 3 {
            0 => writeln!(
                text,
                "resource \"aws_subnet\" \"r{at}\" {{\n  vpc_id = aws_vpc.main.id\n  cidr_block = \"10.0.{at}.0/24\"\n}}"
            ),
            1 => writeln!(
                text,
                "resource \"aws_security_group\" \"r{at}\" {{\n  name = \"${{var.name}}-{at}\"\n  vpc_id = aws_vpc.main.id\n}}"
            ),
            _ => writeln!(
                text,
                "resource \"aws_s3_bucket\" \"r{at}\" {{\n  bucket = \"${{var.name}}-{at}\"\n  tags = {{ vpc = aws_vpc.main.id }}\n}}"
            ),
        };
    }
    text.push_str("output \"id\" {\n  value = aws_vpc.main.id\n}\n");
    text
}
