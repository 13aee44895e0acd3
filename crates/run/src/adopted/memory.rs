//! A store in memory that has the states of an environment as they are in place: what the estate's store would have once
//! it took them in.
//!
//! Invariant: neither the estate's store nor any place of a state is written.

use std::collections::BTreeSet;
use std::sync::Arc;

use addr::StackAddr;
use diag::Diagnostic;
use estate::EnvironmentIdx;
use state::State;
use store::{EstateStore, LockRequest, MemoryDisk, MemoryStore, StackKey, Store, SystemWorld};

use super::place::StateReader;
use crate::estate::EstateFile;

/// The store. What the estate's own store has already, where there is one, is taken from there.
///
/// # Errors
/// Where a state cannot be read.
pub fn in_place(
    file: &EstateFile,
    environment: EnvironmentIdx,
    own: Option<&dyn EstateStore>,
    reader: &StateReader,
    request: &LockRequest,
) -> Result<Arc<dyn EstateStore>, Diagnostic> {
    let version: Arc<str> = lang::TOFU_VERSION.into();
    let store = MemoryStore::over(MemoryDisk::new(), Arc::new(SystemWorld::new()), version);
    let mut there = BTreeSet::new();
    if let Some(own) = own {
        for key in own.stacks().map_err(|error| crate::failure::port("", &error))? {
            let loaded = own.peek(&key);
            let loaded = loaded.map_err(|error| crate::failure::load(key.as_str(), &error))?;
            put(&store, &key, loaded.state, request)?;
            there.insert(key);
        }
    }
    for (address, place) in &file.estate.adopted {
        let key = StackKey::from(address);
        if !there.contains(&key) && is_read(file, environment, address) {
            let state = reader.read(file, address, place)?;
            put(&store, &key, state, request)?;
        }
    }
    Ok(Arc::new(store))
}

/// Whether the environment's stacks may read an instance: it is one of them, or its stack has exactly one environment.
fn is_read(file: &EstateFile, environment: EnvironmentIdx, address: &StackAddr) -> bool {
    let estate = &file.estate;
    let stack = estate.stack(&address.stack).map(|stack| &estate[stack]);
    let is_sole =
        stack.and_then(|stack| stack.environments.as_ref()).is_some_and(|it| it.len() == 1);
    *address.environment == *estate[environment].name.node || is_sole
}

fn put(
    store: &MemoryStore,
    key: &StackKey,
    state: State,
    request: &LockRequest,
) -> Result<(), Diagnostic> {
    let lease = store.acquire(key, request);
    let lease = lease.map_err(|error| Diagnostic::error("port-failed", error.to_string()))?;
    let put = store.replace(&lease, 0, state);
    put.map_err(|error| crate::failure::write(key.as_str(), &error))?;
    store.release(lease).map_err(|error| crate::failure::port(key.as_str(), &error))
}
