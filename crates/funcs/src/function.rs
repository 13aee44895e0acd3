//! What a function is: its parameters, the type of its result, and what it does. How one is called stands in `call`.
//! Invariant: a function's result has the type that its `Returns` gave for the same arguments.

use std::fmt;

use value::{Type, Value};

use crate::impure::Impure;

/// What a function, or the type of its result, comes to.
pub type Outcome<T = Value> = Result<T, FuncError>;

/// A built-in function.
#[derive(Debug)]
pub struct Function {
    /// Its name, without a namespace.
    pub name: &'static str,
    /// Its parameters, one per argument.
    pub params: &'static [Param],
    /// The parameter of all further arguments, where it takes more.
    pub variadic: Option<Param>,
    pub(crate) returns: Returns,
    pub(crate) body: Body,
    pub(crate) nulls: ResultNulls,
}

/// Who carries a function out.
#[derive(Debug)]
pub(crate) enum Body {
    /// It computes from its arguments alone.
    Pure(fn(&[Value], Type) -> Outcome),
    /// It asks the world, through the driver.
    Impure(Impure),
    /// It evaluates expressions: `lang` carries it out.
    Evaluates,
}

/// Of which kind a function is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purity {
    /// It computes from its arguments alone: [`call`](crate::call) gives the result.
    Pure,
    /// It asks the world: [`request`](crate::request) says what, [`finish`](crate::finish) makes the result of the answer.
    Impure,
    /// It evaluates expressions or templates: `lang` carries it out, and only its parameters are of use here.
    Evaluates,
}

/// The type of a function's result.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Returns {
    /// The same for all arguments.
    Always(fn() -> Type),
    /// Found from the arguments, which may be unknown or null where a parameter allows it, but never hold marks that the
    /// parameter does not allow.
    From(fn(&[Value]) -> Outcome<Type>),
}

/// Whether a result can be null. One that cannot is known not to be even while it is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResultNulls {
    Never,
    Possible,
}

/// A parameter of a function.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Its name, for messages.
    pub name: &'static str,
    /// What arguments are converted to. `Type::DYNAMIC` takes any type.
    pub ty: fn() -> Type,
    /// What it takes beside known, typed values that are not null.
    pub allows: Allows,
}

/// What a parameter takes beside known, typed values that are not null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allows(u8);

impl Allows {
    /// Nothing.
    pub const NOTHING: Self = Allows(0);
    /// Null.
    pub const NULL: Self = Allows(1);
    /// Unknown values; else the result is unknown where an argument is.
    pub const UNKNOWN: Self = Allows(1 << 1);
    /// Marks; else they are taken off the arguments and put on the result.
    pub const MARKED: Self = Allows(1 << 2);
    /// Values without a type; else the result has no type where an argument has none.
    pub const DYNAMIC: Self = Allows(1 << 3);
    /// All of these.
    pub const ALL: Self = Allows(0b1111);

    /// What is allowed by one or the other.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Allows(self.0 | other.0)
    }

    /// Whether all of `other` is allowed.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl Param {
    pub(crate) const fn new(name: &'static str, ty: fn() -> Type) -> Self {
        Param { name, ty, allows: Allows::NOTHING }
    }

    /// A parameter for any type.
    pub(crate) const fn any(name: &'static str) -> Self {
        Param::new(name, || Type::DYNAMIC)
    }

    pub(crate) const fn text(name: &'static str) -> Self {
        Param::new(name, || Type::STRING)
    }

    pub(crate) const fn number(name: &'static str) -> Self {
        Param::new(name, || Type::NUMBER)
    }

    /// A list whose elements may be of any one type.
    pub(crate) const fn list(name: &'static str) -> Self {
        Param::new(name, || Type::list(Type::DYNAMIC))
    }

    /// A set whose elements may be of any one type.
    pub(crate) const fn set(name: &'static str) -> Self {
        Param::new(name, || Type::set(Type::DYNAMIC))
    }

    pub(crate) const fn texts(name: &'static str) -> Self {
        Param::new(name, || Type::list(Type::STRING))
    }

    pub(crate) const fn allowing(self, more: Allows) -> Self {
        Param { allows: self.allows.and(more), ..self }
    }

    pub(crate) const fn marked(self) -> Self {
        self.allowing(Allows::MARKED)
    }
}

