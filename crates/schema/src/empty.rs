//! The values of a block of which nothing is known but its schema: what an empty body decodes to, and the stand-in
//! for a block that may or may not be there.
//!
//! Recursion is as deep as the schema, which the protocol's message limits bound.

use value::Value;

use crate::block::{Attr, Block, NestedBlock, Nesting, Slot};

impl Block {
    /// What an empty body decodes to: attributes null, no nested blocks.
    pub fn empty(&self) -> Value {
        let values = self
            .slots()
            .map(|slot| match slot {
                Slot::Attr(attr) => Value::null(attr.ty),
                Slot::Block(nested) => nested.empty(),
            })
            .collect::<Vec<Value>>();
        Value::object_of(self.ty(), values)
    }

    /// A block that is there, in which every attribute is unknown: what `dynamic` with unknown repetition holds, and
    /// what stands for an unknown block of a legacy provider.
    pub fn unknown_stub(&self) -> Value {
        let values = self
            .slots()
            .map(|slot| match slot {
                Slot::Attr(attr) => Value::unknown(attr.ty),
                Slot::Block(nested) => nested.unknown_stub(),
            })
            .collect::<Vec<Value>>();
        Value::object_of(self.ty(), values)
    }
}

impl Attr {
    /// What an attribute is where nothing sets it.
    pub fn empty(&self) -> Value {
        Value::null(self.ty)
    }
}

impl NestedBlock {
    /// What stands where no block of this name is written.
    pub fn empty(&self) -> Value {
        let object = self.block.ty();
        let dynamic = object.has_dynamic();
        match self.nesting {
            Nesting::Single => Value::null(object),
            Nesting::Group => self.block.empty(),
            Nesting::List if dynamic => Value::tuple(Vec::new()),
            Nesting::List => Value::list(object, Vec::new()),
            Nesting::Map if dynamic => Value::object([]),
            Nesting::Map => Value::map(object, []),
            Nesting::Set => Value::set(object, Vec::new()),
        }
    }

    fn unknown_stub(&self) -> Value {
        match self.nesting {
            Nesting::Single | Nesting::Group => self.block.unknown_stub(),
            Nesting::List => Value::list(self.block.ty(), vec![self.block.unknown_stub()]),
            Nesting::Set => Value::set(self.block.ty(), vec![self.block.unknown_stub()]),
            Nesting::Map => self.empty(),
        }
    }
}
