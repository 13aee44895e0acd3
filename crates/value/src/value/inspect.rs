//! Questions to a value. None of them walks more than one level, except the ones that say so.

use std::sync::Arc;

use super::{Body, Repr, Value, View};
use crate::{Kind, Marks, Number, ObjectType, Refinement, Type};

static NOT_NULL: Refinement = Refinement::NOT_NULL;

impl Value {
    /// The type.
    pub fn ty(&self) -> Type {
        match &self.0 {
            Repr::Null(_, ty) | Repr::Unknown(_, _, ty) => *ty,
            Repr::Refined(_, refined) => refined.ty,
            Repr::Bool(..) => Type::BOOL,
            Repr::Number(..) => Type::NUMBER,
            Repr::String(..) => Type::STRING,
            Repr::Aggregate(_, aggregate) => aggregate.ty,
        }
    }

    /// Null? The marks do not matter.
    pub fn is_null(&self) -> bool {
        matches!(self.0, Repr::Null(..))
    }

    /// Known at its top, whatever is below?
    pub fn is_known(&self) -> bool {
        !matches!(self.0, Repr::Unknown(..) | Repr::Refined(..))
    }

    /// Known at all depths? Constant time.
    pub fn is_wholly_known(&self) -> bool {
        match &self.0 {
            Repr::Unknown(..) | Repr::Refined(..) => false,
            Repr::Aggregate(_, aggregate) => aggregate.known,
            _ => true,
        }
    }

    /// Known, or an unknown refined as such: is it certain not to be null?
    pub fn is_certainly_not_null(&self) -> bool {
        match &self.0 {
            Repr::Null(..) => false,
            Repr::Unknown(_, not_null, _) => *not_null,
            Repr::Refined(_, refined) => refined.refinement.not_null,
            _ => true,
        }
    }

    /// The marks on the value itself.
    pub fn marks(&self) -> Marks {
        match &self.0 {
            Repr::Null(marks, _)
            | Repr::Unknown(marks, _, _)
            | Repr::Refined(marks, _)
            | Repr::Bool(marks, _)
            | Repr::Number(marks, _)
            | Repr::String(marks, _)
            | Repr::Aggregate(marks, _) => *marks,
        }
    }

    /// The marks on the value and on everything below, united. Constant time.
    pub fn deep_marks(&self) -> Marks {
        match &self.0 {
            Repr::Aggregate(marks, aggregate) => *marks | aggregate.marks,
            _ => self.marks(),
        }
    }

    /// How deep it nests: 0 for null, unknown and primitives, else one more than its deepest part.
    pub fn depth(&self) -> u32 {
        match &self.0 {
            Repr::Aggregate(_, aggregate) => aggregate.depth,
            _ => 0,
        }
    }

    /// How many values it is made of, itself included. Constant time.
    pub fn size(&self) -> u64 {
        match &self.0 {
            Repr::Aggregate(_, aggregate) => aggregate.size,
            _ => 1,
        }
    }

    /// What it is, its own marks aside.
    pub fn view(&self) -> View<'_> {
        match &self.0 {
            Repr::Null(..) => View::Null,
            Repr::Unknown(_, not_null, _) => View::Unknown(not_null.then_some(&NOT_NULL)),
            Repr::Refined(_, refined) => View::Unknown(Some(&refined.refinement)),
            Repr::Bool(_, value) => View::Bool(*value),
            Repr::Number(_, number) => View::Number(number),
            Repr::String(_, text) => View::String(text),
            Repr::Aggregate(_, aggregate) => match (&aggregate.body, aggregate.ty.kind()) {
                (Body::Entries(entries), _) => View::Map(entries),
                (Body::Values(values), Kind::List(_)) => View::List(values),
                (Body::Values(values), Kind::Set(_)) => View::Set(values),
                (Body::Values(values), Kind::Tuple(_)) => View::Tuple(values),
                (Body::Values(values), Kind::Object(object)) => View::Object(object, values),
                (Body::Values(_), kind) => panic!("BUG: an aggregate of type {kind:?}"),
            },
        }
    }

    /// The text of a known string.
    pub fn as_str(&self) -> Option<&str> {
        self.as_arc_str().map(|text| &**text)
    }

    /// The text of a known string, shared.
    pub fn as_arc_str(&self) -> Option<&Arc<str>> {
        match &self.0 {
            Repr::String(_, text) => Some(text),
            _ => None,
        }
    }

    /// A known truth value.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.0 {
            Repr::Bool(_, value) => Some(*value),
            _ => None,
        }
    }

    /// A known number.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.0 {
            Repr::Number(_, number) => Some(number),
            _ => None,
        }
    }

    /// The elements of a known list, set or tuple, or the attribute values of a known object.
    pub fn as_slice(&self) -> Option<&[Value]> {
        match &self.0 {
            Repr::Aggregate(_, aggregate) => match &aggregate.body {
                Body::Values(values) => Some(values),
                Body::Entries(_) => None,
            },
            _ => None,
        }
    }

    /// The entries of a known map, sorted by key.
    pub fn as_entries(&self) -> Option<&[(Arc<str>, Value)]> {
        match &self.0 {
            Repr::Aggregate(_, aggregate) => match &aggregate.body {
                Body::Entries(entries) => Some(entries),
                Body::Values(_) => None,
            },
            _ => None,
        }
    }

    /// The shape and attribute values of a known object.
    pub fn as_object(&self) -> Option<(&'static ObjectType, &[Value])> {
        match self.view() {
            View::Object(object, values) => Some((object, values)),
            _ => None,
        }
    }

    /// An attribute of a known object. The object's own marks are not added:
    /// [`ops::attribute`](crate::ops::attribute) does that.
    pub fn attr(&self, name: &str) -> Option<&Value> {
        let (object, values) = self.as_object()?;
        Some(&values[object.slot(name)?])
    }

    /// An attribute of a known object by its slot.
    pub fn slot(&self, slot: usize) -> Option<&Value> {
        self.as_object().and_then(|(_, values)| values.get(slot))
    }

    /// An element of a known map. The map's own marks are not added.
    pub fn entry(&self, key: &str) -> Option<&Value> {
        let entries = self.as_entries()?;
        let at = entries.binary_search_by(|(have, _)| (**have).cmp(key)).ok()?;
        Some(&entries[at].1)
    }

    /// How many elements or attributes a known aggregate holds; of a set with unknown elements, how
    /// many it could have at most. [`ops::length`](crate::ops::length) is the language's question.
    pub fn len(&self) -> Option<usize> {
        match &self.0 {
            Repr::Aggregate(_, aggregate) => Some(aggregate.body.len()),
            _ => None,
        }
    }

    /// A known aggregate without parts?
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// What is known about the value where it is not known: the refinement of an unknown, the
    /// closed range of a known one.
    pub fn range(&self) -> Refinement {
        match self.view() {
            View::Null => Refinement::NONE,
            View::Unknown(refinement) => refinement.cloned().unwrap_or(Refinement::NONE),
            View::String(text) => Refinement::NOT_NULL.prefix(Arc::clone(text)),
            View::Number(number) => {
                Refinement::NOT_NULL.at_least(number.clone(), true).at_most(number.clone(), true)
            }
            View::List(_) | View::Map(_) | View::Set(_) => {
                let length = self.len().unwrap_or(0) as u64;
                match self.view() {
                    View::Set(_) if length > 1 && !self.is_wholly_known() => {
                        Refinement::NOT_NULL.longer_than_or(1).shorter_than_or(length)
                    }
                    _ => Refinement::NOT_NULL.length(length),
                }
            }
            _ => Refinement::NOT_NULL,
        }
    }
}