impl Function {
    /// A pure function whose result is never null.
    pub(crate) const fn new(
        name: &'static str,
        params: &'static [Param],
        returns: Returns,
        run: fn(&[Value], Type) -> Outcome,
    ) -> Self {
        let body = Body::Pure(run);
        Function { name, params, variadic: None, returns, body, nulls: ResultNulls::Never }
    }

    /// A function whose result is a string, never null.
    pub(crate) const fn to_text(
        name: &'static str,
        params: &'static [Param],
        run: fn(&[Value], Type) -> Outcome,
    ) -> Self {
        Function::new(name, params, Returns::Always(|| Type::STRING), run)
    }

    /// A function whose result is a number, never null.
    pub(crate) const fn to_number(
        name: &'static str,
        params: &'static [Param],
        run: fn(&[Value], Type) -> Outcome,
    ) -> Self {
        Function::new(name, params, Returns::Always(|| Type::NUMBER), run)
    }

    /// A function whose result is a truth value, never null.
    pub(crate) const fn to_bool(
        name: &'static str,
        params: &'static [Param],
        run: fn(&[Value], Type) -> Outcome,
    ) -> Self {
        Function::new(name, params, Returns::Always(|| Type::BOOL), run)
    }

    pub(crate) const fn impure(
        name: &'static str,
        params: &'static [Param],
        returns: Returns,
        impure: Impure,
    ) -> Self {
        let body = Body::Impure(impure);
        Function { name, params, variadic: None, returns, body, nulls: ResultNulls::Never }
    }

    /// A function that `lang` carries out.
    pub(crate) const fn evaluates(name: &'static str, params: &'static [Param]) -> Self {
        let returns = Returns::Always(|| Type::DYNAMIC);
        let nulls = ResultNulls::Possible;
        Function { name, params, variadic: None, returns, body: Body::Evaluates, nulls }
    }

    pub(crate) const fn with_more(mut self, param: Param) -> Self {
        self.variadic = Some(param);
        self
    }

    /// The result may be null, or OpenTofu does not promise that it is not.
    pub(crate) const fn maybe_null(mut self) -> Self {
        self.nulls = ResultNulls::Possible;
        self
    }

    /// Of which kind it is.
    #[must_use]
    pub fn purity(&self) -> Purity {
        match self.body {
            Body::Pure(_) => Purity::Pure,
            Body::Impure(_) => Purity::Impure,
            Body::Evaluates => Purity::Evaluates,
        }
    }

    /// The parameter of argument number `index`, counted from 0.
    #[must_use]
    pub fn param(&self, index: usize) -> Option<&Param> {
        self.params.get(index).or(self.variadic.as_ref())
    }
}

/// Why a function gives no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FuncError {
    /// What kind of fault it is.
    pub cause: Cause,
    /// The argument at fault, counted from 0.
    pub argument: Option<usize>,
    /// What is wrong: lower case, no full stop, fit to stand behind the function's or the parameter's name.
    pub message: String,
}

/// What kind of fault a call has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Arguments are missing; `argument` is the first missing one.
    TooFew,
    /// There are more arguments than parameters; `argument` is the first one too many.
    TooMany,
    /// One argument is wrong by itself.
    Argument,
    /// The call as a whole fails.
    Call,
}

impl FuncError {
    /// The call as a whole fails.
    pub fn call(message: impl Into<String>) -> Self {
        FuncError { cause: Cause::Call, argument: None, message: message.into() }
    }

    /// Argument number `index`, from 0, is wrong.
    pub fn argument(index: usize, message: impl Into<String>) -> Self {
        FuncError { cause: Cause::Argument, argument: Some(index), message: message.into() }
    }
}

impl fmt::Display for FuncError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FuncError {}
