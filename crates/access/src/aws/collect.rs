//! From objects of stacks to what is known of AWS: identities, their policies, and the policies of resources.
//!
//! Invariant: a policy whose text, holder or place is not known makes answers doubtful; it is never left out in silence.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use value::Value;

use super::account::{Account, Attached, Kind, Principal};
use super::document::Policy;
use super::{managed, resource};
use crate::answer::Step;
use crate::object::{Object, Seen, Whole, blocks, known_text, pairs, seen, text, texts};
use crate::picture::Note;

/// Reads all objects; what is odd is noted.
pub(crate) fn read(objects: &[Object], notes: &mut Vec<Note>) -> Account {
    let objects: Vec<&Object> = objects
        .iter()
        .filter(|one| one.type_name.starts_with("aws_") && !one.value.is_null())
        .collect();
    let mut reading = Reading { policies: BTreeMap::new(), notes };
    for object in objects.iter().filter(|one| &*one.type_name == "aws_iam_policy") {
        reading.own_policy(object);
    }
    let mut found = Found::default();
    for object in &objects {
        match &*object.type_name {
            "aws_iam_role" => found.principals.push(reading.role(object)),
            "aws_iam_user" => found.principals.push(reading.user(object)),
            "aws_iam_group" => {
                let name = known_text(&object.value, "name").unwrap_or_default();
                found.groups.insert((Arc::clone(&object.environment), name), Vec::new());
            }
            _ => {}
        }
    }
    for object in &objects {
        reading.attach(object, &mut found);
    }
    found.inline_of_roles(&objects, &mut reading);
    found.join_groups();
    let mut account = Account { principals: found.principals, ..Account::default() };
    account.principals.sort_by(|a, b| a.arn.cmp(&b.arn));
    for object in &objects {
        tags(object, &mut account);
        reading.control(object, &mut account);
    }
    account.resource_policies = resource::read(&objects, &account, &mut reading);
    account
}

/// Identities while their policies are gathered.
#[derive(Default)]
struct Found {
    principals: Vec<Principal>,
    /// Policies of groups, by environment and name.
    groups: BTreeMap<(Arc<str>, Arc<str>), Vec<Attached>>,
    /// Users of groups: environment, user, group.
    members: BTreeSet<(Arc<str>, Arc<str>, Arc<str>)>,
    /// Inline policies of roles that have a resource of their own: environment, role, policy.
    inline: BTreeSet<(Arc<str>, Arc<str>, Arc<str>)>,
    /// Managed policies of roles that have an attachment of their own: environment, role, ARN.
    attached: BTreeSet<(Arc<str>, Arc<str>, Arc<str>)>,
}

impl Found {
    /// Gives a policy to the identities of this kind and name; of an environment to all where the name is not known.
    fn give(&mut self, object: &Object, kind: Kind, name: Seen<Arc<str>>, attached: &Attached) {
        let here = |one: &Principal| one.environment == object.environment && one.kind == kind;
        let name = match name {
            Seen::Is(name) => name,
            Seen::Nothing => return,
            Seen::Unknown => {
                let doubt =
                    || Err(format!("{} is not known to be attached to whom", attached.name).into());
                for one in self.principals.iter_mut().filter(|one| here(one)) {
                    one.policies.push(Attached { policy: doubt(), ..attached.clone() });
                }
                return;
            }
        };
        let named = |one: &Principal| one.kind == kind && one.name == name;
        let is_here = self.principals.iter().any(|one| named(one) && here(one));
        for one in self.principals.iter_mut().filter(|one| named(one)) {
            if !is_here || one.environment == object.environment {
                one.policies.push(attached.clone());
            }
        }
    }

    fn give_group(&mut self, object: &Object, name: Seen<Arc<str>>, attached: &Attached) {
        match name {
            Seen::Is(name) => {
                let key = (Arc::clone(&object.environment), name);
                self.groups.entry(key).or_default().push(attached.clone());
            }
            Seen::Nothing => {}
            // It may be a group of any user.
            Seen::Unknown => self.give(object, Kind::User, Seen::Unknown, attached),
        }
    }

