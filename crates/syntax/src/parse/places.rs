//! Where the bytes of a parsed text stand in their file.

use diag::{FileId, Span};

/// Turns offsets in a text into places in a file.
#[derive(Clone, Debug)]
pub(crate) enum Places {
    /// The text stands in the file as it is, from this offset on.
    At(FileId, u32),
    /// The text came out of a string with escapes: pairs of offset in the text and offset in the file, in order, each
    /// the start of a run that is equal in both.
    Runs(FileId, Vec<(u32, u32)>),
    /// No closer place is known than this.
    Whole(Span),
}

impl Places {
    /// The place of the bytes `start..end` of the text.
    #[inline]
    pub(crate) fn span(&self, start: u32, end: u32) -> Span {
        match self {
            Places::At(file, base) => Span::new(*file, base + start, base + end),
            Places::Runs(file, runs) => Span::new(*file, offset(runs, start), offset(runs, end)),
            Places::Whole(span) => *span,
        }
    }
}

fn offset(runs: &[(u32, u32)], at: u32) -> u32 {
    let index = runs.partition_point(|(text, _)| *text <= at);
    let (text, file) = runs[index.checked_sub(1).expect("BUG: runs start at offset 0")];
    file + (at - text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_map_offsets_behind_escapes() {
        let file = FileId::new(0);
        // File: "a\"b" from offset 10; text: a"b.
        let places = Places::Runs(file, vec![(0, 11), (1, 12), (2, 14)]);
        assert_eq!(places.span(0, 3), Span::new(file, 11, 15));
        assert_eq!(places.span(1, 2), Span::new(file, 12, 14));
    }
}
