//! What a database does for a store, and what is made of its errors.
//!
//! One dialect: statements are written with `?1` for the first value, and `/* FOR UPDATE ... */` where a row is locked
//! that the rest of the transaction relies on; SQLite has one writer and needs no such lock, PostgreSQL spells it out.
//! Invariant: everything here runs inside a transaction that somebody else began and ends.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::error::{LoadError, LockError, PortError, WriteError};

/// A connection inside a transaction.
pub(crate) trait Sql {
    /// Carries out a statement; tells how many rows it touched.
    fn execute(&self, sql: &'static str, values: &[Param<'_>]) -> Result<u64, SqlError>;

    /// The rows that a statement gives.
    fn query(&self, sql: &'static str, values: &[Param<'_>]) -> Result<Vec<Row>, SqlError>;

    /// The clock that all who use the database share, in milliseconds since 1970; `None` where there is none.
    fn clock_ms(&self) -> Result<Option<u64>, SqlError>;

    /// Rows of stacks were given their numbers by hand: new ones get others.
    fn numbers_given(&self) -> Result<(), SqlError>;

    /// The rows that several statements give, each with these values; asked together where that saves time.
    fn query_all(
        &self,
        sqls: &[&'static str],
        values: &[Param<'_>],
    ) -> Result<Vec<Vec<Row>>, SqlError> {
        sqls.iter().map(|sql| self.query(sql, values)).collect()
    }

    /// The rows that a statement gives for each of these values, in order; asked together where that saves time.
    fn query_each(
        &self,
        sql: &'static str,
        values: &[Vec<Param<'_>>],
    ) -> Result<Vec<Vec<Row>>, SqlError> {
        values.iter().map(|values| self.query(sql, values)).collect()
    }

    /// Carries out a statement for each of these values; tells how many rows each touched.
    fn execute_each(
        &self,
        sql: &'static str,
        values: &[Vec<Param<'_>>],
    ) -> Result<Vec<u64>, SqlError> {
        values.iter().map(|values| self.execute(sql, values)).collect()
    }

    /// The only row that a statement gives, or none.
    fn find(&self, sql: &'static str, values: &[Param<'_>]) -> Result<Option<Row>, SqlError> {
        Ok(self.query(sql, values)?.into_iter().next())
    }
}

/// A value given to a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Param<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::database::sql::Param::from($value)),*] };
}
pub(crate) use params;

macro_rules! from_number {
    ($($kind:ty),+) => {$(
        impl From<$kind> for Param<'_> {
            fn from(number: $kind) -> Self {
                Param::Int(number as i64)
            }
        }
    )+};
}
from_number!(i64, u64, u32, bool);

impl<'a> From<&'a str> for Param<'a> {
    fn from(text: &'a str) -> Self {
        Param::Text(text)
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(text: &'a String) -> Self {
        Param::Text(text)
    }
}

impl<'a> From<&'a Arc<str>> for Param<'a> {
    fn from(text: &'a Arc<str>) -> Self {
        Param::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Param<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Param::Bytes(bytes)
    }
}

impl<'a> From<&'a Vec<u8>> for Param<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Param::Bytes(bytes)
    }
}

impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Param::Null, Into::into)
    }
}

/// A value found in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Cell {
    /// The same, to be given to a statement.
    pub(crate) fn param(&self) -> Param<'_> {
        match self {
            Cell::Null => Param::Null,
            Cell::Int(number) => Param::Int(*number),
            Cell::Text(text) => Param::Text(text),
            Cell::Bytes(bytes) => Param::Bytes(bytes),
        }
    }
}

/// A row found, its columns by number from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row(pub(crate) Vec<Cell>);

impl Row {
    fn wrong(&self, column: usize, wanted: &str) -> SqlError {
        SqlError::other(format!("column {column} of a row holds no {wanted}"))
    }

    pub(crate) fn int(&self, column: usize) -> Result<i64, SqlError> {
        match self.0.get(column) {
            Some(Cell::Int(number)) => Ok(*number),
            _ => Err(self.wrong(column, "number")),
        }
    }

    /// A number that is never below 0.
    pub(crate) fn count(&self, column: usize) -> Result<u64, SqlError> {
        u64::try_from(self.int(column)?).map_err(|_| self.wrong(column, "count"))
    }

    pub(crate) fn text(&self, column: usize) -> Result<&str, SqlError> {
        match self.0.get(column) {
            Some(Cell::Text(text)) => Ok(text),
            _ => Err(self.wrong(column, "text")),
        }
    }

    pub(crate) fn shared(&self, column: usize) -> Result<Arc<str>, SqlError> {
        self.text(column).map(Arc::from)
    }

    pub(crate) fn bytes(&self, column: usize) -> Result<&[u8], SqlError> {
        match self.0.get(column) {
            Some(Cell::Bytes(bytes)) => Ok(bytes),
            _ => Err(self.wrong(column, "bytes")),
        }
    }

    /// The same where there may be nothing.
    pub(crate) fn some<'a, T>(
        &'a self,
        column: usize,
        read: impl FnOnce(&'a Row, usize) -> Result<T, SqlError>,
    ) -> Result<Option<T>, SqlError> {
        match self.0.get(column) {
            Some(Cell::Null) => Ok(None),
            _ => read(self, column).map(Some),
        }
    }
}

/// What kind of failure it was, as far as it matters to what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SqlFault {
    /// Somebody else was in the way for too long: nothing was done.
    Busy,
    /// A rule of the layout forbade it: nothing was done.
    Constraint,
    /// The connection ended. What was not committed is not done.
    Lost,
    /// Anything else: nothing written since can be believed.
    Other,
}

/// A statement that failed.
#[derive(Clone, Debug)]
pub(crate) struct SqlError {
    pub(crate) fault: SqlFault,
    pub(crate) text: String,
}

impl SqlError {
    pub(crate) fn other(text: impl Into<String>) -> SqlError {
        SqlError { fault: SqlFault::Other, text: text.into() }
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why a transaction was not carried out.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The database said so.
    Sql(SqlError),
    /// We did.
    Lock(LockError),
    Load(LoadError),
    Write(WriteError),
    Port(PortError),
}

macro_rules! refusals {
    ($($kind:ident $error:ty),+ $(,)?) => {$(
        impl From<$error> for Refusal {
            fn from(error: $error) -> Refusal {
                Refusal::$kind(error)
            }
        }
    )+};
}
refusals!(Sql SqlError, Lock LockError, Load LoadError, Write WriteError, Port PortError);

impl Refusal {
    pub(crate) fn port(self, path: &Path) -> PortError {
        match self {
            Refusal::Sql(error) => PortError::new("cannot use the store", path, &error),
            Refusal::Port(error) => error,
            Refusal::Lock(error) => PortError::new("cannot use the store", path, &error),
            Refusal::Load(error) => PortError::new("cannot use the store", path, &error),
            Refusal::Write(error) => PortError::new("cannot use the store", path, &error),
        }
    }

    pub(crate) fn lock(self, path: &Path) -> LockError {
        match self {
            Refusal::Lock(error) => error,
            other => LockError::Port(other.port(path)),
        }
    }

    pub(crate) fn load(self, path: &Path) -> LoadError {
        match self {
            Refusal::Load(error) => error,
            Refusal::Write(error) => error.into(),
            other => LoadError::Port(other.port(path)),
        }
    }

    pub(crate) fn write(self, path: &Path) -> WriteError {
        match self {
            Refusal::Write(error) => error,
            Refusal::Load(error) => error.into(),
            other => WriteError::Port(other.port(path)),
        }
    }
}
