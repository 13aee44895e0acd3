//! Aggregates in the making, for decoders: a stack of these stands for recursion, so that nesting
//! costs heap and not stack.

use std::sync::Arc;

use crate::value::normalize;
use crate::{Kind, ObjectType, Path, Step, Type, Value};

/// What is expected of the next value.
#[derive(Clone, Copy)]
pub(crate) enum Want {
    /// A value of this type.
    Of(Type),
    /// Whatever stands there; its type follows from it.
    Any,
}

/// One list, set, map, tuple or object of which some parts are read.
pub(crate) enum Building {
    List(Type, Vec<Value>),
    Set(Type, Vec<Value>),
    /// Against the types where they are given, else as they come.
    Tuple(Option<&'static [Type]>, Vec<Value>),
    /// The key is that of the entry being read.
    Map(Type, Vec<(Arc<str>, Value)>, Arc<str>),
    /// The slot is that of the attribute being read.
    Object(Type, &'static ObjectType, Vec<Option<Value>>, usize),
    /// An object without a type; the name is that of the attribute being read.
    Members(Vec<(Arc<str>, Value)>, Arc<str>),
    /// A value that is wrapped with its type; then reading goes on at this offset.
    Wrapped(usize),
}

impl Building {
    /// For a sequence of elements; none where the type is no sequence.
    pub(crate) fn sequence(want: Want, capacity: usize) -> Option<Self> {
        let parts = Vec::with_capacity(capacity);
        match want {
            Want::Any => Some(Self::Tuple(None, parts)),
            Want::Of(ty) => match ty.kind() {
                Kind::List(element) => Some(Self::List(element, parts)),
                Kind::Set(element) => Some(Self::Set(element, parts)),
                Kind::Tuple(types) => Some(Self::Tuple(Some(types), parts)),
                _ => None,
            },
        }
    }

    /// For named parts; none where the type has none.
    pub(crate) fn named(want: Want, capacity: usize) -> Option<Self> {
        match want {
            Want::Any => Some(Self::Members(Vec::with_capacity(capacity), Arc::from(""))),
            Want::Of(ty) => match ty.kind() {
                Kind::Map(element) => {
                    Some(Self::Map(element, Vec::with_capacity(capacity), Arc::from("")))
                }
                Kind::Object(object) => {
                    Some(Self::Object(ty, object, vec![None; object.len()], usize::MAX))
                }
                _ => None,
            },
        }
    }

    /// Is no part there yet?
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::List(_, parts) | Self::Set(_, parts) | Self::Tuple(_, parts) => parts.is_empty(),
            Self::Map(_, entries, _) | Self::Members(entries, _) => entries.is_empty(),
            Self::Object(_, _, _, slot) => *slot == usize::MAX,
            Self::Wrapped(_) => false,
        }
    }

    /// What the next element of a sequence has to be.
    pub(crate) fn next_element(&self) -> Result<Want, String> {
        match self {
            Self::List(element, _) | Self::Set(element, _) => Ok(Want::Of(*element)),
            Self::Tuple(None, _) => Ok(Want::Any),
            Self::Tuple(Some(types), parts) => match types.get(parts.len()) {
                Some(&ty) => Ok(Want::Of(ty)),
                None => Err(format!("there are more than {} elements", types.len())),
            },
            _ => panic!("BUG: an element of something with named parts"),
        }
    }

    /// The name and type of the attribute after the last one: usually it comes next.
    pub(crate) fn expected(&self) -> Option<(&'static str, Type)> {
        let Self::Object(_, object, _, slot) = self else { return None };
        let next = slot.wrapping_add(1);
        object.names().get(next).map(|name| (&**name, object.types()[next]))
    }

    /// Goes on to the attribute that [`Self::expected`] named.
    pub(crate) fn enter_expected(&mut self) {
        if let Self::Object(_, _, _, slot) = self {
            *slot = slot.wrapping_add(1);
        }
    }

