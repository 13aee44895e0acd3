//! HCL's own specification suite, as far as it concerns syntax: inputs parse, or fail at the places its `.t` files tell.
//!
//! The suite lies outside of the repository; where it is absent the test says so and passes.

use std::path::{Path, PathBuf};

use diag::{Diags, SourceMap};
use syntax::{ExprKind, parse_json, parse_native};

/// Cases whose diagnostics come from a schema and not from syntax.
const OF_SCHEMAS: &[&str] = &["structure/attributes/unexpected"];

#[expect(clippy::disallowed_methods, reason = "tests have no Host to ask for the environment")]
fn suite() -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    let root = std::env::var_os("STRATA_CONFORMANCE").map_or(default, PathBuf::from);
    root.join("hcl/specsuite")
}

fn inputs(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            inputs(&path, found);
        } else if path.extension().is_some_and(|it| it == "hcl" || it == "json") {
            found.push(path);
        }
    }
}

/// The ranges of bytes that the errors of a `.t` file have.
fn expected(test: &Path) -> Vec<(u32, u32)> {
    let mut sources = SourceMap::new();
    let Ok(text) = std::fs::read_to_string(test) else { return Vec::new() };
    let file = sources.add("t", text.as_str());
    let parsed = parse_native(file, &text, &mut Diags::new());
    let byte = |error: &syntax::Block, of: &str| {
        let place = error.body.blocks_of(of).next().expect("a place");
        match &place.body.attribute("byte").expect("a byte").expr.kind {
            ExprKind::Number(text) => text.parse::<u32>().expect("a number"),
            other => panic!("{other:?}"),
        }
    };
    let lists = parsed.body.blocks_of("diagnostics").flat_map(|it| it.body.blocks_of("error"));
    lists.map(|error| (byte(error, "from"), byte(error, "to"))).collect()
}

#[test]
fn hcl_specification_suite() {
    let suite = suite();
    let mut found = Vec::new();
    inputs(&suite, &mut found);
    if found.is_empty() {
        println!("skipped: hcl_specification_suite (no suite at {})", suite.display());
        return;
    }
    found.sort();
    for path in found {
        let text = std::fs::read_to_string(&path).expect("a text");
        let mut sources = SourceMap::new();
        let file = sources.add(path.display().to_string(), text.as_str());
        let mut diags = Diags::new();
        if path.extension().is_some_and(|it| it == "json") {
            parse_json(file, &text, &mut diags);
        } else {
            parse_native(file, &text, &mut diags);
        }
        let places: Vec<_> =
            diags.iter().filter_map(|it| it.span).map(|span| (span.start, span.end)).collect();
        let case = path.strip_prefix(&suite).expect("inside").with_extension("");
        let of_schema = OF_SCHEMAS.iter().any(|it| case == Path::new(it));
        let expected = if of_schema { Vec::new() } else { expected(&path.with_extension("t")) };
        assert_eq!(places, expected, "{}: {diags:?}", path.display());
    }
}
