//! The `strata` program: arguments to settings, one call of `run`, and what `render` makes of the result.
//!
//! This file is a table of contents. Each command has a file of its own in `commands`.

mod alone;
mod args;
mod commands;
mod dash;
mod exit;
mod indent;
mod object;
mod progress;
mod pull_request;
mod ready;
mod rehearsal;
mod report;
mod schemas;
mod session;
mod settings;
mod which;

use std::process::ExitCode;

fn main() -> ExitCode {
    // Expressions may be nested 1,000 levels deep; the main thread's stack is the shell's to choose.
    let whole = std::thread::Builder::new().stack_size(session::STACK_BYTES).spawn(program);
    whole.map_or(ExitCode::FAILURE, |whole| whole.join().unwrap_or(ExitCode::FAILURE))
}

fn program() -> ExitCode {
    match host::Host::real() {
        Ok(host) => commands::main(&host, std::env::args_os().collect()).into(),
        Err(error) => exit::without_host(&error),
    }
}
