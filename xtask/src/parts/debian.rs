//! A program of the distribution, for those whose makers publish no other binaries: what is installed, else its packages
//! unpacked into the cache. Nothing is installed, and no user but the present one is needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::build::{link, run};
use super::catalogue::Part;

/// The folder of the programs, below `/` or the folder that the packages are unpacked into.
pub(crate) fn programs(part: &Part) -> PathBuf {
    Path::new("usr/lib").join(&part.name).join(&part.version)
}

/// Links the installed programs, or unpacks those of the packages.
pub(crate) fn bring(part: &Part, cache: &Path) -> Result<(), String> {
    let home = cache.join(&part.name).join(&part.version);
    let installed = Path::new("/").join(programs(part));
    if installed.exists() {
        return link(&installed, &home.join(programs(part)));
    }
    let text = |error: std::io::Error| error.to_string();
    let aside = cache.join("building").join(format!("{}-{}", part.name, std::process::id()));
    drop(fs::remove_dir_all(&aside));
    fs::create_dir_all(aside.join("root")).map_err(text)?;
    let mut download = Command::new("apt-get");
    download.current_dir(&aside).args(["-qq", "download"]).args(lacking(&part.package)?);
    run(&mut download)?;
    for package in fs::read_dir(&aside).map_err(text)?.filter_map(Result::ok) {
        if package.path().extension().is_some_and(|end| end == "deb") {
            let root = aside.join("root");
            run(Command::new("dpkg-deb").arg("-x").arg(package.path()).arg(root))?;
        }
    }
    fs::create_dir_all(home.parent().unwrap_or(&home)).map_err(text)?;
    fs::rename(aside.join("root"), &home).map_err(text)?;
    fs::remove_dir_all(&aside).map_err(text)
}

/// The package and what it needs that is not installed: each line of what would be fetched begins with its address in
/// quotes, and then names the file, which begins with the package's name.
fn lacking(package: &str) -> Result<Vec<String>, String> {
    let mut ask = Command::new("apt-get");
    ask.args(["-qq", "--print-uris", "install", "--no-install-recommends", package]);
    let out = ask.output().map_err(|error| format!("apt-get: {error}"))?;
    let listed = String::from_utf8_lossy(&out.stdout).into_owned();
    let file = |line: &str| Some(line.split_whitespace().nth(1)?.split_once('_')?.0.to_owned());
    let names: Vec<String> = listed.lines().filter_map(file).collect();
    if names.is_empty() {
        return Err(format!(
            "no package {package}: {}",
            String::from_utf8_lossy(&out.stderr).trim()
        ));
    }
    Ok(names)
}
