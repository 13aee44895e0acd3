//! Functions on numbers.
//! Invariant: whole numbers stay exact; only `log` and `pow` go through doubles, as in OpenTofu.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};
use value::{Number, Type, Value, convert};

use crate::args::{number, sequence, shown, text, whole};
use crate::function::{Allows, FuncError, Function, Outcome, Param, Returns};
use crate::plain::double;

pub(crate) static ABS: Function =
    Function::to_number("abs", &[Param::number("num").allowing(Allows::DYNAMIC)], |args, _| {
        Ok(Value::number(number(&args[0]).abs()))
    });

pub(crate) static CEIL: Function =
    Function::to_number("ceil", &[Param::number("num")], |args, _| {
        Ok(Value::number(number(&args[0]).ceil()))
    });

pub(crate) static FLOOR: Function =
    Function::to_number("floor", &[Param::number("num")], |args, _| {
        Ok(Value::number(number(&args[0]).floor()))
    });

pub(crate) static LOG: Function =
    Function::to_number("log", &[Param::number("num"), Param::number("base")], |args, _| {
        from_double(double::ln(to_double(args, 0)?) / double::ln(to_double(args, 1)?))
    });

pub(crate) static POW: Function =
    Function::to_number("pow", &[Param::number("num"), Param::number("power")], |args, _| {
        from_double(double::pow(to_double(args, 0)?, to_double(args, 1)?))
    });

pub(crate) static SIGNUM: Function =
    Function::to_number("signum", &[Param::number("num")], |args, _| {
        Ok(Value::int(whole(args, 0)?.signum()))
    });

const NUMBERS: Param = Param::number("numbers").allowing(Allows::DYNAMIC);

pub(crate) static MAX: Function =
    Function::to_number("max", &[], |args, _| extreme(args, Ordering::Greater)).with_more(NUMBERS);

pub(crate) static MIN: Function =
    Function::to_number("min", &[], |args, _| extreme(args, Ordering::Less)).with_more(NUMBERS);

pub(crate) static PARSEINT: Function = Function::new(
    "parseint",
    &[Param::any("number").marked(), Param::number("base").marked()],
    Returns::From(|args| {
        if args[0].ty() == Type::STRING {
            return Ok(Type::NUMBER);
        }
        let ty = args[0].ty().friendly_name();
        Err(FuncError::argument(0, format!("it must be a string, not {ty}")))
    }),
    parse_int,
);

pub(crate) static RANGE: Function =
    Function::new("range", &[], Returns::Always(|| Type::list(Type::NUMBER)), |args, _| {
        range(args)
    })
    .with_more(Param::number("params"));

pub(crate) static SUM: Function =
    Function::to_number("sum", &[Param::any("list")], |args, _| sum(&args[0]));

/// The double nearest to the number in argument `index`.
fn to_double(args: &[Value], index: usize) -> Outcome<f64> {
    let number = number(&args[index]);
    let double = number.to_f64();
    if double.is_infinite() && !number.is_infinite() {
        return Err(FuncError::argument(index, "it is too large"));
    }
    Ok(double)
}

fn from_double(double: f64) -> Outcome {
    let number = Number::from_f64(double);
    number.map(Value::number).ok_or_else(|| FuncError::call("the result is not a number"))
}

fn extreme(args: &[Value], wanted: Ordering) -> Outcome {
    let best = args
        .iter()
        .reduce(|best, arg| if number(arg).compare(number(best)) == wanted { arg } else { best });
    best.cloned().ok_or_else(|| FuncError::call("at least one number is needed"))
}

fn parse_int(args: &[Value], _: Type) -> Outcome {
    /// Letters count on from ten, small ones first where both kinds are needed.
    fn digit(b: u8, base: u8) -> Option<u8> {
        let digit = match b {
            b'0'..=b'9' => b - b'0',
            b'a'..=b'z' => b - b'a' + 10,
            b'A'..=b'Z' if base <= 36 => b - b'A' + 10,
            b'A'..=b'Z' => b - b'A' + 36,
            _ => return None,
        };
        (digit < base).then_some(digit)
    }

    let base = u8::try_from(whole(args, 1)?).ok().filter(|base| (2..=62).contains(base));
    let base =
        base.ok_or_else(|| FuncError::argument(1, "it must be between 2 and 62, inclusive"))?;
    let given = text(&args[0]);
    let (sign, digits) = match given.as_bytes() {
        [b'-', digits @ ..] => (Sign::Minus, digits),
        [b'+', digits @ ..] => (Sign::Plus, digits),
        digits => (Sign::Plus, digits),
    };
    let digits: Option<Vec<u8>> = digits.iter().map(|b| digit(*b, base)).collect();
    let digits = digits.filter(|digits| !digits.is_empty());
    let magnitude = digits.and_then(|digits| BigUint::from_radix_be(&digits, base.into()));
    let magnitude = magnitude.ok_or_else(|| {
        let (given, base) = (shown(given, args[0].marks()), shown(base, args[1].marks()));
        FuncError::argument(0, format!("{given} is not a whole number in base {base}"))
    })?;
    let number = Number::from_bigint(&BigInt::from_biguint(sign, magnitude));
    Ok(Value::number(number).with_marks(args[0].marks() | args[1].marks()))
}

fn range(args: &[Value]) -> Outcome {
    /// Most numbers of a range.
    const LENGTH_MAX: usize = 1024;

    let zero = Number::int(0);
    let (start, end) = match args {
        [end] => (&zero, number(end)),
        [start, end] | [start, end, _] => (number(start), number(end)),
        _ => return Err(FuncError::call("it takes one, two or three numbers")),
    };
    let toward = end.compare(start);
    let step = match args {
        [_, _, step] => number(step).clone(),
        _ if toward == Ordering::Less => Number::int(-1),
        _ => Number::int(1),
    };
    if step.is_zero() {
        return Err(FuncError::argument(2, "the step must not be zero"));
    }
    let ahead = if step.is_negative() { Ordering::Less } else { Ordering::Greater };
    if toward == ahead.reverse() {
        let side = if step.is_negative() { "below" } else { "above" };
        let message = format!("with this step the end must be {side} the start");
        return Err(FuncError::argument(1, message));
    }
    let mut numbers = Vec::new();
    let mut next = start.clone();
    while end.compare(&next) == ahead {
        if numbers.len() >= LENGTH_MAX {
            let message = format!("the range has more than {LENGTH_MAX} numbers");
            return Err(FuncError::call(message));
        }
        numbers.push(Value::number(next.clone()));
        next = next.add(&step).map_err(|_| FuncError::call("infinities cannot be added"))?;
    }
    Ok(Value::list(Type::NUMBER, numbers))
}

fn sum(list: &Value) -> Outcome {
    let wrong = || FuncError::argument(0, "it must be a list, set or tuple of numbers");
    let elements = sequence(list).ok_or_else(wrong)?;
    if elements.is_empty() {
        return Err(FuncError::argument(0, "it must not be empty"));
    }
    if !list.is_wholly_known() {
        return Ok(Value::unknown(Type::NUMBER));
    }
    let mut total: Option<Number> = None;
    for element in elements {
        let element = convert::convert(element, Type::NUMBER).map_err(|_| wrong())?;
        let number = element.as_number().ok_or_else(wrong)?;
        total = Some(match total {
            None => number.clone(),
            Some(total) => total
                .add(number)
                .map_err(|_| FuncError::call("infinities of opposite signs have no sum"))?,
        });
    }
    Ok(Value::number(total.expect("BUG: there are elements")))
}
