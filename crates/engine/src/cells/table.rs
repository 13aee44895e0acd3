//! The table of cells: what can be waited for, what it came to, and who waits for it.
//!
//! A cell is a number. The table does not know what a cell stands for, nor computes anything: it keeps values, counts
//! what each blocked cell still waits for, and hands out those that can be tried (again).
//!
//! Invariant: a cell is settled once; one that waits is woken once, when the last of what it waits for is settled.

use std::collections::VecDeque;

use lang::eval::{Blocked, Cell, Eval};
use value::Value;

/// Where a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    /// Nobody asked for it.
    Idle,
    /// In the queue, or being tried.
    Ready,
    /// Waits for this many others.
    Waiting(u32),
    /// Waits for an answer from outside, or for whoever settles it.
    Pending,
    /// Settled, with a value.
    Done,
    /// Settled: failed, and a diagnostic was written.
    Failed,
}

/// No next link.
const END: u32 = u32::MAX;

/// One who waits, in the list of the cell that he waits for.
#[derive(Clone, Copy, Debug)]
struct Link {
    who: Cell,
    next: u32,
}

/// The table.
#[derive(Debug, Default)]
pub(crate) struct Table {
    stands: Vec<Stand>,
    values: Vec<Option<Value>>,
    heads: Vec<u32>,
    links: Vec<Link>,
    queue: VecDeque<Cell>,
}

impl Table {
    /// A row of new cells; gives the first.
    pub(crate) fn row(&mut self, count: usize) -> Cell {
        let first = u32::try_from(self.stands.len()).expect("BUG: more than 4 billion cells");
        let len = self.stands.len() + count;
        self.stands.resize(len, Stand::Idle);
        self.values.resize(len, None);
        self.heads.resize(len, END);
        Cell(first)
    }

    /// Puts a cell that nobody asked for into the queue; any other stays as it is.
    pub(crate) fn start(&mut self, cell: Cell) {
        if self.stands[at(cell)] == Stand::Idle {
            self.stands[at(cell)] = Stand::Ready;
            self.queue.push_back(cell);
        }
    }

    /// The next cell to try; it has to be settled, put to wait, or left pending.
    pub(crate) fn next(&mut self) -> Option<Cell> {
        self.queue.pop_front()
    }

    /// Puts a cell to wait. Where all it waits for is settled already, it is tried again.
    pub(crate) fn wait(&mut self, who: Cell, on: &Blocked) {
        let mut count = 0;
        for cell in on.cells() {
            if !self.is_settled(*cell) {
                let link = Link { who, next: self.heads[at(*cell)] };
                self.heads[at(*cell)] =
                    u32::try_from(self.links.len()).expect("BUG: more than 4 billion waits");
                self.links.push(link);
                count += 1;
            }
        }
        if count == 0 {
            self.stands[at(who)] = Stand::Ready;
            self.queue.push_back(who);
        } else {
            self.stands[at(who)] = Stand::Waiting(count);
        }
    }

    /// Leaves a cell to be settled, or woken, by an answer from outside.
    pub(crate) fn pend(&mut self, cell: Cell) {
        debug_assert!(!self.is_settled(cell), "BUG: {cell:?} is settled already");
        self.stands[at(cell)] = Stand::Pending;
    }

    /// Tries a pending cell again.
    pub(crate) fn wake(&mut self, cell: Cell) {
        if self.stands[at(cell)] == Stand::Pending {
            self.stands[at(cell)] = Stand::Ready;
            self.queue.push_back(cell);
        }
    }

    /// Settles a cell with its value and wakes those for whom it was the last.
    pub(crate) fn set(&mut self, cell: Cell, value: Value) {
        self.values[at(cell)] = Some(value);
        self.settle(cell, Stand::Done);
    }

    /// Settles a cell that has no value to tell.
    pub(crate) fn done(&mut self, cell: Cell) {
        self.settle(cell, Stand::Done);
    }

    /// Settles a cell as failed. Its readers fail in their turn, silently.
    pub(crate) fn fail(&mut self, cell: Cell) {
        self.settle(cell, Stand::Failed);
    }

