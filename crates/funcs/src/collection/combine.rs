//! Functions that make one sequence of several, and of equal elements one.
//! Invariant: the order of elements is kept.

use value::{Kind, Marks, Type, Value, View, convert};

use super::members::Members;
use crate::args::{elements, of_one_type, sequence};
use crate::function::{FuncError, Function, Outcome, Param, Returns};

pub(crate) static CONCAT: Function = Function::new(
    "concat",
    &[],
    Returns::From(|args| {
        if args.is_empty() {
            return Err(FuncError::call("at least one argument is needed"));
        }
        let types: Vec<Type> = args.iter().map(Value::ty).collect();
        if types.iter().all(|ty| ty.is_list())
            && let Some(common) = convert::unify(&types).filter(|ty| ty.is_list())
        {
            return Ok(common);
        }
        let mut parts = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            match (arg.ty().kind(), arg.len()) {
                (Kind::Tuple(types), _) => parts.extend_from_slice(types),
                (Kind::List(element), Some(length)) => {
                    parts.extend(std::iter::repeat_n(element, length));
                }
                (Kind::List(_), None) => return Ok(Type::DYNAMIC),
                _ => {
                    let ty = arg.ty().friendly_name();
                    let message = format!("all arguments must be lists or tuples, not {ty}");
                    return Err(FuncError::argument(index, message));
                }
            }
        }
        Ok(Type::tuple(&parts))
    }),
    |args, ty| {
        let mut marks = Marks::NONE;
        let mut parts = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            marks |= arg.marks();
            if ty.is_list() && arg.ty() != ty {
                // The common type may ask for a conversion that fails on a value.
                let arg = convert::convert(arg, ty)
                    .map_err(|error| FuncError::argument(index, error.to_string()))?;
                parts.extend_from_slice(elements(&arg));
            } else {
                parts.extend_from_slice(elements(arg));
            }
        }
        let whole = match ty.element() {
            Some(element) => {
                of_one_type(element, &parts)?;
                Value::list(element, parts)
            }
            None => Value::tuple(parts),
        };
        Ok(whole.with_marks(marks))
    },
)
.with_more(Param::any("seqs").marked());

pub(crate) static DISTINCT: Function = Function::new(
    "distinct",
    &[Param::list("list")],
    Returns::From(|args| Ok(args[0].ty())),
    |args, ty| {
        if !args[0].is_wholly_known() {
            return Ok(Value::unknown(ty));
        }
        let mut seen = Members::default();
        let distinct = elements(&args[0]).iter().filter(|element| seen.insert(element));
        let element = ty.element().expect("BUG: the argument is a list");
        Ok(Value::list(element, distinct.cloned().collect()))
    },
);

pub(crate) static FLATTEN: Function = Function::new(
    "flatten",
    &[Param::any("list").marked()],
    // Of a known argument the result is made at once, and has its type with it.
    Returns::From(|args| {
        let ty = args[0].ty();
        if args[0].is_wholly_known() && !ty.is_list() && !ty.is_set() && !ty.is_tuple() {
            return Err(FuncError::call("only lists, sets and tuples can be flattened"));
        }
        Ok(Type::DYNAMIC)
    }),
    |args, _| flatten(&args[0]),
);

fn flatten(value: &Value) -> Outcome {
    let mut flat = Flat { parts: Vec::new(), marks: Marks::NONE, known: true };
    if sequence(value).is_none() {
        return Err(FuncError::call("only lists, sets and tuples can be flattened"));
    }
    flat.add(value);
    let whole = if flat.known { Value::tuple(flat.parts) } else { Value::DYNAMIC };
    Ok(whole.with_marks(flat.marks))
}

struct Flat {
    parts: Vec<Value>,
    /// The marks of all sequences that were taken apart.
    marks: Marks,
    /// Whether it is known how many elements there are.
    known: bool,
}

impl Flat {
    fn add(&mut self, value: &Value) {
        self.marks |= value.marks();
        let Some(elements) = sequence(value) else {
            self.known = false;
            return;
        };
        if value.ty().is_set() && elements.len() > 1 && !value.is_wholly_known() {
            self.known = false;
            return;
        }
        for element in elements {
            let ty = element.ty();
            let nested = ty.is_list() || ty.is_set() || ty.is_tuple();
            match element.view() {
                View::Unknown(_) if ty.is_dynamic() => self.known = false,
                View::Null => self.parts.push(element.clone()),
                _ if nested => self.add(element),
                _ => self.parts.push(element.clone()),
            }
        }
    }
}
