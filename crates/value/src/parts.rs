//! Walking a value for encoders: each aggregate is a frame on a stack of the heap.

use crate::{Path, Step, Type, Value, View};

/// The types that an encoder writes the parts of one aggregate as.
#[derive(Clone, Copy)]
enum PartTypes {
    All(Type),
    Each(&'static [Type]),
}

/// An aggregate whose parts are being written.
pub(crate) struct Frame<'v> {
    view: View<'v>,
    types: PartTypes,
    next: usize,
    len: usize,
    /// The type to be written after a wrapped value.
    pub(crate) wrapped: Option<Type>,
}

/// How a part is found in its aggregate.
pub(crate) enum Key<'v> {
    Position,
    Name(&'v str),
}

impl<'v> Frame<'v> {
    /// A frame for a known aggregate that conforms to the type; none for other values.
    pub(crate) fn new(value: &'v Value, ty: Type) -> Option<Self> {
        let view = value.view();
        let (types, len) = match view {
            View::List(parts) | View::Set(parts) => {
                (PartTypes::All(ty.element().unwrap_or(Type::DYNAMIC)), parts.len())
            }
            View::Map(entries) => {
                (PartTypes::All(ty.element().unwrap_or(Type::DYNAMIC)), entries.len())
            }
            View::Tuple(parts) => {
                (PartTypes::Each(ty.tuple_elements().unwrap_or_default()), parts.len())
            }
            View::Object(_, parts) => {
                let types = ty.object_type().map_or(&[][..], |object| object.types());
                (PartTypes::Each(types), parts.len())
            }
            _ => return None,
        };
        if let PartTypes::Each(types) = types {
            assert_eq!(types.len(), len, "BUG: a value of {:?} written as {ty:?}", value.ty());
        }
        Some(Self { view, types, next: 0, len, wrapped: None })
    }

    /// How many parts there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Are its parts named?
    pub(crate) fn is_named(&self) -> bool {
        matches!(self.view, View::Map(_) | View::Object(..))
    }

    /// The position, key, value and type of the next part.
    pub(crate) fn advance(&mut self) -> Option<(usize, Key<'v>, &'v Value, Type)> {
        let at = self.next;
        if at == self.len {
            return None;
        }
        self.next += 1;
        let ty = match self.types {
            PartTypes::All(ty) => ty,
            PartTypes::Each(types) => types[at],
        };
        let (key, part) = match self.view {
            View::List(parts) | View::Set(parts) | View::Tuple(parts) => {
                (Key::Position, &parts[at])
            }
            View::Map(entries) => (Key::Name(&entries[at].0), &entries[at].1),
            View::Object(object, parts) => (Key::Name(&object.names()[at]), &parts[at]),
            _ => panic!("BUG: a frame for a value without parts"),
        };
        Some((at, key, part, ty))
    }

    /// The step to the part that was returned last.
    fn step(&self) -> Option<Step> {
        let at = self.next.checked_sub(1)?;
        Some(match self.view {
            View::Map(entries) => Step::Index(Value::string_normal(entries[at].0.clone())),
            View::Object(object, _) => Step::Attr(object.names()[at].clone()),
            _ => Step::Index(Value::int(at as i64)),
        })
    }
}

/// Where the part being written stands.
pub(crate) fn path(stack: &[Frame<'_>]) -> Path {
    stack.iter().filter_map(Frame::step).collect()
}
