//! What teams may do with stacks: read, plan, apply, approve; from the estate file and the identities of a team's people.
//!
//! Invariant: of a team whose people are known in no cloud, nothing is told but whether its approvals count.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use crate::answer::{Answer, Claim, Decision, Step};
use crate::aws;
use crate::catalogue;
use crate::glob::{self, Case};
use crate::google;
use crate::kubernetes::{self, Subject};
use crate::picture::Picture;
use crate::question::Right;
use crate::table::Realm;

/// A group of the estate.
#[derive(Clone, Debug)]
pub struct Team {
    /// Its name.
    pub name: Arc<str>,
    /// Patterns of the identities that its people have.
    pub principals: Vec<Arc<str>>,
}

/// A stack instance, as far as its access goes.
#[derive(Clone, Debug)]
pub struct Stack {
    /// `ENV/STACK[:KEY]`.
    pub address: Arc<str>,
    /// Its environment.
    pub environment: Arc<str>,
    /// Its layer.
    pub layer: Arc<str>,
    /// The groups whose approvals count; none: those of any group do.
    pub owners: Vec<Arc<str>>,
    /// Where that stands, `strata.hcl:12`.
    pub owners_at: Arc<str>,
    /// How many approvals are needed.
    pub approvals: u32,
    /// Whether approvals bind here.
    pub binds: bool,
    /// Who plans and who applies it, by the kind of credentials.
    pub identities: Vec<Identity>,
    /// The types of its objects, with their namespaces in a cluster.
    pub types: BTreeSet<(Arc<str>, Option<Arc<str>>)>,
}

/// Who a stack is to a cloud.
#[derive(Clone, Debug)]
pub struct Identity {
    /// `aws`, `google`, `azure` or `kubernetes`.
    pub kind: Arc<str>,
    /// Who plans: the ARN of a role, a service account, a client.
    pub plan: Option<Arc<str>>,
    /// Who applies.
    pub apply: Option<Arc<str>>,
}

/// What a team may do with a stack.
#[derive(Clone, Debug)]
pub struct Rights {
    /// The team.
    pub team: Arc<str>,
    /// The stack instance.
    pub stack: Arc<str>,
    /// Its layer.
    pub layer: Arc<str>,
    /// By right, in the order of [`Right::ALL`].
    pub rights: Vec<(Right, Decision)>,
}

/// The identities of a team's people that the estate knows.
struct People {
    all: Vec<(Realm, Arc<str>)>,
    named: bool,
}

/// What all teams may do with all stacks, by stack and team in their orders.
pub fn rights(picture: &Picture, teams: &[Team], stacks: &[Stack]) -> Vec<Rights> {
    let mut known: BTreeMap<Arc<str>, BTreeSet<(Realm, Arc<str>)>> = BTreeMap::new();
    for stack in stacks {
        known
            .entry(Arc::clone(&stack.environment))
            .or_insert_with(|| picture.known(&stack.environment));
    }
    let mut all = Vec::new();
    for stack in stacks {
        for team in teams {
            let fits =
                |who: &str| team.principals.iter().any(|one| glob::covers(one, who, Case::Counts));
            let people = People {
                all: known[&stack.environment]
                    .iter()
                    .filter(|(_, who)| fits(who))
                    .cloned()
                    .collect(),
                named: !team.principals.is_empty(),
            };
            let of = |right: Right| match right {
                Right::Read => people.read(picture, stack),
                Right::Plan => people.take(picture, stack, Purpose::Plan),
                Right::Apply => people.apply(picture, stack),
                Right::Approve => approve(team, stack),
            };
            all.push(Rights {
                team: Arc::clone(&team.name),
                stack: Arc::clone(&stack.address),
                layer: Arc::clone(&stack.layer),
                rights: Right::ALL.into_iter().map(|right| (right, of(right))).collect(),
            });
        }
    }
    all
}

