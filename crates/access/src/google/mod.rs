//! Google Cloud: bindings of roles to members, with the roles of the catalogue `roles.toml` and those that stacks define.
//!
//! Not evaluated: deny policies and conditional boundaries; a stack that makes one is noted.

mod roles;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::roles::Role;
use crate::answer::{Answer, Claim, Decision, Holds, Step};
use crate::cell::{Cell, Cells};
use crate::class::Class;
use crate::glob::{self, Case};
use crate::object::{Object, Seen, blocks, known_text, text, texts};
use crate::picture::Note;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// A permission: `storage.buckets.delete`; may be a pattern.
    pub permission: Arc<str>,
    /// The name of a resource or a project; none: anywhere.
    pub resource: Option<Arc<str>>,
}

#[derive(Clone, Debug)]
struct Binding {
    environment: Arc<str>,
    member: Arc<str>,
    /// What it is on: the kind, such as `project`, and its name.
    on: (Arc<str>, Arc<str>),
    role: Result<Arc<Role>, Arc<str>>,
    role_name: Arc<str>,
    condition: Option<Arc<str>>,
    path: Step,
}

/// All that is known.
#[derive(Debug, Default)]
pub struct Bindings {
    bindings: Vec<Binding>,
}

/// Reads all objects; what is odd is noted.
pub(crate) fn read(objects: &[Object], notes: &mut Vec<Note>) -> Bindings {
    let objects: Vec<&Object> = objects
        .iter()
        .filter(|one| one.type_name.starts_with("google_") && !one.value.is_null())
        .collect();
    let mut own: BTreeMap<Arc<str>, Arc<Role>> = BTreeMap::new();
    for object in objects.iter().filter(|one| one.type_name.ends_with("_iam_custom_role")) {
        let role = Arc::new(roles::of_object(&object.value));
        for name in ["id", "name"] {
            if let Some(name) = known_text(&object.value, name) {
                own.insert(name, Arc::clone(&role));
            }
        }
    }
    let mut all = Bindings::default();
    for object in objects {
        let type_name = &*object.type_name;
        if type_name == "google_iam_deny_policy" {
            notes.push(Note::not_read(
                &object.source(),
                "a deny policy, which may take away what is told here",
            ));
        }
        let Some((kind, how)) =
            type_name.strip_prefix("google_").and_then(|rest| rest.rsplit_once("_iam_"))
        else {
            continue;
        };
        match how {
            "member" | "binding" => all.bind(object, kind, &own, notes),
            "policy" => all.policy(object, kind, &own, notes),
            _ => {}
        }
    }
    all
}

impl Bindings {
    fn bind(
        &mut self,
        object: &Object,
        kind: &str,
        own: &BTreeMap<Arc<str>, Arc<Role>>,
        notes: &mut Vec<Note>,
    ) {
        let (mut members, _) = texts(&object.value, "members");
        members.extend(texts(&object.value, "member").0);
        if members.is_empty() {
            members.push("(not known yet)".into());
        }
        let condition = blocks(&object.value, "condition").0.first().map(|one| condition_of(one));
        let role = text(&object.value, "role");
        self.push(object, kind, &members, role, condition, own, notes);
    }

    /// A whole policy, as JSON in `policy_data`.
    fn policy(
        &mut self,
        object: &Object,
        kind: &str,
        own: &BTreeMap<Arc<str>, Arc<Role>>,
        notes: &mut Vec<Note>,
    ) {
        let decoded = known_text(&object.value, "policy_data")
            .and_then(|text| value::json::decode_implied(text.as_bytes()).ok());
        let Some(policy) = decoded else {
            notes.push(Note::not_understood(
                &object.source(),
                "its policy is not known, or no policy",
            ));
            return;
        };
        for binding in blocks(&policy, "bindings").0 {
            let members = texts(binding, "members").0;
            let condition = blocks(binding, "condition").0.first().map(|one| condition_of(one));
            self.push(object, kind, &members, text(binding, "role"), condition, own, notes);
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one binding's parts, from two shapes of objects"
    )]
    fn push(
        &mut self,
        object: &Object,
        kind: &str,
        members: &[Arc<str>],
        role: Seen<Arc<str>>,
        condition: Option<Arc<str>>,
        own: &BTreeMap<Arc<str>, Arc<Role>>,
        notes: &mut Vec<Note>,
    ) {
        let (role_name, role) = match role {
            Seen::Is(name) => {
                let role = own
                    .get(&name)
                    .cloned()
                    .or_else(|| roles::of_catalogue(&name))
                    .ok_or_else(|| {
                        let what = format!(
                            "{name} is neither of the estate nor in the catalogue of Google's roles"
                        );
                        notes.push(Note::unknown_role(&object.source(), &what));
                        Arc::from(what)
                    });
                (name, role)
            }
            Seen::Nothing | Seen::Unknown => {
                ("a role".into(), Err("its role is not known yet".into()))
            }
        };
        let names = [
            "bucket",
            "secret_id",
            "crypto_key_id",
            "key_ring_id",
            "service_account_id",
            "repository",
            "topic",
            "subscription",
            "dataset_id",
            "name",
            "folder",
            "org_id",
            "project",
        ];
        let on = names
            .iter()
            .find_map(|name| known_text(&object.value, name))
            .unwrap_or_else(|| "(not known yet)".into());
        for member in members {
            self.bindings.push(Binding {
                environment: Arc::clone(&object.environment),
                member: Arc::clone(member),
                on: (kind.into(), Arc::clone(&on)),
                role: role.clone(),
                role_name: Arc::clone(&role_name),
                condition: condition.clone(),
                path: Step::at(format!("{role_name} on {kind} {on}"), &object.source()),
            });
        }
    }

