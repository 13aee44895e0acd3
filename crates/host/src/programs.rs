//! Programs that are run to their end for what they print: token helpers, decryption tools.
//!
//! Not provider processes, which live for long and are `provider`'s.
//!
//! Invariant: a program sees only the variables that it is given and no input; it and all that it started are dead
//! when the call returns.

use std::fmt;
use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// Longest error output that is kept, in bytes: its beginning.
const ERRORS_BYTES_MAX: u64 = 16 << 10;
/// How often is looked whether the program has ended.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How long its output is waited for once it and what it left running are dead.
const DRAIN: Duration = Duration::from_millis(500);

/// A program to be run.
pub struct Program<'a> {
    /// Its name, looked up in `PATH` of the variables below, or its path.
    pub name: &'a str,
    /// Its arguments.
    pub args: &'a [String],
    /// The folder that it works in.
    pub dir: &'a Path,
    /// All variables that it sees.
    pub environment: &'a [(String, String)],
    /// How long it may take; then it is killed.
    pub time_max: Duration,
    /// The longest output, in bytes.
    pub output_bytes_max: u64,
}

/// What a program printed.
pub struct Output {
    /// Standard output.
    pub out: Vec<u8>,
    /// The beginning of its error output.
    pub errors: String,
}

/// Why there is no output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgramError {
    /// No such program.
    Missing,
    /// It could not be started.
    Start(String),
    /// It did not end in time.
    TookTooLong(Duration),
    /// It printed more than it may, in bytes.
    PrintedTooMuch(u64),
    /// It ended badly.
    Failed {
        /// How, such as `exit status: 1`.
        status: String,
        /// The beginning of its error output.
        errors: String,
    },
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProgramError::Missing => f.write_str("there is no such program"),
            ProgramError::Start(why) => write!(f, "it cannot be started: {why}"),
            ProgramError::TookTooLong(max) => {
                write!(f, "it did not end within {} s", max.as_secs())
            }
            ProgramError::PrintedTooMuch(max) => write!(f, "it printed more than {max} bytes"),
            ProgramError::Failed { status, errors } if errors.trim().is_empty() => {
                write!(f, "it failed ({status}) and said nothing")
            }
            ProgramError::Failed { status, errors } => {
                write!(f, "it failed ({status}): {}", errors.trim())
            }
        }
    }
}

impl std::error::Error for ProgramError {}

/// Runs a program to its end. Blocks the thread.
///
/// # Errors
/// Where it is missing, fails, takes too long or prints too much.
pub fn run(program: &Program<'_>) -> Result<Output, ProgramError> {
    let mut child = start(program)?;
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let out = collect(child.stdout.take(), program.output_bytes_max + 1);
    let errors = collect(child.stderr.take(), ERRORS_BYTES_MAX);
    let status = wait(&mut child, program.time_max);
    // Also what it left behind: the pipes close, and the readers end.
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::KILL); // gone already, where it left nothing
    }
    let _ = child.wait(); // takes a killed one off the process table
    let status = status?;
    let out = out.recv_timeout(DRAIN).unwrap_or_default();
    let errors = errors.recv_timeout(DRAIN).unwrap_or_default();
    let errors = String::from_utf8_lossy(&errors).into_owned();
    if out.len() as u64 > program.output_bytes_max {
        return Err(ProgramError::PrintedTooMuch(program.output_bytes_max));
    }
    if status.success() {
        return Ok(Output { out, errors });
    }
    Err(ProgramError::Failed { status: status.to_string(), errors })
}

fn start(program: &Program<'_>) -> Result<Child, ProgramError> {
    let mut command = Command::new(program.name);
    command
        .args(program.args)
        .current_dir(program.dir)
        .env_clear()
        .envs(program.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    command.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ProgramError::Missing,
        _ => ProgramError::Start(error.to_string()),
    })
}

/// Reads a pipe to its end, up to `max` bytes; what is beyond stays unread.
fn collect(pipe: Option<impl Read + Send + 'static>, max: u64) -> Receiver<Vec<u8>> {
    let (done, collected) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            let _ = pipe.take(max).read_to_end(&mut bytes); // what came counts
        }
        let _ = done.send(bytes); // nobody may be waiting any more
    });
    collected
}

fn wait(child: &mut Child, max: Duration) -> Result<std::process::ExitStatus, ProgramError> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if begun.elapsed() >= max => return Err(ProgramError::TookTooLong(max)),
            Ok(None) => std::thread::sleep(LOOK_EVERY),
            Err(error) => return Err(ProgramError::Start(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(script: &str, expect: Result<&str, ProgramError>) {
        let args = ["-c".to_owned(), script.to_owned()];
        let program = Program {
            name: "/bin/sh",
            args: &args,
            dir: Path::new("/"),
            environment: &[("OWN".to_owned(), "seen".to_owned())],
            time_max: Duration::from_millis(700),
            output_bytes_max: 16,
        };
        let output = run(&program).map(|output| String::from_utf8_lossy(&output.out).into_owned());
        assert_eq!(output, expect.map(str::to_owned), "{script}");
    }

    #[test]
    fn output_and_failures() {
        check("echo $OWN; pwd", Ok("seen\n/\n"));
        let failed =
            ProgramError::Failed { status: "exit status: 3".into(), errors: "why\n".into() };
        check("echo why >&2; exit 3", Err(failed));
        check("echo 12345678901234567", Err(ProgramError::PrintedTooMuch(16)));
    }

    #[test]
    fn what_does_not_end_is_killed() {
        check("sleep 60", Err(ProgramError::TookTooLong(Duration::from_millis(700))));
        let begun = Instant::now();
        check("sleep 60 & echo x", Ok("x\n")); // what it left running holds its output
        assert!(begun.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_program_that_is_not_there() {
        let program = Program {
            name: "no-such-program-at-all",
            args: &[],
            dir: Path::new("/"),
            environment: &[],
            time_max: Duration::from_secs(1),
            output_bytes_max: 1,
        };
        assert_eq!(run(&program).err(), Some(ProgramError::Missing));
    }
}
