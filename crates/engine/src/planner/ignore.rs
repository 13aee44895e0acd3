//! `ignore_changes`: the configuration as it would be had the named arguments not changed.
//!
//! It applies to configuration before planning, and to what a legacy provider plans. Behaviour of OpenTofu's
//! `processIgnoreChanges`: whole values are put back, of maps also single keys.
//!
//! Invariant: without a prior object, or without names, the configuration stays as it is.

use lang::config::Ignore;
use schema::{Attr, Block, NestedBlock, Slot};
use value::{Path, Step, Value, View};

/// The configuration with what is ignored as it was before.
pub(crate) fn ignored(ignore: &Ignore, block: &Block, prior: &Value, config: &Value) -> Value {
    if prior.is_null() {
        return config.clone();
    }
    match ignore {
        Ignore::Nothing => config.clone(),
        Ignore::All => settable(block, prior),
        Ignore::Paths(paths) => restored(paths.iter().map(|(path, _)| path), prior, config),
    }
}

/// What a legacy provider planned, with what is ignored as it was before.
pub(crate) fn ignored_in_plan(ignore: &Ignore, prior: &Value, planned: &Value) -> Value {
    if prior.is_null() {
        return planned.clone();
    }
    match ignore {
        Ignore::Nothing => planned.clone(),
        Ignore::All => prior.clone(),
        Ignore::Paths(paths) => restored(paths.iter().map(|(path, _)| path), prior, planned),
    }
}

/// The prior object as configuration: without what only the provider sets.
pub(super) fn settable(block: &Block, prior: &Value) -> Value {
    let View::Object(_, values) = prior.view() else { return prior.clone() };
    let values: Vec<Value> = block
        .slots()
        .zip(values)
        .map(|(slot, value)| match slot {
            Slot::Attr(attr) => settable_attr(attr, value),
            Slot::Block(nested) => settable_blocks(nested, value),
        })
        .collect();
    Value::object_of(block.ty(), values).with_marks(prior.marks())
}

fn settable_attr(attr: &Attr, value: &Value) -> Value {
    if attr.computed && !attr.optional { Value::null(value.ty()) } else { value.clone() }
}

fn settable_blocks(nested: &NestedBlock, value: &Value) -> Value {
    let each = |items: &[Value]| items.iter().map(|item| settable(&nested.block, item)).collect();
    let ty = nested.block.ty();
    let bare = match value.view() {
        View::List(items) => Value::list(ty, each(items)),
        View::Set(items) => Value::set(ty, each(items)),
        View::Tuple(items) => Value::tuple(each(items)),
        View::Map(entries) => Value::map(
            ty,
            entries.iter().map(|(key, item)| (key.clone(), settable(&nested.block, item))),
        ),
        View::Object(..) if nested.nesting != schema::Nesting::Map => {
            return settable(&nested.block, value);
        }
        View::Object(object, items) => Value::object(
            object
                .names()
                .iter()
                .zip(items)
                .map(|(key, item)| (key.clone(), settable(&nested.block, item))),
        ),
        _ => return value.clone(),
    };
    bare.with_marks(value.marks())
}

/// The configuration with the values at these paths put back. Inner paths go first, so that outer ones win.
fn restored<'p>(paths: impl Iterator<Item = &'p Path>, prior: &Value, config: &Value) -> Value {
    let mut paths: Vec<&Path> = paths.collect();
    paths.sort_by_key(|path| std::cmp::Reverse(path.len()));
    paths.into_iter().fold(config.clone(), |config, path| restored_at(path, prior, config))
}

fn restored_at(path: &Path, prior: &Value, config: Value) -> Value {
    let (steps, key) = match path.steps().split_last() {
        Some((Step::Index(key), above)) => match key.as_arc_str() {
            Some(key) => (above, Some(key.clone())),
            None => (path.steps(), None),
        },
        _ => (path.steps(), None),
    };
    let at: Path = steps.iter().cloned().collect();
    let (Some(before), Some(now)) = (at.find(prior), at.find(&config)) else { return config };
    if before == now {
        return config;
    }
    let wanted = match key {
        // A key of what is no map stands for all of it, as OpenTofu has it.
        Some(key) if now.ty().is_map() => match with_key(before, now, &key) {
            Some(map) => map,
            None => return config,
        },
        _ => before.clone(),
    };
    put(&config, steps, &wanted).unwrap_or(config)
}

/// The map with one key as it was before; `None` where it is not known.
fn with_key(before: &Value, now: &Value, key: &std::sync::Arc<str>) -> Option<Value> {
    if !now.is_known() {
        return None;
    }
    let mut entries: Vec<_> = now.as_entries().unwrap_or(&[]).to_vec();
    entries.retain(|(name, _)| name != key);
    if let Some(value) = before.entry(key) {
        entries.push((key.clone(), value.clone()));
    }
    if entries.is_empty() && now.is_null() {
        return Some(now.clone());
    }
    let element = now.ty().element().expect("BUG: a map has an element type");
    Some(Value::map(element, entries).with_marks(now.marks()))
}

