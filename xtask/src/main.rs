//! The house's own chores: `cargo xtask COMMAND`. Nothing here is part of the product.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a chore talks to the developer's terminal"
)]

mod bench;
mod ci;
mod e2e;
mod fidelity;
mod parts;
mod reference;
mod schemas;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "cargo xtask COMMAND

  tidy                 floors, file heads, lengths, words
  codes                writes docs/reference from the sources
  schemas [--check]    cuts the provider schemas that are embedded out of whole documents
  parts [--all|--list] brings the real programs that tests use into the parts cache
  bench plan           Strata beside `tofu`, with ratios
  bench estate         300 wired stacks beside `tofu` on ten of them
  bench rehearse       200 stacks of 20 resources, rehearsed
  bench explore        each blueprint, a crash at each durable step
  e2e kill             `kill -9` at random points of an apply
  e2e first-light      wired stacks on real parts, from nothing to nothing left
  e2e acme             the example's seven layers: approvals, roles, access, replacing, destroying
  e2e access           who may do what in it, by calls that are denied
  fidelity [--reuse]   a rehearsal beside real parts, attribute by attribute
  e2e blueprints       `tofu validate` of new estates, where their providers are here
  ci                   every check, in order, each with its time budget
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    match args.first().map(String::as_str) {
        Some("tidy") => tidy::main(&root()),
        Some("codes") => reference::main(&root()),
        Some("fidelity") => fidelity::main(&root(), rest),
        Some("schemas") => schemas::main(&root(), rest),
        Some("parts") => parts::main(&root(), rest),
        Some("bench") => bench::main(&root(), rest),
        Some("e2e") => e2e::main(&root(), rest),
        Some("ci") => ci::main(&root()),
        _ => {
            eprint!("{HELP}");
            ExitCode::from(2)
        }
    }
}

/// The folder of the workspace.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), PathBuf::from)
}
