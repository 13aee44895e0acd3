//! `format` and `formatlist`: what a verb makes of a value. The language of verbs stands in `plain::verb`.
//! Invariant: a format that uses fewer arguments than are given is refused.

use num_bigint::Sign;
use value::{Number, Refinement, Type, Value, View, convert, json, safe_prefix};

use crate::args::{sequence, text};
use crate::function::{Allows, FuncError, Function, Outcome, Param, Returns};
use crate::plain::float_text::{Form, magnitude};
use crate::plain::letters;
use crate::plain::verb::{Piece, Verb, parse};

const FORMAT_PARAM: &[Param] = &[Param::text("format")];
const ARGS: Param =
    Param::any("args").allowing(Allows::NULL.and(Allows::UNKNOWN).and(Allows::DYNAMIC));

pub(crate) static FORMAT: Function = Function::to_text("format", FORMAT_PARAM, |args, _| {
    let pattern = text(&args[0]);
    if !args[1..].iter().all(Value::is_wholly_known) {
        // What stands before the first verb is known even so.
        let known = pattern.split('%').next().filter(|prefix| prefix.len() < pattern.len());
        let known = safe_prefix(known.unwrap_or_default());
        return Ok(Value::unknown_with(Type::STRING, Refinement::NOT_NULL.prefix(known)));
    }
    let pieces = parse(pattern).map_err(FuncError::call)?;
    let refs: Vec<&Value> = args[1..].iter().collect();
    format(&pieces, &refs).map(Value::string)
})
.with_more(ARGS);

pub(crate) static FORMATLIST: Function = Function::new(
    "formatlist",
    FORMAT_PARAM,
    Returns::Always(|| Type::list(Type::STRING)),
    |args, ty| format_list(text(&args[0]), &args[1..], ty),
)
.with_more(ARGS);

fn format_list(pattern: &str, args: &[Value], ty: Type) -> Outcome {
    let mut columns = Vec::with_capacity(args.len());
    let mut length: Option<(usize, usize)> = None;
    let mut unknown = false;
    for (index, arg) in args.iter().enumerate() {
        let column = column(arg);
        if let Some(own) = column.length() {
            let (first, expected) = *length.get_or_insert((index, own));
            if own != expected {
                let message =
                    format!("it has {own} elements, but argument {} has {expected}", first + 2);
                return Err(FuncError::argument(index + 1, message));
            }
        }
        unknown |= matches!(column, Column::Unknown(_));
        columns.push(column);
    }
    if unknown {
        return Ok(Value::unknown(ty));
    }
    let pieces = parse(pattern).map_err(FuncError::call)?;
    let rows = length.map_or(1, |(_, length)| length);
    let mut texts = Vec::with_capacity(rows);
    for row in 0..rows {
        let values: Vec<&Value> = columns.iter().map(|column| column.at(row)).collect();
        if values.iter().all(|value| value.is_wholly_known()) {
            let text = format(&pieces, &values).map_err(|error| {
                let argument = error.argument;
                FuncError { argument, message: format!("in row {row}: {error}"), ..error }
            })?;
            texts.push(Value::string(text));
        } else {
            texts.push(Value::unknown_not_null(Type::STRING));
        }
    }
    Ok(Value::list(Type::STRING, texts))
}

/// An argument of `formatlist`: the same for each row, or one element per row.
enum Column<'v> {
    Single(&'v Value),
    Each(&'v [Value]),
    /// Not known yet, though perhaps how long it is.
    Unknown(Option<usize>),
}

impl Column<'_> {
    fn length(&self) -> Option<usize> {
        match self {
            Column::Single(_) => None,
            Column::Each(elements) => Some(elements.len()),
            Column::Unknown(length) => *length,
        }
    }

    fn at(&self, row: usize) -> &Value {
        match self {
            Column::Single(value) => value,
            Column::Each(elements) => &elements[row],
            Column::Unknown(_) => panic!("BUG: unknown columns have been sorted out"),
        }
    }
}

fn column(arg: &Value) -> Column<'_> {
    let ty = arg.ty();
    if arg.is_null() {
        return Column::Single(arg);
    }
    if let Some(elements) = sequence(arg) {
        let is_open = ty.is_set() && elements.len() > 1 && !arg.is_wholly_known();
        return if is_open { Column::Unknown(None) } else { Column::Each(elements) };
    }
    match ty.tuple_elements() {
        Some(elements) => Column::Unknown(Some(elements.len())),
        None if ty.is_list() || ty.is_set() || ty.is_dynamic() => Column::Unknown(None),
        None => Column::Single(arg),
    }
}

