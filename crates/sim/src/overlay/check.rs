//! Whether an overlay fits a provider's schema.
//!
//! Used in tests of what is embedded, and of an estate's own overlays when their provider is first asked for. Types that the schema at hand
//! lacks are passed over: an embedded schema holds a part of a provider.

use diag::Span;
use schema::{Block, ProviderSchema, Slot};
use value::{Kind, Type};

use super::{Choice, Entry, Made, MadeAt, Overlay, Pattern, PatternStep, Sdk};

/// What does not fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Misfit {
    /// A sentence that names the type and the path.
    pub text: String,
    /// Where the file names the type.
    pub place: Option<Span>,
}

/// Everything that does not fit.
pub fn misfits(overlay: &Overlay, schema: &ProviderSchema) -> Vec<Misfit> {
    let mut found = Vec::new();
    let sections = [
        (&overlay.types, &schema.resources),
        (&overlay.data, &schema.data),
        (&overlay.ephemeral, &schema.ephemeral),
    ];
    for (index, (entries, schemas)) in sections.into_iter().enumerate() {
        for (name, entry) in entries {
            let Some(schema) = schemas.get(name) else { continue };
            let legacy = overlay.sdk == Some(Sdk::Legacy);
            let strict = !legacy || index == 0;
            of_type(name, entry, &schema.block, (legacy, strict), &mut found);
        }
    }
    found
}

fn of_type(
    name: &str,
    entry: &Entry,
    block: &Block,
    (legacy, strict): (bool, bool),
    found: &mut Vec<Misfit>,
) {
    let mut wrong = |pattern: &Pattern, what: &str| {
        found.push(Misfit { text: format!("{name}: {pattern} {what}."), place: entry.place });
    };
    let computed = |pattern: &Pattern| block.attr(pattern.root()).is_none_or(|attr| attr.computed);
    for pattern in patterns(entry) {
        if leads_to(block, pattern.steps()).is_none() {
            wrong(pattern, "leads nowhere in the schema");
        }
    }
    for (pattern, made) in entry.values.iter().flatten() {
        if strict && !computed(pattern) {
            wrong(pattern, "has a value, but is not computed");
        }
        if leads_to(block, pattern.steps()).is_some_and(|ty| !could_be(made, ty)) {
            wrong(pattern, "has a value of another type");
        }
    }
    for (pattern, made) in entry.defaults.iter().flatten() {
        if !legacy && !computed(pattern) {
            wrong(pattern, "has a default, but is not computed, and the SDK is a current one");
        }
        if leads_to(block, pattern.steps()).is_some_and(|ty| !could_be(made, ty)) {
            wrong(pattern, "has a default of another type");
        }
    }
}

/// Every pattern of an entry.
fn patterns(entry: &Entry) -> Vec<&Pattern> {
    fn of_made(values: &Option<MadeAt>) -> impl Iterator<Item = &Pattern> {
        values.iter().flatten().map(|(pattern, _)| pattern)
    }
    fn of_choice(choice: &Option<Choice>) -> impl Iterator<Item = &Pattern> {
        choice.iter().flat_map(|choice| choice.these.iter().chain(&choice.but))
    }
    let mut all: Vec<&Pattern> = of_made(&entry.values).chain(of_made(&entry.defaults)).collect();
    for choice in [&entry.known_at_plan, &entry.replaces, &entry.changes, &entry.stays] {
        all.extend(of_choice(choice));
    }
    all.extend(entry.unique.iter().flatten().flatten());
    all.extend(entry.import.iter().flatten());
    all.extend(
        entry.finds.iter().chain(&entry.lists).flat_map(|finds| &finds.by).map(|(asked, _)| asked),
    );
    all
}

/// The type at a pattern of a block.
fn leads_to(block: &Block, steps: &[PatternStep]) -> Option<Type> {
    let (first, rest) = steps.split_first()?;
    let PatternStep::Name(name) = first else { return None };
    let slot = block.slots().find(|slot| slot.name() == name)?;
    match slot {
        Slot::Attr(attr) => within(attr.ty, rest),
        Slot::Block(nested) => within(nested.ty(), rest),
    }
}

fn within(ty: Type, steps: &[PatternStep]) -> Option<Type> {
    let Some((first, rest)) = steps.split_first() else { return Some(ty) };
    match (ty.kind(), first) {
        (Kind::Dynamic, _) => Some(ty),
        (Kind::List(element) | Kind::Set(element), PatternStep::Every) => within(element, rest),
        (Kind::List(element) | Kind::Set(element), PatternStep::Name(index)) => {
            index.parse::<usize>().ok()?;
            within(element, rest)
        }
        (Kind::Map(element), _) => within(element, rest),
        (Kind::Object(_), PatternStep::Name(name)) => within(ty.attr(name)?.1, rest),
        _ => None,
    }
}

/// Whether a value could be of the type; templates can be of many.
fn could_be(made: &Made, ty: Type) -> bool {
    match (made, ty.kind()) {
        (_, Kind::Dynamic) | (Made::Text(_), _) => true,
        (Made::Bool(_), Kind::Bool | Kind::String) => true,
        (Made::Int(_) | Made::Float(_), Kind::Number | Kind::String) => true,
        (Made::List(items), Kind::List(element) | Kind::Set(element)) => {
            items.iter().all(|item| could_be(item, element))
        }
        (Made::Table(entries), Kind::Map(element)) => {
            entries.iter().all(|(_, item)| could_be(item, element))
        }
        (Made::Table(entries), Kind::Object(_)) => entries
            .iter()
            .all(|(name, item)| ty.attr(name).is_some_and(|(_, ty)| could_be(item, ty))),
        _ => false,
    }
}
