//! Policy documents of AWS: their grammar, read from JSON into statements.
//!
//! Invariant: a document is read as a whole or not at all; nothing of it is passed over.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

/// The largest document that is read, in bytes: the cloud's own limits are far lower.
pub const DOCUMENT_BYTES_MAX: usize = 256 << 10;

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

/// A statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its own name.
    pub sid: Option<Arc<str>>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// `Action` or `NotAction`.
    pub actions: Scope,
    /// `Resource` or `NotResource`; none in a trust policy and in most policies of resources.
    pub resources: Option<Scope>,
    /// `Principal` or `NotPrincipal`; none in a policy of an identity.
    pub principals: Option<Principals>,
    /// All of which have to hold.
    pub conditions: Vec<Condition>,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies.
    Deny,
}

/// Patterns, or all but patterns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What fits one of these.
    Only(Vec<Arc<str>>),
    /// What fits none of these.
    AllBut(Vec<Arc<str>>),
}

/// Principals, or all but these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principals {
    /// These.
    Only(Vec<Named>),
    /// All but these.
    AllBut(Vec<Named>),
}

/// A principal as policies name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// `AWS`, `Service`, `Federated` or `CanonicalUser`.
    pub kind: NamedKind,
    /// An ARN, an account, a service, a provider, or `*`.
    pub name: Arc<str>,
}

/// A kind of principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NamedKind {
    /// An account, a role, a user or a session.
    Aws,
    /// A service of AWS.
    Service,
    /// Who an identity provider vouches for.
    Federated,
    /// An account by its canonical id.
    CanonicalUser,
}

/// One key of a `Condition` with its operator and values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The operator as written, with `ForAllValues:`, `ForAnyValue:` and `IfExists`.
    pub operator: Arc<str>,
    /// The key.
    pub key: Arc<str>,
    /// The values.
    pub values: Vec<Arc<str>>,
}

/// Why a document is no policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which statement, from 1; none where it is the document.
    pub statement: Option<usize>,
    /// What is wrong, as part of a sentence.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.statement {
            Some(at) => write!(f, "statement {at}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl Policy {
    /// Reads a document.
    ///
    /// # Errors
    /// Where it is no policy document.
    pub fn parse(text: &str) -> Result<Policy, Fault> {
        let whole = |what: &str| Fault { statement: None, what: what.to_owned() };
        if text.len() > DOCUMENT_BYTES_MAX {
            return Err(whole("it is larger than 256 KiB"));
        }
        let document: Json = serde_json::from_str(text)
            .map_err(|error| whole(&format!("it is no JSON: {error}")))?;
        let document = document.as_object().ok_or_else(|| whole("it is no JSON object"))?;
        let statements: Vec<&Json> = match document.get("Statement") {
            Some(Json::Array(all)) => all.iter().collect(),
            Some(one @ Json::Object(_)) => vec![one],
            _ => return Err(whole("it has no `Statement`")),
        };
        let read = |(at, one): (usize, &Json)| {
            statement(one).map_err(|what| Fault { statement: Some(at + 1), what })
        };
        let statements = statements.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
        Ok(Policy { statements })
    }
}

fn statement(json: &Json) -> Result<Statement, String> {
    let map = json.as_object().ok_or("it is no JSON object")?;
    const KNOWN: [&str; 9] = [
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "Condition",
    ];
    if let Some(other) = map.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(format!("it has `{other}`, which statements do not have"));
    }
    let effect = match map.get("Effect").and_then(Json::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return Err("its `Effect` is neither Allow nor Deny".to_owned()),
    };
    let actions = scope(map, "Action", "NotAction")?.ok_or("it has no `Action`")?;
    Ok(Statement {
        sid: map.get("Sid").and_then(Json::as_str).filter(|sid| !sid.is_empty()).map(Arc::from),
        effect,
        actions,
        resources: scope(map, "Resource", "NotResource")?,
        principals: principals(map)?,
        conditions: conditions(map.get("Condition"))?,
    })
}

