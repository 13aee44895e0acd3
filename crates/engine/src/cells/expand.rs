//! `count` and `for_each`: which instances a resource or a module call has.
//!
//! Behaviour of OpenTofu's `lang/evalchecks`. Unknown keys are an error in a plain root module, and left for later in an
//! estate (ENGINE §7).
//! Invariant: keys of `for_each` are sorted, and `values` stand in their order.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use lang::config::Repeat;
use lang::eval::{Eval, Expansion, Scope, eval};
use lang::expr::{ExprId, Exprs};
use value::{Marks, Type, Value, View, convert};

use super::frame::Repetition;

/// The greatest `count`: more instances than this are a mistake.
const COUNT_MAX: u64 = 1_000_000;

/// Makes instances of an argument's value; none after a diagnostic.
type Reading = fn(&Value, &Place<'_>, &mut Diags) -> Option<Repetition>;

/// What becomes of keys that are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnknownKeys {
    /// They are an error.
    Refused,
    /// The instances cannot be named yet.
    Deferred,
}

/// Evaluates what repeats the block at `about` (an address, for messages).
pub(crate) fn expand(
    exprs: &Exprs,
    repeat: Repeat,
    scope: &dyn Scope,
    (about, unknown): (&dyn Fn() -> String, UnknownKeys),
    diags: &mut Diags,
) -> Eval<Repetition> {
    let (expr, read): (ExprId, Reading) = match repeat {
        Repeat::One => return Eval::Value(Repetition::single()),
        Repeat::Count(expr) => (expr, count),
        Repeat::ForEach(expr) => (expr, for_each),
    };
    match eval(exprs, expr, scope, diags) {
        Eval::Value(value) => {
            match read(&value, &Place { span: exprs.span(expr), about, unknown }, diags) {
                Some(repetition) => Eval::Value(repetition),
                None => Eval::Failed,
            }
        }
        Eval::Blocked(on) => Eval::Blocked(on),
        Eval::Failed => Eval::Failed,
    }
}

/// Where an argument stands, and of what.
struct Place<'a> {
    span: Span,
    about: &'a dyn Fn() -> String,
    unknown: UnknownKeys,
}

impl Place<'_> {
    fn refuse(&self, diags: &mut Diags, argument: &str, detail: String, remedy: &str) {
        let (code, summary) = match argument {
            "count" => ("count-invalid", "Invalid count argument"),
            _ => ("for-each-invalid", "Invalid for_each argument"),
        };
        diags.push(
            Diagnostic::error(code, summary)
                .detail(detail)
                .remedy(remedy)
                .at(self.span)
                .about((self.about)()),
        );
    }
}

const UNKNOWN: &str = "Make it depend only on what is known while planning, or leave this object out of a first run \
                       with -exclude and apply again without.";
const HIDDEN: &str = "An instance key is shown wherever the instance is named. Use a value that may be shown, or \
                      nonsensitive() where it is no secret.";

fn count(value: &Value, place: &Place<'_>, diags: &mut Diags) -> Option<Repetition> {
    let refuse = |diags: &mut Diags, detail: &str, remedy: &str| {
        place.refuse(diags, "count", detail.to_owned(), remedy);
        None
    };
    if value.marks().is_ephemeral() {
        return refuse(diags, "The number of instances derives from an ephemeral value.", HIDDEN);
    }
    let (bare, _) = value.clone().unmark();
    let number = match convert::convert(&bare, Type::NUMBER) {
        Ok(number) => number,
        Err(error) => return refuse(diags, &format!("It has to be a number: {error}."), ""),
    };
    match number.view() {
        View::Null => refuse(diags, "It is null, and a whole number is needed.", ""),
        View::Unknown(_) if place.unknown == UnknownKeys::Deferred => {
            let most = number.range().number_max.and_then(|bound| bound.value.floor().to_u64());
            Some(Repetition::unknown(Vec::new(), most))
        }
        View::Unknown(_) => refuse(
            diags,
            "It depends on values that are known only after an apply, so how many instances there will be cannot \
             be told.",
            UNKNOWN,
        ),
        View::Number(number) => match number.to_u64() {
            Some(count) if count <= COUNT_MAX => Some(Repetition {
                expansion: Expansion::Count(count),
                values: Vec::new(),
                at_most: None,
            }),
            Some(_) => refuse(diags, &format!("It is greater than {COUNT_MAX}."), ""),
            None if number.is_negative() => refuse(diags, "It is less than zero.", ""),
            None => refuse(diags, "It is not a whole number.", ""),
        },
        _ => refuse(diags, "It has to be a number.", ""),
    }
}

