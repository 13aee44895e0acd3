//! YAML as `sops` writes it, to a tree in the order of the file.
//!
//! Only what `sops` itself emits: one document, no aliases, no tags, no merges; all else is
//! [`Unlike`](super::SopsError::Unlike), which leaves the file to the program itself.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::SopsError;
use super::tree::{DEPTH_MAX, Leaf, Tree};

/// Reads the only document of a text.
pub(super) fn read(text: &str) -> Result<Tree, SopsError> {
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| SopsError::malformed(error.info()))?;
        let done = match event {
            Event::DocumentStart(_) => {
                documents += 1;
                None
            }
            Event::Alias(_) => return Err(SopsError::unlike("an alias")),
            Event::Scalar(text, style, _, tag) => {
                if tag.is_some() {
                    return Err(SopsError::unlike("a tag"));
                }
                match open.last_mut() {
                    Some(Open::Map { key: key @ None, .. }) => {
                        *key = Some(text.into_owned());
                        None
                    }
                    _ => Some(scalar(&text, style)?),
                }
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                open.push(Open::Map { entries: Vec::new(), key: None });
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(Open::close),
            _ => None,
        };
        if open.len() > DEPTH_MAX {
            return Err(SopsError::malformed("it is nested too deeply"));
        }
        if let Some(done) = done {
            match open.last_mut() {
                Some(outer) => outer.add(done)?,
                None => root = Some(done),
            }
        }
    }
    if documents > 1 {
        return Err(SopsError::unlike("several documents"));
    }
    root.ok_or_else(|| SopsError::malformed("it is empty"))
}

enum Open {
    List(Vec<Tree>),
    Map { entries: Vec<(String, Tree)>, key: Option<String> },
}

impl Open {
    fn add(&mut self, value: Tree) -> Result<(), SopsError> {
        match self {
            Open::List(items) => items.push(value),
            Open::Map { entries, key } => {
                let key = key.take().ok_or_else(|| SopsError::unlike("a key that is no text"))?;
                entries.push((key, value));
            }
        }
        Ok(())
    }

    fn close(self) -> Tree {
        match self {
            Open::List(items) => Tree::List(items),
            Open::Map { entries, .. } => Tree::Map(entries),
        }
    }
}

/// What a scalar stands for: only what is not encrypted is anything but text.
fn scalar(text: &str, style: ScalarStyle) -> Result<Tree, SopsError> {
    if style != ScalarStyle::Plain {
        return Ok(Tree::Leaf(Leaf::Text(text.to_owned())));
    }
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Tree::Null,
        "true" | "True" | "TRUE" => Tree::Leaf(Leaf::Bool(true)),
        "false" | "False" | "FALSE" => Tree::Leaf(Leaf::Bool(false)),
        _ => Tree::Leaf(number(text)?.unwrap_or_else(|| Leaf::Text(text.to_owned()))),
    })
}

fn number(text: &str) -> Result<Option<Leaf>, SopsError> {
    let digits = text.trim_start_matches(['+', '-']);
    let begins = |prefix: &str| digits.starts_with(prefix);
    if !digits.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.') {
        return Ok(None);
    }
    if is_moment(digits) || digits.contains('_') || ["0x", "0o", "0b"].iter().any(|p| begins(p)) {
        return Err(SopsError::unlike("a moment, or a number that is not decimal"));
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        if digits.len() > 1 && begins("0") {
            return Err(SopsError::unlike("a number that is not decimal"));
        }
        return Ok(text.parse().ok().map(Leaf::Int).or_else(|| text.parse().ok().map(Leaf::Float)));
    }
    let is_float = digits.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b));
    Ok(text.parse().ok().filter(|_| is_float).map(Leaf::Float))
}

/// Whether a text begins as a date does.
fn is_moment(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 8 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-'
}
