//! The rows of one stack: reading them into a state, and writing what changed.
//!
//! Everything here runs inside somebody's transaction.
//! Invariants: the sum in the sealed header is that of all sealed rows of objects and outputs, so that a row taken out
//! or put back is noticed; nothing is written unless the fencing number is the stack's highest.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use addr::{ConfigResource, ResourceInstance};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension as _, params};
use state::codec::{self, Code, Input};
use state::journal::{self, Entry, InDoubt, OutputChange, Record, RunId, Seq};
use state::{CheckResult, Digest, Object, ObjectAddr, Output, Row, State};

use super::db::Refusal;
use super::seal::{Label, Seal};
use crate::commit::{JournalFailure, Rescued, Submission};
use crate::contract::Published;
use crate::error::{LoadError, WriteError};
use crate::key::StackKey;
use crate::lease::Lease;

/// A stack's own row.
#[derive(Clone, Debug)]
pub(super) struct StackRow {
    pub(super) id: i64,
    pub(super) key: StackKey,
    pub(super) lineage: String,
    pub(super) serial: u64,
    pub(super) fence: u64,
    header: Option<Vec<u8>>,
}

/// What the header holds, sealed.
#[derive(Clone, Debug, Default)]
struct Header {
    version: Arc<str>,
    checks: Vec<CheckResult>,
    sum: [u8; 32],
}

/// The stack's row, if it has one.
pub(super) fn find(db: &Connection, stack: &StackKey) -> rusqlite::Result<Option<StackRow>> {
    db.prepare_cached("SELECT id, lineage, serial, fence, header FROM stack WHERE address = ?1")?
        .query_row([stack.as_str()], |row| {
            Ok(StackRow {
                id: row.get(0)?,
                key: stack.clone(),
                lineage: row.get(1)?,
                serial: row.get(2)?,
                fence: row.get(3)?,
                header: row.get(4)?,
            })
        })
        .optional()
}

/// The stack's row, if the lease is still good.
pub(super) fn fenced(db: &Connection, lease: &Lease) -> Result<StackRow, Refusal> {
    let found = find(db, lease.stack())?;
    match found {
        Some(row) if row.fence == lease.fence() => Ok(row),
        found => {
            let highest = found.map_or(0, |row| row.fence);
            let (stack, ours) = (lease.stack().clone(), lease.fence());
            Err(WriteError::Fenced { stack, ours, highest }.into())
        }
    }
}

impl StackRow {
    /// The same stack at another serial.
    pub(super) fn at(self, serial: u64) -> StackRow {
        StackRow { serial, ..self }
    }

    fn label<'a>(&'a self, kind: &'static str, serial: u64, name: &'a str) -> Label<'a> {
        let (stack, lineage) = (self.key.as_str(), self.lineage.as_str());
        Label { kind, stack, lineage, serial, name }
    }

    fn damaged(&self, what: impl Into<String>) -> Refusal {
        LoadError::Damaged { stack: self.key.clone(), what: what.into() }.into()
    }

    fn header(&self, seal: &Seal) -> Result<Header, Refusal> {
        let Some(sealed) = &self.header else { return Ok(Header::default()) };
        let plain = seal
            .open(&self.label("header", self.serial, ""), sealed)
            .ok_or_else(|| self.damaged("its header does not open"))?;
        let (sum, rest) =
            plain.split_at_checked(32).ok_or_else(|| self.damaged("its header is cut"))?;
        let (version, checks) = codec::decode::<Pair<Arc<str>, Vec<CheckResult>>>(rest)
            .map(|pair| (pair.0, pair.1))
            .map_err(|error| self.damaged(format!("its header: {error}")))?;
        let sum = sum.try_into().expect("BUG: 32 bytes were split off");
        Ok(Header { version, checks, sum })
    }

    fn put_header(&self, db: &Connection, seal: &Seal, header: &Header) -> rusqlite::Result<()> {
        let mut plain = header.sum.to_vec();
        header.version.put(&mut plain);
        header.checks.put(&mut plain);
        let sealed = seal.seal(&self.label("header", self.serial, ""), &plain);
        db.prepare_cached("UPDATE stack SET lineage = ?2, serial = ?3, header = ?4 WHERE id = ?1")?
            .execute(params![self.id, self.lineage, self.serial, sealed])?;
        Ok(())
    }
}

/// Two things, one behind the other.
struct Pair<A, B>(A, B);

