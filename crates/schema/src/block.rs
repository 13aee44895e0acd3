//! Blocks, attributes and nested blocks, and the object type that they imply.
//!
//! Not here: what is done with them. Invariant: `attrs`, `blocks` and the slots are made once, by [`Block::new`] and
//! [`NestedAttrs::new`], and never change after.

use std::sync::Arc;

use value::Type;

/// How the blocks or objects of one name stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nesting {
    /// At most one; null where absent.
    Single,
    /// Exactly one, made up where absent. Blocks only.
    Group,
    /// In order.
    List,
    /// Without order or repetition.
    Set,
    /// By a key: a block's only label.
    Map,
}

/// A text for people, and whether it is Markdown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The text; most are empty.
    pub text: Box<str>,
    /// Whether it is Markdown and not plain text.
    pub markdown: bool,
}

/// What is true of a slot, or of anything in it; unions of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Traits(u8);

impl Traits {
    /// Nothing.
    pub const NONE: Traits = Traits(0);
    /// The configuration has to set it.
    pub const REQUIRED: Traits = Traits(1);
    /// The configuration may set it.
    pub const OPTIONAL: Traits = Traits(2);
    /// The provider may set it.
    pub const COMPUTED: Traits = Traits(4);
    /// Its value is not shown.
    pub const SENSITIVE: Traits = Traits(8);
    /// Its value is sent in configuration only and never kept.
    pub const WRITE_ONLY: Traits = Traits(16);
    /// Its use draws a warning.
    pub const DEPRECATED: Traits = Traits(32);

    /// Both.
    pub fn union(self, other: Traits) -> Traits {
        Traits(self.0 | other.0)
    }

    /// Whether all of `other` is in it.
    pub fn contains(self, other: Traits) -> bool {
        self.0 & other.0 == other.0
    }

    fn when(self, holds: bool) -> Traits {
        if holds { self } else { Traits::NONE }
    }
}

/// An attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct Attr {
    /// Its name.
    pub name: Arc<str>,
    /// The type of its value, with no optional attributes.
    pub ty: Type,
    /// The type that a configured value is converted to: `ty`, with what is optional or computed in nested objects
    /// marked optional.
    pub constraint: Type,
    /// The schema of the objects in it, where it has one.
    pub nested: Option<Arc<NestedAttrs>>,
    /// Whether the configuration has to set it.
    pub required: bool,
    /// Whether the configuration may set it.
    pub optional: bool,
    /// Whether the provider may set it.
    pub computed: bool,
    /// Whether its value is not to be shown.
    pub sensitive: bool,
    /// Whether its value is sent in configuration only and never kept.
    pub write_only: bool,
    /// Whether its use draws a warning.
    pub deprecated: bool,
    /// What the warning says; may be empty.
    pub deprecation: Box<str>,
    /// For people.
    pub description: Description,
}

impl Attr {
    /// An attribute of this type that nobody may set yet; say who with the methods below.
    pub fn new(name: impl Into<Arc<str>>, constraint: Type) -> Attr {
        Attr {
            name: name.into(),
            ty: constraint.without_optional(),
            constraint,
            nested: None,
            required: false,
            optional: false,
            computed: false,
            sensitive: false,
            write_only: false,
            deprecated: false,
            deprecation: Box::default(),
            description: Description::default(),
        }
    }

    /// An attribute that holds objects of a schema of their own.
    pub fn nesting(name: impl Into<Arc<str>>, nested: NestedAttrs) -> Attr {
        let mut attr = Attr::new(name, nested.constraint());
        attr.nested = Some(Arc::new(nested));
        attr
    }

    /// The same, required in the configuration.
    pub fn required(self) -> Attr {
        Attr { required: true, ..self }
    }

    /// The same, optional in the configuration.
    pub fn optional(self) -> Attr {
        Attr { optional: true, ..self }
    }

    /// The same, set by the provider (where `optional` too, only if the configuration does not).
    pub fn computed(self) -> Attr {
        Attr { computed: true, ..self }
    }

    /// The same, not to be shown.
    pub fn sensitive(self) -> Attr {
        Attr { sensitive: true, ..self }
    }

    /// The same, sent in configuration only.
    pub fn write_only(self) -> Attr {
        Attr { write_only: true, ..self }
    }

    /// What is true of the attribute itself, without what is nested in it.
    pub fn traits(&self) -> Traits {
        Traits::REQUIRED
            .when(self.required)
            .union(Traits::OPTIONAL.when(self.optional))
            .union(Traits::COMPUTED.when(self.computed))
            .union(Traits::SENSITIVE.when(self.sensitive))
            .union(Traits::WRITE_ONLY.when(self.write_only))
            .union(Traits::DEPRECATED.when(self.deprecated))
    }

