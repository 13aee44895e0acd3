//! The layout of an estate's database.
//!
//! Layout 1 is what the first version made. Each later one is what [`UPGRADES_SQL`] makes of the one before, for new
//! databases as for those that are there, so that both come to the same.
//! Invariants: `application_id` says that the file is a store, `user_version` which layout it has; events are never
//! changed or deleted, and the database itself refuses to.

use rusqlite::{Connection, TransactionBehavior};

/// "STRA", in the header of the file.
pub(super) const APPLICATION_ID: i64 = 0x5354_5241;

/// The version of the layout that this program reads and writes.
pub(super) const LAYOUT: i64 = 1 + UPGRADES_SQL.len() as i64;

/// What makes a database of each layout one of the next, from layout 1 on.
pub(super) const UPGRADES_SQL: [&str; 3] = [
    "
-- What a plan's approvers signed. The body is sealed.
CREATE TABLE approval (
    plan       TEXT NOT NULL,
    signer_key TEXT NOT NULL,
    digest     BLOB NOT NULL,
    at_ms      INTEGER NOT NULL,
    body       BLOB NOT NULL,
    PRIMARY KEY (plan, signer_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE freeze (
    environment TEXT PRIMARY KEY,
    reason      TEXT NOT NULL,
    who         TEXT NOT NULL,
    at_ms       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a stack was last applied from. The body is sealed.
CREATE TABLE snapshot (
    stack INTEGER PRIMARY KEY REFERENCES stack (id),
    body  BLOB NOT NULL
) STRICT;

-- A run over several stacks, for the one that goes on where it ended. The body is sealed.
CREATE TABLE run (
    id          TEXT PRIMARY KEY,
    environment TEXT NOT NULL,
    plan        TEXT NOT NULL,
    at_ms       INTEGER NOT NULL,
    body        BLOB NOT NULL
) STRICT, WITHOUT ROWID;
",
    "
-- What the store is about: 'real', or 'rehearsal'.
ALTER TABLE estate ADD COLUMN kind TEXT NOT NULL DEFAULT 'real';

-- What there is in a rehearsal's cloud. The body is sealed.
CREATE TABLE simulated (
    key  TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
",
    "
-- How an event is hashed, where it was, and to which object.
ALTER TABLE event ADD COLUMN form INTEGER NOT NULL DEFAULT 1;
ALTER TABLE event ADD COLUMN environment TEXT;
ALTER TABLE event ADD COLUMN object TEXT;

-- How far the chain of events goes. The body is sealed.
CREATE TABLE head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    body BLOB NOT NULL
) STRICT;

-- What was signed of the chain of events.
CREATE TABLE signed_head (
    number INTEGER NOT NULL,
    signer TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (number, signer)
) STRICT, WITHOUT ROWID;
",
];

/// Gives a database of an older layout today's, in one transaction. Where another process did so meanwhile, nothing is
/// done.
pub(super) fn upgrade(db: &mut Connection) -> rusqlite::Result<()> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let layout: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for sql in UPGRADES_SQL.iter().skip((layout - 1).max(0) as usize) {
        transaction.execute_batch(sql)?;
    }
    if layout < LAYOUT {
        transaction.pragma_update(None, "user_version", LAYOUT)?;
    }
    transaction.commit()
}

/// What makes an empty database a store of layout 1.
pub(super) const LAYOUT_1_SQL: &str = "
CREATE TABLE estate (
    id        TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    key_check BLOB NOT NULL,
    made_ms   INTEGER NOT NULL
) STRICT;

-- A stack instance. Lineage is empty until its state was written once. The header is sealed.
CREATE TABLE stack (
    id      INTEGER PRIMARY KEY,
    address TEXT NOT NULL UNIQUE,
    lineage TEXT NOT NULL DEFAULT '',
    serial  INTEGER NOT NULL DEFAULT 0,
    fence   INTEGER NOT NULL DEFAULT 0,
    header  BLOB
) STRICT;

CREATE TABLE lease (
    stack        INTEGER PRIMARY KEY REFERENCES stack (id),
    fence        INTEGER NOT NULL,
    request_id   TEXT NOT NULL,
    operation    TEXT NOT NULL,
    info         TEXT NOT NULL,
    who          TEXT NOT NULL,
    version      TEXT NOT NULL,
    host         TEXT NOT NULL,
    pid          INTEGER NOT NULL,
    started      TEXT NOT NULL,
    since_ms     INTEGER NOT NULL,
    heartbeat    INTEGER NOT NULL,
    heartbeat_ms INTEGER NOT NULL
) STRICT;

-- One row for each object. The body is sealed; the serial is that at which the row was written.
CREATE TABLE object (
    stack        INTEGER NOT NULL REFERENCES stack (id),
    module       TEXT NOT NULL,
    mode         TEXT NOT NULL,
    type         TEXT NOT NULL,
    name         TEXT NOT NULL,
    key          TEXT NOT NULL,
    deposed      TEXT NOT NULL,
    serial       INTEGER NOT NULL,
    dependencies BLOB NOT NULL,
    body         BLOB NOT NULL,
    PRIMARY KEY (stack, module, mode, type, name, key, deposed)
) STRICT, WITHOUT ROWID;

-- Lists of dependencies, each kept once, by their digest.
CREATE TABLE dependencies (
    stack  INTEGER NOT NULL REFERENCES stack (id),
    digest BLOB NOT NULL,
    list   TEXT NOT NULL,
    PRIMARY KEY (stack, digest)
) STRICT, WITHOUT ROWID;

-- Published outputs, readable without the state. The body is sealed.
CREATE TABLE output (
    stack  INTEGER NOT NULL REFERENCES stack (id),
    name   TEXT NOT NULL,
    serial INTEGER NOT NULL,
    stale  INTEGER NOT NULL,
    body   BLOB NOT NULL,
    PRIMARY KEY (stack, name)
) STRICT, WITHOUT ROWID;

-- The journal of the run under way. The body is sealed.
CREATE TABLE journal (
    stack  INTEGER NOT NULL REFERENCES stack (id),
    number INTEGER NOT NULL,
    body   BLOB NOT NULL,
    PRIMARY KEY (stack, number)
) STRICT, WITHOUT ROWID;

-- Ops of earlier runs that are in doubt. The body is sealed.
CREATE TABLE doubt (
    stack  INTEGER NOT NULL REFERENCES stack (id),
    number INTEGER NOT NULL,
    serial INTEGER NOT NULL,
    body   BLOB NOT NULL,
    PRIMARY KEY (stack, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan (
    id         TEXT PRIMARY KEY,
    created_ms INTEGER NOT NULL,
    title      TEXT NOT NULL,
    body       BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    number        INTEGER PRIMARY KEY,
    at_ms         INTEGER NOT NULL,
    who           TEXT NOT NULL,
    what          TEXT NOT NULL,
    stack         TEXT,
    plan          TEXT,
    serial_before INTEGER,
    serial_after  INTEGER,
    detail        TEXT NOT NULL,
    before        BLOB NOT NULL,
    hash          BLOB NOT NULL
) STRICT;

CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
BEGIN SELECT raise(ABORT, 'events are append-only'); END;

CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event
BEGIN SELECT raise(ABORT, 'events are append-only'); END;
";
