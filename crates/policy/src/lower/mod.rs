//! From what `regorus` parsed to what is evaluated ([`crate::ir`]).
//!
//! All that a policy names is resolved here, so that a bundle with a misspelled function or an unbound variable is refused
//! when it is read, not when a plan comes by. Invariant: a program is made only where nothing was wrong.

mod expr;
mod index;
mod order;
mod query;
mod scope;

use std::sync::Arc;

use regorus::unstable::{Module, Rule as Parsed, RuleHead};

use self::index::{Head, Index};
use self::scope::Scopes;
use crate::fault::Fault;
use crate::ir::{Body, Definition, Expr, Place, Program, Query, RuleKind};
use crate::value::V;

/// Where a parsed span stands.
pub(crate) fn place(file: &Arc<str>, span: &regorus::unstable::Span) -> Place {
    Place { file: file.clone(), line: span.line, column: span.col }
}

/// Lowers the modules of a bundle, each with its file's name.
pub(crate) fn program(modules: &[(Arc<str>, Module)]) -> Result<Program, Vec<Fault>> {
    let (index, mut program, mut faults) = Index::of(modules);
    for (file, module) in modules {
        let package = index::package(module);
        let imports = match index::imports(file, module) {
            Ok(imports) => imports,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        for rule in &module.policy {
            let mut lowering = Lowering {
                file,
                index: &index,
                package: &package,
                imports: &imports,
                scopes: Scopes::default(),
            };
            if let Err(fault) = lowering.rule(rule, &mut program) {
                faults.push(fault);
            }
        }
    }
    if faults.is_empty() { Ok(program) } else { Err(faults) }
}

/// What lowering one rule needs.
struct Lowering<'a> {
    file: &'a Arc<str>,
    index: &'a Index,
    package: &'a str,
    imports: &'a index::Imports,
    scopes: Scopes,
}

impl Lowering<'_> {
    fn rule(&mut self, rule: &Parsed, program: &mut Program) -> Result<(), Fault> {
        match rule {
            Parsed::Default { span, refr, args, value, .. } => {
                let head = Head::of_default(self.file, span, refr, args)?;
                let id = self.index.rule(self.package, &head.path);
                let value = self.expr(value)?;
                program.rules[id].default = Some(value);
            }
            Parsed::Spec { head, bodies, span } => {
                let told = Head::of(self.file, head)?;
                let (id, key) = self.index.resolve(self.package, &told);
                let definition = self.definition(head, key, bodies, place(self.file, span))?;
                program.rules[id].definitions.push(definition);
            }
        }
        Ok(())
    }

    fn definition(
        &mut self,
        head: &RuleHead,
        fixed: Option<Arc<str>>,
        bodies: &[regorus::unstable::RuleBody],
        place: Place,
    ) -> Result<Definition, Fault> {
        self.scopes.push();
        let mut arguments = Vec::new();
        if let RuleHead::Func { args, .. } = head {
            for arg in args {
                self.declare_in(arg);
                arguments.push(self.expr(arg)?);
            }
        }
        let assigned = match head {
            RuleHead::Compr { assign, .. } | RuleHead::Func { assign, .. } => assign.as_ref(),
            RuleHead::Set { .. } => None,
        };
        let key = index::key(head);
        let mut lowered = Vec::new();
        for body in bodies {
            let is_else = body.span.text().starts_with("else");
            let assign = if is_else { body.assign.as_ref() } else { assigned };
            let mut tail = Tail { key, fixed: fixed.clone(), value: assign.map(|one| &one.value) };
            lowered.push(self.body(is_else, Some(&body.query), &mut tail)?);
        }
        if bodies.is_empty() {
            let mut tail = Tail { key, fixed, value: assigned.map(|one| &one.value) };
            lowered.push(self.body(false, None, &mut tail)?);
        }
        self.scopes.pop();
        Ok(Definition { place, slots: self.scopes.slots(), arguments, bodies: lowered })
    }

    fn body(
        &mut self,
        is_else: bool,
        query: Option<&regorus::unstable::Query>,
        tail: &mut Tail<'_>,
    ) -> Result<Body, Fault> {
        self.scopes.push();
        let mut heads: Vec<&regorus::unstable::ExprRef> = Vec::new();
        heads.extend(tail.key);
        heads.extend(tail.value);
        let lowered = self.statements(query, &heads)?;
        let key = match (&tail.fixed, tail.key) {
            (Some(name), _) => Some(Expr::Const(V::text(name))),
            (None, Some(key)) => Some(self.expr(key)?),
            (None, None) => None,
        };
        let value = match tail.value {
            Some(value) => self.expr(value)?,
            None => Expr::Const(V::Bool(true)),
        };
        let own = self.scopes.pop();
        let query = Query { statements: lowered, own };
        self.head_is_bound(&query, key.as_ref(), &value)?;
        Ok(Body { is_else, query, key, value })
    }
}

/// What a body gives.
struct Tail<'a> {
    key: Option<&'a regorus::unstable::ExprRef>,
    fixed: Option<Arc<str>>,
    value: Option<&'a regorus::unstable::ExprRef>,
}

/// The kind of a rule by its head.
pub(super) fn kind(head: &RuleHead) -> RuleKind {
    match head {
        RuleHead::Set { .. } => RuleKind::Set,
        RuleHead::Func { .. } => RuleKind::Function,
        RuleHead::Compr { .. } if index::key(head).is_some() => RuleKind::Object,
        RuleHead::Compr { .. } => RuleKind::Complete,
    }
}
