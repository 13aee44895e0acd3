//! Questions as people type them: `rds:DeleteDBCluster`, `secrets.get@prod/apps`, `apply@prod/shop`.

use std::sync::Arc;

use crate::{aws, azure, google, kubernetes};

/// What is asked.
#[derive(Clone, Debug)]
pub enum Question {
    /// An action of AWS.
    Aws(aws::Request),
    /// A verb on a resource of the clusters of an environment.
    Kubernetes {
        /// The environment.
        environment: Arc<str>,
        /// What is asked of each of its clusters.
        request: kubernetes::Request,
    },
    /// An operation of Azure.
    Azure(azure::Request),
    /// A permission of Google Cloud.
    Google(google::Request),
    /// A right on a stack instance.
    Stack {
        /// The right.
        right: Right,
        /// `ENV/STACK[:KEY]`.
        address: Arc<str>,
    },
}

/// What a team may do with a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Look at what the stack holds in the clouds.
    Read,
    /// Plan it: take the identity that plans.
    Plan,
    /// Apply it: take the identity that applies.
    Apply,
    /// Give an approval that counts.
    Approve,
}

impl Right {
    /// All, in the order of the table.
    pub const ALL: [Right; 4] = [Right::Read, Right::Plan, Right::Apply, Right::Approve];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Right::Read => "read",
            Right::Plan => "plan",
            Right::Apply => "apply",
            Right::Approve => "approve",
        }
    }
}

/// Verbs that requests to a cluster have, and those that only rules know.
const VERBS: [&str; 13] = [
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "impersonate",
    "bind",
    "escalate",
    "use",
    "proxy",
];

/// What is wrong with a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadQuestion {
    /// What is wrong, as a sentence.
    pub detail: String,
    /// What to write instead.
    pub remedy: String,
}

fn bad(detail: String, remedy: &str) -> BadQuestion {
    BadQuestion { detail, remedy: remedy.to_owned() }
}

impl Question {
    /// Reads an action, what it is done to, and keys of the call's context.
    ///
    /// # Errors
    /// Where it is no action of any kind.
    pub fn parse(
        action: &str,
        resource: Option<&str>,
        context: &[(String, String)],
    ) -> Result<Question, BadQuestion> {
        if let Some((what, place)) = action.rsplit_once('@') {
            return at_place(what, place, resource);
        }
        if let Some((service, name)) = action.split_once(':') {
            if service.is_empty() || name.is_empty() {
                return Err(bad(
                    format!("`{action}` lacks a service or an action."),
                    "Write SERVICE:ACTION, such as rds:DeleteDBCluster.",
                ));
            }
            let mut keys: Vec<(Arc<str>, Vec<Arc<str>>)> = Vec::new();
            for (key, value) in context {
                let value: Arc<str> = value.as_str().into();
                match keys.iter_mut().find(|(known, _)| **known == **key) {
                    Some((_, values)) => values.push(value),
                    None => keys.push((key.as_str().into(), vec![value])),
                }
            }
            return Ok(Question::Aws(aws::Request {
                action: action.into(),
                resource: resource.unwrap_or("*").into(),
                context: keys,
            }));
        }
        if action.contains('/') {
            return Ok(Question::Azure(azure::Request {
                action: action.into(),
                scope: resource.map(Arc::from),
            }));
        }
        if action.contains('.') {
            return Ok(Question::Google(google::Request {
                permission: action.into(),
                resource: resource.map(Arc::from),
            }));
        }
        Err(bad(
            format!("`{action}` is an action of no cloud, no cluster and no stack."),
            "Write rds:DeleteDBCluster, secrets.get@ENV/NAMESPACE, Microsoft.Storage/storageAccounts/delete, storage.buckets.delete or apply@ENV/STACK.",
        ))
    }

    /// The environment that it names itself.
    pub fn environment(&self) -> Option<&str> {
        match self {
            Question::Kubernetes { environment, .. } => Some(environment),
            Question::Stack { address, .. } => address.split('/').next(),
            Question::Aws(_) | Question::Azure(_) | Question::Google(_) => None,
        }
    }
}

