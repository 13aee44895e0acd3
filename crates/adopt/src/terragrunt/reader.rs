//! Parsed files, each read once; and what could not be read.
//!
//! Invariant: every finding has a place in a file that the source map knows.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use diag::{Diagnostic, Diags, SourceMap, Span};
use syntax::Body;

use super::functions;
use crate::parts;
use crate::tree::{Tree, relative};

/// How deep configurations may read one another.
const READS_MAX: usize = 20;

/// The reader of one tree.
pub(crate) struct Reader<'a> {
    pub(crate) tree: &'a dyn Tree,
    /// The folder whose paths are shown relative to it.
    pub(crate) base: String,
    sources: RefCell<&'a mut SourceMap>,
    parsed: RefCell<BTreeMap<String, Option<Rc<Body>>>>,
    findings: RefCell<Vec<Diagnostic>>,
    /// Configurations that are being read, each for the one before it.
    open: RefCell<Vec<String>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(tree: &'a dyn Tree, base: &str, sources: &'a mut SourceMap) -> Reader<'a> {
        Reader {
            tree,
            base: base.to_owned(),
            sources: RefCell::new(sources),
            parsed: RefCell::default(),
            findings: RefCell::default(),
            open: RefCell::default(),
        }
    }

    /// The body of a file; `None` where there is none or it does not parse, which is told.
    pub(crate) fn body(&self, path: &str) -> Option<Rc<Body>> {
        if let Some(known) = self.parsed.borrow().get(path) {
            return known.clone();
        }
        let body = self.tree.text(path).and_then(|text| self.parse(path, &text));
        self.parsed.borrow_mut().insert(path.to_owned(), body.clone());
        body
    }

    fn parse(&self, path: &str, text: &Arc<str>) -> Option<Rc<Body>> {
        let mut diags = Diags::new();
        let name = relative(&self.base, path);
        let id = self.sources.borrow_mut().add(name.as_str(), text.clone());
        let mut file = syntax::parse_native(id, text, &mut diags);
        if diags.has_errors() {
            self.told(diags, &format!("{name} is not read"));
            return None;
        }
        qualify(&mut file.body);
        Some(Rc::new(file.body))
    }

    /// Parses a text that was made, such as a file that a unit generates: its places are in what is called `name`.
    pub(crate) fn made(&self, name: &str, text: &str) -> Result<Body, Diags> {
        let mut diags = Diags::new();
        let id = self.sources.borrow_mut().add(name, text);
        let file = syntax::parse_native(id, text, &mut diags);
        if diags.has_errors() { Err(diags) } else { Ok(file.body) }
    }

    /// The text at a place.
    pub(crate) fn text(&self, span: Span) -> String {
        self.sources.borrow().text(span).to_owned()
    }

    /// Tells that something could not be read, or is not carried over.
    pub(crate) fn finding(&self, finding: Diagnostic) {
        self.findings.borrow_mut().push(finding);
    }

    /// What was found so far; it is no longer told, unless it is given back by [`Reader::finding`].
    pub(crate) fn take_findings(&self) -> Vec<Diagnostic> {
        self.findings.take()
    }

    /// Tells errors of an evaluation as findings about `what`.
    pub(crate) fn told(&self, errors: Diags, what: &str) {
        for error in errors.into_vec() {
            let summary = format!("{what}: {}", error.summary);
            let remedy = match error.remedy.is_empty() {
                true => "Write what it comes to into strata.hcl.".to_owned(),
                false => error.remedy.clone(),
            };
            self.finding(
                Diagnostic::warning("adopt-unread", summary)
                    .detail(error.detail.clone())
                    .remedy(remedy)
                    .maybe_at(error.span),
            );
        }
    }

    /// What was found so far, to be told: of what many units find in one place, one.
    pub(crate) fn into_findings(self) -> Vec<Diagnostic> {
        let mut told = HashSet::new();
        let key = |one: &Diagnostic| (one.span, one.summary.clone());
        self.findings.into_inner().into_iter().filter(|one| told.insert(key(one))).collect()
    }

    /// Does `work`, which reads a configuration for another; `None` where it is being read already, or too many are.
    pub(crate) fn within<T>(&self, path: &str, work: impl FnOnce() -> T) -> Option<T> {
        {
            let mut open = self.open.borrow_mut();
            if open.len() >= READS_MAX || open.iter().any(|known| known == path) {
                return None;
            }
            open.push(path.to_owned());
        }
        let done = work();
        self.open.borrow_mut().pop();
        Some(done)
    }
}

/// Puts Terragrunt's functions into a namespace, so that evaluation asks its scope for them.
fn qualify(body: &mut Body) {
    for attribute in &mut body.attributes {
        parts::qualify(&mut attribute.expr, functions::NAMESPACE, &functions::is_ours);
    }
    body.blocks.iter_mut().for_each(|block| qualify(&mut block.body));
}
