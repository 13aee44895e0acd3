//! What a request needs: its operation, told by the service's table, and the actions that it takes upon which resources.

use serde_json::{Value as Json, json};

use super::denial::Denial;
use super::parameters::{Parameters, decoded};
use super::request::{Place, Request};
use super::table::{Implied, Reach, Route, Service, Step, Tables, Transport};
use crate::glob::{self, Case};

/// Whether an action is the operation's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It is: a request without it is refused.
    Called,
    /// The service asks for it on the caller's behalf; emulators do not.
    Implied,
}

/// One thing that is needed: an action upon each of some resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// `ec2:CreateVpc`.
    pub action: String,
    /// ARNs, with `*`; or `*` alone.
    pub resources: Vec<String>,
    /// The region in which it was called, where the service has regions.
    pub region: Option<String>,
    /// To which service a role is passed.
    pub passed_to: Option<String>,
    /// Whose it is.
    pub why: Why,
}

/// A request that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Service and operation, as the service's interface calls it: `s3:HeadBucket`.
    pub operation: String,
    /// What it needs, by the tables; nothing where nobody is refused.
    pub needs: Vec<Need>,
    /// Whether the tables know the service. Else its action is a guess, upon everything.
    pub is_known: bool,
}

impl Tables {
    /// What a request needs; `None` where neither its service is known nor its operation named.
    pub fn look(&self, request: &Request<'_>, place: &Place<'_>) -> Option<Seen> {
        let Some(service) = self.service(request.service) else { return guess(request, place) };
        let (operation, parameters) = service.operation(request)?;
        let operation_name = format!("{}:{operation}", service.action);
        if service.free.iter().any(|one| glob::covers(one, &operation, Case::Counts)) {
            return Some(Seen { operation: operation_name, needs: Vec::new(), is_known: true });
        }
        let own = Service::said(&service.renamed, &operation);
        let actions = own.map_or_else(|| vec![operation.clone()], <[String]>::to_vec);
        let region = (service.reach == Reach::Regional).then(|| place.region.to_owned());
        let resources = service.resources(&operation, &parameters, place);
        let mut needs: Vec<Need> = actions
            .iter()
            .map(|action| Need {
                action: format!("{}:{action}", service.action),
                resources: resources.clone(),
                region: region.clone(),
                passed_to: None,
                why: Why::Called,
            })
            .collect();
        let implied = service.implied.iter().filter(|one| one.applies(&operation, &parameters));
        needs.extend(implied.flat_map(|one| self.implied(one, &parameters, &resources, place)));
        Some(Seen { operation: operation_name, needs, is_known: true })
    }

    fn implied(
        &self,
        implied: &Implied,
        parameters: &Parameters,
        own: &[String],
        place: &Place<'_>,
    ) -> Vec<Need> {
        let said = implied.resources.iter();
        let mut resources: Vec<String> =
            said.flat_map(|template| filled(template, None, parameters, place)).collect();
        if implied.resources.is_empty() {
            resources = own.to_vec();
        }
        let need = |action: &String| {
            let is_regional =
                self.of_action(action).is_some_and(|service| service.reach == Reach::Regional);
            Need {
                action: action.clone(),
                resources: resources.clone(),
                region: is_regional.then(|| place.region.to_owned()),
                passed_to: implied.passed_to.clone(),
                why: Why::Implied,
            }
        };
        implied.actions.iter().map(need).collect()
    }
}

impl Implied {
    fn applies(&self, operation: &str, parameters: &Parameters) -> bool {
        self.of.iter().any(|one| glob::covers(one, operation, Case::Counts))
            && self.when.as_ref().is_none_or(|name| parameters.has(name))
    }
}

