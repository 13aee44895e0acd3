//! `secret` blocks: values that stand outside of the file.

use diag::{Diagnostic, Diags};
use syntax::Block;

use super::body::{self, Allowed};
use super::names;
use crate::model::{Secret, SecretSource};

const ALLOWED: Allowed = Allowed { arguments: &["env", "file", "sops", "key"], blocks: &[] };

/// Reads one secret.
pub(super) fn read(block: &Block, diags: &mut Diags) -> Option<Secret> {
    body::check(block, &ALLOWED, diags);
    let name = names::of_value(block, diags);
    let source = source(block, diags);
    Some(Secret { name: name?, source: source? })
}

fn source(block: &Block, diags: &mut Diags) -> Option<SecretSource> {
    let given = ["env", "file", "sops"].map(|name| block.body.attribute(name));
    if given.iter().flatten().count() != 1 {
        diags.push(wrong(block, "A secret is in exactly one place."));
        return None;
    }
    let text = |name: &str, diags: &mut Diags| body::text_of(block, name, diags);
    match given {
        [Some(_), _, _] => text("env", diags).map(SecretSource::Env),
        [_, Some(_), _] => text("file", diags).map(SecretSource::File),
        _ => {
            let file = text("sops", diags);
            if block.body.attribute("key").is_none() {
                diags.push(wrong(
                    block,
                    "A file that sops encrypted holds many values; `key` says which.",
                ));
                return None;
            }
            Some(SecretSource::Sops { file: file?, key: text("key", diags)? })
        }
    }
}

fn wrong(block: &Block, detail: &str) -> Diagnostic {
    Diagnostic::error("estate-secret", "A secret without a place")
        .detail(detail)
        .remedy(
            "Write `env = \"NAME\"`, `file = \"PATH\"`, or `sops = \"PATH\"` with `key = \"a.b\"`.",
        )
        .at(block.header)
}
