//! One stack instance made ready: its root module, its providers, its inputs.
//!
//! Invariant: what a stack is given depends on the estate file, the outputs below and the purpose, and on nothing else.

use std::collections::BTreeMap;

use addr::StackAddr;
use diag::Diags;
use engine::GivenVariable;
use estate::{Instance, UnknownSecrets, Upstream};
use store::StackKey;
use value::Value;

use super::modules::stack_dir;
use super::plan::{Outputs, Run};
use crate::stack::Stack;

/// What a stack's providers are started for: each purpose has an identity of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To read and plan.
    Plan,
    /// To change things.
    Apply,
}

/// A stack with the schemas and processes of its providers.
pub async fn open_stack(
    run: Run<'_>,
    instance: &Instance,
    loaded: &store::Loaded,
    purpose: Purpose,
) -> Result<Stack, Diags> {
    // Planning and applying are the same processes until credentials tell them apart.
    let (Purpose::Plan | Purpose::Apply) = purpose;
    let module = run.checked.module(instance);
    let dir = stack_dir(run.file, instance.stack);
    let config = &module.loaded.config;
    let found = run.providers.for_stack(&run.shared.pool, &dir, config, &loaded.state).await?;
    Ok(Stack {
        label: instance.addr.to_string(),
        key: StackKey::from(&instance.addr),
        dir,
        loaded: module.loaded.clone(),
        schemas: found.schemas,
        launches: found.launches,
        locks: run.providers.digest(),
    })
}

/// The inputs of an instance as values of its root module's variables.
pub(super) fn variables(
    run: Run<'_>,
    instance: &Instance,
    outputs: &BTreeMap<StackAddr, Outputs>,
    diags: &mut Diags,
) -> Option<Vec<GivenVariable>> {
    let interface = &run.checked.module(instance).interface;
    let upstream = Known { outputs };
    let secrets = UnknownSecrets;
    let inputs =
        estate::evaluate_inputs(&run.file.estate, instance, interface, &upstream, &secrets, diags)?;
    Some(inputs.values.into_iter().map(|(name, value)| GivenVariable { name, value }).collect())
}

struct Known<'a> {
    outputs: &'a BTreeMap<StackAddr, Outputs>,
}

impl Upstream for Known<'_> {
    fn output(&self, from: &StackAddr, output: &str) -> Option<Value> {
        self.outputs.get(from)?.get(output).cloned()
    }
}
