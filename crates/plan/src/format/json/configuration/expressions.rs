//! Expressions, and bodies of them as their schema says.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::body::{BlockItem, LoweredBlock, LoweredBody};
use lang::expr::{ExprId, Exprs};
use lang::outline::{Outline, outline};
use schema::{Block, Nesting};
use value::{Kind, Type, Value};

use super::super::write::{Object, Slot};

/// One expression.
pub(super) fn expression(slot: Slot<'_>, exprs: &Exprs, expr: ExprId) {
    told(slot, &outline(exprs, expr));
}

fn told(slot: Slot<'_>, outline: &Outline) {
    slot.object(|object| {
        if let Some(value) = &outline.constant {
            // What has no JSON form is not told, as an expression that fails.
            if let Ok(text) = value::json::encode_simple(value) {
                object.member("constant_value").raw(&text);
            }
        }
        if !outline.references.is_empty() {
            object.member("references").array(|array| {
                outline.references.iter().for_each(|text| array.element().text(text));
            });
        }
    });
}

/// What stands under one name.
enum Entry<'b> {
    Attribute(ExprId),
    /// Blocks in the place of an attribute, as older schemas allow: the type of an element, and the blocks.
    AttributeBlocks(Type, Vec<&'b LoweredBlock>),
    Blocks(Nesting, &'b Block, Vec<&'b LoweredBlock>),
}

/// The members of a body: attributes and nested blocks that the schema knows, by name.
pub(super) fn members(object: &mut Object<'_>, exprs: &Exprs, body: &LoweredBody, schema: &Block) {
    for (name, entry) in entries(body, schema) {
        let slot = object.member(&name);
        match entry {
            Entry::Attribute(expr) => expression(slot, exprs, expr),
            Entry::AttributeBlocks(element, blocks) => {
                told(slot, &attribute_blocks(exprs, element, &blocks));
            }
            Entry::Blocks(nesting, schema, blocks) => {
                nested(slot, exprs, nesting, schema, &blocks);
            }
        }
    }
}

fn entries<'b>(body: &'b LoweredBody, schema: &'b Block) -> BTreeMap<Arc<str>, Entry<'b>> {
    let mut entries = BTreeMap::new();
    for attr in body.attrs.iter().filter(|attr| schema.attr(&attr.name).is_some()) {
        entries.insert(attr.name.clone(), Entry::Attribute(attr.expr));
    }
    for item in &body.blocks {
        let BlockItem::Static(block) = item else { continue };
        if let Some(known) = schema.block(&block.kind) {
            let new = || Entry::Blocks(known.nesting, &known.block, Vec::new());
            if let Entry::Blocks(_, _, blocks) =
                entries.entry(block.kind.clone()).or_insert_with(new)
            {
                blocks.push(block);
            }
        } else if let Some(attr) = schema.attr(&block.kind) {
            let element = match attr.ty.kind() {
                Kind::List(element) | Kind::Set(element) => element,
                _ => continue,
            };
            let new = || Entry::AttributeBlocks(element, Vec::new());
            if let Entry::AttributeBlocks(_, blocks) =
                entries.entry(block.kind.clone()).or_insert_with(new)
            {
                blocks.push(block);
            }
        }
    }
    entries
}

fn nested(
    slot: Slot<'_>,
    exprs: &Exprs,
    nesting: Nesting,
    schema: &Block,
    blocks: &[&LoweredBlock],
) {
    let one = |slot: Slot<'_>, block: &LoweredBlock| {
        slot.object(|object| members(object, exprs, &block.body, schema));
    };
    match nesting {
        Nesting::Single | Nesting::Group => {
            if let Some(last) = blocks.last() {
                one(slot, last);
            }
        }
        Nesting::List | Nesting::Set => slot.array(|array| {
            blocks.iter().for_each(|block| one(array.element(), block));
        }),
        Nesting::Map => {
            let label = |block: &LoweredBlock| block.labels.first().map(|(text, _)| text.clone());
            let by_label: BTreeMap<Arc<str>, &LoweredBlock> =
                blocks.iter().filter_map(|block| Some((label(block)?, *block))).collect();
            slot.object(|object| {
                by_label.iter().for_each(|(label, block)| one(object.member(label), block));
            });
        }
    }
}

/// Blocks that stand for the elements of an attribute: their value where all of it is constant, else what they refer to.
fn attribute_blocks(exprs: &Exprs, element: Type, blocks: &[&LoweredBlock]) -> Outline {
    let mut references = Vec::new();
    let mut elements = Some(Vec::new());
    for block in blocks {
        let outlines: Vec<(&Arc<str>, Outline)> =
            block.body.attrs.iter().map(|attr| (&attr.name, outline(exprs, attr.expr))).collect();
        let value = constant_element(element, &outlines);
        elements = elements.zip(value).map(|(mut all, one)| {
            all.push(one);
            all
        });
        references.extend(outlines.into_iter().flat_map(|(_, one)| one.references));
    }
    Outline { constant: elements.map(Value::tuple), references }
}

/// The object that constant attributes make, what is left out null.
fn constant_element(element: Type, given: &[(&Arc<str>, Outline)]) -> Option<Value> {
    let Kind::Object(object) = element.kind() else { return None };
    let members = object.iter().map(|(name, ty)| {
        let found = given.iter().find(|(own, _)| *own == name);
        match found {
            None => Some((name.clone(), Value::null(ty))),
            Some((_, outline)) => Some((name.clone(), outline.constant.clone()?)),
        }
    });
    members.collect::<Option<Vec<_>>>().map(Value::object)
}
