//! What reaches a stack from the four levels of the file: estate, layer, environment, stack; the nearest wins.
//!
//! Inputs and credentials win name by name. Provider blocks are merged as OpenTofu merges an override file into a
//! module (`module_merge_body.go`): an argument takes the place of the same argument, and the nested blocks of a type
//! take the place of all of that type.
//!
//! Invariant: nothing is evaluated here.

use std::collections::BTreeMap;

use syntax::{Attribute, Block, Body};

use crate::references;

use super::{CredentialsBlock, EnvironmentIdx, Estate, Input, ProviderBlock, StackIdx};

/// Where an input was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nearness {
    /// In the stack's own block: the stack must declare the variable.
    Own,
    /// For many stacks: those that do not declare the variable do not get it.
    Shared,
}

impl Estate {
    /// The inputs that reach a stack in an environment, sorted by name. The flag says whether the stack itself names
    /// it, and so must declare it. What is given to many and reads one of them does not reach that one: a layer gives
    /// its stacks what one of its own publishes.
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
        let mut nearest = BTreeMap::new();
        for (inputs, nearness) in levels {
            for input in inputs {
                nearest.insert(&*input.name.text, (input, nearness));
            }
        }
        let reads_itself = |input: &Input| references::reads(&input.expr, &own.name.node);
        nearest
            .into_values()
            .filter(|(input, nearness)| *nearness == Nearness::Own || !reads_itself(input))
            .collect()
    }

    /// The provider settings that reach a stack in an environment, one for each provider and alias, in the order in
    /// which they first stand in the file from the estate down.
    pub fn providers_of(&self, environment: EnvironmentIdx, stack: StackIdx) -> Vec<ProviderBlock> {
        let own = &self[stack];
        let levels = [
            &self.providers,
            &self[own.layer].providers,
            &self[environment].providers,
            &own.providers,
        ];
        let mut merged: Vec<ProviderBlock> = Vec::new();
        for block in levels.into_iter().flatten() {
            match merged.iter_mut().find(|other| is_same(other, block)) {
                Some(farther) => override_body(&mut farther.body, &block.body),
                None => merged.push(block.clone()),
            }
        }
        merged
    }

    /// The credentials that reach a stack in an environment, one for each provider.
    pub fn credentials_of(
        &self,
        environment: EnvironmentIdx,
        stack: StackIdx,
    ) -> Vec<CredentialsBlock> {
        let own = &self[stack];
        let levels = [
            &self.credentials,
            &self[own.layer].credentials,
            &self[environment].credentials,
            &own.credentials,
        ];
        let mut merged: Vec<CredentialsBlock> = Vec::new();
        for block in levels.into_iter().flatten() {
            match merged.iter_mut().find(|other| other.name.node == block.name.node) {
                Some(farther) => override_inputs(&mut farther.attributes, &block.attributes),
                None => merged.push(block.clone()),
            }
        }
        merged
    }
}

fn is_same(a: &ProviderBlock, b: &ProviderBlock) -> bool {
    let alias = |block: &ProviderBlock| block.alias.as_ref().map(|alias| alias.node.clone());
    a.name.node == b.name.node && alias(a) == alias(b)
}

fn override_inputs(farther: &mut Vec<Input>, nearer: &[Input]) {
    for input in nearer {
        match farther.iter_mut().find(|other| other.name.text == input.name.text) {
            Some(other) => *other = input.clone(),
            None => farther.push(input.clone()),
        }
    }
}

/// Puts the nearer body's arguments and blocks in the place of the farther ones.
pub(crate) fn override_body(farther: &mut Body, nearer: &Body) {
    for attribute in &nearer.attributes {
        let same = |other: &&mut Attribute| other.name.text == attribute.name.text;
        match farther.attributes.iter_mut().find(same) {
            Some(other) => *other = attribute.clone(),
            None => farther.attributes.push(attribute.clone()),
        }
    }
    let overridden = |block: &Block| nearer.blocks_of(&block.kind.text).next().is_some();
    farther.blocks.retain(|block| !overridden(block));
    farther.blocks.extend(nearer.blocks.iter().cloned());
}
