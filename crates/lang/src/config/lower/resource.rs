//! Resources lowered.

use syntax::{Step, Traversal};
use value::{Number, Path, Value};

use super::Pass;
use crate::config::declared::{LifecycleDecl, RepeatDecl, ResourceDecl};
use crate::config::module::{Ignore, Lifecycle, Repeat, Resource};
use crate::expr::Allowed;

impl Pass<'_> {
    pub(super) fn resource(&mut self, decl: ResourceDecl<'_>) -> Resource {
        let addr = decl.addr();
        let provider = self.providers.of(decl.provider_name());
        let (repeat, allowed) = self.repeat(decl.repeat);
        Resource {
            provider,
            repeat,
            provider_ref: decl.provider,
            depends_on: self.depends_on(decl.depends_on),
            lifecycle: self.lifecycle(decl.lifecycle, allowed),
            preconditions: self.rules(decl.preconditions, allowed),
            postconditions: self.rules(decl.postconditions, allowed | Allowed::SELF),
            body: self.lowerer.allow(allowed).body(&decl.body, self.found),
            type_span: decl.kind.span,
            name_span: decl.name.span,
            span: decl.header,
            addr,
        }
    }

    /// How many instances there are, and what their expressions may refer to.
    pub(super) fn repeat(&mut self, decl: RepeatDecl<'_>) -> (Repeat, Allowed) {
        match (decl.count, decl.for_each) {
            (Some(count), _) => (Repeat::Count(self.expr(count, Allowed::NOTHING)), Allowed::COUNT),
            (None, Some(for_each)) => {
                (Repeat::ForEach(self.expr(for_each, Allowed::NOTHING)), Allowed::EACH)
            }
            (None, None) => (Repeat::One, Allowed::NOTHING),
        }
    }

    /// `prevent_destroy` and `destroy` also concern instances that are no longer declared, so they see neither `each`
    /// nor `count`.
    fn lifecycle(&mut self, decl: LifecycleDecl<'_>, allowed: Allowed) -> Lifecycle {
        Lifecycle {
            create_before_destroy: decl.create_before_destroy,
            prevent_destroy: decl.prevent_destroy.map(|it| self.expr(it, Allowed::NOTHING)),
            destroy: decl.destroy.map(|it| self.expr(it, Allowed::NOTHING)),
            ignore_changes: ignore(decl.ignore_all, &decl.ignore_changes),
            replace_triggered_by: decl
                .triggers
                .iter()
                .filter_map(|it| self.trigger(it, allowed))
                .collect(),
        }
    }
}

fn ignore(all: bool, paths: &[Traversal]) -> Ignore {
    if all {
        return Ignore::All;
    }
    if paths.is_empty() {
        return Ignore::Nothing;
    }
    Ignore::Paths(paths.iter().map(|it| (path_of(it), it.span)).collect())
}

/// A relative reference as a path into an object.
fn path_of(traversal: &Traversal) -> Path {
    let root = Path::default().attr(traversal.root.text.clone());
    traversal.steps.iter().fold(root, |path, step| match step {
        Step::Attr(name) => path.attr(name.text.clone()),
        Step::Key(text, _) => path.index(Value::string(text.clone())),
        Step::Number(text, _) => {
            let number = Number::parse(text).unwrap_or(Number::from(0));
            path.index(Value::number(number))
        }
    })
}
