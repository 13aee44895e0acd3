//! The tree of a native file: bodies, attributes, blocks and expressions, each with its place.
//!
//! It holds what a reader of the language needs and no layout; layout lives in the tokens ([`crate::lex`]), which
//! with the text are lossless. It resolves nothing: a variable is only a name here.
//!
//! Invariant: no [`Expr`] is higher than [`NESTING_MAX`] and no block lies deeper, so plain recursion over the
//! tree (dropping it included) is bounded.

use std::sync::Arc;

use diag::Span;

/// Most levels of expressions in one another, and of blocks in one another. A chain such as `a + b + c` counts one
/// level for each operator.
///
/// Parsing at the limit takes up to 2 MiB of stack in an optimised build, and 8 MiB in one that is not.
pub const NESTING_MAX: usize = 1_000;

/// A name and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name as written.
    pub text: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

/// A native file.
#[derive(Clone, Debug)]
pub struct File {
    /// All that stands in it. Of a file with errors: what could be understood.
    pub body: Body,
}

/// The inside of a file or of a block.
#[derive(Clone, Debug)]
pub struct Body {
    /// Attributes in the order of the text; of two with one name only the first (the second is a diagnostic).
    pub attributes: Vec<Attribute>,
    /// Blocks in the order of the text.
    pub blocks: Vec<Block>,
    /// From the opening brace to the closing one; of a file, all of it. OpenTofu reports a missing argument at its
    /// [head](Span::head) (`hclsyntax.Body.MissingItemRange`).
    pub span: Span,
    /// The closing brace, or the end of the file: where an argument can be added.
    pub end: Span,
}

impl Body {
    /// The attribute with this name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.name.text == name)
    }

    /// The blocks of this type, in the order of the text.
    pub fn blocks_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| &*block.kind.text == kind)
    }
}

/// `name = expression`.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The name.
    pub name: Name,
    /// What stands right of the equals sign.
    pub expr: Expr,
    /// From the name to the end of the expression.
    pub span: Span,
}

/// `type "label" { ... }`.
#[derive(Clone, Debug)]
pub struct Block {
    /// The block's type, such as `resource`.
    pub kind: Name,
    /// The labels between type and brace.
    pub labels: Vec<Label>,
    /// What stands between the braces.
    pub body: Body,
    /// From the type to the closing brace.
    pub span: Span,
    /// Type and labels: the place at which OpenTofu reports what concerns the whole block.
    pub header: Span,
}

/// A label of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The label, escapes resolved.
    pub text: Arc<str>,
    /// Where it stands, quotes included.
    pub span: Span,
    /// Whether it is written `"so"` or `so`.
    pub form: LabelForm,
}

/// How a label is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelForm {
    /// `"label"`.
    Quoted,
    /// `label`.
    Bare,
}

/// An expression and its place.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// All of it.
    pub span: Span,
    height: u16,
    origin: Origin,
}

/// Which syntax an expression was written in: a string of JSON may stand for a reference or a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Native,
    Json,
}

/// The kinds of expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number as written, without sign.
    Number(Arc<str>),
    /// A string without interpolation (quoted, or a heredoc), escapes resolved.
    Str(Arc<str>),
    /// A string with interpolations or directives: indentation of `<<-` taken off, strip markers applied. There is at
    /// least one part, no literal is empty, and no two literals stand side by side. The result is always a string,
    /// also of a lone [`Part::Interp`] (which is what strip markers leave of `" ${~ x}"`).
    Template(Vec<Part>),
    /// `"${x}"` alone: the value of `x` as it is, not made a string.
    Wrap(Box<Expr>),
    /// `[a, b]`.
    Tuple(Vec<Expr>),
    /// `{ a = b }`.
    Object(Vec<ObjectItem>),
    /// `[for ...]`, `{for ...}`.
    For(Box<For>),
    /// The root of a reference.
    Variable(Name),
    /// `source.name`.
    GetAttr(Box<Expr>, Name),
    /// `source[key]`, and the old spelling `source.0` with the number as key.
    Index(Box<Expr>, Box<Expr>),
    /// `source.*...` and `source[*]...`.
    Splat(Box<Splat>),
    /// The element at hand, only inside [`Splat::each`]; it belongs to the innermost splat around it.
    SplatItem,
    /// `name(args)`.
    Call(Box<Call>),
    /// `condition ? yes : no`.
    Conditional(Box<Conditional>),
    /// `-x`, `!x`.
    Unary(UnaryOp, Box<Expr>),
    /// `a + b` and its like.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `(x)`.
    Parens(Box<Expr>),
    /// What could not be understood; a diagnostic tells why.
    Invalid,
}

