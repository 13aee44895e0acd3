//! How two values differ, in lines: into objects and maps by key, into lists and sets by element, into texts by line and,
//! where both are JSON, by what they say.
//!
//! Invariants: nothing that is sensitive on either side is shown; two values that differ never give no line.

use std::fmt::Write as _;

use addr::quote;
use value::{Marks, Value, View};

use super::Showing;
use crate::clean::clean;
use crate::value::{Secrets, one_line, value as text};

/// Levels that are followed; what lies deeper is shown whole.
const DEPTH_MAX: usize = 16;
/// Elements of two sets that are compared, as a product; larger sets are shown whole.
const PAIRS_MAX: usize = 1_000_000;
/// Two values that together are at most this long stand on one line.
const LINE_CHARS_MAX: usize = 96;
/// Where arguments begin.
const INDENT: usize = 4;

/// What is said behind an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Note {
    None,
    Forces,
}

/// Writes differences.
pub(super) struct Diff<'o, 'w> {
    how: Showing<'w>,
    out: &'o mut String,
}

/// Where in the value a difference is written.
#[derive(Clone, Copy)]
struct At {
    indent: usize,
    depth: usize,
    note: Note,
}

impl At {
    fn inner(self) -> At {
        At { indent: self.indent + 2, depth: self.depth + 1, note: Note::None }
    }
}

impl<'o, 'w> Diff<'o, 'w> {
    pub(super) fn new(how: Showing<'w>, out: &'o mut String) -> Diff<'o, 'w> {
        Diff { how, out }
    }

    /// An argument that differs.
    pub(super) fn entry(
        &mut self,
        name: &str,
        before: Option<&Value>,
        after: Option<&Value>,
        note: Note,
    ) {
        let label = format!("{} = ", clean(name));
        self.one(&label, before, after, At { indent: INDENT, depth: 0, note });
    }

    /// An argument that stays.
    pub(super) fn stays(&mut self, name: &str, value: &Value) {
        let shown = text(value, INDENT + 2, self.how.secrets);
        let line = format!("      {} = {shown}", clean(name));
        let _ = writeln!(self.out, "{}", self.how.paint.dim(&line));
    }

    fn one(&mut self, label: &str, before: Option<&Value>, after: Option<&Value>, at: At) {
        let paint = self.how.paint;
        match (before, after) {
            (Some(before), Some(after)) => self.differ(label, before, after, at),
            (None, Some(after)) => {
                let shown = text(after, at.indent + 2, self.how.secrets);
                self.line(&paint.green("+"), &format!("{label}{shown}"), at);
            }
            (Some(before), None) => {
                let shown = text(before, at.indent + 2, self.how.secrets);
                self.line(&paint.red("-"), &format!("{label}{shown}"), at);
            }
            (None, None) => {}
        }
    }

    fn line(&mut self, sign: &str, content: &str, at: At) {
        let note = match at.note {
            Note::None => String::new(),
            Note::Forces => format!("  {}", self.how.paint.red("forces replacement")),
        };
        let _ = writeln!(self.out, "{:width$}{sign} {content}{note}", "", width = at.indent);
    }

    fn changed(&mut self, content: &str, at: At) {
        let sign = self.how.paint.yellow("~");
        self.line(&sign, content, at);
    }

    fn closed(&mut self, content: &str, at: At) {
        let _ = writeln!(self.out, "{:width$}{content}", "", width = at.indent + 2);
    }

    fn differ(&mut self, label: &str, before: &Value, after: &Value, at: At) {
        let is_hidden = |value: &Value| {
            self.how.secrets == Secrets::Hidden && value.marks().contains(Marks::SENSITIVE)
        };
        if is_hidden(before) || is_hidden(after) {
            return self.changed(&format!("{label}(sensitive value)  differs, hidden"), at);
        }
        if self.fits(before, after) || at.depth >= DEPTH_MAX {
            return self.flat(label, before, after, at);
        }
        match (before.view(), after.view()) {
            (View::Object(..) | View::Map(_), View::Object(..) | View::Map(_)) => {
                self.members(label, before, after, at);
            }
            (View::Set(one), View::Set(other)) if one.len() * other.len() <= PAIRS_MAX => {
                self.set(label, one, other, at);
            }
            (View::List(one) | View::Tuple(one), View::List(other) | View::Tuple(other)) => {
                self.sequence(label, one, other, at);
            }
            (View::String(one), View::String(other)) => self.texts(label, one, other, at),
            _ => self.flat(label, before, after, at),
        }
    }

    /// Whether both sides stand on one line, and the reader sees what differs.
    fn fits(&self, before: &Value, after: &Value) -> bool {
        let line = |value: &Value| one_line(value, self.how.secrets);
        let (was, is) = (line(before), line(after));
        was != is && was.chars().count() + is.chars().count() <= LINE_CHARS_MAX
    }

