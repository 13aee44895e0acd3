//! Conditions: `precondition`, `postcondition` and `validation`.

use diag::{Diagnostic, Diags, Span};

use crate::config::declared::{Role, RuleDecl};
use crate::config::reference::{Subject, read};
use crate::config::source::{BlockSrc, ExprSrc, Need, Shape};
use crate::config::walk;

const RULE: Shape = Shape {
    attributes: &[("condition", Need::Required), ("error_message", Need::Required)],
    blocks: &[],
};

/// Decodes a block of a condition. Its condition must refer to something.
pub(super) fn decode<'s>(block: &BlockSrc<'s>, role: Role, diags: &mut Diags) -> RuleDecl<'s> {
    let mut rule = RuleDecl { condition: None, message: None, header: block.header };
    if role == Role::Override {
        diags.push(not_overridable(block));
        return rule;
    }
    let content = block.body(diags).content(&RULE, diags);
    rule.condition = content.expr("condition");
    rule.message = content.expr("error_message");
    if let Some(condition) = rule.condition
        && references(condition).is_empty()
    {
        diags.push(constant_condition(&block.kind.text, condition.span()));
    }
    rule
}

fn references(source: ExprSrc<'_>) -> Vec<syntax::Traversal> {
    walk::references(&source.to_expr(&mut Diags::new()))
}

/// Reports a condition of a validation that does not look at the variable itself.
pub(super) fn must_refer_to_variable(rule: &RuleDecl<'_>, variable: &str, diags: &mut Diags) {
    let Some(condition) = rule.condition else { return };
    let refers = references(condition)
        .iter()
        .any(|traversal| read(traversal).is_ok_and(|it| it.subject == Subject::Variable(variable)));
    if !refers {
        diags.push(
            Diagnostic::error(
                "validation-without-value",
                "This validation does not look at the variable's value",
            )
            .detail(format!(
                "The condition must refer to `var.{variable}`, or it checks nothing that was given."
            ))
            .remedy(format!("Use `var.{variable}` in the condition."))
            .at(condition.span()),
        );
    }
}

/// Reports expressions of a rule that refer to the resource that the rule belongs to.
pub(super) fn must_not_refer_to_itself(
    rule: &RuleDecl<'_>,
    kind: &str,
    own: &addr::Resource,
    diags: &mut Diags,
) {
    for source in rule.condition.into_iter().chain(rule.message) {
        let refers = references(source).iter().any(|traversal| {
            matches!(
                read(traversal).map(|it| it.subject),
                Ok(Subject::Resource { mode, kind, name })
                    if mode == own.mode && *kind == *own.type_name && *name == *own.name
            )
        });
        if refers {
            diags.push(self_reference(kind, own, source.span()));
        }
    }
}

fn self_reference(kind: &str, own: &addr::Resource, span: Span) -> Diagnostic {
    let remedy = if kind == "postcondition" {
        "Write `self` for the object that the condition is about."
    } else {
        "Refer to other objects only; what holds afterwards belongs in a `postcondition`."
    };
    Diagnostic::error("self-reference", format!("This {kind} refers to its own resource"))
        .detail(format!("A {kind} of `{own}` cannot read `{own}` by its address."))
        .remedy(remedy)
        .at(span)
}

fn constant_condition(kind: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        "constant-condition",
        format!("The condition of this {kind} refers to nothing"),
    )
    .detail("A condition without a reference is always met or never, so it checks nothing.")
    .remedy("Refer to at least one object of the configuration.")
    .at(span)
}

fn not_overridable(block: &BlockSrc<'_>) -> Diagnostic {
    let kind = &block.kind.text;
    Diagnostic::error("not-overridable", format!("An override file holds a `{kind}` block"))
        .detail(format!("Blocks of the type `{kind}` cannot be overridden."))
        .remedy("Move it to the file that declares the object.")
        .at(block.header)
}