/// A request of a service without a table: its action is most often the operation, upon everything.
fn guess(request: &Request<'_>, place: &Place<'_>) -> Option<Seen> {
    let mut parameters = Parameters::default();
    parameters.add_form(request.query);
    parameters.add_form(&String::from_utf8_lossy(request.body));
    let target = request.target.and_then(|target| target.rsplit('.').next());
    let operation = target.or_else(|| parameters.first("Action"))?;
    let action = format!("{}:{operation}", request.service);
    let need = Need {
        action: action.clone(),
        resources: vec!["*".to_owned()],
        region: Some(place.region.to_owned()),
        passed_to: None,
        why: Why::Called,
    };
    Some(Seen { operation: action, needs: vec![need], is_known: false })
}

impl Service {
    /// The operation of a request, and its parameters.
    fn operation(&self, request: &Request<'_>) -> Option<(String, Parameters)> {
        let mut parameters = Parameters::default();
        parameters.add_form(request.query);
        match self.transport {
            Transport::Query => {
                parameters.add_form(&String::from_utf8_lossy(request.body));
                let action = parameters.first("Action").map(str::to_owned);
                // Some services of this kind also take JSON.
                let target = request.target.and_then(|target| target.rsplit('.').next());
                let operation = action.or_else(|| target.map(str::to_owned))?;
                parameters.add_json(request.body);
                Some((operation, parameters))
            }
            Transport::Json => {
                let operation = request.target?.rsplit('.').next()?.to_owned();
                parameters.add_json(request.body);
                Some((operation, parameters))
            }
            Transport::Rest => {
                let route = self.compiled.iter().find(|route| route.takes(request, &parameters))?;
                route.label(request.path, &mut parameters);
                parameters.add_json(request.body);
                Some((route.operation.clone(), parameters))
            }
        }
    }

    fn resources(
        &self,
        operation: &str,
        parameters: &Parameters,
        place: &Place<'_>,
    ) -> Vec<String> {
        let everything = || vec!["*".to_owned()];
        if self.unscoped.iter().any(|one| glob::covers(one, operation, Case::Counts)) {
            return everything();
        }
        let kinds = |kind: &String| self.kinds.get(kind).into_iter().flatten();
        let mut resources: Vec<String> = match Service::said(&self.on, operation) {
            Some(on) => {
                let templates = on.iter().flat_map(kinds);
                templates.flat_map(|template| filled(template, None, parameters, place)).collect()
            }
            None => Vec::new(),
        };
        let only = Service::said(&self.only, operation);
        let counts = |name: &String| only.is_none_or(|only| only.contains(name));
        for (name, kind) in self.parameters.iter().filter(|(name, _)| counts(name)) {
            for value in parameters.all(name).iter().filter(|value| !value.is_empty()) {
                let templates = kinds(kind);
                resources
                    .extend(templates.flat_map(|one| filled(one, Some(value), parameters, place)));
            }
        }
        resources.sort();
        resources.dedup();
        if resources.is_empty() { everything() } else { resources }
    }
}

/// A template's ARNs. A value that is an ARN is the resource itself, and so is a parameter that is all of the template; what is
/// not known is `*`.
fn filled(
    template: &str,
    value: Option<&str>,
    parameters: &Parameters,
    place: &Place<'_>,
) -> Vec<String> {
    if let Some(arn) = value.filter(|value| value.starts_with("arn:")) {
        return vec![arn.to_owned()];
    }
    if let Some(name) = template.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'))
        && !name.contains(['{', '}'])
    {
        return parameters.all(name).to_vec();
    }
    let mut out = vec![String::new()];
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, behind) = behind.split_once('}').unwrap_or((behind, ""));
        let values: Vec<&str> = match name {
            "partition" => vec![place.partition()],
            "region" => vec![place.region],
            "account" => vec![place.account],
            "" => vec![value.map_or("*", plain)],
            name if parameters.all(name).is_empty() => vec!["*"],
            name => parameters.all(name).iter().map(|value| plain(value)).collect(),
        };
        let step = |begun: &String| -> Vec<String> {
            // A name that begins with a slash has it once.
            let bare = |value: &&str| {
                if before.ends_with('/') {
                    value.trim_start_matches('/').to_owned()
                } else {
                    (*value).to_owned()
                }
            };
            values.iter().map(bare).map(|value| format!("{begun}{before}{value}")).collect()
        };
        out = out.iter().flat_map(step).collect();
        rest = behind;
    }
    out.iter().map(|begun| format!("{begun}{rest}")).collect()
}

