//! Functions of numbers.
//!
//! Invariant: none of them makes a number that is not finite.

use super::{Builtin, whole};
use crate::value::{Num, V};

/// Most numbers of a range.
const RANGE_MAX: i128 = 100_000;

pub(super) const TABLE: &[Builtin] = &[
    whole("abs", 1, |args| rounded(args, f64::abs)),
    whole("ceil", 1, |args| rounded(args, f64::ceil)),
    whole("floor", 1, |args| rounded(args, f64::floor)),
    whole("round", 1, |args| rounded(args, f64::round)),
    whole("to_number", 1, to_number),
    whole("format_int", 2, format_int),
    whole("numbers.range", 2, range),
    whole("units.parse_bytes", 1, |args| units(args[0].as_str()?)),
];

fn rounded(args: &[V], round: fn(f64) -> f64) -> Option<V> {
    match args[0] {
        V::Num(Num::Int(whole)) => {
            let is_abs = round(-1.0) == 1.0;
            Some(V::Num(Num::Int(if is_abs { whole.saturating_abs() } else { whole })))
        }
        V::Num(Num::Float(float)) => Num::of(round(float)).map(V::Num),
        _ => None,
    }
}

fn to_number(args: &[V]) -> Option<V> {
    match &args[0] {
        V::Null => Some(V::int(0)),
        V::Bool(value) => Some(V::int(usize::from(*value))),
        V::Num(number) => Some(V::Num(*number)),
        V::Str(text) => Num::parse(text).map(V::Num),
        _ => None,
    }
}

fn format_int(args: &[V]) -> Option<V> {
    let V::Num(number) = args[0] else { return None };
    let whole = match number {
        Num::Int(whole) => whole,
        Num::Float(float) => float.floor() as i128,
    };
    let V::Num(Num::Int(base)) = args[1] else { return None };
    let text = match base {
        2 => format!("{whole:b}"),
        8 => format!("{whole:o}"),
        10 => whole.to_string(),
        16 => format!("{whole:x}"),
        _ => return None,
    };
    Some(V::Str(text.into()))
}

fn range(args: &[V]) -> Option<V> {
    let (V::Num(Num::Int(from)), V::Num(Num::Int(to))) = (&args[0], &args[1]) else { return None };
    if from.abs_diff(*to) > RANGE_MAX.unsigned_abs() {
        return None;
    }
    let number = |one: i128| V::Num(Num::Int(one));
    Some(V::array(match from <= to {
        true => (*from..=*to).map(number).collect(),
        false => (*to..=*from).rev().map(number).collect(),
    }))
}

fn units(text: &str) -> Option<V> {
    let text = text.trim().trim_matches('"').to_lowercase();
    let digits = text.find(|one: char| !one.is_ascii_digit() && one != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: f64 = match unit.trim() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "t" | "tb" => 1e12,
        "ki" | "kib" => 1024.0,
        "mi" | "mib" => 1024.0 * 1024.0,
        "gi" | "gib" => 1024.0 * 1024.0 * 1024.0,
        "ti" | "tib" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Num::of(number.parse::<f64>().ok()? * factor).map(V::Num)
}
