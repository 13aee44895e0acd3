//! The versions of providers that units run with, from their lock files, as one lock file of the estate.
//!
//! Invariant: of a provider there is one version, the newest that any unit had; where units differ that is told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use diag::{Diagnostic, Span};
use schema::version::Version;

use crate::literal::quoted;
use crate::terragrunt::Reader;
use crate::tree::{join, relative};
use crate::variables::constant;

/// The name of lock files.
pub(crate) const LOCK_FILE: &str = ".terraform.lock.hcl";

/// One provider as lock files have it.
struct Locked {
    version: String,
    hashes: BTreeSet<String>,
    /// Where another version was found first.
    differs: Option<(Span, String)>,
}

/// The lock file for the units in these folders; `None` where they have none, or the estate's folder has one.
pub(crate) fn merged(reader: &Reader<'_>, folders: &BTreeSet<String>) -> Option<(String, String)> {
    let path = join(&reader.base, LOCK_FILE);
    if reader.tree.text(&path).is_some() {
        return None;
    }
    let mut all: BTreeMap<String, Locked> = BTreeMap::new();
    for folder in folders {
        if let Some(body) = reader.body(&join(folder, LOCK_FILE)) {
            body.blocks_of("provider").for_each(|block| read(block, &mut all));
        }
    }
    if all.is_empty() {
        return None;
    }
    let mut text =
        "# Versions of providers, from the lock files of the units. `strata init` keeps to them.\n"
            .to_owned();
    for (provider, locked) in &all {
        if let Some((span, other)) = &locked.differs {
            reader.finding(
                Diagnostic::warning("adopt-locks", format!("Units lock different versions of {provider}"))
                    .detail(format!("An estate has one: {}; another is {other}.", locked.version))
                    .remedy("See that all stacks run with it; `lock_file` gives an environment versions of its own.")
                    .at(*span),
            );
        }
        let lines: String =
            locked.hashes.iter().map(|it| format!("    {},\n", quoted(it))).collect();
        let hashes = match lines.is_empty() {
            true => String::new(),
            false => format!("  hashes = [\n{lines}  ]\n"),
        };
        let written = write!(
            text,
            "\nprovider {} {{\n  version = {}\n{hashes}}}\n",
            quoted(provider),
            quoted(&locked.version)
        );
        written.expect("BUG: writing to a string failed");
    }
    Some((relative(&reader.base, &path), text))
}

fn read(block: &syntax::Block, all: &mut BTreeMap<String, Locked>) {
    let value = |name: &str| block.body.attribute(name).and_then(|it| constant(&it.expr));
    let version = value("version").and_then(|it| it.as_str().map(str::to_owned));
    let (Some(label), Some(version)) = (block.labels.first(), version) else { return };
    let hashes = value("hashes");
    let hashes = hashes.as_ref().and_then(value::Value::as_slice).unwrap_or_default();
    let hashes: BTreeSet<String> =
        hashes.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect();
    // Its packages in Terraform's registry have other hashes.
    let (provider, hashes) = match label.text.strip_prefix("registry.terraform.io/") {
        Some(rest) => (format!("registry.opentofu.org/{rest}"), BTreeSet::new()),
        None => (label.text.to_string(), hashes),
    };
    let Some(known) = all.get_mut(&provider) else {
        all.insert(provider, Locked { version, hashes, differs: None });
        return;
    };
    if known.version == version {
        known.hashes.extend(hashes);
        return;
    }
    let newer = Version::parse(&version).ok() > Version::parse(&known.version).ok();
    let other = if newer { std::mem::replace(&mut known.version, version) } else { version };
    if newer {
        known.hashes = hashes;
    }
    known.differs.get_or_insert((block.header, other));
}
