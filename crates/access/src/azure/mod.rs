//! Azure: role assignments by scope, with the roles of the catalogue `roles.toml` and those that stacks define.
//!
//! Not evaluated: deny assignments, which no provider makes, and access policies of vaults.

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
    /// An operation: `Microsoft.Storage/storageAccounts/delete`; may be a pattern.
    pub action: Arc<str>,
    /// The id of a resource, a group or a subscription; none: anywhere.
    pub scope: Option<Arc<str>>,
}

/// A role that is given to somebody.
#[derive(Clone, Debug)]
struct Assignment {
    environment: Arc<str>,
    principal: Arc<str>,
    scope: Arc<str>,
    role: Result<Arc<Role>, Arc<str>>,
    role_name: Arc<str>,
    condition: Option<Arc<str>>,
    path: Step,
}

/// All that is known.
#[derive(Debug, Default)]
pub struct Directory {
    assignments: Vec<Assignment>,
    /// Names of principals by their ids.
    names: BTreeMap<Arc<str>, Arc<str>>,
    /// Groups of principals, by id, with the step that makes them members.
    groups: BTreeMap<Arc<str>, Vec<(Arc<str>, Step)>>,
}

/// Reads all objects; what is odd is noted.
pub(crate) fn read(objects: &[Object], notes: &mut Vec<Note>) -> Directory {
    let objects: Vec<&Object> = objects
        .iter()
        .filter(|one| one.type_name.starts_with("azure") && !one.value.is_null())
        .collect();
    let mut own: BTreeMap<Arc<str>, Arc<Role>> = BTreeMap::new();
    for object in objects.iter().filter(|one| &*one.type_name == "azurerm_role_definition") {
        let role = Arc::new(roles::of_object(&object.value));
        for name in ["name", "id", "role_definition_resource_id", "role_definition_id"] {
            if let Some(name) = known_text(&object.value, name) {
                own.insert(name, Arc::clone(&role));
            }
        }
    }
    let mut all = Directory::default();
    for object in objects {
        all.name(object);
        match &*object.type_name {
            "azurerm_role_assignment"
            | "azurerm_pim_active_role_assignment"
            | "azurerm_pim_eligible_role_assignment" => {
                all.assignments.push(assignment(object, &own, notes));
            }
            "azuread_group_member" => {
                let ids = (
                    known_text(&object.value, "member_object_id"),
                    known_text(&object.value, "group_object_id"),
                );
                if let (Some(member), Some(group)) = ids {
                    let step = Step::at("is a member of the group", &object.source());
                    all.groups.entry(member).or_default().push((group, step));
                } else {
                    notes.push(Note::not_read(
                        &object.source(),
                        "who is in which group is not known yet",
                    ));
                }
            }
            "azuread_group" => {
                if let Some(group) = known_text(&object.value, "object_id") {
                    for member in texts(&object.value, "members").0 {
                        let step = Step::at("is a member of the group", &object.source());
                        all.groups.entry(member).or_default().push((Arc::clone(&group), step));
                    }
                }
            }
            _ => {}
        }
    }
    all
}

fn assignment(
    object: &Object,
    own: &BTreeMap<Arc<str>, Arc<Role>>,
    notes: &mut Vec<Note>,
) -> Assignment {
    let known = |name: &str| text(&object.value, name);
    let named = match known("role_definition_name") {
        Seen::Nothing => known("role_definition_id"),
        named => named,
    };
    let (role_name, role) = match named {
        Seen::Is(name) => {
            let role = own.get(&name).cloned().or_else(|| roles::of_catalogue(&name));
            let role = role.ok_or_else(|| {
                let what = format!(
                    "role {name} is neither of the estate nor in the catalogue of Azure's roles"
                );
                notes.push(Note::unknown_role(&object.source(), &what));
                Arc::from(what)
            });
            (name, role)
        }
        Seen::Nothing | Seen::Unknown => ("a role".into(), Err("its role is not known yet".into())),
    };
    let or_unknown =
        |seen: Seen<Arc<str>>| seen.known().unwrap_or_else(|| "(not known yet)".into());
    let eligible = (&*object.type_name == "azurerm_pim_eligible_role_assignment")
        .then(|| Arc::from("once it is activated"));
    Assignment {
        environment: Arc::clone(&object.environment),
        principal: or_unknown(known("principal_id")),
        scope: or_unknown(known("scope")),
        role,
        condition: known("condition").known().or(eligible),
        path: Step::at(format!("role {role_name}"), &object.source()),
        role_name,
    }
}

