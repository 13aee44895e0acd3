//! Reads one YAML document into a value. Anchors and merges are resolved on the way; nothing of them is left.
//! Invariant: nesting is at most `DEPTH_MAX`, and aliases do not make more than `SIZE_MAX` values.

use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use value::{Type, Value, View, convert};

use super::resolve::{Quotes, resolve};

/// Deepest nesting. Inside brackets the parser itself stops earlier, at 255.
const DEPTH_MAX: usize = 1_000;
/// Most values that a document may come to when its aliases are written out.
const SIZE_MAX: u64 = 5_000_000;

/// The value of the only document in `text`.
pub(crate) fn read(text: &str) -> Result<Value, String> {
    let mut reader = Reader::default();
    let mut state = State::Before;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let marker = error.marker();
            format!("line {}, column {}: {}", marker.line(), marker.col() + 1, error.info())
        })?;
        match (&event, state) {
            (Event::DocumentStart(_), State::Before) => state = State::Inside,
            (Event::DocumentStart(_), _) => {
                return Err(at(span, "a second document begins, and only one is allowed"));
            }
            (Event::DocumentEnd, _) => state = State::After,
            (Event::Nothing | Event::StreamStart | Event::StreamEnd, _) => {}
            _ => reader.event(event, span).map_err(|what| at(span, &what))?,
        }
    }
    reader.result.ok_or_else(|| "there is no document".to_owned())
}

#[derive(Clone, Copy)]
enum State {
    Before,
    Inside,
    After,
}

fn at(span: Span, what: &str) -> String {
    format!("line {}, column {}: {what}", span.start.line(), span.start.col() + 1)
}

#[derive(Default)]
struct Reader {
    open: Vec<Open>,
    /// Finished nodes by the number of their anchor.
    anchors: HashMap<usize, Value>,
    /// How many values aliases have made so far.
    aliased: u64,
    result: Option<Value>,
}

/// A sequence or mapping that is not finished.
struct Open {
    anchor: usize,
    body: OpenBody,
}

enum OpenBody {
    Sequence(Vec<Value>),
    Mapping { entries: Vec<(Arc<str>, Value)>, key: Key },
}

/// What the next node of a mapping is.
enum Key {
    /// A key is due.
    Due,
    /// The value of this key.
    Named(Arc<str>),
    /// A mapping, or a sequence of mappings, whose entries are taken over.
    Merge,
}

