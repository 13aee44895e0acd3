//! References as written, read far enough to tell what kind of object they lead to.
//!
//! Whether the object is declared is asked when expressions are lowered; here is only what the decoding of a block
//! needs: the rules of `depends_on`, conditions and `replace_triggered_by`.
//!
//! Invariant: [`read`] agrees with the lowering of expressions on what a reference leads to.

use addr::Mode;
use diag::{Diagnostic, Span};
use syntax::{Step, Traversal};

/// What a reference leads to, and how many of its steps led there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference<'t> {
    pub(super) subject: Subject<'t>,
    /// Steps after those that named the subject (and its key).
    pub(super) rest: usize,
}

/// What a reference leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject<'t> {
    Variable(&'t str),
    Local(&'t str),
    Resource { mode: Mode, kind: &'t str, name: &'t str },
    Module(&'t str),
    Output,
    Count(&'t str),
    Each(&'t str),
    SelfObject,
    Path,
    Terraform,
}

/// Why a reference names no object.
pub(super) type Fault = Box<Diagnostic>;

/// Reads a reference.
///
/// # Errors
/// A diagnostic where the reference names no object.
pub(super) fn read(traversal: &Traversal) -> Result<Reference<'_>, Fault> {
    let steps = &traversal.steps[..];
    let root = &*traversal.root.text;
    let (subject, used) = match root {
        "count" => (Subject::Count(one_attr(traversal)?), 1),
        "each" => (Subject::Each(one_attr(traversal)?), 1),
        "local" => (Subject::Local(one_attr(traversal)?), 1),
        "var" => (Subject::Variable(one_attr(traversal)?), 1),
        "path" => {
            one_attr(traversal)?;
            (Subject::Path, 1)
        }
        "terraform" | "tofu" => {
            one_attr(traversal)?;
            (Subject::Terraform, 1)
        }
        "self" => (Subject::SelfObject, 0),
        "module" => return module(traversal),
        "data" => resource(Mode::Data, traversal, two_attrs(traversal, steps)?, 2),
        "ephemeral" => resource(Mode::Ephemeral, traversal, two_attrs(traversal, steps)?, 2),
        "resource" => resource(Mode::Managed, traversal, two_attrs(traversal, steps)?, 2),
        "template" | "lazy" | "arg" => return Err(reserved(traversal)),
        _ => match steps.first() {
            Some(Step::Attr(name)) => resource(Mode::Managed, traversal, (root, &name.text), 1),
            _ => {
                return Err(incomplete(traversal, "a resource's type, which its name must follow"));
            }
        },
    };
    Ok(Reference { subject, rest: steps.len() - used })
}

fn resource<'t>(
    mode: Mode,
    traversal: &'t Traversal,
    (kind, name): (&'t str, &'t str),
    used: usize,
) -> (Subject<'t>, usize) {
    (Subject::Resource { mode, kind, name }, used + key_at(traversal, used))
}

/// One if a key stands at this step.
fn key_at(traversal: &Traversal, at: usize) -> usize {
    let key = matches!(traversal.steps.get(at), Some(Step::Key(..) | Step::Number(..)));
    usize::from(key)
}

fn module(traversal: &Traversal) -> Result<Reference<'_>, Fault> {
    let name = one_attr(traversal)?;
    let used = 1 + key_at(traversal, 1);
    let steps = traversal.steps.len();
    match traversal.steps.get(used) {
        None => Ok(Reference { subject: Subject::Module(name), rest: 0 }),
        Some(Step::Attr(_)) => Ok(Reference { subject: Subject::Output, rest: steps - used - 1 }),
        Some(_) => Err(incomplete(traversal, "a module, of which only outputs can be read")),
    }
}

/// The name behind a root that holds only named things.
fn one_attr(traversal: &Traversal) -> Result<&str, Fault> {
    match traversal.steps.first() {
        Some(Step::Attr(name)) => Ok(&name.text),
        _ => Err(incomplete(traversal, "a name only together with what follows a dot")),
    }
}

fn two_attrs<'t>(traversal: &Traversal, steps: &'t [Step]) -> Result<(&'t str, &'t str), Fault> {
    match steps {
        [Step::Attr(kind), Step::Attr(name), ..] => Ok((&kind.text, &name.text)),
        _ => Err(incomplete(traversal, "a prefix, which a resource's type and name must follow")),
    }
}

fn incomplete(traversal: &Traversal, what: &str) -> Fault {
    let root = &traversal.root.text;
    let fault = Diagnostic::error(
        "invalid-reference",
        format!("This reference to `{root}` names no object"),
    )
    .detail(format!("`{root}` is {what}."))
    .remedy("Complete the reference.")
    .at(traversal.span);
    Box::new(fault)
}

fn reserved(traversal: &Traversal) -> Fault {
    let root = &traversal.root.text;
    let fault = Diagnostic::error("reserved-name", format!("The name `{root}` is reserved"))
        .detail(format!("OpenTofu keeps `{root}` for a later version of the language."))
        .remedy(format!("If a resource type is meant, write `resource.{root}`."))
        .at(traversal.root.span);
    Box::new(fault)
}

/// The span from the reference's start to the end of its last step but `rest`; all of it where unsure.
pub(super) fn tail_span(traversal: &Traversal, rest: usize) -> Span {
    let from = traversal.steps.len().saturating_sub(rest);
    match traversal.steps.get(from) {
        Some(Step::Attr(name)) => Span { start: name.span.start, ..traversal.span },
        Some(Step::Key(_, span) | Step::Number(_, span)) => {
            Span { start: span.start, ..traversal.span }
        }
        None => traversal.span,
    }
}
