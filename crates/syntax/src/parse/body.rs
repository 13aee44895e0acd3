//! Bodies: the items of a file or of a block.

use std::collections::HashMap;
use std::sync::Arc;

use diag::{Diagnostic, Span};

use super::block::unclosed;
use super::{Parser, since};
use crate::ast::{Attribute, Body};
use crate::lex::TokenKind;

/// From this many attributes on, those of one name are found by a map.
const SCAN_MAX: usize = 16;

/// A body while it is read: its items are on the scratch lists from here on.
pub(super) struct Items {
    attributes: usize,
    blocks: usize,
    by_name: HashMap<Arc<str>, usize>,
}

impl Parser<'_, '_> {
    pub(super) fn begin_items(&self) -> Items {
        let (attributes, blocks) = (self.scratch.attributes.len(), self.scratch.blocks.len());
        Items { attributes, blocks, by_name: HashMap::new() }
    }

    pub(super) fn end_items(&mut self, items: Items, span: Span, end: Span) -> Body {
        let attributes = since(&mut self.scratch.attributes, items.attributes);
        let blocks = since(&mut self.scratch.blocks, items.blocks);
        Body { attributes, blocks, span, end }
    }

    /// The whole file.
    pub(super) fn file_body(&mut self) -> Body {
        let start = self.next_span();
        let mut items = self.begin_items();
        while self.kind != TokenKind::End {
            if self.kind == TokenKind::CBrace {
                let at = self.next_span();
                self.report(
                    Diagnostic::error("syntax-brace", "No block is open here")
                        .detail("This brace closes nothing: all blocks before it are closed.")
                        .remedy("Remove it, or look above for a block that is closed too early.")
                        .at(at),
                );
                self.take();
            } else {
                self.item(&mut items);
            }
        }
        let end = self.next_span();
        self.end_items(items, start.to(end), end)
    }

    /// The items up to the closing brace, which is taken.
    #[inline(never)]
    pub(super) fn block_items(&mut self, open: Span, header: Span) -> Body {
        let mut items = self.begin_items();
        let end = loop {
            match self.kind {
                TokenKind::CBrace => {
                    let brace = self.take();
                    break self.span_of(brace);
                }
                TokenKind::End => {
                    // Of blocks in one another only the innermost is surely not closed.
                    if !std::mem::replace(&mut self.end_reported, true) {
                        self.report(unclosed(open, header));
                    }
                    break self.next_span();
                }
                _ => self.item(&mut items),
            }
        };
        self.end_items(items, open.to(end), end)
    }

    /// One item, or the end of a line. Takes at least one token, and never a closing brace of a block around it.
    fn item(&mut self, items: &mut Items) {
        let start = self.next;
        match self.kind {
            TokenKind::Newline => {
                self.take();
            }
            TokenKind::Ident => self.named_item(items, start),
            kind => {
                self.no_item(kind);
                self.skip_item(start);
            }
        }
    }

    fn named_item(&mut self, items: &mut Items, start: usize) {
        let Some(name) = self.take_name() else { return };
        match self.kind {
            TokenKind::Equal => {
                let attribute = self.attribute(name, start);
                self.keep_attribute(items, attribute);
            }
            TokenKind::OQuote | TokenKind::OBrace | TokenKind::Ident => {
                if let Some(block) = self.block(name, start) {
                    self.scratch.blocks.push(block);
                }
            }
            _ => {
                self.report(item_required(name.span));
                self.skip_item(start);
            }
        }
    }

    fn keep_attribute(&mut self, items: &mut Items, attribute: Attribute) {
        match self.first_of_name(items, &attribute.name.text) {
            Some(first) => self.set_twice(&attribute, first),
            None => self.scratch.attributes.push(attribute),
        }
    }

    /// The place of the attribute with this name in the body.
    fn first_of_name(&self, items: &mut Items, name: &str) -> Option<Span> {
        let attributes = &self.scratch.attributes[items.attributes..];
        if attributes.len() <= SCAN_MAX {
            let first = attributes.iter().find(|it| &*it.name.text == name)?;
            return Some(first.name.span);
        }
        for (index, it) in attributes.iter().enumerate().skip(items.by_name.len()) {
            items.by_name.insert(it.name.text.clone(), index);
        }
        items.by_name.get(name).map(|index| attributes[*index].name.span)
    }

    #[cold]
    fn set_twice(&mut self, attribute: &Attribute, first: Span) {
        self.report(
            Diagnostic::error("syntax-attribute-twice", "An argument is set twice")
                .detail(format!("The argument \"{}\" is set already.", attribute.name.text))
                .remedy("Keep one of the two.")
                .at(attribute.name.span)
                .label(first, "set here first"),
        );
    }

    /// Says why what stands here begins no item.
    #[cold]
    #[inline(never)]
    fn no_item(&mut self, kind: TokenKind) {
        let at = self.next_span();
        match kind {
            TokenKind::Invalid => {}
            TokenKind::OQuote => self.report(
                Diagnostic::error("syntax-item", "The name of an argument stands without quotes")
                    .detail("Here an argument or a block begins, and its name is not quoted.")
                    .remedy("Remove the quotes, or the comma or brace before, if this was to be an object.")
                    .at(at),
            ),
            _ => self.report(item_required(at)),
        }
    }
}

#[cold]
#[inline(never)]
pub(super) fn item_required(at: Span) -> Diagnostic {
    Diagnostic::error("syntax-item", "An argument or a block is expected here")
        .detail("What stands here is neither.")
        .remedy("Write an argument as NAME = VALUE, and a block as TYPE \"LABEL\" { ... }.")
        .at(at)
}
