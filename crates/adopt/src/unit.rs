//! A unit: a root module with what it is given, whatever wrote that down. What a stack instance is made from.
//!
//! Invariant: outputs in its slots are named by the folder of the unit that has them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use diag::{Diagnostic, Span};
use estate::StatePlace;
use value::Value;

use crate::expression::{Expression, Piece};
use crate::generated;
use crate::state;
use crate::terragrunt::{Configuration, Reader, UNIT_FILE};
use crate::tree::{join, relative, steps};
use crate::variables::{Face, face};

/// A unit.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    /// Its folder.
    pub(crate) folder: String,
    /// The steps of its folder below that of the tree.
    pub(crate) steps: Vec<String>,
    /// The folder of its root module.
    pub(crate) source: String,
    /// Inputs by name.
    pub(crate) inputs: BTreeMap<Arc<str>, Expression>,
    /// Bodies of provider blocks by name.
    pub(crate) providers: BTreeMap<Arc<str>, Expression>,
    /// Folders of units that go first.
    pub(crate) after: BTreeSet<String>,
    pub(crate) state: Option<StatePlace>,
    pub(crate) place: Span,
}

/// Where sources elsewhere are to be found here: what they begin with, and the folder.
pub(crate) type SourceMap = [(String, String)];

/// What reading a unit found beside it: files that belong into its root module.
pub(crate) type Files = Vec<generated::Made>;

/// The unit of a configuration; `None` where it cannot be one, which is told.
pub(crate) fn of_terragrunt(
    reader: &Reader<'_>,
    folder: &str,
    configuration: Configuration,
    elsewhere: &SourceMap,
) -> Option<(Unit, Face, Files)> {
    let name = relative(&reader.base, folder);
    if let Some(place) = configuration.excluded {
        reader.finding(
            Diagnostic::warning("adopt-left-out", format!("{name} is excluded from runs"))
                .detail("What it has is not part of the estate.")
                .remedy("Take the exclusion out where the unit is to be a stack.")
                .at(place),
        );
        return None;
    }
    let source = source(reader, folder, &name, &configuration, elsewhere)?;
    let face = face(reader, &source);
    if !face.is_module {
        reader.finding(
            Diagnostic::warning("adopt-left-out", format!("{name} has no root module"))
                .detail(format!("{} holds no .tf or .tofu file.", relative(&reader.base, &source)))
                .remedy("Put the module there, or mend `terraform.source`.")
                .at(configuration.place),
        );
        return None;
    }
    let made = generated::read(reader, &configuration, &face, &source);
    let mut unit = Unit {
        folder: folder.to_owned(),
        steps: steps(&name).into_iter().filter(|step| *step != ".").map(str::to_owned).collect(),
        state: state::of_remote(
            reader,
            folder,
            &name,
            configuration.remote_state.as_ref(),
            configuration.place,
        ),
        source,
        inputs: BTreeMap::new(),
        providers: made.providers,
        after: configuration.after.iter().cloned().collect(),
        place: configuration.place,
    };
    unit.after.extend(configuration.dependencies.values().map(|one| one.folder.clone()));
    inputs(reader, &name, &configuration, &face, &mut unit);
    Some((unit, face, made.files))
}

/// The inputs that the module declares, outputs named by their unit.
fn inputs(
    reader: &Reader<'_>,
    name: &str,
    configuration: &Configuration,
    face: &Face,
    unit: &mut Unit,
) {
    let given = configuration
        .given
        .iter()
        .map(|(name, value)| (name.clone(), Expression::of(value.clone())));
    let all = configuration.inputs.iter().map(|(name, input)| (name.clone(), input.clone()));
    for (input, expression) in all.chain(given) {
        let Some(variable) = face.variables.get(&input) else { continue };
        let Some(mut resolved) = resolve(reader, name, &input, expression, configuration) else {
            continue;
        };
        if let (false, Some(value)) = (variable.typed, resolved.value()) {
            resolved = Expression::of(as_text(value));
        }
        unit.inputs.insert(input, resolved);
    }
}

fn resolve(
    reader: &Reader<'_>,
    unit: &str,
    input: &str,
    mut expression: Expression,
    configuration: &Configuration,
) -> Option<Expression> {
    for piece in &mut expression.pieces {
        let (Piece::Output(dependency, _) | Piece::Outputs(dependency)) = piece else { continue };
        let Some(known) = configuration.dependencies.get(dependency) else {
            reader.finding(
                Diagnostic::warning("adopt-unread", format!("`{input}` of {unit} reads `dependency.{dependency}`, which is not there"))
                    .detail("No `dependency` block of the unit or its includes has this name, or it could not be read.")
                    .remedy("Mend the block, or wire the input in strata.hcl.")
                    .at(configuration.place),
            );
            return None;
        };
        *dependency = known.folder.as_str().into();
    }
    Some(expression)
}

/// What a variable without a type gets from Terragrunt, which gives values by the environment: a text.
fn as_text(value: &Value) -> Value {
    if value.as_str().is_some() || value.is_null() {
        return value.clone();
    }
    value::json::encode_simple(value).map_or_else(|_| value.clone(), Value::string)
}

/// The folder of the root module.
fn source(
    reader: &Reader<'_>,
    folder: &str,
    name: &str,
    configuration: &Configuration,
    elsewhere: &SourceMap,
) -> Option<String> {
    let Some((source, place)) = &configuration.source else { return Some(folder.to_owned()) };
    let plain = source.split('?').next().unwrap_or(source);
    let single = |path: &str| path.replace("//", "/");
    if plain.starts_with('.') || plain.starts_with('/') {
        return Some(join(folder, &single(plain)));
    }
    let fits = elsewhere.iter().filter(|(from, _)| plain.starts_with(from.as_str()));
    if let Some((from, to)) = fits.max_by_key(|(from, _)| from.len()) {
        return Some(join(to, &single(plain[from.len()..].trim_start_matches('/'))));
    }
    reader.finding(
        Diagnostic::warning("adopt-source", format!("{name} takes its root module from elsewhere"))
            .detail(format!(
                "`{source}` is not in this tree, and a stack's root module is a folder."
            ))
            .remedy(format!(
                "Check the modules out here and say where: -source-map={}=FOLDER",
                package(plain)
            ))
            .at(*place),
    );
    None
}

/// A source without the folder within what is fetched, which stands behind `//`.
fn package(source: &str) -> &str {
    let mut doubled = source.match_indices("//");
    let within = doubled.find(|(at, _)| !source[..*at].ends_with(':'));
    within.map_or(source, |(at, _)| &source[..at])
}

/// Whether a folder is that of a unit.
pub(crate) fn is_unit(reader: &Reader<'_>, folder: &str) -> bool {
    reader.tree.text(&join(folder, UNIT_FILE)).is_some()
}

#[cfg(test)]
mod tests {
    use super::package;

    #[test]
    fn what_is_fetched_ends_before_the_folder_within() {
        let check = |source: &str, expect: &str| assert_eq!(package(source), expect);
        check("git::https://example.com/m.git//a/b", "git::https://example.com/m.git");
        check("git::git@example.com:o/m.git//a", "git::git@example.com:o/m.git");
        check("tfr:///terraform-aws-modules/vpc/aws", "tfr:///terraform-aws-modules/vpc/aws");
    }
}
