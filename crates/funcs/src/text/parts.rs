//! Functions that look into strings, cut them and put them together.
//! Invariant: what is known of an unknown string (how it begins, how long a list is) is used where it decides the result.

use value::{Refinement, Type, Value, View};

use crate::args::{elements, string, text, whole};
use crate::function::{Allows, FuncError, Function, Outcome, Param, Returns};
use crate::plain::{letters, pattern};

/// Most spaces that `indent` puts before a line.
const INDENT_MAX: i64 = 1_000_000;

fn texts() -> Type {
    Type::list(Type::STRING)
}

pub(crate) static STARTSWITH: Function = Function::to_bool(
    "startswith",
    &[Param::text("str").allowing(Allows::UNKNOWN), Param::text("prefix")],
    |args, _| {
        let prefix = text(&args[1]);
        if let Some(whole) = args[0].as_str() {
            return Ok(Value::bool(whole.starts_with(prefix)));
        }
        let known = match args[0].view() {
            View::Unknown(Some(Refinement { string_prefix: Some(known), .. })) => &**known,
            _ => "",
        };
        Ok(if known.starts_with(prefix) {
            Value::TRUE
        } else if known.is_empty() || known.len() < prefix.len() {
            Value::unknown(Type::BOOL)
        } else {
            Value::FALSE
        })
    },
);

pub(crate) static ENDSWITH: Function =
    Function::to_bool("endswith", &[Param::text("str"), Param::text("suffix")], |args, _| {
        Ok(Value::bool(text(&args[0]).ends_with(text(&args[1]))))
    });

pub(crate) static STRCONTAINS: Function =
    Function::to_bool("strcontains", &[Param::text("str"), Param::text("substr")], |args, _| {
        Ok(Value::bool(text(&args[0]).contains(text(&args[1]))))
    })
    .maybe_null();

pub(crate) static SUBSTR: Function = Function::to_text(
    "substr",
    &[
        Param::text("str").allowing(Allows::DYNAMIC),
        Param::number("offset").allowing(Allows::DYNAMIC),
        Param::number("length").allowing(Allows::DYNAMIC),
    ],
    |args, _| {
        let (offset, length) = (whole(args, 1)?, whole(args, 2)?);
        string(substring(text(&args[0]), offset, length))
    },
);

fn substring(whole: &str, offset: i64, length: i64) -> &str {
    let start = if offset < 0 {
        let count = i64::try_from(letters::count(whole)).unwrap_or(i64::MAX);
        count.saturating_add(offset).max(0)
    } else if length == 0 {
        return "";
    } else {
        offset
    };
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let rest = &whole[letters::offset_of(whole, start)..];
    // From the end, a length of zero means the rest as well: so OpenTofu has it.
    match usize::try_from(length) {
        Err(_) | Ok(0) => rest,
        Ok(length) => &rest[..letters::offset_of(rest, length)],
    }
}

pub(crate) static JOIN: Function =
    Function::to_text("join", &[Param::text("separator")], |args, _| join(args))
        .with_more(Param::texts("lists"));

fn join(args: &[Value]) -> Outcome {
    let (separator, lists) = (text(&args[0]), &args[1..]);
    if lists.is_empty() {
        return Err(FuncError::call("at least one list is needed"));
    }
    if !lists.iter().all(Value::is_wholly_known) {
        return Ok(Value::unknown(Type::STRING));
    }
    let mut joined = String::new();
    let mut is_first = true;
    for (index, list) in lists.iter().enumerate() {
        for (at, element) in elements(list).iter().enumerate() {
            let element = element.as_str().ok_or_else(|| {
                FuncError::argument(index + 1, format!("its element {at} is null"))
            })?;
            if !std::mem::take(&mut is_first) {
                joined.push_str(separator);
            }
            joined.push_str(element);
        }
    }
    string(joined)
}

pub(crate) static SPLIT: Function = Function::new(
    "split",
    &[Param::text("separator"), Param::text("str")],
    Returns::Always(texts),
    |args, _| {
        let (separator, whole) = (text(&args[0]), text(&args[1]));
        let parts = if separator.is_empty() {
            whole.chars().map(|c| Value::string(c.to_string())).collect()
        } else {
            whole.split(separator).map(Value::string).collect()
        };
        Ok(Value::list(Type::STRING, parts))
    },
);

pub(crate) static SORT: Function = Function::new(
    "sort",
    &[Param::texts("list").allowing(Allows::UNKNOWN)],
    Returns::Always(texts),
    |args, ty| {
        let list = &args[0];
        if !list.is_wholly_known() {
            let range = list.range();
            let mut known = Refinement::NOT_NULL;
            (known.length_min, known.length_max) = (range.length_min, range.length_max);
            return Ok(Value::unknown_with(ty, known));
        }
        let mut sorted = elements(list).to_vec();
        if let Some(at) = sorted.iter().position(Value::is_null) {
            let message = format!("its element {at} is null, and null cannot be sorted");
            return Err(FuncError::call(message));
        }
        sorted.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        Ok(Value::list(Type::STRING, sorted))
    },
);

pub(crate) static INDENT: Function =
    Function::to_text("indent", &[Param::number("spaces"), Param::text("str")], |args, _| {
        let spaces = whole(args, 0)?;
        if !(0..=INDENT_MAX).contains(&spaces) {
            let message = format!("it must be between 0 and {INDENT_MAX}");
            return Err(FuncError::argument(0, message));
        }
        let spaces = usize::try_from(spaces).expect("BUG: the range has been checked");
        string(text(&args[1]).replace('\n', &format!("\n{}", " ".repeat(spaces))))
    });

pub(crate) static REPLACE: Function = Function::to_text(
    "replace",
    &[Param::text("str"), Param::text("substr"), Param::text("replace")],
    |args, _| {
        let (whole, part, with) = (text(&args[0]), text(&args[1]), text(&args[2]));
        match part.strip_prefix('/').and_then(|part| part.strip_suffix('/')) {
            Some(expression) => {
                let replaced = pattern::replace_all(expression, whole, with);
                string(replaced.map_err(FuncError::call)?)
            }
            None => string(whole.replace(part, with)),
        }
    },
);
