//! Estate files of tests: a text that is read, or the codes of what is wrong in it.

use diag::{Diags, SourceMap};

use crate::model::Estate;

/// What every file needs, around the blocks that a test is about: a group, a layer and an environment.
const AROUND: &str = "estate { name = \"acme\" }
group \"platform\" { signers = \"platform.signers\" }
layer \"apps\" {}
environment \"dev\" {}
";

/// The estate of a whole file, of which nothing is told; a warning fails the test.
///
/// # Errors
/// The codes of all that was reported, where there is none.
pub(crate) fn file(text: &str) -> Result<Estate, Vec<String>> {
    let (mut sources, mut diags) = (SourceMap::new(), Diags::new());
    let file = syntax::parse_native(sources.add("strata.hcl", text), text, &mut diags);
    let estate = crate::read(&file, &[], &mut diags);
    let told: Vec<String> = diags.iter().map(|one| one.code.0.to_owned()).collect();
    if estate.is_some() {
        assert_eq!(told, [""; 0], "{text}");
    }
    estate.ok_or(told)
}

/// The estate of a file that has these blocks beside what every file needs.
///
/// # Errors
/// As of [`file`].
pub(crate) fn blocks(text: &str) -> Result<Estate, Vec<String>> {
    file(&format!("{AROUND}{text}\n"))
}