fn for_each(value: &Value, place: &Place<'_>, diags: &mut Diags) -> Option<Repetition> {
    let refuse = |diags: &mut Diags, detail: String, remedy: &str| {
        place.refuse(diags, "for_each", detail, remedy);
        None
    };
    let hidden = Marks::SENSITIVE.union(Marks::EPHEMERAL);
    if value.marks().intersects(hidden) {
        return refuse(
            diags,
            "Its keys derive from a sensitive or ephemeral value.".to_owned(),
            HIDDEN,
        );
    }
    let ty = value.ty();
    let of_strings =
        ty.is_set() && ty.element().is_some_and(|e| e == Type::STRING || e.is_dynamic());
    if !(ty.is_map() || ty.is_object() || of_strings || ty.is_dynamic()) {
        let remedy =
            if ty.is_tuple() || ty.is_list() { "Wrap a list of strings in toset()." } else { "" };
        let detail = format!(
            "It has to be a map or a set of strings, and is of type {}.",
            ty.friendly_name()
        );
        return refuse(diags, detail, remedy);
    }
    let unknown = || {
        "Its keys depend on values that are known only after an apply, so the instances cannot be named.".to_owned()
    };
    let is_open = !value.is_known() || ty.is_set() && !value.is_wholly_known();
    if is_open && place.unknown == UnknownKeys::Deferred {
        return Some(Repetition::unknown(vec![any_of(value)], value.range().length_max));
    }
    match value.view() {
        View::Null => refuse(diags, "It is null.".to_owned(), "Use an empty map for no instances."),
        View::Unknown(_) => refuse(diags, unknown(), UNKNOWN),
        View::Map(entries) => {
            Some(each(entries.iter().map(|(key, value)| (key.clone(), value.clone()))))
        }
        View::Object(object, values) => {
            Some(each(object.names().iter().cloned().zip(values.iter().cloned())))
        }
        View::Set(_) if !value.is_wholly_known() => refuse(diags, unknown(), UNKNOWN),
        View::Set(items) => {
            if items.iter().any(Value::is_null) {
                return refuse(diags, "The set holds null.".to_owned(), "");
            }
            let mut keys: Vec<(Arc<str>, Value)> = items
                .iter()
                .filter_map(|item| Some((item.as_arc_str()?.clone(), item.clone())))
                .collect();
            keys.sort_by(|a, b| a.0.cmp(&b.0));
            Some(each(keys.into_iter()))
        }
        _ => refuse(diags, "It has to be a map or a set of strings.".to_owned(), ""),
    }
}

/// What is known of `each.value` where the keys are not.
fn any_of(value: &Value) -> Value {
    let ty = value.ty();
    match ty.element() {
        Some(_) if ty.is_set() => Value::unknown_not_null(Type::STRING),
        Some(element) => Value::unknown(element),
        None => Value::DYNAMIC,
    }
}

fn each(pairs: impl Iterator<Item = (Arc<str>, Value)>) -> Repetition {
    let (keys, values): (Vec<Arc<str>>, Vec<Value>) = pairs.unzip();
    Repetition { expansion: Expansion::Each(keys.into()), values, at_most: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use diag::FileId;
    use value::Refinement;

    fn read(
        read: fn(&Value, &Place<'_>, &mut Diags) -> Option<Repetition>,
        value: Value,
    ) -> Result<Vec<String>, String> {
        let mut diags = Diags::new();
        let span = Span::new(FileId::new(0), 0, 0);
        let place = Place { span, about: &|| "a.b".to_owned(), unknown: UnknownKeys::Refused };
        match read(&value, &place, &mut diags) {
            Some(repetition) => {
                Ok((0..repetition.len()).map(|at| repetition.key(at).to_string()).collect())
            }
            None => Err(diags.iter().map(|one| one.detail.clone()).collect()),
        }
    }

    #[test]
    fn counts() {
        assert_eq!(read(count, Value::int(2)).expect("two"), ["[0]", "[1]"]);
        assert_eq!(read(count, Value::string("1")).expect("one"), ["[0]"]);
        assert!(read(count, Value::int(1).with_marks(Marks::SENSITIVE)).is_ok());
        for (value, says) in [
            (Value::null(Type::NUMBER), "null"),
            (Value::unknown(Type::NUMBER), "known only after"),
            (Value::int(-1), "less than zero"),
            (Value::string("x"), "number"),
            (Value::int(1).with_marks(Marks::EPHEMERAL), "ephemeral"),
        ] {
            let error = read(count, value).expect_err(says);
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn keys_are_sorted_and_have_their_values() {
        let set = Value::set(Type::STRING, vec![Value::string("b"), Value::string("a")]);
        assert_eq!(read(for_each, set).expect("a set"), ["[\"a\"]", "[\"b\"]"]);
        let map = Value::map(Type::NUMBER, [("k".into(), Value::unknown(Type::NUMBER))]);
        assert_eq!(read(for_each, map).expect("values may be unknown"), ["[\"k\"]"]);
    }

    #[test]
    fn what_cannot_be_keys_is_refused() {
        let list = Value::list(Type::STRING, vec![Value::string("a")]);
        let numbers = Value::set(Type::NUMBER, vec![Value::int(1)]);
        let open = Value::set(Type::STRING, vec![Value::unknown(Type::STRING)]);
        for (value, says) in [
            (list, "map or a set"),
            (numbers, "map or a set"),
            (open, "known only after"),
            (Value::null(Type::map(Type::STRING)), "null"),
            (Value::DYNAMIC, "known only after"),
            (Value::map(Type::STRING, []).with_marks(Marks::SENSITIVE), "sensitive"),
        ] {
            let error = read(for_each, value).expect_err(says);
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn in_an_estate_unknown_keys_are_left_open_with_what_bounds_them() {
        fn check(read: Reading, value: Value, at_most: Option<u64>) {
            let mut diags = Diags::new();
            let span = Span::new(FileId::new(0), 0, 0);
            let place = Place { span, about: &|| "a.b".to_owned(), unknown: UnknownKeys::Deferred };
            let repetition = read(&value, &place, &mut diags).expect("instances");
            assert!(repetition.is_unknown() && repetition.len() == 0, "{value:?}");
            assert_eq!(repetition.at_most, at_most, "{value:?}");
        }
        let open = || Value::unknown(Type::STRING);
        let bounded = |ty, n| Value::unknown_with(ty, Refinement::NOT_NULL.shorter_than_or(n));
        check(count, Value::unknown(Type::NUMBER), None);
        let most = Refinement::NOT_NULL.at_most(value::Number::from(3), true);
        check(count, Value::unknown_with(Type::NUMBER, most), Some(3));
        check(for_each, Value::DYNAMIC, None);
        check(for_each, bounded(Type::map(Type::STRING), 5), Some(5));
        check(for_each, Value::set(Type::STRING, vec![open(), Value::string("a")]), Some(2));
    }
}