    /// What is true of the attribute or of anything nested in it.
    pub fn deep_traits(&self) -> Traits {
        self.nested
            .as_ref()
            .map_or(self.traits(), |nested| nested.deep_traits().union(self.traits()))
    }
}

/// The schema of the objects that an attribute holds.
#[derive(Clone, Debug, PartialEq)]
pub struct NestedAttrs {
    nesting: Nesting,
    attrs: Box<[Attr]>,
    object: Type,
    object_constraint: Type,
    deep: Traits,
}

impl NestedAttrs {
    /// From its attributes, in any order; of two with one name the last holds. [`Nesting::Group`] is for blocks only.
    pub fn new(nesting: Nesting, attrs: Vec<Attr>) -> NestedAttrs {
        assert!(nesting != Nesting::Group, "BUG: no attribute nests as a group");
        let attrs = sorted(attrs, |attr| &attr.name);
        let deep = attrs.iter().fold(Traits::NONE, |all, attr| all.union(attr.deep_traits()));
        let object = Type::object(attrs.iter().map(|attr| (attr.name.clone(), attr.ty)));
        let object_constraint = Type::object_with_optional(
            attrs
                .iter()
                .map(|attr| (attr.name.clone(), attr.constraint, attr.optional || attr.computed)),
        );
        NestedAttrs { nesting, attrs, object, object_constraint, deep }
    }

    /// How the objects stand together.
    pub fn nesting(&self) -> Nesting {
        self.nesting
    }

    /// The attributes, in the order of the object type's.
    pub fn attrs(&self) -> &[Attr] {
        &self.attrs
    }

    /// The attribute of this name.
    pub fn attr(&self, name: &str) -> Option<&Attr> {
        find(&self.attrs, name, |attr| &attr.name)
    }

    /// The type of one object.
    pub fn object(&self) -> Type {
        self.object
    }

    /// The type of all of it.
    pub fn ty(&self) -> Type {
        wrap(self.nesting, self.object)
    }

    /// The type that a configured value is converted to.
    pub fn constraint(&self) -> Type {
        wrap(self.nesting, self.object_constraint)
    }

    /// What is true of anything in it.
    pub fn deep_traits(&self) -> Traits {
        self.deep
    }
}

/// Blocks of one name inside a block.
#[derive(Clone, Debug, PartialEq)]
pub struct NestedBlock {
    /// Their name.
    pub name: Arc<str>,
    /// How they stand together.
    pub nesting: Nesting,
    /// Least number of them; 0 where the nesting has no number.
    pub min_items: u64,
    /// Greatest number of them; 0 means any.
    pub max_items: u64,
    /// What one of them holds.
    pub block: Arc<Block>,
}

impl NestedBlock {
    /// Any number of blocks.
    pub fn new(name: impl Into<Arc<str>>, nesting: Nesting, block: Block) -> NestedBlock {
        NestedBlock {
            name: name.into(),
            nesting,
            min_items: 0,
            max_items: 0,
            block: Arc::new(block),
        }
    }

    /// The type of all of them together: dynamic where a list or map is of blocks whose types may differ.
    pub fn ty(&self) -> Type {
        let object = self.block.ty();
        match self.nesting {
            Nesting::List | Nesting::Map if object.has_dynamic() => Type::DYNAMIC,
            nesting => wrap(nesting, object),
        }
    }
}

/// What a block may hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    attrs: Box<[Attr]>,
    blocks: Box<[NestedBlock]>,
    slots: Box<[u32]>,
    ty: Type,
    deep: Traits,
    deprecated: bool,
    deprecation: Box<str>,
    description: Description,
}

/// What a [`Block`] is made from.
#[derive(Clone, Debug, Default)]
pub struct BlockParts {
    /// Its attributes, in any order.
    pub attrs: Vec<Attr>,
    /// Its nested blocks, in any order.
    pub blocks: Vec<NestedBlock>,
    /// Whether its use draws a warning.
    pub deprecated: bool,
    /// What the warning says; may be empty.
    pub deprecation: Box<str>,
    /// For people.
    pub description: Description,
}

/// One attribute of a block's object type: what it stands for.
#[derive(Clone, Copy, Debug)]
pub enum Slot<'a> {
    /// An attribute.
    Attr(&'a Attr),
    /// Nested blocks.
    Block(&'a NestedBlock),
}

impl<'a> Slot<'a> {
    /// Its name.
    pub fn name(self) -> &'a Arc<str> {
        match self {
            Slot::Attr(attr) => &attr.name,
            Slot::Block(block) => &block.name,
        }
    }

    /// The type of its value.
    pub fn ty(self) -> Type {
        match self {
            Slot::Attr(attr) => attr.ty,
            Slot::Block(block) => block.ty(),
        }
    }

    /// What is true of it or of anything in it.
    pub fn deep_traits(self) -> Traits {
        match self {
            Slot::Attr(attr) => attr.deep_traits(),
            Slot::Block(block) => block.block.deep_traits(),
        }
    }
}

