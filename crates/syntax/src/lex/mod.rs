//! Text to tokens, lossless: the tokens and what lies between them are the text.
//!
//! The scanner keeps a stack of modes, since a template holds expressions and an expression holds templates. It
//! never fails: what is no token is [`TokenKind::Invalid`]. Where the end of a line breaks a quoted string, the string
//! ends there, so that the lines after it are read as if it had been closed.
//!
//! Invariant: tokens are in order, never overlap, and each lies on the bounds of characters.

pub(crate) mod chars;
mod main_mode;
mod template_mode;
mod token;

pub use chars::is_identifier;
pub use token::{Token, TokenKind};

/// The tokens of a native file or expression.
pub fn tokens(text: &str) -> Vec<Token> {
    Scanner::new(text, Mode::Main { braces: 0 }).run()
}

/// The tokens of a template without quotes.
pub fn template_tokens(text: &str) -> Vec<Token> {
    Scanner::new(text, Mode::Bare).run()
}

/// What the scanner is inside of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// A file or expression; `braces` are the open ones.
    Main { braces: u32 },
    /// `${...}` or `%{...}`; `braces` are the open ones inside.
    Sequence { braces: u32 },
    /// `"..."`.
    Quoted,
    /// `<<EOT`; the marker's range, and whether a line starts at the place reached.
    Heredoc { marker: (u32, u32), line_start: bool },
    /// A template without quotes.
    Bare,
}

struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    modes: Vec<Mode>,
    out: Vec<Token>,
    /// Whether a `*/` may still follow.
    comments_end: bool,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str, mode: Mode) -> Scanner<'t> {
        let bytes = text.as_bytes();
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let out = Vec::with_capacity(text.len() / 3 + 4);
        Scanner { text, bytes, at, modes: vec![mode], out, comments_end: true }
    }

    fn run(mut self) -> Vec<Token> {
        while self.at < self.bytes.len() {
            match *self.mode() {
                Mode::Main { .. } | Mode::Sequence { .. } => self.main_tokens(),
                Mode::Quoted => self.quoted_token(),
                Mode::Heredoc { marker, line_start } => self.heredoc_token(marker, line_start),
                Mode::Bare => self.bare_token(),
            }
        }
        self.emit(TokenKind::End, 0);
        self.out
    }

    fn mode(&mut self) -> &mut Mode {
        self.modes.last_mut().expect("BUG: the outermost mode is never left")
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Emits the next `len` bytes as one token.
    fn emit(&mut self, kind: TokenKind, len: usize) {
        let start = self.at as u32;
        self.at += len;
        self.out.push(Token { kind, start, end: self.at as u32 });
    }

    /// Length of the end of line that is `ahead` bytes away; 0 where none is.
    fn newline_len(&self, ahead: usize) -> usize {
        match self.peek(ahead) {
            b'\n' => 1,
            b'\r' if self.peek(ahead + 1) == b'\n' => 2,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests;
