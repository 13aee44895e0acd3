//! What `strata.hcl` says, as data.
//!
//! Expressions stay as they were written; `evaluate` gives them values for one stack instance.
//! Invariant: an index points into the `Vec` of the [`Estate`] that gave it out.

use std::sync::Arc;

use diag::{Span, Spanned};
use syntax::{Expr, Name};

/// Where an estate keeps states, plans and events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreUrl {
    /// `sqlite:PATH`, the path relative to the folder of `strata.hcl`.
    Sqlite(Arc<str>),
}

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
    /// Layers, lowest first.
    pub layers: Vec<Layer>,
    /// Environments.
    pub environments: Vec<Environment>,
    /// Stacks.
    pub stacks: Vec<Stack>,
    /// The `estate` block's header.
    pub span: Span,
}

/// A rank of risk and function.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its name.
    pub name: Spanned<Arc<str>>,
    /// Inputs for every stack of the layer that declares them.
    pub inputs: Vec<Input>,
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
}

/// A root module with its place in the estate.
#[derive(Clone, Debug)]
pub struct Stack {
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
        self.stacks.iter().position(|s| &*s.name.node == name).map(|i| StackIdx(i as u32))
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

    /// Whether a stack exists in an environment.
    pub fn has(&self, environment: EnvironmentIdx, stack: StackIdx) -> bool {
        let limits = &self[stack].environments;
        limits.as_ref().is_none_or(|listed| listed.contains(&environment))
    }

    /// The inputs that reach a stack in an environment: estate, layer, environment, stack; the nearest wins, name by
    /// name. Sorted by name. The flag says whether the stack itself names it, and so must declare it.
    pub fn inputs_of(
        &self,
        environment: EnvironmentIdx,
        stack: StackIdx,
    ) -> Vec<(&Input, Nearness)> {
        let own = &self[stack];
        let levels = [
            (&self.inputs, Nearness::Shared),
            (&self[own.layer].inputs, Nearness::Shared),
            (&self[environment].inputs, Nearness::Shared),
            (&own.inputs, Nearness::Own),
        ];
        let mut nearest = std::collections::BTreeMap::new();
        for (inputs, nearness) in levels {
            for input in inputs {
                nearest.insert(input.name.text.clone(), (input, nearness));
            }
        }
        nearest.into_values().collect()
    }
}

/// Where an input was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nearness {
    /// In the stack's own block: the stack must declare the variable.
    Own,
    /// For many stacks: those that do not declare the variable do not get it.
    Shared,
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
