//! Functions on times, and the two clocks.
//! Invariant: times are texts by RFC 3339; the clocks are asked through the driver.

use std::cmp::Ordering;

use value::{Type, Value};

use crate::args::{string, text};
use crate::function::{FuncError, Function, Outcome, Param, Returns};
use crate::impure::{Answer, Impure, Request, Step, When};
use crate::plain::timestamp::Timestamp;
use crate::plain::{date_pattern, duration};

fn time(args: &[Value], index: usize) -> Outcome<Timestamp> {
    Timestamp::parse(text(&args[index])).map_err(|what| FuncError::argument(index, what))
}

pub(crate) static FORMATDATE: Function =
    Function::to_text("formatdate", &[Param::text("format"), Param::text("time")], |args, _| {
        let formatted = date_pattern::format(text(&args[0]), time(args, 1)?);
        string(formatted.map_err(|what| FuncError::argument(0, what))?)
    });

pub(crate) static TIMEADD: Function = Function::to_text(
    "timeadd",
    &[Param::text("timestamp"), Param::text("duration")],
    |args, _| {
        let nanos = duration::parse(text(&args[1]));
        let nanos = nanos.map_err(|what| FuncError::argument(1, what))?;
        string(time(args, 0)?.plus(nanos).to_text())
    },
)
.maybe_null();

pub(crate) static TIMECMP: Function = Function::to_number(
    "timecmp",
    &[Param::text("timestamp_a"), Param::text("timestamp_b")],
    |args, _| {
        Ok(Value::int(match time(args, 0)?.instant().cmp(&time(args, 1)?.instant()) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        }))
    },
);

pub(crate) static TIMESTAMP: Function = Function::impure(
    "timestamp",
    &[],
    Returns::Always(|| Type::STRING),
    Impure { ask: |_| Ok(Step::Ask(Request::Now)), finish: from_clock, when: When::AtApply },
);

pub(crate) static PLANTIMESTAMP: Function = Function::impure(
    "plantimestamp",
    &[],
    Returns::Always(|| Type::STRING),
    Impure { ask: |_| Ok(Step::Ask(Request::PlanTime)), finish: from_clock, when: When::Always },
)
.maybe_null();

fn from_clock(_: &[Value], answer: Answer) -> Outcome {
    match answer {
        Answer::Seconds(seconds) => string(Timestamp::utc(seconds).to_text()),
        answer => answer.unfit("the time"),
    }
}
