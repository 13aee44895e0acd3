//! Two stacks on one state: instances that would each make what the other has.
//!
//! Instances of one environment are twins where they take the same root module with the same inputs and the same
//! settings of providers: nothing tells apart what they make.
//!
//! Invariant: instances are compared only with those of the same folder, so the work grows with the estate, not with
//! its square.

use std::collections::HashMap;

use diag::{Diagnostic, Diags};

use crate::evaluate::Inputs;
use crate::face::{Face, shortest_path};
use crate::graph::{Instance, StackGraph};
use crate::model::Estate;

/// Reports twins in an environment; `inputs` are those of the graph's order, as `check` gave them.
pub fn twins(estate: &Estate, graph: &StackGraph, inputs: &[Option<Inputs>], diags: &mut Diags) {
    let mut by_folder: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, instance) in graph.order.iter().enumerate() {
        if inputs[at].is_some() {
            let folder = shortest_path(&estate[instance.stack].source.node);
            by_folder.entry(folder).or_default().push(at);
        }
    }
    let mut found: Vec<(usize, usize)> = Vec::new();
    for group in by_folder.into_values().filter(|group| group.len() > 1) {
        let faces: Vec<Face<'_>> = group
            .iter()
            .map(|at| {
                let taken = inputs[*at].as_ref().map(|inputs| &inputs.values);
                let takes = |name: &str| taken.is_some_and(|values| values.contains_key(name));
                Face::of(estate, &graph.order[*at], &takes)
            })
            .collect();
        for (later, face) in faces.iter().enumerate() {
            let is_same = |other: &Face<'_>| other.difference(face).is_none();
            if let Some(earlier) = faces[..later].iter().position(is_same) {
                found.push((group[earlier], group[later]));
            }
        }
    }
    found.sort_unstable();
    for (earlier, later) in found {
        diags.push(report(estate, &graph.order[earlier], &graph.order[later]));
    }
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
