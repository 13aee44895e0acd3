//! The policies of resources: which resource each is of, and whether nobody gets in without it.

use std::sync::Arc;

use super::account::{Account, Attached, Kind, Required, ResourcePolicy};
use super::collect::Reading;
use super::document::{Effect, Named, NamedKind, Policy, Principals, Scope, Statement};
use crate::object::{Object, Seen, known_text, text};

/// How the ARN of a resource is told from the object that holds its policy.
#[derive(Clone, Copy)]
enum Place {
    /// It stands in an attribute.
    Arn(&'static str),
    /// It is made of the last part of an attribute: what stands before, and whether the account is part of it.
    Named(&'static str, &'static str),
    /// A bucket, by its name.
    Bucket(&'static str),
}

use Place::{Arn, Bucket, Named as By};

/// Types that hold the policy of a resource: the attribute with the policy, and where the resource is told.
const TYPES: &[(&str, &str, Place)] = &[
    ("aws_backup_vault_policy", "policy", Arn("backup_vault_arn")),
    ("aws_cloudwatch_event_bus_policy", "policy", By("event_bus_name", "events:event-bus/")),
    ("aws_dynamodb_resource_policy", "policy", Arn("resource_arn")),
    ("aws_ecr_repository_policy", "policy", By("repository", "ecr:repository/")),
    (
        "aws_efs_file_system_policy",
        "policy",
        By("file_system_id", "elasticfilesystem:file-system/"),
    ),
    ("aws_kinesis_resource_policy", "policy", Arn("resource_arn")),
    ("aws_kms_key", "policy", Arn("arn")),
    ("aws_kms_key_policy", "policy", By("key_id", "kms:key/")),
    ("aws_opensearch_domain_policy", "access_policies", By("domain_name", "es:domain/")),
    ("aws_s3_bucket_policy", "policy", Bucket("bucket")),
    ("aws_secretsmanager_secret_policy", "policy", Arn("secret_arn")),
    ("aws_sns_topic_policy", "policy", Arn("arn")),
    ("aws_sqs_queue_policy", "policy", By("queue_url", "sqs:")),
    ("aws_sqs_queue", "policy", Arn("arn")),
];

/// Reads them, the trust of roles among them.
pub(super) fn read(
    objects: &[&Object],
    account: &Account,
    reading: &mut Reading<'_>,
) -> Vec<ResourcePolicy> {
    let mut all: Vec<ResourcePolicy> = Vec::new();
    for object in objects {
        if &*object.type_name == "aws_lambda_permission" {
            all.extend(lambda(object));
            continue;
        }
        let Some((type_name, attribute, place)) =
            TYPES.iter().find(|(name, ..)| *name == &*object.type_name)
        else {
            continue;
        };
        // Without a policy of its own a resource hands over to its account.
        if text(&object.value, attribute) == Seen::Nothing {
            continue;
        }
        let Some((covers, owner)) = place.of(object) else {
            all.push(of_unknown(object, type_name, *place));
            continue;
        };
        let name = format!("policy of {}", short(&covers[0]));
        let policy = reading.inline(object, &object.value, attribute, &name);
        let required =
            if type_name.starts_with("aws_kms_") { Required::Must } else { Required::Adds };
        // The policy in an object of its own is the one that counts.
        if *type_name == "aws_kms_key_policy" {
            all.retain(|one| one.covers != covers);
        }
        all.push(ResourcePolicy { covers, account: owner, policy, required });
    }
    for role in account.principals.iter().filter(|one| one.kind == Kind::Role) {
        if let Some(trust) = &role.trust {
            all.push(ResourcePolicy {
                covers: vec![Arc::clone(&role.arn)],
                account: role.account().into(),
                policy: trust.clone(),
                required: Required::Must,
            });
        }
    }
    all
}

/// The policy of a resource that is not known yet: it may be any of its service.
fn of_unknown(object: &Object, type_name: &str, place: Place) -> ResourcePolicy {
    let service = match place {
        By(_, kind) => kind.split(':').next().unwrap_or("*"),
        Bucket(_) => "s3",
        Arn(_) => type_name.split('_').nth(1).unwrap_or("*"),
    };
    ResourcePolicy {
        covers: vec![format!("arn:aws:{service}:*").into()],
        account: "*".into(),
        policy: Attached {
            name: format!("the policy of {}", object.address).into(),
            policy: Err(format!(
                "which resource {} is the policy of is not known yet",
                object.address
            )
            .into()),
            source: Some(object.source()),
            by_way_of: Vec::new(),
        },
        required: Required::Adds,
    }
}

impl Place {
    /// The ARNs that the resource covers, and its account.
    fn of(self, object: &Object) -> Option<(Vec<Arc<str>>, Arc<str>)> {
        let own = object.account.clone().unwrap_or_else(|| "*".into());
        match self {
            Arn(attribute) => {
                let arn = known_text(&object.value, attribute)?;
                let account = arn.split(':').nth(4).filter(|part| !part.is_empty()).map(Arc::from);
                Some((vec![arn], account.unwrap_or(own)))
            }
            By(attribute, kind) => {
                let name = known_text(&object.value, attribute)?;
                if name.starts_with("arn:") {
                    return Some((vec![name], own));
                }
                let name = if attribute == "queue_url" { name.rsplit('/').next()? } else { &*name };
                let (service, rest) = kind.split_once(':')?;
                Some((vec![format!("arn:aws:{service}:*:{own}:{rest}{name}").into()], own))
            }
            Bucket(attribute) => {
                let name = known_text(&object.value, attribute)?;
                let arn = format!("arn:aws:s3:::{name}");
                Some((vec![arn.as_str().into(), format!("{arn}/*").into()], own))
            }
        }
    }
}

/// The last two parts of an ARN.
fn short(arn: &str) -> String {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts[..] {
        [_, _, service, _, _, rest] => format!("{service} {rest}"),
        _ => arn.to_owned(),
    }
}

/// What a permission of a function says, as a policy.
fn lambda(object: &Object) -> Option<ResourcePolicy> {
    let value = &object.value;
    let own = object.account.clone().unwrap_or_else(|| "*".into());
    let function = known_text(value, "function_name")?;
    let function = function.rsplit(':').next().unwrap_or(&function).to_owned();
    let principal = known_text(value, "principal")?;
    let kind =
        if principal.contains(".amazonaws.com") { NamedKind::Service } else { NamedKind::Aws };
    let conditions = [
        ("source_arn", "ArnLike", "aws:SourceArn"),
        ("source_account", "StringEquals", "aws:SourceAccount"),
    ];
    let conditions = conditions.into_iter().filter_map(|(name, operator, key)| {
        let value = known_text(value, name)?;
        Some(super::document::Condition {
            operator: operator.into(),
            key: key.into(),
            values: vec![value],
        })
    });
    let statement = Statement {
        sid: known_text(value, "statement_id"),
        effect: Effect::Allow,
        actions: Scope::Only(vec![known_text(value, "action")?]),
        resources: None,
        principals: Some(Principals::Only(vec![Named { kind, name: principal }])),
        conditions: conditions.collect(),
    };
    Some(ResourcePolicy {
        covers: vec![format!("arn:aws:lambda:*:{own}:function:{function}").into()],
        account: own,
        policy: Attached {
            name: format!("policy of function {function}").into(),
            policy: Ok(Arc::new(Policy { statements: vec![statement] })),
            source: Some(object.source()),
            by_way_of: Vec::new(),
        },
        required: Required::Adds,
    })
}
