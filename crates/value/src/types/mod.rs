//! Types: small copyable handles whose equality is the equality of pointers.
//!
//! Every type lives once in the process (see [`intern`]), so a [`Type`] is copied, compared and hashed
//! in constant time. The same handle serves as the type of a value and as a constraint on one: a
//! constraint may hold [`Type::DYNAMIC`] and objects with optional attributes, the type of a known
//! value holds neither, except `DYNAMIC` where a null or an unknown of no type stands.

mod intern;
mod names;
mod object;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

pub use object::ObjectType;

/// A type or a type constraint, interned: copying and comparing cost nothing.
#[derive(Clone, Copy)]
pub struct Type(&'static TypeData);

/// The shape of a [`Type`], for matching.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// Any type, not known yet; `any` in a constraint.
    Dynamic,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(element)`
    List(Type),
    /// `set(element)`
    Set(Type),
    /// `map(element)`
    Map(Type),
    /// `tuple([...])`, the element types in order.
    Tuple(&'static [Type]),
    /// `object({...})`
    Object(&'static ObjectType),
}

/// What one interned type remembers. The collections of a type hang on it, so that `list(t)` is
/// found without a table.
#[derive(Debug)]
struct TypeData {
    kind: Kind,
    id: u32,
    has_dynamic: bool,
    has_optional: bool,
    list: OnceLock<Type>,
    set: OnceLock<Type>,
    map: OnceLock<Type>,
    required: OnceLock<Type>,
}

impl TypeData {
    const fn new(kind: Kind, id: u32, has_dynamic: bool, has_optional: bool) -> Self {
        Self {
            kind,
            id,
            has_dynamic,
            has_optional,
            list: OnceLock::new(),
            set: OnceLock::new(),
            map: OnceLock::new(),
            required: OnceLock::new(),
        }
    }
}

static DYNAMIC: TypeData = TypeData::new(Kind::Dynamic, 0, true, false);
static BOOL: TypeData = TypeData::new(Kind::Bool, 1, false, false);
static NUMBER: TypeData = TypeData::new(Kind::Number, 2, false, false);
static STRING: TypeData = TypeData::new(Kind::String, 3, false, false);

impl Type {
    /// The type of what has no type yet; as a constraint, `any`.
    pub const DYNAMIC: Self = Self(&DYNAMIC);
    /// `bool`
    pub const BOOL: Self = Self(&BOOL);
    /// `number`
    pub const NUMBER: Self = Self(&NUMBER);
    /// `string`
    pub const STRING: Self = Self(&STRING);

    /// `list(element)`
    pub fn list(element: Self) -> Self {
        *element.0.list.get_or_init(|| intern::collection(Kind::List(element)))
    }

    /// `set(element)`
    pub fn set(element: Self) -> Self {
        *element.0.set.get_or_init(|| intern::collection(Kind::Set(element)))
    }

    /// `map(element)`
    pub fn map(element: Self) -> Self {
        *element.0.map.get_or_init(|| intern::collection(Kind::Map(element)))
    }

    /// `tuple([elements...])`
    pub fn tuple(elements: &[Self]) -> Self {
        intern::tuple(elements)
    }

    /// An object type. Of attributes with one name the last counts.
    pub fn object(attributes: impl IntoIterator<Item = (Arc<str>, Self)>) -> Self {
        Self::object_with_optional(attributes.into_iter().map(|(name, ty)| (name, ty, false)))
    }

    /// An object constraint; the flag says that the attribute is optional. Of attributes with one
    /// name the last counts.
    pub fn object_with_optional(
        attributes: impl IntoIterator<Item = (Arc<str>, Self, bool)>,
    ) -> Self {
        intern::object(attributes.into_iter().collect())
    }

    /// An object type from names that are sorted by bytes already and distinct, beside their types.
    ///
    /// # Panics
    /// Where the two differ in length. That the names are sorted is checked in debug builds.
    pub fn object_sorted(names: &[Arc<str>], types: &[Self]) -> Self {
        intern::object_sorted(names, types)
    }

    /// The object type without attributes.
    pub fn empty_object() -> Self {
        intern::object_sorted(&[], &[])
    }

    /// The tuple type without elements.
    pub fn empty_tuple() -> Self {
        intern::tuple(&[])
    }

    /// The shape, for matching.
    pub fn kind(self) -> Kind {
        self.0.kind
    }

    /// Is this [`Type::DYNAMIC`] itself?
    pub fn is_dynamic(self) -> bool {
        matches!(self.0.kind, Kind::Dynamic)
    }

    /// Does [`Type::DYNAMIC`] stand anywhere in it?
    pub fn has_dynamic(self) -> bool {
        self.0.has_dynamic
    }

    /// Does an object with optional attributes stand anywhere in it?
    pub fn has_optional(self) -> bool {
        self.0.has_optional
    }

    /// `bool`, `number` or `string`?
    pub fn is_primitive(self) -> bool {
        matches!(self.0.kind, Kind::Bool | Kind::Number | Kind::String)
    }

    /// A list, set or map?
    pub fn is_collection(self) -> bool {
        matches!(self.0.kind, Kind::List(_) | Kind::Set(_) | Kind::Map(_))
    }

    /// A list?
    pub fn is_list(self) -> bool {
        matches!(self.0.kind, Kind::List(_))
    }

    /// A set?
    pub fn is_set(self) -> bool {
        matches!(self.0.kind, Kind::Set(_))
    }

    /// A map?
    pub fn is_map(self) -> bool {
        matches!(self.0.kind, Kind::Map(_))
    }

    /// A tuple?
    pub fn is_tuple(self) -> bool {
        matches!(self.0.kind, Kind::Tuple(_))
    }

    /// An object?
    pub fn is_object(self) -> bool {
        matches!(self.0.kind, Kind::Object(_))
    }

    /// The element type of a list, set or map.
    pub fn element(self) -> Option<Self> {
        match self.0.kind {
            Kind::List(element) | Kind::Set(element) | Kind::Map(element) => Some(element),
            _ => None,
        }
    }

    /// The element types of a tuple.
    pub fn tuple_elements(self) -> Option<&'static [Self]> {
        match self.0.kind {
            Kind::Tuple(elements) => Some(elements),
            _ => None,
        }
    }

    /// The shape of an object type.
    pub fn object_type(self) -> Option<&'static ObjectType> {
        match self.0.kind {
            Kind::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The slot and type of an object type's attribute.
    pub fn attr(self, name: &str) -> Option<(usize, Self)> {
        let object = self.object_type()?;
        let slot = object.slot(name)?;
        Some((slot, object.types()[slot]))
    }

    /// The same constraint with every optional attribute made an ordinary one, at all depths: the
    /// type of values that satisfy it.
    pub fn without_optional(self) -> Self {
        if !self.0.has_optional {
            return self;
        }
        *self.0.required.get_or_init(|| match self.0.kind {
            Kind::Dynamic | Kind::Bool | Kind::Number | Kind::String => self,
            Kind::List(element) => Self::list(element.without_optional()),
            Kind::Set(element) => Self::set(element.without_optional()),
            Kind::Map(element) => Self::map(element.without_optional()),
            Kind::Tuple(elements) => {
                let elements: Vec<_> = elements.iter().map(|ty| ty.without_optional()).collect();
                Self::tuple(&elements)
            }
            Kind::Object(object) => {
                let types: Vec<_> = object.types().iter().map(|ty| ty.without_optional()).collect();
                Self::object_sorted(object.names(), &types)
            }
        })
    }

    /// A number that names this type within the process. Not stable from run to run.
    pub fn id(self) -> u32 {
        self.0.id
    }
}

impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Type {}

impl Hash for Type {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.0.id);
    }
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.constraint_text())
    }
}
