//! Lines and their cells: what stands first, an assignment, and a comment at the end.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::Piece;
use crate::lex::TokenKind;

/// A line as ranges of pieces; cells that are not there are empty, and stand in this order.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// What stands before the equals sign, or all of the line.
    pub(super) lead: Range<usize>,
    /// From the equals sign on, where a whole value follows it on the line.
    pub(super) assign: Range<usize>,
    /// A comment behind other tokens.
    pub(super) comment: Range<usize>,
}

/// The lines of a file. A heredoc is part of the line it begins on.
pub(super) fn lines(pieces: &[Piece<'_>]) -> Vec<Line> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, piece) in pieces.iter().enumerate() {
        if piece.kind == TokenKind::End {
            out.push(line(pieces, start..at));
            break;
        }
        if piece.ends_line() {
            out.push(line(pieces, start..at + 1));
            start = at + 1;
        }
    }
    out
}

fn line(pieces: &[Piece<'_>], all: Range<usize>) -> Line {
    let mut end = all.end;
    if all.len() > 1 && pieces[end - 1].kind == TokenKind::Comment {
        end -= 1;
    }
    let equals = (all.start + 1..end).find(|at| pieces[*at].kind == TokenKind::Equal);
    let split = match equals {
        Some(at) if brackets(&pieces[at..end]) == 0 => at,
        _ => end,
    };
    Line { lead: all.start..split, assign: split..end, comment: end..all.end }
}

/// By how much the pieces change the number of open brackets.
pub(super) fn brackets(pieces: &[Piece<'_>]) -> i32 {
    pieces.iter().map(|piece| piece.kind.bracket()).sum()
}

/// Columns that the pieces take, in grapheme clusters, spaces included.
pub(super) fn columns(pieces: &[Piece<'_>]) -> usize {
    pieces.iter().map(|piece| piece.spaces + width(&piece.text)).sum()
}

fn width(text: &str) -> usize {
    if text.is_ascii() && !text.contains('\r') {
        return text.len();
    }
    text.graphemes(true).count()
}
