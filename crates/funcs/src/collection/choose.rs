//! Functions that pick: one element, a run of them, or the first argument that is something.
//! Invariant: what is picked keeps its own type.

use value::{Kind, Type, Value, View, convert, ops};

use crate::args::{sequence, whole};
use crate::function::{Allows, FuncError, Function, Outcome, Param, Returns};

const VALS: Param =
    Param::any("vals").allowing(Allows::UNKNOWN.and(Allows::DYNAMIC).and(Allows::NULL));

pub(crate) static COALESCE: Function = Function::new(
    "coalesce",
    &[],
    Returns::From(|args| {
        let types: Vec<Type> = args.iter().map(Value::ty).collect();
        convert::unify(&types).ok_or_else(|| FuncError::call("all arguments must be of one type"))
    }),
    |args, ty| {
        for (index, arg) in args.iter().enumerate() {
            let arg = convert::convert(arg, ty)
                .map_err(|error| FuncError::argument(index, error.to_string()))?;
            match arg.view() {
                View::Unknown(_) => return Ok(Value::unknown(ty)),
                View::Null => {}
                View::String(text) if text.is_empty() && ty == Type::STRING => {}
                _ => return Ok(arg),
            }
        }
        Err(FuncError::call("all arguments are null or empty strings"))
    },
)
.with_more(VALS);

pub(crate) static COALESCELIST: Function = Function::new(
    "coalescelist",
    &[],
    Returns::From(|args| {
        let Some(first) = args.first() else {
            return Err(FuncError::call("at least one argument is needed"));
        };
        for arg in args {
            if !arg.is_known() {
                return Ok(Type::DYNAMIC);
            }
            if !arg.ty().is_list() && !arg.ty().is_tuple() {
                return Err(FuncError::call("all arguments must be lists or tuples"));
            }
        }
        let same = args.iter().all(|arg| arg.ty() == first.ty());
        Ok(if same { first.ty() } else { Type::DYNAMIC })
    }),
    |args, ty| {
        for arg in args {
            if !arg.is_known() {
                return Ok(Value::unknown(ty));
            }
            if sequence(arg).is_some_and(|elements| !elements.is_empty()) {
                return Ok(arg.clone());
            }
        }
        Err(FuncError::call("all arguments are null or empty"))
    },
)
.with_more(VALS);

pub(crate) static ELEMENT: Function = Function::new(
    "element",
    &[Param::any("list").marked(), Param::number("index")],
    Returns::From(|args| match args[0].ty().kind() {
        Kind::List(element) => Ok(element),
        Kind::Tuple(_) if !args[1].is_known() => Ok(Type::DYNAMIC),
        Kind::Tuple(types) => Ok(types[wrapped(args, types.len())?]),
        _ => {
            let ty = args[0].ty().friendly_name();
            Err(FuncError::call(format!("the first argument must be a list or a tuple, not {ty}")))
        }
    }),
    |args, _| {
        let list = sequence(&args[0]).expect("BUG: the type has been checked");
        let at = wrapped(args, list.len())?;
        Ok(list[at].clone().with_marks(args[0].marks()))
    },
)
.maybe_null();

/// The place that an index means, counted round and round.
fn wrapped(args: &[Value], length: usize) -> Outcome<usize> {
    let index = whole(args, 1)?;
    let length = i64::try_from(length).expect("BUG: a list is shorter than 2^63");
    if length == 0 {
        return Err(FuncError::call("an empty list has no elements"));
    }
    Ok(usize::try_from(index.rem_euclid(length)).expect("BUG: a remainder is not negative"))
}

pub(crate) static ONE: Function = Function::new(
    "one",
    &[Param::any("list")],
    Returns::From(|args| match args[0].ty().kind() {
        Kind::List(element) | Kind::Set(element) => Ok(element),
        Kind::Tuple([]) => Ok(Type::DYNAMIC),
        Kind::Tuple([only]) => Ok(*only),
        _ => Err(not_one()),
    }),
    |args, ty| {
        let length = ops::length(&args[0]).expect("BUG: the type has been checked");
        if !length.is_known() {
            return Ok(Value::unknown(ty));
        }
        match sequence(&args[0]) {
            Some([]) => Ok(Value::null(ty)),
            Some([only]) => Ok(only.clone()),
            _ => Err(not_one()),
        }
    },
)
.maybe_null();

fn not_one() -> FuncError {
    FuncError::argument(0, "it must be a list, a set or a tuple with one element or none")
}

pub(crate) static SLICE: Function = Function::new(
    "slice",
    &[Param::any("list").marked(), Param::number("start_index"), Param::number("end_index")],
    Returns::From(|args| {
        let ty = args[0].ty();
        let wrong = match ty.kind() {
            Kind::List(_) | Kind::Tuple(_) => None,
            Kind::Set(_) => Some("the elements of a set have no places; convert it with tolist"),
            _ => Some("it must be a list or a tuple"),
        };
        if let Some(wrong) = wrong {
            return Err(FuncError::argument(0, wrong));
        }
        let bounds = bounds(args)?;
        match (ty.tuple_elements(), bounds) {
            (None, _) => Ok(ty),
            (Some(_), None) => Ok(Type::DYNAMIC),
            (Some(types), Some((start, end))) => Ok(Type::tuple(&types[start..end])),
        }
    }),
    |args, ty| {
        let list = sequence(&args[0]).expect("BUG: the type has been checked");
        let (start, end) = bounds(args)?.expect("BUG: both indexes are known");
        let slice = list[start..end].to_vec();
        let slice = match ty.element() {
            Some(element) => Value::list(element, slice),
            None => Value::tuple(slice),
        };
        Ok(slice.with_marks(args[0].marks()))
    },
);

/// Start and end of a slice, judged as far as they are known; `None` unless both are.
fn bounds(args: &[Value]) -> Outcome<Option<(usize, usize)>> {
    let length = match args[0].ty().tuple_elements() {
        Some(types) => Some(types.len()),
        None => args[0].len(),
    };
    let bound = |index: usize, name: &str| {
        if !args[index].is_known() {
            return Ok(None);
        }
        let bound = usize::try_from(whole(args, index)?).map_err(|_| {
            FuncError::argument(index, format!("the {name} index must not be negative"))
        })?;
        if length.is_some_and(|length| bound > length) {
            let message = format!("the {name} index is beyond the end of the list");
            return Err(FuncError::argument(index, message));
        }
        Ok(Some(bound))
    };
    match (bound(1, "start")?, bound(2, "end")?) {
        (Some(start), Some(end)) if start > end => {
            Err(FuncError::argument(1, "the start index must not be beyond the end index"))
        }
        (Some(start), Some(end)) => Ok(Some((start, end))),
        _ => Ok(None),
    }
}
