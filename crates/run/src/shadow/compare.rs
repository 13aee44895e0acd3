//! Two documents of a plan, compared: what is done to each resource instance and each output.
//!
//! What is told of both is the same where actions, values before and after, what is unknown and what forces a replacement
//! are. Order, versions, the configuration's outline and drift are not compared.
//! Invariant: no value is in a difference, only where it is.

use std::collections::BTreeMap;

use serde_json::Value;

/// Parts of a change that are compared.
const PARTS: [&str; 6] =
    ["actions", "before", "after", "after_unknown", "after_sensitive", "replace_paths"];

/// Where two plans differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The instance's address, or `output.NAME`.
    pub address: String,
    /// What Strata does to it, such as `update`; `nothing` where it does not know it.
    pub ours: String,
    /// What `tofu` does to it.
    pub theirs: String,
    /// The first place of the change that differs, where the actions are the same.
    pub at: Option<String>,
}

/// The differences between Strata's document and that of `tofu`, in the order of addresses.
pub fn compare(ours: &Value, theirs: &Value) -> Vec<Difference> {
    let (ours, theirs) = (changes(ours), changes(theirs));
    let addresses: std::collections::BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let mut found = Vec::new();
    for address in addresses {
        let (our, their) = (ours.get(address).copied(), theirs.get(address).copied());
        let (doing, done) = (actions(our), actions(their));
        let at = match (our, their) {
            _ if doing != done => None,
            (Some(our), Some(their)) => match differing(our, their) {
                Some(at) => Some(at),
                None => continue,
            },
            // Neither does anything, and only one of them says so.
            _ => continue,
        };
        found.push(Difference { address: address.clone(), ours: doing, theirs: done, at });
    }
    found
}

/// Changes by address; deposed objects apart.
fn changes(document: &Value) -> BTreeMap<String, &Value> {
    let mut all = BTreeMap::new();
    for one in document["resource_changes"].as_array().into_iter().flatten() {
        let address = one["address"].as_str().unwrap_or_default();
        let address = match one["deposed"].as_str() {
            Some(deposed) => format!("{address} (deposed {deposed})"),
            None => address.to_owned(),
        };
        all.insert(address, &one["change"]);
    }
    for (name, change) in document["output_changes"].as_object().into_iter().flatten() {
        all.insert(format!("output.{name}"), change);
    }
    all
}

fn actions(change: Option<&Value>) -> String {
    let names = change.and_then(|change| change["actions"].as_array());
    let names: Vec<&str> = names.into_iter().flatten().filter_map(Value::as_str).collect();
    match names[..] {
        [] | ["no-op"] => "nothing".to_owned(),
        _ => names.join(", then "),
    }
}

fn differing(ours: &Value, theirs: &Value) -> Option<String> {
    PARTS.iter().find_map(|part| within(&ours[*part], &theirs[*part], part))
}

/// The first place at which two values differ. What is false or empty is as good as not there.
fn within(ours: &Value, theirs: &Value, at: &str) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            let names: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            names.into_iter().find_map(|name| {
                within(&ours[name.as_str()], &theirs[name.as_str()], &format!("{at}.{name}"))
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.find_map(|(index, (a, b))| within(a, b, &format!("{at}[{index}]")))
        }
        _ if ours == theirs || (is_nothing(ours, at) && is_nothing(theirs, at)) => None,
        _ => Some(at.to_owned()),
    }
}

/// Of what is unknown or sensitive, `false`, `{}` and nothing mean the same.
fn is_nothing(value: &Value, at: &str) -> bool {
    let marks = at.starts_with("after_unknown") || at.starts_with("after_sensitive");
    match value {
        Value::Null => true,
        Value::Bool(false) => marks,
        Value::Object(all) => marks && all.values().all(|one| is_nothing(one, at)),
        Value::Array(all) => all.is_empty() || marks && all.iter().all(|one| is_nothing(one, at)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one(actions: &[&str], after: Value) -> Value {
        json!({ "resource_changes": [
            { "address": "a.b", "change": { "actions": actions, "before": {}, "after": after } }
        ]})
    }

    #[test]
    fn equal_plans_do_not_differ() {
        let same = one(&["update"], json!({ "x": 1 }));
        assert_eq!(compare(&same, &same), []);
        // What nobody touches need not be said.
        assert_eq!(compare(&one(&["no-op"], json!({})), &json!({})), []);
    }

    #[test]
    fn another_action_and_another_value_differ() {
        let check = |theirs: &Value, expect: (&str, &str, Option<&str>)| {
            let found = compare(&one(&["update"], json!({ "x": [1, 2] })), theirs);
            let found: Vec<_> =
                found.iter().map(|it| (&*it.ours, &*it.theirs, it.at.as_deref())).collect();
            assert_eq!(found, [expect]);
        };
        check(&one(&["delete", "create"], json!({})), ("update", "delete, then create", None));
        check(&json!({}), ("update", "nothing", None));
        check(&one(&["update"], json!({ "x": [1, 3] })), ("update", "update", Some("after.x[1]")));
    }

    #[test]
    fn outputs_and_deposed_objects_are_told_apart() {
        let theirs = json!({
            "resource_changes": [
                { "address": "a.b", "deposed": "00000001", "change": { "actions": ["delete"] } }
            ],
            "output_changes": { "o": { "actions": ["create"], "after": 1 } },
        });
        let found = compare(&json!({}), &theirs);
        let found: Vec<&str> = found.iter().map(|it| &*it.address).collect();
        assert_eq!(found, ["a.b (deposed 00000001)", "output.o"]);
    }
}
