//! Answers asked for together, before they are needed: over a line, several questions cost hardly more than one.
//!
//! Invariant: an answer is given once, to the question that it was asked for.

use std::cell::RefCell;
use std::collections::HashMap;

use super::sql::{Param, Row, Sql, SqlError};

/// A connection that has some answers at hand.
pub(super) struct Prefetched<'a> {
    db: &'a dyn Sql,
    answers: RefCell<HashMap<&'static str, Vec<Row>>>,
}

impl<'a> Prefetched<'a> {
    /// Asks all of these, with the same values.
    pub(super) fn ask(
        db: &'a dyn Sql,
        questions: &[&'static str],
        values: &[Param<'_>],
    ) -> Result<Prefetched<'a>, SqlError> {
        let answers = db.query_all(questions, values)?;
        let answers = questions.iter().copied().zip(answers).collect();
        Ok(Prefetched { db, answers: RefCell::new(answers) })
    }
}

impl Sql for Prefetched<'_> {
    fn execute(&self, sql: &'static str, values: &[Param<'_>]) -> Result<u64, SqlError> {
        self.db.execute(sql, values)
    }

    fn query(&self, sql: &'static str, values: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        let answer = self.answers.borrow_mut().remove(sql);
        answer.map_or_else(|| self.db.query(sql, values), Ok)
    }

    fn clock_ms(&self) -> Result<Option<u64>, SqlError> {
        self.db.clock_ms()
    }

    fn numbers_given(&self) -> Result<(), SqlError> {
        self.db.numbers_given()
    }
}
