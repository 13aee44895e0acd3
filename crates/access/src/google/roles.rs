//! Roles of Google Cloud: those of the catalogue, and those that stacks define.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use value::Value;

use crate::answer::{Claim, Holds};
use crate::catalogue;
use crate::class::Class;
use crate::glob::{self, Case};
use crate::object::{Whole, texts};

/// A role.
#[derive(Clone, Debug, Default)]
pub(crate) struct Role {
    pub(crate) permissions: Vec<Arc<str>>,
    /// What of that it leaves out.
    pub(crate) but: Vec<Arc<str>>,
    /// Whether its permissions stand for more than it has: what they do not fit it certainly has not.
    pub(crate) by_pattern: bool,
    /// What of it is not known.
    pub(crate) doubt: Option<Arc<str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    role: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(deserialize_with = "catalogue::texts")]
    permissions: Vec<Arc<str>>,
    #[serde(default, deserialize_with = "catalogue::texts")]
    but: Vec<Arc<str>>,
    #[serde(default)]
    by_pattern: bool,
}

impl crate::role::Role for Role {
    /// The role of the catalogue with this name.
    fn of_catalogue(name: &str) -> Option<Arc<Role>> {
        static READ: OnceLock<BTreeMap<String, Arc<Role>>> = OnceLock::new();
        let all = READ.get_or_init(|| {
            let read: Catalogue = catalogue::read(include_str!("roles.toml"));
            let role = |(name, entry): (String, Entry)| {
                let doubt = entry.by_pattern.then(|| {
                    Arc::from(format!("roles/{name} holds thousands of permissions, which the catalogue tells by patterns"))
                });
                let role = Role { permissions: entry.permissions, but: entry.but, by_pattern: entry.by_pattern, doubt };
                (name, Arc::new(role))
            };
            read.role.into_iter().map(role).collect()
        });
        all.get(name.strip_prefix("roles/")?).cloned()
    }

    /// The role that an object defines.
    fn of_object(value: &Value) -> Role {
        let (permissions, whole) = texts(value, "permissions");
        let doubt = (whole == Whole::InPart).then(|| "the role is not known yet".into());
        Role { permissions, doubt, ..Role::default() }
    }

    fn unknown(name: &str) -> String {
        format!("{name} is neither of the estate nor in the catalogue of Google's roles")
    }

    fn allows(&self, permission: &str) -> Claim {
        let among = |all: &[Arc<str>]| {
            all.iter().any(|pattern| glob::overlaps(pattern, permission, Case::Counts))
        };
        let out = self.but.iter().any(|pattern| glob::covers(pattern, permission, Case::Counts));
        match (among(&self.permissions) && !out, &self.doubt) {
            (true, None) => Claim::yes(),
            (true, Some(doubt)) => Claim::doubtful(Arc::clone(doubt)),
            (false, Some(doubt)) if !self.by_pattern => Claim::doubtful(Arc::clone(doubt)),
            (false, _) => Claim::no(),
        }
    }

    fn classes(&self) -> Vec<(Class, Claim)> {
        const ASKED: [(Class, &[&str]); 6] = [
            (Class::Read, &["*.get", "*.list"]),
            (
                Class::Data,
                &[
                    "secretmanager.versions.access",
                    "storage.objects.get",
                    "cloudkms.cryptoKeyVersions.useToDecrypt",
                ],
            ),
            (Class::Write, &["*.create", "*.update", "*.patch"]),
            (Class::Delete, &["*.delete", "*.destroy"]),
            (Class::Permissions, &["*.setIamPolicy"]),
            (Class::Become, &["iam.serviceAccounts.actAs", "iam.serviceAccounts.getAccessToken"]),
        ];
        let claim = |asked: &[&str]| {
            asked.iter().fold(Claim::no(), |claim, one| claim.or(self.allows(one)))
        };
        ASKED
            .into_iter()
            .map(|(class, asked)| (class, claim(asked)))
            .filter(|(_, claim)| claim.holds != Holds::No)
            .collect()
    }
}
