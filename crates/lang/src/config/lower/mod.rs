//! The second pass over a module: every name is known, so expressions are lowered.
//!
//! Faults of files were reported by the first pass; what is found here (an undeclared name, a template in JSON that
//! does not parse, `each` where there is no `for_each`) goes to a sink of its own, since OpenTofu too tells it only
//! where the files are in order.
//!
//! Invariant: the order of each list in the definition is that of its declarations, and [`Names`] agrees with it.

mod call;
mod providers;
mod resource;
mod trigger;

use std::sync::Arc;

use addr::Mode;
use diag::{Diagnostic, Diags};
use syntax::{Expr, ExprKind, Step, Traversal};

use super::declared::{BackendDecl, MetaDecl, OutputDecl, ProviderDecl, RuleDecl, VariableDecl};
use super::gather::ModuleDecl;
use super::module::{
    Backend, CheckRule, DependsOn, Local, ModuleDef, Output, Parsing, ProviderBlock, ProviderMeta,
    Variable,
};
use super::names::{CallIdx, LocalIdx, Names, OutputIdx, ResIdx, VarIdx};
use super::reference;
use super::source::ExprSrc;
use crate::constraint::Constraint;
use crate::expr::{Allowed, ExprId, Exprs, Lowerer};
use crate::refs::references;
use providers::ProviderNames;

/// Lowers a module. `diags` takes faults of the files, `found` those of references and expressions.
pub(super) fn module(
    dir: Arc<str>,
    mut decl: ModuleDecl<'_>,
    diags: &mut Diags,
    found: &mut Diags,
) -> ModuleDef {
    let required = std::mem::take(&mut decl.required);
    let mut def = ModuleDef::empty(dir, required);
    let mut providers = ProviderNames::new(&def.required_providers);
    decl.resources.list.retain(|it| providers.check(it, diags));
    let names = names(&decl);
    let mut exprs = Exprs::new();
    let mut pass = Pass { lowerer: Lowerer::module(&names, &mut exprs), providers, found };
    def.variables = pass.each(decl.variables.list, Pass::variable);
    def.locals = pass.each(decl.locals.list, |pass, it| Local {
        name: it.name.text,
        expr: pass.expr(it.expr, Allowed::NOTHING),
        span: it.span,
    });
    def.outputs = pass.each(decl.outputs.list, Pass::output);
    def.providers = pass.each(decl.providers.list, Pass::provider);
    def.resources = pass.each(decl.resources.list, Pass::resource);
    def.calls = pass.each(decl.calls.list, Pass::call);
    def.provider_metas = pass.each(decl.metas, Pass::meta);
    def.backend = decl.backend.map(|it| pass.backend(it));
    def.cloud = decl.cloud;
    def.names = names;
    def.exprs = exprs;
    def
}

impl ModuleDef {
    fn empty(dir: Arc<str>, required_providers: Vec<super::RequiredProvider>) -> ModuleDef {
        ModuleDef {
            dir,
            names: Names::new(),
            exprs: Exprs::new(),
            variables: Vec::new(),
            locals: Vec::new(),
            outputs: Vec::new(),
            resources: Vec::new(),
            calls: Vec::new(),
            providers: Vec::new(),
            required_providers,
            backend: None,
            cloud: None,
            provider_metas: Vec::new(),
        }
    }
}

fn names(decl: &ModuleDecl<'_>) -> Names {
    let mut names = Names::new();
    for (i, it) in decl.variables.list.iter().enumerate() {
        names.add_variable(it.name.text.clone(), VarIdx::new(i));
    }
    for (i, it) in decl.locals.list.iter().enumerate() {
        names.add_local(it.name.text.clone(), LocalIdx::new(i));
    }
    for (i, it) in decl.outputs.list.iter().enumerate() {
        names.add_output(it.name.text.clone(), OutputIdx::new(i));
    }
    for (i, it) in decl.calls.list.iter().enumerate() {
        names.add_call(it.name.text.clone(), CallIdx::new(i));
    }
    for (i, it) in decl.resources.list.iter().enumerate() {
        let (kind, name, index) = (it.kind.text.clone(), it.name.text.clone(), ResIdx::new(i));
        match it.mode {
            Mode::Data => names.add_data(kind, name, index),
            Mode::Managed | Mode::Ephemeral => names.add_managed(kind, name, index),
        };
    }
    names
}

/// The lowering of one module.
struct Pass<'a> {
    lowerer: Lowerer<'a>,
    providers: ProviderNames,
    found: &'a mut Diags,
}

