//! The document of a plan as policies see it: what is not known stands in it as unknown.
//!
//! `show -json` leaves unknown members out and says beside them, in `after_unknown`, where they are. Here both are laid
//! over one another. Invariant: no member that the plan has is absent because it is unknown; an instance that may come of
//! something deferred is a member that may be there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::value::{Cause, Kind, Open, V};

/// What a policy sees of a plan.
#[derive(Clone, Debug)]
pub struct Input {
    pub(crate) value: V,
    /// Texts that no finding may tell.
    secrets: Vec<String>,
}

/// What is told of a plan beside its document.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The member `strata`: stack, layer, environment, who and what.
    pub strata: Json,
    /// Of variables that are not wholly known, where they are not: as `after_unknown` tells it.
    pub variables_unknown: Map<String, Json>,
    /// Values of sensitive variables.
    pub secrets: Vec<Json>,
    /// Whether the document lacks its configuration though there is one.
    pub configuration: Configuration,
}

/// Whether the configuration is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Configuration {
    /// As the document has it.
    #[default]
    Told,
    /// It is not at hand: what depends on it is not decided.
    NotAtHand,
}

impl Input {
    /// What policies see of a plan document.
    pub fn new(document: &Json, beside: &Beside) -> Input {
        let mut parts: Vec<(&str, V)> = Vec::new();
        let masks = Masks::of(document);
        if let Some(variables) = document.get("variables").and_then(Json::as_object) {
            parts.push(("variables", variables_of(variables, &beside.variables_unknown)));
        }
        let deferred: Vec<Deferred> =
            list(document, "deferred_changes").map(Deferred::of).collect();
        if document.get("resource_changes").is_some() || !deferred.is_empty() {
            let told = list(document, "resource_changes").map(|one| change(one, &masks)).collect();
            let later = deferred.iter().map(|one| (one.change(), one.cause()));
            parts.push(("resource_changes", array(told, later.collect())));
        }
        if let Some(outputs) = document.get("output_changes").and_then(Json::as_object) {
            let of = |(name, one): (&String, &Json)| {
                (V::text(name), with_after(one, &format!("output.{name}"), Nulls::Known))
            };
            parts.push(("output_changes", V::object(outputs.iter().map(of).collect())));
        }
        if let Some(planned) = document.get("planned_values") {
            parts.push(("planned_values", planned_values(planned, &masks, &deferred)));
        }
        if beside.configuration == Configuration::NotAtHand {
            parts.push(("configuration", V::unknown("the configuration, which is not at hand")));
        }
        if !beside.strata.is_null() {
            parts.push(("strata", V::from(&beside.strata)));
        }
        let entries = document.as_object().into_iter().flatten();
        Input { value: with_parts(entries, parts), secrets: secrets(document, beside) }
    }

    /// The same plan in another place: with this member `strata`.
    #[must_use]
    pub fn placed(&self, strata: &Json) -> Input {
        let V::Object(members) = &self.value else { panic!("BUG: an input is an object") };
        let mut value = members.all.clone();
        value.insert(V::text("strata"), V::from(strata));
        Input { value: V::object(value), secrets: self.secrets.clone() }
    }

    /// A text without what is sensitive.
    pub(crate) fn cleaned(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| match text.contains(secret) {
            true => text.replace(secret, "(sensitive value)"),
            false => text,
        })
    }
}

fn list<'a>(json: &'a Json, name: &str) -> impl Iterator<Item = &'a Json> {
    json.get(name).and_then(Json::as_array).into_iter().flatten()
}

/// Where values are unknown, by address and by output.
struct Masks<'a> {
    resources: BTreeMap<&'a str, &'a Json>,
    outputs: BTreeMap<&'a str, &'a Json>,
    /// Addresses of changes that were planned without their provider: what they leave out may come to be there.
    provisional: BTreeSet<&'a str>,
}