    /// What roles hold inline or by `managed_policy_arns` and no resource of its own stands for.
    fn inline_of_roles(&mut self, objects: &[&Object], reading: &mut Reading<'_>) {
        for object in objects.iter().filter(|one| &*one.type_name == "aws_iam_role") {
            let environment = &object.environment;
            let role = name_of(object);
            let (inline, _) = blocks(&object.value, "inline_policy");
            for one in inline {
                let name = known_text(one, "name").unwrap_or_default();
                let key = (Arc::clone(environment), Arc::clone(&role), Arc::clone(&name));
                if name.is_empty() || self.inline.contains(&key) {
                    continue;
                }
                let attached =
                    reading.inline(object, one, "policy", &format!("inline policy {name}"));
                self.give(object, Kind::Role, Seen::Is(Arc::clone(&role)), &attached);
            }
            let (arns, _) = texts(&object.value, "managed_policy_arns");
            for arn in arns {
                if self.attached.contains(&(
                    Arc::clone(environment),
                    Arc::clone(&role),
                    Arc::clone(&arn),
                )) {
                    continue;
                }
                let attached = reading.managed(object, &Seen::Is(arn));
                self.give(object, Kind::Role, Seen::Is(Arc::clone(&role)), &attached);
            }
        }
    }

    /// Users hold what their groups hold.
    fn join_groups(&mut self) {
        for (environment, user, group) in &self.members {
            let Some(policies) = self.groups.get(&(Arc::clone(environment), Arc::clone(group)))
            else {
                continue;
            };
            let is_user = |one: &&mut Principal| {
                one.kind == Kind::User && one.name == *user && one.environment == *environment
            };
            for one in self.principals.iter_mut().filter(is_user) {
                one.policies.extend(policies.iter().map(|policy| {
                    let mut policy = policy.clone();
                    policy.by_way_of.insert(0, Step::given(format!("member of group {group}")));
                    policy
                }));
            }
        }
    }
}

/// Managed policies of the estate, and where to say what is odd.
pub(super) struct Reading<'n> {
    policies: BTreeMap<Arc<str>, Attached>,
    notes: &'n mut Vec<Note>,
}

