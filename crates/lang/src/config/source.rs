//! Bodies and expressions as they stand in a file, native or JSON alike, before they mean anything.
//!
//! A JSON object does not say which of its members are attributes and which are blocks, and a JSON string does not
//! say whether it is a template, a reference or a keyword: whoever reads it decides. So both syntaxes are read
//! through the types here. Everything borrows from the syntax trees, which are dropped after lowering.
//!
//! Invariant: items of a [`BodySrc`] stand in the order of the text.

use std::borrow::Cow;
use std::sync::Arc;

use diag::{Diags, Span};
use syntax::{
    Attribute, Block, Body, Expr, JsonKind, JsonMember, JsonNode, Name, ObjectKey, Traversal,
};

use super::faults;

/// An expression as it stands in a file.
#[derive(Clone, Copy, Debug)]
pub enum ExprSrc<'s> {
    /// Native syntax.
    Native(&'s Expr),
    /// A bare name as key of a native object.
    NativeKey(&'s Name),
    /// A value in JSON.
    Json(&'s JsonNode),
    /// The key of a JSON object, read as an expression.
    JsonKey(&'s Name),
}

impl<'s> ExprSrc<'s> {
    /// Where it stands.
    pub fn span(self) -> Span {
        match self {
            ExprSrc::Native(expr) => expr.span,
            ExprSrc::Json(node) => node.span,
            ExprSrc::NativeKey(name) | ExprSrc::JsonKey(name) => name.span,
        }
    }

    /// Whether it stands in a JSON file.
    pub fn is_json(self) -> bool {
        matches!(self, ExprSrc::Json(_) | ExprSrc::JsonKey(_))
    }

    /// The expression that is evaluated: JSON strings are templates.
    pub fn to_expr(self, diags: &mut Diags) -> Cow<'s, Expr> {
        match self {
            ExprSrc::Native(expr) => Cow::Borrowed(expr),
            ExprSrc::Json(node) => Cow::Owned(syntax::json_expr(node, diags)),
            ExprSrc::NativeKey(name) => {
                Cow::Owned(Expr::new(syntax::ExprKind::Variable(name.clone()), name.span))
            }
            ExprSrc::JsonKey(name) => {
                Cow::Owned(Expr::new(syntax::ExprKind::Str(name.text.clone()), name.span))
            }
        }
    }

    /// The expression as it is written: a JSON string holds native syntax, as for `replace_triggered_by`.
    pub fn written_expr(self, diags: &mut Diags) -> Option<Cow<'s, Expr>> {
        let Some(text) = self.json_text() else { return Some(self.to_expr(diags)) };
        // Blanks in front bring the places in the text to where they stand in the file.
        let span = self.span();
        let padded = " ".repeat(span.start as usize + 1) + text;
        syntax::parse_expression(span.file, &padded, diags).map(Cow::Owned)
    }

    /// The text of a JSON string.
    pub fn json_text(self) -> Option<&'s str> {
        match self {
            ExprSrc::Json(JsonNode { kind: JsonKind::String(text), .. }) => Some(&text.text),
            ExprSrc::JsonKey(name) => Some(&name.text),
            _ => None,
        }
    }

    /// The text of a native string without interpolation.
    pub fn native_text(self) -> Option<&'s str> {
        match self {
            ExprSrc::Native(Expr { kind: syntax::ExprKind::Str(text), .. }) => Some(text),
            _ => None,
        }
    }

    /// The expression as a reference; a JSON string is read as one, with its own place as that of all its steps.
    pub fn traversal(self) -> Option<Traversal> {
        match self {
            ExprSrc::Native(expr) => syntax::as_traversal(expr),
            ExprSrc::NativeKey(name) => {
                Some(Traversal { root: name.clone(), steps: Vec::new(), span: name.span })
            }
            ExprSrc::Json(node) => syntax::as_traversal(&syntax::json_expr(node, &mut Diags::new())),
            ExprSrc::JsonKey(name) => traversal_in_text(&name.text, name.span),
        }
    }

    /// The expression as a single bare word.
    pub fn keyword(self) -> Option<Arc<str>> {
        match self {
            ExprSrc::Native(expr) => syntax::expr_keyword(expr),
            ExprSrc::NativeKey(name) => Some(name.text.clone()),
            ExprSrc::Json(_) | ExprSrc::JsonKey(_) => {
                let traversal = self.traversal()?;
                traversal.steps.is_empty().then_some(traversal.root.text)
            }
        }
    }

    /// The elements of a list as written.
    pub fn list(self) -> Option<Vec<ExprSrc<'s>>> {
        match self {
            ExprSrc::Native(expr) => {
                Some(syntax::expr_list(expr)?.iter().map(ExprSrc::Native).collect())
            }
            ExprSrc::Json(JsonNode { kind: JsonKind::Array(nodes), .. }) => {
                Some(nodes.iter().map(ExprSrc::Json).collect())
            }
            _ => None,
        }
    }

    /// The keys and values of an object as written.
    pub fn map(self) -> Option<Vec<(ExprSrc<'s>, ExprSrc<'s>)>> {
        match self {
            ExprSrc::Native(expr) => Some(
                syntax::expr_map(expr)?
                    .iter()
                    .map(|item| {
                        let key = match &item.key {
                            ObjectKey::Bare(name) => ExprSrc::NativeKey(name),
                            ObjectKey::Expr(expr) => ExprSrc::Native(expr),
                        };
                        (key, ExprSrc::Native(&item.value))
                    })
                    .collect(),
            ),
            ExprSrc::Json(JsonNode { kind: JsonKind::Object(members), .. }) => Some(
                members
                    .iter()
                    .map(|it| (ExprSrc::JsonKey(&it.key), ExprSrc::Json(&it.value)))
                    .collect(),
            ),
            _ => None,
        }
    }
}

