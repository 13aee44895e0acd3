//! Lowering of bodies, native and JSON alike.
//!
//! Invariant: of two attributes with one name the parser kept the first; of JSON members all are kept, since blocks
//! may repeat.

use diag::{Diagnostic, Diags, Span};
use syntax::{Attribute, Block, Body, JsonMember, Name};

use super::block::{BlockItem, DynamicBlock, LoweredAttr, LoweredBlock, LoweredBody};
use crate::config::{BodySrc, Item};
use crate::expr::Lowerer;
use crate::suggest;

impl Lowerer<'_> {
    /// Lowers what is left of a body after its meta-arguments were taken.
    pub fn body(&mut self, body: &BodySrc<'_>, diags: &mut Diags) -> LoweredBody {
        let mut lowered = LoweredBody::empty(body.end);
        for item in &body.items {
            match item {
                Item::Attribute(attribute) => lowered.attrs.push(self.body_attr(attribute, diags)),
                Item::Block(block) => lowered.blocks.extend(self.body_block(block, diags)),
                Item::Member(member) => self.body_member(member, &mut lowered, diags),
            }
        }
        lowered
    }

    fn native_body(&mut self, body: &Body, diags: &mut Diags) -> LoweredBody {
        let mut lowered = LoweredBody::empty(body.end);
        lowered
            .attrs
            .extend(body.attributes.iter().map(|attribute| self.body_attr(attribute, diags)));
        lowered.blocks.extend(body.blocks.iter().filter_map(|block| self.body_block(block, diags)));
        lowered
    }

    fn body_attr(&mut self, attribute: &Attribute, diags: &mut Diags) -> LoweredAttr {
        LoweredAttr {
            name: attribute.name.text.clone(),
            name_span: attribute.name.span,
            expr: self.expr(&attribute.expr, diags),
            span: attribute.span,
        }
    }

    fn body_block(&mut self, block: &Block, diags: &mut Diags) -> Option<BlockItem> {
        if &*block.kind.text == "dynamic" {
            return self.body_dynamic(block, diags).map(BlockItem::Dynamic);
        }
        Some(BlockItem::Static(LoweredBlock {
            kind: block.kind.text.clone(),
            kind_span: block.kind.span,
            labels: block.labels.iter().map(|label| (label.text.clone(), label.span)).collect(),
            body: self.native_body(&block.body, diags),
            header: block.header,
        }))
    }

    fn body_dynamic(&mut self, block: &Block, diags: &mut Diags) -> Option<DynamicBlock> {
        let [label] = &block.labels[..] else {
            diags.push(
                Diagnostic::error("dynamic-block", "A `dynamic` block needs one label")
                    .detail("The label says of which type the blocks are that it makes.")
                    .at(block.header),
            );
            return None;
        };
        let found = dynamic_parts(block, diags)?;
        let for_each = self.expr(&found.for_each.expr, diags);
        let mark = self.frame.mark();
        let slot = self
            .frame
            .bind_iterator(&found.iterator.map_or_else(|| label.text.clone(), |name| name.text));
        let labels =
            found.labels.map(|exprs| exprs.iter().map(|expr| self.expr(expr, diags)).collect());
        let content = self.native_body(found.content, diags);
        self.frame.leave(mark);
        Some(DynamicBlock {
            kind: label.text.clone(),
            kind_span: label.span,
            for_each,
            slot,
            labels,
            content,
            header: block.header,
        })
    }

    fn body_member(&mut self, member: &JsonMember, lowered: &mut LoweredBody, diags: &mut Diags) {
        match &*member.key.text {
            "//" => {}
            name => {
                let expr = match name {
                    "dynamic" => self.json_dynamics(&member.value, diags),
                    _ => self.json_value(&member.value, diags),
                };
                lowered.members.push(LoweredAttr {
                    name: member.key.text.clone(),
                    name_span: member.key.span,
                    expr,
                    span: member.key.span.to(member.value.span),
                });
            }
        }
    }
}

/// The parts of a native `dynamic` block.
struct DynamicParts<'s> {
    for_each: &'s Attribute,
    iterator: Option<Name>,
    labels: Option<&'s [syntax::Expr]>,
    content: &'s Body,
}

fn dynamic_parts<'s>(block: &'s Block, diags: &mut Diags) -> Option<DynamicParts<'s>> {
    let before = diags.error_count();
    refuse_others(block, diags);
    let for_each = block.body.attribute("for_each");
    if for_each.is_none() {
        diags.push(missing("for_each", "what is gone through to make the blocks", block.body.end));
    }
    let iterator =
        block.body.attribute("iterator").map(|attribute| iterator_name(attribute, diags));
    let labels = block.body.attribute("labels").map(|attribute| {
        let list = syntax::expr_list(&attribute.expr);
        if list.is_none() {
            diags.push(
                Diagnostic::error("dynamic-block", "`labels` has to be a list as written")
                    .detail("The labels of a dynamic block are a list in square brackets, one expression each.")
                    .at(attribute.expr.span),
            );
        }
        list.unwrap_or_default()
    });
    let contents: Vec<&Block> = block.body.blocks_of("content").collect();
    if contents.is_empty() {
        diags.push(missing("content", "a block with what each made block holds", block.body.end));
    }
    if let [_, second, ..] = &contents[..] {
        diags.push(
            Diagnostic::error("dynamic-block", "More than one `content` block")
                .detail("A `dynamic` block has one `content` block, from which all its blocks are made.")
                .at(second.header),
        );
    }
    if diags.error_count() > before {
        return None;
    }
    let content = &contents.first()?.body;
    Some(DynamicParts { for_each: for_each?, iterator: iterator.flatten(), labels, content })
}

fn iterator_name(attribute: &Attribute, diags: &mut Diags) -> Option<Name> {
    let word = syntax::expr_keyword(&attribute.expr);
    if word.is_none() {
        diags.push(
            Diagnostic::error("dynamic-block", "`iterator` has to be a bare name")
                .detail("It names the variable by which `content` refers to the element at hand.")
                .at(attribute.expr.span),
        );
    }
    word.map(|text| Name { text, span: attribute.expr.span })
}

fn refuse_others(block: &Block, diags: &mut Diags) {
    const ATTRS: [&str; 3] = ["for_each", "iterator", "labels"];
    for attribute in &block.body.attributes {
        if !ATTRS.contains(&&*attribute.name.text) {
            diags.push(
                Diagnostic::error("dynamic-block", "Unexpected argument in a `dynamic` block")
                    .detail(format!(
                        "`{}` does not belong here; arguments of the made blocks stand in `content`.",
                        attribute.name.text
                    ))
                    .remedy(suggest::sentence(&attribute.name.text, ATTRS))
                    .at(attribute.name.span),
            );
        }
    }
    for inner in &block.body.blocks {
        if &*inner.kind.text != "content" {
            diags.push(
                Diagnostic::error("dynamic-block", "Unexpected block in a `dynamic` block")
                    .detail(format!(
                        "`{}` does not belong here; blocks of the made blocks stand in `content`.",
                        inner.kind.text
                    ))
                    .at(inner.header),
            );
        }
    }
}

fn missing(name: &str, what: &str, end: Span) -> Diagnostic {
    Diagnostic::error("dynamic-block", format!("A `dynamic` block needs `{name}`"))
        .detail(format!("`{name}` is missing: {what}."))
        .at(end)
}

impl LoweredBody {
    /// A body with nothing in it.
    pub fn empty(end: Span) -> LoweredBody {
        LoweredBody { attrs: Vec::new(), blocks: Vec::new(), members: Vec::new(), end }
    }
}
