//! Where the conformance cases stand, and how their count is told.

use std::io::Write as _;
use std::path::PathBuf;

/// The closing line of a suite: written past the test harness, which keeps the output of what passes to itself.
pub(crate) fn closing(suite: &str, passed: usize, failed: usize) {
    writeln!(std::io::stdout(), "{suite}: {passed} passed, {failed} failed")
        .expect("standard output");
}

/// The folder of a suite, or a word that it was skipped.
#[expect(clippy::disallowed_methods, reason = "tests find the cases by an environment variable")]
pub(crate) fn conformance(suite: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/conformance");
    let root =
        std::env::var_os("STRATA_CONFORMANCE").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let folder = root.join(suite);
    if folder.exists() {
        return Some(folder);
    }
    let place = root.display();
    writeln!(std::io::stdout(), "skipped: {suite} is not in {place}; set STRATA_CONFORMANCE")
        .expect("standard output");
    None
}
