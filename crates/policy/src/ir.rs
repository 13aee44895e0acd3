//! Policies in the form in which they are evaluated: names resolved to rules, built-in functions and slots of a frame, the
//! statements of a body in an order in which each finds its variables bound.
//!
//! Made by `lower` from what `regorus` parsed. Invariant: nothing in it names a thing that is not there.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::value::V;

/// Where something stands in a bundle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the bundle.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A slot of a frame: a variable.
pub(crate) type Slot = usize;
/// The position of a rule in its program.
pub(crate) type RuleId = usize;

/// All rules of a bundle.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) rules: Vec<Rule>,
    /// Rules by their whole path, as `main.deny`.
    pub(crate) by_path: BTreeMap<String, RuleId>,
}

/// What a rule makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RuleKind {
    Complete,
    Set,
    Object,
    Function,
}

/// A rule: all definitions of one path.
#[derive(Debug)]
pub(crate) struct Rule {
    /// As `main.deny`.
    pub(crate) path: Arc<str>,
    /// The package alone.
    pub(crate) package: Arc<str>,
    pub(crate) kind: RuleKind,
    pub(crate) default: Option<Expr>,
    pub(crate) definitions: Vec<Definition>,
}

/// One definition.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) place: Place,
    /// How many slots its frame has.
    pub(crate) slots: usize,
    /// Patterns of a function's arguments.
    pub(crate) arguments: Vec<Expr>,
    /// Tried one after the other where they are `else` of one another; each by itself where they are not.
    pub(crate) bodies: Vec<Body>,
}

/// A body and what it gives.
#[derive(Debug)]
pub(crate) struct Body {
    /// Whether it counts only where those before did not hold.
    pub(crate) is_else: bool,
    pub(crate) query: Query,
    /// The key, of sets and objects.
    pub(crate) key: Option<Expr>,
    /// The value; true where none is written.
    pub(crate) value: Expr,
}

/// Statements, all of which have to hold.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pub(crate) statements: Vec<Statement>,
    /// The slots that are its own: unbound whenever it begins.
    pub(crate) own: Vec<Slot>,
}

/// A statement of a body.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) literal: Literal,
    /// `with` modifiers.
    pub(crate) with: Vec<With>,
}

/// `with TARGET as VALUE`.
#[derive(Debug)]
pub(crate) struct With {
    pub(crate) target: Target,
    pub(crate) value: Expr,
}

/// What a `with` puts something else in the place of.
#[derive(Debug)]
pub(crate) enum Target {
    /// `input` or a part of it.
    Input(Vec<Arc<str>>),
    /// A part of `data` that no rule makes.
    Data(Vec<Arc<str>>),
    /// A rule.
    Rule(RuleId),
}

/// What a statement says.
#[derive(Debug)]
pub(crate) enum Literal {
    /// It is there, and not false.
    Holds(Expr),
    /// It is not there, or false.
    Not(Box<Query>),
    /// Both are the same; unbound variables are bound.
    Unify(Expr, Expr),
    /// A member of a collection, and its key.
    Member { key: Option<Expr>, value: Expr, collection: Expr },
    /// Each member holds.
    Every { key: Option<Slot>, value: Slot, domain: Expr, query: Query },
    /// `walk(DOCUMENT, [PATH, VALUE])`.
    Walk { document: Expr, pair: Expr },
}

/// An expression.
#[derive(Debug)]
pub(crate) enum Expr {
    Const(V),
    Local(Slot),
    Input,
    Data,
    Rule(RuleId),
    Array(Vec<Expr>),
    Set(Vec<Expr>),
    Object(Vec<(Expr, Expr)>),
    Each(Box<Each>),
    Builtin(crate::builtins::Builtin, Vec<Expr>),
    Function(RuleId, Vec<Expr>),
    /// The first, then each step.
    Ref(Box<Expr>, Vec<Expr>),
    Binary(Op, Box<(Expr, Expr)>),
    /// `x = y` within an expression.
    Same(Box<(Expr, Expr)>),
    In(Box<(Option<Expr>, Expr, Expr)>),
    Negative(Box<Expr>),
}

/// A comprehension.
#[derive(Debug)]
pub(crate) struct Each {
    pub(crate) kind: crate::value::Kind,
    pub(crate) key: Option<Expr>,
    pub(crate) value: Expr,
    pub(crate) query: Query,
}

/// An operator of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    And,
    Or,
}
