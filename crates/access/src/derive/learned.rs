//! What many calls need together, as few statements.
//!
//! Invariant: each action stands in one statement only, so that no statement is there beside another that grants the same.

use std::collections::{BTreeMap, BTreeSet};

use super::ask::{Need, Why};
use super::pattern::{gathered, lasting};
use crate::glob::{self, Case};

/// What was learned so far for one identity.
#[derive(Clone, Debug, Default)]
pub struct Learned {
    /// By action, and the service to which a role is passed.
    grants: BTreeMap<(String, Option<String>), Grant>,
    calls: BTreeMap<String, usize>,
}

/// Condition keys, all of which must equal one of their values.
pub(super) type Conditions = BTreeMap<String, BTreeSet<String>>;

#[derive(Clone, Debug)]
struct Grant {
    resources: BTreeSet<String>,
    /// Where it was called; nowhere in particular where the service has no regions.
    regions: BTreeSet<String>,
    why: Why,
}

impl Grant {
    /// The same without resources that others of it cover.
    fn settled(&self) -> Grant {
        let covers = |pattern: &String, one: &String| {
            pattern != one && glob::covers(pattern, one, Case::Counts)
        };
        let is_covered = |one: &String| self.resources.iter().any(|pattern| covers(pattern, one));
        let kept = self.resources.iter().filter(|one| !is_covered(one));
        Grant { resources: kept.cloned().collect(), ..self.clone() }
    }

    /// What is granted upon everything is bound to the regions.
    fn conditions(&self, passed_to: Option<&String>) -> Conditions {
        let mut conditions = Conditions::new();
        if self.resources.contains("*") && !self.regions.is_empty() {
            conditions.insert("aws:RequestedRegion".to_owned(), self.regions.clone());
        }
        if let Some(service) = passed_to {
            let services = BTreeSet::from([service.clone()]);
            conditions.insert("iam:PassedToService".to_owned(), services);
        }
        conditions
    }
}

/// A statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its name: letters and digits.
    pub sid: String,
    /// Sorted.
    pub actions: Vec<String>,
    /// Sorted.
    pub resources: Vec<String>,
    /// Condition keys, all of which must equal one of their values.
    pub conditions: BTreeMap<String, BTreeSet<String>>,
    /// Whether all of it is what services ask for on the caller's behalf.
    pub is_implied: bool,
}

impl Learned {
    /// Takes in what a call needed.
    pub fn add(&mut self, operation: &str, needs: &[Need]) {
        *self.calls.entry(operation.to_owned()).or_default() += 1;
        for need in needs {
            let key = (need.action.clone(), need.passed_to.clone());
            let grant = self.grants.entry(key).or_insert_with(|| Grant {
                resources: BTreeSet::new(),
                regions: BTreeSet::new(),
                why: need.why,
            });
            grant.resources.extend(need.resources.iter().map(|one| lasting(one)));
            grant.regions.extend(need.region.clone());
            grant.why = grant.why.min(need.why);
        }
    }

    /// The operations that were called, and how often.
    pub fn calls(&self) -> &BTreeMap<String, usize> {
        &self.calls
    }

    /// The statements, by service and name.
    pub fn statements(&self) -> Vec<Statement> {
        let mut groups: BTreeMap<(bool, Conditions, Vec<String>), BTreeSet<String>> =
            BTreeMap::new();
        for (action, conditions, grant) in self.settled() {
            let resources: Vec<String> = grant.resources.into_iter().collect();
            let key = (grant.why == Why::Implied, conditions, resources);
            groups.entry(key).or_default().insert(action);
        }
        let mut statements: Vec<Statement> = Vec::new();
        for ((is_implied, conditions, resources), actions) in groups {
            let (actions, resources) = (actions.into_iter().collect(), gathered(&resources));
            let one = Statement { sid: String::new(), actions, resources, conditions, is_implied };
            match statements.iter_mut().find(|other| other.takes(&one)) {
                Some(other) => other.join(one),
                None => statements.push(one),
            }
        }
        name(&mut statements);
        statements
    }

    /// Each action with its conditions. What is asked for upon just what was called, too, needs no statement of its own.
    fn settled(&self) -> Vec<(String, Conditions, Grant)> {
        let settle = |((action, passed_to), grant): (&(String, Option<String>), &Grant)| {
            let grant = grant.settled();
            (action.clone(), grant.conditions(passed_to.as_ref()), grant)
        };
        let mut settled: Vec<(String, Conditions, Grant)> =
            self.grants.iter().map(settle).collect();
        let called = settled.iter().filter(|(_, _, grant)| grant.why == Why::Called);
        let called: BTreeSet<(Conditions, BTreeSet<String>)> = called
            .map(|(_, conditions, grant)| (conditions.clone(), grant.resources.clone()))
            .collect();
        for (_, conditions, grant) in &mut settled {
            if called.contains(&(conditions.clone(), grant.resources.clone())) {
                grant.why = Why::Called;
            }
        }
        settled
    }
}

impl Statement {
    /// Whether another may be joined to it without granting more: of the same service, and all resources of both are kinds
    /// without names, which an action of another kind can do nothing with.
    fn takes(&self, other: &Statement) -> bool {
        let nameless = |one: &Statement| {
            one.resources
                .iter()
                .all(|resource| resource.ends_with("/*") && resource.matches('*').count() <= 2)
        };
        self.conditions == other.conditions
            && self.service() == other.service()
            && nameless(self)
            && nameless(other)
    }

    fn join(&mut self, other: Statement) {
        self.is_implied &= other.is_implied;
        self.actions.extend(other.actions);
        self.resources.extend(other.resources);
        for list in [&mut self.actions, &mut self.resources] {
            list.sort();
            list.dedup();
        }
    }

