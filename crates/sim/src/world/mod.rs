//! The simulated world: which objects exist, apart from what any state says.
//!
//! Every change is one durable write that is made before the call is answered, so that crash and drift are real.
//! Invariant: what is in memory is what the rows say; an object's name comes of its key, never of a counter.

mod lenient;
mod row;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::EstateStore;
use value::{Type, Value};

pub(crate) use lenient::conformed;
pub(crate) use row::Object;
pub use row::RowError;

/// Rows could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorldError(pub String);

impl fmt::Display for WorldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WorldError {}

impl From<RowError> for WorldError {
    fn from(error: RowError) -> WorldError {
        WorldError(error.to_string())
    }
}

/// A row: its key and its bytes.
pub type RowBytes = (Arc<str>, Vec<u8>);

/// A change of one row: its key, and its bytes or that it goes.
pub type RowChange = (Arc<str>, Option<Vec<u8>>);

/// Where the world is kept.
pub trait WorldRows: Send + Sync {
    /// All rows.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn load(&self) -> Result<Vec<RowBytes>, WorldError>;

    /// Changes rows, all or none, durably.
    ///
    /// # Errors
    /// Where they were not written.
    fn put(&self, changes: &[RowChange]) -> Result<(), WorldError>;
}

impl WorldRows for Arc<dyn EstateStore> {
    fn load(&self) -> Result<Vec<RowBytes>, WorldError> {
        self.simulated().map_err(|error| WorldError(error.to_string()))
    }

    fn put(&self, changes: &[RowChange]) -> Result<(), WorldError> {
        self.put_simulated(changes).map_err(|error| WorldError(error.to_string()))
    }
}

/// Rows that go with the process: for tests, and to explore crashes.
#[derive(Debug, Default)]
pub struct MemoryRows(Mutex<BTreeMap<Arc<str>, Vec<u8>>>);

impl MemoryRows {
    /// None.
    pub fn new() -> MemoryRows {
        MemoryRows::default()
    }
}

impl WorldRows for MemoryRows {
    fn load(&self) -> Result<Vec<RowBytes>, WorldError> {
        let rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(rows.iter().map(|(key, bytes)| (key.clone(), bytes.clone())).collect())
    }

    fn put(&self, changes: &[RowChange]) -> Result<(), WorldError> {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, bytes) in changes {
            match bytes {
                Some(bytes) => drop(rows.insert(key.clone(), bytes.clone())),
                None => drop(rows.remove(key)),
            }
        }
        Ok(())
    }
}

/// An object of the world, as others may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Existing {
    /// Its name in the world.
    pub name: Arc<str>,
    /// Its type.
    pub type_name: Arc<str>,
    /// The stack that made it.
    pub stack: Arc<str>,
    /// The address in that stack that it was made for.
    pub address: Arc<str>,
    /// Its `id`, where it has one.
    pub id: Option<Arc<str>>,
}

/// The world.
pub(crate) struct World {
    rows: Arc<dyn WorldRows>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    objects: BTreeMap<Arc<str>, Arc<Object>>,
    by_type: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
    /// How many objects were ever made at an address.
    made: BTreeMap<(Arc<str>, Arc<str>), u64>,
}

impl Inner {
    fn read(rows: &dyn WorldRows) -> Result<Inner, WorldError> {
        let mut inner = Inner::default();
        for (key, bytes) in rows.load()? {
            match row::read(&key, &bytes)? {
                row::Row::Object(name, object) => inner.insert(name, Arc::new(object)),
                row::Row::Made { stack, address, made } => {
                    let known = inner.made.entry((stack, address)).or_default();
                    *known = (*known).max(made);
                }
            }
        }
        Ok(inner)
    }

    fn insert(&mut self, name: Arc<str>, object: Arc<Object>) {
        let made = self.made.entry((object.stack.clone(), object.address.clone())).or_default();
        *made = (*made).max(object.generation);
        self.by_type.entry(object.type_name.clone()).or_default().insert(name.clone());
        self.objects.insert(name, object);
    }
}

impl World {
    /// Reads all rows.
    pub(crate) fn open(rows: Arc<dyn WorldRows>) -> Result<World, WorldError> {
        let inner = Mutex::new(Inner::read(&*rows)?);
        Ok(World { rows, inner })
    }

