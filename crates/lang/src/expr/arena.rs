//! The arena: nodes, their places, and side tables.
//!
//! Invariant: nothing is ever taken out; an index given out stays in range.

use std::sync::Arc;

use diag::Span;

use super::context::Depends;
use super::node::{CallNode, Callee, ForNode, Node, ObjectNode, OutputNode, Reference, SplatNode};

/// An expression in its module's [`Exprs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub(crate) u32);

/// A sub-expression whose value is computed once per module instance: counted from 0 within one [`Exprs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HoistIdx(pub u32);

impl HoistIdx {
    /// The place in a table of [`Exprs::hoists`] entries.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A run of operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct List {
    start: u32,
    len: u32,
}

/// All expressions of a module definition.
#[derive(Clone, Debug, Default)]
pub struct Exprs {
    nodes: Vec<Node>,
    spans: Vec<Span>,
    depends: Vec<Depends>,
    operands: Vec<ExprId>,
    references: Vec<Reference>,
    outputs: Vec<OutputNode>,
    names: Vec<(Arc<str>, Span)>,
    fors: Vec<ForNode>,
    calls: Vec<CallNode>,
    objects: Vec<ObjectNode>,
    splats: Vec<SplatNode>,
    iterators: Vec<(ExprId, u16)>,
    hoists: u32,
    slots: u16,
}

fn index(len: usize) -> u32 {
    u32::try_from(len).expect("BUG: more than 4 billion expressions in a module")
}

impl Exprs {
    /// An empty arena.
    pub fn new() -> Exprs {
        Exprs::default()
    }

    /// Where the expression stands.
    pub fn span(&self, id: ExprId) -> Span {
        self.spans[id.0 as usize]
    }

    /// What the expression depends on beside references.
    pub fn depends(&self, id: ExprId) -> Depends {
        self.depends[id.0 as usize]
    }

    /// Number of hoisted sub-expressions: the length of a table for [`crate::eval::Scope::hoisted`].
    pub fn hoists(&self) -> usize {
        self.hoists as usize
    }

    /// Number of expressions.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The providers' functions that expressions call; one that is called twice may stand twice.
    pub fn provider_functions(&self) -> impl Iterator<Item = &super::node::ProviderFunction> {
        self.references.iter().filter_map(|reference| match &reference.target {
            super::node::Target::Function(function) => Some(function),
            _ => None,
        })
    }

    /// The functions that expressions call, as they are written, and where the arguments of each call stand.
    pub fn calls(&self) -> impl Iterator<Item = (&str, Span)> {
        self.calls.iter().map(|call| (&*call.name, call.parens))
    }

