//! Functions that order or cut a list anew, and the two old constructors that are refused with a hint.
//! Invariant: no element is changed.

use value::{Kind, Type, Value};

use crate::args::{elements, whole};
use crate::function::{Allows, FuncError, Function, Outcome, Param, Returns};

pub(crate) static CHUNKLIST: Function = Function::new(
    "chunklist",
    &[Param::list("list").marked(), Param::number("size").marked()],
    Returns::From(|args| Ok(Type::list(args[0].ty()))),
    |args, ty| {
        let marks = args[0].marks() | args[1].marks();
        let size = usize::try_from(whole(args, 1)?)
            .map_err(|_| FuncError::argument(1, "it must not be negative"))?;
        let chunk_type = ty.element().expect("BUG: the result is a list");
        let element = chunk_type.element().expect("BUG: its elements are lists");
        let list = elements(&args[0]);
        // A size of zero means no limit.
        let size = if size == 0 { list.len().max(1) } else { size };
        let chunks = list.chunks(size).map(|chunk| Value::list(element, chunk.to_vec()));
        Ok(Value::list(chunk_type, chunks.collect()).with_marks(marks))
    },
);

pub(crate) static COMPACT: Function = Function::new(
    "compact",
    &[Param::texts("list")],
    Returns::Always(|| Type::list(Type::STRING)),
    |args, ty| {
        if !args[0].is_wholly_known() {
            return Ok(Value::unknown(ty));
        }
        let kept = elements(&args[0]).iter().filter(|e| e.as_str().is_some_and(|t| !t.is_empty()));
        Ok(Value::list(Type::STRING, kept.cloned().collect()))
    },
);

pub(crate) static REVERSE: Function = Function::new(
    "reverse",
    &[Param::any("list").marked()],
    Returns::From(|args| match args[0].ty().kind() {
        Kind::Tuple(types) => Ok(Type::tuple(&types.iter().rev().copied().collect::<Vec<_>>())),
        Kind::List(element) | Kind::Set(element) => Ok(Type::list(element)),
        _ => {
            let ty = args[0].ty().friendly_name();
            let message = format!("only lists and tuples can be reversed, not {ty}");
            Err(FuncError::argument(0, message))
        }
    }),
    |args, ty| {
        let reversed = elements(&args[0]).iter().rev().cloned().collect();
        let reversed = match ty.element() {
            Some(element) => Value::list(element, reversed),
            None => Value::tuple(reversed),
        };
        Ok(reversed.with_marks(args[0].marks()))
    },
);

const ANYTHING: Param =
    Param::any("vals").allowing(Allows::UNKNOWN.and(Allows::DYNAMIC).and(Allows::NULL));

fn gone(_: &[Value], _: Type) -> Outcome {
    panic!("BUG: the type of the result has been refused")
}

pub(crate) static LIST: Function = Function::new(
    "list",
    &[],
    Returns::From(|_| Err(FuncError::call("it is no longer there; write tolist([...])"))),
    gone,
)
.with_more(ANYTHING);

pub(crate) static MAP: Function = Function::new(
    "map",
    &[],
    Returns::From(|_| Err(FuncError::call("it is no longer there; write tomap({...})"))),
    gone,
)
.with_more(ANYTHING);
