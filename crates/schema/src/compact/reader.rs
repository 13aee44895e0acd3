//! Reading the compact form; every read is checked, since the bytes come from a disk.

use std::sync::Arc;

use value::Type;

use super::{CompactError, flag};
use crate::block::{Attr, Block, BlockParts, Description, NestedAttrs, NestedBlock, Nesting};
use crate::bundle::{FunctionParam, FunctionSchema, IdentitySchema, ResourceSchema};

/// Greatest depth of nested types and blocks, as of values (ENGINE §3).
const DEPTH_MAX: u32 = 1_000;

type Read<T> = Result<T, CompactError>;

pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn whole<T>(
        bytes: &'a [u8],
        read: impl FnOnce(&mut Reader<'a>) -> Read<T>,
    ) -> Read<T> {
        let mut reader = Reader(bytes);
        let result = read(&mut reader)?;
        if reader.0.is_empty() { Ok(result) } else { Err(CompactError) }
    }

    fn byte(&mut self) -> Read<u8> {
        let (first, rest) = self.0.split_first().ok_or(CompactError)?;
        self.0 = rest;
        Ok(*first)
    }

    fn flag(&mut self) -> Read<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(CompactError),
        }
    }

    fn number(&mut self) -> Read<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(CompactError)
    }

    fn text(&mut self) -> Read<&'a str> {
        let length = usize::try_from(self.number()?).map_err(|_| CompactError)?;
        let (text, rest) = self.0.split_at_checked(length).ok_or(CompactError)?;
        self.0 = rest;
        std::str::from_utf8(text).map_err(|_| CompactError)
    }

    /// A list; its length is not believed further than there are bytes.
    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let length = usize::try_from(self.number()?).map_err(|_| CompactError)?;
        let mut items = Vec::with_capacity(length.min(self.0.len()));
        for _ in 0..length {
            items.push(one(self)?);
        }
        Ok(items)
    }

    fn nesting(&mut self) -> Read<Nesting> {
        Ok(match self.byte()? {
            0 => Nesting::Single,
            1 => Nesting::Group,
            2 => Nesting::List,
            3 => Nesting::Set,
            4 => Nesting::Map,
            _ => return Err(CompactError),
        })
    }

    pub(super) fn ty(&mut self, depth: u32) -> Read<Type> {
        if depth > DEPTH_MAX {
            return Err(CompactError);
        }
        Ok(match self.byte()? {
            0 => Type::DYNAMIC,
            1 => Type::BOOL,
            2 => Type::NUMBER,
            3 => Type::STRING,
            4 => Type::list(self.ty(depth + 1)?),
            5 => Type::set(self.ty(depth + 1)?),
            6 => Type::map(self.ty(depth + 1)?),
            7 => Type::tuple(&self.list(|reader| reader.ty(depth + 1))?),
            8 => Type::object_with_optional(self.list(|reader| {
                let name: Arc<str> = reader.text()?.into();
                let optional = reader.flag()?;
                Ok((name, reader.ty(depth + 1)?, optional))
            })?),
            _ => return Err(CompactError),
        })
    }

    fn attr(&mut self, depth: u32) -> Read<Attr> {
        let name: Arc<str> = self.text()?.into();
        let flags = self.byte()?;
        let text = self.text()?;
        let is = |bit: u8| flags & bit != 0;
        let deprecation = if is(flag::DEPRECATED) { self.text()? } else { "" };
        let mut attr = if is(flag::NESTED) {
            Attr::nesting(name, self.nested(depth + 1)?)
        } else {
            Attr::new(name, self.ty(depth + 1)?)
        };
        attr.required = is(flag::REQUIRED);
        attr.optional = is(flag::OPTIONAL);
        attr.computed = is(flag::COMPUTED);
        attr.sensitive = is(flag::SENSITIVE);
        attr.write_only = is(flag::WRITE_ONLY);
        attr.deprecated = is(flag::DEPRECATED);
        attr.deprecation = deprecation.into();
        attr.description = Description { text: text.into(), markdown: is(flag::MARKDOWN) };
        Ok(attr)
    }

    fn nested(&mut self, depth: u32) -> Read<NestedAttrs> {
        if depth > DEPTH_MAX {
            return Err(CompactError);
        }
        let nesting = self.nesting()?;
        if nesting == Nesting::Group {
            return Err(CompactError);
        }
        Ok(NestedAttrs::new(nesting, self.list(|reader| reader.attr(depth))?))
    }

    fn nested_block(&mut self, depth: u32) -> Read<NestedBlock> {
        Ok(NestedBlock {
            name: self.text()?.into(),
            nesting: self.nesting()?,
            min_items: self.number()?,
            max_items: self.number()?,
            block: Arc::new(self.block(depth + 1)?),
        })
    }

    pub(super) fn block(&mut self, depth: u32) -> Read<Block> {
        if depth > DEPTH_MAX {
            return Err(CompactError);
        }
        let deprecated = self.byte()? == flag::DEPRECATED;
        let deprecation = self.text()?.into();
        let description = self.description()?;
        let attrs = self.list(|reader| reader.attr(depth))?;
        let blocks = self.list(|reader| reader.nested_block(depth))?;
        Ok(Block::new(BlockParts { attrs, blocks, deprecated, deprecation, description }))
    }

    pub(super) fn resource(&mut self) -> Read<ResourceSchema> {
        let version = self.number()?;
        let identity = if self.flag()? {
            let version = self.number()?;
            Some(Arc::new(IdentitySchema { version, attrs: self.nested(0)? }))
        } else {
            None
        };
        Ok(ResourceSchema { version, block: Arc::new(self.block(0)?), identity })
    }

    fn description(&mut self) -> Read<Description> {
        let markdown = self.flag()?;
        Ok(Description { text: self.text()?.into(), markdown })
    }

    fn param(&mut self) -> Read<FunctionParam> {
        Ok(FunctionParam {
            name: self.text()?.into(),
            ty: self.ty(0)?,
            allow_null: self.flag()?,
            allow_unknown: self.flag()?,
            description: self.description()?,
        })
    }

    pub(super) fn function(&mut self) -> Read<FunctionSchema> {
        Ok(FunctionSchema {
            params: self.list(Reader::param)?,
            variadic: if self.flag()? { Some(self.param()?) } else { None },
            result: self.ty(0)?,
            summary: self.text()?.into(),
            description: self.description()?,
            deprecation: self.text()?.into(),
        })
    }
}
