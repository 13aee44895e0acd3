//! What protects an object, and how to say so from the object's own values.
//!
//! Invariant: a sensitive value is never told.

use std::sync::Arc;

use value::{Marks, Value, View};

/// An attribute that protects an object, or does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Guarding {
    /// Where, as names from the object down; lists and sets on the way are looked into, each element.
    pub path: Vec<Arc<str>>,
    /// The values with which it protects, as texts; empty: any that is neither false, zero nor empty.
    pub safe: Vec<Arc<str>>,
    /// What to say where it protects; `{}` stands for the value.
    pub say: Arc<str>,
    /// What to say where it does not.
    pub otherwise: Arc<str>,
}

impl Guarding {
    /// An attribute that is told by its name.
    pub fn of_path(path: &str) -> Guarding {
        let say: Arc<str> = format!("{path} = {{}}").into();
        Guarding {
            path: path.split('.').map(Arc::from).collect(),
            safe: Vec::new(),
            say: say.clone(),
            otherwise: say,
        }
    }

    /// What it says of this object.
    pub fn words(&self, object: &Value) -> String {
        let found = texts(object, &self.path);
        let Found::Texts(texts) = found else {
            return format!("{} is not shown", self.path.join("."));
        };
        let safe = texts.iter().find(|text| self.is_safe(text));
        let (words, text) = match (safe, texts.first()) {
            (Some(text), _) => (&self.say, text.as_str()),
            (None, Some(text)) => (&self.otherwise, text.as_str()),
            (None, None) => (&self.otherwise, "not set"),
        };
        words.replace("{}", text)
    }

    /// Whether the object has one of the values, or may have: what is not known counts.
    pub fn may_hold(&self, object: &Value) -> bool {
        match texts(object, &self.path) {
            Found::Hidden => true,
            Found::Texts(texts) => texts.iter().any(|text| self.is_safe(text)),
        }
    }

    fn is_safe(&self, text: &str) -> bool {
        match &self.safe[..] {
            [] => !matches!(text, "" | "false" | "0"),
            safe => safe.iter().any(|one| **one == *text),
        }
    }
}

/// What stands at a path.
enum Found {
    /// The values as texts; none where nothing is set.
    Texts(Vec<String>),
    /// Sensitive, or not known.
    Hidden,
}

/// The value at a path as a text, where it is one that may be shown.
pub(super) fn shown(object: &Value, path: &[Arc<str>]) -> Option<String> {
    match texts(object, path) {
        Found::Texts(mut texts) if !texts.is_empty() => Some(texts.swap_remove(0)),
        Found::Texts(_) | Found::Hidden => None,
    }
}

fn texts(object: &Value, path: &[Arc<str>]) -> Found {
    let mut at = vec![object];
    for step in path {
        let mut next = Vec::new();
        for value in at {
            if !spread(value, &mut |one| next.extend(one.attr(step).or_else(|| one.entry(step)))) {
                return Found::Hidden;
            }
        }
        at = next;
    }
    let mut texts = Vec::new();
    for value in at {
        if !spread(value, &mut |one| texts.extend(text(one))) {
            return Found::Hidden;
        }
    }
    Found::Texts(texts)
}

/// Gives a value, or each element of a list or set, to a function; false where it may not be told.
fn spread<'v>(value: &'v Value, each: &mut impl FnMut(&'v Value)) -> bool {
    if !value.is_known() || value.marks().contains(Marks::SENSITIVE) {
        return false;
    }
    match value.view() {
        View::List(all) | View::Set(all) | View::Tuple(all) => {
            let told = |one: &Value| one.is_known() && !one.marks().contains(Marks::SENSITIVE);
            if !all.iter().all(told) {
                return false;
            }
            all.iter().for_each(each);
        }
        View::Null => {}
        _ => each(value),
    }
    true
}

fn text(value: &Value) -> Option<String> {
    Some(match value.view() {
        View::Bool(flag) => flag.to_string(),
        View::Number(number) => number.to_string(),
        View::String(text) => text.to_string(),
        View::Map(entries) if !entries.is_empty() => "set".to_owned(),
        View::Object(..) => "set".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use value::Type;

    fn object() -> Value {
        let rule = |days: i64| Value::object([("days".into(), Value::int(days))]);
        Value::object([
            ("deletion_protection".into(), Value::bool(true)),
            ("skip_final_snapshot".into(), Value::bool(false)),
            ("backup_retention_period".into(), Value::int(7)),
            ("none".into(), Value::null(Type::STRING)),
            ("zero".into(), Value::int(0)),
            ("secret".into(), Value::string("x").with_marks(Marks::SENSITIVE)),
            ("later".into(), Value::unknown(Type::BOOL)),
            ("rules".into(), Value::tuple(vec![rule(0), rule(30)])),
        ])
    }

    #[track_caller]
    fn check(path: &str, safe: &[&str], say: &str, otherwise: &str, expect: &str) {
        let guard = Guarding {
            safe: safe.iter().map(|one| Arc::from(*one)).collect(),
            say: say.into(),
            otherwise: otherwise.into(),
            ..Guarding::of_path(path)
        };
        assert_eq!(guard.words(&object()), expect);
    }

    #[test]
    fn guards_are_told_from_the_objects_values() {
        check("deletion_protection", &[], "{}!", "", "true!");
        check(
            "skip_final_snapshot",
            &["false"],
            "final snapshot on",
            "NO final snapshot",
            "final snapshot on",
        );
        check("skip_final_snapshot", &["true"], "yes", "is {}", "is false");
        check("backup_retention_period", &[], "backups {} days", "no backups", "backups 7 days");
        check("zero", &[], "backups {} days", "no backups", "no backups");
        check("none", &[], "on", "none is {}", "none is not set");
        check("absent.at.all", &[], "on", "off", "off");
        check("rules.days", &[], "kept {} days", "not kept", "kept 30 days");
    }

    #[test]
    fn what_is_sensitive_or_unknown_is_not_told() {
        check("secret", &[], "{}", "{}", "secret is not shown");
        check("later", &[], "{}", "{}", "later is not shown");
    }

    #[test]
    fn what_is_not_known_may_hold() {
        assert!(Guarding::of_path("later").may_hold(&object()));
        assert!(Guarding::of_path("deletion_protection").may_hold(&object()));
        assert!(!Guarding::of_path("zero").may_hold(&object()));
        assert!(!Guarding::of_path("absent").may_hold(&object()));
    }
}
