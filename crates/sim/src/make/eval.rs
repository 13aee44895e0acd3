//! Templates evaluated: what an overlay's value is for one object.
//!
//! Invariant: an unknown that a template needs makes the result unknown, never a guess.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use value::{Kind, Number, Type, Value, View};

use super::key::{Key, rfc3339};
use super::special;
use crate::overlay::{
    AboutPart, Alternative, Filter, Made, Part, Pattern, PatternStep, Source, Template,
};

/// What templates can see.
pub(crate) struct Scene<'a> {
    /// What is made up comes of it.
    pub(crate) key: &'a Key,
    /// The object, as far as it is there.
    pub(crate) object: &'a Value,
    /// The provider's configuration.
    pub(crate) provider: &'a Value,
    /// The names of the overlay.
    pub(crate) names: &'a BTreeMap<Arc<str>, Template>,
    /// What `[names]` are made up of.
    pub(crate) names_key: &'a Key,
    /// The resource: its name, whole address, stack and type.
    pub(crate) about: [&'a str; 4],
    /// 1 for a new object.
    pub(crate) revision: u64,
    /// What a data source found.
    pub(crate) found: &'a [Value],
    /// A function's arguments.
    pub(crate) args: &'a [Value],
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Eval {
    /// A value; not always of the type asked for.
    Value(Value),
    /// It needs something that is not known yet.
    Unknown,
    /// No alternative has a value.
    Absent,
}

impl Eval {
    fn of(value: Option<&Value>) -> Eval {
        match value {
            None => Eval::Absent,
            Some(value) if value.is_null() => Eval::Absent,
            Some(value) if !value.is_known() => Eval::Unknown,
            Some(value) => Eval::Value(value.clone()),
        }
    }
}

/// The values at a pattern: several where it goes through every element.
pub(crate) fn at<'v>(value: &'v Value, pattern: &Pattern) -> Vec<&'v Value> {
    let mut all = vec![value];
    for step in pattern.steps() {
        all = all.into_iter().flat_map(|value| one_step(value, step)).collect();
    }
    all
}

fn one_step<'v>(value: &'v Value, step: &PatternStep) -> Vec<&'v Value> {
    match (value.view(), step) {
        (View::Unknown(_), _) => vec![value],
        (View::List(items) | View::Tuple(items) | View::Set(items), PatternStep::Every) => {
            items.iter().collect()
        }
        (View::Map(entries), PatternStep::Every) => entries.iter().map(|(_, one)| one).collect(),
        (View::List(items) | View::Tuple(items) | View::Set(items), PatternStep::Name(index)) => {
            index.parse().ok().and_then(|at: usize| items.get(at)).into_iter().collect()
        }
        (View::Map(_), PatternStep::Name(name)) => value.entry(name).into_iter().collect(),
        (View::Object(..), PatternStep::Name(name)) => value.attr(name).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The value of what an overlay says at a place, converted to the type.
pub(crate) fn made(made: &Made, ty: Type, place: &str, scene: &Scene<'_>) -> Eval {
    let value = match made {
        Made::Bool(value) => Value::bool(*value),
        Made::Int(value) => Value::int(*value),
        Made::Float(value) => Number::from_f64(*value).map_or(Value::int(0), Value::number),
        Made::Text(template) => match text(template, place, scene, None) {
            Eval::Value(value) => value,
            other => return other,
        },
        Made::List(items) => match list(items, ty, place, scene) {
            Some(items) => Value::tuple(items),
            None => return Eval::Unknown,
        },
        Made::Table(entries) => match table(entries, ty, place, scene) {
            Some(entries) => Value::object(entries),
            None => return Eval::Unknown,
        },
    };
    match value::convert::convert(&value, ty) {
        Ok(value) => Eval::Value(value),
        Err(_) => Eval::Absent,
    }
}

fn list(items: &[Made], ty: Type, place: &str, scene: &Scene<'_>) -> Option<Vec<Value>> {
    let element = match ty.kind() {
        Kind::List(element) | Kind::Set(element) => element,
        _ => Type::DYNAMIC,
    };
    let mut values = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let place = format!("{place}.{index}");
        if let Made::Text(template) = item
            && uses_each(template)
        {
            for each in scene.found {
                if let Eval::Value(value) = text(template, &place, scene, Some(each)) {
                    values.push(value::convert::convert(&value, element).unwrap_or(value));
                }
            }
            continue;
        }
        match made(item, element, &place, scene) {
            Eval::Value(value) => values.push(value),
            Eval::Unknown => return None,
            Eval::Absent => {}
        }
    }
    Some(values)
}

