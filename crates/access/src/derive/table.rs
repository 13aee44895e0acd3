//! What the services' requests need, as data: one file for each service under `tables/`.
//!
//! Invariant: no two files are about the same signing name; every kind that a file refers to is in it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::glob::{self, Case};

/// The files.
const FILES: &[(&str, &str)] = &[
    ("acm", include_str!("../../tables/acm.toml")),
    ("autoscaling", include_str!("../../tables/autoscaling.toml")),
    ("cloudwatch", include_str!("../../tables/cloudwatch.toml")),
    ("dynamodb", include_str!("../../tables/dynamodb.toml")),
    ("ec2", include_str!("../../tables/ec2.toml")),
    ("ecr", include_str!("../../tables/ecr.toml")),
    ("ecs", include_str!("../../tables/ecs.toml")),
    ("eks", include_str!("../../tables/eks.toml")),
    ("elasticache", include_str!("../../tables/elasticache.toml")),
    ("elasticloadbalancing", include_str!("../../tables/elasticloadbalancing.toml")),
    ("events", include_str!("../../tables/events.toml")),
    ("iam", include_str!("../../tables/iam.toml")),
    ("kms", include_str!("../../tables/kms.toml")),
    ("lambda", include_str!("../../tables/lambda.toml")),
    ("logs", include_str!("../../tables/logs.toml")),
    ("rds", include_str!("../../tables/rds.toml")),
    ("route53", include_str!("../../tables/route53.toml")),
    ("s3", include_str!("../../tables/s3.toml")),
    ("secretsmanager", include_str!("../../tables/secretsmanager.toml")),
    ("sns", include_str!("../../tables/sns.toml")),
    ("sqs", include_str!("../../tables/sqs.toml")),
    ("ssm", include_str!("../../tables/ssm.toml")),
    ("sts", include_str!("../../tables/sts.toml")),
    ("tagging", include_str!("../../tables/tagging.toml")),
];

/// How requests of a service say what they are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// A form with `Action`.
    Query,
    /// A JSON document, and `X-Amz-Target`.
    Json,
    /// Method and path.
    Rest,
}

/// Whether a service has objects of its own in each region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Reach {
    Regional,
    Global,
}

/// A service's table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// What its actions begin with.
    pub(super) action: String,
    /// The names that requests are signed for.
    pub(super) signing: Vec<String>,
    /// How its requests say what they are about.
    pub(super) transport: Transport,
    /// Whether regions tell its objects apart.
    pub(super) reach: Reach,
    /// Its endpoint, with `{region}` and `{domain}`.
    host: String,
    /// Operations that nobody is refused.
    #[serde(default)]
    pub(super) free: Vec<String>,
    /// Operations that are of no resource.
    #[serde(default)]
    pub(super) unscoped: Vec<String>,
    /// The ARNs of each kind of resource; `{}` is the value that named it, `{NAME}` a parameter.
    #[serde(default)]
    pub(super) kinds: BTreeMap<String, Vec<String>>,
    /// Parameters that name resources, each with the kind.
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, String>,
    /// Operations whose parameters do not name all of their resources: the kinds of these.
    #[serde(default)]
    pub(super) on: BTreeMap<String, Vec<String>>,
    /// Operations of which only these parameters name resources.
    #[serde(default)]
    pub(super) only: BTreeMap<String, Vec<String>>,
    /// Operations whose actions have other names.
    #[serde(default)]
    pub(super) renamed: BTreeMap<String, Vec<String>>,
    /// `METHOD /path/{Label}?key` to the operation; the one with most fixed steps and keys counts.
    #[serde(default)]
    routes: BTreeMap<String, String>,
    /// What a service asks for on the caller's behalf, beside the operation's own action.
    #[serde(default)]
    pub(super) implied: Vec<Implied>,
    #[serde(skip)]
    pub(super) compiled: Vec<Route>,
}

/// What a service asks for on the caller's behalf.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Implied {
    /// By which operations.
    pub(super) of: Vec<String>,
    /// Only where this parameter is there.
    #[serde(default)]
    pub(super) when: Option<String>,
    /// The actions, with their service.
    pub(super) actions: Vec<String>,
    /// Upon what; upon what the operation is of, where it is not said.
    #[serde(default)]
    pub(super) resources: Vec<String>,
    /// The service to which a role is passed.
    #[serde(default)]
    pub(super) passed_to: Option<String>,
}