/// A right on a stack, or a verb on a resource of clusters.
fn at_place(what: &str, place: &str, name: Option<&str>) -> Result<Question, BadQuestion> {
    if let Some(right) = Right::ALL.into_iter().find(|right| right.word() == what) {
        if !place.contains('/') {
            return Err(bad(
                format!("`{place}` names no stack."),
                "Write RIGHT@ENV/STACK, such as apply@prod/shop.",
            ));
        }
        return Ok(Question::Stack { right, address: place.into() });
    }
    let (environment, namespace) = match place.split_once('/') {
        Some((environment, namespace)) => (environment, Some(namespace)),
        None => (place, None),
    };
    let form = "Write RESOURCE.VERB@ENV[/NAMESPACE], such as secrets.get@prod/apps or deployments.apps.delete@prod/shop.";
    let Some((resource, verb)) = what.rsplit_once('.') else {
        return Err(bad(format!("`{what}` lacks a verb."), form));
    };
    if !VERBS.contains(&verb) {
        return Err(bad(
            format!("`{verb}` is no verb of Kubernetes; these are: {}.", VERBS.join(", ")),
            form,
        ));
    }
    if environment.is_empty() || resource.is_empty() || namespace == Some("") {
        return Err(bad(
            format!("`{what}@{place}` lacks a resource, an environment or a namespace."),
            form,
        ));
    }
    let mut request = kubernetes::Request {
        verb: verb.into(),
        namespace: namespace.map(Arc::from),
        name: name.map(Arc::from),
        ..kubernetes::Request::default()
    };
    if resource.starts_with('/') {
        request.url = Some(resource.into());
    } else {
        // A group stands behind the resource, and before its subresource.
        let (kind, sub) = match resource.split_once('/') {
            Some((kind, sub)) => (kind, Some(sub)),
            None => (resource, None),
        };
        let (kind, group) = kind.split_once('.').unwrap_or((kind, kubernetes::kind_of(kind)));
        request.group = group.into();
        request.resource = match sub {
            Some(sub) => format!("{kind}/{sub}").into(),
            None => kind.into(),
        };
    }
    Ok(Question::Kubernetes { environment: environment.into(), request })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(action: &str, resource: Option<&str>) -> String {
        match Question::parse(action, resource, &[]) {
            Ok(Question::Aws(request)) => format!("aws {} on {}", request.action, request.resource),
            Ok(Question::Kubernetes { environment, request }) => format!(
                "kubernetes {environment}: {} {}.{} in {:?} {:?} {:?}",
                request.verb,
                request.resource,
                request.group,
                request.namespace,
                request.name,
                request.url
            ),
            Ok(Question::Azure(request)) => format!("azure {} {:?}", request.action, request.scope),
            Ok(Question::Google(request)) => {
                format!("google {} {:?}", request.permission, request.resource)
            }
            Ok(Question::Stack { right, address }) => format!("{} {address}", right.word()),
            Err(bad) => bad.detail,
        }
    }

    #[test]
    fn questions_are_told_apart() {
        for (action, resource, expect) in [
            ("rds:DeleteDBCluster", None, "aws rds:DeleteDBCluster on *"),
            ("s3:GetObject", Some("arn:aws:s3:::b/k"), "aws s3:GetObject on arn:aws:s3:::b/k"),
            (
                "secrets.get@prod/apps",
                None,
                "kubernetes prod: get secrets. in Some(\"apps\") None None",
            ),
            (
                "deployments.delete@dev/shop",
                Some("web"),
                "kubernetes dev: delete deployments.apps in Some(\"shop\") Some(\"web\") None",
            ),
            (
                "pods/exec.create@dev/shop",
                None,
                "kubernetes dev: create pods/exec. in Some(\"shop\") None None",
            ),
            (
                "widgets.acme.example.get@dev",
                None,
                "kubernetes dev: get widgets.acme.example in None None None",
            ),
            ("/metrics.get@dev", None, "kubernetes dev: get . in None None Some(\"/metrics\")"),
            (
                "Microsoft.Storage/storageAccounts/delete",
                None,
                "azure Microsoft.Storage/storageAccounts/delete None",
            ),
            (
                "storage.buckets.delete",
                Some("logs"),
                "google storage.buckets.delete Some(\"logs\")",
            ),
            ("apply@prod/shop", None, "apply prod/shop"),
            ("apply@prod", None, "`prod` names no stack."),
            ("delete", None, "`delete` is an action of no cloud, no cluster and no stack."),
            (":x", None, "`:x` lacks a service or an action."),
            ("secrets@prod", None, "`secrets` lacks a verb."),
        ] {
            assert_eq!(told(action, resource), expect, "{action}");
        }
        assert!(told("secrets.steal@prod", None).starts_with("`steal` is no verb of Kubernetes"));
    }
}
