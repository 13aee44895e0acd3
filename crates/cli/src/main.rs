//! The `strata` program: arguments to settings, one call of `run`, and what `render` makes of the result.
//!
//! This file is a table of contents. Each command has a file of its own in `commands`.

mod args;
mod commands;
mod dash;
mod exit;
mod report;
mod settings;

use std::process::ExitCode;

fn main() -> ExitCode {
    match host::Host::real() {
        Ok(host) => commands::main(&host, std::env::args_os().collect()).into(),
        Err(error) => exit::without_host(&error),
    }
}
