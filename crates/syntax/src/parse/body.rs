//! Bodies: the items of a file or of a block.

use std::collections::HashMap;
use std::sync::Arc;

use diag::{Diagnostic, Span};

use super::Parser;
use super::block::unclosed;
use crate::ast::{Attribute, Body};
use crate::lex::TokenKind;

/// From this many attributes on, those of one name are found by a map.
const SCAN_MAX: usize = 16;

/// A body while it is read.
#[derive(Default)]
pub(super) struct Items {
    attributes: Vec<Attribute>,
    by_name: HashMap<Arc<str>, usize>,
    pub(super) blocks: Vec<crate::ast::Block>,
}

impl Items {
    fn first(&self, name: &str) -> Option<&Attribute> {
        if self.attributes.len() <= SCAN_MAX {
            return self.attributes.iter().find(|it| &*it.name.text == name);
        }
        self.by_name.get(name).map(|index| &self.attributes[*index])
    }

    fn keep(&mut self, attribute: Attribute) {
        self.attributes.push(attribute);
        let len = self.attributes.len();
        if len <= SCAN_MAX {
            return;
        }
        let known = self.by_name.len();
        for (index, it) in self.attributes.iter().enumerate().skip(known) {
            self.by_name.insert(it.name.text.clone(), index);
        }
    }

    /// Keeps the attribute of a body that can have only one.
    pub(super) fn keep_only(&mut self, attribute: Attribute) {
        self.attributes.push(attribute);
    }

    pub(super) fn into_body(self, span: Span, end: Span) -> Body {
        Body { attributes: self.attributes, blocks: self.blocks, span, end }
    }
}

impl Parser<'_, '_> {
    /// The whole file.
    pub(super) fn file_body(&mut self) -> Body {
        let start = self.next_span();
        let mut items = Items::default();
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
        items.into_body(start.to(end), end)
    }

    /// The items up to the closing brace, which is taken.
    pub(super) fn block_items(&mut self, open: Span, header: Span) -> Body {
        let mut items = Items::default();
        let end = loop {
            match self.kind {
                TokenKind::CBrace => {
                    let brace = self.take();
                    break self.span_of(brace);
                }
                TokenKind::End => {
                    self.report(unclosed(open, header));
                    break self.next_span();
                }
                _ => self.item(&mut items),
            }
        };
        items.into_body(open.to(end), end)
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
                    items.blocks.push(block);
                }
            }
            _ => {
                self.report(item_required(name.span));
                self.skip_item(start);
            }
        }
    }

    fn keep_attribute(&mut self, items: &mut Items, attribute: Attribute) {
        let Some(first) = items.first(&attribute.name.text) else { return items.keep(attribute) };
        let diagnostic = Diagnostic::error("syntax-attribute-twice", "An argument is set twice")
            .detail(format!("The argument \"{}\" is set already.", attribute.name.text))
            .remedy("Keep one of the two.")
            .at(attribute.name.span)
            .label(first.name.span, "set here first");
        self.report(diagnostic);
    }

    /// Says why what stands here begins no item.
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

pub(super) fn item_required(at: Span) -> Diagnostic {
    Diagnostic::error("syntax-item", "An argument or a block is expected here")
        .detail("What stands here is neither.")
        .remedy("Write an argument as NAME = VALUE, and a block as TYPE \"LABEL\" { ... }.")
        .at(at)
}
