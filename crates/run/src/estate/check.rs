//! `strata validate` of an estate: every environment's wiring and inputs, without credentials, providers or network.

use std::collections::{BTreeMap, HashSet};

use diag::{Diagnostic, Diags, SourceMap};
use estate::{EnvironmentIdx, Instance, StackGraph, StackIdx, UnknownSecrets};
use host::Host;

use super::modules::{Module, Modules};
use super::open::EstateFile;
use crate::credentials::Wanted;
use crate::providers::requirements;

/// An estate that was checked.
pub struct Checked {
    /// Root modules.
    pub modules: Modules,
    /// The graph of each environment.
    pub graphs: BTreeMap<EnvironmentIdx, StackGraph>,
}

impl Checked {
    /// The module of an instance.
    pub fn module(&self, instance: &Instance) -> &Module {
        self.modules.of(instance).expect("BUG: a checked estate has a module for each instance")
    }
}

/// How much is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// What is wrong.
    Errors,
    /// Also what is only doubtful.
    Hints,
}

/// Checks the environments; `None` where something is wrong, which is reported.
pub fn check(
    host: &Host,
    file: &EstateFile,
    environments: &[EnvironmentIdx],
    strictness: Strictness,
    sources: &mut SourceMap,
    diags: &mut Diags,
) -> Option<Checked> {
    let before = diags.error_count();
    let estate = &file.estate;
    let mut graphs = BTreeMap::new();
    for environment in environments {
        let mut own = Diags::new();
        if let Some(graph) = StackGraph::new(estate, *environment, &mut own) {
            graphs.insert(*environment, graph);
        }
        extend_once(diags, own);
    }
    let modules = Modules::load(host, file, &graphs, sources, diags);
    let loaded = |stack: StackIdx| modules.interface(stack);
    let graphs = declared(graphs, &loaded, diags);
    estate::check_settings(estate, &loaded, diags);
    for graph in graphs.values() {
        let mut all_inputs = Vec::with_capacity(graph.order.len());
        for instance in &graph.order {
            let mut own = Diags::new();
            let interface_of = |one: &Instance| loaded(one.stack);
            let inputs = estate::check(estate, graph, instance, &interface_of, &mut own);
            if inputs.is_some() && strictness == Strictness::Hints {
                sensitive_wires(graph, instance, &modules, &mut own);
            }
            all_inputs.push(inputs);
            if let Some(module) = modules.of(instance) {
                let providers = requirements(&module.loaded.config);
                let (providers, secrets) = (providers.keys(), &UnknownSecrets);
                Wanted::evaluate(estate, instance, providers, secrets, &mut own);
            }
            extend_once(diags, own);
        }
        let mut own = Diags::new();
        estate::twins(estate, graph, &all_inputs, &mut own);
        extend_once(diags, own);
    }
    if strictness == Strictness::Hints {
        unread_outputs(file, &graphs, &modules, diags);
    }
    (diags.error_count() == before).then_some(Checked { modules, graphs })
}

/// The graphs with the wires of those inputs that the root modules declare. Of a module that could not be loaded every
/// input counts.
fn declared<'a>(
    graphs: BTreeMap<EnvironmentIdx, StackGraph>,
    loaded: &dyn Fn(StackIdx) -> Option<&'a estate::Interface>,
    diags: &mut Diags,
) -> BTreeMap<EnvironmentIdx, StackGraph> {
    let declares = |one: &Instance, input: &str| {
        loaded(one.stack).is_none_or(|interface| interface.variables.contains_key(input))
    };
    let mut found = BTreeMap::new();
    for (environment, graph) in graphs {
        let mut own = Diags::new();
        found.extend(graph.declared(&declares, &mut own).map(|graph| (environment, graph)));
        extend_once(diags, own);
    }
    found
}

/// Adds what was not said yet: the same wrong line is wrong in every environment.
pub(super) fn extend_once(diags: &mut Diags, own: Diags) {
    for one in own {
        let same = |other: &Diagnostic| {
            other.code == one.code && other.span == one.span && other.summary == one.summary
        };
        if one.span.is_none() || !diags.iter().any(same) {
            diags.push(one);
        }
    }
}

/// Sensitive outputs wired into variables that are not declared sensitive.
fn sensitive_wires(graph: &StackGraph, instance: &Instance, modules: &Modules, diags: &mut Diags) {
    for wire in &instance.wires {
        let below = graph.find_any(&wire.from).map(|below| below.stack);
        let output = below.and_then(|stack| modules.interface(stack)?.outputs.get(&wire.output));
        let input =
            modules.interface(instance.stack).and_then(|own| own.variables.get(&wire.input));
        if let (Some(output), Some(input)) = (output, input)
            && output.sensitive
            && !input.sensitive
        {
            diags.push(
                Diagnostic::warning("wiring-sensitive", "A sensitive output is wired into an input that is not")
                    .detail(format!("`{}` is declared sensitive, the variable `{}` is not; the value stays hidden, but nothing above says so.", wire.output, wire.input))
                    .remedy("Declare the variable `sensitive = true`.")
                    .at(wire.span)
                    .label(input.span, "the variable"),
            );
        }
    }
}

/// Outputs that no stack reads, in any environment.
fn unread_outputs(
    file: &EstateFile,
    graphs: &BTreeMap<EnvironmentIdx, StackGraph>,
    modules: &Modules,
    diags: &mut Diags,
) {
    let read: HashSet<(&str, &str)> = graphs
        .values()
        .flat_map(|graph| graph.order.iter().flat_map(|instance| &instance.wires))
        .map(|wire| (&*wire.from.stack, &*wire.output))
        .collect();
    for (stack, module) in modules.stacks() {
        let own = &*file.estate[stack].name.node;
        for (name, output) in &module.interface.outputs {
            if !read.contains(&(own, &**name)) {
                diags.push(
                    Diagnostic::warning("output-unread", format!("Nobody reads `{own}.{name}`"))
                        .detail(
                            "The output is published and no stack of the estate is wired to it.",
                        )
                        .remedy("Take it out, or leave it for people and programs outside.")
                        .at(output.span),
                );
            }
        }
    }
}
