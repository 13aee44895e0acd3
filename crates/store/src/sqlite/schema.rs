//! The layout of an estate's database.
//!
//! Invariants: `application_id` says that the file is a store, `user_version` which layout it has; events are never
//! changed or deleted, and the database itself refuses to.

/// "STRA", in the header of the file.
pub(super) const APPLICATION_ID: i64 = 0x5354_5241;

/// The version of the layout below.
pub(super) const LAYOUT: i64 = 1;

/// What makes an empty database a store.
pub(super) const LAYOUT_SQL: &str = "
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
