//! Google Cloud: bindings of roles to members, with the roles of the catalogue `roles.toml` and those that stacks define.
//!
//! Not evaluated: deny policies and conditional boundaries; a stack that makes one is noted.

mod roles;

use std::sync::Arc;

use self::roles::Role;
use crate::answer::{Answer, Claim, Decision, Holds, Step};
use crate::cell::{Cell, Cells};
use crate::object::{NOT_KNOWN_YET, Object, Seen, blocks, known_text, text, texts};
use crate::picture::Note;
use crate::role::{Given, Roles};

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
    role: Given<Role>,
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
    let custom = objects.iter().copied().filter(|one| one.type_name.ends_with("_iam_custom_role"));
    let roles = Roles::read(custom, &["id", "name"]);
    let mut reading = Reading { roles, bindings: Vec::new(), notes };
    for object in objects {
        let type_name = &*object.type_name;
        if type_name == "google_iam_deny_policy" {
            reading.notes.push(Note::not_read(
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
            "member" | "binding" => reading.bind(object, kind),
            "policy" => reading.policy(object, kind),
            _ => {}
        }
    }
    Bindings { bindings: reading.bindings }
}

/// Bindings while they are gathered, the roles of the estate, and where to say what is odd.
struct Reading<'n> {
    roles: Roles<Role>,
    bindings: Vec<Binding>,
    notes: &'n mut Vec<Note>,
}

impl Reading<'_> {
    fn bind(&mut self, object: &Object, kind: &str) {
        let (mut members, _) = texts(&object.value, "members");
        members.extend(texts(&object.value, "member").0);
        if members.is_empty() {
            members.push(NOT_KNOWN_YET.into());
        }
        let condition = blocks(&object.value, "condition").0.first().map(|one| condition_of(one));
        let role = text(&object.value, "role");
        self.push(object, kind, &members, role, condition);
    }

    /// A whole policy, as JSON in `policy_data`.
    fn policy(&mut self, object: &Object, kind: &str) {
        let decoded = known_text(&object.value, "policy_data")
            .and_then(|text| value::json::decode_implied(text.as_bytes()).ok());
        let Some(policy) = decoded else {
            self.notes.push(Note::not_understood(
                &object.source(),
                "its policy is not known, or no policy",
            ));
            return;
        };
        for binding in blocks(&policy, "bindings").0 {
            let members = texts(binding, "members").0;
            let condition = blocks(binding, "condition").0.first().map(|one| condition_of(one));
            self.push(object, kind, &members, text(binding, "role"), condition);
        }
    }

    fn push(
        &mut self,
        object: &Object,
        kind: &str,
        members: &[Arc<str>],
        role: Seen<Arc<str>>,
        condition: Option<Arc<str>>,
    ) {
        let role = self.roles.given(role, object, self.notes);
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
            .unwrap_or_else(|| NOT_KNOWN_YET.into());
        for member in members {
            self.bindings.push(Binding {
                environment: Arc::clone(&object.environment),
                member: Arc::clone(member),
                on: (kind.into(), Arc::clone(&on)),
                role: role.clone(),
                condition: condition.clone(),
                path: Step::at(format!("{} on {kind} {on}", role.name), &object.source()),
            });
        }
    }
}

impl Bindings {
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
            let claim = binding.role.allows(&request.permission).and(binding.binds(request));
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
            for (class, claim) in binding.role.classes() {
                let claim = claim.and(Claim::under(binding.condition.as_ref()));
                cells.put(Cell {
                    class,
                    place: Arc::clone(&place),
                    what: Arc::clone(&binding.role.name),
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

impl Binding {
    /// Whether it binds on what is asked for. What is below a folder or an organisation stands in no name.
    fn binds(&self, request: &Request) -> Claim {
        let (kind, name) = (&*self.on.0, &*self.on.1);
        let claim = match &request.resource {
            None => Claim::yes(),
            Some(_) if name == NOT_KNOWN_YET => Claim::doubtful("what it is on is not known yet"),
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
        claim.and(Claim::under(self.condition.as_ref()))
    }
}

#[cfg(test)]
mod tests;
