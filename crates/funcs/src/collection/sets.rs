//! Union, intersection and difference of sets.
//! Invariant: all sets are brought to one element type first.

use value::{Type, Value, convert};

use super::members::Members;
use crate::args::{elements, of_one_type};
use crate::function::{Allows, FuncError, Function, Outcome, Param, Returns};

const FIRST: &[Param] = &[Param::set("first_set").allowing(Allows::DYNAMIC)];
const OTHERS: Param = Param::set("other_sets").allowing(Allows::DYNAMIC);

pub(crate) static SETUNION: Function =
    Function::new("setunion", FIRST, Returns::From(common_type), |args, ty| {
        let mut all = Vec::new();
        for set in sets(args, ty)? {
            all.extend_from_slice(elements(&set));
        }
        of_one_type(element_of(ty), &all)?;
        Ok(Value::set(element_of(ty), all))
    })
    .with_more(OTHERS);

pub(crate) static SETINTERSECTION: Function =
    Function::new("setintersection", FIRST, Returns::From(common_type), |args, ty| {
        combine(args, ty, |is_in_other| is_in_other)
    })
    .with_more(OTHERS);

pub(crate) static SETSUBTRACT: Function = Function::new(
    "setsubtract",
    &[Param::set("a").allowing(Allows::DYNAMIC), Param::set("b").allowing(Allows::DYNAMIC)],
    Returns::From(common_type),
    |args, ty| combine(args, ty, |is_in_other| !is_in_other),
);

fn element_of(ty: Type) -> Type {
    ty.element().expect("BUG: the result is a set")
}

fn common_type(args: &[Value]) -> Outcome<Type> {
    let mut types = Vec::new();
    for arg in args {
        let Some(element) = arg.ty().element() else {
            return Ok(Type::set(Type::DYNAMIC));
        };
        // An empty set without a type fits all others.
        if !(element.is_dynamic() && arg.is_empty()) {
            types.push(element);
        }
    }
    if types.is_empty() {
        return Ok(Type::set(Type::DYNAMIC));
    }
    let common = convert::unify(&types);
    common.map(Type::set).ok_or_else(|| FuncError::call("the sets must have one element type"))
}

fn sets(args: &[Value], ty: Type) -> Outcome<Vec<Value>> {
    let convert = |(index, arg): (usize, &Value)| {
        convert::convert(arg, ty).map_err(|error| FuncError::argument(index, error.to_string()))
    };
    args.iter().enumerate().map(convert).collect()
}

/// Keeps of the first set what `keeps` says, given whether it is in each other set.
fn combine(args: &[Value], ty: Type, keeps: fn(bool) -> bool) -> Outcome {
    let sets = sets(args, ty)?;
    if !sets.iter().all(Value::is_wholly_known) {
        return Ok(Value::unknown(ty));
    }
    let (first, others) = sets.split_first().expect("BUG: there is at least one argument");
    let mut kept = elements(first).to_vec();
    for other in others {
        let other = Members::of(elements(other));
        kept.retain(|element| keeps(other.contains(element)));
    }
    Ok(Value::set(element_of(ty), kept))
}
