//! The items of a body, sorted by the slots of a schema.
//!
//! Invariant: each item of the body ends in one slot, or in a diagnostic.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

use diag::Span;
use schema::{Block, Slot};
use value::{Marks, Value};

use super::block::{BlockItem, LoweredAttr, LoweredBody};
use super::{attr_blocks, faults};
use crate::eval::{Machine, Outcome, Worst};
use crate::expr::ExprId;

/// What stands between the braces of a block at hand.
#[derive(Clone, Debug)]
pub(super) enum Inside<'b> {
    /// A lowered body.
    Lowered(&'b LoweredBody),
    /// A JSON object.
    Json(ExprId),
}

/// The element of a `dynamic` block that a block is made for.
#[derive(Clone, Debug)]
pub(super) struct Iteration {
    /// The slot of the key; the value's is the next.
    pub(super) slot: u16,
    pub(super) key: Value,
    pub(super) value: Value,
}

/// Whether what is in a block is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Knowledge {
    /// It is.
    Known,
    /// It was made for an element of an unknown collection: everything in it is unknown.
    Unknown,
}

/// What holds for a block at hand, whatever its schema.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<'s> {
    /// Whether what is in it is evaluated.
    pub(super) knowledge: Knowledge,
    /// The marks of the collection that it was made for: they are on each of its attributes.
    pub(super) marks: Marks,
    /// The whole schema.
    pub(super) era: &'s Era<'s>,
}

impl<'s> Setting<'s> {
    /// For the outermost block.
    pub(super) fn outermost(era: &'s Era<'s>) -> Setting<'s> {
        Setting { knowledge: Knowledge::Known, marks: Marks::NONE, era }
    }

    /// The marks of a block written in it: of what is unknown all of it.
    fn inherited(self) -> Marks {
        if self.knowledge == Knowledge::Unknown { self.marks } else { Marks::NONE }
    }

    /// For a block in it.
    pub(super) fn of(self, made: &Made<'_>) -> Setting<'s> {
        Setting { knowledge: made.knowledge, marks: made.marks, era: self.era }
    }
}

/// Whether a schema is one of the old plugin SDK, where that matters.
#[derive(Debug)]
pub(super) struct Era<'s> {
    schema: &'s Block,
    is_old: OnceCell<bool>,
}

impl<'s> Era<'s> {
    pub(super) fn of(schema: &'s Block) -> Era<'s> {
        Era { schema, is_old: OnceCell::new() }
    }

    pub(super) fn is_old(&self) -> bool {
        *self.is_old.get_or_init(|| attr_blocks::is_old(self.schema))
    }
}

/// A block that is there, as written or as made by `dynamic`.
#[derive(Clone, Debug)]
pub(super) struct Made<'b> {
    pub(super) inside: Inside<'b>,
    pub(super) labels: Vec<(Arc<str>, Span)>,
    pub(super) header: Span,
    pub(super) iteration: Option<Iteration>,
    pub(super) knowledge: Knowledge,
    /// Marks of the collection that it was made for.
    pub(super) marks: Marks,
}

/// An attribute that is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given {
    pub(super) expr: ExprId,
    pub(super) name_span: Span,
    pub(super) span: Span,
}

/// The items of a body, by slot. Most slots of a large schema get nothing.
pub(super) struct Items<'b> {
    attrs: Vec<(usize, Given)>,
    blocks: Vec<(usize, Made<'b>)>,
    pub(super) end: Span,
    pub(super) worst: Worst,
}

