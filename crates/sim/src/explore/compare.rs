//! What exists in the cloud and what the state says, held against each other.
//!
//! Invariant: an object is compared with one of the state's once, and each difference is found once.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::world::Existing;

/// An object as a state has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    /// The resource instance.
    pub address: Arc<str>,
    /// Its `id`, where it has one.
    pub id: Option<Arc<str>>,
}

/// Something that a recovery did not put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is in the cloud, and no state knows it.
    Lost {
        /// The address that it was made for.
        address: Arc<str>,
        /// Its name in the cloud.
        name: Arc<str>,
    },
    /// There are several for one address.
    Doubled {
        /// The address.
        address: Arc<str>,
        /// How many.
        objects: usize,
    },
    /// The state has it, and the cloud does not.
    Missing {
        /// The address.
        address: Arc<str>,
    },
    /// The plan after the recovery is not empty.
    Unsettled {
        /// What it would change.
        changes: usize,
    },
    /// The recovery failed.
    Failed {
        /// What it said.
        said: String,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Lost { address, name } => write!(f, "lost: {name}, made for {address}"),
            Finding::Doubled { address, objects } => {
                write!(f, "doubled: {objects} objects of {address}")
            }
            Finding::Missing { address } => {
                write!(f, "missing: the state has {address}, the cloud does not")
            }
            Finding::Unsettled { changes } => {
                write!(f, "unsettled: the plan after the recovery has {changes} changes")
            }
            Finding::Failed { said } => write!(f, "not recovered: {said}"),
        }
    }
}

/// Holds what exists of a stack against what its state has.
pub fn compare(existing: &[Existing], known: &[Known]) -> Vec<Finding> {
    let mut by_address: BTreeMap<&str, (Vec<&Existing>, Vec<&Known>)> = BTreeMap::new();
    for one in existing {
        by_address.entry(&one.address).or_default().0.push(one);
    }
    for one in known {
        by_address.entry(&one.address).or_default().1.push(one);
    }
    let mut findings = Vec::new();
    for (address, (objects, mut rows)) in by_address {
        if objects.len() > 1 && objects.len() > rows.len() {
            let objects = objects.len();
            findings.push(Finding::Doubled { address: address.into(), objects });
            continue;
        }
        for object in objects {
            let same =
                |row: &&Known| row.id.is_none() || object.id.is_none() || row.id == object.id;
            match rows.iter().position(same) {
                Some(at) => drop(rows.swap_remove(at)),
                None => findings
                    .push(Finding::Lost { address: address.into(), name: object.name.clone() }),
            }
        }
        let missing = rows.iter().map(|_| Finding::Missing { address: address.into() });
        findings.extend(missing);
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(address: &str, id: &str) -> Existing {
        Existing {
            name: format!("t/{id}").into(),
            type_name: "t".into(),
            stack: "dev/net".into(),
            address: address.into(),
            id: Some(id.into()),
        }
    }

    fn row(address: &str, id: &str) -> Known {
        Known { address: address.into(), id: Some(id.into()) }
    }

    #[track_caller]
    fn check(existing: &[Existing], known: &[Known], expect: &[&str]) {
        let found: Vec<String> = compare(existing, known).iter().map(Finding::to_string).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn what_is_on_one_side_alone_is_found() {
        check(&[object("t.a", "1")], &[row("t.a", "1")], &[]);
        check(&[object("t.a", "1")], &[], &["lost: t/1, made for t.a"]);
        check(&[], &[row("t.a", "1")], &["missing: the state has t.a, the cloud does not"]);
    }

    #[test]
    fn two_objects_for_one_address_are_doubled_unless_the_state_has_both() {
        let two = [object("t.a", "1"), object("t.a", "2")];
        check(&two, &[row("t.a", "2")], &["doubled: 2 objects of t.a"]);
        check(&two, &[row("t.a", "2"), row("t.a", "1")], &[]);
    }

    #[test]
    fn another_object_than_the_states_is_lost_and_its_own_is_missing() {
        check(
            &[object("t.a", "2")],
            &[row("t.a", "1")],
            &["lost: t/2, made for t.a", "missing: the state has t.a, the cloud does not"],
        );
        let unnamed = Known { address: "t.a".into(), id: None };
        check(&[object("t.a", "2")], &[unnamed], &[]);
    }
}