fn scope(map: &Map<String, Json>, name: &str, not: &str) -> Result<Option<Scope>, String> {
    match (map.get(name), map.get(not)) {
        (None, None) => Ok(None),
        (Some(all), None) => Ok(Some(Scope::Only(texts(all, name)?))),
        (None, Some(all)) => Ok(Some(Scope::AllBut(texts(all, not)?))),
        (Some(_), Some(_)) => Err(format!("it has `{name}` and `{not}`")),
    }
}

fn principals(map: &Map<String, Json>) -> Result<Option<Principals>, String> {
    match (map.get("Principal"), map.get("NotPrincipal")) {
        (None, None) => Ok(None),
        (Some(all), None) => Ok(Some(Principals::Only(named(all)?))),
        (None, Some(all)) => Ok(Some(Principals::AllBut(named(all)?))),
        (Some(_), Some(_)) => Err("it has `Principal` and `NotPrincipal`".to_owned()),
    }
}

fn named(json: &Json) -> Result<Vec<Named>, String> {
    match json {
        Json::String(all) if all == "*" => {
            Ok(vec![Named { kind: NamedKind::Aws, name: "*".into() }])
        }
        Json::Object(kinds) => {
            let mut all = Vec::new();
            for (kind, names) in kinds {
                let kind = match kind.as_str() {
                    "AWS" => NamedKind::Aws,
                    "Service" => NamedKind::Service,
                    "Federated" => NamedKind::Federated,
                    "CanonicalUser" => NamedKind::CanonicalUser,
                    other => return Err(format!("`{other}` is no kind of principal")),
                };
                let names = texts(names, "Principal")?;
                all.extend(names.into_iter().map(|name| Named { kind, name }));
            }
            Ok(all)
        }
        _ => Err("its `Principal` is neither \"*\" nor an object".to_owned()),
    }
}

fn conditions(json: Option<&Json>) -> Result<Vec<Condition>, String> {
    let Some(json) = json else { return Ok(Vec::new()) };
    let operators = json.as_object().ok_or("its `Condition` is no object")?;
    let mut all = Vec::new();
    for (operator, keys) in operators {
        let keys = keys.as_object().ok_or_else(|| format!("`{operator}` is no object"))?;
        for (key, values) in keys {
            all.push(Condition {
                operator: operator.as_str().into(),
                key: key.as_str().into(),
                values: texts(values, key)?,
            });
        }
    }
    Ok(all)
}

fn texts(json: &Json, name: &str) -> Result<Vec<Arc<str>>, String> {
    let text = |one: &Json| match one {
        Json::String(text) => Ok(Arc::from(text.as_str())),
        Json::Bool(_) | Json::Number(_) => Ok(Arc::from(one.to_string())),
        _ => Err(format!("`{name}` holds something else than texts")),
    };
    match json {
        Json::Array(all) => all.iter().map(text).collect(),
        one => Ok(vec![text(one)?]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_whole_or_not_at_all() {
        let check = |text: &str, expect: &str| {
            let told = match Policy::parse(text) {
                Ok(policy) => format!("{} statements", policy.statements.len()),
                Err(fault) => fault.to_string(),
            };
            assert_eq!(told, expect, "{text}");
        };
        check(
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#,
            "1 statements",
        );
        check(r#"{"Statement": []}"#, "0 statements");
        check("[]", "it is no JSON object");
        check("{}", "it has no `Statement`");
        check(
            r#"{"Statement": [{"Effect": "allow"}]}"#,
            "statement 1: its `Effect` is neither Allow nor Deny",
        );
        check(
            r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Rsource": "*"}]}"#,
            "statement 1: it has `Rsource`, which statements do not have",
        );
        check(
            r#"{"Statement": [{"Effect": "Deny", "Action": "*", "NotAction": "s3:*"}]}"#,
            "statement 1: it has `Action` and `NotAction`",
        );
        check(
            r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Principal": {"Aws": "*"}}]}"#,
            "statement 1: `Aws` is no kind of principal",
        );
    }

    #[test]
    fn conditions_are_flat() {
        let text = r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Condition": {"Bool": {"aws:SecureTransport": true}}}]}"#;
        let policy = Policy::parse(text).expect("a policy");
        let expect = Condition {
            operator: "Bool".into(),
            key: "aws:SecureTransport".into(),
            values: vec!["true".into()],
        };
        assert_eq!(policy.statements[0].conditions, [expect]);
    }
}