impl<'a> Masks<'a> {
    fn of(document: &'a Json) -> Masks<'a> {
        let change = |one: &'a Json| {
            let is_current = one.get("deposed").is_none();
            let mask = one.get("change")?.get("after_unknown")?;
            is_current.then_some((one.get("address")?.as_str()?, mask))
        };
        let outputs = document.get("output_changes").and_then(Json::as_object);
        let output =
            |(name, one): (&'a String, &'a Json)| Some((name.as_str(), one.get("after_unknown")?));
        Masks {
            resources: list(document, "resource_changes").filter_map(change).collect(),
            outputs: outputs.into_iter().flatten().filter_map(output).collect(),
            provisional: list(document, "provisional_changes").filter_map(Json::as_str).collect(),
        }
    }

    fn nulls(&self, address: &str) -> Nulls {
        if self.provisional.contains(address) { Nulls::Unknown } else { Nulls::Known }
    }
}

/// What a null is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nulls {
    /// A null.
    Known,
    /// What nobody wrote, and what may come to be something.
    Unknown,
}

/// A value, and over it where it is not known.
fn overlaid(value: Option<&Json>, mask: Option<&Json>, path: &str, nulls: Nulls) -> V {
    match (value, mask) {
        (_, Some(Json::Bool(true))) => V::unknown(path),
        (Some(Json::Null), _) if nulls == Nulls::Unknown => V::unknown(path),
        (value, Some(Json::Object(masks))) => {
            let empty = Map::new();
            let entries = value.and_then(Json::as_object).unwrap_or(&empty);
            if value.is_some_and(|value| !value.is_object()) {
                return value.map_or(V::Null, V::from);
            }
            let inside = |name: &str| format!("{path}.{name}");
            let mut all: BTreeMap<V, V> = BTreeMap::new();
            for (name, value) in entries {
                let part = overlaid(Some(value), masks.get(name), &inside(name), nulls);
                all.insert(V::text(name), part);
            }
            for (name, mask) in masks {
                if !entries.contains_key(name) && has_true(mask) {
                    all.insert(V::text(name), overlaid(None, Some(mask), &inside(name), nulls));
                }
            }
            V::object(all)
        }
        (Some(Json::Array(items)), mask) => {
            let masks = mask.and_then(Json::as_array);
            let item = |(at, item): (usize, &Json)| {
                let mask = masks.and_then(|masks| masks.get(at));
                overlaid(Some(item), mask, &format!("{path}[{at}]"), nulls)
            };
            V::array(items.iter().enumerate().map(item).collect())
        }
        (None, Some(Json::Array(masks))) => {
            let item = |(at, mask): (usize, &Json)| {
                overlaid(None, Some(mask), &format!("{path}[{at}]"), nulls)
            };
            V::array(masks.iter().enumerate().map(item).collect())
        }
        (Some(Json::Object(entries)), None) if nulls == Nulls::Unknown => {
            let part = |(name, value): (&String, &Json)| {
                (V::text(name), overlaid(Some(value), None, &format!("{path}.{name}"), nulls))
            };
            V::object(entries.iter().map(part).collect())
        }
        (Some(value), _) => V::from(value),
        (None, _) => V::Null,
    }
}

fn has_true(mask: &Json) -> bool {
    match mask {
        Json::Bool(value) => *value,
        Json::Array(items) => items.iter().any(has_true),
        Json::Object(entries) => entries.values().any(has_true),
        _ => false,
    }
}

/// Members of an object, some of them replaced or put in. Of what is replaced nothing is converted.
fn with_parts<'a>(
    entries: impl IntoIterator<Item = (&'a String, &'a Json)>,
    parts: Vec<(&str, V)>,
) -> V {
    let others = entries.into_iter().filter(|(name, _)| parts.iter().all(|(own, _)| own != name));
    let mut all: BTreeMap<V, V> = others.map(|(name, one)| (V::text(name), V::from(one))).collect();
    all.extend(parts.into_iter().map(|(name, part)| (V::text(name), part)));
    V::object(all)
}

/// The members of an object, one of them replaced; anything else as it is.
fn replaced(json: &Json, name: &str, value: V) -> V {
    match json {
        Json::Object(entries) => with_parts(entries, vec![(name, value)]),
        other => V::from(other),
    }
}

