//! The one way into a function. Here arguments are counted, converted, freed of marks, and judged for nulls and unknowns,
//! so that the functions themselves need not. The rules are those of cty's `function.Call`.
//! Invariant: marks of an argument are on the result, unless the parameter takes marked values and so answers for them.
//! One thing differs from cty: a function that does not run because such an argument is unknown keeps its marks too.

use std::borrow::Cow;

use value::{Marks, Type, Value, convert};

use crate::function::{
    Allows, Body, Cause, FuncError, Function, Outcome, Param, ResultNulls, Returns,
};

/// Calls a pure function.
///
/// # Errors
/// When the arguments do not fit, or the function refuses them.
///
/// # Panics
/// For a function that is not pure; see [`Function::purity`].
pub fn call(function: &Function, args: &[Value]) -> Outcome {
    let Body::Pure(run) = function.body else {
        panic!("BUG: {} is not a pure function", function.name);
    };
    let prepared = prepare(function, args)?;
    prepared.result(function, run)
}

/// What an unpredictable call is known to be before it is made: unknown, but of its type.
///
/// # Errors
/// When the arguments do not fit.
pub fn postponed(function: &Function, args: &[Value]) -> Outcome {
    let prepared = prepare(function, args)?;
    prepared.result(function, |_, ty| Ok(Value::unknown(ty)))
}

/// Arguments as a function wants them, and what is known of the result before it runs.
pub(crate) struct Prepared<'a> {
    pub(crate) args: Cow<'a, [Value]>,
    /// The result's type.
    pub(crate) ty: Type,
    /// The marks to put on the result.
    pub(crate) marks: Marks,
    readiness: Readiness,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Readiness {
    /// All arguments are what the function can work with.
    Ready,
    /// An argument is unknown: so is the result.
    Unknown,
    /// An argument has no type: neither has the result.
    Untyped,
}

impl Prepared<'_> {
    /// The unknown result, if the function cannot run yet.
    pub(crate) fn unknown(&self, function: &Function) -> Option<Value> {
        let value = match self.readiness {
            Readiness::Ready => return None,
            Readiness::Unknown => refined(Value::unknown(self.ty), function),
            Readiness::Untyped => Value::DYNAMIC,
        };
        Some(value.with_marks(self.marks))
    }

    /// The result of `run`, if the function can run.
    pub(crate) fn result(
        &self,
        function: &Function,
        run: impl FnOnce(&[Value], Type) -> Outcome,
    ) -> Outcome {
        if let Some(unknown) = self.unknown(function) {
            return Ok(unknown);
        }
        let value = run(&self.args, self.ty).map_err(|error| discreet(error, self.marks))?;
        Ok(refined(value, function).with_marks(self.marks))
    }
}

/// A fault of a function that did not know that its arguments are secret: where its message may show a part of them, the
/// message is withheld.
fn discreet(error: FuncError, marks: Marks) -> FuncError {
    let is_secret = marks.is_sensitive() || marks.is_ephemeral();
    let may_show = |c: char| matches!(c, '"' | '\'') || c.is_ascii_digit();
    if !is_secret || !error.message.contains(may_show) {
        return error;
    }
    let message = "the reason is not shown, because it may hold a part of a sensitive argument";
    FuncError { message: message.to_owned(), ..error }
}

/// An unknown result of a function that never gives null is known not to be null.
fn refined(value: Value, function: &Function) -> Value {
    let gains = function.nulls == ResultNulls::Never
        && !value.is_known()
        && !value.is_certainly_not_null()
        && !value.ty().is_dynamic();
    if !gains {
        return value;
    }
    Value::unknown_with(value.ty(), value.range().not_null()).with_marks(value.marks())
}

/// Judges and converts the arguments, and finds the type of the result.
pub(crate) fn prepare<'a>(function: &Function, args: &'a [Value]) -> Outcome<Prepared<'a>> {
    count(function, args.len())?;
    let mut args = converted(function, args)?;
    let mut marks = Marks::NONE;
    let mut readiness = Readiness::Ready;
    for index in 0..args.len() {
        let allows = param_of(function, index).allows;
        if !allows.contains(Allows::MARKED) && !args[index].deep_marks().is_empty() {
            let (bare, own) = args[index].clone().unmark_deep();
            marks |= own;
            args.to_mut()[index] = bare;
        }
        let arg = &args[index];
        if readiness == Readiness::Untyped {
            continue;
        }
        if arg.is_null() && !allows.contains(Allows::NULL) {
            return Err(FuncError::argument(index, "it must not be null"));
        }
        if arg.ty().is_dynamic() && !allows.contains(Allows::DYNAMIC) {
            readiness = Readiness::Untyped;
            marks |= arg.marks();
        } else if !arg.is_known() && !allows.contains(Allows::UNKNOWN) {
            readiness = Readiness::Unknown;
            // Whoever takes marked values cannot answer for these, since it will not run.
            marks |= arg.marks();
        }
    }
    let ty = match (readiness, function.returns) {
        (Readiness::Untyped, _) => Type::DYNAMIC,
        (_, Returns::Always(ty)) => ty(),
        (_, Returns::From(find)) => find(&args).map_err(|error| discreet(error, marks))?,
    };
    Ok(Prepared { args, ty, marks, readiness })
}

fn param_of(function: &Function, index: usize) -> &Param {
    function.param(index).expect("BUG: the arguments have been counted")
}

fn count(function: &Function, given: usize) -> Outcome<()> {
    let required = function.params.len();
    if given < required {
        let name = function.params[given].name;
        let least = if function.variadic.is_some() { "at least " } else { "" };
        let message =
            format!("it takes {least}{required} arguments; a value for {name:?} is missing");
        return Err(FuncError { cause: Cause::TooFew, argument: Some(given), message });
    }
    if given > required && function.variadic.is_none() {
        let message = format!("it takes {required} arguments, and {given} are given");
        return Err(FuncError { cause: Cause::TooMany, argument: Some(required), message });
    }
    Ok(())
}

fn converted<'a>(function: &Function, args: &'a [Value]) -> Outcome<Cow<'a, [Value]>> {
    let mut args = Cow::Borrowed(args);
    for index in 0..args.len() {
        let wanted = (param_of(function, index).ty)();
        if wanted.is_dynamic() || args[index].ty() == wanted {
            continue;
        }
        let value = convert::convert(&args[index], wanted)
            .map_err(|error| FuncError::argument(index, error.to_string()))?;
        args.to_mut()[index] = value;
    }
    Ok(args)
}
