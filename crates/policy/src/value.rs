//! Values of Rego, with one more: the one that is not known yet.
//!
//! An unknown is no value and no absence: what is asked of it is unknown too, with its cause. Invariant: an aggregate knows
//! in O(1) whether something in it is unknown; a collection whose *members* are not all told is [`V::Open`], never a
//! shorter collection.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

/// Why something is not known: the first value that it depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cause(pub(crate) Arc<str>);

/// A value that is not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Unknown {
    /// What it depends on.
    pub(crate) cause: Cause,
    /// Whether it is that value itself, so that two of them are the same value; not where it was computed from it.
    pub(crate) itself: bool,
    /// What can be told of it as a text, with words in the place of what is not known.
    pub(crate) shown: Option<Arc<str>>,
}

/// A number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Num {
    /// A whole one.
    Int(i128),
    /// Any other, finite.
    Float(f64),
}

/// An array, a set or an object: its members, and the first cause why something in them is not known.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Members<T> {
    pub(crate) all: T,
    pub(crate) murk: Option<Cause>,
}

/// What a collection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Array,
    Set,
    Object,
}

/// A collection of which not all members are told: some are there for sure, others may be.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Open {
    pub(crate) kind: Kind,
    /// Keys and values; in a set both are the member, in an array the keys say nothing.
    pub(crate) sure: Vec<(V, V)>,
    /// Those that may be there, and on what that depends. An unknown one may be any number of them.
    pub(crate) maybe: Vec<(V, V, Cause)>,
}

impl Open {
    /// On what it depends.
    pub(crate) fn cause(&self) -> &Cause {
        &self.maybe.first().expect("BUG: an open collection has a member that may be there").2
    }
}

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum V {
    Null,
    Bool(bool),
    Num(Num),
    Str(Arc<str>),
    Array(Arc<Members<Vec<V>>>),
    Object(Arc<Members<BTreeMap<V, V>>>),
    Set(Arc<Members<BTreeSet<V>>>),
    Open(Arc<Open>),
    Unknown(Arc<Unknown>),
}

/// The answer to a question about values that may be unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    Maybe(Cause),
}

impl Answer {
    pub(crate) fn of(yes: bool) -> Answer {
        if yes { Answer::Yes } else { Answer::No }
    }

    pub(crate) fn negated(self) -> Answer {
        match self {
            Answer::Yes => Answer::No,
            Answer::No => Answer::Yes,
            maybe => maybe,
        }
    }

    /// As a value.
    pub(crate) fn value(self) -> V {
        match self {
            Answer::Yes => V::Bool(true),
            Answer::No => V::Bool(false),
            Answer::Maybe(cause) => V::computed(cause),
        }
    }
}

impl V {
    pub(crate) fn text(text: &str) -> V {
        V::Str(text.into())
    }

    pub(crate) fn int(number: usize) -> V {
        V::Num(Num::Int(number as i128))
    }

    pub(crate) fn array(all: Vec<V>) -> V {
        let murk = all.iter().find_map(V::murk).cloned();
        V::Array(Arc::new(Members { all, murk }))
    }

    pub(crate) fn set(all: BTreeSet<V>) -> V {
        let murk = all.iter().find_map(V::murk).cloned();
        V::Set(Arc::new(Members { all, murk }))
    }

    /// An object; one with a key that is not known is open.
    pub(crate) fn object(all: BTreeMap<V, V>) -> V {
        if all.keys().any(|key| key.murk().is_some()) {
            let (mut sure, mut maybe) = (Vec::new(), Vec::new());
            for (key, value) in all {
                match key.murk().cloned() {
                    None => sure.push((key, value)),
                    Some(cause) => maybe.push((key, value, cause)),
                }
            }
            return V::Open(Arc::new(Open { kind: Kind::Object, sure, maybe }));
        }
        let murk = all.values().find_map(V::murk).cloned();
        V::Object(Arc::new(Members { all, murk }))
    }

    /// A value of the input that is not known.
    pub(crate) fn unknown(cause: &str) -> V {
        let cause = Cause(cause.into());
        V::Unknown(Arc::new(Unknown { cause, itself: true, shown: None }))
    }

    /// A value that is computed from one that is not known.
    pub(crate) fn computed(cause: Cause) -> V {
        V::Unknown(Arc::new(Unknown { cause, itself: false, shown: None }))
    }

    /// The same, of which a text can be told.
    pub(crate) fn computed_text(cause: Cause, shown: String) -> V {
        V::Unknown(Arc::new(Unknown { cause, itself: false, shown: Some(shown.into()) }))
    }