impl<'b> Items<'b> {
    /// Sorts a body's items; `dynamic` blocks are expanded.
    pub(super) fn of(
        inside: &Inside<'b>,
        schema: &Block,
        setting: Setting<'_>,
        machine: &mut Machine<'_>,
    ) -> Items<'b> {
        let (end, written) = match inside {
            Inside::Lowered(body) => (body.end, body.attrs.len()),
            Inside::Json(object) => (super::json::closing(*object, machine), 0),
        };
        let attrs = Vec::with_capacity(written);
        let mut items = Items { attrs, blocks: Vec::new(), end, worst: Worst::default() };
        match inside {
            Inside::Lowered(body) => {
                items.attrs(&body.attrs, schema, machine);
                for item in &body.blocks {
                    items.block(item, schema, setting, machine);
                }
                items.members(Cow::Borrowed(&body.members), schema, setting, machine);
            }
            Inside::Json(object) => {
                let members = super::json::members(*object, machine);
                if let Some(members) = items.worst.see(members) {
                    items.members(Cow::Owned(members), schema, setting, machine);
                }
            }
        }
        items.attrs.sort_unstable_by_key(|(slot, _)| *slot);
        items.blocks.sort_by_key(|(slot, _)| *slot);
        items
    }

    /// All items, to be taken slot by slot.
    pub(super) fn by_slot(&self) -> BySlot<'_, 'b> {
        BySlot { attrs: &self.attrs, blocks: &self.blocks }
    }

    fn add(&mut self, slot: usize, made: Outcome<Vec<Made<'b>>>) {
        let made = self.worst.see(made).unwrap_or_default();
        self.blocks.extend(made.into_iter().map(|made| (slot, made)));
    }

    /// Notes a fault.
    fn fault(&mut self, outcome: Outcome<()>) {
        self.worst.see(outcome);
    }

    fn attrs(&mut self, attrs: &[LoweredAttr], schema: &Block, machine: &mut Machine<'_>) {
        for attr in attrs {
            match find(schema, &attr.name) {
                Some((at, Slot::Attr(_))) => self.attr(at, attr, machine),
                Some((_, Slot::Block(_))) => self.fault(machine.fail(faults::block_wanted(attr))),
                None => self.fault(machine.fail(faults::unexpected_attr(attr, schema))),
            }
        }
    }

    fn attr(&mut self, slot: usize, attr: &LoweredAttr, machine: &mut Machine<'_>) {
        match self.attrs.iter().find(|(at, _)| *at == slot) {
            Some((_, first)) => {
                let diagnostic = faults::twice(attr, first.name_span);
                self.fault(machine.fail(diagnostic));
            }
            None => {
                let LoweredAttr { expr, name_span, span, .. } = *attr;
                self.attrs.push((slot, Given { expr, name_span, span }));
            }
        }
    }

    fn block(
        &mut self,
        item: &'b BlockItem,
        schema: &Block,
        setting: Setting<'_>,
        machine: &mut Machine<'_>,
    ) {
        let (kind, kind_span) = match item {
            BlockItem::Static(block) => (&block.kind, block.kind_span),
            BlockItem::Dynamic(block) => (&block.kind, block.kind_span),
        };
        let (at, labels) = match find(schema, kind) {
            Some((at, Slot::Block(nested))) => (at, faults::label_names(nested.nesting)),
            Some((at, Slot::Attr(attr))) if attr_blocks::may_be_blocks(attr, setting.era) => {
                (at, &[][..])
            }
            Some((_, Slot::Attr(_))) => {
                return self.fault(machine.fail(faults::attr_wanted(kind, kind_span)));
            }
            None => {
                return self.fault(machine.fail(faults::unexpected_block(kind, kind_span, schema)));
            }
        };
        match item {
            BlockItem::Static(block) => match faults::labels(block, labels) {
                Some(diagnostic) => self.fault(machine.fail(diagnostic)),
                None => self.blocks.push((
                    at,
                    Made {
                        inside: Inside::Lowered(&block.body),
                        labels: block.labels.clone(),
                        header: block.header,
                        iteration: None,
                        knowledge: setting.knowledge,
                        marks: setting.inherited(),
                    },
                )),
            },
            BlockItem::Dynamic(block) => {
                let made = super::dynamic::expand(
                    &super::dynamic::Source::of(block),
                    labels,
                    setting.knowledge,
                    machine,
                );
                self.add(at, made);
            }
        }
    }

    fn members(
        &mut self,
        members: Cow<'_, [LoweredAttr]>,
        schema: &Block,
        setting: Setting<'_>,
        machine: &mut Machine<'_>,
    ) {
        for member in members.iter() {
            match find(schema, &member.name) {
                Some((at, Slot::Attr(_))) => self.attr(at, member, machine),
                Some((at, Slot::Block(nested))) => {
                    let labels = faults::label_names(nested.nesting).len();
                    let made = super::json::blocks(member.expr, labels, setting.knowledge, machine);
                    self.add(at, made);
                }
                None if &*member.name == "//" => {}
                None if &*member.name == "dynamic" => {
                    self.json_dynamics(member.expr, schema, setting, machine)
                }
                None => self.fault(machine.fail(faults::unexpected_attr(member, schema))),
            }
        }
    }

    fn json_dynamics(
        &mut self,
        expr: ExprId,
        schema: &Block,
        setting: Setting<'_>,
        machine: &mut Machine<'_>,
    ) {
        let Some(sources) = self.worst.see(super::json::dynamics(expr, machine)) else { return };
        for source in sources {
            match find(schema, &source.kind) {
                Some((at, Slot::Block(nested))) => {
                    let labels = faults::label_names(nested.nesting);
                    let made = super::dynamic::expand(&source, labels, setting.knowledge, machine);
                    self.add(at, made);
                }
                Some((at, Slot::Attr(attr))) if attr_blocks::may_be_blocks(attr, setting.era) => {
                    let made = super::dynamic::expand(&source, &[], setting.knowledge, machine);
                    self.add(at, made);
                }
                Some((_, Slot::Attr(_))) => {
                    self.fault(machine.fail(faults::attr_wanted(&source.kind, source.kind_span)));
                }
                None => self.fault(machine.fail(faults::unexpected_block(
                    &source.kind,
                    source.kind_span,
                    schema,
                ))),
            }
        }
    }
}

/// What is left of a body's items while the slots are gone through in order.
pub(super) struct BySlot<'i, 'b> {
    attrs: &'i [(usize, Given)],
    blocks: &'i [(usize, Made<'b>)],
}

impl<'i, 'b> BySlot<'i, 'b> {
    /// The attribute and the blocks there are for the next slot, the blocks in the order of the text.
    pub(super) fn take(&mut self, slot: usize) -> (Option<Given>, &'i [(usize, Made<'b>)]) {
        let given = match self.attrs {
            [(at, given), rest @ ..] if *at == slot => {
                self.attrs = rest;
                Some(*given)
            }
            _ => None,
        };
        let count = self.blocks.iter().take_while(|(at, _)| *at == slot).count();
        let (blocks, rest) = self.blocks.split_at(count);
        self.blocks = rest;
        (given, blocks)
    }
}

/// The slot of this name.
pub(super) fn find<'s>(schema: &'s Block, name: &str) -> Option<(usize, Slot<'s>)> {
    let (at, _) = schema.ty().attr(name)?;
    Some((at, schema.slot(at)))
}
