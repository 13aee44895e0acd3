//! Indentation, and columns of equals signs and comments.

use std::ops::Range;

use super::Piece;
use super::lines::{Line, brackets, columns, lines};
use super::spaces::space_between;
use crate::lex::TokenKind;

/// Sets the spaces before all pieces but the end of the file.
pub(super) fn lay_out(pieces: &mut [Piece<'_>]) {
    let lines = lines(pieces);
    indent(pieces, &lines);
    for line in &lines {
        space(pieces, line.lead.clone());
        space(pieces, line.assign.clone());
    }
    align(pieces, &lines, |line| (line.lead.clone(), line.assign.clone()));
    align(pieces, &lines, |line| (line.lead.start..line.assign.end, line.comment.clone()));
}

/// Two spaces for each line that opened more brackets than it closed and whose brackets are not all closed again.
fn indent(pieces: &mut [Piece<'_>], lines: &[Line]) {
    let mut open: Vec<i32> = Vec::new();
    for line in lines.iter().filter(|line| !line.lead.is_empty()) {
        if pieces[line.lead.start].kind == TokenKind::Newline {
            pieces[line.lead.start].spaces = 0;
            continue;
        }
        let change = line_change(pieces, line);
        if change < 0 {
            close(&mut open, -change);
        }
        pieces[line.lead.start].spaces = 2 * open.len();
        if change > 0 {
            open.push(change);
        }
    }
}

fn line_change(pieces: &[Piece<'_>], line: &Line) -> i32 {
    let lead = &pieces[line.lead.clone()];
    let heredoc = lead.iter().position(|piece| piece.kind == TokenKind::OHeredoc);
    let lead = &lead[..heredoc.unwrap_or(lead.len())];
    brackets(lead) + brackets(&pieces[line.assign.clone()])
}

/// Takes `closed` brackets off the lines that opened them, the last first.
fn close(open: &mut Vec<i32>, mut closed: i32) {
    while closed > 0
        && let Some(last) = open.last_mut()
    {
        if closed < *last {
            *last -= closed;
            return;
        }
        closed -= *last;
        open.pop();
    }
}

fn space(pieces: &mut [Piece<'_>], cell: Range<usize>) {
    for at in cell.clone().skip(1) {
        let before = (at >= cell.start + 2).then(|| &pieces[at - 2]);
        let spaces = usize::from(space_between(before, &pieces[at - 1], &pieces[at]));
        pieces[at].spaces = spaces;
    }
}

/// Puts the second cells of neighbouring lines that have one into one column, a space behind the longest first cell.
fn align(
    pieces: &mut [Piece<'_>],
    lines: &[Line],
    cells: impl Fn(&Line) -> (Range<usize>, Range<usize>),
) {
    for chain in lines.split(|line| cells(line).1.is_empty()) {
        let width = |line: &Line| columns(&pieces[cells(line).0]);
        let widths: Vec<usize> = chain.iter().map(width).collect();
        let widest = widths.iter().copied().max().unwrap_or(0);
        for (line, width) in chain.iter().zip(widths) {
            pieces[cells(line).1.start].spaces = widest - width + 1;
        }
    }
}
