//! Building one part, aside, and putting it in its place by a rename.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::catalogue::Part;

/// The staging modules of Kubernetes that its main module names with version 0.
const STAGING: &str = "api apiextensions-apiserver apimachinery apiserver cli-runtime client-go cloud-provider \
    cluster-bootstrap code-generator component-base component-helpers controller-manager cri-api cri-client \
    cri-streaming csi-translation-lib dynamic-resource-allocation endpointslice externaljwt kms kube-aggregator \
    kube-controller-manager kube-proxy kube-scheduler kubectl kubelet metrics mount-utils pod-security-admission \
    sample-apiserver sample-cli-plugin sample-controller streaming";

type Made = Result<(), String>;

/// Builds a module that needs nothing around it.
pub(crate) fn go_install(part: &Part, cache: &Path) -> Made {
    let aside = aside(part, cache)?;
    let mut go = go(part);
    go.arg("install").arg("-ldflags").arg(ldflags(part));
    go.arg(format!("{}@{}", part.module, part.module_version)).env("GOBIN", &aside);
    run(&mut go)?;
    let made = fs::read_dir(&aside).map_err(text)?.filter_map(Result::ok).map(|e| e.path()).next();
    let made = made.ok_or("the build left no program")?;
    settle(&made, &part.place(cache))
}

/// Builds a package through a tools module of our own.
pub(crate) fn go_tools(part: &Part, cache: &Path) -> Made {
    let aside = aside(part, cache)?;
    let mut manifest =
        format!("module tools\n\ngo 1.26\n\nrequire {} {}\n", part.module, part.module_version);
    for replace in replacements(part)? {
        let _ = writeln!(manifest, "replace {replace}");
    }
    fs::write(aside.join("go.mod"), manifest).map_err(text)?;
    let tools = format!("//go:build tools\n\npackage tools\n\nimport _ \"{}\"\n", part.package);
    fs::write(aside.join("tools.go"), tools).map_err(text)?;
    let made = aside.join("made");
    let mut go = go(part);
    go.current_dir(&aside).args(["build", "-ldflags", &ldflags(part), "-o"]);
    go.arg(&made).arg(&part.package);
    run(&mut go)?;
    settle(&made, &part.place(cache))
}

/// Installs a Python package into an environment of its own.
pub(crate) fn pip(part: &Part, cache: &Path) -> Made {
    let home = cache.join(format!("python/{}-{}", part.name, part.version));
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).map_err(text)?;
    let done = run(Command::new("python3").args(["-m", "venv"]).arg(&home)).and_then(|()| {
        let pip = home.join("bin/pip");
        run(Command::new(pip).args([
            "install",
            "--quiet",
            "--disable-pip-version-check",
            &part.package,
        ]))
    });
    if done.is_err() {
        let _ = fs::remove_dir_all(&home);
    }
    done
}

/// Installs a package of npm into a folder of its own; scripts of packages are not run.
pub(crate) fn npm(part: &Part, cache: &Path) -> Made {
    let home = cache.join(format!("npm/{}-{}", part.name, part.version));
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).map_err(text)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
    let done = run(npm.arg(&home).arg(&part.package));
    if done.is_err() {
        let _ = fs::remove_dir_all(&home);
    }
    done
}

/// Puts a link to a file or folder that is on the machine already.
pub(crate) fn link(file: &Path, place: &Path) -> Made {
    fs::create_dir_all(place.parent().unwrap_or(place)).map_err(text)?;
    std::os::unix::fs::symlink(file, place).map_err(text)
}

fn replacements(part: &Part) -> Result<Vec<String>, String> {
    let mut all = part.replace.clone();
    if !part.staging.is_empty() {
        all.extend(
            STAGING
                .split_whitespace()
                .map(|m| format!("k8s.io/{m} => k8s.io/{m} {}", part.staging)),
        );
    }
    if part.replace_from_module {
        all.extend(replacements_of_module(part)?);
    }
    Ok(all)
}

/// The `replace` lines of the module's own go.mod, which a tools module does not inherit.
fn replacements_of_module(part: &Part) -> Result<Vec<String>, String> {
    let mut go = go(part);
    let module = format!("{}@{}", part.module, part.module_version);
    let out = go.args(["mod", "download", "-json", &module]).output().map_err(text)?;
    let about: serde_json::Value = serde_json::from_slice(&out.stdout).map_err(text)?;
    let manifest = about["GoMod"].as_str().ok_or_else(|| format!("{module} cannot be had"))?;
    let out = go_edit(manifest)?;
    let replaces = out["Replace"].as_array().cloned().unwrap_or_default();
    let side = |v: &serde_json::Value| {
        [v["Path"].as_str(), v["Version"].as_str()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    };
    Ok(replaces.iter().map(|r| format!("{} => {}", side(&r["Old"]), side(&r["New"]))).collect())
}

fn go_edit(manifest: &str) -> Result<serde_json::Value, String> {
    let out = Command::new("go").args(["mod", "edit", "-json", manifest]).output().map_err(text)?;
    serde_json::from_slice(&out.stdout).map_err(text)
}

fn aside(part: &Part, cache: &Path) -> Result<PathBuf, String> {
    let aside = cache.join("building").join(format!("{}-{}", part.name, std::process::id()));
    let _ = fs::remove_dir_all(&aside);
    fs::create_dir_all(&aside).map_err(text)?;
    Ok(aside)
}

fn settle(made: &Path, place: &Path) -> Made {
    fs::create_dir_all(place.parent().unwrap_or(place)).map_err(text)?;
    fs::rename(made, place).map_err(text)?;
    if let Some(aside) = made.parent() {
        let _ = fs::remove_dir_all(aside);
    }
    Ok(())
}

fn go(part: &Part) -> Command {
    let mut go = Command::new("go");
    let _ = part;
    go.env("CGO_ENABLED", "0").env("GOFLAGS", "-trimpath -mod=mod -buildvcs=false");
    go
}

fn ldflags(part: &Part) -> String {
    format!("-s -w {}", part.ldflags).trim_end().to_owned()
}

/// Runs a command; what it said last is the error.
pub(crate) fn run(command: &mut Command) -> Made {
    let out = command.output().map_err(|e| format!("{:?}: {e}", command.get_program()))?;
    if out.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    let last: Vec<&str> = said.lines().rev().take(5).collect();
    Err(last.into_iter().rev().collect::<Vec<_>>().join(" | "))
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
