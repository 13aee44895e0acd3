//! The `lifecycle` block of a resource.

use addr::Mode;
use diag::{Diagnostic, Diags, Span};

use super::not_yet;
use super::reference::{list_required, relative};
use super::rule;
use crate::config::constant;
use crate::config::declared::{LifecycleDecl, ResourceDecl, Role};
use crate::config::reference::{Subject, read};
use crate::config::source::{AttrSrc, BlockSrc, Content, ExprSrc, Need, Shape};
use crate::config::walk;

const LIFECYCLE: Shape = Shape {
    attributes: &[
        ("create_before_destroy", Need::Optional),
        ("prevent_destroy", Need::Optional),
        ("destroy", Need::Optional),
        ("ignore_changes", Need::Optional),
        ("replace_triggered_by", Need::Optional),
        ("enabled", Need::Optional),
    ],
    blocks: &[("precondition", &[]), ("postcondition", &[])],
};

/// Decodes the block into the resource, and gives back `enabled`, which takes part in the rules of repetition.
pub(super) fn decode<'s>(
    block: &BlockSrc<'s>,
    role: Role,
    decl: &mut ResourceDecl<'s>,
    diags: &mut Diags,
) -> Option<AttrSrc<'s>> {
    let content = block.body(diags).content(&LIFECYCLE, diags);
    if decl.mode == Mode::Managed {
        decl.lifecycle = managed(&content, diags);
    } else {
        for attribute in content.attributes.iter().filter(|it| &*it.name.text != "enabled") {
            diags.push(managed_only(attribute, decl.mode));
        }
    }
    let own = decl.addr();
    for nested in &content.blocks {
        let decoded = rule::decode(nested, role, diags);
        rule::must_not_refer_to_itself(&decoded, &nested.kind.text, &own, diags);
        match &*nested.kind.text {
            "precondition" => decl.preconditions.push(decoded),
            _ => decl.postconditions.push(decoded),
        }
    }
    let enabled = content.attribute("enabled");
    if let Some(attribute) = enabled {
        diags.push(not_yet("`enabled`", attribute.name.span));
    }
    enabled
}

fn managed_only(attribute: &AttrSrc<'_>, mode: Mode) -> Diagnostic {
    let name = &attribute.name.text;
    Diagnostic::error(
        "managed-only",
        format!("`{name}` has no place in a `{}` block", mode.block_kind()),
    )
    .detail("Only a `resource` block, whose objects are created and destroyed, has this argument.")
    .remedy("Take it out.")
    .at(attribute.name.span)
}

fn managed<'s>(content: &Content<'s>, diags: &mut Diags) -> LifecycleDecl<'s> {
    let mut decl = LifecycleDecl {
        create_before_destroy: content
            .attribute("create_before_destroy")
            .and_then(|attribute| constant::flag(attribute, diags)),
        prevent_destroy: content.expr("prevent_destroy"),
        destroy: content.expr("destroy"),
        ..LifecycleDecl::default()
    };
    if let Some(source) = content.expr("ignore_changes") {
        ignore_changes(source, &mut decl, diags);
    }
    if let Some(source) = content.expr("replace_triggered_by") {
        decl.triggers = triggers(source, diags);
    }
    decl
}

fn ignore_changes<'s>(source: ExprSrc<'s>, decl: &mut LifecycleDecl<'s>, diags: &mut Diags) {
    if source.keyword().as_deref() == Some("all") {
        decl.ignore_all = true;
        return;
    }
    let Some(list) = source.list() else {
        diags.push(list_required(source.span()).remedy("Write `all`, or a list of attributes."));
        return;
    };
    for element in list {
        if element.native_text().or(element.json_text()) == Some("*") {
            diags.push(
                Diagnostic::error(
                    "ignore-changes-star",
                    "`\"*\"` no longer stands for all attributes",
                )
                .detail("The list takes names of attributes only.")
                .remedy("Write `ignore_changes = all`.")
                .at(element.span())
                .within(source.span()),
            );
            continue;
        }
        decl.ignore_changes.extend(relative(element, diags));
    }
}

/// Each element refers to one resource or to something within it, and beside that to `count.index` and `each.key`.
fn triggers(source: ExprSrc<'_>, diags: &mut Diags) -> Vec<syntax::Expr> {
    let Some(list) = source.list() else {
        diags.push(list_required(source.span()));
        return Vec::new();
    };
    let mut exprs = Vec::new();
    for element in list {
        let Some(expr) = element.written_expr(diags) else { continue };
        let errors = diags.error_count();
        check_trigger(&expr, element.span(), diags);
        if diags.error_count() == errors {
            exprs.push(expr.into_owned());
        }
    }
    exprs
}

fn check_trigger(expr: &syntax::Expr, span: Span, diags: &mut Diags) {
    let mut resources = 0;
    for traversal in walk::references(expr) {
        let subject = match read(&traversal) {
            Ok(reference) => reference.subject,
            Err(diagnostic) => {
                diags.push(diagnostic.at(span));
                return;
            }
        };
        let fault = match subject {
            Subject::Resource { .. } => {
                resources += 1;
                continue;
            }
            Subject::Each("key") | Subject::Count("index") => continue,
            Subject::Each(_) => "Of `each` only `each.key` may stand here.",
            Subject::Count(_) => "Of `count` only `count.index` may stand here.",
            _ => "Only resources, `count.index` and `each.key` may stand here.",
        };
        diags.push(trigger(fault, span));
    }
    match resources {
        0 => diags
            .push(trigger("No resource is named, so nothing could trigger the replacement.", span)),
        1 => {}
        _ => diags.push(trigger("More than one resource is named in one element.", span)),
    }
}

fn trigger(detail: &str, span: Span) -> Diagnostic {
    Diagnostic::error("invalid-replace-trigger", "This cannot trigger a replacement")
        .detail(detail)
        .remedy("Write one resource for each element, perhaps with an index and an attribute.")
        .at(span)
}