impl<A: Code, B: Code> Code for Pair<A, B> {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }
    fn take(input: &mut Input<'_>) -> codec::Decoded<Self> {
        Ok(Pair(A::take(input)?, B::take(input)?))
    }
}

/// The state as its rows have it, and which outputs are behind.
pub(super) fn read(
    db: &Connection,
    seal: &Seal,
    stack: &StackRow,
) -> Result<(State, BTreeSet<Arc<str>>), Refusal> {
    let header = stack.header(seal)?;
    let mut sum = [0; 32];
    let mut state = State::new();
    state.lineage = stack.lineage.as_str().into();
    state.serial = stack.serial;
    state.terraform_version = header.version.clone();
    state.checks = header.checks.clone();
    read_objects(db, seal, stack, &mut state, &mut sum)?;
    let mut stale = BTreeSet::new();
    for (name, published) in read_outputs(db, seal, stack, Some(&mut sum))? {
        if published.stale {
            stale.insert(name.clone());
        }
        state.outputs.insert(name, published.output);
    }
    if sum != header.sum {
        return Err(stack.damaged("rows were changed, taken out or put back behind its back"));
    }
    Ok((state, stale))
}

fn read_objects(
    db: &Connection,
    seal: &Seal,
    stack: &StackRow,
    state: &mut State,
    sum: &mut [u8; 32],
) -> Result<(), Refusal> {
    let lists = read_lists(db, stack)?;
    let mut statement = db.prepare_cached(
        "SELECT module, mode, type, name, key, deposed, serial, dependencies, body
         FROM object WHERE stack = ?1",
    )?;
    let mut rows = statement.query([stack.id])?;
    while let Some(row) = rows.next()? {
        let text = |index| -> rusqlite::Result<&str> { Ok(row.get_ref(index)?.as_str()?) };
        let place = place_text([text(0)?, text(1)?, text(2)?, text(3)?, text(4)?]);
        let name = item_name(&place, text(5)?, row.get_ref(7)?.as_blob().unwrap_or_default());
        let label = stack.label("object", row.get(6)?, &name);
        let sealed = row.get_ref(8)?.as_blob().unwrap_or_default();
        let damaged = || stack.damaged(format!("the row of {place} does not open"));
        let plain = seal.open(&label, sealed).ok_or_else(damaged)?;
        seal.toggle(sum, &label, sealed);
        let mut found: Row = codec::decode(&plain).map_err(|_| damaged())?;
        let list: Vec<u8> = row.get(7)?;
        if !list.is_empty() {
            let list = lists.get(&list).ok_or_else(damaged)?;
            let object = Arc::make_mut(&mut found.object);
            object.dependencies = list.clone();
        }
        let instance: ResourceInstance = place.parse().map_err(|_| damaged())?;
        let deposed = match text(5)? {
            "" => None,
            key => Some(key.parse().map_err(|_| damaged())?),
        };
        state.put(ObjectAddr { instance, deposed }, found);
    }
    Ok(())
}

type Lists = HashMap<Vec<u8>, Arc<[ConfigResource]>>;

fn read_lists(db: &Connection, stack: &StackRow) -> Result<Lists, Refusal> {
    let mut statement =
        db.prepare_cached("SELECT digest, list FROM dependencies WHERE stack = ?1")?;
    let mut rows = statement.query([stack.id])?;
    let mut lists = Lists::new();
    while let Some(row) = rows.next()? {
        let (digest, text): (Vec<u8>, String) = (row.get(0)?, row.get(1)?);
        let list: Option<Vec<ConfigResource>> =
            text.lines().map(|line| line.parse().ok()).collect();
        match list {
            Some(list) if Digest::of(text.as_bytes()).0[..] == digest[..] => {
                lists.insert(digest, list.into());
            }
            _ => return Err(stack.damaged("a list of dependencies was changed")),
        }
    }
    Ok(lists)
}