impl Reader {
    fn event(&mut self, event: Event<'_>, _span: Span) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, anchor, tag.as_deref())
            }
            Event::Alias(anchor) => self.alias(anchor),
            Event::SequenceStart(anchor, tag) => {
                check_tag(tag.as_deref(), "seq")?;
                self.begin(anchor, OpenBody::Sequence(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                check_tag(tag.as_deref(), "map")?;
                self.begin(anchor, OpenBody::Mapping { entries: Vec::new(), key: Key::Due })
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Open { anchor, body } = self.open.pop().expect("BUG: what ends has begun");
                let value = match body {
                    OpenBody::Sequence(elements) => Value::tuple(elements),
                    OpenBody::Mapping { entries, .. } => Value::object(entries),
                };
                self.finished(anchor, value)
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, anchor: usize, body: OpenBody) -> Result<(), String> {
        if let Some(Open { body: OpenBody::Mapping { key: Key::Due, .. }, .. }) = self.open.last() {
            return Err("only strings can be keys".to_owned());
        }
        if self.open.len() >= DEPTH_MAX {
            return Err(format!("the nesting is deeper than {DEPTH_MAX}"));
        }
        self.open.push(Open { anchor, body });
        Ok(())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
    ) -> Result<(), String> {
        let tag = core_tag(tag)?;
        if let Some(Open { body: OpenBody::Mapping { key: key @ Key::Due, .. }, .. }) =
            self.open.last_mut()
        {
            *key = match tag {
                None if text == "<<" => Key::Merge,
                Some("merge") => Key::Merge,
                tag => Key::Named(key_of(tag, text, style)?),
            };
            return Ok(());
        }
        let value = match (tag, style) {
            (None, ScalarStyle::Plain) | (Some(_), _) => resolve(tag, text, quotes(style))?,
            (None, _) => Value::string(text),
        };
        self.finished(anchor, value)
    }

    fn alias(&mut self, anchor: usize) -> Result<(), String> {
        let value = self.anchors.get(&anchor).cloned();
        let value = value.ok_or("an alias stands inside what it names")?;
        self.aliased = self.aliased.saturating_add(value.size());
        if self.aliased > SIZE_MAX {
            return Err(format!("aliases make more than {SIZE_MAX} values"));
        }
        if let Some(Open { body: OpenBody::Mapping { key: Key::Due, .. }, .. }) = self.open.last() {
            return Err("only strings can be keys".to_owned());
        }
        self.finished(0, value)
    }

    /// Puts a finished node where it belongs.
    fn finished(&mut self, anchor: usize, value: Value) -> Result<(), String> {
        if anchor != 0 {
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut().map(|open| &mut open.body) {
            None => self.result = Some(value),
            Some(OpenBody::Sequence(elements)) => elements.push(value),
            Some(OpenBody::Mapping { entries, key }) => match std::mem::replace(key, Key::Due) {
                Key::Named(name) => entries.push((name, value)),
                Key::Merge => merge(entries, &value)?,
                Key::Due => panic!("BUG: keys do not come here"),
            },
        }
        Ok(())
    }
}

fn quotes(style: ScalarStyle) -> Quotes {
    match style {
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Quotes::Quoted,
        _ => Quotes::Bare,
    }
}

fn key_of(tag: Option<&str>, text: &str, style: ScalarStyle) -> Result<Arc<str>, String> {
    let value = resolve(tag, text, quotes(style))?;
    if value.is_null() {
        return Err("a key must not be null".to_owned());
    }
    let key = convert::convert(&value, Type::STRING).map_err(|error| error.to_string())?;
    Ok(Arc::clone(key.as_arc_str().expect("BUG: a known string stays known")))
}

fn merge(entries: &mut Vec<(Arc<str>, Value)>, value: &Value) -> Result<(), String> {
    match value.view() {
        View::Object(object, values) => {
            entries.extend(object.names().iter().cloned().zip(values.iter().cloned()));
            Ok(())
        }
        View::Tuple(elements) if elements.iter().all(|element| element.as_object().is_some()) => {
            elements.iter().try_for_each(|element| merge(entries, element))
        }
        _ => Err("only mappings can be merged into a mapping".to_owned()),
    }
}

/// What stands behind `!!`; other tags are refused.
fn core_tag(tag: Option<&Tag>) -> Result<Option<&str>, String> {
    match tag {
        None => Ok(None),
        Some(tag) if tag.is_yaml_core_schema() => Ok(Some(&tag.suffix)),
        // `!` alone means that there is no tag.
        Some(tag) if tag.handle.len() + tag.suffix.len() <= 1 => Ok(None),
        Some(tag) => Err(format!("the tag {}{} is not supported", tag.handle, tag.suffix)),
    }
}

fn check_tag(tag: Option<&Tag>, expected: &str) -> Result<(), String> {
    match core_tag(tag)? {
        None => Ok(()),
        Some(tag) if tag == expected => Ok(()),
        Some(tag) => Err(format!("this cannot be read as !!{tag}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Value) {
        let got = read(text).expect(text);
        assert!(got.same(&expect), "{text}: {got:?}");
    }

    fn object(entries: &[(&str, Value)]) -> Value {
        Value::object(entries.iter().map(|(name, value)| ((*name).into(), value.clone())))
    }

    #[test]
    fn documents() {
        let (one, two) = (Value::int(1), Value::int(2));
        check("key: 0ba", object(&[("key", Value::string("0ba"))]));
        check(
            "- 1\n- [2, x]\n",
            Value::tuple(vec![one.clone(), Value::tuple(vec![two.clone(), Value::string("x")])]),
        );
        check("{a: 1, 2: two}", object(&[("a", one.clone()), ("2", Value::string("two"))]));
        check(
            "a: |\n  x\n  y\nb: >-\n  x\n  y\n",
            object(&[("a", Value::string("x\ny\n")), ("b", Value::string("x y"))]),
        );
        check("'12'", Value::string("12"));
        check("---\n", Value::null(Type::DYNAMIC));
        check(
            "a:\nb: ~",
            object(&[("a", Value::null(Type::DYNAMIC)), ("b", Value::null(Type::DYNAMIC))]),
        );
        check("!!str 12", Value::string("12"));
        check("a: 1\na: 2", object(&[("a", two.clone())]));
        check(
            "a: &x {b: 1}\nc: *x",
            object(&[("a", object(&[("b", one.clone())])), ("c", object(&[("b", one.clone())]))]),
        );
        let merged = object(&[("b", object(&[("x", one.clone()), ("z", two.clone())]))]);
        let text = "b:\n  <<: [{x: 1}, {z: 1}]\n  z: 2\n";
        check(text, merged);
    }

    #[test]
    fn faults_have_a_place() {
        let check = |text: &str, expect: &str| {
            let error = read(text).expect_err(text);
            assert!(error.contains(expect), "{text}: {error}");
        };
        check("", "there is no document");
        check("a: 1\n---\nb: 2", "line 2, column 1: a second document");
        check("a: [", "line ");
        check("? [a]\n: b", "only strings can be keys");
        check("~: a", "a key must not be null");
        check("a: !foo b", "the tag !foo is not supported");
        check("a: !!set {b}", "cannot be read as !!set");
        check("a: &x [*x]", "an alias stands inside");
        check("<<: 1", "only mappings can be merged");
        check(&"[".repeat(1001), "limit");
        let nested: String = (0..1001).map(|depth| " ".repeat(depth) + "-\n").collect();
        check(&nested, "deeper than 1000");
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for level in 1..9 {
            let alias = format!("*a{}", level - 1);
            bomb += &format!("a{level}: &a{level} [{}]\n", vec![alias; 10].join(","));
        }
        check(&bomb, "aliases make more than");
    }
}
