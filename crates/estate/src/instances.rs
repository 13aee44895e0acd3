//! The instances of stacks: one for each environment, and where a stack has `for_each` one for each key.
//!
//! `for_each` is known from the file alone: it may name `env`, `estate` and `self`, and nothing that takes credentials.
//!
//! Invariant: each environment's values and each stack's keys are evaluated once for a graph, and their errors
//! reported once.

use std::collections::HashMap;
use std::sync::Arc;

use addr::StackAddr;
use diag::{Diagnostic, Diags};
use syntax::Expr;
use value::{Value, View};

use crate::evaluate::environment_values;
use crate::graph::Each;
use crate::model::{EnvironmentIdx, Estate, StackIdx};
use crate::scope::{Names, Values, Visible, evaluate};

/// Which instances there are, as far as it was asked.
pub(crate) struct Instances<'a> {
    pub(crate) estate: &'a Estate,
    values: HashMap<EnvironmentIdx, Option<Arc<Values>>>,
    keys: HashMap<(EnvironmentIdx, StackIdx), Keys>,
}

/// The keys of a stack in one environment.
#[derive(Clone)]
pub(crate) enum Keys {
    /// No `for_each`: one instance without key.
    Single,
    /// One instance for each, in the order of the keys.
    Each(Arc<[Each]>),
    /// They could not be told, which was reported.
    Failed,
}

impl<'a> Instances<'a> {
    pub(crate) fn new(estate: &'a Estate) -> Instances<'a> {
        Instances { estate, values: HashMap::new(), keys: HashMap::new() }
    }

    /// The values of an environment; `None` where one of them fails, which is reported the first time.
    pub(crate) fn values(
        &mut self,
        environment: EnvironmentIdx,
        diags: &mut Diags,
    ) -> Option<Arc<Values>> {
        let estate = self.estate;
        let values = self
            .values
            .entry(environment)
            .or_insert_with(|| environment_values(estate, environment, diags).map(Arc::new));
        values.clone()
    }

    /// The keys of a stack in an environment that has it.
    pub(crate) fn keys(
        &mut self,
        environment: EnvironmentIdx,
        stack: StackIdx,
        diags: &mut Diags,
    ) -> Keys {
        if let Some(known) = self.keys.get(&(environment, stack)) {
            return known.clone();
        }
        let keys = match (&self.estate[stack].for_each, self.values(environment, diags)) {
            (None, _) => Keys::Single,
            (Some(_), None) => Keys::Failed,
            (Some(expr), Some(values)) => {
                let names = Names {
                    estate: self.estate,
                    environment,
                    values: &values,
                    stack: Some(stack),
                    each: Visible::Hidden,
                    upstream: None,
                    secrets: None,
                };
                let value = evaluate(expr, &names, diags);
                let each = value.and_then(|value| expand(expr, &value, diags));
                each.map_or(Keys::Failed, |each| Keys::Each(each.into()))
            }
        };
        self.keys.insert((environment, stack), keys.clone());
        keys
    }

    /// The address of an instance.
    pub(crate) fn address(
        &self,
        environment: EnvironmentIdx,
        stack: StackIdx,
        key: Option<&Arc<str>>,
    ) -> StackAddr {
        StackAddr {
            environment: self.estate[environment].name.node.clone(),
            stack: self.estate[stack].name.node.clone(),
            key: key.cloned(),
        }
    }
}

/// One element for each attribute or key, or for each string of a set.
fn expand(expr: &Expr, value: &Value, diags: &mut Diags) -> Option<Vec<Each>> {
    let wrong = |detail: String, diags: &mut Diags| {
        diags.push(
            Diagnostic::error("estate-for-each", "A `for_each` that no instances can be made from")
                .detail(detail)
                .remedy("Give it an object, a map, or a set of strings: `toset([...])`.")
                .at(expr.span),
        );
    };
    if !value.is_wholly_known() {
        wrong("Its value is not known from the file alone.".into(), diags);
        return None;
    }
    if !value.marks().is_empty() {
        wrong("It is sensitive, and keys are parts of addresses.".into(), diags);
        return None;
    }
    let each: Option<Vec<Each>> = match value.view() {
        View::Map(entries) => Some(entries.iter().map(|(k, v)| Each::new(k.clone(), v)).collect()),
        View::Object(ty, values) => Some(
            ty.names().iter().zip(values).map(|(name, v)| Each::new(name.clone(), v)).collect(),
        ),
        View::Set(elements) => elements
            .iter()
            .map(|element| element.as_arc_str().map(|text| Each::new(text.clone(), element)))
            .collect(),
        _ => None,
    };
    let Some(mut each) = each else {
        wrong(format!("It is {}.", value.ty().friendly_name()), diags);
        return None;
    };
    each.sort_by(|a, b| a.text.cmp(&b.text));
    let before = diags.error_count();
    for one in &each {
        if let Err(error) = StackAddr::check_key(&one.text) {
            diags.push(
                Diagnostic::error(
                    "estate-key-form",
                    format!("`{}` cannot be a stack's key", one.text),
                )
                .detail(format!("{error}. The key is part of the instance's address."))
                .remedy("Use short keys of letters, digits, `-`, `_` and `.`.")
                .at(expr.span),
            );
        }
    }
    (diags.error_count() == before).then_some(each)
}

impl Each {
    fn new(text: Arc<str>, value: &Value) -> Each {
        Each { key: Value::string(text.clone()), value: value.clone(), text }
    }
}
