//! The estate's own files, held against the base: settings that a change may not have for its own plan.
//!
//! Invariant: a guarded setting counts only where the base has it at the same place, written alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use diag::{Diagnostic, Diags, SourceMap, Span};
use estate::{Guarded, GuardedSettings};

use super::super::open::{EstateFile, FILE};
use super::super::stack_files::STACK_FILE;
use super::base::Base;

/// Looks at the estate's files; `sources` holds them as they were read.
pub(super) fn check(base: &Base, file: &EstateFile, sources: &SourceMap, diags: &mut Diags) {
    let mut now: BTreeMap<String, GuardedSettings> = BTreeMap::new();
    for (path, text, parsed) in own_files(file, sources) {
        for call in estate::calls(&parsed) {
            if let Some(said) = base.against_function(&call.name) {
                diags.push(said.at(call.span));
            }
        }
        now.insert(path, estate::guarded(&parsed, &text));
    }
    let (was, now) = (flat(&base.settings), flat(&now));
    for (place, (path, setting)) in &now {
        match was.get(place) {
            Some((_, known)) if known.text == setting.text => {}
            known => diags.push(changed(base, (place, path), known.is_some(), Some(setting.span))),
        }
    }
    let still = |place: &str| match place.rsplit_once(" / ") {
        Some((block, _)) => {
            now.keys().any(|other| other.starts_with(block)) || is_there(file, block)
        }
        None => true,
    };
    for (place, (path, _)) in was.iter().filter(|(place, _)| !now.contains_key(*place)) {
        if still(place) {
            diags.push(changed(base, (place, path), true, Some(file.estate.place())));
        }
    }
}

/// The texts of `strata.hcl` and of the `stack.hcl` files, parsed again at their places.
fn own_files(file: &EstateFile, sources: &SourceMap) -> Vec<(String, Arc<str>, syntax::File)> {
    let mut found: Vec<(String, Arc<str>, syntax::File)> = Vec::new();
    let mut unheard = Diags::new(); // told when they were read
    for at in 0..sources.len() {
        let id = diag::FileId::new(at as u32);
        let (name, text) = (sources.file(id).name(), sources.file(id).text());
        let own = **name == *FILE && **text == *file.text
            || name.strip_suffix(STACK_FILE).is_some_and(|folder| folder.ends_with('/'));
        if own && !found.iter().any(|(known, ..)| known == &**name) {
            let parsed = syntax::parse_native(id, text, &mut unheard);
            found.push((name.to_string(), text.clone(), parsed));
        }
    }
    found
}

/// Settings by place; those of a stack stand at the same place in whichever file its block is.
fn flat(files: &BTreeMap<String, GuardedSettings>) -> BTreeMap<&str, (&str, &Guarded)> {
    let all = files.iter().flat_map(|(path, settings)| {
        settings.iter().map(move |(place, one)| (place.as_str(), (path.as_str(), one)))
    });
    all.collect()
}

/// Whether the block that a setting stood in is still there.
fn is_there(file: &EstateFile, block: &str) -> bool {
    let estate = &file.estate;
    let (kind, name) = block.split_once(' ').unwrap_or((block, ""));
    let name = name.trim_matches('"');
    match kind {
        "stack" => estate.stack(name).is_some(),
        "layer" => estate.layer(name).is_some(),
        "environment" => estate.environment(name).is_some(),
        _ => true,
    }
}

fn changed(base: &Base, (place, path): (&str, &str), known: bool, at: Option<Span>) -> Diagnostic {
    let how = if known { "reads otherwise in" } else { "is not in" };
    let why = match place {
        _ if place.contains("credentials") => "It says who providers are while this is planned",
        _ if place.contains("provider") => {
            "It says where a provider goes, which program it starts, or as whom"
        }
        _ if place.contains("secret") => "It says which value of the machine is read",
        _ if place.contains("values.") => "Who providers are depends on it",
        _ => "It says which store, which key or which locks this is planned with",
    };
    Diagnostic::error("pull-request-setting", format!("`{place}` is changed by a pull request")).detail(format!("{path}: it {how} {}. {why}.", base.shown))
    .remedy("Merge it in a change of its own that nobody plans with credentials first (-stranger), after review.")
    .maybe_at(at)
}
