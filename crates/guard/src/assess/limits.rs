//! The limits of layers: how much of what bears no data one plan may destroy, how much a deferred item may come to.
//!
//! Invariant: counted over all stacks of a layer in the plan; what bears data is never counted here, its own rule is
//! stricter.

use std::collections::BTreeMap;
use std::sync::Arc;

use plan::{Change, Plan};

use super::{Subject, data};
use crate::catalogue::Catalogue;
use crate::rules::Binding;
use crate::verdict::{Exceeded, Limit, Refusal};

/// The limits that are exceeded, by layer in the order in which their first stacks stand.
pub(super) fn exceeded(catalogue: &Catalogue, subjects: &[Subject<'_>]) -> Vec<Exceeded> {
    let mut layers: Vec<&Arc<str>> = Vec::new();
    let mut stacks_of: BTreeMap<&Arc<str>, Vec<&Subject<'_>>> = BTreeMap::new();
    for subject in subjects {
        let layer = &subject.rules.layer;
        let stacks = stacks_of.entry(layer).or_default();
        if stacks.is_empty() {
            layers.push(layer);
        }
        stacks.push(subject);
    }
    let mut found = Vec::new();
    for layer in layers {
        found.extend(destroys(catalogue, layer, &stacks_of[layer]));
        found.extend(deferrals(layer, &stacks_of[layer]));
    }
    found
}

fn destroys(catalogue: &Catalogue, layer: &Arc<str>, stacks: &[&Subject<'_>]) -> Option<Exceeded> {
    let allowed = stacks.iter().filter_map(|subject| subject.rules.max_destroy).min()?;
    let counted = stacks.iter().map(|subject| (subject, destroyed(catalogue, subject.plan)));
    let counted: Vec<_> = counted.filter(|(_, count)| *count > 0).collect();
    let planned = counted.iter().map(|(_, count)| count).sum();
    let stacks = counted.iter().map(|(subject, _)| subject.address.clone()).collect();
    let limit = Limit::Destroy;
    (planned > allowed).then(|| Exceeded { layer: layer.clone(), limit, allowed, planned, stacks })
}

/// How many objects that bear no data a plan destroys.
fn destroyed(catalogue: &Catalogue, plan: &Plan) -> u64 {
    let counts = |change: &&Change| {
        change.address.resource.mode == addr::Mode::Managed
            && change.action.destroys()
            && !data::bears(catalogue, change)
    };
    plan.changes.iter().filter(counts).count() as u64
}

fn deferrals<'a>(
    layer: &'a Arc<str>,
    stacks: &'a [&'a Subject<'a>],
) -> impl Iterator<Item = Exceeded> + 'a {
    stacks.iter().filter_map(move |subject| {
        let allowed = subject.rules.max_deferred;
        let most = subject.plan.deferred.iter().filter_map(|one| one.creates_max).max();
        let planned = most.filter(|most| *most > allowed)?;
        let stacks = vec![subject.address.clone()];
        Some(Exceeded { layer: layer.clone(), limit: Limit::Deferred, allowed, planned, stacks })
    })
}

/// Why exceeded limits refuse, and whether they bind.
pub(super) fn refusals<'a>(
    subjects: &'a [Subject<'a>],
    limits: &'a [Exceeded],
) -> impl Iterator<Item = (Binding, Refusal)> + 'a {
    limits.iter().map(|limit| {
        let of_layer = subjects.iter().find(|subject| subject.rules.layer == limit.layer);
        let binding = of_layer.map_or(Binding::Binds, |subject| subject.rules.binding);
        let word = limit.limit.word();
        let (planned, allowed, layer) = (limit.planned, limit.allowed, &limit.layer);
        let text = match limit.limit {
            Limit::Destroy => format!(
                "The plan destroys {planned} objects in layer `{layer}`, and {word} allows {allowed}"
            ),
            Limit::Deferred => format!(
                "A deferred item of layer `{layer}` may come to {planned} objects, and {word} allows {allowed}"
            ),
        };
        let refusal = Refusal {
            stack: (limit.stacks.len() == 1).then(|| limit.stacks[0].clone()),
            address: None,
            code: "limit-exceeded",
            text,
            remedy: format!(
                "Plan fewer stacks or smaller changes at a time, or raise {word} of the layer in strata.hcl."
            ),
        };
        (binding, refusal)
    })
}
