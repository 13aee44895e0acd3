//! How the program ends.

use std::process::ExitCode;

use host::FileError;

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done,
    /// Not done; a diagnostic says why.
    Failed,
    /// Done, and there are changes (`-detailed-exitcode`); of `fmt`: files with syntax errors, as `tofu` has it.
    Changes,
    /// `fmt -check` found something to do.
    NotFormatted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        match exit {
            Exit::Done => ExitCode::SUCCESS,
            Exit::Failed => ExitCode::from(1),
            Exit::Changes => ExitCode::from(2),
            Exit::NotFormatted => ExitCode::from(3),
        }
    }
}

/// The end where not even a host could be made.
#[expect(clippy::print_stderr, reason = "there is no terminal to write to without a host")]
pub(crate) fn without_host(error: &FileError) -> ExitCode {
    eprintln!("strata: {error}");
    ExitCode::from(1)
}
