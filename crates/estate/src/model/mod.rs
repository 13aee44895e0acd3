//! What `strata.hcl` says, as data.
//!
//! Expressions stay as they were written; `evaluate` gives them values for one stack instance.
//! Invariant: an index points into the `Vec` of the [`Estate`] that gave it out.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use addr::StackAddr;
use diag::{Span, Spanned};
use syntax::{Expr, Name};

pub(crate) use audit::RETAIN_DAYS_DEFAULT;
pub use audit::{Audit, SealPlace};
pub use blocks::{
    CredentialsBlock, DataBearing, Group, MovedStack, ProviderBlock, RemovedStack, Secret,
    SecretSource, StackRef,
};
pub use ci::{Ci, CiApproval, CiCloud, CiForge, CiOwner, CiTrust, CodeScanning};
pub use drift::{Day, IgnoredDrift};
pub use nearest::Nearness;
pub use policy::{PolicyBlock, PolicySeverity, PolicySource, PolicyUndecided};
pub use pull_requests::PullRequests;
pub use state_place::{S3Place, StatePlace};
pub use store_url::StoreUrl;

mod audit;
mod blocks;
mod ci;
mod drift;
mod nearest;
mod policy;
mod pull_requests;
mod state_place;
mod store_url;

/// A layer, by the position of its block, which is its rank: 0 is the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LayerIdx(pub u32);

/// An environment, by the position of its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnvironmentIdx(pub u32);

/// A stack, by the position of its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StackIdx(pub u32);

/// A whole estate file.
#[derive(Clone, Debug)]
pub struct Estate {
    /// The estate's name.
    pub name: Spanned<Arc<str>>,
    /// The id that `strata init` wrote; a store of another id is refused.
    pub id: Option<Spanned<Arc<str>>>,
    /// Where the store is; `sqlite:.strata/estate.db` where the file does not say.
    pub store: Spanned<StoreUrl>,
    /// Where the master key is, as written (`file:PATH` or `env:NAME`).
    pub seal: Option<Spanned<Arc<str>>>,
    /// Inputs for every stack that declares them.
    pub inputs: Vec<Input>,
    /// Settings of providers, for every stack that requires them.
    pub providers: Vec<ProviderBlock>,
    /// Who providers are, for every stack that requires them.
    pub credentials: Vec<CredentialsBlock>,
    /// How many times a run may plan a stack again after its apply, to carry out what was deferred.
    pub rounds_max: u32,
    /// Who may sign approvals.
    pub groups: Vec<Group>,
    /// Layers, lowest first.
    pub layers: Vec<Layer>,
    /// Environments.
    pub environments: Vec<Environment>,
    /// Stacks.
    pub stacks: Vec<Stack>,
    /// Values that stand outside of the file.
    pub secrets: Vec<Secret>,
    /// Stacks that have another name now.
    pub moved: Vec<MovedStack>,
    /// Stacks that are to be forgotten.
    pub removed: Vec<RemovedStack>,
    /// Types of resources that bear data, beyond the catalogue.
    pub data_bearing: Vec<DataBearing>,
    /// Bundles of policies that judge plans.
    pub policies: Vec<PolicyBlock>,
    /// Drift that is not told as such for a while.
    pub ignored_drift: Vec<IgnoredDrift>,
    /// States that the store does not have until they are taken in, by stack instance.
    pub adopted: BTreeMap<StackAddr, Spanned<StatePlace>>,
    /// What pull requests may do.
    pub pull_requests: Option<PullRequests>,
    /// Who signs heads of the audit, and where copies go.
    pub audit: Option<Audit>,
    /// How CI runs it, where the file says.
    pub ci: Option<Ci>,
    /// The `estate` block's header.
    pub span: Span,
    /// Positions of stacks by name.
    pub(crate) stack_names: HashMap<Arc<str>, StackIdx>,
}

/// A rank of risk and function.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its name.
    pub name: Spanned<Arc<str>>,
    /// Inputs for every stack of the layer that declares them.
    pub inputs: Vec<Input>,
    /// Names of the groups whose approvals count.
    pub owners: Vec<Spanned<Arc<str>>>,
    /// How many approvals a plan needs; 1 where there are owners and the file does not say, else 0.
    pub approvals: u32,
    /// How many resources that bear no data a plan may destroy in all stacks of the layer; no limit where the file sets
    /// none.
    pub max_destroy: Option<u64>,
    /// How many resources a deferred resource without bound may turn out to be.
    pub max_deferred: u64,
    /// How long an approval counts, in hours.
    pub approval_hours: u64,
    /// Settings of providers, for the layer's stacks.
    pub providers: Vec<ProviderBlock>,
    /// Who providers are, for the layer's stacks.
    pub credentials: Vec<CredentialsBlock>,
}

