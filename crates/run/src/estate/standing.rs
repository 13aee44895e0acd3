//! What the store holds of an environment beside what the file names: stacks under their old names, stacks to be
//! forgotten, and orphans.
//!
//! Invariant: nothing is changed here; a stack is found under its old name until an apply has given it the new one.

use std::collections::BTreeMap;

use addr::StackAddr;
use diag::{Diagnostic, Diags};
use engine::GivenVariable;
use estate::{Estate, Settled, StackGraph, settle};
use store::{EstateStore, StackKey};

/// What the store holds.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// What becomes of it.
    pub settled: Settled,
    /// New address to the one under which the store has the stack.
    stored_as: BTreeMap<StackAddr, StackAddr>,
    /// Orphans that are to be destroyed, with the inputs of their last apply.
    adopted: BTreeMap<StackAddr, Vec<GivenVariable>>,
}

impl Standing {
    /// What a store holds of the graph's environment; errors are reported.
    pub fn of(
        store: &dyn EstateStore,
        estate: &Estate,
        graph: &StackGraph,
        diags: &mut Diags,
    ) -> Option<Standing> {
        let before = diags.error_count();
        let keys = match store.stacks() {
            Ok(keys) => keys,
            Err(error) => {
                diags.push(crate::failure::port("", &error));
                return None;
            }
        };
        // A key that is no address is of no estate file's making.
        let stored: Vec<StackAddr> =
            keys.iter().filter_map(|key| key.as_str().parse().ok()).collect();
        let mut settled = settle(estate, graph, &stored, diags);
        let orphans = std::mem::take(&mut settled.orphans);
        for orphan in orphans {
            match has_objects(store, &orphan) {
                Ok(true) => drop(settled.orphans.insert(orphan)),
                // Destroyed before its name went: nothing is left of it.
                Ok(false) => {}
                Err(diagnostic) => diags.push(diagnostic),
            }
        }
        let stored_as = settled.moved.iter().map(|(from, to)| (to.clone(), from.clone())).collect();
        let adopted = BTreeMap::new();
        (diags.error_count() == before).then_some(Standing { settled, stored_as, adopted })
    }

    /// How the store names the state of a stack.
    pub fn key(&self, address: &StackAddr) -> StackKey {
        StackKey::from(self.stored_as.get(address).unwrap_or(address))
    }

    /// Takes in an orphan that is to be destroyed, with its inputs.
    pub(super) fn adopt(&mut self, orphan: StackAddr, variables: Vec<GivenVariable>) {
        self.adopted.insert(orphan, variables);
    }

    /// The inputs of an orphan's last apply; `None` for every stack that the file names.
    pub(super) fn adopted(&self, address: &StackAddr) -> Option<&Vec<GivenVariable>> {
        self.adopted.get(address)
    }

    /// What it is once every stack has the name that the file has for it.
    pub(super) fn after_moves(&self) -> Standing {
        let settled = Settled { moved: BTreeMap::new(), ..self.settled.clone() };
        Standing { settled, stored_as: BTreeMap::new(), adopted: self.adopted.clone() }
    }

    /// Where the store still has a stack under its old name: that name.
    pub fn moved_from(&self, address: &StackAddr) -> Option<&StackAddr> {
        self.stored_as.get(address)
    }
}

fn has_objects(store: &dyn EstateStore, stack: &StackAddr) -> Result<bool, Diagnostic> {
    let there = store.peek(&StackKey::from(stack));
    let there = there.map_err(|error| crate::failure::load(&stack.to_string(), &error))?;
    Ok(there.state.object_count() > 0 || !there.in_doubt.is_empty())
}
