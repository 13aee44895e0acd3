//! The items of a body, sorted by the slots of a schema.
//!
//! Invariant: each item of the body ends in one slot, or in a diagnostic.

use std::borrow::Cow;
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

/// What a slot gets.
#[derive(Clone, Debug, Default)]
pub(super) struct Filled<'b> {
    pub(super) attr: Option<LoweredAttr>,
    pub(super) blocks: Vec<Made<'b>>,
}

/// The items of a body by slot.
pub(super) struct Items<'b> {
    pub(super) slots: Vec<Filled<'b>>,
    pub(super) end: Span,
    pub(super) worst: Worst,
}

impl<'b> Items<'b> {
    /// Sorts a body's items; `dynamic` blocks are expanded.
    pub(super) fn of(
        inside: &Inside<'b>,
        schema: &Block,
        knowledge: Knowledge,
        machine: &mut Machine<'_>,
    ) -> Items<'b> {
        let slots = (0..schema.slots().len()).map(|_| Filled::default()).collect();
        match inside {
            Inside::Lowered(body) => {
                let mut items = Items { slots, end: body.end, worst: Worst::default() };
                items.attrs(&body.attrs, schema, machine);
                for item in &body.blocks {
                    items.block(item, schema, knowledge, machine);
                }
                items.members(Cow::Borrowed(&body.members), schema, knowledge, machine);
                items
            }
            Inside::Json(object) => {
                let end = machine.exprs.span(*object);
                let mut items = Items { slots, end, worst: Worst::default() };
                let members = super::json::members(*object, machine);
                if let Some(members) = items.worst.see(members) {
                    items.members(Cow::Owned(members), schema, knowledge, machine);
                }
                items
            }
        }
    }

    /// Notes a fault.
    pub(super) fn fault(&mut self, outcome: Outcome<()>) {
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

    fn attr(&mut self, at: usize, attr: &LoweredAttr, machine: &mut Machine<'_>) {
        match &self.slots[at].attr {
            Some(first) => {
                let diagnostic = faults::twice(attr, first.name_span);
                self.fault(machine.fail(diagnostic));
            }
            None => self.slots[at].attr = Some(attr.clone()),
        }
    }

    fn block(
        &mut self,
        item: &'b BlockItem,
        schema: &Block,
        knowledge: Knowledge,
        machine: &mut Machine<'_>,
    ) {
        let (kind, kind_span) = match item {
            BlockItem::Static(block) => (&block.kind, block.kind_span),
            BlockItem::Dynamic(block) => (&block.kind, block.kind_span),
        };
        let (at, labels) = match find(schema, kind) {
            Some((at, Slot::Block(nested))) => (at, faults::label_names(nested.nesting)),
            Some((at, Slot::Attr(attr))) if attr_blocks::may_be_blocks(attr, schema) => {
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
                None => self.slots[at].blocks.push(Made {
                    inside: Inside::Lowered(&block.body),
                    labels: block.labels.clone(),
                    header: block.header,
                    iteration: None,
                    knowledge,
                    marks: Marks::NONE,
                }),
            },
            BlockItem::Dynamic(block) => {
                let made = super::dynamic::expand(
                    &super::dynamic::Source::of(block),
                    labels,
                    knowledge,
                    machine,
                );
                self.slots[at].blocks.extend(self.worst.see(made).unwrap_or_default());
            }
        }
    }

    fn members(
        &mut self,
        members: Cow<'_, [LoweredAttr]>,
        schema: &Block,
        knowledge: Knowledge,
        machine: &mut Machine<'_>,
    ) {
        for member in members.iter() {
            match find(schema, &member.name) {
                Some((at, Slot::Attr(_))) => self.attr(at, member, machine),
                Some((at, Slot::Block(nested))) => {
                    let labels = faults::label_names(nested.nesting).len();
                    let made = super::json::blocks(member.expr, labels, knowledge, machine);
                    self.slots[at].blocks.extend(self.worst.see(made).unwrap_or_default());
                }
                None if &*member.name == "//" => {}
                None if &*member.name == "dynamic" => {
                    self.json_dynamics(member.expr, schema, knowledge, machine)
                }
                None => self.fault(machine.fail(faults::unexpected_attr(member, schema))),
            }
        }
    }

    fn json_dynamics(
        &mut self,
        expr: ExprId,
        schema: &Block,
        knowledge: Knowledge,
        machine: &mut Machine<'_>,
    ) {
        let Some(sources) = self.worst.see(super::json::dynamics(expr, machine)) else { return };
        for source in sources {
            match find(schema, &source.kind) {
                Some((at, Slot::Block(nested))) => {
                    let labels = faults::label_names(nested.nesting);
                    let made = super::dynamic::expand(&source, labels, knowledge, machine);
                    self.slots[at].blocks.extend(self.worst.see(made).unwrap_or_default());
                }
                Some((at, Slot::Attr(attr))) if attr_blocks::may_be_blocks(attr, schema) => {
                    let made = super::dynamic::expand(&source, &[], knowledge, machine);
                    self.slots[at].blocks.extend(self.worst.see(made).unwrap_or_default());
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

fn find<'s>(schema: &'s Block, name: &str) -> Option<(usize, Slot<'s>)> {
    let (at, _) = schema.ty().attr(name)?;
    Some((at, schema.slot(at)))
}