    fn settle(&mut self, cell: Cell, stand: Stand) {
        assert!(!self.is_settled(cell), "BUG: {cell:?} is settled twice");
        self.stands[at(cell)] = stand;
        let mut link = std::mem::replace(&mut self.heads[at(cell)], END);
        // The list is last in, first out; those who came first are to be tried first.
        let mut woken = Vec::new();
        while link != END {
            let Link { who, next } = self.links[link as usize];
            link = next;
            let Stand::Waiting(count) = &mut self.stands[at(who)] else {
                panic!("BUG: {who:?} is in a list and does not wait");
            };
            *count -= 1;
            if *count == 0 {
                self.stands[at(who)] = Stand::Ready;
                woken.push(who);
            }
        }
        self.queue.extend(woken.into_iter().rev());
    }

    /// What a reader of the cell gets.
    pub(crate) fn read(&self, cell: Cell) -> Eval {
        match self.stands[at(cell)] {
            Stand::Done => match &self.values[at(cell)] {
                Some(value) => Eval::Value(value.clone()),
                None => panic!("BUG: {cell:?} has no value to read"),
            },
            Stand::Failed => Eval::Failed,
            _ => Eval::blocked(cell),
        }
    }

    /// Whether a cell without a value of its own is over, for readers that need only that.
    pub(crate) fn over(&self, cell: Cell) -> Eval<()> {
        match self.stands[at(cell)] {
            Stand::Done => Eval::Value(()),
            Stand::Failed => Eval::Failed,
            _ => Eval::blocked(cell),
        }
    }

    /// The value of a cell that has one.
    pub(crate) fn value(&self, cell: Cell) -> Option<&Value> {
        self.values[at(cell)].as_ref()
    }

    /// Whether it is settled, either way.
    pub(crate) fn is_settled(&self, cell: Cell) -> bool {
        matches!(self.stands[at(cell)], Stand::Done | Stand::Failed)
    }

    /// Whether it failed.
    pub(crate) fn is_failed(&self, cell: Cell) -> bool {
        self.stands[at(cell)] == Stand::Failed
    }

    /// Whether nobody asked for it.
    pub(crate) fn is_idle(&self, cell: Cell) -> bool {
        self.stands[at(cell)] == Stand::Idle
    }

    /// The cells that wait for others: at rest with nothing asked, those that never will be settled.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = Cell> + '_ {
        (0..)
            .zip(&self.stands)
            .filter(|(_, stand)| matches!(stand, Stand::Waiting(_)))
            .map(|(n, _)| Cell(n))
    }
}

fn at(cell: Cell) -> usize {
    cell.0 as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(count: usize) -> Table {
        let mut table = Table::default();
        assert_eq!(table.row(count), Cell(0));
        table
    }

    fn on(cells: &[u32]) -> Blocked {
        Blocked::on(cells.iter().map(|n| Cell(*n)).collect())
    }

    #[test]
    fn a_waiting_cell_is_woken_once_by_the_last() {
        let mut table = table(3);
        table.start(Cell(0));
        assert_eq!(table.next(), Some(Cell(0)));
        table.wait(Cell(0), &on(&[1, 2]));
        table.set(Cell(1), Value::int(1));
        assert_eq!(table.next(), None);
        table.fail(Cell(2));
        assert_eq!(table.next(), Some(Cell(0)));
        assert_eq!(table.next(), None);
    }

    #[test]
    fn who_waits_for_what_is_settled_is_tried_at_once() {
        let mut table = table(2);
        table.set(Cell(1), Value::TRUE);
        table.start(Cell(0));
        assert_eq!(table.next(), Some(Cell(0)));
        table.wait(Cell(0), &on(&[1]));
        assert_eq!(table.next(), Some(Cell(0)));
    }

    #[test]
    fn those_who_came_first_are_tried_first() {
        let mut table = table(4);
        for n in 1..4 {
            table.start(Cell(n));
            table.next();
            table.wait(Cell(n), &on(&[0]));
        }
        table.set(Cell(0), Value::TRUE);
        let order: Vec<u32> = std::iter::from_fn(|| table.next()).map(|cell| cell.0).collect();
        assert_eq!(order, [1, 2, 3]);
    }

    #[test]
    fn readers_see_values_failures_and_what_to_wait_for() {
        let mut table = table(3);
        table.set(Cell(0), Value::int(7));
        table.fail(Cell(1));
        assert_eq!(table.read(Cell(0)), Eval::Value(Value::int(7)));
        assert_eq!(table.read(Cell(1)), Eval::Failed);
        assert_eq!(table.read(Cell(2)), Eval::blocked(Cell(2)));
    }
}
