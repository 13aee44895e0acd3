//! Classes of actions, and which of them an identity holds in which service: the catalogue `classes.toml`.
//!
//! Invariant: an action is of the first class that names it, so a change of permissions is not told as a mere write.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::account::{Account, Principal};
use super::document::{Effect, Scope};
use super::evaluate::Request;
use crate::answer::Answer;
use crate::catalogue;
use crate::cell::{Cell, Cells};
use crate::class::Class;
use crate::glob::{self, Case};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    /// Whole actions, `SERVICE:ACTION` with `*`.
    r#become: Vec<String>,
    permissions: Vec<String>,
    data: Vec<String>,
    /// Beginnings of actions of any service.
    delete: Vec<String>,
    read: Vec<String>,
}

fn catalogued() -> &'static Catalogue {
    static READ: OnceLock<Catalogue> = OnceLock::new();
    READ.get_or_init(|| catalogue::read(include_str!("classes.toml")))
}

/// The class of one action.
fn class_of(action: &str) -> Class {
    let all = catalogued();
    let named = |list: &[String]| list.iter().any(|one| glob::covers(one, action, Case::Ignored));
    let verb = action.split_once(':').map_or(action, |(_, verb)| verb).to_ascii_lowercase();
    let begins =
        |list: &[String]| list.iter().any(|one| verb.starts_with(&one.to_ascii_lowercase()));
    if named(&all.r#become) {
        Class::Become
    } else if named(&all.permissions) {
        Class::Permissions
    } else if named(&all.data) {
        Class::Data
    } else if begins(&all.delete) {
        Class::Delete
    } else if begins(&all.read) {
        Class::Read
    } else {
        Class::Write
    }
}

/// Which classes an identity holds of which services, in the order of services and classes: cells with the service as their
/// place, `*` for all of them, and the action pattern that stands for the class. What it does not hold is left out.
pub fn classes(account: &Account, who: &Principal) -> Vec<Cell> {
    let mut cells = Cells::default();
    for action in candidates(account, who) {
        let (service, _) = action.split_once(':').unwrap_or(("*", "*"));
        for (class, pattern) in patterns(service, &action) {
            if cells.is_sure(class, service) {
                continue;
            }
            let action: Arc<str> = pattern.into();
            let request =
                Request { action: Arc::clone(&action), resource: "*".into(), context: Vec::new() };
            let decision = account.may(who, &request);
            if decision.answer != Answer::No {
                cells.put(Cell { class, place: service.into(), what: action, decision });
            }
        }
    }
    cells.by_place()
}

/// The action patterns that policies of the identity allow, and those that resources name it for.
fn candidates(account: &Account, who: &Principal) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut take = |scope: &Scope| match scope {
        Scope::Only(actions) => all.extend(actions.iter().map(|one| one.to_string())),
        Scope::AllBut(_) => {
            all.insert("*".to_owned());
        }
    };
    for attached in &who.policies {
        match &attached.policy {
            Ok(policy) => policy
                .statements
                .iter()
                .filter(|one| one.effect == Effect::Allow)
                .for_each(|one| take(&one.actions)),
            Err(_) => take(&Scope::AllBut(Vec::new())),
        }
    }
    for resource in &account.resource_policies {
        let Ok(policy) = &resource.policy.policy else { continue };
        for statement in policy.statements.iter().filter(|one| one.effect == Effect::Allow) {
            let Some(principals) = &statement.principals else { continue };
            if super::evaluate::fits(principals, who) >= super::evaluate::Fit::Session {
                take(&statement.actions);
            }
        }
    }
    all.into_iter().map(|one| if one == "*" { "*:*".to_owned() } else { one }).collect()
}

/// What of an action pattern is of which class: the pattern itself where it is one action, else its part in the class.
fn patterns(service: &str, action: &str) -> Vec<(Class, String)> {
    if !glob::is_pattern(action) {
        return vec![(class_of(action), action.to_owned())];
    }
    let all = catalogued();
    let mut found = Vec::new();
    let mut take = |class: Class, pattern: String| {
        if !found.iter().any(|(known, _)| *known == class)
            && let Some(shared) = glob::meet(action, &pattern, Case::Ignored)
        {
            // Where neither covers the other, the part is about the pattern of the identity.
            let shared = if glob::covers(action, &shared, Case::Ignored) {
                shared
            } else {
                action.to_owned()
            };
            found.push((class, shared));
        }
    };
    for (class, list) in [
        (Class::Become, &all.r#become),
        (Class::Permissions, &all.permissions),
        (Class::Data, &all.data),
    ] {
        for pattern in
            list.iter().filter(|one| service == "*" || one.split(':').next() == Some(service))
        {
            take(class, pattern.clone());
        }
    }
    for (class, list) in [(Class::Delete, &all.delete), (Class::Read, &all.read)] {
        for beginning in list {
            take(class, format!("{service}:{beginning}*"));
        }
    }
    // All that is no beginning of another class is a write: asked for by the words that most writes begin with.
    for beginning in [
        "Create",
        "Put",
        "Update",
        "Modify",
        "Run",
        "Start",
        "Set",
        "Attach",
        "Associate",
        "Tag",
        "Add",
        "Send",
        "Publish",
    ] {
        take(Class::Write, format!("{service}:{beginning}*"));
    }
    if found.is_empty() {
        found.push((Class::Write, action.to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_have_classes() {
        for (action, class) in [
            ("rds:DescribeDBClusters", Class::Read),
            ("rds:DeleteDBCluster", Class::Delete),
            ("rds:ModifyDBCluster", Class::Write),
            ("s3:GetObject", Class::Data),
            ("s3:GetBucketTagging", Class::Read),
            ("secretsmanager:GetSecretValue", Class::Data),
            ("iam:PutRolePolicy", Class::Permissions),
            ("iam:PassRole", Class::Become),
            ("sts:AssumeRole", Class::Become),
            ("kms:PutKeyPolicy", Class::Permissions),
            ("kms:ScheduleKeyDeletion", Class::Delete),
            ("ec2:AuthorizeSecurityGroupIngress", Class::Permissions),
            ("eks:CreateAccessEntry", Class::Permissions),
        ] {
            assert_eq!(class_of(action), class, "{action}");
        }
    }

    #[test]
    fn patterns_fall_into_classes() {
        let words = |action: &str| {
            let service = action.split(':').next().unwrap_or_default();
            patterns(service, action)
                .iter()
                .map(|(class, _)| class.word())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(words("rds:Describe*"), "read");
        assert_eq!(words("rds:DeleteDBCluster"), "delete");
        assert_eq!(words("rds:*"), "delete read write");
        assert_eq!(words("iam:*"), "become permissions delete read write");
        assert_eq!(words("s3:Get*"), "data read");
    }
}
