//! What templates cannot say, made by code: random values of an asked length, parts of an instant, an IAM document.
//!
//! Invariant: an unknown that is needed makes the result unknown.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value as Json, json};
use value::{Number, Value};

use super::eval::{Eval, Scene};
use crate::overlay::{BytesAs, Special, TimePart};

/// The value of one of them.
pub(super) fn of(which: Special, place: &str, scene: &Scene<'_>) -> Eval {
    if !scene.object.attr("rfc3339").is_none_or(Value::is_known) {
        return Eval::Unknown;
    }
    match which {
        Special::Bytes(written) => bytes(written, scene),
        Special::Integer => integer(scene),
        Special::Password => password(scene),
        Special::Pet => pet(scene),
        Special::TimePart(part) => time_part(part, place, scene),
        Special::IamPolicyDocument => Eval::Value(Value::string(iam_policy_document(scene.object))),
    }
}

/// A whole number of the object; `Err` where it is not known yet.
fn whole(scene: &Scene<'_>, name: &str, otherwise: i64) -> Result<i64, Eval> {
    let Some(value) = scene.object.attr(name) else { return Ok(otherwise) };
    if !value.is_known() {
        return Err(Eval::Unknown);
    }
    Ok(value.as_number().and_then(Number::to_i64).unwrap_or(otherwise))
}

/// Most bytes or characters that are made.
const LENGTH_MAX: i64 = 65_536;

fn bytes(written: BytesAs, scene: &Scene<'_>) -> Eval {
    let many = match whole(scene, "byte_length", 8) {
        Ok(many) => usize::try_from(many.clamp(1, LENGTH_MAX)).expect("BUG: clamped"),
        Err(unknown) => return unknown,
    };
    let bytes = scene.key.bytes("bytes", many);
    Eval::Value(Value::string(match written {
        BytesAs::Hex => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        BytesAs::Base64 => STANDARD.encode(&bytes),
        BytesAs::Base64Url => URL_SAFE_NO_PAD.encode(&bytes),
        BytesAs::Decimal => decimal(&bytes),
    }))
}

/// The big-endian number of some bytes, in decimal.
fn decimal(bytes: &[u8]) -> String {
    let mut digits = vec![0_u8];
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            let sum = u32::from(*digit) * 256 + carry;
            *digit = u8::try_from(sum % 10).expect("BUG: a digit");
            carry = sum / 10;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 10).expect("BUG: a digit"));
            carry /= 10;
        }
    }
    digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect()
}

fn integer(scene: &Scene<'_>) -> Eval {
    let (min, max) = match (whole(scene, "min", 0), whole(scene, "max", 0)) {
        (Ok(min), Ok(max)) => (min, max.max(min)),
        _ => return Eval::Unknown,
    };
    let above = scene.key.below("integer", max.abs_diff(min).saturating_add(1));
    Eval::Value(Value::int(min.saturating_add(i64::try_from(above).unwrap_or(0))))
}