fn uses_each(template: &Template) -> bool {
    template.0.iter().any(|part| match part {
        Part::Hole(all) => all.iter().any(|one| matches!(one.source, Source::Each(_))),
        Part::Text(_) => false,
    })
}

/// The entries of a table; of an object those that are left out are made up.
fn table(
    entries: &[(Arc<str>, Made)],
    ty: Type,
    place: &str,
    scene: &Scene<'_>,
) -> Option<Vec<(Arc<str>, Value)>> {
    let mut values = Vec::with_capacity(entries.len());
    for (name, item) in entries {
        let wanted = match ty.kind() {
            Kind::Map(element) => element,
            Kind::Object(_) => ty.attr(name).map_or(Type::DYNAMIC, |(_, ty)| ty),
            _ => Type::DYNAMIC,
        };
        match made(item, wanted, &format!("{place}.{name}"), scene) {
            Eval::Value(value) => values.push((name.clone(), value)),
            Eval::Unknown => return None,
            Eval::Absent => values.push((name.clone(), Value::null(wanted))),
        }
    }
    if let Some(object) = ty.object_type() {
        for (name, ty) in object.names().iter().zip(object.types()) {
            if entries.iter().all(|(have, _)| have != name) {
                let made = super::form::of_type(name, *ty, &format!("{place}.{name}"), scene);
                values.push((name.clone(), made));
            }
        }
    }
    Some(values)
}

/// The value of a template.
pub(crate) fn text(
    template: &Template,
    place: &str,
    scene: &Scene<'_>,
    each: Option<&Value>,
) -> Eval {
    if let [Part::Hole(alternatives)] = template.0.as_slice() {
        return hole(alternatives, place, scene, each);
    }
    let mut text = String::new();
    for (index, part) in template.0.iter().enumerate() {
        match part {
            Part::Text(plain) => text.push_str(plain),
            Part::Hole(alternatives) => {
                let place = if index == 0 { place.to_owned() } else { format!("{place}#{index}") };
                match hole(alternatives, &place, scene, each) {
                    Eval::Value(value) => text.push_str(&plain(&value)),
                    Eval::Unknown => return Eval::Unknown,
                    Eval::Absent => {}
                }
            }
        }
    }
    Eval::Value(Value::string(text))
}

fn hole(
    alternatives: &[Alternative],
    place: &str,
    scene: &Scene<'_>,
    each: Option<&Value>,
) -> Eval {
    for (index, alternative) in alternatives.iter().enumerate() {
        let place = if index == 0 { place.to_owned() } else { format!("{place}|{index}") };
        match source(&alternative.source, &place, scene, each) {
            Eval::Value(value) if alternative.filters.is_empty() => return Eval::Value(value),
            Eval::Value(value) => match filtered(value, &alternative.filters) {
                Eval::Absent => {}
                other => return other,
            },
            Eval::Unknown => return Eval::Unknown,
            Eval::Absent => {}
        }
    }
    Eval::Absent
}

