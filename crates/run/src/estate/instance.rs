//! One stack instance made ready: its root module, its providers, its inputs.
//!
//! Invariant: what a stack is given depends on the estate file, the outputs below and the purpose, and on nothing else.

use std::collections::BTreeMap;

use addr::{ProviderAddr, StackAddr};
use diag::Diags;
use engine::GivenVariable;
use estate::{Instance, InstanceIdx, Upstream};
use provider::Launch;
use store::StackKey;
use value::Value;

use super::environment::Run;
use super::modules::stack_dir;
use super::published::Outputs;
use crate::credentials::{Identity, Patience, Subject, Under, Wanted};
use crate::providers::requirements;
use crate::stack::Stack;

/// When a stack is opened: it decides what an identity that is not there means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To be looked into and planned: something below may make the identity yet ([`Stack::absent`]).
    Plan,
    /// To be planned again and applied, now: the identity must be there.
    Apply,
}

/// A stack with the schemas and processes of its providers, under the identity for planning. The identity for applying
/// is asked for when the apply begins. With a cloud it has neither processes nor an identity.
///
/// # Errors
/// Where its providers or its identity cannot be had.
pub async fn open_stack(
    run: Run<'_>,
    instance: &Instance,
    loaded: &store::Loaded,
    purpose: Purpose,
) -> Result<Stack, Diags> {
    let module = run.checked.module(instance);
    let dir = stack_dir(run.file, instance.stack);
    let config = &module.loaded.config;
    let (label, state) = (instance.addr.to_string(), &loaded.state);
    let found = run.providers.for_stack(run.shared, &label, &dir, config, state).await?;
    if run.shared.cloud.is_some() {
        return Ok(Stack { schemas: found.schemas, ..bare(run, instance) });
    }
    let identity = identity(run, instance, &found.launches)?;
    let under = under(&identity, &found.launches, purpose).await?;
    Ok(Stack {
        schemas: found.schemas,
        launches: under.launches,
        identity,
        absent: under.absent,
        ..bare(run, instance)
    })
}

/// A stack that asks no provider anything.
pub(super) fn bare(run: Run<'_>, instance: &Instance) -> Stack {
    Stack {
        label: instance.addr.to_string(),
        key: StackKey::from(&instance.addr),
        dir: stack_dir(run.file, instance.stack),
        loaded: run.checked.module(instance).loaded.clone(),
        schemas: Default::default(),
        launches: BTreeMap::new(),
        identity: Identity::default(),
        absent: Vec::new(),
        locks: run.providers.digest_with(run.shared),
        policies: run.policies.digest(&run.file.estate, instance.environment, instance.stack),
    }
}

/// Asks for the roles of instances that are about to be planned.
pub(super) fn ask_ahead(run: Run<'_>, instances: impl Iterator<Item = InstanceIdx>) {
    if run.shared.cloud.is_some() {
        return;
    }
    let estate = &run.file.estate;
    let secrets = run.secrets.for_credentials();
    let wanted = |index| {
        let instance = run.graph.instance(index);
        let required = requirements(&run.checked.module(instance).loaded.config);
        let mut said = Diags::new(); // said again in the stack's turn
        let wanted = Wanted::evaluate(estate, instance, required.keys(), &secrets, &mut said)?;
        (!wanted.is_nobodys()).then(|| (Subject::of(estate, instance), wanted))
    };
    run.identities.ask_ahead(instances.filter_map(wanted).collect(), provider::Purpose::Plan);
}

/// Who the instance is.
fn identity(
    run: Run<'_>,
    instance: &Instance,
    launches: &BTreeMap<ProviderAddr, Launch>,
) -> Result<Identity, Diags> {
    let estate = &run.file.estate;
    let mut diags = Diags::new();
    let secrets = run.secrets.for_credentials();
    let wanted = Wanted::evaluate(estate, instance, launches.keys(), &secrets, &mut diags);
    let wanted = wanted.ok_or(diags)?;
    Ok(Identity::new(run.identities, Subject::of(estate, instance), wanted))
}

async fn under(
    identity: &Identity,
    launches: &BTreeMap<ProviderAddr, Launch>,
    purpose: Purpose,
) -> Result<Under, Diags> {
    let planning = provider::Purpose::Plan;
    let under = match purpose {
        Purpose::Plan => identity.under(launches, planning, Patience::None).await,
        Purpose::Apply => {
            let launches = identity.under_now(launches, planning).await;
            launches.map(|launches| Under { launches, absent: Vec::new() })
        }
    };
    under.map_err(|diagnostic| {
        let mut diags = Diags::new();
        diags.push(diagnostic);
        diags
    })
}

/// The inputs of an instance as values of its root module's variables, and the values of its provider settings that are
/// sensitive.
pub(super) fn variables(
    run: Run<'_>,
    instance: &Instance,
    outputs: &BTreeMap<StackAddr, Outputs>,
    diags: &mut Diags,
) -> Option<Vec<GivenVariable>> {
    if let Some(kept) = run.standing.adopted(&instance.addr) {
        return Some(kept.clone());
    }
    let module = run.checked.module(instance);
    let (estate, secrets) = (&run.file.estate, run.secrets);
    let upstream = Known { outputs };
    let inputs =
        estate::evaluate_inputs(estate, instance, &module.interface, &upstream, secrets, diags)?;
    let inputs = inputs.values.into_iter().map(|(name, value)| GivenVariable { name, value });
    let mut given: Vec<GivenVariable> = inputs.collect();
    if let Some(overlay) = &module.overlay {
        given.extend(overlay.values(estate, instance, secrets, diags)?);
    }
    Some(given)
}

struct Known<'a> {
    outputs: &'a BTreeMap<StackAddr, Outputs>,
}

impl Upstream for Known<'_> {
    fn output(&self, from: &StackAddr, output: &str) -> Option<Value> {
        self.outputs.get(from)?.get(output).cloned()
    }
}
