//! One stack of an estate on its own, with its inputs as the stacks below it have published them.
//!
//! Invariant: nothing is planned; what was never published is unknown.

use std::collections::BTreeMap;

use addr::StackAddr;
use diag::{Diagnostic, Diags};
use engine::GivenVariable;
use estate::InstanceIdx;
use store::Loaded;

use super::environment::Run;
use super::instance::{Purpose, open_stack, variables};
use super::published::{Outputs, published_of};
use crate::stack::Stack;

/// The stack and the values of its root module's variables.
///
/// # Errors
/// Where its providers cannot be had, its inputs do not evaluate, or published outputs cannot be read.
pub async fn single(
    run: Run<'_>,
    index: InstanceIdx,
    loaded: &Loaded,
) -> Result<(Stack, Vec<GivenVariable>), Diags> {
    let instance = run.graph.instance(index);
    let outputs = outputs_below(run, index).map_err(|diagnostic| {
        let mut diags = Diags::new();
        diags.push(diagnostic);
        diags
    })?;
    let mut diags = Diags::new();
    let Some(variables) = variables(run, instance, &outputs, &mut diags) else { return Err(diags) };
    let stack = open_stack(run, instance, loaded, Purpose::Plan).await?;
    Ok((stack, variables))
}

fn outputs_below(
    run: Run<'_>,
    index: InstanceIdx,
) -> Result<BTreeMap<StackAddr, Outputs>, Diagnostic> {
    let reads = run.graph.instance(index).reads.iter().map(|read| run.graph.instance(*read));
    reads
        .chain(&run.graph.outside)
        .map(|below| Ok((below.addr.clone(), published_of(run, below)?)))
        .collect()
}
