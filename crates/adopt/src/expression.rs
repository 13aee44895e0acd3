//! An input as it is carried over: text, known values, and outputs of others.
//!
//! What can be known now is a value; what comes from another unit's output stays an expression around it, in the words
//! that were written.
//! Invariant: two texts never stand side by side.

use std::sync::Arc;

use value::Value;

/// A piece of an expression.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// As it was written.
    Text(String),
    /// Text between the quotes of a template: as it was written, and what it comes to.
    Literal(String, Arc<str>),
    /// What was computed.
    Value(Value),
    /// An output: the folder of the unit that has it, and its name.
    Output(Arc<str>, Arc<str>),
    /// All outputs of the unit in a folder, as an object.
    Outputs(Arc<str>),
}

/// An expression in pieces, in the order of the text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expression {
    pub(crate) pieces: Vec<Piece>,
}

impl Expression {
    /// A known value.
    pub(crate) fn of(value: Value) -> Expression {
        Expression { pieces: vec![Piece::Value(value)] }
    }

    /// Adds a text.
    pub(crate) fn push_text(&mut self, text: &str) {
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    /// The value, where all of it is known.
    pub(crate) fn value(&self) -> Option<&Value> {
        match &self.pieces[..] {
            [Piece::Value(value)] => Some(value),
            _ => None,
        }
    }

    /// The outputs that it reads: unit's folder and name.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<str>)> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Output(unit, output) => Some((unit, output)),
            _ => None,
        })
    }
}
