//! Conversions by name: `tostring` and its kind; and marks put on, taken off and asked for.
//! Invariant: marks are never lost but where a function is there to take them off.

use value::{Kind, Marks, Type, Value, View, convert};

use crate::function::{Allows, FuncError, Function, Outcome, Param, Returns};

const V: &[Param] =
    &[Param::any("v").allowing(Allows::NULL.and(Allows::MARKED).and(Allows::DYNAMIC))];

macro_rules! conversion {
    ($name:ident, $text:literal, $ty:expr) => {
        pub(crate) static $name: Function =
            Function::new($text, V, Returns::From(|args| judged(&args[0], $ty)), |args, ty| {
                converted(&args[0], ty)
            })
            .maybe_null();
    };
}

conversion!(TOSTRING, "tostring", Type::STRING);
conversion!(TONUMBER, "tonumber", Type::NUMBER);
conversion!(TOBOOL, "tobool", Type::BOOL);
conversion!(TOSET, "toset", Type::set(Type::DYNAMIC));
conversion!(TOLIST, "tolist", Type::list(Type::DYNAMIC));
conversion!(TOMAP, "tomap", Type::map(Type::DYNAMIC));

fn judged(value: &Value, wanted: Type) -> Outcome<Type> {
    if convert::can_convert(value.ty(), wanted) {
        return Ok(wanted);
    }
    Err(cannot(value, wanted))
}

fn cannot(value: &Value, wanted: Type) -> FuncError {
    let (ty, wanted) = (value.ty().friendly_name(), wanted.friendly_name_for_constraint());
    FuncError::argument(0, format!("{ty} cannot be converted to {wanted}"))
}

fn converted(value: &Value, wanted: Type) -> Outcome {
    convert::convert(value, wanted).map_err(|_| {
        let marks = value.deep_marks();
        let wanted_name = wanted.friendly_name_for_constraint();
        let hidden = match (marks.is_ephemeral(), marks.is_sensitive()) {
            (true, _) => Some("ephemeral"),
            (false, true) => Some("sensitive"),
            (false, false) => None,
        };
        if let Some(hidden) = hidden {
            let ty = value.ty().friendly_name();
            let message = format!("this {hidden} {ty} cannot be converted to {wanted_name}");
            return FuncError::argument(0, message);
        }
        let rule = match wanted.kind() {
            Kind::Bool => "only \"true\" and \"false\" can",
            Kind::Number => "it must be the decimal form of a number",
            _ => return cannot(value, wanted),
        };
        match value.view() {
            View::String(text) => {
                let message = format!("{text:?} cannot be converted to {wanted_name}; {rule}");
                FuncError::argument(0, message)
            }
            _ => cannot(value, wanted),
        }
    })
}

const ANYTHING: &[Param] = &[Param::any("value").allowing(Allows::ALL)];

fn same_type(args: &[Value]) -> Outcome<Type> {
    Ok(args[0].ty())
}

pub(crate) static SENSITIVE: Function =
    Function::new("sensitive", ANYTHING, Returns::From(same_type), |args, _| {
        Ok(args[0].clone().with_marks(Marks::SENSITIVE))
    })
    .maybe_null();

pub(crate) static NONSENSITIVE: Function =
    Function::new("nonsensitive", ANYTHING, Returns::From(same_type), |args, _| {
        let (bare, marks) = args[0].clone().unmark();
        Ok(bare.with_marks(marks.without(Marks::SENSITIVE)))
    })
    .maybe_null();

pub(crate) static ISSENSITIVE: Function = Function::to_bool("issensitive", ANYTHING, |args, _| {
    if !args[0].is_known() {
        return Ok(Value::unknown(Type::BOOL));
    }
    Ok(Value::bool(args[0].marks().is_sensitive()))
});

pub(crate) static EPHEMERALASNULL: Function =
    Function::new("ephemeralasnull", ANYTHING, Returns::From(same_type), |args, _| {
        Ok(without_ephemeral(&args[0]))
    })
    .maybe_null();

/// `value` with everything ephemeral in it null. Recursion is bounded by the nesting that values may have.
fn without_ephemeral(value: &Value) -> Value {
    if !value.deep_marks().is_ephemeral() {
        return value.clone();
    }
    let own = value.marks();
    let kept = own.without(Marks::EPHEMERAL);
    let bare = match value.view() {
        // An unknown may turn out null, so it need not be null now.
        View::Unknown(_) => Value::unknown(value.ty()),
        _ if own.is_ephemeral() => Value::null(value.ty()),
        View::List(parts) => {
            let element = value.ty().element().expect("BUG: a list has an element type");
            Value::list(element, parts.iter().map(without_ephemeral).collect())
        }
        View::Tuple(parts) => Value::tuple(parts.iter().map(without_ephemeral).collect()),
        View::Map(entries) => {
            let element = value.ty().element().expect("BUG: a map has an element type");
            let entries = entries.iter().map(|(key, part)| (key.clone(), without_ephemeral(part)));
            Value::map(element, entries)
        }
        View::Object(_, parts) => {
            Value::object_of(value.ty(), parts.iter().map(without_ephemeral).collect::<Vec<_>>())
        }
        _ => return value.clone(),
    };
    bare.with_marks(kept)
}