fn password(scene: &Scene<'_>) -> Eval {
    let length = match whole(scene, "length", 16) {
        Ok(length) => usize::try_from(length.clamp(1, LENGTH_MAX)).expect("BUG: clamped"),
        Err(unknown) => return unknown,
    };
    let with = |name: &str| scene.object.attr(name).and_then(Value::as_bool).unwrap_or(true);
    let own =
        scene.object.attr("override_special").and_then(Value::as_str).filter(|own| !own.is_empty());
    let classes = [
        ("lower", "abcdefghijklmnopqrstuvwxyz"),
        ("upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        ("numeric", "0123456789"),
        ("special", own.unwrap_or("!@#$%&*()-_=+[]{}<>:?")),
    ];
    let chosen: Vec<Vec<char>> = classes
        .into_iter()
        .filter(|(name, _)| with(name))
        .map(|(_, letters)| letters.chars().collect())
        .collect();
    if chosen.is_empty() {
        return Eval::Absent;
    }
    // One of each class in turn, so that every asked class is there.
    let letters = scene.key.bytes("password", length).into_iter().enumerate().map(|(at, byte)| {
        let class = &chosen[at % chosen.len()];
        class[usize::from(byte) % class.len()]
    });
    Eval::Value(Value::string(letters.collect::<String>()))
}

fn pet(scene: &Scene<'_>) -> Eval {
    const WORDS: [&str; 16] = [
        "amber", "brook", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "juniper",
        "kestrel", "larch", "marsh", "north", "otter", "pine",
    ];
    let length = match whole(scene, "length", 2) {
        Ok(length) => usize::try_from(length.clamp(1, 64)).expect("BUG: clamped"),
        Err(unknown) => return unknown,
    };
    let text = |name: &str| scene.object.attr(name).and_then(Value::as_str);
    let words = scene.key.bytes("pet", length);
    let mut all: Vec<&str> = text("prefix").into_iter().collect();
    all.extend(words.iter().map(|byte| WORDS[usize::from(*byte) % WORDS.len()]));
    Eval::Value(Value::string(all.join(text("separator").unwrap_or("-"))))
}

fn time_part(part: TimePart, place: &str, scene: &Scene<'_>) -> Eval {
    let Some(text) = scene.object.attr("rfc3339").and_then(Value::as_str) else {
        return Eval::Absent;
    };
    let piece = |range: std::ops::Range<usize>| text.get(range).and_then(|text| text.parse().ok());
    let number: Option<i64> = match part {
        TimePart::Year => piece(0..4),
        TimePart::Month => piece(5..7),
        TimePart::Day => piece(8..10),
        TimePart::Hour => piece(11..13),
        TimePart::Minute => piece(14..16),
        TimePart::Second => piece(17..19),
        TimePart::Unix => i64::try_from(scene.key.instant_s(place)).ok(),
    };
    number.map_or(Eval::Absent, |number| Eval::Value(Value::int(number)))
}

/// The JSON of an `aws_iam_policy_document`, as far as its statements say.
fn iam_policy_document(object: &Value) -> String {
    let items =
        |value: Option<&Value>| value.and_then(Value::as_slice).unwrap_or_default().to_vec();
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let one_or_more = |value: Option<&Value>| {
        let mut all: Vec<Json> =
            items(value).iter().filter_map(Value::as_str).map(Json::from).collect();
        match all.len() {
            0 => None,
            1 => all.pop(),
            _ => Some(Json::Array(all)),
        }
    };
    let principals = |blocks: Vec<Value>| {
        let mut all = Map::new();
        for block in &blocks {
            let (Some(kind), Some(who)) =
                (text(block.attr("type")), one_or_more(block.attr("identifiers")))
            else {
                continue;
            };
            if kind == "*" {
                return Some(json!("*"));
            }
            all.insert(kind, who);
        }
        (!all.is_empty()).then_some(Json::Object(all))
    };
    let statement = |block: &Value| {
        let mut all = Map::new();
        let effect = text(block.attr("effect")).unwrap_or_else(|| "Allow".to_owned());
        let mut put = |name: &str, value: Option<Json>| {
            if let Some(value) = value {
                all.insert(name.to_owned(), value);
            }
        };
        put("Sid", text(block.attr("sid")).filter(|sid| !sid.is_empty()).map(Json::from));
        put("Effect", Some(effect.into()));
        put("Action", one_or_more(block.attr("actions")));
        put("NotAction", one_or_more(block.attr("not_actions")));
        put("Resource", one_or_more(block.attr("resources")));
        put("NotResource", one_or_more(block.attr("not_resources")));
        put("Principal", principals(items(block.attr("principals"))));
        put("NotPrincipal", principals(items(block.attr("not_principals"))));
        let mut conditions: Map<String, Json> = Map::new();
        for block in items(block.attr("condition")) {
            let (Some(test), Some(variable)) =
                (text(block.attr("test")), text(block.attr("variable")))
            else {
                continue;
            };
            let values = one_or_more(block.attr("values")).unwrap_or_else(|| json!([]));
            if let Json::Object(of) = conditions.entry(test).or_insert_with(|| json!({})) {
                of.insert(variable, values);
            }
        }
        put("Condition", (!conditions.is_empty()).then_some(Json::Object(conditions)));
        Json::Object(all)
    };
    let statements: Vec<Json> = items(object.attr("statement")).iter().map(statement).collect();
    let version = text(object.attr("version")).unwrap_or_else(|| "2012-10-17".to_owned());
    let document = json!({ "Version": version, "Statement": statements });
    serde_json::to_string_pretty(&document).expect("BUG: JSON that cannot be written")
}

#[cfg(test)]
mod tests {
    use value::Type;

    use super::*;
    use crate::make::scene;

    fn check(which: Special, object: &[(&str, Value)], hold: impl Fn(&Value) -> bool) {
        let object = Value::object(object.iter().map(|(k, v)| ((*k).into(), v.clone())));
        let Eval::Value(got) = scene(&object, |scene| of(which, "x", scene)) else {
            panic!("a value for {which:?}")
        };
        assert!(hold(&got), "{which:?}: {got:?}");
    }

    #[test]
    fn values_have_the_asked_form() {
        let password = [("length", Value::int(20)), ("special", Value::FALSE)];
        check(Special::Password, &password, |got| {
            let text = got.as_str().unwrap();
            text.len() == 20
                && text.chars().all(char::is_alphanumeric)
                && text.chars().any(|one| one.is_ascii_digit())
        });
        check(Special::Integer, &[("min", Value::int(5)), ("max", Value::int(7))], |got| {
            (5..=7).contains(&got.as_number().unwrap().to_i64().unwrap())
        });
        check(Special::Bytes(BytesAs::Hex), &[("byte_length", Value::int(3))], |got| {
            got.as_str().unwrap().len() == 6
        });
        assert_eq!(decimal(&[1, 0, 0]), "65536");
    }

    #[test]
    fn an_unknown_length_gives_an_unknown() {
        let object = Value::object([("length".into(), Value::unknown(Type::NUMBER))]);
        assert_eq!(scene(&object, |scene| of(Special::Password, "x", scene)), Eval::Unknown);
    }
}
