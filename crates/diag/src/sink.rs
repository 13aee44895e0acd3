//! Where diagnostics are written to.

use crate::diagnostic::Diagnostic;

/// A sink of diagnostics, in the order in which they were found.
#[derive(Clone, Debug, Default)]
pub struct Diags {
    list: Vec<Diagnostic>,
    errors: usize,
}

impl Diags {
    /// An empty sink.
    pub fn new() -> Diags {
        Diags::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.is_error());
        self.list.push(diagnostic);
    }

    /// Adds all of another sink.
    pub fn extend(&mut self, other: Diags) {
        self.errors += other.errors;
        self.list.extend(other.list);
    }

    /// Whether an error is among them.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// Number of errors; a function that must know whether *it* failed compares before and after.
    pub fn error_count(&self) -> usize {
        self.errors
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// Number of diagnostics.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The list itself.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.list
    }
}

impl<'a> IntoIterator for &'a Diags {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl IntoIterator for Diags {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}
