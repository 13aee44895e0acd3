//! Writing what changed of a stack's rows.
//!
//! Invariant: every row that is written or removed goes into or out of the header's sum, and the header is written last.

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::{ConfigResource, ResourceInstance};
use state::journal::OutputChange;
use state::{Digest, Object, ObjectAddr, Output, Row, State, codec};

use super::super::seal::Seal;
use super::super::sql::{Cell, Param, Refusal, Sql, params};
use super::{Header, StackRow, item_name, output_name, read_outputs};

/// The columns of an object's key.
fn columns(stack: i64, at: &ObjectAddr) -> [Cell; 7] {
    let ResourceInstance { module, resource, key } = &at.instance;
    let mode = if resource.mode == addr::Mode::Data { "data" } else { "managed" };
    let deposed = at.deposed.as_ref().map_or(String::new(), |key| key.to_string());
    [
        Cell::Int(stack),
        Cell::Text(module.to_string()),
        Cell::Text(mode.to_owned()),
        Cell::Text(resource.type_name.to_string()),
        Cell::Text(resource.name.to_string()),
        Cell::Text(key.to_string()),
        Cell::Text(deposed),
    ]
}

/// An object on its way to its place.
struct Placed {
    columns: [Cell; 7],
    place: String,
    deposed: String,
    row: Option<Row>,
}

impl Placed {
    fn new(stack: i64, at: &ObjectAddr, row: Option<Row>) -> Placed {
        let deposed = at.deposed.as_ref().map_or(String::new(), |key| key.to_string());
        Placed { columns: columns(stack, at), place: at.instance.to_string(), deposed, row }
    }

    fn key(&self) -> Vec<Param<'_>> {
        self.columns.iter().map(Cell::param).collect()
    }
}

/// A change of a stack's rows, from the header as it is to the header as it will be.
pub(in crate::database) struct Change<'a> {
    db: &'a dyn Sql,
    seal: &'a Seal,
    /// The stack as it will be; its rows are bound to this.
    stack: StackRow,
    /// The lineage that stored rows are bound to: empty before the first write.
    header: Header,
}

