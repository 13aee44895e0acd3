//! Is the provider's answer allowed? One table, and the walks that find breaches of it.
//!
//! What is done about a breach is in the table: an error that blames the provider, or a line in the log. Nothing here
//! mends an answer. Values come without marks.
//!
//! Invariant: every rule has a weight for both kinds of provider SDK; the walks report every breach they can see, in
//! the order of the schema.

mod brief;
mod compatible;
mod plan_valid;

use diag::Diagnostic;
use schema::Block;
use value::{Path, Type, Value, View};

pub(crate) use brief::brief;
pub(crate) use compatible::incompatibilities;
pub(crate) use plan_valid::invalidities;

/// What a provider has to keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// An answer is of the schema's type.
    Conforms,
    /// A planned object is configured, prior or computed, attribute by attribute.
    PlanValid,
    /// The plan of a destroy is null.
    DestroyPlanNull,
    /// A path that forces replacement exists, before or after.
    ReplacePathExists,
    /// What is planned while applying refines what was planned while planning.
    FinalPlanMatches,
    /// The action planned while applying is the one that was planned.
    FinalActionMatches,
    /// Nothing is unknown after an apply, or in the answer of a data source.
    ResultKnown,
    /// The result of an apply is what was planned, where that was known.
    ResultMatchesPlan,
    /// Only a delete leaves nothing, and it leaves nothing.
    ResultPresence,
    /// A data source says something.
    DataPresent,
    /// A write-only attribute is null in every answer.
    WriteOnlyNull,
}

/// Which promises a provider's SDK is able to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sdk {
    /// All.
    Current,
    /// Those of the old type system.
    Legacy,
}

impl Sdk {
    /// As a reply's flag says.
    pub(crate) fn of(legacy_type_system: bool) -> Sdk {
        if legacy_type_system { Sdk::Legacy } else { Sdk::Current }
    }
}

/// What comes of a breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// An error that names the provider.
    Error,
    /// Nothing that the user sees.
    Log,
}

/// The table.
pub(crate) fn weight(rule: Rule, sdk: Sdk) -> Weight {
    match (rule, sdk) {
        (Rule::PlanValid | Rule::ResultMatchesPlan, Sdk::Legacy) => Weight::Log,
        (
            Rule::Conforms
            | Rule::PlanValid
            | Rule::DestroyPlanNull
            | Rule::ReplacePathExists
            | Rule::FinalPlanMatches
            | Rule::FinalActionMatches
            | Rule::ResultKnown
            | Rule::ResultMatchesPlan
            | Rule::ResultPresence
            | Rule::DataPresent
            | Rule::WriteOnlyNull,
            _,
        ) => Weight::Error,
    }
}

/// A rule not kept at a place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Breach {
    /// Where in the object.
    pub(crate) path: Path,
    /// What is wrong there, as the end of a sentence.
    pub(crate) message: String,
}

impl Breach {
    /// As an error that blames the provider.
    pub(crate) fn diagnostic(&self, rule: Rule, address: &str, provider: &str) -> Diagnostic {
        let (code, summary) = match rule {
            Rule::Conforms => {
                ("provider-invalid-object", "Provider answered with an invalid object")
            }
            Rule::PlanValid | Rule::DestroyPlanNull | Rule::ReplacePathExists => {
                ("provider-invalid-plan", "Provider produced invalid plan")
            }
            Rule::FinalPlanMatches | Rule::FinalActionMatches => {
                ("provider-inconsistent-final-plan", "Provider produced inconsistent final plan")
            }
            Rule::ResultKnown | Rule::ResultPresence | Rule::DataPresent => {
                ("provider-invalid-result", "Provider returned an invalid result")
            }
            Rule::ResultMatchesPlan => (
                "provider-inconsistent-result",
                "Provider produced inconsistent result after apply",
            ),
            Rule::WriteOnlyNull => {
                ("provider-write-only-value", "Provider answered with a write-only value")
            }
        };
        Diagnostic::error(code, summary)
            .detail(format!(
                "{address}{}: {}. Provider {provider} broke its word; the configuration is not at fault.",
                self.path, self.message
            ))
            .remedy("Report it to the provider's developers; a newer version of the provider may be mended.")
            .about(address)
    }
}