/// A `change` with its `after` as it is.
fn with_after(change: &Json, path: &str, nulls: Nulls) -> V {
    let (after, mask) = (change.get("after"), change.get("after_unknown"));
    if after.is_none() && !mask.is_some_and(has_true) {
        return V::from(change);
    }
    replaced(change, "after", overlaid(after, mask, path, nulls))
}

fn change(resource: &Json, masks: &Masks<'_>) -> V {
    let address = resource.get("address").and_then(Json::as_str).unwrap_or_default();
    let Some(change) = resource.get("change") else { return V::from(resource) };
    replaced(resource, "change", with_after(change, address, masks.nulls(address)))
}

fn variables_of(variables: &Map<String, Json>, unknown: &Map<String, Json>) -> V {
    let of = |(name, one): (&String, &Json)| {
        let mask = unknown.get(name);
        let value = overlaid(one.get("value"), mask, &format!("var.{name}"), Nulls::Known);
        (V::text(name), replaced(one, "value", value))
    };
    V::object(variables.iter().map(of).collect())
}

/// An array to which members may come.
fn array(sure: Vec<V>, maybe: Vec<(V, Cause)>) -> V {
    if maybe.is_empty() {
        return V::array(sure);
    }
    let sure = sure.into_iter().map(|one| (V::Null, one)).collect();
    let maybe = maybe.into_iter().map(|(one, cause)| (V::Null, one, cause)).collect();
    V::Open(Arc::new(Open { kind: Kind::Array, sure, maybe }))
}

fn planned_values(planned: &Json, masks: &Masks<'_>, deferred: &[Deferred]) -> V {
    let Json::Object(entries) = planned else { return V::from(planned) };
    let mut parts = Vec::new();
    if let Some(outputs) = planned.get("outputs").and_then(Json::as_object) {
        let of = |(name, one): (&String, &Json)| {
            let mask = masks.outputs.get(name.as_str()).copied();
            let value = overlaid(one.get("value"), mask, &format!("output.{name}"), Nulls::Known);
            (V::text(name), replaced(one, "value", value))
        };
        parts.push(("outputs", V::object(outputs.iter().map(of).collect())));
    }
    if let Some(root) = planned.get("root_module") {
        parts.push(("root_module", module(root, masks, deferred)));
    }
    with_parts(entries, parts)
}

/// A module of planned values; what is deferred may come to the root module, or to modules below it.
fn module(module_json: &Json, masks: &Masks<'_>, deferred: &[Deferred]) -> V {
    let Json::Object(entries) = module_json else { return V::from(module_json) };
    let mut parts = Vec::new();
    let (below, own): (Vec<&Deferred>, Vec<&Deferred>) =
        deferred.iter().partition(|one| one.address.starts_with("module."));
    let resources: Vec<V> =
        list(module_json, "resources").map(|one| planned_resource(one, masks)).collect();
    let later: Vec<(V, Cause)> = own.iter().map(|one| (one.planned(), one.cause())).collect();
    if module_json.get("resources").is_some() || !later.is_empty() {
        parts.push(("resources", array(resources, later)));
    }
    let children: Vec<V> =
        list(module_json, "child_modules").map(|one| module(one, masks, &[])).collect();
    let later = below.iter().map(|one| (V::computed(one.cause()), one.cause()));
    let later: Vec<(V, Cause)> = later.collect();
    if module_json.get("child_modules").is_some() || !later.is_empty() {
        parts.push(("child_modules", array(children, later)));
    }
    with_parts(entries, parts)
}

fn planned_resource(resource: &Json, masks: &Masks<'_>) -> V {
    let address = resource.get("address").and_then(Json::as_str).unwrap_or_default();
    let mask = masks.resources.get(address).copied();
    let values = resource.get("values");
    if values.is_none() && !mask.is_some_and(has_true) {
        return V::from(resource);
    }
    replaced(resource, "values", overlaid(values, mask, address, masks.nulls(address)))
}

/// Something that is left for later, and that may come to instances.
struct Deferred {
    address: String,
    mode: &'static str,
    type_name: String,
    name: String,
    after: V,
}

