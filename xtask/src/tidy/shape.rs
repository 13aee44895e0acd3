//! Heads of files, and files that no module names.

use std::collections::HashSet;

use super::Finding;
use super::sources::Source;

/// Checks that each file begins with a `//!` head and is reached from its crate.
pub(crate) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut found = Vec::new();
    let paths: HashSet<&str> = sources.iter().map(|s| s.path.as_str()).collect();
    for source in sources {
        if !source.text.starts_with("//!") {
            found.push(Finding::new(
                &source.path,
                "begin with a `//!` head: what the file is, what it is not, its invariant",
            ));
        }
        if let Some((parents, module)) = declared_by(&source.path)
            && let Some(parent) = parents.iter().find(|p| paths.contains(p.as_str()))
            && !declares(sources, parent, &module)
        {
            found.push(Finding::new(
                &source.path,
                format!("no `mod {module};` in {parent}: a dead file"),
            ));
        }
    }
    found
}

/// The files that may declare this one, and the module's name; none for a crate's root or a file cargo finds itself.
fn declared_by(path: &str) -> Option<(Vec<String>, String)> {
    let (_, inside) = path.split_once("/src/")?;
    let own = path.strip_suffix(".rs")?;
    if matches!(inside, "lib.rs" | "main.rs") || inside.starts_with("bin/") {
        return None;
    }
    let stem = own.strip_suffix("/mod").unwrap_or(own);
    let (folder, module) = stem.rsplit_once('/')?;
    let parents = ["lib.rs", "main.rs", "mod.rs"].map(|f| format!("{folder}/{f}"));
    Some(([parents.to_vec(), vec![format!("{folder}.rs")]].concat(), module.to_owned()))
}

fn declares(sources: &[Source], parent: &str, module: &str) -> bool {
    let end = format!("mod {module};");
    let declares = |text: &str| {
        text.lines()
            .any(|l| l.trim_start().ends_with(&end) || l.contains(&format!("mod {module};")))
    };
    sources.iter().any(|s| s.path == parent && declares(&s.text))
}
