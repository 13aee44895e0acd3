//! `cargo xtask fidelity`: how near a rehearsal comes to real parts, attribute by attribute.
//!
//! The example `acme` is planned, applied and changed twice: on an emulator of AWS and a real API server, and rehearsed.
//! What is compared: whether a plan knows an attribute, the form of its value in the state, and what a set of edits
//! replaces. Not here: what a rehearsal does (`sim`).
//! Invariant: the page and the committed figures are functions of what was observed, in the order of names.

mod compare;
mod form;
mod observe;
mod page;
mod seen;

use std::path::Path;
use std::process::ExitCode;

pub(crate) use page::{PATH, page};

use compare::Report;
use observe::Observed;

/// The share of attributes that have to agree, in percent.
const AGREED_MIN: f64 = 95.0;
/// Where the figures are kept.
pub(crate) const MEASURED: &str = "crates/sim/measured.toml";
/// Where what was seen on real parts is kept for the next comparison.
const REAL: &str = "target/fidelity/real.json";

/// Runs the command. `--reuse` compares with what the last run saw on real parts; `--real`
/// looks at real parts alone, and keeps that.
pub(crate) fn main(root: &Path, args: &[String]) -> ExitCode {
    let reuse = args.iter().any(|arg| arg == "--reuse");
    let only_real = args.iter().any(|arg| arg == "--real");
    match run(root, reuse, only_real) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("fidelity: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(root: &Path, reuse: bool, only_real: bool) -> Result<bool, String> {
    let Some(real) = real(root, reuse)? else {
        println!(
            "fidelity: skipped: the AWS provider or the emulator is not on this machine: `cargo xtask parts --all` brings them"
        );
        return Ok(true);
    };
    if only_real {
        return Ok(true);
    }
    let rehearsed = seen::rehearsed(root)?;
    let report = Report::of(&real, &rehearsed);
    print!("{}", report.text());
    std::fs::write(root.join(MEASURED), report.figures()).map_err(|e| e.to_string())?;
    let page = page(root)?;
    std::fs::write(root.join(PATH), page).map_err(|e| e.to_string())?;
    println!("wrote {MEASURED} and {}", PATH);
    Ok(report.percent() >= AGREED_MIN)
}

fn real(root: &Path, reuse: bool) -> Result<Option<Observed>, String> {
    let kept = root.join(REAL);
    if reuse && kept.exists() {
        return Observed::read(&kept).map(Some);
    }
    let Some(seen) = seen::real(root)? else { return Ok(None) };
    seen.write(&kept)?;
    Ok(Some(seen))
}