impl Directory {
    fn name(&mut self, object: &Object) {
        let (id, name) = match &*object.type_name {
            "azurerm_user_assigned_identity" => ("principal_id", "name"),
            "azuread_service_principal" | "azuread_group" => ("object_id", "display_name"),
            "azuread_user" => ("object_id", "user_principal_name"),
            _ => return,
        };
        if let (Some(id), Some(name)) =
            (known_text(&object.value, id), known_text(&object.value, name))
        {
            self.names.insert(id, name);
        }
    }

    /// Everybody to whom an environment gives a role, by id.
    pub fn principals(&self, environment: &str) -> Vec<Arc<str>> {
        let here = self.assignments.iter().filter(|one| &*one.environment == environment);
        let given: Vec<Arc<str>> = here.map(|one| Arc::clone(&one.principal)).collect();
        let members = self
            .groups
            .iter()
            .filter(|(_, groups)| groups.iter().any(|(group, _)| given.contains(group)));
        let mut all: Vec<Arc<str>> =
            given.iter().cloned().chain(members.map(|(member, _)| Arc::clone(member))).collect();
        all.sort();
        all.dedup();
        all
    }

    /// What a principal is called: its name where a stack makes it, else its id.
    pub fn shown(&self, principal: &str) -> String {
        match self.names.get(principal) {
            Some(name) => format!("{name} ({principal})"),
            None => principal.to_owned(),
        }
    }

    /// Whether a principal may do it.
    pub fn may(&self, principal: &str, request: &Request) -> Decision {
        let mut best = Decision::no();
        for (assignment, mut path) in self.given(principal) {
            let claim = match &assignment.role {
                Err(doubt) => Claim::doubtful(Arc::clone(doubt)),
                Ok(role) => role.allows(&request.action),
            };
            let claim = claim.and(assignment.binds(request));
            path.push(assignment.path.clone());
            if claim.holds != Holds::No {
                best = best.or(Decision::of(claim, path));
            }
            if best.answer == Answer::Yes {
                break;
            }
        }
        best
    }

    fn given<'a>(
        &'a self,
        principal: &'a str,
    ) -> impl Iterator<Item = (&'a Assignment, Vec<Step>)> {
        let groups = self.groups.get(principal).map(Vec::as_slice).unwrap_or_default();
        let own = self
            .assignments
            .iter()
            .filter(move |one| &*one.principal == principal)
            .map(|one| (one, Vec::new()));
        let by_group = groups.iter().flat_map(move |(group, step)| {
            let of = move |one: &&Assignment| one.principal == *group;
            self.assignments.iter().filter(of).map(move |one| (one, vec![step.clone()]))
        });
        own.chain(by_group)
    }

    /// What classes a principal holds where.
    pub(crate) fn held(&self, principal: &str) -> Vec<Cell> {
        let mut cells = Cells::default();
        for (assignment, path) in self.given(principal) {
            for (class, claim) in classes(&assignment.role) {
                let claim = claim.and(conditional(assignment.condition.as_ref()));
                let path = path.iter().cloned().chain([assignment.path.clone()]).collect();
                cells.put(Cell {
                    class,
                    place: Arc::clone(&assignment.scope),
                    what: Arc::clone(&assignment.role_name),
                    decision: Decision::of(claim, path),
                });
            }
        }
        cells.in_order()
    }
}

impl Assignment {
    /// Whether it binds where it is asked for. Scopes are compared part by part, whatever their letters' case.
    fn binds(&self, request: &Request) -> Claim {
        let claim = match &request.scope {
            None => Claim::yes(),
            Some(_) if &*self.scope == "(not known yet)" => {
                Claim::doubtful("its scope is not known yet")
            }
            // Which subscriptions are below a management group stands in no id.
            Some(_) if self.scope.to_ascii_lowercase().contains("/managementgroups/") => {
                Claim::on_condition(format!("below {}", self.scope))
            }
            Some(scope) => Claim::from_bool(is_within(&self.scope, scope)),
        };
        claim.and(conditional(self.condition.as_ref()))
    }
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

fn is_within(outer: &str, inner: &str) -> bool {
    let parts = |text: &str| {
        text.trim_matches('/')
            .to_ascii_lowercase()
            .split('/')
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (outer, inner) = (parts(outer), parts(inner));
    outer == [""] || (inner.len() >= outer.len() && outer.iter().zip(&inner).all(|(a, b)| a == b))
}

impl Role {
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

/// The permissions of a role.
pub(crate) fn permissions(value: &value::Value) -> (Vec<&value::Value>, crate::object::Whole) {
    blocks(value, "permissions")
}

#[cfg(test)]
mod tests;
