//! Azure: role assignments by scope, with the roles of the catalogue `roles.toml` and those that stacks define.
//!
//! Not evaluated: deny assignments, which no provider makes, and access policies of vaults.

mod roles;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::roles::Role;
use crate::answer::{Answer, Claim, Decision, Holds, Step};
use crate::cell::{Cell, Cells};
use crate::object::{NOT_KNOWN_YET, Object, Seen, known_text, text, texts};
use crate::picture::Note;
use crate::role::{Given, Roles};

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
    role: Given<Role>,
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
    let definitions =
        objects.iter().copied().filter(|one| &*one.type_name == "azurerm_role_definition");
    let names = ["name", "id", "role_definition_resource_id", "role_definition_id"];
    let roles = Roles::read(definitions, &names);
    let mut all = Directory::default();
    for object in objects {
        all.name(object);
        match &*object.type_name {
            "azurerm_role_assignment"
            | "azurerm_pim_active_role_assignment"
            | "azurerm_pim_eligible_role_assignment" => {
                all.assignments.push(assignment(object, &roles, notes));
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

fn assignment(object: &Object, roles: &Roles<Role>, notes: &mut Vec<Note>) -> Assignment {
    let known = |name: &str| text(&object.value, name);
    let named = match known("role_definition_name") {
        Seen::Nothing => known("role_definition_id"),
        named => named,
    };
    let role = roles.given(named, object, notes);
    let or_unknown = |seen: Seen<Arc<str>>| seen.known().unwrap_or_else(|| NOT_KNOWN_YET.into());
    let eligible = (&*object.type_name == "azurerm_pim_eligible_role_assignment")
        .then(|| Arc::from("once it is activated"));
    Assignment {
        environment: Arc::clone(&object.environment),
        principal: or_unknown(known("principal_id")),
        scope: or_unknown(known("scope")),
        condition: known("condition").known().or(eligible),
        path: Step::at(format!("role {}", role.name), &object.source()),
        role,
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
            let claim = assignment.role.allows(&request.action).and(assignment.binds(request));
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
            for (class, claim) in assignment.role.classes() {
                let claim = claim.and(Claim::under(assignment.condition.as_ref()));
                let path = path.iter().cloned().chain([assignment.path.clone()]).collect();
                cells.put(Cell {
                    class,
                    place: Arc::clone(&assignment.scope),
                    what: Arc::clone(&assignment.role.name),
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
            Some(_) if &*self.scope == NOT_KNOWN_YET => {
                Claim::doubtful("its scope is not known yet")
            }
            // Which subscriptions are below a management group stands in no id.
            Some(_) if self.scope.to_ascii_lowercase().contains("/managementgroups/") => {
                Claim::on_condition(format!("below {}", self.scope))
            }
            Some(scope) => Claim::from_bool(is_within(&self.scope, scope)),
        };
        claim.and(Claim::under(self.condition.as_ref()))
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

#[cfg(test)]
mod tests;