    /// What the part of this name has to be.
    pub(crate) fn next_named(&mut self, name: &str) -> Result<Want, String> {
        match self {
            Self::Map(element, _, key) => {
                *key = normalize(name);
                Ok(Want::Of(*element))
            }
            Self::Members(_, key) => {
                *key = normalize(name);
                Ok(Want::Any)
            }
            Self::Object(_, object, _, slot) => {
                // Usually the parts come in the order of the names.
                let mut next = slot.wrapping_add(1);
                *slot = object
                    .slot_from(&mut next, name)
                    .or_else(|| object.slot(&normalize(name)))
                    .ok_or_else(|| format!("there is no attribute named \"{name}\""))?;
                Ok(Want::Of(object.types()[*slot]))
            }
            _ => panic!("BUG: a named part of a sequence"),
        }
    }

    /// Takes the part that was asked for.
    pub(crate) fn push(&mut self, part: Value) {
        match self {
            Self::List(_, parts) | Self::Set(_, parts) | Self::Tuple(_, parts) => parts.push(part),
            Self::Map(_, entries, key) | Self::Members(entries, key) => {
                entries.push((key.clone(), part));
            }
            Self::Object(_, _, values, slot) => values[*slot] = Some(part),
            Self::Wrapped(_) => panic!("BUG: a part of a wrapped value"),
        }
    }

    /// The first attribute that did not come.
    pub(crate) fn missing(&self) -> Option<&'static str> {
        let Self::Object(_, object, values, _) = self else { return None };
        let slot = values.iter().position(Option::is_none)?;
        Some(&object.names()[slot])
    }

    /// The step to the part that is being read.
    fn step(&self) -> Option<Step> {
        match self {
            Self::List(_, parts) | Self::Set(_, parts) | Self::Tuple(_, parts) => {
                Some(Step::Index(Value::int(parts.len() as i64)))
            }
            Self::Map(_, _, key) => Some(Step::Index(Value::string_normal(key.clone()))),
            Self::Members(_, name) => Some(Step::Attr(name.clone())),
            Self::Object(_, object, _, slot) => object.names().get(*slot).cloned().map(Step::Attr),
            Self::Wrapped(_) => None,
        }
    }

    /// The aggregate. Attributes that did not come are null.
    pub(crate) fn finish(self) -> Result<Value, String> {
        match self {
            Self::List(element, parts) => {
                of_one_type(element, parts.iter())?;
                Ok(Value::list(element, parts))
            }
            Self::Set(element, parts) => {
                of_one_type(element, parts.iter())?;
                Ok(Value::set(element, parts))
            }
            Self::Tuple(types, parts) => match types {
                Some(types) if parts.len() < types.len() => Err(format!(
                    "there are {} elements where {} are required",
                    parts.len(),
                    types.len()
                )),
                _ => Ok(Value::tuple(parts)),
            },
            Self::Map(element, entries, _) => {
                of_one_type(element, entries.iter().map(|(_, part)| part))?;
                Ok(Value::map(element, entries))
            }
            Self::Object(ty, object, values, _) => {
                let values = values.into_iter().zip(object.types());
                let values = values.map(|(value, &ty)| value.unwrap_or_else(|| Value::null(ty)));
                Ok(Value::object_of(ty, values.collect::<Vec<_>>()))
            }
            Self::Members(members, _) => members_as_object(members),
            Self::Wrapped(_) => panic!("BUG: a wrapped value has no parts"),
        }
    }
}

/// Where the parts being read stand, from the outermost inwards.
pub(crate) fn path(stack: &[Building]) -> Path {
    stack.iter().filter_map(Building::step).collect()
}

/// A constraint can leave the elements' types open; then they must still be one.
fn of_one_type<'v>(element: Type, parts: impl Iterator<Item = &'v Value>) -> Result<(), String> {
    if !element.has_dynamic() {
        return Ok(());
    }
    let mut types = parts.map(Value::ty).filter(|ty| !ty.is_dynamic());
    if types.next().is_none_or(|first| types.all(|ty| ty == first)) {
        return Ok(());
    }
    Err("the elements of a collection must be of one type".into())
}

/// Of members with one name the last counts, as long as they are of one type.
fn members_as_object(mut members: Vec<(Arc<str>, Value)>) -> Result<Value, String> {
    members.sort_by(|a, b| a.0.cmp(&b.0));
    let clash =
        |pair: &&[(Arc<str>, Value)]| pair[0].0 == pair[1].0 && pair[0].1.ty() != pair[1].1.ty();
    match members.windows(2).find(clash) {
        Some(pair) => Err(format!("the member \"{}\" stands twice, with two types", pair[0].0)),
        None => Ok(Value::object(members)),
    }
}