/// A part of a template.
#[derive(Clone, Debug)]
pub enum Part {
    /// Text, escapes resolved.
    Literal(Arc<str>, Span),
    /// `${x}`.
    Interp(Expr),
    /// `%{if c}yes%{else}no%{endif}`.
    If(Box<IfPart>),
    /// `%{for k, v in x}...%{endfor}`.
    For(Box<ForPart>),
}

/// `%{if c}yes%{else}no%{endif}`.
#[derive(Clone, Debug)]
pub struct IfPart {
    /// The condition.
    pub condition: Expr,
    /// What stands before `%{else}`.
    pub yes: Vec<Part>,
    /// What stands after it; empty without `%{else}`.
    pub no: Vec<Part>,
    /// From `%{if` to the end of `endif}`.
    pub span: Span,
    height: u16,
}

impl IfPart {
    /// A choice between two runs of parts.
    pub fn new(condition: Expr, yes: Vec<Part>, no: Vec<Part>, span: Span) -> IfPart {
        let below = condition.height.max(parts_height(&yes)).max(parts_height(&no));
        IfPart { condition, yes, no, span, height: below.saturating_add(1) }
    }
}

/// `%{for k, v in x}...%{endfor}`.
#[derive(Clone, Debug)]
pub struct ForPart {
    /// The name for the key, where there are two names.
    pub key_var: Option<Name>,
    /// The name for the value.
    pub value_var: Name,
    /// What is gone through.
    pub collection: Expr,
    /// What is repeated.
    pub body: Vec<Part>,
    /// From `%{for` to the end of `endfor}`.
    pub span: Span,
    height: u16,
}

impl ForPart {
    /// A repetition; `vars` are the optional name for the key and the one for the value.
    pub fn new(
        vars: (Option<Name>, Name),
        collection: Expr,
        body: Vec<Part>,
        span: Span,
    ) -> ForPart {
        let height = collection.height.max(parts_height(&body)).saturating_add(1);
        ForPart { key_var: vars.0, value_var: vars.1, collection, body, span, height }
    }
}

/// `key = value` in an object.
#[derive(Clone, Debug)]
pub struct ObjectItem {
    /// The key.
    pub key: ObjectKey,
    /// The value.
    pub value: Expr,
}

/// The key of an item in an object.
#[derive(Clone, Debug)]
pub enum ObjectKey {
    /// A bare identifier (also `true`, `false`, `null`): its own name.
    Bare(Name),
    /// Anything else. A reference of several steps without parentheses around it is ambiguous: an error to whoever
    /// evaluates the key, and right where keys are read statically (`providers = { aws.west = aws }`).
    Expr(Expr),
}

impl ObjectKey {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            ObjectKey::Bare(name) => name.span,
            ObjectKey::Expr(expr) => expr.span,
        }
    }
}

/// `[for k, v in collection : value if condition]`, or with braces and `key => value`.
#[derive(Clone, Debug)]
pub struct For {
    /// The name for the key, where there are two names.
    pub key_var: Option<Name>,
    /// The name for the value.
    pub value_var: Name,
    /// What is gone through.
    pub collection: Expr,
    /// The resulting key; present where the result is an object.
    pub key: Option<Expr>,
    /// The resulting value.
    pub value: Expr,
    /// The filter.
    pub condition: Option<Expr>,
    /// Whether `...` after the value gathers values of equal keys.
    pub grouping: Grouping,
}

/// What values of equal keys become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// An error.
    Unique,
    /// A tuple (`...`).
    Grouped,
}

/// `source.*.a` and `source[*].a[0]`.
#[derive(Clone, Debug)]
pub struct Splat {
    /// What is gone through.
    pub source: Expr,
    /// What is taken of each element: accesses upon [`ExprKind::SplatItem`]. Of `.*` only attributes and old
    /// indexes lie within; of `[*]` all accesses that follow.
    pub each: Expr,
    /// Which of the two it is.
    pub kind: SplatKind,
    /// `.*` or `[*]` itself.
    pub marker: Span,
}

