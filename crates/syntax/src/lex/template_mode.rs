//! Tokens inside quoted strings, heredocs and bare templates.
//!
//! Bounds of literals matter: a strip marker trims one literal, and a literal of a heredoc or bare template ends with
//! its line, as in HCL.

use super::{Mode, Scanner, TokenKind};

impl Scanner<'_> {
    pub(super) fn quoted_token(&mut self) {
        match self.peek(0) {
            b'"' => {
                self.modes.pop();
                self.emit(TokenKind::CQuote, 1);
            }
            b'\n' | b'\r' => self.broken_quote(),
            b'$' | b'%' => self.sign(TokenKind::QuotedLit),
            b'\\' if matches!(self.peek(1), b'\n' | b'\r') || self.at + 1 == self.bytes.len() => {
                self.emit(TokenKind::Invalid, 1);
            }
            _ => {
                let len = self.quoted_len();
                self.emit(TokenKind::QuotedLit, len);
            }
        }
    }

    /// Length of the literal up to a sign, a quote or the end of the line; a backslash takes the next character along.
    fn quoted_len(&self) -> usize {
        let rest = &self.bytes[self.at..];
        let mut len = 0;
        while let Some(byte) = rest.get(len) {
            match byte {
                b'"' | b'$' | b'%' | b'\n' | b'\r' => break,
                b'\\' => match rest.get(len + 1) {
                    None | Some(b'\n' | b'\r') => break,
                    Some(_) => len += 2,
                },
                _ => len += 1,
            }
        }
        while !self.text.is_char_boundary(self.at + len) {
            len += 1;
        }
        len
    }

    /// The end of a line inside a quoted string: leaves the string, and all sequences and strings around it.
    fn broken_quote(&mut self) {
        let rest = &self.bytes[self.at..];
        let len = match self.newline_len(0) {
            0 => 1,
            len => len,
        };
        debug_assert!(len <= rest.len());
        self.emit(TokenKind::QuotedNewline, len);
        while let Some(mode) = self.modes.last() {
            match mode {
                Mode::Quoted => {}
                Mode::Sequence { .. } if self.modes.iter().rev().nth(1) == Some(&Mode::Quoted) => {}
                _ => break,
            }
            self.modes.pop();
        }
    }

    /// `$` or `%`: opens a sequence, escapes one, or stands for itself.
    fn sign(&mut self, literal: TokenKind) {
        let sign = self.peek(0);
        if self.peek(1) == b'{' {
            let kind =
                if sign == b'$' { TokenKind::TemplateInterp } else { TokenKind::TemplateControl };
            self.emit(kind, 2 + usize::from(self.peek(2) == b'~'));
            self.modes.push(Mode::Sequence { braces: 0 });
        } else if self.peek(1) == sign && self.peek(2) == b'{' {
            self.emit(literal, 3 + usize::from(self.peek(3) == b'~'));
        } else {
            self.emit(literal, 1);
        }
    }

    pub(super) fn heredoc_token(&mut self, marker: (u32, u32), line_start: bool) {
        if line_start && self.heredoc_end(marker) {
            return;
        }
        let (len, ends_line) = self.line_len();
        if let Mode::Heredoc { line_start, .. } = self.mode() {
            *line_start = ends_line;
        }
        match len {
            0 if self.peek(0) == b'\r' => self.emit(TokenKind::Invalid, 1),
            0 => self.sign(TokenKind::StringLit),
            _ => self.emit(TokenKind::StringLit, len),
        }
    }

    /// The closing marker alone on its line, which must have an end.
    fn heredoc_end(&mut self, marker: (u32, u32)) -> bool {
        let rest = &self.text[self.at..];
        let Some(end) = rest.find('\n') else { return false };
        let line = &rest[..end];
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.trim() != &self.text[marker.0 as usize..marker.1 as usize] {
            return false;
        }
        self.modes.pop();
        self.emit(TokenKind::CHeredoc, line.len());
        true
    }

    pub(super) fn bare_token(&mut self) {
        match self.line_len().0 {
            0 if self.peek(0) == b'\r' => self.emit(TokenKind::StringLit, 1),
            0 => self.sign(TokenKind::StringLit),
            len => self.emit(TokenKind::StringLit, len),
        }
    }

    /// Length of the literal up to a sign or the end of the line, which it includes, and whether it does.
    fn line_len(&self) -> (usize, bool) {
        let rest = &self.bytes[self.at..];
        let stop = rest.iter().position(|byte| matches!(byte, b'$' | b'%' | b'\n' | b'\r'));
        let len = stop.unwrap_or(rest.len());
        match self.newline_len(len) {
            0 => (len, false),
            newline => (len + newline, true),
        }
    }
}
