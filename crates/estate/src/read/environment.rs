//! `environment` blocks.

use diag::{Diagnostic, Diags};
use syntax::Block;

use super::body::{self, Allowed};
use super::names;
use crate::model::{Environment, Protection};

const ALLOWED: Allowed = Allowed {
    arguments: &["values", "inputs"],
    later: &[
        ("protected", "protected environments"),
        ("after", "order between environments"),
        ("lock_file", "lock files per environment"),
        ("provider", "provider blocks of the estate"),
        ("credentials", "credentials"),
    ],
};

/// Reads one environment.
pub(super) fn read(block: &Block, diags: &mut Diags) -> Option<Environment> {
    body::check(block, &ALLOWED, diags);
    let values = body::items_of(block, "values", diags);
    if let Some(taken) = values.iter().find(|value| &*value.name.text == "name") {
        diags.push(
            Diagnostic::error("estate-value-name", "A value called `name`")
                .detail("`env.name` is the environment's own name.")
                .remedy("Give the value another name.")
                .at(taken.name.span),
        );
    }
    let inputs = body::items_of(block, "inputs", diags);
    Some(Environment {
        name: names::of_block(block, diags)?,
        values,
        inputs,
        protection: Protection::Open,
        after: Vec::new(),
        lock_file: None,
        providers: Vec::new(),
        credentials: Vec::new(),
    })
}