impl Deferred {
    fn of(json: &Json) -> Deferred {
        let address = json.get("address").and_then(Json::as_str).unwrap_or_default().to_owned();
        let after = match json.get("configuration") {
            Some(configuration) => {
                let mask = json.get("configuration_unknown");
                overlaid(Some(configuration), mask, &address, Nulls::Unknown)
            }
            None => V::unknown(&address),
        };
        let steps = steps(&address);
        let mut rest = steps.as_slice();
        while let ["module", _, more @ ..] = rest {
            rest = more;
        }
        let (mode, rest) = match rest {
            ["data", more @ ..] => ("data", more),
            rest => ("managed", rest),
        };
        let part = |at: usize| rest.get(at).map_or_else(String::new, |one| (*one).to_owned());
        Deferred { mode, type_name: part(0), name: part(1), after, address: address.clone() }
    }

    fn cause(&self) -> Cause {
        Cause(self.address.as_str().into())
    }

    fn head(&self) -> BTreeMap<V, V> {
        let unknown = || V::computed(self.cause());
        [
            (V::text("address"), unknown()),
            (V::text("index"), unknown()),
            (V::text("mode"), V::text(self.mode)),
            (V::text("type"), V::text(&self.type_name)),
            (V::text("name"), V::text(&self.name)),
            (V::text("provider_name"), unknown()),
        ]
        .into()
    }

    /// The entry of `resource_changes` that may come of it.
    fn change(&self) -> V {
        let unknown = || V::computed(self.cause());
        let change = V::object(
            [
                (V::text("actions"), unknown()),
                (V::text("before"), unknown()),
                (V::text("after"), self.after.clone()),
                (V::text("after_unknown"), unknown()),
            ]
            .into(),
        );
        let mut all = self.head();
        all.insert(V::text("change"), change);
        V::object(all)
    }

    /// The entry of `planned_values` that may come of it.
    fn planned(&self) -> V {
        let mut all = self.head();
        all.insert(V::text("values"), self.after.clone());
        V::object(all)
    }
}

/// The names of an address, without what stands in brackets.
fn steps(address: &str) -> Vec<&str> {
    let (mut steps, mut from, mut inside, mut quoted) = (Vec::new(), Some(0), 0_usize, false);
    for (at, byte) in address.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'[' if !quoted => {
                if let (0, Some(start)) = (inside, from.take()) {
                    steps.push(&address[start..at]);
                }
                inside += 1;
            }
            b']' if !quoted => inside = inside.saturating_sub(1),
            b'.' if !quoted && inside == 0 => {
                if let Some(start) = from.take() {
                    steps.push(&address[start..at]);
                }
                from = Some(at + 1);
            }
            _ => {}
        }
    }
    steps.extend(from.map(|start| &address[start..]));
    steps
}

/// Fewest characters of a text that is taken for a secret wherever it stands.
const SECRET_CHARS_MIN: usize = 3;

/// What is sensitive, longest first, as it stands in texts and as JSON escapes it.
fn secrets(document: &Json, beside: &Beside) -> Vec<String> {
    let mut found = BTreeSet::new();
    let of_resources = list(document, "resource_changes").chain(list(document, "resource_drift"));
    let of_resources = of_resources.filter_map(|one| one.get("change"));
    let outputs = document.get("output_changes").and_then(Json::as_object);
    for change in of_resources.chain(outputs.into_iter().flat_map(Map::values)) {
        for (side, mask) in [("before", "before_sensitive"), ("after", "after_sensitive")] {
            sensitive(change.get(side), change.get(mask), &mut found);
        }
    }
    beside.secrets.iter().for_each(|one| sensitive(Some(one), Some(&Json::Bool(true)), &mut found));
    let mut all: Vec<String> = found.into_iter().collect();
    all.sort_by_key(|text| std::cmp::Reverse(text.len()));
    all
}

