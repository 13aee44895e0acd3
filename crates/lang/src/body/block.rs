//! The data of lowered bodies.

use std::sync::Arc;

use diag::Span;

use crate::expr::ExprId;

/// A body whose expressions stand in an arena.
#[derive(Clone, Debug)]
pub struct LoweredBody {
    /// Attributes of a native body in the order of the text.
    pub attrs: Vec<LoweredAttr>,
    /// Blocks of a native body, and `dynamic` blocks of both syntaxes, in the order of the text.
    pub blocks: Vec<BlockItem>,
    /// Members of a JSON body, of which the schema says what they are; keys may repeat.
    pub members: Vec<LoweredAttr>,
    /// Where a missing attribute is reported.
    pub end: Span,
}

/// An attribute, or a member of a JSON object.
#[derive(Clone, Debug)]
pub struct LoweredAttr {
    /// Its name.
    pub name: Arc<str>,
    /// Where its name stands.
    pub name_span: Span,
    /// Its value.
    pub expr: ExprId,
    /// All of it.
    pub span: Span,
}

/// A block or a generator of blocks.
#[derive(Clone, Debug)]
pub enum BlockItem {
    /// A block as written.
    Static(LoweredBlock),
    /// `dynamic`.
    Dynamic(DynamicBlock),
}

/// A block.
#[derive(Clone, Debug)]
pub struct LoweredBlock {
    /// Its type.
    pub kind: Arc<str>,
    /// Where its type stands.
    pub kind_span: Span,
    /// Its labels.
    pub labels: Vec<(Arc<str>, Span)>,
    /// What it holds.
    pub body: LoweredBody,
    /// Type and labels.
    pub header: Span,
}

/// `dynamic "kind" { ... }`.
#[derive(Clone, Debug)]
pub struct DynamicBlock {
    /// The type of the blocks that it makes.
    pub kind: Arc<str>,
    /// Where that is written.
    pub kind_span: Span,
    /// What is gone through.
    pub for_each: ExprId,
    /// The slot of the iterator's key; its value's is the next.
    pub(crate) slot: u16,
    /// The labels of each block, evaluated within the iteration.
    pub labels: Option<Vec<ExprId>>,
    /// What each block holds.
    pub content: LoweredBody,
    /// Type and labels.
    pub header: Span,
}

impl LoweredBody {
    /// All expressions in it, in the order of the text: those of attributes, and of blocks however deep.
    pub fn expressions(&self) -> Vec<ExprId> {
        let mut all = Vec::new();
        self.gather(&mut all);
        all
    }

    fn gather(&self, all: &mut Vec<ExprId>) {
        all.extend(self.attrs.iter().chain(&self.members).map(|attr| attr.expr));
        for item in &self.blocks {
            match item {
                BlockItem::Static(block) => block.body.gather(all),
                BlockItem::Dynamic(block) => {
                    all.push(block.for_each);
                    all.extend(block.labels.iter().flatten());
                    block.content.gather(all);
                }
            }
        }
    }
}