    pub(crate) fn node(&self, id: ExprId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub(crate) fn list(&self, list: List) -> &[ExprId] {
        &self.operands[list.start as usize..(list.start + list.len) as usize]
    }

    pub(crate) fn reference(&self, at: u32) -> &Reference {
        &self.references[at as usize]
    }

    pub(crate) fn output(&self, at: u32) -> &OutputNode {
        &self.outputs[at as usize]
    }

    pub(crate) fn name(&self, at: u32) -> &(Arc<str>, Span) {
        &self.names[at as usize]
    }

    pub(crate) fn for_(&self, at: u32) -> &ForNode {
        &self.fors[at as usize]
    }

    pub(crate) fn call(&self, at: u32) -> &CallNode {
        &self.calls[at as usize]
    }

    pub(crate) fn object(&self, at: u32) -> &ObjectNode {
        &self.objects[at as usize]
    }

    pub(crate) fn splat(&self, at: u32) -> &SplatNode {
        &self.splats[at as usize]
    }

    /// Number of slots that a frame needs.
    pub(crate) fn slots(&self) -> usize {
        usize::from(self.slots)
    }

    pub(crate) fn needs_slots(&mut self, count: u16) {
        self.slots = self.slots.max(count);
    }

    pub(crate) fn push(&mut self, node: Node, span: Span, depends: Depends) -> ExprId {
        let id = ExprId(index(self.nodes.len()));
        self.nodes.push(node);
        self.spans.push(span);
        self.depends.push(depends);
        id
    }

    /// Lets an expression stand where the quotes or parentheses around it do.
    pub(crate) fn widen(&mut self, id: ExprId, span: Span) {
        self.spans[id.0 as usize] = span;
    }

    pub(crate) fn push_list(&mut self, items: &[ExprId]) -> List {
        let start = index(self.operands.len());
        self.operands.extend_from_slice(items);
        List { start, len: index(items.len()) }
    }

    pub(crate) fn push_reference(&mut self, reference: Reference) -> u32 {
        self.references.push(reference);
        index(self.references.len() - 1)
    }

    pub(crate) fn push_output(&mut self, output: OutputNode) -> u32 {
        self.outputs.push(output);
        index(self.outputs.len() - 1)
    }

    pub(crate) fn push_name(&mut self, name: Arc<str>, span: Span) -> u32 {
        self.names.push((name, span));
        index(self.names.len() - 1)
    }

    pub(crate) fn push_for(&mut self, node: ForNode) -> u32 {
        self.fors.push(node);
        index(self.fors.len() - 1)
    }

    pub(crate) fn push_call(&mut self, node: CallNode) -> u32 {
        self.calls.push(node);
        index(self.calls.len() - 1)
    }

    pub(crate) fn push_object(&mut self, node: ObjectNode) -> u32 {
        self.objects.push(node);
        index(self.objects.len() - 1)
    }

    pub(crate) fn push_splat(&mut self, node: SplatNode) -> u32 {
        self.splats.push(node);
        index(self.splats.len() - 1)
    }

    /// Notes the slot of the iterator that a JSON value refers to.
    pub(crate) fn push_iterator(&mut self, id: ExprId, slot: u16) {
        self.iterators.push((id, slot));
        self.iterators.sort_unstable();
    }

    /// The slot of the iterator that a JSON value, content or labels of a `dynamic`, refers to.
    pub(crate) fn iterator(&self, id: ExprId) -> Option<u16> {
        let at = self.iterators.binary_search_by_key(&id, |(content, _)| *content).ok()?;
        Some(self.iterators[at].1)
    }

    pub(crate) fn next_hoist(&mut self) -> HoistIdx {
        self.hoists += 1;
        HoistIdx(self.hoists - 1)
    }
}

impl Exprs {
    /// The reference that the node itself is.
    pub(crate) fn reference_of(&self, id: ExprId) -> Option<&Reference> {
        match self.node(id) {
            Node::Ref(at) | Node::Instance(at, _) | Node::Free(at, _) => Some(self.reference(*at)),
            Node::Output(at) => Some(self.reference(self.output(*at).reference)),
            Node::Call(at) => match self.call(*at).callee {
                Callee::Provider(at) => Some(self.reference(at)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Calls `f` for each operand, in the order of evaluation.
    pub(crate) fn operands(&self, id: ExprId, f: &mut impl FnMut(ExprId)) {
        let mut all = |list: List| self.list(list).iter().for_each(|id| f(*id));
        match self.node(id) {
            Node::Literal(_)
            | Node::Invalid
            | Node::Ref(_)
            | Node::Name(_)
            | Node::Slot(_)
            | Node::Iterator(_) => {}
            Node::Instance(_, key) => f(*key),
            Node::Output(at) => self.output(*at).key.into_iter().for_each(f),
            Node::Free(_, list)
            | Node::Tuple(list)
            | Node::Template(list)
            | Node::Conditional(list) => all(*list),
            Node::Attr(a, _) | Node::Join(a) | Node::Unary(_, a) | Node::Hoist(_, a) => f(*a),
            Node::Index(a, b) | Node::Binary(_, a, b) => {
                f(*a);
                f(*b);
            }
            Node::Splat(at) => {
                f(self.splat(*at).source);
                f(self.splat(*at).each);
            }
            Node::Object(at) => all(self.object(*at).pairs),
            Node::Call(at) => all(self.call(*at).args),
            Node::For(at) => {
                let node = self.for_(*at);
                [Some(node.collection), node.condition, node.key, Some(node.value)]
                    .into_iter()
                    .flatten()
                    .for_each(f);
            }
        }
    }
}