/// The name alone, where a request names something by an ARN or an address.
fn plain(value: &str) -> &str {
    if value.starts_with("arn:") || value.contains("://") {
        value.rsplit(['/', ':']).next().unwrap_or(value)
    } else {
        value
    }
}

impl Route {
    fn takes(&self, request: &Request<'_>, query: &Parameters) -> bool {
        if self.method != request.method || !self.keys.iter().all(|key| query.has(key)) {
            return false;
        }
        let steps: Vec<&str> = steps(request.path).collect();
        let has_rest = matches!(self.steps.last(), Some(Step::Rest(_)));
        let fits = if has_rest {
            steps.len() >= self.steps.len()
        } else {
            steps.len() == self.steps.len()
        };
        fits && self.steps.iter().zip(&steps).all(|(step, text)| match step {
            Step::Fixed(fixed) => fixed == text,
            Step::One(_) | Step::Rest(_) => true,
        })
    }

    /// Adds the values of the labels.
    fn label(&self, path: &str, parameters: &mut Parameters) {
        let texts: Vec<&str> = steps(path).collect();
        for (at, step) in self.steps.iter().enumerate() {
            match step {
                Step::Fixed(_) => {}
                Step::One(name) => parameters.add(name, decoded(texts[at])),
                Step::Rest(name) => parameters.add(name, decoded(&texts[at..].join("/"))),
            }
        }
    }
}

fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|step| !step.is_empty())
}

/// The most letters that a session's policy may have.
const SESSION_LETTERS_MAX: usize = 2_048;

/// A policy for a session that may do just this; nothing at all where nothing is needed. Where the resources are too many for
/// a session's policy, it may do it upon all.
pub fn session_policy(needs: &[Need]) -> String {
    let allow = |action: &str, resources: &[String]| json!({"Effect": "Allow", "Action": action, "Resource": resources});
    let policy = |statements: Vec<Json>| {
        json!({"Version": "2012-10-17", "Statement": statements}).to_string()
    };
    if needs.is_empty() {
        return policy(vec![json!({"Effect": "Deny", "Action": "*", "Resource": "*"})]);
    }
    let exact = policy(needs.iter().map(|need| allow(&need.action, &need.resources)).collect());
    if exact.len() <= SESSION_LETTERS_MAX {
        return exact;
    }
    let everything = ["*".to_owned()];
    policy(needs.iter().map(|need| allow(&need.action, &everything)).collect())
}

/// Takes what a refusal teaches into what was believed to be needed; `false` where it teaches nothing.
pub fn widen(needs: &mut Vec<Need>, denial: &Denial, place: &Place<'_>) -> bool {
    let named = denial.action.as_deref();
    let is_meant = |need: &&mut Need| {
        need.why == Why::Called
            && named.is_none_or(|action| action.eq_ignore_ascii_case(&need.action))
    };
    let resource = denial.resource.clone().unwrap_or_else(|| "*".to_owned());
    let Some(need) = needs.iter_mut().find(is_meant) else {
        let Some(action) = named else { return false };
        needs.push(Need {
            action: action.to_owned(),
            resources: vec![resource],
            region: Some(place.region.to_owned()),
            passed_to: None,
            why: Why::Called,
        });
        return true;
    };
    if need.resources.iter().any(|one| one == "*") {
        return false;
    }
    let knows = need.resources.iter().any(|one| glob::covers(one, &resource, Case::Counts));
    need.resources.push(if knows { "*".to_owned() } else { resource });
    true
}

#[cfg(test)]
mod tests;
