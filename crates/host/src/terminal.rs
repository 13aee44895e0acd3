//! Standard output, error and input.
//!
//! Invariant: what is written is written whole and in order; a reader that has gone away is not an error, since
//! `strata show | head` is an ordinary thing to type.

use std::io::{BufRead, IsTerminal, Write};

/// Where to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output: what was asked for.
    Out,
    /// Standard error: progress and diagnostics.
    Err,
}

/// The terminal, or what stands in its place.
#[derive(Clone, Debug)]
pub struct Terminal {
    out_is_terminal: bool,
    err_is_terminal: bool,
    in_is_terminal: bool,
}

impl Terminal {
    pub(crate) fn of_process() -> Terminal {
        Terminal {
            out_is_terminal: std::io::stdout().is_terminal(),
            err_is_terminal: std::io::stderr().is_terminal(),
            in_is_terminal: std::io::stdin().is_terminal(),
        }
    }

    /// Writes text and flushes it.
    pub fn write(&self, stream: Stream, text: &str) {
        let _gone = match stream {
            Stream::Out => {
                let mut out = std::io::stdout().lock();
                out.write_all(text.as_bytes()).and_then(|()| out.flush())
            }
            Stream::Err => std::io::stderr().lock().write_all(text.as_bytes()),
        };
    }

    /// Whether a person looks at the stream.
    pub fn is_terminal(&self, stream: Stream) -> bool {
        match stream {
            Stream::Out => self.out_is_terminal,
            Stream::Err => self.err_is_terminal,
        }
    }

    /// Whether a person can be asked.
    pub fn can_ask(&self) -> bool {
        self.in_is_terminal
    }

    /// The next line of standard input without its end; none at its end.
    pub fn read_line(&self) -> Option<String> {
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line).ok()?;
        (read > 0).then(|| line.trim_end_matches(['\n', '\r']).to_owned())
    }

    /// All of standard input, as bytes.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read_all(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes)?;
        Ok(bytes)
    }
}