impl<'a> Change<'a> {
    pub(in crate::database) fn begin(
        db: &'a dyn Sql,
        seal: &'a Seal,
        stack: StackRow,
    ) -> Result<Change<'a>, Refusal> {
        let header = stack.header(seal)?;
        Ok(Change { db, seal, stack, header })
    }

    /// From now on rows are written at this serial. A stack that was never written has no rows, or outputs only, that
    /// were published by its first run; those are sealed anew.
    pub(in crate::database) fn advance(&mut self, state: &State) -> Result<(), Refusal> {
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

    /// Writes or removes objects. All are taken out first, and then those that stay are put in.
    pub(in crate::database) fn put_objects(
        &mut self,
        objects: impl IntoIterator<Item = (ObjectAddr, Option<Row>)>,
    ) -> Result<(), Refusal> {
        let objects: Vec<Placed> =
            objects.into_iter().map(|(at, row)| Placed::new(self.stack.id, &at, row)).collect();
        let keys: Vec<Vec<Param<'_>>> = objects.iter().map(Placed::key).collect();
        let before = self.db.query_each(
            "DELETE FROM object WHERE stack = ?1 AND module = ?2 AND mode = ?3 AND type = ?4
             AND name = ?5 AND key = ?6 AND deposed = ?7
             RETURNING serial, dependencies, body",
            &keys,
        )?;
        for (object, rows) in objects.iter().zip(before) {
            for row in rows {
                let name = item_name(&object.place, &object.deposed, row.bytes(1)?);
                let label = self.stack.label("object", row.count(0)?, &name);
                self.seal.toggle(&mut self.header.sum, &label, row.bytes(2)?);
            }
        }
        let kept: Vec<(&Placed, &Row)> =
            objects.iter().filter_map(|object| Some((object, object.row.as_ref()?))).collect();
        let lists: Vec<Vec<u8>> =
            self.put_lists(kept.iter().map(|(_, row)| &row.object.dependencies))?;
        let sealed = kept.iter().zip(&lists).map(|((object, row), list)| {
            let bare = Object { dependencies: Arc::new([]), ..(*row.object).clone() };
            let bare = Row { provider: row.provider.clone(), object: Arc::new(bare) };
            let name = item_name(&object.place, &object.deposed, list);
            let label = self.stack.label("object", self.stack.serial, &name);
            let sealed = self.seal.seal(&label, &codec::encode(&bare));
            self.seal.toggle(&mut self.header.sum, &label, &sealed);
            sealed
        });
        let sealed: Vec<Vec<u8>> = sealed.collect();
        let values = kept.iter().zip(lists.iter().zip(&sealed));
        let values = values.map(|((object, _), (list, sealed))| {
            let rest = params![self.stack.serial, list, sealed];
            object.key().into_iter().chain(rest.iter().copied()).collect()
        });
        self.db.execute_each(
            "INSERT INTO object VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            &values.collect::<Vec<Vec<Param<'_>>>>(),
        )?;
        Ok(())
    }

    /// Keeps lists of dependencies, each once; tells the digest of each, nothing for an empty one.
    fn put_lists<'l>(
        &self,
        lists: impl Iterator<Item = &'l Arc<[ConfigResource]>>,
    ) -> Result<Vec<Vec<u8>>, Refusal> {
        let mut texts: BTreeMap<Vec<u8>, String> = BTreeMap::new();
        let mut digests = Vec::new();
        for list in lists {
            if list.is_empty() {
                digests.push(Vec::new());
                continue;
            }
            let text: Vec<String> = list.iter().map(ToString::to_string).collect();
            let text = text.join("\n");
            let digest = Digest::of(text.as_bytes()).0.to_vec();
            texts.insert(digest.clone(), text);
            digests.push(digest);
        }
        let values =
            texts.iter().map(|(digest, text)| params![self.stack.id, digest, text].to_vec());
        self.db.execute_each(
            "INSERT INTO dependencies VALUES (?1, ?2, ?3) ON CONFLICT (stack, digest) DO NOTHING",
            &values.collect::<Vec<_>>(),
        )?;
        Ok(digests)
    }

    fn remove_output(&mut self, name: &str) -> Result<(), Refusal> {
        let before = self.db.find(
            "DELETE FROM output WHERE stack = ?1 AND name = ?2 RETURNING serial, stale, body",
            params![self.stack.id, name],
        )?;
        if let Some(row) = before {
            let item = output_name(name, row.int(1)? != 0);
            let label = self.stack.label("output", row.count(0)?, &item);
            self.seal.toggle(&mut self.header.sum, &label, row.bytes(2)?);
        }
        Ok(())
    }

    fn put_output(&mut self, name: &str, output: &Output, stale: bool) -> Result<(), Refusal> {
        self.remove_output(name)?;
        let item = output_name(name, stale);
        let label = self.stack.label("output", self.stack.serial, &item);
        let sealed = self.seal.seal(&label, &codec::encode(output));
        self.seal.toggle(&mut self.header.sum, &label, &sealed);
        self.db.execute(
            "INSERT INTO output VALUES (?1, ?2, ?3, ?4, ?5)",
            params![self.stack.id, name, self.stack.serial, stale, &sealed],
        )?;
        Ok(())
    }

    /// Publishes, withdraws or marks outputs.
    pub(in crate::database) fn publish(&mut self, change: &OutputChange) -> Result<(), Refusal> {
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
    pub(in crate::database) fn finish(self) -> Result<(), Refusal> {
        self.stack.put_header(self.db, self.seal, &self.header)?;
        self.db.execute(
            "DELETE FROM dependencies WHERE stack = ?1 AND digest NOT IN
             (SELECT dependencies FROM object WHERE stack = ?1)",
            params![self.stack.id],
        )?;
        Ok(())
    }
}
