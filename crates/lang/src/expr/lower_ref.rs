//! Lowering of references: from a root name and the steps after it to what they lead to.
//!
//! Invariant: a reference takes the steps that name its object (and key); the rest of the steps look into its value.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use syntax::{Expr, ExprKind, Name};

use super::arena::ExprId;
use super::context::{Allowed, Depends};
use super::frame::What;
use super::lower::{Lowerer, Roots};
use super::node::{Node, OutputNode, PathAttr, Reference, Target};
use super::undeclared;
use crate::config::names::{CallIdx, Names};

/// A step after an expression.
#[derive(Clone, Copy)]
pub(super) enum Step<'e> {
    /// `.name`, and where the chain ends with it.
    Attr(&'e Name, Span),
    /// `[key]`, and where the chain ends with it.
    Index(&'e Expr, Span),
}

impl<'e> Step<'e> {
    /// All of the chain up to and with this step.
    fn span(self) -> Span {
        match self {
            Step::Attr(_, span) | Step::Index(_, span) => span,
        }
    }

    fn attr(self) -> Option<&'e Name> {
        match self {
            Step::Attr(name, _) => Some(name),
            Step::Index(..) => None,
        }
    }
}

/// A chain: the root name and the steps, with the place of each.
struct Chain<'e> {
    root: &'e Name,
    root_span: Span,
    steps: Vec<Step<'e>>,
}

impl<'e> Chain<'e> {
    /// The name that the step at `at` is, where it is one.
    fn attr(&self, at: usize) -> Option<&'e Name> {
        self.steps.get(at)?.attr()
    }

    /// From the root to the end of the first `count` steps.
    fn span(&self, count: usize) -> Span {
        if count == 0 { self.root_span } else { self.steps[count - 1].span() }
    }
}