/// The text that a cut format gives for wholly known arguments.
fn format(pieces: &[Piece<'_>], args: &[&Value]) -> Outcome<String> {
    let mut out = String::new();
    let (mut next, mut highest) = (1, 0);
    for piece in pieces {
        match piece {
            Piece::Literal(text) => out.push_str(text),
            Piece::Verb(verb) => {
                let number = verb.argument.unwrap_or(next);
                highest = highest.max(number);
                next = number + 1;
                let arg = args.get(number - 1).ok_or_else(|| {
                    let (raw, given) = (verb.raw, args.len());
                    let message = format!("{raw:?} needs argument {number}, but {given} are given");
                    FuncError::call(message)
                })?;
                let text = apply(verb, arg).map_err(|what| {
                    FuncError::call(format!("{:?} at byte {}: {what}", verb.raw, verb.offset))
                })?;
                out.push_str(&text);
            }
        }
    }
    if highest < args.len() {
        let message = match highest {
            0 => "the format has no verbs that use arguments".to_owned(),
            _ => format!("the format uses only {highest} arguments"),
        };
        return Err(FuncError::argument(highest + 1, message));
    }
    Ok(out)
}

fn apply(verb: &Verb<'_>, arg: &Value) -> Result<String, String> {
    if arg.is_null() && verb.letter != 'v' {
        return Err("null has no such form".to_owned());
    }
    let to = |ty: Type| convert::convert(arg, ty).map_err(|error| error.to_string());
    match verb.letter {
        'v' => as_is(verb, arg),
        't' => Ok(to(Type::BOOL)?.as_bool().expect("BUG: it is known").to_string()),
        'b' | 'd' | 'o' | 'x' | 'X' => {
            integer(verb, to(Type::NUMBER)?.as_number().expect("BUG: it is known"))
        }
        'e' | 'E' | 'f' | 'g' | 'G' => {
            Ok(float(verb, to(Type::NUMBER)?.as_number().expect("BUG: it is known")))
        }
        's' | 'q' => Ok(quoted(verb, to(Type::STRING)?.as_str().expect("BUG: it is known"))),
        letter => Err(format!("there is no verb {letter:?}")),
    }
}

fn as_is(verb: &Verb<'_>, arg: &Value) -> Result<String, String> {
    if !verb.sharp {
        match arg.view() {
            View::String(text) => return Ok(padded(verb, text)),
            View::Number(number) => {
                let sign = if number.is_negative() { "-" } else { "" };
                let sign = if number.is_infinite() && sign.is_empty() { "+" } else { sign };
                let text = format!("{sign}{}", magnitude(number, Form::General, None));
                return Ok(padded(verb, &text));
            }
            _ => {}
        }
    }
    let text = json::encode_simple(arg).map_err(|error| error.to_string())?;
    Ok(padded(verb, &text))
}

/// A string, cut to the precision; for `%q` then as JSON.
fn quoted(verb: &Verb<'_>, text: &str) -> String {
    let end = match verb.precision {
        // A precision of zero cuts nothing: so OpenTofu has it.
        None | Some(0) => text.len(),
        Some(precision) => letters::offset_of(text, precision),
    };
    let text = &text[..end];
    if verb.letter == 's' {
        return padded(verb, text);
    }
    let mut json = String::new();
    json::write_string(text, &mut json);
    padded(verb, &json)
}

/// `text` filled up to the verb's width.
fn padded(verb: &Verb<'_>, text: &str) -> String {
    let missing = verb.width.unwrap_or(0).saturating_sub(letters::count(text));
    let pad = if verb.zero { "0" } else { " " }.repeat(missing);
    if verb.minus { format!("{text}{pad}") } else { format!("{pad}{text}") }
}

/// The sign to write before a number's magnitude.
fn sign(verb: &Verb<'_>, negative: bool) -> &'static str {
    match (negative, verb.plus, verb.space) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    }
}

fn integer(verb: &Verb<'_>, number: &Number) -> Result<String, String> {
    let whole = if number.is_integer() { number.to_bigint() } else { None };
    let whole = whole.ok_or("a whole number is needed")?;
    let (radix, prefix) = match verb.letter {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = whole.magnitude().to_str_radix(radix);
    if verb.letter == 'X' {
        digits.make_ascii_uppercase();
    }
    if verb.precision == Some(0) && digits == "0" {
        return Ok(String::new());
    }
    let sign = sign(verb, whole.sign() == Sign::Minus);
    let prefix = if verb.sharp { prefix } else { "" };
    let mut zeros = verb.precision.unwrap_or(0).saturating_sub(digits.len());
    let length = sign.len() + prefix.len() + zeros + digits.len();
    let missing = verb.width.unwrap_or(0).saturating_sub(length);
    let (mut left, mut right) = (0, 0);
    if verb.minus {
        right = missing;
    } else if verb.zero && verb.precision.is_none() {
        zeros = missing;
    } else {
        left = missing;
    }
    let (left, zeros, right) = (" ".repeat(left), "0".repeat(zeros), " ".repeat(right));
    Ok(format!("{left}{sign}{prefix}{zeros}{digits}{right}"))
}

fn float(verb: &Verb<'_>, number: &Number) -> String {
    let (form, precision) = match verb.letter {
        'f' => (Form::Fixed, verb.precision.or(Some(6))),
        'e' | 'E' => (Form::Exponent, verb.precision.or(Some(6))),
        _ => (Form::General, verb.precision),
    };
    let mut digits = magnitude(number, form, precision);
    if verb.letter.is_ascii_uppercase() && !number.is_infinite() {
        digits.make_ascii_uppercase();
    }
    let sign = match (number.is_infinite() && !number.is_negative(), verb.space) {
        (true, false) => "+",
        _ => sign(verb, number.is_negative()),
    };
    let missing = verb.width.unwrap_or(0).saturating_sub(sign.len() + digits.len());
    let zero = verb.zero && !verb.minus && !number.is_infinite();
    match (zero, verb.minus) {
        (true, _) => format!("{sign}{}{digits}", "0".repeat(missing)),
        (false, true) => format!("{sign}{digits}{}", " ".repeat(missing)),
        (false, false) => format!("{}{sign}{digits}", " ".repeat(missing)),
    }
}