/// Whether a value is of a type, where dynamic parts of the type stand for any.
pub(crate) fn conforms(actual: Type, wanted: Type) -> bool {
    use value::Kind;
    if actual == wanted {
        return true;
    }
    match (wanted.kind(), actual.kind()) {
        (Kind::Dynamic, _) => true,
        (Kind::List(a), Kind::List(b))
        | (Kind::Set(a), Kind::Set(b))
        | (Kind::Map(a), Kind::Map(b)) => conforms(b, a),
        (Kind::Tuple(a), Kind::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(one, other)| conforms(*other, *one))
        }
        (Kind::Object(a), Kind::Object(b)) => {
            a.names() == b.names()
                && a.types().iter().zip(b.types()).all(|(one, other)| conforms(*other, *one))
        }
        _ => false,
    }
}

/// Breaches of [`Rule::Conforms`] and [`Rule::WriteOnlyNull`] in any answer.
pub(crate) fn shape(block: &Block, answer: &Value) -> Option<(Rule, Breach)> {
    if !conforms(answer.ty(), block.ty()) {
        let message = format!(
            "the answer is {} where the schema says {}",
            answer.ty().friendly_name(),
            block.ty().friendly_name()
        );
        return Some((Rule::Conforms, Breach { path: Path::new(), message }));
    }
    if !block.deep_traits().contains(schema::Traits::WRITE_ONLY) {
        return None;
    }
    let path = block
        .write_only_paths(answer)
        .into_iter()
        .find(|path| path.find(answer).is_some_and(|value| !value.is_null()))?;
    Some((
        Rule::WriteOnlyNull,
        Breach { path, message: "a write-only value is not null".to_owned() },
    ))
}

/// Breaches of [`Rule::ResultKnown`]: every unknown in a value that has to be wholly known.
pub(crate) fn unknowns(value: &Value) -> Vec<Breach> {
    fn walk(value: &Value, path: &mut Path, found: &mut Vec<Breach>) {
        use value::Step;
        if value.is_wholly_known() {
            return;
        }
        let mut at = |step: Step, value: &Value, path: &mut Path| {
            path.push(step);
            walk(value, path, found);
            path.pop();
        };
        let index = |i: usize| Value::int(i64::try_from(i).expect("BUG: length beyond i64"));
        match value.view() {
            View::Unknown(_) => found.push(Breach {
                path: path.clone(),
                message: "the value is still unknown".to_owned(),
            }),
            View::List(items) | View::Tuple(items) => {
                items.iter().enumerate().for_each(|(i, v)| at(Step::Index(index(i)), v, path));
            }
            View::Set(items) => {
                items.iter().for_each(|v| at(Step::Index(v.clone()), v, path));
            }
            View::Map(items) => {
                items.iter().for_each(|(k, v)| at(Step::Index(Value::string(k.clone())), v, path))
            }
            View::Object(ty, values) => ty
                .names()
                .iter()
                .zip(values)
                .for_each(|(name, v)| at(Step::Attr(name.clone()), v, path)),
            View::Null | View::Bool(_) | View::Number(_) | View::String(_) => {}
        }
    }
    let mut found = Vec::new();
    walk(value, &mut Path::new(), &mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legacy_providers_are_forgiven_two_rules_and_no_more() {
        let forgiven: Vec<Rule> = [
            Rule::Conforms,
            Rule::PlanValid,
            Rule::DestroyPlanNull,
            Rule::ReplacePathExists,
            Rule::FinalPlanMatches,
            Rule::FinalActionMatches,
            Rule::ResultKnown,
            Rule::ResultMatchesPlan,
            Rule::ResultPresence,
            Rule::DataPresent,
            Rule::WriteOnlyNull,
        ]
        .into_iter()
        .filter(|rule| weight(*rule, Sdk::Legacy) == Weight::Log)
        .collect();
        assert_eq!(forgiven, [Rule::PlanValid, Rule::ResultMatchesPlan]);
    }
}