    /// Why something in it is not known; none where all of it is.
    pub(crate) fn murk(&self) -> Option<&Cause> {
        match self {
            V::Null | V::Bool(_) | V::Num(_) | V::Str(_) => None,
            V::Array(members) => members.murk.as_ref(),
            V::Object(members) => members.murk.as_ref(),
            V::Set(members) => members.murk.as_ref(),
            V::Open(open) => Some(open.cause()),
            V::Unknown(unknown) => Some(&unknown.cause),
        }
    }

    /// The text of a string.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            V::Str(text) => Some(text),
            _ => None,
        }
    }

    /// What `type_name` says.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            V::Null => "null",
            V::Bool(_) => "boolean",
            V::Num(_) => "number",
            V::Str(_) => "string",
            V::Array(_) => "array",
            V::Object(_) => "object",
            V::Set(_) => "set",
            V::Open(open) => match open.kind {
                Kind::Array => "array",
                Kind::Set => "set",
                Kind::Object => "object",
            },
            V::Unknown(_) => "unknown",
        }
    }

    fn rank(&self) -> u8 {
        match self {
            V::Null => 0,
            V::Bool(_) => 1,
            V::Num(_) => 2,
            V::Str(_) => 3,
            V::Array(_) => 4,
            V::Object(_) => 5,
            V::Set(_) => 6,
            V::Open(_) => 7,
            V::Unknown(_) => 8,
        }
    }

    /// Whether two values are equal.
    pub(crate) fn same(&self, other: &V) -> Answer {
        match (self, other) {
            (V::Unknown(a), V::Unknown(b)) if a.itself && b.itself && a.cause == b.cause => {
                Answer::Yes
            }
            (V::Unknown(a), _) | (_, V::Unknown(a)) => Answer::Maybe(a.cause.clone()),
            _ if self.type_name() != other.type_name() => Answer::No,
            _ if self.murk().is_none() && other.murk().is_none() => Answer::of(self == other),
            (V::Array(a), V::Array(b)) if a.all.len() != b.all.len() => Answer::No,
            (V::Array(a), V::Array(b)) => all_same(a.all.iter().zip(&b.all)),
            (V::Object(a), V::Object(b)) if !a.all.keys().eq(b.all.keys()) => Answer::No,
            (V::Object(a), V::Object(b)) => all_same(a.all.values().zip(b.all.values())),
            _ => {
                let cause = self.murk().or(other.murk()).expect("BUG: one of the two is murky");
                Answer::Maybe(cause.clone())
            }
        }
    }

    /// The order of two values that are known as far as it takes.
    pub(crate) fn order(&self, other: &V) -> Result<Ordering, Cause> {
        match self.murk().or(other.murk()) {
            Some(cause) => Err(cause.clone()),
            None => Ok(self.cmp(other)),
        }
    }

    /// Whether it counts as true in a body: anything but false does.
    pub(crate) fn truth(&self) -> Answer {
        match self {
            V::Bool(false) => Answer::No,
            V::Unknown(unknown) => Answer::Maybe(unknown.cause.clone()),
            _ => Answer::Yes,
        }
    }

    /// As people read it, in a message: strings bare at the top, all else as JSON; what is not known in words.
    pub(crate) fn shown(&self) -> String {
        match self {
            V::Str(text) => text.to_string(),
            V::Unknown(unknown) => match &unknown.shown {
                Some(text) => text.to_string(),
                None => NOT_KNOWN.to_owned(),
            },
            other => {
                let mut out = String::new();
                other.write(&mut out);
                out
            }
        }
    }

    /// As JSON; sets as arrays, what is not known in words.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            V::Null => out.push_str("null"),
            V::Bool(value) => {
                let _ = write!(out, "{value}");
            }
            V::Num(number) => out.push_str(&number.text()),
            V::Str(text) => out.push_str(&serde_json::Value::from(&**text).to_string()),
            V::Array(members) => items(members.all.iter(), out),
            V::Set(members) => items(members.all.iter(), out),
            V::Object(members) => {
                out.push('{');
                for (at, (key, value)) in members.all.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { ", " });
                    match key {
                        V::Str(_) => key.write(out),
                        other => V::Str(other.shown().into()).write(out),
                    }
                    out.push_str(": ");
                    value.write(out);
                }
                out.push('}');
            }
            V::Open(_) | V::Unknown(_) => out.push_str(NOT_KNOWN),
        }
    }
}

/// What stands in a message for a value that is not known.
pub(crate) const NOT_KNOWN: &str = "(known after apply)";

fn items<'a>(all: impl Iterator<Item = &'a V>, out: &mut String) {
    out.push('[');
    for (at, item) in all.enumerate() {
        out.push_str(if at == 0 { "" } else { ", " });
        item.write(out);
    }
    out.push(']');
}