/// A reference written in a string, all of whose steps take the place of the string.
fn traversal_in_text(text: &str, span: Span) -> Option<Traversal> {
    let mut unheard = Diags::new();
    let mut traversal = syntax::parse_traversal(span.file, text, &mut unheard)?;
    traversal.span = span;
    traversal.root.span = span;
    for step in &mut traversal.steps {
        match step {
            syntax::Step::Attr(name) => name.span = span,
            syntax::Step::Key(_, at) | syntax::Step::Number(_, at) => *at = span,
        }
    }
    Some(traversal)
}

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
    /// Where a missing attribute is reported.
    pub end: Span,
}

impl<'s> BodySrc<'s> {
    /// All of a native body.
    pub fn native(body: &'s Body) -> BodySrc<'s> {
        let mut items: Vec<Item<'s>> =
            Vec::with_capacity(body.attributes.len() + body.blocks.len());
        items.extend(body.attributes.iter().map(Item::Attribute));
        items.extend(body.blocks.iter().map(Item::Block));
        BodySrc { items, end: body.end }
    }

    /// All of a JSON body: an object, or an array of objects that stand for one; null stands for nothing.
    pub fn json(node: &'s JsonNode, diags: &mut Diags) -> BodySrc<'s> {
        let members = json_members(node, None, diags);
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
        for item in self.items {
            match item {
                Item::Attribute(attribute) => list.push(AttrSrc::native(attribute)),
                Item::Block(block) => diags.push(faults::block_not_expected(block)),
                Item::Member(member) if is_comment(&member.key) => {}
                Item::Member(member) => {
                    match list.iter().find(|it| it.name.text == member.key.text) {
                        Some(first) => {
                            diags.push(faults::duplicate_argument(&member.key, first.name.span));
                        }
                        None => list.push(AttrSrc::json(member)),
                    }
                }
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

/// The members of an object, or of the objects of an array.
fn json_members<'s>(
    node: &'s JsonNode,
    label: Option<&str>,
    diags: &mut Diags,
) -> Vec<&'s JsonMember> {
    match &node.kind {
        JsonKind::Null | JsonKind::Invalid => Vec::new(),
        JsonKind::Object(members) => members.iter().collect(),
        JsonKind::Array(nodes) => {
            let mut all = Vec::new();
            for node in nodes {
                match &node.kind {
                    JsonKind::Object(members) => all.extend(members),
                    _ => diags.push(faults::object_required(node.span, label)),
                }
            }
            all
        }
        _ => {
            diags.push(faults::object_required(node.span, label));
            Vec::new()
        }
    }
}

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
    fn take(&mut self, item: Item<'s>, shape: &Shape, diags: &mut Diags) -> bool {
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
                    json_blocks(&member.value, labels, &mut header, &mut self.blocks, diags);
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
    fn native(attribute: &'s Attribute) -> AttrSrc<'s> {
        AttrSrc {
            name: &attribute.name,
            expr: ExprSrc::Native(&attribute.expr),
            span: attribute.span,
        }
    }

    fn json(member: &'s JsonMember) -> AttrSrc<'s> {
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

struct Header<'s> {
    kind: &'s Name,
    labels: Vec<Name>,
}

/// Peels the labels off a JSON value, one object for each, and collects the blocks beneath.
fn json_blocks<'s>(
    node: &'s JsonNode,
    labels: &[&str],
    header: &mut Header<'s>,
    blocks: &mut Vec<BlockSrc<'s>>,
    diags: &mut Diags,
) {
    if let [label, rest @ ..] = labels {
        let members = json_members(node, Some(label), diags);
        if members.is_empty() {
            diags.push(faults::missing_json_label(&header.kind.text, label, node.span));
        }
        for member in members {
            header.labels.push(member.key.clone());
            json_blocks(&member.value, rest, header, blocks, diags);
            header.labels.pop();
        }
        return;
    }
    let mut add = |node: &'s JsonNode, opening: Span| {
        blocks.push(BlockSrc {
            kind: header.kind,
            labels: header.labels.clone(),
            header: opening,
            inside: Inside::Json(node),
        });
    };
    match &node.kind {
        JsonKind::Null | JsonKind::Invalid => {}
        JsonKind::Object(_) => add(node, node.head()),
        JsonKind::Array(nodes) => nodes.iter().for_each(|inner| add(inner, node.head())),
        _ => diags.push(faults::blocks_required(&header.kind.text, node.span)),
    }
}
