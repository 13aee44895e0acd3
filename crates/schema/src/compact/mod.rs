//! The compact binary form of schemas, for caches: one blob for each type, decoded alone.
//!
//! A private format that may change with any release: whoever stores it stores [`VERSION`] beside it and discards
//! what has another. Not for interchange; that is `document`.
//!
//! Invariant: decoding what was encoded gives an equal schema; decoding anything else is an error, never a panic.

mod reader;
mod writer;

use std::fmt;

use crate::block::{Attr, Block};
use crate::bundle::{FunctionSchema, ResourceSchema};

use reader::Reader;
use writer::Writer;

/// The version of the format.
pub const VERSION: u32 = 1;

/// The bytes are no schema of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompactError;

impl fmt::Display for CompactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a stored schema of this version")
    }
}

impl std::error::Error for CompactError {}

/// Appends a resource type's schema.
pub fn encode_resource(schema: &ResourceSchema, out: &mut Vec<u8>) {
    Writer(out).resource(schema);
}

/// Reads what [`encode_resource`] wrote, whole.
pub fn decode_resource(bytes: &[u8]) -> Result<ResourceSchema, CompactError> {
    Reader::whole(bytes, Reader::resource)
}

/// Appends a block's schema.
pub fn encode_block(block: &Block, out: &mut Vec<u8>) {
    Writer(out).block(block);
}

/// Reads what [`encode_block`] wrote, whole.
pub fn decode_block(bytes: &[u8]) -> Result<Block, CompactError> {
    Reader::whole(bytes, |reader| reader.block(0))
}

/// Appends a function's schema.
pub fn encode_function(schema: &FunctionSchema, out: &mut Vec<u8>) {
    Writer(out).function(schema);
}

/// Reads what [`encode_function`] wrote, whole.
pub fn decode_function(bytes: &[u8]) -> Result<FunctionSchema, CompactError> {
    Reader::whole(bytes, Reader::function)
}

/// The flags of an attribute, one bit each.
mod flag {
    pub(super) const REQUIRED: u8 = 1;
    pub(super) const OPTIONAL: u8 = 2;
    pub(super) const COMPUTED: u8 = 4;
    pub(super) const SENSITIVE: u8 = 8;
    pub(super) const WRITE_ONLY: u8 = 16;
    pub(super) const DEPRECATED: u8 = 32;
    pub(super) const NESTED: u8 = 64;
    pub(super) const MARKDOWN: u8 = 128;
}

fn flags(attr: &Attr) -> u8 {
    let bit = |bit: u8, holds: bool| if holds { bit } else { 0 };
    bit(flag::REQUIRED, attr.required)
        | bit(flag::OPTIONAL, attr.optional)
        | bit(flag::COMPUTED, attr.computed)
        | bit(flag::SENSITIVE, attr.sensitive)
        | bit(flag::WRITE_ONLY, attr.write_only)
        | bit(flag::DEPRECATED, attr.deprecated)
        | bit(flag::NESTED, attr.nested.is_some())
        | bit(flag::MARKDOWN, attr.description.markdown)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use value::Type;

    use super::*;
    use crate::block::{BlockParts, Description, NestedAttrs, NestedBlock, Nesting};
    use crate::bundle::{FunctionParam, IdentitySchema};

    fn example() -> ResourceSchema {
        let nested = NestedAttrs::new(
            Nesting::Set,
            vec![Attr::new("a", Type::STRING).optional(), Attr::new("b", Type::DYNAMIC).computed()],
        );
        let inner = Block::of_attrs(vec![Attr::new("n", Type::NUMBER).required().sensitive()]);
        let mut list = NestedBlock::new("list", Nesting::List, inner);
        (list.min_items, list.max_items) = (1, 300);
        let mut text =
            Attr::new("text", Type::tuple(&[Type::BOOL, Type::map(Type::STRING)])).optional();
        text.description = Description { text: "Says so.".into(), markdown: true };
        (text.deprecated, text.deprecation) = (true, "use other".into());
        let object = Type::object([
            (Arc::from("x"), Type::list(Type::NUMBER)),
            (Arc::from("y"), Type::set(Type::BOOL)),
        ]);
        let block = Block::new(BlockParts {
            attrs: vec![
                text,
                Attr::nesting("nested", nested).optional(),
                Attr::new("object", object).write_only(),
            ],
            blocks: vec![list],
            deprecated: true,
            ..BlockParts::default()
        });
        let id = NestedAttrs::new(Nesting::Single, vec![Attr::new("id", Type::STRING).required()]);
        ResourceSchema {
            version: 7,
            block: Arc::new(block),
            identity: Some(Arc::new(IdentitySchema { version: 2, attrs: id })),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        encode_resource(&example(), &mut bytes);
        assert_eq!(decode_resource(&bytes), Ok(example()));
        for end in 0..bytes.len() {
            assert_eq!(decode_resource(&bytes[..end]), Err(CompactError), "cut at {end}");
        }
    }

    #[test]
    fn functions_too() {
        let param = |name: &str| FunctionParam {
            name: name.into(),
            ty: Type::list(Type::STRING),
            allow_null: true,
            allow_unknown: false,
            description: Description::default(),
        };
        let function = FunctionSchema {
            params: vec![param("a")],
            variadic: Some(param("rest")),
            result: Type::STRING,
            summary: "sums up".into(),
            description: Description::default(),
            deprecation: "no".into(),
        };
        let mut bytes = Vec::new();
        encode_function(&function, &mut bytes);
        assert_eq!(decode_function(&bytes), Ok(function));
    }

    #[test]
    fn depth_is_limited() {
        let deep = vec![4_u8; 5000];
        assert_eq!(Reader::whole(&deep, |reader| reader.ty(0)), Err(CompactError));
    }
}
