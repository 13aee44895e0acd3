//! The `estate` block.

use std::collections::HashMap;
use std::sync::Arc;

use diag::{Diagnostic, Diags, Span, Spanned};
use syntax::Block;

use super::body::{self, Allowed};
use super::{names, settings};
use crate::model::{Estate, StoreUrl};

const ALLOWED: Allowed = Allowed {
    arguments: &["name", "id", "store", "seal", "inputs", "rounds_max"],
    blocks: body::SETTINGS,
};

/// Where the store is when the file does not say.
const STORE_DEFAULT: &str = ".strata/estate.db";

/// Rounds of deferred changes where the file does not say (ENGINE §7).
const ROUNDS_MAX: u32 = 4;

/// Reads the one `estate` block.
pub(super) fn read(blocks: Vec<&Block>, head: Span, diags: &mut Diags) -> Option<Estate> {
    let Some(block) = names::only(&blocks, "An estate file describes one estate.", diags) else {
        diags.push(
            Diagnostic::error("estate-block-missing", "No `estate` block")
                .detail("The estate file says the estate's name in one `estate` block.")
                .remedy("Add `estate { name = \"NAME\" }`.")
                .at(head),
        );
        return None;
    };
    body::check(block, &ALLOWED, diags);
    let name = body::required(block, "name", diags).and_then(|a| body::text(a, diags))?;
    if !names::is_name(&name.node) {
        diags.push(
            Diagnostic::error("estate-name", format!("`{}` is no name", name.node))
                .detail("A name has 1 to 64 lower-case letters, digits and hyphens, and begins with a letter.")
                .remedy("Rename it so.")
                .at(name.span),
        );
    }
    let optional = |name: &str, diags: &mut Diags| {
        block.body.attribute(name).and_then(|attribute| body::text(attribute, diags))
    };
    let id = optional("id", diags);
    let seal = optional("seal", diags).and_then(|seal| check_seal(seal, diags));
    let store = match optional("store", diags) {
        Some(url) => store_url(&url, block.header, diags)?,
        None => Spanned { node: StoreUrl::Sqlite(STORE_DEFAULT.into()), span: block.header },
    };
    let inputs = body::items_of(block, "inputs", diags);
    let rounds_max = body::number_of(block, "rounds_max", 1..=100, diags);
    let settings = settings::read(block, diags);
    Some(Estate {
        name,
        id,
        store,
        seal,
        inputs,
        providers: settings.providers,
        credentials: settings.credentials,
        rounds_max: rounds_max.map_or(ROUNDS_MAX, |number| number as u32),
        groups: Vec::new(),
        layers: Vec::new(),
        environments: Vec::new(),
        stacks: Vec::new(),
        secrets: Vec::new(),
        moved: Vec::new(),
        removed: Vec::new(),
        data_bearing: Vec::new(),
        policies: Vec::new(),
        ignored_drift: Vec::new(),
        pull_requests: None,
        adopted: Default::default(),
        audit: None,
        ci: None,
        span: block.header,
        stack_names: HashMap::new(),
    })
}

fn store_url(url: &Spanned<Arc<str>>, block: Span, diags: &mut Diags) -> Option<Spanned<StoreUrl>> {
    let Some(node) = StoreUrl::parse(&url.node) else {
        diags.push(
            Diagnostic::error("estate-store-url", "An unknown kind of store")
                .detail("It begins with neither `sqlite:` nor `postgres:`.")
                .remedy(
                    "Write `sqlite:PATH`, the path relative to strata.hcl, or `postgres://USER@HOST/DATABASE`.",
                )
                .at(url.span),
        );
        return None;
    };
    if node.has_password() {
        diags.push(
            Diagnostic::error("store-password", "A password stands in the address of `store`")
                .detail("strata.hcl is committed, and whoever reads it would have the password.")
                .remedy(
                    "Take it out, and give it in PGPASSWORD or in a password file (PGPASSFILE).",
                )
                // Not at its line, which would be printed with it.
                .at(block),
        );
        return None;
    }
    Some(Spanned { node, span: url.span })
}

fn check_seal(seal: Spanned<Arc<str>>, diags: &mut Diags) -> Option<Spanned<Arc<str>>> {
    let known = ["file:", "env:"];
    if known.iter().any(|p| seal.node.strip_prefix(p).is_some_and(|rest| !rest.is_empty())) {
        return Some(seal);
    }
    diags.push(
        Diagnostic::error("estate-seal", "An unknown place for the master key")
            .detail(format!("`{}` says neither a file nor an environment variable.", seal.node))
            .remedy("Write `file:PATH` or `env:NAME`.")
            .at(seal.span),
    );
    None
}
