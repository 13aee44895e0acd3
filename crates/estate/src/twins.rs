//! Two stacks on one state: instances that would each make what the other has.
//!
//! Instances of one environment are twins where they take the same root module with the same inputs and the same
//! settings of providers: nothing tells apart what they make.
//!
//! Invariant: instances are compared only with those of the same folder, so the work grows with the estate, not with
//! its square.

use std::collections::HashMap;

use diag::{Diagnostic, Diags};
use syntax::Body;
use value::Value;

use crate::evaluate::{Inputs, UnknownSecrets, evaluate_setting};
use crate::graph::{Instance, StackGraph};
use crate::model::{Estate, Input};

/// Reports twins in an environment; `inputs` are those of the graph's order, as `check` gave them.
pub fn twins(estate: &Estate, graph: &StackGraph, inputs: &[Option<Inputs>], diags: &mut Diags) {
    let mut by_folder: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, instance) in graph.order.iter().enumerate() {
        if inputs[at].is_some() {
            let folder = normal(&estate[instance.stack].source.node);
            by_folder.entry(folder).or_default().push(at);
        }
    }
    let mut found: Vec<(usize, usize)> = Vec::new();
    for group in by_folder.into_values().filter(|group| group.len() > 1) {
        let faces: Vec<Face<'_>> = group
            .iter()
            .map(|at| Face::of(estate, &graph.order[*at], inputs[*at].as_ref()))
            .collect();
        for (later, face) in faces.iter().enumerate() {
            if let Some(earlier) = faces[..later].iter().position(|other| other.is_same(face)) {
                found.push((group[earlier], group[later]));
            }
        }
    }
    found.sort_unstable();
    for (earlier, later) in found {
        diags.push(report(estate, &graph.order[earlier], &graph.order[later]));
    }
}

/// What tells an instance from others of the same root module.
struct Face<'a> {
    wires: Vec<(&'a str, String)>,
    inputs: Option<&'a Inputs>,
    settings: Vec<(String, Value)>,
}

impl<'a> Face<'a> {
    fn of(estate: &Estate, instance: &'a Instance, inputs: Option<&'a Inputs>) -> Face<'a> {
        let wires = instance.wires.iter();
        let wires = wires.map(|wire| (&*wire.input, format!("{}.{}", wire.from, wire.output)));
        let mut settings = Vec::new();
        for block in estate.providers_of(instance.environment, instance.stack) {
            let alias = block.alias.as_ref().map_or("", |alias| &alias.node);
            body(
                estate,
                instance,
                &format!("{}.{alias}", block.name.node),
                &block.body,
                &mut settings,
            );
        }
        for block in estate.credentials_of(instance.environment, instance.stack) {
            let path = format!("{}!", block.name.node);
            attributes(estate, instance, &path, &block.attributes, &mut settings);
        }
        Face { wires: wires.collect(), inputs, settings }
    }

    fn is_same(&self, other: &Face<'_>) -> bool {
        let values = |face: &Face<'_>| face.inputs.map_or(0, |inputs| inputs.values.len());
        let same_inputs = || {
            let own = self.inputs.iter().flat_map(|inputs| &inputs.values);
            let others = other.inputs.iter().flat_map(|inputs| &inputs.values);
            own.zip(others).all(|((a, x), (b, y))| a == b && x.same(y))
        };
        let same_settings = || {
            let pairs = self.settings.iter().zip(&other.settings);
            self.settings.len() == other.settings.len()
                && pairs.into_iter().all(|((a, x), (b, y))| a == b && x.same(y))
        };
        self.wires == other.wires
            && values(self) == values(other)
            && same_inputs()
            && same_settings()
    }
}

fn body(
    estate: &Estate,
    instance: &Instance,
    path: &str,
    body_: &Body,
    out: &mut Vec<(String, Value)>,
) {
    let own = body_.attributes.iter();
    let own: Vec<Input> =
        own.map(|one| Input { name: one.name.clone(), expr: one.expr.clone() }).collect();
    attributes(estate, instance, path, &own, out);
    for block in &body_.blocks {
        body(estate, instance, &format!("{path}.{}", block.kind.text), &block.body, out);
    }
}

/// Values of settings. What is wrong with one is reported where it is used, not here.
fn attributes(
    estate: &Estate,
    instance: &Instance,
    path: &str,
    attributes: &[Input],
    out: &mut Vec<(String, Value)>,
) {
    for one in attributes {
        let mut unheard = Diags::new();
        if let Some(value) =
            evaluate_setting(estate, instance, &one.expr, &UnknownSecrets, &mut unheard)
        {
            out.push((format!("{path}.{}", one.name.text), value));
        }
    }
}

/// A folder's path without `.`, and with `..` only in front.
fn normal(source: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in source.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

/// The address without its environment: what is said holds in every one.
fn name(instance: &Instance) -> String {
    match &instance.addr.key {
        Some(key) => format!("{}:{key}", instance.addr.stack),
        None => instance.addr.stack.to_string(),
    }
}

fn report(estate: &Estate, earlier: &Instance, later: &Instance) -> Diagnostic {
    let (first, second) = (&estate[earlier.stack], &estate[later.stack]);
    let diagnostic = Diagnostic::error(
        "stack-shared-state",
        format!("`{}` and `{}` are the same stack", name(earlier), name(later)),
    )
    .detail("Both take the same root module with the same inputs and the same settings of providers in the same environment, so each would make what the other has.");
    if earlier.stack == later.stack {
        let each = second.for_each.as_ref().map(|expr| expr.span);
        return diagnostic
            .remedy("Use each.key or each.value in an input or a provider's settings, or take the key out.")
            .maybe_at(each);
    }
    diagnostic
        .remedy("Take one of the two out, or give them inputs that tell them apart.")
        .at(second.source.span)
        .label(first.source.span, "the other")
}

#[cfg(test)]
mod tests {
    #[test]
    fn folders_are_compared_by_where_they_lead() {
        let check = |source: &str, expect: &str| assert_eq!(super::normal(source), expect);
        check("./a/../b/./c/", "b/c");
        check("../a", "../a");
        check("../../a", "../../a");
        check(".", "");
    }
}
