//! The nodes of the arena, and what references lead to.
//!
//! Invariant: a node is small (operands stand in side tables), so that the arena is one dense `Vec`.

use std::sync::Arc;

use diag::Span;
use funcs::Function;
use syntax::{BinaryOp, UnaryOp};
use value::Value;

use super::arena::{ExprId, HoistIdx, List};
use crate::config::names::{CallIdx, LocalIdx, ResIdx, VarIdx};

/// What a reference leads to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// `var.NAME`.
    Variable(VarIdx),
    /// `local.NAME`.
    Local(LocalIdx),
    /// `TYPE.NAME` or `data.TYPE.NAME`, whole or an instance of it.
    Resource(ResIdx),
    /// `module.NAME`, whole or an instance of it.
    Module(CallIdx),
    /// `module.NAME.OUTPUT` or `module.NAME[KEY].OUTPUT`.
    Output(CallIdx, Arc<str>),
    /// `provider::NAME::FUNCTION(...)`.
    Function(ProviderFunction),
    /// `count.index`.
    CountIndex,
    /// `each.key`.
    EachKey,
    /// `each.value`.
    EachValue,
    /// `self`.
    SelfObject,
    /// `path.module` and its like.
    Path(PathAttr),
    /// `terraform.NAME`, `tofu.NAME`.
    Terraform(Arc<str>),
    /// A root name of a scope without a module, such as `env` in an estate's file.
    Free(Arc<str>),
}

/// The attributes of `path`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathAttr {
    /// The folder of the module.
    Module,
    /// The folder of the root module.
    Root,
    /// The folder in which the program was started.
    Cwd,
}

/// A function of a provider: `provider::LOCAL_NAME::FUNCTION` or `provider::LOCAL_NAME::ALIAS::FUNCTION`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderFunction {
    /// The provider's local name in the module.
    pub provider: Arc<str>,
    /// The alias of its configuration.
    pub alias: Option<Arc<str>>,
    /// The function's name.
    pub function: Arc<str>,
}

/// A reference in an expression: what it leads to, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// What it leads to.
    pub target: Target,
    /// As it is written, without the steps that only look into the value: `aws_vpc.main`, `local.names`.
    pub text: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

/// One expression.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// A value that was known when the expression was lowered.
    Literal(Value),
    /// What could not be lowered; a diagnostic was given.
    Invalid,
    /// A reference, whole.
    Ref(u32),
    /// One instance of a resource or module.
    Instance(u32, ExprId),
    /// An output of a module.
    Output(u32),
    /// A reference of a scope without a module, with the steps that follow it.
    Free(u32, List),
    /// A name as a step after a root of a scope without a module.
    Name(u32),
    /// The value of an iterator.
    Slot(u16),
    /// The iterator of a `dynamic` block as an object; its key stands in the slot before its value's.
    Iterator(u16),
    /// `source.name`.
    Attr(ExprId, u32),
    /// `source[key]`.
    Index(ExprId, ExprId),
    /// `source[*]` and what is taken of each element.
    Splat(u32),
    /// `[a, b]`.
    Tuple(List),
    /// `{ a = b }`.
    Object(u32),
    /// `for`.
    For(u32),
    /// A call.
    Call(u32),
    /// A template of more than one part.
    Template(List),
    /// A `for` in a template: the parts of its tuple in a row.
    Join(ExprId),
    /// `condition ? yes : no`, in this order.
    Conditional(List),
    /// An operator with one operand.
    Unary(UnaryOp, ExprId),
    /// An operator with two operands.
    Binary(BinaryOp, ExprId, ExprId),
    /// What depends on no `each`, `count`, `self` or iterator, inside something that does.
    Hoist(HoistIdx, ExprId),
}

/// `module.NAME[KEY].OUTPUT`.
#[derive(Clone, Debug)]
pub(crate) struct OutputNode {
    pub(crate) call: CallIdx,
    pub(crate) reference: u32,
    pub(crate) key: Option<ExprId>,
    pub(crate) name: Arc<str>,
    pub(crate) name_span: Span,
}

/// A splat; `slot` holds the element at hand.
#[derive(Clone, Debug)]
pub(crate) struct SplatNode {
    pub(crate) source: ExprId,
    pub(crate) each: ExprId,
    pub(crate) slot: u16,
    pub(crate) marker: Span,
}

/// Literal keys in sorted order, each with the place of its pair.
pub(crate) type SortedKeys = Box<[(Arc<str>, u32)]>;

/// An object's items as pairs of key and value.
#[derive(Clone, Debug)]
pub(crate) struct ObjectNode {
    /// Key, value, key, value...
    pub(crate) pairs: List,
    /// Where all keys are literal and differ: the place in `pairs` (counted in pairs) of each key in sorted order,
    /// and the keys.
    pub(crate) sorted: Option<SortedKeys>,
}

/// `for`: slots from `slot` on hold key (where it is named) and value.
#[derive(Clone, Debug)]
pub(crate) struct ForNode {
    pub(crate) collection: ExprId,
    pub(crate) key: Option<ExprId>,
    pub(crate) value: ExprId,
    pub(crate) condition: Option<ExprId>,
    pub(crate) key_slot: Option<u16>,
    pub(crate) value_slot: u16,
    pub(crate) grouped: bool,
}

/// A call: whom, with what.
#[derive(Clone, Debug)]
pub(crate) struct CallNode {
    pub(crate) callee: Callee,
    pub(crate) name: Arc<str>,
    pub(crate) args: List,
    pub(crate) expand: bool,
    pub(crate) parens: Span,
}

/// Who is called.
#[derive(Clone, Debug)]
pub(crate) enum Callee {
    /// A function of `funcs`.
    Function(&'static Function),
    /// `try(...)`.
    Try,
    /// `can(x)`.
    Can,
    /// `coalesce(...)`, which stops at the first undecided argument.
    Coalesce(&'static Function),
    /// `length(x)` of a resource or module, which asks for its keys only.
    Length(&'static Function),
    /// `keys(x)` of a resource or module, which asks for its keys only.
    Keys(&'static Function),
    /// `templatestring(text, vars)`.
    TemplateString,
    /// `templatefile(path, vars)`.
    TemplateFile,
    /// A provider's function: place in the table of references.
    Provider(u32),
}

impl Target {
    /// Whether it stands for something that takes part in the static graph (and not for `each`, `path` and the like).
    pub fn is_object(&self) -> bool {
        matches!(
            self,
            Target::Variable(_)
                | Target::Local(_)
                | Target::Resource(_)
                | Target::Module(_)
                | Target::Output(..)
                | Target::Function(_)
        )
    }
}
