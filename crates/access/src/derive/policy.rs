//! Statements as a policy document, in the form that IAM takes.

use serde_json::{Map, Value as Json, json};

use super::learned::Statement;

/// The most letters, white space aside, that a managed policy may have.
pub const MANAGED_LETTERS_MAX: usize = 6_144;
/// The most letters, white space aside, that a role's inline policies may have together.
pub const INLINE_LETTERS_MAX: usize = 10_240;

/// The policy document of statements.
pub fn document(statements: &[Statement]) -> Json {
    let statements: Vec<Json> = statements.iter().map(statement).collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn statement(one: &Statement) -> Json {
    let mut out = Map::new();
    out.insert("Sid".into(), one.sid.clone().into());
    out.insert("Effect".into(), "Allow".into());
    out.insert("Action".into(), json!(one.actions));
    out.insert("Resource".into(), json!(one.resources));
    if !one.conditions.is_empty() {
        out.insert("Condition".into(), json!({ "StringEquals": one.conditions }));
    }
    Json::Object(out)
}

/// All statements but one: what must not be enough.
pub fn without(statements: &[Statement], at: usize) -> Vec<Statement> {
    let others = statements.iter().enumerate().filter(|(index, _)| *index != at);
    others.map(|(_, one)| one.clone()).collect()
}
