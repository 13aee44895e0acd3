//! The references that an expression makes to other stacks, found by syntax.
//!
//! Three forms are understood: `stack.NAME.OUTPUT`, `stack.NAME[KEY].OUTPUT`, and a `for` over `stack.NAME` itself, in
//! which the value's variable is followed by the name of an output. Whether a name leads anywhere is `wiring`'s to say.
//!
//! Invariant: every reference is found whatever the values are, so wiring depends on no value but a key's.

use diag::Span;
use syntax::{Expr, ExprKind, Name, Part, children, part_children};

/// The root name of references to stacks.
const ROOT: &str = "stack";

/// A reference to the outputs of a stack.
#[derive(Clone, Debug)]
pub(crate) struct Reference<'e> {
    /// The stack.
    pub(crate) stack: &'e Name,
    /// Which of its instances.
    pub(crate) key: Key<'e>,
    /// The output.
    pub(crate) output: &'e Name,
    /// All of it.
    pub(crate) span: Span,
}

/// Which instances of a stack are meant.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key<'e> {
    /// The only one, of a stack without `for_each`.
    None,
    /// The one with this key, an expression that holds for the whole instance.
    One(&'e Expr),
    /// All of them: the key comes from a `for`.
    Any,
}

/// What was found in an expression.
#[derive(Debug, Default)]
pub(crate) struct Found<'e> {
    /// References, in the order of the text.
    pub(crate) references: Vec<Reference<'e>>,
    /// Places where `stack` stands in another form.
    pub(crate) malformed: Vec<Span>,
}

/// Whether an expression reads an output of the stack with this name.
pub(crate) fn reads(expr: &Expr, stack: &str) -> bool {
    references(expr).references.iter().any(|reference| *reference.stack.text == *stack)
}

/// The references in an expression.
pub(crate) fn references(expr: &Expr) -> Found<'_> {
    let mut walk = Walk { bound: Vec::new(), found: Found::default() };
    walk.expr(expr);
    walk.found
}

/// `stack.NAME` or `stack.NAME[KEY]`, which mean an instance itself.
pub(crate) fn instance(expr: &Expr) -> Option<(&Name, Option<&Expr>)> {
    let (root, steps) = chain(expr)?;
    match (&*root.text, steps.as_slice()) {
        (ROOT, [Link::Attr(name)]) => Some((name, None)),
        (ROOT, [Link::Attr(name), Link::Index(key)]) => Some((name, Some(key))),
        _ => None,
    }
}

/// Whether any of these root names stands in an expression.
pub(crate) fn mentions(expr: &Expr, roots: &[&str]) -> bool {
    if let ExprKind::Variable(name) = &expr.kind {
        return roots.contains(&&*name.text);
    }
    let mut found = false;
    children(expr, &mut |child| found = found || mentions(child, roots));
    found
}

/// A step of a reference, the key still an expression.
#[derive(Clone, Copy)]
enum Link<'e> {
    Attr(&'e Name),
    Index(&'e Expr),
}

/// The expression as a root name with steps.
fn chain(expr: &Expr) -> Option<(&Name, Vec<Link<'_>>)> {
    let mut steps = Vec::new();
    let mut at = expr;
    loop {
        at = match &at.kind {
            ExprKind::GetAttr(source, name) => {
                steps.push(Link::Attr(name));
                source
            }
            ExprKind::Index(source, key) => {
                steps.push(Link::Index(key));
                source
            }
            ExprKind::Variable(root) => {
                steps.reverse();
                return Some((root, steps));
            }
            _ => return None,
        };
    }
}

struct Walk<'e> {
    /// Names that a `for` around gives a meaning.
    bound: Vec<&'e str>,
    found: Found<'e>,
}

impl<'e> Walk<'e> {
    fn expr(&mut self, expr: &'e Expr) {
        match chain(expr) {
            Some((root, steps)) if &*root.text == ROOT && !self.bound.contains(&ROOT) => {
                self.reference(expr, &steps);
                return;
            }
            _ => {}
        }
        match &expr.kind {
            ExprKind::For(it) => {
                let body = it.key.iter().chain([&it.value]).chain(&it.condition);
                let body: Vec<&Expr> = body.collect();
                self.repeat(&it.collection, it.key_var.as_ref(), &it.value_var, &body);
            }
            ExprKind::Template(parts) => self.parts(parts),
            _ => children(expr, &mut |child| self.expr(child)),
        }
    }

    fn parts(&mut self, parts: &'e [Part]) {
        for part in parts {
            match part {
                Part::For(it) => {
                    let mut body = Vec::new();
                    part_children(&it.body, &mut |child| body.push(child));
                    self.repeat(&it.collection, it.key_var.as_ref(), &it.value_var, &body);
                }
                other => part_children(std::slice::from_ref(other), &mut |child| self.expr(child)),
            }
        }
    }

    /// A repetition: over a stack's instances, or over anything else.
    fn repeat(
        &mut self,
        collection: &'e Expr,
        key: Option<&'e Name>,
        value: &'e Name,
        body: &[&'e Expr],
    ) {
        match instance(collection) {
            Some((stack, None)) => {
                let mut uses = Uses { variable: &value.text, outputs: Vec::new(), bare: None };
                body.iter().for_each(|part| uses.expr(part));
                for (output, span) in uses.outputs {
                    self.found.references.push(Reference { stack, key: Key::Any, output, span });
                }
                self.found.malformed.extend(uses.bare);
            }
            _ => self.expr(collection),
        }
        let before = self.bound.len();
        self.bound.extend(key.into_iter().chain([value]).map(|name| &*name.text));
        body.iter().for_each(|part| self.expr(part));
        self.bound.truncate(before);
    }

    fn reference(&mut self, expr: &'e Expr, steps: &[Link<'e>]) {
        let (stack, key, output) = match steps {
            [Link::Attr(stack), Link::Attr(output), ..] => (stack, Key::None, output),
            [Link::Attr(stack), Link::Index(key), Link::Attr(output), ..] => {
                let any = mentions(key, &self.bound);
                (stack, if any { Key::Any } else { Key::One(key) }, output)
            }
            _ => {
                self.found.malformed.push(expr.span);
                return;
            }
        };
        self.found.references.push(Reference { stack, key, output, span: expr.span });
        for step in steps {
            if let Link::Index(key) = step {
                self.expr(key);
            }
        }
    }
}

/// Where the variable that stands for an instance is used: each time with an output behind it.
struct Uses<'e> {
    variable: &'e str,
    outputs: Vec<(&'e Name, Span)>,
    bare: Option<Span>,
}

impl<'e> Uses<'e> {
    fn expr(&mut self, expr: &'e Expr) {
        match chain(expr) {
            Some((root, steps)) if *root.text == *self.variable => {
                match steps.first() {
                    Some(Link::Attr(output)) => self.outputs.push((output, expr.span)),
                    _ => self.bare = Some(expr.span),
                }
                for step in steps {
                    if let Link::Index(key) = step {
                        self.expr(key);
                    }
                }
                return;
            }
            _ => {}
        }
        match &expr.kind {
            // The same name means something else within.
            ExprKind::For(it)
                if *it.value_var.text == *self.variable
                    || it.key_var.as_ref().is_some_and(|key| *key.text == *self.variable) =>
            {
                self.expr(&it.collection);
            }
            _ => children(expr, &mut |child| self.expr(child)),
        }
    }
}