/// The two splats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplatKind {
    /// `.*`.
    Attr,
    /// `[*]`.
    Full,
}

/// `name(args)`.
#[derive(Clone, Debug)]
pub struct Call {
    /// The name; with namespaces as one text, `provider::aws::arn_parse`.
    pub name: Name,
    /// The arguments.
    pub args: Vec<Expr>,
    /// Whether the last argument is given out as the rest of the arguments.
    pub expansion: Expansion,
    /// From `(` to `)`.
    pub parens: Span,
}

/// What becomes of the last argument of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expansion {
    /// It is one argument.
    Single,
    /// `...`: its elements are the arguments.
    Expanded,
}

/// `condition ? yes : no`.
#[derive(Clone, Debug)]
pub struct Conditional {
    /// What decides.
    pub condition: Expr,
    /// The result where it is true.
    pub yes: Expr,
    /// The result where it is false.
    pub no: Expr,
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `!`
    Not,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
}

impl UnaryOp {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            UnaryOp::Neg => "-",
            UnaryOp::Not => "!",
        }
    }
}

impl BinaryOp {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Or => "||",
            BinaryOp::And => "&&",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Rem => "%",
        }
    }
}

impl Expr {
    /// An expression; its height is taken from its parts.
    pub fn new(kind: ExprKind, span: Span) -> Expr {
        let height = kind.height();
        Expr { kind, span, height, origin: Origin::Native }
    }

    /// An expression out of a JSON file.
    pub(crate) fn json(kind: ExprKind, span: Span) -> Expr {
        Expr { origin: Origin::Json, ..Expr::new(kind, span) }
    }

    /// Whether it comes out of a JSON file, where static readings take strings for native syntax.
    pub(crate) fn is_json(&self) -> bool {
        self.origin == Origin::Json
    }

    /// Levels of expressions from here down; 1 where it has no parts.
    pub fn height(&self) -> usize {
        usize::from(self.height)
    }

    /// The expression inside all parentheses around it.
    pub fn without_parens(&self) -> &Expr {
        let mut expr = self;
        while let ExprKind::Parens(inner) = &expr.kind {
            expr = inner;
        }
        expr
    }
}

impl ExprKind {
    fn height(&self) -> u16 {
        let below = match self {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Str(_)
            | ExprKind::Variable(_)
            | ExprKind::SplatItem
            | ExprKind::Invalid => 0,
            ExprKind::Template(parts) => parts_height(parts),
            ExprKind::Wrap(inner)
            | ExprKind::Parens(inner)
            | ExprKind::GetAttr(inner, _)
            | ExprKind::Unary(_, inner) => inner.height,
            ExprKind::Tuple(items) => highest(items),
            ExprKind::Object(items) => items.iter().map(ObjectItem::height).max().unwrap_or(0),
            ExprKind::For(it) => it.height(),
            ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => a.height.max(b.height),
            ExprKind::Splat(it) => it.source.height.max(it.each.height),
            ExprKind::Call(it) => highest(&it.args),
            ExprKind::Conditional(it) => highest([&it.condition, &it.yes, &it.no]),
        };
        below.saturating_add(1)
    }
}

fn highest<'a>(exprs: impl IntoIterator<Item = &'a Expr>) -> u16 {
    exprs.into_iter().map(|expr| expr.height).max().unwrap_or(0)
}

/// Height of the highest part; a directive is one level above what it holds.
fn parts_height(parts: &[Part]) -> u16 {
    parts.iter().map(Part::height).max().unwrap_or(0)
}

impl Part {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Part::Literal(_, span) => *span,
            Part::Interp(expr) => expr.span,
            Part::If(it) => it.span,
            Part::For(it) => it.span,
        }
    }

    fn height(&self) -> u16 {
        match self {
            Part::Literal(..) => 0,
            Part::Interp(expr) => expr.height,
            Part::If(it) => it.height,
            Part::For(it) => it.height,
        }
    }
}

impl ObjectItem {
    fn height(&self) -> u16 {
        match &self.key {
            ObjectKey::Bare(_) => self.value.height,
            ObjectKey::Expr(key) => key.height.max(self.value.height),
        }
    }
}

impl For {
    fn height(&self) -> u16 {
        let optional = highest(self.key.iter().chain(&self.condition));
        optional.max(self.collection.height).max(self.value.height)
    }
}