/// A route.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) method: String,
    pub(super) steps: Vec<Step>,
    pub(super) keys: Vec<String>,
    pub(super) operation: String,
}

/// A step of a route's path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Fixed(String),
    One(String),
    /// All that is left, at least one step.
    Rest(String),
}

impl Service {
    /// The host of its endpoint.
    pub fn host(&self, region: &str, domain: &str) -> String {
        self.host.replace("{region}", region).replace("{domain}", domain)
    }

    fn compile(mut self) -> Service {
        let routes = std::mem::take(&mut self.routes);
        self.compiled =
            routes.into_iter().map(|(text, operation)| route(&text, operation)).collect();
        // The most particular first.
        self.compiled.sort_by_key(|route| std::cmp::Reverse(weight(route)));
        self
    }

    /// What is said for an operation by a table whose keys are patterns; an exact one counts before others.
    pub(super) fn said<'a>(
        table: &'a BTreeMap<String, Vec<String>>,
        operation: &str,
    ) -> Option<&'a [String]> {
        let exact = table.get(operation);
        let found = exact.or_else(|| {
            table
                .iter()
                .find(|(pattern, _)| glob::covers(pattern, operation, Case::Counts))
                .map(|(_, said)| said)
        });
        found.map(Vec::as_slice)
    }
}

fn route(text: &str, operation: String) -> Route {
    let (method, address) = text.split_once(' ').expect("BUG: a route without a method");
    let (path, keys) = address.split_once('?').unwrap_or((address, ""));
    let steps = path.split('/').filter(|step| !step.is_empty()).map(|step| {
        match step.strip_prefix('{').and_then(|label| label.strip_suffix('}')) {
            Some(label) => match label.strip_suffix('+') {
                Some(label) => Step::Rest(label.to_owned()),
                None => Step::One(label.to_owned()),
            },
            None => Step::Fixed(step.to_owned()),
        }
    });
    Route {
        method: method.to_owned(),
        steps: steps.collect(),
        keys: keys.split('&').filter(|key| !key.is_empty()).map(str::to_owned).collect(),
        operation,
    }
}

fn weight(route: &Route) -> (usize, usize, usize) {
    let fixed = route.steps.iter().filter(|step| matches!(step, Step::Fixed(_))).count();
    let rest = usize::from(!route.steps.iter().any(|step| matches!(step, Step::Rest(_))));
    (fixed, route.keys.len(), rest)
}

/// The tables of all services.
#[derive(Clone, Debug)]
pub struct Tables {
    services: Vec<Service>,
}

impl Tables {
    /// Reads the tables that are compiled in.
    pub fn read() -> Tables {
        let service = |(name, text): &(&str, &str)| {
            let service: Service = toml::from_str(text)
                .unwrap_or_else(|error| panic!("BUG: tables/{name}.toml: {error}"));
            service.compile()
        };
        Tables { services: FILES.iter().map(service).collect() }
    }

    /// The service that requests are signed for under this name.
    pub fn service(&self, signing: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.signing.iter().any(|name| name == signing))
    }

    /// The service of an action: `ec2` of `ec2:CreateVpc`.
    pub(super) fn of_action(&self, action: &str) -> Option<&Service> {
        let (prefix, _) = action.split_once(':')?;
        self.services.iter().find(|service| service.action == prefix)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn tables_hold_together() {
        let tables = Tables::read();
        let mut signing = BTreeSet::new();
        for service in &tables.services {
            for name in &service.signing {
                assert!(signing.insert(name.clone()), "{name} is in two tables");
            }
            let used = service.parameters.values().chain(service.on.values().flatten());
            for kind in used {
                assert!(service.kinds.contains_key(kind), "{}: no kind {kind}", service.action);
            }
            let arns = service.kinds.values().flatten();
            for arn in arns {
                assert!(arn.starts_with("arn:{partition}:"), "{}: {arn}", service.action);
            }
            let is_rest = service.transport == Transport::Rest;
            assert_eq!(is_rest, !service.compiled.is_empty(), "{}: routes", service.action);
            for implied in &service.implied {
                assert!(implied.actions.iter().all(|action| action.contains(':')), "{implied:?}");
            }
        }
        assert_eq!(FILES.len(), tables.services.len());
    }
}
