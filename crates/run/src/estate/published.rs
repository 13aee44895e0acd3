//! Outputs of stacks, as other stacks read them: published by applies, or planned.
//!
//! Invariant: what was never published, or is behind what its stack says, is an unknown of the type that can be told; to a
//! destruction what is behind is known as it was published, since what is destroyed stands on that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use addr::StackAddr;
use diag::{Diagnostic, Diags};
use estate::{Instance, InstanceIdx};
use plan::{Action, Plan};
use value::{Marks, Type, Value};

use super::environment::Run;
use super::snapshot;

/// Outputs by name.
pub(super) type Outputs = BTreeMap<Arc<str>, Value>;

/// The outputs that a plan gives out.
pub(super) fn outputs_of(plan: &Plan) -> Outputs {
    let kept = plan.outputs.iter().filter(|change| change.action != Action::Delete);
    kept.map(|change| (change.name.clone(), change.after.clone())).collect()
}

/// The published outputs of every stack that is not in the run.
pub(super) fn published(
    run: Run<'_>,
    selected: &BTreeSet<InstanceIdx>,
    diags: &mut Diags,
) -> BTreeMap<StackAddr, Outputs> {
    let mut found = BTreeMap::new();
    let own = run.graph.indexes().filter(|index| !selected.contains(index));
    let own = own.map(|index| run.graph.instance(index));
    for instance in own.chain(&run.graph.outside) {
        match published_of(run, instance) {
            Ok(outputs) => {
                found.insert(instance.addr.clone(), outputs);
            }
            Err(diagnostic) => diags.push(diagnostic),
        }
    }
    found
}

/// The published outputs of every stack, for a look at what their readers made of them: as they were published last.
pub(super) fn all_published(run: Run<'_>, diags: &mut Diags) -> BTreeMap<StackAddr, Outputs> {
    let mut found = BTreeMap::new();
    for instance in run.graph.order.iter().chain(&run.graph.outside) {
        match outputs(run, instance, Behind::AsPublished) {
            Ok(outputs) => {
                found.insert(instance.addr.clone(), outputs);
            }
            Err(diagnostic) => diags.push(diagnostic),
        }
    }
    found
}

/// What becomes of outputs that are behind what their stack says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Behind {
    /// They are not known until their stack is applied.
    Unknown,
    /// They are what was published last.
    AsPublished,
}

/// The published outputs of one stack, for stacks that are to be applied upon them.
pub(super) fn published_of(run: Run<'_>, instance: &Instance) -> Result<Outputs, Diagnostic> {
    outputs(run, instance, Behind::Unknown)
}

/// The published outputs of one stack.
pub(super) fn outputs(
    run: Run<'_>,
    instance: &Instance,
    behind: Behind,
) -> Result<Outputs, Diagnostic> {
    let label = instance.addr.to_string();
    let key = run.standing.key(&instance.addr);
    let read = run.store.outputs(&key);
    let published = read.map_err(|error| crate::failure::load(&label, &error))?;
    let interface = &run.checked.module(instance).interface;
    let mut outputs: Outputs = interface
        .outputs
        .iter()
        .map(|(name, output)| (name.clone(), Value::unknown(output.value.ty())))
        .collect();
    let unpublished: Vec<&Arc<str>> =
        interface.outputs.keys().filter(|name| !published.contains_key(*name)).collect();
    // A state holds no null: an output that is missing after a whole apply of this very configuration is one.
    if !unpublished.is_empty() && is_applied(run, instance)? {
        for name in unpublished {
            let ty = interface.outputs[name].value.ty();
            outputs.insert(name.clone(), Value::null(ty));
        }
    }
    for (name, one) in published {
        if one.stale && behind == Behind::Unknown {
            continue;
        }
        let value = one.output.decode().unwrap_or_else(|_| Value::unknown(Type::DYNAMIC));
        let value = if one.output.sensitive { value.with_marks(Marks::SENSITIVE) } else { value };
        outputs.insert(name, value);
    }
    Ok(outputs)
}

/// Whether the last apply of a stack was whole, and of the configuration that it has now.
fn is_applied(run: Run<'_>, instance: &Instance) -> Result<bool, Diagnostic> {
    let head = snapshot::head(&**run.store, &run.standing.key(&instance.addr))?;
    let now = run.checked.module(instance).loaded.digest;
    Ok(head.is_some_and(|head| head.whole && head.configuration == now))
}
