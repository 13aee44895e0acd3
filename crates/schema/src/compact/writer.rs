//! Writing the compact form.

use value::{Kind, Type};

use super::{flag, flags};
use crate::block::{Attr, Block, Description, NestedAttrs, NestedBlock, Nesting};
use crate::bundle::{FunctionParam, FunctionSchema, ResourceSchema};

pub(super) struct Writer<'a>(pub(super) &'a mut Vec<u8>);

/// The number that stands for a nesting.
pub(super) fn nesting_code(nesting: Nesting) -> u8 {
    match nesting {
        Nesting::Single => 0,
        Nesting::Group => 1,
        Nesting::List => 2,
        Nesting::Set => 3,
        Nesting::Map => 4,
    }
}

impl Writer<'_> {
    /// LEB128.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    fn types(&mut self, types: &[Type]) {
        self.number(types.len() as u64);
        types.iter().for_each(|ty| self.ty(*ty));
    }

    fn ty(&mut self, ty: Type) {
        let (code, element) = match ty.kind() {
            Kind::Dynamic => (0, None),
            Kind::Bool => (1, None),
            Kind::Number => (2, None),
            Kind::String => (3, None),
            Kind::List(element) => (4, Some(element)),
            Kind::Set(element) => (5, Some(element)),
            Kind::Map(element) => (6, Some(element)),
            Kind::Tuple(_) => (7, None),
            Kind::Object(_) => (8, None),
        };
        self.byte(code);
        if let Some(element) = element {
            self.ty(element);
        }
        match ty.kind() {
            Kind::Tuple(types) => self.types(types),
            Kind::Object(object) => {
                self.number(object.names().len() as u64);
                for (index, name) in object.names().iter().enumerate() {
                    self.text(name);
                    self.byte(u8::from(object.optional()[index]));
                    self.ty(object.types()[index]);
                }
            }
            _ => {}
        }
    }

    fn attr(&mut self, attr: &Attr) {
        self.text(&attr.name);
        self.byte(flags(attr));
        self.text(&attr.description.text);
        if attr.deprecated {
            self.text(&attr.deprecation);
        }
        match &attr.nested {
            Some(nested) => self.nested(nested),
            None => self.ty(attr.constraint),
        }
    }

    fn nested(&mut self, nested: &NestedAttrs) {
        self.byte(nesting_code(nested.nesting()));
        self.attrs(nested.attrs());
    }

    fn attrs(&mut self, attrs: &[Attr]) {
        self.number(attrs.len() as u64);
        attrs.iter().for_each(|attr| self.attr(attr));
    }

    fn nested_block(&mut self, nested: &NestedBlock) {
        self.text(&nested.name);
        self.byte(nesting_code(nested.nesting));
        self.number(nested.min_items);
        self.number(nested.max_items);
        self.block(&nested.block);
    }

    pub(super) fn block(&mut self, block: &Block) {
        self.byte(if block.deprecated() { flag::DEPRECATED } else { 0 });
        self.text(block.deprecation());
        self.description(block.description());
        self.attrs(block.attrs());
        self.number(block.blocks().len() as u64);
        block.blocks().iter().for_each(|nested| self.nested_block(nested));
    }

    pub(super) fn resource(&mut self, schema: &ResourceSchema) {
        self.number(schema.version);
        match &schema.identity {
            None => self.byte(0),
            Some(identity) => {
                self.byte(1);
                self.number(identity.version);
                self.nested(&identity.attrs);
            }
        }
        self.block(&schema.block);
    }

    fn description(&mut self, description: &Description) {
        self.byte(u8::from(description.markdown));
        self.text(&description.text);
    }

    fn param(&mut self, param: &FunctionParam) {
        self.text(&param.name);
        self.ty(param.ty);
        self.byte(u8::from(param.allow_null));
        self.byte(u8::from(param.allow_unknown));
        self.description(&param.description);
    }

    pub(super) fn function(&mut self, schema: &FunctionSchema) {
        self.number(schema.params.len() as u64);
        schema.params.iter().for_each(|param| self.param(param));
        self.byte(u8::from(schema.variadic.is_some()));
        schema.variadic.iter().for_each(|param| self.param(param));
        self.ty(schema.result);
        self.text(&schema.summary);
        self.description(&schema.description);
        self.text(&schema.deprecation);
    }
}
