//! The rules of a bundle by their paths: what a name may stand for, before any body is read.
//!
//! Invariant: one path is one rule of one kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use regorus::unstable::{Expr as Parsed, ExprRef, Module, Rule, RuleHead, Span};

use super::{kind, place};
use crate::fault::{Fault, FaultKind};
use crate::ir::{Place, Program, Rule as Lowered, RuleId, RuleKind};

/// What a file's own names stand for: paths that begin with `input` or `data`.
pub(super) type Imports = BTreeMap<String, Vec<String>>;

/// The rules of a bundle.
pub(super) struct Index {
    by_path: BTreeMap<String, RuleId>,
    kinds: Vec<RuleKind>,
    arities: Vec<usize>,
}

/// A rule's head.
pub(super) struct Head {
    /// The path within the package.
    pub(super) path: String,
    pub(super) place: Place,
}

impl Head {
    /// The head of a definition.
    pub(super) fn of(file: &Arc<str>, head: &RuleHead) -> Result<Head, Fault> {
        let (span, refr) = match head {
            RuleHead::Compr { span, refr, .. }
            | RuleHead::Func { span, refr, .. }
            | RuleHead::Set { span, refr, .. } => (span, refr),
        };
        let at = place(file, span);
        let steps = match (head, key(head)) {
            (RuleHead::Compr { .. }, Some(_)) => match refr.as_ref() {
                Parsed::RefBrack { refr, .. } => steps(refr),
                _ => None,
            },
            (RuleHead::Set { key: None, .. }, _) => None,
            _ => steps(refr),
        };
        let path = steps.ok_or_else(|| {
            Fault::at(&at, FaultKind::NotTaken, "a rule's head with a variable inside its path")
        })?;
        Ok(Head { path: path.join("."), place: at })
    }

    /// The head of a default.
    pub(super) fn of_default(
        file: &Arc<str>,
        span: &Span,
        refr: &ExprRef,
        args: &[ExprRef],
    ) -> Result<Head, Fault> {
        let at = place(file, span);
        if !args.is_empty() {
            return Err(Fault::at(&at, FaultKind::NotTaken, "a default of a function"));
        }
        let path = steps(refr).ok_or_else(|| {
            Fault::at(&at, FaultKind::NotTaken, "a default with a variable inside its path")
        })?;
        Ok(Head { path: path.join("."), place: at })
    }
}

/// The key of a set's member, or of an object's entry that is not written out.
pub(super) fn key(head: &RuleHead) -> Option<&ExprRef> {
    match head {
        RuleHead::Set { key, .. } => key.as_ref(),
        RuleHead::Compr { refr, .. } => match refr.as_ref() {
            Parsed::RefBrack { index, .. } if !matches!(index.as_ref(), Parsed::String { .. }) => {
                Some(index)
            }
            _ => None,
        },
        RuleHead::Func { .. } => None,
    }
}

/// The steps of a path that is written out: names, and strings in brackets.
pub(super) fn steps(expr: &ExprRef) -> Option<Vec<String>> {
    let mut steps = Vec::new();
    let mut at = expr;
    loop {
        match at.as_ref() {
            Parsed::Var { span, .. } => {
                steps.push(span.text().to_owned());
                steps.reverse();
                return Some(steps);
            }
            Parsed::RefDot { refr, field, .. } => {
                steps.push(field.0.text().to_owned());
                at = refr;
            }
            Parsed::RefBrack { refr, index, .. } => {
                let Parsed::String { value, .. } = index.as_ref() else { return None };
                steps.push(value.as_string().ok()?.to_string());
                at = refr;
            }
            _ => return None,
        }
    }
}

/// The path of a module's package.
pub(super) fn package(module: &Module) -> String {
    steps(&module.package.refr).unwrap_or_default().join(".")
}

/// What the imports of a module name.
pub(super) fn imports(file: &Arc<str>, module: &Module) -> Result<Imports, Fault> {
    let mut imports = Imports::new();
    for import in &module.imports {
        let at = place(file, &import.span);
        let path = steps(&import.refr).unwrap_or_default();
        match path.first().map(String::as_str) {
            Some("rego" | "future") => continue,
            Some("input" | "data") => {}
            _ => {
                return Err(Fault::at(
                    &at,
                    FaultKind::Unknown,
                    "an import of neither `input` nor `data`",
                ));
            }
        }
        let own = import.r#as.as_ref().map(|span| span.text().to_owned());
        let name = own.or_else(|| path.last().cloned()).unwrap_or_default();
        imports.insert(name, path);
    }
    Ok(imports)
}