impl Reading<'_> {
    fn own_policy(&mut self, object: &Object) {
        let name = name_of(object);
        let arn = known_text(&object.value, "arn")
            .unwrap_or_else(|| planned_arn(object, "policy", &name));
        let attached = self.inline(object, &object.value, "policy", &format!("policy {name}"));
        self.policies.insert(arn, attached);
    }

    fn role(&mut self, object: &Object) -> Principal {
        let trust = self.inline(
            object,
            &object.value,
            "assume_role_policy",
            &format!("trust of role {}", name_of(object)),
        );
        Principal { trust: Some(trust), ..self.user_or_role(object, Kind::Role, "role") }
    }

    fn user(&mut self, object: &Object) -> Principal {
        self.user_or_role(object, Kind::User, "user")
    }

    fn user_or_role(&mut self, object: &Object, kind: Kind, word: &str) -> Principal {
        let name = name_of(object);
        let arn =
            known_text(&object.value, "arn").unwrap_or_else(|| planned_arn(object, word, &name));
        let boundary = match text(&object.value, "permissions_boundary") {
            Seen::Nothing => None,
            arn => {
                let attached = self.managed(object, &arn);
                let name = format!("boundary: {}", attached.name).into();
                Some(Attached { name, by_way_of: Vec::new(), ..attached })
            }
        };
        let mut tags = pairs(&object.value, "tags");
        for pair in pairs(&object.value, "tags_all") {
            if !tags.contains(&pair) {
                tags.push(pair);
            }
        }
        Principal {
            kind,
            name,
            arn,
            environment: Arc::clone(&object.environment),
            source: object.source(),
            tags,
            policies: Vec::new(),
            boundary,
            trust: None,
            session_tags: OnceLock::new(),
        }
    }

    /// The policy in an attribute.
    pub(super) fn inline(
        &mut self,
        object: &Object,
        value: &Value,
        attribute: &str,
        name: &str,
    ) -> Attached {
        let source = object.source();
        let policy = match text(value, attribute) {
            Seen::Is(text) => Policy::parse(&text).map(Arc::new).map_err(|fault| {
                let what = format!("`{attribute}` is no policy that is understood: {fault}");
                self.notes.push(Note::not_understood(&source, &what));
                Arc::from(format!("{name} is not understood"))
            }),
            Seen::Unknown => Err(Arc::from(format!("{name} is not known yet"))),
            Seen::Nothing => Ok(Arc::new(Policy { statements: Vec::new() })),
        };
        Attached { name: name.into(), policy, source: Some(source), by_way_of: Vec::new() }
    }

    /// The policy with an ARN: of the estate, or of the cloud's own as far as these are known.
    pub(super) fn managed(&mut self, object: &Object, arn: &Seen<Arc<str>>) -> Attached {
        let by_way_of = |words: String| vec![Step::at(words, &object.source())];
        let arn = match arn {
            Seen::Is(arn) => arn,
            Seen::Nothing | Seen::Unknown => {
                return Attached {
                    name: "a policy".into(),
                    policy: Err("which policy is attached is not known yet".into()),
                    source: Some(object.source()),
                    by_way_of: Vec::new(),
                };
            }
        };
        if let Some(own) = self.policies.get(arn) {
            return Attached { by_way_of: by_way_of("attached".to_owned()), ..own.clone() };
        }
        let name = arn.rsplit('/').next().unwrap_or(arn);
        let policy = match managed::policy(arn) {
            Some(policy) => Ok(policy),
            None => {
                let what = match managed::is_of_the_cloud(arn) {
                    true => format!("policy {name} of AWS is not in the catalogue"),
                    false => format!("policy {arn} is made by no stack of the estate"),
                };
                self.notes.push(Note::unknown_policy(&object.source(), &what));
                Err(Arc::from(what))
            }
        };
        Attached {
            name: format!("policy {name}").into(),
            policy,
            source: Some(object.source()),
            by_way_of: Vec::new(),
        }
    }

    fn attach(&mut self, object: &Object, found: &mut Found) {
        let value = &object.value;
        let own = |name: &str| text(value, name);
        match &*object.type_name {
            "aws_iam_role_policy" => {
                let name = known_text(value, "name").unwrap_or_default();
                if let Seen::Is(role) = own("role") {
                    found.inline.insert((Arc::clone(&object.environment), role, Arc::clone(&name)));
                }
                let attached =
                    self.inline(object, value, "policy", &format!("inline policy {name}"));
                found.give(object, Kind::Role, own("role"), &attached);
            }
            "aws_iam_user_policy" => {
                let attached = self.inline(object, value, "policy", "inline policy");
                found.give(object, Kind::User, own("user"), &attached);
            }
            "aws_iam_group_policy" => {
                let attached = self.inline(object, value, "policy", "policy of the group");
                found.give_group(object, own("group"), &attached);
            }
            "aws_iam_role_policy_attachment" => {
                if let (Seen::Is(role), Seen::Is(arn)) = (own("role"), own("policy_arn")) {
                    found.attached.insert((Arc::clone(&object.environment), role, arn));
                }
                let attached = self.managed(object, &own("policy_arn"));
                found.give(object, Kind::Role, own("role"), &attached);
            }
            "aws_iam_user_policy_attachment" => {
                let attached = self.managed(object, &own("policy_arn"));
                found.give(object, Kind::User, own("user"), &attached);
            }
            "aws_iam_group_policy_attachment" => {
                let attached = self.managed(object, &own("policy_arn"));
                found.give_group(object, own("group"), &attached);
            }
            "aws_iam_policy_attachment" => self.attach_to_many(object, found),
            "aws_iam_group_membership" | "aws_iam_user_group_membership" => members(object, found),
            _ => {}
        }
    }

    fn attach_to_many(&mut self, object: &Object, found: &mut Found) {
        let attached = self.managed(object, &text(&object.value, "policy_arn"));
        for (names, kind) in [("roles", Kind::Role), ("users", Kind::User)] {
            let (known, whole) = texts(&object.value, names);
            for name in known {
                found.give(object, kind, Seen::Is(name), &attached);
            }
            if whole == Whole::InPart {
                found.give(object, kind, Seen::Unknown, &attached);
            }
        }
        for name in texts(&object.value, "groups").0 {
            found.give_group(object, Seen::Is(name), &attached);
        }
    }

    /// Service control policies, their places, and the tree of accounts.
    fn control(&mut self, object: &Object, account: &mut Account) {
        let value = &object.value;
        match &*object.type_name {
            "aws_organizations_account" | "aws_organizations_organizational_unit" => {
                if let (Some(id), Some(parent)) =
                    (known_text(value, "id"), known_text(value, "parent_id"))
                {
                    account.parents.insert(id, parent);
                }
            }
            "aws_organizations_policy" => {
                let kind = known_text(value, "type");
                if kind.as_deref().is_none_or(|kind| kind == "SERVICE_CONTROL_POLICY") {
                    let name = format!("service control policy {}", name_of(object));
                    let attached = self.inline(object, value, "content", &name);
                    let id = known_text(value, "id").unwrap_or_default();
                    self.policies.insert(format!("control:{id}").into(), attached);
                }
            }
            "aws_organizations_policy_attachment" => {
                let (policy, target) = (text(value, "policy_id"), text(value, "target_id"));
                if policy == Seen::Unknown || target == Seen::Unknown {
                    let what = "a service control policy whose place is not known yet, which may take away what is told here";
                    self.notes.push(Note::not_read(&object.source(), what));
                }
                if let (Seen::Is(policy), Seen::Is(target)) = (policy, target)
                    && let Some(attached) = self.policies.get(&*format!("control:{policy}"))
                {
                    let mut attached = attached.clone();
                    attached.by_way_of = vec![Step::at("attached", &object.source())];
                    account.control.entry(target).or_default().push(attached);
                }
            }
            _ => {}
        }
    }
}