    /// Every member to whom an environment gives a role.
    pub fn members(&self, environment: &str) -> Vec<Arc<str>> {
        let here = self.bindings.iter().filter(|one| &*one.environment == environment);
        let mut all: Vec<Arc<str>> = here.map(|one| Arc::clone(&one.member)).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Whether a member may do it.
    pub fn may(&self, member: &str, request: &Request) -> Decision {
        let mut best = Decision::no();
        for binding in self.bindings.iter().filter(|one| &*one.member == member) {
            let claim = match &binding.role {
                Err(doubt) => Claim::doubtful(Arc::clone(doubt)),
                Ok(role) => role.allows(&request.permission),
            };
            let claim = claim.and(binding.binds(request));
            if claim.holds != Holds::No {
                best = best.or(Decision::of(claim, vec![binding.path.clone()]));
            }
            if best.answer == Answer::Yes {
                break;
            }
        }
        best
    }

    /// What classes a member holds where.
    pub(crate) fn held(&self, member: &str) -> Vec<Cell> {
        let mut cells = Cells::default();
        for binding in self.bindings.iter().filter(|one| &*one.member == member) {
            let place: Arc<str> = format!("{} {}", binding.on.0, binding.on.1).into();
            for (class, claim) in classes(&binding.role) {
                let claim = claim.and(conditional(binding.condition.as_ref()));
                cells.put(Cell {
                    class,
                    place: Arc::clone(&place),
                    what: Arc::clone(&binding.role_name),
                    decision: Decision::of(claim, vec![binding.path.clone()]),
                });
            }
        }
        cells.in_order()
    }
}

fn condition_of(value: &value::Value) -> Arc<str> {
    known_text(value, "expression").unwrap_or_else(|| "a condition that is not known yet".into())
}

/// Whether a condition holds, where there is one.
fn conditional(condition: Option<&Arc<str>>) -> Claim {
    condition.map_or_else(Claim::yes, |words| Claim::on_condition(Arc::clone(words)))
}

/// The classes of a role; all of them may be, where it is not known.
fn classes(role: &Result<Arc<Role>, Arc<str>>) -> Vec<(Class, Claim)> {
    match role {
        Ok(role) => role.classes(),
        Err(doubt) => Class::ALL
            .into_iter()
            .map(|class| (class, Claim::doubtful(Arc::clone(doubt))))
            .collect(),
    }
}

impl Binding {
    /// Whether it binds on what is asked for. What is below a folder or an organisation stands in no name.
    fn binds(&self, request: &Request) -> Claim {
        let (kind, name) = (&*self.on.0, &*self.on.1);
        let claim = match &request.resource {
            None => Claim::yes(),
            Some(_) if name == "(not known yet)" => {
                Claim::doubtful("what it is on is not known yet")
            }
            Some(resource) => {
                let bare = name.rsplit('/').next().unwrap_or(name);
                let named = resource.split('/').any(|part| part == bare);
                match kind {
                    "project" if !named && resource.contains("projects/") => Claim::no(),
                    "project" | "folder" | "organization" if !named => {
                        Claim::on_condition(format!("in {kind} {bare}"))
                    }
                    _ => Claim::from_bool(named),
                }
            }
        };
        claim.and(conditional(self.condition.as_ref()))
    }
}

impl Role {
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

#[cfg(test)]
mod tests;
