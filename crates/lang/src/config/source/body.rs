//! The inside of a file or block as a list of items, of which readers take what they know.
//!
//! Invariant: what a reader does not take is left for the next one, or reported.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use diag::{Diags, Span};
use syntax::{Attribute, Block, Body, JsonMember, JsonNode, Name};

use super::content::{AttrSrc, Content, Need, Shape};
use super::json::members;
use crate::config::faults;

/// One thing in a body.
#[derive(Clone, Copy, Debug)]
pub enum Item<'s> {
    /// A native attribute.
    Attribute(&'s Attribute),
    /// A native block.
    Block(&'s Block),
    /// A member of a JSON object: an attribute or blocks, as the schema says.
    Member(&'s JsonMember),
}

impl<'s> Item<'s> {
    /// The name of the attribute, the type of the block, the key of the member.
    pub fn name(self) -> &'s Name {
        match self {
            Item::Attribute(attribute) => &attribute.name,
            Item::Block(block) => &block.kind,
            Item::Member(member) => &member.key,
        }
    }
}

/// The inside of a file or a block, and what of it is left to read.
#[derive(Clone, Debug)]
pub struct BodySrc<'s> {
    /// What stands in it.
    pub items: Vec<Item<'s>>,
    /// Where a missing attribute is reported: the opening of a native block, the closing of a JSON object, as OpenTofu
    /// has it.
    pub end: Span,
}

impl<'s> BodySrc<'s> {
    /// All of a native body.
    pub fn native(body: &'s Body) -> BodySrc<'s> {
        let mut items: Vec<Item<'s>> =
            Vec::with_capacity(body.attributes.len() + body.blocks.len());
        items.extend(body.attributes.iter().map(Item::Attribute));
        items.extend(body.blocks.iter().map(Item::Block));
        BodySrc { items, end: body.span.head() }
    }

    /// All of a JSON body: an object, or an array of objects that stand for one; null stands for nothing.
    pub fn json(node: &'s JsonNode, diags: &mut Diags) -> BodySrc<'s> {
        let members = members(node, None, diags);
        BodySrc { items: members.into_iter().map(Item::Member).collect(), end: node.end() }
    }

    /// Takes what the shape names and leaves the rest.
    pub fn partial(self, shape: &Shape, diags: &mut Diags) -> (Content<'s>, BodySrc<'s>) {
        let end = self.end;
        let mut content = Content { attributes: Vec::new(), blocks: Vec::new(), end };
        let mut rest = Vec::new();
        for item in self.items {
            if !content.take(item, shape, diags) {
                rest.push(item);
            }
        }
        for (name, need) in shape.attributes {
            if *need == Need::Required && content.attribute(name).is_none() {
                diags.push(faults::missing_argument(name, end));
            }
        }
        (content, BodySrc { items: rest, end })
    }

    /// Takes what the shape names; anything else is a fault.
    pub fn content(self, shape: &Shape, diags: &mut Diags) -> Content<'s> {
        let (content, rest) = self.partial(shape, diags);
        for item in rest.items {
            faults::unexpected(item, shape, &content, diags);
        }
        content
    }

    /// Takes everything as attributes; blocks are faults.
    pub fn attributes(self, diags: &mut Diags) -> Vec<AttrSrc<'s>> {
        let mut list: Vec<AttrSrc<'s>> = Vec::with_capacity(self.items.len());
        let mut first: HashMap<&str, Span> = HashMap::new();
        for item in self.items {
            match item {
                Item::Attribute(attribute) => list.push(AttrSrc::native(attribute)),
                Item::Block(block) => diags.push(faults::block_not_expected(block)),
                Item::Member(member) if is_comment(&member.key) => {}
                Item::Member(member) => match first.entry(&member.key.text) {
                    Entry::Occupied(there) => {
                        diags.push(faults::duplicate_argument(&member.key, *there.get()));
                    }
                    Entry::Vacant(free) => {
                        free.insert(member.key.span);
                        list.push(AttrSrc::json(member));
                    }
                },
            }
        }
        list
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.items.iter().all(|item| match item {
            Item::Member(member) => is_comment(&member.key),
            _ => false,
        })
    }

    /// Lays another body over this one, as an override file does: its attributes and types of blocks take the place
    /// of those here.
    pub fn overlay(&mut self, over: BodySrc<'s>) {
        self.items.retain(|base| {
            !over.items.iter().any(|item| match (base, item) {
                (Item::Block(_), Item::Attribute(_)) | (Item::Attribute(_), Item::Block(_)) => {
                    false
                }
                _ => block_type(*base) == block_type(*item),
            })
        });
        self.items.extend(over.items);
    }

    /// Adds what stands in another body, as the block `_` does.
    pub fn append(&mut self, other: BodySrc<'s>) {
        self.items.extend(other.items);
    }
}

/// The type of blocks that an item makes: `dynamic "x"` makes `x`.
fn block_type<'s>(item: Item<'s>) -> &'s str {
    match item {
        Item::Block(block) if &*block.kind.text == "dynamic" && block.labels.len() == 1 => {
            &block.labels[0].text
        }
        _ => &item.name().text,
    }
}

/// `"//"` is a comment in JSON.
fn is_comment(key: &Name) -> bool {
    &*key.text == "//"
}