/// The published outputs.
pub(super) fn read_outputs(
    db: &Connection,
    seal: &Seal,
    stack: &StackRow,
    mut sum: Option<&mut [u8; 32]>,
) -> Result<BTreeMap<Arc<str>, Published>, Refusal> {
    let mut statement =
        db.prepare_cached("SELECT name, serial, stale, body FROM output WHERE stack = ?1")?;
    let mut rows = statement.query([stack.id])?;
    let mut outputs = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (name, serial): (String, u64) = (row.get(0)?, row.get(1)?);
        let stale: bool = row.get(2)?;
        let item = output_name(&name, stale);
        let label = stack.label("output", serial, &item);
        let sealed = row.get_ref(3)?.as_blob().unwrap_or_default();
        let damaged = || stack.damaged(format!("the output {name} does not open"));
        let plain = seal.open(&label, sealed).ok_or_else(damaged)?;
        if let Some(sum) = &mut sum {
            seal.toggle(sum, &label, sealed);
        }
        let output: Output = codec::decode(&plain).map_err(|_| damaged())?;
        outputs.insert(name.into(), Published { output, stale });
    }
    Ok(outputs)
}

/// Address of an instance from its columns: module, mode, type, name, key.
fn place_text([module, mode, type_name, name, key]: [&str; 5]) -> String {
    let dot = if module.is_empty() { "" } else { "." };
    let prefix = if mode == "data" { "data." } else { "" };
    format!("{module}{dot}{prefix}{type_name}.{name}{key}")
}

/// What an object's seal binds beside the stack: its address, deposed key and list of dependencies.
fn item_name(place: &str, deposed: &str, list: &[u8]) -> String {
    let list: String = list.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{place}\n{deposed}\n{list}")
}

fn output_name(name: &str, stale: bool) -> String {
    format!("{name}\n{}", u8::from(stale))
}

/// The columns of an object's key.
fn columns(stack: i64, at: &ObjectAddr) -> [Sql; 7] {
    let ResourceInstance { module, resource, key } = &at.instance;
    let mode = if resource.mode == addr::Mode::Data { "data" } else { "managed" };
    let deposed = at.deposed.as_ref().map_or(String::new(), |key| key.to_string());
    [
        Sql::Integer(stack),
        Sql::Text(module.to_string()),
        Sql::Text(mode.to_owned()),
        Sql::Text(resource.type_name.to_string()),
        Sql::Text(resource.name.to_string()),
        Sql::Text(key.to_string()),
        Sql::Text(deposed),
    ]
}

/// A change of a stack's rows, from the header as it is to the header as it will be.
pub(super) struct Change<'a> {
    db: &'a Connection,
    seal: &'a Seal,
    /// The stack as it will be; its rows are bound to this.
    stack: StackRow,
    /// The lineage that stored rows are bound to: empty before the first write.
    header: Header,
}