    /// Reads all rows again: another process may have written them.
    pub(crate) fn look_again(&self) -> Result<(), WorldError> {
        let read = Inner::read(&*self.rows)?;
        *self.inner() = read;
        Ok(())
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which object at an address the next one will be: 1, 2, …
    pub(crate) fn next_generation(&self, stack: &str, address: &str) -> u64 {
        self.inner().made.get(&(stack.into(), address.into())).copied().unwrap_or(0) + 1
    }

    /// The object of this name.
    pub(crate) fn object(&self, name: &str) -> Option<Arc<Object>> {
        self.inner().objects.get(name).cloned()
    }

    /// All objects of a type, with their names, in the order of the names.
    pub(crate) fn of_type(&self, type_name: &str) -> Vec<(Arc<str>, Arc<Object>)> {
        let inner = self.inner();
        let names = inner.by_type.get(type_name).into_iter().flatten();
        names.map(|name| (name.clone(), inner.objects[name].clone())).collect()
    }

    /// The first object of a type, in the order of the names, for which something is found.
    pub(crate) fn first_of_type<T>(
        &self,
        type_name: &str,
        mut find: impl FnMut(&Arc<str>, &Object) -> Option<T>,
    ) -> Option<T> {
        let inner = self.inner();
        let mut names = inner.by_type.get(type_name)?.iter();
        names.find_map(|name| find(name, &inner.objects[name]))
    }

    /// Everything that exists, in the order of names.
    pub(crate) fn existing(&self) -> Vec<Existing> {
        let inner = self.inner();
        let each = inner.objects.iter().map(|(name, object)| Existing {
            name: name.clone(),
            type_name: object.type_name.clone(),
            stack: object.stack.clone(),
            address: object.address.clone(),
            id: object.value.attr("id").and_then(Value::as_arc_str).cloned(),
        });
        each.collect()
    }

    /// Puts an object there, new or changed.
    pub(crate) fn put(&self, name: &Arc<str>, object: Object) -> Result<(), WorldError> {
        let row = (row::object_key(name, &object), Some(row::write(&object)?));
        self.rows.put(&[row])?;
        self.inner().insert(name.clone(), Arc::new(object));
        Ok(())
    }

    /// Takes an object away. Its address remembers that it was.
    pub(crate) fn remove(&self, name: &Arc<str>) -> Result<(), WorldError> {
        let Some(object) = self.object(name) else { return Ok(()) };
        let made = self.next_generation(&object.stack, &object.address) - 1;
        self.rows.put(&[
            (row::object_key(name, &object), None),
            (row::made_key(&object.stack, &object.address), Some(row::write_made(&object, made))),
        ])?;
        let mut inner = self.inner();
        inner.objects.remove(name);
        if let Some(names) = inner.by_type.get_mut(&object.type_name) {
            names.remove(name);
        }
        Ok(())
    }
}

impl Object {
    /// Its attributes as a value of this type.
    pub(crate) fn as_type(&self, ty: Type) -> Value {
        if self.value.ty() == ty { self.value.clone() } else { conformed(&self.json(), ty) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(generation: u64) -> Object {
        Object {
            type_name: "a_b".into(),
            provider: "acme/cloud".into(),
            stack: "dev/net".into(),
            address: "a_b.c".into(),
            generation,
            revision: 1,
            scope: "x".into(),
            within: "x".into(),
            value: Value::object([("id".into(), Value::string("b-1"))]),
        }
    }

    #[test]
    fn what_was_put_is_there_when_it_is_opened_again() {
        let rows: Arc<dyn WorldRows> = Arc::new(MemoryRows::new());
        let world = World::open(rows.clone()).unwrap();
        assert_eq!(world.next_generation("dev/net", "a_b.c"), 1);
        world.put(&"n1".into(), object(1)).unwrap();
        let world = World::open(rows.clone()).unwrap();
        assert_eq!(world.of_type("a_b").len(), 1);
        assert_eq!(world.existing()[0].id.as_deref(), Some("b-1"));
        let ty = Type::object([("id".into(), Type::STRING), ("new".into(), Type::BOOL)]);
        assert!(world.object("n1").unwrap().as_type(ty).attr("new").unwrap().is_null());
        world.remove(&"n1".into()).unwrap();
        let world = World::open(rows).unwrap();
        assert!(world.existing().is_empty());
        assert_eq!(world.next_generation("dev/net", "a_b.c"), 2);
    }
}