fn source(source: &Source, place: &str, scene: &Scene<'_>, each: Option<&Value>) -> Eval {
    let key = scene.key;
    let first = |value: Option<&Value>, pattern: &Pattern| {
        Eval::of(value.and_then(|value| at(value, pattern).into_iter().next()))
    };
    let text = |text: String| Eval::Value(Value::string(text));
    match source {
        Source::Letters(letters, many) => text(key.letters(*letters, *many, place)),
        Source::Uuid => text(key.uuid(place)),
        Source::Ipv4 => {
            let bytes = key.bytes(place, 3);
            text(format!("10.{}.{}.{}", bytes[0], bytes[1], bytes[2].clamp(4, 250)))
        }
        Source::Time => text(rfc3339(key.instant_s(place))),
        Source::Fingerprint => {
            let bytes = key.bytes(place, 16);
            let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            text(pairs.join(":"))
        }
        Source::Number(low, high) => {
            let span = high.abs_diff(*low).saturating_add(1);
            let above = i64::try_from(key.below(place, span)).unwrap_or(0);
            Eval::Value(Value::int(low.saturating_add(above)))
        }
        Source::Attr(pattern) => first(Some(scene.object), pattern),
        Source::Provider(pattern) => first(Some(scene.provider), pattern),
        Source::Found(pattern) => first(scene.found.first(), pattern),
        Source::Each(pattern) => first(each, pattern),
        Source::About(part) => text(
            scene.about[match part {
                AboutPart::Name => 0,
                AboutPart::Address => 1,
                AboutPart::Stack => 2,
                AboutPart::Type => 3,
            }]
            .to_owned(),
        ),
        Source::Revision => {
            Eval::Value(Value::int(i64::try_from(scene.revision).unwrap_or(i64::MAX)))
        }
        Source::Special(which) => special::of(*which, place, scene),
        Source::Arg(index) => Eval::of(scene.args.get(*index)),
        Source::Text(plain) => text(plain.to_string()),
        Source::Named(name) => named(name, scene),
    }
}

/// A name of `[names]`: made of the provider's configuration, and of the seed; not of the object.
fn named(name: &Arc<str>, scene: &Scene<'_>) -> Eval {
    let Some(template) = scene.names.get(name) else { return Eval::Absent };
    // Names see names that stand before them in the alphabet only, so that they cannot go in a circle.
    let before: BTreeMap<Arc<str>, Template> = match template.names().next() {
        None => BTreeMap::new(),
        Some(_) => scene.names.range(..name.clone()).map(|(k, v)| (k.clone(), v.clone())).collect(),
    };
    let inner = Scene {
        key: scene.names_key,
        object: &Value::null(Type::DYNAMIC),
        provider: scene.provider,
        names: &before,
        names_key: scene.names_key,
        about: scene.about,
        revision: 1,
        found: &[],
        args: &[],
    };
    text(template, &format!("[names].{name}"), &inner, None)
}

/// The text of a value inside a template.
fn plain(value: &Value) -> String {
    match value.view() {
        View::String(text) => text.to_string(),
        View::Number(number) => number.to_text(),
        View::Bool(value) => value.to_string(),
        _ => value::json::encode_simple(value).unwrap_or_default(),
    }
}

fn filtered(value: Value, filters: &[Filter]) -> Eval {
    let mut value = value;
    for filter in filters {
        if !value.is_wholly_known() {
            return Eval::Unknown;
        }
        value = match filter {
            Filter::Yaml(pattern) => match in_yaml(&plain(&value), pattern) {
                Some(found) => found,
                None => return Eval::Absent,
            },
            Filter::Json => Value::string(value::json::encode_simple(&value).unwrap_or_default()),
            Filter::Len => {
                let length = value.len().unwrap_or_else(|| plain(&value).chars().count());
                Value::int(i64::try_from(length).unwrap_or(i64::MAX))
            }
            _ => Value::string(filtered_text(&plain(&value), filter)),
        };
    }
    Eval::Value(value)
}

/// What a document of YAML has at a path.
fn in_yaml(text: &str, pattern: &Pattern) -> Option<Value> {
    let decode = funcs::lookup("yamldecode").expect("BUG: a function of the language");
    let document = funcs::call(decode, &[Value::string(text)]).ok()?;
    at(&document, pattern).into_iter().find(|value| !value.is_null()).cloned()
}

