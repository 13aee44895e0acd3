//! `setproduct`: all combinations of one element from each argument.
//! Invariant: the last argument turns fastest, and the order of lists is kept.

use value::{Kind, Marks, Refinement, Type, Value, convert};

use crate::args::{elements, of_one_type};
use crate::function::{Allows, FuncError, Function, Outcome, Param, Returns};

/// Most combinations.
const LENGTH_MAX: usize = 1 << 22;

pub(crate) static SETPRODUCT: Function =
    Function::new("setproduct", &[], Returns::From(type_of_product), product)
        .with_more(Param::any("sets").allowing(Allows::MARKED.and(Allows::UNKNOWN)));

fn type_of_product(args: &[Value]) -> Outcome<Type> {
    if args.len() < 2 {
        return Err(FuncError::call("at least two arguments are needed"));
    }
    let mut types = Vec::with_capacity(args.len());
    let mut all_ordered = true;
    for (index, arg) in args.iter().enumerate() {
        types.push(match arg.ty().kind() {
            Kind::List(element) => element,
            Kind::Set(element) => {
                all_ordered = false;
                element
            }
            Kind::Tuple([]) => Type::DYNAMIC,
            Kind::Tuple(elements) => convert::unify(elements).ok_or_else(|| {
                FuncError::argument(index, "all its elements must be of one type")
            })?,
            _ => return Err(FuncError::argument(index, "it must be a set, a list or a tuple")),
        });
    }
    let row = Type::tuple(&types);
    Ok(if all_ordered { Type::list(row) } else { Type::set(row) })
}

fn product(args: &[Value], ty: Type) -> Outcome {
    let marks = args.iter().fold(Marks::NONE, |marks, arg| marks | arg.marks());
    let has_open_length = |arg: &Value| {
        !arg.is_known() || arg.ty().is_set() && elements(arg).len() > 1 && !arg.is_wholly_known()
    };
    if args.iter().any(has_open_length) {
        return Ok(Value::unknown_with(ty, lengths(args)).with_marks(marks));
    }
    let row = ty.element().expect("BUG: the result is a list or a set");
    let types = row.tuple_elements().expect("BUG: its elements are tuples");
    let total = args.iter().try_fold(1_usize, |total, arg| total.checked_mul(elements(arg).len()));
    let total = total.filter(|total| *total <= LENGTH_MAX);
    let total = total
        .ok_or_else(|| FuncError::call(format!("there are more than {LENGTH_MAX} combinations")))?;
    let mut columns = Vec::with_capacity(args.len());
    for (index, (arg, ty)) in args.iter().zip(types).enumerate() {
        let column = elements(arg).iter().map(|element| convert::convert(element, *ty));
        let column: Result<Vec<Value>, _> = column.collect();
        columns.push(column.map_err(|error| FuncError::argument(index, error.to_string()))?);
    }
    let rows: Vec<Value> =
        (0..total).map(|number| Value::tuple(combination(&columns, number))).collect();
    of_one_type(row, &rows)?;
    let whole = if ty.is_list() { Value::list(row, rows) } else { Value::set(row, rows) };
    Ok(whole.with_marks(marks))
}

/// Combination number `number`, counted with the last column turning fastest.
fn combination(columns: &[Vec<Value>], mut number: usize) -> Vec<Value> {
    let mut row: Vec<Value> = columns
        .iter()
        .rev()
        .map(|column| {
            let element = column[number % column.len()].clone();
            number /= column.len();
            element
        })
        .collect();
    row.reverse();
    row
}

/// What is known of the number of combinations.
fn lengths(args: &[Value]) -> Refinement {
    /// Longest argument, and longest product, about which anything is said.
    const PART_MAX: u64 = 1024;
    const PRODUCT_MAX: u64 = 2048;

    let mut most = 1_u64;
    for arg in args {
        let length = match arg.ty().tuple_elements() {
            Some(types) => Some(types.len() as u64),
            None => arg.range().length_max,
        };
        let product = length.filter(|length| *length <= PART_MAX).map(|length| length * most);
        match product.filter(|product| *product <= PRODUCT_MAX) {
            Some(product) => most = product,
            None => return Refinement::NOT_NULL,
        }
    }
    match most {
        0 => Refinement::NOT_NULL.length(0),
        most => Refinement::NOT_NULL.longer_than_or(1).shorter_than_or(most),
    }
}