impl Index {
    /// The index of modules; a program with all of its rules, none of them defined yet; and what is wrong.
    pub(super) fn of(modules: &[(Arc<str>, Module)]) -> (Index, Program, Vec<Fault>) {
        let mut index = Index { by_path: BTreeMap::new(), kinds: Vec::new(), arities: Vec::new() };
        let (mut program, mut faults) = (Program::default(), Vec::new());
        // Objects first: an entry whose key is written out belongs to the object of its path.
        for objects in [true, false] {
            for (file, module) in modules {
                let package = package(module);
                for rule in &module.policy {
                    let Rule::Spec { head, .. } = rule.as_ref() else { continue };
                    if (kind(head) == RuleKind::Object) != objects {
                        continue;
                    }
                    let added = Head::of(file, head)
                        .and_then(|told| index.add(&package, &told, head, &mut program));
                    faults.extend(added.err());
                }
            }
        }
        for (file, module) in modules {
            let package = package(module);
            for rule in &module.policy {
                let Rule::Default { span, refr, args, .. } = rule.as_ref() else { continue };
                let added = Head::of_default(file, span, refr, args).map(|head| {
                    index.add_path(&package, &head.path, RuleKind::Complete, 0, &mut program);
                });
                faults.extend(added.err());
            }
        }
        (index, program, faults)
    }

    fn add(
        &mut self,
        package: &str,
        told: &Head,
        head: &RuleHead,
        program: &mut Program,
    ) -> Result<(), Fault> {
        let arity = match head {
            RuleHead::Func { args, .. } => args.len(),
            _ => 0,
        };
        if self.entry_of(package, told).is_some() {
            return Ok(());
        }
        let kind = kind(head);
        let id = self.add_path(package, &told.path, kind, arity, program);
        if self.kinds[id] != kind || self.arities[id] != arity {
            let text = format!("`{}` is defined as two things", told.path);
            return Err(Fault::at(&told.place, FaultKind::Unknown, text));
        }
        Ok(())
    }

    fn add_path(
        &mut self,
        package: &str,
        path: &str,
        kind: RuleKind,
        arity: usize,
        program: &mut Program,
    ) -> RuleId {
        let whole = format!("{package}.{path}");
        if let Some(id) = self.by_path.get(&whole) {
            return *id;
        }
        let id = program.rules.len();
        program.rules.push(Lowered {
            path: whole.as_str().into(),
            package: package.into(),
            kind,
            default: None,
            definitions: Vec::new(),
        });
        program.by_path.insert(whole.clone(), id);
        self.by_path.insert(whole, id);
        self.kinds.push(kind);
        self.arities.push(arity);
        id
    }

    /// The object whose entry a path is.
    fn entry_of(&self, package: &str, told: &Head) -> Option<(RuleId, Arc<str>)> {
        let (object, key) = told.path.rsplit_once('.')?;
        let id = *self.by_path.get(&format!("{package}.{object}"))?;
        (self.kinds[id] == RuleKind::Object).then(|| (id, key.into()))
    }

    /// The rule of a path that was added.
    pub(super) fn rule(&self, package: &str, path: &str) -> RuleId {
        self.by_path[&format!("{package}.{path}")]
    }

    /// The rule that a head defines, and the key that it does where it is an entry of an object.
    pub(super) fn resolve(&self, package: &str, told: &Head) -> (RuleId, Option<Arc<str>>) {
        match self.entry_of(package, told) {
            Some((id, key)) => (id, Some(key)),
            None => (self.rule(package, &told.path), None),
        }
    }

    /// The rule that the longest beginning of a path names, and how many steps that takes.
    pub(super) fn longest(&self, steps: &[&str]) -> Option<(RuleId, usize)> {
        (1..=steps.len())
            .rev()
            .find_map(|count| self.by_path.get(&steps[..count].join(".")).map(|id| (*id, count)))
    }

    /// Whether rules stand beneath a path.
    pub(super) fn has_beneath(&self, steps: &[&str]) -> bool {
        let prefix = match steps {
            [] => return !self.by_path.is_empty(),
            steps => format!("{}.", steps.join(".")),
        };
        self.by_path
            .range(prefix.clone()..)
            .next()
            .is_some_and(|(path, _)| path.starts_with(&prefix))
    }

    pub(super) fn kind(&self, id: RuleId) -> RuleKind {
        self.kinds[id]
    }

    pub(super) fn arity(&self, id: RuleId) -> usize {
        self.arities[id]
    }
}
