//! What drift means: whether data is concerned, whether access is, and in which direction.
//!
//! Drift is an object as it was left and as it is found, not a plan: nothing here refuses anything. It knows the same types as
//! the guard of plans does: the catalogue of what bears data, and the readings of what grants access.
//!
//! Invariant: what cannot be read is told as a doubt, never left out.

use std::sync::Arc;

use plan::{Action, Cause, Change};
use value::{Path, Step, Value, View};

use crate::catalogue::Catalogue;
use crate::widen;

/// What a difference means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriftMeaning {
    /// What the object holds, where it bears data.
    pub data: Option<Arc<str>>,
    /// What protects its data and is another than before, in words: `deletion_protection = false`.
    pub protection: Vec<String>,
    /// Whether it decides who may do what.
    pub access: DriftAccess,
}

/// What a difference means for access.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DriftAccess {
    /// Nothing.
    #[default]
    Untouched,
    /// Somebody may do more or less than before, in words.
    Touched {
        /// What is let be now.
        widens: Vec<String>,
        /// What is not let be any more.
        narrows: Vec<String>,
    },
}

impl DriftMeaning {
    /// Whether somebody may do more than before, or may be able to.
    pub fn widens(&self) -> bool {
        matches!(&self.access, DriftAccess::Touched { widens, .. } if !widens.is_empty())
    }

    /// Whether access is touched at all.
    pub fn is_of_security(&self) -> bool {
        self.access != DriftAccess::Untouched
    }
}

/// An object of the same estate: what it says by itself may explain what shows at another.
#[derive(Clone, Debug, PartialEq)]
pub struct Sibling {
    /// Its type.
    pub type_name: Arc<str>,
    /// The object.
    pub object: Value,
}

/// A type whose objects show what objects of other types say of them.
struct Shows {
    type_name: &'static str,
    /// The attributes that show it.
    attributes: &'static [&'static str],
    /// The attribute by which others name it.
    name: &'static str,
    /// Those others, and the attribute in which they do.
    others: &'static [(&'static str, &'static str)],
}

const SHOWS: &[Shows] = &[
    Shows {
        type_name: "aws_default_security_group",
        attributes: GROUP_RULES,
        name: "id",
        others: RULES,
    },
    Shows {
        type_name: "aws_iam_role",
        attributes: &["inline_policy", "managed_policy_arns"],
        name: "name",
        others: ROLE_POLICIES,
    },
    Shows { type_name: "aws_security_group", attributes: GROUP_RULES, name: "id", others: RULES },
];
const GROUP_RULES: &[&str] = &["egress", "ingress"];
const RULES: &[(&str, &str)] = &[
    ("aws_security_group_rule", "security_group_id"),
    ("aws_vpc_security_group_egress_rule", "security_group_id"),
    ("aws_vpc_security_group_ingress_rule", "security_group_id"),
];
const ROLE_POLICIES: &[(&str, &str)] =
    &[("aws_iam_role_policy", "role"), ("aws_iam_role_policy_attachment", "role")];

/// An attribute that says that an object in a cluster is another one, and not in what.
const FINGERPRINT: &str = "live_manifest_incluster";

/// What an entry of a plan's drift means; `None` where it is none: it does not count, or shows what the estate's own objects
/// say. `siblings` are those objects.
pub fn drift_meaning(
    catalogue: &Catalogue,
    drifted: &Change,
    siblings: &[Sibling],
) -> Option<DriftMeaning> {
    let type_name = &*drifted.address.resource.type_name;
    let paths = drifted.causes.iter().find_map(|cause| match cause {
        Cause::Gone => Some(None),
        Cause::Drift { paths } => Some(Some(paths)),
        _ => None,
    })?;
    let shows = SHOWS.iter().find(|one| one.type_name == type_name);
    let own = shows.map_or_else(Vec::new, |shows| shows.own_parts(&drifted.before, siblings));
    let (before, after) = (found(type_name, &drifted.before), found(type_name, &drifted.after));
    let difference = widen::difference(type_name, &before, &after, &own);
    let (mut widens, narrows) = difference.unwrap_or_default();
    let unseen = paths.is_some_and(|paths| paths.iter().any(|path| begins_with(path, FINGERPRINT)));
    if unseen && widen::is_about_access(type_name, &drifted.before) {
        widens.push("what changed is not shown: may widen access".to_owned());
    }
    let touched = !widens.is_empty() || !narrows.is_empty();
    if let (Some(shows), Some(paths)) = (shows, paths) {
        let only_shown =
            paths.iter().all(|path| shows.attributes.iter().any(|name| begins_with(path, name)));
        if only_shown && !touched {
            return None;
        }
    }
    let gone = drifted.action == Action::Delete;
    let access = match touched || (gone && widen::is_about_access(type_name, &drifted.before)) {
        true => DriftAccess::Touched { widens, narrows },
        false => DriftAccess::Untouched,
    };
    let entry = catalogue.entry(type_name).filter(|entry| entry.bears(&drifted.before));
    let protection = entry.filter(|_| !gone).map(|entry| {
        let before = entry.guards_of(&drifted.before);
        let after = entry.guards_of(&drifted.after);
        after.into_iter().filter(|word| !before.contains(word)).collect()
    });
    Some(DriftMeaning {
        data: entry.map(|entry| entry.holds.clone()),
        protection: protection.unwrap_or_default(),
        access,
    })
}

/// An object with what the cluster has in the place of what was asked of it, where the two are told apart.
fn found(type_name: &str, object: &Value) -> Value {
    match (type_name, object.as_object(), object.view()) {
        ("kubernetes_manifest", Some((ty, slots)), View::Object(..)) => {
            let there = object.attr("object").filter(|there| there.is_known() && !there.is_null());
            Value::object(ty.names().iter().zip(slots).map(|(name, slot)| {
                let slot = if &**name == "manifest" { there.unwrap_or(slot) } else { slot };
                (name.clone(), slot.clone())
            }))
        }
        _ => object.clone(),
    }
}

impl Shows {
    /// The estate's own objects that an object of the type shows.
    fn own_parts<'s>(&self, object: &Value, siblings: &'s [Sibling]) -> Vec<&'s Sibling> {
        let Some(name) = text(object, self.name) else { return Vec::new() };
        let is_part = |one: &&Sibling| {
            self.others
                .iter()
                .any(|(of, by)| **of == *one.type_name && text(&one.object, by) == Some(name))
        };
        siblings.iter().filter(is_part).collect()
    }
}

fn text<'v>(object: &'v Value, name: &str) -> Option<&'v str> {
    match object.view() {
        View::Object(..) => object.attr(name)?.as_str(),
        _ => None,
    }
}

/// Whether objects of a type are worth keeping as siblings.
pub fn is_sibling(type_name: &str) -> bool {
    SHOWS.iter().any(|one| one.others.iter().any(|(of, _)| *of == type_name))
}

/// Whether a path leads into the attribute of this name.
fn begins_with(path: &Path, name: &str) -> bool {
    matches!(path.steps().first(), Some(Step::Attr(first)) if **first == *name)
}

#[cfg(test)]
mod tests;
