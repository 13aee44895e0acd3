//! Roles of Azure: those of the catalogue, and those that stacks define.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use value::Value;

use crate::answer::{Claim, Holds};
use crate::catalogue;
use crate::class::Class;
use crate::glob::{self, Case};
use crate::object::{Whole, blocks, texts};

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

impl crate::role::Role for Role {
    /// The role of the catalogue with this name, or whose id a path ends with.
    fn of_catalogue(name: &str) -> Option<Arc<Role>> {
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
    fn of_object(value: &Value) -> Role {
        let (blocks, mut whole) = blocks(value, "permissions");
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

    fn unknown(name: &str) -> String {
        format!("role {name} is neither of the estate nor in the catalogue of Azure's roles")
    }

    fn allows(&self, action: &str) -> Claim {
        let allowed = self.permissions.iter().any(|one| {
            let among = |patterns: &[Arc<str>]| {
                patterns.iter().any(|pattern| glob::overlaps(pattern, action, Case::Ignored))
            };
            let covered = |patterns: &[Arc<str>]| {
                patterns.iter().any(|pattern| glob::covers(pattern, action, Case::Ignored))
            };
            (among(&one.actions) && !covered(&one.not_actions))
                || (among(&one.data_actions) && !covered(&one.not_data_actions))
        });
        match (allowed, &self.doubt) {
            (true, _) => Claim::yes(),
            (false, Some(doubt)) => Claim::doubtful(Arc::clone(doubt)),
            (false, None) => Claim::no(),
        }
    }

    fn classes(&self) -> Vec<(Class, Claim)> {
        const ASKED: [(Class, &str); 4] = [
            (Class::Read, "*/read"),
            (Class::Write, "*/write"),
            (Class::Delete, "*/delete"),
            (Class::Permissions, "Microsoft.Authorization/roleAssignments/write"),
        ];
        let mut all: Vec<(Class, Claim)> = ASKED
            .into_iter()
            .map(|(class, action)| (class, self.allows(action)))
            .filter(|(_, claim)| claim.holds != Holds::No)
            .collect();
        if self.permissions.iter().any(|one| !one.data_actions.is_empty()) {
            all.push((Class::Data, Claim::yes()));
        }
        all
    }
}
