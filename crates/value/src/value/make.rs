//! Constructors. Whatever they are given, the value that comes out holds the invariants: strings in
//! NFC, map keys sorted and distinct, sets sorted by key without equal elements, parts of the
//! element type.

use std::sync::Arc;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::{Aggregate, Body, Refined, Repr, Value, set};
use crate::{Kind, Marks, Number, Refinement, Type};

/// The text in NFC, as every string of a value is. Text that is ASCII is not looked at twice.
pub fn normalize(text: impl Into<Arc<str>>) -> Arc<str> {
    let text = text.into();
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return text;
    }
    text.nfc().collect::<String>().into()
}

impl Value {
    /// `true`
    pub const TRUE: Self = Self::bool(true);
    /// `false`
    pub const FALSE: Self = Self::bool(false);
    /// An unknown of which not even the type is known.
    pub const DYNAMIC: Self = Self(Repr::Unknown(Marks::NONE, false, Type::DYNAMIC));

    /// Null of a type.
    pub const fn null(ty: Type) -> Self {
        Self(Repr::Null(Marks::NONE, ty))
    }

    /// A value of the type, of which nothing else is known.
    pub const fn unknown(ty: Type) -> Self {
        Self(Repr::Unknown(Marks::NONE, false, ty))
    }

    /// A value of the type that is not null, of which nothing else is known. Of
    /// [`Type::DYNAMIC`] nothing can be known, so not this either.
    pub fn unknown_not_null(ty: Type) -> Self {
        Self(Repr::Unknown(Marks::NONE, !ty.is_dynamic(), ty))
    }

    /// An unknown about which something is known. What the type has no room for is dropped. Where
    /// only one value is left, the result is that value: the number between equal bounds, the empty
    /// collection, the list or one-element set of unknown elements.
    pub fn unknown_with(ty: Type, refinement: Refinement) -> Self {
        let refinement = refinement.for_type(ty);
        if refinement.not_null
            && let Some(value) = only_value(ty, &refinement)
        {
            return value;
        }
        let plain = refinement.is_none() || refinement == Refinement::NOT_NULL;
        if plain {
            return Self(Repr::Unknown(Marks::NONE, refinement.not_null, ty));
        }
        Self(Repr::Refined(Marks::NONE, Arc::new(Refined { ty, refinement })))
    }

    /// A truth value.
    pub const fn bool(value: bool) -> Self {
        Self(Repr::Bool(Marks::NONE, value))
    }

    /// An integer that the program counted: a length, an index.
    pub const fn int(value: i64) -> Self {
        Self::number(Number::int(value))
    }

    /// A number.
    pub const fn number(number: Number) -> Self {
        Self(Repr::Number(Marks::NONE, number))
    }

    /// A string; it is brought to NFC.
    pub fn string(text: impl Into<Arc<str>>) -> Self {
        Self(Repr::String(Marks::NONE, normalize(text)))
    }

    /// A string that is in NFC already, such as one taken from a value.
    pub(crate) fn string_normal(text: Arc<str>) -> Self {
        Self(Repr::String(Marks::NONE, text))
    }

    fn aggregate(ty: Type, body: Body) -> Self {
        Self(Repr::Aggregate(Marks::NONE, Aggregate::new(ty, body)))
    }

    /// A list. Where the element type holds [`Type::DYNAMIC`], the elements decide it. Nulls and
    /// unknowns without a type take the element type.
    ///
    /// # Panics
    /// Where an element has another type than the list: convert first.
    pub fn list(element: Type, mut elements: Vec<Self>) -> Self {
        let element = settle(element, &mut elements.iter_mut());
        Self::aggregate(Type::list(element), Body::Values(elements))
    }

    /// A set: sorted by OpenTofu's set key, equal elements once. Marks of the elements, at all
    /// depths, are lifted to the set. The element type is settled as in [`Self::list`].
    ///
    /// # Panics
    /// As [`Self::list`].
    pub fn set(element: Type, elements: Vec<Self>) -> Self {
        let mut marks = Marks::NONE;
        let mut elements: Vec<_> = elements
            .into_iter()
            .map(|element| {
                marks |= element.deep_marks();
                element.unmark_deep().0
            })
            .collect();
        let element = settle(element, &mut elements.iter_mut());
        let elements = set::arrange(elements);
        Self::aggregate(Type::set(element), Body::Values(elements)).with_marks(marks)
    }

    /// A map; keys are brought to NFC, of equal keys the last counts. The element type is settled
    /// as in [`Self::list`].
    ///
    /// # Panics
    /// As [`Self::list`].
    pub fn map(element: Type, entries: impl IntoIterator<Item = (Arc<str>, Self)>) -> Self {
        let mut entries: Vec<_> =
            entries.into_iter().map(|(key, value)| (normalize(key), value)).collect();
        sort_entries(&mut entries);
        let element = settle(element, &mut entries.iter_mut().map(|(_, value)| value));
        Self::aggregate(Type::map(element), Body::Entries(entries))
    }

    /// A tuple; its type follows from the elements.
    pub fn tuple(elements: Vec<Self>) -> Self {
        let types: Vec<_> = elements.iter().map(Self::ty).collect();
        Self::aggregate(Type::tuple(&types), Body::Values(elements))
    }