fn filtered_text(text: &str, filter: &Filter) -> String {
    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
    match filter {
        Filter::Lower => text.to_lowercase(),
        Filter::Upper => text.to_uppercase(),
        Filter::Last(one) => text.rsplit(*one).next().unwrap_or_default().to_owned(),
        Filter::First(one) => text.split(*one).next().unwrap_or_default().to_owned(),
        Filter::Base64 => STANDARD.encode(text),
        Filter::Sha256 => hex(&Sha256::digest(text)),
        Filter::Sha256Base64 => STANDARD.encode(Sha256::digest(text)),
        Filter::Sha512 => hex(&Sha512::digest(text)),
        Filter::Sha512Base64 => STANDARD.encode(Sha512::digest(text)),
        Filter::Sha1 => hex(&Sha1::digest(text)),
        Filter::Md5 => hex(&Md5::digest(text)),
        Filter::Max(many) => text.chars().take(*many).collect(),
        Filter::Dashes => {
            text.chars().map(|one| if one.is_alphanumeric() { one } else { '-' }).collect()
        }
        Filter::Yaml(_) | Filter::Json | Filter::Len => text.to_owned(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Gives a scene of this object to a test.
    pub(crate) fn scene<T>(object: &Value, see: impl FnOnce(&Scene<'_>) -> T) -> T {
        let names = [
            ("account", "{digits:12}"),
            ("region", "{provider:region|'eu-central-1'}"),
            ("zone", "{region}a"),
        ];
        let names = names
            .into_iter()
            .map(|(name, text)| (Arc::from(name), Template::parse(text).unwrap()))
            .collect();
        let key = Key::new(0, &["prod/network", "aws_vpc.main", "1"]);
        let provider = Value::object([("region".into(), Value::null(Type::STRING))]);
        see(&Scene {
            key: &key,
            object,
            provider: &provider,
            names: &names,
            names_key: &Key::new(0, &["names"]),
            about: ["main", "aws_vpc.main", "prod/network", "aws_vpc"],
            revision: 1,
            found: &[
                Value::object([("id".into(), Value::string("s-1"))]),
                Value::object([("id".into(), Value::string("s-2"))]),
            ],
            args: &[],
        })
    }

    fn object() -> Value {
        Value::object([
            ("id".into(), Value::string("vpc-1")),
            ("name".into(), Value::string("Main Net")),
            ("later".into(), Value::unknown(Type::STRING)),
            ("none".into(), Value::null(Type::STRING)),
            ("yaml".into(), Value::string("kind: X\nmetadata:\n  name: web\n")),
            ("tags".into(), Value::map(Type::STRING, [("a".into(), Value::string("b"))])),
        ])
    }

    fn check(template: &str, expect: &str) {
        let made = Made::Text(Template::parse(template).unwrap());
        let got = match scene(&object(), |scene| super::made(&made, Type::STRING, "x", scene)) {
            Eval::Value(value) => value.as_str().unwrap_or("null").to_owned(),
            other => format!("{other:?}"),
        };
        assert_eq!(got, expect, "{template}");
    }

    #[test]
    fn templates_have_values() {
        check("a{{b}}", "a{b}");
        check("vpc/{id}/{attr:tags.a}/{name}", "vpc/vpc-1/b/main");
        check("{attr:none|attr:absent|'x|y'}", "x|y");
        check("{attr:later}", "Unknown");
        check("a-{attr:later|'b'}", "Unknown");
        check("{attr:none}", "Absent");
        check("a-{attr:none}", "a-");
        check("{zone}", "eu-central-1a");
        check("{attr:name>lower>dashes>max:6}", "main-n");
        check("{attr:name>sha256>max:8}", "c3b79580");
        check("{address>last:.}", "main");
        check("{found:id}", "s-1");
        check("{revision}", "1");
        check("{attr:yaml>yaml:metadata.name}", "web");
        check("{attr:yaml>yaml:metadata.space|'none'}", "none");
    }

    #[test]
    fn a_list_has_an_element_for_each_that_was_found() {
        let made = Made::List(vec![Made::Text(Template::parse("{each:id}").unwrap())]);
        let list = Type::list(Type::STRING);
        let Eval::Value(got) = scene(&object(), |scene| super::made(&made, list, "ids", scene))
        else {
            panic!("a list")
        };
        assert_eq!(got.len(), Some(2));
    }

    #[test]
    fn names_are_alike_for_every_object() {
        let made = Made::Text(Template::parse("{account}").unwrap());
        let one = scene(&object(), |scene| super::made(&made, Type::STRING, "x", scene));
        let other = scene(&object(), |scene| super::made(&made, Type::STRING, "y", scene));
        assert_eq!(one, other);
    }
}
