//! Values and paths: with marks, unknowns and refinements.
//!
//! Types stand once each in a table before the values that use them.
//! Invariant: a value that is read is the same as the one that was written.

use std::collections::HashMap;
use std::sync::Arc;

use value::{Bound, DEPTH_MAX, Marks, Number, Path, Refinement, Step, Type, Value, View, json};

use super::bytes::{In, Out, Read};

/// Types on their way out, numbered in the order of their first use.
#[derive(Debug, Default)]
pub(super) struct TypesOut {
    numbers: HashMap<Type, u64>,
    texts: Vec<String>,
}

impl TypesOut {
    fn number(&mut self, ty: Type) -> u64 {
        let next = u64::try_from(self.texts.len()).expect("BUG: too many types");
        *self.numbers.entry(ty).or_insert_with(|| {
            self.texts.push(json::type_to_json(ty));
            next
        })
    }

    /// The table.
    pub(super) fn write(&self, out: &mut Out) {
        out.list(&self.texts, |out, text| out.text(text));
    }
}

/// Reads the table of types.
pub(super) fn types(input: &mut In<'_>) -> Read<Vec<Type>> {
    input.list(|input| {
        let text = input.blob()?;
        json::type_from_json(text).or_else(|_| input.fail("a type cannot be read"))
    })
}

const NULL: u8 = 0;
const UNKNOWN: u8 = 1;
const FALSE: u8 = 2;
const TRUE: u8 = 3;
const NUMBER: u8 = 4;
const STRING: u8 = 5;
const LIST: u8 = 6;
const SET: u8 = 7;
const MAP: u8 = 8;
const TUPLE: u8 = 9;
const OBJECT: u8 = 10;

/// Writes a value.
pub(super) fn write(out: &mut Out, types: &mut TypesOut, value: &Value) {
    out.byte(value.marks().bits());
    let ty = value.ty();
    let element = || ty.element().expect("BUG: a collection has an element type");
    match value.view() {
        View::Null => {
            out.byte(NULL);
            out.number(types.number(ty));
        }
        View::Unknown(refinement) => {
            out.byte(UNKNOWN);
            out.number(types.number(ty));
            out.option(refinement, write_refinement);
        }
        View::Bool(value) => out.byte(if value { TRUE } else { FALSE }),
        View::Number(number) => {
            out.byte(NUMBER);
            out.text(&number.to_text());
        }
        View::String(text) => {
            out.byte(STRING);
            out.text(text);
        }
        View::List(items) => {
            out.byte(LIST);
            out.number(types.number(element()));
            out.list(items, |out, item| write(out, types, item));
        }
        View::Set(items) => {
            out.byte(SET);
            out.number(types.number(element()));
            out.list(items, |out, item| write(out, types, item));
        }
        View::Map(entries) => {
            out.byte(MAP);
            out.number(types.number(element()));
            out.list(entries, |out, (key, item)| {
                out.text(key);
                write(out, types, item);
            });
        }
        View::Tuple(items) => {
            out.byte(TUPLE);
            out.list(items, |out, item| write(out, types, item));
        }
        View::Object(_, items) => {
            out.byte(OBJECT);
            out.number(types.number(ty));
            out.list(items, |out, item| write(out, types, item));
        }
    }
}

fn write_refinement(out: &mut Out, refinement: &Refinement) {
    out.flag(refinement.not_null);
    out.option(refinement.string_prefix.as_ref(), |out, prefix| out.text(prefix));
    for bound in [&refinement.number_min, &refinement.number_max] {
        out.option(bound.as_ref(), |out, bound| {
            out.text(&bound.value.to_text());
            out.flag(bound.inclusive);
        });
    }
    for length in [refinement.length_min, refinement.length_max] {
        out.option(length, Out::number);
    }
}

/// Reads a value.
pub(super) fn read(input: &mut In<'_>, types: &[Type]) -> Read<Value> {
    read_at(input, types, DEPTH_MAX)
}