    /// The service of its actions, where they are all of one.
    fn service(&self) -> Option<&str> {
        let mut services = self.actions.iter().filter_map(|action| action.split(':').next());
        let first = services.next()?;
        services.all(|one| one == first).then_some(first)
    }
}

/// Names the statements, each once: service, then the kind of its first resource, then a number.
fn name(statements: &mut [Statement]) {
    statements.sort_by(|a, b| {
        (a.is_implied, &a.actions, &a.resources).cmp(&(b.is_implied, &b.actions, &b.resources))
    });
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for one in statements {
        let service = capital(one.service().unwrap_or("several"));
        let kind = one.resources.first().map_or("", |resource| kind(resource));
        let implied = if one.is_implied { "Implied" } else { "" };
        let stem = format!("{implied}{service}{}", capital(kind));
        let mut sid = stem.clone();
        let mut number = 2;
        while !taken.insert(sid.clone()) {
            sid = format!("{stem}{number}");
            number += 1;
        }
        one.sid = sid;
    }
}

/// `role` of `arn:aws:iam::1:role/x`.
fn kind(resource: &str) -> &str {
    match resource.splitn(6, ':').nth(5) {
        Some(name) => name.split_once(['/', ':']).map_or("", |(kind, _)| kind),
        None => "All",
    }
}

fn capital(text: &str) -> String {
    let mut out = String::new();
    for word in text.split(|letter: char| !letter.is_ascii_alphanumeric()) {
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            out.push(first.to_ascii_uppercase());
            out.push_str(letters.as_str());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(action: &str, resources: &[&str]) -> Need {
        Need {
            action: action.to_owned(),
            resources: resources.iter().map(|one| (*one).to_owned()).collect(),
            region: Some("eu-west-1".to_owned()),
            passed_to: None,
            why: Why::Called,
        }
    }

    fn shown(learned: &Learned) -> Vec<String> {
        let show = |one: Statement| {
            let conditions: Vec<String> = one
                .conditions
                .iter()
                .map(|(key, values)| format!(" if {key} in {values:?}"))
                .collect();
            format!(
                "{}: {} on {}{}",
                one.sid,
                one.actions.join(" "),
                one.resources.join(" "),
                conditions.join("")
            )
        };
        learned.statements().into_iter().map(show).collect()
    }

    #[test]
    fn each_action_once() {
        let mut learned = Learned::default();
        let role = |name: &str| format!("arn:aws:iam::1:role/{name}");
        for name in ["a", "b"] {
            learned.add("iam:GetRole", &[need("iam:GetRole", &[&role(name)])]);
            learned.add("iam:CreateRole", &[need("iam:CreateRole", &[&role(name)])]);
        }
        learned.add("iam:AttachRolePolicy", &[need("iam:AttachRolePolicy", &[&role("a")])]);
        assert_eq!(
            shown(&learned),
            [
                "IamRole: iam:AttachRolePolicy on arn:aws:iam::1:role/a",
                "IamRole2: iam:CreateRole iam:GetRole on arn:aws:iam::1:role/a arn:aws:iam::1:role/b",
            ]
        );
        assert_eq!(learned.calls()["iam:GetRole"], 2);
    }

    #[test]
    fn everything_swallows_the_rest_and_keeps_the_region() {
        let mut learned = Learned::default();
        learned.add("a", &[need("rds:DescribeDBClusters", &["arn:aws:rds:eu-west-1:1:cluster:x"])]);
        let elsewhere =
            Need { region: Some("us-east-1".into()), ..need("rds:DescribeDBClusters", &["*"]) };
        learned.add("a", &[elsewhere]);
        assert_eq!(
            shown(&learned),
            [
                "RdsAll: rds:DescribeDBClusters on * if aws:RequestedRegion in {\"eu-west-1\", \"us-east-1\"}",
            ]
        );
    }

    #[test]
    fn kinds_without_names_stand_together() {
        let mut learned = Learned::default();
        let arn = |name: &str| format!("arn:aws:ec2:eu-west-1:1:{name}");
        learned
            .add("a", &[need("ec2:CreateSubnet", &[&arn("subnet/*"), &arn("vpc/vpc-0a1b2c3d")])]);
        learned.add("a", &[need("ec2:DeleteVpc", &[&arn("vpc/vpc-0a1b2c3d")])]);
        let tag = Need { why: Why::Implied, ..need("ec2:CreateTags", &[&arn("subnet/*")]) };
        learned.add("a", &[tag]);
        assert_eq!(
            shown(&learned),
            [
                "Ec2Subnet: ec2:CreateSubnet ec2:CreateTags ec2:DeleteVpc on arn:aws:ec2:eu-west-1:1:subnet/* arn:aws:ec2:eu-west-1:1:vpc/*",
            ]
        );
    }

    #[test]
    fn what_is_implied_stands_apart_unless_it_is_called() {
        let mut learned = Learned::default();
        let pass = Need {
            passed_to: Some("eks.amazonaws.com".into()),
            why: Why::Implied,
            ..need("iam:PassRole", &["arn:aws:iam::1:role/x"])
        };
        let tag =
            Need { why: Why::Implied, ..need("eks:TagResource", &["arn:aws:eks:r:1:cluster/c"]) };
        learned.add("a", &[need("eks:CreateCluster", &["arn:aws:eks:r:1:cluster/c"]), pass, tag]);
        assert_eq!(
            shown(&learned),
            [
                "EksCluster: eks:CreateCluster eks:TagResource on arn:aws:eks:r:1:cluster/c",
                "ImpliedIamRole: iam:PassRole on arn:aws:iam::1:role/x if iam:PassedToService in {\"eks.amazonaws.com\"}",
            ]
        );
    }
}