impl Lowerer<'_> {
    /// Lowers a variable, or attributes and indexes upon anything.
    pub(super) fn lower_chain(&mut self, expr: &Expr, diags: &mut Diags) -> ExprId {
        let mut steps = Vec::new();
        let mut at = expr;
        loop {
            match &at.kind {
                ExprKind::GetAttr(source, name) => {
                    steps.push(Step::Attr(name, at.span));
                    at = source;
                }
                ExprKind::Index(source, key) => {
                    steps.push(Step::Index(key, at.span));
                    at = source;
                }
                _ => break,
            }
        }
        steps.reverse();
        if let ExprKind::Variable(root) = &at.kind {
            let chain = Chain { root, root_span: at.span, steps };
            let (id, taken) = self.resolve(&chain, diags);
            return self.apply(id, &chain.steps[taken..], diags);
        }
        let id = self.lower(at, diags);
        self.apply(id, &steps, diags)
    }

    /// Looks into a value by the steps that no reference took.
    fn apply(&mut self, mut id: ExprId, steps: &[Step<'_>], diags: &mut Diags) -> ExprId {
        for step in steps {
            id = match *step {
                Step::Attr(name, span) => {
                    let depends = self.exprs.depends(id);
                    let name = self.exprs.push_name(name.text.clone(), name.span);
                    self.exprs.push(Node::Attr(id, name), span, depends)
                }
                Step::Index(key, span) => {
                    let mut operands = [id, self.lower(key, diags)];
                    let depends = self.hoist_operands(&mut operands);
                    self.exprs.push(Node::Index(operands[0], operands[1]), span, depends)
                }
            };
        }
        id
    }

    /// What a chain's root and first steps lead to, and how many steps that took.
    fn resolve(&mut self, chain: &Chain<'_>, diags: &mut Diags) -> (ExprId, usize) {
        if let Some((slot, what)) = self.frame.find(&chain.root.text) {
            return self.resolve_bound(chain, slot, what);
        }
        match self.roots {
            Roots::Module(names) => self.resolve_object(chain, names, diags),
            Roots::Free => self.resolve_free(chain, diags),
            Roots::Frame => {
                let known: Vec<&str> = self.frame.names().collect();
                diags.push(undeclared::template_variable(chain.root, &known));
                (self.invalid(chain.root_span), chain.steps.len())
            }
        }
    }

    fn resolve_bound(&mut self, chain: &Chain<'_>, slot: u16, what: What) -> (ExprId, usize) {
        if what == What::Value {
            return (self.exprs.push(Node::Slot(slot), chain.root_span, Depends::slot(slot)), 0);
        }
        let part = match chain.attr(0).map(|name| &*name.text) {
            Some("key") => Some(slot),
            Some("value") => Some(slot + 1),
            _ => None,
        };
        match part {
            Some(slot) => {
                (self.exprs.push(Node::Slot(slot), chain.span(1), Depends::slot(slot)), 1)
            }
            None => {
                let depends = Depends::slot(slot).union(Depends::slot(slot + 1));
                (self.exprs.push(Node::Iterator(slot), chain.root_span, depends), 0)
            }
        }
    }

    fn resolve_free(&mut self, chain: &Chain<'_>, diags: &mut Diags) -> (ExprId, usize) {
        let mut steps = Vec::with_capacity(chain.steps.len());
        for step in &chain.steps {
            steps.push(match *step {
                Step::Attr(name, _) => {
                    let at = self.exprs.push_name(name.text.clone(), name.span);
                    self.exprs.push(Node::Name(at), name.span, Depends::NOTHING)
                }
                Step::Index(key, _) => self.lower(key, diags),
            });
        }
        let depends = self.union(&steps);
        let list = self.exprs.push_list(&steps);
        let root = chain.root.text.clone();
        let reference =
            self.reference(Target::Free(root.clone()), root, chain.span(chain.steps.len()));
        let span = chain.span(chain.steps.len());
        (self.exprs.push(Node::Free(reference, list), span, depends), chain.steps.len())
    }

    fn reference(&mut self, target: Target, text: Arc<str>, span: Span) -> u32 {
        self.exprs.push_reference(Reference { target, text, span })
    }

    /// A reference that is a node of its own, with the steps that it took.
    fn whole(
        &mut self,
        chain: &Chain<'_>,
        target: Target,
        taken: usize,
        depends: Depends,
    ) -> (ExprId, usize) {
        let span = chain.span(taken);
        let text = written(chain, taken);
        let reference = self.reference(target, text, span);
        (self.exprs.push(Node::Ref(reference), span, depends), taken)
    }

    /// What failed: the whole chain fails silently after the diagnostic.
    fn refuse(
        &mut self,
        chain: &Chain<'_>,
        diagnostic: Diagnostic,
        diags: &mut Diags,
    ) -> (ExprId, usize) {
        diags.push(diagnostic);
        (self.invalid(chain.span(chain.steps.len())), chain.steps.len())
    }

    fn resolve_object(
        &mut self,
        chain: &Chain<'_>,
        names: &Names,
        diags: &mut Diags,
    ) -> (ExprId, usize) {
        match &*chain.root.text {
            "var" => {
                self.resolve_named(chain, diags, |name| names.variable(name).map(Target::Variable))
            }
            "local" => {
                self.resolve_named(chain, diags, |name| names.local(name).map(Target::Local))
            }
            "module" => self.resolve_module(chain, names, diags),
            "count" => self.resolve_count(chain, diags),
            "each" => self.resolve_each(chain, diags),
            "self" => self.resolve_self(chain, diags),
            "path" => self.resolve_path(chain, diags),
            "terraform" | "tofu" => self.resolve_terraform(chain, diags),
            "data" => self.resolve_resource(chain, 1, names, diags),
            "resource" => self.resolve_resource(chain, 1, names, diags),
            "ephemeral" | "template" | "lazy" | "arg" => {
                self.refuse(chain, undeclared::reserved(chain.root), diags)
            }
            _ => self.resolve_resource(chain, 0, names, diags),
        }
    }

    /// `var.NAME`, `local.NAME`.
    fn resolve_named(
        &mut self,
        chain: &Chain<'_>,
        diags: &mut Diags,
        find: impl Fn(&str) -> Option<Target>,
    ) -> (ExprId, usize) {
        let Some(name) = chain.attr(0) else {
            return self.refuse(chain, undeclared::incomplete(chain.root, "a name"), diags);
        };
        match find(&name.text) {
            Some(target) => self.whole(chain, target, 1, Depends::NOTHING),
            None => {
                let diagnostic = self.undeclared_name(chain, name);
                self.refuse(chain, diagnostic, diags)
            }
        }
    }

    fn undeclared_name(&self, chain: &Chain<'_>, name: &Name) -> Diagnostic {
        let Roots::Module(names) = self.roots else {
            panic!("BUG: an undeclared name in a scope without a module");
        };
        match &*chain.root.text {
            "var" => undeclared::variable(name, chain.span(1), names),
            "local" => undeclared::local(name, chain.span(1), names),
            _ => undeclared::module(name, chain.span(1), names),
        }
    }

    /// `module.NAME`, with its key and output where they follow.
    fn resolve_module(
        &mut self,
        chain: &Chain<'_>,
        names: &Names,
        diags: &mut Diags,
    ) -> (ExprId, usize) {
        let Some(name) = chain.attr(0) else {
            return self.refuse(
                chain,
                undeclared::incomplete(chain.root, "the name of a module call"),
                diags,
            );
        };
        let Some(call) = names.call(&name.text) else {
            let diagnostic = self.undeclared_name(chain, name);
            return self.refuse(chain, diagnostic, diags);
        };
        match (chain.steps.get(1), chain.steps.get(2)) {
            (Some(Step::Attr(output, _)), _) => self.module_output(chain, call, None, output, 2),
            (Some(Step::Index(key, _)), Some(Step::Attr(output, _))) => {
                let key = self.lower(key, diags);
                self.module_output(chain, call, Some(key), output, 3)
            }
            (Some(Step::Index(key, _)), _) => {
                let key = self.lower(key, diags);
                self.instance(chain, Target::Module(call), key, 1)
            }
            (None, _) => self.whole(chain, Target::Module(call), 1, Depends::NOTHING),
        }
    }

    fn module_output(
        &mut self,
        chain: &Chain<'_>,
        call: CallIdx,
        key: Option<ExprId>,
        output: &Name,
        taken: usize,
    ) -> (ExprId, usize) {
        let depends = key.map_or(Depends::NOTHING, |key| self.exprs.depends(key));
        let key = key.map(|key| if depends.is_nothing() { key } else { self.hoisted(key) });
        let span = chain.span(taken);
        let text: Arc<str> = match key {
            None => written(chain, taken),
            Some(_) => format!("{}[...].{}", written(chain, 1), output.text).into(),
        };
        let reference = self.reference(Target::Output(call, output.text.clone()), text, span);
        let at = self.exprs.push_output(OutputNode {
            call,
            reference,
            key,
            name: output.text.clone(),
            name_span: output.span,
        });
        (self.exprs.push(Node::Output(at), span, depends), taken)
    }

    /// One instance: `named` steps name the object, the next is the key.
    fn instance(
        &mut self,
        chain: &Chain<'_>,
        target: Target,
        key: ExprId,
        named: usize,
    ) -> (ExprId, usize) {
        let text = written(chain, named);
        let depends = self.exprs.depends(key);
        let key = if depends.is_nothing() { key } else { self.hoisted(key) };
        let reference = self.reference(target, text, chain.span(named));
        (self.exprs.push(Node::Instance(reference, key), chain.span(named + 1), depends), named + 1)
    }

    fn resolve_resource(
        &mut self,
        chain: &Chain<'_>,
        prefix: usize,
        names: &Names,
        diags: &mut Diags,
    ) -> (ExprId, usize) {
        let kind = if prefix == 0 { Some(chain.root) } else { chain.attr(0) };
        let (Some(kind), Some(name)) = (kind, chain.attr(prefix)) else {
            let diagnostic =
                undeclared::resource_incomplete(chain.root, chain.span(chain.steps.len()), prefix);
            return self.refuse(chain, diagnostic, diags);
        };
        let is_data = &*chain.root.text == "data";
        let found = if is_data {
            names.data(&kind.text, &name.text)
        } else {
            names.managed(&kind.text, &name.text)
        };
        let named = prefix + 1;
        let Some(resource) = found else {
            let diagnostic = undeclared::resource(kind, name, is_data, chain.span(named), names);
            return self.refuse(chain, diagnostic, diags);
        };
        match chain.steps.get(named) {
            Some(Step::Index(key, _)) => {
                let key = self.lower(key, diags);
                self.instance(chain, Target::Resource(resource), key, named)
            }
            _ => self.whole(chain, Target::Resource(resource), named, Depends::NOTHING),
        }
    }

    fn resolve_count(&mut self, chain: &Chain<'_>, diags: &mut Diags) -> (ExprId, usize) {
        match chain.attr(0) {
            Some(name) if &*name.text == "index" => {
                if !self.allowed.contains(Allowed::COUNT) {
                    return self.refuse(chain, undeclared::count(chain.span(1)), diags);
                }
                self.whole(chain, Target::CountIndex, 1, Depends::COUNT)
            }
            _ => self.refuse(
                chain,
                undeclared::attr_of("count", &["index"], chain.span(chain.steps.len())),
                diags,
            ),
        }
    }

    fn resolve_each(&mut self, chain: &Chain<'_>, diags: &mut Diags) -> (ExprId, usize) {
        let target = match chain.attr(0).map(|name| &*name.text) {
            Some("key") => Target::EachKey,
            Some("value") => Target::EachValue,
            _ => {
                let span = chain.span(chain.steps.len());
                return self.refuse(
                    chain,
                    undeclared::attr_of("each", &["key", "value"], span),
                    diags,
                );
            }
        };
        if !self.allowed.contains(Allowed::EACH) {
            return self.refuse(chain, undeclared::each(chain.span(1)), diags);
        }
        self.whole(chain, target, 1, Depends::EACH)
    }

    fn resolve_self(&mut self, chain: &Chain<'_>, diags: &mut Diags) -> (ExprId, usize) {
        if !self.allowed.contains(Allowed::SELF) {
            return self.refuse(chain, undeclared::self_object(chain.root_span), diags);
        }
        self.whole(chain, Target::SelfObject, 0, Depends::SELF)
    }

    fn resolve_path(&mut self, chain: &Chain<'_>, diags: &mut Diags) -> (ExprId, usize) {
        let attr = match chain.attr(0).map(|name| &*name.text) {
            Some("module") => PathAttr::Module,
            Some("root") => PathAttr::Root,
            Some("cwd") => PathAttr::Cwd,
            _ => {
                let span = chain.span(chain.steps.len());
                return self.refuse(
                    chain,
                    undeclared::attr_of("path", &["module", "root", "cwd"], span),
                    diags,
                );
            }
        };
        self.whole(chain, Target::Path(attr), 1, Depends::NOTHING)
    }

    fn resolve_terraform(&mut self, chain: &Chain<'_>, diags: &mut Diags) -> (ExprId, usize) {
        match chain.attr(0) {
            Some(name) if matches!(&*name.text, "workspace" | "applying") => {
                self.whole(chain, Target::Terraform(name.text.clone()), 1, Depends::NOTHING)
            }
            _ => {
                let span = chain.span(chain.steps.len());
                self.refuse(
                    chain,
                    undeclared::attr_of(&chain.root.text, &["workspace", "applying"], span),
                    diags,
                )
            }
        }
    }
}

/// The root and the first `count` steps as written, of which none is an index.
fn written(chain: &Chain<'_>, count: usize) -> Arc<str> {
    let mut text = chain.root.text.to_string();
    for step in &chain.steps[..count] {
        if let Some(name) = step.attr() {
            text.push('.');
            text.push_str(&name.text);
        }
    }
    text.into()
}