/// A slot's place in `attrs` or, with this bit, in `blocks`.
const IN_BLOCKS: u32 = 1 << 31;

impl Block {
    /// From its parts. Of two attributes, or two blocks, with one name the last holds; an attribute hides a block.
    pub fn new(parts: BlockParts) -> Block {
        let attrs = sorted(parts.attrs, |attr| &attr.name);
        let mut blocks = sorted(parts.blocks, |block| &block.name).into_vec();
        blocks.retain(|block| find(&attrs, &block.name, |attr: &Attr| &attr.name).is_none());
        let blocks = blocks.into_boxed_slice();
        let slots = merged(&attrs, &blocks);
        let mut block = Block {
            attrs,
            blocks,
            slots,
            ty: Type::DYNAMIC,
            deep: Traits::NONE,
            deprecated: parts.deprecated,
            deprecation: parts.deprecation,
            description: parts.description,
        };
        block.ty = Type::object(block.slots().map(|slot| (slot.name().clone(), slot.ty())));
        block.deep = block.slots().fold(Traits::NONE, |all, slot| all.union(slot.deep_traits()));
        block
    }

    /// A block of these attributes.
    pub fn of_attrs(attrs: Vec<Attr>) -> Block {
        Block::new(BlockParts { attrs, ..BlockParts::default() })
    }

    /// The object type of a value of this block.
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// The attributes, by name.
    pub fn attrs(&self) -> &[Attr] {
        &self.attrs
    }

    /// The nested blocks, by name.
    pub fn blocks(&self) -> &[NestedBlock] {
        &self.blocks
    }

    /// What each attribute of the object type stands for, in its order.
    pub fn slots(&self) -> impl ExactSizeIterator<Item = Slot<'_>> + Clone {
        self.slots.iter().map(|slot| self.slot_at(*slot))
    }

    /// The slot at this place of the object type.
    pub fn slot(&self, index: usize) -> Slot<'_> {
        self.slot_at(self.slots[index])
    }

    /// The attribute of this name.
    pub fn attr(&self, name: &str) -> Option<&Attr> {
        find(&self.attrs, name, |attr| &attr.name)
    }

    /// The nested blocks of this name.
    pub fn block(&self, name: &str) -> Option<&NestedBlock> {
        find(&self.blocks, name, |block| &block.name)
    }

    /// What is true of anything in it; asked before a walk that may be needless.
    pub fn deep_traits(&self) -> Traits {
        self.deep
    }

    /// Whether its use draws a warning.
    pub fn deprecated(&self) -> bool {
        self.deprecated
    }

    /// What the warning about its use says; may be empty.
    pub fn deprecation(&self) -> &str {
        &self.deprecation
    }

    /// For people.
    pub fn description(&self) -> &Description {
        &self.description
    }

    fn slot_at(&self, slot: u32) -> Slot<'_> {
        if slot & IN_BLOCKS == 0 {
            Slot::Attr(&self.attrs[slot as usize])
        } else {
            Slot::Block(&self.blocks[(slot & !IN_BLOCKS) as usize])
        }
    }
}

/// The places of two lists, each sorted by name, in the order of both together.
fn merged(attrs: &[Attr], blocks: &[NestedBlock]) -> Box<[u32]> {
    let mut slots = Vec::with_capacity(attrs.len() + blocks.len());
    let mut block = 0;
    for (index, attr) in attrs.iter().enumerate() {
        while block < blocks.len() && blocks[block].name < attr.name {
            slots.push(block as u32 | IN_BLOCKS);
            block += 1;
        }
        slots.push(index as u32);
    }
    slots.extend((block..blocks.len()).map(|rest| rest as u32 | IN_BLOCKS));
    slots.into_boxed_slice()
}

fn wrap(nesting: Nesting, object: Type) -> Type {
    match nesting {
        Nesting::Single | Nesting::Group => object,
        Nesting::List => Type::list(object),
        Nesting::Set => Type::set(object),
        Nesting::Map => Type::map(object),
    }
}

/// Sorted by the bytes of the name, the last of each name kept.
fn sorted<T>(mut items: Vec<T>, name: impl Fn(&T) -> &Arc<str>) -> Box<[T]> {
    items.reverse();
    items.sort_by(|a, b| name(a).cmp(name(b)));
    items.dedup_by(|a, b| name(a) == name(b));
    items.into_boxed_slice()
}

fn find<'a, T>(items: &'a [T], wanted: &str, name: impl Fn(&T) -> &Arc<str>) -> Option<&'a T> {
    items.binary_search_by(|item| name(item).as_ref().cmp(wanted)).ok().map(|index| &items[index])
}