impl<'a> Change<'a> {
    pub(super) fn begin(
        db: &'a Connection,
        seal: &'a Seal,
        stack: StackRow,
    ) -> Result<Change<'a>, Refusal> {
        let header = stack.header(seal)?;
        Ok(Change { db, seal, stack, header })
    }

    /// From now on rows are written at this serial. A stack that was never written has no rows, or outputs only, that
    /// were published by its first run; those are sealed anew.
    pub(super) fn advance(&mut self, state: &State) -> Result<(), Refusal> {
        if *self.stack.lineage != *state.lineage {
            let published = read_outputs(self.db, self.seal, &self.stack, None)?;
            for name in published.keys() {
                self.remove_output(name)?;
            }
            self.stack.lineage = state.lineage.to_string();
            for (name, published) in &published {
                self.put_output(name, &published.output, published.stale)?;
            }
        }
        self.stack.serial = state.serial;
        self.header.version = state.terraform_version.clone();
        self.header.checks = state.checks.clone();
        Ok(())
    }

    /// Writes or removes one object.
    pub(super) fn put_object(&mut self, at: &ObjectAddr, row: Option<&Row>) -> Result<(), Refusal> {
        let columns = columns(self.stack.id, at);
        let place = at.instance.to_string();
        let deposed = at.deposed.as_ref().map_or("", |key| key.as_str());
        let before: Option<(u64, Vec<u8>, Vec<u8>)> = self
            .db
            .prepare_cached(
                "DELETE FROM object WHERE stack = ?1 AND module = ?2 AND mode = ?3 AND type = ?4
                 AND name = ?5 AND key = ?6 AND deposed = ?7
                 RETURNING serial, dependencies, body",
            )?
            .query_row(rusqlite::params_from_iter(&columns), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        if let Some((serial, list, sealed)) = before {
            let name = item_name(&place, deposed, &list);
            let label = self.stack.label("object", serial, &name);
            self.seal.toggle(&mut self.header.sum, &label, &sealed);
        }
        let Some(row) = row else { return Ok(()) };
        let list = self.put_list(&row.object.dependencies)?;
        let object = Object { dependencies: Arc::new([]), ..(*row.object).clone() };
        let bare = Row { provider: row.provider.clone(), object: Arc::new(object) };
        let name = item_name(&place, deposed, &list);
        let label = self.stack.label("object", self.stack.serial, &name);
        let sealed = self.seal.seal(&label, &codec::encode(&bare));
        self.seal.toggle(&mut self.header.sum, &label, &sealed);
        let serial = Sql::Integer(self.stack.serial as i64);
        let rest = [serial, Sql::Blob(list), Sql::Blob(sealed)];
        self.db
            .prepare_cached("INSERT INTO object VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
            .execute(rusqlite::params_from_iter(columns.iter().chain(&rest)))?;
        Ok(())
    }

    /// Keeps a list of dependencies, once; tells its digest, nothing for the empty one.
    fn put_list(&self, list: &[ConfigResource]) -> Result<Vec<u8>, Refusal> {
        if list.is_empty() {
            return Ok(Vec::new());
        }
        let text: Vec<String> = list.iter().map(ToString::to_string).collect();
        let text = text.join("\n");
        let digest = Digest::of(text.as_bytes()).0.to_vec();
        self.db
            .prepare_cached("INSERT OR IGNORE INTO dependencies VALUES (?1, ?2, ?3)")?
            .execute(params![self.stack.id, digest, text])?;
        Ok(digest)
    }

    fn remove_output(&mut self, name: &str) -> Result<(), Refusal> {
        let before: Option<(u64, bool, Vec<u8>)> = self
            .db
            .prepare_cached(
                "DELETE FROM output WHERE stack = ?1 AND name = ?2 RETURNING serial, stale, body",
            )?
            .query_row(params![self.stack.id, name], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        if let Some((serial, stale, sealed)) = before {
            let item = output_name(name, stale);
            let label = self.stack.label("output", serial, &item);
            self.seal.toggle(&mut self.header.sum, &label, &sealed);
        }
        Ok(())
    }

    fn put_output(&mut self, name: &str, output: &Output, stale: bool) -> Result<(), Refusal> {
        self.remove_output(name)?;
        let item = output_name(name, stale);
        let label = self.stack.label("output", self.stack.serial, &item);
        let sealed = self.seal.seal(&label, &codec::encode(output));
        self.seal.toggle(&mut self.header.sum, &label, &sealed);
        self.db
            .prepare_cached("INSERT INTO output VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![self.stack.id, name, self.stack.serial, stale, sealed])?;
        Ok(())
    }

    /// Publishes, withdraws or marks outputs.
    pub(super) fn publish(&mut self, change: &OutputChange) -> Result<(), Refusal> {
        match change {
            OutputChange::Set(name, output) => self.put_output(name, output, false),
            OutputChange::Removed(name) => self.remove_output(name),
            OutputChange::Stale(name) => {
                let outputs = read_outputs(self.db, self.seal, &self.stack, None)?;
                match outputs.get(name) {
                    Some(published) => self.put_output(name, &published.output, true),
                    None => Ok(()),
                }
            }
        }
    }

    /// Writes the header, and drops lists of dependencies that nothing names.
    pub(super) fn finish(self) -> Result<(), Refusal> {
        self.stack.put_header(self.db, self.seal, &self.header)?;
        self.db
            .prepare_cached(
                "DELETE FROM dependencies WHERE stack = ?1 AND digest NOT IN
                 (SELECT dependencies FROM object WHERE stack = ?1)",
            )?
            .execute([self.stack.id])?;
        Ok(())
    }
}

/// Appends entries to the journal of their stack, publishing outputs that are among them.
pub(super) fn append(
    db: &Connection,
    seal: &Seal,
    submission: &Submission,
) -> Result<Result<(), JournalFailure>, Refusal> {
    let journal = &submission.journal;
    let found = find(db, &journal.stack)?;
    let stack = match found {
        Some(row) if row.fence == journal.fence => row,
        found => {
            return Ok(Err(JournalFailure::Fenced {
                stack: journal.stack.clone(),
                ours: journal.fence,
                highest: found.map_or(0, |row| row.fence),
                rescued: Rescued::Nothing,
            }));
        }
    };
    put_records(db, seal, &stack, &submission.records)?;
    let changes = submission.records.iter().filter_map(|record| match &record.entry {
        Entry::Outputs(changes) => Some(changes),
        _ => None,
    });
    let mut changes = changes.flatten().peekable();
    if changes.peek().is_some() {
        let mut change = Change::begin(db, seal, stack)?;
        changes.try_for_each(|output| change.publish(output))?;
        change.finish()?;
    }
    Ok(Ok(()))
}

/// Writes entries into the journal of a stack.
pub(super) fn put_records(
    db: &Connection,
    seal: &Seal,
    stack: &StackRow,
    records: &[Record],
) -> Result<(), Refusal> {
    let mut statement = db.prepare_cached("INSERT INTO journal VALUES (?1, ?2, ?3)")?;
    for record in records {
        let mut plain = Vec::new();
        journal::encode_body(&mut plain, record.seq, &record.run, &record.entry);
        let name = record.seq.0.to_string();
        let sealed = seal.seal(&stack.label("journal", stack.serial, &name), &plain);
        statement.execute(params![stack.id, record.seq.0, sealed])?;
    }
    Ok(())
}

/// The journal of a stack.
pub(super) fn read_records(
    db: &Connection,
    seal: &Seal,
    stack: &StackRow,
) -> Result<Vec<Record>, Refusal> {
    let mut statement =
        db.prepare_cached("SELECT number, body FROM journal WHERE stack = ?1 ORDER BY number")?;
    let mut rows = statement.query([stack.id])?;
    let mut records: Vec<Record> = Vec::new();
    while let Some(row) = rows.next()? {
        let number: u64 = row.get(0)?;
        let name = number.to_string();
        let damaged = || stack.damaged(format!("entry {number} of its journal does not open"));
        let label = stack.label("journal", stack.serial, &name);
        let sealed = row.get_ref(1)?.as_blob().unwrap_or_default();
        let plain = seal.open(&label, sealed).ok_or_else(damaged)?;
        let record = journal::decode_body(&plain).map_err(|_| damaged())?;
        let due = records.last().map_or(Seq::OPEN, |last| last.seq.next());
        if record.seq != due || number != due.0 {
            return Err(stack.damaged(format!("entry {} of its journal is missing", due.0)));
        }
        records.push(record);
    }
    Ok(records)
}

/// Removes the journal of a stack, and keeps what is in doubt.
pub(super) fn settle_journal(
    db: &Connection,
    seal: &Seal,
    stack: &StackRow,
    in_doubt: &[InDoubt],
) -> Result<(), Refusal> {
    db.prepare_cached("DELETE FROM journal WHERE stack = ?1")?.execute([stack.id])?;
    db.prepare_cached("DELETE FROM doubt WHERE stack = ?1")?.execute([stack.id])?;
    let mut statement = db.prepare_cached("INSERT INTO doubt VALUES (?1, ?2, ?3, ?4)")?;
    for (number, doubt) in (1u64..).zip(in_doubt) {
        let entry = Entry::InDoubt(Box::new(doubt.clone()));
        let mut plain = Vec::new();
        journal::encode_body(&mut plain, Seq(number), &RunId::new("kept"), &entry);
        let name = number.to_string();
        // A stack in doubt may never have been written, so its lineage is not known yet.
        let label = Label { lineage: "", ..stack.label("doubt", stack.serial, &name) };
        let sealed = seal.seal(&label, &plain);
        statement.execute(params![stack.id, number, stack.serial, sealed])?;
    }
    Ok(())
}

/// What is in doubt from earlier runs.
pub(super) fn read_in_doubt(
    db: &Connection,
    seal: &Seal,
    stack: &StackRow,
) -> Result<Vec<InDoubt>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT number, serial, body FROM doubt WHERE stack = ?1 ORDER BY number",
    )?;
    let mut rows = statement.query([stack.id])?;
    let mut in_doubt = Vec::new();
    while let Some(row) = rows.next()? {
        let (number, serial): (u64, u64) = (row.get(0)?, row.get(1)?);
        let name = number.to_string();
        let label = Label { lineage: "", ..stack.label("doubt", serial, &name) };
        let sealed = row.get_ref(2)?.as_blob().unwrap_or_default();
        let record = seal.open(&label, sealed).and_then(|plain| journal::decode_body(&plain).ok());
        match record.map(|record| record.entry) {
            Some(Entry::InDoubt(doubt)) => in_doubt.push(*doubt),
            _ => return Err(stack.damaged(format!("op {number} in doubt does not open"))),
        }
    }
    Ok(in_doubt)
}
