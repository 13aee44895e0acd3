//! `sprintf`, and functions that only say something.
//!
//! Invariant: a text with something in it that is not known is not known, and can be shown all the same.

use std::fmt::Write as _;

use super::{Builtin, Care, itself};
use crate::value::{Num, V};

/// Widest that a verb pads, in characters.
const WIDTH_MAX: usize = 200;

pub(super) const TABLE: &[Builtin] = &[
    itself("sprintf", 2, sprintf),
    Builtin { name: "print", arity: None, care: Care::Itself, run: |_| Some(V::Bool(true)) },
    itself("trace", 1, |_| Some(V::Bool(true))),
];

fn sprintf(args: &[V]) -> Option<V> {
    let (format, values) = (&args[0], &args[1]);
    if let Some(cause) = format.murk() {
        return Some(V::computed(cause.clone()));
    }
    let format = format.as_str()?;
    let V::Array(values) = values else {
        return values.murk().map(|cause| V::computed_text(cause.clone(), format.to_owned()));
    };
    let text = written(format, &values.all);
    Some(match &values.murk {
        None => V::Str(text.into()),
        Some(cause) => V::computed_text(cause.clone(), text),
    })
}

fn written(format: &str, values: &[V]) -> String {
    let mut out = String::new();
    let mut values = values.iter();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        let mut flags = String::new();
        let verb = letters.by_ref().find(|one| {
            let is_flag = matches!(one, '0'..='9' | '.' | '-' | '+' | '#' | ' ');
            if is_flag {
                flags.push(*one);
            }
            !is_flag
        });
        match verb {
            None => out.push_str("%!(NOVERB)"),
            Some('%') => out.push('%'),
            Some(verb) => match values.next() {
                None => {
                    let _ = write!(out, "%!{verb}(MISSING)");
                }
                Some(value) => out.push_str(&padded(&verbed(verb, &flags, value), &flags)),
            },
        }
    }
    out
}

fn verbed(verb: char, flags: &str, value: &V) -> String {
    let precision = flags.split_once('.').and_then(|(_, digits)| digits.parse::<usize>().ok());
    match (verb, value) {
        ('f', V::Num(number)) => format!("{:.*}", precision.unwrap_or(6).min(30), number.float()),
        ('d', V::Num(Num::Float(float))) => format!("{float:.0}"),
        ('x', V::Num(Num::Int(whole))) => format!("{whole:x}"),
        ('X', V::Num(Num::Int(whole))) => format!("{whole:X}"),
        ('o', V::Num(Num::Int(whole))) => format!("{whole:o}"),
        ('b', V::Num(Num::Int(whole))) => format!("{whole:b}"),
        ('q', V::Str(text)) => serde_json::Value::from(&**text).to_string(),
        (_, value) => value.shown(),
    }
}

fn padded(text: &str, flags: &str) -> String {
    let (width, _) = flags.split_once('.').unwrap_or((flags, ""));
    let digits = width.trim_start_matches(['-', '+', '#', ' ']);
    let is_zero = digits.starts_with('0') && !width.contains('-');
    let wide = digits.trim_start_matches('0').parse::<usize>().unwrap_or(0).min(WIDTH_MAX);
    let missing = wide.saturating_sub(text.chars().count());
    match (width.contains('-'), is_zero) {
        (true, _) => format!("{text}{}", " ".repeat(missing)),
        (false, true) => format!("{}{text}", "0".repeat(missing)),
        (false, false) => format!("{}{text}", " ".repeat(missing)),
    }
}
