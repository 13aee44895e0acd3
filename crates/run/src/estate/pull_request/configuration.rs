//! Root modules, held against what the base lets pull requests use.
//!
//! By the configuration as it was loaded, so that nothing that would take part is passed over: modules that are called,
//! JSON files, override files. Invariant: each refusal has a place in a file of the change.

use std::collections::BTreeSet;
use std::sync::Arc;

use addr::ProviderAddr;
use diag::{Diagnostic, Diags, FileId, SourceMap, Span};
use estate::{GuardedSettings, StackIdx};
use lang::config::{Config, ModuleDef};

use super::super::modules::Module;
use super::super::open::EstateFile;
use super::PullRequest;
use super::base::Base;

/// The ending of a module's files in JSON.
const JSON: &str = ".json";

/// Looks at a stack's root module and the modules that it calls.
pub(super) fn check(
    change: &PullRequest,
    file: &EstateFile,
    (stack, module): (StackIdx, &Module),
    sources: &SourceMap,
    diags: &mut Diags,
) {
    let (base, config) = (&*change.base, &module.loaded.config);
    providers(base, config, diags);
    for module in &config.modules {
        functions(base, &module.def, diags);
    }
    let source = file.estate[stack].source.node.trim_start_matches("./").trim_end_matches('/');
    for (path, text) in &module.loaded.files {
        let shown = estate::shortest_path(&format!("{source}/{path}"));
        // What stands as it stood was let in before.
        if change.changed.contains(&shown) {
            blocks(base, config, (&shown, text), sources, diags);
        }
    }
}

/// Adds what was not said yet: a module may be called more than once.
fn once(diags: &mut Diags, one: Diagnostic) {
    let same = |other: &Diagnostic| other.code == one.code && other.span == one.span;
    if !diags.iter().any(same) {
        diags.push(one);
    }
}

fn providers(base: &Base, config: &Config, diags: &mut Diags) {
    let mut wanted: BTreeSet<ProviderAddr> =
        crate::providers::requirements(config).into_keys().collect();
    for module in &config.modules {
        let functions = module.def.exprs.provider_functions();
        wanted.extend(functions.filter_map(|one| module.def.provider_of(&one.provider)));
    }
    for provider in wanted {
        if let Some(said) = base.against_provider(&provider) {
            once(diags, said.maybe_at(place_of(config, &provider)));
        }
    }
}

/// Where a configuration first asks for a provider.
fn place_of(config: &Config, provider: &ProviderAddr) -> Option<Span> {
    let of = |def: &ModuleDef| -> Option<Span> {
        let resource = def.resources.iter().find(|one| one.provider == *provider);
        let block = || def.providers.iter().find(|one| one.provider == *provider);
        let required = || def.required_providers.iter().find(|one| one.provider == *provider);
        resource
            .map(|one| one.type_span)
            .or_else(|| block().map(|one| one.span))
            .or_else(|| required().map(|one| one.span))
    };
    config.modules.iter().find_map(|module| of(&module.def))
}

fn functions(base: &Base, def: &ModuleDef, diags: &mut Diags) {
    for (name, span) in def.exprs.calls() {
        let name = name.strip_prefix("core::").unwrap_or(name);
        if let Some(said) = base.against_function(name) {
            once(diags, said.at(span));
        }
    }
}

/// Provider blocks of a file that say where a provider goes, which program it starts, or as whom.
fn blocks(
    base: &Base,
    config: &Config,
    (path, text): (&str, &Arc<str>),
    sources: &SourceMap,
    diags: &mut Diags,
) {
    let Some(top) = base.repository.from_top_of(path) else { return };
    let folder = top.rsplit_once('/').map_or("", |(folder, _)| folder);
    let id = file_of(sources, path, text);
    let file = id.unwrap_or(FileId::new(0));
    let now = match path.ends_with(JSON) {
        true => settings_in_json(config, (path, text), id),
        false => settings(text, file),
    };
    if now.is_empty() {
        return;
    }
    let mut was: Vec<GuardedSettings> = Vec::new();
    for entry in base.files_in(folder) {
        let name = entry.path.rsplit('/').next().unwrap_or_default();
        let beside = format!("{}{name}", &path[..path.rfind('/').map_or(0, |at| at + 1)]);
        if let Some(text) = base.text(&beside) {
            was.push(settings(&text, file));
        }
    }
    for (place, setting) in &now {
        let same =
            |all: &GuardedSettings| all.get(place).is_some_and(|one| one.text == setting.text);
        if !was.iter().any(same) {
            let said = Diagnostic::error("pull-request-setting", format!("`{place}` is changed by a pull request")).detail(format!("{path}: it says where a provider goes, which program it starts, or as whom, and is not so in {}.", base.shown))
            .remedy("Merge it in a change of its own that nobody plans with credentials first (-stranger), after review.");
            once(diags, said.maybe_at(id.map(|_| setting.span)));
        }
    }
}

/// The guarded blocks of a file.
fn settings(text: &str, file: FileId) -> GuardedSettings {
    let parsed = syntax::parse_native(file, text, &mut Diags::new());
    estate::guarded_providers(&parsed, text)
}

/// A file in JSON, whole, where it configures a provider.
fn settings_in_json(
    config: &Config,
    (path, text): (&str, &Arc<str>),
    id: Option<FileId>,
) -> GuardedSettings {
    let mut blocks = config.modules.iter().flat_map(|module| &module.def.providers);
    let found = blocks.find(|block| id.is_none_or(|id| block.span.file == id));
    let one = |span| (path.to_owned(), estate::Guarded { text: text.clone(), span });
    found.map(|block| one(block.span)).into_iter().collect()
}

/// The file of this name and text among those that were read.
fn file_of(sources: &SourceMap, path: &str, text: &str) -> Option<FileId> {
    let mut all = (0..sources.len()).map(|at| FileId::new(at as u32));
    all.find(|id| {
        let file = sources.file(*id);
        estate::shortest_path(file.name()) == path && **file.text() == *text
    })
}
