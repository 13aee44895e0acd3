//! Cells of a table: a class of actions that somebody holds at a place.
//!
//! Invariant: of one class at one place there is one cell, with the strongest answer.

use std::sync::Arc;

use crate::answer::{Answer, Decision};
use crate::class::Class;

/// A class of actions that is held somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The class.
    pub class: Class,
    /// Where: a service, a namespace, a scope, a project.
    pub place: Arc<str>,
    /// What stands for the class there.
    pub what: Arc<str>,
    /// The answer, and its path.
    pub decision: Decision,
}

/// The cells of one identity.
#[derive(Debug, Default)]
pub(crate) struct Cells(Vec<Cell>);

impl Cells {
    /// Takes a cell, where none is as strong.
    pub(crate) fn put(&mut self, cell: Cell) {
        let same = |known: &&mut Cell| known.class == cell.class && known.place == cell.place;
        match self.0.iter_mut().find(same) {
            None => self.0.push(cell),
            Some(known) if cell.decision.answer > known.decision.answer => *known = cell,
            Some(_) => {}
        }
    }

    /// Whether a class is held at a place without any doubt or condition.
    pub(crate) fn is_sure(&self, class: Class, place: &str) -> bool {
        let there = self.0.iter().find(|known| known.class == class && *known.place == *place);
        there.is_some_and(|known| known.decision.answer == Answer::Yes)
    }

    /// All of them, by place and class.
    pub(crate) fn by_place(mut self) -> Vec<Cell> {
        self.0.sort_by(|a, b| (&a.place, a.class).cmp(&(&b.place, b.class)));
        self.0
    }

    /// All of them, by class and place.
    pub(crate) fn in_order(mut self) -> Vec<Cell> {
        self.0.sort_by(|a, b| (a.class, &a.place).cmp(&(b.class, &b.place)));
        self.0
    }
}