    fn flat(&mut self, label: &str, before: &Value, after: &Value, at: At) {
        let show = |value: &Value| text(value, at.indent + 2, self.how.secrets);
        let (was, is) = (show(before), show(after));
        if was == is {
            return self.changed(&format!("{label}{was}  differs in what is hidden or marked"), at);
        }
        self.changed(&format!("{label}{was} -> {is}"), at);
    }

    /// Objects and maps, key by key.
    fn members(&mut self, label: &str, before: &Value, after: &Value, at: At) {
        self.changed(&format!("{label}{{"), at);
        let mut keys = [keys(before), keys(after)].concat();
        keys.sort();
        keys.dedup();
        let mut same = 0;
        for key in &keys {
            match (member(before, key), member(after, key)) {
                (Some(one), Some(other)) if one.same(other) => same += 1,
                (one, other) => {
                    let name = if addr::is_identifier(key) { key.clone() } else { quote(key) };
                    self.one(&format!("{name} = "), one, other, at.inner());
                }
            }
        }
        self.unchanged(same, at);
        self.closed("}", at);
    }

    /// Sets: what only one of them has.
    fn set(&mut self, label: &str, before: &[Value], after: &[Value], at: At) {
        self.changed(&format!("{label}["), at);
        let missing = |from: &[Value], one: &Value| !from.iter().any(|other| other.same(one));
        let gone: Vec<&Value> = before.iter().filter(|one| missing(after, one)).collect();
        let new: Vec<&Value> = after.iter().filter(|one| missing(before, one)).collect();
        let same = before.len() - gone.len();
        gone.into_iter().for_each(|one| self.one("", Some(one), None, at.inner()));
        new.into_iter().for_each(|one| self.one("", None, Some(one), at.inner()));
        self.unchanged(same, at);
        self.closed("]", at);
    }

    /// Lists and tuples: what stays at both ends is left out; of what is between, elements are compared one by one where
    /// there are as many.
    fn sequence(&mut self, label: &str, before: &[Value], after: &[Value], at: At) {
        self.changed(&format!("{label}["), at);
        let (head, tail) = common(before, after, Value::same);
        let (one, other) = (&before[head..before.len() - tail], &after[head..after.len() - tail]);
        if one.len() == other.len() {
            for (one, other) in one.iter().zip(other) {
                if !one.same(other) {
                    self.one("", Some(one), Some(other), at.inner());
                }
            }
        } else {
            one.iter().for_each(|one| self.one("", Some(one), None, at.inner()));
            other.iter().for_each(|one| self.one("", None, Some(one), at.inner()));
        }
        self.unchanged(head + tail, at);
        self.closed("]", at);
    }

    /// Texts: as what they say where both are JSON, else line by line.
    fn texts(&mut self, label: &str, before: &str, after: &str, at: At) {
        let parsed = |text: &str| {
            let is_composed = text.trim_start().starts_with(['{', '[']);
            is_composed.then(|| value::json::decode_implied(text.as_bytes()).ok()).flatten()
        };
        if let (Some(one), Some(other)) = (parsed(before), parsed(after))
            && !one.same(&other)
        {
            return self.differ(&format!("{label}JSON "), &one, &other, at);
        }
        let (one, other): (Vec<&str>, Vec<&str>) =
            (before.lines().collect(), after.lines().collect());
        if one.len() < 2 && other.len() < 2 {
            return self.flat(
                label,
                &Value::string(before.to_owned()),
                &Value::string(after.to_owned()),
                at,
            );
        }
        self.changed(&format!("{label}<<-EOT"), at);
        let (head, tail) = common(&one, &other, |a, b| a == b);
        let lines = |diff: &mut Self, sign: &str, lines: &[&str]| {
            for line in lines {
                diff.line(sign, &clean(line), at.inner());
            }
        };
        lines(self, &self.how.paint.red("-"), &one[head..one.len() - tail]);
        lines(self, &self.how.paint.green("+"), &other[head..other.len() - tail]);
        self.unchanged(head + tail, at);
        self.closed("EOT", at);
    }

    fn unchanged(&mut self, count: usize, at: At) {
        if count > 0 {
            let text = self.how.paint.dim(&format!("{count} unchanged"));
            let _ = writeln!(self.out, "{:width$}{text}", "", width = at.indent + 4);
        }
    }
}

/// How many stay the same at the beginning, and at the end of what is left.
fn common<T>(before: &[T], after: &[T], same: impl Fn(&T, &T) -> bool) -> (usize, usize) {
    let head = before.iter().zip(after).take_while(|(a, b)| same(a, b)).count();
    let rest = before[head..].iter().rev().zip(after[head..].iter().rev());
    (head, rest.take_while(|(a, b)| same(a, b)).count())
}

fn keys(value: &Value) -> Vec<String> {
    match value.view() {
        View::Object(shape, _) => shape.names().iter().map(ToString::to_string).collect(),
        View::Map(entries) => entries.iter().map(|(key, _)| key.to_string()).collect(),
        _ => Vec::new(),
    }
}

/// A member that says something: null says nothing.
fn member<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    let found = match value.view() {
        View::Object(..) => value.attr(key),
        _ => value.entry(key),
    };
    found.filter(|member| !member.is_null())
}
