//! Tokens outside of templates: files, expressions, and what stands inside `${...}`.

use super::chars::ident_len;
use super::{Mode, Scanner, TokenKind};

impl Scanner<'_> {
    /// Tokens up to a change of the mode, or to the end.
    pub(super) fn main_tokens(&mut self) {
        while let Some(first) = self.bytes.get(self.at).copied() {
            let (kind, len) = match first {
                b' ' | b'\t' => {
                    self.at += 1;
                    continue;
                }
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                    (TokenKind::Ident, ident_len(&self.text[self.at..]))
                }
                b'\n' => (TokenKind::Newline, 1),
                b'"' | b'{' | b'}' | b'~' | b'<' => match self.mode_token(first) {
                    Some(short) => short,
                    None => return,
                },
                _ => self.other_token(first),
            };
            self.emit(kind, len);
        }
    }

    /// What may change the mode, or its number of braces: then it is emitted, and there is none to be returned.
    fn mode_token(&mut self, first: u8) -> Option<(TokenKind, usize)> {
        match first {
            b'"' => self.open_quote(),
            b'{' => self.open_brace(),
            b'}' => self.close_brace(1),
            b'~' if self.peek(1) == b'}' => self.close_brace(2),
            b'<' if self.peek(1) == b'<' => match self.heredoc_intro() {
                Some((marker, len)) => self.open_heredoc(marker, len),
                None => return Some((TokenKind::Less, 1)),
            },
            _ => return Some(self.operator()),
        }
        None
    }

    fn other_token(&mut self, first: u8) -> (TokenKind, usize) {
        match first {
            0x80.. => match ident_len(&self.text[self.at..]) {
                0 => (TokenKind::Invalid, self.char_len()),
                len => (TokenKind::Ident, len),
            },
            b'\r' if self.peek(1) == b'\n' => (TokenKind::Newline, 2),
            b'0'..=b'9' => (TokenKind::Number, self.number_len()),
            b'#' => (TokenKind::Comment, self.line_comment_len()),
            b'/' if self.peek(1) == b'/' => (TokenKind::Comment, self.line_comment_len()),
            b'/' if self.peek(1) == b'*' => match self.block_comment_len() {
                Some(len) => (TokenKind::Comment, len),
                None => (TokenKind::Slash, 1),
            },
            _ => self.operator(),
        }
    }

    /// Length of `/* ... */`; none where it has no end, which is looked for only once.
    fn block_comment_len(&mut self) -> Option<usize> {
        if self.comments_end {
            match self.text[self.at + 2..].find("*/") {
                Some(len) => return Some(len + 4),
                None => self.comments_end = false,
            }
        }
        None
    }

    fn operator(&self) -> (TokenKind, usize) {
        match (self.peek(0), self.peek(1), self.peek(2)) {
            (b'.', b'.', b'.') => (TokenKind::Ellipsis, 3),
            (b'=', b'=', _) => (TokenKind::EqualOp, 2),
            (b'=', b'>', _) => (TokenKind::FatArrow, 2),
            (b'!', b'=', _) => (TokenKind::NotEqual, 2),
            (b'>', b'=', _) => (TokenKind::GreaterEq, 2),
            (b'<', b'=', _) => (TokenKind::LessEq, 2),
            (b'&', b'&', _) => (TokenKind::And, 2),
            (b'|', b'|', _) => (TokenKind::Or, 2),
            (b':', b':', _) => (TokenKind::DoubleColon, 2),
            (b'[', ..) => (TokenKind::OBrack, 1),
            (b']', ..) => (TokenKind::CBrack, 1),
            (b'(', ..) => (TokenKind::OParen, 1),
            (b')', ..) => (TokenKind::CParen, 1),
            (b'=', ..) => (TokenKind::Equal, 1),
            (b'<', ..) => (TokenKind::Less, 1),
            (b'>', ..) => (TokenKind::Greater, 1),
            (b'!', ..) => (TokenKind::Bang, 1),
            (b'+', ..) => (TokenKind::Plus, 1),
            (b'-', ..) => (TokenKind::Minus, 1),
            (b'*', ..) => (TokenKind::Star, 1),
            (b'/', ..) => (TokenKind::Slash, 1),
            (b'%', ..) => (TokenKind::Percent, 1),
            (b'.', ..) => (TokenKind::Dot, 1),
            (b',', ..) => (TokenKind::Comma, 1),
            (b':', ..) => (TokenKind::Colon, 1),
            (b'?', ..) => (TokenKind::Question, 1),
            _ => (TokenKind::Invalid, 1),
        }
    }

    pub(super) fn char_len(&self) -> usize {
        self.text[self.at..].chars().next().map_or(1, char::len_utf8)
    }

    fn line_comment_len(&self) -> usize {
        let rest = &self.bytes[self.at..];
        rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1)
    }

    /// Digits, dots and exponents, ending in a digit. Whether it is a number is for the parser to say.
    fn number_len(&self) -> usize {
        let mut len = 1;
        let mut accepted = 1;
        loop {
            match self.peek(len) {
                b'0'..=b'9' => {
                    len += 1;
                    accepted = len;
                }
                b'.' => len += 1,
                b'e' | b'E' => {
                    let sign = usize::from(matches!(self.peek(len + 1), b'+' | b'-'));
                    if !self.peek(len + 1 + sign).is_ascii_digit() {
                        return accepted;
                    }
                    len += 2 + sign;
                    accepted = len;
                }
                _ => return accepted,
            }
        }
    }

    fn open_quote(&mut self) {
        self.emit(TokenKind::OQuote, 1);
        self.modes.push(Mode::Quoted);
    }

    fn open_brace(&mut self) {
        if let Mode::Main { braces } | Mode::Sequence { braces } = self.mode() {
            *braces += 1;
        }
        self.emit(TokenKind::OBrace, 1);
    }

    /// `}` (`len` 1) or `~}` (2). The latter always counts as the end of a sequence: the parser says where it is wrong.
    fn close_brace(&mut self, len: usize) {
        match self.mode() {
            Mode::Sequence { braces: 0 } => {
                self.modes.pop();
                return self.emit(TokenKind::TemplateSeqEnd, len);
            }
            Mode::Main { braces } | Mode::Sequence { braces } => *braces = braces.saturating_sub(1),
            _ => {}
        }
        let kind = if len == 1 { TokenKind::CBrace } else { TokenKind::TemplateSeqEnd };
        self.emit(kind, len);
    }

    /// The range of the marker and the length of `<<-EOT` with its end of line, where such stands here.
    fn heredoc_intro(&self) -> Option<((u32, u32), usize)> {
        let dash = usize::from(self.peek(2) == b'-');
        let start = self.at + 2 + dash;
        let marker = ident_len(&self.text[start..]);
        let newline = self.newline_len(2 + dash + marker);
        if marker == 0 || newline == 0 {
            return None;
        }
        Some(((start as u32, (start + marker) as u32), 2 + dash + marker + newline))
    }

    fn open_heredoc(&mut self, marker: (u32, u32), len: usize) {
        self.emit(TokenKind::OHeredoc, len);
        self.modes.push(Mode::Heredoc { marker, line_start: true });
    }
}