    /// An object; its type follows from the attributes. Of equal names the last counts.
    pub fn object(attributes: impl IntoIterator<Item = (Arc<str>, Self)>) -> Self {
        let mut attributes: Vec<_> =
            attributes.into_iter().map(|(name, value)| (normalize(name), value)).collect();
        sort_entries(&mut attributes);
        let mut names = Vec::with_capacity(attributes.len());
        let mut types = Vec::with_capacity(attributes.len());
        let mut values = Vec::with_capacity(attributes.len());
        for (name, value) in attributes {
            names.push(name);
            types.push(value.ty());
            values.push(value);
        }
        Self::aggregate(Type::object_sorted(&names, &types), Body::Values(values))
    }

    /// An object by shape: values in the order of the type's sorted names. Where the type holds
    /// [`Type::DYNAMIC`] or optional attributes, the values decide the type of the result; nulls and
    /// unknowns without a type take the attribute's.
    ///
    /// # Panics
    /// Where the type is no object type, or a value does not fit its slot.
    pub fn object_of(ty: Type, values: impl Into<Vec<Self>>) -> Self {
        let ty = ty.without_optional();
        let object = ty.object_type().expect("BUG: an object of a type that is no object type");
        let mut values = values.into();
        assert_eq!(object.len(), values.len(), "BUG: an object with too few or too many values");
        let mut same = true;
        for (value, &slot) in values.iter_mut().zip(object.types()) {
            let have = value.ty();
            if have == slot {
                continue;
            }
            if have.is_dynamic() {
                value.give_type(slot);
                continue;
            }
            assert!(slot.has_dynamic(), "BUG: a value of type {have:?} in a slot of type {slot:?}");
            same = false;
        }
        let ty = if same {
            ty
        } else {
            let types: Vec<_> = values.iter().map(Self::ty).collect();
            Type::object_sorted(object.names(), &types)
        };
        Self::aggregate(ty, Body::Values(values))
    }

    /// An object from names that are sorted by bytes, distinct and in NFC, beside their values; its
    /// type follows from the values. The quickest way where the names are known beforehand.
    ///
    /// # Panics
    /// Where the two differ in length. The order of the names is checked in debug builds.
    pub fn object_sorted(names: &[Arc<str>], values: Vec<Self>) -> Self {
        let types: Vec<_> = values.iter().map(Self::ty).collect();
        Self::aggregate(Type::object_sorted(names, &types), Body::Values(values))
    }

    /// Gives a type to a null or unknown that has none.
    fn give_type(&mut self, ty: Type) {
        match &mut self.0 {
            Repr::Null(_, have) | Repr::Unknown(_, _, have) if have.is_dynamic() => *have = ty,
            _ => panic!("BUG: a value of type {:?} where {ty:?} belongs", self.ty()),
        }
    }
}

/// What is the one value that a refinement leaves, where it leaves one? Null is excluded already.
fn only_value(ty: Type, refinement: &Refinement) -> Option<Value> {
    match ty.kind() {
        Kind::Number => {
            let (min, max) = refinement.number_min.as_ref().zip(refinement.number_max.as_ref())?;
            let closed = min.inclusive && max.inclusive && min.value == max.value;
            closed.then(|| Value::number(min.value.clone()))
        }
        Kind::List(_) | Kind::Set(_) | Kind::Map(_) => {
            let max = refinement.length_max?;
            if refinement.length_min.unwrap_or(0) != max {
                return None;
            }
            known_length(ty, max)
        }
        _ => None,
    }
}

/// Longest list of unknown elements that a refined length is turned into; beyond, it stays unknown.
const UNKNOWN_ELEMENTS_MAX: u64 = 1 << 16;

fn known_length(ty: Type, length: u64) -> Option<Value> {
    match (ty.kind(), length) {
        (Kind::List(element), 0) => Some(Value::list(element, Vec::new())),
        (Kind::Set(element), 0) => Some(Value::set(element, Vec::new())),
        (Kind::Map(element), 0) => Some(Value::map(element, [])),
        (Kind::List(element), ..=UNKNOWN_ELEMENTS_MAX) => {
            Some(Value::list(element, vec![Value::unknown(element); length as usize]))
        }
        (Kind::Set(element), 1) => Some(Value::set(element, vec![Value::unknown(element)])),
        _ => None,
    }
}

/// Sorted by key, of equal keys the last one kept.
fn sort_entries(entries: &mut Vec<(Arc<str>, Value)>) {
    if entries.is_sorted_by(|a, b| a.0 < b.0) {
        return;
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    entries.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            std::mem::swap(&mut earlier.1, &mut later.1);
        }
        same
    });
}

/// The element type of a collection, from what is asked and what is there; gives it to elements
/// that have none.
fn settle<'v>(element: Type, values: &mut (impl Iterator<Item = &'v mut Value> + Sized)) -> Type
where
{
    let mut untyped: Vec<&mut Value> = Vec::new();
    let asked = element.without_optional();
    let mut settled = (!asked.has_dynamic()).then_some(asked);
    for value in values {
        let have = value.ty();
        if have.is_dynamic() {
            untyped.push(value);
            continue;
        }
        let want = *settled.get_or_insert(have);
        assert!(have == want, "BUG: a value of type {have:?} in a collection of {want:?}");
    }
    let settled = settled.unwrap_or(asked);
    if !settled.is_dynamic() {
        for value in untyped {
            value.give_type(settled);
        }
    }
    settled
}
