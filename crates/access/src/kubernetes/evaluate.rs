//! Whether a subject may do something in a cluster: the rules of RBAC, which only add up, with the path that grants.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::builtin;
use super::rules::{Cluster, RoleName, Rule, Subject};
use crate::answer::{Answer, Claim, Decision, Holds, Step};
use crate::cell::{Cell, Cells};
use crate::class::Class;

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// A verb: `get`, `list`, `create`, ...
    pub verb: Arc<str>,
    /// The API group; empty for the core group.
    pub group: Arc<str>,
    /// The resource, with its subresource: `pods/exec`. Empty for a URL.
    pub resource: Arc<str>,
    /// The namespace; none: of the cluster as a whole.
    pub namespace: Option<Arc<str>>,
    /// The name of the object; none: of any name.
    pub name: Option<Arc<str>>,
    /// A URL that is no resource.
    pub url: Option<Arc<str>>,
}

/// The group of a resource that every cluster has; the core group where it is none.
pub fn kind_of(resource: &str) -> &'static str {
    let bare = resource.split('/').next().unwrap_or(resource);
    builtin::group_of(bare).unwrap_or("")
}

/// The role that rules come from, for a path.
struct Given<'a> {
    rules: Vec<(&'a Rule, Vec<Step>)>,
    namespaces: Vec<Arc<str>>,
    path: Vec<Step>,
    claim: Claim,
    /// Whether every cluster brings it.
    brought: bool,
}

impl Cluster {
    /// Whether a subject may do it.
    pub fn may(&self, who: &Subject, request: &Request) -> Decision {
        let mut best = Decision::no();
        for given in self.given(who) {
            for (rule, role) in &given.rules {
                let claim = fits(rule, request)
                    .and(given.claim.clone())
                    .and(place(&given.namespaces, request));
                if claim.holds != Holds::No {
                    let path = given.path.iter().chain(role).cloned().collect();
                    best = best.or(Decision::of(claim, path));
                }
                if best.answer == Answer::Yes {
                    return best;
                }
            }
        }
        best
    }

    /// All that is given to a subject.
    fn given(&self, who: &Subject) -> Vec<Given<'_>> {
        let mut all = Vec::new();
        let identities = self.identities(who);
        for binding in &self.bindings {
            let Some((_, steps)) =
                identities.iter().find(|(one, _)| binding.subjects.contains(one))
            else {
                continue;
            };
            let mut path = steps.clone();
            path.push(Step {
                what: format!("binding {}", binding.name).into(),
                source: binding.source.clone(),
            });
            let mut claim = Claim::doubted(binding.doubt.as_ref());
            let rules = self.rules(&binding.role);
            if !self.roles.contains_key(&binding.role) {
                claim = Claim::doubtful(format!("role {} is not known", binding.role.1));
            }
            let rules = if rules.is_empty() && claim.holds == Holds::Open {
                vec![(anything(), Vec::new())]
            } else {
                rules
            };
            all.push(Given {
                rules,
                namespaces: binding.namespace.iter().cloned().collect(),
                path,
                claim,
                brought: binding.source.is_none(),
            });
        }
        if let Subject::Cloud(arn) = who {
            for entry in self.entries.iter().filter(|one| one.cloud == *arn) {
                if let Some(doubt) = &entry.doubt {
                    let path = vec![Step::at("is let in", &entry.source)];
                    let claim = Claim::doubtful(Arc::clone(doubt));
                    let rules = vec![(anything(), Vec::new())];
                    all.push(Given { rules, namespaces: Vec::new(), path, claim, brought: false });
                }
            }
            all.extend(self.policies.iter().filter(|one| one.cloud == *arn).map(|policy| {
                let path = vec![Step::at(format!("access policy {}", policy.name), &policy.source)];
                let (rules, claim) = match policy_rules(&policy.name, self) {
                    Some(rules) => (rules, Claim::yes()),
                    None => (
                        vec![(anything(), Vec::new())],
                        Claim::doubtful(format!(
                            "access policy {} is not in the catalogue",
                            policy.name
                        )),
                    ),
                };
                Given { rules, namespaces: policy.namespaces.clone(), path, claim, brought: false }
            }));
        }
        all
    }

    /// The rules of a role, those of roles that it takes in among them.
    fn rules(&self, name: &RoleName) -> Vec<(&Rule, Vec<Step>)> {
        let (mut found, mut passed) = (Vec::new(), BTreeSet::new());
        let mut left = vec![(name, Vec::new())];
        while let Some((name, by_way_of)) = left.pop() {
            let Some((name, role)) = self.roles.get_key_value(name) else { continue };
            if !passed.insert(name) {
                continue;
            }
            let mut path: Vec<Step> = by_way_of;
            path.push(Step {
                what: format!("role {}", name.1).into(),
                source: role.source.clone(),
            });
            found.extend(role.rules.iter().map(|rule| (rule, path.clone())));
            for selector in &role.aggregates {
                let taken = self.roles.iter().filter(|((namespace, _), other)| {
                    namespace.is_none() && selector.fits(&other.labels)
                });
                left.extend(taken.map(|(other, _)| (other, path.clone())));
            }
        }
        found
    }

    /// What classes a subject holds where; what every cluster gives everybody is left out.
    pub(crate) fn held(&self, who: &Subject) -> Vec<Cell> {
        let mut cells = Cells::default();
        for given in self.given(who).into_iter().filter(|one| !one.brought) {
            let places = match given.namespaces.as_slice() {
                [] => vec!["all".into()],
                some => some.to_vec(),
            };
            for (rule, role) in &given.rules {
                let claim = given.claim.clone().and(Claim::doubted(rule.doubt.as_ref()));
                let path: Vec<Step> = given.path.iter().chain(role).cloned().collect();
                for class in classes(rule) {
                    for place in &places {
                        let decision = Decision::of(claim.clone(), path.clone());
                        cells.put(Cell {
                            class,
                            place: Arc::clone(place),
                            what: shown(rule),
                            decision,
                        });
                    }
                }
            }
        }
        cells.in_order()
    }
}

