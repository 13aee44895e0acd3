//! What a body may hold, and what it holds of that.
//!
//! Invariant: an attribute stands in a [`Content`] once; blocks as often as they are written.

use diag::{Diags, Span};
use syntax::{Attribute, Block, Body, JsonMember, JsonNode, Name};

use super::body::{BodySrc, Item};
use super::expr::ExprSrc;
use super::json::{Header, blocks};
use crate::config::faults;

/// What a body may hold.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Attributes, and whether they must be there.
    pub attributes: &'static [(&'static str, Need)],
    /// Types of blocks, and what their labels are called.
    pub blocks: &'static [(&'static str, &'static [&'static str])],
}

/// Whether an attribute must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It may.
    Optional,
}

impl Shape {
    /// The labels of a type of blocks.
    fn labels(&self, kind: &str) -> Option<&'static [&'static str]> {
        self.blocks.iter().find(|(name, _)| *name == kind).map(|(_, labels)| *labels)
    }

    /// Whether it names the attribute.
    pub fn has_attribute(&self, name: &str) -> bool {
        self.attributes.iter().any(|(known, _)| *known == name)
    }
}

/// What a body holds of a shape.
#[derive(Clone, Debug)]
pub struct Content<'s> {
    /// The attributes, in the order of the text.
    pub attributes: Vec<AttrSrc<'s>>,
    /// The blocks, in the order of the text.
    pub blocks: Vec<BlockSrc<'s>>,
    /// Where a missing attribute is reported.
    pub end: Span,
}

impl<'s> Content<'s> {
    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<AttrSrc<'s>> {
        self.attributes.iter().find(|it| &*it.name.text == name).copied()
    }

    /// The expression of the attribute of this name.
    pub fn expr(&self, name: &str) -> Option<ExprSrc<'s>> {
        self.attribute(name).map(|it| it.expr)
    }

    /// Whether the item was one of the shape.
    pub(super) fn take(&mut self, item: Item<'s>, shape: &Shape, diags: &mut Diags) -> bool {
        let name = item.name();
        match item {
            Item::Attribute(attribute) if shape.has_attribute(&name.text) => {
                self.attributes.push(AttrSrc::native(attribute));
            }
            Item::Block(block) => match shape.labels(&name.text) {
                Some(labels) => self.blocks.extend(BlockSrc::native(block, labels, diags)),
                None => return false,
            },
            Item::Member(member) if shape.has_attribute(&name.text) => {
                match self.attribute(&name.text) {
                    Some(first) => diags.push(faults::duplicate_argument(name, first.name.span)),
                    None => self.attributes.push(AttrSrc::json(member)),
                }
            }
            Item::Member(member) => match shape.labels(&name.text) {
                Some(labels) => {
                    let mut header = Header { kind: name, labels: Vec::new() };
                    blocks(&member.value, labels, &mut header, &mut self.blocks, diags);
                }
                None => return false,
            },
            Item::Attribute(_) => return false,
        }
        true
    }
}

/// An attribute.
#[derive(Clone, Copy, Debug)]
pub struct AttrSrc<'s> {
    /// Its name.
    pub name: &'s Name,
    /// Its expression.
    pub expr: ExprSrc<'s>,
    /// From the name to the end of the expression.
    pub span: Span,
}

impl<'s> AttrSrc<'s> {
    pub(super) fn native(attribute: &'s Attribute) -> AttrSrc<'s> {
        AttrSrc {
            name: &attribute.name,
            expr: ExprSrc::Native(&attribute.expr),
            span: attribute.span,
        }
    }

    pub(super) fn json(member: &'s JsonMember) -> AttrSrc<'s> {
        AttrSrc {
            name: &member.key,
            expr: ExprSrc::Json(&member.value),
            span: member.key.span.to(member.value.span),
        }
    }
}

/// A block.
#[derive(Clone, Debug)]
pub struct BlockSrc<'s> {
    /// Its type.
    pub kind: &'s Name,
    /// Its labels.
    pub labels: Vec<Name>,
    /// Type and labels; in JSON the opening of its object.
    pub header: Span,
    /// What stands in it.
    pub inside: Inside<'s>,
}

/// The inside of a block, not looked into yet.
#[derive(Clone, Copy, Debug)]
pub enum Inside<'s> {
    /// Native.
    Native(&'s Body),
    /// JSON.
    Json(&'s JsonNode),
}

impl<'s> BlockSrc<'s> {
    /// The body, to be read.
    pub fn body(&self, diags: &mut Diags) -> BodySrc<'s> {
        match self.inside {
            Inside::Native(body) => BodySrc::native(body),
            Inside::Json(node) => BodySrc::json(node, diags),
        }
    }

    fn native(
        block: &'s Block,
        labels: &[&'static str],
        diags: &mut Diags,
    ) -> Option<BlockSrc<'s>> {
        if block.labels.len() > labels.len() {
            diags.push(faults::extra_label(block, labels));
            return None;
        }
        if block.labels.len() < labels.len() {
            diags.push(faults::missing_label(block, labels[block.labels.len()]));
            return None;
        }
        let labels = block
            .labels
            .iter()
            .map(|label| Name { text: label.text.clone(), span: label.span })
            .collect();
        Some(BlockSrc {
            kind: &block.kind,
            labels,
            header: block.header,
            inside: Inside::Native(&block.body),
        })
    }
}
