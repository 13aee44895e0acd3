//! Where a change below ends: a stack that would be planned only for the sake of what is below, and gets the same.
//!
//! Invariant: a stack is cut off only where it was applied whole from this very configuration, and each input is known and
//! the value that it was given then.

use std::collections::BTreeMap;

use addr::StackAddr;
use diag::Diags;
use engine::GivenVariable;
use estate::Instance;

use super::environment::Run;
use super::instance::variables;
use super::published::Outputs;
use super::snapshot;

/// Whether a stack would be given what it was last applied with.
pub(super) fn is_cut_off(
    run: Run<'_>,
    instance: &Instance,
    outputs: &BTreeMap<StackAddr, Outputs>,
) -> Result<bool, Diags> {
    let kept = snapshot::read(&**run.store, &run.standing.key(&instance.addr));
    let kept = kept.map_err(|diagnostic| {
        let mut diags = Diags::new();
        diags.push(diagnostic);
        diags
    })?;
    let now = run.checked.module(instance).loaded.digest;
    let Some(kept) = kept.filter(|kept| kept.head.whole && kept.head.configuration == now) else {
        return Ok(false);
    };
    let mut diags = Diags::new();
    match variables(run, instance, outputs, &mut diags) {
        Some(given) => Ok(same(&given, &kept.variables)),
        None => Err(diags),
    }
}

fn same(given: &[GivenVariable], kept: &[GivenVariable]) -> bool {
    let value = |name: &str| kept.iter().find(|one| &*one.name == name).map(|one| &one.value);
    given.len() == kept.len()
        && given.iter().all(|one| {
            one.value.is_wholly_known() && value(&one.name).is_some_and(|kept| *kept == one.value)
        })
}