fn sensitive(value: Option<&Json>, mask: Option<&Json>, found: &mut BTreeSet<String>) {
    let (Some(value), Some(mask)) = (value, mask) else { return };
    match (value, mask) {
        (Json::String(text), Json::Bool(true)) if text.chars().count() >= SECRET_CHARS_MIN => {
            let escaped = Json::from(text.as_str()).to_string();
            found.insert(escaped[1..escaped.len() - 1].to_owned());
            found.insert(text.clone());
        }
        (Json::Number(number), Json::Bool(true))
            if number.to_string().len() >= SECRET_CHARS_MIN =>
        {
            found.insert(number.to_string());
        }
        (Json::Array(items), Json::Bool(true)) => {
            items.iter().for_each(|one| sensitive(Some(one), Some(mask), found));
        }
        (Json::Object(entries), Json::Bool(true)) => {
            entries.values().for_each(|one| sensitive(Some(one), Some(mask), found));
        }
        (Json::Array(items), Json::Array(masks)) => {
            items.iter().zip(masks).for_each(|(one, mask)| sensitive(Some(one), Some(mask), found));
        }
        (Json::Object(entries), Json::Object(masks)) => {
            for (name, one) in entries {
                sensitive(Some(one), masks.get(name), found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at<'a>(mut value: &'a V, path: &[&str]) -> &'a V {
        for step in path {
            value = match value {
                V::Object(members) => members.all.get(&V::text(step)).expect(step),
                V::Array(members) => &members.all[step.parse::<usize>().expect(step)],
                other => panic!("{step} in {other:?}"),
            };
        }
        value
    }

    fn input(document: Json) -> Input {
        Input::new(&document, &Beside::default())
    }

    #[test]
    fn what_is_left_out_because_it_is_unknown_is_put_back() {
        let input = input(json!({
            "resource_changes": [{ "address": "a.b", "change": {
                "after": { "tags": { "x": "1" }, "rules": [{ "port": 1 }, null] },
                "after_unknown": { "id": true, "tags": { "y": true }, "rules": [{ "cidr": true }, true], "off": false },
            }}],
            "planned_values": { "root_module": { "resources": [{ "address": "a.b", "values": { "tags": { "x": "1" } } }] } },
        }));
        let after = at(&input.value, &["resource_changes", "0", "change", "after"]);
        let mut text = String::new();
        after.write(&mut text);
        assert_eq!(
            text,
            r#"{"id": (known after apply), "rules": [{"cidr": (known after apply), "port": 1}, (known after apply)], "tags": {"x": "1", "y": (known after apply)}}"#
        );
        let planned =
            at(&input.value, &["planned_values", "root_module", "resources", "0", "values", "id"]);
        assert_eq!(planned, at(after, &["id"]));
        assert_eq!(planned.murk(), Some(&Cause("a.b.id".into())));
    }

    #[test]
    fn what_is_deferred_may_be_there() {
        let input = input(json!({
            "deferred_changes": [{ "address": "module.m[\"a.b\"].aws_s3_bucket.x[*]", "configuration": { "acl": "public-read", "id": null } }],
        }));
        let V::Open(open) = at(&input.value, &["resource_changes"]) else { panic!("open") };
        let (_, one, cause) = &open.maybe[0];
        assert_eq!(at(one, &["type"]), &V::text("aws_s3_bucket"));
        assert_eq!(at(one, &["change", "after", "acl"]), &V::text("public-read"));
        assert!(at(one, &["change", "after", "id"]).murk().is_some());
        assert_eq!(&*cause.0, "module.m[\"a.b\"].aws_s3_bucket.x[*]");
    }

    #[test]
    fn variables_that_are_wired_from_below_are_unknown() {
        let beside = Beside {
            variables_unknown: json!({ "cidr": true }).as_object().expect("an object").clone(),
            ..Beside::default()
        };
        let input = Input::new(&json!({ "variables": { "cidr": { "value": null } } }), &beside);
        assert!(at(&input.value, &["variables", "cidr", "value"]).murk().is_some());
    }

    #[test]
    fn what_is_sensitive_is_told_by_no_text() {
        let input = input(json!({ "resource_changes": [{ "address": "a.b", "change": {
            "after": { "password": "hunter\"2", "list": ["topsecret"] },
            "after_sensitive": { "password": true, "list": true },
        }}]}));
        assert_eq!(
            input.cleaned("is hunter\"2 or {\"a\": \"hunter\\\"2\"} topsecret"),
            "is (sensitive value) or {\"a\": \"(sensitive value)\"} (sensitive value)"
        );
    }
}
