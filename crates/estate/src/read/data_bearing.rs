//! `data_bearing` blocks: types of resources whose loss loses data, beyond the catalogue.

use diag::{Diagnostic, Diags, Spanned};
use syntax::Block;

use super::body::{self, Allowed};
use crate::model::DataBearing;

const ALLOWED: Allowed = Allowed { arguments: &["reason", "protected_by"], blocks: &[] };

/// Reads one type.
pub(super) fn read(block: &Block, diags: &mut Diags) -> Option<DataBearing> {
    body::check(block, &ALLOWED, diags);
    let [label] = block.labels.as_slice() else {
        diags.push(
            Diagnostic::error(
                "estate-labels",
                "A `data_bearing` block has one label, a resource type",
            )
            .detail(format!("This one has {}.", block.labels.len()))
            .remedy("Write `data_bearing \"TYPE\" {`.")
            .at(block.header),
        );
        return None;
    };
    let reason = body::required(block, "reason", diags).and_then(|a| body::text(a, diags));
    let protected_by = body::texts_of(block, "protected_by", diags).unwrap_or_default();
    Some(DataBearing {
        type_name: Spanned { node: label.text.clone(), span: label.span },
        reason: reason?.node,
        protected_by,
        header: block.header,
    })
}