/// A named copy of the estate's stacks.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name.
    pub name: Spanned<Arc<str>>,
    /// What differs between environments: read as `env.NAME`.
    pub values: Vec<Input>,
    /// Inputs for every stack that declares them, in this environment.
    pub inputs: Vec<Input>,
    /// Whether approvals and limits bind here, or only warn.
    pub protection: Protection,
    /// Environments in which the same configuration must have been applied before.
    pub after: Vec<EnvironmentIdx>,
    /// The environment's own provider lock file, relative to the estate's folder.
    pub lock_file: Option<Spanned<Arc<str>>>,
    /// Settings of providers, for the environment's stacks.
    pub providers: Vec<ProviderBlock>,
    /// Who providers are, for the environment's stacks.
    pub credentials: Vec<CredentialsBlock>,
}

/// Whether approvals and limits bind in an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Protection {
    /// They warn.
    #[default]
    Open,
    /// They bind.
    Protected,
}

/// Where a stack is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The file names it.
    File,
    /// It is an orphan, of a layer that the file still names.
    Orphan,
    /// It is an orphan, and its layer is gone, too: nobody owns it.
    OrphanOfNobody,
}

/// A root module with its place in the estate.
#[derive(Clone, Debug)]
pub struct Stack {
    /// Where it is known from.
    pub origin: Origin,
    /// Its name.
    pub name: Spanned<Arc<str>>,
    /// Its layer.
    pub layer: LayerIdx,
    /// Its root module's folder, relative to the estate's.
    pub source: Spanned<Arc<str>>,
    /// Inputs that it is given.
    pub inputs: Vec<Input>,
    /// The environments that have it; all where the file does not limit them.
    pub environments: Option<Vec<EnvironmentIdx>>,
    /// What its instances are made from; one instance without key where there is none.
    pub for_each: Option<Expr>,
    /// The instance on which it stands: `stack.NAME` or `stack.NAME[KEY]`. With its host it is gone.
    pub hosted_by: Option<Expr>,
    /// Local names of the providers whose resources wait for the next round.
    pub defer: Vec<Spanned<Arc<str>>>,
    /// Groups whose approvals count, in place of the layer's.
    pub owners: Option<Vec<Spanned<Arc<str>>>>,
    /// How many approvals it needs, in place of the layer's number.
    pub approvals: Option<u32>,
    /// Settings of providers, for this stack.
    pub providers: Vec<ProviderBlock>,
    /// Who providers are, for this stack.
    pub credentials: Vec<CredentialsBlock>,
}

/// `name = expression`, of inputs or values.
#[derive(Clone, Debug)]
pub struct Input {
    /// The name.
    pub name: Name,
    /// What it is given.
    pub expr: Expr,
}

impl Estate {
    /// The stack with this name.
    pub fn stack(&self, name: &str) -> Option<StackIdx> {
        self.stack_names.get(name).copied()
    }

    /// The environment with this name.
    pub fn environment(&self, name: &str) -> Option<EnvironmentIdx> {
        let at = self.environments.iter().position(|e| &*e.name.node == name);
        at.map(|i| EnvironmentIdx(i as u32))
    }

    /// The layer with this name.
    pub fn layer(&self, name: &str) -> Option<LayerIdx> {
        self.layers.iter().position(|l| &*l.name.node == name).map(|i| LayerIdx(i as u32))
    }

    /// The groups whose approvals count for a stack: its own, else its layer's.
    pub fn owners_of(&self, stack: StackIdx) -> &[Spanned<Arc<str>>] {
        let own = &self[stack];
        own.owners.as_deref().unwrap_or(&self[own.layer].owners)
    }

    /// How many approvals a stack's plan needs: its own number, else its layer's, which is at least 1 where the stack
    /// has owners of its own.
    pub fn approvals_of(&self, stack: StackIdx) -> u32 {
        let own = &self[stack];
        let least = u32::from(own.owners.as_ref().is_some_and(|owners| !owners.is_empty()));
        own.approvals.unwrap_or(self[own.layer].approvals.max(least))
    }

    /// The group with this name.
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| &*group.name.node == name)
    }

    /// The secret with this name.
    pub fn secret(&self, name: &str) -> Option<&Secret> {
        self.secrets.iter().find(|secret| &*secret.name.node == name)
    }

    /// Whether a stack exists in an environment.
    pub fn has(&self, environment: EnvironmentIdx, stack: StackIdx) -> bool {
        let limits = &self[stack].environments;
        limits.as_ref().is_none_or(|listed| listed.contains(&environment))
    }
}

impl std::ops::Index<LayerIdx> for Estate {
    type Output = Layer;

    fn index(&self, index: LayerIdx) -> &Layer {
        &self.layers[index.0 as usize]
    }
}

impl std::ops::Index<EnvironmentIdx> for Estate {
    type Output = Environment;

    fn index(&self, index: EnvironmentIdx) -> &Environment {
        &self.environments[index.0 as usize]
    }
}

impl std::ops::Index<StackIdx> for Estate {
    type Output = Stack;

    fn index(&self, index: StackIdx) -> &Stack {
        &self.stacks[index.0 as usize]
    }
}
