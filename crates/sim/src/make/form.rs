//! Plausible values for attributes of which no overlay says anything: from their names and types.
//!
//! Invariant: the value is known, of the type, and not null but inside dynamic parts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use value::{Kind, Type, Value};

use super::eval::{Eval, Scene};
use super::key::rfc3339;
use crate::overlay::{Letters, Template};

/// A value for an attribute of this name and type.
pub(super) fn of_type(name: &str, ty: Type, place: &str, scene: &Scene<'_>) -> Value {
    match ty.kind() {
        Kind::Bool => Value::FALSE,
        Kind::Number => Value::int(number(name)),
        Kind::String => Value::string(text(name, place, scene)),
        Kind::List(element) => Value::list(element, elements(name, element, place, scene)),
        Kind::Set(element) => Value::set(element, elements(name, element, place, scene)),
        Kind::Map(element) => Value::map(element, []),
        Kind::Object(object) => {
            let values: Vec<Value> = object
                .names()
                .iter()
                .zip(object.types())
                .map(|(name, ty)| of_type(name, *ty, &format!("{place}.{name}"), scene))
                .collect();
            Value::object_of(ty, values)
        }
        Kind::Tuple(types) => Value::tuple(
            types
                .iter()
                .enumerate()
                .map(|(at, ty)| of_type(name, *ty, &format!("{place}.{at}"), scene))
                .collect(),
        ),
        Kind::Dynamic => Value::null(Type::DYNAMIC),
    }
}

/// Of objects and texts one; of others none.
fn elements(name: &str, element: Type, place: &str, scene: &Scene<'_>) -> Vec<Value> {
    match element.kind() {
        Kind::Object(_) | Kind::String => {
            vec![of_type(name, element, &format!("{place}.0"), scene)]
        }
        _ => Vec::new(),
    }
}

fn number(name: &str) -> i64 {
    match name {
        "port" => 443,
        "year" => 2026,
        _ if ends(name, &["version", "revision", "generation", "count", "size", "capacity"]) => 1,
        _ => 0,
    }
}

fn ends(name: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        name.strip_suffix(word).is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
    })
}

/// How a text looks.
#[derive(Clone, Copy)]
enum Form {
    Arn,
    Uuid,
    Region,
    PackedCertificate,
    Certificate,
    Range,
    Address,
    Url,
    Host,
    Mail,
    Instant,
    Active,
    One,
    Hash,
    Identifier,
}

/// What the last words of a name tell of the text; the first that fits counts.
const FORMS: &[(Form, &[&str])] = &[
    (Form::Arn, &["arn", "arns"]),
    (Form::Uuid, &["uid", "uuid", "principal_id", "object_id", "client_id", "tenant_id", "guid"]),
    (Form::Region, &["region", "location"]),
    (Form::PackedCertificate, &["ca_certificate"]),
    (Form::Certificate, &["certificate", "cert", "pem", "certificate_authority", "public_key"]),
    (Form::Range, &["cidr", "cidr_block", "cidrs", "prefix", "ip_range"]),
    (Form::Address, &["ip", "ip_address", "address", "addresses", "ips"]),
    (Form::Url, &["endpoint", "url", "uri", "link", "login_server", "issuer"]),
    (
        Form::Host,
        &["fqdn", "hostname", "host", "domain", "domain_name", "dns", "dns_name", "servers"],
    ),
    (Form::Mail, &["email"]),
    (
        Form::Instant,
        &[
            "time",
            "timestamp",
            "date",
            "created",
            "updated",
            "created_at",
            "last_modified",
            "expiration",
        ],
    ),
    (Form::Active, &["status", "state"]),
    (Form::One, &["version", "revision"]),
    (Form::Hash, &["fingerprint", "etag", "hash", "checksum", "sha256", "digest"]),
    (Form::Identifier, &["id", "ids", "name", "names"]),
];

fn text(name: &str, place: &str, scene: &Scene<'_>) -> String {
    let key = scene.key;
    let found = FORMS.iter().find(|(_, words)| ends(name, words)).map(|(form, _)| *form);
    let form = match found {
        None if name == "data" && place.contains("certificate") => Form::PackedCertificate,
        None => {
            return format!("{}-{}", name.replace('_', "-"), key.letters(Letters::Hex, 8, place));
        }
        Some(form) => form,
    };
    let [resource, _, _, type_name] = scene.about;
    let short = type_name.split_once('_').map_or(type_name, |(_, rest)| rest).replace('_', "-");
    let hex = |many: usize| key.letters(Letters::Hex, many, place);
    let label = || key.letters(Letters::Alnum, 12, place);
    let region = || named("region", scene).unwrap_or_else(|| "region-1".to_owned());
    let certificate = || {
        let der = key.letters(Letters::Base64, 64, place);
        format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n")
    };
    match form {
        Form::Arn => {
            let account = named("account", scene).unwrap_or_else(|| "000000000000".to_owned());
            format!("arn:aws:{short}:{}:{account}:{}", region(), hex(12))
        }
        Form::Uuid => key.uuid(place),
        Form::Region => region(),
        Form::PackedCertificate => STANDARD.encode(certificate()),
        Form::Certificate => certificate(),
        Form::Range => format!("10.{}.0.0/16", key.bytes(place, 1)[0]),
        Form::Address => {
            let bytes = key.bytes(place, 2);
            format!("10.0.{}.{}", bytes[0], bytes[1].clamp(4, 250))
        }
        Form::Url => format!("https://{}.rehearsal.invalid", label()),
        Form::Host => format!("{}.rehearsal.invalid", label()),
        Form::Mail => format!("{resource}-{}@rehearsal.invalid", hex(6)),
        Form::Instant => rfc3339(key.instant_s(place)),
        Form::Active => "ACTIVE".to_owned(),
        Form::One => "1".to_owned(),
        Form::Hash => hex(32),
        Form::Identifier => {
            format!("{}-{}", short.rsplit('-').next().unwrap_or_default(), hex(12))
        }
    }
}

fn named(name: &str, scene: &Scene<'_>) -> Option<String> {
    scene.names.get(name)?;
    let template = Template::parse(&format!("{{{name}}}")).expect("BUG: a name is a template");
    match super::eval::text(&template, name, scene, None) {
        Eval::Value(value) => value.as_str().map(str::to_owned),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::make::scene;

    fn check(name: &str, ty: Type, hold: impl Fn(&Value) -> bool) {
        let got = scene(&Value::DYNAMIC, |scene| of_type(name, ty, name, scene));
        assert!(got.is_wholly_known() && hold(&got), "{name}: {got:?}");
    }

    #[test]
    fn a_value_has_the_form_of_its_name() {
        let text = |hold: fn(&str) -> bool| move |value: &Value| value.as_str().is_some_and(hold);
        check("arn", Type::STRING, text(|text| text.starts_with("arn:aws:vpc:eu-central-1:")));
        check("private_ip", Type::STRING, text(|text| text.starts_with("10.0.")));
        check("creation_time", Type::STRING, text(|text| text.starts_with("2026-01-01T")));
        check("id", Type::STRING, text(|text| text.starts_with("vpc-")));
        check("port", Type::NUMBER, |value| *value == Value::int(443));
        check("tags", Type::map(Type::STRING), Value::is_empty);
        let objects = Type::list(Type::object([("data".into(), Type::STRING)]));
        check("certificate_authority", objects, |value| value.len() == Some(1));
    }
}
