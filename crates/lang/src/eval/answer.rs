//! The three outcomes of an evaluation.

use value::Value;

/// Something that can be waited for. What the number means is the engine's affair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell(pub u32);

/// All that an evaluation could see itself waiting for: never empty, sorted, without repetition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked(Vec<Cell>);

impl Blocked {
    /// Waiting for all of these, of which there is at least one.
    pub fn on(mut cells: Vec<Cell>) -> Blocked {
        assert!(!cells.is_empty(), "BUG: blocked on nothing");
        cells.sort_unstable();
        cells.dedup();
        Blocked(cells)
    }

    /// What is waited for.
    pub fn cells(&self) -> &[Cell] {
        &self.0
    }
}

impl From<Cell> for Blocked {
    fn from(cell: Cell) -> Blocked {
        Blocked(vec![cell])
    }
}

/// What came of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub enum Eval<T = Value> {
    /// The result; it may be unknown, which is not the same as blocked.
    Value(T),
    /// Nothing yet: ask again once all of these have answered.
    Blocked(Blocked),
    /// Nothing ever: a diagnostic was written, here or where the cause lies.
    Failed,
}

impl<T> Eval<T> {
    /// Waiting for one cell.
    pub fn blocked(cell: Cell) -> Eval<T> {
        Eval::Blocked(cell.into())
    }

    /// The result, where there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Eval::Value(value) => Some(value),
            Eval::Blocked(_) | Eval::Failed => None,
        }
    }

    /// The same with another result.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Eval<U> {
        match self {
            Eval::Value(value) => Eval::Value(f(value)),
            Eval::Blocked(on) => Eval::Blocked(on),
            Eval::Failed => Eval::Failed,
        }
    }
}