fn all_same<'a>(pairs: impl Iterator<Item = (&'a V, &'a V)>) -> Answer {
    let mut answer = Answer::Yes;
    for (a, b) in pairs {
        match a.same(b) {
            Answer::No => return Answer::No,
            Answer::Yes => {}
            maybe => answer = maybe,
        }
    }
    answer
}

impl Num {
    /// The number of a float, whole where it is.
    pub(crate) fn of(float: f64) -> Option<Num> {
        let whole = float.fract() == 0.0 && float.abs() < 1e30;
        match float.is_finite() {
            false => None,
            true if whole => Some(Num::Int(float as i128)),
            true => Some(Num::Float(float)),
        }
    }

    /// A number as it is written.
    pub(crate) fn parse(text: &str) -> Option<Num> {
        match text.parse::<i128>() {
            Ok(whole) => Some(Num::Int(whole)),
            Err(_) => text.parse::<f64>().ok().and_then(Num::of),
        }
    }

    pub(crate) fn float(self) -> f64 {
        match self {
            Num::Int(whole) => whole as f64,
            Num::Float(float) => float,
        }
    }

    pub(crate) fn text(self) -> String {
        match self {
            Num::Int(whole) => whole.to_string(),
            Num::Float(float) => float.to_string(),
        }
    }
}

impl PartialEq for Num {
    fn eq(&self, other: &Num) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Num {}

impl PartialOrd for Num {
    fn partial_cmp(&self, other: &Num) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Num {
    fn cmp(&self, other: &Num) -> Ordering {
        match (self, other) {
            (Num::Int(a), Num::Int(b)) => a.cmp(b),
            (a, b) => a.float().total_cmp(&b.float()),
        }
    }
}

impl PartialEq for V {
    fn eq(&self, other: &V) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for V {}

impl PartialOrd for V {
    fn partial_cmp(&self, other: &V) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for V {
    fn cmp(&self, other: &V) -> Ordering {
        match (self, other) {
            (V::Bool(a), V::Bool(b)) => a.cmp(b),
            (V::Num(a), V::Num(b)) => a.cmp(b),
            (V::Str(a), V::Str(b)) => a.cmp(b),
            (V::Array(a), V::Array(b)) => a.all.cmp(&b.all),
            (V::Object(a), V::Object(b)) => a.all.cmp(&b.all),
            (V::Set(a), V::Set(b)) => a.all.cmp(&b.all),
            (V::Open(a), V::Open(b)) => a.cmp(b),
            (V::Unknown(a), V::Unknown(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl From<&serde_json::Value> for V {
    fn from(json: &serde_json::Value) -> V {
        match json {
            serde_json::Value::Null => V::Null,
            serde_json::Value::Bool(value) => V::Bool(*value),
            serde_json::Value::Number(number) => {
                V::Num(Num::parse(&number.to_string()).unwrap_or(Num::Int(0)))
            }
            serde_json::Value::String(text) => V::text(text),
            serde_json::Value::Array(items) => V::array(items.iter().map(V::from).collect()),
            serde_json::Value::Object(entries) => V::object(
                entries.iter().map(|(name, value)| (V::text(name), V::from(value))).collect(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_is_equal_to_nothing_but_itself() {
        let (a, b) = (V::unknown("a"), V::unknown("b"));
        assert_eq!(a.same(&a), Answer::Yes);
        assert_eq!(a.same(&b), Answer::Maybe(Cause("a".into())));
        assert_eq!(V::int(1).same(&a), Answer::Maybe(Cause("a".into())));
        let computed = V::computed(Cause("a".into()));
        assert_eq!(computed.same(&computed), Answer::Maybe(Cause("a".into())));
    }

    #[test]
    fn what_differs_where_it_is_known_differs() {
        let pair = |second: V| V::array(vec![V::unknown("a"), second]);
        assert_eq!(pair(V::int(1)).same(&pair(V::int(2))), Answer::No);
        assert_eq!(pair(V::int(1)).same(&pair(V::int(1))), Answer::Yes);
        assert_eq!(
            pair(V::int(1)).same(&V::array(vec![V::int(0), V::int(1)])),
            Answer::Maybe(Cause("a".into()))
        );
        assert_eq!(pair(V::int(1)).same(&V::Null), Answer::No);
    }

    #[test]
    fn an_object_with_an_unknown_key_is_open() {
        let object = V::object([(V::unknown("k"), V::Null)].into());
        assert!(matches!(object, V::Open(_)));
        assert_eq!(object.type_name(), "object");
    }

    #[test]
    fn numbers_are_equal_by_value() {
        assert_eq!(V::Num(Num::Int(1)), V::Num(Num::parse("1.0").expect("a number")));
        assert_eq!(Num::parse("2.5").map(Num::text), Some("2.5".to_owned()));
    }
}
