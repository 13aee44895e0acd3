//! Arguments of a block, evaluated where the block stands.

use std::sync::Arc;

use syntax::{Block, Body};
use value::Value;

use super::frame::Frame;

/// The value of an argument, where it is given and can be read.
pub(super) fn argument(frame: &Frame<'_, '_>, body: &Body, name: &str, of: &str) -> Option<Value> {
    let given = body.attribute(name)?;
    frame.read(&given.expr, &format!("`{name}` of {of}"))
}

/// The text of an argument.
pub(super) fn text(frame: &Frame<'_, '_>, body: &Body, name: &str, of: &str) -> Option<Arc<str>> {
    argument(frame, body, name, of)?.as_arc_str().cloned()
}

/// Whether an argument is given and true.
pub(super) fn is_true(frame: &Frame<'_, '_>, body: &Body, name: &str, of: &str) -> bool {
    argument(frame, body, name, of).and_then(|value| value.as_bool()) == Some(true)
}

/// The texts of a list.
pub(super) fn texts(frame: &Frame<'_, '_>, body: &Body, name: &str, of: &str) -> Vec<Arc<str>> {
    let value = argument(frame, body, name, of);
    let items = value.as_ref().and_then(Value::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.as_arc_str().cloned()).collect()
}

/// The first label of a block; empty where it has none.
pub(super) fn label(block: &Block) -> Arc<str> {
    block.labels.first().map_or_else(|| "".into(), |label| label.text.clone())
}