impl Pass<'_> {
    fn each<D, T>(&mut self, decls: Vec<D>, mut lower: impl FnMut(&mut Self, D) -> T) -> Vec<T> {
        decls.into_iter().map(|decl| lower(self, decl)).collect()
    }

    fn expr(&mut self, source: ExprSrc<'_>, allowed: Allowed) -> ExprId {
        let expr = source.to_expr(self.found);
        self.lowerer.allow(allowed).expr(&expr, self.found)
    }

    /// A rule both of whose expressions are there.
    fn rule(&mut self, decl: RuleDecl<'_>, allowed: Allowed) -> Option<CheckRule> {
        let condition = self.expr(decl.condition?, allowed);
        let message = self.expr(decl.message?, allowed);
        Some(CheckRule { condition, message, span: decl.header })
    }

    fn rules(&mut self, decls: Vec<RuleDecl<'_>>, allowed: Allowed) -> Vec<CheckRule> {
        decls.into_iter().filter_map(|decl| self.rule(decl, allowed)).collect()
    }

    fn variable(&mut self, decl: VariableDecl<'_>) -> Variable {
        let typed = decl.constraint.is_some();
        let constraint = decl.constraint.unwrap_or_else(Constraint::any);
        let ty = constraint.ty.without_optional();
        let literal = !typed || ty.is_primitive();
        Variable {
            name_span: decl.name.span,
            name: decl.name.text,
            description: decl.description,
            ty,
            parsing: if literal { Parsing::Literal } else { Parsing::Expression },
            default: decl.default,
            sensitive: decl.sensitive.unwrap_or(false),
            nullable: decl.nullable.unwrap_or(true),
            constant: decl.constant.unwrap_or(false),
            deprecated: decl.deprecated,
            validations: self.rules(decl.validations, Allowed::NOTHING),
            constraint,
            span: decl.header,
        }
    }

    fn output(&mut self, decl: OutputDecl<'_>) -> Output {
        let expr = match decl.value {
            Some(source) => self.expr(source, Allowed::NOTHING),
            None => self.nothing(decl.header),
        };
        Output {
            name_span: decl.name.span,
            name: decl.name.text,
            description: decl.description,
            expr,
            sensitive: decl.sensitive.unwrap_or(false),
            deprecated: decl.deprecated,
            preconditions: self.rules(decl.preconditions, Allowed::NOTHING),
            depends_on: self.depends_on(decl.depends_on),
            span: decl.header,
        }
    }

    /// The expression of what is missing, which was reported.
    fn nothing(&mut self, span: diag::Span) -> ExprId {
        self.lowerer.allow(Allowed::NOTHING).expr(&Expr::new(ExprKind::Invalid, span), self.found)
    }

    fn provider(&mut self, decl: ProviderDecl<'_>) -> ProviderBlock {
        ProviderBlock {
            provider: self.providers.of(&decl.name.text),
            name: decl.name.text,
            alias: decl.alias,
            version: decl.version,
            body: self.lowerer.allow(Allowed::NOTHING).body(&decl.body, self.found),
            span: decl.header,
        }
    }

    fn meta(&mut self, decl: MetaDecl<'_>) -> ProviderMeta {
        ProviderMeta {
            provider: self.providers.of(&decl.name.text),
            name: decl.name.text,
            body: self.lowerer.allow(Allowed::NOTHING).body(&decl.body, self.found),
            span: decl.header,
        }
    }

    fn backend(&mut self, decl: BackendDecl<'_>) -> Backend {
        Backend {
            kind: decl.kind.text,
            body: self.lowerer.allow(Allowed::NOTHING).body(&decl.body, self.found),
            kind_span: decl.kind.span,
            span: decl.header,
        }
    }

    fn depends_on(&mut self, list: Vec<Traversal>) -> Vec<DependsOn> {
        list.into_iter().filter_map(|traversal| self.dependency(&traversal)).collect()
    }

    fn dependency(&mut self, traversal: &Traversal) -> Option<DependsOn> {
        let rest = reference::read(traversal).map_or(0, |reference| reference.rest);
        if rest > 0 {
            self.found.push(
                Diagnostic::error("invalid-depends-on", "`depends_on` takes whole objects only")
                    .detail("This reference leads to something within an object.")
                    .remedy("Leave away what follows the object's address.")
                    .at(reference::tail_span(traversal, rest)),
            );
            return None;
        }
        let expr = expr_of(traversal);
        let id = self.lowerer.allow(Allowed::NOTHING).expr(&expr, self.found);
        let target = references(self.lowerer.exprs(), id).first()?.target.clone();
        target.is_object().then_some(DependsOn { target, span: traversal.span })
    }
}

/// A reference as an expression.
fn expr_of(traversal: &Traversal) -> Expr {
    let root = Expr::new(ExprKind::Variable(traversal.root.clone()), traversal.root.span);
    traversal.steps.iter().fold(root, |source, step| {
        let (kind, span) = match step {
            Step::Attr(name) => (ExprKind::GetAttr(Box::new(source), name.clone()), name.span),
            Step::Key(text, span) => {
                let key = Expr::new(ExprKind::Str(text.clone()), *span);
                (ExprKind::Index(Box::new(source), Box::new(key)), *span)
            }
            Step::Number(text, span) => {
                let key = Expr::new(ExprKind::Number(text.clone()), *span);
                (ExprKind::Index(Box::new(source), Box::new(key)), *span)
            }
        };
        Expr::new(kind, traversal.root.span.to(span))
    })
}
