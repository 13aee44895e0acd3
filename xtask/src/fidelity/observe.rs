//! What was seen of an estate: of each resource what the plan from nothing knew, what forms its state has, and what edits
//! would do to it.
//!
//! Invariant: elements of lists and sets are not told apart: of a path all forms that it has are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::form;

/// Forms by path.
pub(crate) type Forms = BTreeMap<String, BTreeSet<String>>;

/// All that was seen, by `ENV/STACK//ADDRESS`.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Observed {
    pub(crate) resources: BTreeMap<String, Resource>,
}

/// A resource.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Resource {
    /// Its type.
    pub(crate) kind: String,
    /// Whether the plan from nothing knows it: `known`, `unknown`, `nothing`.
    pub(crate) plan: Forms,
    /// The forms of the values after the apply.
    pub(crate) state: Forms,
    /// What each edit does: the actions, and the paths that force replacement.
    pub(crate) edits: BTreeMap<String, String>,
}

impl Observed {
    /// Reads what was kept.
    pub(crate) fn read(path: &Path) -> Result<Observed, String> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))
    }

    /// Keeps it.
    pub(crate) fn write(&self, path: &Path) -> Result<(), String> {
        let folder = path.parent().unwrap_or(path);
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let text = serde_json::to_string_pretty(self).map_err(|e| e.to_string())?;
        std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
    }

    /// Takes in the plan from nothing: `show PLAN -json`; of the stacks that `counts`.
    pub(crate) fn plan(
        &mut self,
        shown: &str,
        counts: impl Fn(&str) -> bool,
    ) -> Result<(), String> {
        for (key, change) in changes(shown)? {
            let stack = key.split("//").next().unwrap_or_default();
            if change["change"]["actions"] != serde_json::json!(["create"]) || !counts(stack) {
                continue;
            }
            let one = self.one(&key, &change);
            let (after, unknown) = (&change["change"]["after"], &change["change"]["after_unknown"]);
            knowledge(after, "", &mut one.plan);
            unknowns(unknown, "", &mut one.plan);
        }
        Ok(())
    }

    /// Takes in what an edit would do.
    pub(crate) fn edit(&mut self, name: &str, shown: &str) -> Result<(), String> {
        for (key, change) in changes(shown)? {
            let actions: Vec<&str> = change["change"]["actions"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Json::as_str)
                .collect();
            if actions == ["no-op"] || actions == ["read"] {
                continue;
            }
            let actions = match actions[..] {
                [one] => one,
                _ => "replace",
            };
            let paths: BTreeSet<String> = change["change"]["replace_paths"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|path| path.as_array()?.first()?.as_str().map(str::to_owned))
                .collect();
            let paths: Vec<String> = paths.into_iter().collect();
            let said = format!("{actions} {}", paths.join(" ")).trim().to_owned();
            self.one(&key, &change).edits.insert(name.to_owned(), said);
        }
        Ok(())
    }

    /// Takes in the state: `show -json`.
    pub(crate) fn state(&mut self, shown: &str) -> Result<(), String> {
        let page: Json = serde_json::from_str(shown).map_err(|e| e.to_string())?;
        for (stack, document) in stacks(&page) {
            let mut left = vec![&document["values"]["root_module"]];
            while let Some(module) = left.pop() {
                left.extend(module["child_modules"].as_array().into_iter().flatten());
                for resource in module["resources"].as_array().into_iter().flatten() {
                    let key = key(&stack, resource);
                    forms(&resource["values"], "", &mut self.one(&key, resource).state);
                }
            }
        }
        Ok(())
    }

    fn one(&mut self, key: &str, about: &Json) -> &mut Resource {
        let one = self.resources.entry(key.to_owned()).or_default();
        let data = if about["mode"] == "data" { "data." } else { "" };
        one.kind = format!("{data}{}", about["type"].as_str().unwrap_or_default());
        one
    }
}

fn key(stack: &str, resource: &Json) -> String {
    format!("{stack}//{}", resource["address"].as_str().unwrap_or_default())
}

/// The documents of the stacks.
fn stacks(page: &Json) -> Vec<(String, Json)> {
    let all = page["stacks"].as_object().into_iter().flatten();
    all.map(|(stack, document)| (stack.clone(), document.clone())).collect()
}

fn changes(shown: &str) -> Result<Vec<(String, Json)>, String> {
    let page: Json = serde_json::from_str(shown).map_err(|e| e.to_string())?;
    let mut all = Vec::new();
    for (stack, document) in stacks(&page) {
        let changes = document["resource_changes"].as_array().cloned().unwrap_or_default();
        all.extend(changes.into_iter().map(|change| (key(&stack, &change), change)));
    }
    Ok(all)
}

/// Calls `leaf` with each value that holds no others, and its path; elements are `*`. Documents of providers are shallow.
fn leaves(value: &Json, path: &str, leaf: &mut dyn FnMut(&Json, &str)) {
    let below =
        |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Json::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(name, value)| leaves(value, &below(name), leaf));
        }
        Json::Array(items) if !items.is_empty() => {
            items.iter().for_each(|value| leaves(value, &below("*"), leaf));
        }
        other => leaf(other, path),
    }
}

fn forms(value: &Json, path: &str, all: &mut Forms) {
    leaves(value, path, &mut |value, path| {
        all.entry(path.to_owned()).or_default().insert(form::of(value));
    });
}

fn knowledge(value: &Json, path: &str, all: &mut Forms) {
    leaves(value, path, &mut |value, path| {
        let is_empty = form::of(value) == form::NOTHING;
        let known = if is_empty { form::NOTHING } else { "known" };
        all.entry(path.to_owned()).or_default().insert(known.to_owned());
    });
}

fn unknowns(value: &Json, path: &str, all: &mut Forms) {
    leaves(value, path, &mut |value, path| {
        if *value == Json::Bool(true) {
            all.insert(path.to_owned(), BTreeSet::from(["unknown".to_owned()]));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_says_what_it_knows() {
        let shown = r#"{"stacks":{"dev/a":{"resource_changes":[{"address":"t.x","type":"t","mode":"managed",
            "change":{"actions":["create"],"after":{"name":"n","none":null,"rule":[{"port":1}]},"after_unknown":{"id":true,"rule":[{"id":true}]}}}]}}}"#;
        let mut seen = Observed::default();
        seen.plan(shown, |_| true).expect("a plan");
        let plan = &seen.resources["dev/a//t.x"].plan;
        let said: Vec<String> =
            plan.iter().map(|(path, forms)| format!("{path} {forms:?}")).collect();
        assert_eq!(
            said,
            [
                "id {\"unknown\"}",
                "name {\"known\"}",
                "none {\"nothing\"}",
                "rule.*.id {\"unknown\"}",
                "rule.*.port {\"known\"}"
            ]
        );
    }

    #[test]
    fn an_edit_says_what_forces_replacement() {
        let shown = r#"{"stacks":{"dev/a":{"resource_changes":[{"address":"t.x","type":"t",
            "change":{"actions":["delete","create"],"replace_paths":[["cidr"]]}}]}}}"#;
        let mut seen = Observed::default();
        seen.edit("cidr", shown).expect("a plan");
        assert_eq!(seen.resources["dev/a//t.x"].edits["cidr"], "replace cidr");
    }
}
