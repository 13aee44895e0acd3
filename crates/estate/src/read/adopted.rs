//! The `adopted` block: where states are that the store does not have yet.
//!
//! Invariant: an instance has one place.

use std::collections::BTreeMap;

use addr::StackAddr;
use diag::{Diagnostic, Diags, Span, Spanned};
use syntax::{Block, Expr, ExprKind, ObjectItem, ObjectKey};

use super::body::{self, Allowed};
use crate::model::StatePlace;

const ALLOWED: Allowed = Allowed { arguments: &["states"], blocks: &[] };

/// Reads the block into the places that are known so far.
pub(super) fn read(
    block: &Block,
    adopted: &mut BTreeMap<StackAddr, Spanned<StatePlace>>,
    diags: &mut Diags,
) {
    body::check(block, &ALLOWED, diags);
    let Some(states) = body::required(block, "states", diags) else { return };
    let ExprKind::Object(items) = &states.expr.kind else {
        diags.push(malformed("`states` is no object", states.expr.span));
        return;
    };
    for item in items {
        let Some((address, place, span)) = entry(item, diags) else { continue };
        if let Some(known) = adopted.insert(address, Spanned { node: place, span }) {
            diags.push(
                malformed("The instance has two states", span).label(known.span, "one is here"),
            );
        }
    }
}

fn entry(item: &ObjectItem, diags: &mut Diags) -> Option<(StackAddr, StatePlace, Span)> {
    let key = match &item.key {
        ObjectKey::Expr(Expr { kind: ExprKind::Str(text), .. }) => text.parse::<StackAddr>().ok(),
        _ => None,
    };
    let Some(address) = key else {
        diags.push(malformed("This is no stack instance", item.key.span()));
        return None;
    };
    let place = match &item.value.kind {
        ExprKind::Str(text) => StatePlace::parse(text),
        _ => None,
    };
    let Some(place) = place else {
        diags.push(malformed("This is no place of a state", item.value.span));
        return None;
    };
    Some((address, place, item.value.span))
}

fn malformed(summary: &str, span: Span) -> Diagnostic {
    Diagnostic::error("estate-adopted", summary.to_owned())
        .detail(
            "`states` says for each stack instance where its state is until the store takes it.",
        )
        .remedy("Write \"ENV/STACK\" = \"file:PATH\", or \"s3://BUCKET/KEY?region=REGION\".")
        .at(span)
}