fn approve(team: &Team, stack: &Stack) -> Decision {
    let owners = match stack.owners.as_slice() {
        [] => format!("any group approves [{}]", stack.owners_at),
        some => format!("owners are {} [{}]", some.join(", "), stack.owners_at),
    };
    let needs = match (stack.approvals, stack.binds) {
        (0, _) => "none is needed".to_owned(),
        (count, true) => format!("{count} needed"),
        (count, false) => format!("{count} asked for, without binding here"),
    };
    let path = vec![Step::given(owners), Step::given(needs)];
    if stack.owners.is_empty() || stack.owners.contains(&team.name) {
        Decision::of(Claim::yes(), path)
    } else {
        Decision::denied(path)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Plan,
    Apply,
}

impl People {
    /// Where nobody of the team is known, nothing else can be told.
    fn unknown(&self) -> Option<Decision> {
        let doubt = match (self.named, self.all.is_empty()) {
            (false, _) => {
                "the group has no `principals` in strata.hcl, so who its people are to clouds is not known"
            }
            (true, true) => "no identity that a stack makes fits the group's `principals`",
            (true, false) => return None,
        };
        Some(Decision::of(Claim::doubtful(doubt), Vec::new()))
    }

    fn apply(&self, picture: &Picture, stack: &Stack) -> Decision {
        let taken = self.take(picture, stack, Purpose::Apply);
        if taken.answer == Answer::No || stack.approvals == 0 || !stack.binds {
            return taken;
        }
        let owners =
            if stack.owners.is_empty() { "any group".to_owned() } else { stack.owners.join(", ") };
        let after = Claim::on_condition(format!("after {} by {owners}", count(stack.approvals)));
        let (claim, path) = taken.into_parts();
        Decision::of(claim.and(after), path)
    }

    /// Whether they may take the identity that plans or applies: all of a stack's, where it has several.
    fn take(&self, picture: &Picture, stack: &Stack, purpose: Purpose) -> Decision {
        let wanted: Vec<(&str, &Arc<str>)> = stack
            .identities
            .iter()
            .filter_map(|one| {
                let name = if purpose == Purpose::Plan { &one.plan } else { &one.apply };
                Some((&*one.kind, name.as_ref()?))
            })
            .collect();
        if wanted.is_empty() {
            let doubt =
                "the stack has no credentials in strata.hcl: whoever runs it brings their own";
            return Decision::of(Claim::doubtful(doubt), Vec::new());
        }
        if let Some(unknown) = self.unknown() {
            return unknown;
        }
        let (mut claim, mut path) = (Claim::yes(), Vec::new());
        for (kind, name) in wanted {
            let one = self.become_one(picture, kind, name);
            if one.answer == Answer::No {
                return one;
            }
            let (own, steps) = one.into_parts();
            path.extend(steps);
            claim = claim.and(own);
        }
        Decision::of(claim, path)
    }

    fn become_one(&self, picture: &Picture, kind: &str, name: &Arc<str>) -> Decision {
        match kind {
            "aws" => {
                let Some(role) = picture.aws.principal(name) else {
                    return Decision::of(
                        Claim::doubtful(format!("role {name} is made by no stack of the estate")),
                        Vec::new(),
                    );
                };
                let comers = picture.aws.comers(role);
                let mine = comers.iter().filter(|one| {
                    &*one.who == aws::SOMEBODY
                        || self.all.contains(&(Realm::Aws, Arc::clone(&one.who)))
                });
                mine.map(|one| one.decision.clone()).fold(Decision::no(), Decision::or)
            }
            "google" => {
                let request = google::Request {
                    permission: "iam.serviceAccounts.getAccessToken".into(),
                    resource: Some(Arc::clone(name)),
                };
                let mine = self.all.iter().filter(|(realm, _)| *realm == Realm::Google);
                mine.map(|(_, who)| picture.google.may(who, &request))
                    .fold(Decision::no(), Decision::or)
            }
            other => {
                let doubt = format!("who may take an identity of {other} is not followed");
                Decision::of(Claim::doubtful(doubt), Vec::new())
            }
        }
    }

    /// Whether they may look at what the stack holds: all of it, some, or nothing.
    fn read(&self, picture: &Picture, stack: &Stack) -> Decision {
        let services: BTreeSet<Service> = stack
            .types
            .iter()
            .filter_map(|(type_name, namespace)| Service::of(type_name, namespace.as_ref()))
            .collect();
        if services.is_empty() {
            let nothing = vec![Step::given("it holds nothing in a cloud that is told here")];
            return Decision::denied(nothing);
        }
        if let Some(unknown) = self.unknown() {
            return unknown;
        }
        let (mut can, mut cannot, mut path) = (Vec::new(), Vec::new(), Vec::new());
        let mut claim = Claim::yes();
        for service in &services {
            let one = self.look(picture, stack, service);
            if one.answer == Answer::No {
                cannot.push(service.words());
                continue;
            }
            can.push(service.words());
            let (own, steps) = one.into_parts();
            path.extend(steps);
            claim = claim.and(own);
        }
        if can.is_empty() {
            return Decision::no();
        }
        if !cannot.is_empty() {
            claim = claim.and(Claim::on_condition(format!(
                "{}, not {}",
                can.join(", "),
                cannot.join(", ")
            )));
        }
        Decision::of(claim, path)
    }

    fn look(&self, picture: &Picture, stack: &Stack, service: &Service) -> Decision {
        let mut best = Decision::no();
        for (realm, who) in &self.all {
            let one = match (service, realm) {
                (Service::Aws(name), Realm::Aws) => {
                    let Some(who) = picture.aws.principal(who) else { continue };
                    ["Describe*", "Get*", "List*"].into_iter().fold(Decision::no(), |best, verb| {
                        let action = format!("{name}:{verb}").into();
                        best.or(picture.aws.may(
                            who,
                            &aws::Request { action, resource: "*".into(), context: Vec::new() },
                        ))
                    })
                }
                (Service::Kubernetes { resource, namespace }, Realm::Aws | Realm::Kubernetes) => {
                    let request = kubernetes::Request {
                        verb: "get".into(),
                        group: kubernetes::kind_of(resource).into(),
                        resource: (*resource).into(),
                        namespace: namespace.clone(),
                        ..kubernetes::Request::default()
                    };
                    let here =
                        picture.clusters.iter().filter(|one| one.environment == stack.environment);
                    here.map(|cluster| cluster.may(&subject(who), &request))
                        .fold(Decision::no(), Decision::or)
                }
                (Service::Google(name), Realm::Google) => picture.google.may(
                    who,
                    &google::Request { permission: format!("{name}.*.get").into(), resource: None },
                ),
                (Service::Azure(name), Realm::Azure) => picture.azure.may(
                    who,
                    &crate::azure::Request { action: format!("{name}/*/read").into(), scope: None },
                ),
                _ => continue,
            };
            best = best.or(one);
        }
        best
    }
}

fn count(approvals: u32) -> String {
    if approvals == 1 { "1 approval".to_owned() } else { format!("{approvals} approvals") }
}

/// A subject of a cluster as rows name it.
fn subject(who: &str) -> Subject {
    if let Some(group) = who.strip_prefix("group ") {
        Subject::Group(group.into())
    } else if let Some(user) = who.strip_prefix("user ") {
        Subject::User(user.into())
    } else if let Some((namespace, name)) =
        who.strip_prefix("service account ").and_then(|rest| rest.split_once('/'))
    {
        Subject::ServiceAccount(namespace.into(), name.into())
    } else {
        Subject::Cloud(who.into())
    }
}

/// What a type of resources belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Service {
    Aws(&'static str),
    Google(&'static str),
    Azure(&'static str),
    Kubernetes { resource: &'static str, namespace: Option<Arc<str>> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    aws: BTreeMap<String, String>,
    google: BTreeMap<String, String>,
    azurerm: BTreeMap<String, String>,
    kubernetes: BTreeMap<String, String>,
}

impl Service {
    /// The service of a type, by the longest beginning that the catalogue has.
    fn of(type_name: &str, namespace: Option<&Arc<str>>) -> Option<Service> {
        static READ: OnceLock<Catalogue> = OnceLock::new();
        let all = READ.get_or_init(|| catalogue::read(include_str!("services.toml")));
        let (provider, rest) = type_name.split_once('_')?;
        let longest = |map: &'static BTreeMap<String, String>| {
            let fits = map.iter().filter(|(beginning, _)| {
                rest.strip_prefix(beginning.as_str())
                    .is_some_and(|left| left.is_empty() || left.starts_with('_'))
            });
            fits.max_by_key(|(beginning, _)| beginning.len()).map(|(_, service)| service.as_str())
        };
        match provider {
            "aws" => longest(&all.aws).map(Service::Aws),
            "google" => longest(&all.google).map(Service::Google),
            "azurerm" => longest(&all.azurerm).map(Service::Azure),
            "kubernetes" => longest(&all.kubernetes)
                .map(|resource| Service::Kubernetes { resource, namespace: namespace.cloned() }),
            // What a chart makes is told by its release, which the provider keeps in secrets of the namespace.
            "helm" => {
                Some(Service::Kubernetes { resource: "secrets", namespace: namespace.cloned() })
            }
            _ => None,
        }
    }

    fn words(&self) -> String {
        match self {
            Service::Aws(name) | Service::Google(name) | Service::Azure(name) => (*name).to_owned(),
            Service::Kubernetes { resource, namespace: Some(namespace) } => {
                format!("{resource} in {namespace}")
            }
            Service::Kubernetes { resource, namespace: None } => (*resource).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
