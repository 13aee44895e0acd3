//! Where the conformance cases stand.

use std::path::PathBuf;

/// The folder of a suite, or a word that it was skipped.
#[expect(clippy::disallowed_methods, reason = "tests find the cases by an environment variable")]
pub(crate) fn conformance(suite: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/conformance");
    let root = std::env::var_os("STRATA_CONFORMANCE").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let folder = root.join(suite);
    if folder.exists() {
        return Some(folder);
    }
    println!("skipped: {suite} is not in {}; set STRATA_CONFORMANCE", root.display());
    None
}
