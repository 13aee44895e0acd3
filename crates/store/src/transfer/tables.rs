//! The tables of an estate's database as they are carried from one store to another: row by row, what is sealed as it
//! is.
//!
//! Leases stay where they are: they are promises to processes that write there.
//! Invariant: both databases have these columns, and a row means the same in either.

use crate::database::sql::{Row, Sql, SqlError, params};

/// A table.
pub(super) struct Table {
    /// Its name, for people.
    pub(super) name: &'static str,
    /// What reads it, in the order of its key.
    read: &'static str,
    /// What writes a row of it.
    write: &'static str,
}

/// Every table, those that others refer to first.
pub(super) const TABLES: [Table; 14] = [
    Table {
        name: "stack",
        read: "SELECT id, address, lineage, serial, fence, header FROM stack ORDER BY id",
        write: "INSERT INTO stack (id, address, lineage, serial, fence, header)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    },
    Table {
        name: "object",
        read: "SELECT stack, module, mode, type, name, key, deposed, serial, dependencies, body
               FROM object ORDER BY stack, module, mode, type, name, key, deposed",
        write: "INSERT INTO object
                (stack, module, mode, type, name, key, deposed, serial, dependencies, body)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    },
    Table {
        name: "dependencies",
        read: "SELECT stack, digest, list FROM dependencies ORDER BY stack, digest",
        write: "INSERT INTO dependencies (stack, digest, list) VALUES (?1, ?2, ?3)",
    },
    Table {
        name: "output",
        read: "SELECT stack, name, serial, stale, body FROM output ORDER BY stack, name",
        write: "INSERT INTO output (stack, name, serial, stale, body) VALUES (?1, ?2, ?3, ?4, ?5)",
    },
    Table {
        name: JOURNAL,
        read: "SELECT stack, number, body FROM journal ORDER BY stack, number",
        write: "INSERT INTO journal (stack, number, body) VALUES (?1, ?2, ?3)",
    },
    Table {
        name: "doubt",
        read: "SELECT stack, number, serial, body FROM doubt ORDER BY stack, number",
        write: "INSERT INTO doubt (stack, number, serial, body) VALUES (?1, ?2, ?3, ?4)",
    },
    Table {
        name: "snapshot",
        read: "SELECT stack, body FROM snapshot ORDER BY stack",
        write: "INSERT INTO snapshot (stack, body) VALUES (?1, ?2)",
    },
    Table {
        name: "plan",
        read: "SELECT id, created_ms, title, body FROM plan ORDER BY id",
        write: "INSERT INTO plan (id, created_ms, title, body) VALUES (?1, ?2, ?3, ?4)",
    },
    Table {
        name: "approval",
        read: "SELECT plan, signer_key, digest, at_ms, body FROM approval ORDER BY plan, signer_key",
        write: "INSERT INTO approval (plan, signer_key, digest, at_ms, body)
                VALUES (?1, ?2, ?3, ?4, ?5)",
    },
    Table {
        name: "freeze",
        read: "SELECT environment, reason, who, at_ms FROM \"freeze\" ORDER BY environment",
        write: "INSERT INTO \"freeze\" (environment, reason, who, at_ms) VALUES (?1, ?2, ?3, ?4)",
    },
    Table {
        name: "run",
        read: "SELECT id, environment, plan, at_ms, body FROM run ORDER BY id",
        write: "INSERT INTO run (id, environment, plan, at_ms, body) VALUES (?1, ?2, ?3, ?4, ?5)",
    },
    Table {
        name: "event",
        read: "SELECT number, at_ms, who, what, stack, plan, serial_before, serial_after, detail,
                      before, hash, form, environment, object FROM event ORDER BY number",
        write: "INSERT INTO event (number, at_ms, who, what, stack, plan, serial_before,
                                   serial_after, detail, before, hash, form, environment, object)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    },
    Table {
        name: "head",
        read: "SELECT id, body FROM head ORDER BY id",
        write: "INSERT INTO head (id, body) VALUES (?1, ?2)",
    },
    Table {
        name: "signed_head",
        read: "SELECT number, signer, body FROM signed_head ORDER BY number, signer",
        write: "INSERT INTO signed_head (number, signer, body) VALUES (?1, ?2, ?3)",
    },
];

/// The journal's name.
pub(super) const JOURNAL: &str = "journal";

/// All that a store holds at one moment: the rows of each of [`TABLES`].
pub(super) struct Contents(pub(super) Vec<Vec<Row>>);

impl Contents {
    /// Reads everything.
    pub(super) fn read(db: &dyn Sql) -> Result<Contents, SqlError> {
        TABLES.iter().map(|table| db.query(table.read, &[])).collect::<Result<_, _>>().map(Contents)
    }

    /// Writes everything into a store that has nothing.
    pub(super) fn write(&self, db: &dyn Sql, fences: Fences) -> Result<(), SqlError> {
        for (table, rows) in TABLES.iter().zip(&self.0) {
            for Row(cells) in rows {
                let values: Vec<_> = cells.iter().map(|cell| cell.param()).collect();
                db.execute(table.write, &values)?;
            }
        }
        if let Fences::RaisedBy(step) = fences {
            db.execute("UPDATE stack SET fence = fence + ?1", params![step])?;
        }
        db.numbers_given()
    }

    /// The rows of a table.
    pub(super) fn rows(&self, name: &str) -> &[Row] {
        let at = TABLES.iter().position(|table| table.name == name);
        at.and_then(|at| self.0.get(at)).map_or(&[], Vec::as_slice)
    }
}

/// What becomes of fencing numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fences {
    /// They go on from where they are.
    Kept,
    /// They are raised by so much.
    RaisedBy(u64),
}

/// Whether a store has nothing: no stack was ever locked, no plan kept, no event recorded.
pub(super) fn is_empty(db: &dyn Sql) -> Result<bool, SqlError> {
    for sql in [
        "SELECT address FROM stack LIMIT 1",
        "SELECT id FROM plan LIMIT 1",
        "SELECT plan FROM approval LIMIT 1",
        "SELECT environment FROM \"freeze\" LIMIT 1",
        "SELECT id FROM run LIMIT 1",
        "SELECT number FROM event LIMIT 1",
    ] {
        if db.find(sql, &[])?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}