fn members(object: &Object, found: &mut Found) {
    let value = &object.value;
    let (one, many) = match &*object.type_name {
        "aws_iam_group_membership" => ("group", "users"),
        _ => ("user", "groups"),
    };
    let (others, whole) = texts(value, many);
    let one = match text(value, one) {
        Seen::Is(one) if whole == Whole::Known => one,
        _ => {
            let doubt = Attached {
                name: "a group".into(),
                policy: Err("which users are in which groups is not known yet".into()),
                source: Some(object.source()),
                by_way_of: Vec::new(),
            };
            found.give(object, Kind::User, Seen::Unknown, &doubt);
            return;
        }
    };
    for other in others {
        let (user, group) = match &*object.type_name {
            "aws_iam_group_membership" => (other, Arc::clone(&one)),
            _ => (Arc::clone(&one), other),
        };
        found.members.insert((Arc::clone(&object.environment), user, group));
    }
}

fn tags(object: &Object, account: &mut Account) {
    let Some(arn) = known_text(&object.value, "arn") else { return };
    // Where tags are not known, nothing is known of the keys.
    let known = |name: &str| !matches!(seen(&object.value, name), Seen::Unknown);
    if known("tags") && known("tags_all") {
        let all = pairs(&object.value, "tags_all");
        let all = if all.is_empty() { pairs(&object.value, "tags") } else { all };
        account.tags.insert(arn, all);
    }
}

/// The name of an object; its address where that is not known yet.
fn name_of(object: &Object) -> Arc<str> {
    known_text(&object.value, "name").unwrap_or_else(|| Arc::clone(&object.address))
}

/// The ARN that an object is to have.
fn planned_arn(object: &Object, kind: &str, name: &str) -> Arc<str> {
    let account = object.account.as_deref().unwrap_or("*");
    let path = known_text(&object.value, "path").unwrap_or_else(|| "/".into());
    format!("arn:aws:iam::{account}:{kind}{path}{name}").into()
}