fn anything() -> &'static Rule {
    static RULE: std::sync::OnceLock<Rule> = std::sync::OnceLock::new();
    RULE.get_or_init(|| Rule {
        verbs: vec!["*".into()],
        groups: vec!["*".into()],
        resources: vec!["*".into()],
        urls: vec!["*".into()],
        ..Rule::default()
    })
}

/// The rules of an access policy; those that stand for a role of every cluster have its rules.
fn policy_rules<'c>(name: &str, cluster: &'c Cluster) -> Option<Vec<(&'c Rule, Vec<Step>)>> {
    let role = builtin::as_role(name);
    match role {
        Some(role) => Some(cluster.rules(&(None, role.into()))),
        None => Some(builtin::access_policy(name)?.iter().map(|rule| (rule, Vec::new())).collect()),
    }
}

fn has(all: &[Arc<str>], wanted: &str) -> bool {
    all.iter().any(|one| &**one == "*" || &**one == wanted)
}

/// Whether a rule is about a request.
fn fits(rule: &Rule, request: &Request) -> Claim {
    let about = match &request.url {
        Some(url) => rule.urls.iter().any(|one| match one.strip_suffix('*') {
            Some(beginning) => url.starts_with(beginning),
            None => one == url,
        }),
        None => has(&rule.groups, &request.group) && is_of(&rule.resources, &request.resource),
    };
    if !about || !has(&rule.verbs, &request.verb) {
        return Claim::no();
    }
    let named = match (&request.name, rule.names.as_slice()) {
        (_, []) => Claim::yes(),
        (Some(name), names) => Claim::from_bool(names.contains(name)),
        // What is being made has no name yet.
        (None, _) if matches!(&*request.verb, "create" | "deletecollection") => Claim::no(),
        (None, names) => Claim::on_condition(format!("only what is called {}", names.join(" or "))),
    };
    named.and(Claim::doubted(rule.doubt.as_ref()))
}

fn is_of(resources: &[Arc<str>], wanted: &str) -> bool {
    let sub = wanted.split_once('/').map(|(_, sub)| format!("*/{sub}"));
    has(resources, wanted) || sub.is_some_and(|sub| resources.iter().any(|one| **one == *sub))
}

/// Whether what counts in these namespaces counts where it is asked for.
fn place(namespaces: &[Arc<str>], request: &Request) -> Claim {
    match (namespaces, &request.namespace) {
        ([], _) => Claim::yes(),
        (some, Some(namespace)) if &**namespace == "*" => {
            Claim::on_condition(format!("in namespace {}", some.join(" or ")))
        }
        (some, Some(namespace)) => Claim::from_bool(some.contains(namespace)),
        (_, None) if request.url.is_some() || builtin::is_cluster_wide(&request.resource) => {
            Claim::no()
        }
        (some, None) => Claim::on_condition(format!("in namespace {}", some.join(" or "))),
    }
}

/// The classes of what a rule lets do.
fn classes(rule: &Rule) -> BTreeSet<Class> {
    let of = |verb: &str| has(&rule.verbs, verb);
    let mut all = BTreeSet::new();
    let writes = ["create", "update", "patch"].into_iter().any(of);
    if ["get", "list", "watch"].into_iter().any(of) {
        all.insert(Class::Read);
        if rule.resources.iter().any(|one| matches!(&**one, "*" | "secrets"))
            && has(&rule.groups, "")
        {
            all.insert(Class::Data);
        }
    }
    if writes {
        all.insert(Class::Write);
    }
    if ["delete", "deletecollection"].into_iter().any(of) {
        all.insert(Class::Delete);
    }
    if (writes && has(&rule.groups, "rbac.authorization.k8s.io"))
        || ["bind", "escalate"].into_iter().any(of)
    {
        all.insert(Class::Permissions);
    }
    let inside = ["pods/exec", "pods/attach", "serviceaccounts/token"];
    if of("impersonate")
        || (of("create")
            && inside.into_iter().any(|one| is_of(&rule.resources, one))
            && has(&rule.groups, ""))
    {
        all.insert(Class::Become);
    }
    all
}

fn shown(rule: &Rule) -> Arc<str> {
    format!("{} of {}", rule.verbs.join(", "), rule.resources.join(", ")).into()
}