fn read_at(input: &mut In<'_>, types: &[Type], depth: u32) -> Read<Value> {
    let Some(below) = depth.checked_sub(1) else { return input.fail("a value is nested too deep") };
    let marks = Marks::from_bits(input.byte()?);
    let items = |input: &mut In<'_>| input.list(|input| read_at(input, types, below));
    let value = match input.byte()? {
        NULL => Value::null(type_at(input, types)?),
        UNKNOWN => {
            let ty = type_at(input, types)?;
            match input.option(read_refinement)? {
                Some(refinement) => Value::unknown_with(ty, refinement),
                None => Value::unknown(ty),
            }
        }
        FALSE => Value::FALSE,
        TRUE => Value::TRUE,
        NUMBER => Value::number(number(input)?),
        STRING => Value::string(input.text()?),
        LIST => {
            let element = type_at(input, types)?;
            let items = items(input)?;
            of_one_type(input, element, items.iter())?;
            Value::list(element, items)
        }
        SET => {
            let element = type_at(input, types)?;
            let items = items(input)?;
            of_one_type(input, element, items.iter())?;
            Value::set(element, items)
        }
        MAP => {
            let element = type_at(input, types)?;
            let entries: Vec<(Arc<str>, Value)> =
                input.list(|input| Ok((input.text()?, read_at(input, types, below)?)))?;
            of_one_type(input, element, entries.iter().map(|(_, value)| value))?;
            Value::map(element, entries)
        }
        TUPLE => Value::tuple(items(input)?),
        OBJECT => {
            let ty = type_at(input, types)?;
            let items = items(input)?;
            let Some(object) = ty.object_type() else { return input.fail("an object has another type") };
            let fits = object.len() == items.len()
                && object.types().iter().zip(&items).all(|(ty, item)| item.ty() == *ty);
            if !fits {
                return input.fail("an object does not fit its type");
            }
            Value::object_of(ty, items)
        }
        other => return input.fail(format!("{other} is no kind of value")),
    };
    Ok(value.with_marks(marks))
}

fn type_at(input: &mut In<'_>, types: &[Type]) -> Read<Type> {
    let number = input.small()?;
    match types.get(number as usize) {
        Some(ty) => Ok(*ty),
        None => input.fail("a type is not in the table"),
    }
}

fn of_one_type<'v>(input: &In<'_>, element: Type, mut items: impl Iterator<Item = &'v Value>) -> Read<()> {
    match items.all(|item| item.ty() == element) {
        true => Ok(()),
        false => input.fail("a collection holds values of several types"),
    }
}

fn number(input: &mut In<'_>) -> Read<Number> {
    let text = input.text()?;
    match Number::parse(&text) {
        Some(number) => Ok(number),
        None => input.fail(format!("{text:?} is no number")),
    }
}

fn read_refinement(input: &mut In<'_>) -> Read<Refinement> {
    let not_null = input.flag()?;
    let string_prefix = input.option(In::text)?;
    let bound = |input: &mut In<'_>| {
        input.option(|input| Ok(Bound { value: number(input)?, inclusive: input.flag()? }))
    };
    Ok(Refinement {
        not_null,
        string_prefix,
        number_min: bound(input)?,
        number_max: bound(input)?,
        length_min: input.option(In::number)?,
        length_max: input.option(In::number)?,
    })
}

/// Writes a path.
pub(super) fn write_path(out: &mut Out, types: &mut TypesOut, path: &Path) {
    out.list(path.steps(), |out, step| match step {
        Step::Attr(name) => {
            out.flag(false);
            out.text(name);
        }
        Step::Index(key) => {
            out.flag(true);
            write(out, types, key);
        }
    });
}

/// Reads a path.
pub(super) fn read_path(input: &mut In<'_>, types: &[Type]) -> Read<Path> {
    let steps = input.list(|input| match input.flag()? {
        false => Ok(Step::Attr(input.text()?)),
        true => Ok(Step::Index(read(input, types)?)),
    })?;
    Ok(steps.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: Value) {
        let (mut out, mut types_out) = (Out::default(), TypesOut::default());
        write(&mut out, &mut types_out, &value);
        let mut table = Out::default();
        types_out.write(&mut table);
        let types = types(&mut In::new(&table.bytes)).expect("types");
        let mut input = In::new(&out.bytes);
        let back = read(&mut input, &types).expect("a value");
        assert!(input.is_done());
        assert!(back.same(&value), "{back:?} is not {value:?}");
    }

    #[test]
    fn values_come_back_as_they_were() {
        let prefix = Refinement::NOT_NULL.prefix("arn:");
        let range = Refinement::NONE.at_least(Number::from(1), false);
        check(Value::null(Type::DYNAMIC));
        check(Value::unknown_with(Type::STRING, prefix));
        check(Value::unknown_with(Type::NUMBER, range));
        check(Value::number(Number::parse("0.1").expect("a number")).with_marks(Marks::SENSITIVE));
        check(Value::list(Type::STRING, Vec::new()));
        check(Value::set(Type::NUMBER, vec![Value::int(2), Value::int(1)]));
        check(Value::map(Type::BOOL, [("k".into(), Value::TRUE), ("j".into(), Value::FALSE)]));
        check(Value::tuple(vec![Value::string("é"), Value::int(-3)]));
        check(Value::object([
            ("a".into(), Value::unknown(Type::list(Type::STRING))),
            ("b".into(), Value::string("x").with_marks(Marks::SENSITIVE)),
        ]));
    }

    #[test]
    fn an_object_that_does_not_fit_is_refused() {
        let types = [Type::object([("a".into(), Type::STRING)])];
        let bytes = [0, OBJECT, 0, 1, 0, TRUE];
        let error = read(&mut In::new(&bytes), &types).expect_err("a truth value for a string");
        assert_eq!(error.message, "an object does not fit its type");
    }
}