/// The value with another one at the end of these steps; `None` where they lead nowhere.
fn put(value: &Value, steps: &[Step], new: &Value) -> Option<Value> {
    let Some((step, rest)) = steps.split_first() else { return Some(new.clone()) };
    let inner = |items: &[Value], at: usize| -> Option<Vec<Value>> {
        let mut items = items.to_vec();
        let changed = put(items.get(at)?, rest, new)?;
        items[at] = changed;
        Some(items)
    };
    let name = match step {
        Step::Attr(name) => Some(name),
        Step::Index(key) => key.as_arc_str(),
    };
    let index = || match step {
        Step::Index(key) => usize::try_from(key.as_number()?.to_i64()?).ok(),
        Step::Attr(_) => None,
    };
    let ty = value.ty();
    let changed = match value.view() {
        View::Object(object, items) => {
            let items = inner(items, object.slot(name?)?)?;
            let fits = items
                .iter()
                .zip(object.types())
                .all(|(item, slot)| item.ty() == *slot || slot.has_dynamic());
            match fits {
                true => Value::object_of(ty, items),
                false => Value::object(object.names().iter().cloned().zip(items)),
            }
        }
        View::List(items) => {
            let items = inner(items, index()?)?;
            let one_type = items.iter().all(|item| Some(item.ty()) == ty.element());
            one_type.then(|| Value::list(items[0].ty(), items))?
        }
        View::Tuple(items) => Value::tuple(inner(items, index()?)?),
        View::Map(entries) => {
            let name = name?;
            let mut entries = entries.to_vec();
            let at = entries.binary_search_by(|(key, _)| key.cmp(name)).ok()?;
            entries[at].1 = put(&entries[at].1, rest, new)?;
            (Some(entries[at].1.ty()) == ty.element()).then_some(())?;
            Value::map(ty.element()?, entries)
        }
        _ => return None,
    };
    Some(changed.with_marks(value.marks()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use value::Type;

    fn object(name: &str, tags: &[(&str, &str)]) -> Value {
        let tags = tags.iter().map(|(k, v)| ((*k).into(), Value::string(*v)));
        Value::object([
            ("name".into(), Value::string(name)),
            ("tags".into(), Value::map(Type::STRING, tags)),
        ])
    }

    fn block() -> Block {
        Block::of_attrs(vec![
            Attr::new("name", Type::STRING).optional(),
            Attr::new("tags", Type::map(Type::STRING)).optional(),
        ])
    }

    fn check(paths: &[Path], prior: Value, config: Value, expect: Value) {
        let span = diag::Span::new(diag::FileId::new(0), 0, 0);
        let ignore = Ignore::Paths(paths.iter().map(|path| (path.clone(), span)).collect());
        assert_eq!(ignored(&ignore, &block(), &prior, &config), expect);
    }

    #[test]
    fn inside_of_what_has_no_schema_the_type_follows() {
        let block = Block::of_attrs(vec![Attr::new("input", Type::DYNAMIC).optional()]);
        let input = |value: Value| Value::object_of(block.ty(), vec![value]);
        let inner = |a: Value| Value::object([("a".into(), a), ("b".into(), Value::int(1))]);
        let prior = input(inner(Value::object([("x".into(), Value::int(1))])));
        let config = input(inner(Value::string("now")));
        let ignore =
            |path: Path| Ignore::Paths(vec![(path, diag::Span::new(diag::FileId::new(0), 0, 0))]);
        let attribute = ignore(Path::new().attr("input").attr("a"));
        assert_eq!(ignored(&attribute, &block, &prior, &config), prior);
        let key = ignore(Path::new().attr("input").index(Value::string("nowhere")));
        let other = input(inner(Value::int(2)));
        assert_eq!(ignored(&key, &block, &prior, &other), prior);
    }

    #[test]
    fn an_attribute_stays_as_it_was() {
        let path = Path::new().attr("name");
        check(
            &[path],
            object("old", &[]),
            object("new", &[("a", "1")]),
            object("old", &[("a", "1")]),
        );
    }

    #[test]
    fn a_key_of_a_map_is_put_back_or_taken_out() {
        let path = Path::new().attr("tags").index(Value::string("a"));
        let prior = object("n", &[("a", "1"), ("b", "1")]);
        check(
            std::slice::from_ref(&path),
            prior,
            object("n", &[("a", "2"), ("b", "2")]),
            object("n", &[("a", "1"), ("b", "2")]),
        );
        check(&[path], object("n", &[]), object("n", &[("a", "2")]), object("n", &[]));
    }

    #[test]
    fn nothing_is_ignored_of_what_is_not_there_yet() {
        let path = Path::new().attr("name");
        let config = object("new", &[]);
        check(&[path], Value::null(block().ty()), config.clone(), config);
    }

    #[test]
    fn all_keeps_what_was_configured_and_not_what_was_computed() {
        let block = Block::of_attrs(vec![
            Attr::new("id", Type::STRING).computed(),
            Attr::new("name", Type::STRING).optional(),
        ]);
        let value = |id, name: &str| {
            let id = if id { Value::string("1") } else { Value::null(Type::STRING) };
            Value::object([("id".into(), id), ("name".into(), Value::string(name))])
        };
        let after = ignored(&Ignore::All, &block, &value(true, "old"), &value(false, "new"));
        assert_eq!(after, value(false, "old"));
    }
}
