//! Source files and places in them.
//!
//! Places are byte offsets; lines and columns are computed only where a person reads them.
//! Columns count grapheme clusters from 1, as OpenTofu's documents do.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

/// A file of one [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(u32);

impl FileId {
    /// The file with this index in its map.
    pub fn new(index: u32) -> FileId {
        FileId(index)
    }

    /// The index of the file in its map.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A half-open range of bytes in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `file`.
    pub fn new(file: FileId, start: u32, end: u32) -> Span {
        debug_assert!(start <= end, "BUG: span {start}..{end} runs backwards");
        Span { file, start, end }
    }

    /// The smallest span that covers both; both are of one file.
    pub fn to(self, other: Span) -> Span {
        debug_assert_eq!(self.file, other.file, "BUG: a span over two files");
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Number of bytes.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether it covers no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The empty span at the start.
    pub fn head(self) -> Span {
        Span { end: self.start, ..self }
    }
}

/// A thing and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The thing.
    pub node: T,
    /// Where it stands.
    pub span: Span,
}

/// Line and column of an offset, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// In grapheme clusters, from 1.
    pub column: u32,
    /// Byte offset from 0.
    pub byte: u32,
}

/// One file: its name as the user knows it, and its text.
#[derive(Debug)]
pub struct SourceFile {
    name: Arc<str>,
    text: Arc<str>,
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// The name as the user would type it.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Line and column of a byte offset; an offset past the end is the end.
    pub fn position(&self, byte: u32) -> Position {
        let byte = byte.min(self.text.len() as u32);
        let line = self.line_starts.partition_point(|start| *start <= byte) - 1;
        let start = self.line_starts[line] as usize;
        let before = self.text.get(start..byte as usize).unwrap_or("");
        Position { line: line as u32 + 1, column: before.graphemes(true).count() as u32 + 1, byte }
    }

    /// The text of a line (from 1) without its end, empty past the last.
    pub fn line(&self, line: u32) -> &str {
        let index = line as usize - 1;
        let Some(start) = self.line_starts.get(index) else { return "" };
        let end = self.line_starts.get(index + 1).map_or(self.text.len(), |end| *end as usize);
        self.text[*start as usize..end].trim_end_matches(['\n', '\r'])
    }
}

/// All files of a run.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<Arc<SourceFile>>,
    prefix: String,
}

impl SourceMap {
    /// A map without files.
    pub fn new() -> SourceMap {
        SourceMap::default()
    }

    /// Puts this before the names of files added from now on: the folder of a stack, with its slash.
    pub fn set_prefix(&mut self, prefix: impl Into<String>) {
        self.prefix = prefix.into();
    }

    /// Adds a file and tells its id. A file is at most 4 GiB.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        let text: Arc<str> = text.into();
        assert!(u32::try_from(text.len()).is_ok(), "BUG: the reader lets no file of 4 GiB through");
        let line_starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1))
            .collect();
        let id = FileId(self.files.len() as u32);
        let name: Arc<str> = name.into();
        let name =
            if self.prefix.is_empty() { name } else { format!("{}{name}", self.prefix).into() };
        self.files.push(Arc::new(SourceFile { name, text, line_starts }));
        id
    }

    /// The file with this id.
    pub fn file(&self, id: FileId) -> &Arc<SourceFile> {
        &self.files[id.index()]
    }

    /// The text that a span covers.
    pub fn text(&self, span: Span) -> &str {
        &self.file(span.file).text()[span.start as usize..span.end as usize]
    }

    /// The place as `name:line,column`, which an editor can follow.
    pub fn place(&self, span: Span) -> String {
        let file = self.file(span.file);
        let at = file.position(span.start);
        format!("{}:{},{}", file.name(), at.line, at.column)
    }

    /// Number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_graphemes_and_lines() {
        let mut map = SourceMap::new();
        let id = map.add("a.tf", "ab\ne\u{301}x\n");
        let file = map.file(id);
        assert_eq!(file.position(0), Position { line: 1, column: 1, byte: 0 });
        assert_eq!(file.position(3), Position { line: 2, column: 1, byte: 3 });
        assert_eq!(file.position(6), Position { line: 2, column: 2, byte: 6 });
        assert_eq!(file.position(99), Position { line: 3, column: 1, byte: 8 });
        assert_eq!(file.line(2), "e\u{301}x");
        assert_eq!(map.place(Span::new(id, 3, 6)), "a.tf:2,1");
    }
}
