//! Roles of Azure: those of the catalogue, and those that stacks define.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use value::Value;

use super::permissions;
use crate::catalogue;
use crate::object::{Whole, texts};

/// A role.
#[derive(Clone, Debug, Default)]
pub(crate) struct Role {
    pub(crate) permissions: Vec<Permission>,
    /// What of it is not known.
    pub(crate) doubt: Option<Arc<str>>,
}

/// What a role lets do, and what of that it leaves out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Permission {
    #[serde(deserialize_with = "catalogue::texts")]
    pub(crate) actions: Vec<Arc<str>>,
    #[serde(deserialize_with = "catalogue::texts")]
    pub(crate) not_actions: Vec<Arc<str>>,
    #[serde(deserialize_with = "catalogue::texts")]
    pub(crate) data_actions: Vec<Arc<str>>,
    #[serde(deserialize_with = "catalogue::texts")]
    pub(crate) not_data_actions: Vec<Arc<str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    role: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    permissions: Permission,
}

/// The role of the catalogue with this name, or whose id a path ends with.
pub(super) fn of_catalogue(name: &str) -> Option<Arc<Role>> {
    static READ: OnceLock<BTreeMap<String, Arc<Role>>> = OnceLock::new();
    let all = READ.get_or_init(|| {
        let read: Catalogue = catalogue::read(include_str!("roles.toml"));
        let mut all = BTreeMap::new();
        for (name, entry) in read.role {
            let role = Arc::new(Role { permissions: vec![entry.permissions], doubt: None });
            all.insert(name.to_ascii_lowercase(), Arc::clone(&role));
            all.insert(entry.id, role);
        }
        all
    });
    let name = name.to_ascii_lowercase();
    all.get(&name).or_else(|| all.get(name.rsplit('/').next()?)).cloned()
}

/// The role that an object defines.
pub(super) fn of_object(value: &Value) -> Role {
    let (blocks, mut whole) = permissions(value);
    let mut all = Vec::new();
    for block in blocks {
        let mut read = |name: &str| {
            let (texts, known) = texts(block, name);
            whole = whole.and(known);
            texts
        };
        all.push(Permission {
            actions: read("actions"),
            not_actions: read("not_actions"),
            data_actions: read("data_actions"),
            not_data_actions: read("not_data_actions"),
        });
    }
    Role {
        permissions: all,
        doubt: (whole == Whole::InPart).then(|| "the role is not known yet".into()),
    }
}
