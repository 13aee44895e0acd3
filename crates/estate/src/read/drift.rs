//! `drift` blocks: what may differ for a while.

use std::sync::Arc;

use addr::{StackPattern, check_resource_pattern};
use diag::{Diagnostic, Diags};
use syntax::Block;

use super::body::{self, Allowed};
use crate::model::{Day, IgnoredDrift};

const ALLOWED: Allowed =
    Allowed { arguments: &["attributes", "reason", "date", "until"], blocks: &[] };

/// Reads one block.
pub(super) fn read(block: &Block, diags: &mut Diags) -> Option<IgnoredDrift> {
    body::check(block, &ALLOWED, diags);
    let whom = whom(block, diags);
    let attributes = body::texts_of(block, "attributes", diags).unwrap_or_default();
    let reason = body::required(block, "reason", diags).and_then(|a| body::text(a, diags));
    if let Some(empty) = reason.as_ref().filter(|reason| reason.node.trim().is_empty()) {
        diags.push(
            Diagnostic::error("drift-reason", "Drift is ignored for a reason")
                .detail("Whoever reads the block later has nothing else to go by.")
                .remedy("Write why, and where it was decided.")
                .at(empty.span),
        );
    }
    let date = body::required(block, "date", diags).and_then(|_| day(block, "date", diags));
    let until = day(block, "until", diags);
    if let (Some(date), Some(until)) = (date, until)
        && until < date
    {
        let at = block.body.attribute("until").map(|attribute| attribute.expr.span);
        diags.push(
            Diagnostic::error("drift-until", "A `drift` block that ends before it begins")
                .detail(format!("It was decided on {date} and holds until {until}."))
                .remedy("Give it a later day, or take the block out.")
                .maybe_at(at),
        );
    }
    let (stacks, resources) = whom?;
    Some(IgnoredDrift {
        stacks,
        resources,
        attributes,
        reason: reason?.node,
        date: date?,
        until,
        header: block.header,
    })
}

/// The stacks and the resources that the label names.
fn whom(block: &Block, diags: &mut Diags) -> Option<(StackPattern, Arc<str>)> {
    let wrong = |what: String, span| {
        Diagnostic::error("drift-address", "A `drift` block names the objects that it is about")
            .detail(what)
            .remedy("Write `drift \"ENV/STACK//ADDRESS\" {`, with `*` for any.")
            .at(span)
    };
    let [label] = block.labels.as_slice() else {
        let count = block.labels.len();
        diags.push(wrong(format!("It has one label; this one has {count}."), block.header));
        return None;
    };
    let Some((stacks, resources)) = label.text.split_once("//") else {
        diags.push(wrong(format!("`{}` has no `//`.", label.text), label.span));
        return None;
    };
    let stacks = match stacks.parse::<StackPattern>() {
        Ok(stacks) => stacks,
        Err(error) => {
            diags.push(wrong(format!("{error}."), label.span));
            return None;
        }
    };
    if let Err(error) = check_resource_pattern(resources) {
        diags.push(wrong(
            format!("`{resources}` is no address of a resource: {error}."),
            label.span,
        ));
        return None;
    }
    Some((stacks, resources.into()))
}

fn day(block: &Block, name: &str, diags: &mut Diags) -> Option<Day> {
    let text = body::text_of(block, name, diags)?;
    let day = Day::parse(&text.node);
    if day.is_none() {
        diags.push(
            Diagnostic::error("drift-day", format!("`{name}` is no day"))
                .detail(format!("`{}` is not a day of the calendar.", text.node))
                .remedy("Write year, month and day: \"2026-11-24\".")
                .at(text.span),
        );
    }
    day
}
